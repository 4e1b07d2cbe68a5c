//go:build e2e

package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
)

// patchPreview sets the status of a number of a preview's pods; of all where n is 0.
func (f *fixture) patchPreview(n int, status string) {
	f.Helper()
	pods, err := f.cluster.typed.CoreV1().Pods(f.namespace).List(f.Context(), metav1.ListOptions{LabelSelector: previewMark + "=web-next"})
	if err != nil || len(pods.Items) < max(1, n) {
		f.Fatalf("%v, %d pods", err, len(pods.Items))
	}
	for i, p := range pods.Items {
		if n > 0 && i == n {
			return
		}
		_, err := f.cluster.typed.CoreV1().Pods(f.namespace).Patch(f.Context(), p.Name, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status")
		if err != nil {
			f.Fatal(err)
		}
	}
}

// pinned leads Services to the pods of the workload alone, and holds its rollout, as a switch that was cut off does.
func (f *fixture) pinned(services ...string) {
	f.Helper()
	a := newApply(f.cluster, f.tagged("next"))
	hash, err := a.hold(f.Context(), "web")
	for _, s := range services {
		if err == nil {
			err = a.leadOne(f.Context(), s, appsv1.DefaultDeploymentUniqueLabelKey, hash, nil)
		}
	}
	if err != nil {
		f.Fatal(err)
	}
}

// finishing is the run of an end of the preview that stands.
func (f *fixture) finishing() *apply {
	f.Helper()
	a := newApply(f.cluster, f.tagged("next"))
	p, err := a.standing(f.Context())
	if err != nil || p == nil {
		f.Fatalf("%v, preview %v", err, p)
	}
	a.ending = p
	return a
}

// A pod that its node has thrown out stays as long as its Deployment, and keeps nobody from ending the preview.
func TestPreviewWithEvictedPod(t *testing.T) {
	f := newServed(t)
	before := f.state()
	f.must(f.variant(f.cluster, "switch"))
	f.patchPreview(1, `{"phase":"Failed","reason":"Evicted","conditions":[{"type":"Ready","status":"False"}]}`)
	f.must(f.variant(f.cluster, "back switch"))
	f.settledAs(before, "after going back")
}

// A switch that was killed between two Services leaves none of them behind when it is finished.
func TestPreviewWithServiceBehind(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	f.pinned("side")
	g, o, asked := *f, f.tagged(""), false
	g.serve()
	o.Gate = func(context.Context, *Cluster, func(string, string)) []Failure {
		if asked = true; f.behindOf("side") == "" {
			t.Error("requests to the other Service go nowhere")
		}
		return nil
	}
	if _, _, err := f.cluster.Promote(t.Context(), g.render(""), Switch, o); err != nil || !asked {
		t.Fatalf("%v, asked %v", err, asked)
	}
	f.wantBehind("after the end", "next")
}

// Whoever goes back in one application leaves what a preview of another one stands on.
func TestPreviewOfAnotherApplication(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	f.pinned("side")
	before := f.state()
	o := f.tagged("")
	o.App = "other"
	if _, p, err := f.cluster.Withdraw(t.Context(), Switch, o); err != nil || p != nil {
		t.Fatalf("%v %v", p, err)
	}
	f.settledAs(before, "after another one went back")
}

// A release that failed in the place of a preview, and was kept, is undone by the way back.
func TestPreviewBackAfterKeptRelease(t *testing.T) {
	f := newServed(t)
	before := f.state()
	f.must(f.variant(f.cluster, "switch"))
	g, o := *f, f.tagged("")
	g.serve()
	o.KeepFailed = true
	o.Gate = func(context.Context, *Cluster, func(string, string)) []Failure {
		return []Failure{{Workload: "Service web", Reason: SmokeFailed}}
	}
	if _, _, err := f.cluster.Promote(t.Context(), g.render(""), Switch, o); err == nil {
		t.Fatal("it was to fail")
	}
	f.must(f.variant(f.cluster, "back switch"))
	f.wantBehind("after going back", "served")
	f.settledAs(before, "after going back")
	if got := states(f.history()); got != "next rolled back; served ready; " {
		t.Errorf("history: %s", got)
	}
}

// newTakenPlace is a fixture whose release runs already what its preview was of, which still stands.
func newTakenPlace(t *testing.T) *fixture {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	g, a := *f, f.finishing()
	g.serve()
	if err := a.deploy(t.Context(), g.render(""), a.ending.images, a.ending.Tag); err != nil {
		t.Fatal(err)
	}
	return f
}

// There is no way back where the release has taken its place already, and it is said how to go on.
func TestPreviewBackAfterRelease(t *testing.T) {
	f := newTakenPlace(t)
	var standing *Standing
	if _, err := f.variant(f.cluster, "back switch"); !errors.As(err, &standing) || !strings.Contains(err.Error(), "next is the release already: migrate kube switch --finish --env test") {
		t.Errorf("%v", err)
	}
	f.must(f.variant(f.cluster, "finish switch"))
	f.wantBehind("after the end", "next")
}

// The way back is open again where the pods of that release have died.
func TestPreviewBackAfterReleaseDied(t *testing.T) {
	f := newTakenPlace(t)
	f.kubectl("", "scale", "deployment/web", "--replicas=0")
	var standing *Standing
	if _, err := f.variant(f.cluster, "back switch"); !errors.As(err, &standing) || !strings.Contains(err.Error(), "web wants no pods") {
		t.Errorf("%v", err)
	}
	f.kubectl("", "scale", "deployment/web", "--replicas=2")
	f.kubectl("", "rollout", "status", "deployment/web")
	pods, err := f.cluster.typed.CoreV1().Pods(f.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "!" + previewMark})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods.Items {
		f.kubectl("", "patch", "pod/"+pod.Name, "--subresource=status", "--type=merge", `--patch={"status":{"conditions":[{"type":"Ready","status":"False"}]}}`)
	}
	f.must(f.variant(f.cluster, "back switch"))
	f.wantBehind("after going back", "served")
	if got := states(f.history()); got != "next rolled back; served ready; " {
		t.Errorf("history: %s", got)
	}
}

