package ops

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// redirects takes over the rule of a balancer that sends requests elsewhere. Its hosts lead there, and not to the service.
func (c *cloud) redirects(kind string, body *written) bool {
	to := prop(body, "action", "redirect")
	if to == nil || kind != "aws_lb_listener_rule" && kind != "aws_alb_listener_rule" {
		return false
	}
	var hosts, paths []string
	for _, condition := range all(body, "condition") {
		for _, item := range prop(condition, "hostheader", "values").list() {
			hosts = append(hosts, strings.ToLower(known(item)))
		}
		for _, item := range prop(condition, "pathpattern", "values").list() {
			paths = append(paths, known(item))
		}
	}
	plain := plainRedirect(body, to)
	if plain && c.secured(to) {
		return true
	}
	if !plain {
		hosts = nil
	}
	took := false
	for _, host := range hosts {
		for _, r := range balancerRedirects(host, paths, to) {
			f := c.finding()
			f.Service.Edge = &service.Edge{Redirects: []service.Redirect{r}}
			c.find(f, "redirect "+r.String(), to.line, scan.Declared)
			took = true
		}
	}
	if !took {
		c.note(max(body.line, 1), "requests are redirected here to what is not known, or under conditions that no route has: the gateway has to go on doing so")
	}
	return true
}

// plainRedirect says that nothing but the host and the path decides on a redirect, and that it goes to the usual port with the query
// that was asked for.
func plainRedirect(body, to *written) bool {
	for _, condition := range all(body, "condition") {
		for _, other := range []string{"sourceip", "querystring", "httpheader", "httprequestmethod"} {
			if prop(condition, other) != nil {
				return false
			}
		}
	}
	port, query := known(prop(to, "port")), known(prop(to, "query"))
	return (port == "" || port == "443" || port == "#{port}") && (query == "" || query == "#{query}")
}

// secured says of a redirect that it is the same address with https.
func (c *cloud) secured(to *written) bool {
	for key, same := range map[string]string{"host": "#{host}", "path": "/#{path}", "query": "#{query}"} {
		if v := prop(to, key); v != nil && known(v) != same {
			return false
		}
	}
	if !strings.EqualFold(known(prop(to, "protocol")), "https") {
		return false
	}
	f := c.finding()
	f.Service.Edge = &service.Edge{TLS: true}
	c.find(f, "tls", to.line, scan.Declared)
	return true
}

// balancerRedirects are those of one host: of all of it, or of some paths.
func balancerRedirects(host string, paths []string, to *written) []service.Redirect {
	target, path := "#{host}", "/#{path}"
	for key, text := range map[string]*string{"host": &target, "path": &path} {
		if v := prop(to, key); v != nil {
			*text = known(v)
		}
	}
	code, _ := strconv.Atoi(strings.TrimPrefix(known(prop(to, "statuscode")), "HTTP_"))
	target = strings.ToLower(strings.ReplaceAll(target, "#{host}", host))
	if !hostName.MatchString(host) || !hostName.MatchString(target) || path == "" || code != 301 && code != 302 {
		return nil
	}
	if len(paths) == 0 {
		paths = []string{""}
	}
	var redirects []service.Redirect
	for _, from := range paths {
		r := service.Redirect{Host: host, Code: code, To: "https://" + target}
		below, prefix := strings.CutSuffix(from, "/*")
		switch {
		case strings.ContainsAny(below, "*?"):
			return nil
		case path != "/#{path}" && strings.Contains(path, "#{"):
			return nil
		case path != "/#{path}":
			r.To += path
		}
		if r.Path = below; from != "" && !prefix {
			r.Exact = true
		}
		if target == host && (r.Path == "" || r.To == "https://"+host || strings.HasPrefix(r.To+"/", "https://"+host+r.Path+"/")) {
			return nil // it leads to itself
		}
		redirects = append(redirects, r)
	}
	return redirects
}
