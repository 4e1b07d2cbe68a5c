package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxNamedDepth is how deep in data the name of a service is looked for.
const maxNamedDepth = 4

// dataName is a key of data that may be the name of a service: one word is enough where it says more than what a thing is.
var dataName = scan.MustCompile(`^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$`)

// named notes what data says under the name of a service, for resources that have none themselves: a list of sites for the
// balancer, of databases for the server, of jobs for what deploys. under is what stands around it.
func (g *meaning) named(under string, v managedValue, depth int) {
	if depth > maxNamedDepth || g.environment != "" {
		return
	}
	for _, key := range v.keys {
		item := v.hash[key]
		if depth > 0 && dataName.MatchString(key) && !layers[key] && !g.anyUsed(item, depth) {
			g.r.NoteItem([]string{key}, item.file, max(item.line, 1), "data under its name that nothing here takes over", under+": "+key) // whether there is a service of that name is not known
			continue
		}
		g.named(strings.TrimPrefix(under+": "+key, ": "), item, depth+1)
	}
	for _, item := range v.list {
		g.named(under, item, depth+1)
	}
}
