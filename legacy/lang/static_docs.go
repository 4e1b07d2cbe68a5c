package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Documentation generators in Python and Middleman. Many a library or service has such files for its manual, so a
// repository counts as a site only where it holds no other code.
var (
	mkdocsTheme  = scan.MustCompile(`(?m)^theme:[ \t]*(?:\n(?:[ \t]+.*\n){0,20}?[ \t]+name:[ \t]*)?["']?([\w-]+)`)
	mkdocsSite   = scan.MustCompile(`(?m)^site_dir:\s*["']?([\w./-]+)`)
	mkdocsName   = scan.MustCompile(`(?m)^(site_name|nav|theme|docs_dir)\s*:`)
	sphinxConf   = scan.MustCompile(`(?m)^(extensions|html_theme|master_doc|root_doc|project)\s*=`)
	sphinxTheme  = scan.MustCompile(`(?m)^html_theme\s*=\s*["'](\w+)["']`)
	middlemanGem = scan.MustCompile(`(?m)^\s*gem\s+['"](middleman|govuk_tech_docs)['"]`)
	middlemanOut = scan.MustCompile(`(?m)^\s*(?:set\s+:build_dir,|config\[:build_dir\]\s*=)\s*["']([\w./-]+)["']`)
	pelicanConf  = scan.MustCompile(`(?m)^(SITENAME|SITEURL)\s*=`)
	pelicanRoot  = scan.MustCompile(`(?m)^(?:PATH|OUTPUT_PATH)\s*=\s*["']([\w./-]+)["']`)

	// manual are files that a site of documentation has beside its text.
	manual    = scan.MustCompile(`(^|/)(requirements[\w-]*\.txt|package\.json)$|(?i)(^|/)(docs?|hooks?|scripts?|tools?|utils|overrides|macros|plugins|extensions|themes?|ci|bin|source|content|helpers|_\w+|\.\w+)/.*\.(py|php|go|jsp|cgi)$|^(conf|publishconf|pelicanconf|hooks?|macros|main|noxfile|tasks|fabfile)\.py$`)
	pyproject = scan.MustCompile(`(?i)\b(mkdocs|sphinx|pelican)\b`)
)

// onlyText says whether a repository holds no code but what belongs to its site.
func onlyText(t *scan.Tree, paths []string) bool {
	for _, p := range paths {
		if !isCode(p) || manual.MatchString(p) {
			continue
		}
		if path.Base(p) != "pyproject.toml" {
			return false
		}
		if text, err := t.Read(p); err != nil || !pyproject.MatchString(string(text)) {
			return false
		}
	}
	return true
}

// documentation says whether a file is the configuration of a generator of documentation.
func documentation(t *scan.Tree, r *scan.Report, p string) (site, bool) {
	dir, text := path.Dir(p), t.Text(p, r)
	s := site{dir: dir, file: p}
	switch path.Base(p) {
	case "mkdocs.yml", "mkdocs.yaml":
		s.tool, s.out, s.line, s.why = "mkdocs", "site", scan.LineOf(text, mkdocsName), "a site that MkDocs makes"
		if m := mkdocsSite.FindStringSubmatch(text); m != nil {
			s.out = path.Clean(m[1])
		}
		theme := "mkdocs"
		if m := mkdocsTheme.FindStringSubmatch(text); m != nil && m[1] != "mkdocs" && m[1] != "readthedocs" && m[1] != "null" {
			theme = "mkdocs-" + m[1]
		}
		s.requirements(t, theme)
	case "conf.py":
		s.tool, s.out, s.line, s.why = "sphinx", "_build/html", scan.LineOf(text, sphinxConf), "a site that Sphinx makes"
		source := "."
		if base := path.Base(dir); base == "source" || base == "src" {
			s.dir, source = path.Dir(dir), base
		}
		s.command = []string{"sphinx-build", "-b", "html", source, s.out}
		s.requirements(t, "sphinx")
		if m := sphinxTheme.FindStringSubmatch(text); m != nil && len(s.files) == 0 && m[1] != "alabaster" && m[1] != "classic" {
			s.install = append(s.install, strings.ReplaceAll(m[1], "_", "-"))
		}
		if t.First(dir, "index.rst", "index.md") == "" {
			return s, false
		}
	case "pelicanconf.py":
		s.tool, s.out, s.line, s.why = "pelican", "output", scan.LineOf(text, pelicanConf), "a site that Pelican makes"
		content := "content"
		if m := pelicanRoot.FindStringSubmatch(text); m != nil {
			content = m[1]
		}
		s.command = []string{"pelican", content, "-o", s.out, "-s", "pelicanconf.py"}
		if t.Has(path.Join(dir, "publishconf.py")) {
			s.command[len(s.command)-1] = "publishconf.py"
		}
		s.requirements(t, "pelican[markdown]")
	default:
		return s, false
	}
	return s, s.line > 0
}

