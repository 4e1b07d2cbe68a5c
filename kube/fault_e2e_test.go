//go:build e2e

package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// quick is the pace of a run that meets faults.
var quick = pace{look: 50 * time.Millisecond, lease: 12 * time.Second, renewal: time.Second, safe: 10 * time.Second,
	first: 3 * time.Second, request: 3 * time.Second, again: 20 * time.Millisecond, patience: 10 * time.Second}

// faulty numbers the requests of a run, from 1 on, and does something to one of them.
type faulty struct {
	next   http.RoundTripper
	count  atomic.Int64
	agent  string                                                                       // by which the server knows the run
	server string                                                                       // what is asked in place of the server of KUBECONFIG; empty for that one
	hurt   func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) // nil leaves all alone

	mu     sync.Mutex
	writes []string // what has changed something: "PATCH /api/v1/... 200"
	told   bool     // write them on the standard output too
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	n := int(f.count.Add(1))
	if f.agent != "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", f.agent)
	}
	send := f.next.RoundTrip
	if f.hurt != nil {
		send = func(r *http.Request) (*http.Response, error) { return f.hurt(n, r, f.next) }
	}
	response, err := send(r)
	if changes(r) && err == nil && response.StatusCode < 300 {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.writes = append(f.writes, fmt.Sprint(r.Method, " ", r.URL.Path, " ", response.StatusCode))
		if f.told {
			fmt.Println("wrote", f.writes[len(f.writes)-1])
		}
	}
	return response, err
}

// changes says whether a request may change something.
func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && !r.URL.Query().Has("dryRun") && !strings.Contains(r.URL.Path, "/selfsubject")
}

// connectThrough is the cluster of KUBECONFIG behind a faulty transport.
func connectThrough(t *testing.T, f *faulty) *Cluster {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	if f.server != "" {
		config = &rest.Config{Host: f.server}
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { f.next = next; return f })
	c, err := newCluster("faulty", config)
	if err != nil {
		t.Fatal(err)
	}
	*c.pace = quick
	return c
}

// The variants of the application that releases are made of.
var variants = map[string]func(f *fixture){
	"v1": func(*fixture) {},
	"v2": func(f *fixture) { // changes, brings and drops something
		f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
		f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - erp.yaml\n")
		f.files["kube/base/erp.yaml"] = file("apiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n")
	},
	"bad": func(f *fixture) { // its pods never start
		f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=trace")
		f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - erp.yaml\n")
		f.files["kube/base/erp.yaml"] = file("apiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n")
	},
	"two-services": func(f *fixture) {
		f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - erp.yaml\n")
		f.files["kube/base/erp.yaml"] = file("apiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n" +
			"---\napiVersion: v1\nkind: Service\nmetadata: {name: crm}\nspec: {type: ExternalName, externalName: crm.corp.example}\n")
	},
	"served":     (*fixture).serve,
	"v1-without": func(f *fixture) { f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "") },
}

// variant releases a variant of the application through a cluster.
func (f *fixture) variant(c *Cluster, name string) (*Result, error) {
	f.Helper()
	g := *f
	g.files = load(f.T, small)
	g.prepare()
	if act := previewActs[name]; act != nil {
		defer func() { f.events = g.events }()
		return act(&g, c)
	}
	variants[name](&g)
	o := g.options()
	o.App, o.Tag, o.Timeout = "ledger", name, time.Minute
	defer func() { f.events = g.events }()
	return c.Apply(f.Context(), g.render(name), o)
}

// kubelet starts every pod of every test's namespace, but for those of the image bad, until the test ends.
func kubelet(t *testing.T) {
	c := connect(t)
	ctx, stop := context.WithCancel(context.Background())
	forgetEmptied(t, c)
	t.Cleanup(stop)
	look := func() error {
		watch, err := c.typed.CoreV1().Pods("").Watch(ctx, metav1.ListOptions{FieldSelector: "status.phase=Pending"})
		if err != nil {
			return err
		}
		defer watch.Stop()
		for event := range watch.ResultChan() {
			p, ok := event.Object.(*corev1.Pod)
			if !ok || !strings.HasPrefix(p.Namespace, "migrate-test-") || p.DeletionTimestamp != nil || len(p.Status.ContainerStatuses) > 0 {
				continue
			}
			status := running
			if strings.HasSuffix(p.Spec.Containers[0].Image, ":bad") {
				status = badImage
			}
			_, _ = c.typed.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status") // it may be gone
		}
		return nil
	}
	go func() {
		for ctx.Err() == nil {
			if look() != nil {
				_ = pause(ctx, 100*time.Millisecond)
			}
		}
	}()
}

