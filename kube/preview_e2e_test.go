//go:build e2e

package kube

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/migrate-to-kubernetes/migrate/kube/clustertest"
)

// serve gives the application two Services and two pods.
func (f *fixture) serve() {
	service := string(f.files["kube/base/service.yaml"].Data)
	f.files["kube/base/service.yaml"] = file(service + "---\n" + strings.Replace(service, "name: web", "name: side", 1))
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - service.yaml\n")
	f.change("kube/base/web.yaml", "replicas: 1", "replicas: 2")
}

// previewActs are what is done to an application that is served, by the names of variants.
var previewActs = map[string]func(*fixture, *Cluster) (*Result, error){
	"switch":     func(f *fixture, c *Cluster) (*Result, error) { return f.stage(c, Beside{Kind: Switch}, "next") },
	"switch bad": func(f *fixture, c *Cluster) (*Result, error) { return f.stage(c, Beside{Kind: Switch}, "bad") },
	"canary": func(f *fixture, c *Cluster) (*Result, error) {
		return f.stage(c, Beside{Kind: Canary, Percent: 10}, "next")
	},
	"larger canary": func(f *fixture, c *Cluster) (*Result, error) {
		return f.stage(c, Beside{Kind: Canary, Percent: 50}, "next")
	},
	"finish switch": func(f *fixture, c *Cluster) (*Result, error) { return f.promote(c, Switch) },
	"finish canary": func(f *fixture, c *Cluster) (*Result, error) { return f.promote(c, Canary) },
	"back switch":   func(f *fixture, c *Cluster) (*Result, error) { return f.withdraw(c, Switch) },
	"back canary":   func(f *fixture, c *Cluster) (*Result, error) { return f.withdraw(c, Canary) },
	"deploy": func(f *fixture, c *Cluster) (*Result, error) {
		f.serve()
		return c.Deploy(f.Context(), f.render("next"), ledgerImages, "next", f.tagged("next"))
	},
}

var ledgerImages = map[string]string{"local/hello": ""}

func (f *fixture) tagged(tag string) ApplyOptions {
	o := f.options()
	o.App, o.Tag, o.Environment, o.Timeout = "ledger", tag, "test", time.Minute
	return o
}

func (f *fixture) stage(c *Cluster, b Beside, tag string) (*Result, error) {
	f.serve()
	b.Images = ledgerImages
	result, _, err := c.Stage(f.Context(), f.render(tag), b, f.tagged(tag))
	return result, err
}

func (f *fixture) promote(c *Cluster, kind PreviewKind) (*Result, error) {
	f.serve()
	result, _, err := c.Promote(f.Context(), f.render(""), kind, f.tagged(""))
	return result, err
}

func (f *fixture) withdraw(c *Cluster, kind PreviewKind) (*Result, error) {
	result, _, err := c.Withdraw(f.Context(), kind, f.tagged(""))
	return result, err
}

// newServed is a fixture whose application is served by pods on a node that is played.
func newServed(t *testing.T) *fixture {
	f := newFixture(t)
	playNode(t, f.namespace)
	f.must(f.variant(f.cluster, "served"))
	return f
}

func playNode(t *testing.T, namespaces string) {
	t.Helper()
	stop, err := clustertest.Start(t.Context(), connect(t).config, "migrate-preview", namespaces)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
}

// behind are the images of the ready pods that the Service leads to, sorted and each once.
func (f *fixture) behind() string { f.Helper(); return f.behindOf("web") }

func (f *fixture) behindOf(service string) string {
	f.Helper()
	slices, err := f.cluster.typed.DiscoveryV1().EndpointSlices(f.namespace).List(f.Context(), metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + service})
	if err != nil {
		f.Fatal(err)
	}
	images := map[string]bool{}
	for _, s := range slices.Items {
		for _, e := range s.Endpoints {
			if !*e.Conditions.Ready {
				continue
			}
			pod, err := f.cluster.typed.CoreV1().Pods(f.namespace).Get(f.Context(), e.TargetRef.Name, metav1.GetOptions{})
			if err == nil {
				images[strings.TrimPrefix(pod.Spec.Containers[0].Image, "local/hello:")] = true
			} else if !apierrors.IsNotFound(err) {
				f.Fatal(err)
			}
		}
	}
	return strings.Join(sortedKeys(images), " ")
}

