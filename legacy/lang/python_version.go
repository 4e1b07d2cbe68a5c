package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// pythonVersions are the places in the order in which they count: what the platform of production reads, then what
// developers' machines read, then what packages promise, then what tests run on.
var pythonVersions = append([]versionSource{
	{"runtime.txt", scan.MustCompile(`(?m)^\s*python-(\d+\.\d+)`), scan.Declared, ""},
	{".python-version", scan.MustCompile(`(?m)^\s*(?:python-?|cpython-?)?(\d+\.\d+)`), scan.Declared, ""},
	{".tool-versions", scan.MustCompile(`(?m)^\s*python\s+(\d+\.\d+)`), scan.Declared, ""},
	{"mise.toml", scan.MustCompile(`(?m)^\s*python\s*=\s*"(\d+\.\d+)`), scan.Declared, ""},
	{"Pipfile", scan.MustCompile(`(?m)^\s*python_(?:full_)?version\s*=\s*["'](\d+\.\d+)`), scan.Declared, ""},
	{"pyproject.toml", scan.MustCompile(`(?m)^\s*(?:requires-)?python\s*=\s*["']=*(\d+\.\d+)(?:\.[\d*]+)?["']`), scan.Declared, ""},
	{"pyproject.toml", scan.MustCompile(`(?m)^\s*(?:requires-)?python\s*=\s*["'][^\d"']*(\d+\.\d+)`), scan.Convention, "the lowest version that the project allows"},
	{"Dockerfile", imagePackages, scan.Convention, "the image has its packages there"},
	{"docker/Dockerfile", imagePackages, scan.Convention, "the image has its packages there"},
	{"environment.yml", scan.MustCompile(`(?m)^\s*-\s*python\s*=+\s*(\d+\.\d+)`), scan.Declared, ""},
	{"setup.py", scan.MustCompile(`python_requires\s*=\s*["'][^\d"']*(\d+\.\d+)`), scan.Convention, "the lowest version that the package allows"},
	{"setup.cfg", scan.MustCompile(`(?m)^\s*python_requires\s*=\s*[^\d\n]*(\d+\.\d+)`), scan.Convention, "the lowest version that the package allows"},
	{"setup.py", scan.MustCompile(`Programming Language :: Python :: (\d\.\d+)`), scan.Convention, "the newest version that the package is classified for"},
	{"setup.cfg", scan.MustCompile(`Programming Language :: Python :: (\d\.\d+)`), scan.Convention, "the newest version that the package is classified for"},
	{".travis.yml", scan.MustCompile(`(?m)^\s*(?:python:\s*|-\s*)\[?["']?(\d\.\d+)(?:\.\d+)?["']?\s*(?:[,\]].*)?$`), scan.Guess, "tests run on it"},
	{"tox.ini", scan.MustCompile(`(?m)^\s*envlist\s*=[^\n]*?\bpy(\d\d+)`), scan.Guess, "tests run on it"},
}, testedOn(scan.MustCompile(`\bimage:\s*["']?(?:name:\s*)?(?:[\w./-]+/)?python:(\d\.\d+)`), scan.MustCompile(`(?m)^\s*(?:with:\s*\{\s*)?python-version:\s*\[?\s*["']?v?(\d\.\d+)`))...)

// imagePackages is where an image of Python's keeps the packages of one version.
var imagePackages = scan.MustCompile(`(?m)^[^#\n]*/python(\d\.\d+)/(?:site|dist)-packages`)

var readmePython = scan.MustCompile(`(?i)\bpython[ -]*(?:v|version |>= ?)?(\d\.\d{1,2})\b`)

