package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// copiedFiles remembers the files that operations put on the machine, and those of them that others copy on from there.
func (g *meaning) copiedFiles(all []*managed) {
	g.onMachine, g.copied = map[string]*managed{}, map[string]bool{}
	for _, m := range all {
		if where := m.fileAt(); where != "" && !m.off {
			g.onMachine[where] = m
		}
	}
	for _, m := range all {
		if from := m.copiedFrom(); g.onMachine[from] != nil && from != m.fileAt() {
			g.copied[from] = true
		}
	}
}

// fileAt is where a file resource lies on the machine, "" for what is none.
func (m *managed) fileAt() string {
	switch m.kind {
	case "file", "template", "cookbook_file":
	default:
		return ""
	}
	where := m.attr("path", "target").plain()
	if where == "" {
		where = m.title
	}
	if !path.IsAbs(where) {
		return ""
	}
	return path.Clean(where)
}

// copiedFrom is the place on the machine that a file is copied from, "" for none.
func (m *managed) copiedFrom() string {
	if v := m.attr("content", "source"); v.kind == valueText && len(v.template) == 0 && path.IsAbs(v.text) && !strings.Contains(v.text, "\n") && m.attrs.of("content").kind == valueUnknown && m.attrs.of("source").kind == valueText {
		return path.Clean(v.text)
	}
	return ""
}

// filledBy is the value that a file's text is made of: where it is copied on the machine, that of the file there.
func (g *meaning) filledBy(m *managed) managedValue {
	v := m.attr("content", "source")
	for n := 0; n < maxCopies; n++ {
		from := m.copiedFrom()
		if from == "" {
			return v
		}
		if m = g.onMachine[from]; m == nil {
			return unknownValue("source", v.file, v.line)
		}
		v = m.attr("content", "source")
	}
	return unknownValue("source", v.file, v.line)
}

// maxCopies bounds how often a file is copied on.
const maxCopies = 5

// sealedFile are files that hold certificates or keys.
var sealedFile = scan.MustCompile(`(?i)\.(pem|crt|cer|key|p12|pfx|jks|keystore|truststore)$`)

// keptElsewhere are what stands for a text that another file would give, which is not here.
var keptElsewhere = map[string]bool{"${template}": true, "${epp}": true, "${file}": true, "${source}": true}

// elsewhere takes over a file among the service's code of which only the place is known: what stands in it is kept elsewhere.
func (g *meaning) elsewhere(m *managed, v managedValue, where string) bool {
	where = path.Clean(where)
	if v.kind != valueUnknown || !keptElsewhere[v.text] || g.environment != "" || !path.IsAbs(where) || strings.ContainsAny(where, "$*:{}\n") || !configPath.MatchString(where) && !sealedFile.MatchString(where) {
		return false
	}
	switch m.attr("ensure").plain() {
	case "", "file", "present":
	default:
		return false
	}
	if ensure := m.attrs.of("ensure"); ensure.open || ensure.kind == valueUnknown && ensure.text != "" || programsOwn.MatchString(where) || startsSomething(where) || webFile.MatchString(where) {
		return false
	}
	f := m.finding()
	f.File = &scan.File{Path: g.codePlace(where), Secret: true, Elsewhere: true, Among: true}
	f.File.Present = f.File.Path != "" && g.t.Has(f.File.Path)
	if f.File.Path == "" { // whose code lies there is known by the name of the directory
		_, place, ok := deployedAt(where)
		if !ok || keepsData(path.Dir(where)) {
			return false
		}
		f.File.Path, f.File.Present = where, g.t.Has(place)
	}
	g.claim(m, f, managedValue{}, "file "+where, scan.Declared, "for "+titleForNote(m))
	return true
}
