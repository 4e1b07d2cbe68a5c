package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var validates = scan.MustCompile(`^(?:envalid\.)?(str|num|bool|email|host|port|url|json)$`)

// usesNeed are switches that say whether a service uses what other variables lead to.
var usesNeed = scan.MustCompile(`_ENABLED?$|^(USE|ENABLE|WITH)_`)

// envalid reads the variables that a specification for envalid lists: {PORT: num({default: 3000})}.
func (p *nodeProject) envalid(s *source) {
	if !strings.Contains(s.text, "cleanEnv(") {
		return
	}
	var flat []setting
	spec := func(v value) {
		v.walk(func(part value) {
			for i, key := range part.keys {
				item := part.items[i]
				if part.kind != valDict || item.kind != valCall || !validates.MatchString(item.text) || !isVariable.MatchString(key) {
					continue
				}
				v := value{kind: valName, text: "process.env." + key, line: item.line}
				if options, ok := item.arg(0); ok {
					if d, ok := options.get("default"); ok {
						if d.kind == valName && scan.IsSwitch(d.text) && usesNeed.MatchString(key) {
							d.kind = valString
						}
						v = value{kind: valEither, line: item.line, items: []value{v, d}}
					}
				}
				flat = append(flat, setting{name: key, v: v})
				p.infer.variableOf(v, s.file)
			}
		})
	}
	for _, set := range s.settings {
		spec(set.v)
	}
	for _, call := range s.calls {
		if strings.HasSuffix(call.text, "cleanEnv") {
			spec(call)
		}
	}
	p.infer.flat(flat, s.file)
}
