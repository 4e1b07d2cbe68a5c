package lang

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// javaServer are libraries that make a plain jar a server, with the framework's name, the port that it takes where nothing
// says one (0 for none), and how the code says one. The order matters: what others are built on stands last.
var javaServer = []struct {
	dep, name string
	port      int
	code      *scan.Pattern
}{
	{"dropwizard-core", "dropwizard", 8080, nil}, {"dropwizard-auth", "dropwizard", 8080, nil}, {"dropwizard-db", "dropwizard", 8080, nil}, {"dropwizard-jersey", "dropwizard", 8080, nil},
	{"dropwizard-assets", "dropwizard", 8080, nil}, {"dropwizard-hibernate", "dropwizard", 8080, nil}, {"dropwizard-jdbi*", "dropwizard", 8080, nil}, {"dropwizard-views*", "dropwizard", 8080, nil}, // which all rest on the core
	{"quarkus-*", "quarkus", 8080, nil},
	{"micronaut-http-server*", "micronaut", 8080, nil}, {"micronaut-function-web", "micronaut", 8080, nil},
	{"rapids-and-rivers*", "rapids-and-rivers", 8080, nil}, // which brings a Ktor of its own
	{"ktor-server-*", "ktor", 0, scan.MustCompile(`embeddedServer\(\s*\w+\s*,\s*(?:port\s*=\s*)?(?:\(?\s*System\.getenv\("\w+"\)(?:\?\.toInt\w*\(\))?\s*\?:\s*"?)?(\d{2,5})`)},
	{"apollo-http-service", "apollo", 0, nil},
	{"http4k-server-*", "http4k", 0, scan.MustCompile(`\b(?:Jetty|Netty|Undertow|SunHttp|ApacheServer|KtorCIO|Ratpack)\(\s*(?:port\s*=\s*)?(\d{2,5})\s*\)`)},
	{"vertx-web", "vertx", 0, vertxPort}, {"vertx-core", "vertx", 0, vertxPort},
	{"spark-core", "spark", 4567, scan.MustCompile(`\b(?:Spark\.)?(?:port|setPort)\(\s*(\d{2,5})\s*\)`)},
	{"javalin*", "javalin", 8080, scan.MustCompile(`\.start\(\s*(\d{2,5})\s*\)`)},
	{"ratpack-core", "ratpack", 5050, nil}, {"helidon-*", "helidon", 8080, nil},
	{"armeria*", "armeria", 0, scan.MustCompile(`\.http\(\s*(\d{2,5})\s*\)`)},
	{"jetty-server", "jetty", 0, jettyPort}, {"jetty-webapp", "jetty", 0, jettyPort}, {"jetty-all", "jetty", 0, jettyPort},
	{"tomcat-embed-core", "tomcat-embedded", 8080, scan.MustCompile(`\.setPort\(\s*(\d{2,5})\s*\)`)},
	{"jersey-container-*", "jersey", 0, scan.MustCompile(`\.port\(\s*(\d{2,5})\s*\)|createHttpServer\([^"\n]{0,80}"https?://[^:"/]+:(\d{2,5})`)},
	{"undertow-core", "undertow", 0, scan.MustCompile(`addHttpListener\(\s*(\d{2,5})`)},
	{"grpc-netty*", "grpc", 0, scan.MustCompile(`\bforPort\(\s*(\d{2,5})`)},
	{"netty-all", "netty", 0, scan.MustCompile(`\.bind\(\s*(\d{2,5})\s*\)`)}, {"nanohttpd", "nanohttpd", 0, nil},
	{"kafka-streams*", "kafka-streams", 0, nil}, // answers nobody, and runs on
}

var (
	vertxPort = scan.MustCompile(`\.listen\(\s*(\d{2,5})|\.setPort\(\s*(\d{2,5})\s*\)`)
	jettyPort = scan.MustCompile(`new\s+Server\(\s*(\d{2,5})\s*\)|\bsetPort\(\s*(\d{2,5})\s*\)|\bnew\s+InetSocketAddress\(\s*(\d{2,5})\s*\)`)
)

// portCode is how code of the module's framework says its port, nil where it does not.
func (m *javaModule) portCode() *scan.Pattern {
	for _, s := range javaServer {
		if _, ok := m.dep(s.dep); ok {
			return s.code
		}
	}
	return nil
}

// server is the framework that makes a jar a server, "" for none.
func (m *javaModule) server() string {
	for _, s := range javaServer {
		if _, ok := m.dep(s.dep); ok {
			return s.name
		}
	}
	return ""
}

