package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Gate judges a release that is ready, before it is kept: what it finds wrong undoes the release. It tells of each thing that
// it looks at through say.
type Gate func(ctx context.Context, c *Cluster, say func(object, text string)) []Failure

// GateWay is by what way a Gate asks: not everybody may go each.
type GateWay int

// The ways of a Gate.
const (
	GateOutside GateWay = iota // by itself
	GateTunnels                // through tunnels to pods
	GateTasks                  // by tasks in the cluster
	GateSecrets                // by tasks that get values of secrets
)

func (w GateWay) rights() []right {
	switch w {
	case GateTunnels:
		return []right{tunnelling}
	case GateTasks, GateSecrets:
		return tasking(w == GateSecrets)
	}
	return nil
}

// GateTime is what a gate may take.
const GateTime = 2 * time.Minute

// deliver executes a plan and lets the gate judge what came of it. Whatever keeps the gate from a judgement counts as one
// against the release: an error, its time, its own death.
func (a *apply) deliver(ctx context.Context, plan []*planned, record *Record) error {
	if slices.ContainsFunc(plan, func(p *planned) bool { return p.action != unchanged }) {
		a.emit("", "stage", "write")
	}
	if err := a.execute(ctx, plan, record); err != nil || a.Gate == nil {
		return err
	}
	a.emit("", "stage", "smoke tests")
	bounded, stop := context.WithTimeout(ctx, GateTime)
	defer stop()
	failures := a.judged(bounded)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err() // stopped from outside: the next run asks again
	case bounded.Err() != nil:
		failures = append(failures, Failure{Workload: "Smoke tests", Reason: "SmokeTimeout", Cause: "they did not come to an end in time",
			Fix: fmt.Sprintf("they have %s, and no more than what is left of --timeout: see which check hangs", GateTime)})
	}
	if len(failures) == 0 {
		return nil
	}
	for i := range failures {
		a.redact.failure(&failures[i])
	}
	a.result.Ready = false
	return a.notReady(failures, 0)
}

// judged asks the gate. A gate that dies has found a failure.
func (a *apply) judged(ctx context.Context) (failures []Failure) {
	defer func() {
		if died := recover(); died != nil {
			failures = []Failure{{Workload: "Smoke tests", Reason: "SmokeDied", Cause: fmt.Sprint("they ended by a mistake of their own: ", died),
				Fix: "report it; --no-smoke goes on without them"}}
		}
	}()
	return a.Gate(ctx, a.cluster, func(object, text string) { a.emit(object, "smoke", text) })
}
