package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// javaConfig turns the configuration of one module into needs, variables and secrets.
type javaConfig struct {
	t        *scan.Tree
	m        *javaModule
	r        *scan.Report
	settings *settings
	relaxed  bool              // Spring Boot: every key can be given as a variable
	told     map[string]bool   // variables that were reported
	siblings map[string]bool   // names of the repository's other services
	sql      bool              // a database on the network was configured
	embedded bool              // a database in the process was configured
	hosts    map[string]string // by host and port: what the service that answers there is called
}

func (c *javaConfig) report(t *scan.Tree) {
	c.t = t
	c.profile()
	for _, key := range c.settings.ordered {
		v, _ := c.settings.get(key)
		c.value(key, v)
	}
	c.profiles()
	for _, p := range c.m.configs {
		if path.Ext(p) == ".xml" && !strings.Contains(p, "/test/") {
			c.xml(p, t.Text(p, c.r))
		}
		c.logFile(p, t)
	}
	for _, v := range c.m.facts.env {
		if !c.pointed(v.text) {
			findSetting(c.r, c.m.dir, v.text, c.m.facts.defaults[v.text], v.file, v.line)
		}
	}
	c.asked()
	for _, v := range c.m.facts.jdbc {
		if n, ok := javaURL(v.text); ok {
			c.sql = true
			c.need(n, v)
		} else {
			c.inProcess("", v)
		}
	}
	c.drivers()
}

// asked reports the properties that the code asks Spring's environment for and that no file gives: a variable of the same name
// in capitals stands for each, in every Spring since 3.1.
func (c *javaConfig) asked() {
	for _, v := range c.m.facts.asked {
		name := relaxedName(v.text)
		if _, given := c.settings.get(v.text); given || c.pointed(name) || c.m.facts.known[name] || !service.VariableName(name) {
			continue
		}
		c.told[name] = true
		if scan.SecretName(v.text) { // by its humps, which the variable has no more
			c.r.Find(scan.Finding{Dir: c.m.dir, Service: service.Service{Secrets: []string{name}}}, v.file, v.line, scan.Declared, "the code reads it")
			continue
		}
		findSetting(c.r, c.m.dir, name, "", v.file, v.line)
	}
}

// profile lets Spring Boot choose the profile that the team made for containers, beside the one that is always chosen.
func (c *javaConfig) profile() {
	inside := c.settings.inside
	if inside.text == "" || !c.relaxed {
		return
	}
	active := inside.text
	if always, ok := c.settings.get("spring.profiles.active"); ok && always.text != "" && !strings.Contains(always.text, "$") && !strings.Contains(always.text, active) {
		active = always.text + "," + active
	}
	f := scan.Finding{Dir: c.m.dir, Service: service.Service{Env: map[string]string{"SPRING_PROFILES_ACTIVE": active}}}
	c.r.Find(f, inside.file, inside.line, scan.Guess, "the profile for containers")
}

var anyPlaceholder = scan.MustCompile(`[$#]\{([\w.-]+)(?::-?([^{}]*))?\}`)

// javaURL reads a connection string that may hold placeholders: their defaults stand for them.
func javaURL(text string) (scan.Need, bool) {
	plain := strings.TrimPrefix(anyPlaceholder.ReplaceAllString(text, "$2"), "failover:(")
	if address, ok := strings.CutPrefix(plain, "tcp://"); ok && (strings.Contains(address, ":61616") || plain != text) {
		plain = "stomp://" + strings.TrimSuffix(address, ")") // ActiveMQ's own protocol has no scheme of its own
	}
	n, ok := scan.NeedOfURL(plain)
	if ok && publicDocs.MatchString(n.Host) {
		n.Host = ""
	}
	return n, ok
}

