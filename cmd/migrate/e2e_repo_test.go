//go:build e2e

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// e2eTimeout bounds each command, so that what hangs is told and cleaned up before the whole run is killed.
const e2eTimeout = 6 * time.Minute

// e2eToolbox is what the machine gives.
type e2eToolbox struct {
	migrate string // the binary under test
	load    string // the command that brings an image into the cluster
	context string // the cluster's name in KUBECONFIG
	sidecar string // the image of migrate-sidecar
	run     string // makes names unlike those of another run
}

// e2eTools looks whether everything is there, all at once, and builds migrate and the image of its sidecar.
func e2eTools(t *testing.T) *e2eToolbox {
	t.Helper()
	run := fmt.Sprintf("%d", time.Now().UnixNano()/1e6)
	tools := &e2eToolbox{load: os.Getenv("E2E_LOAD"), run: run, sidecar: "registry.example.com/migrate-sidecar:e2e-" + run}
	var missing []string
	for _, name := range []string{"docker", "kubectl", "make", "git", "go"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name+" is not on the PATH")
		}
	}
	ask := func(otherwise string, words ...string) string {
		out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
		if err != nil {
			missing = append(missing, otherwise+": "+strings.TrimSpace(string(out)))
		}
		return strings.TrimSpace(string(out))
	}
	ask("no Docker engine answers", "docker", "version", "--format", "{{.Server.Version}}")
	ask("docker has no compose", "docker", "compose", "version")
	if os.Getenv("KUBECONFIG") == "" {
		missing = append(missing, "KUBECONFIG names no cluster to test against; its current context is used")
	} else {
		tools.context = ask("KUBECONFIG has no current context", "kubectl", "config", "current-context")
		ask("the cluster of KUBECONFIG does not answer", "kubectl", "get", "--raw", "/readyz")
	}
	if tools.load == "" {
		missing = append(missing, `E2E_LOAD does not say how an image gets into the cluster, for example "kind load docker-image"`)
	}
	if len(missing) > 0 {
		t.Fatalf("these tests need a Docker engine and a cluster (docs/testing.md):\n  %s", strings.Join(missing, "\n  "))
	}
	tools.build(t)
	return tools
}

func (tools *e2eToolbox) build(t *testing.T) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tools.migrate = filepath.Join(t.TempDir(), "migrate")
	r := &e2eRepo{T: t, tools: tools, dir: root, env: os.Environ()}
	r.must("go", "build", "-o", tools.migrate, "./cmd/migrate")
	r.must("make", "sidecar_image", "SIDECAR_IMAGE="+tools.sidecar)
	t.Cleanup(func() { r.must("docker", "image", "rm", tools.sidecar) })
	r.load(tools.sidecar)
}

// e2eRepo is a copy of a legacy repository on its way.
type e2eRepo struct {
	*testing.T
	e2eCase
	tools     *e2eToolbox
	dir       string
	namespace string
	tag       string
	env       []string
	said      strings.Builder // all that the commands printed
}

func newE2ERepo(t *testing.T, tools *e2eToolbox, c e2eCase) *e2eRepo {
	t.Helper()
	name := c.name + "-" + tools.run
	r := &e2eRepo{T: t, tools: tools, e2eCase: c, namespace: "migrate-e2e-" + name, tag: "e2e-" + tools.run, dir: filepath.Join(t.TempDir(), c.name)}
	before := filepath.Join(examples, c.name, "before")
	if c.name == "greeter" {
		before = filepath.Join("testdata", "e2e", c.name)
	}
	put(t, r.dir, read(t, before))
	r.env = append(os.Environ(), "MIGRATE="+tools.migrate, "ENV=staging", "NO_COLOR=1", "COMPOSE_PROJECT_NAME=migrate-e2e-"+name)
	t.Cleanup(r.cleanUp)
	return r
}

