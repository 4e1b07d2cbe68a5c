package ops

import (
	"strconv"
	"strings"

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
	if port, err := strconv.Atoi(d.listens.value); err == nil && validPort(port) {
		return port, d.file, d.listens.line
	}
	return d.configuredPort(t, r, apacheBinds)
}

// editsPort is a step that puts another port into Apache's settings: sed -i 's/Listen 80/Listen 8080/' ports.conf, or adds one.
var editsPort = scan.MustCompile(`\bs([/|#,!@])\^?(?:Listen[ \t]+)?80\$?[/|#,!@](?:Listen[ \t]+)?(\d{2,5})[/|#,!@]g?['"]?[^&|;]*\b(?:ports|httpd)\.conf|\becho\s+['"]?Listen[ \t]+(\d{2,5})['"]?\s*>>?\s*\S*\b(?:ports|httpd)\.conf`)

// setsApache takes over the port that a step puts into Apache's settings.
func (d *dockerfile) setsApache(lines []string, line int) {
	if m := editsPort.FindStringSubmatch(strings.Join(lines, " ")); m != nil && m[2]+m[3] != "443" {
		d.listens = claim{m[2] + m[3], line}
	}
}
