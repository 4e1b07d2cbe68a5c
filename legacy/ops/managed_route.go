package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	routeName = scan.MustCompile(`^((app|site|public|external|full|virtual)_)?(fqdn|server_?names?|server_?alias(es)?|vhosts?|vhost_?(names?|alias(es)?|full)|host_?names?|alias(es)?)$|^domain(_?names?|s)?$`)
	labelName = scan.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	routeKind = scan.MustCompile(`vhost|virtual_?host|nginx::resource::server|nginx_site|web_app|apache_site|::site$|(^|::)server$`)
	hostName  = scan.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
	localName = scan.MustCompile(`(^|\.)(localhost|localdomain|local|dev|test|example|invalid|internal|lan|vm|localnet|gov\.uk\.local)$|(^|\.)(dev|development|vagrant|lo|local)\.`)
)

// routes takes over the names under which the service is reached from outside.
func (g *meaning) routes(m *managed) int {
	if g.is(infrastructure, m.kind) && !g.is(routeKind, m.kind) {
		return 0
	}
	took := 0
	whole := g.labelled(m)
	for _, name := range m.sortedNames() {
		if whole && strings.HasPrefix(name, "domain") {
			continue
		}
		if !g.is(routeName, name) || strings.HasPrefix(name, "alias") && !g.is(routeKind, m.kind) || strings.HasPrefix(name, "host") && !g.is(routeKind, m.kind) {
			continue
		}
		for _, item := range m.attrs.of(name).items() {
			if g.route(m, item, "", m.says(name)) {
				took++
			}
		}
	}
	return took
}

// labelled puts a virtual host's name and the domain together where they are given apart: shop and example.com.
func (g *meaning) labelled(m *managed) bool {
	label, domain := m.attr("vhost_full", "vhost", "vhost_name", "host_name", "subdomain"), m.attr("domain", "domain_name", "app_domain", "base_domain")
	if !labelName.MatchString(label.plain()) || !hostName.MatchString(domain.plain()) {
		return label.kind != valueUndef && !strings.Contains(label.text, ".")
	}
	v := joined([]managedValue{label, textValue(".", "", 0), domain}, label.file, label.line)
	g.route(m, v, "", "vhost and domain of "+m.kind+" "+titleForNote(m))
	return true
}

// route claims one host name with a path of it; those of developers' machines are none.
func (g *meaning) route(m *managed, v managedValue, at, says string) bool {
	took := false
	for _, host := range strings.Fields(strings.ToLower(v.plain())) {
		if !hostName.MatchString(host) || localName.MatchString(host) || g.environment == "" && v.environment != "" && v.environment != "production" || fileEnding.MatchString(host) {
			continue
		}
		if g.environment != "" && v.environment != g.environment {
			continue
		}
		f := m.finding()
		f.Environment = g.environment
		f.Service = service.Service{Routes: []service.Route{{Host: host, Path: at}}}
		g.claim(m, f, v, "route "+host+at, scan.Declared, says)
		took = true
	}
	return took
}

// fileEnding are endings of files, which look like the last part of a name.
var fileEnding = scan.MustCompile(`\.(conf|cfg|erb|epp|html|php|py|rb|sh|service|socket|yml|yaml|json|log|pid|sock|jar|war)$`)

var upstreamAddress = scan.MustCompile(`^(?:https?://)?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0):(\d{2,5})(/.*)?$`)

// virtualHost understands a web server's site in front of the service: its names, and the port behind it. What else it
// says stays a note: the gateway has to keep it.
func (g *meaning) virtualHost(m *managed) bool {
	if !g.is(routeKind, m.kind) || m.inner {
		return false
	}
	if m.kind == "apache::vhost" && m.redirectsAll() {
		g.told++ // where to is said with the site
		return true
	}
	took := g.routes(m)
	if hostName.MatchString(m.title) && g.route(m, textValue(m.title, m.file, m.line), "", "title of "+m.kind) {
		took++
	}
	for _, name := range []string{"proxy", "proxy_pass", "proxy_target", "backend", "upstream", "target"} {
		v := m.attrs.of(name)
		match := upstreamAddress.FindStringSubmatch(v.plain())
		if match == nil || g.environment != "" {
			continue
		}
		port := textValue(match[1], "", 0).number()
		if !validPort(port) {
			continue
		}
		f := m.finding()
		f.Service = service.Service{Port: port}
		g.claim(m, f, v, "port "+match[1], scan.Convention, m.says(name))
		took++
	}
	if took > 0 && !sitePart.MatchString(m.kind) {
		g.leaveSettings(m)
	}
	return took > 0
}

// sites takes over the names of a web server's sites that only a filled template shows. What else such a file says is read
// in the template itself.
func (g *meaning) sites(m *managed, text, file string) {
	sites := sitesIn(g.t, file, text)
	scope(sites, func(*frontSite) []*frontSite { return sites })
	for _, s := range sites {
		g.moves(m, s, file)
		g.parts(m, s, file)
		for _, v := range s.settings {
			if !strings.ContainsAny(v.text, "$%") {
				g.setting(m, m.finding(), v.name, m.written(v.text, file, v.line))
			}
		}
		for _, at := range s.led() {
			for _, h := range s.hosts {
				g.route(m, m.written(h.text, file, h.line), at, "site "+titleForNote(m))
			}
		}
	}
	key := file + "\n" + strings.Join(m.about(), "\n")
	if g.environment == "" && file != "" && !g.fronts[key] && len(g.fronts) < maxFronts && (!siteFile(file) || m.attr("content").scope != nil && !saysWhose(file, m)) {
		g.fronts[key] = true
		g.front(m, file)
	}
}

