package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Requests reads the requests that a team keeps: files of hurl, .http files, collections of Postman, descriptions in OpenAPI,
// lines of curl in the README, the Makefile and scripts that check. A few become checks, the rest a note: migrate smoke import
// takes over all of a file.
func Requests() scan.Reader {
	return scan.Reader{
		Name:  "requests",
		Wants: func(p string) bool { return keepsRequests(p) && !inHidden.MatchString(p) },
		Aside: true, // tests and documents are where they lie
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			k := &kept{r: r, seen: map[string]bool{}}
			for _, kind := range requestFiles {
				for _, p := range paths {
					if kind.MatchString(p) {
						k.file(t, p)
					}
				}
			}
			k.rest()
		},
	}
}

var (
	askedByTests    = scan.MustCompile(`(?i)\.hurl$`)
	askedByPeople   = scan.MustCompile(`(?i)\.(http|rest)$|postman[^/]*\.json$|(^|/)postman/[^/]+\.json$`)
	described       = scan.MustCompile(`(?i)(^|/)(openapi|swagger)[^/]*\.(json|ya?ml)$`)
	calledInScripts = scan.MustCompile(`(?i)^(README[^/]*|Makefile)$|(^|/)[^/]*(smoke|health|check)[^/]*\.sh$`)

	requestFiles = []*scan.Pattern{askedByTests, askedByPeople, described, calledInScripts} // the surest first
)

func keepsRequests(p string) bool {
	return slices.ContainsFunc(requestFiles, func(kind *scan.Pattern) bool { return kind.MatchString(p) })
}

// mostChecks is how many checks become of all files: a smoke test is read at once.
const mostChecks = 6

// kept is what was taken over so far.
type kept struct {
	r     *scan.Report
	count int
	seen  map[string]bool
	files []string // with requests that became no checks
	left  int      // those requests
}

func (k *kept) file(t *scan.Tree, p string) {
	text, err := t.Read(p)
	if err != nil {
		return
	}
	found, err := requests.Read(p, text)
	if err != nil {
		return // named like one
	}
	taken := 0
	for _, r := range found.Requests {
		if k.count >= mostChecks || !worthAsking(r, found.Format) || k.seen[r.Method+r.Path] {
			continue
		}
		k.seen[r.Method+r.Path] = true
		k.count++
		taken++
		k.find(r, found.Format)
	}
	if all := len(found.Requests) + len(found.Left); all > taken && !calledInScripts.MatchString(p) {
		k.files, k.left = append(k.files, p), k.left+all-taken
	}
}

// rest tells of the requests that became no checks.
func (k *kept) rest() {
	if k.left > 0 {
		k.r.Note(k.files[0], 0, "%d more requests are kept in %s; migrate smoke import FILE makes checks of all that can be converted, and says why of the others", k.left, scan.List(k.files))
	}
}

var (
	tellsHealth = scan.MustCompile(`(?i)(^|[/_.-])(health\w*|ready|readyz|live|livez|liveness|readiness|status|ping|version|info|heartbeat|up)($|[/_.?-])`)
	holdsData   = scan.MustCompile(`/\d+([/?.]|$)|/[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|/[0-9a-f]{24}|[<{]|%3[Cc]|%7[Bb]|/:[A-Za-z]`)
)

// worthAsking says whether a request can be asked of any copy of the service: it only reads, and needs no account, no
// variable and no data that only one copy has: a path with <uuid> in it is a pattern for people.
func worthAsking(r requests.Request, format string) bool {
	switch {
	case r.Method != "GET" && r.Method != "HEAD", r.Auth != nil, r.Secured, r.Data, len(r.Cookies) > 0, r.HasBody, r.BodyFile != "":
		return false
	case strings.Contains(r.Path, "$"), holdsData.MatchString(r.Path), r.Path == "/" && r.Silent:
		return false
	case format == "OpenAPI":
		return !r.Silent
	case format == "curl":
		return !r.Silent || tellsHealth.MatchString(r.Path)
	}
	return !slices.ContainsFunc(r.Headers, func(h requests.Field) bool { return strings.Contains(h.Value, "$") })
}

func (k *kept) find(r requests.Request, format string) {
	c := &service.SmokeCheck{Request: r.Method + " " + r.Path, Follow: r.Follow}
	for _, h := range r.Headers {
		if !strings.EqualFold(h.Name, "User-Agent") && !strings.Contains(h.Value, "$") {
			if c.Headers == nil {
				c.Headers = map[string]string{}
			}
			c.Headers[h.Name] = h.Value
		}
	}
	for _, a := range r.Asserts {
		text, isText := a.Value.(string)
		codes, isCodes := a.Value.([]string)
		switch {
		case a.Query.Kind == requests.OfStatus && a.Op == requests.Equal && isCodes:
			c.Status = codes
		case a.Query.Kind == requests.OfBody && a.Op == requests.Contains && isText && c.Contains == "" && !strings.Contains(text, "$"):
			c.Contains = text
		}
	}
	if c.Status == nil && !r.Follow { // nothing is known but that somebody asks for it
		c.Status = []string{"2xx", "3xx", "401", "403"}
	}
	k.r.Find(scan.Finding{
		About: []string{scan.Here}, Name: strings.ReplaceAll(r.Title(), "/", " "),
		Check: &service.Check{Was: format + " " + r.From(), Smoke: c},
	}, r.File, r.Line, scan.Declared, "")
}
