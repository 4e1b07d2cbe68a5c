package ops

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// frontEdge is what a site does to requests and answers that a gateway can do as well. Where nobody can take it over, the
// header is told by its name, or the remark.
type frontEdge struct {
	edge   service.Edge
	remark frontRemark
	header string
	move   bool
	place  *frontPlace // where it stands, which may lead to another service
	size   int         // of a body or a time: the largest counts
	within int         // the line on which the part of the site begins that it stands in, 0 for none
}

// does is the evidence's note of what a web server does.
func (f *webFront) does(e frontEdge) string {
	if e.within == 0 || e.within == e.remark.line {
		return f.program + " does so today"
	}
	return fmt.Sprintf("%s does so today, %s:%d", f.program, path.Base(e.remark.file), e.within)
}

// keep remembers what the gateway can do in the place of the site; the rest is what is said where it can't.
func (s *frontSite) keep(file string, line int, edge service.Edge, format string, args ...any) {
	s.edges = append(s.edges, frontEdge{edge: edge, remark: frontRemark{text: fmt.Sprintf(format, args...), file: file, line: line}, size: edgeAmount(edge)})
}

// keepOrSay is keep for what is understood, and says the rest.
func (s *frontSite) keepOrSay(d *directive, edge service.Edge, understood bool, format string, args ...any) {
	if understood {
		s.keep(d.file, d.line, edge, format, args...)
		return
	}
	s.say(d.file, d.line, format, args...)
}

// secure says that the site is asked by https.
func (s *frontSite) secure(file string, line int, format string, args ...any) {
	s.keep(file, line, service.Edge{TLS: true}, format, args...)
}

// adds takes a header of answers over. Everybody sees those; what may be private all the same, or differs between requests,
// is known by its name alone.
func (s *frontSite) adds(d *directive, name, value string, part service.Part, conditional bool) {
	form := publicHeader[strings.ToLower(name)]
	if form == nil && strings.HasPrefix(strings.ToLower(name), "access-control-") {
		form = plainValue
	}
	if conditional || form == nil || len(value) > 2000 || !form.MatchString(value) {
		s.added = append(s.added, frontWord{name, d.file, d.line})
		return
	}
	edge := service.Edge{Headers: map[string]string{name: value}}
	if part.Path != "" {
		part.Headers = edge.Headers
		edge = service.Edge{Parts: []service.Part{part}}
	}
	s.edges = append(s.edges, frontEdge{edge: edge, header: name, remark: frontRemark{file: d.file, line: d.line}})
}

// withoutHeaders tells the headers of all answers of a site that leads nowhere: they are none of the site's that does.
func (s *frontSite) withoutHeaders() {
	s.edges = slices.DeleteFunc(s.edges, func(e frontEdge) bool {
		if len(e.edge.Headers) > 0 {
			s.added = append(s.added, frontWord{e.header, e.remark.file, e.remark.line})
		}
		return len(e.edge.Headers) > 0
	})
}

var (
	headerWords = scan.MustCompile(`(?i)^[a-z0-9=, -]+$`)
	plainValue  = scan.MustCompile(`^[\w*.,;:/'" =()+-]+$`) // no address with a query or an account
)

// publicHeader are the headers of answers by which a browser is told what it may do, and what they may say.
var publicHeader = map[string]*scan.Pattern{
	"x-frame-options": scan.MustCompile(`(?i)^(deny|sameorigin|allowall|allow-from https?://[\w.:-]+/?)$`), "x-content-type-options": scan.MustCompile(`(?i)^nosniff$`),
	"x-xss-protection": scan.MustCompile(`^[01](; ?mode=block)?;?$`), "x-ua-compatible": headerWords, "x-robots-tag": headerWords, "x-permitted-cross-domain-policies": headerWords, "x-download-options": headerWords, "x-dns-prefetch-control": headerWords,
	"strict-transport-security": scan.MustCompile(`(?i)^"?max-age="?\d+"?"?(; ?includesubdomains)?(; ?preload)?;?$`), "referrer-policy": headerWords, "cache-control": headerWords, "expires": scan.MustCompile(`^(0|-1|[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT)$`), "pragma": headerWords, "vary": headerWords, "origin-agent-cluster": headerWords,
	"cross-origin-opener-policy": headerWords, "cross-origin-embedder-policy": headerWords, "cross-origin-resource-policy": headerWords,
	"content-security-policy": plainValue, "content-security-policy-report-only": plainValue, "permissions-policy": plainValue, "feature-policy": plainValue, "p3p": plainValue, "service-worker-allowed": plainValue, "timing-allow-origin": plainValue,
}

