package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// everett leads from a class with options of Everett to the prefix of their variables, which whoever makes the class gives
// it. It is nil where nobody gives any.
type everett map[string]string

var (
	everettSpace = scan.MustCompile(`\b([A-Z]\w*)\(\s*(?:\w+\s*=\s*)?\w+\.with_namespace\(\s*["'](\w+)["']`)
	plainName    = scan.MustCompile(`^[a-z][a-z0-9_]*$`)
	outerClass   = scan.MustCompile(`(?m)^class (\w+)`)
)

func everettNamespaces(sources []*source) everett {
	var found everett
	for _, s := range sources {
		if !strings.Contains(s.text, ".with_namespace(") {
			continue
		}
		if found == nil {
			found = everett{}
		}
		for _, m := range everettSpace.FindAllStringSubmatch(s.text, -1) {
			found[m[1]] = strings.ToUpper(m[2]) + "_"
		}
	}
	return found
}

// option adds to the calls what reads the variable behind name = Option(...): the name in capitals, behind the prefix of
// its class. What stands in a class of which nobody tells the prefix is left out, where others have one.
func (known everett) option(s *source, name string, v value) {
	if v.kind == valCall && (v.text == "Option" || v.text == "everett.Option") {
		known.read(s, name, v)
	}
}

// added does so for the options of older releases: required_config.add_option("name", default="").
func (known everett) added(s *source, call value) {
	if name, ok := call.arg(0); ok && name.kind == valString && strings.HasSuffix(call.text, ".add_option") {
		known.read(s, name.text, call)
	}
}

func (known everett) read(s *source, name string, v value) {
	if !plainName.MatchString(name) {
		return
	}
	prefix, ok := "", known == nil || strings.Contains(s.text, "ConfigManager")
	for _, m := range scan.Find(s.text, outerClass) {
		if given, there := known[m.Groups[1]]; there && m.Line < v.line {
			prefix, ok = given, true
		}
	}
	if !ok {
		return
	}
	read := value{kind: valCall, text: "os.environ.get", line: v.line, keys: []string{""}, items: []value{{kind: valString, text: prefix + strings.ToUpper(name), line: v.line}}}
	if fallback, given := v.get("default"); given {
		read.keys, read.items = append(read.keys, ""), append(read.items, fallback)
	}
	s.calls = append(s.calls, read)
}

// everettMade is a manager of Everett's that the code calls by the names of variables: config = ConfigManager(...).
var everettMade = scan.MustCompile(`(?m)^(\w+)\s*=\s*ConfigManager(?:\.\w+)?\(`)

// everettManager adds to the calls what reads the variables that such a manager is asked for.
func everettManager(s *source) {
	if !strings.Contains(s.text, "ConfigManager") {
		return
	}
	made := map[string]bool{}
	for _, m := range everettMade.FindAllStringSubmatch(s.text, 20) {
		made[m[1]] = true
	}
	for _, call := range s.calls {
		name, ok := call.arg(0)
		if !made[call.text] || !ok || name.kind != valString || !isVariable.MatchString(name.text) {
			continue
		}
		read := value{kind: valCall, text: "os.environ.get", line: call.line, keys: []string{""}, items: []value{name}}
		if fallback, given := call.get("default"); given {
			read.keys, read.items = append(read.keys, ""), append(read.items, fallback)
		}
		s.calls = append(s.calls, read)
	}
}
