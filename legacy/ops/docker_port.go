package ops

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// besides are ports that stand beside the one that serves HTTP: TLS, debuggers, administration, other protocols.
var besides = map[int]bool{22: true, 443: true, 8443: true, 5005: true, 8787: true, 9229: true, 5858: true, 35729: true, 9990: true, 1099: true, 8081: true, 9000: true, 9001: true,
	25: true, 53: true, 4369: true, 465: true, 587: true, 1025: true, 1883: true, 2003: true, 2004: true, 3306: true, 5432: true, 5672: true, 6379: true, 8125: true, 11211: true, 27017: true}

func (d *dockerfile) reportPort(t *scan.Tree, argv []string, r *scan.Report) {
	d.udp(r)
	env := d.variables()
	line := 0
	if d.cmd != nil {
		line = d.cmd.line
	} else if d.entry != nil {
		line = d.entry.line
	}
	said, name := portOf(argv, env)
	if said > 0 && name != "" && d.env[name].line > 0 {
		line = d.env[name].line
	}
	exposed := d.tcp()
	switch {
	case said > 0:
		rank := scan.Declared
		if forDevelopment(argv) {
			rank = scan.Convention // what production runs may bind another one
		}
		r.Find(d.finding(service.Service{Port: said}), d.file, line, rank, "in the command")
		if len(exposed) > 0 && !contains(exposed, said) {
			r.Note(d.file, exposed[0].line, "EXPOSE %d, but the command says %d", exposed[0].port, said)
		}
	case urlsPort(env) > 0:
		r.Find(d.finding(service.Service{Port: urlsPort(env)}), d.file, max(d.env["ASPNETCORE_URLS"].line, d.env["ASPNETCORE_HTTP_PORTS"].line), scan.Declared, "what ASP.NET Core is told to bind")
	case len(exposed) > 0 && parseImage(d.from.image).bindsOwn() && !slices.ContainsFunc(exposed, func(e exposedPort) bool { return e.port != 80 && e.port != 443 }):
		r.Find(d.finding(service.Service{Port: 8080}), d.file, d.from.line, scan.Convention, "Microsoft's images listen there since .NET 8; EXPOSE is from before")
	case len(exposed) > 0:
		best := likeliest(exposed)
		if own, err := strconv.Atoi(env["PORT"]); err == nil && contains(exposed, own) {
			best.port = own
		}
		rank, note := scan.Declared, "EXPOSE"
		if len(exposed) > 1 {
			d.noteOthers(exposed, best.port, r)
			rank, note = scan.Convention, "the likeliest of several ports of EXPOSE"
		}
		r.Find(d.finding(service.Service{Port: best.port}), d.file, best.line, rank, note)
		if best.port == 9000 && strings.Contains(parseImage(d.from.image).tag, "fpm") && !d.speaksFastCGI(t, argv) {
			r.Note(d.file, best.line, "php-fpm speaks FastCGI at 9000, which no route, probe or browser does: put a web server into the image, or let migrate adopt %s write one with Apache", d.file)
		}
	default:
		if own, err := strconv.Atoi(env["PORT"]); err == nil && validPort(own) {
			r.Find(d.finding(service.Service{Port: own}), d.file, d.env["PORT"].line, scan.Declared, "ENV PORT")
		} else if port, line := d.uwsgiPort(r); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), d.file, line, scan.Declared, "what uWSGI is told to bind")
		} else if port, file, line := d.apachePort(t, argv, r); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), file, line, scan.Declared, "what Apache is told to bind")
		} else if port, line := d.programPort(); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), d.file, line, scan.Convention, "the port of the program by the variable's name")
		} else if port, file, line := d.caddyPort(t, r); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), file, line, scan.Declared, "")
		} else if port, file, line := d.nginxPort(t, argv, r); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), file, line, scan.Declared, "")
		} else if _, port := parseImage(d.from.image).inherited(); port > 0 {
			r.Find(d.finding(service.Service{Port: port}), d.file, d.from.line, scan.Convention, "the port of the image "+d.from.image)
		}
	}
}

// programPort is the port in a variable that is called after a program which another stage makes: BLOOMD_PORT of
// /usr/bin/bloomd; 0 for none.
func (d *dockerfile) programPort() (port, line int) {
	for _, c := range d.results {
		if slices.ContainsFunc(d.sources, func(own claim) bool { return own.line == c.line }) {
			continue // of the repository, which needs not be a program
		}
		name := strings.ReplaceAll(strings.ToUpper(path.Base(c.value)), "-", "_") + "_PORT"
		if n, err := strconv.Atoi(d.env[name].value); err == nil && validPort(n) && !besides[n] {
			return n, d.env[name].line
		}
	}
	return 0, 0
}

