package generators

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// routeRule is one rule of an HTTPRoute that leads to the service.
type routeRule struct {
	Paths    []string
	Exact    bool
	Filters  []routeFilter
	Timeouts map[string]string
}

// routeFilter is a filter of an HTTPRoute; exactly one field besides Type is set.
type routeFilter struct {
	Type     string           `yaml:"type"`
	Headers  *headerFilter    `yaml:"responseHeaderModifier,omitempty"`
	Rewrite  *rewriteFilter   `yaml:"urlRewrite,omitempty"`
	Redirect *requestRedirect `yaml:"requestRedirect,omitempty"`
}

type headerFilter struct {
	Set []routeHeader `yaml:"set"`
}

type routeHeader struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

type rewriteFilter struct {
	Path pathModifier `yaml:"path"`
}

type pathModifier struct {
	Type   string `yaml:"type"`
	Full   string `yaml:"replaceFullPath,omitempty"`
	Prefix string `yaml:"replacePrefixMatch,omitempty"`
}

type requestRedirect struct {
	Scheme   string        `yaml:"scheme,omitempty"`
	Hostname string        `yaml:"hostname,omitempty"`
	Port     int           `yaml:"port,omitempty"`
	Path     *pathModifier `yaml:"path,omitempty"`
	Code     int           `yaml:"statusCode"`
}

// routeRules are the rules for some paths of a service: one for all that reach it as they are asked for, and one for each
// path that the service knows by another.
func routeRules(s service.Service, paths []string) []routeRule {
	var filters []routeFilter
	var timeouts map[string]string
	rewrites := map[string]string{}
	if e := s.Edge; e != nil {
		if len(e.Headers) > 0 {
			filters = append(filters, routeFilter{Type: "ResponseHeaderModifier", Headers: &headerFilter{Set: routeHeaders(e.Headers)}})
		}
		if e.Timeout != "" {
			timeouts = map[string]string{"request": gatewayTime(*e)}
		}
		for from, to := range e.Rewrites {
			rewrites[strings.TrimRight(from, "/")] = to
		}
	}
	plain := routeRule{Filters: filters, Timeouts: timeouts}
	var rules []routeRule
	for _, p := range paths {
		to, rewritten := rewrites[strings.TrimRight(p, "/")]
		if !rewritten {
			plain.Paths = append(plain.Paths, p)
			continue
		}
		rewrite := routeFilter{Type: "URLRewrite", Rewrite: &rewriteFilter{pathModifier{Type: "ReplacePrefixMatch", Prefix: to}}}
		rules = append(rules, routeRule{Paths: []string{p}, Filters: append(slices.Clone(filters), rewrite), Timeouts: timeouts})
	}
	if plain.Paths != nil {
		rules = append([]routeRule{plain}, rules...)
	}
	parts := partRules(s, paths, timeouts)
	return append(rules, parts[:min(len(parts), max(0, maxRouteRules-len(rules)))]...)
}

// maxRouteHeaders is how many headers one filter may set, and a rule has one filter of a kind.
const maxRouteHeaders = 16

func routeHeaders(headers map[string]string) []routeHeader {
	var list []routeHeader
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if len(list) < maxRouteHeaders {
			list = append(list, routeHeader{name, headers[name]})
		}
	}
	return list
}

// headersLeft are the names of the headers that are one too many for a rule.
func headersLeft(headers map[string]string) []string {
	names := slices.Sorted(maps.Keys(headers))
	return names[min(maxRouteHeaders, len(names)):]
}

// redirectRoute is an HTTPRoute that sends requests elsewhere.
type redirectRoute struct {
	Name  string
	Hosts []string
	Rules []redirectRule
	// targets are the hosts to which the rules send, "" for the one that was asked.
	targets []string
}

type redirectRule struct {
	Match    pathMatch
	Redirect routeFilter
}

type pathMatch struct {
	Type  string `yaml:"type"`
	Value string `yaml:"value"`
}

// maxRouteRules is how many rules one HTTPRoute may have.
const maxRouteRules = 16

// redirectRoutes are the HTTPRoutes of a service's redirects, apart from those that lead to it: one for each host, and as
// many more as their number of rules asks for.
func redirectRoutes(name string, s service.Service) []redirectRoute {
	if s.Edge == nil {
		return nil
	}
	var hosts []string
	rules := map[string][]service.Redirect{}
	for _, r := range s.Edge.Redirects {
		host := strings.ToLower(r.Host)
		if r.Pattern {
			continue // the web server in the pod does those
		}
		if rules[host] == nil {
			hosts = append(hosts, host)
		}
		rules[host] = append(rules[host], r)
	}
	var routes []redirectRoute
	for _, host := range hosts {
		for part := range slices.Chunk(rules[host], maxRouteRules) {
			route := redirectRoute{Name: name + "-redirects", Hosts: redirectHosts(host, s)}
			if len(routes) > 0 {
				route.Name += "-" + strconv.Itoa(len(routes)+1)
			}
			for _, r := range part {
				rule, target := newRedirectRule(r)
				route.Rules, route.targets = append(route.Rules, rule), append(route.targets, target)
			}
			routes = append(routes, route)
		}
	}
	return routes
}

