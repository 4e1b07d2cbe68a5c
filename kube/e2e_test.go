//go:build e2e

// These tests talk to the API server of KUBECONFIG's current context and make namespaces of their own there. They need no
// node: pods ask for a scheduler that doesn't exist, and the tests play the kubelet. Both an API server with its
// controller manager alone and a whole cluster will do.
package kube

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
)

func connect(t testing.TB) *Cluster {
	t.Helper()
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("KUBECONFIG names no cluster to test against")
	}
	config, err := clientcmd.NewDefaultClientConfigLoadingRules().Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Connect(config.CurrentContext)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fixture is a small tree in a namespace of its own.
type fixture struct {
	*testing.T
	cluster   *Cluster
	files     fstest.MapFS
	namespace string
	events    []Event
}

// fixtures counts them: of those that begin at once two may be told the same time.
var fixtures atomic.Int64

func newFixture(t *testing.T) *fixture {
	f := &fixture{T: t, cluster: connect(t), files: load(t, small), namespace: fmt.Sprintf("migrate-test-%d-%d", time.Now().UnixNano(), fixtures.Add(1))}
	f.cluster.pace.look = 100 * time.Millisecond
	f.prepare()
	t.Cleanup(f.remove)
	return f
}

// remove deletes the namespace, unless it is lent to another test.
func (f *fixture) remove() {
	if f.namespace == "" {
		return
	}
	err := f.cluster.typed.CoreV1().Namespaces().Delete(context.Background(), f.namespace, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		f.Error(err)
	}
}

// prepare makes the tree fit for a cluster without nodes.
func (f *fixture) prepare() {
	documents := strings.Split(string(f.files["kube/base/web.yaml"].Data), "---\n")
	// without its Service, which gets no endpoints from pods on no node, and its route, whose CRDs may not be there
	f.files["kube/base/web.yaml"] = &fstest.MapFile{Data: []byte(documents[0] + "---\n" + documents[2])}
	f.files["kube/base/service.yaml"] = &fstest.MapFile{Data: []byte(documents[1])}
	f.files["kube/overlays/test/kustomization.yaml"] = &fstest.MapFile{Data: []byte("namespace: " + f.namespace + "\nresources: [../../base]\n")}
	for _, name := range []string{"web", "tidy", "upgrade"} {
		replace(f.T, f.files, "kube/base/"+name+".yaml", "serviceAccountName:", "schedulerName: none\n      serviceAccountName:")
	}
	replace(f.T, f.files, "kube/base/tidy.yaml", "schedulerName: none\n      ", "schedulerName: none\n          ")
	replace(f.T, f.files, "kube/base/kustomization.yaml", "  - upgrade.yaml\n", "")
}

func (f *fixture) change(name, old, new string) { f.Helper(); replace(f.T, f.files, name, old, new) }

func (f *fixture) render(tag string) Objects {
	f.Helper()
	objects, err := Render(f.Context(), Options{Repo: f.files, Environment: "test", Tag: tag, Images: []string{"local/hello"}})
	if err == nil {
		err = objects.Validate()
	}
	if err != nil {
		f.Fatal(err)
	}
	return objects
}

func (f *fixture) options() ApplyOptions {
	return ApplyOptions{Namespace: f.namespace, Timeout: 30 * time.Second, Events: func(e Event) { f.events = append(f.events, e) },
		Resolve: func(_ context.Context, refs, _ []SecretRef) (map[SecretRef][]byte, error) {
			values := map[SecretRef][]byte{}
			for _, r := range refs {
				if r.Secret == "ledger" {
					values[r] = []byte("value-of-" + r.Key)
				}
			}
			return values, nil
		}}
}

func (f *fixture) apply() (*Result, error) {
	f.Helper()
	return f.cluster.Apply(f.Context(), f.render("v1"), f.options())
}

func (f *fixture) must(result *Result, err error) *Result {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
	return result
}

func actions(r *Result) map[string]string {
	all := map[string]string{}
	for _, o := range r.Objects {
		all[o.Kind+" "+o.Name] = o.Action
	}
	return all
}

