package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/scheme"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// inside is an API server, a Job controller and a node in one: it keeps what it is sent, and runs the container of a Job
// that is no longer suspended as a process of this machine, in a directory with the files of its volumes.
type inside struct {
	*testing.T
	binary, target string // migrate-smoke, and what answers for the Service

	job, files, values map[string]any
	deleted            bool
	log                string
	exit               int
	lose               int    // lines that the log loses
	waits              string // why the container doesn't start; empty where it does
}

type object = map[string]any

func (c *inside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		c.Error(err)
	}
	sent := c.sent(r, text)
	reply := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/services/web"):
		reply(object{"kind": "Service", "apiVersion": "v1", "spec": object{"selector": object{"app": "web"}, "ports": []any{object{"name": "http", "port": 80}}}})
	case strings.HasSuffix(r.URL.Path, "/pods") && strings.Contains(r.URL.RawQuery, "web"):
		reply(object{"kind": "PodList", "apiVersion": "v1", "items": []any{object{"metadata": object{"name": "web-1"}, "spec": object{"serviceAccountName": "ledger"},
			"status": object{"phase": "Running", "conditions": []any{object{"type": "Ready", "status": "True"}}}}}})
	case strings.HasSuffix(r.URL.Path, "/configmaps") && r.Method == http.MethodGet: // no release is remembered
		reply(object{"kind": "ConfigMapList", "apiVersion": "v1", "items": []any{}})
	case strings.HasSuffix(r.URL.Path, "/configmaps"):
		c.files = sent
		reply(sent)
	case strings.HasSuffix(r.URL.Path, "/secrets"):
		c.values = sent
		reply(sent)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		reply(object{"kind": "PodList", "apiVersion": "v1", "items": []any{c.pod()}})
	case strings.HasSuffix(r.URL.Path, "/pods/job-1"):
		reply(c.pod())
	case strings.HasSuffix(r.URL.Path, "/log"):
		lines := strings.SplitAfter(c.log, "\n")
		_, _ = io.WriteString(w, strings.Join(lines[min(c.lose, len(lines)):], ""))
	case strings.Contains(r.URL.Path, "/jobs/") && r.Method == http.MethodDelete:
		c.deleted = true
		reply(object{"kind": "Status", "apiVersion": "v1", "status": "Success"})
	case strings.Contains(r.URL.Path, "/jobs/"):
		if r.Method == http.MethodPatch {
			c.take(sent)
		}
		reply(c.job)
	case strings.HasSuffix(r.URL.Path, "/events"):
		reply(object{"kind": "EventList", "apiVersion": "v1", "items": []any{}})
	default:
		c.Errorf("%s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusNotFound)
	}
}

// sent is what a request holds: the client writes some kinds as protobuf.
func (c *inside) sent(r *http.Request, text []byte) (sent object) {
	if strings.Contains(r.Header.Get("Content-Type"), "protobuf") && len(text) > 0 && r.Method == http.MethodPost {
		read, _, err := scheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
		if err == nil {
			text, err = json.Marshal(read)
		}
		if err != nil {
			c.Error(err)
		}
	}
	_ = json.Unmarshal(text, &sent) // a GET sends nothing
	return sent
}

// take keeps a Job and, once it may run, runs it.
func (c *inside) take(job object) {
	job["metadata"].(object)["uid"] = "uid-of-the-job"
	spec := job["spec"].(object)
	spec["selector"] = object{"matchLabels": object{"job": "it"}}
	c.job = job
	if spec["suspend"] == true || c.waits != "" {
		return
	}
	c.run(spec["template"].(object)["spec"].(object))
	condition := map[bool]string{true: "Complete", false: "Failed"}[c.exit == 0]
	c.job["status"] = object{"conditions": []any{object{"type": condition, "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed"}}}
}

func (c *inside) run(pod object) {
	dir := c.TempDir()
	write := func(name, text string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)); err != nil {
			c.Error(err)
		}
	}
	container := pod["containers"].([]any)[0].(object)
	for _, v := range pod["volumes"].([]any) {
		if m, ok := v.(object)["configMap"].(object); ok {
			for _, item := range m["items"].([]any) {
				i := item.(object)
				write("task/"+i["path"].(string), c.files["data"].(object)[i["key"].(string)].(string))
			}
		}
	}
	args := strings.Fields(strings.Trim(fmt.Sprint(container["args"]), "[]"))
	if c.values != nil {
		write("values.yaml", decoded(c.T, c.values["data"].(object)["values.yaml"].(string)))
		args[slices.Index(args, kube.TaskValues+"/values.yaml")] = filepath.Join(dir, "values.yaml")
	}
	if i := slices.Index(args, "web:80"); i >= 0 {
		args[i] = c.target
	}
	cmd := exec.Command(c.binary, args...)
	cmd.Dir = filepath.Join(dir, "task")
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		c.Error(err)
	}
	c.log, c.exit = string(out), cmd.ProcessState.ExitCode()
}

func decoded(t *testing.T, text string) string {
	var raw []byte
	if err := json.Unmarshal([]byte(`"`+text+`"`), &raw); err != nil {
		t.Error(err)
	}
	return string(raw)
}

