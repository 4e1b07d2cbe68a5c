package generators

import (
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const traced = `
version: 1
name: shop
owner: squad
image: registry.example.com/team/shop
ci: github
services:
  web: {dir: ., language: python, version: "3.8", command: [gunicorn, "shop:app"], port: 8000, routes: [{host: shop.example.com}], env: {LEVEL: info}, needs: [db, erp]}
  nightly: {from: web, command: [python, report.py], schedule: "0 3 * * *"}
needs:
  db: {kind: postgres, version: "12", port: 5432}
  erp: {kind: http, port: 8443}
environments:
  staging: {namespace: shop-staging, hosts: {shop.example.com: shop.staging.example.com}, needs: {db: {inside: true}, erp: {addresses: [10.9.8.7]}}}
  production: {namespace: shop, replicas: {web: 5}, needs: {db: {host: db1.corp.example}, erp: {addresses: [10.2.3.4]}}}
`

func TestTraceLine(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(traced))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(app)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, line string
		decide     string // the first field
		cause      string
		unset      string
	}{
		{"kube/base/web.yaml", "containerPort:", "services.web.port", "", ""},
		{"kube/base/web.yaml", "image:", "image", "", ""},
		{"kube/base/web.yaml", "hostnames:", "services.web.routes.0.host", "", ""},
		{"kube/base/web.yaml", "  name: web", "services.web", "", ""},
		{"kube/base/web.yaml", "migrate/owner", "owner", "", ""},
		{"kube/base/web.yaml", "envFrom:", "name", "", ""},
		{"kube/base/web.yaml", "readinessProbe:", "", "", "services.web.health"},
		{"kube/base/web.yaml", "parentRefs:", "", "services.web.routes", "gateway"},
		{"kube/base/web.yaml", "automountServiceAccountToken", "", "", ""},
		{"kube/base/nightly.yaml", "schedule:", "services.nightly.schedule", "", ""},
		{"kube/base/nightly.yaml", "report.py", "services.nightly.command.0", "", ""},
		{"kube/base/kustomization.yaml", "LEVEL=info", "services.web.env.LEVEL", "", ""},
		{"kube/base/kustomization.yaml", "- nightly.yaml", "services.nightly", "", ""},
		{"kube/overlays/production/kustomization.yaml", "count: 5", "environments.production.replicas.web", "", ""},
		{"kube/overlays/staging/kustomization.yaml", "shop.staging", "environments.staging.hosts.shop.example.com", "", ""},
		{"kube/overlays/production/needs.yaml", "externalName:", "environments.production.needs.db.host", "", ""},
		{"kube/overlays/production/needs.yaml", "kind: EndpointSlice", "", "environments.production.needs.erp", ""},
		{"Dockerfile", "FROM", "services.web.version", "", ""},
		{"Dockerfile", "CMD", "services.web.command.0", "", ""},
		{"compose.yaml", "image: postgres", "needs.db.version", "", ""},
		{".github/workflows/migrate.yaml", "ENV=staging", "environments.staging", "", ""},
		{"Makefile", "registry.example.com", "image", "", ""},
		{"Makefile", ".DEFAULT_GOAL", "", "", ""},
	} {
		text := textOf(files, c.file)
		at := slices.IndexFunc(strings.Split(string(text), "\n"), func(l string) bool { return strings.Contains(l, c.line) })
		if at < 0 {
			t.Errorf("%s has no line with %q:\n%s", c.file, c.line, text)
			continue
		}
		trace, ok, err := TraceLine(app, at, func(files []fileset.File) []byte { return textOf(files, c.file) })
		if err != nil || !ok {
			t.Errorf("%s:%d: %v %v", c.file, at+1, ok, err)
			continue
		}
		if first(trace.Decide) != c.decide || c.decide == "" && !slices.Contains(append(trace.Cause, ""), c.cause) || c.cause == "" && c.decide == "" && len(trace.Cause) > 0 && c.unset == "" || c.unset != "" && !slices.Contains(trace.Unset, c.unset) {
			t.Errorf("%s:%d %q: %+v, want %q, cause %q, unset %q", c.file, at+1, c.line, trace, c.decide, c.cause, c.unset)
		}
	}
}

func textOf(files []fileset.File, path string) []byte {
	for _, f := range files {
		if f.Path == path {
			return f.Data
		}
	}
	return nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func TestTraceLineOfNothing(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(traced))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		line int
	}{{"no/such/file", 0}, {"Dockerfile", 1000}} {
		if _, ok, err := TraceLine(app, c.line, func(files []fileset.File) []byte { return textOf(files, c.file) }); ok || err != nil {
			t.Errorf("%s:%d: %v %v", c.file, c.line, ok, err)
		}
	}
}

// BenchmarkTraceLine traces a line of one of fifty services.
func BenchmarkTraceLine(b *testing.B) {
	app := manyServices(50, 5)
	for b.Loop() {
		if _, ok, err := TraceLine(app, 20, func(files []fileset.File) []byte { return textOf(files, "kube/base/s7.yaml") }); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
