//go:build e2e

package kube

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// releases applies as the release of an application.
func (f *fixture) release(tag string) (*Result, error) {
	f.Helper()
	o := f.options()
	o.App, o.Tag = "ledger", tag
	return f.cluster.Apply(f.Context(), f.render(tag), o)
}

func (f *fixture) history() []*Record {
	f.Helper()
	all, err := f.cluster.History(f.Context(), f.namespace, "ledger")
	if err != nil {
		f.Fatal(err)
	}
	return all
}

func states(all []*Record) string {
	var b strings.Builder
	for _, r := range all {
		b.WriteString(r.Tag + " " + r.State + "; ")
	}
	return b.String()
}

func (f *fixture) deployment() *appsv1.Deployment {
	f.Helper()
	d, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Get(f.Context(), "web", metav1.GetOptions{})
	if err != nil {
		f.Fatal(err)
	}
	return d
}

func TestReleaseIsRemembered(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	if got := states(f.history()); got != "v1 ready; " {
		t.Errorf("history: %s", got)
	}
	second := f.must(f.release("v1"))
	if second.Written != 0 || len(f.history()) != 1 {
		t.Errorf("the same once more: %v, %s", actions(second), states(f.history()))
	}
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "")
	third := actions(f.must(f.release("v2")))
	if third["CronJob tidy"] != deleted || third["Deployment web"] != configured {
		t.Errorf("without the CronJob: %v", third)
	}
	if again := f.must(f.release("v2")); again.Written != 0 || len(f.history()) != 2 {
		t.Errorf("the same once more, after something was deleted: %v, %s", actions(again), states(f.history()))
	}
	if got := states(f.history()); got != "v2 ready; v1 ready; " {
		t.Errorf("history: %s", got)
	}
	configMaps, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "!" + recordLabel})
	hashed := 0
	for _, m := range configMaps.Items {
		if strings.HasPrefix(m.Name, "ledger-") {
			hashed++
		}
	}
	if err != nil || hashed != 2 {
		t.Errorf("%d ConfigMaps of ledger, %v: the one of the release before has to stay", hashed, err)
	}
	for _, r := range f.history() {
		for _, o := range r.objects {
			if _, data := o.Object["data"]; data && o.is("", "Secret") {
				t.Errorf("release %d remembers values", r.Number)
			}
		}
	}
	leases, err := f.cluster.typed.CoordinationV1().Leases(f.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(leases.Items) != 0 {
		t.Errorf("leases %v %v", leases.Items, err)
	}
}

func TestOnlySoManyAreRemembered(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	for _, tag := range []string{"v1", "v2", "v3", "v4", "v5", "v6", "v7"} {
		f.must(f.release(tag))
	}
	if got := states(f.history()); got != "v7 ready; v6 ready; v5 ready; v4 ready; v3 ready; " {
		t.Errorf("history: %s", got)
	}
}

func TestFailedReleaseIsRolledBack(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	before := f.deployment()
	f.play("web", badImage) // for the pods to come
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - more.yaml\n")
	f.files["kube/base/more.yaml"] = f.files["kube/base/service.yaml"]
	f.change("kube/base/more.yaml", "name: web", "name: more")
	result, err := f.release("v2")
	var back *RolledBack
	var notReady *NotReady
	if !errors.As(err, &back) || back.To.Number != 1 || !errors.As(err, &notReady) || result.RolledBack != 1 {
		t.Fatalf("%v", err)
	}
	if got := states(f.history()); got != "v2 rolled back; v1 ready; " {
		t.Errorf("history: %s", got)
	}
	after := f.deployment()
	if !reflect.DeepEqual(before.Spec, after.Spec) {
		t.Errorf("before %+v\nafter %+v", before.Spec, after.Spec)
	}
	if _, err := f.cluster.typed.CoreV1().Services(f.namespace).Get(t.Context(), "more", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("what the failed release brought is there: %v", err)
	}
	if _, err := f.cluster.typed.BatchV1().CronJobs(f.namespace).Get(t.Context(), "tidy", metav1.GetOptions{}); err != nil {
		t.Errorf("what the failed release lacked is gone: %v", err)
	}
}

func TestNothingToGoBackTo(t *testing.T) {
	f := newFixture(t)
	f.play("web", badImage)
	_, err := f.release("v1")
	var back *RolledBack
	var notReady *NotReady
	if errors.As(err, &back) || !errors.As(err, &notReady) {
		t.Errorf("%v", err)
	}
	if got := states(f.history()); got != "v1 failed; " {
		t.Errorf("history: %s", got)
	}
}

func TestRollback(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	first := f.deployment()
	f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	f.must(f.release("v2"))
	o := f.options()
	o.App = "ledger"
	result, to, err := f.cluster.Rollback(t.Context(), 0, o)
	if err != nil || to.Tag != "v1" || !result.Ready {
		t.Fatalf("%+v %v", to, err)
	}
	if now := f.deployment(); !reflect.DeepEqual(first.Spec, now.Spec) {
		t.Errorf("was %+v\nis %+v", first.Spec, now.Spec)
	}
	if h := f.history(); states(h) != "v1 ready; v2 ready; v1 ready; " || h[0].Note != "back to 1" {
		t.Errorf("history: %s", states(h))
	}
	if _, _, err := f.cluster.Rollback(t.Context(), 9, o); err == nil || !strings.Contains(err.Error(), "release 9 is not remembered") {
		t.Errorf("%v", err)
	}
}

