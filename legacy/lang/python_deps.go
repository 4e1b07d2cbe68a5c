package lang

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/pelletier/go-toml/v2"
)

// pythonDeps is what one directory installs to run: never what tests or developers need.
type pythonDeps struct {
	tool  string   // pip, pipenv, poetry or setuptools
	files []string // what the installation reads, the first first
	list  []dependency
	line  int

	indirect map[string]string // those that are there for others alone, and for which
}

// find is the first of the named dependencies.
func (d *pythonDeps) find(names ...string) (dependency, bool) {
	for _, name := range names {
		for _, dep := range d.list {
			if dep.name == name {
				return dep, true
			}
		}
	}
	return dependency{}, false
}

// forProduction and forDevelopment tell the files of requirements apart by their names.
var (
	forDevelopment = scan.MustCompile(`(?i)(^|[-_./])(dev|devel|develop|development|test|tests|testing|local|lint|docs?|ci|qa|debug|travis|tox|rtd|readthedocs|style|type(s|check)?|flake8|optional|extras?|bench|tools?|constraints?)([-_./]|\d*\.(txt|in)$)`)
	forProduction  = scan.MustCompile(`(?i)(^|[-_./])(prod|production|deploy|live|heroku|server)([-_./]|\.txt$)`)
	requirements   = scan.MustCompile(`(?i)^([\w-]*requirements?[\w.-]*|reqs?|dependencies)\.(txt|in|pip)$`)
)

// readPythonDeps reads the dependencies of dir. The order is that of what a deployment would use: a lock of its own first.
func readPythonDeps(t *scan.Tree, dir string, r *scan.Report) *pythonDeps {
	d := &pythonDeps{}
	switch pyproject := t.First(dir, "pyproject.toml"); {
	case t.First(dir, "Pipfile") != "":
		d.pipfile(t, t.First(dir, "Pipfile"), r)
		return d
	case pyproject != "" && d.pyproject(t, pyproject, r) && (d.tool == "poetry" || d.tool == "uv"):
		return d
	}
	if main := mainRequirements(t, dir); main != "" {
		fromProject := d.list
		*d = pythonDeps{tool: "pip", line: 1}
		seen := map[string]bool{}
		d.requirements(t, main, dir, r, seen)
		if base := t.First(path.Dir(main), "requirements.txt", "base.txt", "common.txt", "main.txt"); base != "" && !seen[base] && len(seen) == 1 && forProduction.MatchString(relative(dir, main)) {
			d.requirements(t, base, dir, r, seen) // what production adds, beside what it builds upon
		}
		for _, dep := range d.list {
			if dep.name != "." {
				continue
			}
			if d.setup(t, dir, r); t.First(dir, "setup.py") == "" && t.First(dir, "pyproject.toml") != "" {
				d.files = append(d.files, "pyproject.toml")
			}
			break
		}
		if len(d.list) == 0 {
			d.list = fromProject
		}
		return d
	}
	d.setup(t, dir, r)
	return d
}

// mainRequirements chooses the file that production installs: one that is named for production, then requirements.txt,
// then the base of a directory of requirements.
func mainRequirements(t *scan.Tree, dir string) string {
	var candidates []string
	for _, f := range t.Below(dir) {
		rel := relative(dir, f)
		inDir := strings.HasPrefix(rel, "requirements/") && strings.Count(rel, "/") == 1 || strings.HasPrefix(rel, "reqs/") && strings.Count(rel, "/") == 1 ||
			strings.HasPrefix(rel, "etc/") && requirements.MatchString(path.Base(rel)) && strings.Count(rel, "/") == 1
		if inDir && (strings.HasSuffix(rel, ".txt") || strings.HasSuffix(rel, ".in")) || !strings.Contains(rel, "/") && requirements.MatchString(rel) {
			candidates = append(candidates, f)
		}
	}
	installed := ""
	for _, m := range installedFile.FindAllStringSubmatch(t.Text(path.Join(dir, "Dockerfile"), &scan.Report{}), 10) {
		if installed == "" && !installers.MatchString(path.Base(m[1])) {
			installed = path.Clean(m[1])
		}
	}
	if f := path.Join(dir, installed); installed != "" && !strings.HasPrefix(installed, "..") && !forDevelopment.MatchString(installed) && t.Has(f) && !slices.Contains(candidates, f) {
		candidates = append(candidates, f)
	}
	rank := func(f string) int {
		rel := relative(dir, f)
		if rel == installed {
			return -1
		}
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(rel), ".txt"), ".in")
		n := 0
		switch {
		case forDevelopment.MatchString(rel), installers.MatchString(path.Base(rel)):
			return 100
		case forProduction.MatchString(rel):
		case rel == "requirements.txt":
			n = 2
		case base == "requirements" || base == "main" || base == "default" || base == "common" || base == "base" || base == "app":
			n = 4
		default:
			n = 6
		}
		if strings.HasSuffix(rel, ".in") {
			n++
		}
		return n
	}
	sort.SliceStable(candidates, func(a, b int) bool { return rank(candidates[a]) < rank(candidates[b]) })
	if len(candidates) == 0 || rank(candidates[0]) == 100 {
		return ""
	}
	return candidates[0]
}

