package scan

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestSecretsInCommandsBecomeVariables(t *testing.T) {
	for _, c := range []struct{ command, want, secrets string }{
		{"run|--token|hunter2|-v", `sh|-c|exec run --token "${TOKEN}" -v`, "TOKEN"},
		{"run|--db-password=hunter2|a b|it's", `sh|-c|exec run --db-password="${DB_PASSWORD}" 'a b' 'it'\''s'`, "DB_PASSWORD"},
		{"celery|-b|amqp://u:hunter2@mq//", `sh|-c|exec celery -b "${RABBITMQ_URL}"`, "RABBITMQ_URL"},
		{"run|postgres://u:hunter2@db/x", `sh|-c|exec run "${POSTGRES_URL}"`, "POSTGRES_URL"},
		{"run|--erp=https://h/?token=hunter2", `sh|-c|exec run --erp="${ERP}"`, "ERP"},
		{"java|-Ddb.password=hunter2|-jar|a.jar", `sh|-c|exec java -Ddb.password="${DB_PASSWORD}" -jar a.jar`, "DB_PASSWORD"},
		{"sh|-c|DB_PASSWORD=hunter2 exec run --api-key='hunter2' --token hunter2", `sh|-c|DB_PASSWORD="${DB_PASSWORD}" exec run --api-key="${API_KEY}" --token "${TOKEN}"`, "API_KEY DB_PASSWORD TOKEN"},
		{`bash|-lc|run "redis://:hunter2@cache:6379/0" && x`, `bash|-lc|run "${REDIS_URL}" && x`, "REDIS_URL"},
		{"run|--token|$TOKEN|--password={{pw}}|--dsn=${DSN}", "", ""},
		{"sh|-c|run --token $TOKEN --secret-file /run/x --bind 0.0.0.0:80", "", ""},
		{"gunicorn|shop.wsgi|--bind|0.0.0.0:8000|--token-auth|true", "", ""},
		{"run|--password|--verbose", "", ""},
		{"npm|run|start", "", ""},
		{"", "", ""},
	} {
		var words []string
		if c.command != "" {
			words = strings.Split(c.command, "|")
		}
		s := service.Service{Command: append([]string(nil), words...)}
		found := conceal(&s)
		want := words
		if c.want != "" {
			want = strings.Split(c.want, "|")
		}
		if !reflect.DeepEqual(s.Command, want) || strings.Join(found, " ") != c.secrets || strings.Join(s.Secrets, " ") != c.secrets {
			t.Errorf("%s:\n got %q %v\nwant %q %s", c.command, s.Command, s.Secrets, want, c.secrets)
		}
	}
}

func TestFindLetsNoAccountThrough(t *testing.T) {
	env := map[string]string{"ERP": "https://u:hunter2@erp/", "LEVEL": "info"}
	r := &Report{Reader: "r"}
	r.Find(Finding{Service: service.Service{Env: env, Command: []string{"run", "--token=hunter2"}}}, "Procfile", 3, Declared, "")
	got := r.Findings[0].Service
	if len(got.Env) != 1 || !reflect.DeepEqual(got.Secrets, []string{"ERP", "TOKEN"}) || len(env) != 2 {
		t.Errorf("%+v, the reader's own %v", got, env)
	}
	if len(r.Notes) != 1 || r.Notes[0].Line != 3 || !strings.Contains(r.Notes[0].Text, "TOKEN takes its place") || strings.Contains(r.Notes[0].Text, "hunter2") {
		t.Errorf("%+v", r.Notes)
	}
}

func FuzzConceal(f *testing.F) {
	f.Add("run --token %s -x")
	f.Add("sh -c 'A_TOKEN=%s; x://u:%s@h'")
	f.Fuzz(func(t *testing.T, text string) {
		s := service.Service{Command: strings.Split(text, " ")}
		conceal(&s)
		conceal(&service.Service{Command: []string{"sh", "-c", text}})
		s = service.Service{Command: []string{text, "--password", "hunter2-canary", text}}
		if conceal(&s); strings.Contains(strings.ReplaceAll(strings.Join(s.Command, " "), text, ""), "hunter2-canary") {
			t.Fatalf("%q", s.Command)
		}
	})
}

func TestNotesQuoteNoSecret(t *testing.T) {
	var r Report
	r.Note("f", 1, "starts %s", "mysqldump --password=canary db")
	r.NoteAbout([]string{"x"}, "f", 2, "calls %q", "postgres://u:canary@db/x")
	r.Note("f", 3, "%s stays, and so does %d", "a plain text: with words", 3)
	for _, n := range r.Notes {
		if strings.Contains(n.Text, "canary") {
			t.Errorf("a secret in %q", n.Text)
		}
	}
	if got := r.Notes[2].Text; got != "a plain text: with words stays, and so does 3" {
		t.Errorf("got %q", got)
	}
}