// play is the kubelet: it sets the status of the pods of a component until the test ends, or stop is called.
func (f *fixture) play(component, status string) (stop func()) {
	ctx, stop := context.WithCancel(context.Background())
	f.Cleanup(stop)
	go func() {
		done := map[types.UID]bool{}
		for pause(ctx, 100*time.Millisecond) == nil {
			pods, err := f.cluster.typed.CoreV1().Pods(f.namespace).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=" + component})
			if err != nil {
				continue
			}
			for _, p := range pods.Items {
				if done[p.UID] {
					continue
				}
				_, err := f.cluster.typed.CoreV1().Pods(f.namespace).Patch(ctx, p.Name, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status")
				done[p.UID] = err == nil
			}
		}
	}()
	return stop
}

const (
	running = `{"phase":"Running","podIP":"10.244.9.9","podIPs":[{"ip":"10.244.9.9"}],"conditions":[{"type":"Ready","status":"True"}],
		"containerStatuses":[{"name":"web","ready":true,"image":"x","imageID":"x","restartCount":0,"state":{"running":{}}}]}`
	badImage = `{"phase":"Pending","containerStatuses":[{"name":"web","ready":false,"image":"local/hello:v1","imageID":"","restartCount":0,
		"state":{"waiting":{"reason":"InvalidImageName","message":"x"}}}]}`
	succeeded = `{"phase":"Succeeded"}`
	failed    = `{"phase":"Failed"}`
)

func TestApplyTwice(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	first := f.must(f.apply())
	for object, action := range actions(first) {
		if action != created {
			t.Errorf("%s: %s", object, action)
		}
	}
	if !first.Ready || first.Written != len(first.Objects) {
		t.Errorf("%+v", first)
	}
	second := f.must(f.apply())
	if second.Written != 0 || len(second.Objects) != len(first.Objects)-1 { // the namespace is only told of when it is made
		t.Errorf("second apply: %v", actions(second))
	}
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	third := actions(f.must(f.apply()))
	if third["Deployment web"] != configured || third["CronJob tidy"] != configured || third["PodDisruptionBudget web"] != unchanged {
		t.Errorf("after a change of configuration: %v", third)
	}
	secrets, err := f.cluster.typed.CoreV1().Secrets(f.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(secrets.Items) != 1 || secrets.Items[0].Immutable == nil || string(secrets.Items[0].Data["DATABASE_URL"]) != "value-of-DATABASE_URL" {
		t.Errorf("Secrets %v %v", secrets.Items, err)
	}
}

func TestNothingIsWrittenWhen(t *testing.T) {
	tests := []struct {
		name   string
		change func(f *fixture)
		want   string
	}{
		{"a kind is unknown", func(f *fixture) {
			f.files["kube/overlays/test/kustomization.yaml"].Data = append(f.files["kube/overlays/test/kustomization.yaml"].Data, "#\n"...)
			f.files["kube/overlays/test/w.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n")}
			f.change("kube/overlays/test/kustomization.yaml", "[../../base]", "[../../base, w.yaml]")
		}, "Widget w: cluster "},
		{"a secret is nowhere", func(f *fixture) {
			f.change("kube/base/web.yaml", "{name: ledger, key: DATABASE_URL}", "{name: elsewhere, key: TOKEN}")
		}, "pods want what is neither under secrets in migrate.yaml nor in namespace"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			test.change(f)
			result, err := f.apply()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			if result.Written != 0 {
				t.Errorf("%d written", result.Written)
			}
			if _, err := f.cluster.typed.CoreV1().Namespaces().Get(t.Context(), f.namespace, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
				t.Errorf("the namespace is there (%v)", err)
			}
		})
	}
}

func TestConflictsAreShownAndNotForced(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.apply())
	_, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Patch(t.Context(), "web", types.MergePatchType, []byte(`{"spec":{"replicas":0}}`),
		metav1.PatchOptions{FieldManager: "somebody"})
	if err != nil {
		t.Fatal(err)
	}
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	result, err := f.apply()
	if err == nil || !strings.Contains(err.Error(), "kube/base/web.yaml:1: Deployment web: others own fields of it: spec.replicas (somebody)") || result.Written > 0 {
		t.Fatalf("%d written, error %v", result.Written, err)
	}
	o := f.options()
	o.Force = true
	if forced := f.must(f.cluster.Apply(t.Context(), f.render("v1"), o)); actions(forced)["Deployment web"] != configured {
		t.Errorf("%v", actions(forced))
	}
}

func TestImmutableFieldIsExplained(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	f.must(f.apply())
	f.files["kube/base/web.yaml"].Data = []byte(strings.ReplaceAll(string(f.files["kube/base/web.yaml"].Data), "component: web}", "component: www}"))
	result, err := f.apply()
	if err == nil || !strings.Contains(err.Error(), "delete deployment web") || result.Written > 0 {
		t.Errorf("%d written, error %v", result.Written, err)
	}
	other := f.neighbour(fixedInPlace)
	f.must(other.releaseOf("orders", false))
	other = f.neighbour(strings.NewReplacer("local/tool:v1", "local/tool:v2", "serviceName: store", "serviceName: stores").Replace(fixedInPlace))
	_, err = other.releaseOf("orders", false)
	if err == nil || !strings.Contains(err.Error(), "Job once: ") || !strings.Contains(err.Error(), " delete job once)") || !strings.Contains(err.Error(), "delete statefulset store --cascade=orphan") ||
		len(err.Error()) > 1200 {
		t.Errorf("%v", err)
	}
}