// value reports one key of the configuration.
func (c *javaConfig) value(key string, v javaValue) {
	plain, env, whole := placeholder(v.text)
	at := javaValue{plain, v.file, v.line}
	if c.relaxed && strings.HasPrefix(key, "server.ssl.") && !strings.Contains(v.text, "${") {
		c.ofTLS(key, v)
		return
	}
	if strings.HasPrefix(key, "server.port") || c.inProcess(key, at) || c.ofInProcess(key) {
		return
	}
	if n, ok := javaURL(plain); ok && !ignoredKey.MatchString(key) {
		if kind := kindOfName(key); n.Kind == "http" && (kind == "solr" || kind == "elasticsearch") {
			if n.Kind = kind; n.Port == 80 && !n.TLS {
				n.Port = scan.DefaultPort(kind)
			}
		}
		if (n.Kind != "http" || httpKey.MatchString(key) && (n.Host != "" || n.Name != "") && !strings.Contains(n.Host, "example.") && !forPeople.MatchString(plain) && !forBrowser.MatchString(key) && !n.Certified()) && !c.switchedOff(key) {
			c.pointedBy(&n, key, env, whole, v)
			n.User = c.user(n.User, key)
			c.sql = c.sql || sqlKinds[n.Kind]
			if c.siblings[n.Name] {
				return // a service of the same repository has the same name in the cluster
			}
			if n.Kind == "http" {
				n.Name = c.sameHost(n, callName(n, lastWords(key)))
			}
			c.need(n, v)
			c.account(key, plain, env, v)
			return
		}
	}
	if n, ok := c.hostKey(key, plain); ok && !c.switchedOff(key) {
		c.pointedBy(&n, key, env, whole, v)
		c.need(n, v)
		return
	}
	c.variables(key, v, env, whole)
	c.unfilled(v)
}

// ofTLS notes the passwords of key stores that stand in clear. They are secrets of the service where it keeps its TLS.
func (c *javaConfig) ofTLS(key string, v javaValue) {
	if _, asks := c.settings.clientAuth(); asks {
		c.variables(key, v, "", false)
	} else if scan.SecretName(key) && inClear(v.text) {
		c.r.NoteItem(nil, v.file, v.line, inClearNote, key)
	}
}

// sameHost is what another key has called the service that answers at the same place, else the name itself.
func (c *javaConfig) sameHost(n scan.Need, name string) string {
	at := n.Host + ":" + strconv.Itoa(n.Port)
	if n.Host == "" {
		return name
	}
	if c.hosts == nil {
		c.hosts = map[string]string{}
	}
	if c.hosts[at] == "" {
		c.hosts[at] = name
	}
	return c.hosts[at]
}

// forBrowser are keys of addresses to which a browser is sent.
var forBrowser = scan.MustCompile(`(?i)(redirect|callback|log-?out|return)[._-]?(ur[il]s?)?(\[\d+\])?$`)

// forPeople are addresses of pictures and pages, which a browser asks for.
var forPeople = scan.MustCompile(`(?i)\.(png|jpe?g|gif|svg|ico|webp|css|js|html?|pdf|xsd|dtd)([?#].*)?$`)

// switchedOff says whether the configuration says of what a key belongs to that it is not used: ldap.enabled beside
// ldap.server.host. A placeholder leaves that to the environment.
func (c *javaConfig) switchedOff(key string) bool {
	for at := strings.LastIndexByte(key, '.'); at > 0; at = strings.LastIndexByte(key[:at], '.') {
		name := key[:at] + ".enabled"
		if v, ok := c.settings.get(name); ok && v.text == "false" {
			if !c.told[name] {
				c.told[name] = true
				c.r.Note(v.file, v.line, "%s is false: what it would call is no need; add it under needs where it is switched on", name)
			}
			return true
		}
	}
	return false
}

// user is the account that stands beside the address: jdbc.user beside jdbc.url.
func (c *javaConfig) user(user, key string) string {
	base := key[:strings.LastIndexByte(key, '.')+1]
	if v, ok := c.settings.either(base+"username", base+"user"); ok && user == "" && base != "" && !strings.HasPrefix(base, "spring.cloud") {
		if text, _, _ := placeholder(v.text); !strings.Contains(text, "$") {
			return text
		}
	}
	return user
}

// account reports variables that hold a whole connection string with its account.
func (c *javaConfig) account(key, plain, env string, v javaValue) {
	f := scan.Finding{Dir: c.m.dir}
	switch {
	case env != "" && scan.SecretName(env):
		f.Service.Secrets = []string{env}
		c.r.Find(f, v.file, v.line, scan.Declared, "")
	case strings.Contains(v.text, "${"):
	case scan.HasAccount(plain) || strings.Contains(strings.ToLower(plain), "password="):
		c.r.Note(v.file, v.line, "%s holds an account with its password; give it from a secret", key)
	}
}

