package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	handsEnv   = scan.MustCompile(`(?m)^[^#\n]*(?:[(,]\s*ENV(?:\.to_h(?:ash)?|\.to_hash)?\s*\)|=\s*ENV(?:\.to_h(?:ash)?|\.to_hash)?\s*$)`)
	fromHanded = scan.MustCompile(`\b(?:settings|config|env|environment|options|opts|vars)\s*(?:\[\s*|\.fetch\s*\(?\s*)["']([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)["']`)
)

// handedOn collects the variables that code reads from the environment as it was handed on: Shop.setup(ENV), and in there
// settings["SHOP_SECRET"].
func (p *rubyProject) handedOn() {
	handed := false
	for _, s := range p.sources {
		handed = handed || strings.Contains(s.text, "ENV") && handsEnv.MatchString(s.text)
	}
	if !handed {
		return
	}
	for _, s := range p.sources {
		for _, m := range findSome(s.text, fromHanded) {
			if name := m.Groups[1]; !rubyForeign.MatchString(name) && !rackKey.MatchString(name) && !strings.HasPrefix(strings.TrimSpace(p.t.Line(s.file, m.Line)), "#") {
				p.infer.vars = append(p.infer.vars, readVariable{name, "", s.file, m.Line})
			}
		}
	}
}

// rackKey are what a request brings along, which Rack keeps by names of this form.
var rackKey = scan.MustCompile(`^(HTTP|REQUEST|SERVER|REMOTE|PATH|QUERY|SCRIPT|CONTENT|GATEWAY)_`)
