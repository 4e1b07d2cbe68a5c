package host

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// onLoopback says of a port that only the machine itself reaches that a pod's has to be open. What a command or a variable
// binds is mended where that is taken over, and the launchers of web servers are given another address in any case.
func (r *reading) onLoopback(d *deployed, p *process, port, line int) {
	command := strings.Join(p.command, " ")
	if !p.onlyOnLoopback(port) || launchers[p.program.name()] || strings.Contains(command, "127.0.0.1") || strings.Contains(command, "localhost") {
		return
	}
	for name, value := range p.main().Environment {
		if value != nil && p.opened(name, *value) != *value {
			return
		}
	}
	r.note(d, p.host, line, "%s listens on an address of the machine alone, where nothing outside of its container reaches it: let it listen on 0.0.0.0", d.called(p))
}

func (p *process) onlyOnLoopback(port int) bool {
	for _, s := range p.listens() {
		if !strings.HasPrefix(s, "tcp ") || portOf(s) != port {
			continue
		}
		if end, err := netip.ParseAddrPort(s[4:]); err != nil || !end.Addr().IsLoopback() {
			return false
		}
	}
	return true
}

// bindName are variables that say on which address a program listens. Those of hostName do where they hold an address: a name may
// be the one that the service is called by.
var (
	bindName = scan.MustCompile(`(?i)(^|_)(BIND|LISTEN)(_|$)`)
	hostName = scan.MustCompile(`(?i)^((APP|SERVER|WEB|HTTP)_)?(HOST|ADDR|ADDRESS|INTERFACE)$`)
)

// opened is the value of a variable with every address in the place of the machine's own, where the program listens on it.
func (p *process) opened(name, value string) string {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		host, port = value, ""
	}
	binds := bindName.MatchString(name) || hostName.MatchString(name) && net.ParseIP(host) != nil
	own := port == "" && !slices.ContainsFunc(p.ports(), func(port int) bool { return !p.onlyOnLoopback(port) }) || slices.Contains(p.ports(), number(port)) && p.onlyOnLoopback(number(port))
	switch {
	case !binds || !scan.LocalHost(host) || !own || len(p.ports()) == 0:
		return value
	case port == "":
		return "0.0.0.0"
	}
	return net.JoinHostPort("0.0.0.0", port)
}
