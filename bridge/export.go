package bridge

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// Place is where a service in the cluster answers to callers outside of it.
type Place struct {
	Service  string   `json:"service"`
	Cluster  string   `json:"cluster"`          // context of the kubeconfig
	Backup   bool     `json:"backup,omitempty"` // of a second cluster for the failover
	By       string   `json:"by"`               // what answers there: a node, a load balancer, a Gateway or an Ingress
	Hosts    []string `json:"hosts,omitempty"`  // for which it leads to the service; none where it does for all
	Address  string   `json:"address"`          // IP address or DNS name
	Port     int      `json:"port"`
	Protocol string   `json:"protocol"` // http, https, tcp or udp
	Ready    int      `json:"ready"`    // pods that take requests
}

// At is host:port.
func (p Place) At() string { return net.JoinHostPort(p.Address, strconv.Itoa(p.Port)) }

func (p Place) url() string { return p.Protocol + "://" + p.At() }

// named is the URL by a host name.
func (p Place) named(host string) string {
	if p.Protocol == "https" && p.Port == 443 || p.Protocol == "http" && p.Port == 80 {
		return p.Protocol + "://" + host
	}
	return p.Protocol + "://" + net.JoinHostPort(host, strconv.Itoa(p.Port))
}

func (p Place) http() bool { return p.Protocol == "http" || p.Protocol == "https" }

// Export is what the legacy side has to know of an environment.
type Export struct {
	App, Environment string
	Places           []Place

	health map[string]string          // path by service that says whether it can take requests
	routes map[string][]service.Route // by service, with the hosts that they have there
}

// NewExport takes the health endpoints and the host names from the model.
func NewExport(app *service.App, environment string, places []Place) Export {
	e := Export{App: app.Name, Environment: environment, Places: places, health: map[string]string{}, routes: map[string][]service.Route{}}
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		if s.Health != nil && !s.HealthElsewhere() {
			if path := cmp.Or(s.Health.Ready, s.Health.Live); !strings.ContainsFunc(path, unquotable) {
				e.health[name] = path
			}
		}
		for _, r := range s.Routes {
			if r.Host, _ = app.HostIn(environment, r.Host); !service.IsPlaceholder(r.Host) {
				e.routes[name] = append(e.routes[name], r)
			}
		}
	}
	return e
}

