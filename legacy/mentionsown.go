package legacy

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxOwnLines is how many lines of one file about the service are named that nothing was taken from.
const maxOwnLines = 200

// about are the lines of a file that are about the service though they do not name it: all of a file that is mostly about it,
// and what stands below a line that is the service's name. A file that operations place for the service is about it as well.
// Each line is named by its key, never by what it says: a file that may be a key itself has none.
func (m *mentioned) about(file, text string, placed bool) []scan.NoteItem {
	if !keyedFile.MatchString(file) && !(placed && keyedTemplate.MatchString(file)) || placed && keyMaterial.MatchString(text) || strings.Contains(text, "\x00") {
		return nil
	}
	lines := strings.Split(text, "\n")
	whole := placed || m.mostly(file, lines)
	var found []scan.NoteItem
	below, head := -1, "" // the indentation of a line that is the service's name; the last key above a bare line
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || len(found) == maxOwnLines || len(line) > 2000 {
			continue
		}
		depth := indent(line)
		if below >= 0 && depth <= below {
			below = -1
		}
		key := keyOf(trimmed)
		if below < 0 && !strings.ContainsRune("#;*%/", rune(trimmed[0])) && key != nil && m.pattern.MatchString(key[1]) && opensBlock(lines, i) {
			below = depth
		}
		switch {
		case key != nil:
			head = key[1]
		case head == "" || saysNothing[trimmed] || !bareLine.MatchString(trimmed):
			continue
		}
		switch {
		case m.heard[file][i+1] || saysNothing[head]:
		case !whole && below < 0 && !m.ofModule(file, trimmed):
		case key != nil:
			found = append(found, scan.NoteItem{Line: i + 1, Text: head})
		case !m.pattern.MatchString(line):
			found = append(found, scan.NoteItem{Line: i + 1, Text: "an entry of " + head})
		}
	}
	return found
}

var (
	// keyedFile are files in which a line begins with what it is about.
	keyedFile = scan.MustCompile(`\.(pp|rb|ya?ml|sls|tf|tfvars|json|jinja|j2|cfg|conf)$`)
	// keyedLine is a setting or a resource: its key, or what kind it is of.
	keyedLine = scan.MustCompile(`^(?:- |export )?["':]?([A-Za-z_@][\w.:/@-]*[\w?!])["']?(?:\s*(?:=>|=|\{)|:(?:\s|$)|\s+["':@%\[{(]|\s+do\b|\s+\w+ do\b|\()`)
	// bareLine is an entry of a list.
	bareLine = scan.MustCompile(`^(?:- )?["']?[\w.@/:+-]+["']?,?$`)
)

var (
	// keyedTemplate are files that operations fill before they place them.
	keyedTemplate = scan.MustCompile(`\.(erb|epp|tmpl)$`)
	// keyMaterial is text that holds a key or is one, encrypted or not.
	keyMaterial = scan.MustCompile(`-----BEGIN|PRIVATE KEY|ENC\[|\$ANSIBLE_VAULT`)
	// paddedLine ends as base64 does, which looks like a setting without a value.
	paddedLine = scan.MustCompile(`=["']?[,;]?$`)
)

// keyOf is the match of keyedLine in a line, and nil in one that may be the end of a key in base64.
func keyOf(trimmed string) []string {
	if paddedLine.MatchString(trimmed) {
		return nil
	}
	return keyedLine.FindStringSubmatch(trimmed)
}

// saysNothing are words that lines begin with and that are about no setting.
var saysNothing = map[string]bool{
	"end": true, "else": true, "elsif": true, "elseif": true, "elif": true, "if": true, "unless": true, "case": true, "when": true, "then": true, "true": true, "false": true, "nil": true, "undef": true,
	"class": true, "define": true, "def": true, "module": true, "node": true, "name": true, "return": true, "in": true, "for": true, "each": true, "do": true, "begin": true, "rescue": true, "raise": true,
}

