package ops

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Ports at which servers in Java answer those who run them, as their configuration says: Dropwizard's adminConnectors and
// Spring's management.server.port.
var (
	adminConnector  = scan.MustCompile(`(?m)^\s*adminConnectors:\s*\n(?:\s+[^\n]*\n){0,4}?\s+port:\s*(\d{2,5})\b`)
	managementBlock = scan.MustCompile(`(?m)^management:[ \t]*\n(?:[ \t]+[^\n]*\n){0,30}?  ?server:[ \t]*\n(?:[ \t]+[^\n]*\n){0,4}?[ \t]+port:\s*(?:\$\{\w+:)?(\d{2,5})\b`)
	managementLine  = scan.MustCompile(`(?m)^management\.(?:server\.)?port\s*[=:]\s*(?:\$\{\w+:)?(\d{2,5})\b`)
	serverSettings  = scan.MustCompile(`(?:^|/)src/main/resources/[^/]+\.(?:ya?ml|properties)$|^[^/]+\.ya?ml$`)
)

// administration are the ports beside the service's own at which the code of a directory answers those who run it.
func administration(t *scan.Tree, dir string) map[int]bool {
	ports := map[int]bool{}
	if t.Module(dir) != "java" {
		return ports
	}
	for _, p := range t.Below(dir) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p, dir), "/")
		if !serverSettings.MatchString(rel) || t.Aside(p) || isCompose(path.Base(p)) {
			continue
		}
		text := t.Text(p, &scan.Report{})
		for _, re := range []*scan.Pattern{adminConnector, managementBlock, managementLine} {
			if m := re.FindStringSubmatch(text); m != nil {
				port, _ := strconv.Atoi(m[1])
				ports[port] = true
			}
		}
	}
	return ports
}
