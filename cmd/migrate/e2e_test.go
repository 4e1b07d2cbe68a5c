//go:build e2e

// The whole way of a service, as its team goes it: init, run_local, smoke_test, kube_create_config, secrets_check, kube_apply,
// kube_deploy, kube_status, with a Docker engine and a cluster. docs/testing.md says what has to be there.
package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An e2eCase is a legacy service and what its team writes into migrate.yaml after init.
type e2eCase struct {
	name    string
	service string            // the one that answers requests
	port    int               // of that service
	fill    map[string]string // text in migrate.yaml, and what the team puts in its place
	secrets map[string]string // gopass entries of staging, below the name
	images  []string          // of needs that run inside
	checks  string            // what the team adds to its smoke tests
	inside  bool              // a Job in the cluster asks them
	bridges []string          // what a Job in the cluster says of the needs, one of which nothing answers for
	broken  []string          // a command that makes the image a broken one
	cause   []string          // what kube_apply says of that
	preview bool              // it is switched and tried as a canary, too
}

func e2eCases() []e2eCase {
	return []e2eCase{
		{
			name: "billing", service: "billing", port: 8090,
			fill:    map[string]string{"{host: ledger.staging.invalid}": "{addresses: [192.0.2.17]}"},
			secrets: map[string]string{"billing/LEDGER_TOKEN": "canary-1f0c5b"},
			checks:  "  - GET /tariffs -> 200 json\n  - GET /price?tariff=none&units=1 -> 404\n",
			broken:  []string{"/app/billing", "-timeout", "soon"},
			cause:   []string{"CrashLoopBackOff", "exits with code 1", `timeout: time: invalid duration "soon"`},
			preview: true,
		},
		{
			name: "catalog", service: "web", port: 3000,
			fill:    map[string]string{"{host: images.staging.invalid}": "{addresses: [192.0.2.18]}"},
			secrets: map[string]string{"web/DB_PASSWORD": "canary-83d2aa"},
			images:  []string{"redis:3.2", "mysql:5.6"},
			bridges: []string{"  ok    db           mysql at db:3306: is mysql", "redis at ", ": is redis", "  FAIL  images       http at images:"},
			broken:  []string{"/app/no-such-program"},
			cause:   []string{"/app/no-such-program", "likely fix"},
		},
		{
			name: "greeter", service: "web", port: 8080, // has no health endpoint: migrate-sidecar answers for it
			checks: "  - GET /hello -> 200 text\n", inside: true,
			broken: []string{"/app/greeter", "-greeting"},
			cause:  []string{"CrashLoopBackOff", "flag provided but not defined"},
		},
	}
}

func TestEndToEnd(t *testing.T) {
	tools := e2eTools(t)
	for _, c := range e2eCases() {
		t.Run(c.name, func(t *testing.T) {
			r := newE2ERepo(t, tools, c)
			r.init()
			r.runLocal()
			r.render()
			r.apply()
			r.applyAgain()
			r.deploy()
			r.refuse()
			r.breakIt()
			if r.preview {
				r.tryNext()
			}
		})
	}
}

// init takes over the old repository and fills in what no file of it tells.
func (r *e2eRepo) init() {
	r.git("init", "--quiet", ".")
	r.commit("as found")
	r.must(r.tools.migrate, "init", "--no-input")
	for old, answer := range r.fill {
		r.edit("migrate.yaml", old, answer)
	}
	r.edit("migrate.yaml", "    namespace: "+r.name+"-staging\n", "    namespace: "+r.namespace+"\n    context: "+r.tools.context+"\n")
	r.edit("migrate.yaml", "secrets: {store", "sidecar: "+r.tools.sidecar+"\nsecrets: {store")
	if r.inside {
		r.edit("migrate.yaml", "    context: "+r.tools.context+"\n", "    context: "+r.tools.context+"\n    smoke: inside\n")
	}
	if r.checks != "" {
		r.append("smoke/"+r.name+".yaml", r.checks)
	}
	r.must(r.tools.migrate, "generate") // which also keeps what the edited files were generated as
	r.must("make", "migrate_check")
	r.commit("migrate")
	r.must(r.tools.migrate, "init", "--no-input")
	if changed := r.git("status", "--porcelain"); changed != "" {
		r.Errorf("a second init changed\n%s", changed)
	}
}