// A preview that is taken away by hand while a rollout is held back keeps no later release from rolling out.
func TestPreviewTakenAwayWhileHeld(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	f.pinned("web", "side")
	f.kubectl("", "delete", "deployment/web-next")
	f.must(f.variant(f.cluster, "deploy"))
	f.wantBehind("after a deploy", "next")
	if d := f.deployment(); d.Spec.Paused || d.Annotations[heldAnnotation] != "" {
		t.Errorf("paused %v, annotations %v", d.Spec.Paused, d.Annotations)
	}
}

// The same holds for who may neither lock a release nor remember it.
func TestPreviewTakenAwayAndNoRecords(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	f.pinned("web", "side")
	f.kubectl("", "delete", "deployment/web-next")
	f.grant("shipper", slices.DeleteFunc(slices.Clone(shipped), func(kind string) bool { return kind == "leases" }))
	shipper := f.as(func(c *rest.Config) { c.Impersonate = rest.ImpersonationConfig{UserName: "shipper"} })
	f.must(f.variant(shipper, "deploy"))
	f.wantBehind("after a deploy", "next")
}

// No request is sent to where nobody is ready.
func TestPreviewNobodyReady(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	f.kubectl("", "scale", "deployment/web", "--replicas=0")
	var standing *Standing
	if _, err := f.variant(f.cluster, "finish switch"); !errors.As(err, &standing) || !strings.Contains(err.Error(), "web wants no pods") {
		t.Errorf("%v", err)
	}
	f.wantBehind("after an end without pods", "next")
	f.kubectl("", "scale", "deployment/web", "--replicas=2")
	f.patchPreview(0, `{"conditions":[{"type":"Ready","status":"False"}]}`)
	g, o := *f, f.tagged("next")
	g.serve()
	o.Timeout = 15 * time.Second
	var failed *PreviewFailed
	if _, _, err := f.cluster.Stage(t.Context(), g.render("next"), Beside{Kind: Switch, Images: ledgerImages}, o); !errors.As(err, &failed) || failed.Left != nil {
		t.Fatalf("%v", err)
	}
	f.wantBehind("after its pods died", "served")
}

// An end of a preview does not go on with another one that was begun in between.
func TestPreviewEndedMeanwhile(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	a := f.finishing()
	f.must(f.variant(f.cluster, "back switch"))
	if err := a.unstaged(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "was ended by somebody else meanwhile") {
		t.Errorf("%v", err)
	}
	f.must(f.variant(f.cluster, "switch"))
	var standing *Standing
	if err := a.unstaged(t.Context(), nil); !errors.As(err, &standing) {
		t.Errorf("%v", err)
	}
}

// Who may not list Deployments is told of a preview all the same.
func TestPreviewIsSeenWithoutList(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	forbid := &faulty{hurt: func(_ int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/deployments") {
			return next.RoundTrip(r)
		}
		text := `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"no"}`
		return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
	}}
	g := *f
	g.serve()
	var standing *Standing
	if _, err := connectThrough(t, forbid).Apply(t.Context(), g.render("other"), f.tagged("other")); !errors.As(err, &standing) {
		t.Errorf("%v", err)
	}
	f.wantBehind("after that", "next")
}

// A canary one of whose containers starts anew while it is watched is taken away again, and named.
func TestCanaryRestartsWhileWatched(t *testing.T) {
	f := newServed(t)
	before := f.state()
	g, o := *f, f.tagged("next")
	g.serve()
	o.Gate = func(context.Context, *Cluster, func(string, string)) []Failure {
		f.patchPreview(1, `{"containerStatuses":[{"name":"web","image":"x","imageID":"x","ready":true,"restartCount":1,"state":{"running":{}}}]}`)
		return nil
	}
	var failed *PreviewFailed
	_, _, err := f.cluster.Stage(t.Context(), g.render("next"), Beside{Kind: Canary, Percent: 10, Images: ledgerImages, Watch: 30 * time.Second}, o)
	var notReady *NotReady
	if !errors.As(err, &failed) || failed.Left != nil || !errors.As(err, &notReady) || notReady.Failures[0].Reason != "Restarted" {
		t.Fatalf("%v", err)
	}
	f.wantBehind("after that", "served")
	f.settledAs(before, "after that")
}