// forgetEmptied deletes the namespaces that nobody needs any more, when the test has ended.
func forgetEmptied(t *testing.T, c *Cluster) {
	t.Cleanup(func() {
		for len(emptied) > 0 {
			(&fixture{T: t, cluster: c, namespace: <-emptied}).remove()
		}
	})
}

var inventory = []schema.GroupVersionResource{
	{Version: "v1", Resource: "serviceaccounts"}, {Version: "v1", Resource: "configmaps"}, {Version: "v1", Resource: "secrets"}, {Version: "v1", Resource: "services"},
	{Group: "apps", Version: "v1", Resource: "deployments"}, {Group: "batch", Version: "v1", Resource: "cronjobs"}, {Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"},
}

var (
	hashed  = regexp.MustCompile(`ledger-[0-9a-f]{10}`) // the name of a Secret depends on the namespace
	process = regexp.MustCompile(` \(\d+\)\\"`)         // that began a preview
)

// state is what migrate has applied in the namespace, as text: each object's owned fields, and which they are.
func (f *fixture) state() string {
	f.Helper()
	var b strings.Builder
	for _, resource := range inventory {
		list, err := f.cluster.dynamic.Resource(resource).Namespace(f.namespace).List(f.Context(), metav1.ListOptions{})
		if err != nil {
			f.Fatal(err)
		}
		for _, o := range list.Items {
			part := owned(&o)
			if part == nil {
				continue // made by the cluster, or a record
			}
			text, err := json.Marshal(part.Object)
			if err != nil {
				f.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n  %s\n", text, ours(&o))
		}
	}
	return process.ReplaceAllString(hashed.ReplaceAllString(strings.ReplaceAll(b.String(), f.namespace, "NAMESPACE"), "ledger-HASH"), `\"`)
}

// reference is the state after variants were released one after the other without a fault.
func reference(t *testing.T, names ...string) string {
	t.Helper()
	f := newFixture(t)
	*f.cluster.pace = quick
	for _, name := range names {
		f.must(f.variant(f.cluster, name))
	}
	return f.state()
}

// settledAs checks that the namespace is in a state, and that no release is left open.
func (f *fixture) settledAs(want, at string) {
	f.Helper()
	if got := f.state(); got != want {
		f.Errorf("%s: there is\n%sand not\n%s", at, without(got, want), without(want, got))
	}
	for _, r := range f.history() {
		if r.open() {
			f.Errorf("%s: release %d is %s", at, r.Number, r.State)
		}
	}
}

// without are the lines of a text that another lacks.
func without(text, other string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(other, line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// again runs a variant until nobody holds the lock any more, as a person does, and tells how long that took.
func (f *fixture) again(name string) (took time.Duration, err error) {
	f.Helper()
	start := time.Now()
	for time.Since(start) < time.Minute {
		var locked *Locked
		_, err = f.variant(f.cluster, name)
		switch {
		case errors.As(err, &locked):
			_ = pause(f.Context(), min(locked.Ends, time.Second))
		case err == nil || !strings.Contains(err.Error(), errLeaseLost.Error()): // a busy machine is late with its renewals
			return time.Since(start), err
		}
	}
	return time.Since(start), err
}

// emptied are namespaces that a test has left as it found them: to delete one costs a server more than all else here.
var emptied = make(chan string, 1000)

// borrow gives a fixture such a namespace, where there is one, and empties its own for others when the test has ended.
func (f *fixture) borrow() {
	f.Helper()
	select {
	case f.namespace = <-emptied:
		f.files = load(f.T, small)
		f.prepare()
	default:
	}
	f.Cleanup(func() { f.empty() })
}

func (f *fixture) empty() {
	ctx := context.Background()
	background := metav1.DeletePropagationBackground
	ours := metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=" + Manager}
	for _, resource := range append(inventory, leases) {
		if resource.Resource == "services" { // can't be deleted together
			for _, name := range []string{"erp", "web", "web-next"} {
				_ = f.cluster.typed.CoreV1().Services(f.namespace).Delete(ctx, name, metav1.DeleteOptions{})
			}
			continue
		}
		if f.cluster.dynamic.Resource(resource).Namespace(f.namespace).DeleteCollection(ctx, metav1.DeleteOptions{PropagationPolicy: &background}, ours) != nil {
			return
		}
	}
	for range 100 {
		pods, err := f.cluster.typed.CoreV1().Pods(f.namespace).List(ctx, metav1.ListOptions{})
		if err == nil && len(pods.Items) == 0 {
			emptied <- f.namespace
			f.namespace = ""
			return
		}
		_ = pause(ctx, 100*time.Millisecond)
	}
}
