package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// settings takes over the attributes whose names say what they mean, whatever the resource is called; it counts them.
func (g *meaning) settings(m *managed) int {
	took := 0
	if !g.is(infrastructure, m.kind) {
		took += g.port(m) + g.health(m) + g.stores(m)
	}
	took += g.routes(m) + g.runtimes(m) + g.storeVersionOf(m) + g.secure(m)
	if m.inner && m.attr("command", "code").kind != valueUndef {
		return took // what the command is given, of which the part says more that runs it
	}
	for _, name := range []string{"env", "environment", "env_vars", "envvars", "environment_variables", "env_variables", "environment_vars", "extra_env"} {
		if v, ok := m.attrs.get(name); ok && g.environmentOf(m, v, m.finding()) {
			took++
		}
	}
	return took
}

// infrastructure are resources in which a port or a command is not the service's own.
var infrastructure = scan.MustCompile(`firewall|ufw|iptables|haproxy|nginx|apache|varnish|icinga|nagios|monit|sensu|collectd|check|redis|postgres|mysql|mongo|rabbit|elastic|memcache|solr|ssh|backup|statsd|graphite|logst|filebeat|sudo|proxy|vhost|concat|loadbalancer|^host$|balancer`)

// ownPort are the names under which a port is that of the service itself.
var ownPort = scan.MustCompile(`^((app|application|http|listen|server|service|web|api|unicorn|gunicorn|puma|thin|starman|uwsgi|tomcat|jetty|node|passenger|bind|run)_)?port$`)

// tlsPort is where TLS ends in front of the service.
const tlsPort = 443

func (g *meaning) port(m *managed) int {
	for _, name := range m.sortedNames() {
		v := m.attrs.of(name)
		if n := v.number(); g.is(ownPort, name) && n > 0 && validPort(n) && n != tlsPort && g.environment == "" {
			f := m.finding()
			f.Service = service.Service{Port: n}
			g.claim(m, f, v, "port "+v.text, scan.Declared, m.says(name))
			return 1
		}
	}
	return 0
}

// secureName are settings by which a site is asked by https.
var secureName = scan.MustCompile(`^((vhost|app|nginx|apache|site|web|server)_)?(force_)?(ssl|https|tls)(_only|_enabled?|_redirect)?$`)

// secure takes over that the service is asked by https.
func (g *meaning) secure(m *managed) int {
	if !m.class() && !g.is(routeKind, m.kind) && g.is(infrastructure, m.kind) {
		return 0
	}
	took := 0
	for _, name := range m.sortedNames() {
		if v := m.attrs.of(name); g.environment == "" && g.is(secureName, name) && v.plain() == "true" {
			f := m.finding()
			f.Service = service.Service{Edge: &service.Edge{TLS: true}}
			g.claim(m, f, v, "tls "+writtenAt(v), scan.Declared, m.says(name))
			took++
		}
	}
	return took
}

// says is the note of a value: which setting of which resource it is.
func (m *managed) says(name string) string { return name + " of " + m.kind + " " + titleForNote(m) }

var healthName = scan.MustCompile(`^(app_)?(health_?check|health|ping|status)_?(path|url|uri|endpoint)$|^health_?check$`)

func (g *meaning) health(m *managed) int {
	for _, name := range m.sortedNames() {
		v := m.attrs.of(name)
		p := v.plain()
		if !g.is(healthName, name) || !strings.HasPrefix(p, "/") || strings.ContainsAny(p, " {}") || g.environment != "" {
			continue
		}
		f := m.finding()
		f.Service = service.Service{Health: health(p)}
		g.claim(m, f, v, "health "+p, scan.Declared, m.says(name))
		return 1
	}
	return 0
}
