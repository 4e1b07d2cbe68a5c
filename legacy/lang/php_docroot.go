package lang

import (
	"path"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
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

// reachesUp is the first page of the project that includes from above its own directory, "" for none.
func (p *phpProject) reachesUp() string {
	for _, page := range firstPages(p.files) {
		if path.Dir(page) != p.dir && strings.Count(relative(p.dir, page), "/") < 3 && !p.t.Aside(page) && includesAbove.MatchString(p.t.Text(page, p.r)) {
			return page
		}
	}
	return ""
}

// findDocroot looks for the directory of the pages: one with an index.php that is named for it, or the project's own.
func (p *phpProject) findDocroot() {
	for _, root := range []string{"public", "web", "docroot", "webroot", "app/webroot", "htdocs", "public_html", "httpdocs", "html", "www", "pub"} {
		if index := p.first(root+"/index.php", root+"/app.php"); index != "" {
			p.docroot, p.index = root, index
			return
		}
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
	if index := p.reachesUp(); index != "" {
		p.docroot, p.index = relative(p.dir, path.Dir(index)), index
	}
}
