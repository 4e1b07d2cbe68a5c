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
