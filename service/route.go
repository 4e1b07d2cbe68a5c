package service

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// routeSign finds escapes, and what has to be one.
var routeSign = pattern.MustCompile(`%[0-9a-fA-F]{2}|[^-A-Za-z0-9/._~!$&'()*+,;=:@]`)

var escapedSlash = strings.NewReplacer("%2f", "/", "%2F", "/")

// RoutePath writes a path as the API of Gateways takes one, and as servers compare them: /old page is /old%20page, //a/./b is
// /a/b.
func RoutePath(p string) string {
	clean := path.Clean("/" + escapedSlash.Replace(p))
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	return routeSign.ReplaceAllStringFunc(clean, func(sign string) string {
		if len(sign) == 3 && sign[0] == '%' {
			return sign
		}
		return fmt.Sprintf("%%%s", strings.ReplaceAll(fmt.Sprintf("% X", sign), " ", "%"))
	})
}

// SiblingHost is what a host is called in an environment where nobody has said it: staging.shop.example.com for
// shop.example.com, *.staging.shop.example.com for *.shop.example.com.
func SiblingHost(environment, host string) string {
	if below, all := strings.CutPrefix(host, "*."); all {
		return "*." + environment + "." + below
	}
	return environment + "." + host
}

// routePath checks a path that may be absent.
func (v *validator) routePath(at, p string) {
	switch {
	case p == "":
	case !strings.HasPrefix(p, "/"):
		v.add(at, "%q has to begin with /", p)
	case RoutePath(p) != p:
		v.add(at, "no gateway takes the path %q: write %s", p, RoutePath(p))
	}
}
