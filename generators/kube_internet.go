package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// internet is every address but those that belong to a network of one's own: RFC 1918, 6598 (carriers, and pods in some
// clouds), 3927 (link-local, where clouds answer for credentials) and, for IPv6, 4193 and 4291. Clouds answer their machines
// at some public addresses, too: Azure's WireServer is 168.63.129.16, and Oracle's metadata are at 192.0.0.192, in the block
// that RFC 6890 keeps for protocols. Through 64:ff9b::/96 (RFC 6052, NAT64) all of IPv4 is reached, private or not.
var internet = []kubePeer{
	{Addresses: &kubeIPBlock{"0.0.0.0/0", []string{"10.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16"}}},
	{Addresses: &kubeIPBlock{"::/0", []string{"64:ff9b::/96", "fc00::/7", "fe80::/10"}}},
}

// internetRule lets out to the Internet by http and https. Which hosts of it code calls stands in no file as often as not,
// and a policy without it would break a healthy service on its first day.
func internetRule(app *service.App) *kubeRule {
	for _, name := range app.ServiceNames() {
		if s := app.Effective(name); !s.Static() || buildOf(s).Dockerfile != "" { // a web server with files calls nobody
			return &kubeRule{To: internet, Ports: []kubePolicyPort{{Port: 80}, {Port: 443}}}
		}
	}
	return nil
}

// policyOut says where to the NetworkPolicy of the application lets it. A need is let out to by its port alone.
func policyOut(app *service.App) string {
	out := []string{"DNS"}
	if len(app.Needs) > 0 {
		out = append(out, "the ports of what the service needs")
	}
	outside := outsideRules(app)
	anywhere := slices.ContainsFunc(outside, opensHTTPS)
	if anywhere {
		out = append(out, "any address by https")
	}
	switch {
	case internetRule(app) != nil:
		out = append(out, "the Internet by http and https")
	case len(outside) > 0 && !anywhere:
		out = append(out, "the Internet by https")
	}
	if len(out) == 1 {
		return out[0]
	}
	last := len(out) - 1
	return strings.Join(out[:last], ", ") + " and " + out[last]
}