// pythonVersion reports the version of Python from the best place that says one. Places of lower rank are not reported:
// they often contradict each other, and a note tells of a contradiction between two that were meant.
func pythonVersion(t *scan.Tree, dir string, deps *pythonDeps, sources []*source, r *scan.Report) {
	said, from := "", ""
	for _, where := range []string{dir, "."} {
		for _, src := range pythonVersions {
			file := versionFile(t, where, src)
			if file == "" || where != dir && src.rank != scan.Declared {
				continue
			}
			matches := scan.Find(t.Text(file, r), src.re)
			if len(matches) == 0 {
				continue
			}
			m := matches[0]
			if strings.HasSuffix(src.note, "classified for") {
				if m = newest(matches); said == "" && matches[0].Groups[1] < "3" && m.Groups[1] >= "3" && python2Only(dir, deps, sources, r) {
					return // for both, but what is used is for the older one alone
				}
			}
			version := m.Groups[1]
			if src.file == "tox.ini" {
				version = version[:1] + "." + version[1:]
			}
			if said == "" {
				said, from = version, file
				r.Find(scan.Finding{Dir: dir, Service: service.Service{Language: "python", Version: version}}, file, m.Line, src.rank, src.note)
			} else if src.rank == scan.Declared && version != said && file != from {
				r.Note(file, m.Line, "says Python %s, %s says %s; the latter was taken", version, from, said)
			}
		}
	}
	if said != "" {
		return
	}
	if readme := t.First(dir, "README.md", "README.rst", "README.txt", "README"); readme != "" {
		if m := scan.Find(t.Text(readme, r), readmePython); len(m) > 0 {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Version: m[0].Groups[1]}}, readme, m[0].Line, scan.Guess, "the README speaks of it")
			return
		}
	}
	if !python2Only(dir, deps, sources, r) {
		pythonOfDjango(dir, deps, r)
	}
}

// newest is the match with the highest version: 3.10 is above 3.9.
func newest(matches []scan.Match) scan.Match {
	best := matches[0]
	for _, m := range matches[1:] {
		a, b := strings.Split(best.Groups[1], "."), strings.Split(m.Groups[1], ".")
		if a[0] < b[0] || a[0] == b[0] && (len(a[1]) < len(b[1]) || len(a[1]) == len(b[1]) && a[1] < b[1]) {
			best = m
		}
	}
	return best
}

// python2 is code that only Python 2 can read.
var python2 = scan.MustCompile(`(?m)^[ \t]*print[ \t]+["'a-zA-Z%]|^[ \t]*except[ \t]+[\w.]+,[ \t]*\w+:|\.iteritems\(\)|\.has_key\(|^import (?:urllib2|ConfigParser|Queue|cPickle|StringIO)\b|^from (?:urllib2|urlparse|ConfigParser) import|\bunicode\(`)

// djangoPython is the newest Python that a release series of Django was made for, in the order of the series.
var djangoPython = []struct{ django, python string }{
	{"1.8", "3.5"}, {"1.9", "3.5"}, {"1.10", "3.5"}, {"1.11", "3.6"}, {"2.0", "3.6"}, {"2.1", "3.7"}, {"2.2", "3.8"}, {"3.0", "3.8"}, {"3.1", "3.8"},
	{"3.2", "3.9"}, {"4.0", "3.10"}, {"4.1", "3.10"}, {"4.2", "3.11"}, {"5.0", "3.12"}, {"5.1", "3.12"}, {"5.2", "3.13"},
}

// onlyPython2 are packages, with the beginning of their version where only old ones are meant, that Python 3 never ran:
// backports of what it has by itself, and bindings that were given up.
var onlyPython2 = map[string]string{"mysql-python": "", "pil": "", "m2crypto": "0.2", "gevent": "1.0", "futures": "", "enum34": "", "functools32": "", "argparse": "", "unittest2": "",
	"ordereddict": "", "subprocess32": "", "python-cjson": "", "pysqlite": "", "wsgiref": "", "distribute": "", "python-ldap": "2.", "pyelasticsearch": "0.", "suds": "", "paste": "1."}

// python2Only has only the code and its dependencies to go by.
func python2Only(dir string, deps *pythonDeps, sources []*source, r *scan.Report) bool {
	for _, dep := range deps.list {
		if begin, ok := onlyPython2[dep.name]; ok && dep.version != "" && strings.HasPrefix(strings.TrimLeft(dep.version, "=<>~! "), begin) {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Version: "2.7"}}, dep.file, dep.line, scan.Guess, dep.name+" is for Python 2")
			return true
		}
	}
	for _, s := range sources {
		if strings.Contains(s.text, "import six") || strings.Contains(s.text, "except ImportError") && path.Base(s.file) != "settings.py" {
			continue // written for both
		}
		if line := scan.LineOf(s.text, python2); line > 0 {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Version: "2.7"}}, s.file, line, scan.Guess, "this is Python 2")
			return true
		}
	}
	return false
}

func pythonOfDjango(dir string, deps *pythonDeps, r *scan.Report) {
	dep, ok := deps.find("django")
	if !ok {
		return
	}
	pinned := scan.MustCompile(`\d+\.\d+`).FindString(dep.version)
	for _, p := range djangoPython {
		if p.django == pinned {
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Version: p.python}}, dep.file, dep.line, scan.Guess, "the newest Python that Django "+pinned+" was made for")
		}
	}
}
