package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// eeServer is an application server that a WAR or an EAR can be made for.
type eeServer struct {
	name       string
	descriptor *scan.Pattern // files that only this server reads
	plugins    []string      // of Maven and Gradle that deploy to it
	old, new   string        // the release with javax.*, and the one with jakarta.*, as a framework is called
}

// eeServers are those that run here. The order decides where a WAR with EJBs is made for several.
var eeServers = []eeServer{
	{"wildfly", scan.MustCompile(`(^|/)(jboss-(web|app|ejb3|deployment-structure|ejb-client)\.xml|(WEB-INF|META-INF)/[\w-]+-ds\.xml)$`),
		[]string{"wildfly-maven-plugin", "jboss-as-maven-plugin", "org.wildfly.plugins.wildfly-gradle-plugin"}, "wildfly26", "wildfly35"},
	{"payara", scan.MustCompile(`(^|/)(glassfish|sun|payara)-(web|application|ejb-jar|resources)\.xml$`),
		[]string{"payara-micro-maven-plugin", "payara-server-maven-plugin", "maven-glassfish-plugin", "maven-embedded-glassfish-plugin", "embedded-glassfish-maven-plugin", "fish.payara.micro-gradle-plugin"}, "payara5", "payara6"},
	{"liberty", scan.MustCompile(`(^|/)(ibm-(web|application|ejb-jar)-(bnd|ext)\.xml|src/main/liberty/config/server\.xml)$`),
		[]string{"liberty-maven-plugin", "io.openliberty.tools.gradle.Liberty", "net.wasdev.wlp.gradle.plugins.Liberty"}, "liberty", "liberty"},
	{"tomee", scan.MustCompile(`(^|/)(openejb-jar|tomee|WEB-INF/resources)\.xml$`),
		[]string{"tomee-maven-plugin", "tomee-embedded-maven-plugin"}, "tomee8", "tomee10"},
}

// weblogic are descriptors of a server that has no image anybody may use without a licence.
var weblogic = scan.MustCompile(`(^|/)weblogic(-application|-ejb-jar)?\.xml$`)

// isServerPlugin says whether a plugin of the build deploys to an application server.
func isServerPlugin(name string) bool {
	return slices.ContainsFunc(eeServers, func(s eeServer) bool { return slices.Contains(s.plugins, name) })
}

var (
	eeImport    = scan.MustCompile(`(?m)^[ \t]*import\s+(?:static\s+)?(?:javax|jakarta)\.(ejb|jms|enterprise|ws\.rs|batch|resource)\b`)
	eeOwnEngine = []string{"weld-servlet*", "openwebbeans*", "jersey-*", "resteasy-*", "cxf-*", "spring-*", "*-jersey", "restlet*", "openejb*", "wink-*"}
)

// needsEE is where the code, or that of a module whose code it holds, uses what Tomcat has not: EJBs and messages always,
// injection and REST where no library brings them.
func (m *javaModule) needsEE() (at javaValue, messages bool) {
	_, engine := m.dep(eeOwnEngine...)
	for _, part := range append([]*javaModule{m}, m.uses...) {
		for _, used := range part.facts.enterprise {
			if used.text == "jms" || used.text == "batch" {
				messages = true
			}
			strong := used.text != "enterprise" && used.text != "ws.rs"
			if at.file == "" && (strong || !engine) {
				at = used
			}
		}
	}
	return at, messages
}

// target is the application server that a WAR or an EAR is made for, with the evidence. It is nil for Tomcat.
type target struct {
	server *eeServer
	at     javaValue // text says why
	rank   scan.Rank
	full   bool // sends or takes messages, or is an EAR: wants more than the small editions have
}

// onServer chooses the application server: the one that the build deploys to, then the one whose descriptors it holds, then
// what the editor was told, then any with all of Java EE where the code needs that.
func (m *javaModule) onServer() *target {
	need, messages := m.needsEE()
	t := &target{full: messages || m.packaging == "ear", rank: scan.Declared}
	described := m.described()
	applied, mentioned := m.deployed(m.plugins), m.deployed(m.mentioned)
	switch {
	case applied.server != nil:
		t.server, t.at = applied.server, applied.at
	case len(described) == 1 || len(described) > 1 && (need.file != "" || m.packaging == "ear"):
		t.server, t.at = described[0].server, described[0].at
	case mentioned.server != nil:
		t.server, t.at = mentioned.server, mentioned.at
	case len(described) > 1:
		return nil // made to run on each of them, so it asks for nothing that only they have
	case strings.HasPrefix(m.props["netbeans.hint.deploy.server"].text, "gf"):
		t.server, t.at = serverNamed("payara"), m.props["netbeans.hint.deploy.server"]
		t.at.text = "made for GlassFish, of which Payara is the one that is kept up"
	case need.file != "" || m.packaging == "ear":
		t.server, t.rank = serverNamed("wildfly"), scan.Convention
		t.at = javaValue{"an EAR, for any server of Java EE", m.file, 1}
		if need.file != "" {
			t.at = javaValue{"uses what Tomcat has not (" + need.text + "); any server of Java EE runs it", need.file, need.line}
		}
	default:
		return nil
	}
	return t
}

