package lang

import (
	"cmp"
	"net"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var urlPattern = scan.MustCompile(`<url-pattern>\s*(/[\w./-]*\w)\s*</url-pattern>`)

// reportHealth reports what the framework serves by itself, else a servlet or handler with a path that says health.
func (m *javaModule) reportHealth(t *scan.Tree, r *scan.Report, kind int, s *settings) {
	prefix := ""
	if kind == javaBoot {
		if v, ok := s.either("server.servlet.context-path", "server.servlet.contextPath", "server.context-path", "server.contextPath", "spring.webflux.base-path"); ok && !strings.Contains(v.text, "$") {
			prefix = v.text
		}
		if m.actuator(r, s, prefix) {
			return
		}
	} else if kind == javaJar && m.serverHealth(t, r, s) {
		return
	}
	var routes []route
	for _, found := range m.facts.routes {
		if !strings.HasSuffix(found.path, "monitor") { // as often a page for people as a check
			found.path = path.Join("/", prefix, found.path)
			routes = append(routes, found)
		}
	}
	for _, p := range m.configs {
		if path.Base(p) == "web.xml" {
			for _, match := range scan.Find(s.text(p), urlPattern) {
				routes = append(routes, route{path: match.Groups[1], file: p, line: match.Line})
			}
		}
	}
	findHealth(r, m.dir, routes)
}

// firstActuator are libraries that only Spring Boot 1 came with.
var firstActuator = []string{"spring-cloud-starter-eureka", "spring-cloud-starter-eureka-server", "spring-cloud-starter-zuul", "spring-cloud-starter-feign", "spring-cloud-starter-hystrix"}

// actuator reports the health endpoint of Spring Boot's actuator and is false where there is none, or it is switched off.
func (m *javaModule) actuator(r *scan.Report, s *settings, prefix string) bool {
	d, ok := m.dep("spring-boot-starter-actuator", "spring-boot-actuator")
	if !ok {
		// A starter of the team's own may bring it: then the configuration speaks of it.
		v, told := s.either("management.endpoints.web.base-path", "management.endpoints.web.basePath", "management.endpoints.web.exposure.include", "management.endpoint.health.show-details",
			"management.endpoint.health.probes.enabled", "management.endpoint.health.show-components")
		if !told {
			return false
		}
		d.file, d.line = v.file, v.line
	}
	if v, ok := s.either("endpoints.health.enabled", "management.endpoint.health.enabled", "management.health.enabled"); ok && v.text == "false" {
		return false
	}
	if all, ok := s.get("endpoints.enabled"); ok && all.text == "false" {
		if v, ok := s.get("endpoints.health.enabled"); !ok || v.text != "true" {
			return false
		}
	}
	base, major := "/actuator", cmp.Or(bootMajor(m.bootVersion().text), m.grailsBoot(s.t, r))
	if _, early := m.dep(firstActuator...); major == 1 || major == 0 && early {
		base = ""
		if v, ok := s.either("management.context-path", "management.contextPath"); ok {
			base = v.text
		}
	} else if v, ok := s.either("management.endpoints.web.base-path", "management.endpoints.web.basePath"); ok {
		base = v.text
	}
	port := 0
	if v, ok := s.either("management.server.port", "management.port"); ok {
		if own, same := s.get("server.port"); !same || own.text != v.text {
			text, _, _ := placeholder(v.text)
			if port = tcpPort(text); port == 0 || anyHealth(m.facts.routes) || s.closedManagement() {
				r.Note(v.file, v.line, "the actuator answers on a port of its own (%s), not on the service's; health.port in %s says so where it is asked", v.text, service.FileName)
				return false
			}
			prefix = ""
			if v, ok := s.either("management.server.base-path", "management.server.basePath", "management.server.servlet.context-path"); ok {
				prefix = v.text
			}
			d.file, d.line = v.file, v.line
		}
	}
	health := "health"
	if v, ok := s.get("management.endpoints.web.path-mapping.health"); ok {
		health = v.text
	}
	// /actuator/health/readiness answers in Kubernetes only, unless it is switched on: not in run_local.
	if route := path.Join("/", prefix, base, health); !strings.Contains(route, "$") {
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Health: &service.Health{Ready: route, Port: port}}}, d.file, d.line, scan.Declared, "the actuator")
	}
	return true
}

