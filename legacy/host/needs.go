package host

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// answer is what a program calls: an address, and what is known of who answers there.
type answer struct {
	kind    string
	host    string // as the service calls it; empty on this machine
	address string
	port    int
	peer    *program
	unix    string
	line    int
	points  []int // in Process.Points: the settings that lead there
}

// kindPorts lead from a port to what answers there by custom.
var kindPorts = map[int]string{
	5432: "postgres", 6432: "postgres", 3306: "mysql", 1433: "mssql", 1521: "oracle", 27017: "mongodb", 9042: "cassandra", 7687: "neo4j", 5984: "couchdb", 8086: "influxdb",
	6379: "redis", 11211: "memcached", 5672: "rabbitmq", 5671: "rabbitmq", 9092: "kafka", 61616: "activemq", 4222: "nats", 1883: "mqtt", 8883: "mqtt", 2181: "zookeeper", 9200: "elasticsearch", 9300: "elasticsearch",
	8983: "solr", 25: "smtp", 587: "smtp", 465: "smtp", 389: "ldap", 636: "ldap", 21: "ftp", 22: "sftp", 8125: "statsd", 80: "http", 443: "http", 8080: "http", 8443: "http", 8000: "http", 8888: "http", 3000: "http", 5000: "http", 9000: "http",
}

// hostPorts are called by every machine: names, time, logs.
var hostPorts = map[int]bool{53: true, 123: true, 514: true, 111: true, 67: true, 323: true, 5353: true}

// needs says what a program calls: its open connections, and what its configuration points to.
func (r *reading) needs(d *deployed, p *process) {
	for _, a := range r.answers(p) {
		if a.kind == "" {
			continue
		}
		n := scan.Need{Need: service.Need{Kind: a.kind, Port: a.port}}
		why := ""
		switch {
		case a.peer != nil && (a.peer.role == app || a.peer.role == foreign):
			n.Kind, n.Name, why = "http", r.nameOf(a.peer), "another service of the same host"
			if n.Name == "" || r.deployedOf(a.peer) == d {
				continue // a process of the same code
			}
		case a.peer != nil && a.peer.role == front:
			n.Kind = "http"
			n.Name, why = "local-web", "the web server of the same host"
		case a.peer != nil:
			why = "it answers on the same host"
		}
		if a.host != "" {
			if n.SetHost(a.host); n.Host == "" {
				n.Host = a.address // a short name means something on the machine alone
			}
		} else if a.address != "" && a.peer == nil {
			n.Host = a.address
		} else if a.peer != nil && a.peer.role == store && a.unix == "" {
			n.Host = a.peer.outside(a.port)
		}
		n.TLS = n.Kind == "http" && (a.port == 443 || a.port == 8443) || a.port == 5671 || a.port == 636 || a.port == 465
		if n.Kind == "http" && n.Name == "" && n.Host == "" {
			continue
		}
		r.version(&n, a.peer)
		for _, i := range a.points {
			point := p.main().Points[i]
			if n.Database == "" {
				n.Database = point.Database
			}
			if n.User == "" {
				n.User = point.User
			}
		}
		n.Env = p.pointed(a)
		r.find(d, p, scan.Finding{Need: &n}, a.line, scan.Declared, why)
		if a.peer != nil && a.peer.role == store {
			r.onlyHere(d, p, a)
		}
	}
}

// onlyHere warns of a store that a cluster can't reach as it is: it listens on addresses of the machine alone.
func (r *reading) onlyHere(d *deployed, p *process, a answer) {
	at, local := 0, ""
	for i, s := range a.peer.main().Listens {
		if !strings.HasPrefix(s, "tcp ") || portOf(s) != a.port {
			continue
		}
		end, err := netip.ParseAddrPort(s[4:])
		if err != nil || !end.Addr().IsLoopback() {
			at, local = 0, ""
			break
		}
		if local == "" {
			at, local = i, s[4:]
		}
	}
	if local != "" {
		r.note(d, a.peer.host, a.peer.at("listens", itoa(at)), "%s of %s listens on %s only, where no pod reaches it: let it listen outside, or move its data (%s)", a.kind, a.peer.host.Machine.Name, local, or(a.peer.dataDir(), "where is it?"))
	}
	if a.unix != "" {
		r.note(d, p.host, a.line, "%s is called through %s, which no pod has: it takes host and port there", a.kind, a.unix)
	}
}