// runLocal starts the service on a free port of this machine and asks it.
func (r *e2eRepo) runLocal() {
	port := freePort(r.T)
	r.write("compose.override.yaml", fmt.Sprintf("services:\n  %s:\n    ports: !override [\"127.0.0.1:%d:%d\"]\n", r.service, port, r.port))
	r.must("make", "run_local")
	r.must("make", "smoke_test", fmt.Sprintf("TARGET_URL=127.0.0.1:%d", port))
	if r.name == "catalog" { // what it is there for needs the database and its tables
		r.append("smoke/catalog.yaml", "  - {request: GET /products, expect: {status: 200, type: json, body.0.sku: MUG-01}}\n")
		r.must("make", "smoke_test", fmt.Sprintf("TARGET_URL=127.0.0.1:%d", port))
		r.git("checkout", "--quiet", "smoke")
	}
	r.must("make", "stop_local")
}

// render wants manifests without a cluster's or a password store's help, and every missing key named.
func (r *e2eRepo) render() {
	r.env = append(r.env, "KUBECONFIG=/nonexistent")
	r.must("make", "kube_create_config", "TAG="+r.tag)
	r.env = r.env[:len(r.env)-1]
	manifest := r.read("build/kube/staging.yaml")
	if !strings.Contains(manifest, "registry.example.com/"+r.name+":"+r.tag) {
		r.Errorf("build/kube/staging.yaml does not run the tag %s", r.tag)
	}
	if len(r.secrets) == 0 {
		return
	}
	r.store(nil)
	said := r.mustFail("make", "secrets_check")
	for key := range r.secrets {
		if !strings.Contains(said, r.name+"/staging/"+key) {
			r.Errorf("secrets_check does not name %s:\n%s", key, said)
		}
	}
	r.mustFail("make", "kube_apply", "TAG="+r.tag)
}

// apply builds the image, brings everything into the cluster and asks the pods.
func (r *e2eRepo) apply() {
	r.store(r.secrets)
	r.must("make", "secrets_check")
	r.must("make", "docker_build", "TAG="+r.tag)
	r.load("registry.example.com/" + r.name + ":" + r.tag)
	for _, image := range r.images {
		r.load(image)
	}
	if said := r.must("make", "kube_apply", "TAG="+r.tag); !regexp.MustCompile(`smoke +Service ` + r.service + `: [0-9]+ checks? passed`).MatchString(said) {
		r.Errorf("kube_apply does not tell that the smoke checks passed:\n%s", said)
	}
	r.status(r.tag)
	r.smoke()
	r.noCanary()
	if r.bridges != nil {
		said := r.mustFail(r.tools.migrate, "bridge", "check", "--env", "staging", "--inside")
		for _, want := range r.bridges {
			if !strings.Contains(said, want) {
				r.Errorf("bridge check from the cluster does not say %q:\n%s", want, said)
			}
		}
	}
}

// applyAgain wants a second apply to leave everything as it is.
func (r *e2eRepo) applyAgain() {
	before := r.cluster()
	said := r.must("make", "kube_apply", "TAG="+r.tag)
	if !strings.Contains(said, "nothing had to change") {
		r.Errorf("a second kube_apply says\n%s", said)
	}
	if after := r.cluster(); after != before {
		r.Errorf("a second kube_apply changed\n%s\nto\n%s", before, after)
	}
}