var (
	ignoredKey = scan.MustCompile(`(?i)(^|\.)(schema|schemas|xmlns|doc|docs|license|licence|info|contact|swagger|springdoc|logging|namespace|issuer-uri|dialect|driver)`)
	httpKey    = scan.MustCompile(`(?i)(url|uri|endpoint|host|address|server|baseurl|defaultzone|service|import)[\w]*(\[\d+\])?$`)
	hostSuffix = scan.MustCompile(`(?i)(^|[._-])(host|hosts|hostname|addresses|address|server|servers|nodes|bootstrap-?servers|contact-?points|cluster-nodes)(\[0\])?$`)
)

// hostKey reads keys of the spring.redis.host kind, with the port beside them.
func (c *javaConfig) hostKey(key, plain string) (scan.Need, bool) {
	kind := kindOfName(key)
	if !hostSuffix.MatchString(key) || kind == "" || strings.HasPrefix(key, "server.") || plain == "" || scan.IsSwitch(plain) {
		return scan.Need{}, false
	}
	first, _, _ := strings.Cut(plain, ",")
	host, port, _ := strings.Cut(strings.TrimSpace(first), ":")
	n := scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}
	n.SetHost(host)
	if p, err := strconv.Atoi(port); err == nil && p > 0 && p < 65536 {
		n.Port = p
	}
	base := hostSuffix.ReplaceAllString(key, "")
	if v, ok := c.settings.get(base + ".port"); ok {
		text, _, _ := placeholder(v.text)
		if p, err := strconv.Atoi(text); err == nil && p > 0 && p < 65536 {
			n.Port = p
		}
	}
	for _, k := range []string{".database", ".username"} {
		if v, ok := c.settings.get(base + k); ok && !strings.Contains(v.text, "${") {
			if k == ".username" {
				n.User = v.text
			} else if kind == "mongodb" || sqlKinds[kind] {
				n.Database = v.text
			}
		}
	}
	return n, true
}

// javaDefault is the default of a placeholder.
func javaDefault(raw string) string {
	text, _, _ := placeholder(raw)
	return text
}

// pointed says whether a variable was reported already, with a need or by itself.
func (c *javaConfig) pointed(name string) bool { return c.told[name] }

// variables reports what a key says of variables: those in placeholders, and secrets that stand there in clear.
func (c *javaConfig) variables(key string, v javaValue, env string, whole bool) {
	for _, m := range anyPlaceholder.FindAllStringSubmatch(v.text, 20) {
		if environ.MatchString(m[1]) && strings.HasPrefix(m[0], "$") {
			c.placeholder(key, m[1], m[2], v)
		}
	}
	if name := relaxedName(key); !c.relaxed && c.m.facts.known[name] && !c.pointed(name) && c.m.facts.defaults[name] == "" && !strings.Contains(v.text, "${") {
		c.m.facts.defaults[name] = v.text // the code takes the file's value where the variable says nothing
	}
	if m := anyPlaceholder.FindStringSubmatch(v.text); whole && env == "" && m != nil && !scan.IsSwitch(m[2]) && c.relaxed && scan.SecretName(m[1]) {
		c.fromElsewhere(m[1], v)
	}
	if !scan.SecretName(key) || aboutPassword.MatchString(key) || whole && env != "" || strings.Contains(v.text, "${") || scan.IsSwitch(v.text) {
		return
	}
	f := scan.Finding{Dir: c.m.dir, Service: service.Service{Secrets: []string{relaxedName(key)}}}
	switch {
	case c.relaxed:
		c.r.Find(f, v.file, v.line, scan.Declared, "")
	case inClear(v.text) && service.VariableName(relaxedName(key)) && !c.told[relaxedName(key)] && !c.m.facts.known[relaxedName(key)]: // what the code reads is told with the code's line
		c.told[relaxedName(key)] = true
		c.r.Find(f, v.file, v.line, scan.Guess, "its value stands in the file, which has to take it from the environment")
	case (len(v.text) > 3 || !madeByHand(v.file)) && !c.settings.shown[v.file]: // a name, or what the program has as its own
	case service.VariableName(relaxedName(key)) && !c.told[relaxedName(key)] && !c.m.facts.known[relaxedName(key)]:
		c.told[relaxedName(key)] = true
		c.r.Find(f, v.file, v.line, scan.Guess, "each machine fills it in, where the file has to take it from the environment")
	}
	if inClear(v.text) && !c.settings.shown[v.file] {
		c.r.NoteItem(nil, v.file, v.line, inClearNote, key)
	}
}