// outside is where other machines reach a port of a store: its machine's name or address, where it has one of its own and
// the store listens on it; "" otherwise.
func (p *program) outside(port int) string {
	l := p.host
	if len(l.Machine.Addresses) != 1 {
		return ""
	}
	own := l.Machine.Addresses[0]
	for _, s := range p.listens() {
		end, err := netip.ParseAddrPort(strings.TrimPrefix(s, "tcp "))
		if err != nil || int(end.Port()) != port || !end.Addr().IsUnspecified() && end.Addr().String() != own {
			continue
		}
		for _, h := range l.Hosts {
			if h.Address == own && len(h.Names) > 0 && strings.Contains(longest(h.Names), ".") {
				return longest(h.Names)
			}
		}
		return own
	}
	return ""
}

// dataDir is where a store keeps its data.
func (p *program) dataDir() string {
	for i, w := range p.main().Command {
		if (w == "-D" || w == "--datadir" || w == "--dbpath") && i+1 < len(p.main().Command) {
			return p.main().Command[i+1]
		}
		if _, dir, ok := strings.Cut(w, "="); ok && (strings.HasPrefix(w, "--datadir=") || strings.HasPrefix(w, "--dbpath=")) {
			return dir
		}
	}
	if dir := p.main().Dir; strings.HasPrefix(dir, "/var/lib/") {
		return dir
	}
	return strings.Join(p.writes(), ", ")
}

// version takes over what the store itself is.
func (r *reading) version(n *scan.Need, peer *program) {
	if peer == nil || peer.role != store {
		return
	}
	n.Kind = peer.kind
	if t := peer.host.runtime(peer.main().Program); t != nil && t.Version != "" {
		f := strings.Split(t.Version, ".")
		n.Version = f[0]
		if (peer.kind == "mysql" || peer.kind == "mariadb" || number(f[0]) < 10 && peer.kind == "postgres" || peer.kind == "mongodb") && len(f) > 1 {
			n.Version += "." + f[1]
		}
	}
}

// answers are all that a program calls, each once, its settings joined to its connections.
func (r *reading) answers(p *process) []answer {
	var list []answer
	seen := map[string]bool{}
	for _, c := range p.calls() {
		line := p.at("calls")
		for _, i := range p.processes {
			for n, own := range p.host.Processes[i].Calls {
				if own.To == c.To {
					line = p.host.Line("processes", itoa(i), "calls", itoa(n), "to")
				}
			}
		}
		a, ok := r.answer(p, c, line)
		key := a.kind + a.host + a.address + strconv.Itoa(a.port)
		if !ok || seen[key] {
			continue
		}
		seen[key] = true
		list = append(list, a)
	}
	for i, point := range p.main().Points {
		list = r.point(p, list, i, point)
	}
	return append(list, p.named(list)...)
}

// answer finds out who answers a call.
func (r *reading) answer(p *process, c Call, line int) (answer, bool) {
	a := answer{line: line, peer: r.peer(p.host, c)}
	if file, ok := strings.CutPrefix(c.To, "unix "); ok {
		if a.peer == nil || a.peer.role != store {
			return a, false
		}
		a.kind, a.unix = a.peer.kind, file
		a.port = scan.DefaultPort(a.kind)
		return a, true
	}
	_, to, _ := strings.Cut(c.To, " ")
	end, err := netip.ParseAddrPort(to)
	if err != nil || hostPorts[int(end.Port())] {
		return a, false
	}
	a.port = int(end.Port())
	a.kind = kindPorts[a.port]
	if a.peer != nil && a.peer.role == store {
		a.kind = a.peer.kind
	} else if a.peer != nil && a.peer.role == system {
		return a, false
	}
	if a.kind == "" {
		a.kind = "tcp"
	}
	if end.Addr().IsLoopback() {
		return a, a.peer != nil || kindPorts[a.port] != ""
	}
	a.address = end.Addr().String()
	if len(c.Names) > 0 {
		a.host = longest(c.Names)
	}
	if a.peer != nil && a.peer.host == p.host {
		a.host, a.address = "", ""
	}
	return a, true
}

