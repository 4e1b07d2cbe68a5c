package service_test

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestRoutePath(t *testing.T) {
	for p, want := range map[string]string{"/": "/", "/a": "/a", "/a/": "/a/", "//": "/", "/old page": "/old%20page", "/x%20y": "/x%20y", "/100%": "/100%25", "/ä": "/%C3%A4", "/a//b/./c/..": "/a/b",
		"/a%2Fb": "/a/b", "/a#b": "/a%23b", "/it's(x);y=1@z+*": "/it's(x);y=1@z+*", "/%zz": "/%25zz", "a": "/a", "/\xff": "/%FF", `/"q"`: "/%22q%22"} {
		if got := service.RoutePath(p); got != want {
			t.Errorf("%q is %q, want %q", p, got, want)
		}
	}
}

// routeRules are those of the HTTPRoute's definition, by which the API server judges paths.
var (
	takenPath   = pattern.MustCompile(`^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$`)
	refusedPath = pattern.MustCompile(`//|/\./|/\.\./|%2f|%2F|#|/\.\.$|/\.$`)
)

func FuzzRoutePath(f *testing.F) {
	f.Add("/a b//%2f/../%")
	f.Fuzz(func(t *testing.T, p string) {
		got := service.RoutePath(p)
		if !takenPath.MatchString(got) || refusedPath.MatchString(got) || got[0] != '/' {
			t.Errorf("%q is %q", p, got)
		}
		if again := service.RoutePath(got); again != got {
			t.Errorf("%q is %q, and that is %q", p, got, again)
		}
	})
}
