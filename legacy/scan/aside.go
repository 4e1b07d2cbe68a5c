package scan

import (
	"path"
	"strings"
)

// aside are directories whose code is about the service but is not the service.
var aside = map[string]bool{
	"test": true, "tests": true, "testing": true, "itest": true, "itests": true, "testdata": true, "__tests__": true, "spec": true, "specs": true, "fixtures": true,
	"t": true, "xt": true, // Perl's tests
	"e2e": true, "cypress": true, "playwright": true, "features": true, "mocks": true, "__mocks__": true,
	"doc": true, "docs": true, "documentation": true, "tech-docs": true, "tech_docs": true, "api-docs": true, "api_docs": true, "example": true, "examples": true, "sample": true, "samples": true,
	"demo": true, "demos": true, "benchmark": true, "benchmarks": true,
}

// Aside says whether a path lies below a directory of tests, documentation or examples. What lies below src/main is
// named by packages (com.example.shop), not by what it is for.
func (t *Tree) Aside(name string) bool {
	dir := path.Dir(name)
	beside, known := t.beside[dir]
	if !known {
		if t.beside == nil {
			t.beside = map[string]bool{}
		}
		beside = t.asideDir(dir)
		t.beside[dir] = beside
	}
	return beside
}

func (t *Tree) asideDir(dir string) bool {
	if i := strings.Index("/"+dir+"/", "/src/main/"); i >= 0 {
		dir = dir[:max(i-1, 0)]
	}
	parts := strings.Split(dir, "/")
	for i, p := range parts {
		if p = strings.ToLower(p); (aside[p] || asideName(p)) && !(t.shown && showCases[p]) && !t.servesDocs(parts[:i+1]) {
			return true
		}
	}
	return false
}

// servesDocs says whether a directory called docs is what a web server shows, as www/docs/index.php tells, and no manual.
func (t *Tree) servesDocs(dir []string) bool {
	last := len(dir) - 1
	return last > 0 && dir[last] == "docs" && webRoots[dir[last-1]] && t.known[strings.Join(dir, "/")+"/index.php"]
}

var webRoots = map[string]bool{"www": true, "web": true, "htdocs": true, "public_html": true, "wwwroot": true, "webroot": true}

// showCases are those directories beside the service that hold services themselves, for show.
var showCases = map[string]bool{"example": true, "examples": true, "sample": true, "samples": true, "demo": true, "demos": true}

// ShowCases says that what lies below examples, samples and demos counts from now on, since there is no other code. It is
// false where nothing lies there.
func (t *Tree) ShowCases() bool {
	t.images, t.beside, t.chosen = nil, nil, nil
	for _, name := range t.files {
		for _, p := range strings.Split(path.Dir(name), "/") {
			t.shown = t.shown || showCases[strings.ToLower(p)]
		}
	}
	return t.shown
}

// asideName recognises modules that test the others from outside: integration-tests, shop-it, shop-selenium, test-images.
func asideName(dir string) bool {
	for _, word := range []string{"integrationtest", "integration-test", "integration_test", "acceptance-test", "functional-test", "selenium", "load-test", "loadtest"} {
		if strings.Contains(dir, word) {
			return true
		}
	}
	return strings.HasPrefix(dir, "test-") || strings.HasSuffix(dir, "-it") || strings.HasSuffix(dir, "-e2e") || strings.HasSuffix(dir, "-tests")
}
