package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// dotnetGroup is a group of routes below a path: var checks = app.MapGroup("/health").
	dotnetGroup = scan.MustCompile(`(\w+)\s*=\s*\w+\.MapGroup\(\s*(?:"/?([\w/-]+)"|(\w+)\.(\w+))`)
	dotnetConst = scan.MustCompile(`\bclass\s+(\w+)|\bconst\s+string\s+(\w+)\s*=\s*"/?([\w/-]+)"`)
)

// group is the path of the group of routes that a call belongs to, "" for none: checks.MapHealthChecks("/http").
func (d *dotnetService) group(text, call string) string {
	if !strings.Contains(text, "MapGroup(") {
		return ""
	}
	for _, m := range dotnetGroup.FindAllStringSubmatch(text, 20) {
		if !strings.Contains(text, m[1]+"."+call) {
			continue
		}
		if path := m[2] + d.constant(m[3], m[4]); path != "" {
			return "/" + path
		}
	}
	return ""
}

// constant is the text of a constant of a class, without a slash in front; "" where no source has it.
func (d *dotnetService) constant(class, name string) string {
	if name == "" {
		return ""
	}
	for _, u := range d.uses {
		for _, p := range u.sources {
			text := d.t.Text(p, d.r)
			if !strings.Contains(text, "const string "+name) {
				continue
			}
			in := ""
			for _, m := range dotnetConst.FindAllStringSubmatch(text, 500) {
				if m[1] != "" {
					in = m[1]
				} else if in == class && m[2] == name {
					return m[3]
				}
			}
		}
	}
	return ""
}
