package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var defineLine = scan.MustCompile(`(?m)^\s*(?:Config::)?define\s*\(\s*['"](\w+)['"]\s*,\s*([^\n]*?)\s*\)\s*;`)

// wordpress always has MySQL; wp-config.php says where.
func (p *phpProject) wordpress() {
	n := scan.Need{Need: service.Need{Kind: "mysql", Port: 3306}}
	file, line, rank := p.index, 1, scan.Convention
	if config := p.first("config/application.php", "wp-config.php", p.docroot+"/wp-config.php"); config != "" {
		file = config
		if host := p.wordpressConfig(&n, config); host > 0 {
			line, rank = host, scan.Declared
		}
	} else if sample := p.first("wp-config-sample.php", p.docroot+"/wp-config-sample.php"); sample != "" {
		p.wordpressConfig(&scan.Need{}, sample)
	} else {
		p.find(service.Service{Secrets: []string{"DB_PASSWORD"}}, file, 1, scan.Guess, "wp-config.php has to read it")
	}
	if len(n.Env) == 0 {
		p.r.Note(file, line, "nothing lets the environment choose the database: write getenv('DB_HOST') and the like for DB_HOST, DB_NAME, DB_USER, DB_PASSWORD and the keys in wp-config.php")
	}
	p.infer.add(n, file, line, rank, "WordPress keeps everything in it")
	uploads := "wp-content/uploads"
	if p.docroot != "." && p.docroot != "" {
		uploads = p.docroot + "/" + first(map[bool]string{true: "app/uploads"}[p.first("config/application.php") != ""], uploads)
	}
	p.infer.keeps(uploads, p.index, 1, "WordPress keeps uploads there")
}

// wordpressConfig reads the constants of wp-config.php into the need, and gives the line of its host, 0 where none is set.
func (p *phpProject) wordpressConfig(n *scan.Need, config string) (host int) {
	for _, m := range findSome(p.t.Text(config, p.r), defineLine) {
		v := phpValue(m.Groups[2], m.Line)
		text, _ := v.literal()
		switch name := m.Groups[1]; {
		case name == "DB_HOST":
			host = m.Line
			p.infer.host(n, v)
		case name == "DB_NAME" && plainWord.MatchString(text):
			n.Database = text
		case name == "DB_USER" && plainWord.MatchString(text):
			n.User = text
		default:
			p.infer.hardCoded(name, v, config)
			p.constant(name, v, config)
		}
	}
	return host
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
