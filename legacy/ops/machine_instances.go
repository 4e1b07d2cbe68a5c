package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// instancesByPort joins the processes of one program that differ by the port alone, which stands in their names, too: a
// balancer on the machine needed mongrel-3001 and mongrel-3002, a Service needs none of that. A copy of the same file, for
// another environment or machine, has no more of them.
func instancesByPort(daemons []*daemon) []*daemon {
	ports, last := map[string]map[string]bool{}, map[string]string{}
	for _, d := range daemons {
		if key, port := d.withoutPort(); key != "" {
			if ports[key] == nil {
				ports[key] = map[string]bool{}
			}
			ports[key][port], last[key] = true, port
		}
	}
	first := map[string]*daemon{}
	var kept []*daemon
	for _, d := range daemons {
		key, _ := d.withoutPort()
		if len(ports[key]) < 2 {
			kept = append(kept, d)
		} else if first[key] == nil {
			first[key], kept = d, append(kept, d)
		}
	}
	for key, d := range first {
		d.joined(len(ports[key]), last[key])
	}
	return kept
}

// joined makes a process the one that stands for several at ports of their own.
func (d *daemon) joined(n int, last string) {
	if name := strings.TrimRight(strings.ReplaceAll(d.name, strconv.Itoa(d.port()), ""), "-_."); name != "" {
		d.name = name
	}
	d.instances = nil
	d.counted(strconv.Itoa(n), d.script.file, d.script.line, "as many processes, each at a port of its own: "+last+" is the last")
}

// withoutPort is what the process has in common with those at other ports, its variables among it, "" where its name holds
// no port.
func (d *daemon) withoutPort() (key, port string) {
	if port = strconv.Itoa(d.port()); port == "0" || !strings.Contains(d.name, port) || len(d.script.argv) == 0 {
		return "", ""
	}
	said := []string{d.name, shown(d.script.argv)}
	for name := range d.script.exported {
		said = append(said, name+"="+d.script.vars[name])
	}
	slices.Sort(said[2:])
	return path.Dir(d.script.file) + "\x00" + strings.ReplaceAll(strings.Join(said, "\x00"), port, "*"), port
}

// port is where the process is said to listen, 0 where nothing says it.
func (d *daemon) port() int {
	for _, c := range d.claims {
		if c.service.Port > 0 {
			return c.service.Port
		}
	}
	port, _ := portOf(d.script.argv, nil)
	return port
}
