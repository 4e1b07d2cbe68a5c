package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// firstPages are the index.php from the top down, in which order a site without composer.json begins at the first: those of
// a directory that is named for a document root before the others beside it.
func firstPages(paths []string) []string {
	var pages []string
	for _, name := range paths {
		if path.Base(name) == "index.php" {
			pages = append(pages, name)
		}
	}
	depth := func(name string) int {
		n := 2 * strings.Count(name, "/")
		if docroots[path.Base(path.Dir(name))] {
			n -= 3 // it is its parent that it makes a project
		}
		return n
	}
	sort.SliceStable(pages, func(a, b int) bool { return depth(pages[a]) < depth(pages[b]) })
	return pages
}

// docroots are the directories that a web server is pointed to, by custom.
var docroots = map[string]bool{"public": true, "web": true, "htdocs": true, "html": true, "www": true, "public_html": true, "docroot": true, "webroot": true, "httpdocs": true, "pub": true}

// includesAbove is what a page includes from above the directory of the pages.
var includesAbove = scan.MustCompile(`(?m)^[^/#*\n]*\b(?:require|include)(?:_once)?[\s(]+(?:(?:__DIR__|dirname\(__FILE__\))\s*\.\s*)?["']/?((?:\.\./)+)`)

// pagesOf is the directory of the project whose first page this is: the one above a document root, and the one that the page
// includes from.
func pagesOf(t *scan.Tree, page string) string {
	dir := path.Dir(page)
	if dir == "." {
		return dir
	}
	if docroots[path.Base(dir)] {
		return path.Dir(dir)
	}
	if m := includesAbove.FindStringSubmatch(t.Text(page, &scan.Report{})); m != nil {
		for range strings.Count(m[1], "../") {
			dir = path.Dir(dir)
		}
	}
	return dir
}

// reachUp are the first pages of the project that include from above their own directories, none below another.
func (p *phpProject) reachUp() []string {
	var pages []string
	for _, page := range firstPages(p.files) {
		below := slices.ContainsFunc(pages, func(above string) bool { return strings.HasPrefix(page, path.Dir(above)+"/") })
		if path.Dir(page) != p.dir && !below && strings.Count(relative(p.dir, page), "/") < 3 && !p.t.Aside(page) && includesAbove.MatchString(p.t.Text(page, p.r)) {
			pages = append(pages, page)
		}
	}
	return pages
}

var (
	servesRuby = scan.MustCompile(`(?m)^\s*gem\s+['"](?:rails|sinatra|rack|puma|unicorn|thin|passenger|hanami|padrino|grape|roda)['"]`)
	servesNode = scan.MustCompile(`"start"\s*:\s*"[^"\n]*\bnode(?:js)?\s`)
)

// besideOther says whether the pages lie beside a service in another language: a manifest that is only there for a front end
// or a tool, such as a Gemfile for stylesheets, is none where the pages have code of their own beside them.
func (p *phpProject) besideOther() bool {
	if p.manifest != "" || p.first(otherManifests...) == "" {
		return false
	}
	if !includesAbove.MatchString(p.t.Text(p.index, p.r)) {
		return true
	}
	service := ""
	for _, name := range otherManifests {
		file := p.first(name)
		switch {
		case file == "":
		case name == "Gemfile" && !servesRuby.MatchString(p.t.Text(file, p.r)):
		case name == "package.json" && !p.nodeServes(file):
		default:
			service = first(service, file)
		}
	}
	if service != "" {
		p.r.Note(p.index, 1, "pages in PHP beside the service of %s: they were left out; give them and what they include a directory of their own", service)
	}
	return service != ""
}

// nodeServes says whether a package.json is of a server.
func (p *phpProject) nodeServes(file string) bool {
	if servesNode.MatchString(p.t.Text(file, p.r)) {
		return true
	}
	pkg := readNodePackage(p.t, file, &scan.Report{})
	return pkg != nil && slices.ContainsFunc(nodeFrameworks, func(f struct{ dep, name string }) bool {
		_, ok := pkg.find(f.dep)
		return ok
	})
}

// findDocroot looks for the directory of the pages: one with an index.php that is named for it, or the project's own.
func (p *phpProject) findDocroot() {
	for _, root := range []string{"public", "web", "docroot", "webroot", "app/webroot", "htdocs", "public_html", "httpdocs", "html", "www", "pub"} {
		if index := p.first(root+"/index.php", root+"/app.php"); index != "" {
			p.docroot, p.index = root, index
			return
		}
	}
	if p.yiiDocroot() {
		return
	}
	if root, ok := p.composer.Extra.Scaffold.Locations["web-root"].(string); ok && p.composer.Type != "drupal-profile" {
		// Composer puts the pages of Drupal there when it installs it.
		if root = path.Clean(strings.TrimPrefix(root, "[project-root]/")); !path.IsAbs(root) && !strings.HasPrefix(root, "..") {
			p.docroot, p.index = root, p.manifest
			return
		}
	}
	if index := p.first("index.php"); index != "" {
		p.docroot, p.index = ".", index
		return
	}
	for _, dir := range []string{"src", "app", "api", "application", "site", "code", "frontend"} {
		for _, root := range sortedSet(docroots) {
			if index := p.first(dir + "/" + root + "/index.php"); index != "" && p.manifest != "" {
				p.docroot, p.index = dir+"/"+root, index
				return
			}
		}
	}
	switch pages := p.reachUp(); {
	case len(pages) == 1:
		p.docroot, p.index = relative(p.dir, path.Dir(pages[0])), pages[0]
	case len(pages) > 1:
		p.docroot, p.index = ".", pages[0]
		p.r.Note(pages[0], 1, "the first pages of several sites (%s) share what lies above them: the document root is the directory above; each answers below its own name", strings.Join(pages, ", "))
	}
}

// yiiDocroot looks for the pages of Yii that lie in the repository as its init finds them, or beside those for the staff.
func (p *phpProject) yiiDocroot() bool {
	if p.framework != "yii" {
		return false
	}
	for _, root := range []string{"web", "frontend/web"} {
		index := first(p.first(root+"/index.php"), p.t.YiiInstalled(p.dir, root+"/index.php"))
		if index == "" {
			continue
		}
		p.docroot, p.index = root, index
		if second := first(p.first("backend/web/index.php"), p.t.YiiInstalled(p.dir, "backend/web/index.php")); second != "" && root == "frontend/web" {
			p.r.Note(second, 1, "a second site of the same code: give it a service of its own in %s, with the document root backend/web", service.FileName)
		}
		return true
	}
	return false
}
