package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// dotnetConfigured are keys that the code asks the configuration for, and the names of connection strings.
var dotnetConfigured = scan.MustCompile(`(?i:conf\w*)(?:\[|\.GetSection\(|\.GetValue(?:<\w+>)?\()\s*"([A-Za-z]\w*(?::\w+)*)"|\.GetConnectionString\(\s*"(\w+)"`)

// sectionName is what a whole section is called, whatever the settings in it are about.
var sectionName = scan.MustCompile(`(?i)(settings|options|config|configuration)$`)

// keysOfCode reports the secrets among the keys that the code asks the configuration for: any can be given as a variable,
// Section:Key as Section__Key.
func (d *dotnetService) keysOfCode(p, text string) {
	for _, m := range scan.Find(text, dotnetConfigured) {
		key := m.Groups[1]
		if m.Groups[2] != "" {
			key = "ConnectionStrings:" + m.Groups[2]
			d.namedConnection(m.Groups[2], p, m.Line)
		}
		d.keyOfCode(key, p, m.Line)
	}
	sections := map[string]string{} // by the variable that holds one
	for _, m := range scan.Find(text, dotnetSectionHeld) {
		sections[m.Groups[1]] = sectionBelow(sections[m.Groups[2]], m.Groups[3])
	}
	for _, m := range scan.Find(text, dotnetInSection) {
		section := sections[m.Groups[3]]
		if m.Groups[2] != "" {
			section = sectionBelow(sections[m.Groups[1]], m.Groups[2])
		}
		if section != "" {
			d.keyOfCode(section+":"+m.Groups[4], p, m.Line)
		}
	}
}

// sectionBelow is the section to which calls of GetSection lead from one that a variable holds, "" for the root.
func sectionBelow(held, calls string) string {
	var names []string
	if held != "" {
		names = append(names, held)
	}
	for _, m := range dotnetGetSection.FindAllStringSubmatch(calls, -1) {
		names = append(names, m[1])
	}
	return strings.Join(names, ":")
}

// dotnetSections are one or more calls, each of which leads below the one before.
const dotnetSections = `(GetSection\(\s*"\w+(?::\w+)*"\s*\)(?:\s*\.\s*GetSection\(\s*"\w+(?::\w+)*"\s*\))*)`

var (
	dotnetGetSection = scan.MustCompile(`GetSection\(\s*"(\w+(?::\w+)*)"`)
	// dotnetSectionHeld keeps a section: var auth = Configuration.GetSection("Auth");
	dotnetSectionHeld = scan.MustCompile(`(\w+)\s*=\s*(?:[\w.]*?\b(\w+)\s*\.\s*)?` + dotnetSections + `\s*;`)
	// dotnetInSection asks a section for a key: GetSection("Auth")["Secret"], auth.GetValue<string>("Secret").
	dotnetInSection = scan.MustCompile(`(?:(?:\b(\w+)\s*\.\s*)?` + dotnetSections + `|\b(\w+))(?:\[|\s*\.\s*GetValue(?:<\w+>)?\(\s*)"(\w+(?::\w+)*)"`)
)

// keyOfCode reports a key that the code asks the configuration for, where it is a secret's.
func (d *dotnetService) keyOfCode(key, p string, line int) {
	last := key[strings.LastIndexByte(key, ':')+1:]
	if (!scan.SecretName(last) || sectionName.MatchString(last)) && !strings.HasPrefix(key, "ConnectionStrings:") {
		return
	}
	d.find(service.Service{Secrets: []string{strings.ReplaceAll(key, ":", "__")}}, p, line, scan.Declared, "the code asks the configuration for it")
}
