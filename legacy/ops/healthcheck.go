package ops

import (
	"path"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// healthURL is the address that a check asks, of this machine; curl and wget take one without a scheme, too.
var healthURL = scan.MustCompile(`(?:https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?\w+\}?)|\b(?:curl|wget)\s(?:[^|;&]*\s)?(?:localhost|127\.0\.0\.1))(?::(\d+|\$\{?\w+(?::?-\d+)?\}?))?(/[^\s"'\])|;&]*)?(?:["'\s\]);|&]|$)`)

var (
	anyAnswer     = scan.MustCompile(`\bcurl\b`)                       // content with any answer, an error as well,
	failsOnErrors = scan.MustCompile(`\s(-\w*f\w*|--fail\S*)(\s|"|$)`) // unless it has one of these options
)

// checked is what a check of this address tells: a page that is there, where it names no path, and nothing where any answer
// will do.
func checked(test, route string) (*service.Health, scan.Rank) {
	switch {
	case route != "":
		return health(route), scan.Declared
	case anyAnswer.MatchString(test) && !failsOnErrors.MatchString(test):
		return nil, 0
	}
	return health("/"), scan.Convention
}

var (
	// joinedPort is a port that a program puts into an address: 'http://localhost:' + port + '/health', `:${port}/health`, :{port}.
	joinedPort = scan.MustCompile("(localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0):(?:['\"`]\\s*\\+[^'\"`\\n]{1,80}\\+\\s*['\"`]|\\$?\\{[^}\\n]{1,80}\\}|%[ds])")
	// askedPath is the path among the options of a request: http.request({host: 'localhost', path: '/health'}).
	askedPath = scan.MustCompile("\\bpath['\"]?\\s*[:=]\\s*['\"`](/[\\w./-]*)")
	askedHere = scan.MustCompile("\\bhost(?:name)?['\"]?\\s*[:=]\\s*['\"`](?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0)|\\bhttps?\\.(?:get|request)\\(")
)

// healthAsked finds the port, as it is written, and the path that a check asks.
func healthAsked(text string) (port, route string, ok bool) {
	if m := healthURL.FindStringSubmatch(joinedPort.ReplaceAllString(text, "$1:$$PORT")); m != nil {
		return m[1], m[2], true
	}
	if m := askedPath.FindStringSubmatch(text); m != nil && askedHere.MatchString(text) {
		return "", m[1], true
	}
	return "", "", false
}

// healthScript finds what a check asks through a program of the repository: node healthcheck.js.
func healthScript(t *scan.Tree, find func(word string) string, test string, r *scan.Report) (route, file string) {
	for _, file := range healthPrograms(find, test) {
		if _, route, ok := healthAsked(t.Text(file, r)); ok && route != "" {
			return route, file
		}
	}
	return "", ""
}

// healthPrograms are the programs of the repository that a check runs.
func healthPrograms(find func(word string) string, test string) []string {
	var files []string
	for _, word := range strings.Fields(test) {
		word = strings.Trim(word, `'"`)
		if !healthProgram.MatchString(path.Base(word)) {
			continue
		}
		if file := find(word); file != "" {
			files = append(files, file)
		}
	}
	return files
}

// healthVariable is the variable of the image whose address on this machine a check reads: HEALTH_URL.
func (d *dockerfile) healthVariable(t *scan.Tree, r *scan.Report) (route, name string) {
	text := d.health.value
	for _, file := range healthPrograms(d.scriptFinder(t), d.health.value) {
		text += "\n" + t.Text(file, r)
	}
	words := strings.FieldsFunc(text, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	for _, word := range words {
		if m := healthURL.FindStringSubmatch(d.env[word].value); m != nil && m[2] != "" {
			return m[2], word
		}
	}
	return "", ""
}

// healthProgram are names of programs that ask whether a service is well.
var healthProgram = scan.MustCompile(`(?i)(health|alive|live|ready|check|status|ping|probe)[\w-]*(\.(sh|js|mjs|cjs|ts|py|rb|pl|php))?$`)

func (d *dockerfile) reportHealth(t *scan.Tree, r *scan.Report) {
	if d.health == nil {
		return
	}
	if _, route, ok := healthAsked(d.health.value); ok {
		if found, rank := checked(d.health.value, route); found != nil {
			r.Find(d.finding(service.Service{Health: found}), d.file, d.health.line, rank, "HEALTHCHECK")
		}
	} else if route, file := healthScript(t, d.scriptFinder(t), d.health.value, r); route != "" {
		r.Find(d.finding(service.Service{Health: health(route)}), d.file, d.health.line, scan.Convention, "HEALTHCHECK, by "+file)
	} else if route, name := d.healthVariable(t, r); route != "" {
		r.Find(d.finding(service.Service{Health: health(route)}), d.file, d.env[name].line, scan.Declared, "HEALTHCHECK reads "+name)
	}
}

// health is what a single endpoint that something polled is good for: readiness. Only one that says so is for liveness.
func health(route string) *service.Health {
	if base := strings.ToLower(path.Base(route)); strings.HasPrefix(base, "live") || base == "healthz" || base == "ping" {
		return &service.Health{Live: route, Ready: route}
	}
	return &service.Health{Ready: route}
}
