package lang

import (
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// rubyEnv finds a variable that Ruby reads, with the literal that it falls back to: ENV["X"], ENV.fetch("X", "d"),
// ENV.fetch("X") { "d" }, ENV["X"] || "d", ENV["X"].presence || "d". A number with a unit, 5.minutes, is no literal.
var rubyEnv = scan.MustCompile(`\bENV(\.fetch\s*\(?\s*|\[\s*)["']([A-Za-z_][A-Za-z0-9_]*)["']\s*(?:,\s*nil\s*)?(?:(,)\s*|[\])]*\s*(?:\.presence|\.to_s|\.to_i)?\s*(\{|\|\|=?|\bor\b)\s*)?(?:["']([^"'\n]{0,200})["']|(\d+(?:\.\d+)?|true|false)\b(\.(?:second|minute|hour|day|week|month|year|kilobyte|megabyte|gigabyte)s?\b)?)?`)

// rubyVariable makes a value of a match of rubyEnv.
func rubyVariable(groups []string, line int) value {
	name := value{kind: valCall, text: "os.getenv", line: line, keys: []string{""}, items: []value{{kind: valString, text: groups[2], line: line}}}
	fallback := groups[5] + groups[6]
	if groups[3]+groups[4] == "" || groups[5] == "" && groups[6] == "" || groups[7] != "" || strings.Contains(fallback, "#{") {
		return name
	}
	return value{kind: valEither, line: line, items: []value{name, {kind: valString, text: fallback, line: line}}}
}

// rubyValue is what a bit of Ruby comes to: a variable, a literal, or nothing that is known.
func rubyValue(text string, line int) value {
	text = strings.TrimSpace(text)
	if m := rubyEnv.FindStringSubmatch(text); m != nil && !rubyParsed.MatchString(text) {
		return rubyVariable(m, line)
	}
	if m := rubyLiteral.FindStringSubmatch(text); m != nil && !strings.Contains(m[1], "#{") {
		return value{kind: valString, text: m[1] + m[2], line: line}
	}
	return value{line: line}
}

// rubyParsed is a variable that holds a whole document, of which a part is taken: JSON.parse(ENV["VCAP_SERVICES"])["rds"].
var rubyParsed = scan.MustCompile(`\b(?:JSON|YAML|Oj|MultiJson)\.(?:safe_)?(?:parse|load)!?[\s(]+ENV\b`)

var rubyLiteral = scan.MustCompile(`^["']([^"'\n]*)["']|^(\d+)\b`)

// configFiles are the files of config/ that name a connection, with the kind where the file's name settles it.
var configFiles = []struct{ name, kind string }{
	{"database", ""}, {"mongoid", "mongodb"}, {"mongo", "mongodb"}, {"cable", ""}, {"redis", "redis"}, {"resque", "redis"}, {"sunspot", "solr"}, {"elasticsearch", "elasticsearch"}, {"memcached", "memcached"}, {"ldap", "ldap"}, {"rabbitmq", "rabbitmq"}, {"bunny", "rabbitmq"},
}

// settings reads what the code is configured by: needs, state, variables.
func (p *rubyProject) settings() {
	drivers, sql := map[string]dependency{}, map[string]bool{}
	for _, dep := range p.gems.list {
		if k := rubyDrivers[dep.name].kind; k != "" && drivers[k].name == "" {
			drivers[k] = dep
			sql[k] = sqlKinds[k]
		}
	}
	if dep, ok := p.gems.brought("aws-sdk-s3"); ok && drivers["s3"].name == "" && p.settingOfBucket() {
		drivers["s3"] = dep // a gem of the team's own brings it along
	}
	p.infer = &inference{r: p.r, dir: p.dir, claimed: map[string]bool{}}
	for k, isSQL := range sql {
		if isSQL && (p.infer.sql == "" || k < p.infer.sql) {
			p.infer.sql = k
		}
	}
	for _, c := range configFiles { // what is put into the image counts before what developers have
		if file := p.first("docker/"+c.name+".yml", ".docker/"+c.name+".yml", "docker/config/"+c.name+".yml", "config/docker/"+c.name+".yml", "config/"+c.name+".docker.yml", "config/"+c.name+".yml.docker"); file != "" {
			p.configFile(file, c.name, c.kind)
			continue
		}
		for _, ending := range []string{".yml", ".yml.erb", ".yaml", ".yml.example", ".yml.sample", ".example.yml", ".sample.yml", ".yml.dist"} {
			if file := p.first("config/" + c.name + ending); file != "" {
				p.configFile(file, c.name, c.kind)
				break
			}
		}
	}
	p.variables()
	p.mailer()
	p.implied(drivers)
	p.uploads()
	p.railsSettings()
	p.settingsSecrets()
	p.gemSecrets()
	p.oneDatabase(drivers)
	if !p.settingOfBucket() {
		p.infer.bucketless(drivers)
	}
	p.infer.drivers(drivers, nil)
	p.infer.reportVariables()
	p.infer.report()
}

// oneDatabase leaves out what only might be a second database: where one is configured, the driver of another and a
// platform's variable for it are there for those who choose it.
func (p *rubyProject) oneDatabase(drivers map[string]dependency) {
	configured := map[string]bool{}
	for _, s := range p.infer.needs {
		if sqlKinds[s.need.Kind] && s.rank >= scan.Declared {
			configured[s.need.Kind] = true
		}
	}
	if len(configured) == 0 {
		return
	}
	for kind := range sqlKinds {
		delete(drivers, kind)
	}
	p.infer.needs = slices.DeleteFunc(p.infer.needs, func(s seen) bool {
		return sqlKinds[s.need.Kind] && s.rank < scan.Declared && !configured[s.need.Kind] && s.need.Host+s.need.Name == ""
	})
}

var bucketSetting = scan.MustCompile(`(?i)\bs3(?:\b|_)|bucket`)

// settingOfBucket says whether the settings in the code speak of an object store.
func (p *rubyProject) settingOfBucket() bool {
	for _, s := range p.sources {
		if strings.Contains(relative(p.dir, s.file), "config") && bucketSetting.MatchString(s.text) {
			return true
		}
	}
	return false
}

var erbTag = scan.MustCompile(`(?s)<%=?-?\s*(.*?)\s*-?%>`)

// configFile reads a YAML file of connections by environment, ERB and all: what holds for production counts.
func (p *rubyProject) configFile(file, name, kind string) {
	var bits []string
	text := erbTag.ReplaceAllStringFunc(p.t.Text(file, p.r), func(tag string) string {
		if !strings.HasPrefix(tag, "<%=") || len(bits) > 500 {
			return lines(tag)
		}
		bits = append(bits, erbTag.FindStringSubmatch(tag)[1])
		return "__erb" + strconv.Itoa(len(bits)-1) + "__"
	})
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		p.r.Note(file, 1, "is no YAML that is understood: the connections in it were not read")
		return
	}
	v := yamlValue(&doc, erbBits(bits).scalar)
	environment, ok := v.get("production", "default", "defaults")
	if !ok {
		environment = v
	}
	p.connection(name, environment, file, kind, 0)
}

