package lang

import (
	"slices"
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

// eachVariable is what looks at several variables one after another: %w[A B].all? { |name| ENV[name] }.
var eachVariable = scan.MustCompile(`%w[\[({]([A-Z0-9_\s]{3,600})[\])}]\.(?:each|all\?|any\?|none\?|map|filter_map|select|reject|find)\s*(?:do|\{)\s*\|(\w+)\|[^}]{0,200}?\bENV(?:\[|\.fetch\(|\.key\?\(|\.has_key\?\()\s*(\w+)`)

// listed collects the variables that code goes through.
func (p *rubyProject) listed() {
	for _, s := range p.sources {
		if !strings.Contains(s.text, "%w") {
			continue
		}
		for _, m := range findSome(s.text, eachVariable) {
			for _, name := range strings.Fields(m.Groups[1]) {
				if m.Groups[2] == m.Groups[3] && variableName.MatchString(name) && !rubyForeign.MatchString(name) {
					p.infer.vars = append(p.infer.vars, readVariable{name, "", s.file, m.Line})
				}
			}
		}
	}
}

// rackKey are what a request brings along, which Rack keeps by names of this form.
var rackKey = scan.MustCompile(`^(HTTP|REQUEST|SERVER|REMOTE|PATH|QUERY|SCRIPT|CONTENT|GATEWAY)_`)

var (
	// readsByName is code that reads whichever variable it is told: ENV[name].
	readsByName = scan.MustCompile(`(?m)^[^#\n]*\bENV(?:\[|\.fetch\(|\.key\?\()\s*[a-z@]\w*\s*[\]),]`)
	// toldNames are the variables that a setting is told to look at: github_secret: ['GITHUB_SECRET'], url: %w(A_URL B_URL).
	toldNames = scan.MustCompile(`(?m)^\s*:?\w+(?::|\s*=>)\s*(?:\[((?:\s*["'][A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+["']\s*,?){1,12})|%w[\[({]([A-Z0-9_ ]{3,300})[\])}]|(["'][A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+["'])\s*,?\s*$)`)
)

// told collects the variables that stand beside settings by their names alone, for code that reads them by these.
func (p *rubyProject) told() {
	if !slices.ContainsFunc(p.sources, func(s plainSource) bool { return strings.Contains(s.text, "ENV") && readsByName.MatchString(s.text) }) {
		return
	}
	for _, s := range p.sources {
		if !strings.Contains(relative(p.dir, s.file), "config") {
			continue
		}
		for _, m := range findSome(s.text, toldNames) {
			for _, name := range strings.FieldsFunc(m.Groups[1]+m.Groups[2]+m.Groups[3], func(c rune) bool { return strings.ContainsRune("\"', \t\n", c) }) {
				if !rubyForeign.MatchString(name) && !rackKey.MatchString(name) {
					p.infer.vars = append(p.infer.vars, readVariable{name, "", s.file, m.Line})
				}
			}
		}
	}
}
