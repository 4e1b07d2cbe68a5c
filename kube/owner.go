package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// ownerMarks are the labels and annotations by which tools know what is theirs.
var ownerMarks = []struct{ key, owner string }{
	{"meta.helm.sh/release-name", "the Helm release %s"},
	{"helm.toolkit.fluxcd.io/name", "Flux's HelmRelease %s"},
	{"kustomize.toolkit.fluxcd.io/name", "Flux's Kustomization %s"},
	{"argocd.argoproj.io/tracking-id", "Argo CD (%s)"},
	{"argocd.argoproj.io/instance", "Argo CD's application %s"},
	{"kapp.k14s.io/app", "kapp's application %s"},
	{"applyset.kubernetes.io/part-of", "the ApplySet %s"},
}

// ownerOf names whose a live object is, empty where it is nobody's or the application's own. An object that migrate has
// applied is the application's whose releases brought it last; where none is remembered its label tells.
func (a *apply) ownerOf(ctx context.Context, live *unstructured.Unstructured) (string, error) {
	labels, annotations := live.GetLabels(), live.GetAnnotations()
	for _, mark := range ownerMarks {
		if name := labels[mark.key] + annotations[mark.key]; name != "" {
			return fmt.Sprintf(mark.owner, name), nil
		}
	}
	if by := labels["app.kubernetes.io/managed-by"]; by == "Helm" {
		return by, nil
	}
	if a.App == "" || !appliedByUs(live.GetManagedFields()) {
		return "", nil
	}
	apps, err := a.brought(ctx, a.Namespace)
	if err != nil {
		return "", err
	}
	name := apps[Object{Unstructured: live}.key()]
	if name == "" {
		name, err = a.labelled(ctx, live)
	}
	if err != nil || name == "" || name == a.App {
		return "", err
	}
	return "the application " + name + ", which migrate has applied", nil
}

// labelled is the application that the label of a live object names. An object in no namespace may bear any label in all
// environments of the application: there the releases of the namespaces that have it must bear it out.
func (a *apply) labelled(ctx context.Context, live *unstructured.Unstructured) (string, error) {
	name, borneOut := live.GetLabels()["app.kubernetes.io/name"], false
	if namespaces := namespacesOf(live); live.GetNamespace() == "" && len(namespaces) > 0 && name != "" {
		for _, namespace := range namespaces {
			apps, err := a.brought(ctx, namespace)
			if err != nil {
				return "", err
			}
			switch apps[Object{Unstructured: live}.key()] {
			case a.App:
				return a.App, nil
			case name:
				borneOut = true
			}
		}
		if !borneOut {
			return "", nil
		}
	}
	return name, nil
}

// brought says which application's releases in a namespace brought an object last, by the object's key. It is empty where
// this user may not read them.
func (a *apply) brought(ctx context.Context, namespace string) (map[string]string, error) {
	a.inventory.Lock()
	defer a.inventory.Unlock()
	if apps, known := a.inventory.apps[namespace]; known {
		return apps, nil
	}
	kept, err := a.cluster.records(ctx, namespace, "")
	if err != nil && !apierrors.IsForbidden(err) {
		return nil, fmt.Errorf("the releases in namespace %s: %w", namespace, a.cluster.advised(err))
	}
	var all []*Record
	for i := range kept {
		if r, err := readRecord(&kept[i]); err == nil && r.State != stateRolledBack { // one of another application that is broken is its own affair
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(x, y *Record) int { return x.kept.CreationTimestamp.Compare(y.kept.CreationTimestamp.Time) }) // by the server's clock
	apps := map[string]string{}
	for _, r := range all {
		for _, o := range r.objects {
			apps[o.key()] = r.kept.Labels["app.kubernetes.io/name"]
		}
	}
	a.inventory.apps[namespace] = apps
	return apps, nil
}

// namespacesAnnotation lists, on an object that is in no namespace, those whose releases brought it: the environments of an
// application may share it.
const namespacesAnnotation = "migrate/namespaces"

func namespacesOf(o *unstructured.Unstructured) []string {
	return strings.FieldsFunc(o.GetAnnotations()[namespacesAnnotation], func(r rune) bool { return r == ',' })
}

// share notes on an object that is in no namespace that this one's release has it, too.
func (a *apply) share(p *planned) {
	if !p.everywhere || neverPruned[p.GetKind()] {
		return
	}
	all := []string{a.Namespace}
	if p.live != nil {
		all = union(all, namespacesOf(p.live))
	}
	p.SetAnnotations(withAnnotation(p.GetAnnotations(), namespacesAnnotation, strings.Join(all, ",")))
}

// sharing says why an object that is in no namespace stays, empty where no other namespace's releases ever had it. Whether one
// that had it still needs it is for a person to know: a list that is made shorter here could lose whom somebody else just adds.
func (a *apply) sharing(p *planned) string {
	all := namespacesOf(p.live)
	switch others := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == a.Namespace }); {
	case !p.everywhere || neverPruned[p.GetKind()]:
		return ""
	case len(all) == 0:
		return "since it is not known who else has it: " + a.deletion(p)
	case len(others) > 0:
		return "since releases in " + strings.Join(others, ", ") + " have brought it, too; when nobody needs it any more: " + a.deletion(p)
	}
	return ""
}

// deletion is how a person deletes an object that is in no namespace.
func (a *apply) deletion(p *planned) string {
	return fmt.Sprintf("kubectl --context %s delete %s %s", a.cluster.Context, p.GetKind(), p.GetName())
}
