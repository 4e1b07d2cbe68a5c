package cli

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// printKept offers, at the first init and then never again, to take over what the team keeps.
func (repo *repository) printKept(w io.Writer, res *legacy.Resolution, changes []fileset.Change) {
	if repo.lock.Version != "" {
		return
	}
	var offers [][2]string
	for _, base := range res.App.Bases() {
		s := res.App.Services[base]
		if s.Build != nil && s.Build.Dockerfile != "" {
			file := path.Join(s.Dir, s.Build.Dockerfile)
			offer := [2]string{"migrate adopt " + shellWord(file), repo.better(file, s)}
			at := slices.IndexFunc(offers, func(o [2]string) bool { return o[0] == offer[0] })
			switch {
			case at < 0:
				offers = append(offers, offer)
			case len(offer[1]) > len(offers[at][1]): // one file builds several services, by its arguments
				offers[at] = offer
			}
		}
	}
	offers = append(offers, repo.fileOffers(res, changes)...)
	offers = append(offers, manifestOffers(res)...)
	if len(offers) == 0 {
		return
	}
	width := 0
	for _, o := range offers {
		width = max(width, len(o[0]))
	}
	fmt.Fprintln(w, "\nKept as it is. What migrate would make of it is shown, and nothing written, by")
	for _, o := range offers {
		fmt.Fprintf(visible{w}, "  %s\n", strings.TrimRight(fmt.Sprintf("%-*s  %s", width, o[0], o[1]), " "))
	}
}

// fileOffers are the other files of the team's that can be taken over.
func (repo *repository) fileOffers(res *legacy.Resolution, changes []fileset.Change) [][2]string {
	kept := slices.DeleteFunc(slices.Clone(changes), func(c fileset.Change) bool { return !c.Yours() || c.Action != fileset.Keep })
	if len(kept) == 0 {
		return nil
	}
	files, err := generators.Render(res.App)
	if err != nil {
		return nil
	}
	var offers [][2]string
	for _, c := range kept {
		if repo.canTake(files, c.Path) == nil {
			offers = append(offers, [2]string{"migrate adopt " + shellWord(c.Path), ""})
		}
	}
	return offers
}

var (
	userLine = pattern.MustCompile(`(?im)^\s*USER\s+(\S+)`)
	fromLine = pattern.MustCompile(`(?im)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
)

// better is what a generated Dockerfile would do better than a kept one, as far as its text tells.
func (repo *repository) better(file string, s *service.Service) string {
	data, err := repo.root.ReadFile(file)
	if err != nil {
		return ""
	}
	var points []string
	if legacy.ForDevelopers(s.Command) {
		points = append(points, "it starts a server for developers")
	}
	users := userLine.FindAllSubmatch(data, -1)
	if len(users) == 0 || slices.Contains([]string{"root", "0", "0:0", "root:root"}, string(users[len(users)-1][1])) {
		points = append(points, "it runs as root, and pods as 10001")
	}
	stages := map[string]bool{"scratch": true}
	for _, m := range fromLine.FindAllSubmatch(data, -1) {
		image := string(m[1])
		last := image[strings.LastIndexByte(image, '/')+1:]
		if !stages[strings.ToLower(image)] && !strings.ContainsAny(last, ":@$") || strings.HasSuffix(last, ":latest") {
			points = append(points, image+" has no version")
		}
		stages[strings.ToLower(string(m[2]))] = true
	}
	return strings.Join(points, ", ")
}

// manifestOffers are the directories of manifests that evidence came from, and the charts.
func manifestOffers(res *legacy.Resolution) [][2]string {
	var dirs []string
	for _, claims := range res.Claims {
		for _, c := range claims {
			if dir := path.Dir(c.File); c.Reader == "kubernetes" && !strings.HasPrefix(c.File, "@") && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	slices.Sort(dirs)
	var offers [][2]string
	for i, dir := range dirs {
		if i > 0 && strings.HasPrefix(dir, dirs[i-1]+"/") {
			dirs[i] = dirs[i-1] // a directory is taken with those below it
			continue
		}
		chart := strings.TrimSuffix(dir, "/templates")
		switch {
		case chart != dir:
			offers = append(offers, [2]string{"helm template NAME " + shellWord(chart) + " | migrate adopt - --env ENV", ""})
		case dir != ".":
			offers = append(offers, [2]string{"migrate adopt " + shellWord(dir) + environmentFlag(res, dir), ""})
		}
	}
	return offers
}

// environmentFlag is --env for a directory that is called like an environment.
func environmentFlag(res *legacy.Resolution, dir string) string {
	for _, env := range res.App.EnvironmentNames() {
		if slices.Contains(strings.Split(dir, "/"), env) {
			return " --env " + env
		}
	}
	return ""
}
