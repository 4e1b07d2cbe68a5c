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

// place is where the code of an image lies that nothing says more of than its Dockerfile, and what that is built from where
// that is another directory.
func (d *dockerfile) place(t *scan.Tree) (dir, context string) {
	context = guessContext(t, d)
	home := d.home(t, context)
	if !builds(t, d.file) {
		if home = calledAfter(t, d.file); sourcesIn(t, home, d.sources) > sourcesIn(t, context, d.sources) {
			return home, ""
		}
	}
	if home == "" {
		return context, ""
	}
	return home, context
}

// noteOthers says of the Dockerfiles for other machines, systems and purposes that they are not read: of many in one
// directory at once.
func noteOthers(byDir map[string][]string, r *scan.Report) {
	for _, files := range byDir { // notes are sorted in the end
		if len(files) > 3 {
			r.Note(files[0], 0, "this and %d more in its directory are not the Dockerfiles of production by their names, not read", len(files)-1)
			continue
		}
		for _, f := range files {
			r.Note(f, 0, "not the Dockerfile of production by its name, not read")
		}
	}
}
