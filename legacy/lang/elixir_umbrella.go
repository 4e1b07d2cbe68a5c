package lang

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// foldUmbrellas makes the applications of each umbrella parts of it, or of the releases that it describes, and says for each
// directory which projects its files count for.
func foldUmbrellas(t *scan.Tree, r *scan.Report, byDir map[string]*elixirProject, dirs map[string]bool) map[string][]*elixirProject {
	takes, parts := map[string][]*elixirProject{}, map[string][]*elixirProject{}
	all := sortedSet(dirs)
	for _, dir := range all {
		takes[dir] = []*elixirProject{byDir[dir]}
		if above := umbrellaOver(byDir, dir); above != "" {
			parts[above] = append(parts[above], byDir[dir])
		}
	}
	for _, dir := range all {
		above, apps := byDir[dir], parts[dir]
		if len(apps) == 0 {
			continue
		}
		for _, app := range apps {
			delete(byDir, app.dir)
			takes[app.dir] = nil
		}
		split := above.splitReleases(apps)
		if len(split) > 0 {
			delete(byDir, dir)
			takes[dir] = nil
			r.Find(scan.Finding{Dir: dir, Library: true, Service: service.Service{Language: "elixir"}}, above.file, 1, scan.Declared, "an umbrella, each release of which is a service")
		}
		for _, one := range split {
			byDir[one.dir] = one
			takes[dir] = append(takes[dir], one)
			for _, app := range apps {
				if !one.shut[app.app()] {
					takes[app.dir] = append(takes[app.dir], one)
				}
			}
		}
		if len(split) == 0 {
			above.foldInto(apps, inRelease(t, r, above, apps), takes)
		}
		for _, app := range apps {
			if byDir[app.dir] == nil {
				note := "an application of the umbrella above"
				if takes[app.dir] == nil {
					note += ", not in its release"
				}
				r.Find(scan.Finding{Dir: app.dir, Library: true, Service: service.Service{Language: "elixir"}}, app.file, 1, scan.Declared, note)
			}
		}
	}
	return takes
}

// foldInto makes those applications parts of the umbrella that its only release holds, all of them where nothing says which.
func (e *elixirProject) foldInto(apps []*elixirProject, holds map[string]bool, takes map[string][]*elixirProject) {
	for _, app := range apps {
		if holds == nil || holds[app.app()] {
			e.deps = append(e.deps, app.deps...)
			e.text += "\n" + app.text
			takes[app.dir] = []*elixirProject{e}
		}
	}
}

// umbrellaOver is the directory of the umbrella that a project is an application of, "" for none.
func umbrellaOver(byDir map[string]*elixirProject, dir string) (over string) {
	for up := dir; up != "."; {
		if up = path.Dir(up); byDir[up] != nil && byDir[up].umbrella {
			over = up
		}
	}
	return over
}

// app is the name of the application.
func (e *elixirProject) app() string {
	if m := elixirApp.FindStringSubmatch(e.text); m != nil {
		return m[1]
	}
	return "app"
}

var (
	releasedApps = scan.MustCompile(`(?s)\bapplications:\s*\[(.*?)\]`)
	releasedApp  = scan.MustCompile(`(?m)\b(\w+):\s*:(?:permanent|transient|temporary|load)\b|:(\w+)\s*(?:,|$)`)
	inUmbrella   = scan.MustCompile(`\{:(\w+),([^{}]*\bin_umbrella:\s*true[^{}]*)\}`)
)

// inRelease are the names of an umbrella's applications that its only release holds, together with those that they depend on;
// nil where all are shipped, or nothing says which.
func inRelease(t *scan.Tree, r *scan.Report, umbrella *elixirProject, apps []*elixirProject) map[string]bool {
	if len(apps) == 0 {
		return nil
	}
	text := umbrella.text
	if config := path.Join(umbrella.dir, "rel/config.exs"); t.Has(config) {
		text = elixirCode(t.Text(config, r))
		if len(distilleryRelease.FindAllString(text, 2)) > 1 {
			return nil
		}
	}
	lists := releasedApps.FindAllStringSubmatch(text, 2)
	if len(lists) != 1 {
		return nil
	}
	found := withNeeded(listedApps(lists[0][1]), apps)
	if len(found) == 0 {
		return nil
	}
	return found
}

// listedApps are the names in a release's list of applications.
func listedApps(list string) (names []string) {
	for _, m := range releasedApp.FindAllStringSubmatch(list, 200) {
		names = append(names, m[1]+m[2])
	}
	return names
}

// withNeeded are those of an umbrella's applications that are named, and those that they depend on in production.
func withNeeded(names []string, apps []*elixirProject) map[string]bool {
	found, byName := map[string]bool{}, map[string]*elixirProject{}
	for _, app := range apps {
		byName[app.app()] = app
	}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		app := byName[name]
		if app == nil || found[name] {
			continue
		}
		found[name] = true
		for _, m := range inUmbrella.FindAllStringSubmatch(app.text, 100) {
			if !elixirAside(m[2]) {
				names = append(names, m[1])
			}
		}
	}
	return found
}
