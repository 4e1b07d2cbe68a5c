package kube

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const adviseBase = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {migrate/owner: team}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true, runAsUser: 10001}
      containers:
        - name: web
          image: local/shop
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /ready, port: http}}
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
`

func advice(t *testing.T, text, tag string) []string {
	t.Helper()
	files := fstest.MapFS{"kube/overlays/test/web.yaml": {Data: []byte(text)}, "kube/overlays/test/kustomization.yaml": {Data: []byte("resources: [web.yaml]\n")}}
	objects, err := Render(t.Context(), Options{Repo: files, Environment: "test", Tag: tag, Images: []string{"local/shop"}})
	if err == nil {
		err = objects.Validate()
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, a := range objects.Advise() {
		all = append(all, a.String())
	}
	return all
}

func TestAdvise(t *testing.T) {
	tests := []struct{ name, old, new, want string }{ // want is empty where there is nothing to say
		{"as it is", "", "", ""},
		{"root", "runAsUser: 10001", "runAsUser: 0", "kube/overlays/test/web.yaml:14: Deployment web: spec.template.spec.containers[0]: container web runs as root: runAsUser: 10001, and chown in the Dockerfile what it writes to (root)"},
		{"maybe root", "{runAsNonRoot: true, runAsUser: 10001}", "{}", "may run as root"},
		{"not root by the container", "{runAsNonRoot: true, runAsUser: 10001}\n      containers:\n        - name: web", "{}\n      containers:\n        - securityContext: {runAsUser: 7}\n          name: web", ""},
		{"privileged", "name: web\n          image", "name: web\n          securityContext: {privileged: true}\n          image", "is privileged"},
		{"no limit", ", limits: {memory: 64Mi}", "", "has no memory limit"},
		{"no request", "requests: {cpu: 100m, memory: 64Mi}, ", "", "asks for nothing"},
		{"no readiness", "          readinessProbe: {httpGet: {path: /ready, port: http}}\n", "", "has no readinessProbe"},
		{"liveness like readiness", "          resources", "          livenessProbe: {httpGet: {path: /ready, port: http}}\n          resources", "web.yaml:18: Deployment web: spec.template.spec.containers[0].livenessProbe: its livenessProbe asks /ready, as its readinessProbe does"},
		{"liveness of its own", "          resources", "          livenessProbe: {httpGet: {path: /alive, port: http}}\n          resources", ""},
		{"liveness of the database", "          resources", "          livenessProbe: {exec: {command: [sh, -c, psql -h db -c 'select 1']}}\n          resources", "its livenessProbe runs psql"},
		{"one pod that must stay", "replicas: 2\n", "replicas: 1\n", ""},
		{"one pod and a budget", "maxUnavailable: 1", "minAvailable: 2", "PodDisruptionBudget web never lets go of any of its 2 pods"},
		{"one pod and a share", "maxUnavailable: 1", "minAvailable: 100%", "never lets go"},
		{"half of them", "maxUnavailable: 1", "minAvailable: 50%", ""},
		{"latest", "image: local/shop", "image: redis:latest", "redis:latest is another image tomorrow"},
		{"no version", "image: local/shop", "image: redis", "redis names no version"},
		{"a digest", "image: local/shop", "image: redis@sha256:" + strings.Repeat("0", 64), ""},
		{"the node's disk", "      containers:", "      volumes: [{name: d, hostPath: {path: /srv}}]\n      containers:", "mounts /srv of the node"},
		{"the node's network", "      containers:", "      hostNetwork: true\n      containers:", "shares the node's own Network"},
		{"no owner", "  annotations: {migrate/owner: team}\n", "", "nobody is named who answers for it"},
		{"accepted", "{migrate/owner: team}", "{migrate/owner: team, migrate/accept: 'limits, root'}", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(adviseBase, test.old) {
				t.Fatalf("nothing to replace: %q", test.old)
			}
			got := advice(t, strings.Replace(adviseBase, test.old, test.new, 1), "v1")
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
				t.Errorf("%s", strings.Join(got, "\n"))
			}
		})
	}
	if got := advice(t, strings.Replace(strings.Replace(adviseBase, ", limits: {memory: 64Mi}", "", 1), "{migrate/owner: team}", "{migrate/owner: team, migrate/accept: 'limits, root'}", 1), "latest"); len(got) != 1 || !strings.Contains(got[0], "(latest)") {
		t.Errorf("what is accepted is still told, or what isn't no more: %q", got)
	}
}

// What is generated follows the advice; who owns it is for the team to say.
func TestGeneratedFollowsAdvice(t *testing.T) {
	examples, err := filepath.Glob("../examples/*/after")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, dir := range examples {
		repo := os.DirFS(dir)
		for _, env := range Environments(repo) {
			objects, err := Render(t.Context(), Options{Repo: repo, Environment: env, Tag: "v1", Images: []string{"registry.example.com/" + filepath.Base(filepath.Dir(dir))}})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range objects.Advise() {
				if a.Rule != "owner" {
					t.Error(fmt.Sprint(dir, " ", env, ": ", a))
				}
			}
		}
	}
}
