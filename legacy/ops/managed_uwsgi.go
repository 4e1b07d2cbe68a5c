package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// uwsgiFile are the places where uWSGI looks for what it is to run.
var uwsgiFile = scan.MustCompile(`^/etc/uwsgi(-emperor)?/.*\.ini$|(^|/)[\w.-]*uwsgi[\w.-]*\.ini$`)

// vassal reads a configuration of uWSGI that is put on the machine: its command stands for all options that are in it, those
// about the machine are noted.
func (g *meaning) vassal(m *managed, text, file, where string) bool {
	u := &uwsgi{t: g.t, r: quietly(), file: file, vars: map[string]string{}, named: map[string]bool{}}
	for _, e := range parseINI(text, iniStyle{backslash: true, inline: true}) {
		if e.section == "uwsgi" {
			e.key = strings.ReplaceAll(e.key, "_", "-")
			u.vars[e.key] = e.value
			u.options = append(u.options, e)
		}
	}
	for i, o := range u.options {
		u.options[i].value = u.filled(o.value)
	}
	program := u.program()
	if program == nil {
		return false
	}
	if u.file == "" || g.t.MountOf(u.file) == "" {
		u.file = "@/" + path.Base(where) // not a file that an image could have
	}
	argv := u.command(newDaemon(g.t, u.r, u.name(), u.file, program.line), *program)
	unit := strings.TrimSuffix(path.Base(where), path.Ext(where))
	if !g.started(m, shellLine(argv), file, program.line, startedUnit{name: unit}) {
		return false
	}
	if !g.lists("uwsgi") {
		f := m.finding()
		f.About = append([]string{unit}, f.About...)
		f.Service = service.Service{Build: &service.Build{Install: []string{"uwsgi"}}}
		g.claim(m, f, m.written("", file, program.line), "library uwsgi", scan.Declared, "for "+titleForNote(m))
	}
	for _, o := range u.options {
		at := m.written(o.value, file, o.line)
		switch name, value, _ := strings.Cut(o.value, "="); {
		case o.key == "env" && service.VariableName(strings.TrimSpace(name)):
			g.setting(m, m.finding(), strings.TrimSpace(name), m.written(strings.TrimSpace(value), file, o.line))
		case uwsgiMachine.MatchString(o.key):
			g.keep(m, service.JobProcesses, "options of uWSGI that the image and the pod have their own of", o.key, at.file, at.line)
		default:
			f := m.finding()
			f.About = append([]string{unit}, f.About...)
			f.Service = service.Service{Command: argv}
			g.claim(m, f, at, "command "+unit+" "+o.key, rankOf(argv), "for "+titleForNote(m))
		}
	}
	return true
}
