//go:build e2e

package main_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// canaries are entries of each kind, on each level of the hierarchy.
func canaries() map[string]string {
	return map[string]string{
		"shop/staging/web/QUOTES":       marker + `"double" 'single' back\slash` + "\n",
		"shop/staging/common/BANG":      "!" + marker + "! !! $(id) `id`\n",
		"shop/common/DOLLAR":            "$" + marker + "${HOME} $$ %s &amp; <x>\n",
		"staging/common/UNICODE":        "zażółć " + marker + " 漢字 \u2028 é\n",
		"shop/staging/web/LINES":        "-----BEGIN PRIVATE KEY-----\n" + marker + "\n\n" + marker + "\n-----END PRIVATE KEY-----\n",
		"shop/staging/web/LARGE":        marker + strings.Repeat("0123456789abcdef", 4096) + marker + "\n",
		"shop/staging/web/BINARY":       base64.StdEncoding.EncodeToString([]byte("\x00\xff\xfe"+marker+"\x00")) + "\n",
		"shop/staging/web/db":           marker + "@:/?#\nuser: " + marker + "\n",
		"shop/production/web/QUOTES":    marker + "other\n",
		"shop/staging/web/left-over":    marker + "\n",
		"shop/staging/common/QUOTES":    marker + "shadowed\n",
		"shop/staging/web/NAMED_NEARLY": marker + "\n",
	}
}

// canaryModel has no port: on no node there are no endpoints, and a release would wait for them.
const canaryModel = `version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    language: go
    version: "1.22"
    dir: .
    command: [run]
    secrets: [QUOTES, BANG, DOLLAR, UNICODE, LINES, LARGE, BINARY, URL]
environments:
  staging: {namespace: NAMESPACE, context: CONTEXT}
  production: {namespace: shop-production}
secrets:
  store: gopass
  prefix: shop
  keys:
    BINARY: {base64: true, file: /etc/shop/keystore}
    LINES: {whole: true, file: /etc/shop/key.pem}
    URL: {from: db, value: "postgres://{user}:{password}@db:5432/shop"}
`

// TestNoCanaryAnywhere takes a service the whole way to an API server, with failures, and looks at every write, file, argument
// and environment of every process, and at all output. It plays the kubelet, and needs no node.
func TestNoCanaryAnywhere(t *testing.T) {
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("KUBECONFIG names no cluster to test against")
	}
	dir := t.TempDir()
	legacy := map[string][]byte{
		"Procfile":        []byte("web: run\n"),
		"go.mod":          []byte("module shop\n\ngo 1.22\n"),
		"main.go":         []byte("package main\n\nfunc main() {}\n"),
		".env":            []byte("SECRET_KEY=" + marker + "\nDATABASE_URL=postgres://u:" + marker + "@db/shop\n"),
		".env.production": []byte("export QUOTES='" + marker + "'\n"),
	}
	put(t, dir, legacy)
	migrate := filepath.Join(t.TempDir(), "migrate")
	command(t, "../..", "go", "build", "-o", migrate, "./cmd/migrate")
	r := newTracer(t, dir)
	env, err := storetest.New(filepath.Join(r.space, "home"), "of no use elsewhere", canaries())
	if err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, env...)
	r.controls(migrate)

	r.clean(0, migrate, "init", "--no-input")
	r.clean(0, migrate, "init", "--no-input", "--dry-run", "-o", "json")
	r.clean(0, migrate, "explain")
	namespace := fmt.Sprintf("migrate-e2e-canary-%d", time.Now().UnixNano()/1e6)
	model := strings.NewReplacer("NAMESPACE", namespace, "CONTEXT", strings.TrimSpace(command(t, dir, "kubectl", "config", "current-context"))).Replace(canaryModel)
	put(t, dir, map[string][]byte{"migrate.yaml": []byte(model)})
	r.clean(0, migrate, "generate")
	onNoNode(t, filepath.Join(dir, "kube/base/web.yaml"))
	t.Cleanup(func() { _ = exec.Command("kubectl", "delete", "namespace", namespace, "--wait=false").Run() })

	r.lookAtTheStore(migrate)
	r.apply(migrate, namespace)
	r.smoke(migrate)
	r.files(legacy)
	r.cluster(namespace)
}

