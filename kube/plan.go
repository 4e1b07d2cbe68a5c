package kube

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
)

// hashAnnotation tells of a release Job what it was made from, so that the same release step runs once.
const hashAnnotation = "migrate/hash"

// parallel is how many objects are asked for at once.
const parallel = 8

// planned is an object with what the server said to a dry run of it.
type planned struct {
	Object
	client dynamic.ResourceInterface
	live   *unstructured.Unstructured // nil where it isn't there
	want   *unstructured.Unstructured // what the dry run gave; nil for a release Job
	action string

	everywhere bool // it is in no namespace

	conflicts string // fields that others own, where that was only asked
	owner     string // whose it is, where that was only asked
	adopt     *adoption
	taken     bool // what was to be adopted has become migrate's
}

// plan reads every object and applies it in a dry run. It reports all that the server refuses at once.
func (a *apply) plan(ctx context.Context, objects Objects) ([]*planned, error) {
	plan := make([]*planned, len(objects))
	for i, o := range objects {
		client, err := a.resource(o)
		if err != nil {
			return nil, a.cluster.advised(err)
		}
		plan[i] = &planned{Object: o, client: client, everywhere: a.everywhere(o)}
	}
	found, problems := a.there(ctx, objects)
	each(len(plan), func(i int) {
		if problems[i] != nil {
			problems[i] = a.refused(plan[i].Object, problems[i])
			return
		}
		plan[i].live = found[plan[i].key()]
		problems[i] = a.dryRun(ctx, plan[i], objects)
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return plan, a.refusals(problems)
}

// planAgain is plan once more. What nobody has written since is not tried again.
func (a *apply) planAgain(ctx context.Context, plan []*planned, objects Objects) ([]*planned, error) {
	next := make([]*planned, len(plan))
	found, problems := a.there(ctx, objects)
	each(len(plan), func(i int) {
		live := found[plan[i].key()]
		switch next[i] = plan[i]; {
		case problems[i] != nil:
			problems[i] = a.refused(plan[i].Object, problems[i])
		case !sameVersion(plan[i].live, live):
			next[i] = &planned{Object: plan[i].Object, client: plan[i].client, everywhere: plan[i].everywhere, live: live}
			problems[i] = a.dryRun(ctx, next[i], objects)
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return next, a.refusals(problems)
}

// sameVersion says whether nothing has been written into an object between two looks, each of which may have found none.
func sameVersion(a, b *unstructured.Unstructured) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.GetUID() == b.GetUID() && a.GetResourceVersion() == b.GetResourceVersion()
}

// each calls do for all numbers below n, a few at the same time.
func each(n int, do func(i int)) {
	slots := make(chan struct{}, parallel)
	var all sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	all.Wait()
}

// refusals joins what the server refused, and says it once where every object met the same connection.
func (a *apply) refusals(problems []error) error {
	var distinct []error
	seen := map[string]bool{}
	for _, err := range problems {
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			distinct = append(distinct, err)
		}
	}
	if len(distinct) == 0 {
		return nil
	}
	changed := "nothing was changed"
	if a.result.Written > 0 { // its namespace, or definitions of kinds
		changed = "nothing else was changed"
	}
	return fmt.Errorf("the cluster would not take this; %s:\n%w", changed, errors.Join(distinct...))
}

// dryRun asks the server what would become of an object.
func (a *apply) dryRun(ctx context.Context, p *planned, all Objects) error {
	if p.live != nil {
		if err := a.claim(ctx, p); err != nil {
			return err
		}
	}
	if a.asFound != nil {
		if err := a.yields(p.Object, p.live); err != nil {
			return a.refused(p.Object, err)
		}
	}
	a.share(p)
	if p.release() {
		p.SetAnnotations(withAnnotation(p.GetAnnotations(), hashAnnotation, p.hash()))
		return a.dryRunRelease(ctx, p)
	}
	p.keepScale(all)
	a.keepTraffic(p)
	want, err := a.dryApply(ctx, p)
	if a.asking && !a.Force && apierrors.IsConflict(err) {
		p.conflicts = conflictsOf(err)
		forced := a.options(true)
		forced.Force = true
		want, err = tryApply(ctx, p.client, p.Object, forced)
	}
	if err != nil {
		return a.refused(p.Object, err)
	}
	p.want = want
	switch {
	case p.live == nil:
		p.action = created
	case p.adopt != nil:
		p.action = configured
	case same(p.live, want):
		p.action = unchanged
	default:
		p.action = configured
	}
	return nil
}

// claim finds out whether an object that is there may be written, and what of it has to be adopted.
func (a *apply) claim(ctx context.Context, p *planned) error {
	owner, err := a.ownerOf(ctx, p.live)
	if err != nil {
		return err
	}
	if owner != "" && !a.TakeOver {
		if a.asking {
			p.owner = owner
			return nil
		}
		return fmt.Errorf("%s: it belongs to %s: call yours otherwise, or take it away from there and go on with --take-over", a.at(p.Object), owner)
	}
	if !p.release() {
		p.adopt, err = a.adopts(p.live)
	}
	return err
}

func (a *apply) dryApply(ctx context.Context, p *planned) (*unstructured.Unstructured, error) {
	if p.adopt != nil {
		return a.dryAdoption(ctx, p)
	}
	return tryApply(ctx, p.client, p.Object, a.options(true))
}

// tryApply applies an object, once more where somebody wrote it at the same moment.
func tryApply(ctx context.Context, client dynamic.ResourceInterface, o Object, options metav1.ApplyOptions) (live *unstructured.Unstructured, err error) {
	err = unhindered(func() error {
		live, err = client.Apply(ctx, o.GetName(), o.Unstructured, options)
		return err
	})
	return live, err
}

// unhindered does what asks for no certain version of an object, once more where somebody wrote it at the same moment.
func unhindered(do func() error) error {
	for tries := 0; ; tries++ {
		err := do()
		if !apierrors.IsConflict(err) || conflictsOf(err) != "" || tries == 5 {
			return err
		}
	}
}

// dryRunRelease tries a release Job under another name where one of its name is there already: a Job can't be changed,
// it is replaced.
func (a *apply) dryRunRelease(ctx context.Context, p *planned) error {
	p.action = created
	trial := p.Object.copy()
	if p.live != nil {
		p.action = configured
		if sameRelease(p) && jobState(p.live) == jobComplete {
			p.action = unchanged
			return nil
		}
		trial.SetName(strings.TrimRight(p.GetName()[:min(len(p.GetName()), 50)], "-.") + "-dry-run")
	}
	_, err := tryApply(ctx, p.client, trial, a.options(true))
	if err != nil {
		return a.refused(p.Object, err)
	}
	return nil
}

// sameRelease says whether the Job that is there was made from the same as the one that is wanted.
func sameRelease(p *planned) bool {
	hash := p.GetAnnotations()[hashAnnotation]
	return hash != "" && p.live.GetAnnotations()[hashAnnotation] == hash
}

func (a *apply) options(dry bool) metav1.ApplyOptions {
	o := metav1.ApplyOptions{FieldManager: Manager, Force: a.Force}
	if dry {
		o.DryRun = []string{metav1.DryRunAll}
	}
	return o
}

// hash is over what a Job runs, in the form of its Go type, so that 0.5 and 500m are the same. It is empty, which fits no
// other, where the Job isn't one; the server says so then.
func (p *planned) hash() string {
	var job batchv1.Job
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(p.Object.Object, &job); err != nil {
		return ""
	}
	text, err := json.Marshal(job.Spec)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}

func withAnnotation(annotations map[string]string, name, value string) map[string]string {
	all := map[string]string{}
	for k, v := range annotations {
		all[k] = v
	}
	all[name] = value
	return all
}

// keepScale leaves the number of pods to a HorizontalPodAutoscaler among the objects, by asking for what it has set.
func (p *planned) keepScale(all Objects) {
	if p.live == nil {
		return
	}
	for _, o := range all {
		target := child(o.Object, "spec", "scaleTargetRef")
		if o.GetKind() != "HorizontalPodAutoscaler" || target["kind"] != p.GetKind() || target["name"] != p.GetName() {
			continue
		}
		if replicas, found, err := unstructured.NestedInt64(p.live.Object, "spec", "replicas"); err == nil && found {
			child(p.Object.Object, "spec")["replicas"] = replicas
		}
	}
}

// same says whether a dry run would leave an object as it is: what the server counts and stamps, and the status, aside.
func same(live, want *unstructured.Unstructured) bool {
	return reflect.DeepEqual(plain(live), plain(want))
}

func plain(u *unstructured.Unstructured) map[string]any {
	m := u.DeepCopy().Object
	delete(m, "status")
	metadata := child(m, "metadata")
	for _, field := range []string{"resourceVersion", "generation"} {
		delete(metadata, field)
	}
	var ours []any // other managers may write meanwhile
	for _, f := range maps(metadata["managedFields"]) {
		if f["manager"] == Manager {
			delete(f, "time")
			ours = append(ours, f)
		}
	}
	metadata["managedFields"] = ours
	return m
}

// at names an object with its place in the repository.
func (a *apply) at(o Object) string {
	if o.File == "" {
		return o.ID()
	}
	return place{o.File, o.Line}.String() + ": " + o.ID()
}