const fixedInPlace = `apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: tool, image: "local/tool:v1"}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  replicas: 0
  selector: {matchLabels: {app: store}}
  template: {metadata: {labels: {app: store}}, spec: {containers: [{name: store, image: "local/store:v1"}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`

func TestDoomIsSeenEarly(t *testing.T) {
	f := newFixture(t)
	f.play("web", badImage)
	start := time.Now()
	result, err := f.apply()
	var notReady *NotReady
	if !errors.As(err, &notReady) || notReady.Timeout != 0 || result.Failures[0].Reason != "InvalidImageName" || result.Failures[0].Container != "web" {
		t.Fatalf("%v %+v", err, result.Failures)
	}
	if result.Ready || result.Written == 0 || time.Since(start) > 20*time.Second {
		t.Errorf("ready %v, written %d, after %s", result.Ready, result.Written, time.Since(start))
	}
	status, err := f.cluster.Status(t.Context(), f.render("v1"), f.namespace)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range status {
		if s.Name == "web" && (s.State != StateFailing || s.Failures[0].Reason != "InvalidImageName") {
			t.Errorf("%+v", s)
		}
	}
}

func TestStoppedAfterWriting(t *testing.T) {
	f := newFixture(t) // nobody plays: the pods stay pending
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
	defer stop()
	o := f.options()
	result, err := f.cluster.Apply(ctx, f.render("v1"), o)
	if err == nil || errors.Is(err, context.Canceled) || result.Written == 0 {
		t.Errorf("%d written, error %v", result.Written, err)
	}
	o.Timeout = 2 * time.Second
	var notReady *NotReady
	if result, err = f.cluster.Apply(t.Context(), f.render("v1"), o); !errors.As(err, &notReady) || notReady.Timeout != o.Timeout || result.Written != 0 {
		t.Errorf("%d written, error %v", result.Written, err)
	}
}

func TestReleaseRunsFirst(t *testing.T) {
	f := newFixture(t)
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - upgrade.yaml\n")
	stopped := f.render("v1")
	f.play("web", running)
	f.play("upgrade", failed)
	result, err := f.cluster.Apply(t.Context(), stopped, f.options())
	var notReady *NotReady
	if !errors.As(err, &notReady) || notReady.Failures[0].Workload != "Job upgrade" {
		t.Fatalf("%v", err)
	}
	if _, there := actions(result)["Deployment web"]; there {
		t.Error("the workload was written after a failed release")
	}
	if said := fmt.Sprint(f.events); !strings.Contains(said, "Job upgrade run runs before the rollout; no rollback undoes it") {
		t.Errorf("%s", said)
	}
}

func TestReleaseRunsOncePerRelease(t *testing.T) {
	f := newFixture(t)
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - upgrade.yaml\n")
	f.play("web", running)
	f.play("upgrade", succeeded)
	f.must(f.apply())
	if again := f.must(f.apply()); again.Written != 0 {
		t.Errorf("second apply: %v", actions(again))
	}
	deployed := f.must(f.cluster.Deploy(t.Context(), f.render("v2"), map[string]string{"local/hello": ""}, "v2", f.options()))
	if got := actions(deployed); got["Job upgrade"] != configured || got["Deployment web"] != configured {
		t.Errorf("deploy: %v", got)
	}
	if again := f.must(f.cluster.Apply(t.Context(), f.render("v2"), f.options())); again.Written != 0 {
		t.Errorf("apply after deploy of the same: %v", actions(again))
	}
}

func TestServiceWithoutEndpoints(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.change("kube/base/kustomization.yaml", "  - web.yaml\n", "  - web.yaml\n  - service.yaml\n")
	_, err := f.apply()
	var notReady *NotReady
	if !errors.As(err, &notReady) || notReady.Failures[0].Reason != "NoEndpoints" {
		t.Errorf("%v", err)
	}
}

func TestUnreachable(t *testing.T) {
	config := clientcmd.GetConfigFromFileOrDie(os.Getenv("KUBECONFIG"))
	for _, cluster := range config.Clusters {
		cluster.Server = "https://127.0.0.1:1"
	}
	down, err := clientcmd.NewDefaultClientConfig(*config, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCluster("far", down)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Status(t.Context(), render(t, os.DirFS(small), "staging"), "x")
	if err == nil || !strings.HasPrefix(err.Error(), "cluster far (https://127.0.0.1:1) can't be reached: is it up, is the VPN on?") {
		t.Errorf("%v", err)
	}
}