// mostly says of a file that it is about the service: it lies in a directory that is called so, or one in eight of its lines
// that say something was heard; code that names the service counts where it is short.
func (m *mentioned) mostly(file string, lines []string) bool {
	if m.own(file) {
		return true
	}
	heard, part := len(m.heard[file]), partOfOps.FindStringSubmatch(file)
	heardPart := part != nil && m.parts[part[2]]
	if state := partOfStates.FindStringSubmatch(file); state != nil {
		heardPart = m.parts[state[1]] || path.Base(file) == "init.sls" && !pillarPlace.MatchString(file) && m.parts[path.Dir(file)]
	}
	data, code := smallData.MatchString(file), operationsCode.MatchString(file)
	if heard <= 2 && !heardPart && !data && !code {
		return false // as most files are, before their lines are counted
	}
	said := 0
	for _, line := range lines {
		if keyOf(strings.TrimSpace(line)) != nil {
			said++
		}
	}
	switch {
	case heard > 2 && heard*8 >= said, data && said <= maxSmallData:
		return true
	case said > maxOwnLines:
		return false
	}
	return heardPart || code && (heard > 0 || slices.ContainsFunc(lines, m.pattern.MatchString))
}

// maxSmallData is how many settings data of machines may have that is about the service as a whole.
const maxSmallData = 40

var (
	// operationsCode are files that say what is done, rather than with which values.
	operationsCode = scan.MustCompile(`(^|/)(manifests|recipes|resources|tasks|handlers|states)/|\.sls$`)
	// partOfOps is what a role or a cookbook does and with which values.
	partOfOps = scan.MustCompile(`(^|/)(?:roles|cookbooks|[\w-]+-cookbooks)/([\w.-]+)/(?:tasks|handlers|defaults|vars|recipes|resources|attributes)/`)
	// partOfStates is a state of Salt: the file, or the directory that it is the whole of.
	partOfStates = scan.MustCompile(`(?:^|/)([\w-]+)(?:/init)?\.sls$`)
	// pillarPlace is data of the pillar, where what else lies in the directory says nothing.
	pillarPlace = scan.MustCompile(`(^|/)[@\w.-]*pillars?[\w.-]*/`)
	smallData   = scan.MustCompile(`(^|/)(group_vars|host_vars|nodes|environments)/`)
)

// heardParts are the roles and cookbooks in which something was heard, and those that a note says belong to the service.
func (r *resolver) heardParts(heard map[string]map[int]bool) map[string]bool {
	parts := map[string]bool{}
	for file := range heard {
		if name := partOfOps.FindStringSubmatch(file); name != nil {
			parts[name[2]] = true
		}
		if strings.HasPrefix(file, "@") {
			parts[path.Dir(strings.Replace(file, "/files/", "/", 1))] = true // where a state that places it lies
		}
	}
	for _, n := range r.Notes {
		for _, item := range n.Items {
			if name, ok := strings.CutPrefix(item.Text, "include "); ok {
				name, _, _ = strings.Cut(name, "::")
				parts[name] = true
			}
		}
	}
	return parts
}

func opensBlock(lines []string, at int) bool {
	depth := indent(lines[at])
	for _, line := range lines[at+1:] {
		if strings.TrimSpace(line) != "" {
			return indent(line) > depth
		}
	}
	return false
}

// moduleKey is a setting of a module as a whole in data of Puppet.
var moduleKey = scan.MustCompile(`^["']?(\w+)::(?:(?:config|service|params|install|init)::)?\w+["']?\s*:(\s|$)`)

// ofModule says of a line of data that it is for a module that something of the service was taken from.
func (m *mentioned) ofModule(file, line string) bool {
	key := moduleKey.FindStringSubmatch(line)
	return key != nil && m.modules[key[1]] && (strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, ".yml"))
}

// heardModules are the modules in which something was heard.
func heardModules(heard map[string]map[int]bool) map[string]bool {
	modules := map[string]bool{}
	for file := range heard {
		if name := moduleOf.FindStringSubmatch(file); name != nil {
			modules[name[1]] = true
		}
	}
	return modules
}

var moduleOf = scan.MustCompile(`(?:^|/)modules/(\w+)/manifests/`)
