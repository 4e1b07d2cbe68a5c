//go:build e2e

// Package oracle asks a second library, that of Flux, what an apply would do to the cluster of KUBECONFIG, and holds the answer
// against what migrate says and does. It is a module of its own, so that the library is not the toolkit's.
package oracle

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fluxcd/pkg/ssa"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

const base = `apiVersion: v1
kind: ServiceAccount
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "local/hello:v1", ports: [{containerPort: 8080}], envFrom: [{configMapRef: {name: shop}}], resources: {limits: {cpu: "0.5", memory: 1024Mi}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shop}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 8080}]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: tidy, image: "local/hello:v1"}]}}}}
`

// The releases: the second changes, brings and drops something.
func release(t *testing.T, namespace, tag string) kube.Objects {
	t.Helper()
	text, level := base, "info"
	if tag == "v2" {
		text, _, _ = strings.Cut(strings.ReplaceAll(base, "hello:v1", "hello:v2"), "---\napiVersion: batch/v1")
		text += "---\napiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n"
		level = "debug"
	}
	files := fstest.MapFS{}
	for name, text := range map[string]string{"base/shop.yaml": text,
		"base/kustomization.yaml":          "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nlabels: [{pairs: {app.kubernetes.io/name: shop, app.kubernetes.io/managed-by: migrate}}]\nresources: [shop.yaml]\nconfigMapGenerator: [{name: shop, literals: [LOG_LEVEL=" + level + "]}]\n",
		"overlays/test/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: " + namespace + "\nresources: [../../base]\n"} {
		files["kube/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	objects, err := kube.Render(t.Context(), kube.Options{Repo: files, Environment: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// opinions are what both say.
type opinions struct {
	*testing.T
	cluster   *kube.Cluster
	second    *ssa.ResourceManager
	namespace string
}

func (o opinions) options(tag string) kube.ApplyOptions {
	return kube.ApplyOptions{Namespace: o.namespace, App: "shop", Tag: tag, Environment: "test", Timeout: time.Minute, Force: true}
}

// same holds what both would do with the objects of a release against each other, and gives what that is.
func (o opinions) same(when, tag string) []string {
	o.Helper()
	objects := release(o.T, o.namespace, tag)
	ours, err := o.cluster.Diff(o.Context(), objects, o.options(tag))
	if err != nil {
		o.Fatalf("%s: %v", when, err)
	}
	var first, second []string
	for _, d := range ours {
		if d.Action != "deleted" { // the library's Diff is of one object
			first = append(first, fmt.Sprint(d.Kind, " ", d.Name, " ", d.Action))
		}
	}
	for _, object := range objects {
		entry, _, _, err := o.second.Diff(o.Context(), object.DeepCopy(), ssa.DefaultDiffOptions())
		if err != nil {
			o.Fatalf("%s: %s: %v", when, object.ID(), err)
		}
		if entry.Action != ssa.UnchangedAction {
			second = append(second, fmt.Sprint(object.ID(), " ", entry.Action))
		}
	}
	slices.Sort(first)
	slices.Sort(second)
	if !slices.Equal(first, second) {
		o.Errorf("%s: migrate says\n%s\nthe other\n%s", when, strings.Join(first, "\n"), strings.Join(second, "\n"))
	}
	return first
}

// agree is same, and holds it against what it should be.
func (o opinions) agree(when, tag string, want ...string) {
	o.Helper()
	first := o.same(when, tag)
	for i := range first {
		if kind, rest, _ := strings.Cut(first[i], " "); kind == "ConfigMap" { // its name ends in a hash
			first[i] = kind + rest[strings.LastIndexByte(rest, ' '):]
		}
	}
	if slices.Sort(want); !slices.Equal(first, want) {
		o.Errorf("%s: %v", when, first)
	}
}

func (o opinions) apply(tag string) {
	o.Helper()
	if _, err := o.cluster.Apply(o.Context(), release(o.T, o.namespace, tag), o.options(tag)); err != nil {
		o.Fatal(err)
	}
}

// connect is for tests of the cluster of KUBECONFIG, each in a namespace of its own.
func connect(t *testing.T) (opinions, *rest.Config, *kubernetes.Clientset) {
	t.Helper()
	loaded, err := clientcmd.NewDefaultClientConfigLoadingRules().Load()
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := kube.Connect(loaded.CurrentContext)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	o := opinions{t, cluster, ssa.NewResourceManager(reader, nil, ssa.Owner{Field: kube.Manager, Group: "migrate"}), fmt.Sprintf("migrate-test-%d", time.Now().UnixNano())}
	t.Cleanup(func() {
		_ = typed.CoreV1().Namespaces().Delete(context.Background(), o.namespace, metav1.DeleteOptions{})
	})
	return o, config, typed
}

// TestSecondOpinion: before and after an install, a change by hand, an upgrade and a rollback both say the same of each object.
func TestSecondOpinion(t *testing.T) {
	o, _, typed := connect(t)
	o.apply("v1")
	o.agree("installed", "v1")
	byHand := []byte(`{"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "local/hello:hand"}]}}}}`)
	if _, err := typed.AppsV1().Deployments(o.namespace).Patch(t.Context(), "web", types.StrategicMergePatchType, byHand, metav1.PatchOptions{FieldManager: "hand"}); err != nil {
		t.Fatal(err)
	}
	o.agree("changed by hand", "v1", "Deployment web configured")
	o.agree("before the upgrade", "v2", "ConfigMap created", "Deployment web configured", "Service erp created")
	o.apply("v2")
	o.agree("upgraded", "v2")
	o.agree("before the rollback", "v1", "CronJob tidy created", "Deployment web configured")
	if _, _, err := o.cluster.Rollback(t.Context(), 1, o.options("v1")); err != nil {
		t.Fatal(err)
	}
	o.agree("rolled back", "v1")
}
