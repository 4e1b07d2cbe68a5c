package legacy

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// These bound how much operations code is searched for the service's name, and how much is said of it.
const (
	maxSearched     = 64 << 20 // bytes
	maxNamingLines  = 30       // of one file
	maxNamingSearch = 2000     // of all
)

// mentions notes where operations code kept elsewhere names the service and no reader took anything: in a file of a kind
// that none knows, in a resource of others, in a script. Nobody has to think about most of it, so it is for the record;
// what lies in a directory of the service's own is told.
func (r *resolver) mentions(s *Scanned) {
	names := r.spokenNames()
	if len(names) == 0 || len(s.tree.Mounted()) == 0 {
		return
	}
	m := &mentioned{heard: r.heardLines(), whole: r.takenFiles(), pattern: namePattern(names), names: names}
	m.modules, m.parts = heardModules(m.heard), r.heardParts(m.heard)
	var notes []scan.Note
	searched := 0
	for _, file := range s.tree.Mounted() {
		if m.whole[file] || aboutNothing.MatchString(file) || s.tree.Aside(file) || searched > maxSearched || len(notes) > maxNamingSearch {
			continue
		}
		data, err := s.tree.Read(file)
		if err != nil {
			continue
		}
		searched += len(data)
		named, own, placed := m.pattern.Match(data), m.own(file), r.notedByName(file)
		switch unheard := len(m.heard[file]) == 0; {
		case placed:
			named = named && !keyMaterial.Match(data)
		case own && unheard:
			notes = append(notes, scan.Note{File: path.Dir(file), Text: "files among those of the service that nothing here reads", Item: path.Base(file)})
			named = false
		}
		if named {
			for _, line := range m.lines(file, string(data)) {
				notes = append(notes, scan.Note{File: file, Line: line.Line, Text: "names the service, and nothing was taken from it", Item: line.Text, Aside: true})
			}
		}
		for _, line := range m.about(file, string(data), placed) {
			notes = append(notes, scan.Note{File: file, Line: line.Line, Text: "stands among what is about the service, and nothing was taken from it alone", Item: line.Text, Aside: true})
		}
	}
	r.Notes = append(r.Notes, together(notes)...)
}

// aboutNothing are files that say nothing of how a service is run.
var aboutNothing = scan.MustCompile(`(?i)\.(md|rst|adoc|lock|svg|png|jpe?g|gif|ico|css|map|pub|asc|gpg|pem|crt|po|woff2?|ttf)$|(^|/)(readme|changelog|license|copying|contributing|codeowners|authors)[^/]*$|(^|/)\.(github|git[a-z]*|travis|circleci|kitchen|rubocop)[^/]*(/|$)|(^|/)(spec|test|tests|integration|development|vagrantfile|gemfile|berksfile)[^/]*(/|$)`)

// spokenNames are the names by which operations code calls the service, else those that it has itself.
func (r *resolver) spokenNames() []string {
	var names []string
	for name := range r.spoken {
		if len(name) > 3 && !genericNames[name] && !toolNames[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// namePattern finds the names as words, whatever stands between their parts.
func namePattern(names []string) *regexp.Regexp {
	var words []string
	for _, name := range names {
		words = append(words, strings.Join(strings.Split(regexp.QuoteMeta(name), "-"), "[-_.]?"))
	}
	return regexp.MustCompile(`(?i)(^|[^a-z0-9])(` + strings.Join(words, "|") + `)($|[^a-z0-9])`)
}

// heardLines are the lines of operations code that are evidence or stand in a note.
func (r *resolver) heardLines() map[string]map[int]bool {
	heard := map[string]map[int]bool{}
	add := func(file string, line int) {
		if heard[file] == nil {
			heard[file] = map[int]bool{}
		}
		heard[file][line] = true
	}
	for _, claims := range r.Claims {
		for _, c := range claims {
			add(c.File, c.Line)
		}
	}
	for _, n := range r.Notes {
		add(n.File, n.Line)
		for _, item := range n.Items {
			add(n.File, item.Line)
		}
	}
	return heard
}

// takenFiles are those that become files of the service as a whole.
func (r *resolver) takenFiles() map[string]bool {
	taken := map[string]bool{}
	for field, claims := range r.Claims {
		if strings.Contains(field, ".files.") || strings.Contains(field, ".secrets.keys") {
			for _, c := range claims {
				taken[c.File] = true
			}
		}
	}
	return taken
}

// notedByName says whether a note names the file by its path: what a template is filled for, a program that is kept. A file at
// the top of its tree may be called as any word is, and is named in brackets alone.
func (r *resolver) notedByName(file string) bool {
	root, within, _ := strings.Cut(file, "/")
	return within != "" && slices.ContainsFunc(r.Notes, func(n scan.Note) bool {
		return strings.Contains(n.Text, "("+within+")") || strings.Contains(within, "/") && namesPath(n.Text, root, within)
	})
}

// namesPath says whether a text names a path below a root, and not one that only begins or ends in the same way.
func namesPath(text, root, within string) bool {
	for at := 0; ; at++ {
		i := strings.Index(text[at:], within)
		if i < 0 {
			return false
		}
		at += i
		if !pathBefore.MatchString(strings.TrimSuffix(text[:at], root+"/")) && !pathBehind.MatchString(text[at+len(within):]) {
			return true
		}
	}
}

var (
	pathBefore = scan.MustCompile(`[\w./@-]$`)
	pathBehind = scan.MustCompile(`^\.?[\w/-]`)
)

type mentioned struct {
	heard   map[string]map[int]bool
	whole   map[string]bool
	pattern *regexp.Regexp
	names   []string
	modules map[string]bool // of Puppet, in which something was heard
	parts   map[string]bool // roles and cookbooks in which something was heard, or that the service's own bring in
}

// own says whether a file lies in a directory that is called after the service.
func (m *mentioned) own(file string) bool {
	for _, part := range strings.Split(path.Dir(file), "/") {
		if slices.Contains(m.names, slug(part)) {
			return true
		}
	}
	return false
}

// lines are those that name the service outside of comments and of what was heard.
func (m *mentioned) lines(file, text string) []scan.NoteItem {
	var found []scan.NoteItem
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(found) == maxNamingLines {
			break
		}
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.ContainsRune("#;*%/", rune(trimmed[0])) && !strings.HasPrefix(trimmed, "/etc") || len(line) > 2000 || !m.pattern.MatchString(line) || m.within(file, lines, i) {
			continue
		}
		if word := firstWord.FindString(trimmed); word != "" {
			found = append(found, scan.NoteItem{Line: i + 1, Text: word})
		}
	}
	return found
}

// firstWord is what a line is about, without the value that it may give.
var firstWord = scan.MustCompile(`[A-Za-z_][\w.:/-]*[\w]`)

// within says whether a line was heard, or one of the two that it is indented below, or one that it is the head of.
func (m *mentioned) within(file string, lines []string, at int) bool {
	heard := m.heard[file]
	if heard[at+1] {
		return true
	}
	depth := indent(lines[at])
	for below := at + 1; below < len(lines) && (strings.TrimSpace(lines[below]) == "" || indent(lines[below]) > depth); below++ {
		if heard[below+1] {
			return true
		}
	}
	for above, levels := at-1, 0; above >= 0 && levels < 2; above-- {
		if strings.TrimSpace(lines[above]) == "" || indent(lines[above]) >= depth {
			continue
		}
		if heard[above+1] {
			return true
		}
		depth = indent(lines[above])
		levels++
	}
	return false
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t-")) }
