package lang

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// foldUmbrellas makes the applications of each umbrella parts of it, and gives the directories of those that it does not ship.
func foldUmbrellas(t *scan.Tree, r *scan.Report, byDir map[string]*elixirProject, dirs map[string]bool) (left map[string]bool) {
	left = map[string]bool{}
	parts := map[string][]*elixirProject{}
	all := sortedSet(dirs)
	for _, dir := range all {
		if above := umbrellaOver(byDir, dir); above != "" {
			parts[above] = append(parts[above], byDir[dir])
		}
	}
	for _, dir := range all {
		above, apps := byDir[dir], parts[dir]
		holds := inRelease(t, r, above, apps)
		for _, app := range apps {
			note := "an application of the umbrella above"
			if holds == nil || holds[app.app()] {
				above.deps = append(above.deps, app.deps...)
				above.text += "\n" + app.text
			} else {
				left[app.dir] = true
				note += ", not in its release"
			}
			r.Find(scan.Finding{Dir: app.dir, Library: true, Service: service.Service{Language: "elixir"}}, app.file, 1, scan.Declared, note)
			delete(dirs, app.dir)
		}
	}
	for _, apps := range parts {
		for _, app := range apps {
			delete(byDir, app.dir)
		}
	}
	return left
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
	inUmbrella   = scan.MustCompile(`\{:(\w+),[^{}]*\bin_umbrella:\s*true`)
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
	found, byName := map[string]bool{}, map[string]*elixirProject{}
	for _, app := range apps {
		byName[app.app()] = app
	}
	var add func(name string)
	add = func(name string) {
		if app := byName[name]; app != nil && !found[name] {
			found[name] = true
			for _, m := range inUmbrella.FindAllStringSubmatch(app.text, 100) {
				add(m[1])
			}
		}
	}
	for _, m := range releasedApp.FindAllStringSubmatch(lists[0][1], 200) {
		add(m[1] + m[2])
	}
	if len(found) == 0 {
		return nil
	}
	return found
}
