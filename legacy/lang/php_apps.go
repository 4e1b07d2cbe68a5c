package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	flatParameter  = scan.MustCompile(`(?m)^\s+(database|mailer|redis|elasticsearch|elastic|rabbitmq|amqp|memcached?|solr|ldap)_(driver|host|port|name|user|url|server)\s*:\s*["']?([^"'\n#]*)`)
	doctrineDriver = scan.MustCompile(`(?m)^\s*driver:\s*['"]?(pdo_\w+|mysqli|oci8|sqlsrv)`)
	asyncTransport = scan.MustCompile(`(?m)^\s{8,}(\w+):\s*(?:['"]?%env\((?:\w+:)?(\w+)\)%|$)`)
)

// symfony reads the DSNs of .env, the variables that the configuration in YAML asks for, and the flat parameters of old.
func (p *phpProject) symfony() {
	at, line := p.manifest, 1
	if at == "" {
		at = p.index
	}
	env := map[string]string{"APP_ENV": "prod", "APP_DEBUG": "0"}
	p.infer.claimed["APP_ENV"], p.infer.claimed["APP_DEBUG"] = true, true
	p.find(service.Service{Env: env}, at, line, scan.Declared, "what Symfony wants in production")
	for _, name := range sortedVariables(p.dotenv) {
		v := p.dotenv[name]
		if n, ok := scan.NeedOfURL(v.value); ok && n.Kind != "http" {
			p.infer.add(p.dsn(n, name, v.value), v.file, v.line, scan.Declared, "")
		} else if strings.HasPrefix(v.value, "sqlite:") {
			_, file, _ := strings.Cut(strings.ReplaceAll(v.value, "%kernel.project_dir%/", ""), "///")
			p.infer.sqlite(value{kind: valString, text: strings.TrimPrefix(strings.TrimPrefix(file, "%kernel.root_dir%/../"), "./")}, v.file, v.line)
		}
	}
	driver := ""
	for _, file := range p.t.Below(p.dir) {
		rel := relative(p.dir, file)
		if !strings.HasPrefix(rel, "config/") && !strings.HasPrefix(rel, "app/config/") || !strings.Contains(rel, ".y") || strings.Contains(rel, "/dev/") || strings.Contains(rel, "/test/") {
			continue
		}
		if _, skip := environmentOf(file); skip && !strings.Contains(rel, "parameters") {
			continue
		}
		text := p.t.Text(file, p.r)
		for _, m := range findSome(text, symfonyEnv) {
			p.infer.vars = append(p.infer.vars, readVariable{m.Groups[1], "", file, m.Line})
		}
		if m := doctrineDriver.FindStringSubmatch(text); m != nil {
			driver = m[1]
		}
		if strings.Contains(rel, "parameters") {
			p.parameters(text, file)
		}
	}
	if kind := kindOfEngine(driver); sqlKinds[kind] && len(p.infer.lite) == 0 {
		p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, at, line, scan.Convention, "Doctrine's driver is "+driver)
	}
}

// dsn is the need of a connection string, with the variable that holds it where that is no secret.
func (p *phpProject) dsn(n scan.Need, name, text string) scan.Need {
	n.User, n.Host, n.Name = "", "", "" // the example's account and host are nobody's
	scheme, rest, _ := strings.Cut(text, "://")
	if scan.SecretName(name) || strings.Contains(rest, "@") {
		return n
	}
	tail := ""
	if at := strings.IndexAny(rest, "/?"); at >= 0 {
		tail = rest[at:]
	}
	n.Env = map[string]string{name: scheme + "://{host}:{port}" + tail}
	p.infer.claimed[name] = true
	return n
}

func sortedVariables(m map[string]variableLine) []string {
	set := map[string]bool{}
	for name := range m {
		set[name] = true
	}
	return sortedSet(set)
}

// parameters reads parameters.yml(.dist) of Symfony 2 and 3.
func (p *phpProject) parameters(text, file string) {
	groups := map[string]*value{}
	var order []string
	for _, m := range findSome(text, flatParameter) {
		what, part, text := m.Groups[1], m.Groups[2], strings.TrimSpace(m.Groups[3])
		g := groups[what]
		if g == nil {
			g = &value{kind: valDict, line: m.Line}
			groups[what] = g
			order = append(order, what)
		}
		key := map[string]string{"driver": "engine", "server": "host", "name": "database"}[part]
		g.keys = append(g.keys, first(key, part))
		g.items = append(g.items, value{kind: valString, text: text, line: m.Line})
	}
	for _, what := range order {
		kind := ""
		if driver, ok := groups[what].get("engine"); what == "database" {
			text, _ := driver.literal()
			if kind = kindOfEngine(text); kind == "" && !ok {
				kind = "mysql"
			}
		} else {
			kind = kindOfName(what)
		}
		if kind != "" {
			p.infer.group(what, *groups[what], file, kind)
		}
	}
	p.r.Note(file, 1, "holds the configuration of one place, passwords and all: let its values come from the environment (%%env(NAME)%%)")
}

