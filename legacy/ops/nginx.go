package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Nginx reads the sites of nginx: what leads to the service, and what the cluster's gateway has to do in its place.
func Nginx() scan.Reader {
	return scan.Reader{
		Name:  "nginx",
		Wants: func(p string) bool { return webServerFile(p, "nginx") },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			n := newNginx(t, r)
			n.read(paths)
			n.report()
			n.rest(n.texts)
		},
	}
}

// webServerFile says by its path whether a file may be the configuration of a web server: .conf whatever it is called, or
// one of another ending where the path names the program.
func webServerFile(p, program string) bool {
	base := unitFile(p)
	inSites := strings.Contains(p, "sites-available/") || strings.Contains(p, "sites-enabled/") || strings.Contains(p, "vhost")
	switch ext := path.Ext(base); {
	case ext == ".conf" || ext == ".vhost" || ext == "."+program || strings.HasPrefix(ext, ".conf-"):
		return true
	case ext == ".inc" || ext == "" && !strings.HasPrefix(base, "Dockerfile"):
		return inSites || strings.Contains(strings.ToLower(p), program)
	}
	if path.Base(p) != base { // a template: apache.shop.erb
		return strings.HasPrefix(base, program+".")
	}
	return inSites && siteForm.MatchString(base) // a file that is called after its site: shop.org
}

type nginx struct {
	*webFront
	texts    map[string][]*directive
	rates    map[string]string // by zone: how often a client may ask
	pools    map[string][]frontTarget
	included map[string]bool
}

func newNginx(t *scan.Tree, r *scan.Report) *nginx {
	return &nginx{webFront: &webFront{t: t, r: r, program: "nginx"}, texts: map[string][]*directive{}, pools: map[string][]frontTarget{}, rates: map[string]string{}, included: map[string]bool{}}
}

// nginxLooks recognises the configuration of nginx: none of the others ends these with ; or {.
var nginxLooks = scan.MustCompile(`(?m)^\s*((server|http|events)\s*\{|upstream\s+\S+\s*\{|location\s+[^<>;]*\{|(server_name|proxy_pass|fastcgi_pass|uwsgi_pass|proxy_set_header|client_max_body_size|ssl_certificate|return\s+30\d|rewrite\s+\S+|add_header|limit_req|auth_basic)\s[^<]*;)`)

func (n *nginx) read(paths []string) {
	var order []string
	for _, p := range paths {
		text := n.t.Text(p, n.r)
		if strings.HasPrefix(text, "#!") || !strings.Contains(text, ";") || !nginxLooks.MatchString(withoutTemplate(text)) || n.forDevelopers(p) {
			continue
		}
		n.texts[p] = parseNginx(p, text)
		order = append(order, p)
	}
	n.findSites(order)
}

// findSites goes through the parsed files in their order.
func (n *nginx) findSites(order []string) {
	for _, p := range order {
		order = append(order, n.findIncludes(p, n.texts[p], 0)...)
	}
	clients := map[string]bool{}
	for _, p := range order {
		n.findPools(n.texts[p], 0)
		n.findRates(n.texts[p], clients, 0)
	}
	for _, p := range order {
		if n.included[p] {
			continue
		}
		around := &frontSite{file: p, line: 1, around: true}
		first := len(n.sites)
		n.sites = append(n.sites, around)
		n.walk(n.texts[p], nginxScope{site: around, from: p})
		if len(n.sites) == first+1 && len(around.places) > 0 { // the part of a site that is included elsewhere
			around.around = false
		}
	}
}

// findPools collects the upstreams of all files: a site may lead to those of another file.
func (n *nginx) findPools(list []*directive, depth int) {
	for _, d := range list {
		if d.name() != "upstream" || !d.opens {
			n.findPools(d.block, depth+1)
			continue
		}
		name := d.value()
		for _, member := range d.block {
			if member.name() != "server" || len(n.pools[name]) > 50 {
				continue
			}
			t := newFrontTarget(member.value(), member.file, member.line)
			t.pool = name
			n.pools[name] = append(n.pools[name], t)
		}
	}
}

