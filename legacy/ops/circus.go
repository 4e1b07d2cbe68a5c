package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// isCircus says whether a file is one of Circus, whose watchers are what programs are to Supervisor.
func isCircus(p string) bool {
	base := unitFile(p)
	return strings.Contains(base, "circus") && strings.HasSuffix(base, ".ini") && !developersFile.MatchString(p)
}

// circusKeys are what Supervisor calls the settings of a watcher.
var circusKeys = map[string]string{"cmd": "command", "working_dir": "directory", "uid": "user", "numprocesses": "numprocs"}

// circusSocket is a socket that Circus opens for its watchers.
type circusSocket struct{ host, port string }

// circusLeft is what Circus alone knows when it starts a watcher.
var circusLeft = scan.MustCompile(`(?i)\$\(circus\.|\(\(circus\.`)

// circusWatchers gives the watchers of Circus in Supervisor's words. A server that takes over a socket of Circus's binds its
// port itself in a container.
func circusWatchers(t *scan.Tree, p string, r *scan.Report) (order []string, bySection map[string]map[string]iniEntry) {
	bySection = map[string]map[string]iniEntry{}
	sockets := map[string]circusSocket{}
	args := map[string]string{}
	var settings []iniEntry
	for _, e := range parseINI(t.Text(p, r), iniStyle{indented: true, inline: true}) {
		kind, name, _ := strings.Cut(e.section, ":")
		switch {
		case kind == "socket":
			sockets[name] = sockets[name].with(e)
		case kind == "env" && circusFills(e.value):
			r.NoteItem(nil, p, e.line, "variables that are filled in where Circus is started, and are not taken over", e.key)
		case kind == "env":
			settings = append(settings, e)
		case kind == "watcher" && e.key == "args":
			args[e.section] = e.value
		case kind == "watcher" && circusKeys[e.key] != "":
			if bySection[e.section] == nil {
				bySection[e.section] = map[string]iniEntry{}
				order = append(order, e.section)
			}
			e.key = circusKeys[e.key]
			bySection[e.section][e.key] = e
		}
	}
	places := circusPlaces(sockets)
	for _, section := range order {
		keys := bySection[section]
		command, ok := keys["command"]
		if !ok {
			continue
		}
		command.value = places.Replace(strings.TrimSpace(command.value + " " + args[section]))
		keys["command"] = command
		if circusLeft.MatchString(command.value) {
			r.Note(p, command.line, "%s starts on what only Circus knows, a socket in a file perhaps: give it a port of its own", section)
			delete(keys, "command")
		}
		circusSettings(keys, strings.TrimPrefix(section, "watcher:"), settings)
	}
	return order, bySection
}

func (s circusSocket) with(e iniEntry) circusSocket {
	switch e.key {
	case "host":
		s.host = e.value
	case "port":
		s.port = e.value
	}
	return s
}

// circusPlaces writes what a server binds in the place of each socket that has a port.
func circusPlaces(sockets map[string]circusSocket) *strings.Replacer {
	var places []string
	for _, name := range slices.Sorted(maps.Keys(sockets)) {
		s := sockets[name]
		if s.port == "" {
			continue
		}
		bind, host := "$(circus.sockets."+name+")", cmp.Or(s.host, "0.0.0.0")
		ports := "--host " + host + " --port " + s.port
		places = append(places, "--fd "+bind, ports, "--fd="+bind, ports, "fd://"+bind, host+":"+s.port)
	}
	return strings.NewReplacer(places...)
}

// circusSettings puts the variables that Circus gives to a watcher into the words of Supervisor's environment: those of [env]
// go to all, those of [env:a,b] to the watchers that are named.
func circusSettings(keys map[string]iniEntry, watcher string, settings []iniEntry) {
	for _, e := range settings {
		_, names, some := strings.Cut(e.section, ":")
		named := func(name string) bool { return circusNames(strings.TrimSpace(name), watcher) }
		if some && !slices.ContainsFunc(strings.Split(names, ","), named) {
			continue
		}
		quote := `"`
		if strings.Contains(e.value, quote) {
			quote = "'"
		}
		value := e.key + "=" + quote + strings.ReplaceAll(e.value, "%", "%%") + quote
		keys[e.section+" "+e.key] = iniEntry{section: e.section, key: "environment", value: value, line: e.line}
	}
}

// circusFills says of a variable that its value is known only where Circus is started.
func circusFills(value string) bool {
	return strings.Contains(value, "$") || strings.Contains(value, `"`) && strings.Contains(value, "'")
}

// circusNames says whether the name of a section, in which * stands for any text, is a watcher's.
func circusNames(name, watcher string) bool {
	matched, err := path.Match(name, watcher)
	return err == nil && matched
}
