package lang

import (
	"cmp"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Static reads sites that are nothing but files: those that Jekyll, Hugo, Middleman, MkDocs, Sphinx or Pelican make, and
// plain HTML. What Node.js builds is Node's reader's.
func Static() scan.Reader {
	return scan.Reader{Name: "static", Wants: wantsStatic, Read: readStatic}
}

func wantsStatic(p string) bool { return isCode(p) || staticFile.MatchString(p) }

// isCode says whether a file is of a program: its manifest, or code in a language that can do without one.
func isCode(p string) bool {
	switch ext := path.Ext(p); ext {
	case ".csproj", ".php", ".py", ".go", ".jsp", ".cgi", ".psgi", ".pm":
		return path.Base(p) != ext
	}
	return manifest.MatchString(p)
}

var staticFile = scan.MustCompile(`(^|/)(_config\.ya?ml|Staticfile|(hugo|config)\.(toml|ya?ml|json)|mkdocs\.ya?ml|config\.rb|Gemfile)$|^(public/|site/|www/|htdocs/|html/|src/)?index\.html?$`)

var (
	manifest    = scan.MustCompile(`(^|/)(package\.json|requirements\.txt|pyproject\.toml|go\.mod|pom\.xml|build\.gradle(\.kts)?|build\.sbt|composer\.json|mix\.exs|Cargo\.toml|cpanfile)$`)
	hugoBase    = scan.MustCompile(`(?mi)^\s*"?baseURL"?\s*[=:]`)
	jekyllWords = scan.MustCompile(`(?m)^\s*(permalink|markdown|kramdown|plugins|gems|theme|remote_theme|baseurl|paginate|highlighter|collections)\s*:`)
	jekyllGem   = scan.MustCompile(`(?m)^\s*gem\s+['"](jekyll|github-pages)['"]`)
)

func readStatic(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := map[string]bool{}
	code := false
	text := onlyText(t, paths)
	for _, p := range paths {
		code = code || isCode(p)
		s, ok := generatedSite(t, r, p)
		if !ok && text {
			s, ok = documentation(t, r, p)
		}
		if ok && !dirs[s.dir] {
			dirs[s.dir] = true
			s.report(r)
			s.reportAssets(t, r)
		}
	}
	if code || len(dirs) > 0 {
		return // an index.html beside code is a part of that
	}
	if s, ok := served(t, r, paths); ok {
		s.report(r)
	}
}

var staticRoot = scan.MustCompile(`(?m)^root:\s*["']?([\w./-]+)`)

// served is a site whose files stand in the repository: where a Staticfile, which Cloud Foundry's and other builders read, has
// them, or beside an index.html.
func served(t *scan.Tree, r *scan.Report, paths []string) (site, bool) {
	if text := t.Text(t.First(".", "Staticfile"), r); text != "" {
		if m := staticRoot.FindStringSubmatch(text); m != nil && t.HasDir(path.Clean(m[1])) {
			return site{dir: ".", file: "Staticfile", line: scan.LineOf(text, staticRoot), out: path.Clean(m[1]), why: "the root of the web server"}, true
		}
	}
	for _, p := range paths {
		if base := path.Base(p); base == "index.html" || base == "index.htm" {
			return site{dir: ".", file: p, line: 1, out: path.Dir(p), why: "plain HTML"}, true
		}
	}
	return site{}, false
}

// site is one directory that files are made from.
type site struct {
	dir, file string
	line      int
	tool, out string
	files     []string
	why       string
	command   []string // that makes the files, where the tool does not say all
	install   []string // packages that bring the tool
	version   javaValue
}

// generatedSite says whether a file is the configuration of a generator of sites.
func generatedSite(t *scan.Tree, r *scan.Report, p string) (site, bool) {
	dir, base := path.Dir(p), path.Base(p)
	s := site{dir: dir, file: p}
	switch {
	case base == "config.rb":
		return middleman(t, r, p)
	case strings.HasPrefix(base, "_config."):
		s.tool, s.out, s.line, s.why = "jekyll", "_site", scan.LineOf(t.Text(p, r), jekyllWords), "a site that Jekyll makes"
		gems := path.Join(dir, "Gemfile")
		gem := t.Has(gems) && jekyllGem.MatchString(t.Text(gems, r))
		if !gem && (s.line == 0 || len(t.Below(path.Join(dir, "_layouts")))+len(t.Below(path.Join(dir, "_posts"))) == 0) {
			return s, false
		}
		for _, name := range []string{"Gemfile", "Gemfile.lock"} {
			if t.Has(path.Join(dir, name)) {
				s.files = append(s.files, name)
			}
		}
		if gem {
			s.version = siteRuby(t, r, dir)
		}
	case strings.HasPrefix(base, "hugo.") || strings.HasPrefix(base, "config."):
		s.tool, s.out, s.line, s.why = "hugo", "public", scan.LineOf(t.Text(p, r), hugoBase), "a site that Hugo makes"
		if s.line == 0 || len(t.Below(path.Join(dir, "content"))) == 0 {
			return s, false
		}
	default:
		return s, false
	}
	s.line = max(s.line, 1)
	return s, true
}

func (s site) report(r *scan.Report) {
	find := func(claims service.Service, rank scan.Rank, why string) {
		r.Find(scan.Finding{Dir: s.dir, Service: claims}, s.file, s.line, rank, why)
	}
	find(service.Service{Language: "static", Framework: cmp.Or(s.tool, "static")}, scan.Declared, s.why)
	find(service.Service{Build: &service.Build{Tool: s.tool, Files: s.files, Artifact: s.out}}, scan.Declared, s.why)
	s.reportMade(r)
	find(service.Service{Command: []string{"nginx", "-g", "daemon off;"}}, scan.Convention, "files, served by nginx")
	find(service.Service{Port: 8080}, scan.Convention, "the port of the unprivileged nginx that serves the files")
}
