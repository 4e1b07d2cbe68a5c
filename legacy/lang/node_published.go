package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// hostsOfPages are the files by which hosts of front ends know where the files are that a package builds.
var hostsOfPages = []struct {
	file string
	out  *scan.Pattern
}{
	{"netlify.toml", scan.MustCompile(`(?m)^\s*publish\s*=\s*["'](?:\./|/)?([\w.-]+(?:/[\w.-]+)*)/?["']`)},
	{"amplify.yml", scan.MustCompile(`(?m)^\s*baseDirectory:\s*["']?/?([\w.-]+(?:/[\w.-]+)*)/?["']?\s*$`)},
}

var (
	hostsScript = scan.MustCompile(`\b(?:npm\s+run|yarn(?:\s+run)?|pnpm(?:\s+run)?)\s+((?:build|prod|generate|deploy)[\w:.-]*)`)
	// hostsOther is a file that is about another directory, or about pages for developers.
	hostsOther = scan.MustCompile(`(?m)^\s*base\s*=|^\s*(?:-\s*)?appRoot:|(?i)storybook|styleguide|coverage`)
)

// published reports a front end whose files a host such as Netlify or Amplify gives out, as that says in a file beside the
// package: what else starts there is for developers. A package that serves by itself is none.
func (p *nodeProject) published(start nodeStart) bool {
	if p.startsServer(start) || p.t.First(p.dir, append([]string{"Dockerfile", "Procfile", "requirements.txt", "Pipfile", "setup.py", "manage.py", "pyproject.toml"}, otherManifests[:8]...)...) != "" {
		return false
	}
	if p.framework() != "" {
		return false
	}
	for _, host := range hostsOfPages {
		text := p.quietText(host.file)
		found := scan.Find(text, host.out)
		if len(found) == 0 || hostsOther.MatchString(text) {
			continue
		}
		script := "build"
		if m := hostsScript.FindStringSubmatch(text); m != nil && p.pkg.Scripts[m[1]] != "" {
			script = m[1]
		}
		if p.pkg.Scripts[script] == "" || p.partsOf(found[0].Groups[1]) {
			continue
		}
		p.reportFiles(path.Join(p.dir, host.file), found[0].Line, "a host gives out the files that are built", script, found[0].Groups[1])
		if len(start.command) > 0 && !start.dev {
			p.r.Note(p.pkg.file, start.line, "%s was left out: %s gives out files alone; add it as a process if production runs it", strings.Join(start.command, " "), host.file)
		}
		p.more(path.Join(p.dir, host.file), text)
		return true
	}
	return false
}

// hostsMore are functions and redirects that such a host has beside the files.
var hostsMore = scan.MustCompile(`(?m)^\s*\[+(functions|redirects)\b[^\]\n]*\]|^\s*(functions)\s*=`)

// more notes what a host does beside giving out files, each kind once.
func (p *nodeProject) more(file, text string) {
	said := map[string]bool{}
	for _, m := range scan.Find(text, hostsMore) {
		if what := m.Groups[1] + m.Groups[2]; !said[what] {
			said[what] = true
			p.r.Note(file, m.Line, "%s of this host are not taken over: do in the web server, or in a service, what they do", what)
		}
	}
}

var (
	// servesToo are servers by libraries that the usual calls do not show.
	servesToo = scan.MustCompile(`new\s+(?:[\w.]+\.)?(?:WebSocketServer|WebSocket\.Server|ApolloServer|Server)\(|require\(\s*['"](?:ws|apollo-server|amqplib)['"]|from\s+['"](?:ws|apollo-server|amqplib)['"]`)
	// forTools are directories of what developers run.
	forTools = scan.MustCompile(`(?i)(^|/)(tasks?|tools?|scripts?|build|config|gulp|bin|dev|webpack|\.\w+)/`)
)

// startsServer says whether what the package starts serves or takes work, and is no tool for developers.
func (p *nodeProject) startsServer(start nodeStart) bool {
	if start.dev || start.file == "" || !p.t.Has(start.file) || forTools.MatchString(relative(p.dir, start.file)) {
		return false
	}
	text := p.t.Text(start.file, p.r)
	if hasAny(text, "webpack-dev-server", "webpack-dev-middleware", "browser-sync", "livereload") {
		return false
	}
	return serves.MatchString(text) || servesToo.MatchString(text) || takesWork.MatchString(text)
}

// partsOf says whether a directory below the package lies in another package, which is the front end then.
func (p *nodeProject) partsOf(out string) bool {
	for dir := path.Dir(out); dir != "."; dir = path.Dir(dir) {
		if p.t.Has(path.Join(p.dir, dir, "package.json")) {
			return true
		}
	}
	return false
}

// publishSteps are scripts that npm runs before a package is published.
var publishSteps = []string{"prepublish", "prepublishOnly", "prepack"}

// showsItself says whether what a published package starts is its own page for those who develop it.
func (p *nodeProject) showsItself(start nodeStart) bool {
	published := slices.ContainsFunc(publishSteps, func(name string) bool { return p.pkg.Scripts[name] != "" })
	return published && !p.pkg.Private && start.file != "" && p.t.Has(start.file) && hasAny(p.t.Text(start.file, p.r), "webpack-dev-server", "webpack-dev-middleware")
}
