package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// nginxListen is the port of a server in nginx's configuration.
var nginxListen = scan.MustCompile(`(?m)^\s*listen\s+(?:[\w.*-]+:|\[[^\]]*\]:)?(\d{2,5})\b([^;\n]*);`)

// nginxPort is the port on which nginx listens by the configuration that the image takes out of the repository, 0 for none.
func (d *dockerfile) nginxPort(t *scan.Tree, argv []string, r *scan.Report) (port int, file string, line int) {
	if !parseImage(d.from.image).nginx() && !d.startsNginx(t, argv, r) {
		return 0, "", 0
	}
	return d.configuredPort(t, r, nginxListen)
}

// runsNginx is a line of a start script, or of Supervisor's settings, that starts nginx.
var runsNginx = scan.MustCompile(`(?m)^\s*(?:command\s*=\s*|exec\s+|sudo\s+|service\s+|/etc/init\.d/)*(?:/usr/s?bin/|/usr/local/\S*/)?(?:nginx|openresty)(?:\s|$)`)

// startsNginx says whether the command starts nginx, or what it hands over to, which the image copies.
func (d *dockerfile) startsNginx(t *scan.Tree, argv []string, r *scan.Report) bool {
	if strings.Contains(shown(argv), "nginx") {
		return true
	}
	return slices.ContainsFunc(d.copied(t), func(f string) bool {
		return handsOver.MatchString(path.Base(f)) && runsNginx.MatchString(t.Text(f, r))
	})
}

// handsOver are scripts and settings of Supervisor's.
var handsOver = scan.MustCompile(`\.sh$|^[\w-]+$|supervis|\.(?:conf|ini)$`)

// maxCopied bounds how many files of the directories that an image copies are looked at.
const maxCopied = 200

// copied are the files that the image copies by their names, and those of directories other than the whole build context.
func (d *dockerfile) copied(t *scan.Tree) []string {
	var files []string
	for _, c := range d.sources {
		at := path.Join(d.builtFrom(), path.Clean(strings.TrimPrefix(c.value, "/")))
		if t.Has(at) {
			files = append(files, at)
			continue
		}
		if below := t.Below(at); at != d.builtFrom() && len(below) <= maxCopied {
			files = append(files, below...)
		}
	}
	return files
}

// configuredPort is the first port without TLS that the configuration of a web server has which the image copies, 0 for none.
func (d *dockerfile) configuredPort(t *scan.Tree, r *scan.Report, listens *scan.Pattern) (port int, file string, line int) {
	for _, at := range d.copied(t) {
		if !strings.Contains(path.Base(at), ".conf") && !strings.Contains(at, "sites-") {
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
