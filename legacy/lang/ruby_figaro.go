package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// figaroVariable is a variable as the gem figaro reads it, with a mark where the code can't do without: Figaro.env.api_key!
var figaroVariable = scan.MustCompile(`\bFigaro\.env\.([A-Za-z_]\w*)(!?)`)

var figaroKey = scan.MustCompile(`(?m)^(\w+):`)

// figaro collects the variables that the code reads by the gem of that name. Upper and lower case are the same to it: a
// variable is called as its file of settings calls it, else as variables are.
func (p *rubyProject) figaro() {
	if _, ok := p.gems.brought("figaro"); !ok {
		return
	}
	known := map[string]string{}
	for _, file := range []string{"config/application.yml", "config/application.example.yml", "config/application.yml.example", "config/application.yml.sample"} {
		for _, m := range figaroKey.FindAllStringSubmatch(p.t.Text(path.Join(p.dir, file), &scan.Report{}), -1) {
			known[strings.ToUpper(m[1])] = m[1]
		}
	}
	for _, v := range p.infer.vars {
		known[strings.ToUpper(v.name)] = v.name
	}
	for _, s := range p.sources {
		if !strings.Contains(s.text, "Figaro.env.") || ofTask(s.file) {
			continue
		}
		for _, m := range findSome(s.text, figaroVariable) {
			upper := strings.ToUpper(m.Groups[1])
			name := known[upper]
			if name == "" {
				name = upper
				known[upper] = upper
			}
			p.infer.vars = append(p.infer.vars, readVariable{name, "", s.file, m.Line})
			if m.Groups[2] != "" && strings.HasPrefix(relative(p.dir, s.file), "config/") && !rubyElse.MatchString(p.t.Line(s.file, m.Line)) {
				p.infer.must = append(p.infer.must, readVariable{name: name, file: s.file, line: m.Line})
			}
		}
	}
}
