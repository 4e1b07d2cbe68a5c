package ops

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// calledAfter is the directory with code and no Dockerfile of its own that a Dockerfile is called after, "" for none:
// docker/Dockerfile.api builds api/.
func calledAfter(t *scan.Tree, p string) string {
	m := dockerfileName.FindStringSubmatch(path.Base(p))
	name := m[1] + m[2]
	if name == "" || testWord.MatchString(name) || developersName.MatchString(path.Base(p)) {
		return ""
	}
	for _, dir := range []string{name, "services/" + name, "apps/" + name, "packages/" + name} {
		if t.First(dir, manifests...) != "" && t.First(dir, "Dockerfile") == "" {
			return dir
		}
	}
	return ""
}
