package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func shopWithSecrets() *service.App {
	return &service.App{
		Name: "shop", Image: "registry.example.com/shop",
		Services: map[string]*service.Service{
			"web":      {Dir: ".", Language: "go", Command: []string{"run"}, Port: 8000, Needs: []string{"db"}, Secrets: []string{"SECRET_KEY", "DATABASE_URL", "TLS_KEY", "STORE"}},
			"again":    {From: "web", Command: []string{"work", "again"}},
			"worker":   {From: "web", Command: []string{"work"}, Secrets: []string{"STRIPE_KEY"}},
			"back-end": {Dir: "api", Language: "go", Command: []string{"api"}, Port: 8001, Secrets: []string{"SECRET_KEY"}},
		},
		Needs:        map[string]service.Need{"db": {Kind: "postgres", Port: 5432}},
		Environments: map[string]service.Environment{"staging": {Namespace: "shop-staging"}},
		Secrets: service.Secrets{Store: "gopass", Prefix: "shop", Keys: map[string]service.SecretValue{
			"TLS_KEY": {Whole: true, File: "/etc/tls.key"}, "STORE": {Base64: true, File: "/etc/store.jks"},
		}},
	}
}

// TestComposeSecrets wants each secret that no container answers, by a name that tells services apart; none of the database
// that is started here, and none that is binary.
func TestComposeSecrets(t *testing.T) {
	files, err := composeSecretsFiles(shopWithSecrets())
	if err != nil || len(files) != 1 || files[0].Path != "compose.secrets.yaml" {
		t.Fatalf("%v %v", files, err)
	}
	_, got, _ := strings.Cut(string(files[0].Data), "in no file.\n")
	want := `# STORE, /etc/store.jks is binary, which no variable can hold: it stays made up.
services:
  back-end:
    environment:
      SECRET_KEY: '${SECRET_KEY__back_end?is not set: make run_local SECRETS_FROM=ENV}'
  web:
    environment: &web-secrets
      SECRET_KEY: '${SECRET_KEY__web?is not set: make run_local SECRETS_FROM=ENV}'
  again:
    environment: *web-secrets
  worker:
    environment:
      <<: *web-secrets
      STRIPE_KEY: '${STRIPE_KEY?is not set: make run_local SECRETS_FROM=ENV}'
configs:
  web-tls_key: !override {environment: TLS_KEY}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestMakefileOffersSecretsWhereSomeAreLeft(t *testing.T) {
	files := map[string]string{"Makefile": makefileText(t, shopWithSecrets()), "compose.yaml": ""}
	out, err := runMake(t, files, nil, "-n", "run_local", "SECRETS_FROM=staging")
	want := `migrate secrets exec --env "staging" --for compose.secrets.yaml -- docker compose --file compose.yaml --file compose.secrets.yaml up --build --detach --wait ||`
	if err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = runMake(t, files, nil, "-n", "run_local"); err != nil || !strings.HasPrefix(out, "docker compose --file compose.yaml up --build --detach --wait ||") {
		t.Errorf("%v\n%s", err, out)
	}

	app := shopWithSecrets()
	app.Services = map[string]*service.Service{"web": {Dir: ".", Language: "go", Command: []string{"run"}, Port: 8000, Needs: []string{"db"}, Secrets: []string{"DATABASE_URL"}}}
	files = map[string]string{"Makefile": makefileText(t, app)}
	if _, err := runMake(t, files, nil, "-n", "run_local", "SECRETS_FROM=staging"); err != nil || strings.Contains(files["Makefile"], "SECRETS_FROM") {
		t.Errorf("a Makefile offers secrets that the containers answer: %v", err)
	}
}