// closedManagement says whether the port of Spring Boot's management answers on this machine only, or speaks TLS: nothing that
// asks it from outside by HTTP gets an answer.
func (s *settings) closedManagement() bool {
	if v, ok := s.either("management.server.address", "management.address"); ok && isLoopback(v) {
		return true
	}
	enabled, tls := s.either("management.server.ssl.enabled", "management.ssl.enabled")
	for key := range s.values {
		tls = tls || strings.HasPrefix(key, "management.server.ssl.") || strings.HasPrefix(key, "management.ssl.")
	}
	return tls && enabled.text != "false"
}

// isLoopback says whether a setting is an address that only this machine reaches.
func isLoopback(v javaValue) bool {
	host, _, _ := placeholder(v.text)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serverHealth reports the endpoints that other frameworks serve by themselves.
func (m *javaModule) serverHealth(t *scan.Tree, r *scan.Report, s *settings) bool {
	find := func(h service.Health, d javaDependency, why string) bool {
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Health: &h}}, d.file, d.line, scan.Declared, why)
		return true
	}
	if d, ok := m.dep("quarkus-smallrye-health"); ok {
		root := "/q"
		if v, ok := s.get("quarkus.http.non-application-root-path"); ok {
			root = v.text
		}
		if v, ok := s.get("quarkus.http.root-path"); ok && !strings.HasPrefix(root, v.text) {
			root = path.Join("/", v.text, root)
		}
		health := path.Join("/", root, "health")
		if v, ok := s.get("quarkus.smallrye-health.root-path"); ok {
			health = path.Join("/", root, v.text)
			if strings.HasPrefix(v.text, "/") {
				health = v.text
			}
		}
		return find(service.Health{Live: health + "/live", Ready: health + "/ready"}, d, "Quarkus")
	}
	if d, ok := m.dep("micronaut-management"); ok {
		base := ""
		if v, ok := s.get("endpoints.all.path"); ok {
			base = v.text
		}
		health := path.Join("/", base, "health")
		return find(service.Health{Live: health + "/liveness", Ready: health + "/readiness"}, d, "Micronaut's management")
	}
	if d, ok := m.dep("helidon-health*", "helidon-microprofile*", "helidon-webserver-observe-health"); ok {
		return find(service.Health{Live: "/health/live", Ready: "/health/ready"}, d, "Helidon")
	}
	if d, ok := m.dep("rapids-and-rivers*"); ok {
		return find(service.Health{Live: "/isalive", Ready: "/isready"}, d, "rapids-and-rivers")
	}
	return m.server() == "dropwizard" && m.dropwizardHealth(t, r, s)
}

// dropwizardHealth reports the health checks of Dropwizard's administration, which has a port of its own unless the server is a
// simple one.
func (m *javaModule) dropwizardHealth(t *scan.Tree, r *scan.Report, s *settings) bool {
	d, _ := m.dep("dropwizard-core")
	if v, ok := s.get("server.type"); ok && v.text == "simple" {
		admin := "/admin"
		if v, ok := s.get("server.adminContextPath"); ok {
			admin = v.text
		}
		health := service.Health{Ready: path.Join(admin, "healthcheck")}
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Health: &health}}, v.file, v.line, scan.Declared, "Dropwizard's administration, on the same port")
		return true
	}
	if p := m.dropwizardFile(t, r); p != "" && !anyHealth(m.facts.routes) {
		port, file, line := "8081", d.file, d.line
		if v, ok := s.get("server.adminConnectors[0].port"); ok {
			port, _, _ = placeholder(v.text)
			file, line = v.file, v.line
		}
		health := service.Health{Ready: "/healthcheck", Port: tcpPort(port)}
		if v, ok := s.get("server.adminContextPath"); ok {
			health.Ready = path.Join("/", v.text, "healthcheck")
		}
		host, _ := s.get("server.adminConnectors[0].bindHost")
		kind, _ := s.get("server.adminConnectors[0].type")
		if health.Port == 0 || isLoopback(host) || kind.text != "" && kind.text != "http" {
			r.Note(file, line, "Dropwizard answers %s on the port of its administration (%s), not on the service's; health.port in %s says so where it is asked", health.Ready, port, service.FileName)
			return true
		}
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Health: &health}}, file, line, scan.Declared, "Dropwizard's administration")
		return true
	}
	return false
}

func anyHealth(routes []route) bool {
	for _, found := range routes {
		if live, ready := healthRoute(found.path); live || ready {
			return true
		}
	}
	return false
}