// reportFramework reports framework and port.
func (m *javaModule) reportFramework(r *scan.Report, kind int, s *settings) {
	f := scan.Finding{Dir: m.dir}
	switch kind {
	case javaWar:
		if m.tool == "grails" {
			f.Service.Framework = "grails"
			r.Find(f, m.file, m.props["grails.version"].line, scan.Declared, "")
			f.Service.Framework = ""
		} else {
			m.reportTomcat(r)
		}
		f.Service.Port = 8080
		r.Find(f, m.file, 1, scan.Convention, "Tomcat's port")
	case javaBoot:
		m.reportBoot(r)
		m.reportBootPort(r, s)
		m.reportBootTLS(r, s)
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

// springRoles are the parts of Spring Cloud that a program can be, by the annotation or the library that makes it one.
var springRoles = []struct{ annotation, dep, name string }{
	{"@EnableEurekaServer", "", "spring-cloud-eureka"}, {"@EnableConfigServer", "", "spring-cloud-config"}, {"@EnableZuulProxy", "", "spring-cloud-zuul"},
	{"@EnableAdminServer", "", "spring-boot-admin"}, {"", "spring-cloud-starter-gateway*", "spring-cloud-gateway"},
}

// reportBoot reports Spring Boot, or what the program is to others that are built on it.
func (m *javaModule) reportBoot(r *scan.Report) {
	f := scan.Finding{Dir: m.dir}
	if at := m.grails(); at.file != "" {
		f.Service.Framework = "grails"
		r.Find(f, at.file, at.line, scan.Declared, "")
		return
	}
	for _, role := range springRoles {
		f.Service.Framework = role.name
		if at, ok := m.facts.annotations[role.annotation]; ok {
			r.Find(f, at.file, at.line, scan.Declared, "")
			return
		}
		if d, ok := m.dep(role.dep); ok {
			r.Find(f, d.file, d.line, scan.Declared, "")
			return
		}
	}
	f.Service.Framework = "spring-boot"
	if boot := m.bootVersion(); boot.file != "" {
		r.Find(f, boot.file, boot.line, scan.Declared, "Spring Boot "+boot.text)
		return
	}
	r.Find(f, m.facts.bootMain.file, m.facts.bootMain.line, scan.Declared, "")
}

// reportTomcat tells the Tomcat that the WAR is made for: up to 9 applications use javax.servlet, from 10 on jakarta.servlet.
func (m *javaModule) reportTomcat(r *scan.Report) {
	f := scan.Finding{Dir: m.dir}
	f.Service.Framework = "tomcat9"
	is, at := m.jakarta()
	if is {
		f.Service.Framework = "tomcat10"
		if d, ok := m.dep("jakarta.servlet-api"); ok && d.version >= "6.1" && d.version < "8" {
			f.Service.Framework = "tomcat11"
		}
	}
	if at.file == "" {
		r.Find(f, m.file, 1, scan.Convention, "a WAR for javax.servlet")
		return
	}
	r.Find(f, at.file, at.line, scan.Declared, at.text)
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

// bootTLS is where Spring Boot is told to serve TLS by itself.
func (s *settings) bootTLS() (javaValue, bool) {
	if enabled, _ := s.get("server.ssl.enabled"); enabled.text == "false" {
		return javaValue{}, false
	}
	if _, asks := s.clientAuth(); asks {
		return javaValue{}, false
	}
	return s.servesTLS()
}

// servesTLS is what Spring Boot would serve TLS with.
func (s *settings) servesTLS() (javaValue, bool) {
	return s.either("server.ssl.key-store", "server.ssl.keyStore", "server.ssl.certificate", "server.ssl.bundle")
}

// clientAuth is where Spring Boot is told to ask its callers for certificates.
func (s *settings) clientAuth() (javaValue, bool) {
	v, _ := s.either("server.ssl.client-auth", "server.ssl.clientAuth")
	text, _, _ := placeholder(v.text)
	enabled, _ := s.get("server.ssl.enabled")
	return v, enabled.text != "false" && (strings.EqualFold(text, "need") || strings.EqualFold(text, "want"))
}

// reportBootTLS has Spring Boot serve in the clear where it is told to serve TLS by itself, unless that would let in callers
// without a certificate.
func (m *javaModule) reportBootTLS(r *scan.Report, s *settings) {
	if at, ok := s.bootTLS(); ok {
		f := scan.Finding{Dir: m.dir, Service: service.Service{Env: map[string]string{"SERVER_SSL_ENABLED": "false"}}}
		r.Find(f, at.file, at.line, scan.Convention, "the gateway ends TLS, and probes ask in the clear")
		return
	}
	auth, asks := s.clientAuth()
	if _, ok := s.servesTLS(); ok && asks {
		r.Note(auth.file, auth.line, "asks callers for certificates, so the port goes on speaking TLS, which the gateway and probes do not: have the gateway check the certificates, and only then set SERVER_SSL_ENABLED to false")
	}
}

// serverPortKeys are the settings of frameworks that say on which port they serve.
var serverPortKeys = []string{"server.applicationConnectors[0].port", "server.connector.port", "http.server.port", "quarkus.http.port", "micronaut.server.port", "server.port", "http.port", "ktor.deployment.port", "armeria.ports[0].port"}

// reportServerPort reports the port that the configuration says, then what the code binds, then the framework's own.
func (m *javaModule) reportServerPort(r *scan.Report, s *settings, name string, port int, d javaDependency) {
	f := scan.Finding{Dir: m.dir}
	for _, key := range serverPortKeys {
		v, ok := s.get(key)
		if !ok {
			continue
		}
		text, env, _ := placeholder(v.text)
		if p := tcpPort(text); p > 0 {
			f.Service.Port = p
			r.Find(f, v.file, v.line, scan.Declared, "")
			return
		}
		if env != "" && port > 0 {
			f.Service.Port, f.Service.Env = port, map[string]string{env: strconv.Itoa(port)}
			r.Find(f, v.file, v.line, scan.Convention, env+" says it, without a default")
			return
		}
	}
	if p := tcpPort(m.facts.defaults["PORT"]); p > 0 {
		for _, v := range m.facts.env {
			if v.text == "PORT" {
				f.Service.Port = p
				r.Find(f, v.file, v.line, scan.Declared, "unless PORT says otherwise")
				return
			}
		}
	}
	if at := m.facts.port; at.file != "" {
		f.Service.Port = tcpPort(at.text)
		r.Find(f, at.file, at.line, scan.Declared, "")
		return
	}
	if port > 0 {
		f.Service.Port = port
		r.Find(f, d.file, d.line, scan.Convention, name+"'s port")
	}
}

// tcpPort is the text as a port, 0 where it is none.
func tcpPort(text string) int {
	if p, err := strconv.Atoi(text); err == nil && p > 0 && p < 65536 {
		return p
	}
	return 0
}
