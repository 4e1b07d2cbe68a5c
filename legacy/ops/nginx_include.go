package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxIncluded bounds how many files are read because others include them.
const maxIncluded = 100

// findIncludes marks the files that stand in the place of an include of another, which is where they count. It gives those
// that nobody had read before.
func (n *nginx) findIncludes(from string, list []*directive, depth int) (found []string) {
	for _, d := range list {
		if d.name() == "include" && len(n.included) < maxIncluded {
			known := len(n.texts)
			if p := n.includedFile(from, d.value()); p != "" && !n.included[p] {
				n.included[p] = true
				if len(n.texts) > known {
					found = append(found, p)
					found = append(found, n.findIncludes(p, n.texts[p], depth+1)...)
				}
			}
		}
		if depth < maxNested {
			found = append(found, n.findIncludes(from, d.block, depth+1)...)
		}
	}
	return found
}

// opsModule is the directory of a role, a cookbook or a module, with the part of it that holds what goes to machines.
var opsModule = scan.MustCompile(`^(.*?/?(?:roles|cookbooks|[\w-]+-cookbooks|modules)/[^/]+)/(?:templates|files)/`)

// includedFile is the file of this tree that an include means: one of that name beside it, or the only one among what the
// same role, cookbook or module puts on machines.
func (n *nginx) includedFile(from, name string) string {
	if name == "" || strings.ContainsAny(name, "*?") {
		return ""
	}
	for _, p := range []string{path.Join(path.Dir(from), name), path.Join(path.Dir(from), path.Base(name))} {
		if p != from && n.open(p) {
			return p
		}
	}
	m := opsModule.FindStringSubmatch(from)
	base := unitFile(name)
	if m == nil || strings.Contains(base, filledIn) || !strings.Contains(base, ".") {
		return ""
	}
	only := ""
	for _, p := range n.t.Below(m[1]) {
		if unitFile(p) == base && p != from && opsModule.MatchString(p) {
			if only != "" {
				return ""
			}
			only = p
		}
	}
	if only != "" && n.open(only) {
		return only
	}
	return ""
}

// open reads a file unless that was done; it is false where there is none, or none of nginx's.
func (n *nginx) open(p string) bool {
	if n.texts[p] == nil && n.t.Has(p) && len(n.texts) > 0 {
		if text := n.t.Text(p, quietly()); statementsOnly(withoutTemplate(text)) {
			n.texts[p] = parseNginx(p, text)
		}
	}
	return n.texts[p] != nil
}

// statementsOnly says of a text that each of its lines ends as nginx's do.
func statementsOnly(text string) bool {
	said := false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if !strings.ContainsAny(line[len(line)-1:], ";{}") {
			return false
		}
		said = true
	}
	return said
}

// templateInclude is how a template of Jinja brings another in.
var templateInclude = scan.MustCompile(`\{%-?[ \t]*include[ \t]+["']([\w./-]+)["'][^%\n]*%\}`)