// onNoNode keeps the pods of a manifest from the nodes that the cluster may have: the test plays theirs.
func onNoNode(t *testing.T, manifest string) {
	t.Helper()
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	const at = "      serviceAccountName:"
	if strings.Count(string(text), at) != 1 {
		t.Fatalf("%s:\n%s", manifest, text)
	}
	if err := os.WriteFile(manifest, []byte(strings.Replace(string(text), at, "      schedulerName: none\n"+at, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// controls prove that the trace sees what it is there for: an environment, an argument, a file that is written.
func (r *tracer) controls(migrate string) {
	r.Helper()
	for _, words := range [][]string{
		{"env", "X=" + marker, "true"},
		{"sh", "-c", "echo \"$(cat .env)\" >" + r.space + "/control; rm " + r.space + "/control"},
	} {
		if _, trace := r.run(0, words...); leaked(trace) == "" {
			r.Fatalf("the trace of %v does not see the value", words)
		}
	}
	put(r.T, r.dir, map[string][]byte{"migrate.yaml": []byte(strings.NewReplacer("NAMESPACE", "shop", ", context: CONTEXT", "").Replace(canaryModel))})
	if code, trace := r.run(0, migrate, "secrets", "exec", "--env", "staging", "--service", "web", "--for", ".mentioned", "--", "true"); code == 0 || leaked(trace) != "" {
		r.Fatalf("a file that is not there: exit %d", code)
	}
	put(r.T, r.dir, map[string][]byte{".mentioned": []byte("${QUOTES}")})
	if code, trace := r.run(0, migrate, "secrets", "exec", "--env", "staging", "--service", "web", "--for", ".mentioned", "--", "true"); code != 0 || leaked(trace) == "" {
		r.Fatalf("secrets exec: exit %d, and the value is not seen in the environment:\n%s", code, r.said)
	}
	for _, name := range []string{"migrate.yaml", ".mentioned"} {
		if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
			r.Fatal(err)
		}
	}
}

func (r *tracer) lookAtTheStore(migrate string) {
	r.Helper()
	r.clean(1, migrate, "secrets", "check", "--env", "staging", "--values")
	r.clean(1, migrate, "secrets", "check", "--env", "all", "-o", "json")
	r.clean(0, migrate, "secrets", "list", "--env", "all")
	r.clean(0, migrate, "secrets", "explain", "URL", "--env", "staging")
	r.clean(3, migrate, "secrets", "diff", "staging", "production")
	r.clean(1, migrate, "secrets", "scan", "--env", "staging")
	r.clean(0, migrate, "secrets", "import", ".env.production", "--env", "production", "--force")
	r.clean(0, migrate, "kube", "create-config", "--env", "staging", "--tag", "v1")
}

// apply brings two releases into the cluster: one that runs, one that fails and says the values in its failure; and it
// crashes in the middle of a third.
func (r *tracer) apply(migrate, namespace string) {
	r.Helper()
	var status atomic.Value
	status.Store(podRuns)
	go playKubelet(r.T, namespace, &status)
	r.clean(3, migrate, "kube", "diff", "--env", "staging", "--tag", "v1")
	r.clean(0, migrate, "kube", "apply", "--env", "staging", "--tag", "v1", "--timeout", "2m")
	r.clean(0, migrate, "kube", "apply", "--env", "staging", "--tag", "v1", "-o", "json")
	r.clean(3, migrate, "kube", "diff", "--env", "staging", "--tag", "v2")

	status.Store(podFails)
	_, trace := r.run(2*time.Second, migrate, "kube", "apply", "--env", "staging", "--tag", "v2")
	if r.check([]string{"kube apply, aborted"}, trace); !strings.Contains(r.said, "SIGABRT") {
		r.Errorf("kube apply was not aborted:\n%.2000s", r.said)
	}
	broken := []string{migrate, "kube", "apply", "--env", "staging", "--tag", "v3", "--timeout", "2m"}
	code := 0
	code, trace = r.run(0, broken...)
	for ; code == 75; code, trace = r.run(0, broken...) { // the lock of a run that died ends by itself
		r.check(broken, trace)
		time.Sleep(5 * time.Second)
	}
	if r.check(broken, trace); code != 10 {
		r.Fatalf("%v ended with %d, want 10:\n%.4000s", broken, code, r.said)
	}
	if !strings.Contains(r.said, "[secret]") {
		r.Errorf("the failure does not quote what the kubelet said of the values:\n%s", r.said)
	}
	status.Store(podRuns)
	r.clean(0, migrate, "kube", "apply", "--env", "staging", "--tag", "v4", "--timeout", "2m")
	r.clean(0, migrate, "kube", "rollback", "--env", "staging")
	r.clean(0, migrate, "kube", "status", "--env", "staging")
	r.clean(0, migrate, "kube", "history", "--env", "staging", "-o", "json")
}

func (r *tracer) smoke(migrate string) {
	r.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer server.Close()
	put(r.T, r.dir, map[string][]byte{"smoke/shop.yaml": []byte("checks:\n  - GET / -> 200\n")})
	r.clean(1, migrate, "smoke", "smoke", "--target", server.URL)
}

// cluster wants the values in Secrets and in no other object: no journal, no annotation, no managed field.
func (r *tracer) cluster(namespace string) {
	r.Helper()
	kinds := "configmaps,leases,deployments,replicasets,services,serviceaccounts,networkpolicies,poddisruptionbudgets,jobs,namespaces"
	out := command(r.T, r.dir, "kubectl", "--namespace", namespace, "get", kinds, "--show-managed-fields", "-o", "yaml")
	if at := leaked([]byte(out)); at != "" || !strings.Contains(out, "kind: Lease") && !strings.Contains(out, "kind: ConfigMap") {
		r.Errorf("the cluster's other objects hold a value, or none is there: %s", at)
	}
	if leaked([]byte(command(r.T, r.dir, "kubectl", "--namespace", namespace, "get", "secrets", "-o", "yaml"))) == "" {
		r.Error("the Secrets hold no value either")
	}
}

const podRuns = `{"status":{"phase":"Running","podIP":"10.244.9.9","podIPs":[{"ip":"10.244.9.9"}],"conditions":[{"type":"Ready","status":"True"}],
	"containerStatuses":[{"name":"web","ready":true,"image":"x","imageID":"x","restartCount":0,"state":{"running":{}}}]}}`

// podFails has the values in what a kubelet says, as some do: raw, and in base64.
var podFails = fmt.Sprintf(`{"status":{"phase":"Pending","conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[{"name":"web","ready":false,"image":"x","imageID":"","restartCount":3,
	"state":{"waiting":{"reason":"CreateContainerConfigError","message":"bad value !%s! !! $(id) and %s"}},
	"lastState":{"terminated":{"exitCode":1,"reason":"Error","message":"$%s${HOME} $$ %%s"}}}]}}`,
	marker, base64.StdEncoding.EncodeToString([]byte("!"+marker+"! !! $(id) `id`")), marker)

// playKubelet gives each pod the status of the day until the test ends.
func playKubelet(t *testing.T, namespace string, status *atomic.Value) {
	done := map[string]string{}
	for t.Context().Err() == nil {
		out, _ := exec.Command("kubectl", "--namespace", namespace, "get", "pods", "-o", "name").Output() // none yet: none
		for _, pod := range strings.Fields(string(out)) {
			now := status.Load().(string)
			if done[pod] != "" {
				continue
			}
			if exec.Command("kubectl", "--namespace", namespace, "patch", pod, "--subresource=status", "--type=merge", "--patch", now).Run() == nil {
				done[pod] = now
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func command(t *testing.T, dir string, words ...string) string {
	t.Helper()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", words, err, out)
	}
	return string(out)
}
