package legacy

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// homeless gives what a manifest, compose file or unit says of a directory without code to the service whose code it is
// about: the one that the file lies in, else the one above. A directory that only has a service's name is none. The notes say
// where several could be meant.
func homeless(units map[string]*unit, library map[string]bool) (notes []scan.Note) {
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		u := units[dir]
		code := u.has(ofCode)
		if !u.runs(library[dir]) || code && !library[dir] || u.onlyFrom(host.Reader) {
			continue
		}
		var home *unit
		if !code {
			home = homeOf(units, library, u)
		}
		if home == nil && u.answersOnly() {
			serving := u.serving(units, library)
			if len(serving) == 1 {
				home = serving[0]
			} else if len(serving) > 1 {
				notes = append(notes, u.ofSeveral(serving))
				delete(units, dir)
				continue
			}
		}
		if home == nil {
			home = u.builtAs(units, library)
		}
		if home == nil {
			switch {
			case code:
			case u.startsAnother(units):
				delete(units, dir)
			case u.onlyAtTimes() && u.besideCode(units, library):
				notes = append(notes, u.leaveJobs()...)
			}
			continue
		}
		for process, findings := range u.processes {
			for _, f := range findings {
				// What the code's own directory says of the same things counts more.
				f.Evidence.Rank = min(f.Evidence.Rank, scan.Convention)
				f.Name = ""
				home.processes[process] = append(home.processes[process], f)
			}
		}
		home.needs = append(home.needs, u.needs...)
		home.checks = append(home.checks, u.checks...)
		delete(units, dir)
	}
	return notes
}

// ofSeveral is the note that a unit which only says where it is asked may mean any of several services.
func (u *unit) ofSeveral(serving []*unit) scan.Note {
	note := scan.Note{Text: "says where " + u.dir + " is asked (port, health, addresses), and not which service that is"}
	for _, process := range slices.Sorted(maps.Keys(u.processes)) {
		for _, f := range u.processes[process] {
			if note.File == "" {
				note.File, note.Line = f.Evidence.File, f.Evidence.Line
			}
		}
	}
	var dirs []string
	for _, other := range serving {
		dirs = append(dirs, other.dir)
	}
	note.Text += ": say it of the right one in " + service.FileName + ": " + strings.Join(dirs, ", ")
	return note
}

// onlyAtTimes says whether all that a unit runs are jobs at their hours.
func (u *unit) onlyAtTimes() bool {
	for process := range u.processes {
		if _, runs := strongestCommand(u.processes[process]); runs && u.scheduled(process) == "" {
			return false
		}
	}
	return true
}

// scheduled are the hours of a process, "" for none.
func (u *unit) scheduled(process string) string {
	for _, f := range u.processes[process] {
		if f.Service.Schedule != "" {
			return f.Service.Schedule
		}
	}
	return ""
}

// besideCode says whether others run that have code.
func (u *unit) besideCode(units map[string]*unit, library map[string]bool) bool {
	for dir, other := range units {
		if other != u && other.runs(library[dir]) && other.has(ofCode) {
			return true
		}
	}
	return false
}

// leaveJobs notes the jobs of a unit in place of making a service for them: whose image runs them is not known.
func (u *unit) leaveJobs() (notes []scan.Note) {
	for _, process := range slices.Sorted(maps.Keys(u.processes)) {
		job, runs := strongestCommand(u.processes[process])
		if !runs {
			continue
		}
		at := job.Evidence
		notes = append(notes, scan.NewNote(at.File, at.Line, "%s runs %s at %q, and which service's image has it is not known: give it a service with from and schedule in %s",
			process, strings.Join(job.Service.Command, " "), u.scheduled(process), service.FileName))
		delete(u.processes, process)
	}
	return notes
}

// answersOnly says whether all that is known of a unit is where it is asked, as a balancer of the cloud has it.
func (u *unit) answersOnly() bool {
	for _, findings := range u.processes {
		for _, f := range findings {
			rest := f.Service
			rest.Port, rest.Health, rest.Routes = 0, nil, nil
			if !reflect.DeepEqual(rest, service.Service{}) {
				return false
			}
		}
	}
	return true
}

// serving are the other units with code that serve.
func (u *unit) serving(units map[string]*unit, library map[string]bool) []*unit {
	var found []*unit
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		other := units[dir]
		if other != u && other.runs(library[dir]) && other.has(ofCode) && other.has(func(s service.Service) bool { return s.Port > 0 }) {
			found = append(found, other)
		}
	}
	return found
}

// builtAs is the one running unit whose build leaves the program that a unit without code starts, as the packages of a
// distribution have it: /usr/bin/shop is what comes of target/shop-1.0.jar. It is nil for none or several.
func (u *unit) builtAs(units map[string]*unit, library map[string]bool) *unit {
	own, ok := strongestCommand(u.processes[""])
	if !ok {
		return nil
	}
	program := startedProgram(own.Service.Command)
	var home *unit
	for _, dir := range slices.Sorted(maps.Keys(units)) {
		other := units[dir]
		if other == u || !other.runs(library[dir]) || !other.has(func(s service.Service) bool {
			return s.Build != nil && versionedArchive.ReplaceAllString(path.Base(s.Build.Artifact), "") == program
		}) {
			continue
		}
		if home != nil {
			return nil
		}
		home = other
	}
	return home
}

// startedProgram is the name of what a command starts: of its archive, where it starts one of Java's, without the version.
func startedProgram(argv []string) string {
	for _, word := range strings.Fields(strings.Join(argv, " ")) {
		if name := versionedArchive.ReplaceAllString(path.Base(word), ""); name != path.Base(word) && !strings.Contains(word, "$") {
			return name
		}
	}
	return path.Base(argv[0])
}

// versionedArchive is what an archive's name has behind the program's.
var versionedArchive = scan.MustCompile(`(?:-\d[\w.-]*?)?(?:-(?:all|jar-with-dependencies|shaded))?\.[jw]ar$`)

// startsAnother says whether what a unit without code runs is the program of one that has its code: the same service, as
// another deployment of it has it.
func (u *unit) startsAnother(units map[string]*unit) bool {
	own, ok := strongestCommand(u.processes[""])
	if !ok || len(own.Service.Command) < 2 { // the bare name of a program says too little
		return false
	}
	for _, other := range units {
		if theirs, ok := strongestCommand(other.processes[""]); ok && other != u && other.has(ofCode) && slices.Equal(theirs.Service.Command, own.Service.Command) {
			return true
		}
	}
	return false
}

// ofCode says whether a finding is about code or what builds it.
func ofCode(s service.Service) bool { return s.Language != "" || s.Build != nil }

// homeOf is the running unit with code that the files which speak of a unit lie in, else the nearest one above it; nil for
// none.
func homeOf(units map[string]*unit, library map[string]bool, u *unit) *unit {
	start := u.dir
	if file := u.fileOf(); !strings.HasPrefix(file, "@") && file != "" {
		start = path.Dir(file)
	}
	for _, from := range []string{start, u.dir} {
		for dir := from; ; dir = path.Dir(dir) {
			if home := units[dir]; home != nil && home != u && home.runs(library[dir]) && home.has(ofCode) {
				return home
			}
			if dir == "." {
				break
			}
		}
	}
	return nil
}

// fileOf is the file that says what the unit runs.
func (u *unit) fileOf() string {
	for _, process := range slices.Sorted(maps.Keys(u.processes)) {
		for _, f := range u.processes[process] {
			if len(f.Service.Command) > 0 || f.Service.Port > 0 {
				return f.Evidence.File
			}
		}
	}
	return ""
}
