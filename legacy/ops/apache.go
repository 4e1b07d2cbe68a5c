package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Apache reads the virtual hosts of Apache: what they lead to or run, and what the cluster's gateway has to do instead.
func Apache() scan.Reader {
	return scan.Reader{
		Name:  "apache",
		Wants: func(p string) bool { return webServerFile(p, "apache") || webServerFile(p, "httpd") },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			a := newApache(t, r)
			texts := a.read(paths)
			a.report()
			a.rest(texts)
		},
	}
}

type apache struct {
	*webFront
	pools map[string][]frontTarget // of balancers
}

func newApache(t *scan.Tree, r *scan.Report) *apache {
	return &apache{webFront: &webFront{t: t, r: r, program: "apache"}, pools: map[string][]frontTarget{}}
}

// apacheLooks recognises the configuration of Apache.
var apacheLooks = scan.MustCompile(`(?mi)^\s*(<(VirtualHost|Location(Match)?|Directory(Match)?|Proxy|IfModule)\s[^>]*>\s*$|(ServerName|ServerAlias|DocumentRoot|ProxyPass|WSGIScriptAlias|PassengerAppRoot|RewriteEngine|RewriteRule|RedirectPermanent)\s+\S[^;{]*$)`)

func (a *apache) read(paths []string) map[string][]*directive {
	lists := map[string][]*directive{}
	var order []string
	for _, p := range paths {
		text := a.t.Text(p, a.r)
		if strings.HasPrefix(text, "#!") || !apacheLooks.MatchString(withoutTemplate(text)) || a.forDevelopers(p) {
			continue
		}
		lists[p] = apacheLines(p, text)
		order = append(order, p)
	}
	a.findSites(order, lists)
	return lists
}

// findSites goes through the parsed files in their order.
func (a *apache) findSites(order []string, lists map[string][]*directive) {
	for _, p := range order {
		a.findPools(lists[p])
	}
	for _, p := range order {
		around := &frontSite{file: p, line: 1, around: true}
		first := len(a.sites)
		a.sites = append(a.sites, around)
		a.walk(lists[p], apacheScope{site: around})
		if len(a.sites) == first+1 && len(around.places) > 0 {
			around.around = false
		}
	}
}

// findPools collects the members of <Proxy balancer://name>.
func (a *apache) findPools(list []*directive) {
	for _, d := range list {
		name, balancer := strings.CutPrefix(d.value(), "balancer://")
		if d.name() != "proxy" || !balancer {
			a.findPools(d.block)
			continue
		}
		for _, member := range d.block {
			if member.name() == "balancermember" && len(a.pools[name]) < 50 {
				t := newFrontTarget(member.value(), member.file, member.line)
				t.pool = strings.Trim(name, "/")
				a.pools[name] = append(a.pools[name], t)
			}
		}
	}
}

// apacheScope is where a directive stands.
type apacheScope struct {
	site    *frontSite
	at      string // the path of a Location
	regular bool
	if_     bool // conditions stand before a rule
	under   conditions
	either  *frontCondition // holds, or what comes next does
	passes  bool            // some requests come past the rules that follow
	asked   bool            // who may ask is taken over
}

func (a *apache) walk(list []*directive, s apacheScope) {
	for _, d := range list {
		inner := s
		switch d.name() {
		case "virtualhost":
			inner.site = &frontSite{file: d.file, line: d.line}
			a.sites = append(a.sites, inner.site)
			a.walk(d.block, inner)
		case "location", "locationmatch":
			inner.at, inner.regular = d.value(), d.name() == "locationmatch"
			if inner.at == "~" {
				inner.at, inner.regular = strings.Join(d.words[2:], " "), true
			}
			inner.asked = a.asks(d.block, inner)
			a.walk(d.block, inner)
		case "directory", "directorymatch", "files", "filesmatch":
			a.directory(d, inner)
		case "proxy", "proxymatch", "limit", "limitexcept":
		case "if", "elseif", "else":
			inner.if_ = true
			a.walk(d.block, inner)
		case "rewritecond":
			s = s.where(d)
		default:
			if d.opens { // IfModule and its like: what stands in it holds
				a.walk(d.block, inner)
				continue
			}
			a.directive(d, s)
			if d.name() == "rewriterule" {
				s.passes = s.passes || passesRules(d)
				s.if_, s.under, s.either = false, conditions{}, nil
			}
		}
	}
}

// directory takes over what is said about files: who may ask for them, and how browsers keep them.
func (a *apache) directory(d *directive, s apacheScope) {
	for _, inner := range d.block {
		switch inner.name() {
		case "authtype", "expiresactive", "limitrequestbody", "addoutputfilterbytype":
			a.directive(inner, s)
		case "require", "allow", "deny", "order":
		default:
			if inner.opens {
				a.directory(inner, s)
			}
		}
	}
}