func (f *fixture) wantBehind(at, want string) {
	f.Helper()
	got := ""
	for range 50 { // the endpoints follow
		if got = f.behind(); got == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	f.Errorf("%s: requests go to %q, not to %q", at, got, want)
}

func (f *fixture) previews() []Preview {
	f.Helper()
	all, err := f.cluster.Previews(f.Context(), f.namespace, "ledger")
	if err != nil {
		f.Fatal(err)
	}
	return all
}

func TestSwitch(t *testing.T) {
	f := newServed(t)
	before := f.state()
	f.must(f.variant(f.cluster, "switch"))
	f.wantBehind("after the switch", "next")
	if all := f.previews(); len(all) != 1 || all[0].Pods != 2 || all[0].Traffic != TrafficPreview || !strings.Contains(all[0].Text(), "switch of web to next since ") || !strings.Contains(all[0].Text(), "2 pods, which get all requests") {
		t.Errorf("%+v", all)
	}
	f.must(f.variant(f.cluster, "switch")) // once more changes nothing
	f.wantBehind("after the same once more", "next")
	f.must(f.variant(f.cluster, "back switch"))
	f.wantBehind("after going back", "served")
	f.settledAs(before, "after going back")
	if len(f.previews()) > 0 || len(f.history()) != 1 {
		t.Errorf("%d previews, %d releases", len(f.previews()), len(f.history()))
	}
	f.must(f.variant(f.cluster, "switch"))
	f.must(f.variant(f.cluster, "finish switch"))
	f.wantBehind("after the end", "next")
	like := newServed(t)
	like.must(like.variant(like.cluster, "deploy"))
	f.settledAs(like.state(), "after the end")
	if h := f.history(); states(h) != "next ready; served ready; " {
		t.Errorf("history: %s", states(h))
	}
	f.must(f.withdraw(f.cluster, Switch)) // nothing is left to take away
}

// A failed preview gets no request and is taken away; release steps have run before.
func TestSwitchFails(t *testing.T) {
	f := newServed(t)
	before := f.state()
	_, err := f.variant(f.cluster, "switch bad")
	var failed *PreviewFailed
	var notReady *NotReady
	if !errors.As(err, &failed) || failed.Left != nil || !errors.As(err, &notReady) || notReady.Failures[0].Workload != "Deployment web-next" {
		t.Fatalf("%v", err)
	}
	f.wantBehind("after it failed", "served")
	f.settledAs(before, "after it failed")
	o := f.tagged("next")
	o.Gate = func(_ context.Context, c *Cluster, _ func(string, string)) []Failure {
		door, err := c.Door(f.Context(), f.namespace, "web-next")
		if err != nil || !strings.HasPrefix(door.Pod, "web-next-") {
			t.Errorf("the preview is not to be asked: %v, %+v", err, door)
		}
		f.wantBehind("while it is judged", "served")
		if d := f.deployment(); !d.Spec.Paused {
			t.Error("another rollout may begin while the Service leads to certain pods")
		}
		return []Failure{{Workload: "Service web-next", Reason: SmokeFailed}}
	}
	g := *f
	g.serve()
	if _, _, err := f.cluster.Stage(t.Context(), g.render("next"), Beside{Kind: Switch, Images: ledgerImages}, o); !errors.As(err, &failed) || failed.Left != nil {
		t.Fatalf("%v", err)
	}
	f.settledAs(before, "after a check failed")
}

// Whoever changes the application while a preview stands is told what stands there, and how it ends.
func TestPreviewStandsInTheWay(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "canary"))
	f.wantBehind("with a canary", "next served")
	before := f.state()
	var standing *Standing
	o := f.tagged("other")
	g := *f
	g.serve()
	for name, try := range map[string]func() error{
		"apply": func() error { _, err := f.cluster.Apply(t.Context(), g.render("other"), o); return err },
		"deploy": func() error {
			_, err := f.cluster.Deploy(t.Context(), g.render("other"), ledgerImages, "other", o)
			return err
		},
		"rollback": func() error { _, _, err := f.cluster.Rollback(t.Context(), 1, o); return err },
		"scale": func() error {
			_, err := f.cluster.Scale(t.Context(), g.render(""), map[string]int64{"web": 3}, o)
			return err
		},
		"switch":      func() error { _, err := f.variant(f.cluster, "switch"); return err },
		"back switch": func() error { _, err := f.variant(f.cluster, "back switch"); return err },
		"another canary": func() error {
			_, _, err := f.cluster.Stage(t.Context(), g.render("other"), Beside{Kind: Canary, Percent: 10, Images: ledgerImages}, o)
			return err
		},
	} {
		err := try()
		if !errors.As(err, &standing) || !strings.Contains(err.Error(), "a canary of web to next stands since ") || !strings.Contains(err.Error(), "migrate kube canary --back --env test") {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.settledAs(before, "after all was refused")
	f.must(f.variant(f.cluster, "larger canary"))
	if all := f.previews(); all[0].Pods != 2 || all[0].Share() != 50 {
		t.Errorf("%+v", all)
	}
	agreed := func([]Outcome) (bool, error) { return true, nil }
	f.must(f.cluster.Destroy(t.Context(), DestroyOptions{Namespace: f.namespace, App: "ledger", Agreed: agreed}))
	if left := f.state(); strings.Contains(left, "web-next") || len(f.previews()) > 0 {
		t.Errorf("left: %s", left)
	}
}

// Not everything can have a preview, and it is said why.
func TestPreviewRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *fixture)
		after  func(f *fixture)
		want   string
	}{
		"nothing has been released": {nil, nil, "no release of ledger that was ready is remembered"},
		"it must not run twice": {func(f *fixture) {
			f.change("kube/base/web.yaml", "  replicas: 2", "  replicas: 2\n  strategy: {type: Recreate}")
		}, nil,
			"Deployment web can have no switch: its strategy is Recreate"},
		"no Service": {func(f *fixture) { f.change("kube/base/kustomization.yaml", "  - service.yaml\n", "") }, nil, "no Service that migrate applied leads to its pods"},
		"another Service": {func(*fixture) {}, func(f *fixture) {
			s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "theirs"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app.kubernetes.io/component": "web"}, Ports: []corev1.ServicePort{{Port: 80}}}}
			if _, err := f.cluster.typed.CoreV1().Services(f.namespace).Create(f.Context(), s, metav1.CreateOptions{}); err != nil {
				f.Fatal(err)
			}
		}, "Service theirs too that leads to its pods"},
		"its name is taken": {func(*fixture) {}, func(f *fixture) { f.kubectl("", "create", "deployment", "web-next", "--image=local/hello:v1") }, "Deployment web-next is there already, and no preview"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			playNode(t, f.namespace)
			g := *f
			if g.serve(); c.change != nil {
				c.change(&g)
				o := f.tagged("v1")
				f.must(f.cluster.Apply(t.Context(), g.render("v1"), o))
			}
			if c.after != nil {
				c.after(f)
			}
			before := ""
			if c.change != nil {
				before = f.state()
			}
			_, _, err := f.cluster.Stage(t.Context(), g.render("next"), Beside{Kind: Switch, Images: ledgerImages}, f.tagged("next"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
			if before != "" {
				f.settledAs(before, "after it was refused")
			}
		})
	}
}

