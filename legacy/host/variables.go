package host

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// named are the machines that variables name without a scheme or a connection that is open: MAIL_HOST=mail.corp.example.
// A name that says no single kind (DB_HOST) counts with a port beside it only.
func (p *process) named(known []answer) []answer {
	var list []answer
	main := p.main()
	for _, name := range slices.Sorted(maps.Keys(main.Environment)) {
		value := main.Environment[name]
		m := hostWords.FindStringSubmatch(name)
		if value == nil || m == nil || !addressName.MatchString(name) || !plainHost.MatchString(*value) || scan.LocalHost(*value) {
			continue
		}
		ports := wordPorts[strings.ToLower(m[2])]
		if len(ports) == 0 {
			continue
		}
		a := answer{host: *value, port: ports[0], kind: kindPorts[ports[0]], line: p.at("environment", name)}
		if slices.ContainsFunc(ports, func(port int) bool { return kindPorts[port] != a.kind }) {
			a.kind = ""
		}
		if own := main.Environment[portBeside(name)]; own != nil && number(*own) > 0 {
			if a.port = number(*own); slices.Contains(ports, a.port) {
				a.kind = kindPorts[a.port]
			}
		}
		there := func(b answer) bool { return b.host == a.host && (b.kind == a.kind || slices.Contains(ports, b.port)) }
		if a.kind != "" && !slices.ContainsFunc(known, there) && !slices.ContainsFunc(list, there) {
			list = append(list, a)
		}
	}
	return list
}

// pointed are the plain variables that lead to an answer, with the need's name and port in the place of today's.
func (p *process) pointed(a answer) map[string]string {
	env := map[string]string{}
	main := p.main()
	hosts := []string{a.host, a.address}
	if a.peer != nil && a.peer.host == p.host {
		hosts = append(hosts, "localhost", "127.0.0.1", "::1")
	}
	for name, value := range main.Environment {
		if value == nil || *value == "" {
			continue
		}
		for _, host := range hosts {
			switch {
			case host == "":
			case strings.EqualFold(*value, host) && p.speaksOf(name, a):
				env[name] = "{host}"
				if port := main.Environment[portBeside(name)]; port != nil && *port == strconv.Itoa(a.port) {
					env[portBeside(name)] = "{port}"
				}
			case strings.EqualFold(*value, host+":"+strconv.Itoa(a.port)):
				env[name] = "{host}:{port}"
			case strings.Contains(*value, "://"+host+":"+strconv.Itoa(a.port)):
				env[name] = strings.Replace(*value, host+":"+strconv.Itoa(a.port), "{host}:{port}", 1)
			case strings.Contains(*value, "://"+host+"/") || strings.HasSuffix(*value, "://"+host):
				if n, ok := scan.NeedOfURL(*value); ok && n.Port == a.port {
					env[name] = strings.Replace(*value, host, "{host}:{port}", 1)
				}
			}
		}
	}
	if len(env) == 0 {
		return nil
	}
	return env
}

// speaksOf says whether a variable that holds an address is about this answer: where several answer there, its words decide.
func (p *process) speaksOf(name string, a answer) bool {
	if port := p.main().Environment[portBeside(name)]; port != nil {
		return *port == strconv.Itoa(a.port)
	}
	if m := hostWords.FindStringSubmatch(name); m != nil {
		return slices.Contains(wordPorts[strings.ToLower(m[2])], a.port)
	}
	return !scan.LocalHost(a.host) && a.host != "" || a.address != ""
}

// portBeside is the variable that says the port where another says the host: MAIL_PORT beside MAIL_HOST.
func portBeside(name string) string {
	return name[:max(strings.LastIndexByte(name, '_'), 0)] + "_PORT"
}