var erbMark = scan.MustCompile(`__erb(\d{1,3})__`)

// erbBits are the expressions of a template, in whose place erbMark stands.
type erbBits []string

func (bits erbBits) scalar(n *yaml.Node) value {
	mark := erbMark.FindStringSubmatchIndex(n.Value)
	if mark == nil {
		return value{kind: valString, text: n.Value, line: n.Line}
	}
	index, _ := strconv.Atoi(n.Value[mark[2]:mark[3]])
	if index >= len(bits) {
		return value{line: n.Line}
	}
	v := rubyValue(bits[index], n.Line)
	before, after := n.Value[:mark[0]], n.Value[mark[1]:]
	if before+after == "" {
		return v
	}
	return value{kind: valString, text: before + v.orBlank() + erbMark.ReplaceAllString(after, "{}"), items: []value{v}, line: n.Line}
}

var connectionKeys = []string{"adapter", "host", "hosts", "url", "uri", "hostname", "database", "hosts", "servers"}

// connection takes one environment of such a file: one connection, or several by name (primary, cache; clients.default).
func (p *rubyProject) connection(name string, v value, file, kind string, depth int) {
	if v.kind == valString || v.kind == valEither || v.kind == valCall { // production: redis://... or host:port
		if !p.infer.url(name, v, file, kind) && kind != "" {
			n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
			p.infer.host(&n, v)
			p.infer.add(n, file, max(v.line, 1), scan.Declared, "")
		}
		return
	}
	if v.kind != valDict || depth > 4 {
		return
	}
	if solr, ok := v.get("solr"); ok && kind == "solr" {
		v = solr
	}
	if has(v, connectionKeys) {
		if hosts, ok := v.get("hosts"); ok && kind == "mongodb" && hosts.kind == valList && len(hosts.items) > 0 && hosts.items[0].kind == valList && len(hosts.items[0].items) > 0 {
			v.keys, v.items = append([]string{"host"}, v.keys...), append([]value{hosts.items[0].items[0]}, v.items...)
		}
		p.group(name, v, file, kind)
		return
	}
	for i, key := range v.keys {
		if sub := v.items[i]; sub.kind == valDict && key != "options" && key != "test" && key != "development" {
			p.connection(name, sub, file, kind, depth+1)
			if key == "primary" || key == "default" {
				return // the others are the same server, by custom
			}
		}
	}
}