// cluster is what an apply may change: every object with the generation of its specification, and the pods that run.
func (r *e2eRepo) cluster() string {
	return r.kubectl("get", "deployments,services,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,pods",
		"--selector", "app.kubernetes.io/component!=migrate-task", // which may be on its way out
		"-o", `jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.generation}{"\n"}{end}`)
}

// deploy ships the next image.
func (r *e2eRepo) deploy() {
	next := r.tag + "-next"
	r.must("make", "docker_build", "TAG="+next)
	r.load("registry.example.com/" + r.name + ":" + next)
	r.must("make", "kube_deploy", "TAG="+next)
	r.status(next)
	r.smoke()
}

// refuse ships an image that runs, and answers something else than the checks expect: it is not kept.
func (r *e2eRepo) refuse() {
	image, wrong := "registry.example.com/"+r.name, r.tag+"-wrong"
	r.must("docker", "tag", image+":"+r.tag, image+":"+wrong)
	r.load(image + ":" + wrong)
	r.append("smoke/"+r.name+".yaml", "  - GET /not-written-yet -> 200\n")
	said := r.mustFail("make", "kube_apply", "TAG="+wrong)
	for _, want := range []string{"Service " + r.service + ": SmokeFailed: 1 of ", "GET /not-written-yet", "rolled back to release 2 (" + r.tag + "-next)"} {
		if !strings.Contains(said, want) {
			r.Errorf("kube_apply of what answers wrongly does not say %q:\n%s", want, said)
		}
	}
	r.git("checkout", "--quiet", "smoke")
	r.status(r.tag + "-next")
	r.smoke()
}

// breakIt applies an image that can't start: the cause is named and kept, what ran before runs again, and one can go back
// further.
func (r *e2eRepo) breakIt() {
	image := "registry.example.com/" + r.name
	words := make([]string, 0, len(r.broken))
	for _, w := range r.broken {
		words = append(words, fmt.Sprintf("%q", w))
	}
	dir := r.TempDir()
	text := "FROM " + image + ":" + r.tag + "\nCMD [" + strings.Join(words, ", ") + "]\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
	broken := r.tag + "-broken"
	r.must("docker", "build", "--tag", image+":"+broken, dir)
	r.load(image + ":" + broken)
	said := r.mustFail("make", "kube_apply", "TAG="+broken)
	for _, cause := range r.cause {
		if !strings.Contains(said, cause) {
			r.Errorf("kube_apply of a broken image does not say %q:\n%s", cause, said)
		}
	}
	if kept, err := os.ReadFile(filepath.Join(r.dir, "build/kube/staging-failure.txt")); err != nil || !strings.Contains(string(kept), r.cause[0]) {
		r.Errorf("the failure is not kept: %v\n%s", err, kept)
	}
	if !strings.Contains(said, "rolled back to release 2 ("+r.tag+"-next)") {
		r.Errorf("kube_apply of a broken image does not say where it went back to:\n%s", said)
	}
	r.status(r.tag + "-next")
	r.smoke()
	r.must("make", "kube_rollback")
	r.status(r.tag)
	r.smoke()
}

// status wants kube_status to tell that every workload is ready, and that the tag runs.
func (r *e2eRepo) status(tag string) {
	said := r.must("make", "kube_status")
	if !regexp.MustCompile(`Deployment ` + r.service + ` +ready +2/2 +registry\.example\.com/` + r.name + `:` + tag + `[ ,]`).MatchString(said) {
		r.Errorf("kube_status does not tell that %s runs %s:\n%s", r.service, tag, said)
	}
}

// noCanary wants no value of a secret in a file of the repository or in anything that was said.
func (r *e2eRepo) noCanary() {
	for key, value := range r.secrets {
		if strings.Contains(r.said.String(), value) {
			r.Errorf("the value of %s was printed", key)
		}
		for name, text := range read(r.T, r.dir) {
			if strings.Contains(string(text), value) {
				r.Errorf("the value of %s stands in %s", key, name)
			}
		}
	}
}
