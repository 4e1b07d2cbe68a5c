package kube

import (
	"context"
	"fmt"
	"time"
)

// pods is how many pods a preview gets beside so many.
func (b Beside) pods(beside int64) int64 {
	if b.Kind == Switch {
		return beside
	}
	percent := int64(b.Percent)
	return max(1, (percent*beside+99-percent)/(100-percent))
}

// prove looks at a preview that runs for some time: none of its containers may start anew.
func (a *apply) prove(ctx context.Context, p *Preview, d time.Duration) error {
	a.emit("", "stage", fmt.Sprintf("watch it for %s", d))
	w := newWatch(a.cluster, a.redact)
	for end := time.Now().Add(d); ; {
		verdicts, err := w.round(ctx, a, Objects{p.own})
		if err != nil {
			return err
		}
		failures := w.doomed(ctx, verdicts)
		for _, v := range verdicts {
			failures = append(failures, w.withEvidence(ctx, v.view, restarted(v.view))...)
		}
		last := time.Now().After(end)
		if last && len(failures) == 0 && pending(verdicts) > 0 {
			failures = []Failure{{Workload: p.own.ID(), Reason: "NotReady", Cause: verdicts[0].text, Fix: "look at it with kubectl describe"}}
		}
		if len(failures) > 0 {
			return a.notReady(failures, 0)
		}
		if last {
			return nil
		}
		if err := pause(ctx, a.cluster.pace.look); err != nil {
			return err
		}
	}
}

// restarted are the containers of a workload that have started anew.
func restarted(v view) []Failure {
	var all []Failure
	for _, pod := range v.pods {
		for _, s := range pod.Status.ContainerStatuses {
			if s.RestartCount > 0 {
				all = append(all, Failure{Workload: v.object.ID(), Reason: "Restarted", Pod: pod.Name, Container: s.Name,
					Cause: fmt.Sprintf("it ran and ended, and was started anew (%d times)", s.RestartCount), Fix: "see its last lines before that"})
			}
		}
	}
	return distinct(all)
}
