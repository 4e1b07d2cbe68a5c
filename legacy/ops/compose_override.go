package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// builtByAddition completes the services of a file that have neither an image nor a build: docker compose takes the file
// with the additions without being told, and those say there how the services are built. It is the path of that file, "" for
// none that is wanted.
func (f *composeFile) builtByAddition(t *scan.Tree, r *scan.Report) string {
	name, ending, ok := strings.Cut(path.Base(f.path), ".")
	if !ok || name != "docker-compose" && name != "compose" || strings.Contains(ending, ".") {
		return ""
	}
	open := map[string]*composeService{}
	for _, s := range f.services {
		if s.Image == "" && s.Build == nil {
			open[s.Name] = s
		}
	}
	at := path.Join(f.dir, name+".override."+ending)
	if len(open) == 0 || !t.Has(at) {
		return ""
	}
	addition := loadCompose(t, at, &scan.Report{})
	if addition == nil {
		return ""
	}
	for _, s := range addition.services {
		if half := open[s.Name]; half != nil {
			half.Build, half.Image = s.Build, s.Image
			r.Note(at, s.line, "of this addition only how %s is built is taken", s.Name)
		}
	}
	return at
}