// A preview that is taken away by hand leaves nothing that can't be mended.
func TestPreviewTakenAwayByHand(t *testing.T) {
	f := newServed(t)
	before := f.state()
	f.must(f.variant(f.cluster, "switch"))
	f.kubectl("", "delete", "deployment/web-next")
	f.must(f.variant(f.cluster, "back switch"))
	f.wantBehind("after that", "served")
	f.settledAs(before, "after that")
}

// Release steps run with the new image before the preview, and not again with the release.
func TestPreviewRunsReleaseSteps(t *testing.T) {
	f := newFixture(t)
	playNode(t, f.namespace)
	f.serve()
	f.change("kube/base/kustomization.yaml", "  - service.yaml\n", "  - service.yaml\n  - upgrade.yaml\n")
	f.must(f.cluster.Apply(t.Context(), f.render("v1"), f.tagged("v1")))
	if _, _, err := f.cluster.Stage(t.Context(), f.render("next"), Beside{Kind: Switch, Images: ledgerImages}, f.tagged("next")); err != nil {
		t.Fatal(err)
	}
	job, err := f.cluster.typed.BatchV1().Jobs(f.namespace).Get(t.Context(), "upgrade", metav1.GetOptions{})
	if err != nil || job.Spec.Template.Spec.Containers[0].Image != "local/hello:next" || job.Status.Succeeded != 1 {
		t.Fatalf("%v %+v", err, job)
	}
	if _, _, err := f.cluster.Promote(t.Context(), f.render(""), Switch, f.tagged("")); err != nil {
		t.Fatal(err)
	}
	if again, err := f.cluster.typed.BatchV1().Jobs(f.namespace).Get(t.Context(), "upgrade", metav1.GetOptions{}); err != nil || again.UID != job.UID {
		t.Errorf("it ran again: %v", err)
	}
}