// siteFile says of a file that those find it who look for the sites of web servers.
func siteFile(file string) bool {
	return webServerFile(file, "nginx") || webServerFile(file, "apache") || webServerFile(file, "httpd")
}

// saysWhose says of the template of a site that its path alone tells whom the site is for: not one that is filled for many.
func saysWhose(file string, m *managed) bool {
	names := m.about()
	return namedIn(file, names) || slices.ContainsFunc(names, func(name string) bool { return plainLabel(frontFileName(file)) == plainLabel(name) })
}

// maxFronts bounds how often templates of sites are read, each for what its site is about.
const maxFronts = 300

// siteDir is where the sites of a web server lie.
var siteDir = scan.MustCompile(`^/etc/(nginx|apache2|httpd)/(sites-available|vhosts?(\.d)?|conf\.d)/[^/]+$`)

// holdsSite says of a part of a resource that is a site of a web server, in an organisation's own words, that it is the file
// with the site in it.
func (g *meaning) holdsSite(m, of *managed) bool {
	return (m.kind == "apache::vhost" || lastSegment(m.kind) == "file" && siteDir.MatchString(m.title)) && makesSite(of.kind)
}

// makesSite says of a kind of resource that it is a site of a web server in an organisation's own words: what those of the well-known
// modules mean is read from their settings.
func makesSite(kind string) bool {
	return !sitePart.MatchString(kind) && webServerKind.MatchString(kind) && routeKind.MatchString(kind)
}

var webServerKind = scan.MustCompile(`nginx|apache|httpd`)

// siteTemplate reads the template of a resource that makes a site of it.
func (g *meaning) siteTemplate(m *managed) {
	if !siteResource.MatchString(m.kind) || m.attrs.of("content").template == nil {
		return
	}
	program := "apache2"
	if strings.HasPrefix(m.kind, "nginx") {
		program = "nginx"
	}
	g.content(m, "/etc/"+program+"/sites-available/"+m.title)
}

// moves takes over the redirects of a site that only a filled template shows.
func (g *meaning) moves(m *managed, s *frontSite, file string) {
	if g.environment != "" || s.otherEnvironment() {
		return
	}
	leads := len(s.led()) > 0
	for _, e := range s.edges {
		if !e.move {
			continue
		}
		if r := &e.edge.Redirects[0]; !leads && r.Host == "" {
			if r.Host = firstHost(s.hosts); r.Host == "" {
				continue
			}
		}
		v := m.written(e.edge.Redirects[0].String(), file, e.remark.line)
		if v.open || v.secret {
			continue
		}
		f := m.finding()
		f.Service = service.Service{Edge: &e.edge}
		g.claim(m, f, v, "redirect "+v.text, scan.Declared, "site "+titleForNote(m))
	}
}

// led are the paths of a site that lead somewhere: the whole of it where nothing else is known, none where all of it leads
// to another one.
func (s *frontSite) led() []string {
	var paths []string
	for _, p := range s.places {
		if at := strings.TrimRight(p.path, "/"); len(p.targets) > 0 && !p.regular && !strings.ContainsAny(at, "$"+filledIn) && !slices.Contains(paths, at) {
			paths = append(paths, at)
		}
	}
	if slices.Contains(paths, "") || len(paths) == 0 && !s.leaves() && len(s.moves) == 0 {
		return []string{""}
	}
	return paths
}

// front reads the template of a site whose name says nothing of a web server to those who look for such files.
func (g *meaning) front(m *managed, file string) {
	text := g.t.Text(file, quietly())
	if value := m.attr("content").scope; value != nil && !strings.HasSuffix(file, ".epp") { // which is Puppet's language, not Ruby
		var unsure int
		if text, unsure = certain(text, value); unsure > 0 {
			g.noteFor(m.about(), "parts of templates for a web server are left out, as whether their conditions hold is not known", path.Base(file), file, unsure)
		}
	}
	switch plain := withoutTemplate(text); {
	case nginxLooks.MatchString(plain):
		n := newNginx(g.t, g.r)
		n.texts[file] = parseNginx(file, text)
		n.findSites([]string{file})
		n.meant(m.about())
		n.rest(n.texts)
	case apacheLooks.MatchString(plain):
		a := newApache(g.t, g.r)
		texts := map[string][]*directive{file: apacheLines(file, text)}
		a.findSites([]string{file}, texts)
		a.meant(m.about())
		a.rest(texts)
	}
}

// meant reports sites of which another source knows whom they are for.
func (f *webFront) meant(names []string) {
	for _, s := range f.sites {
		s.names = append(s.names, names...)
	}
	f.report()
}
