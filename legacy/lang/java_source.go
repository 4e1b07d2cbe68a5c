package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// javaFacts is what the sources of a module tell.
type javaFacts struct {
	main        javaValue            // a class with a main method
	bootMain    javaValue            // the one that starts Spring Boot
	env         []javaValue          // variables that are read, in order
	defaults    map[string]string    // of those variables
	jdbc        []javaValue          // connection strings in the code
	routes      []route              // of annotations
	annotations map[string]javaValue // of springRoles
	port        javaValue            // that the code binds, as the framework's pattern finds it
	portCode    *scan.Pattern
	constants   map[string]string // paths by the names that the code gives to them
	restRoutes  []route           // of JAX-RS, below base
	namedRoutes []route           // routes whose path is such a name
	base        string            // path below which JAX-RS serves
	jakarta     javaValue         // an import of jakarta.servlet
	javax       javaValue         // an import of javax.servlet
	enterprise  []javaValue       // the first import of each part of Java EE that servlets don't come with
	known       map[string]bool   // names of env
	asked       []javaValue       // properties that the code asks Spring's environment for, and gives no value of its own
}

// maxJavaSources bounds the sources that are read of one module.
const maxJavaSources = 4000

var (
	javaMain     = scan.MustCompile(`(?m)static\s+(?:final\s+)?void\s+main\s*\(|^[ \t]*fun\s+main\s*\(|extends\s+App\b`)
	javaBootMain = scan.MustCompile(`@SpringBootApplication\b|SpringApplication\.run\b|SpringApplicationBuilder\b|runApplication<|@EnableAutoConfiguration\b`)
	javaGetenv   = scan.MustCompile(`System\.getenv\(\s*["'](\w+)["']\s*\)(?:\s*\?:\s*["']([^"'\n]*)["'])?|System\.(?:getenv\(\)|env)(?:\.(?:get|getOrDefault)\(|\[)\s*["'](\w+)["']\s*(?:,\s*"([^"\n]*)")?|System\.env\.([A-Z_][A-Z0-9_]*)\b(?:\s*\?:\s*["']([^"'\n]*)["'])?`)
	javaOwnEnv   = scan.MustCompile(`\b(?:\w+[eE]nv|env|[eE]nvironment|\w*[eE]nv(?:Var|Variable|OrDefault|OrElse|OrNull|OrThrow|String|Int|Bool\w*)\w*|get(?:Required|Optional)Property|\w*[eE]nv(?:ironment)?\.get(?:Value|OrDefault|OrElse)?)[(\[]\s*"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"\s*[,)\]](?:\s*(?:\?:\s*)?"([^"\n]*)")?`)
	javaValueEnv = scan.MustCompile(`@Value\(\s*(?:value\s*=\s*)?"\$\{([A-Z][A-Z0-9_]+)(?::([^}"]*))?\}"`)
	javaJDBC     = scan.MustCompile(`"(jdbc:[^"\n]{3,300})"`)
	javaProperty = scan.MustCompile(`\b(?:env|\w*[eE]nvironment)\.get(?:Required)?Property\(\s*"([a-zA-Z][\w-]*(?:\.[\w-]+)+)"\s*(?:,\s*\w+\.class\s*)?\)|@Value\(\s*(?:value\s*=\s*)?"\$\{([a-zA-Z][\w-]*(?:\.[\w-]+)+):?\}"`)
	springRole   = scan.MustCompile(`@Enable(EurekaServer|ConfigServer|ZuulProxy|AdminServer)\b`)
	javaServlet  = scan.MustCompile(`(?m)^[ \t]*import\s+(?:static\s+)?(javax|jakarta)\.(?:servlet|ws\.rs|faces|persistence|ejb|enterprise|inject)\b`)
)

// readJavaSources looks through the sources of a module.
func readJavaSources(t *scan.Tree, m *javaModule, r *scan.Report) javaFacts {
	facts := javaFacts{defaults: map[string]string{}, known: map[string]bool{}, annotations: map[string]javaValue{}, constants: map[string]string{}, portCode: m.portCode()}
	files := m.sources
	if len(files) > maxJavaSources {
		r.Note(files[0], 0, "%d sources in one module: the rest above %d is not looked at", len(files), maxJavaSources)
		files = files[:maxJavaSources]
	}
	for _, p := range files {
		facts.read(p, t.Text(p, r))
	}
	facts.finishRoutes()
	if facts.bootMain.file == "" {
		facts.bootMain = m.grails() // its own main class lies in grails-app
	}
	return facts
}