// reports turns what the gateway can do into claims; what it can't do for this site is told.
func (f *webFront) reports(s *frontSite, about []string) {
	slices.SortStableFunc(s.edges, func(a, b frontEdge) int { return cmp.Compare(b.size, a.size) })
	elsewhere, leads := s.otherEnvironment(), s.around || s.main() != nil || s.shows()
	for _, e := range s.edges {
		if elsewhere || !leads && !e.move && !e.edge.TLS {
			s.refuse(e)
			continue
		}
		if e.move && !leads {
			e.edge.Redirects[0].Host = cmp.Or(e.edge.Redirects[0].Host, firstHost(s.hosts))
		}
		if len(e.edge.Parts) > 0 && (e.place.elsewhere(s) || s.beyond(e)) {
			s.refuse(e)
			continue
		}
		own := f.finding(e.remark.file, about)
		if len(e.edge.Parts) > 0 && e.edge.Parts[0].Files != "" {
			part, here := f.fromRepository(e.edge.Parts[0], own.Dir)
			if !here {
				s.refuse(e)
				continue
			}
			e.edge.Parts = []service.Part{part}
		}
		own.Service = service.Service{Edge: &e.edge}
		f.r.Find(own, e.remark.file, e.remark.line, scan.Declared, f.does(e))
	}
}

// refuse tells what is not taken over.
func (s *frontSite) refuse(e frontEdge) {
	switch {
	case e.header != "":
		s.added = append(s.added, frontWord{e.header, e.remark.file, e.remark.line})
	case e.move:
		s.moves = append(s.moves, e.remark)
	default:
		s.said = append(s.said, e.remark)
	}
}

// otherEnvironment says whether all of the site's names are of an environment other than production.
func (s *frontSite) otherEnvironment() bool {
	named := false
	for _, h := range s.hosts {
		name := siteHost(h.text)
		if name == "" {
			continue
		}
		if hostEnvironment(name) == "" {
			return false
		}
		named = true
	}
	return named
}

// edgeAmount is a body in kilobytes, or a time in milliseconds.
func edgeAmount(e service.Edge) int {
	switch e.Body {
	case "":
		return int(e.Wait().Milliseconds())
	case "0":
		return 1 << 30
	}
	units := map[string]int{"k": 1, "m": 1 << 10, "g": 1 << 20}
	digits := strings.TrimRight(e.Body, "kmg")
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1<<24 {
		return 0
	}
	return n * units[e.Body[len(digits):]]
}

var (
	edgeTime = scan.MustCompile(`^(\d{1,8})(ms|s|m|h)?$`)
	edgeSize = scan.MustCompile(`^(\d{1,10})([kKmMgG]?)$`)
)

// timeout is what a directive says of a time, in unit where it names none; the zero value where it says none that is known.
func timeout(value, unit string) (service.Edge, bool) {
	m := edgeTime.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil || strings.Trim(m[1], "0") == "" {
		return service.Edge{}, false
	}
	value, unit = m[1], cmp.Or(m[2], unit)
	if seconds, whole := strings.CutSuffix(value, "000"); whole && unit == "ms" && seconds != "" {
		value, unit = seconds, "s"
	}
	edge := service.Edge{Timeout: value + unit}
	return edge, edge.Wait() > 0
}

// bodySize is what a directive says of a size in bytes or with a unit.
func bodySize(value string) (service.Edge, bool) {
	m := edgeSize.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return service.Edge{}, false
	}
	size, unit := m[1], strings.ToLower(m[2])
	if n, err := strconv.Atoi(size); err == nil && unit == "" && n > 0 {
		switch {
		case n%(1<<20) == 0:
			size, unit = strconv.Itoa(n>>20), "m"
		case n > 10: // to the next kilobyte
			size, unit = strconv.Itoa((n+1023)>>10), "k"
		}
	}
	return service.Edge{Body: size + unit}, true
}