// deployed is the server that one of the plugins deploys to.
func (m *javaModule) deployed(plugins map[string]int) target {
	for i := range eeServers {
		for _, name := range eeServers[i].plugins {
			if line := plugins[name]; line > 0 {
				return target{server: &eeServers[i], at: javaValue{"the build deploys to it with " + name, m.file, line}}
			}
		}
	}
	return target{}
}

func serverNamed(name string) *eeServer {
	return &eeServers[slices.IndexFunc(eeServers, func(s eeServer) bool { return s.name == name })]
}

// described are the servers whose descriptors the module holds, in the order of the table.
func (m *javaModule) described() []target {
	var found []target
	for i := range eeServers {
		for _, p := range m.configs {
			if eeServers[i].descriptor.MatchString(p) && !strings.Contains(p, "/test/") {
				found = append(found, target{server: &eeServers[i], at: javaValue{path.Base(p) + " is for it", p, 1}})
				break
			}
		}
	}
	return found
}

// jakarta says whether the WAR is made for jakarta.*, and by what.
func (m *javaModule) jakarta() (bool, javaValue) {
	if d, ok := m.dep("jakarta.servlet-api", "jakarta.jakartaee-api", "jakarta.jakartaee-web-api"); ok && !strings.HasPrefix(d.version, "4.") && !strings.HasPrefix(d.version, "8.") {
		return true, javaValue{"a WAR for jakarta.servlet", d.file, d.line}
	}
	if at := m.facts.jakarta; at.file != "" && m.facts.javax.file == "" {
		return true, javaValue{"a WAR for jakarta.servlet", at.file, at.line}
	}
	if d, ok := m.dep("javax.servlet-api", "servlet-api", "javaee-api", "javaee-web-api", "jakarta.servlet-api"); ok {
		return false, javaValue{"a WAR for javax.servlet", d.file, d.line}
	}
	return false, javaValue{}
}

// libertyConfig is where the plugins of Liberty find its configuration.
const libertyConfig = "src/main/liberty/config"

// reportServer reports the application server as framework, its command and its port.
func (m *javaModule) reportServer(t *scan.Tree, r *scan.Report, on *target) {
	framework := on.server.old
	if is, _ := m.jakarta(); is {
		framework = on.server.new
	}
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Framework: framework}}, on.at.file, max(on.at.line, 1), on.rank, on.at.text)
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Command: on.command()}}, on.at.file, max(on.at.line, 1), scan.Convention, "how "+on.server.name+" is started; what it writes goes to /tmp")
	port, at, rank, why := 8080, on.at, scan.Convention, on.server.name+"'s port"
	if on.server.name == "liberty" {
		port = 9080
		if v := m.libertyPort(t, r); v.file != "" {
			port, at, rank, why = tcpPort(v.text), v, scan.Declared, ""
		}
	}
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Port: port}}, at.file, max(at.line, 1), rank, why)
	for _, p := range m.configs {
		if weblogic.MatchString(p) {
			r.Note(p, 1, "made for WebLogic, which has no free image: what stands in this file has to be said to %s in its own way", on.server.name)
		}
		if v := contextRoot(p, t.Text(p, r)); v.file != "" && v.text != "/" {
			r.Note(v.file, v.line, "serves below %s, which stands here: routes and checks have to use that path", v.text)
		}
	}
}

// command starts the server in the foreground. Servers that write beside their configuration get a copy of it in /tmp.
func (on *target) command() []string {
	switch on.server.name {
	case "wildfly":
		profile := ""
		if on.full {
			profile = " -c standalone-full.xml"
		}
		return []string{"sh", "-c", "cp -r /opt/jboss/wildfly/standalone /tmp/ && exec /opt/jboss/wildfly/bin/standalone.sh -b 0.0.0.0 -Djboss.server.base.dir=/tmp/standalone" + profile}
	case "payara":
		if on.full {
			return []string{"sh", "-c", "cp -r /opt/payara/appserver/glassfish/domains/domain1 /tmp/ && exec /opt/payara/appserver/bin/asadmin start-domain --verbose --domaindir /tmp --postbootcommandfile /opt/payara/app/deploy.asadmin domain1"}
		}
		return []string{"java", "-jar", "/opt/payara/payara-micro.jar", "--deploymentDir", "/opt/payara/deployments", "--nocluster"}
	case "liberty":
		return []string{"/opt/ol/wlp/bin/server", "run", "defaultServer"}
	}
	return []string{"catalina.sh", "run"}
}