// longest is the fullest of several names of one address: db1.corp.example of db1.
func longest(names []string) string {
	best := names[0]
	for _, n := range names[1:] {
		if strings.Count(n, ".") > strings.Count(best, ".") {
			best = n
		}
	}
	return best
}

// peer is the program that answers a call: on the same host, or on another one whose snapshot is there.
func (r *reading) peer(l *Loaded, c Call) *program {
	if c.Peer != 0 {
		for _, g := range r.groups[l] {
			for _, i := range g.processes {
				if l.Processes[i].PID == c.Peer {
					return g
				}
			}
		}
	}
	_, to, _ := strings.Cut(c.To, " ")
	end, err := netip.ParseAddrPort(to)
	if err != nil {
		return nil
	}
	for _, other := range r.hosts {
		if end.Addr().IsLoopback() != (other == l) && !slices.Contains(other.Machine.Addresses, end.Addr().String()) || end.Addr().IsLoopback() && other != l {
			continue
		}
		for _, g := range r.groups[other] {
			if slices.Contains(g.ports(), int(end.Port())) {
				return g
			}
		}
	}
	return nil
}

// point joins an address of the configuration to the connection that it made, or makes a need of it alone.
func (r *reading) point(p *process, list []answer, i int, point Point) []answer {
	local := point.Host == "" || scan.LocalHost(point.Host)
	for n := range list {
		a := &list[n]
		same := a.port == point.Port && (a.host == point.Host || a.address == point.Host || local && a.host == "" && a.address == "" || local && a.peer != nil && a.peer.host == p.host)
		if same || a.kind == point.Kind && a.unix != "" && local {
			a.points = append(a.points, i)
			if a.peer == nil || a.peer.role == system {
				a.kind = point.Kind
			}
			return list
		}
	}
	a := answer{kind: point.Kind, port: point.Port, line: p.at("points", itoa(i)), points: []int{i}}
	if local {
		a.peer = r.peer(p.host, Call{To: "tcp 127.0.0.1:" + strconv.Itoa(point.Port)})
		if a.peer == nil && (point.Kind == "http" || point.Variable == "") || a.peer != nil && r.has(p, a.peer) {
			return list
		}
	} else {
		a.host = point.Host
	}
	if point.Kind == "http" && (ownAddress.MatchString(point.Variable) || point.Variable == "") {
		return list
	}
	return append(list, a)
}

func (r *reading) has(p *process, g *program) bool { return p.program == g }

// ownAddress are variables in which a service speaks of itself.
var ownAddress = scan.MustCompile(`(?i)^((APP|SITE|BASE|PUBLIC|ROOT|HOME|WEB|SELF|SERVER|CALLBACK|REDIRECT|CORS|ALLOWED|ORIGIN|FRONTEND|STATIC|MEDIA|ASSETS?|CDN|DOCS?|CANONICAL|HTTPS?)_)*(URL|URI|HOST|ORIGINS?|DOMAIN|PROXY)$`)

func (r *reading) deployedOf(g *program) *deployed {
	for _, d := range r.code {
		for _, p := range d.programs {
			if p.program == g {
				return d
			}
		}
	}
	return nil
}

func (r *reading) nameOf(g *program) string {
	if d := r.deployedOf(g); d != nil {
		return d.name
	}
	return ""
}
