package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Settings of pydantic are classes: each field is read from a variable of its name in capitals, behind a prefix that the
// class has.
var (
	pydanticClass  = scan.MustCompile(`(?m)^class (\w+)\(((?:[^()]|\([^()]*\))*)\)\s*:`)
	pydanticField  = scan.MustCompile(`(?m)^    (\w+)\s*:\s*([^=\n#]+?)[ \t]*(?:=[ \t]*([^\n]*))?$`)
	pydanticPrefix = scan.MustCompile(`env_prefix\s*=\s*["'](\w*)["']`)
	pydanticAlias  = scan.MustCompile(`\b(?:env|validation_alias|alias)\s*=\s*(?:AliasChoices\(\s*)?["'](\w+)["']`)
	pydanticGiven  = scan.MustCompile(`^Field\(\s*(?:default\s*=\s*)?(["'][^"']*["']|[\d.]+|True|False)|\bdefault\s*=\s*(["'][^"']*["']|[\d.]+|True|False)`)
	pydanticType   = scan.MustCompile(`\b(Postgres|Redis|Amqp|AMQP|Mongo|MongoDB|MySQL|MariaDB|Kafka)Dsn\b`)
	topLevel       = scan.MustCompile(`(?m)^\S`)
)

// pydanticKinds lead from the type of a field to the need that its value names.
var pydanticKinds = map[string]string{"Postgres": "postgres", "Redis": "redis", "Amqp": "rabbitmq", "AMQP": "rabbitmq", "Mongo": "mongodb", "MongoDB": "mongodb", "MySQL": "mysql", "MariaDB": "mysql", "Kafka": "kafka"}

// pydantic collects the variables behind the fields of such classes, those that derive from another one included.
func (p *pythonProject) pydantic(sources []*source) {
	if !slices.ContainsFunc(sources, func(s *source) bool { return strings.Contains(s.text, "BaseSettings") }) {
		return
	}
	settings := map[string]bool{"BaseSettings": true}
	for range 3 { // classes derive from each other across files
		for _, s := range sources {
			for _, m := range pydanticClass.FindAllStringSubmatch(s.text, -1) {
				for _, base := range strings.Split(m[2], ",") {
					base = strings.TrimSpace(base)
					if settings[base[strings.LastIndexByte(base, '.')+1:]] {
						settings[m[1]] = true
					}
				}
			}
		}
	}
	if len(settings) == 1 {
		return
	}
	for _, s := range sources {
		for _, at := range pydanticClass.FindAllStringSubmatchIndex(s.text, -1) {
			name, head := s.text[at[2]:at[3]], s.text[at[4]:at[5]]
			if !settings[name] || otherClass.MatchString(name) {
				continue
			}
			body := s.text[at[1]:]
			if end := topLevel.FindStringIndex(body); end != nil {
				body = body[:end[0]]
			}
			prefix := ""
			if m := pydanticPrefix.FindStringSubmatch(head + "\n" + body); m != nil {
				prefix = m[1]
			}
			p.pydanticFields(s, prefix, body, strings.Count(s.text[:at[1]], "\n"))
		}
	}
}

// pydanticFields collects the fields of one class; above is how many lines stand before its body.
func (p *pythonProject) pydanticFields(s *source, prefix, body string, above int) {
	for _, m := range scan.Find(body, pydanticField) {
		field, kind, value := m.Groups[1], m.Groups[2], strings.TrimSpace(m.Groups[3])
		if strings.HasPrefix(field, "_") || strings.Contains(kind, "ClassVar") || field == "model_config" || strings.Contains(value, "getenv(") || strings.Contains(value, "environ") {
			continue
		}
		variable := strings.ToUpper(prefix + field)
		if alias := pydanticAlias.FindStringSubmatch(value); alias != nil {
			variable = strings.ToUpper(alias[1])
		}
		line := above + m.Line
		p.infer.vars = append(p.infer.vars, readVariable{variable, pydanticDefault(value), s.file, line})
		if t := pydanticType.FindStringSubmatch(kind); t != nil {
			k := pydanticKinds[t[1]]
			p.infer.add(scan.Need{Need: service.Need{Kind: k, Port: scan.DefaultPort(k)}}, s.file, line, scan.Declared, "the variable "+variable+" leads to it")
			if k != "redis" && k != "kafka" && !p.infer.claimed[variable] {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{variable}}}, s.file, line, scan.Declared, "the code reads it")
			}
		} else if value == "" && !strings.Contains(kind, "None") && !strings.HasPrefix(kind, "Optional") || strings.HasPrefix(value, "Field(...") {
			p.infer.must = append(p.infer.must, readVariable{name: variable, file: s.file, line: line})
		}
	}
}

var pydanticQuoted = scan.MustCompile(`^["']([^"']*)["']`)

// pydanticDefault is the literal that a field falls back to, "" where there is none.
func pydanticDefault(value string) string {
	if m := pydanticGiven.FindStringSubmatch(value); m != nil {
		value = m[1] + m[2]
	}
	if m := pydanticQuoted.FindStringSubmatch(value); m != nil {
		return m[1]
	}
	value, _, _ = strings.Cut(value, "#")
	if value = strings.TrimSpace(value); scan.IsSwitch(value) || plainNumber.MatchString(value) {
		return value
	}
	return ""
}

var plainNumber = scan.MustCompile(`^\d[\d.]{0,12}$`)