// requirements are what the generator is installed from: a file that says so, or the packages themselves.
func (s *site) requirements(t *scan.Tree, packages string) {
	for _, name := range []string{"requirements.txt", "docs/requirements.txt", "requirements-docs.txt", "requirements/docs.txt"} {
		if t.Has(path.Join(s.dir, name)) {
			s.files = []string{name}
			return
		}
	}
	s.install = []string{packages}
}

// middleman says whether a Gemfile and a config.rb are those of Middleman.
func middleman(t *scan.Tree, r *scan.Report, p string) (site, bool) {
	dir := path.Dir(p)
	s := site{dir: dir, file: path.Join(dir, "Gemfile"), tool: "middleman", out: "build", why: "a site that Middleman makes"}
	if !t.Has(s.file) {
		return s, false
	}
	s.line = scan.LineOf(t.Text(s.file, r), middlemanGem)
	if m := middlemanOut.FindStringSubmatch(t.Text(p, r)); m != nil {
		s.out = path.Clean(m[1])
	}
	for _, name := range []string{"Gemfile", "Gemfile.lock"} {
		if t.Has(path.Join(dir, name)) {
			s.files = append(s.files, name)
		}
	}
	s.version = siteRuby(t, r, dir)
	return s, s.line > 0 && (t.HasDir(path.Join(dir, "source")) || t.Has(path.Join(dir, "config/tech-docs.yml")))
}

// siteRuby is the Ruby that a generator of sites is said to run on.
func siteRuby(t *scan.Tree, r *scan.Report, dir string) javaValue {
	for _, src := range rubyVersions {
		if file := t.First(dir, src.file); file != "" && src.rank == scan.Declared {
			if found := findSome(t.Text(file, r), src.re); len(found) > 0 {
				return javaValue{found[0].Groups[1], file, found[0].Line}
			}
		}
	}
	return javaValue{}
}

// makesSite says whether the packages of a project in Python are there to make a site of documentation.
func makesSite(t *scan.Tree, dir string, deps *pythonDeps) bool {
	if dep, ok := deps.find("mkdocs", "mkdocs-material", "sphinx", "pelican"); !ok || dep.name == "" {
		return false
	}
	return t.First(dir, "mkdocs.yml", "mkdocs.yaml", "conf.py", "source/conf.py", "pelicanconf.py") != ""
}

// reportMade reports what makes the files beside what every site has.
func (s site) reportMade(r *scan.Report) {
	if len(s.command)+len(s.install) > 0 {
		r.Find(scan.Finding{Dir: s.dir, Service: service.Service{Build: &service.Build{Command: s.command, Install: s.install}}}, s.file, s.line, scan.Convention, "how "+s.tool+" is called")
	}
	if v := s.version; v.text != "" {
		r.Find(scan.Finding{Dir: s.dir, Service: service.Service{Version: v.text}}, v.file, v.line, scan.Declared, "")
	}
}
