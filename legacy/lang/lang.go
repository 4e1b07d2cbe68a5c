// Package lang reads what a source tree tells about a service: language and version, framework, how production starts it,
// the port it binds, its further processes, what it calls, the names of its settings and where it keeps state.
//
// It stands beside legacy/ops in the first stage of the way: legacy.Scan hands each reader here the paths it wants, the
// findings go to legacy.Resolve. Nothing is executed; source is read with tolerant tokenizers and bounded expressions,
// so that a file of another age or dialect costs a finding and never the scan.
package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// driver is what a library among the dependencies tells: the kind of need that it talks to, and the Debian packages that
// it wants to be built and to run. Kind is "" for a library that calls nothing.
type driver struct {
	kind           string
	build, runtime []string
}

// dependency is one library that production installs, and the line that says so.
type dependency struct {
	name, version string // version as written, "" where there is none
	file          string
	line          int
}

// sqlKinds are the kinds that a setting called "database" or "db" can mean.
var sqlKinds = map[string]bool{"postgres": true, "mysql": true, "mssql": true, "oracle": true, "db2": true}

// kindWords lead from a word in a setting's name to the kind of need: REDIS_HOST, mysql.host, EMAIL_HOST.
var kindWords = map[string]string{
	"postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "psql": "postgres", "mysql": "mysql", "mariadb": "mysql",
	"mssql": "mssql", "sqlserver": "mssql", "oracle": "oracle", "db2": "db2", "mongo": "mongodb", "mongodb": "mongodb", "mongoose": "mongodb",
	"redis": "redis", "rabbit": "rabbitmq", "rabbitmq": "rabbitmq", "amqp": "rabbitmq", "memcache": "memcached", "memcached": "memcached",
	"elastic": "elasticsearch", "elasticsearch": "elasticsearch", "es": "elasticsearch", "solr": "solr", "kafka": "kafka", "smtp": "smtp",
	"email": "smtp", "mail": "smtp", "mailer": "smtp", "ldap": "ldap", "statsd": "statsd", "cassandra": "cassandra", "neo4j": "neo4j",
	"mqtt": "mqtt", "mosquitto": "mqtt",
}

var humps = scan.MustCompile(`([a-z0-9])([A-Z])`)

// splitName gives the words of a setting's name in lower case: dbHost, DB_HOST and db.host are all [db host].
func splitName(name string) []string {
	return strings.FieldsFunc(strings.ToLower(humps.ReplaceAllString(name, "${1}_${2}")), func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || r == '/' || r == ' '
	})
}

// kindOfName is the kind of need that a setting's name speaks of, or "".
func kindOfName(name string) string {
	words := splitName(name)
	for _, w := range words {
		if k := kindWords[w]; k != "" && !(k == "elasticsearch" && slices.Contains(words, "apm")) { // Elastic APM is another server
			return k
		}
	}
	return ""
}

