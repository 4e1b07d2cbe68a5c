package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// ofBuildpack are programs that buildpacks put around a process.
var ofBuildpack = scan.MustCompile(`^(jemalloc\.sh|bin/start-(nginx|pgbouncer|stunnel|pgbouncer-stunnel|redis-stunnel)|bin/qgtunnel|bin/qgsocksify|bin/runsvdir-dyno)$`)

// withoutBuildpack is the command without such programs, where the repository does not hold them.
func (e procEntry) withoutBuildpack() string {
	line := e.command
	for {
		first, rest, more := strings.Cut(strings.TrimSpace(line), " ")
		if !more || !ofBuildpack.MatchString(first) || e.t.Has(path.Join(e.dir, first)) {
			return line
		}
		e.r.Note(e.file, e.line, "%s: %s comes with a buildpack and is not in this repository; it is left out", e.name, first)
		line = rest
	}
}

// phpBuildpack is the line of a process that the buildpack for PHP serves pages with: vendor/bin/heroku-php-apache2 -C
// rules.conf public/.
var phpBuildpack = scan.MustCompile(`^((?:[^&|;]+&&)*)\s*(?:exec\s+)?(?:\./)?(?:[\w.-]+/)*heroku-(?:php|hhvm)-(?:apache2|nginx)((?:\s+-\w\s+\S+|\s+--?[\w-]+=\S+|\s+-\w)*)(?:\s+([\w./-]+))?\s*$`)

// phpServer is what stands in the place of the buildpack's server for PHP, which exists on that platform alone, and the
// directory of the pages; "" for other lines. What Composer runs before it is noted: an image has no Composer.
func (e procEntry) phpServer() (line, docroot string) {
	m := phpBuildpack.FindStringSubmatch(e.command)
	if m == nil {
		return "", ""
	}
	if root := path.Clean(m[3]); root != "." && !strings.HasPrefix(root, "/") && !strings.HasPrefix(root, "..") && e.t.HasDir(path.Join(e.dir, root)) {
		docroot = root
	}
	for step := range strings.SplitSeq(m[1], "&&") {
		switch step = strings.TrimSpace(step); {
		case step == "":
		case strings.HasPrefix(step, "composer "):
			e.r.Note(e.file, e.line, "%s: %s ran at each start, and the image has no Composer then: let a step of the build or of the release do it", e.name, step)
		default:
			line += step + " && "
		}
	}
	if options := strings.TrimSpace(m[2]); options != "" {
		e.r.Note(e.file, e.line, "%s: options of the buildpack's server for PHP, which Apache in the image does not know: %s", e.name, options)
	}
	return line + "apache2-foreground", docroot
}
