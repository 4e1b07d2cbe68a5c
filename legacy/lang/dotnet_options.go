package lang

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dotnetSection is how code names a section of the configuration: a text, nameof(Class) or a constant of a class.
const dotnetSection = `(?:"([\w:.-]+)"|nameof\(\s*(?:\w+\.)*(\w+)\s*\)|(\w+)\.(\w+))`

var (
	// dotnetBound are calls that fill a class from a section, the class first.
	dotnetBound = []*scan.Pattern{
		scan.MustCompile(`\bConfigure<([\w.]+)>\(\s*[^;{}]{0,200}?GetSection\(\s*` + dotnetSection),
		scan.MustCompile(`\bConfigure<([\w.]+)>\(\s*\w+\s*=>\s*(?:[\w.]*\.)?Bind\(\s*` + dotnetSection + `\s*,`),
		scan.MustCompile(`\bAddOptions<([\w.]+)>\(\)\s*\.\s*Bind(?:Configuration)?\(\s*(?:[^;{}]{0,100}?GetSection\(\s*)?` + dotnetSection),
	}
	dotnetFilled   = scan.MustCompile(`GetSection\(\s*` + dotnetSection + `\s*\)\s*\.\s*Get<([\w.]+)>\(`)
	dotnetClass    = scan.MustCompile(`\b(?:class|record)\s+(\w+)`)
	dotnetProperty = scan.MustCompile(`\bpublic\s+(?:required\s+|virtual\s+)*([\w.]+)\??\s+(\w+)\s*\{\s*get\b`)
)

// optionsProperty is one property of a class that the configuration fills.
type optionsProperty struct {
	name, of string // and its type
	file     string
	line     int
}

// options reports the secrets among the properties of classes that are filled from sections of the configuration: each
// can be given as a variable, Section:Property as Section__Property.
func (d *dotnetService) options() {
	bound := d.boundSections()
	if len(bound) == 0 {
		return
	}
	classes := map[string][]optionsProperty{}
	for _, u := range d.uses {
		for _, p := range u.sources {
			if text := d.t.Text(p, d.r); strings.Contains(text, "{ get") && !strings.Contains(p, "/Migrations/") {
				optionsClasses(p, text, classes)
			}
		}
	}
	for _, class := range slices.Sorted(maps.Keys(bound)) {
		d.optionsOf(class, bound[class], classes, 0)
	}
}

// boundSections leads from the names of classes to the section that fills each.
func (d *dotnetService) boundSections() map[string]string {
	bound := map[string]string{}
	add := func(class string, section []string) {
		name := section[0] + section[1]
		if name == "" {
			name = d.constant(section[2], section[3])
		}
		class = class[strings.LastIndexByte(class, '.')+1:]
		if name != "" && bound[class] == "" {
			bound[class] = strings.ReplaceAll(name, ":", "__")
		}
	}
	for _, u := range d.uses {
		for _, p := range u.sources {
			text := d.t.Text(p, d.r)
			if !hasAny(text, "GetSection(", "BindConfiguration(", ".Bind(") {
				continue
			}
			for _, re := range dotnetBound {
				for _, m := range re.FindAllStringSubmatch(text, 100) {
					add(m[1], m[2:6])
				}
			}
			for _, m := range dotnetFilled.FindAllStringSubmatch(text, 100) {
				add(m[5], m[1:5])
			}
		}
	}
	return bound
}

// optionsClasses notes the properties of the classes in a file.
func optionsClasses(file, text string, classes map[string][]optionsProperty) {
	found := scan.Find(text, dotnetClass)
	for _, m := range scan.Find(text, dotnetProperty) {
		class := ""
		for _, c := range found {
			if c.Line <= m.Line {
				class = c.Groups[1]
			}
		}
		if class != "" && len(classes[class]) < 200 {
			classes[class] = append(classes[class], optionsProperty{name: m.Groups[2], of: m.Groups[1], file: file, line: m.Line})
		}
	}
}

func (d *dotnetService) optionsOf(class, section string, classes map[string][]optionsProperty, depth int) {
	for _, p := range classes[class] {
		name := section + "__" + p.name
		switch {
		case p.of != "string" && depth < 3 && p.of != class:
			d.optionsOf(p.of, name, classes, depth+1)
		case p.of == "string" && scan.SecretName(p.name) && variableName.MatchString(name):
			d.find(service.Service{Secrets: []string{name}}, p.file, p.line, scan.Declared, "the configuration fills it")
		}
	}
}