// leadTo takes over where a path leads.
func (a *apache) leadTo(d *directive, s apacheScope, at, target string) {
	if target == "!" || target == "" {
		return
	}
	p := &frontPlace{path: at, regular: s.regular || !strings.HasPrefix(at, "/"), file: d.file, line: d.line}
	t := newFrontTarget(target, d.file, d.line)
	if name, ok := strings.CutPrefix(target, "balancer://"); ok {
		name, _, _ = strings.Cut(name, "/")
		t.host, t.pool = "", name
		if pool := a.pools[name]; pool != nil {
			for _, member := range pool {
				member.path = ""
				p.targets = append(p.targets, member)
			}
		}
	}
	if p.targets == nil {
		p.targets = []frontTarget{t}
	}
	s.site.places = append(s.site.places, p)
}

// runs takes over that Apache itself runs the service: a WSGI module, Passenger.
func (a *apache) runs(d *directive, s apacheScope, at, file string) {
	s.site.names = append(s.site.names, file)
	if dir := path.Dir(file); dir != "." && dir != "/" {
		s.site.names = append(s.site.names, dir)
	}
	s.site.places = append(s.site.places, &frontPlace{path: at, file: d.file, line: d.line, targets: []frontTarget{{scheme: "inside", file: d.file, line: d.line}}})
}

// directive takes one line over.
func (a *apache) directive(d *directive, s apacheScope) {
	third := ""
	if len(d.words) > 2 {
		third = d.words[2]
	}
	switch d.name() {
	case "servername", "serveralias":
		for _, host := range d.words[1:] {
			s.site.hosts = append(s.site.hosts, frontWord{strings.TrimPrefix(strings.TrimPrefix(host, "http://"), "https://"), d.file, d.line})
		}
	case "proxypass", "proxypassmatch":
		s.regular = s.regular || d.name() == "proxypassmatch"
		if s.at != "" && !strings.HasPrefix(third, "http") && !strings.Contains(third, "://") {
			a.leadTo(d, s, s.at, d.value())
		} else {
			a.leadTo(d, s, d.value(), third)
		}
	case "wsgiscriptalias", "wsgiscriptaliasmatch":
		a.runs(d, s, d.value(), third)
	case "wsgidaemonprocess":
		s.site.names = append(s.site.names, d.value())
		s.site.say(d.file, d.line, "mod_wsgi runs the service in processes of its own (%s): give its server as many workers", shortened(daemonOptions(d.words)))
	case "passengerapproot", "railsbaseuri", "passengerbaseuri":
		a.runs(d, s, "/", d.value())
	case "passengerappenv", "railsenv", "rackenv":
		s.site.runsIn(a.t, d)
	case "documentroot":
		s.site.roots = append(s.site.roots, frontWord{d.value(), d.file, d.line})
	case "sethandler", "addhandler":
		s.site.scripts = s.site.scripts || strings.Contains(d.rest(), "php") || strings.Contains(d.rest(), "fcgi:")
	case "setenv":
		if len(d.words) > 2 && service.VariableName(d.value()) && strings.ToUpper(d.value()) == d.value() && !cgiVariable.MatchString(d.value()) {
			s.site.settings = append(s.site.settings, frontSetting{frontWord{third, d.file, d.line}, d.value()})
		}
	case "alias":
		p, plain := onlyPath(strings.TrimSuffix(d.value(), "/"), false, false)
		if p.Files = third; plain {
			s.site.answersItself(d.file, d.line, p, "the files of %s are served at %s without the service: its image has to hold them and serve them, or a CDN does", shortened(third), shortened(d.value()))
			break
		}
		fallthrough
	case "aliasmatch", "scriptalias":
		s.site.say(d.file, d.line, "the files of %s are served at %s without the service: its image has to hold them and serve them, or a CDN does", shortened(third), shortened(d.value()))
	case "redirect", "redirectpermanent", "redirecttemp", "redirectmatch":
		a.redirect(d, s)
	case "rewriterule":
		a.rewrite(d, s)
	case "requestheader":
		a.header(d, s, third)
	default:
		a.remark(d, s)
	}
}

// daemonOptions are the numbers of processes and threads.
func daemonOptions(words []string) string {
	var said []string
	for _, word := range words {
		if strings.HasPrefix(word, "processes=") || strings.HasPrefix(word, "threads=") {
			said = append(said, word)
		}
	}
	if said == nil {
		return "WSGIDaemonProcess"
	}
	return strings.Join(said, " ")
}
