package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	cppConfig     = scan.MustCompile(`(?i)\.(conf|cfg|ini)([.-]\w+)?$|\bconf\w*\.xml$|\.(example|sample|default|dist)$`)
	cppYAML       = scan.MustCompile(`(^|/)(conf|config|etc)/[^/]+\.ya?ml$`)
	cppConfigPort = scan.MustCompile(`(?mi)^[ \t]*"?(?:(?:server|http|tcp|listen|bind|listening)[_-]?)?port"?[ \t]*[=: \t][ \t]*"?(\d{2,5})"?[ \t]*[;,]?[ \t]*\r?$|^[ \t]*"?listen"?[ \t]*[=:][ \t]*"?[\w.*]*:(\d{2,5})"?[ \t]*\r?$|^[ \t]*<\w*(?:listen|server|bind|http|admin|socket|daemon|service)\w*[ \t](?:[^>\n]*[ \t])?port="(\d{2,5})"`)
)

// calledLike says whether a file has the name of a daemon, with or without its last letter: shop.conf of shopd.
func calledLike(base, program string) bool {
	return strings.HasPrefix(strings.ToLower(base), strings.TrimSuffix(strings.ToLower(program), "d"))
}

// configured reports the port that an example of the daemon's configuration has, by the file's name. It is false for none.
func (c *cppProject) configured(program string, paths []string) bool {
	for _, p := range paths {
		if base := path.Base(p); !cppConfig.MatchString(base) && !cppYAML.MatchString(p) || !calledLike(base, program) || c.dir != "." && !strings.HasPrefix(p, c.dir+"/") || cppAside.MatchString(relative(c.dir, p)) {
			continue
		}
		for _, m := range scan.Find(c.t.Text(p, c.r), cppConfigPort) {
			if n := (value{kind: valString, text: m.Groups[1] + m.Groups[2] + m.Groups[3]}).number(); n > 0 {
				c.find(service.Service{Port: n}, p, m.Line, scan.Convention, "an example of its configuration")
				return true
			}
		}
	}
	return false
}