// group reports one connection. Rails takes DATABASE_URL before what stands in database.yml, so that the file may stay.
func (p *rubyProject) group(name string, v value, file, kind string) {
	adapter, _ := v.get("adapter")
	switch text, _ := adapter.literal(); text {
	case "async", "test", "inline":
		return
	case "redis": // Rails writes it into cable.yml, whether anybody uses it or not
		if _, ok := p.gems.brought("redis", "redis-client", "hiredis"); !ok && name == "cable" {
			return
		}
	}
	before := len(p.infer.needs)
	if !p.infer.group(name, v, file, kind) && kind != "" {
		p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, file, max(v.line, 1), scan.Declared, "")
	}
	address, _ := v.get("url", "uri")
	for _, field := range []value{adapter, password(v), address} {
		if name, fallback, ok := field.environment(); ok {
			p.infer.vars = append(p.infer.vars, readVariable{name, literalOf(fallback), file, max(field.line, 1)})
		}
	}
	major, minor := p.gems.rails()
	if name != "database" || len(p.infer.needs) == before || !sqlKinds[p.infer.needs[before].need.Kind] {
		return
	}
	if n := p.infer.needs[before].need; len(n.Env) == 0 && (major > 4 || major == 4 && minor > 0 || major == 0) {
		p.find(service.Service{Secrets: []string{"DATABASE_URL"}}, dependency{file: file, line: v.line}, scan.Convention, "Rails takes it before what stands here")
	} else if len(n.Env) == 0 {
		p.r.Note(file, max(v.line, 1), "names its database in a way that no variable can change: write <%%= ENV['DATABASE_HOST'] %%> and the like for host, username and password")
	}
	p.infer.password(name, v, file)
}

func password(v value) value {
	found, _ := v.get("password")
	return found
}

func literalOf(v *value) string {
	if v == nil {
		return ""
	}
	text, _ := v.literal()
	return text
}

// variables collects the variables that the code reads and the needs that they lead to.
func (p *rubyProject) variables() {
	for _, s := range p.sources {
		if !strings.Contains(s.text, "ENV") {
			continue
		}
		for _, m := range findSome(s.text, rubyEnv) {
			v := rubyVariable(m.Groups, m.Line)
			name := m.Groups[2]
			if comment := strings.TrimSpace(p.t.Line(s.file, m.Line)); strings.HasPrefix(comment, "#") || rubyForeign.MatchString(name) || ofTask(s.file) && !(scan.SecretName(name) && isVariable.MatchString(name) && strings.Contains(name, "_")) {
				continue
			}
			_, fallback, _ := v.environment()
			p.infer.vars = append(p.infer.vars, readVariable{name, literalOf(fallback), s.file, m.Line})
			if strings.HasPrefix(m.Groups[1], ".fetch") && !rubyElse.MatchString(p.t.Line(s.file, m.Line)) && strings.HasPrefix(relative(p.dir, s.file), "config/") {
				p.infer.must = append(p.infer.must, readVariable{name: name, file: s.file, line: m.Line})
			}
			if ofTask(s.file) && !p.talks(literalOf(fallback)) {
				continue // a task that nobody can run with these gems
			}
			if fallback != nil && p.infer.url(name, v, s.file, "") {
				continue
			}
			if kind := p.infer.kindOfURLVariable(name); kind != "" && !linkInMails(kind, name) && strings.HasPrefix(relative(p.dir, s.file), "config") {
				n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
				p.infer.add(n, s.file, m.Line, scan.Convention, "the variable "+name+" leads to it")
			}
		}
	}
	p.figaro()
	p.handedOn()
	p.listed()
	p.told()
	for _, file := range p.t.Below(path.Join(p.dir, "config")) {
		if !strings.HasSuffix(file, ".yml") || p.t.Aside(file) || strings.Contains(file, "/locales/") {
			continue
		}
		production, text := "", p.t.Text(file, p.r)
		for i, line := range strings.Split(text, "\n") {
			if m := topKey.FindStringSubmatch(line); m != nil {
				production = m[1]
				if a := yamlAnchor.FindStringSubmatch(line); a != nil && productionTakes(text, a[1]) {
					production = "production"
				}
			}
			if production == "development" || production == "test" || strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, m := range rubyEnv.FindAllStringSubmatch(line, -1) {
				_, fallback, _ := rubyVariable(m, i+1).environment()
				if !rubyForeign.MatchString(m[2]) {
					p.infer.vars = append(p.infer.vars, readVariable{m[2], literalOf(fallback), file, i + 1})
				}
			}
		}
	}
}

