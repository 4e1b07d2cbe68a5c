package kube

import (
	"context"
	"fmt"
	"slices"
)

// DestroyOptions say what is deleted.
type DestroyOptions struct {
	Namespace   string
	App         string
	Environment string // see ApplyOptions
	Data        bool   // volume claims and definitions of kinds too, as far as migrate has applied them
	Events      func(Event)
	// Agreed is asked with everything that would be deleted, before anything is. Without it nothing is deleted.
	Agreed func(objects []Outcome) (bool, error)
}

// Destroy deletes everything that the releases of an application have brought, with their records: what migrate has applied
// and nobody else's. What holds data stays, and is told, unless Data says otherwise.
func (c *Cluster) Destroy(ctx context.Context, o DestroyOptions) (*Result, error) {
	a := newApply(c, ApplyOptions{Namespace: o.Namespace, App: o.App, Environment: o.Environment, Events: o.Events})
	ctx, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	err := a.destroy(ctx, o)
	a.warn()
	return a.result, err
}

func (a *apply) destroy(ctx context.Context, o DestroyOptions) error {
	if err := a.cluster.discover(ctx); err != nil {
		return err
	}
	earlier, remains, err := a.destroyable(ctx, o, true)
	if err != nil {
		return err
	}
	if len(earlier) == 0 {
		return fmt.Errorf("namespace %s of cluster %s remembers no release of %s: there is nothing of migrate's to delete", a.Namespace, a.cluster.Context, a.App)
	}
	outcomes := []Outcome{}
	for _, p := range remains {
		outcomes = append(outcomes, Outcome{p.GetKind(), p.GetName(), p.GetNamespace(), deleted})
	}
	if agreed, err := o.Agreed(outcomes); err != nil || !agreed {
		return err
	}
	lease, inner, err := a.cluster.acquire(ctx, a.Namespace, a.App)
	if err != nil {
		return a.cluster.advised(err)
	}
	defer lease.release()
	if earlier, remains, err = a.destroyable(inner, o, false); err != nil {
		return err
	}
	for _, p := range remains { // what was not there when somebody agreed to it stays
		if !slices.Contains(outcomes, Outcome{p.GetKind(), p.GetName(), p.GetNamespace(), deleted}) {
			return fmt.Errorf("%s has come since you were asked: run it again", p.ID())
		}
	}
	if err := a.prune(inner, remains); err != nil {
		return err
	}
	return a.forget(inner, earlier)
}

// destroyable are the releases of the application, and what they brought and is there. tell names what of it stays.
func (a *apply) destroyable(ctx context.Context, o DestroyOptions, tell bool) ([]*Record, []*planned, error) {
	earlier, err := a.history(ctx)
	if err != nil {
		return nil, nil, err
	}
	remains, err := a.leftBehind(ctx, leftover(nil, nil, earlier), tell, o.Data)
	if err != nil {
		return nil, nil, err
	}
	previews, err := a.previewObjects(ctx, "")
	return earlier, append(remains, previews...), err
}

// Running is the release that runs: the last that was ready. It is nil where none is remembered.
func (c *Cluster) Running(ctx context.Context, namespace, app string) (*Record, error) {
	earlier, err := c.History(ctx, namespace, app)
	if err != nil {
		return nil, err
	}
	return lastReady(earlier), nil
}
