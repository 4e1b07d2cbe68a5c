package generators

import (
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

const edgeModel = `version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    dir: .
    language: python
    command: [gunicorn, shop]
    port: 8000
    routes: [{host: shop.org}, {host: shop.org, path: /api}]
    edge:
      tls: true
      timeout: 300s
      body: 25m
      headers: {X-Frame-Options: DENY}
      rewrites: {/api: /}
      redirects:
        - {host: www.shop.org, to: "https://shop.org", code: 301}
        - {host: "*.shop.net", to: "https://shop.org", code: 301}
        - {path: /old, exact: true, to: /new, code: 308}
        - {path: /blog, to: "https://blog.shop.org:8443/posts", rest: true}
environments:
  staging: {namespace: shop-staging, hosts: {shop.org: staging.shop.org}}
`

// What a gateway does for a service stands in its routes, each environment under its own names, and in the smoke checks.
func TestEdge(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(edgeModel))
	if err != nil {
		t.Fatal(err)
	}
	files := rendered(t, app)
	for file, wants := range map[string][]string{
		"kube/base/web.yaml": {
			"# The body of a request may be of 25m: see that the gateway lets it through.\n",
			"    - matches: [{path: {type: PathPrefix, value: /}}]\n      filters:\n        - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: X-Frame-Options, value: DENY}]}}\n      timeouts: {request: 300s}\n",
			"        - {type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}\n",
			"  name: web-redirects\n", "  hostnames: [www.shop.org]\n",
			"        - {type: RequestRedirect, requestRedirect: {scheme: https, hostname: shop.org, statusCode: 301}}\n",
			"  name: web-redirects-2\n",
			"    - matches: [{path: {type: Exact, value: /old}}]\n      filters:\n        - {type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /new}, statusCode: 301}}\n",
			"requestRedirect: {scheme: https, hostname: blog.shop.org, port: 8443, path: {type: ReplacePrefixMatch, replacePrefixMatch: /posts}, statusCode: 302}}\n",
		},
		"kube/overlays/staging/kustomization.yaml": {
			"path: /spec/hostnames/0, value: staging.www.shop.org", "path: /spec/hostnames/0, value: '*.staging.shop.net'", "path: /spec/rules/0/filters/0/requestRedirect/hostname, value: staging.shop.org",
		},
		"smoke/shop.yaml": {
			"tls: valid\n    only: https\n", "headers: {X-Frame-Options: DENY}", "request: GET /old\n    expect: {headers: {Location: {contains: /new}}, status: [301, 302, 303, 307, 308]}\n    only: https\n",
		},
	} {
		for _, want := range wants {
			if !strings.Contains(files[file], want) {
				t.Errorf("%s lacks %q:\n%s", file, want, files[file])
			}
		}
	}
}

// An Ingress has words for limits where its class is nginx's; the rest is said in a comment.
func TestEdgeOfAnIngress(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(edgeModel+"gateway: {ingress: nginx}\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := rendered(t, app)["kube/base/web.yaml"]
	for _, want := range []string{
		"# Redirected in front of the service: www.shop.org -> https://shop.org\n", "# /api reached the service as /.\n",
		"    nginx.ingress.kubernetes.io/proxy-body-size: 25m\n    nginx.ingress.kubernetes.io/proxy-read-timeout: \"300\"\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "HTTPRoute") || strings.Contains(got, "see that the gateway") {
		t.Error("an HTTPRoute beside the Ingress, or a comment on what the annotation does")
	}
	app.Gateway.Ingress = "traefik"
	if got := rendered(t, app)["kube/base/web.yaml"]; !strings.Contains(got, "# The body of a request may be of 25m") {
		t.Errorf("nobody says how large a body may be:\n%s", got)
	}
}

// A route sets sixteen headers; those beyond are named.
func TestEdgeOfManyHeaders(t *testing.T) {
	headers := map[string]string{}
	for i := range maxRouteHeaders + 2 {
		headers[fmt.Sprintf("X-Header-%02d", i)] = "on"
	}
	s := service.Service{Port: 80, Edge: &service.Edge{Headers: headers}}
	if got := routeComments(s); len(got) != 1 || !strings.HasSuffix(got[0], "a policy of the gateway: X-Header-16, X-Header-17.") {
		t.Errorf("%q", got)
	}
	delete(headers, "X-Header-16")
	delete(headers, "X-Header-17")
	if got := routeComments(s); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

func rendered(t *testing.T, app *service.App) map[string]string {
	t.Helper()
	files, err := Render(app)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		texts[f.Path] = string(f.Data)
	}
	return texts
}

// A Gateway takes five digits before a unit, ingress-nginx whole seconds; nobody is to wait for less than was said.
func TestEdgeTimes(t *testing.T) {
	for text, want := range map[string]struct {
		gateway string
		seconds int
	}{
		"300s": {"300s", 300}, "999999s": {"277h46m39s", 999_999}, "30500ms": {"30500ms", 31}, "123456ms": {"2m4s", 124}, "1h": {"1h", 3600}, "999999h": {"99999h0m0s", 3_599_996_400}, "": {"", 0},
	} {
		e := service.Edge{Timeout: text}
		if got := gatewayTime(e); got != want.gateway || wholeSeconds(e.Wait()) != want.seconds {
			t.Errorf("%s: %s, %d", text, got, wholeSeconds(e.Wait()))
		}
	}
}
