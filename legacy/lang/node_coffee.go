package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// coffeeVariable is a variable that CoffeeScript reads, and what stands in where it is not set.
var coffeeVariable = scan.MustCompile(`\bprocess\.env(?:\.([A-Z]\w*)|\[\s*['"]([A-Z]\w*)['"]\s*\])(?:\s*(?:or|\|\||\?)\s*(?:"([^"#\n]*)"|'([^'\n]*)'|(\d+)))?`)

// coffeeTaken is what CoffeeScript takes out of the environment at once: { API_URL, PORT } = process.env.
var coffeeTaken = scan.MustCompile(`(?m)^\s*\{([^{}]{1,1000})\}\s*=\s*process\.env\b\s*$`)

var coffeeTakenName = scan.MustCompile(`(?:^|,)\s*([A-Z]\w*)`)

// coffeeVariables collects the variables that sources in CoffeeScript read. Of the rest of that language nothing is read.
func (p *nodeProject) coffeeVariables() {
	for _, file := range p.coffee {
		if _, skip := environmentOf(file); skip || notNodeSource.MatchString("/"+relative(p.dir, file)) || p.t.Aside(file) {
			continue
		}
		text := p.t.Text(file, p.r)
		if !strings.Contains(text, "process.env") {
			continue
		}
		for _, m := range scan.Find(text, coffeeVariable) {
			if g := m.Groups; !strings.HasPrefix(strings.TrimSpace(p.t.Line(file, m.Line)), "#") {
				p.infer.vars = append(p.infer.vars, readVariable{g[1] + g[2], g[3] + g[4] + g[5], file, m.Line})
			}
		}
		for _, m := range scan.Find(text, coffeeTaken) {
			for _, name := range coffeeTakenName.FindAllStringSubmatch(m.Groups[1], -1) {
				p.infer.vars = append(p.infer.vars, readVariable{name[1], "", file, m.Line})
			}
		}
	}
}
