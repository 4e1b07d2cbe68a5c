package ops

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// replacedLater is what stands in an image in the place of a value.
var replacedLater = scan.MustCompile(`(?i)^(?:replace|change)[-_ ]?(?:this|me)\b|^(?:replace|change)_(?:this|me)_`)

func (d *dockerfile) reportEnv(r *scan.Report) {
	names := make([]string, 0, len(d.env))
	for name := range d.env {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := d.env[name]
		switch {
		case imageOwn.MatchString(name):
		case !scan.InProcess(c.value) && (scan.SecretName(name) && !scan.SecretFile(c.value) || scan.HasAccount(c.value) || scan.SecretValue(name, c.value)):
			r.Find(d.finding(service.Service{Secrets: []string{name}}), d.file, c.line, scan.Declared, "")
			if c.value != "" {
				r.Note(d.file, c.line, "%s has a value in the image; give it from a secret", name)
			}
		case c.value != "" && !strings.EqualFold(c.value, "development") && !replacedLater.MatchString(c.value):
			r.Find(d.finding(service.Service{Env: map[string]string{name: c.value}}), d.file, c.line, scan.Declared, "")
		}
	}
}
