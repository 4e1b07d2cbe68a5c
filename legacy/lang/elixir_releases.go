package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// elixirReleased is one of the releases that a project describes.
type elixirReleased struct {
	name   string
	text   string // what describes it
	above  int    // how many lines stand above that in its file
	config string // the configuration that it reads when it starts, where that has a place of its own
}

var (
	releasesList  = scan.MustCompile(`\breleases:\s*\[|\bdefp?\s+releases\b[^\[]{0,100}\[`)
	releaseEntry  = scan.MustCompile(`^\s*(\w+):\s*\[`)
	releaseConfig = scan.MustCompile(`\bruntime_config_path:\s*"([^"\n]+)"|\{:copy,\s*"([^"\n]+\.exs)"`)
)

// mixReleases are the releases that mix.exs describes.
func mixReleases(text string) (all []elixirReleased) {
	at := releasesList.FindStringIndex(text)
	if at == nil {
		return nil
	}
	text = text[at[1]:]
	depth, from := 0, 0
	for i := 0; i < len(text) && depth >= 0; i++ {
		switch text[i] {
		case '[', '{', '(':
			depth++
		case ']', '}', ')':
			depth--
		}
		if depth > 0 || text[i] != ',' && depth == 0 {
			continue
		}
		entry := text[from:i]
		from = i + 1
		if m := releaseEntry.FindStringSubmatch(entry); m != nil && len(all) < 50 {
			all = append(all, elixirReleased{name: m[1], text: entry})
		}
	}
	return all
}

// distilledReleases are the releases that Distillery's configuration describes.
func distilledReleases(text string) (all []elixirReleased) {
	starts := distilleryRelease.FindAllStringSubmatchIndex(text, 50)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		all = append(all, elixirReleased{name: text[at[2]:at[3]], text: text[at[0]:end], above: strings.Count(text[:at[0]], "\n")})
	}
	return all
}

// splitReleases gives the releases of an umbrella that describes several as projects of their own, each in the directory of
// the application that it is there for; none where two would stand in one place.
func (e *elixirProject) splitReleases(apps []*elixirProject) []*elixirProject {
	releases, distilled := mixReleases(e.text), ""
	if config := path.Join(e.dir, "rel/config.exs"); e.t.Has(config) {
		if text := elixirCode(e.t.Text(config, e.r)); len(releases) < 2 {
			releases, distilled = distilledReleases(text), config
		}
	}
	if len(releases) < 2 {
		return nil
	}
	var all []*elixirProject
	taken, migrates := map[string]bool{}, map[string]bool{}
	for _, release := range releases {
		one := e.releaseOf(release, apps, distilled != "")
		if one == nil || taken[one.dir] {
			return nil
		}
		taken[one.dir], one.migrates = true, migrates
		all = append(all, one)
	}
	return all
}

// releaseOf makes a project of a release and of the applications that it holds, nil where it holds none of the umbrella.
func (e *elixirProject) releaseOf(release elixirReleased, apps []*elixirProject, distilled bool) *elixirProject {
	list := releasedApps.FindStringSubmatch(release.text)
	if list == nil {
		return nil
	}
	names := listedApps(list[1])
	holds := withNeeded(names, apps)
	main := mainApp(release.name, names, apps)
	if main == nil {
		return nil
	}
	if m := releaseConfig.FindStringSubmatch(release.text); m != nil {
		release.config = path.Join(e.dir, m[1]+m[2])
	}
	one := &elixirProject{t: e.t, r: e.r, dir: main.dir, file: main.file, text: main.text, deps: main.deps, root: e.dir, release: release, shut: map[string]bool{}}
	if distilled {
		one.distilled, one.distillery = release.name, release.text
	}
	for _, app := range apps {
		switch {
		case !holds[app.app()]:
			one.shut[app.app()] = true
		case app != main:
			one.text += "\n" + app.text
			one.deps = append(one.deps[:len(one.deps):len(one.deps)], app.deps...)
		}
	}
	one.deps = append(one.deps[:len(one.deps):len(one.deps)], e.deps...)
	return one
}

// mainApp is the application that a release is called after, else the first of the umbrella's that it lists.
func mainApp(release string, names []string, apps []*elixirProject) *elixirProject {
	for _, name := range append([]string{release}, names...) {
		for _, app := range apps {
			if app.app() == name && strings.Contains(app.text, "mod:") {
				return app
			}
		}
	}
	return nil
}

// place is the directory that the project is built in: that of the umbrella for one of its releases.
func (e *elixirProject) place() string {
	if e.root != "" {
		return e.root
	}
	return e.dir
}

// cookieFrom is the variable that a release of Mix's takes its cookie from, in the script that sets its surroundings.
var cookieFrom = scan.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?RELEASE_COOKIE=["']?\$\{?([A-Za-z_]\w*)\}?["']?[ \t]*$`)

// releaseCookie reports that variable: who knows the cookie may run anything in the release.
func (e *elixirProject) releaseCookie() {
	file := e.t.First(e.place(), "rel/env.sh.eex")
	if file == "" {
		return
	}
	for _, m := range scan.Find(e.t.Text(file, e.r), cookieFrom) {
		e.find(service.Service{Secrets: []string{m.Groups[1]}}, "", file, m.Line, scan.Declared, "the cookie by which its nodes know each other")
	}
}
