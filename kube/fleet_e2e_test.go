//go:build e2e

package kube

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/migrate-to-kubernetes/migrate/kube/clustertest"
)

const fleetSize = 50

// fleetMember is one service of many.
const fleetMember = `apiVersion: v1
kind: ConfigMap
metadata: {name: NAME}
data: {LOG_LEVEL: info}
---
apiVersion: v1
kind: Service
metadata: {name: NAME}
spec:
  selector: {app: NAME}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: 1
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      schedulerName: none
      containers: [{name: web, image: "local/hello:v1", ports: [{containerPort: 8080}], envFrom: [{configMapRef: {name: NAME}}], readinessProbe: {httpGet: {path: /, port: 8080}}}]
`

// fifty is the text of the services, and their names.
func fifty() (text string, names []string) {
	var all []string
	for i := range fleetSize {
		names = append(names, fmt.Sprintf("web-%02d", i))
		all = append(all, strings.ReplaceAll(fleetMember, "NAME", names[i]))
	}
	return strings.Join(all, "---\n"), names
}

// TestFleet: of many services that are watched together the one that fails is named, and the server is not asked for each of
// them again and again.
func TestFleet(t *testing.T) {
	text, names := fifty()
	f := newFixture(t)
	stop, err := clustertest.Start(t.Context(), f.cluster.config, "migrate-few", f.namespace)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	few := func(bad int) Objects {
		text := text[:strings.Index(text, "metadata: {name: "+names[20]+"}")]
		members := strings.Split(strings.TrimSpace(text[:strings.LastIndex(text, "---")]), "---\n")
		if bad >= 0 {
			members[3*bad+2] = strings.ReplaceAll(members[3*bad+2], "hello:v1", "hello:bad")
		}
		files := fstest.MapFS{"kube/base/fleet.yaml": file(strings.Join(members, "\n---\n")), "kube/base/kustomization.yaml": file("resources: [fleet.yaml]\n"),
			"kube/overlays/test/kustomization.yaml": file("namespace: " + f.namespace + "\nresources: [../../base]\n")}
		objects, err := Render(t.Context(), Options{Environment: "test", Repo: files})
		if err != nil {
			t.Fatal(err)
		}
		return objects
	}
	count := &faulty{}
	result, err := connectThrough(t, count).Apply(t.Context(), few(7), ApplyOptions{Namespace: f.namespace, App: "fleet", Tag: "v1"})
	if err == nil || len(result.Failures) != 1 || result.Failures[0].Workload != "Deployment web-07" || result.Failures[0].Reason != "ErrImageNeverPull" {
		t.Errorf("%v: %+v", err, result.Failures)
	}
	before := count.count.Load()
	c := connectThrough(t, count)
	*c.pace = usual
	if result, err = c.Apply(t.Context(), few(-1), ApplyOptions{Namespace: f.namespace, App: "fleet", Tag: "v2"}); err != nil || !result.Ready || result.Written == 0 {
		t.Errorf("%v: %+v", err, result)
	}
	if asked := count.count.Load() - before; asked > 200 { // twenty Deployments, each with its pods and ReplicaSets, were sixty for each look
		t.Errorf("%d requests", asked)
	}
}

// BenchmarkFleet brings fifty services into a namespace of their own and waits until they run, on a node that is played: migrate
// and, where they are on the PATH, kubectl apply with rollout status, helm upgrade --install --wait, and kapp deploy.
func BenchmarkFleet(b *testing.B) {
	text, names := fifty()
	kubeconfig, manifests := os.Getenv("KUBECONFIG"), filepath.Join(b.TempDir(), "fleet.yaml")
	if err := os.WriteFile(manifests, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	objects, err := Render(b.Context(), Options{Environment: "test", Repo: fstest.MapFS{"kube/base/fleet.yaml": file(text),
		"kube/base/kustomization.yaml":          file("resources: [fleet.yaml]\n"),
		"kube/overlays/test/kustomization.yaml": file("resources: [../../base]\n")}})
	if err != nil {
		b.Fatal(err)
	}
	cluster := connect(b)
	stop, err := clustertest.Start(b.Context(), cluster.config, "migrate-fleet", "migrate-fleet-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(stop)
	tool := func(name string, args func(namespace string) [][]string) {
		b.Run(name, func(b *testing.B) {
			if _, err := exec.LookPath(name); err != nil {
				b.Skip(name + " is not on the PATH")
			}
			inFleet(b, cluster, true, func(namespace string) {
				for _, words := range args(namespace) {
					cmd := exec.Command(name, words...)
					cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
					if out, err := cmd.CombinedOutput(); err != nil {
						b.Fatalf("%s %v: %v\n%s", name, words, err, tail(out))
					}
				}
			})
		})
	}
	b.Run("migrate", func(b *testing.B) {
		reached := map[string]time.Duration{}
		inFleet(b, cluster, false, func(namespace string) {
			all := objects.copy()
			for i := range all {
				all[i].SetNamespace(namespace)
			}
			c, start := connect(b), time.Now()
			told := func(e Event) {
				if e.Action == "ready" {
					reached["ready"] = time.Since(start)
				} else if e.Action == "stage" {
					reached[strings.Fields(e.Text)[0]] = time.Since(start)
				}
			}
			if result, err := c.Apply(b.Context(), all, ApplyOptions{Namespace: namespace, App: "fleet", Tag: "v1", Events: told}); err != nil || !result.Ready {
				b.Fatal(err)
			}
		})
		for what, at := range reached { // of the last run, since its start
			b.ReportMetric(at.Seconds(), what+"-s")
		}
	})
	tool("kubectl", func(namespace string) [][]string {
		status := [][]string{{"apply", "-n", namespace, "-f", manifests}}
		for _, name := range names {
			status = append(status, []string{"rollout", "status", "-n", namespace, "deployment/" + name})
		}
		return status
	})
	tool("helm", func(namespace string) [][]string {
		chart := filepath.Join(b.TempDir(), "fleet")
		for name, text := range map[string]string{"Chart.yaml": "apiVersion: v2\nname: fleet\nversion: 1.0.0\n", "templates/fleet.yaml": text} {
			file := filepath.Join(chart, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		return [][]string{{"upgrade", "--install", "fleet", chart, "--namespace", namespace, "--wait"}}
	})
	tool("kapp", func(namespace string) [][]string {
		return [][]string{{"deploy", "-y", "-a", "fleet", "-n", namespace, "-f", manifests}}
	})
}

// inFleet measures the wall clock of work in namespaces that are made and deleted outside of the measurement.
func inFleet(b *testing.B, cluster *Cluster, made bool, work func(namespace string)) {
	for b.Loop() {
		b.StopTimer()
		namespace := fmt.Sprintf("migrate-fleet-%d", time.Now().UnixNano())
		namespaces := cluster.typed.CoreV1().Namespaces()
		if made {
			if _, err := namespaces.Create(b.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{}); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		work(namespace)
		b.StopTimer()
		if err := namespaces.Delete(b.Context(), namespace, metav1.DeleteOptions{}); err != nil {
			b.Fatal(err)
		}
		for range 600 {
			if _, err := namespaces.Get(b.Context(), namespace, metav1.GetOptions{}); err != nil {
				break
			}
			_ = pause(b.Context(), 100*time.Millisecond)
		}
		b.StartTimer()
	}
}

func tail(out []byte) []byte {
	return out[max(0, bytes.LastIndexByte(out[:max(0, len(out)-1000)], '\n')+1):]
}
