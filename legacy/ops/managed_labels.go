package ops

import (
	"cmp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	routerRule = scan.MustCompile(`^traefik\.(http\.routers\.[\w-]+\.rule|([\w-]+\.)?frontend\.rule)$`)
	routerTLS  = scan.MustCompile(`^traefik\.http\.routers\.[\w-]+\.tls(\.certresolver)?$`)
	routerPort = scan.MustCompile(`^traefik\.(http\.services\.[\w-]+\.loadbalancer\.server\.port|([\w-]+\.)?port)$`)
	ruleCall   = scan.MustCompile("\\b(Host|PathPrefix)\\(([^)]*)\\)|\\b(Host|PathPrefix):([^;\\s]+)")
	ruleQuoted = scan.MustCompile("`[^`]*`|'[^']*'|\"[^\"]*\"")
	ruleWord   = scan.MustCompile("[`'\"]([^`'\"]+)[`'\"]|([^,`'\"\\s]+)")
)

// labels takes over what a container's labels tell Traefik in front of it: names, paths and the port behind them.
func (g *meaning) labels(m *managed, f scan.Finding) {
	for _, name := range labelSettings {
		g.use(m.attrs.of(name))
	}
	for _, l := range m.labelPairs() {
		switch name, v := l.key.text, l.item; {
		case routerRule.MatchString(name):
			took := false
			for _, r := range ruleRoutes(v.plain()) {
				host := v
				host.text = r.Host
				took = g.route(m, host, r.Path, m.says(name)) || took
			}
			if !took {
				g.label(m, f, l)
			}
		case routerTLS.MatchString(name) && v.plain() != "" && v.plain() != "false":
			f.Service = service.Service{Edge: &service.Edge{TLS: true}}
			g.claim(m, f, v, "tls "+writtenAt(v), scan.Declared, m.says(name))
		case routerPort.MatchString(name) && validPort(v.number()):
			f.Service = service.Service{Port: v.number()}
			g.claim(m, f, v, "port "+v.text, scan.Declared, m.says(name))
		case name != "traefik.enable":
			g.label(m, f, l)
		}
	}
}

// label notes one that nothing was taken from.
func (g *meaning) label(m *managed, f scan.Finding, l valuePair) {
	file, line := m.place(l.item)
	g.noteFor(f.About, "labels of the container that nothing was taken from: where they tell a proxy how people reach it, give it routes", l.key.text, file, line)
}

// labelSettings are the settings of a container with its labels.
var labelSettings = []string{"labels", "label", "extra_labels"}

// labelPairs are the items of a hash, or of a list of NAME=value.
func (m *managed) labelPairs() []valuePair {
	var all []valuePair
	for _, attr := range labelSettings {
		v := m.attrs.of(attr)
		if v.kind == valueHash {
			all = append(all, v.pairs()...)
			continue
		}
		for _, item := range v.items() {
			name, text, ok := strings.Cut(item.text, "=")
			if one := item; ok && item.kind == valueText {
				one.text = text
				all = append(all, valuePair{textValue(strings.TrimSpace(name), item.file, item.line), one})
			}
		}
	}
	return all
}

// maxRuleRoutes bounds how many names and paths one rule leads to the service.
const maxRuleRoutes = 100

// ruleName is what a rule asks about a request; ruleTakes are those that a route can ask as well.
var (
	ruleName  = scan.MustCompile(`\b([A-Z]\w*)[(:]`)
	ruleTakes = map[string]bool{"Host": true, "PathPrefix": true}
)

// ruleRoutes are the names, and the paths below them, of a rule of Traefik's: Host(`a`) && PathPrefix(`/b`) || Host(`c`), and
// Host:a,c;PathPrefix:/b of its first version. One that leaves something out by !, asks for an address or a header, or means
// one path alone by Path(`/b`), is not taken: a route would show more than it does.
func ruleRoutes(rule string) []service.Route {
	var routes []service.Route
	for _, one := range alternatives(rule) {
		if strings.Contains(ruleQuoted.ReplaceAllString(one, ""), "!") {
			continue
		}
		if slices.ContainsFunc(ruleName.FindAllStringSubmatch(one, maxRuleRoutes), func(call []string) bool { return !ruleTakes[call[1]] }) {
			continue
		}
		var hosts, paths []string
		for _, call := range ruleCall.FindAllStringSubmatch(one, maxRuleRoutes) {
			for _, word := range ruleWord.FindAllStringSubmatch(call[2]+call[4], maxRuleRoutes) {
				if word := cmp.Or(word[1], word[2]); call[1]+call[3] == "Host" {
					hosts = append(hosts, word)
				} else if strings.HasPrefix(word, "/") {
					paths = append(paths, strings.TrimRight(word, "/"))
				}
			}
		}
		if len(paths) == 0 {
			paths = []string{""}
		}
		for _, host := range hosts {
			for _, p := range paths {
				if r := (service.Route{Host: host, Path: p}); len(routes) < maxRuleRoutes && !slices.Contains(routes, r) {
					routes = append(routes, r)
				}
			}
		}
	}
	return routes
}

// alternatives are the parts of a rule between || outside of brackets.
func alternatives(rule string) []string {
	var all []string
	depth, begin := 0, 0
	for i := range len(rule) {
		switch {
		case rule[i] == '(':
			depth++
		case rule[i] == ')':
			depth--
		case depth == 0 && i >= begin && strings.HasPrefix(rule[i:], "||"):
			all = append(all, rule[begin:i])
			begin = i + 2
		}
	}
	return append(all, rule[begin:])
}
