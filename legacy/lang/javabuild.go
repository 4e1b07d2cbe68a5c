package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// reportBuild reports how the module is built and what comes out, and the command that runs it.
func (m *javaModule) reportBuild(t *scan.Tree, r *scan.Report, kind int) {
	b := &service.Build{Tool: m.tool, Artifact: m.artifactPath()}
	names := []string{"pom.xml", "mvnw"}
	if m.tool == "gradle" {
		names = []string{path.Base(m.file), "settings.gradle", "settings.gradle.kts", "gradle.properties", "gradlew"}
	}
	for _, name := range names {
		if t.Has(path.Join(m.dir, name)) {
			b.Files = append(b.Files, name)
		}
	}
	m.fromRoot(b)
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Build: b}}, m.file, 1, scan.Declared, "")
	c := scan.Finding{Dir: m.dir}
	switch kind {
	case javaWar:
		c.Service.Command = []string{"catalina.sh", "run"}
		r.Find(c, m.file, m.packagingLine(t, r), scan.Convention, "a WAR, run by Tomcat")
		if name := m.contextPath(); name != "" && name != "ROOT" {
			r.Note(m.file, m.packagingLine(t, r), "Tomcat serves %s.war below /%s by its name; callers that use this path need a route or a changed address", name, name)
		}
	case javaBoot:
		ext := ".jar"
		if m.packaging == "war" {
			ext = ".war"
		}
		c.Service.Command = []string{"java", "-jar", "/app/app" + ext}
		r.Find(c, m.facts.bootMain.file, m.facts.bootMain.line, scan.Convention, "Spring Boot's executable "+ext[1:])
	default:
		line, _ := m.plugin("maven-shade-plugin", "maven-assembly-plugin", "application", "shadow")
		c.Service.Command = append([]string{"java", "-jar", "/app/app.jar"}, m.arguments(t, r)...)
		r.Find(c, m.file, max(line, 1), scan.Convention, "the jar with a main class")
	}
}

func (m *javaModule) packagingLine(t *scan.Tree, r *scan.Report) int {
	if m.tool == "gradle" {
		return max(m.plugins["war"], 1)
	}
	return lineOfTag(t.Text(m.file, r), "packaging", m.packaging)
}

// contextPath is the name under which Tomcat would serve the WAR.
func (m *javaModule) contextPath() string {
	name := path.Base(m.artifactPath())
	return strings.TrimSuffix(strings.TrimSuffix(name, ".war"), "-"+m.version)
}

// artifactPath is where the build leaves its result, "" where the name can't be told.
func (m *javaModule) artifactPath() string {
	ext := "." + m.packaging
	if ext != ".war" {
		ext = ".jar"
	}
	dir := "target/"
	name := m.resolve(m.output)
	if m.tool == "gradle" {
		dir = "build/libs/"
		if name != "" {
			return dir + name
		}
	}
	if name == "" {
		if m.artifact == "" {
			return ""
		}
		name = m.artifact
		if version := m.resolve(m.version); version != "" {
			name += "-" + version
		}
	}
	if strings.ContainsAny(name, "${} ") {
		return ""
	}
	return dir + strings.TrimSuffix(name, ext) + ext
}

var dropwizardConfig = scan.MustCompile(`(?m)^server:`)

// arguments are what a Dropwizard program wants to be started with: server and its file.
func (m *javaModule) arguments(t *scan.Tree, r *scan.Report) []string {
	if m.server() != "dropwizard" {
		return nil
	}
	if p := m.dropwizardFile(t, r); p != "" {
		return []string{"server", relative(m.dir, p)}
	}
	return []string{"server"}
}

// dropwizardFile is the configuration that production gets, the one named for it first.
func (m *javaModule) dropwizardFile(t *scan.Tree, r *scan.Report) string {
	file := ""
	for _, p := range m.configs {
		if ext := path.Ext(p); ext != ".yml" && ext != ".yaml" {
			continue
		}
		if !dropwizardConfig.MatchString(t.Text(p, r)) {
			continue
		}
		environment, skip := environmentOf(p)
		if environment == "production" {
			return p
		}
		if file == "" && !skip {
			file = p
		}
	}
	return file
}

// reportFramework reports framework and port.
func (m *javaModule) reportFramework(r *scan.Report, kind int, s *settings) {
	f := scan.Finding{Dir: m.dir}
	switch kind {
	case javaWar:
		m.reportTomcat(r)
		f.Service.Port = 8080
		r.Find(f, m.file, 1, scan.Convention, "Tomcat's port")
	case javaBoot:
		boot := m.bootVersion()
		f.Service.Framework = "spring-boot"
		if boot.file != "" {
			r.Find(f, boot.file, boot.line, scan.Declared, "Spring Boot "+boot.text)
		} else {
			r.Find(f, m.facts.bootMain.file, m.facts.bootMain.line, scan.Declared, "")
		}
		m.reportBootPort(r, s)
	default:
		for _, server := range javaServer {
			d, ok := m.dep(server.dep)
			if !ok {
				continue
			}
			f.Service.Framework = server.name
			r.Find(f, d.file, d.line, scan.Declared, "")
			m.reportServerPort(r, s, server.name, server.port, d)
			return
		}
	}
}

