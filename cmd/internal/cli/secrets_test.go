package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const secretsYAML = `version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    dir: .
    command: [gunicorn, shop.wsgi]
    port: 8000
    secrets: [SECRET_KEY, DATABASE_URL]
  worker:
    from: web
    command: [celery, worker]
environments:
  staging: {namespace: shop-staging}
  production: {namespace: shop}
secrets: {store: gopass, prefix: shop}
`

const secretCanary = "c4n4ry-Qy72-value"

// secretsRepo makes a repository with migrate.yaml, and a store with the entries that this process then sees.
func secretsRepo(t *testing.T, names ...string) (dir string) {
	t.Helper()
	entries := map[string]string{}
	for _, name := range names {
		entries[name] = secretCanary + " of " + name + "\n"
	}
	env, err := storetest.New(t.TempDir(), "pass-"+secretCanary, entries)
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "migrate.yaml"), []byte(secretsYAML), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runMigrate(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(context.Background(), Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, args)
	for _, text := range []string{out.String(), errs.String()} {
		if strings.Contains(text, secretCanary) {
			t.Errorf("migrate %v shows a value:\n%s", args, text)
		}
	}
	return code, out.String(), errs.String()
}

func TestWantedSecrets(t *testing.T) {
	app := &service.App{
		Secrets: service.Secrets{Prefix: "shop"},
		Services: map[string]*service.Service{
			"web":    {Secrets: []string{"B", "A"}},
			"worker": {From: "web", Secrets: []string{"C", "A"}},
			"api":    {Secrets: []string{"A"}},
		},
	}
	got, err := wantedSecrets(app, "staging")
	if err != nil {
		t.Fatal(err)
	}
	want := []secrets.Key{
		{Prefix: "shop", Env: "staging", Service: "api", Name: "A"},
		{Prefix: "shop", Env: "staging", Service: "web", Name: "A"},
		{Prefix: "shop", Env: "staging", Service: "web", Name: "B"},
		{Prefix: "shop", Env: "staging", Service: "web", Name: "C"}, // the worker's own: it shares web's Secret
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	app.Services["api"].Secrets = []string{"../../A"}
	if _, err := wantedSecrets(app, "staging"); err == nil || !strings.Contains(err.Error(), "services.api.secrets") {
		t.Errorf("a bad key: %v", err)
	}
}

// An optional key that is not there is told, and no reason to stop.
func TestSecretsCheckOptional(t *testing.T) {
	dir := secretsRepo(t, "shop/common/DATABASE_URL")
	model := strings.Replace(secretsYAML, "secrets: {store: gopass,", "secrets: {store: gopass, optional: [SECRET_KEY],", 1)
	if err := os.WriteFile(filepath.Join(dir, "migrate.yaml"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runMigrate(t, "secrets", "check", dir, "--env", "production")
	if want := "production: 2 keys, all in gopass but optional ones\n\n  optional, and not there: SECRET_KEY\n"; code != 0 || out != want {
		t.Errorf("code %d\n%s\n%s", code, out, errs)
	}
	code, out, errs = runMigrate(t, "secrets", "exec", "--dir", dir, "--env", "production", "--service", "web", "--", "sh", "-c", "echo ${DATABASE_URL+given} ${SECRET_KEY-none}")
	if code != 0 || out != "given none\n" {
		t.Errorf("code %d\n%s\n%s", code, out, errs)
	}
}

// What whoever runs the command has exported by the name of an optional key is their own: it does not take the place of the
// environment's.
func TestSecretsExecKeepsOwnKeysOut(t *testing.T) {
	dir := secretsRepo(t, "shop/common/DATABASE_URL")
	model := strings.Replace(secretsYAML, "secrets: {store: gopass,", "secrets: {store: gopass, optional: [SECRET_KEY],", 1)
	for name, text := range map[string]string{"migrate.yaml": model, "compose.yaml": "${SECRET_KEY-}", "files.yaml": "${SECRET_KEY_FILE-}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SECRET_KEY", "mine")
	t.Setenv("SECRET_KEY_FILE", "/mine")
	for _, tt := range []struct {
		flags, variable, want string
	}{
		{"--service web", "SECRET_KEY", "unset"},
		{"--for compose.yaml", "SECRET_KEY", ""},
		{"--files", "SECRET_KEY_FILE", "unset"},
		{"--files --for files.yaml", "SECRET_KEY_FILE", ""},
	} {
		args := append([]string{"secrets", "exec", "--dir", dir, "--env", "production"}, strings.Fields(tt.flags)...)
		code, out, errs := runMigrate(t, append(args, "--", "sh", "-c", "echo ${"+tt.variable+"-unset}")...)
		if code != 0 || out != tt.want+"\n" {
			t.Errorf("%s: code %d, %q, want %q\n%s", tt.flags, code, out, tt.want, errs)
		}
	}
}

func TestSecretsCheck(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/common/DATABASE_URL")
	tests := []struct {
		name       string
		args       []string
		code       int
		out, silly string // what stdout has, and has not
	}{
		{"all there", []string{"--env", "staging"}, 0, "staging: 2 keys, all in gopass\n", "tried"},
		{"one missing, every path tried, the line that mends it", []string{"--env", "production"}, 1, `production: 2 keys, 1 missing

  SECRET_KEY of web
    tried  shop/production/web/SECRET_KEY
           shop/production/common/SECRET_KEY
           shop/common/SECRET_KEY
           production/common/SECRET_KEY
    mend   gopass insert shop/production/web/SECRET_KEY
`, "DATABASE_URL"},
		{"all environments", []string{"--env", "all"}, 1, "staging: 2 keys, all in gopass\n", "worker"},
		{"for programs", []string{"--env", "production", "-o", "json"}, 1, `"fix": "gopass insert shop/production/web/SECRET_KEY"`, "DATABASE_URL"},
		{"for programs, nothing missing", []string{"--env", "staging", "-o", "json"}, 0, `"missing": []`, "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := runMigrate(t, append([]string{"secrets", "check", dir}, tt.args...)...)
			if code != tt.code || !strings.Contains(out, tt.out) || strings.Contains(out, tt.silly) || errs != "" {
				t.Errorf("code %d\n%s\n%s", code, out, errs)
			}
		})
	}
}

func TestSecretsWrongUse(t *testing.T) {
	dir := secretsRepo(t)
	code, _, errs := runMigrate(t, "secrets", "check", dir, "--env", "qa")
	if code != 2 || !strings.Contains(errs, "production, staging") {
		t.Errorf("an unknown environment: %d %s", code, errs)
	}
	if code, _, errs = runMigrate(t, "secrets", "check", dir); code != 2 || !strings.Contains(errs, "--env") {
		t.Errorf("no environment: %d %s", code, errs)
	}
	if code, _, errs = runMigrate(t, "secrets", "check", t.TempDir(), "--env", "all"); code != 1 || !strings.Contains(errs, "migrate init") {
		t.Errorf("no migrate.yaml: %d %s", code, errs)
	}
	if code, out, _ := runMigrate(t, "secrets", "list", dir, "--env", "all", "--paths", "-o", "json"); code != 2 || out != "" {
		t.Errorf("lines and json at once: %d %s", code, out)
	}
	t.Setenv("PASSWORD_STORE_DIR", filepath.Join(t.TempDir(), "none"))
	code, out, errs := runMigrate(t, "secrets", "check", dir, "--env", "all")
	if code != 1 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "gopass setup") {
		t.Errorf("no store: %d %q %q", code, out, errs)
	}
}

func TestSecretsList(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/common/SECRET_KEY", "staging/common/DATABASE_URL")
	code, out, errs := runMigrate(t, "secrets", "list", dir, "--env", "all")
	want := `ENVIRONMENT  SERVICE  KEY           ENTRY                        LEVEL         SHADOWS
production   web      DATABASE_URL  missing
production   web      SECRET_KEY    shop/common/SECRET_KEY       application
staging      web      DATABASE_URL  staging/common/DATABASE_URL  organisation
staging      web      SECRET_KEY    shop/staging/web/SECRET_KEY  service       shop/common/SECRET_KEY
`
	if code != 0 || out != want || errs != "" {
		t.Errorf("code %d, %q\n%s", code, errs, out)
	}
	code, out, _ = runMigrate(t, "secrets", "list", dir, "--env", "all", "--paths")
	if want := "shop/production/web/DATABASE_URL\nshop/common/SECRET_KEY\nstaging/common/DATABASE_URL\nshop/staging/web/SECRET_KEY\n"; code != 0 || out != want {
		t.Errorf("--paths: code %d\n%s", code, out)
	}
	if code, out, _ = runMigrate(t, "secrets", "list", dir, "--env", "staging", "-o", "json"); code != 0 || !strings.Contains(out, `"entry": "shop/staging/web/SECRET_KEY"`) {
		t.Errorf("code %d\n%s", code, out)
	}
}

func TestSecretValues(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/common/DATABASE_URL")
	repo, err := openMigrated(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.close()
	app := repo.app
	s := Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}
	values, err := wantedValues(t, s, app, "staging")
	key := secrets.Key{Prefix: "shop", Env: "staging", Service: "web", Name: "DATABASE_URL"}
	if err != nil || len(values) != 2 || string(values[key]) != secretCanary+" of shop/common/DATABASE_URL" {
		t.Errorf("got %d values, %v", len(values), err)
	}
	_, err = wantedValues(t, s, app, "production")
	if err == nil || !strings.Contains(err.Error(), "gopass insert shop/production/web/SECRET_KEY") || strings.Contains(err.Error(), secretCanary) {
		t.Errorf("a missing key: %v", err)
	}
	t.Setenv("GOPASS_AGE_PASSWORD", "wrong")
	if _, err = wantedValues(t, s, app, "staging"); err == nil || strings.Contains(err.Error(), secretCanary) {
		t.Errorf("the wrong passphrase: %v", err)
	}
}

func wantedValues(t *testing.T, s Streams, app *service.App, env string) (map[secrets.Key][]byte, error) {
	t.Helper()
	wanted, err := wantedSecrets(app, env)
	if err != nil {
		t.Fatal(err)
	}
	return fetchSecrets(context.Background(), s, env, wanted)
}
