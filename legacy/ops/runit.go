package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Runit reads the run scripts of runit, daemontools and s6, with the variables that lie in env/ beside them.
func Runit() scan.Reader {
	return scan.Reader{
		Name: "runit",
		Wants: func(p string) bool {
			return isDockerfile(p) || strings.Contains(p, "run") && runScriptPath.MatchString(withoutEnding(p))
		},
		Ops: true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			for _, p := range paths {
				if isDockerfile(p) {
					daemons = append(daemons, runScriptsOf(t, p, r)...)
					continue
				}
				if d := readRun(t, p, r); d != nil {
					daemons = append(daemons, d)
				}
			}
			placeDaemons(t, r, daemons)
		},
	}
}

// runScriptPath are the places of run scripts: sv/NAME/run, etc/service/NAME/run, services.d/NAME/run, and what Chef's runit
// cookbook calls sv-NAME-run.
var runScriptPath = scan.MustCompile(`(^|/)(sv|services?(\.d)?|runit|daemontools|s6-rc\.d|svc)/[\w.@-]+/(log/)?run$|(^|/)sv-[\w-]+-run$`)

// withoutEnding is a path without the ending of a template.
func withoutEnding(p string) string { return path.Join(path.Dir(p), unitFile(p)) }

// readRun is what a run script starts, nil with a note where that can't be told.
func readRun(t *scan.Tree, p string, r *scan.Report) *daemon {
	name := path.Base(path.Dir(p))
	if base := unitFile(p); strings.HasPrefix(base, "sv-") {
		name = strings.TrimSuffix(strings.TrimPrefix(base, "sv-"), "-run")
	}
	if name == "log" || strings.HasSuffix(name, "-log") {
		of := path.Base(path.Dir(path.Dir(p)))
		if name != "log" {
			of = strings.TrimSuffix(name, "-log")
		}
		r.NoteAbout(namedBy(t, p, of), p, 1, "what %s prints is kept in files by a logger here; in a pod it goes to the log by itself", of)
		return nil
	}
	return readRunOf(t, p, name, r)
}

// readRunOf is what the run script of this name starts.
func readRunOf(t *scan.Tree, p, name string, r *scan.Report) *daemon {
	text := t.Text(p, r)
	if first, _, _ := strings.Cut(text, "\n"); !shebang.MatchString(first) && !strings.Contains(first, "with-contenv sh") && !strings.Contains(first, "with-contenv bash") {
		if strings.HasPrefix(first, "#!") {
			r.NoteAbout(namedBy(t, p, name), p, 1, "a run script for %s, which is not read", strings.TrimPrefix(first, "#!"))
		}
		return nil
	}
	text = withoutTags(text)
	file, err := parseShell(text)
	if err != nil {
		r.NoteAbout(namedBy(t, p, name), p, 1, "a run script that is not understood: %v", err)
		return nil
	}
	d := newDaemon(t, r, name, p, 1)
	understood := d.runs(file, text, 0)
	d.runEnvironment(path.Join(path.Dir(p), "env"))
	if dir := d.script.run.envdir; dir != "" {
		d.runEnvironment(path.Join(path.Dir(p), path.Base(dir)))
	}
	if !understood {
		r.NoteAbout(d.about(), p, 1, "a run script, but the line that starts the program is not understood")
		return nil
	}
	return d
}

// runEnvironment takes over the variables of an envdir: a file for each, its first line the value.
func (d *daemon) runEnvironment(dir string) {
	for _, p := range d.script.t.Below(dir) {
		name := path.Base(p)
		if path.Dir(p) != dir || dir == "." || !service.VariableName(name) {
			continue
		}
		data, err := d.script.t.Read(p)
		if err != nil {
			continue
		}
		value, _, _ := strings.Cut(string(data), "\n")
		d.script.exported[name] = true
		d.script.set(name, strings.TrimSpace(value), scan.Evidence{File: p, Line: 1})
	}
}
