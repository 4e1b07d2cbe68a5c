package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// A database that runs beside the service has no certificate: only where another one answers is TLS asked for.
func TestPlainDatabase(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(`version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    dir: .
    language: python
    command: [gunicorn, shop]
    port: 8000
    env: {DB_OPTIONS: "?sslmode=require", PGSSLMODE: verify-full, SSL_NOTE: require, REDIS_SSLMODE: "off"}
    needs: [db]
needs:
  db: {kind: postgres, port: 5432}
environments:
  production: {namespace: shop, needs: {db: {host: db.shop.org}}}
  staging: {namespace: shop-staging, needs: {db: {inside: true}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	files := rendered(t, app)
	for file, wants := range map[string][]string{
		"compose.yaml": {"DB_OPTIONS: ?sslmode=disable\n", "PGSSLMODE: disable\n", "SSL_NOTE: require\n", `REDIS_SSLMODE: "off"`},
		"kube/overlays/staging/kustomization.yaml": {"DB_OPTIONS=?sslmode=disable", "PGSSLMODE=disable"},
		"kube/base/kustomization.yaml":             {"DB_OPTIONS=?sslmode=require", "PGSSLMODE=verify-full"},
	} {
		for _, want := range wants {
			if !strings.Contains(files[file], want) {
				t.Errorf("%s lacks %q:\n%s", file, want, files[file])
			}
		}
	}
	if production := files["kube/overlays/production/kustomization.yaml"]; strings.Contains(production, "disable") {
		t.Errorf("production asks for no TLS:\n%s", production)
	}
}
