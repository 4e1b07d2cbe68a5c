package ops

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Supervisor reads the [program:x] sections of supervisord's configuration.
func Supervisor() scan.Reader {
	return scan.Reader{
		Name:  "supervisor",
		Wants: isSupervisor,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			pages := pagesOf(t, paths, r)
			for _, p := range paths {
				daemons = append(daemons, readSupervisor(t, p, pages[path.Dir(p)], r)...)
			}
			placeDaemons(t, r, daemons)
		},
	}
}

func isSupervisor(p string) bool {
	base := unitFile(p)
	return isCircus(p) || strings.Contains(p, "supervisor") && (strings.HasSuffix(base, ".conf") || strings.HasSuffix(base, ".ini")) && !developersFile.MatchString(p)
}

// supervisorPrograms are the sections of programs by name, and their order.
func supervisorPrograms(t *scan.Tree, p string, r *scan.Report) (order []string, bySection map[string]map[string]iniEntry) {
	bySection = map[string]map[string]iniEntry{}
	for _, e := range parseINI(t.Text(p, r), iniStyle{indented: true, inline: true}) {
		if !strings.HasPrefix(e.section, "program:") && !strings.HasPrefix(e.section, "fcgi-program:") {
			continue
		}
		if bySection[e.section] == nil {
			bySection[e.section] = map[string]iniEntry{}
			order = append(order, e.section)
		}
		bySection[e.section][e.key] = e
	}
	return order, bySection
}

// readSupervisor gives the programs of one file. [eventlistener:x] and the rest are supervisor's own affair. Where a
// web server and what answers behind it are among them, supervisord itself runs these two.
func readSupervisor(t *scan.Tree, p string, pages bool, r *scan.Report) []*daemon {
	order, bySection := supervisorPrograms(t, p, r)
	if isCircus(p) {
		order, bySection = circusWatchers(t, p, r)
	}
	var daemons []*daemon
	for _, section := range order {
		_, name, _ := strings.Cut(section, ":")
		command := bySection[section]["command"].value
		program, _, _ := strings.Cut(command, " ")
		if pages && (answersBehind(t, command) || webServer.MatchString(programName(program))) {
			continue
		}
		if cronTag.MatchString(name) || strings.Contains(name, "$") { // filled in later
			name = ""
		}
		if d := supervised(t, p, r, strings.TrimSpace(name), bySection[section]); d != nil {
			if pages {
				d.behind = true
				r.NoteAbout(d.about(), p, bySection[section]["command"].line, "%s is a process of its own here, and supervisord runs it beside the pages, too: take it out of this file", d.name)
			}
			daemons = append(daemons, d)
		}
	}
	return daemons
}

// supervised is one program; nil, with a note, where its command is not understood or is none of the service's.
func supervised(t *scan.Tree, p string, r *scan.Report, name string, keys map[string]iniEntry) *daemon {
	e, ok := keys["command"]
	if !ok {
		return nil
	}
	fill := func(value string) string {
		return strings.NewReplacer("%(program_name)s", name, "%(process_num)s", "0", "%(process_num)02d", "00", "%(here)s", ".", "%%", "%").Replace(
			supervisorVariable.ReplaceAllString(value, "$${$1}"))
	}
	d := newDaemon(t, r, name, p, e.line)
	d.dir, d.user = fill(keys["directory"].value), keys["user"].value
	rest := slices.Collect(maps.Values(keys))
	slices.SortFunc(rest, func(a, b iniEntry) int { return a.line - b.line })
	for _, env := range rest {
		if env.key != "environment" {
			continue
		}
		for _, pair := range supervisorPairs(fill(env.value)) {
			if service.VariableName(pair[0]) {
				d.script.exported[pair[0]] = true
				d.script.set(pair[0], pair[1], scan.Evidence{File: p, Line: env.line})
			}
		}
	}
	if !d.start(strings.ReplaceAll(fill(e.value), "\n", " ")) {
		if !filledLater(t, p, e.value) {
			r.NoteAbout(d.about(), p, e.line, "the command of the program %s is not understood", name)
		}
		return nil
	}
	if n := keys["numprocs"]; n.value != "" && n.value != "1" && !d.counted(n.value, p, n.line, "numprocs of "+name) {
		r.NoteAbout(d.about(), p, n.line, "%s runs %s times here: set that as its replicas", name, n.value)
	}
	if s := keys["stopsignal"]; s.value != "" && s.value != "TERM" {
		r.NoteAbout(d.about(), p, s.line, "%s is stopped with SIG%s; a pod gets SIGTERM", name, s.value)
	}
	unitRest(rest, func(group string, job service.Job, key string, line int) {
		r.NoteJob(d.about(), p, line, job, group, settingOf(p, job, key))
	})
	return d
}

var supervisorVariable = scan.MustCompile(`%\(ENV_(\w+)\)s`)

// supervisorPairs parts KEY="value",KEY2=value of environment=.
func supervisorPairs(value string) [][2]string {
	var pairs [][2]string
	for value = strings.TrimSpace(value); value != ""; value = strings.TrimLeft(value, ", \t\n") {
		key, rest, ok := strings.Cut(value, "=")
		if !ok {
			return pairs
		}
		if rest = strings.TrimSpace(rest); rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			quote := strings.IndexByte(rest[1:], rest[0])
			if quote < 0 {
				return pairs
			}
			pairs = append(pairs, [2]string{strings.TrimSpace(key), rest[1 : 1+quote]})
			value = rest[quote+2:]
			continue
		}
		end := strings.IndexByte(rest, ',')
		if end < 0 {
			end = len(rest)
		}
		pairs = append(pairs, [2]string{strings.TrimSpace(key), strings.TrimSpace(rest[:end])})
		value = rest[end:]
	}
	return pairs
}
