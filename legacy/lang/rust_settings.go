package lang

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	rustPrefix  = scan.MustCompile(`(?:Environment::with_prefix|envy::prefixed|Env::prefixed)\(\s*&?(?:"(\w+?)_*"|([A-Z]\w*))`)
	rustText    = scan.MustCompile(`(?:const|static)\s+(\w+)\s*:\s*&(?:'static\s+)?str\s*=\s*"(\w+)"`)
	rustDefault = scan.MustCompile(`set_default\(\s*"([\w.]+)"\s*,\s*(?:[\w:]+\()?\s*"?([^"\n,)]*)`)
	rustConst   = scan.MustCompile(`(?:const|static)\s+(\w+)\s*:\s*[iu]\d+\s*=\s*([\d_]+)`)
	rustPort    = scan.MustCompile(`(?m)^\s*port\s*:\s*([A-Z][A-Z0-9_]*|\d{2,5})\s*,`)
)

// layered reads settings of the crates config and envy: defaults in the code, and variables of one prefix laid over them.
// It is true where they say the port.
func (p *rustPackage) layered(file, text string) bool {
	prefix := rustSettingsPrefix(text)
	if prefix == "" {
		return false
	}
	names := rustNames(prefix, text)
	variable := func(key string) string { return names.variable(strings.Split(key, ".")) }
	numbers := map[string]string{}
	for _, m := range rustConst.FindAllStringSubmatch(text, 200) {
		numbers[m[1]] = strings.ReplaceAll(m[2], "_", "")
	}
	port := false
	for _, m := range scan.Find(text, rustDefault) {
		key, def := m.Groups[1], strings.TrimSpace(m.Groups[2])
		if n := numbers[def]; n != "" {
			def = n
		}
		n := (value{kind: valString, text: def}).number()
		switch {
		case !port && n > 0 && (key == "port" || key == "server.port" || key == "http.port"):
			port = true
			p.inf.claimed[variable(key)] = true
			s := service.Service{Port: n, Env: map[string]string{variable(key): def}}
			p.find(s, file, m.Line, scan.Declared, "")
		case scan.SecretName(key):
			p.variable(variable(key), "", file, m.Line)
		case (key == "host" || key == "server.host") && scan.LocalHost(def):
			p.find(service.Service{Env: map[string]string{variable(key): "0.0.0.0"}}, file, m.Line, scan.Convention, "on every address of the container")
		}
	}
	for _, m := range scan.Find(text, rustPort) {
		number := cmp.Or(numbers[m.Groups[1]], m.Groups[1])
		n := (value{kind: valString, text: number}).number()
		if port || n == 0 {
			continue
		}
		port = true
		p.inf.claimed[variable("port")] = true
		p.find(service.Service{Port: n, Env: map[string]string{variable("port"): number}}, file, m.Line, scan.Declared, "")
	}
	p.secretFields(file, text, names)
	return port
}

var (
	// rustDefaultFn is a function that gives a setting its default, as serde calls them.
	rustDefaultFn = scan.MustCompile(`fn\s+(\w*default\w*)\(\)\s*->\s*[^{\n]+\{`)
	rustListening = scan.MustCompile(`(?i)(addr|bind|listen|port|socket)`)
	rustOther     = scan.MustCompile(`(?i)(metric|prom|debug|admin|health|statsd|redis|db|database|postgres|mysql|smtp|mail|grpc|kafka|amqp|proxy|remote|upstream|peer|client|backend)`)
	rustAddress   = scan.MustCompile(`"[\w.:\[\]]*:(\d{2,5})"|^\s*(\d{2,5})\s*$|,\s*(\d{2,5})\)`)
)

// byDefault reports the port that a setting has by its default: fn default_bind() -> String { "0.0.0.0:3000".into() }.
func (p *rustPackage) byDefault(file, text string) bool {
	for _, at := range rustDefaultFn.FindAllStringSubmatchIndex(text, 200) {
		name, body := text[at[2]:at[3]], text[at[1]:]
		if !rustListening.MatchString(name) || rustOther.MatchString(name) {
			continue
		}
		if end := strings.Index(body, "\n}"); end >= 0 {
			body = body[:end]
		}
		if m := rustAddress.FindStringSubmatch(body[:min(len(body), 500)]); m != nil {
			if n := (value{kind: valString, text: m[1] + m[2] + m[3]}).number(); n > 0 {
				p.find(service.Service{Port: n}, file, 1+strings.Count(text[:at[0]], "\n"), scan.Declared, "the default of a setting")
				return true
			}
		}
	}
	return false
}

// rustFilePort is a port in a file of settings, with its indentation.
var rustFilePort = scan.MustCompile(`(?m)^([ \t]*)"?(?:http_)?port"?[ \t]*[:=][ \t]*"?(\d{2,5})\b`)

// fromFile reports the port that the crate config reads out of the file of defaults: one at its top, not in a part of it.
func (p *rustPackage) fromFile() bool {
	if !slices.ContainsFunc(p.deps, func(d dependency) bool { return d.name == "config" }) {
		return false
	}
	file := p.t.First(p.home, "config/default.json", "config/default.toml", "config/default.yaml", "config/default.yml", "config/base.yaml", "settings.toml", "Settings.toml")
	if file == "" {
		return false
	}
	text := p.t.Text(file, p.r)
	top := ""
	if path.Ext(file) == ".json" {
		top = jsonIndent.FindString(text)
		top = top[strings.LastIndexByte(top, '\n')+1:]
	}
	for _, m := range scan.Find(text, rustFilePort) {
		n := (value{kind: valString, text: m.Groups[2]}).number()
		if n > 0 && m.Groups[1] == top && (path.Ext(file) != ".toml" || m.Line < tomlTable(text)) {
			p.find(service.Service{Port: n}, file, m.Line, scan.Declared, "")
			return true
		}
	}
	return false
}

var (
	jsonIndent = scan.MustCompile(`\A\s*\{[ \t]*\r?\n[ \t]*`)
	tomlHeader = scan.MustCompile(`(?m)^\s*\[`)
)

// tomlTable is the line of the first table, or one behind the end.
func tomlTable(text string) int {
	if line := scan.LineOf(text, tomlHeader); line > 0 {
		return line
	}
	return strings.Count(text, "\n") + 2
}

// rustSettingsPrefix is the prefix of the variables that a file of settings reads, "" for none.
func rustSettingsPrefix(text string) string {
	m := rustPrefix.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	if m[1] != "" {
		return m[1]
	}
	for _, c := range rustText.FindAllStringSubmatch(text, 50) {
		if c[1] == m[2] {
			return c[2]
		}
	}
	return ""
}
