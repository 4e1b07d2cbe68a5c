package legacy

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// foldDockerfiles gives a Dockerfile that stands in a directory without code (docker/, build/docker/ ...) to the code that
// it builds: the nearest directory above, unless that has one already.
func (r *resolver) foldDockerfiles(units map[string]*unit) {
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		u := units[dir]
		if u.has(func(s service.Service) bool { return s.Build != nil && len(s.Build.Files) > 0 }) || !u.onlyPacks(dir) || u.chosen() {
			continue
		}
		if u.has(func(s service.Service) bool { return s.Language == "static" }) {
			continue // pages of its own, behind a web server
		}
		for up := path.Dir(dir); dir != "."; up = path.Dir(up) {
			if above := units[up]; above != nil && above.has(func(s service.Service) bool { return s.Language != "" }) && !above.onlyFrom("dockerfile") {
				if above.has(func(s service.Service) bool { return s.Build != nil && s.Build.Dockerfile != "" }) {
					r.alternative(u)
					delete(units, dir)
					break
				}
				above.take(u, up, dir)
				delete(units, dir)
				break
			}
			if up == "." {
				break
			}
		}
	}
}

// chosen says whether an image is one of several of its Dockerfile: it is about its own directory, if anything runs there.
func (u *unit) chosen() bool {
	return slices.ContainsFunc(u.processes[""], func(f Claimed) bool { return f.IfRuns })
}

// packing are directories of what puts the code into an image and starts it there.
var packing = scan.MustCompile(`(?i)(^|/)(docker|container)$`)

// onlyPacks says whether nothing but its image is known of a directory; below docker/, how that is started, too.
func (u *unit) onlyPacks(dir string) bool {
	if packing.MatchString(dir) {
		return u.onlyFrom("dockerfile", "compose", "dotenv", "supervisor")
	}
	return u.onlyFrom("dockerfile")
}

// alternative notes a Dockerfile without code of its own, below one that builds the code above it.
func (r *resolver) alternative(u *unit) {
	for _, f := range u.processes[""] {
		if b := f.Service.Build; b != nil && b.Dockerfile != "" {
			r.note(f.Evidence, "another way to build the code above it, which has a Dockerfile of its own; not used")
		}
	}
}

func (u *unit) onlyFrom(readers ...string) bool {
	for _, findings := range u.processes {
		for _, f := range findings {
			if !slices.Contains(readers, f.Evidence.Reader) {
				return false
			}
		}
	}
	return len(u.processes) > 0
}

// take moves what is known of the image in dir to the code above it, in up. Where compose builds it from dir, that goes on.
func (u *unit) take(other *unit, up, dir string) {
	composed := !other.onlyFrom("dockerfile")
	for process, findings := range other.processes {
		for _, f := range findings {
			if b := f.Service.Build; b != nil && b.Dockerfile != "" {
				moved := *b
				moved.Dockerfile = path.Join(strings.TrimPrefix(strings.TrimPrefix(dir, up), "/"), b.Dockerfile)
				if composed {
					moved.Context = cmp.Or(b.Context, dir)
				}
				f.Service.Build = &moved
			}
			u.processes[process] = append(u.processes[process], f)
		}
	}
	u.needs = append(u.needs, other.needs...)
}

// foldModules gives what is known of a module's code to the image that holds it, where another directory's Dockerfile
// builds that: it is one service, built there. What the module says of its own build does not hold then.
func foldModules(units map[string]*unit, library map[string]bool) {
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		u := units[dir]
		if u == nil { // an image held it
			continue
		}
		held := u.holds(units, library)
		if held == "" && library[dir] {
			held = onlyService(units, library, dir)
		}
		module := units[held]
		if module == nil || held == dir || module.has(func(s service.Service) bool { return s.Build != nil && s.Build.Dockerfile != "" }) {
			continue
		}
		for process, findings := range module.processes {
			for _, f := range findings {
				f.Service.Build = missing(f.Service.Build)
				u.processes[process] = append(u.processes[process], f)
			}
		}
		u.needs = append(u.needs, module.needs...)
		library[dir] = false
		delete(units, held)
	}
}

// builtIn leaves out what is built into another program, with a note, unless it has an image that hands out its pages.
func (r *resolver) builtIn(units map[string]*unit) {
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		u := units[dir]
		at := slices.IndexFunc(u.processes[""], func(f Claimed) bool { return f.Inside })
		if at < 0 || u.has(func(s service.Service) bool { return s.Language == "static" }) {
			continue
		}
		r.note(u.processes[""][at].Evidence, dir+" is built into the program that serves it: no service of its own")
		delete(units, dir)
	}
}

// missing keeps of a module's build what an image of the toolkit's own would install for its command: ownImage wants to
// know that another image lacks it.
func missing(b *service.Build) *service.Build {
	if b == nil || len(b.Install) == 0 {
		return nil
	}
	return &service.Build{Install: b.Install}
}

// onlyService is the one module that runs below a directory which itself only gathers modules: an image that is built there
// can hold nothing else. It is "" where the directory has no image of its own, or several modules run.
func onlyService(units map[string]*unit, library map[string]bool, dir string) string {
	if !units[dir].runs(true) {
		return ""
	}
	only := ""
	for _, other := range slices.Sorted(maps.Keys(units)) {
		if other == dir || !units[other].runs(library[other]) {
			continue
		}
		if only != "" || dir != "." && !strings.HasPrefix(other, dir+"/") {
			return ""
		}
		only = other
	}
	return only
}

// holds is the one module that the unit's image holds, "" for none or several.
func (u *unit) holds(units map[string]*unit, library map[string]bool) string {
	held := ""
	for _, findings := range u.processes {
		for _, f := range findings {
			if f.Holds == "" {
				continue
			}
			dir := runsAbove(units, library, f.Holds, u.dir)
			if held != "" && dir != held {
				return ""
			}
			held = dir
		}
	}
	return held
}

// runsAbove is the directory that a module is a service in: its own, or one above it and below top, where what the module
// uses lies, too.
func runsAbove(units map[string]*unit, library map[string]bool, module, top string) string {
	for up := module; up != "." && up != top; up = path.Dir(up) {
		if above := units[up]; above != nil && above.runs(library[up]) && above.has(func(s service.Service) bool { return s.Language != "" }) {
			return up
		}
	}
	return module
}