// foreignVariables are set by the machine, the shell or the CI system and are no configuration of the service.
var foreignVariables = scan.MustCompile(`^(HOME|PATH|PWD|USER|USERNAME|SHELL|TERM|LANG|LC_\w+|TMP|TEMP|TMPDIR|HOSTNAME|EDITOR|DISPLAY|VIRTUAL_ENV|PYTHON\w*|` +
	`CI|TRAVIS(_(ALLOW_FAILURE|APP_HOST|BRANCH|BUILD_\w+|COMMIT\w*|CPU_ARCH|DIST|EVENT_TYPE|JOB_\w+|OS_NAME|PULL_REQUEST\w*|REPO_SLUG|RUBY_VERSION|NODE_VERSION|PYTHON_VERSION|SECURE_ENV_VARS|TAG|TEST_RESULT|TIMER\w*|TMPDIR))?|CIRCLE\w*|GITHUB_(ACTIONS?|ACTION_\w+|ACTOR\w*|BASE_REF|HEAD_REF|ENV|EVENT_\w+|JOB|OUTPUT|PATH|REF\w*|REPOSITORY\w*|RUN_\w+|SHA|STEP_SUMMARY|WORKFLOW\w*|WORKSPACE)|GITLAB_(CI|USER_\w+|FEATURES)|JENKINS_(HOME|URL)|BUILD_(ID|NUMBER|TAG|URL)|TOX\w*|COVERAGE\w*|COVERALLS\w*|CODECOV\w*|PYTEST\w*|` +
	`npm_\w+|NODE_PATH|NODE_DEBUG|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|JAVA_HOME|M2_HOME|GOPATH|GOROOT|APPDATA|PROGRAMFILES|OS|COMSPEC|USERPROFILE|` +
	`SERVER_SOFTWARE|REMOTE_ADDR|REMOTE_USER|REQUEST_\w+|PATH_INFO|QUERY_STRING|SCRIPT_NAME|CONTENT_(TYPE|LENGTH)|HTTP_(HOST|USER_AGENT|ACCEPT\w*|REFERR?ER|COOKIE2?|CONNECTION|AUTHORIZATION|ORIGIN|UPGRADE\w*|IF_\w+|X_\w+|CF_\w+|SEC_\w+|CACHE_CONTROL|CONTENT_\w+|VIA|FORWARDED\w*|CLIENT_IP|TRUE_CLIENT_IP|DNT|RANGE|TE|PRAGMA|FROM|VERSION|STATUS|PROXY)|wsgi\w*|DJANGO_SETTINGS_MODULE|WERKZEUG_RUN_MAIN|DYNO|KUBERNETES_SERVICE_HOST|TEST(ING)?_\w*|\w+_TEST)$`)

var variableName = scan.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// healthPath recognises a route that tells how the service is: live where its name says that it looks at nothing else.
var healthPath = scan.MustCompile(`(?i)^/?((?:(?:api|v\d+|_?internal|private|public|app|service|system|management|monitoring|rest|debug|ops|infra|info|meta|diagnostics|pingdom|\.well-known|_|-)/){0,3})(?:_+|-|(?:app|service|server|site)[-_])?(health|healthz|healthy|health-?_?check|heartbeat|lbheartbeat|gtg|ping|status|status-?_?check|up|(?:is[-_]?)?alive|(?:is[-_]?)?live|livez|liveness|(?:is[-_]?)?ready|readyz|readiness|monitor|monitoring)(?:_+)?(?:\.(?:json|txt|html?|xml))?/?(?:(live|liveness|ready|readiness|ping|status|check)/?)?$`)

// belowName are health endpoints below the name of the service, as a proxy in front of several passes them on.
var belowName = scan.MustCompile(`(?i)^/?(?:[\w.-]+/){1,3}(?:health-?_?check|_+health|healthz|livez|liveness|readyz|readiness)/?$|^/?[\w.]+(?:-[\w.]+)+/(?:api/|v\d+/)?health/?$`)

// healthRoute says of a route's path whether it is a health endpoint, and whether it tells liveness or readiness. A name
// that leaves it open (health, status) counts as readiness: such a handler may well ask the database, and a liveness
// probe must never do that.
func healthRoute(route string) (live, ready bool) {
	if belowName.MatchString(route) {
		route = path.Base(route)
	}
	m := healthPath.FindStringSubmatch(route)
	if m == nil {
		return false, false
	}
	word := strings.TrimLeft(strings.TrimPrefix(strings.ToLower(m[2]), "is"), "-_")
	if m[3] != "" {
		word = strings.ToLower(m[3])
	}
	switch word {
	case "live", "livez", "liveness", "alive", "ping", "healthz", "healthy", "lbheartbeat", "up":
		return true, false
	}
	return false, true
}

// route is a health endpoint that was found.
type route struct {
	path  string
	below string // before a path that stands elsewhere
	file  string
	line  int
	sure  bool // a health endpoint whatever its path says
	loose bool // its path stands in the text, and may be no route of the service
}

// aside are routes that may well be a page about something else: they count where no other says how the service is.
var aside = scan.MustCompile(`(?i)(status|monitor|monitoring|up|ping)(\.\w+)?/?$`)

// startup are routes that say no more than that the service has started once.
var startup = scan.MustCompile(`(?i)\bstart(ed|up)/?$`)

// findHealth reports the best of the health endpoints: the shortest of each sort, the first where they are as long.
func findHealth(r *scan.Report, dir string, routes []route) {
	findHealthOf(r, scan.Finding{Dir: dir}, routes)
}

