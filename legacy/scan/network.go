package scan

import (
	"net"
	"strings"
)

var internalName = MustCompile(`(?i)\.(local|localdomain|internal|intern|corp|lan|intra|intranet|private|priv|home|example|test|dc|prod)$|\.(corp|internal|intra|intranet|int|lan|local)\.`)

// OldNetwork says whether a host is one that only the old network knows: an IP address or a name under its own suffix. Any
// other host with a certificate of its own is called by its name wherever the service runs.
func OldNetwork(host string) bool {
	return net.ParseIP(host) != nil || internalName.MatchString(host)
}

// Certified says whether a system is called by a name that its certificate holds: another name for it would fail there.
func (n Need) Certified() bool {
	return n.TLS && n.Port == 443 && strings.Contains(n.Host, ".") && !OldNetwork(n.Host)
}
