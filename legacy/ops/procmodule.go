package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	wsgiServers = map[string]bool{"gunicorn": true, "uvicorn": true, "hypercorn": true, "daphne": true, "waitress-serve": true}
	wsgiModule  = scan.MustCompile(`^([A-Za-z_]\w*)(?:\.\w+)*:[A-Za-z_]\w*(?:\(\))?$`)
)

// missingModule is the module that a server of Python's is told to load and that stands nowhere in the repository, as it
// happens where a file was renamed and the platform is gone; "" where it is there, or no module is named.
func missingModule(t *scan.Tree, argv []string) string {
	if len(argv) == 0 || !wsgiServers[path.Base(argv[0])] {
		return ""
	}
	for _, word := range argv[1:] {
		m := wsgiModule.FindStringSubmatch(word)
		if m == nil {
			continue
		}
		for _, f := range t.Files() {
			if name := "/" + f; strings.HasSuffix(name, "/"+m[1]+".py") || strings.Contains(name, "/"+m[1]+"/") {
				return ""
			}
		}
		return m[1]
	}
	return ""
}
