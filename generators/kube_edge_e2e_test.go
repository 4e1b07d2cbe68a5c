//go:build e2e

package generators

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// TestEveryEdgeIsTaken: what migrate.yaml may say of the edge, an API server with the Gateway API takes. Its rules stand in CEL,
// which the embedded schemas don't know.
func TestEveryEdgeIsTaken(t *testing.T) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	routes := client.Resource(schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}).Namespace("default")
	if _, err := routes.List(t.Context(), metav1.ListOptions{Limit: 1}); apierrors.IsNotFound(err) {
		t.Skip("the cluster of KUBECONFIG has no Gateway API")
	} else if err != nil {
		t.Fatal(err)
	}
	const models = 120
	valid, taken := 0, 0
	for seed := range uint64(models) {
		text := randomEdge(rand.New(rand.NewPCG(seed, 1)))
		app, err := service.Load("migrate.yaml", []byte(text))
		if err != nil {
			continue // said before anything is generated
		}
		valid++
		files := fstest.MapFS{}
		for name, text := range rendered(t, app) {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		objects, err := kube.Render(t.Context(), kube.Options{Repo: files, Environment: "staging", Tag: "v1"})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if err := objects.Validate(); err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, text)
		}
		for _, o := range objects {
			if o.GetKind() != "HTTPRoute" {
				continue
			}
			taken++
			o.SetNamespace("default")
			if _, err := routes.Create(t.Context(), o.Unstructured, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}); err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
			}
		}
	}
	t.Logf("%d models, %d of them valid, %d routes", models, valid, taken)
	if valid < models/2 || taken < valid {
		t.Errorf("only %d of %d models are valid, with %d routes", valid, models, taken)
	}
}

// randomEdge is a model with settings of a gateway, most of them as people write them.
func randomEdge(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	path := func() string {
		if r.IntN(25) == 0 {
			return one("/a b", "/ü", "/x//y", "plain", "/a/../b", "/%zz", "/q?x=1")
		}
		return one("/", "/api", "/api/", "/v1/orders", "/.well-known/acme", "/a%20b", "/~user", "/"+strings.Repeat("long/", r.IntN(40))+"end")
	}
	host := func() string { return one("shop.org", "www.shop.org", "*.shop.org", "a-b.c.shop.org") }
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("version: 1\nname: shop\nimage: registry.example.com/shop\nservices:\n  web:\n    dir: .\n    language: python\n    command: [gunicorn, shop]\n    port: 8000\n    routes:\n")
	var paths []string
	for range 1 + r.IntN(4) {
		paths = append(paths, path())
		say("      - {host: %q, path: %q}\n", host(), paths[len(paths)-1])
	}
	say("    edge:\n      tls: %t\n", r.IntN(2) == 0)
	if r.IntN(2) == 0 {
		say("      timeout: %s\n", one("300s", "0s", "1500ms", "999999s", "2h", "123456ms", "5m"))
	}
	if r.IntN(2) == 0 {
		say("      body: %s\n", one("25m", "0", "1g", "512k"))
	}
	if n := r.IntN(20); n > 0 {
		say("      headers:\n")
		for i := range n {
			say("        %q: %q\n", fmt.Sprint(one("X-Frame-Options", "Strict-Transport-Security", "X_Under", "x.dot", "Content-Security-Policy"), i),
				one("DENY", "max-age=31536000; includeSubDomains", "default-src 'self'; img-src *", "ünïcode", " spaces ", `quo"te`))
		}
	}
	if r.IntN(2) == 0 {
		say("      rewrites: {%q: %q}\n", paths[0], path())
	}
	if n := r.IntN(5); n > 0 {
		say("      redirects:\n")
		for range n {
			say("        - {host: %q, path: %q, exact: %t, rest: %t, to: %q, code: %s}\n", one("", host()), one("", path()), r.IntN(3) == 0, r.IntN(4) == 0,
				one("https://shop.org", "https://shop.org:8443/new", "/new", "//www.shop.org/x/", "http://blog.shop.org", "https://shop.org/a%20b", path()), one("301", "302", "303", "307", "308"))
		}
	}
	say("environments:\n  staging: {namespace: shop-staging, hosts: {shop.org: staging.shop.org}}\n")
	return b.String()
}
