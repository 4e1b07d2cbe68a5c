package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ledgerModel = `version: 1
name: ledger
image: local/hello
services:
  web:
    dir: .
    language: go
    command: [/hello]
    port: 8080
    secrets: [DATABASE_URL]
    needs: [db, cache]
  upgrade: {from: web, command: [upgrade], release: true, secrets: [ADMIN_KEY]}
needs:
  db: {kind: postgres, port: 5432}
  cache: {kind: redis, port: 6379}
environments:
  staging:
    namespace: ledger-staging
    needs: {db: {host: db.staging.invalid}, cache: {inside: true}}
  production:
    namespace: ledger-production
    context: production
    needs: {db: {host: db1.corp.example}, cache: {addresses: [10.20.0.7]}}
secrets: {store: gopass, prefix: ledger}
`

// ledger is a migrated repository; the test's working directory becomes its root.
func ledger(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../../kube/testdata/small")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "migrate.yaml"), []byte(ledgerModel), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	t.Setenv("KUBECONFIG", filepath.Join(dir, "kubeconfig"))
	return dir
}

func edit(t *testing.T, name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s holds no %q (%v)", name, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(text), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func migrateKube(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = Run(context.Background(), Streams{In: strings.NewReader(""), Out: &o, Err: &e}, append([]string{"kube"}, args...))
	return code, o.String(), e.String()
}

// built lists what is below build/, temporary files too.
func built(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(name, "build/") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestKubeCreateConfig(t *testing.T) {
	dir := ledger(t)
	code, out, errs := migrateKube("create-config", "--env", "all", "--tag", "v1")
	if code != exitDone || strings.Contains(errs, "migrate:") {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if !strings.Contains(out, "build/kube/production.yaml  11 objects, 2 secrets from gopass") {
		t.Errorf("output:\n%s", out)
	}
	if got := strings.Join(built(t, dir), " "); got != "build/kube/production.yaml build/kube/staging.yaml" {
		t.Errorf("files: %s", got)
	}
	text, err := os.ReadFile("build/kube/staging.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Rendered from kube/overlays/staging by `migrate kube create-config --env staging --tag v1`",
		"#   Secret ledger, DATABASE_URL: ledger/staging/web/DATABASE_URL, ledger/staging/common/DATABASE_URL, ledger/common/DATABASE_URL, staging/common/DATABASE_URL\n",
		"image: local/hello:v1\n", "image: redis:7\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	_, _, _ = migrateKube("create-config", "--env", "staging", "--tag", "v1")
	if again, err := os.ReadFile("build/kube/staging.yaml"); err != nil || !bytes.Equal(again, text) {
		t.Errorf("a second run writes other bytes (%v)", err)
	}
	edit(t, "kube/overlays/production/kustomization.yaml", "namespace:", "commonAnnotations: {only: kustomize}\nnamespace:")
	_, _, _ = migrateKube("create-config", "--env", "all", "--tag", "v1")
	if got := strings.Join(built(t, dir), " "); got != "build/kube/.cache/production.json build/kube/production.yaml build/kube/staging.yaml" {
		t.Errorf("files: %s", got)
	}
}

func TestKubeCreateConfigJSON(t *testing.T) {
	ledger(t)
	_, out, _ := migrateKube("create-config", "--env", "staging", "--tag", "v1", "-o", "json")
	var got struct{ Environments []renderedJSON }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Environments) != 1 || got.Environments[0].File != "build/kube/staging.yaml" || len(got.Environments[0].Secrets) != 2 {
		t.Errorf("%s", out)
	}
}

func TestKubeBadInput(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T)
		args   string
		code   int
		want   string
	}{
		{"unknown environment", nil, "create-config --env qa --tag v1", exitUsage, `there is no environment "qa" in migrate.yaml; there is production, staging`},
		{"no environment", nil, "create-config --tag v1", exitUsage, "say which environment: --env production|staging|all"},
		{"no tag", nil, "create-config --env staging", exitUsage, "--tag"},
		{"bad tag", nil, "create-config --env staging --tag a:b", exitFailed, `"a:b" can't be the tag of an image`},
		{"outside", nil, "create-config --env staging --tag v1 --out ../elsewhere", exitUsage, "want a directory inside the repository"},
		{"broken manifests in both", func(t *testing.T) { edit(t, "kube/base/web.yaml", "replicas: 1", "replicas: many") },
			"create-config --env all --tag v1", exitFailed, "kube/base/web.yaml:6: Deployment web: spec.replicas: must be a whole number, is the string \"many\""},
		{"another namespace", func(t *testing.T) {
			edit(t, "kube/overlays/staging/kustomization.yaml", "ledger-staging", "elsewhere")
		}, "create-config --env staging --tag v1", exitFailed, "Deployment web is in namespace elsewhere by kube/overlays/staging, and environments.staging.namespace in migrate.yaml says ledger-staging"},
		{"all at once", nil, "apply --env all --tag v1", exitUsage, "one environment at a time"},
		{"placeholder", nil, "apply --env staging --tag v1", exitFailed, "environments.staging.needs.db.host in migrate.yaml is still the placeholder db.staging.invalid"},
		{"no context", func(t *testing.T) { edit(t, "migrate.yaml", "db.staging.invalid", "db.staging.example") },
			"apply --env staging --tag v1", exitFailed, "add under environments.staging the line\n    context: NAME"},
		{"answered, not generated", func(t *testing.T) {
			edit(t, "migrate.yaml", "db.staging.invalid", "db.staging.example")
			edit(t, "kube/overlays/staging/needs.yaml", "externalName: ", "externalName: db.staging.invalid # ")
		}, "apply --env staging --tag v1", exitFailed, "kube/overlays/staging/needs.yaml: Service db still leads to the placeholder db.staging.invalid, which migrate.yaml has an answer for: run `migrate generate`"},
		{"context unknown", func(t *testing.T) {
			text := "apiVersion: v1\nkind: Config\ncontexts: [{name: dev, context: {cluster: c, user: u}}, {name: test, context: {cluster: c, user: u}}]\n"
			if err := os.WriteFile("kubeconfig", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "apply --env production --tag v1", exitFailed, `has no context "production", only dev, test`},
		{"no kubeconfig", nil, "status --env production", exitFailed, `has no context "production", no context at all`},
		{"no model", func(t *testing.T) {
			if err := os.Remove("migrate.yaml"); err != nil {
				t.Fatal(err)
			}
		}, "status --env staging", exitFailed, "run migrate init first"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := ledger(t)
			if test.change != nil {
				test.change(t)
			}
			code, out, errs := migrateKube(strings.Fields(test.args)...)
			if code != test.code || !strings.Contains(errs, test.want) {
				t.Errorf("exit %d, error:\n%s\nwant %d and %s", code, errs, test.code, test.want)
			}
			if out != "" || len(built(t, dir)) > 0 {
				t.Errorf("left %v and printed %q", built(t, dir), out)
			}
		})
	}
}

// build/ may be a link to anywhere: nothing is written through it.
func TestKubeCreateConfigStaysInside(t *testing.T) {
	dir := ledger(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "build")); err != nil {
		t.Fatal(err)
	}
	code, _, errs := migrateKube("create-config", "--env", "staging", "--tag", "v1")
	entries, err := os.ReadDir(outside)
	if code != exitFailed || err != nil || len(entries) > 0 {
		t.Errorf("exit %d, %d files outside, %s %v", code, len(entries), errs, err)
	}
}
