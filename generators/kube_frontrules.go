package generators

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// frontRule is what the web server in the pod does to requests before it looks where they belong: tests that all have to be
// true, and then one directive.
type frontRule struct {
	tests []string
	do    string
}

// frontRules are the rules of a service: what is refused to some, what is sent elsewhere, and what the service knows by another
// name, in this order.
func frontRules(s service.Service) [][]string {
	var refused, moved, renamed []frontRule
	for _, p := range fronted(s) {
		switch {
		case p.Rewrite != "":
			renamed = append(renamed, frontRule{testsOf(p), fmt.Sprintf(`rewrite "%s" "%s" last`, quotable(p.Path), quotable(p.Rewrite))})
		case p.Refuse != 0 && (p.Conditional() || p.Pattern):
			refused = append(refused, frontRule{testsOf(p), fmt.Sprintf("return %d", p.Refuse)})
		}
	}
	for _, r := range patternRedirects(s) {
		moved = append(moved, moves(r))
	}
	var rules [][]string
	for i, r := range slices.Concat(refused, moved, renamed) {
		rules = append(rules, r.lines(fmt.Sprintf("rule_%d", i)))
	}
	return rules
}

// lines writes a rule. nginx has no conditions of several tests: a variable collects a sign for each that is true.
func (r frontRule) lines(name string) []string {
	switch len(r.tests) {
	case 0:
		return []string{r.do + ";"}
	case 1:
		return []string{"if (" + r.tests[0] + ") {", "    " + r.do + ";", "}"}
	}
	lines := []string{fmt.Sprintf(`set $%s "";`, name)}
	for _, test := range r.tests {
		lines = append(lines, "if ("+test+") {", fmt.Sprintf(`    set $%s "${%[1]s}1";`, name), "}")
	}
	return append(lines, fmt.Sprintf(`if ($%s = "%s") {`, name, strings.Repeat("1", len(r.tests))), "    "+r.do+";", "}")
}

// moves is the rule of a redirect by an expression. A rewrite knows 301 and 302 alone. The others hold the groups of the path as
// it was asked for: decoded, one may break the line of the header.
func moves(r service.Redirect) frontRule {
	host, to := hostTest(r.Host), redirectTarget(r)
	switch {
	case r.Code == 301:
		return frontRule{host, fmt.Sprintf(`rewrite "%s" "%s" permanent`, quotable(r.Path), quotable(to))}
	case returns(r):
		if plain, own := strings.CutSuffix(to, "?"); own {
			to = plain
		} else {
			to += "$is_args$args"
		}
		return frontRule{append(host, fmt.Sprintf(`%s ~ "%s"`, frontAsked, quotable(r.Path))), fmt.Sprintf(`return %d "%s"`, r.Code, quotable(to))}
	}
	return frontRule{host, fmt.Sprintf(`rewrite "%s" "%s" redirect`, quotable(r.Path), quotable(to))}
}

// frontAsked is the variable with the path as it was asked for.
const frontAsked = "$front_asked"

// frontAsks is that variable where a rule has it, "" elsewhere.
func frontAsks(s service.Service) string {
	if slices.ContainsFunc(patternRedirects(s), returns) {
		return frontAsked
	}
	return ""
}

// returns says whether a redirect is a return with its status. An expression with letters that browsers encode never fits the
// path as it was asked for: it stays a rewrite, with 302.
func returns(r service.Redirect) bool {
	return (r.Code == 303 || r.Code == 307 || r.Code == 308) && !encodedLetter.MatchString(r.Path)
}

var encodedLetter = pattern.MustCompile("[^!-~]|[\"<>`]")

// redirectTarget keeps the query that was asked for only where the target has none.
func redirectTarget(r service.Redirect) string {
	if strings.Contains(r.To, "?") && !strings.HasSuffix(r.To, "?") {
		return r.To + "?"
	}
	return r.To
}

// patternRedirects are those that no route has.
func patternRedirects(s service.Service) []service.Redirect {
	if s.Edge == nil || !serves(s) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Edge.Redirects), func(r service.Redirect) bool { return !r.Pattern })
}

// testsOf are the conditions under which a request is one of those that a part is about.
func testsOf(p service.Part) []string {
	tests := hostTest(p.Host)
	add := func(variable, expression string) {
		tests = append(tests, fmt.Sprintf(`%s ~ "%s"`, variable, quotable(expression)))
	}
	if p.Agents != "" {
		add("$http_user_agent", p.Agents)
	}
	if len(p.Methods) > 0 {
		add("$request_method", "^("+strings.Join(p.Methods, "|")+")$")
	}
	if p.Query != "" {
		add("$args", p.Query)
	}
	if !p.Whole() && p.Rewrite == "" {
		add("$uri", pathExpression(p))
	}
	return tests
}

func hostTest(host string) []string {
	if host == "" {
		return nil
	}
	return []string{fmt.Sprintf(`$host = "%s"`, quotable(strings.ToLower(host)))}
}

// pathExpression is the path of a part as an expression for what nginx has decoded.
func pathExpression(p service.Part) string {
	if p.Pattern {
		return p.Path
	}
	at := p.Path
	if plain, err := url.PathUnescape(at); err == nil {
		at = plain
	}
	at = "^" + regexp.QuoteMeta(at)
	if p.Exact {
		at += "$"
	}
	return at
}

// limited says that a part has limits.
func limited(p service.Part) bool { return p.Rate != "" || len(p.Allow) > 0 || len(p.Deny) > 0 }

// zone names the shared memory in which nginx counts the requests of a part.
func zone(number int) string { return fmt.Sprintf("part_%d", number) }

// limits say who may ask for a part, and how often.
func limits(p service.Part, number int) []string {
	var lines []string
	if p.Rate != "" {
		line := "limit_req zone=" + zone(number)
		if p.Burst > 0 {
			line += fmt.Sprintf(" burst=%d nodelay", p.Burst)
		}
		lines = append(lines, line+";")
	}
	for _, network := range p.Deny {
		lines = append(lines, "deny "+network+";")
	}
	for _, network := range p.Allow {
		lines = append(lines, "allow "+network+";")
	}
	if len(p.Allow) > 0 {
		lines = append(lines, "deny all;")
	}
	return lines
}

// wholeLimits are the limits for all that is asked for.
func wholeLimits(s service.Service) []string {
	var lines []string
	for i, p := range fronted(s) {
		if p.Whole() && limited(p) {
			lines = append(lines, limits(p, i)...)
		}
	}
	return lines
}

// frontRates are the rates at which the web server lets each client ask.
func frontRates(s service.Service) []string {
	var rates []string
	for i, p := range fronted(s) {
		if p.Rate != "" {
			rates = append(rates, fmt.Sprintf("zone=%s:10m rate=%s", zone(i), p.Rate))
		}
	}
	return rates
}

// knowsClients says that the web server has to know the addresses of clients.
func knowsClients(s service.Service) bool { return slices.ContainsFunc(fronted(s), limited) }
