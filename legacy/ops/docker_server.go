package ops

import (
	"strconv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// uwsgiPort is the port of the variables by which uWSGI takes its options, 0 for none.
func (d *dockerfile) uwsgiPort(r *scan.Report) (port, line int) {
	for _, name := range []string{"UWSGI_HTTP_SOCKET", "UWSGI_HTTP", "UWSGI_SOCKET"} {
		set := d.env[name]
		m := listenForm.FindStringSubmatch(set.value)
		if m == nil {
			continue
		}
		if port, _ = strconv.Atoi(m[1]); !validPort(port) {
			continue
		}
		if name == "UWSGI_SOCKET" {
			r.Note(d.file, set.line, "uWSGI speaks its own protocol at %d, which no route, probe or browser does: set UWSGI_HTTP_SOCKET in the place of UWSGI_SOCKET", port)
		}
		return port, set.line
	}
	return 0, 0
}

var (
	apacheStarts = scan.MustCompile(`(?:^|/)(?:apache2-foreground|httpd-foreground|apache2ctl|apachectl|httpd|apache2)(?:\s|$)`)
	apacheBinds  = scan.MustCompile(`(?mi)^\s*(?:Listen\s+(?:[\w.*]+:)?|<VirtualHost\s+[^\s>:]+:)(\d+)\b`)
)

// apachePort is where the configuration that an image with Apache copies lets it listen, 0 where none does.
func (d *dockerfile) apachePort(t *scan.Tree, argv []string, r *scan.Report) (port int, file string, line int) {
	if !apacheStarts.MatchString(shown(argv)) {
		return 0, "", 0
	}
	return d.configuredPort(t, r, apacheBinds)
}
