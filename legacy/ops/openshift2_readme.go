package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	rhcLine   = scan.MustCompile(`(?m)\brhc[ -](?:app[ -]|cartridge[ -])?(create|add|cartridge[ -]add|create-app)\b[^\n]*`)
	cartridge = scan.MustCompile(`[\s\x60"'](php|zend|python|ruby|perl|nodejs|jbossas|jbosseap|jbossews|mysql|postgresql|mongodb)-(\d+(?:\.\d+)*)\b`)
)

// cartridgeLanguages are the languages of cartridges; the versions of application servers are none of Java.
var cartridgeLanguages = map[string]string{"php": "php", "zend": "php", "python": "python", "ruby": "ruby", "perl": "perl", "nodejs": "node", "jbossas": "java", "jbosseap": "java", "jbossews": "java"}

// readme reads the lines of a README by which an application was made on the platform, rhc app create shop php-5.4
// mysql-5.5: nothing else in a repository says which cartridges it ran on. Where it adds one store or another, it is the
// reader's choice.
func (o *openShift2) readme(dir string) {
	file := o.t.First(dir, "README.md", "README", "README.rst", "README.txt", "README.markdown")
	if file == "" {
		return
	}
	stores, languages := map[string]scan.Match{}, map[string]scan.Match{}
	for _, line := range scan.Find(o.t.Text(file, o.r), rhcLine) {
		for _, m := range scan.Find(line.Groups[0], cartridge) {
			m.Line = line.Line
			of := stores
			if cartridgeLanguages[m.Groups[1]] != "" {
				of = languages
			}
			if _, known := of[m.Groups[1]]; !known {
				of[m.Groups[1]] = m
			}
		}
	}
	note := "the README makes the application with this cartridge"
	if len(languages) == 1 {
		for name, m := range languages {
			s := service.Service{Language: cartridgeLanguages[name], Version: m.Groups[2]}
			if s.Language == "java" || name == "zend" {
				s.Version = ""
			}
			o.find(scan.Finding{Dir: dir, Service: s}, "version", file, m.Line, scan.Convention, note)
		}
	}
	if len(stores) == 1 {
		for name, m := range stores {
			o.need(dir, bindingKind(name), m.Groups[2], file, m.Line, scan.Convention, note)
		}
	}
}

// madeIn is the directory of the application that a file of .openshift belongs to, and the file's path in there.
func madeIn(p string) (dir, in string) {
	before, in, _ := strings.Cut("/"+p, "/.openshift/")
	return path.Join(".", before), in
}
