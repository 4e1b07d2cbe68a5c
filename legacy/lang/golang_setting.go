package lang

import (
	"net"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// findVariable reports a variable that the code of dir reads: a secret by its name alone, anything else with the literal
// that the code falls back to. Without such a literal there is nothing to write down yet, and nothing is claimed.
func findVariable(r *scan.Report, dir, name, fallback, file string, line int) {
	if !variableName.MatchString(name) || foreignVariables.MatchString(name) {
		return
	}
	switch {
	case scan.SecretName(name) && !scan.IsSwitch(fallback) || scan.HasAccount(fallback):
		r.Find(scan.Finding{Dir: dir, Service: service.Service{Secrets: []string{name}}}, file, line, scan.Declared, "the code reads it")
	case fallback != "":
		r.Find(scan.Finding{Dir: dir, Service: service.Service{Env: map[string]string{name: fallback}}}, file, line, scan.Convention, "the code's own default")
	}
}

// findSetting reports a variable with the value that the code falls back to: an address is a need that the variable
// points to, anything else a secret or a plain setting. An address on this machine is a developer's: it tells that
// something is called, and not where.
func findSetting(r *scan.Report, dir, name, fallback, file string, line int) {
	browser := forBrowser.MatchString(name)
	if scan.BindsAddress(name) {
		findVariable(r, dir, name, fallback, file, line)
		return
	}
	if need, ok := needOfAddress(name, fallback); ok && !browser && !(need.Kind == "http" && need.Certified()) {
		need.Name = callName(need, name)
		if !scan.HasAccount(fallback) && !(scan.SecretName(name) && need.Kind != "http") {
			need.Env = map[string]string{name: addressTemplate(fallback)}
		}
		r.Find(scan.Finding{Dir: dir, Need: &need}, file, line, scan.Declared, "")
		if len(need.Env) > 0 {
			return
		}
	}
	if findPointer(r, dir, name, fallback, file, line) {
		return
	}
	if localAddress.MatchString(fallback) {
		if browser {
			r.Find(scan.Finding{Dir: dir, Requires: name, Alternative: fallback}, file, line, scan.Convention, "the code's own default")
		}
		fallback = ""
	}
	findVariable(r, dir, name, fallback, file, line)
}

var localAddress = scan.MustCompile(`(?i)(^|//|@|\()(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(:|/|\)|$)`)

// findPointer reports a variable that has no default and whose name says that it holds the host or port of a backing
// service: MONGO_HOST.
func findPointer(r *scan.Report, dir, name, fallback, file string, line int) bool {
	kind, words := kindOfName(name), splitName(name)
	if kind == "" || fallback != "" || len(words) < 2 || scan.SecretName(name) {
		return false
	}
	need, last := scan.Need{Need: service.Need{Kind: kind}}, words[len(words)-1]
	if m := addressPart.FindStringSubmatch(name); m != nil && m[1] != "" {
		last = "host" // REDIS_PORT_6379_TCP_ADDR
	}
	switch last {
	case "host", "hostname", "server":
		need.Env = map[string]string{name: "{host}"}
	case "addr", "address", "hostport":
		need.Env = map[string]string{name: "{host}:{port}"}
	case "port":
		need.Env = map[string]string{name: "{port}"}
	default:
		return false
	}
	r.Find(scan.Finding{Dir: dir, Need: &need}, file, line, scan.Convention, "by its name")
	return true
}

var settingAddress = scan.MustCompile(`(?i)(addr|address|host|hostname|hostport|server|endpoint|url|uri|upstream|backend|target|base|broker|api)s?$`)

// needOfAddress reads a setting's default as the address of another system: a URL, or host:port of a machine that is not
// this one. What the service tells of itself (its own URL, the address that it binds) is none.
func needOfAddress(name, value string) (scan.Need, bool) {
	if n, ok := goDSN(value); ok {
		return n, true
	}
	if n, ok := scan.NeedOfURL(value); ok {
		if n.Kind != "http" {
			return n, true
		}
		local := n.Host == "" && n.Name == "" && localAddress.MatchString(value) && strings.Count(value, ":") > 1
		return n, !ownSetting.MatchString(name) && (n.Host != "" && !publicDocs.MatchString(n.Host) || n.Name != "" || local) && settingAddress.MatchString(name)
	}
	if !settingAddress.MatchString(name) && net.ParseIP(strings.Split(value, ":")[0]) == nil {
		return scan.Need{}, false
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		host = value
	}
	n := scan.Need{}
	n.Port, _ = strconv.Atoi(port)
	n.SetHost(host)
	n.Kind = kindOfName(name)
	if n.Kind == "" {
		n.Kind = kindOfPort(n.Port)
	}
	if n.Kind == "http" && (n.Port == 0 || host == "") {
		return scan.Need{}, false
	}
	if strings.ContainsAny(value, " /,") || value == "" || n.Host == "" && n.Name == "" && !scan.LocalHost(host) || ownSetting.MatchString(name) {
		return scan.Need{}, false
	}
	return n, true
}

var (
	ownSetting = scan.MustCompile(`(?i)^((app|site|public|base|root|self|listen|bind|http|https|server|external|internal|web|metrics|debug|pprof|admin|grpc|my|callback|redirect|static|cors|health)[_-]?)*(addr|address|url|uri|host|hostname|port|listen|bind|origin|endpoint|interface)$`)
	publicDocs = scan.MustCompile(`(^|\.)(example\.(com|org|net)|w3\.org|golang\.org|godoc\.org|schema\.org|github\.com|githubusercontent\.com)$`)
)

func kindOfPort(port int) string {
	if port == 2003 || port == 2004 { // Graphite's, for lines and pickles
		return "tcp"
	}
	for _, kind := range []string{"postgres", "mysql", "mongodb", "redis", "rabbitmq", "memcached", "kafka", "elasticsearch", "smtp", "ldap", "mssql", "oracle"} {
		if port > 0 && scan.DefaultPort(kind) == port {
			return kind
		}
	}
	return "http"
}

var callSuffix = scan.MustCompile(`(?i)[_.-]?(addr|address|host|hostname|hostport|server|endpoint|url|uri|port|api|base|service|backend|upstream|target)s?$`)

// callName is what the service calls another system, by the setting that points to it: LEDGER_ADDR is the ledger.
func callName(n scan.Need, setting string) string {
	if n.Kind != "http" && n.Kind != "tcp" || n.Name != "" {
		return n.Name
	}
	name := setting
	for short := callSuffix.ReplaceAllString(name, ""); short != name && short != ""; short = callSuffix.ReplaceAllString(name, "") {
		name = short
	}
	return strings.Join(splitName(name), "-")
}

var addressInURL = scan.MustCompile(`^([a-z0-9+.:-]+://)(\[[^\]/]+\]|[^/:?#;,@\s]+)(:\d+)?`)

// addressTemplate puts {host} and {port} into the place of a value's address.
func addressTemplate(value string) string {
	if strings.Contains(value, "://") {
		return addressInURL.ReplaceAllString(value, "${1}{host}:{port}")
	}
	if _, _, err := net.SplitHostPort(value); err == nil {
		return "{host}:{port}"
	}
	return "{host}"
}
