package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	flatParameter  = scan.MustCompile(`(?m)^\s+(database|mailer|redis|elasticsearch|elastic|rabbitmq|amqp|memcached?|solr|ldap)_(driver|host|port|name|user|url|server)\s*:\s*["']?([^"'\n#]*)`)
	flatSecret     = scan.MustCompile(`(?m)^[ \t]+([A-Za-z_][\w.]{1,60})[ \t]*:([^\n]*)`)
	doctrineDriver = scan.MustCompile(`(?m)^\s*driver:\s*['"]?(pdo_\w+|mysqli|oci8|sqlsrv)`)
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
			continue
		}
		if scan.InProcess(v.value) {
			p.infer.claimed[name] = true
			p.find(service.Service{Env: map[string]string{name: v.value}}, v.file, v.line, scan.Convention, "leads to no server, so it is no secret")
		}
		if strings.HasPrefix(v.value, "sqlite:") {
			_, file, _ := strings.Cut(strings.ReplaceAll(v.value, "%kernel.project_dir%/", ""), "///")
			p.infer.sqlite(value{kind: valString, text: strings.TrimPrefix(strings.TrimPrefix(file, "%kernel.root_dir%/../"), "./")}, v.file, v.line)
		}
	}
	driver := ""
	for _, file := range p.t.Below(p.dir) {
		rel := relative(p.dir, file)
		if !strings.HasPrefix(rel, "config/") && !strings.HasPrefix(rel, "app/config/") || !strings.Contains(rel, ".y") && !strings.HasSuffix(rel, ".php") || strings.Contains(rel, "/dev/") || strings.Contains(rel, "/test/") {
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
	ofPlace := len(order) > 0
	for _, m := range findSome(text, flatSecret) {
		if name := strings.ReplaceAll(m.Groups[1], ".", "_"); scan.SecretName(name) && !strings.Contains(m.Groups[2], "%env(") {
			p.find(service.Service{Secrets: []string{name}}, file, m.Line, scan.Declared, "a parameter that nobody may see")
			ofPlace = true
		}
	}
	if !ofPlace {
		return
	}
	p.r.Note(file, 1, "holds the configuration of one place, passwords and all: let its values come from the environment (%%env(NAME)%%)")
}
