package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// composerLock is what composer.lock tells beyond the versions: the extensions without which Composer installs nothing, and
// what is there on developers' machines alone.
type composerLock struct {
	file        string
	extensions  map[string]lockedName // by extension: the package that wants it
	development map[string]string     // by namespace: the package for development
}

// lockedName is a package, and the line that says something about it.
type lockedName struct {
	pkg  string
	line int
}

// lock reads composer.lock line by line, as Composer writes it: one key on each.
func (p *phpProject) lock() composerLock {
	l := composerLock{file: p.first("composer.lock"), extensions: map[string]lockedName{}, development: map[string]string{}}
	if l.file == "" {
		return l
	}
	var within []string // the keys of the objects and lists that the line stands in
	pkg, development, given := "", false, map[string]bool{}
	for i, line := range strings.Split(p.t.Text(l.file, p.r), "\n") {
		line = strings.TrimSpace(line)
		key, rest, _ := strings.Cut(strings.TrimPrefix(line, `"`), `"`)
		part := strings.Join(within[max(0, len(within)-2):], "/")
		switch {
		case development && strings.HasPrefix(line, `"`) && part == "autoload/psr-4":
			l.development[strings.ReplaceAll(key, `\\`, `\`)] = pkg
		case key == "name" && strings.Contains(rest, "/") && len(within) == 3:
			pkg = strings.Trim(rest, `:", `)
		case !development && strings.HasPrefix(key, "ext-"):
			name, in := strings.ToLower(key[len("ext-"):]), path.Base(part)
			if in == "require" && l.extensions[name].line == 0 {
				l.extensions[name] = lockedName{pkg, i + 1}
			}
			if in == "provide" || in == "replace" {
				given[name] = true
			}
		}
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, "[") {
			within = append(within, key)
			development = development || key == "packages-dev"
		} else if (strings.HasPrefix(line, "}") || strings.HasPrefix(line, "]")) && len(within) > 0 {
			within = within[:len(within)-1]
		}
	}
	for name := range given {
		delete(l.extensions, name)
	}
	return l
}

// lockedExtensions reports the extensions that the locked packages want: Composer refuses to install without them.
func (p *phpProject) lockedExtensions(l composerLock) {
	for _, name := range slices.Sorted(maps.Keys(l.extensions)) {
		p.extensions(l.file, l.extensions[name].line, scan.Declared, l.extensions[name].pkg+" wants it", name)
	}
}

var (
	phpClassName = scan.MustCompile(`\b((?:[A-Z]\w*\\)+[A-Z]\w*)::class\b`)
	phpParent    = scan.MustCompile(`(?m)^(?:final\s+|abstract\s+)*class\s+\w+\s+extends\s+\\?([\w\\]+)`)
)

// developersProviders notes what Laravel loads at every start although the image has not got it: a provider of a package that
// is required for development alone, or one of the team's that is built upon such a package.
func (p *phpProject) developersProviders(l composerLock) {
	for _, file := range []string{p.first("config/app.php"), p.first("bootstrap/providers.php")} {
		if file == "" || len(l.development) == 0 {
			continue
		}
		for _, m := range findSome(p.t.Text(file, p.r), phpClassName) {
			line := strings.TrimLeft(p.t.Line(file, m.Line), " \t")
			if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") || strings.Contains(line, "class_exists") {
				continue
			}
			class := strings.TrimPrefix(m.Groups[1], `\`)
			// a tool for development may have App for a name space, too: a class of the team's own is looked for first
			if own := p.first(path.Join("app", strings.ReplaceAll(strings.TrimPrefix(class, `App\`), `\`, "/")) + ".php"); own != "" && strings.HasPrefix(class, `App\`) {
				p.developersParent(l, own, class)
			} else if pkg := l.developers(class); pkg != "" {
				p.r.Note(file, m.Line, "%s is loaded at every start, and %s is required for development alone: the image is built without it, so move it to require in composer.json", class, pkg)
			}
		}
	}
}

// developersParent notes a provider of the team's that extends a class of a package for development.
func (p *phpProject) developersParent(l composerLock, file, class string) {
	text := p.t.Text(file, p.r)
	for _, m := range findSome(text, phpParent) {
		parent := m.Groups[1]
		if !strings.Contains(parent, `\`) {
			parent = imported(text, parent)
		}
		if pkg := l.developers(parent); pkg != "" {
			p.r.Note(file, m.Line, "%s is loaded at every start and extends a class of %s, which is required for development alone: the image is built without it, so move it to require in composer.json", class, pkg)
		}
	}
}

// imported is the whole name of a class that a file of PHP names at its top by use.
func imported(text, class string) string {
	for _, line := range strings.Split(text, "\n") {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "use ")
		if name = strings.TrimSuffix(name, ";"); ok && path.Base(strings.ReplaceAll(name, `\`, "/")) == class {
			return name
		}
	}
	return class
}

// developers is the package for development that a class belongs to.
func (l composerLock) developers(class string) string {
	for space := class; strings.Contains(space, `\`); {
		space = space[:strings.LastIndexByte(strings.TrimSuffix(space, `\`), '\\')+1]
		if pkg := l.development[space]; pkg != "" {
			return pkg
		}
	}
	return ""
}