func (c *inside) pod() object {
	state := object{"terminated": object{"exitCode": c.exit}}
	if c.waits != "" {
		state = object{"waiting": object{"reason": c.waits, "message": "no such thing"}}
	}
	return object{"metadata": object{"name": "job-1", "namespace": "ledger-staging", "uid": "uid-of-the-pod", "ownerReferences": []any{object{"uid": "uid-of-the-job", "controller": true}}},
		"spec": object{"containers": []any{object{"name": "task", "image": "local/migrate-sidecar:1"}}}, "status": object{"containerStatuses": []any{object{"name": "task", "state": state}}}}
}

// migrateSmoke builds the program of the Jobs.
func migrateSmoke(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "migrate-smoke")
	if out, err := exec.Command("go", "build", "-o", binary, "../../migrate-smoke").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// The same files are asked by a Job inside the cluster, and only its whole report keeps a release.
func TestGateInside(t *testing.T) {
	binary := migrateSmoke(t)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/guarded" && r.Header.Get("X-Key") != "canary-5193" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		gateApp(w, r)
	}))
	defer app.Close()
	guarded := "checks: [{use: shared/one.yaml}, {tcp: ':PORT', only: inside}]"
	tests := []struct {
		name, checks string
		change       func(c *inside)
		cause        string // empty for a release that is kept
	}{
		{"passes", "checks: [GET /status -> 200 json]", nil, ""},
		{"one of two fails", "checks: [GET /status -> 200, GET /nowhere -> 200]", nil, "1 of 2 smoke checks failed: GET /nowhere -> 200 (smoke/ledger.yaml:1: status: expected 200, got 404)"},
		{"a file that is used, a check from inside and a secret", guarded, nil, ""},
		{"all are skipped", "checks: [{request: POST /status, writes: true}]", nil, "nothing was tested"},
		{"the log loses a line", "checks: [GET /status -> 200 json, GET /status -> 200]", func(c *inside) { c.lose = 1 }, "the report is not whole"},
		{"no log", "checks: [GET /status -> 200 json]", func(c *inside) { c.lose = 9 }, "the report is not whole"},
		{"no image", "checks: [GET /status -> 200 json]", func(c *inside) { c.waits = "InvalidImageName" }, "is no image name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("API_KEY", "canary-5193")
			_, port, _ := strings.Cut(strings.TrimPrefix(app.URL, "http://"), ":")
			repo := gateRepo(t, service.SmokeInside, strings.ReplaceAll(test.checks, "PORT", port))
			if err := errors.Join(os.MkdirAll("smoke/shared", 0o755), os.WriteFile("smoke/shared/one.yaml", []byte("checks: [{request: GET /guarded, headers: {X-Key: '${API_KEY}'}, expect: {status: 404}}]"), 0o644)); err != nil {
				t.Fatal(err)
			}
			cluster := &inside{T: t, binary: binary, target: strings.TrimPrefix(app.URL, "http://")}
			if test.change != nil {
				test.change(cluster)
			}
			failures, said, by := cluster.judge(repo)
			if test.cause == "" && (len(failures) > 0 || !strings.Contains(said, "passed")) || test.cause != "" && (len(failures) != 1 || !strings.Contains(failures[0].Cause, test.cause)) {
				t.Errorf("%+v, said %q, log %q", failures, said, cluster.log)
			}
			if !cluster.deleted {
				t.Error("the Job stays")
			}
			if secret := test.checks == guarded; secret != (by == kube.GateSecrets) || secret != (cluster.values != nil) {
				t.Errorf("way %d, values %v", by, cluster.values)
			}
			for _, text := range []string{fmt.Sprint(cluster.job), fmt.Sprint(cluster.files), cluster.log, said, fmt.Sprint(failures)} {
				if strings.Contains(text, "canary-5193") {
					t.Errorf("the value of a secret in %q", text)
				}
			}
		})
	}
}

// serve is the cluster of the context one.
func (c *inside) serve() {
	server := httptest.NewServer(c)
	c.Cleanup(server.Close)
	config := fmt.Sprintf("apiVersion: v1\nkind: Config\ncontexts: [{name: one, context: {cluster: one}}]\nclusters: [{name: one, cluster: {server: %q}}]\n", server.URL)
	if err := os.WriteFile(os.Getenv("KUBECONFIG"), []byte(config), 0o600); err != nil {
		c.Fatal(err)
	}
}

func (c *inside) judge(repo *repository) (failures []kube.Failure, said string, by kube.GateWay) {
	c.serve()
	cluster, err := kube.Connect("one")
	if err != nil {
		c.Fatal(err)
	}
	gate, by, why, err := repo.gate("staging", false, 100*time.Millisecond)
	if err != nil || gate == nil {
		c.Fatalf("%v, %q", err, why)
	}
	ctx, stop := context.WithTimeout(c.Context(), 30*time.Second)
	defer stop()
	failures = gate(ctx, cluster, func(object, text string) { said += object + ": " + text + "\n" })
	return failures, said, by
}
