package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// frontFileName is what the name of the file calls the service.
func frontFileName(file string) string {
	name, _, _ := strings.Cut(unitFile(file), ".conf")
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".cfg"), ".vhost"), ".nginx")
	if own := webServersPart.ReplaceAllString(name, ""); own != "" {
		return own
	}
	return name
}

// webServersPart is what stands behind a service's name in that of a file for the web server: shop_extra_nginx_config.
var webServersPart = scan.MustCompile(`(?i)([-_]extra)?[-_](nginx|apache2?|httpd)([-_](extra|conf|config|vhost|site))*$`)

// frontNames are names of files and directories that say what a file is for, not which service it is about.
var frontNames = scan.MustCompile(`(?i)^(\d+[-_])?(nginx([-_]?plus)?|apache2?|httpd|haproxy|default|vhosts?|sites?|ssl|https?|proxy|locations?|upstreams?|common|includes?|main|server|templates?|files|etc|conf|config|conf\.d|vhosts?\.d|http\.d|sites-(available|enabled)|snippets|modules?|roles|cookbooks|deploy|ops|web|production|staging|docker|manifests|app)([-_.](vhosts?|default|ssl|conf|extra.*|nginx|common))*$`)

// dataFile are files of which the name says nothing of the sites in them.
var dataFile = scan.MustCompile(`\.(ya?ml|sls|eyaml)$`)

// about are the names by which what is behind a site may be known.
func (f *webFront) about(s *frontSite) []string {
	var names []string
	add := func(name string) {
		if name != "" && !strings.ContainsAny(name, "$*~^\\"+filledIn) && !sharedUsers[name] && len(names) < 12 {
			names = append(names, name)
		}
	}
	if main := s.main(); main != nil {
		for _, t := range main.targets {
			if t.container() {
				add(t.host)
			}
			add(t.pool)
			add(t.socket)
		}
	}
	for _, h := range s.hosts {
		for _, name := range siteNames(h.text) {
			add(name)
		}
	}
	for _, name := range s.names {
		add(name)
	}
	for _, root := range s.roots {
		add(root.text)
	}
	if dataFile.MatchString(s.file) {
		return names
	}
	if name := frontFileName(s.file); !frontNames.MatchString(name) {
		add(name)
	}
	for dir, n := path.Dir(s.file), 0; dir != "." && dir != "/" && n < 6; dir, n = path.Dir(dir), n+1 {
		if base := path.Base(dir); !frontNames.MatchString(base) && !strings.HasPrefix(base, "@") {
			add(strings.TrimSuffix(strings.TrimSuffix(base, "_nginx"), "-nginx"))
			break
		}
	}
	if len(names) == 0 {
		names = []string{frontFileName(s.file)}
	}
	return names
}

// ordinaryHost is a first label of host names that says nothing of the service.
var ordinaryHost = scan.MustCompile(`^(www\d*|api|app|web|m|mobile|my|portal|static|assets|cdn|staging|stage|beta|test|secure|old|new)$`)

// siteNames are the words by which a site's name speaks of a service: the name itself, its first label, and where that is
// an ordinary one, the next.
func siteNames(host string) []string {
	host = strings.TrimPrefix(strings.TrimPrefix(host, "*."), ".")
	host, _, _ = strings.Cut(host, ":")
	if noSite.MatchString(host) {
		return nil
	}
	labels := strings.Split(host, ".")
	names := []string{host, labels[0]}
	if len(labels) > 2 && ordinaryHost.MatchString(labels[0]) {
		names = []string{host, labels[1]}
	}
	return names
}