const inClearNote = "secrets that stand here in clear: give them from the secret store"

// madeByHand says whether a file of settings lies beside the code, from where it is copied to each machine.
func madeByHand(file string) bool {
	return !strings.Contains("/"+file, "/src/") && !strings.Contains("/"+file, "/WEB-INF/")
}

// aboutPassword are keys of pages and calls around a password: endpoint.forgotPassword.
var aboutPassword = scan.MustCompile(`(?i)(^|[._-])(forgot|reset|change|validate)[\w-]*password[\w-]*$`)

// fromElsewhere reports a secret that a value takes from a property of another name which no file gives: Spring asks the
// environment for it, as for any property, in place of what the build may have put there.
func (c *javaConfig) fromElsewhere(property string, v javaValue) {
	name := relaxedName(property)
	if strings.HasSuffix(name, "URL") || strings.HasSuffix(name, "URI") {
		return
	}
	if given, ok := c.settings.get(property); ok && !strings.Contains(given.text, "${"+property+"}") || c.told[name] {
		return
	}
	c.told[name] = true
	c.r.Find(scan.Finding{Dir: c.m.dir, Service: service.Service{Secrets: []string{name}}}, v.file, v.line, scan.Declared, "")
}

// inClear says whether a value can be the secret that its key names: a sentence, a path or a marker for something else is none.
func inClear(value string) bool {
	return len(value) > 2 && !strings.ContainsAny(value, " <>/") && !scan.IsSwitch(value)
}

// placeholder reports a variable in a value. Where the value is for a library's own service (a configuration server, a
// registry) an address on this machine is nobody's need.
func (c *javaConfig) placeholder(key, name, fallback string, v javaValue) {
	if c.pointed(name) {
		return
	}
	c.told[name] = true
	switch {
	case keyOfSecret(key, name, v.text), strings.HasSuffix(name, "_TEST") && scan.SecretName(name): // no test's variable where the configuration names it
		c.r.Find(scan.Finding{Dir: c.m.dir, Service: service.Service{Secrets: []string{name}}}, v.file, v.line, scan.Declared, "")
	case localAddress.MatchString(fallback) && strings.HasPrefix(key, "spring."):
		findVariable(c.r, c.m.dir, name, "", v.file, v.line)
	default:
		findSetting(c.r, c.m.dir, name, fallback, v.file, v.line)
	}
}

var (
	manySecrets = scan.MustCompile(`(?i)(?:keys|secrets|tokens|passwords|credentials)$`)
	secretWord  = scan.MustCompile(`(?i)key|secret|token|pass|cred`)
	listIndex   = scan.MustCompile(`\[\d+\]`)
)

// keyOfSecret says whether a key tells that the variable which is all of its value holds a secret, though that is not called
// like one: signingKey: ${SIGNING_KEY_OLD}, or among several, hmacKeys.live.first: ${HMAC_KEY_LIVE_FIRST}.
func keyOfSecret(key, name, value string) bool {
	parts := strings.Split(listIndex.ReplaceAllString(key, ""), ".")
	last := parts[len(parts)-1]
	if scan.SecretName(name) || !strings.HasPrefix(value, "${"+name) || strings.Count(value, "${") > 1 || !scan.SecretName("secret_"+last) || !secretWord.MatchString(name) {
		return false
	}
	return scan.SecretName(last) || slices.ContainsFunc(parts, func(p string) bool { return manySecrets.MatchString(p) && scan.SecretName(p) })
}

func (c *javaConfig) need(n scan.Need, v javaValue) {
	for name := range n.Env {
		c.told[name] = true
	}
	c.r.Find(scan.Finding{Dir: c.m.dir, Need: &n}, v.file, v.line, scan.Declared, "")
}

// lastWords is a key without the words that all keys of its kind have: spring.cloud.config.uri is config.uri.
func lastWords(key string) string {
	key = scan.MustCompile(`\[\d+\]$`).ReplaceAllString(key, "")
	parts := strings.Split(key, ".")
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	return strings.Join(parts, "_")
}