// noteOthers says at which further ports the image serves: the Service leads to one.
func (d *dockerfile) noteOthers(exposed []exposedPort, best int, r *scan.Report) {
	var others []string
	for _, e := range exposed {
		if e.port != best && e.port != 443 && e.port != 8443 && !besides[e.port] {
			others = append(others, strconv.Itoa(e.port))
		}
	}
	if len(others) > 0 {
		r.Note(d.file, exposed[0].line, "the image serves at %s, too, and the Service leads to %d alone: where others call those, add them to it in a component (components in %s)", scan.List(others), best, service.FileName)
	}
}

// http3 is the port at which web servers speak HTTP by UDP: the gateway does that now.
const http3 = 443

// udp reports the ports of UDP that the image exposes.
func (d *dockerfile) udp(r *scan.Report) {
	for _, e := range d.exposed {
		text, proto, _ := strings.Cut(strings.ToLower(e.value), "/")
		if proto != "udp" {
			continue
		}
		if port, err := strconv.Atoi(text); port == http3 {
			continue
		} else if err == nil && validPort(port) {
			r.Find(d.finding(service.Service{UDP: []int{port}}), d.file, e.line, scan.Declared, "")
		} else {
			r.NoteItem(nil, d.file, e.line, "the image listens at many ports of UDP: add those in use under udp in "+service.FileName, text)
		}
	}
}

var plainURL = scan.MustCompile(`(?:^|;)\s*(?:http://[^;/]*:)?(\d{2,5})/?\s*(?:;|$)`)

// urlsPort is the port of the variables by which ASP.NET Core is told what it binds, 0 for none.
func urlsPort(env map[string]string) int {
	for _, name := range []string{"ASPNETCORE_HTTP_PORTS", "ASPNETCORE_URLS"} {
		if m := plainURL.FindStringSubmatch(env[name]); m != nil {
			if port, _ := strconv.Atoi(m[1]); validPort(port) {
				return port
			}
		}
	}
	return 0
}

// bindsOwn says whether the image tells ASP.NET Core to listen at 8080.
func (i image) bindsOwn() bool {
	major, _, _ := strings.Cut(i.version(), ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 8 && strings.HasSuffix(i.path, "dotnet/aspnet")
}

// webPorts are the ports at which HTTP is served by custom.
var webPorts = []int{80, 8080, 8000, 3000, 5000, 8888}

// likeliest is the port of several that serves HTTP: one that does by custom, then the first that isn't known for something else.
func likeliest(exposed []exposedPort) exposedPort {
	for _, port := range webPorts {
		for _, e := range exposed {
			if e.port == port {
				return e
			}
		}
	}
	for _, e := range exposed {
		if !besides[e.port] {
			return e
		}
	}
	return exposed[0]
}

type exposedPort struct{ port, line int }

// tcp lists the exposed TCP ports; of a range only the first counts.
func (d *dockerfile) tcp() []exposedPort {
	var ports []exposedPort
	for _, e := range d.exposed {
		text, proto, _ := strings.Cut(strings.ToLower(e.value), "/")
		if proto == "udp" || proto == "sctp" {
			continue
		}
		text, _, _ = strings.Cut(text, "-")
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			text = text[i+1:]
		}
		if p, err := strconv.Atoi(text); err == nil && validPort(p) && !contains(ports, p) {
			ports = append(ports, exposedPort{p, e.line})
		}
	}
	return ports
}

func contains(ports []exposedPort, p int) bool {
	return slices.ContainsFunc(ports, func(e exposedPort) bool { return e.port == p })
}

// reportFastCGI says where the code lies in an image that runs php-fpm and no web server, be it in the end of its start script;
// pages are below it.
func (d *dockerfile) reportFastCGI(t *scan.Tree, argv []string, r *scan.Report) {
	if !d.speaksFastCGI(t, argv) {
		return
	}
	code := cmp.Or(d.workdir, "/var/www/html") // as the images of PHP have it
	r.Find(d.finding(service.Service{Edge: &service.Edge{FastCGI: code}}), d.file, d.from.line, scan.Convention, "php-fpm, and no web server with it")
}

func (d *dockerfile) speaksFastCGI(t *scan.Tree, argv []string) bool {
	if s := d.start(t); s != nil && len(s.argv) > 0 {
		argv = s.argv
	} else if d.entry != nil && d.cmd != nil { // which a script of a base image hands on to
		argv = d.cmd.argv()
	}
	return scan.SpeaksFastCGI(argv)
}
