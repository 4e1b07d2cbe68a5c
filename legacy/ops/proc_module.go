package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	wsgiServers = map[string]bool{"gunicorn": true, "uvicorn": true, "hypercorn": true, "daphne": true, "waitress-serve": true}
	wsgiModule  = scan.MustCompile(`^([A-Za-z_]\w*(?:\.\w+)*):[A-Za-z_]\w*(?:\(\))?$|^([A-Za-z_]\w*(?:\.\w+)*\.[aw]sgi)$`)
)

// missingModule is the module that a server of Python's is told to load and that stands nowhere in the repository, as it
// happens where a file was renamed and the platform is gone; "" where it is there, or no module is named. A module below a
// package that is none of the repository's own comes with a library.
func missingModule(t *scan.Tree, argv []string) string {
	server := slices.IndexFunc(argv, func(word string) bool { return wsgiServers[path.Base(word)] })
	if server < 0 {
		return ""
	}
	for _, word := range argv[server+1:] {
		m := wsgiModule.FindStringSubmatch(word)
		if m == nil {
			continue
		}
		module := m[1] + m[2]
		file := "/" + strings.ReplaceAll(module, ".", "/")
		top, _, below := strings.Cut(module, ".")
		own := !below
		for _, f := range t.Files() {
			name := "/" + f
			if strings.HasSuffix(name, file+".py") || strings.HasSuffix(name, file+"/__init__.py") || !below && strings.Contains(name, file+"/") {
				return ""
			}
			own = own || strings.HasSuffix(name, "/"+top+"/__init__.py")
		}
		if own {
			return module
		}
		return ""
	}
	return ""
}

// scriptEndings are the endings of scripts by the program that runs them as they lie in the repository.
var scriptEndings = map[string]string{"node": ".js", "python": ".py", "python2": ".py", "python3": ".py", "ruby": ".rb", "perl": ".pl", "php": ".php"}

// compiledTo are directories that a build writes scripts to, which may stand beside those of the repository.
var compiledTo = scan.MustCompile(`(?i)(?:^|/)(?:\.\w+|dist|build|out|output|target|lib|compiled|generated|public|es5|js)(?:/|$)`)

// missingScript is the script that an interpreter is told to run and that was renamed or removed: the directory that it lay
// in is there, with others of its kind in it. It is "" for any other command, and where a build writes to that directory.
func missingScript(t *scan.Tree, dir string, argv []string) string {
	if len(argv) < 2 {
		return ""
	}
	script, ending := argv[1], scriptEndings[path.Base(argv[0])]
	file := path.Join(dir, script)
	if ending == "" || path.Ext(script) != ending || path.IsAbs(script) || !strings.Contains(path.Clean(script), "/") || t.Has(file) || compiledTo.MatchString(path.Dir(script)) {
		return ""
	}
	beside := false
	for _, f := range t.Below(path.Dir(file)) {
		if path.Dir(f) != path.Dir(file) {
			continue
		}
		if strings.TrimSuffix(f, path.Ext(f)) == strings.TrimSuffix(file, ending) {
			return "" // what is compiled to it
		}
		beside = beside || path.Ext(f) == ending
	}
	if !beside {
		return ""
	}
	return script
}