// nginxScope is where a directive stands.
type nginxScope struct {
	site     *frontSite
	place    *frontPlace
	from     string // the file that is read, whatever it includes
	if_      bool   // below a condition
	included int
	under    conditions
	asked    bool // whose clients may ask is taken over
}

// at is the path of the place, "" for the whole site.
func (s nginxScope) at() string {
	if s.place == nil {
		return ""
	}
	return s.place.path
}

func (n *nginx) walk(list []*directive, s nginxScope) {
	for _, d := range list {
		switch name := d.name(); {
		case name == "server" && d.opens:
			inner := s
			inner.site, inner.place = &frontSite{file: d.file, line: d.line}, nil
			n.sites = append(n.sites, inner.site)
			inner.asked = n.addresses(d.block, inner)
			n.walk(d.block, inner)
		case name == "location" && d.opens:
			inner := s
			inner.place = newNginxPlace(d)
			inner.place.onlyFiles, inner.place.answers, inner.place.guards = onlyFiles(d.block), answersThere(d.block), holdsAny(d.block, "allow", "deny", "satisfy", "auth_basic", "auth_request")
			inner.place.nests = s.place != nil || slices.ContainsFunc(d.block, func(within *directive) bool { return within.name() == "location" })
			s.site.places = append(s.site.places, inner.place)
			n.standsIn(inner, func() {
				inner.asked = n.addresses(d.block, inner)
				n.walk(d.block, inner)
			})
		case name == "if" && d.opens:
			inner := s
			inner.if_, inner.under = true, s.under.and(conditionOf(d))
			n.walk(d.block, inner)
		case name == "limit_except" && d.opens:
			n.methods(d, s)
		case name == "upstream" && d.opens:
			n.pool(d, s)
		case name == "stream" && d.opens:
			s.site.say(d.file, d.line, "TCP is led on from here (stream): that is no gateway's work; let the service call where it leads")
		case name == "map" || name == "geo" || name == "types" || name == "events" || name == "split_clients":
		case name == "include":
			if p := n.includedFile(d.file, d.value()); p != "" && s.included < 5 {
				inner := s
				inner.included++
				n.walk(n.texts[p], inner)
			}
		case d.opens:
			n.walk(d.block, s)
		default:
			n.directive(d, s)
		}
	}
}

// standsIn does what is done for a place of a site, and remembers that it stands there.
func (n *nginx) standsIn(s nginxScope, do func()) {
	before := len(s.site.edges)
	do()
	for i := range s.site.edges[before:] {
		if e := &s.site.edges[before+i]; e.place == nil {
			e.place, e.within = s.place, s.place.line
		}
	}
}

func newNginxPlace(d *directive) *frontPlace {
	p := &frontPlace{path: d.value(), file: d.file, line: d.line}
	switch sign := d.value(); {
	case sign == "=" || sign == "^~":
		p.exact = sign == "="
		p.path = ""
		if len(d.words) > 2 {
			p.path = d.words[2]
		}
	case strings.HasPrefix(sign, "="):
		p.exact, p.path = true, sign[1:]
	case strings.HasPrefix(sign, "~"):
		p.regular, p.ignore = true, strings.HasPrefix(sign, "~*")
		p.path = strings.TrimLeft(d.rest(), "~* ")
	case strings.HasPrefix(sign, "@"):
		p.path, p.named = "/", true // what no file answers
	}
	return p
}

// leadTo takes a target of the place over. Where two locations are the same to a route, / and @name, the first counts.
func (n *nginx) leadTo(d *directive, s nginxScope, scheme string) {
	place := s.place
	if place == nil {
		place = &frontPlace{path: "/", file: d.file, line: d.line}
		s.site.places = append(s.site.places, place)
	}
	t := newFrontTarget(d.value(), d.file, d.line)
	if scheme != "" {
		t.scheme = scheme
	}
	if scheme == "fcgi" && place.regular && strings.Contains(place.path, "php") { // PHP answers what no file does
		place = &frontPlace{path: "/", file: d.file, line: d.line}
		s.site.places = append(s.site.places, place)
	}
	if pool := n.pools[t.host]; pool != nil && t.port == 0 {
		for _, member := range pool {
			member.scheme, member.path = t.scheme, t.path
			place.targets = append(place.targets, member)
		}
		return
	}
	place.targets = append(place.targets, t)
}