// movedFrom is what a redirect holds for.
type movedFrom struct {
	path    string
	host    string // of one host among those of the site
	exact   bool
	rest    bool   // what follows the path is put behind the target
	pattern bool   // a regular expression
	but     string // the host among those of the site that it does not hold for
}

// redirect is what a gateway can do of a redirect; false where it asks for more than prefixes and whole paths.
func (from movedFrom) redirect(hosts []frontWord, code, to string) (service.Redirect, bool) {
	status, err := strconv.Atoi(code)
	if err != nil || status == 300 || status > 308 || status == 304 || strings.Contains(to, filledIn) {
		return service.Redirect{}, false
	}
	r := service.Redirect{Path: from.path, Exact: from.exact, Rest: from.rest, To: to, Code: status}
	if from.pattern && !plainPattern(from.path, &r) {
		return r, false
	}
	if !plainTarget(&r) || !strings.HasPrefix(r.Path, "/") && r.Path != "" || strings.ContainsAny(r.Path, "$%*()[]|^\\ "+filledIn) {
		return r, false
	}
	if _, host, _, path, err := r.Target(); err != nil || host == "" && (path == r.Path || !r.Exact && strings.HasPrefix(path, strings.TrimRight(r.Path, "/")+"/") || !r.Exact && strings.Trim(r.Path, "/") == "") || noSite.MatchString(host) || strings.Contains(r.Path, "acme-challenge") {
		return r, false
	}
	if r.Path == "/" && !r.Exact {
		r.Path = ""
	}
	if r.Host = from.host; r.Path == "" && r.Host == "" { // all of a site that has a name of its own
		r.Host = firstHost(hosts)
	}
	return r, r.Host != "" || r.Path != ""
}

// byPattern is a redirect that the web server in a pod can do where no route has it: of a regular expression, or to a query.
func (from movedFrom) byPattern(code, to string) (service.Redirect, bool) {
	r := service.Redirect{Host: from.host, Path: from.path, Pattern: true, To: to}
	var err error
	if r.Code, err = strconv.Atoi(code); err != nil || !slices.Contains([]int{301, 302, 307, 308}, r.Code) {
		return r, false
	}
	if !from.pattern {
		if r.Path = "^" + regexp.QuoteMeta(from.path); from.exact {
			r.Path += "$"
		} else if from.rest {
			r.Path, r.To = r.Path+"(.*)$", r.To+"$1"
		}
	}
	r.To = strings.TrimSuffix(strings.Replace(r.To, "$scheme://", "https://", 1), "$is_args$args")
	for _, same := range []string{"$host", "$http_host", "$server_name", "%{HTTP_HOST}", "%{SERVER_NAME}"} {
		for _, scheme := range []string{"https://", "http://"} {
			if rest, found := strings.CutPrefix(r.To, scheme+same); found {
				r.To = rest
			}
		}
	}
	if host, found := strings.CutSuffix(r.To, "$1"); found && strings.Contains(r.Path, "/(.*)$") && !strings.HasSuffix(host, "/") {
		r.To = host + "/$1"
	}
	if target, found := cutAsked(r.To); found && from.pattern {
		place := strings.TrimPrefix(".*"+r.Path, ".*^")
		if strings.Contains(r.Path, "|") { // the path stands before each of its alternatives
			place = ".*(?:" + r.Path + ")"
		}
		r.Path, r.To = "^(?=/(.*)$)"+place, target+"/$1"
	}
	anchored := strings.HasPrefix(r.Path, "^(?=/") || strings.HasPrefix(r.Path, "^/") || strings.HasPrefix(r.Path, "/") || strings.HasPrefix(r.Path, "^(?!/")
	if !anchored || strings.ContainsAny(r.Path+r.To, "%"+filledIn) || strings.Contains(r.Path, "acme-challenge") || secretQuery.MatchString(r.To) || !service.Expression(r.Path) || leadsToItself(r) {
		return r, false
	}
	_, host, _, _, err := r.Target()
	return r, err == nil && !noSite.MatchString(host)
}

// cutAsked takes the address that was asked for off the end of a target.
func cutAsked(to string) (target string, found bool) {
	for _, asked := range []string{"$request_uri", "$uri"} {
		if target, found = strings.CutSuffix(to, asked); found {
			return target, strings.Contains(target, "://")
		}
	}
	return to, false
}