// unquotable says whether a letter of a path would be more than a letter in a configuration.
func unquotable(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'#\\%{}", r) }

// Format writes an Export in the words of a program of the legacy side.
type Format struct {
	Name, About string

	write func(Export, *strings.Builder)
}

// Formats are those that are known, in the order in which they are told.
var Formats = []Format{
	{"hosts", "lines of /etc/hosts: the routes' names at the gateway's address", Export.hosts},
	{"env", "variables for the legacy service's configuration, one place of each service", Export.env},
	{"nginx", "upstream blocks for nginx", Export.nginx},
	{"haproxy", "backends for HAProxy, with checks", Export.haproxy},
	{"apache", "balancers for Apache's mod_proxy_balancer", Export.apache},
}

// FormatOf finds a format by its name.
func FormatOf(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// heading is the first line of every export.
func (e Export) heading() string {
	return fmt.Sprintf("# %s in %s, as it is reached from outside of the cluster. Written by migrate bridge export; don't edit.\n", e.App, e.Environment)
}

// Wrote says whether a text is an export of the same environment.
func (e Export) Wrote(text []byte) bool { return bytes.HasPrefix(text, []byte(e.heading())) }

// Text is the export in a format. The same places give the same bytes.
func (f Format) Text(e Export) []byte {
	var b strings.Builder
	b.WriteString(e.heading())
	f.write(e, &b)
	return []byte(b.String())
}

// direct are the places of a service that callers are led to: those of its own, without them those that it shares with others
// by a host name. Those of a second cluster come last.
func (e Export) direct(name string) []Place {
	var own, shared []Place
	for _, p := range e.Places {
		switch {
		case p.Service != name:
		case len(p.Hosts) > 0:
			shared = append(shared, p)
		default:
			own = append(own, p)
		}
	}
	if len(own) == 0 {
		own = shared
	}
	slices.SortStableFunc(own, func(a, b Place) int {
		return cmp.Or(cmp.Compare(slices.Index(inOrder, a.Protocol), slices.Index(inOrder, b.Protocol)), backupsLast(a, b))
	})
	main := slices.IndexFunc(own, func(p Place) bool { return p.http() && !p.Backup })
	if main < 0 {
		main = slices.IndexFunc(own, Place.http)
	}
	if main >= 0 { // nothing speaks both at once
		speaks := own[main].Protocol
		own = slices.DeleteFunc(own, func(p Place) bool { return p.http() && p.Protocol != speaks })
	}
	return own
}

// inOrder are the protocols, the better ones first.
var inOrder = []string{"https", "http", "tcp", "udp"}

func backupsLast(a, b Place) int {
	switch {
	case a.Backup == b.Backup:
		return 0
	case a.Backup:
		return 1
	}
	return -1
}

// services have any place, in the order of the places.
func (e Export) services() []string {
	var names []string
	for _, p := range e.Places {
		if !slices.Contains(names, p.Service) {
			names = append(names, p.Service)
		}
	}
	return names
}

// asked is the name that a place has to be asked for, "" where there is none.
func (e Export) asked(p Place) string {
	hosts := p.Hosts
	if len(hosts) == 0 {
		for _, r := range e.routes[p.Service] {
			hosts = append(hosts, r.Host)
		}
	}
	if i := slices.IndexFunc(hosts, func(host string) bool { return host != "" && !strings.Contains(host, "*") }); i >= 0 {
		return hosts[i]
	}
	return ""
}

// healthAt is the path that says at a place whether the service can take requests. Where it shares a host name the path has to
// be one that leads to it; "" where none does.
func (e Export) healthAt(p Place) string {
	path := e.health[p.Service]
	if path == "" {
		return ""
	}
	path = "/" + strings.TrimPrefix(path, "/")
	if len(p.Hosts) == 0 {
		return path
	}
	for _, r := range e.routes[p.Service] {
		prefix := strings.TrimSuffix(r.Path, "/")
		if r.Host == e.asked(p) && (prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")) {
			return path
		}
	}
	return ""
}

// block is the name of what leads to a service, in a program's configuration.
func (e Export) block(name string) string {
	return strings.ReplaceAll(e.App+"_"+e.Environment+"_"+name, "-", "_")
}

// spoken parts the places of a service by whether they are asked by HTTP.
func spoken(places []Place) (http, others []Place) {
	for _, p := range places {
		if p.http() {
			http = append(http, p)
		} else {
			others = append(others, p)
		}
	}
	return http, others
}

func (e Export) hosts(b *strings.Builder) {
	names := map[string][]string{} // by address
	var addresses []string
	for _, p := range e.Places {
		if len(p.Hosts) == 0 || p.Backup {
			continue
		}
		if _, err := netip.ParseAddr(p.Address); err != nil {
			fmt.Fprintf(b, "# %s leads to %s: %s is no address, an alias in DNS says it\n", p.By, strings.Join(p.Hosts, " "), p.Address)
			continue
		}
		if !slices.Contains(addresses, p.Address) {
			addresses = append(addresses, p.Address)
		}
		for _, host := range p.Hosts {
			if !strings.Contains(host, "*") && !slices.Contains(names[p.Address], host) {
				names[p.Address] = append(names[p.Address], host)
			}
		}
	}
	if len(addresses) == 0 {
		b.WriteString("# no name leads to an address yet: neither a Gateway nor an Ingress has one\n")
	}
	for _, address := range addresses {
		if len(names[address]) > 0 {
			fmt.Fprintf(b, "%s\t%s\n", address, strings.Join(names[address], " "))
		}
	}
}

func (e Export) env(b *strings.Builder) {
	for _, name := range e.services() {
		variable := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		for i, p := range e.direct(name) {
			switch {
			case i > 0:
				fmt.Fprintf(b, "# or %s://%s, %s\n", p.Protocol, p.At(), p.By)
			case p.http() && len(p.Hosts) > 0 && e.asked(p) != "":
				fmt.Fprintf(b, "# %s answers at %s\n%s_URL=%s\n", e.asked(p), p.Address, variable, p.named(e.asked(p)))
			case p.http():
				fmt.Fprintf(b, "%s_URL=%s\n", variable, p.url())
			default:
				fmt.Fprintf(b, "%s_HOST=%s\n%s_PORT=%d\n", variable, p.Address, variable, p.Port)
			}
		}
	}
}

// overHTTP writes what is asked by HTTP of each service, and for all else a comment with the reason why it isn't told.
func (e Export) overHTTP(b *strings.Builder, reason string, write func(name string, http []Place)) {
	for _, name := range e.services() {
		http, others := spoken(e.direct(name))
		for _, p := range others {
			fmt.Fprintf(b, "\n# %s speaks %s at %s%s\n", name, p.Protocol, p.At(), reason)
		}
		if len(http) > 0 {
			write(name, http)
		}
	}
}

func (e Export) nginx(b *strings.Builder) {
	e.overHTTP(b, ": that belongs in a stream block of its own", func(name string, http []Place) {
		fmt.Fprintf(b, "\n# proxy_pass %s://%s;\n", http[0].Protocol, e.block(name))
		if host := e.asked(http[0]); host != "" {
			fmt.Fprintf(b, "# proxy_set_header Host %s;\n", host)
			if http[0].Protocol == "https" {
				fmt.Fprintf(b, "# proxy_ssl_server_name on; proxy_ssl_name %s;\n", host)
			}
		}
		lookedUpOnce(b, http)
		fmt.Fprintf(b, "upstream %s {\n", e.block(name))
		for _, p := range http {
			more := ""
			if p.Backup {
				more = " backup"
			}
			fmt.Fprintf(b, "    server %s max_fails=1 fail_timeout=5s%s;   # %s\n", p.At(), more, p.By)
		}
		b.WriteString("}\n")
	})
}

func (e Export) haproxy(b *strings.Builder) {
	for _, name := range e.services() {
		http, others := spoken(e.direct(name))
		if len(http) > 0 {
			fmt.Fprintf(b, "\nbackend %s\n    mode http\n", e.block(name))
			lookedUpOnce(b, http)
			if host := e.asked(http[0]); host != "" && len(http[0].Hosts) > 0 {
				fmt.Fprintf(b, "    http-request set-header Host %s\n", host)
			}
			if path := e.healthAt(http[0]); path != "" {
				fmt.Fprintf(b, "    option httpchk\n    http-check send meth GET uri %s ver HTTP/1.1%s\n", path, checkHost(e.asked(http[0])))
			}
			e.haproxyServers(b, http)
		}
		tcp := slices.DeleteFunc(slices.Clone(others), func(p Place) bool { return p.Protocol != "tcp" })
		if len(tcp) > 0 {
			fmt.Fprintf(b, "\nbackend %s%s\n    mode tcp\n", e.block(name), suffix(len(http) > 0, "_tcp"))
			e.haproxyServers(b, tcp)
		}
		for _, p := range others {
			if p.Protocol != "tcp" {
				fmt.Fprintf(b, "\n# %s speaks %s at %s, which HAProxy doesn't\n", name, p.Protocol, p.At())
			}
		}
	}
}

func suffix(wanted bool, s string) string {
	if wanted {
		return s
	}
	return ""
}

func checkHost(host string) string {
	if host == "" {
		return ""
	}
	return " hdr Host " + host
}

// lookedUpOnce says so of names among the places.
func lookedUpOnce(b *strings.Builder, places []Place) {
	for _, p := range places {
		if _, err := netip.ParseAddr(p.Address); err != nil {
			fmt.Fprintf(b, "# %s is looked up when this is read: read it again when its addresses change\n", p.Address)
		}
	}
}

func (e Export) haproxyServers(b *strings.Builder, places []Place) {
	for i, p := range places {
		more := ""
		if p.Protocol == "https" {
			host := cmp.Or(e.asked(p), p.Address)
			more = fmt.Sprintf(" ssl verify required ca-file @system-ca sni str(%s) verifyhost %s check-sni %s", host, host, host)
		}
		if p.Backup {
			more += " backup"
		}
		fmt.Fprintf(b, "    server place%d %s check inter 5s%s   # %s\n", i+1, p.At(), more, p.By)
	}
}

func (e Export) apache(b *strings.Builder) {
	e.overHTTP(b, ", which mod_proxy doesn't", func(name string, http []Place) {
		fmt.Fprintf(b, "\n# ProxyPass \"/\" \"balancer://%s/\"\n", e.block(name))
		if http[0].Protocol == "https" {
			b.WriteString("# SSLProxyEngine on\n")
		}
		lookedUpOnce(b, http)
		fmt.Fprintf(b, "<Proxy \"balancer://%s\">\n", e.block(name))
		written := map[string]bool{}
		for _, p := range http {
			more := ""
			if p.Backup {
				more = " status=+H"
			}
			at, by := p.url(), p.By
			if host := e.asked(p); len(p.Hosts) > 0 && host != "" { // the member's name is what is asked for
				at, by = p.named(host), fmt.Sprintf("%s, at %s, to which the name has to lead here (--format hosts)", p.By, p.Address)
			}
			if written[at] { // by one name there is one member, at however many addresses
				continue
			}
			written[at] = true
			fmt.Fprintf(b, "    # %s\n    BalancerMember \"%s\" retry=5%s\n", by, at, more)
		}
		b.WriteString("</Proxy>\n")
	})
}