var defineLine = scan.MustCompile(`(?m)^\s*define\s*\(\s*['"](\w+)['"]\s*,\s*([^\n]*?)\s*\)\s*;`)

// wordpress always has MySQL; wp-config.php says where.
func (p *phpProject) wordpress() {
	n := scan.Need{Need: service.Need{Kind: "mysql", Port: 3306}}
	file, line, rank := p.index, 1, scan.Convention
	if config := p.first("wp-config.php", p.docroot+"/wp-config.php", "config/application.php"); config != "" {
		file = config
		for _, m := range findSome(p.t.Text(config, p.r), defineLine) {
			v := phpValue(m.Groups[2], m.Line)
			switch name := m.Groups[1]; name {
			case "DB_HOST":
				line, rank = m.Line, scan.Declared
				p.infer.host(&n, v)
			case "DB_NAME", "DB_USER":
				text, _ := v.literal()
				if plainWord.MatchString(text) && name == "DB_NAME" {
					n.Database = text
				} else if plainWord.MatchString(text) {
					n.User = text
				}
			default:
				p.infer.hardCoded(name, v, config)
			}
		}
	}
	if len(n.Env) == 0 {
		p.r.Note(file, line, "nothing lets the environment choose the database: write getenv('DB_HOST') and the like for DB_HOST, DB_NAME, DB_USER, DB_PASSWORD and the keys in wp-config.php")
		if rank == scan.Convention {
			p.find(service.Service{Secrets: []string{"DB_PASSWORD"}}, file, 1, scan.Guess, "wp-config.php has to read it")
		}
	}
	p.infer.add(n, file, line, rank, "WordPress keeps everything in it")
	uploads := "wp-content/uploads"
	if p.docroot != "." && p.docroot != "" {
		uploads = p.docroot + "/" + first(map[bool]string{true: "app/uploads"}[p.first("config/application.php") != ""], uploads)
	}
	p.infer.keeps(uploads, p.index, 1, "WordPress keeps uploads there")
}

var phpLiteral = scan.MustCompile(`^\(?\s*["']([^"'\n]*)["']|^(\d+)\b`)

// phpValue is what a bit of PHP comes to: a variable, a literal, or nothing that is known.
func phpValue(text string, line int) value {
	if m := phpEnv.FindStringSubmatch(text); m != nil {
		name := value{kind: valCall, text: "os.getenv", line: line, keys: []string{""}, items: []value{{kind: valString, text: m[1], line: line}}}
		if m[2]+m[3] == "" {
			return name
		}
		return value{kind: valEither, line: line, items: []value{name, {kind: valString, text: m[2] + m[3], line: line}}}
	}
	if m := phpLiteral.FindStringSubmatch(text); m != nil {
		return value{kind: valString, text: m[1] + m[2], line: line}
	}
	return value{line: line}
}

var drupalPart = scan.MustCompile(`(?m)^\s*(?:\$databases\S*\s*)?['"](driver|host|port|database|username|password)['"](?:\]\s*=|\s*=>)\s*([^\n]*?)[,;]?\s*$`)

// drupal reads settings.php, which a site may keep out of its repository.
func (p *phpProject) drupal() {
	sites := "sites/default"
	if p.docroot != "." && p.docroot != "" {
		sites = p.docroot + "/sites/default"
	}
	v := value{kind: valDict}
	file := p.first(sites + "/settings.php")
	if file != "" {
		for _, m := range findSome(p.t.Text(file, p.r), drupalPart) {
			if strings.HasPrefix(strings.TrimLeft(p.t.Line(file, m.Line), " \t"), "*") || strings.HasPrefix(p.t.Line(file, m.Line), "#") {
				continue
			}
			v.line = m.Line
			v.keys, v.items = append(v.keys, m.Groups[1]), append(v.items, phpValue(m.Groups[2], m.Line))
		}
	}
	kind := "mysql"
	if driver, ok := v.get("driver"); ok && kindOfEngine(literalOf(&driver)) != "" {
		kind = kindOfEngine(literalOf(&driver))
	}
	if !has(v, []string{"host", "driver", "database"}) || !p.infer.group("database", v, file, kind) {
		p.r.Note(first(file, p.index), 1, "nothing says where Drupal's database is: let sites/default/settings.php read it from the environment (getenv)")
		p.infer.add(scan.Need{Need: service.Need{Kind: "mysql", Port: 3306}}, first(p.manifest, p.index), 1, scan.Convention, "what Drupal runs on, mostly")
		p.find(service.Service{Secrets: []string{"DB_PASSWORD"}}, first(p.manifest, p.index), 1, scan.Guess, "settings.php has to read it")
	}
	p.infer.keeps(sites+"/files", first(file, p.index), 1, "Drupal keeps uploads and caches there")
}

