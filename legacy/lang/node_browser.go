package lang

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// browserDir are directories whose code usually runs in browsers.
var browserDir = scan.MustCompile(`(?i)^(client|frontend|front|web-?client)$`)

// inBrowserDir says whether a package lies in such a directory of code that counts.
func inBrowserDir(dir string) bool {
	return browserDir.MatchString(path.Base(dir)) && !notNodeSource.MatchString("/"+path.Dir(dir)+"/x")
}

// rendersPages says whether a package in a directory for browsers' code has a server of its own, that renders the pages: it
// is a service beside the one behind it.
func rendersPages(t *scan.Tree, file string) bool {
	if !inBrowserDir(path.Dir(file)) {
		return false
	}
	pkg := readNodePackage(t, file, &scan.Report{})
	if pkg == nil {
		return false
	}
	if _, ok := pkg.find("next", "nuxt", "nuxt3", "@remix-run/serve", "@sveltejs/adapter-node"); ok {
		return !staticExport.MatchString(pkg.Scripts["build"] + " " + pkg.Scripts["export"])
	}
	_, ok := pkg.find("express", "koa", "fastify", "hapi", "@hapi/hapi")
	return ok && serverScript.MatchString(pkg.Scripts["start"])
}

var (
	staticExport = scan.MustCompile(`\b(next export|nuxt generate)\b`)
	serverScript = scan.MustCompile(`^(NODE_ENV=\w+ +|cross-env (\w+=\S+ +)+)*(node|pm2(-runtime)? start) `)
)

// serverDir are directories of servers beside which one for browsers' code is a site of its own.
var serverDir = scan.MustCompile(`(?i)^(backend|back-?end|server|api)$`)

// besideServer says whether a package in a directory for browsers' code stands beside the one with the server's, where no
// image and no build of others takes what is made of it: it is deployed by itself, as files.
func besideServer(t *scan.Tree, file string, r *scan.Report) bool {
	dir := path.Dir(file)
	parent := path.Dir(dir)
	if !inBrowserDir(dir) {
		return false
	}
	if pkg := readNodePackage(t, file, &scan.Report{}); pkg == nil || !buildsPages.MatchString(pkg.Scripts["build"]+" && "+pkg.Scripts["build:prod"]) {
		return false // a client of the server's protocol
	}
	beside := false
	for _, p := range t.Below(parent) {
		if at := path.Dir(p); path.Dir(at) == parent && serverDir.MatchString(path.Base(at)) && !beside {
			beside = t.Module(at) != ""
		}
	}
	if !beside {
		return false
	}
	by, line := takes(t, dir)
	if line > 0 {
		r.Note(by, line, "the pages that %s builds are served from here: an image of the server alone has none of them; write a Dockerfile that builds both, and name it in build.dockerfile in %s", dir, service.FileName)
	}
	return by == ""
}

// takes finds the file beside a directory of pages that takes what is built there: an image's or another build's, or the line of
// a server's code that serves it.
func takes(t *scan.Tree, dir string) (file string, line int) {
	parent := path.Dir(dir)
	served := regexp.MustCompile(`(?:^|[^\w-])` + regexp.QuoteMeta(path.Base(dir)) + `['"]?(?:/|,\s*['"])(?:build|dist|public|out)\b`)
	for _, p := range t.Below(parent) {
		switch {
		case strings.HasPrefix(p, dir+"/"):
		case takesSites.MatchString(p) && namesDir(t.Text(p, &scan.Report{}), path.Base(dir)):
			return p, 0
		case servesSites.MatchString(strings.TrimPrefix(p, parent+"/")):
			if line := scan.LineOf(t.Text(p, &scan.Report{}), served); line > 0 {
				return p, line
			}
		}
	}
	return "", 0
}

var (
	bundlesOf   = scan.MustCompile(`^(?:webpack|vite|vue|rollup|angular|\.angular-cli|gulpfile)[\w.-]*$`)
	writesAbove = scan.MustCompile(`["'](?:\./)?\.\.(?:/|["'])`)
)

// noteForBrowsers says of pages beside a service that nothing tells who serves them.
func noteForBrowsers(t *scan.Tree, file string, r *scan.Report) {
	dir := path.Dir(file)
	if !inBrowserDir(dir) || t.Module(path.Dir(dir)) == "" || t.First(dir, "Dockerfile") != "" {
		return
	}
	pkg := readNodePackage(t, file, &scan.Report{})
	if pkg == nil || !buildsPages.MatchString(pkg.Scripts["build"]) {
		return
	}
	if own := readNodePackage(t, path.Join(path.Dir(dir), "package.json"), &scan.Report{}); own != nil {
		for _, script := range own.Scripts {
			if namesDir(script, path.Base(dir)) {
				return
			}
		}
	}
	for _, p := range t.Below(dir) {
		if path.Dir(p) == dir && bundlesOf.MatchString(path.Base(p)) && writesAbove.MatchString(t.Text(p, &scan.Report{})) {
			return
		}
	}
	recipes := t.First(path.Dir(dir), "Makefile", "GNUmakefile")
	if by, _ := takes(t, dir); by == "" && (recipes == "" || !namesDir(t.Text(recipes, &scan.Report{}), path.Base(dir))) {
		r.Note(file, pkg.scriptLine("build"), "pages for browsers, and nothing says who serves what is built of them: build them into the image of the service, or give them one of their own in %s (dir: %s)", service.FileName, dir)
	}
}

// servesSites are the first files of a server's code, which may serve the built files of the site beside it.
var servesSites = scan.MustCompile(`(?i)^(backend|back-?end|server|api)/(?:(?:src|app|config)/)?[\w.-]+\.(?:[cm]?[jt]s|py|rb|php|go)$`)

// namesDir says whether a path in a text has a directory of this name.
func namesDir(text, name string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("-_.", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), name)
}

// takesSites are files by which an image or another build takes the files of a site.
var takesSites = scan.MustCompile(`(?i)(^|/)(([\w.-]*\.)?dockerfile[\w.-]*|pom\.xml|build\.gradle(\.kts)?|build\.sbt|[\w.-]+\.csproj|mix\.exs)$`)