// reportTomcat tells the Tomcat that the WAR is made for: up to 9 applications use javax.servlet, from 10 on jakarta.servlet.
func (m *javaModule) reportTomcat(r *scan.Report) {
	f := scan.Finding{Dir: m.dir}
	f.Service.Framework = "tomcat9"
	if d, ok := m.dep("jakarta.servlet-api", "jakarta.jakartaee-api", "jakarta.jakartaee-web-api"); ok && !strings.HasPrefix(d.version, "4.") && !strings.HasPrefix(d.version, "8.") {
		f.Service.Framework = "tomcat10"
		r.Find(f, d.file, d.line, scan.Declared, "a WAR for jakarta.servlet")
		return
	}
	if at := m.facts.jakarta; at.file != "" && m.facts.javax.file == "" {
		f.Service.Framework = "tomcat10"
		r.Find(f, at.file, at.line, scan.Declared, "a WAR for jakarta.servlet")
		return
	}
	if d, ok := m.dep("javax.servlet-api", "servlet-api", "javaee-api", "javaee-web-api", "jakarta.servlet-api"); ok {
		r.Find(f, d.file, d.line, scan.Declared, "a WAR for javax.servlet")
		return
	}
	r.Find(f, m.file, 1, scan.Convention, "a WAR for javax.servlet")
}

// bootWeb are starters that bring a server.
var bootWeb = []string{"spring-boot-starter-web", "spring-boot-starter-webmvc", "spring-boot-starter-webflux", "spring-boot-starter-jersey", "spring-boot-starter-undertow", "spring-boot-starter-jetty", "spring-boot-starter-tomcat", "spring-boot-starter-thymeleaf",
	"spring-cloud-starter-netflix-eureka-server", "spring-cloud-starter-eureka-server", "spring-cloud-config-server", "spring-cloud-starter-gateway*", "spring-cloud-starter-zuul", "spring-cloud-starter-netflix-zuul", "spring-boot-admin-starter-server",
	"spring-boot-starter-data-rest", "spring-boot-starter-ws", "spring-boot-starter-graphql", "spring-boot-starter-actuator", "spring-cloud-starter-*turbine*", "spring-boot-starter-hateoas", "spring-cloud-starter-hystrix-dashboard"}

func (m *javaModule) reportBootPort(r *scan.Report, s *settings) {
	f := scan.Finding{Dir: m.dir}
	if v, ok := s.get("server.port"); ok {
		text, env, _ := placeholder(v.text)
		if port, err := strconv.Atoi(text); err == nil && port > 0 && port < 65536 {
			f.Service.Port = port
			note := ""
			if env != "" {
				note = "unless " + env + " says otherwise"
			}
			r.Find(f, v.file, v.line, scan.Declared, note)
			return
		}
		if env != "" {
			f.Service.Port, f.Service.Env = 8080, map[string]string{env: "8080"}
			r.Find(f, v.file, v.line, scan.Convention, env+" says it, without a default")
			return
		}
	}
	if d, ok := m.dep(bootWeb...); ok {
		f.Service.Port = 8080
		r.Find(f, d.file, d.line, scan.Convention, "Spring Boot's port")
	}
}

func (m *javaModule) reportServerPort(r *scan.Report, s *settings, name string, port int, d javaDependency) {
	f := scan.Finding{Dir: m.dir}
	for _, key := range []string{"server.applicationConnectors[0].port", "server.connector.port", "quarkus.http.port", "micronaut.server.port", "server.port", "http.port", "ktor.deployment.port"} {
		v, ok := s.get(key)
		if !ok {
			continue
		}
		text, _, _ := placeholder(v.text)
		if p, err := strconv.Atoi(text); err == nil && p > 0 && p < 65536 {
			f.Service.Port = p
			r.Find(f, v.file, v.line, scan.Declared, "")
			return
		}
	}
	if port > 0 {
		f.Service.Port = port
		r.Find(f, d.file, d.line, scan.Convention, name+"'s port")
	}
}

var urlPattern = scan.MustCompile(`<url-pattern>\s*(/[\w./-]*\w)\s*</url-pattern>`)

// reportHealth reports Spring Boot's actuator, or a servlet or handler with a path that says health.
func (m *javaModule) reportHealth(r *scan.Report, kind int, s *settings) {
	if d, ok := m.dep("spring-boot-starter-actuator", "spring-boot-actuator"); ok && kind == javaBoot {
		base := "/actuator"
		if bootMajor(m.bootVersion().text) == 1 {
			base = ""
		}
		if v, ok := s.get("management.endpoints.web.base-path"); ok {
			base = v.text
		}
		if v, ok := s.get("management.context-path"); ok && base == "" {
			base = v.text
		}
		prefix := ""
		for _, key := range []string{"server.servlet.context-path", "server.context-path", "server.servlet.contextPath", "spring.webflux.base-path"} {
			if v, ok := s.get(key); ok {
				prefix = v.text
			}
		}
		if v, ok := s.either("management.server.port", "management.port"); ok {
			r.Note(v.file, v.line, "the actuator answers on a port of its own (%s), not on the service's", v.text)
			return
		}
		// /actuator/health/readiness answers in Kubernetes only, unless it is switched on: not in run_local.
		route := path.Clean("/" + prefix + "/" + base + "/health")
		if strings.Contains(route, "$") {
			return
		}
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Health: &service.Health{Ready: route}}}, d.file, d.line, scan.Declared, "the actuator")
		return
	}
	var routes []route
	for _, found := range m.facts.routes {
		if !strings.HasSuffix(found.path, "monitor") { // as often a page for people as a check
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
