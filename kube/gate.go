package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// SmokeFailed is the Reason of a Failure whose Workload is a Service that answers its checks otherwise than they expect.
const SmokeFailed = "SmokeFailed"

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
	if err := a.execute(ctx, plan, record); err != nil {
		return err
	}
	return a.pass(ctx)
}

// pass lets the gate judge what is ready.
func (a *apply) pass(ctx context.Context) error {
	if a.Gate == nil {
		return nil
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
		a.fromService(ctx, &failures[i])
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

const (
	serviceLines = 400 // of a pod's log that are read, as one error may bring a long trace
	serviceShown = 5
)

// errorLine is a line in which programs tell of an error; traceLine one of the many below it.
var (
	errorLine = pattern.MustCompile(`(?i)\b(?:\w*error|\w*exception|fatal|panic|failed|critical)\b`)
	traceLine = pattern.MustCompile(`^\s*(?:#\d+|at |from |File "|\[stacktrace\]|\^)`)
)

// fromService adds to failed checks of a Service what a pod behind it writes of errors: its answer seldom says why.
func (a *apply) fromService(ctx context.Context, f *Failure) {
	name, ok := strings.CutPrefix(f.Workload, "Service ")
	if !ok || f.Reason != SmokeFailed || a.cluster == nil || a.redact == nil || a.redact.blind {
		return
	}
	door, err := a.cluster.Door(ctx, a.Namespace, name)
	if err != nil {
		return
	}
	w := newWatch(a.cluster, a.redact)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: a.Namespace, Name: door.Pod}}
	f.fromErrors(door.Pod, w.tail(ctx, pod, door.container(), false, serviceLines))
}

// fromErrors takes the lines of a pod's log that tell of errors, and what they usually mean.
func (f *Failure) fromErrors(pod string, lines []string) {
	var told []string
	for _, line := range lines {
		if errorLine.MatchString(line) && !traceLine.MatchString(line) {
			if r := []rune(line); len(r) > 300 {
				line = string(r[:300]) + "..."
			}
			told = append(told, line)
		}
	}
	if len(told) == 0 {
		return
	}
	told = told[max(0, len(told)-serviceShown):]
	if cause, fix, ok := meaning(told); ok {
		f.Cause, f.Fix = f.Cause+": "+cause, fix
	}
	f.Log = append(f.Log, "pod "+pod+" wrote:")
	for _, line := range told {
		f.Log = append(f.Log, "      "+line)
	}
}
