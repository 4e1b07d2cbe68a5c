package ops

import (
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// limitedPart is the part of the site in which a directive stands, as the web server in a pod can know it: all of the site, a
// path, or an expression.
func (s nginxScope) limitedPart() (service.Part, bool) {
	switch {
	case s.place != nil && s.place.nests:
		return service.Part{}, false
	case s.place == nil || s.place.path == "/" && !s.place.exact && !s.place.regular:
		return service.Part{Path: "/"}, true
	case s.place.regular:
		return partOfPattern(s.place.path, s.place.ignore)
	}
	return onlyPath(s.place.path, false, s.place.exact)
}

// partOfPattern is a part by a regular expression: a path where it means no more than that.
func partOfPattern(expression string, ignore bool) (service.Part, bool) {
	if p, plain := onlyPath(expression, true, false); plain && !ignore {
		return p, true
	}
	if ignore && !strings.HasPrefix(expression, "(?i)") {
		expression = "(?i)" + expression
	}
	return service.Part{Path: expression, Pattern: true}, expression != "" && service.Expression(expression) && !strings.Contains(expression, filledIn)
}

// ofEndings are expressions of files by the ends of their names.
var ofEndings = scan.MustCompile(`^(\^?(/?\.\*|/?\(\.\*\)))?\\?\.\(?(\?:)?[\w|?()]+\)?\$?$`)

// elsewhere says of a place that what it leads to is not what the site is about.
func (p *frontPlace) elsewhere(s *frontSite) bool {
	main := s.main()
	return p != nil && main != nil && len(p.targets) > 0 && p != main && !p.same(main)
}

var (
	byClient  = scan.MustCompile(`^\$\{?(binary_remote_addr|remote_addr|http_x_forwarded_for|proxy_protocol_addr|realip_remote_addr)\}?$`)
	nginxRate = scan.MustCompile(`^rate=([1-9]\d{0,5}r/[sm])$`)
)

// findRates collects the zones that count the requests of each client. A map may leave some of them out.
func (n *nginx) findRates(list []*directive, clients map[string]bool, depth int) {
	for _, d := range list {
		switch {
		case d.name() == "map" && len(d.words) > 2:
			clients[d.words[2]] = slices.ContainsFunc(d.block, func(v *directive) bool { return byClient.MatchString(v.value()) })
		case d.name() == "limit_req_zone" && (byClient.MatchString(d.value()) || clients[d.value()]):
			for _, word := range d.words {
				if m := nginxRate.FindStringSubmatch(word); m != nil && zoneOf(d) != "" {
					n.rates[zoneOf(d)] = m[1]
				}
			}
		case depth < maxNested:
			n.findRates(d.block, clients, depth+1)
		}
	}
}

// zoneOf is the zone that a directive names.
func zoneOf(d *directive) string {
	for _, word := range d.words {
		if name, found := strings.CutPrefix(word, "zone="); found {
			name, _, _ = strings.Cut(name, ":")
			return strings.Trim(name, filledIn)
		}
	}
	return ""
}

// maxBurst is what a part's burst may be.
const maxBurst = 100_000

// limits keeps how often a client may ask for a part of a site.
func (n *nginx) limits(d *directive, s nginxScope) {
	p, plain := s.limitedPart()
	p.Rate = n.rates[zoneOf(d)]
	for _, word := range d.words[1:] {
		if burst, found := strings.CutPrefix(word, "burst="); found {
			number, _ := strconv.Atoi(burst)
			p.Burst = max(0, min(number, maxBurst))
		}
	}
	format, at := "requests for %s are limited (limit_req): the gateway has to", partOf(s.at())
	if !plain || s.if_ || p.Rate == "" || s.place != nil && s.place.answers {
		s.site.say(d.file, d.line, format, at)
		return
	}
	s.site.answersItself(d.file, d.line, p, format, at)
}

// zone tells what a zone counts.
func (n *nginx) zone(d *directive, s nginxScope) {
	what := "the gateway has to"
	if n.rates[zoneOf(d)] != "" {
		what = "where a part of a site is, the web server in each pod counts for itself"
	}
	s.site.say(d.file, d.line, "requests are limited (%s): %s", shortened(withoutUnknown(d.rest())), what)
}

// holdsAny says whether a block holds one of these directives.
func holdsAny(block []*directive, names ...string) bool {
	return slices.ContainsFunc(block, func(d *directive) bool { return slices.Contains(names, d.name()) })
}

// beyond says of a limit for the whole site that it does not hold for a part of it: it stands in location /, beside which others
// lead to the service too, or a location has rules of its own.
func (s *frontSite) beyond(e frontEdge) bool {
	of := e.edge.Parts[0]
	byAddress := len(of.Allow)+len(of.Deny) > 0
	if !of.Whole() || of.Rate == "" && !byAddress {
		return false
	}
	return slices.ContainsFunc(s.places, func(p *frontPlace) bool {
		return p != e.place && !p.elsewhere(s) && (byAddress && p.guards || e.place != nil && len(p.targets) > 0)
	})
}

// answersThere says of a location that nginx answers all that is asked for there, or changes what it is called.
func answersThere(block []*directive) bool {
	return holdsAny(block, "return", "rewrite")
}

// refusedUnder keeps that some requests are refused.
func (s nginxScope) refusedUnder(d *directive, code string) bool {
	p, plain := s.limitedPart()
	p, understood := s.under.refused(p, refusing(code))
	if !plain || !understood || p.Refuse == 0 {
		return false
	}
	s.site.answersItself(d.file, d.line, p, "requests for %s are answered with %s under a condition that stands here: the gateway or the service has to", partOf(s.at()), code)
	return true
}

// movedUnder takes over a redirect of some of the site's hosts.
func (s nginxScope) movedUnder(d *directive, code, to string) bool {
	from, understood := s.under.moved(s.moving())
	if !understood || to == "" || s.place != nil && s.place.named {
		return false
	}
	s.site.moved(d.file, d.line, from, code, to)
	return true
}

// rewrittenUnder is movedUnder for a rewrite.
func (s nginxScope) rewrittenUnder(d *directive, code, to string) bool {
	from, understood := s.under.moved(movedFrom{path: d.words[1], pattern: true})
	if understood {
		s.site.moved(d.file, d.line, from, code, to)
	}
	return understood
}

// renames keeps that the service is asked for something else than the client asked for.
func (s nginxScope) renames(d *directive, to string) bool {
	if s.if_ || s.place != nil && (s.place.path != "/" || s.place.exact || s.place.regular) {
		return false
	}
	return s.site.renames(d, d.words[1], to)
}

var (
	// frontController are targets that a web server has for programs and pages of its own.
	frontController = scan.MustCompile(`\.(php\d?|html?|cgi|fcgi|py|pl)\b|^/?\$1\??$|^@`)
	rewriteTarget   = scan.MustCompile(`^/([\w./?&=~@:,+-]|\$[1-9])*$`)
)

// renames takes over that the service knows what fits an expression by another path.
func (s *frontSite) renames(d *directive, expression, to string) bool {
	if !strings.HasPrefix(strings.TrimPrefix(expression, "^"), "/") || !service.Expression(expression) || !rewriteTarget.MatchString(to) || frontController.MatchString(to) || secretQuery.MatchString(to) || strings.Contains(expression, filledIn) {
		return false
	}
	p := service.Part{Path: expression, Pattern: true, Rewrite: to}
	s.answersItself(d.file, d.line, p, "addresses are rewritten before the service sees them (rewrite): the gateway or the service has to")
	return true
}

// methods takes over that a location takes requests of some methods only.
func (n *nginx) methods(d *directive, s nginxScope) {
	named := slices.Clone(d.words[1:])
	if slices.Contains(named, "GET") {
		named = append(named, "HEAD")
	}
	p, plain := s.limitedPart()
	p, understood := conditions{}.and(ofMethods(strings.Join(named, "|"), true)).refused(p, 403)
	closed := len(d.block) == 1 && d.block[0].name() == "deny" && d.block[0].value() == "all"
	if !plain || !understood || !closed || s.if_ {
		s.if_, s.under = true, conditions{some: true}
		n.walk(d.block, s)
		return
	}
	s.site.answersItself(d.file, d.line, p, "only %s may be asked of %s (limit_except): the gateway or the service has to keep it so", strings.Join(named, ", "), partOf(s.at()))
}
