//go:build e2e

package kube

import (
	"context"
	"errors"
	"testing"
)

// The gate decides over a release that is ready: what it refuses is undone, after why has been told, and what it was kept
// from judging is asked again.
func TestGateDecides(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	asked, refuse := 0, false
	var told []Failure
	apply := func(ctx context.Context, tag string) (*Result, error) {
		o := f.options()
		o.App, o.Tag = "ledger", tag
		o.Failed = func(failures []Failure) {
			told = failures
			if got := f.deployment().Spec.Template.Spec.Containers[0].Image; got != "local/hello:"+tag {
				t.Errorf("when the failure is told, %s runs already", got)
			}
		}
		o.Gate = func(ctx context.Context, _ *Cluster, _ func(string, string)) []Failure {
			if asked++; refuse {
				return []Failure{{Workload: "Service web", Reason: "SmokeFailed", Cause: "1 of 2 failed"}}
			}
			return nil
		}
		return f.cluster.Apply(ctx, f.render(tag), o)
	}
	f.must(apply(t.Context(), "v1"))
	f.must(apply(t.Context(), "v1"))
	if asked != 1 {
		t.Errorf("asked %d times; an apply that changes nothing has nothing to judge", asked)
	}
	refuse = true
	_, err := apply(t.Context(), "v2")
	var back *RolledBack
	if !errors.As(err, &back) || len(told) != 1 || told[0].Reason != "SmokeFailed" {
		t.Fatalf("%v, told %+v", err, told)
	}
	if got := states(f.history()); got != "v2 rolled back; v1 ready; " || asked != 2 {
		t.Errorf("history %s, asked %d times", got, asked)
	}
	refuse = false
	ctx, stop := context.WithCancel(t.Context())
	stopped := f.options()
	stopped.App, stopped.Tag = "ledger", "v3"
	stopped.Gate = func(context.Context, *Cluster, func(string, string)) []Failure { stop(); return nil } // as a run that is killed
	if _, err := f.cluster.Apply(ctx, f.render("v3"), stopped); err == nil {
		t.Error("kept by a run that was stopped in its smoke tests")
	}
	f.must(apply(t.Context(), "v3"))
	if got := states(f.history()); got[:9] != "v3 ready;" || asked != 3 {
		t.Errorf("history %s, asked %d times", got, asked)
	}
}