// cleanUp shows what there is to see of a failure, and leaves neither containers nor volumes, images or namespaces.
func (r *e2eRepo) cleanUp() {
	try := func(words ...string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		out, err := r.command(ctx, words...).CombinedOutput()
		if r.Failed() || err != nil {
			r.Logf("$ %s\n%s", strings.Join(words, " "), out)
		}
	}
	if r.Failed() {
		try("docker", "compose", "ps", "--all")
		try("docker", "compose", "logs", "--tail", "50")
		try("kubectl", "--namespace", r.namespace, "get", "all,endpointslices", "-o", "wide")
		try("kubectl", "--namespace", r.namespace, "get", "events", "--sort-by", ".lastTimestamp")
	}
	try("docker", "compose", "down", "--volumes", "--rmi", "local", "--remove-orphans")
	try("kubectl", "delete", "namespace", r.namespace, "--ignore-not-found", "--wait=false")
	image := "registry.example.com/" + r.name + ":" + r.tag
	for _, tag := range []string{image, image + "-next", image + "-broken"} {
		if exec.Command("docker", "image", "inspect", tag).Run() == nil {
			try("docker", "image", "rm", "--force", tag)
		}
	}
}

func (r *e2eRepo) command(ctx context.Context, words ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.dir, r.env, 5*time.Second
	return cmd
}

func (r *e2eRepo) run(words ...string) (string, error) {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), e2eTimeout)
	defer cancel()
	start := time.Now()
	out, err := r.command(ctx, words...).CombinedOutput()
	r.Logf("%5.1fs  %s", time.Since(start).Seconds(), strings.Join(words, " "))
	r.said.Write(out)
	return string(out), err
}

func (r *e2eRepo) must(words ...string) string {
	r.Helper()
	out, err := r.run(words...)
	if err != nil {
		r.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, out)
	}
	return out
}

func (r *e2eRepo) mustFail(words ...string) string {
	r.Helper()
	out, err := r.run(words...)
	if err == nil {
		r.Fatalf("%s should have failed:\n%s", strings.Join(words, " "), out)
	}
	return out
}

func (r *e2eRepo) git(words ...string) string {
	r.Helper()
	return r.must(append([]string{"git", "-c", "user.name=team", "-c", "user.email=team@example.com"}, words...)...)
}

func (r *e2eRepo) commit(message string) {
	r.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", message)
}

func (r *e2eRepo) kubectl(words ...string) string {
	r.Helper()
	return r.must(append([]string{"kubectl", "--namespace", r.namespace}, words...)...)
}

func (r *e2eRepo) load(image string) {
	r.Helper()
	r.must("sh", "-c", r.tools.load+` "$0"`, image)
}

func (r *e2eRepo) read(name string) string {
	r.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}

func (r *e2eRepo) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

func (r *e2eRepo) append(name, text string) {
	r.Helper()
	r.write(name, r.read(name)+text)
}

func (r *e2eRepo) edit(name, old, text string) {
	r.Helper()
	had := r.read(name)
	if strings.Count(had, old) != 1 {
		r.Fatalf("%s should say %q once:\n%s", name, old, had)
	}
	r.write(name, strings.Replace(had, old, text, 1))
}

// store makes a throw-away gopass store with the entries of staging, and leads the commands to it.
func (r *e2eRepo) store(entries map[string]string) {
	r.Helper()
	paths := map[string]string{}
	for key, value := range entries {
		paths[r.name+"/staging/"+key] = value + "\n"
	}
	env, err := storetest.New(filepath.Join(r.TempDir(), "store"), "of no use elsewhere", paths)
	if err != nil {
		r.Fatal(err)
	}
	r.env = append(r.env, env...)
}

var forwarded = regexp.MustCompile(`^Forwarding from 127\.0\.0\.1:(\d+)`)

// smoke runs the smoke tests against the Service, through a port of this machine.
func (r *e2eRepo) smoke() {
	r.Helper()
	r.while(forwarded, []string{"kubectl", "--namespace", r.namespace, "port-forward", "service/" + r.service, ":80"}, func(port string) {
		r.must("make", "smoke_test", "TARGET_URL=127.0.0.1:"+port)
	})
}

// while does something as long as a command runs, once that has said a line with the place at which it listens.
func (r *e2eRepo) while(says *regexp.Regexp, words []string, do func(place string)) {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), e2eTimeout)
	defer cancel()
	cmd := r.command(ctx, words...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		r.Fatal(err)
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // it was killed
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := says.FindStringSubmatch(lines.Text()); m != nil {
			do(m[1])
			return
		}
	}
	r.Fatalf("%s does not say where it listens: %s", strings.Join(words, " "), errs.String())
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