// A release that fails in the place of a preview leaves the preview as it was.
func TestFinishFails(t *testing.T) {
	f := newServed(t)
	f.must(f.variant(f.cluster, "switch"))
	before := f.state()
	o := f.tagged("")
	o.Gate = func(context.Context, *Cluster, func(string, string)) []Failure {
		return []Failure{{Workload: "Service web", Reason: SmokeFailed}}
	}
	g := *f
	g.serve()
	_, _, err := f.cluster.Promote(t.Context(), g.render(""), Switch, o)
	var back *RolledBack
	if !errors.As(err, &back) {
		t.Fatalf("%v", err)
	}
	f.wantBehind("after the release failed", "next")
	f.settledAs(before, "after the release failed")
	f.must(f.variant(f.cluster, "back switch"))
	f.wantBehind("after going back", "served")
}

// TestPreviewKilledAnywhere: whenever a switch or an end of one is killed, requests have somewhere to go, no rollout takes that
// away, and the next run ends as if nothing had happened.
func TestPreviewKilledAnywhere(t *testing.T) {
	c := connect(t)
	forgetEmptied(t, c)
	playNode(t, "migrate-test-")
	served := []string{"served"}
	killAnywhere(t, []scenario{
		{"switch", served, "switch", 0, "", []string{"served", "switch"}},
		{"failed switch", served, "switch bad", 10, "", served},
		{"back", []string{"served", "switch"}, "back switch", 0, "", served},
		{"finish", []string{"served", "switch"}, "finish switch", 0, "", []string{"served", "deploy"}},
		{"finish canary", []string{"served", "canary"}, "finish canary", 0, "", []string{"served", "deploy"}},
	}, 97, func(f *fixture) {
		for _, name := range []string{"web", "side"} {
			s, err := f.cluster.typed.CoreV1().Services(f.namespace).Get(f.Context(), name, metav1.GetOptions{})
			if err != nil {
				f.Fatal(err)
			}
			if f.behindOf(name) == "" {
				f.Errorf("requests go nowhere, selector %v", s.Spec.Selector)
			}
			if s.Spec.Selector[appsv1.DefaultDeploymentUniqueLabelKey] != "" && !f.deployment().Spec.Paused {
				f.Error("a rollout would leave the Service without pods")
			}
		}
	})
}