func TestOneAtATime(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	lease, _, err := f.cluster.acquire(t.Context(), f.namespace, "ledger")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	result, err := f.release("v2")
	var locked *Locked
	if !errors.As(err, &locked) || locked.Holder != holder() || result.Written != 0 {
		t.Errorf("while it is held: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s to say so", took)
	}
	second := f.must(f.release("v1"))
	if second.Written != 0 {
		t.Errorf("what changes nothing needs no lock: %v", actions(second))
	}

	// Its holder dies: nobody gives it back, and time passes.
	lease.end()
	<-lease.over
	live, err := lease.client.Get(t.Context(), lease.name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	old := metav1.NewMicroTime(live.Spec.RenewTime.Add(-time.Minute))
	live.Spec.RenewTime = &old
	if _, err := lease.client.Update(t.Context(), live, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	f.must(f.release("v2"))
	if lease.release(); len(f.history()) != 2 {
		t.Errorf("history: %s", states(f.history()))
	}
}

// TestLeaseIsGivenBackAgain: one refusal does not leave the lock to those who come after until it ends by itself.
func TestLeaseIsGivenBackAgain(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	refused := 0
	once := connectThrough(t, &faulty{hurt: func(_ int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if r.Method == http.MethodDelete && refused == 0 {
			refused++
			return refuses(403, metav1.StatusReasonForbidden, "is forbidden")(r, next)
		}
		return next.RoundTrip(r)
	}})
	first, _, err := once.acquire(t.Context(), f.namespace, "ledger")
	if err != nil {
		t.Fatal(err)
	}
	first.release()
	second, _, err := f.cluster.acquire(t.Context(), f.namespace, "ledger")
	if err != nil || refused != 1 {
		t.Fatalf("%d refused: %v", refused, err)
	}
	second.release()
}

// TestLostLeaseStopsWriting: a holder that slept finds its lease taken, and writes nothing more.
func TestLostLeaseStopsWriting(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.must(f.release("v1"))
	lease, ctx, err := f.cluster.acquire(t.Context(), f.namespace, "ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer lease.release()
	a := newApply(f.cluster, f.options())
	a.App, a.Tag = "ledger", "v2"
	lease.mu.Lock()
	lease.renewed = time.Now().Add(-f.cluster.pace.safe) // it slept
	lease.mu.Unlock()
	objects := f.render("v2")
	if err := a.mapped(objects); err != nil {
		t.Fatal(err)
	}
	plan, err := a.plan(t.Context(), objects)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.execute(ctx, plan, nil); !errors.Is(err, errLeaseLost) || a.result.Written != 0 {
		t.Errorf("%v, %d written", err, a.result.Written)
	}
}

func TestDiff(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	o := f.options()
	o.App = "ledger"
	all, err := f.cluster.Diff(t.Context(), f.render("v1"), o)
	if err != nil || len(all) == 0 || all[0].Action != created {
		t.Fatalf("before the first apply: %v %v", all, err)
	}
	if _, err := f.cluster.typed.CoreV1().Namespaces().Get(t.Context(), f.namespace, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("a diff made the namespace: %v", err)
	}
	f.must(f.release("v1"))
	if all, err = f.cluster.Diff(t.Context(), f.render("v1"), o); err != nil || len(all) != 0 {
		t.Errorf("after it: %+v %v", all, err)
	}
	// Somebody else takes a field over.
	patch := []byte(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"minReadySeconds":7}}`)
	if _, err := f.cluster.typed.AppsV1().Deployments(f.namespace).Patch(t.Context(), "web", types.ApplyPatchType, patch, metav1.PatchOptions{FieldManager: "somebody"}); err != nil {
		t.Fatal(err)
	}
	f.change("kube/base/web.yaml", "spec:\n", "spec:\n  minReadySeconds: 3\n")
	f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "")
	generation := f.deployment().Generation
	all, err = f.cluster.Diff(t.Context(), f.render("v2"), o)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Difference{}
	for _, d := range all {
		found[d.Kind+" "+d.Name] = d
	}
	web := found["Deployment web"]
	if web.Action != configured || !strings.Contains(web.Conflicts, "minReadySeconds (somebody)") || found["CronJob tidy"].Action != deleted || len(all) != 2 {
		t.Errorf("%+v", all)
	}
	fields := map[string]string{}
	for _, c := range web.Changes {
		fields[c.Field] = c.Old + " -> " + c.New
	}
	if fields["spec.minReadySeconds"] != "7 -> 3" || fields["spec.template.spec.containers[web].image"] != "local/hello:v1 -> local/hello:v2" {
		t.Errorf("%v", fields)
	}
	if f.deployment().Generation != generation {
		t.Error("a diff wrote something")
	}
}
