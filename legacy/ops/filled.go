package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Filled reads the templates that a container fills in from its environment before it starts the service: those of
// gomplate, dockerize, confd and consul-template. The secrets that they take are the service's.
func Filled() scan.Reader {
	return scan.Reader{
		Name:  "template",
		Wants: func(p string) bool { return filledName.MatchString(p) && !strings.Contains("/"+p, "/charts/") },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				readFilled(t, p, r)
			}
		},
	}
}

var (
	filledName       = scan.MustCompile(`(?i)\.(tmpl|tpl|gotmpl|ctmpl|gomplate)$`)
	fromSurroundings = scan.MustCompile(`\{\{[^{}\n]*?(?:\b(?:env\.Getenv|getenv|mustEnv|env)\s+"([A-Za-z_][A-Za-z0-9_]*)"|\.Env\.([A-Za-z_][A-Za-z0-9_]*))`)
)

// maxFilled bounds the variables that one template is asked for.
const maxFilled = 500

func readFilled(t *scan.Tree, p string, r *scan.Report) {
	text := t.Text(p, r)
	if !strings.Contains(text, "{{") {
		return
	}
	found := scan.Find(text, fromSurroundings)
	for _, m := range found[:min(len(found), maxFilled)] {
		if name := m.Groups[1] + m.Groups[2]; scan.SecretName(name) {
			r.Find(scan.Finding{Dir: codeDir(t, p, ""), Service: service.Service{Secrets: []string{name}}}, p, m.Line, scan.Declared, "filled in when the container starts")
		}
	}
}
