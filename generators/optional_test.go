package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestOptionalSecrets(t *testing.T) {
	app := &service.App{Version: 1, Name: "orders", Image: "registry.example.com/orders",
		Services: map[string]*service.Service{"web": {Language: "python", Command: []string{"gunicorn", "orders:app"}, Port: 8000, Secrets: []string{"SECRET_KEY", "SENTRY_DSN"}}},
		Secrets:  service.Secrets{Store: "gopass", Prefix: "orders", Optional: []string{"SENTRY_DSN"}},
	}
	files, err := Render(app)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"kube/base/web.yaml":   "{name: SENTRY_DSN, valueFrom: {secretKeyRef: {name: orders, key: SENTRY_DSN, optional: true}}}",
		"compose.secrets.yaml": "SENTRY_DSN: ${SENTRY_DSN-}",
		"README.md":            "It starts without these; give those of what is in use (`secrets.optional` in `migrate.yaml`):\n\n| optional secret | used by |\n|---|---|\n| `SENTRY_DSN` | web |",
	} {
		text := string(textOf(files, path))
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s\n%s", path, want, text)
		}
		if strings.Contains(text, "SENTRY_DSN` | **secret**") || strings.Contains(text, "SECRET_KEY, optional") {
			t.Errorf("%s asks for what is optional, or for less than it has to", path)
		}
	}
	if text := string(textOf(files, "compose.yaml")); strings.Contains(text, "SENTRY_DSN") {
		t.Errorf("run_local makes up an optional secret:\n%s", text)
	}
}