// findHealthOf reports the health routes of a process.
func findHealthOf(r *scan.Report, process scan.Finding, routes []route) {
	var live, ready *route
	better := func(have *route, next *route) *route {
		if have == nil {
			return next
		}
		if a, b := startup.MatchString(have.path), startup.MatchString(next.path); a != b {
			if a {
				return next
			}
			return have
		}
		if a, b := aside.MatchString(have.path), aside.MatchString(next.path); a != b && !have.sure && !next.sure {
			if a {
				return next
			}
			return have
		}
		if len(next.path) < len(have.path) {
			return next
		}
		return have
	}
	for i := range routes {
		isLive, isReady := healthRoute(routes[i].path)
		if isLive {
			live = better(live, &routes[i])
		}
		if isReady || routes[i].sure && !isLive {
			ready = better(ready, &routes[i])
		}
	}
	if live != nil {
		h := &service.Health{Live: live.path}
		if ready == nil {
			h.Ready = live.path
		}
		process.Service = service.Service{Health: h}
		r.Find(process, live.file, live.line, scan.Declared, "")
	}
	if ready != nil {
		process.Service = service.Service{Health: &service.Health{Ready: ready.path}}
		r.Find(process, ready.file, ready.line, scan.Declared, "")
	}
	if live == nil && ready == nil {
		findAbout(r, process, routes)
	}
}

// aboutPath are routes by which a service tells about itself: not how it is, but what runs asks for no login and answers
// as long as it does. A page /about of a site is none: it is one for visitors. Nor is a path that only stands in the text,
// which may be another service's, or a page in the browser: a probe that asks for it never succeeds.
var aboutPath = scan.MustCompile(`(?i)^/?(?:(?:api|v\d+|_|-|_?internal|public|system|app)/){0,2}_*(?:version|uptime|info|build-?_?info)(?:\.(?:json|txt))?$|^/?api/(?:v\d+/)?about$`)

// findAbout reports the shortest route by which the service tells about itself, where none is named for its health.
func findAbout(r *scan.Report, process scan.Finding, routes []route) {
	var best *route
	for i := range routes {
		if !routes[i].loose && aboutPath.MatchString(routes[i].path) && (best == nil || len(routes[i].path) < len(best.path)) {
			best = &routes[i]
		}
	}
	if best != nil {
		process.Service = service.Service{Health: &service.Health{Ready: best.path}}
		r.Find(process, best.file, best.line, scan.Guess, "what the service tells about itself; no route is named for its health")
	}
}

// environmentOf says for which environment a file of settings holds by its name: settings/staging.py, config/production.json.
// It is "" where the name says nothing, and skip is true for files of developers' machines and tests.
func environmentOf(file string) (environment string, skip bool) {
	base := strings.ToLower(path.Base(file))
	for _, w := range strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '_' || r == '-' }) {
		switch w {
		case "prod", "production", "live":
			return "production", false
		case "staging", "stage", "preprod", "uat", "qa", "acceptance":
			return "staging", false
		case "dev", "devel", "development", "develop", "local", "localhost", "test", "tests", "testing", "ci", "travis", "cypress", "playwright", "e2e", "sample", "example", "dist", "template", "vagrant":
			return "", true
		}
	}
	return "", false
}

// owner gives for a path the longest of the directories that holds it, "" where none does. dirs holds "." for the root.
func owner(dirs map[string]bool, name string) string {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if dirs[dir] {
			return dir
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// standIn are directories whose program plays another system for tests and developers.
var standIn = scan.MustCompile(`(?i)^(mock|fake|stub|dummy)`)

// standAlone marks what was found from a place on as about a program that is not known to serve.
func standAlone(r *scan.Report, from int) {
	for i := from; i < len(r.Findings); i++ {
		r.Findings[i].Alone = true
	}
}

// hasAny says whether the text holds one of the words. It is asked before an expression is tried on a whole file: a
// search for words is many times faster, and most files hold none.
func hasAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func sortedSet(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}

// relative is name as seen from dir.
func relative(dir, name string) string {
	if dir == "." {
		return name
	}
	return strings.TrimPrefix(name, dir+"/")
}