// installers are files that hold what installs the others.
var installers = scan.MustCompile(`(?i)^(?:requirements?[-_.])?(pip|pip[-_]?tools|setuptools|bootstrap|wheels?)\.(txt|in)$`)

// installedFile is the file that the team's own image installs.
var installedFile = scan.MustCompile(`(?m)^[^#\n]*\bpip[\d.]*\s+install\s[^#\n]*?(?:-r|--requirement)[ =]?\s*([\w./-]+)`)

// requirementLine has a name with its extras in its first group: celery[redis].
var requirementLine = scan.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?)\s*((?:[=<>!~]=?=?\s*[^;#\s]+)?)`)
var includeLine = scan.MustCompile(`^(?:-r|-c|--requirement|--constraint)(?:\s+|=|)(\S+)`)
var eggName = scan.MustCompile(`#egg=([A-Za-z0-9._-]+)`)

// requirements reads one file of pip's and those that it includes. Files outside dir can't be reached from an image
// that is built there; they are read all the same and noted.
func (d *pythonDeps) requirements(t *scan.Tree, file, dir string, r *scan.Report, seen map[string]bool) {
	if seen[file] || len(seen) > 50 {
		return
	}
	seen[file] = true
	d.files = append(d.files, relative(dir, file))
	lines := strings.Split(t.Text(file, r), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if m := includeLine.FindStringSubmatch(line); m != nil {
			next := path.Join(path.Dir(file), m[1])
			switch {
			case !t.Has(next):
				r.Note(file, i+1, "includes %s, which is not there", m[1])
			case dir != "." && !strings.HasPrefix(next, dir+"/"):
				r.Note(file, i+1, "includes %s from outside %s: an image that is built there can't install it", m[1], dir)
			case strings.HasPrefix(line, "-c") || strings.HasPrefix(line, "--c"):
				d.files = append(d.files, relative(dir, next))
			default:
				d.requirements(t, next, dir, r, seen)
			}
			continue
		}
		if m := eggName.FindStringSubmatch(line); m != nil {
			d.add(m[1], "", file, i+1)
			continue
		}
		if strings.HasPrefix(line, "-e .") || line == "." {
			d.add(".", "", file, i+1)
			continue
		}
		if m := requirementLine.FindStringSubmatch(line); m != nil && !strings.Contains(line, "://") {
			d.add(m[1], m[2], file, i+1)
			if via := onlyVia(lines, i); via != "" {
				if d.indirect == nil {
					d.indirect = map[string]string{}
				}
				d.indirect[d.list[len(d.list)-1].name] = via
			}
		}
	}
}

// onlyVia says of a line that pip-compile wrote for which others the package is there, "" where it is there for itself:
// "# via flask" stands behind it or in the lines below, and no file of requirements among those.
func onlyVia(lines []string, at int) string {
	_, via, found := strings.Cut(lines[at], "# via")
	for _, line := range lines[at+1 : min(len(lines), at+400)] {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "--hash") {
			break
		}
		if rest, ok := strings.CutPrefix(line, "# via"); ok {
			found = true
			via += rest
		} else if found {
			via += line
		}
	}
	if !found || hasAny(via, "-r ", ".in", "pyproject", "setup.") {
		return ""
	}
	return via
}

var notLetters = scan.MustCompile(`[-_.]+`)

// brokerOf are the extras of queues, by which they speak to their broker, with the library that they install.
var brokerOf = map[string]string{"redis": "redis", "rabbitmq": "pika", "librabbitmq": "librabbitmq", "mongodb": "pymongo", "memcache": "pylibmc", "pymemcache": "pymemcache", "elasticsearch": "elasticsearch"}

// add normalises the name as the package index does: psycopg2_binary is psycopg2-binary. An extra that brings the library of
// a broker brings that dependency.
func (d *pythonDeps) add(name, version, file string, line int) {
	name, extras, _ := strings.Cut(name, "[")
	name = strings.TrimSpace(name)
	if lower := strings.ToLower(name); lower == "celery" || lower == "kombu" || lower == "dramatiq" {
		for _, extra := range strings.FieldsFunc(extras, func(r rune) bool { return r == ',' || r == ']' || r == ' ' }) {
			if library := brokerOf[strings.ToLower(extra)]; library != "" {
				d.list = append(d.list, dependency{name: library, file: file, line: line})
			}
		}
	}
	if name != "." {
		name = notLetters.ReplaceAllString(strings.ToLower(name), "-")
	}
	d.list = append(d.list, dependency{name: name, version: strings.Trim(strings.TrimSpace(version), `"'`), file: file, line: line})
}

// lineOfKey finds the line of a TOML or INI key in a section; both are line formats in practice.
func lineOfKey(text, section, key string) int {
	inSection := section == ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			inSection = strings.Trim(line, "[] ") == section
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if inSection && ok && strings.EqualFold(strings.Trim(strings.TrimSpace(name), `"'`), key) {
			return i + 1
		}
	}
	return 1
}

func (d *pythonDeps) pipfile(t *scan.Tree, file string, r *scan.Report) {
	d.tool, d.line = "pipenv", 1
	d.files = []string{"Pipfile"}
	if lock := t.First(path.Dir(file), "Pipfile.lock"); lock != "" {
		d.files = append(d.files, "Pipfile.lock")
	}
	text := t.Text(file, r)
	var doc struct {
		Packages map[string]any `toml:"packages"`
	}
	if err := toml.Unmarshal([]byte(text), &doc); err != nil {
		r.Note(file, 0, "is no valid TOML: %v", err)
	}
	d.table(doc.Packages, text, "packages", file)
}

// table adds the dependencies of a TOML table: name = "version" or name = {version = "..."}.
func (d *pythonDeps) table(deps map[string]any, text, section, file string) {
	names := map[string]bool{}
	for name := range deps {
		names[name] = true
	}
	for _, name := range sortedSet(names) {
		version, _ := deps[name].(string)
		extras := ""
		if inner, ok := deps[name].(map[string]any); ok {
			version, _ = inner["version"].(string)
			if optional, _ := inner["optional"].(bool); optional {
				continue
			}
			if list, ok := inner["extras"].([]any); ok {
				extras = fmt.Sprint(list)
			}
		}
		if !strings.EqualFold(name, "python") {
			d.add(name+extras, version, file, lineOfKey(text, section, name))
		}
	}
}

// pyproject reads Poetry's and the standard's tables; it is false where the file tells of no dependencies at all.
func (d *pythonDeps) pyproject(t *scan.Tree, file string, r *scan.Report) bool {
	text := t.Text(file, r)
	var doc struct {
		Project struct {
			Name         string
			Dependencies []string
		}
		Tool struct {
			Poetry *struct {
				Dependencies map[string]any
			}
		}
	}
	if err := toml.Unmarshal([]byte(text), &doc); err != nil {
		r.Note(file, 0, "is no valid TOML: %v", err)
		return false
	}
	dir := path.Dir(file)
	d.line = 1
	if doc.Tool.Poetry != nil && (len(doc.Tool.Poetry.Dependencies) > 0 || t.First(dir, "poetry.lock") != "") {
		d.tool, d.files = "poetry", []string{"pyproject.toml"}
		d.table(doc.Tool.Poetry.Dependencies, text, "tool.poetry.dependencies", file)
		if t.First(dir, "poetry.lock") != "" {
			d.files = append(d.files, "poetry.lock")
		}
	} else if doc.Project.Name == "" {
		return false
	} else {
		d.tool, d.files = "setuptools", []string{"pyproject.toml"}
		if t.First(dir, "uv.lock") != "" {
			d.tool, d.files = "uv", append(d.files, "uv.lock")
		}
	}
	for _, req := range doc.Project.Dependencies {
		if m := requirementLine.FindStringSubmatch(req); m != nil {
			d.add(m[1], m[2], file, max(1, scan.LineOf(text, regexp.MustCompile(`["']`+regexp.QuoteMeta(strings.TrimSpace(m[1]))))))
		}
	}
	return true
}

// setup reads setup.py and setup.cfg, where install_requires counts and tests_require and extras do not.
func (d *pythonDeps) setup(t *scan.Tree, dir string, r *scan.Report) {
	file := t.First(dir, "setup.py")
	cfg := t.First(dir, "setup.cfg")
	if file == "" && cfg == "" {
		return
	}
	if d.tool == "" {
		d.tool, d.line = "setuptools", 1
	}
	if file != "" {
		d.files = append(d.files, "setup.py")
		code := parseSource(file, t.Text(file, r), dialect{python: true})
		for _, v := range code.calls {
			if v.text != "setup" && !strings.HasSuffix(v.text, ".setup") {
				continue
			}
			list, _ := v.get("install_requires")
			for _, set := range code.settings {
				if list.kind == valName && set.name == list.text {
					list = set.v
				}
			}
			for _, item := range list.items {
				if m := requirementLine.FindStringSubmatch(item.text); m != nil && item.kind == valString {
					d.add(m[1], m[2], file, item.line)
				}
			}
		}
	}
	if cfg == "" {
		return
	}
	inList := false
	for i, line := range strings.Split(t.Text(cfg, r), "\n") {
		if key, rest, ok := strings.Cut(line, "="); ok && line[0] != ' ' && line[0] != '\t' {
			inList = strings.TrimSpace(key) == "install_requires"
			line = rest
		} else if line == "" || line[0] == '[' {
			inList = false
		}
		if m := requirementLine.FindStringSubmatch(strings.TrimSpace(line)); inList && m != nil {
			d.add(m[1], m[2], cfg, i+1)
			if len(d.files) == 0 || d.files[len(d.files)-1] != "setup.cfg" {
				d.files = append(d.files, "setup.cfg")
			}
		}
	}
}
