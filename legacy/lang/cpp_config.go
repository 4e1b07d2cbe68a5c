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

// configured reports the port that an example of the daemon's configuration has, by the file's name. It is false for none.
func (c *cppProject) configured(program string, paths []string) bool {
	for _, p := range paths {
		name := strings.TrimSuffix(strings.ToLower(program), "d")
		if base := path.Base(p); !cppConfig.MatchString(base) && !cppYAML.MatchString(p) || !strings.HasPrefix(strings.ToLower(base), name) || c.dir != "." && !strings.HasPrefix(p, c.dir+"/") || cppAside.MatchString(relative(c.dir, p)) {
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
