package kube

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// byHand are the field managers of people who applied with kubectl. What they own is taken over without asking, so that a
// field which the files no longer have really goes: kubectl's fields would stay for ever.
var byHand = []string{"kubectl-client-side-apply", "before-first-apply", "kubectl-create", "kubectl"}

// byTool are those of tools that keep what they applied. It is theirs until somebody says otherwise.
var byTool = []string{"helm", "Go-http-client", "argocd-controller", "argocd-application-controller", "kustomize-controller", "helm-controller", "kapp-server"}

// lastApplied is kubectl's own note of what it applied.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// adopted are the managed fields of an object after migrate has taken over those of others. It is nil where there is nothing
// to take over.
func adopted(fields []metav1.ManagedFieldsEntry, from []string) ([]metav1.ManagedFieldsEntry, error) {
	theirs := func(f metav1.ManagedFieldsEntry) bool { return f.Subresource == "" && slices.Contains(from, f.Manager) }
	if !slices.ContainsFunc(fields, theirs) {
		return nil, nil
	}
	mine := metav1.ManagedFieldsEntry{}
	var rest []metav1.ManagedFieldsEntry
	union := fieldpath.NewSet()
	for _, f := range fields {
		ours := f.Manager == Manager && f.Operation == metav1.ManagedFieldsOperationApply && f.Subresource == ""
		if !ours && !theirs(f) {
			rest = append(rest, f)
			continue
		}
		if mine.Manager == "" || ours {
			mine = f
		}
		if f.FieldsV1 == nil {
			continue
		}
		var set fieldpath.Set
		if err := set.FromJSON(f.FieldsV1.GetRawReader()); err != nil {
			return nil, err
		}
		union = union.Union(&set)
	}
	text, err := union.ToJSON()
	mine.Manager, mine.Operation, mine.FieldsV1 = Manager, metav1.ManagedFieldsOperationApply, metav1.NewFieldsV1(string(text))
	return append([]metav1.ManagedFieldsEntry{mine}, rest...), err
}

// adoption is what a plan says of an object that others have applied before.
type adoption struct {
	fields []metav1.ManagedFieldsEntry
	was    *unstructured.Unstructured // what they had applied
	from   string                     // who they are
}

// adoptable are the field managers whose fields become migrate's.
func (a *apply) adoptable() []string {
	if a.TakeOver {
		return slices.Concat(byHand, byTool)
	}
	return byHand
}

// adopts looks for what others have applied of a live object.
func (a *apply) adopts(live *unstructured.Unstructured) (*adoption, error) {
	from := a.adoptable()
	fields, err := adopted(live.GetManagedFields(), from)
	if err != nil || fields == nil {
		return nil, err
	}
	var names []string
	for _, f := range live.GetManagedFields() {
		if slices.Contains(from, f.Manager) && !slices.Contains(names, f.Manager) {
			names = append(names, f.Manager)
		}
	}
	taken := live.DeepCopy()
	taken.SetManagedFields(fields)
	was := owned(taken)
	annotations := was.GetAnnotations()
	delete(annotations, lastApplied)
	was.SetAnnotations(annotations)
	return &adoption{fields, was, strings.Join(names, ", ")}, nil
}

// dryAdoption is what an object becomes that is adopted: the server can't be asked for both steps at once. Fields that only
// others had applied go, or become what they would be on a new object.
func (a *apply) dryAdoption(ctx context.Context, p *planned) (*unstructured.Unstructured, error) {
	options := a.options(true)
	want, err := tryApply(ctx, p.client, p.Object, options)
	if conflicts := conflictsOf(err); conflicts != "" && !a.Force {
		for _, c := range strings.Split(conflicts, ", ") {
			if !slices.ContainsFunc(strings.Split(p.adopt.from, ", "), func(name string) bool { return strings.HasSuffix(c, " ("+name+")") }) {
				return nil, err
			}
		}
		options.Force = true
		want, err = tryApply(ctx, p.client, p.Object, options)
	}
	if err != nil {
		return nil, err
	}
	fresh := p.copy()
	fresh.SetName(strings.TrimRight(p.GetName()[:min(len(p.GetName()), 50)], "-.") + "-dry-run")
	anew, err := tryApply(ctx, p.client, fresh, a.options(true))
	if err != nil {
		return want, nil // what it would show is only that some fields go
	}
	applied := owned(want)
	for key, value := range p.adopt.was.Object {
		if key == "spec" || key == "data" {
			want.Object[key] = become(value, applied.Object[key], want.Object[key], anew.Object[key])
		}
	}
	annotations := want.GetAnnotations()
	delete(annotations, lastApplied)
	want.SetAnnotations(annotations)
	return want, nil
}

// become is what a field becomes that was applied by others: what is applied now, or else what a new object has there, which
// may be nothing.
func become(was, applied, want, anew any) any {
	wasMap, isMap := was.(map[string]any)
	wantMap, stays := want.(map[string]any)
	if !isMap || !stays {
		if applied != nil {
			return want
		}
		return anew
	}
	appliedMap, _ := applied.(map[string]any)
	anewMap, _ := anew.(map[string]any)
	for key, value := range wasMap {
		next := become(value, appliedMap[key], wantMap[key], anewMap[key])
		if next == nil {
			delete(wantMap, key)
		} else if !reflect.DeepEqual(next, wantMap[key]) {
			wantMap[key] = next
		}
	}
	return wantMap
}

// take makes what others have applied of an object migrate's own. Nothing else of it changes.
func (a *apply) take(ctx context.Context, p *planned) error {
	patch, err := json.Marshal([]map[string]any{
		{"op": "replace", "path": "/metadata/managedFields", "value": p.adopt.fields},
		{"op": "replace", "path": "/metadata/resourceVersion", "value": p.live.GetResourceVersion()}, // a conflict if somebody wrote it since
	})
	if err != nil {
		return err
	}
	live, err := p.client.Patch(ctx, p.GetName(), types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: Manager})
	if err != nil {
		return err
	}
	p.live, p.taken = live, true
	return nil
}

// before puts what others had applied on record, as a release to go back to, where there is none yet.
func (a *apply) before(ctx context.Context, plan []*planned, earlier []*Record) ([]*Record, error) {
	var objects Objects
	for _, p := range plan {
		if p.adopt != nil && !p.release() {
			o := p.copy()
			o.Unstructured = p.adopt.was
			objects = append(objects, o)
		}
	}
	if len(objects) == 0 || lastReady(earlier) != nil {
		return earlier, nil
	}
	tag := a.Tag
	a.Tag = "before"
	r, err := a.open(ctx, objects, earlier, "what others had applied")
	if a.Tag = tag; err == nil {
		err = a.mark(ctx, r, stateReady)
	}
	return append([]*Record{r}, earlier...), err
}
