package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// monitored are resources that check something: nagios_service, icinga::check, sensu_check, nrpe::check.
var monitored = scan.MustCompile(`nagios|icinga|sensu|nrpe|naemon|shinken|check`)

// monitorsPart are resources of the monitoring itself, which check nothing.
var monitorsPart = scan.MustCompile(`(^|_|::)(handler|filter|mutator|extension|client|asset)s?$`)

// check understands a resource of the monitoring that has a command; the commands that it calls by name are looked up in
// the configuration of Nagios and NRPE that the operations code brings along.
func (g *meaning) check(m *managed) bool {
	given := m.attr("check_command", "command", "check", "plugin")
	if query := m.attr("target", "query", "metric"); given.kind == valueUndef && query.kind != valueUndef {
		given = query
	}
	if !g.is(monitored, m.kind) || g.is(monitorsPart, m.kind) || given.kind == valueUndef || m.class() {
		return false
	}
	if g.environment != "" {
		return true
	}
	f := m.finding()
	name := unknownEnding.ReplaceAllString(m.title, "")
	f.Name = name
	if text := m.attr("service_description", "description").plain(); text != "" && !strings.Contains(text, "${") {
		name = text
	}
	about := hostNames(m.attr("host_name", "host").plain())
	check := service.Check{Was: lastWord(m.kind) + ` "` + name + `"`}
	place := g.placeOf(given, &check)
	if m.attr("check_command", "command", "check", "plugin").kind == valueUndef {
		place = service.Check{Was: check.Was, None: "it asks for a metric that the old machine sent: write a rule for Prometheus over the one that takes its place"}
	}
	g.use(given)
	for _, host := range askedHost.FindAllString(given.text, 4) {
		about = append(about, siteNames(host)...)
	}
	if len(f.About) > 0 {
		f.About = append(f.About, about...)
	}
	f.Check = &place
	g.claim(m, f, managedValue{}, "check "+m.title, scan.Declared, "")
	return true
}

// askedHost is the name of a host in a check's command: it may say whom the check is about.
var askedHost = scan.MustCompile(`\b[a-z][a-z0-9-]*(\.[a-z0-9-]+)*(\.[a-z]{2,8}|\.\$\{\w+\})\b`)

// unknownEnding is what tells the checks of several machines apart: _on_${hostname}.
var unknownEnding = scan.MustCompile(`[-_ ]?(?:on|for|at)?[-_ ]?\$\{[^}]*\}$`)

func lastWord(kind string) string {
	word, _, _ := strings.Cut(kind, "::")
	word, _, _ = strings.Cut(word, "_")
	return word
}

// placeOf is what takes the place of a check's command.
func (g *meaning) placeOf(command managedValue, check *service.Check) service.Check {
	if command.secret || command.text == "" {
		check.None = "its command is not known here"
		return *check
	}
	line, why := g.monitoring().commandLine(command.text, nagiosObject{}, 0)
	if why != "" {
		check.None = why
		return *check
	}
	found := newPlugin(splitWords(line)).converted()
	found.Was = check.Was
	if len(found.Script) > 0 && strings.Contains(strings.Join(found.Script, " "), "${") {
		return service.Check{Was: check.Was, None: "its command is put together on the machine: " + found.Script[0] + "; write the check anew"}
	}
	return found
}

// monitoring is the configuration of Nagios and NRPE that lies among the operations code, read once.
func (g *meaning) monitoring() *nagios {
	if g.nagios != nil {
		return g.nagios
	}
	g.nagios = newNagios(g.t, quietly())
	files := g.t.Files()
	if g.root != "" {
		files = g.t.Below(g.root)
	}
	for _, p := range files {
		if path.Ext(unitFile(p)) != ".cfg" {
			continue
		}
		if text, err := g.t.Read(p); err == nil {
			g.nagios.collect(p, string(text))
		}
	}
	return g.nagios
}
