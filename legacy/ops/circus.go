package ops

import (
	"cmp"
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

// circusWatchers gives the watchers of Circus in Supervisor's words. A server that takes over a socket of Circus's binds its
// port itself in a container.
func circusWatchers(t *scan.Tree, p string, r *scan.Report) (order []string, bySection map[string]map[string]iniEntry) {
	bySection = map[string]map[string]iniEntry{}
	var sockets []string // of the sections [socket:x], each with what takes its place
	host := map[string]string{}
	args := map[string]string{}
	for _, e := range parseINI(t.Text(p, r), iniStyle{indented: true, inline: true}) {
		kind, name, _ := strings.Cut(e.section, ":")
		switch {
		case kind == "socket" && e.key == "host":
			host[name] = e.value
		case kind == "socket" && e.key == "port":
			sockets = append(sockets, "--fd $(circus.sockets."+name+")", "--host "+cmp.Or(host[name], "0.0.0.0")+" --port "+e.value)
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
	for section, keys := range bySection {
		command, ok := keys["command"]
		if !ok {
			continue
		}
		command.value = strings.NewReplacer(sockets...).Replace(strings.TrimSpace(command.value + " " + args[section]))
		keys["command"] = command
	}
	return order, bySection
}
