package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	makeVariable = scan.MustCompile(`(?m)^(?:override\s+|export\s+)?([\w.]+)\s*[:?+]?=\s*([^\n#]*)`)
	makeRule     = scan.MustCompile(`^([^\s:=#][^:=#]{0,200}):(?:[^=]|$)`)
	makeRef      = scan.MustCompile(`\$[({](\w+)[)}]`)
	makeLinks    = scan.MustCompile(`^\t[@-]?.*(?:\$[({][\w.]*(?:CC|CXX|LD|LINK)[\w.]*[)}]|\b(?:cc|gcc|g\+\+|clang)\b).*\s-o\s`)
)

// linkedBy finds the programs that a Makefile links, as Find finds them: the name is the first group.
func linkedBy(text string) []scan.Match {
	vars := map[string]string{}
	for _, m := range makeVariable.FindAllStringSubmatch(text, 500) {
		if _, known := vars[m[1]]; !known {
			vars[m[1]] = strings.TrimSpace(m[2])
		}
	}
	fill := func(s string) string {
		for range 3 {
			s = makeRef.ReplaceAllStringFunc(s, func(ref string) string { return vars[makeRef.FindStringSubmatch(ref)[1]] })
		}
		return s
	}
	var found []scan.Match
	target := ""
	for i, line := range strings.Split(text, "\n") {
		if m := makeRule.FindStringSubmatch(line); m != nil {
			target = strings.TrimSpace(fill(m[1]))
			continue
		}
		if target == "" || !makeLinks.MatchString(line) || strings.Contains(line, " -c ") || strings.Contains(line, "-shared") {
			continue
		}
		name := path.Base(target)
		if strings.ContainsAny(name, " %$./") || strings.HasPrefix(name, "_") {
			continue
		}
		found = append(found, scan.Match{Line: i + 1, Groups: []string{line, name}})
		target = ""
	}
	return found
}

// starts reports the command, with the one option that keeps the process in the foreground, as a container wants it.
func (c *cppProject) starts(command string, program javaValue, foreground map[string]javaValue) {
	if len(foreground) != 1 {
		c.find(service.Service{Command: []string{command}}, program.file, program.line, scan.Convention, "the program that the build installs; its own options for the foreground are not known")
		return
	}
	for option, at := range foreground {
		c.find(service.Service{Command: []string{command, option}}, at.file, at.line, scan.Convention, "the program that the build installs, in the foreground")
	}
}
