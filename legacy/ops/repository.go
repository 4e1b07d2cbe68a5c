package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Repository reads who owns the code (CODEOWNERS) and which CI it has. What a CI file does is no evidence here.
func Repository() scan.Reader {
	return scan.Reader{Name: "repository", Aside: true, Wants: aboutRepository, Read: readRepository}
}

var ciFiles = map[string]string{".travis.yml": "travis", ".gitlab-ci.yml": "gitlab"}

func aboutRepository(name string) bool {
	switch name {
	case "CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS":
		return true
	}
	return ciFiles[name] != "" || isWorkflow(name)
}

func isWorkflow(name string) bool {
	ext := path.Ext(name)
	return path.Dir(name) == ".github/workflows" && (ext == ".yml" || ext == ".yaml")
}

// everything is the CODEOWNERS line for the whole repository.
var everything = scan.MustCompile(`(?m)^(?:\*|/|\*\*|/\*\*)[ \t]+@?([^\s#]+)`)

func readRepository(t *scan.Tree, paths []string, r *scan.Report) {
	ci := ""
	for _, name := range paths {
		if path.Base(name) == "CODEOWNERS" {
			if m := scan.Find(t.Text(name, r), everything); len(m) > 0 {
				last := m[len(m)-1] // the last match counts in CODEOWNERS
				owner := last.Groups[1]
				r.Find(scan.Finding{App: &service.App{Owner: owner[strings.LastIndexByte(owner, '/')+1:]}}, name, last.Line, scan.Declared, "")
			}
			continue
		}
		system := ciFiles[name]
		if system == "" {
			system = "github"
		}
		if ci == "" {
			ci = system
			r.Find(scan.Finding{App: &service.App{CI: ci}}, name, 1, scan.Declared, "")
		}
	}
}