// leadsToItself says of a redirect to another path of the same host that it is about that one as well.
func leadsToItself(r service.Redirect) bool {
	expression, err := regexp.Compile(r.Path)
	to, _, _ := strings.Cut(r.To, "?")
	return strings.HasPrefix(to, "/") && (err != nil || expression.MatchString(groupOf.ReplaceAllString(to, "1")))
}

var groupOf = scan.MustCompile(`\$[1-9]`)

// firstHost is the first name that a route can have, "" for none.
func firstHost(hosts []frontWord) string {
	for _, h := range hosts {
		if name := siteHost(h.text); name != "" {
			return name
		}
	}
	return ""
}

// plainPattern reads a regular expression that means a path, a prefix or everything.
func plainPattern(pattern string, r *service.Redirect) bool {
	path, begins := strings.CutPrefix(pattern, "^")
	path, ends := strings.CutSuffix(path, "$")
	path = strings.TrimSuffix(path, "/?")
	for _, all := range []string{"/(.*)", "(.*)", "/.*", ".*"} {
		if before, found := strings.CutSuffix(path, all); found {
			path, ends = before, false
			to, rest := strings.CutSuffix(r.To, "$1")
			if strings.Contains(all, "(") && rest {
				r.Rest = path != ""
				r.To = strings.TrimSuffix(to, "/")
			}
			break
		}
	}
	path = escapedSign.ReplaceAllString(path, "$1")
	if regexp.QuoteMeta(path) != strings.ReplaceAll(path, ".", `\.`) || !begins && path != "" {
		return false
	}
	if path != "" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	r.Path, r.Exact = path, ends && path != ""
	if _, address, there := strings.Cut(r.To, "//"); r.Rest && there && !strings.Contains(address, "/") { // the path alone goes on below the host
		r.To += "/"
	}
	return true
}

var escapedSign = scan.MustCompile(`\\([./_-])`)

// plainTarget takes the variables out of a target that stand for what was asked.
func plainTarget(r *service.Redirect) bool {
	to := strings.TrimSuffix(r.To, "?")
	for _, all := range []string{"$request_uri", "$uri$is_args$args", "$uri", "%{REQUEST_URI}", "/$is_args$args"} {
		if before, found := strings.CutSuffix(to, all); found {
			if to = before; strings.Count(to, "/") > 2 { // all of a site goes below a path of another
				r.Rest = !r.Rest && strings.Trim(r.Path, "/") == "" && !r.Exact && !strings.HasSuffix(to, "/")
			}
			if r.Rest != (strings.Count(to, "/") > 2) {
				return false
			}
			break
		}
	}
	to = strings.TrimSuffix(to, "$is_args$args")
	to = strings.Replace(to, "$scheme://", "//", 1)
	for _, same := range []string{"$host", "$http_host", "$server_name", "%{HTTP_HOST}", "%{SERVER_NAME}"} {
		for _, scheme := range []string{"https://", "http://", "//"} {
			if rest, found := strings.CutPrefix(to, scheme+same); found {
				to = rest
			}
		}
	}
	if r.To = to; strings.ContainsAny(to, "$%") || to == "" {
		return false
	}
	if (r.Path == "" || r.Path == "/") && strings.HasSuffix(to, "/") && strings.Count(to, "/") == 3 && r.Rest { // Redirect / https://shop.org/ keeps the path
		r.To, r.Rest = strings.TrimSuffix(to, "/"), false
	}
	return true
}

// maxMovedHosts bounds how many names of one site are redirected one by one.
const maxMovedHosts = 50

// forEach is a redirect of all that a site is asked for under each of its names, but for the one that it leads to.
func (s *frontSite) forEach(r service.Redirect, host string) []service.Redirect {
	if r.Path != "" || host != "" {
		return []service.Redirect{r}
	}
	_, to, _, _, _ := r.Target()
	var all []service.Redirect
	for _, h := range s.hosts {
		name := siteHost(h.text)
		if name == "" || strings.EqualFold(name, to) || len(all) == maxMovedHosts || slices.ContainsFunc(all, func(other service.Redirect) bool { return other.Host == name }) {
			continue
		}
		r.Host = name
		all = append(all, r)
	}
	return all
}
