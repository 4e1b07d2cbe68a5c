package ops

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nginxListen is the port of a server in nginx's configuration.
var nginxListen = scan.MustCompile(`(?m)^\s*listen\s+(?:[\w.*-]+:|\[[^\]]*\]:)?(\d{2,5})\b([^;\n]*);`)

// nginxPort is the port on which nginx listens by the configuration that the image takes out of the repository, 0 for none.
func (d *dockerfile) nginxPort(t *scan.Tree, r *scan.Report) (port int, file string, line int) {
	if !parseImage(d.from.image).nginx() {
		return 0, "", 0
	}
	return d.configuredPort(t, r, nginxListen)
}

// configuredPort is the first port without TLS that the configuration of a web server has which the image copies, 0 for none.
func (d *dockerfile) configuredPort(t *scan.Tree, r *scan.Report, listens *scan.Pattern) (port int, file string, line int) {
	for _, c := range d.sources {
		at := path.Join(d.builtFrom(), path.Clean(strings.TrimPrefix(c.value, "/")))
		if !strings.Contains(path.Base(at), ".conf") || !t.Has(at) {
			continue
		}
		for _, m := range scan.Find(t.Text(at, r), listens) {
			port, err := strconv.Atoi(m.Groups[1])
			if err == nil && validPort(port) && port != 443 && !strings.Contains(strings.Join(m.Groups[2:], ""), "ssl") {
				return port, at, m.Line
			}
		}
	}
	return 0, "", 0
}

// nginx says whether an image is nginx, also as Red Hat and others call it: nginx-unprivileged, nginx-120.
func (i image) nginx() bool { return nginxImage.MatchString(i.path) }

var nginxImage = scan.MustCompile(`(^|[/-])(nginx(-unprivileged|-\d+\S*)?|openresty)$`)
