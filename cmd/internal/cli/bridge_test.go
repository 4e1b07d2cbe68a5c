package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// says listens on a port of this machine, and says one text to whoever connects.
func says(t *testing.T, text string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(text))
			_, _ = conn.Read(make([]byte, 64))
			conn.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

const bridged = `version: 1
name: ledger
image: local/ledger
services:
  worker: {dir: ., language: go, command: [/ledger], needs: [cache, mail, erp, db, own, stats]}
needs:
  cache: {kind: redis, port: CACHE}
  db: {kind: postgres, port: 5432}
  erp: {kind: http, port: ERP}
  mail: {kind: smtp, port: MAIL}
  own: {kind: mysql, port: 3306}
  stats: {kind: statsd, port: 8125}
environments:
  staging:
    namespace: ledger-staging
    context: one
    needs:
      cache: {host: 127.0.0.1}
      db: {host: db.staging.invalid}
      erp: {host: 127.0.0.1}
      mail: {host: 127.0.0.1}
      own: {inside: true}
      stats: {host: 127.0.0.1}
`

// Each need is asked where migrate.yaml says that it answers: from this machine, and by a Job from the cluster.
func TestBridgeCheck(t *testing.T) {
	cluster := &inside{T: t, binary: migrateSmoke(t)}
	t.Chdir(t.TempDir())
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "config"))
	model := strings.NewReplacer("CACHE", says(t, "+PONG\r\n"), "ERP", says(t, ""), "MAIL", says(t, "HTTP/1.1 400 Bad Request\r\n"), "127.0.0.1", "localhost").Replace(bridged)
	if err := os.WriteFile(service.FileName, []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(args ...string) (code int, out string) {
		var o, e bytes.Buffer
		code = Run(t.Context(), Streams{In: strings.NewReader(""), Out: &o, Err: &e}, append([]string{"bridge", "check", "--env", "staging"}, args...))
		return code, o.String() + e.String()
	}
	want := func(out string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(out, text) {
				t.Errorf("%q is not in\n%s", text, out)
			}
		}
	}
	code, out := check()
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	want(out, "staging, asked from this machine\n", "  ok    cache        redis at localhost:", ": is redis\n",
		"  FAIL  db           postgres\n        migrate.yaml:19: nobody has said where it answers: migrate add bridge db --env staging --host NAME\n",
		"  ok    erp          http at localhost:", "  ok    stats        statsd at localhost:8125: not asked: nothing answers by UDP\n", "  FAIL  mail         smtp at localhost:", "migrate.yaml:21: expected the greeting of smtp, got \"HTTP", "try: nc -vz localhost ")
	want(out, "inside the cluster, and asked with --inside: own\n")
	if strings.Contains(out, "  own") {
		t.Errorf("what is in the cluster is asked from outside:\n%s", out)
	}

	var report struct {
		Environment, From string
		Needs             []answered
	}
	if _, out := check("-o", "json"); json.Unmarshal([]byte(out), &report) != nil || len(report.Needs) != 5 || !report.Needs[0].OK || report.Needs[1].OK || report.Needs[3].Line != 21 {
		t.Errorf("%+v of\n%s", report, out)
	}

	cluster.serve()
	code, out = check("--inside")
	if code != exitFailed || !cluster.deleted {
		t.Errorf("exit %d, deleted %v, log %s", code, cluster.deleted, cluster.log)
	}
	want(out, "staging, asked from cluster one\n", "  ok    cache        redis at localhost:", "  FAIL  mail         smtp at localhost:", "migrate.yaml:21: expected the greeting of smtp")

	model = strings.NewReplacer("{host: db.staging.invalid}", "{inside: true}", "      mail: {host: localhost}", "      mail: {inside: true}").Replace(model)
	if err := os.WriteFile(service.FileName, []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := check(); code != exitDone || strings.Contains(out, "FAIL") {
		t.Errorf("exit %d\n%s", code, out)
	}
	for _, wrong := range [][]string{{"--timeout", "0s"}, {"--env", "nowhere"}} {
		if code, out := check(wrong...); code != exitUsage {
			t.Errorf("%s: exit %d\n%s", fmt.Sprint(wrong), code, out)
		}
	}
}
