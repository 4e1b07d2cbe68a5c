package ops

import (
	"cmp"
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

var (
	// runsNginx is a command of a start script, or a line of Supervisor's settings, that calls nginx; its arguments are the group.
	runsNginx = scan.MustCompile(`^\s*(?:command\s*=\s*|exec\s+|sudo\s+|service\s+|/etc/init\.d/)*(?:/usr/s?bin/|/usr/local/\S*/)?(?:nginx|openresty)(?:\s+(.*))?$`)

	// onlyAsked are arguments by which nginx is asked or told something, and not started.
	onlyAsked = scan.MustCompile(`(?:^|\s)-[stTvV](?:\s|$)|^(?:stop|reload|force-reload|configtest|status)\b`)

	nextCommand = scan.MustCompile(`\n|&&|\|\||;`)
)

// callsNginx says whether a start script, or Supervisor's settings, start nginx.
func callsNginx(text string) bool {
	if !strings.Contains(text, "nginx") && !strings.Contains(text, "openresty") {
		return false
	}
	return slices.ContainsFunc(nextCommand.Split(continued.ReplaceAllString(text, " "), -1), func(line string) bool {
		m := runsNginx.FindStringSubmatch(line)
		return m != nil && !onlyAsked.MatchString(m[1])
	})
}

// startsNginx says whether the command starts nginx, or a script that it names. What keeps several processes going starts
// whatever the image copies for it.
func (d *dockerfile) startsNginx(t *scan.Tree, argv []string, r *scan.Report) bool {
	if strings.Contains(shown(argv), "nginx") {
		return true
	}
	files, all := d.startScripts(t, r)
	for _, f := range d.copied(t) {
		if all && handsOver.MatchString(path.Base(f)) {
			files = append(files, f)
		}
	}
	return slices.ContainsFunc(files, func(f string) bool { return callsNginx(t.Text(f, r)) })
}

// startScripts are the scripts of the repository that the image's command names, and those which they call; all where others
// may be started, too, by what keeps several processes going or by the image below.
func (d *dockerfile) startScripts(t *scan.Tree, r *scan.Report) (files []string, all bool) {
	argv, _ := d.words()
	all = len(argv) == 0 || d.supervised(t)
	find, copied := d.scriptFinder(t), d.copied(t)
	for _, word := range strings.Fields(strings.Join(argv, " ")) {
		f := find(word)
		if f == "" {
			continue
		}
		files = append(files, f)
		text := t.Text(f, r)
		all = all || strings.Contains(text, "supervisord")
		for _, other := range copied {
			if handsOver.MatchString(path.Base(other)) && strings.Contains(text, "/"+path.Base(other)) {
				files = append(files, other)
			}
		}
	}
	return files, all
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

// mainSettings are the files that a web server's own site stands in, where there are several.
var mainSettings = scan.MustCompile(`^(?:nginx|default|000-default)\.conf$`)

// ofTLS is what Apache does only where a module for certificates is in use, which a gateway has.
var ofTLS = scan.MustCompile(`(?is)<IfModule\s+[^>]*(?:ssl|gnutls)[^>]*>.*?</IfModule>`)

// configuredPort is the first port without TLS that the configuration of a web server has which the image copies, 0 for none.
func (d *dockerfile) configuredPort(t *scan.Tree, r *scan.Report, listens *scan.Pattern) (port int, file string, line int) {
	files := d.copied(t)
	slices.SortStableFunc(files, func(a, b string) int {
		return cmp.Compare(mainFirst(a), mainFirst(b))
	})
	for _, at := range files {
		if !strings.Contains(path.Base(at), ".conf") && !strings.Contains(at, "sites-") {
			continue
		}
		text := ofTLS.ReplaceAllStringFunc(t.Text(at, r), func(block string) string { return strings.Repeat("\n#", strings.Count(block, "\n")) })
		for _, m := range scan.Find(text, listens) {
			port, err := strconv.Atoi(m.Groups[1])
			if err == nil && validPort(port) && port != 443 && !strings.Contains(strings.Join(m.Groups[2:], ""), "ssl") {
				return port, at, m.Line
			}
		}
	}
	return 0, "", 0
}

// mainFirst puts the files of a web server's own site before the others.
func mainFirst(file string) int {
	if mainSettings.MatchString(path.Base(file)) {
		return 0
	}
	return 1
}

// nginx says whether an image is nginx, also as Red Hat and others call it: nginx-unprivileged, nginx-120.
func (i image) nginx() bool { return nginxImage.MatchString(i.path) }

var nginxImage = scan.MustCompile(`(^|[/-])(nginx(-unprivileged|-\d+\S*)?|openresty)$`)