// redirectHosts are the hosts for which a redirect holds: its own, else those of the routes.
func redirectHosts(host string, s service.Service) []string {
	if host != "" {
		return []string{host}
	}
	var hosts []string
	for _, r := range s.Routes {
		host := strings.ToLower(r.Host)
		if host == "" {
			return nil
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func newRedirectRule(r service.Redirect) (rule redirectRule, target string) {
	scheme, host, port, path, _ := r.Target()
	rule.Match = pathMatch{"PathPrefix", routePath(service.Route{Path: r.Path})}
	if r.Exact {
		rule.Match.Type = "Exact"
	}
	to := &requestRedirect{Scheme: scheme, Hostname: strings.ToLower(host), Code: 302}
	to.Port, _ = strconv.Atoi(port)
	if r.Code == 301 || r.Code == 308 { // what every gateway knows
		to.Code = 301
	}
	switch {
	case path == "":
	case r.Rest:
		to.Path = &pathModifier{Type: "ReplacePrefixMatch", Prefix: path}
	default:
		to.Path = &pathModifier{Type: "ReplaceFullPath", Full: path}
	}
	rule.Redirect = routeFilter{Type: "RequestRedirect", Redirect: to}
	return rule, to.Hostname
}

// routeComments say what a route has no words for.
func routeComments(s service.Service) []string {
	if s.Edge == nil {
		return nil
	}
	comments := bodyComments(s.Edge)
	if left := headersLeft(s.Edge.Headers); len(left) > 0 {
		comments = append(comments, fmt.Sprintf("A route sets no more than %d headers. These are left: the service has to set them, or a policy of the gateway: %s.", maxRouteHeaders, strings.Join(left, ", ")))
	}
	return commentLines(comments)
}

// bodyComments say how large a request may be, which is a matter of the gateway.
func bodyComments(e *service.Edge) []string {
	if e.Body == "" {
		return nil
	}
	size := e.Body
	if size == "0" {
		size = "any size"
	}
	return []string{fmt.Sprintf("The body of a request may be of %s: see that the gateway lets it through.", size)}
}

// ingressComments say what an Ingress of the class has neither words nor annotations for, which is most.
func ingressComments(class string, s service.Service) []string {
	e := s.Edge
	if e == nil {
		return nil
	}
	var comments []string
	if _, said := ingressAnnotations(class, e)[bodyAnnotation]; !said {
		comments = bodyComments(e)
	}
	if len(e.Headers) > 0 {
		comments = append(comments, "Answers got these headers in front of the service: "+strings.Join(slices.Sorted(maps.Keys(e.Headers)), ", ")+".")
	}
	for _, p := range e.Parts {
		if len(p.Headers) > 0 && !p.Pattern {
			comments = append(comments, "Answers below "+p.Path+" got these headers in front of the service: "+strings.Join(slices.Sorted(maps.Keys(p.Headers)), ", ")+".")
		}
	}
	for from, to := range e.Rewrites {
		comments = append(comments, from+" reached the service as "+to+".")
	}
	for _, r := range e.Redirects {
		if r.Pattern {
			continue
		}
		comments = append(comments, "Redirected in front of the service: "+r.String())
	}
	return commentLines(comments)
}

func commentLines(texts []string) []string {
	for i, text := range texts {
		texts[i] = commentLine(text)
	}
	slices.Sort(texts)
	return texts
}

const bodyAnnotation = "nginx.ingress.kubernetes.io/proxy-body-size"

// ingressAnnotations are what ingress-nginx calls a service's limits; other classes have words of their own.
func ingressAnnotations(class string, e *service.Edge) map[string]string {
	if e == nil || !strings.Contains(class, "nginx") {
		return nil
	}
	annotations := map[string]string{}
	if e.Body != "" {
		annotations[bodyAnnotation] = e.Body
	}
	if seconds := wholeSeconds(e.Wait()); seconds > 0 {
		annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"] = strconv.Itoa(seconds)
	}
	return annotations
}

// gatewayTime is a time as a Gateway takes it: no more than five digits before a unit.
func gatewayTime(e service.Edge) string {
	if len(strings.TrimRight(e.Timeout, "mhs")) <= 5 {
		return e.Timeout
	}
	return min(time.Duration(wholeSeconds(e.Wait()))*time.Second, 99_999*time.Hour).String()
}

// wholeSeconds rounds up: nobody waits for less than was said.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// partRules are the rules of an HTTPRoute for the parts of a site with headers of their own, below its paths.
func partRules(s service.Service, paths []string, timeouts map[string]string) []routeRule {
	if s.Edge == nil {
		return nil
	}
	var rules []routeRule
	for _, p := range s.Edge.Parts {
		at := routePath(service.Route{Path: p.Path})
		below := slices.ContainsFunc(paths, func(of string) bool {
			return strings.HasPrefix(at+"/", strings.TrimSuffix(of, "/")+"/") && s.Edge.Rewrites[strings.TrimRight(of, "/")] == ""
		})
		if p.Pattern || len(p.Headers) == 0 || !below {
			continue
		}
		headers := map[string]string{}
		for name, value := range s.Edge.Headers {
			headers[name] = value
		}
		for name, value := range p.Headers {
			headers[name] = value
		}
		filter := routeFilter{Type: "ResponseHeaderModifier", Headers: &headerFilter{Set: routeHeaders(headers)}}
		rules = append(rules, routeRule{Paths: []string{at}, Exact: p.Exact, Filters: []routeFilter{filter}, Timeouts: timeouts})
	}
	return rules
}