// absorb takes what the sources of the libraries tell that the program is built with: their variables, their connection
// strings and the routes that they serve are its own.
func (m *javaModule) absorb() {
	own := &m.facts
	for _, used := range m.uses {
		if used.runs {
			continue
		}
		for _, v := range used.facts.env {
			if !own.known[v.text] {
				own.known[v.text] = true
				own.env = append(own.env, v)
				own.defaults[v.text] = used.facts.defaults[v.text]
			}
		}
		own.asked = append(own.asked, used.facts.asked...)
		own.jdbc = append(own.jdbc, used.facts.jdbc...)
		own.routes = append(own.routes, used.facts.routes...)
	}
}

func (facts *javaFacts) read(p, text string) {
	if facts.main.file == "" {
		if line := scan.LineOf(text, javaMain); line > 0 {
			facts.main = javaValue{path.Base(p), p, line}
		}
	}
	if facts.bootMain.file == "" && (javaMain.MatchString(text) || strings.Contains(text, "extends SpringBootServletInitializer")) {
		if line := scan.LineOf(text, javaBootMain); line > 0 {
			facts.bootMain = javaValue{path.Base(p), p, line}
		}
	}
	facts.readEnvironment(p, text)
	if strings.Contains(text, `"jdbc:`) {
		for _, match := range scan.Find(text, javaJDBC) {
			facts.jdbc = append(facts.jdbc, javaValue{match.Groups[1], p, match.Line})
		}
	}
	facts.readRoutes(p, text)
	if at := grailsRoute(p, text); at.path != "" {
		facts.routes = append(facts.routes, at)
	}
	for _, role := range springRoles {
		if role.annotation != "" && strings.Contains(text, role.annotation) {
			facts.annotations[role.annotation] = javaValue{role.annotation, p, scan.LineOf(text, springRole)}
		}
	}
	if facts.portCode != nil {
		if found := scan.Find(text, facts.portCode); len(found) > 0 && (facts.port.file == "" || facts.main.file == p) {
			facts.port = javaValue{strings.Join(found[0].Groups[1:], ""), p, found[0].Line}
		}
	}
	for _, match := range scan.Find(text, eeImport) {
		if !slices.ContainsFunc(facts.enterprise, func(v javaValue) bool { return v.text == match.Groups[1] }) {
			facts.enterprise = append(facts.enterprise, javaValue{match.Groups[1], p, match.Line})
		}
	}
	for _, match := range scan.Find(text, javaServlet) {
		v := javaValue{match.Groups[1], p, match.Line}
		if v.text == "jakarta" && facts.jakarta.file == "" {
			facts.jakarta = v
		}
		if v.text == "javax" && facts.javax.file == "" {
			facts.javax = v
		}
	}
}

// readEnvironment collects the variables that the code reads, with what it takes where they are not set.
func (facts *javaFacts) readEnvironment(p, text string) {
	if strings.Contains(text, "org.springframework.") && hasAny(text, "Property(\"", "@Value") {
		for _, match := range scan.Find(text, javaProperty) {
			facts.asked = append(facts.asked, javaValue{match.Groups[1] + match.Groups[2], p, match.Line})
		}
	}
	if !hasAny(text, "getenv", "System.env", "@Value", "nv(\"", "nv[\"", "nvVar", "nvironment", "nvOr", "dProperty(\"", "lProperty(\"") {
		return
	}
	for _, re := range []*scan.Pattern{javaGetenv, javaOwnEnv, javaValueEnv} {
		for _, match := range scan.Find(text, re) {
			g := match.Groups
			name, fallback := g[1], g[2]
			if re == javaGetenv {
				name, fallback = g[1]+g[3]+g[5], g[2]+g[4]+g[6]
			}
			if !facts.known[name] {
				facts.known[name] = true
				facts.env = append(facts.env, javaValue{name, p, match.Line})
				facts.defaults[name] = fallback
			}
		}
	}
}
