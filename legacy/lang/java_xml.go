package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	xmlURL     = scan.MustCompile(`["'>]\s*((?:jdbc:|tcp://|amqps?://|mongodb://|redis://|ldaps?://|failover:\(tcp://)[^"'<>\s]{3,300})`)
	xmlJNDI    = scan.MustCompile(`<res-ref-name>\s*(jdbc/[\w./-]+)\s*</res-ref-name>|["'](?:java:/?comp/env/)?(jdbc/[\w./-]+)["']|<(?:jta|non-jta)-data-source>\s*([\w:./-]+)\s*<`)
	xmlAccount = scan.MustCompile(`(?i)\bpassword\s*=\s*["'][^"'$#{}]+["']|name=["'][\w.]*password["'][^>]{0,300}(?:value=["'][^"'$#{}]+|>[^<$#{}]+<)`)
	accountXML = scan.MustCompile(`(persistence|context|hibernate\.cfg|applicationContext[\w-]*|spring[\w-]*|beans|datasource[\w-]*|server|[\w-]+-ds|resources)\.xml$`)
)

// withoutComments leaves of XML comments only their line ends, so that lines keep their numbers.
func withoutComments(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<!--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		comment, after, _ := strings.Cut(rest, "-->")
		b.WriteString(strings.Repeat("\n", strings.Count(comment, "\n")))
		text = after
	}
}

// otherServer are descriptors for application servers that nobody will run here.
var otherServer = scan.MustCompile(`(^|/)(jboss|sun|glassfish|weblogic|ibm|geronimo|jetty|resin|payara)-[\w-]*web[\w-]*\.xml$`)

// hibernateDialect is the class by which persistence.xml says what the database is.
var hibernateDialect = scan.MustCompile(`(?i)dialect"?\s*(?:value\s*=\s*"|>)\s*[\w.]*\.(\w+?)(?:\d\w*)?Dialect|target-database"\s+value="(\w+)|<driver-class(?:-name)?>\s*([\w.]+)|<class-name>\s*([\w.]+)|driverClassName\s*=\s*"([\w.]+)`)

// dataSource reports a data source that the application server has to know: a need where the descriptor's dialect or
// driver, or the only driver among the libraries, tells what is behind it, and a note about what is to be done.
func (c *javaConfig) dataSource(p, text string) {
	found := scan.Find(text, xmlJNDI)
	if len(found) == 0 {
		return
	}
	g := found[0].Groups
	name := g[1] + g[2] + g[3]
	if strings.HasSuffix(name, "DefaultDataSource") || strings.HasSuffix(name, "ExampleDS") {
		c.r.Note(p, found[0].Line, "expects the application server's own data source %s, a database in its process: data is gone with it", name)
		return
	}
	if c.definesSource(name) {
		return
	}
	c.r.Note(p, found[0].Line, "expects the data source %s from the application server: %s", name, c.whereDefined())
	if c.sql || c.embedded {
		return
	}
	kind, rank, why := "", scan.Declared, "the data source "+name
	for _, m := range hibernateDialect.FindAllStringSubmatch(text, 20) {
		if k := kindOfEngine(strings.Join(m[1:], "")); sqlKinds[k] {
			kind = k
		}
	}
	if kind == "" {
		kinds := map[string]bool{}
		for _, d := range javaDrivers {
			if _, ok := c.m.dep(d.dep); ok && sqlKinds[d.kind] {
				kinds[d.kind] = true
			}
		}
		if list := sortedSet(kinds); len(list) == 1 {
			kind, rank, why = list[0], scan.Convention, why+", by the only driver"
		}
	}
	if kind == "" {
		return
	}
	c.sql = true
	n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
	c.r.Find(scan.Finding{Dir: c.m.dir, Need: &n}, p, found[0].Line, rank, why)
}

// withoutProfiles is a pom.xml without its profiles, of which whoever builds it chooses; lines stay.
func withoutProfiles(text string) string {
	from := strings.Index(text, "<profiles>")
	to := strings.Index(text, "</profiles>")
	if from < 0 || to < from {
		return text
	}
	return text[:from] + strings.Repeat("\n", strings.Count(text[from:to], "\n")) + text[to:]
}

// xml reads addresses out of descriptors: persistence.xml, context.xml, web.xml, Spring's beans.
func (c *javaConfig) xml(p, text string) {
	if strings.Contains("/"+p, "/.openshift/") {
		return // of the platform's JBoss, with a source for each database that it offers
	}
	text = withoutComments(text)
	if path.Base(p) == "pom.xml" {
		text = withoutProfiles(text)
	}
	for _, m := range scan.Find(text, xmlURL) {
		v := javaValue{strings.ReplaceAll(m.Groups[1], "&amp;", "&"), p, m.Line}
		if c.inProcess("", v) {
			continue
		}
		if n, ok := javaURL(v.text); ok && !strings.HasPrefix(v.text, "jdbc:${") {
			c.sql = c.sql || sqlKinds[n.Kind]
			c.need(n, v)
		}
	}
	if !otherServer.MatchString(p) {
		c.dataSource(p, text)
	}
	if accountXML.MatchString(p) {
		if line := scan.LineOf(text, xmlAccount); line > 0 {
			c.r.Note(p, line, "a password stands here in clear; give it from a secret")
		}
	}
}

var logTarget = scan.MustCompile(`(?m)^[ \t]*log4j\.appender\.\w+\.File\s*=\s*(\S+)|<file>\s*([^<\s]+)\s*</file>|(?i:fileName)="([^"]+)"|<param\s+name="[fF]ile"\s+value="([^"]+)"`)

// logFile notes loggers that write to a file, where nobody in a cluster looks.
func (c *javaConfig) logFile(p string, t *scan.Tree) {
	if base := path.Base(p); !strings.HasPrefix(base, "log4j") && !strings.HasPrefix(base, "logback") {
		return
	}
	if found := scan.Find(t.Text(p, c.r), logTarget); len(found) > 0 {
		g := found[0].Groups
		c.r.Note(p, found[0].Line, "logs to the file %s; in a container let it log to stdout", g[1]+g[2]+g[3]+g[4])
	}
}
