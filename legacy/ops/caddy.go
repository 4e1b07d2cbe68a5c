package ops

import (
	"path"
	"strconv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// caddyAddress is the address of a site in a Caddyfile, where it says a port.
var caddyAddress = scan.MustCompile(`(?m)^(?:http://)?[\w.*-]*:(\d{2,5})[ \t]*(?:,[^\n{]*)?\{?[ \t]*$`)

// caddyPort is the port of the first site of the Caddyfile that an image of Caddy gets, 0 for none.
func (d *dockerfile) caddyPort(t *scan.Tree, r *scan.Report) (port int, file string, line int) {
	if parseImage(d.from.image).base != "caddy" {
		return 0, "", 0
	}
	for _, c := range d.sources {
		at := path.Join(d.builtFrom(), path.Clean(c.value))
		if path.Base(at) != "Caddyfile" || !t.Has(at) {
			continue
		}
		for _, m := range scan.Find(t.Text(at, r), caddyAddress) {
			if port, err := strconv.Atoi(m.Groups[1]); err == nil && validPort(port) {
				return port, at, m.Line
			}
		}
	}
	return 0, "", 0
}
