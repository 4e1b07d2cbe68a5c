package ops

import (
	"strconv"
	"strings"
)

// instancesByPort joins the processes of one program that differ by the port alone, which stands in their names, too: a
// balancer on the machine needed mongrel-3001 and mongrel-3002, a Service needs none of that.
func instancesByPort(daemons []*daemon) []*daemon {
	count, first := map[string]int{}, map[string]*daemon{}
	var kept []*daemon
	for _, d := range daemons {
		key, port := d.withoutPort()
		if key == "" {
			kept = append(kept, d)
			continue
		}
		if count[key]++; first[key] == nil {
			first[key], kept = d, append(kept, d)
		}
		if n := count[key]; n > 1 {
			d = first[key]
			d.name = strings.TrimRight(strings.ReplaceAll(d.name, strconv.Itoa(d.port()), ""), "-_.")
			d.instances = nil
			d.counted(strconv.Itoa(n), d.script.file, d.script.line, "as many processes, each at a port of its own: "+port+" is the last")
		}
	}
	return kept
}

// withoutPort is the process without its port, "" where its name holds none.
func (d *daemon) withoutPort() (key, port string) {
	if port = strconv.Itoa(d.port()); port == "0" || !strings.Contains(d.name, port) || len(d.script.argv) == 0 {
		return "", ""
	}
	return strings.ReplaceAll(d.name+" "+shown(d.script.argv), port, "*"), port
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