// rubyElse is what a line that fetches a variable has for its absence: a default, a block, a condition, a rescue.
var rubyElse = scan.MustCompile(`fetch\s*\(?\s*["']\w+["']\s*(,|\)?\s*(\{|do\b))|\b(if|unless|rescue)\b|\?`)

// ofTask says whether a file holds tasks of Rake: the variables in it are mostly arguments of one run.
func ofTask(file string) bool {
	return path.Ext(file) == ".rake" || path.Base(file) == "Rakefile"
}

// talks says whether there is a gem for the database that a URL leads to; true for anything else.
func (p *rubyProject) talks(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	gems := map[string][]string{"postgres": {"pg", "jdbc-postgres", "activerecord-jdbcpostgresql-adapter"}, "postgresql": {"pg", "jdbc-postgres", "activerecord-jdbcpostgresql-adapter"}, "mysql": {"mysql", "mysql2", "trilogy"}, "mysql2": {"mysql2"}}[scheme]
	if !ok || gems == nil || len(p.gems.locked) == 0 {
		return true
	}
	_, there := p.gems.brought(gems...)
	return there
}

var topKey = scan.MustCompile(`^(\w+):`)

// rubyForeign are variables that Ruby's tools set or read, and those that the readers themselves set.
var rubyForeign = scan.MustCompile(`^(BUNDLE_\w+|GEM_\w+|RUBY(?:_\w+|OPT|LIB|LIB_PREFIX|PATH|SHELL|GEMS_GEMDEPS)?|RAILS_ENV|RACK_ENV|RAILS_GROUPS|RAILS_LOG_TO_STDOUT|RAILS_SERVE_STATIC_FILES|SPRING\w*|DISABLE_SPRING|PIDFILE|SKIP_\w+|DATABASE_CLEANER\w*|TEST_\w+|IP|VERBOSE|SECRET_KEY_BASE_DUMMY|FOREMAN_\w+|CUCUMBER_\w+|COVERAGE|JOBS|VERSION)$`)

var (
	smtpSettings = scan.MustCompile(`(?m)^[^#\n]*(?:smtp_settings(?:\s*=\s*(?:\{|\w)|\s*\(\s*\{?)|\bvia_options(?::|\s*=>)\s*\{|\bdelivery_method\s*\(?\s*:smtp\s*,)`)
	smtpAddress  = scan.MustCompile(`(?:\baddress:|:address\s*=>|["']address["']\s*=>)\s*([^\n]+)`)
	smtpUser     = scan.MustCompile(`(?:\buser_name:|:user_name\s*=>|["']user_name["']\s*=>)\s*([^\n]+)`)
	smtpPort     = scan.MustCompile(`(?:\bport:|:port\s*=>|["']port["']\s*=>)\s*([^\n]+)`)
)

// linkInMails says whether a variable of the mailer's is the address that its mails lead to.
func linkInMails(kind, name string) bool { return kind == "smtp" && !strings.Contains(name, "SMTP") }

// mailer reads the server that mail is handed to.
func (p *rubyProject) mailer() {
	order := append([]plainSource{}, p.sources...)
	sort.SliceStable(order, func(a, b int) bool {
		return path.Base(order[a].file) == "production.rb" && path.Base(order[b].file) != "production.rb"
	})
	for _, s := range order {
		at := smtpSettings.FindStringIndex(s.text)
		if at == nil {
			continue
		}
		part := s.text[at[0]:min(len(s.text), at[0]+1500)]
		line := 1 + strings.Count(s.text[:at[0]], "\n")
		n := scan.Need{Need: service.Need{Kind: "smtp", Port: scan.DefaultPort("smtp")}}
		if m := smtpAddress.FindStringSubmatch(part); m != nil {
			p.infer.host(&n, rubyValue(m[1], line))
		}
		if m := smtpPort.FindStringSubmatch(part); m != nil {
			v := rubyValue(m[1], line)
			if port := v.number(); port > 0 {
				n.Port = port
			}
			p.infer.variable(&n, v, "{port}")
		}
		if m := smtpUser.FindStringSubmatch(part); m != nil {
			if name, _, ok := rubyValue(m[1], line).environment(); ok {
				p.find(service.Service{Secrets: []string{name}}, dependency{file: s.file, line: line}, scan.Declared, "the account at the mail server")
			}
		}
		p.infer.add(n, s.file, line, scan.Declared, "")
		return
	}
}