var (
	libertyEndpoint = scan.MustCompile(`<httpEndpoint\b[^>]{0,400}\bhttpPort\s*=\s*"([^"]+)"`)
	libertyVariable = scan.MustCompile(`<variable\b[^>]{0,200}>`)
	xmlAttribute    = scan.MustCompile(`\b(name|value|defaultValue)\s*=\s*"([^"]*)"`)
	contextElement  = scan.MustCompile(`<context-root>\s*(/?[\w./-]*)\s*</context-root>|<(?:webApplication|application|context-root)\b[^>]{0,300}\b(?:contextRoot|context-root|uri)\s*=\s*"(/?[\w./-]*)"`)
)

// libertyPort is the port of server.xml, its variables filled in.
func (m *javaModule) libertyPort(t *scan.Tree, r *scan.Report) javaValue {
	for _, p := range m.configs {
		if path.Base(p) != "server.xml" {
			continue
		}
		text := withoutComments(t.Text(p, r))
		found := scan.Find(text, libertyEndpoint)
		if len(found) == 0 {
			continue
		}
		value := found[0].Groups[1]
		for _, v := range scan.Find(text, libertyVariable) {
			set := map[string]string{}
			for _, a := range scan.Find(v.Groups[0], xmlAttribute) {
				set[a.Groups[1]] = a.Groups[2]
			}
			if value == "${"+set["name"]+"}" {
				value = set["value"] + set["defaultValue"]
			}
		}
		if value = m.resolve(value); tcpPort(value) > 0 {
			return javaValue{value, p, found[0].Line}
		}
	}
	return javaValue{}
}

// contextRoot is the path that a descriptor gives to the application.
func contextRoot(p, text string) javaValue {
	switch path.Base(p) {
	case "jboss-web.xml", "glassfish-web.xml", "sun-web.xml", "payara-web.xml", "ibm-web-ext.xml", "server.xml", "application.xml":
	default:
		return javaValue{}
	}
	for _, found := range scan.Find(withoutComments(text), contextElement) {
		if root := found.Groups[1] + found.Groups[2]; root != "" {
			return javaValue{"/" + strings.TrimPrefix(root, "/"), p, found.Line}
		}
	}
	return javaValue{}
}

// assemble lets an EAR hold what its modules are, and takes those from the list of services.
func assemble(modules []*javaModule) {
	for _, ear := range modules {
		if ear.packaging != "ear" {
			continue
		}
		for _, used := range ear.uses {
			used.aside = "deployed in the EAR of " + ear.dir
			for _, p := range used.configs {
				if path.Ext(p) == ".xml" {
					ear.configs = append(ear.configs, p)
				}
			}
		}
	}
}

var (
	definedSource = scan.MustCompile(`\b(?:jndi-name|jndiName)\s*=\s*"([^"]+)"|@DataSourceDefinition\(\s*(?:[^)]{0,400}?\b)?name\s*=\s*"([^"]+)"|<Resource\b[^>]{0,300}\bname\s*=\s*"([^"]+)"`)
	webDataSource = scan.MustCompile(`<data-source>\s*(?:<description>[^<]*</description>\s*)?<name>\s*([^<\s]+)\s*</name>`)
)

// definesSource says whether a descriptor or the code defines the data source itself.
func (c *javaConfig) definesSource(name string) bool {
	short := name[strings.LastIndexAny(name, ":/")+1:]
	for _, p := range c.m.configs {
		if path.Ext(p) != ".xml" {
			continue
		}
		text := withoutComments(c.settings.text(p))
		for _, re := range []*scan.Pattern{definedSource, webDataSource} {
			for _, m := range scan.Find(text, re) {
				if full := strings.Join(m.Groups[1:], ""); full[strings.LastIndexAny(full, ":/")+1:] == short {
					return true
				}
			}
		}
	}
	return false
}

// whereDefined says in a note where a data source has to be defined.
func (c *javaConfig) whereDefined() string {
	on := c.m.onServer()
	switch {
	case on == nil:
		return "it has to be defined in META-INF/context.xml"
	case on.server.name == "wildfly":
		return "WildFly does not start the application until it is defined (a *-ds.xml in WEB-INF, or jboss-cli.sh while the image is built) and has its driver"
	case on.server.name == "payara":
		return "Payara does not start the application until it is defined (a <data-source> in web.xml, or asadmin while the image is built) and has its driver"
	case on.server.name == "liberty":
		return "Liberty does not start the application until server.xml defines it and its driver lies in the image"
	}
	return "it has to be defined in WEB-INF/resources.xml, and its driver has to lie in the image"
}