// connections in plain PHP.
var (
	oldConnect = scan.MustCompile(`\b(mysqli_connect|mysql_connect|new\s+mysqli|mysql_pconnect|mysqli_real_connect)\s*\(\s*([^,)\n]+)(?:,\s*([^,)\n]+))?(?:,\s*[^,)\n]+)?(?:,\s*([^,)\n]+))?`)
	pdoConnect = scan.MustCompile(`["'](mysql|pgsql|sqlsrv):([^"'\n]*)["']?([^\n]*)`)
	pgConnect  = scan.MustCompile(`\bpg_p?connect\s*\(\s*["']([^"'\n]*)`)
	phpClients = scan.MustCompile(`->(?:connect|pconnect|addServer)\s*\(\s*([^,)\n]+)`)
	dsnHost    = scan.MustCompile(`host=([\w.-]+)`)
	dsnName    = scan.MustCompile(`dbname=([\w-]+)`)
	phpSMTP    = scan.MustCompile(`->(?:Host)\s*=\s*([^;\n]+);|new\s+\\?Swift_SmtpTransport\s*\(\s*([^,)\n]+)`)
)

// connects looks for connections that the code opens by itself.
func (p *phpProject) connects() {
	constants := map[string]value{}
	for _, s := range p.sources {
		for _, m := range findSome(s.text, defineLine) {
			constants[m.Groups[1]] = phpValue(m.Groups[2], m.Line)
		}
	}
	known := func(text string, line int) value {
		if v, ok := constants[strings.TrimSpace(text)]; ok {
			return v
		}
		return phpValue(strings.TrimSpace(text), line)
	}
	add := func(kind, file string, line int, fill func(n *scan.Need)) {
		n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
		fill(&n)
		p.infer.add(n, file, line, scan.Declared, "")
	}
	if p.framework == "laravel" || p.framework == "wordpress" || p.framework == "drupal" || p.framework == "symfony" {
		return // whose settings have been read
	}
	for _, s := range p.sources {
		if !hasAny(s.text, "connect", "mysqli", "PDO", "addServer", "Host", "Swift_Smtp") {
			continue
		}
		for _, m := range findSome(s.text, oldConnect) {
			add("mysql", s.file, m.Line, func(n *scan.Need) { p.infer.host(n, known(m.Groups[2], m.Line)) })
		}
		for _, m := range findSome(s.text, pdoConnect) {
			add(kindOfEngine(m.Groups[1]), s.file, m.Line, func(n *scan.Need) {
				if host := dsnHost.FindStringSubmatch(m.Groups[2]); host != nil {
					n.SetHost(host[1])
				} else if env := phpEnv.FindString(m.Groups[3]); env != "" && strings.HasSuffix(m.Groups[2], "host=") {
					p.infer.host(n, phpValue(env, m.Line))
				}
				if name := dsnName.FindStringSubmatch(m.Groups[2]); name != nil {
					n.Database = name[1]
				}
			})
		}
		for _, m := range findSome(s.text, pgConnect) {
			add("postgres", s.file, m.Line, func(n *scan.Need) {
				if host := dsnHost.FindStringSubmatch(m.Groups[1]); host != nil {
					n.SetHost(host[1])
				}
			})
		}
		kind := ""
		if strings.Contains(s.text, "new Redis") || strings.Contains(s.text, "new \\Redis") {
			kind = "redis"
		} else if strings.Contains(s.text, "Memcache") {
			kind = "memcached"
		}
		for _, m := range findSome(s.text, phpClients) {
			if kind != "" {
				add(kind, s.file, m.Line, func(n *scan.Need) { p.infer.host(n, known(m.Groups[1], m.Line)) })
			}
		}
		for _, m := range findSome(s.text, phpSMTP) {
			add("smtp", s.file, m.Line, func(n *scan.Need) { p.infer.host(n, known(m.Groups[1]+m.Groups[2], m.Line)) })
		}
		p.hardCodedPHP(s)
	}
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, uploaded); line > 0 && p.framework == "" {
			p.r.Note(s.file, line, "keeps what users upload in a directory: write that under state in "+service.FileName+", or it can't be written and is lost with the container")
			return
		}
	}
}

var uploaded = scan.MustCompile(`\bmove_uploaded_file\s*\(`)

var phpAssign = scan.MustCompile(`(?m)^\s*(?:\$|(?:const|public|private|protected)\s+\$?|define\(\s*['"])(\w{3,60})['"]?\s*[=,]\s*(['"][^'"\n]*['"])`)

func (p *phpProject) hardCodedPHP(s plainSource) {
	for _, m := range findSome(s.text, phpAssign) {
		p.infer.hardCoded(m.Groups[1], phpValue(m.Groups[2], m.Line), s.file)
	}
}
