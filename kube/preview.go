package kube

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// previewMark is a label of all objects of a preview and of its pods, whose value is its name; as an annotation of its
// Deployment it says what it is a preview of.
const previewMark = "migrate/preview"

// PreviewKind is for what a preview was made.
type PreviewKind string

// The kinds of a Preview.
const (
	Switch PreviewKind = "switch" // it gets no request, then all of them at once
	Canary PreviewKind = "canary" // it gets its share from the start
)

// Preview is a new image beside a workload that runs: a Deployment of its own, whose pods bear the workload's labels and one
// more. There is one from before the first thing that a switch or a canary does until after the last.
type Preview struct {
	Name     string      `json:"name"`
	Workload string      `json:"workload"` // the Deployment that it is a preview of
	Kind     PreviewKind `json:"kind"`
	Tag      string      `json:"tag"`
	Commit   string      `json:"commit,omitempty"`
	By       string      `json:"by"`
	Since    time.Time   `json:"since"`
	Pods     int64       `json:"pods"`    // that it wants
	Beside   int64       `json:"beside"`  // pods that the workload wants
	Traffic  Traffic     `json:"traffic"` // where the workload's Services lead

	images map[string]string // with which it was begun, see Deploy
	own    Object            // its Deployment
}

// Standing is the error of a change that a preview stands in the way of.
type Standing struct {
	Preview     Preview
	Environment string
	Why         string // in place of what to do, where that is known better
}

func (e *Standing) Error() string {
	p := e.Preview
	said := fmt.Sprintf("a %s of %s to %s stands since %s (by %s), and nothing was changed: ", p.Kind, p.Workload, p.Tag, p.Since.UTC().Format(time.RFC3339), p.By)
	if e.Why != "" {
		return said + e.Why
	}
	return said + "end it first, " + p.Ends(e.Environment)
}

// Ends are the two commands that end a preview.
func (p Preview) Ends(env string) string {
	return fmt.Sprintf("with migrate kube %s --finish --env %s, which makes %s the release, or with migrate kube %s --back --env %s, which takes it away", p.Kind, env, p.Tag, p.Kind, env)
}

// Text says in a line what a preview is and who gets the requests.
func (p Preview) Text() string {
	text := fmt.Sprintf("%s of %s to %s since %s, by %s: %s", p.Kind, p.Workload, p.Tag, p.Since.UTC().Format(time.RFC3339), p.By, pods(p.Pods))
	switch {
	case p.Traffic == TrafficPreview:
		return text + ", which get all requests"
	case p.Traffic == TrafficHeld || p.Pods == 0:
		return text + ", which get no requests yet"
	}
	return fmt.Sprintf("%s beside %d, which get about %d %% of the requests", text, p.Beside, p.Share())
}

// Share is the part of the requests, in per cent, that the pods of a preview get where Services lead to all.
func (p Preview) Share() int {
	if p.Pods+p.Beside == 0 {
		return 0
	}
	return int(math.Round(100 * float64(p.Pods) / float64(p.Pods+p.Beside)))
}

func pods(n int64) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

// PreviewName is that of the preview of a Deployment or a Service.
func PreviewName(name string) string {
	const suffix, most = "-next", 63
	if len(name)+len(suffix) <= most {
		return name + suffix
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:most-len(suffix)-9], "-.") + "-" + hex.EncodeToString(sum[:])[:8] + suffix
}

// previewNote is what the annotation of a preview says.
type previewNote struct {
	Workload string            `json:"workload"`
	Kind     PreviewKind       `json:"kind"`
	Tag      string            `json:"tag"`
	Commit   string            `json:"commit,omitempty"`
	By       string            `json:"by"`
	Images   map[string]string `json:"images"`
}

// Previews are those of an application that stand in its namespace, sorted by name.
func (c *Cluster) Previews(ctx context.Context, namespace, app string) ([]Preview, error) {
	if err := c.discover(ctx); err != nil {
		return nil, err
	}
	a := newApply(c, ApplyOptions{Namespace: namespace, App: app})
	all, err := a.previews(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		p := &all[i]
		live, err := c.typed.AppsV1().Deployments(namespace).Get(ctx, p.Workload, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, c.advised(err)
		}
		p.Beside = wanted(live)
		lead, err := a.doors(ctx, live.Spec.Template.Labels)
		if err != nil {
			return nil, err
		}
		p.Traffic = lead.traffic(p.Name)
	}
	return all, nil
}

// previews are those that stand, without what is to be asked of their workloads.
func (a *apply) previews(ctx context.Context) ([]Preview, error) {
	list, err := a.cluster.typed.AppsV1().Deployments(a.Namespace).List(ctx,
		metav1.ListOptions{LabelSelector: previewMark + ",app.kubernetes.io/managed-by=" + Manager + ",app.kubernetes.io/name=" + a.App})
	if err != nil {
		return nil, fmt.Errorf("the previews of %s: %w", a.App, a.cluster.advised(err))
	}
	var all []Preview
	for i := range list.Items {
		p, err := readPreview(&list.Items[i])
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y Preview) int { return strings.Compare(x.Name, y.Name) })
	return all, nil
}

func readPreview(live *appsv1.Deployment) (Preview, error) {
	var note previewNote
	if err := json.Unmarshal([]byte(live.Annotations[previewMark]), &note); err != nil {
		return Preview{}, fmt.Errorf("the preview %s: its annotation %s: %w; delete the Deployment, if its pods get no requests", live.Name, previewMark, err)
	}
	live.SetGroupVersionKind(appsv1.SchemeGroupVersion.WithKind("Deployment"))
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(live)
	return Preview{Name: live.Name, Workload: note.Workload, Kind: note.Kind, Tag: note.Tag, Commit: note.Commit, By: note.By, Since: live.CreationTimestamp.Time,
		Pods: wanted(live), images: note.Images, own: Object{Unstructured: &unstructured.Unstructured{Object: content}}}, err
}

// wanted is how many pods a Deployment wants.
func wanted(d *appsv1.Deployment) int64 {
	if d.Spec.Replicas == nil {
		return 1
	}
	return int64(*d.Spec.Replicas)
}

// is says whether two looks have found the same preview.
func (p *Preview) is(other *Preview) bool {
	return p.own.GetUID() == other.own.GetUID() && p.Tag == other.Tag
}

// unstaged refuses a change of some objects while a preview stands: it would change what is looked at there, or write over where
// Services lead. What ends a preview is refused unless exactly that one stands: the lock was free for a moment.
func (a *apply) unstaged(ctx context.Context, objects Objects) error {
	if a.App == "" {
		return nil
	}
	all, err := a.previews(ctx)
	if apierrors.IsForbidden(err) {
		all, err = a.previewsBeside(ctx, objects)
	}
	switch {
	case err != nil:
		return err
	case a.ending == nil && len(all) == 0, a.ending != nil && len(all) > 0 && all[0].is(a.ending):
		return nil
	case len(all) == 0:
		return fmt.Errorf("the %s of %s to %s was ended by somebody else meanwhile: see migrate kube status --env %s",
			a.ending.Kind, a.ending.Workload, a.ending.Tag, a.Environment)
	}
	return &Standing{Preview: all[0], Environment: a.Environment}
}

// previewsBeside are those of some objects, by their names: for who may not list Deployments. Who may not look at one either
// can't write it.
func (a *apply) previewsBeside(ctx context.Context, objects Objects) ([]Preview, error) {
	var all []Preview
	for _, o := range objects {
		if !o.is("apps", "Deployment") {
			continue
		}
		live, err := a.cluster.typed.AppsV1().Deployments(a.Namespace).Get(ctx, PreviewName(o.GetName()), metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err) || apierrors.IsForbidden(err):
			continue
		case err != nil:
			return nil, a.cluster.advised(err)
		case live.Labels[previewMark] == "":
			continue
		}
		p, err := readPreview(live)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// preview is one of a workload as it runs, with the new image and no pods.
func (a *apply) preview(live *appsv1.Deployment, kind PreviewKind, images map[string]string) (Preview, error) {
	p := Preview{Name: PreviewName(live.Name), Workload: live.Name, Kind: kind, Tag: a.Tag, Commit: a.Commit, By: holder(), Since: time.Now(), images: images}
	note, err := json.Marshal(previewNote{p.Workload, kind, p.Tag, p.Commit, p.By, images})
	if err != nil {
		return p, err
	}
	made := &appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: a.previewMeta(p.Name, p.Name), Spec: *live.Spec.DeepCopy()}
	made.Annotations = map[string]string{previewMark: string(note)}
	made.Spec.Paused, made.Spec.Replicas = false, new(int32)
	if made.Spec.Selector.MatchLabels == nil {
		made.Spec.Selector.MatchLabels = map[string]string{}
	}
	made.Spec.Selector.MatchLabels[previewMark] = p.Name
	made.Spec.Template.Labels[previewMark] = p.Name
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(made)
	if err != nil {
		return p, err
	}
	delete(content, "status")
	for _, m := range []map[string]any{content, child(content, "spec", "template")} {
		delete(child(m, "metadata"), "creationTimestamp")
	}
	p.own = Object{Unstructured: &unstructured.Unstructured{Object: content}}
	p.own.replaceTag(images, a.Tag)
	return p, nil
}

func (a *apply) previewMeta(name, preview string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: a.Namespace,
		Labels: map[string]string{"app.kubernetes.io/managed-by": Manager, "app.kubernetes.io/name": a.App, previewMark: preview}}
}

// previewService leads to the pods of a preview alone, by the ports of a Service that leads to its workload.
func (a *apply) previewService(p Preview, of corev1.Service) (Object, error) {
	made := &corev1.Service{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: a.previewMeta(PreviewName(of.Name), p.Name)}
	made.Spec.Selector = map[string]string{}
	for k, v := range withoutPins(of.Spec.Selector) {
		made.Spec.Selector[k] = v
	}
	made.Spec.Selector[previewMark] = p.Name
	for _, port := range of.Spec.Ports {
		port.NodePort = 0
		made.Spec.Ports = append(made.Spec.Ports, port)
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(made)
	delete(content, "status")
	delete(child(content, "metadata"), "creationTimestamp")
	return Object{Unstructured: &unstructured.Unstructured{Object: content}}, err
}

// sizePreview gives a preview a number of pods.
func (a *apply) sizePreview(ctx context.Context, p *Preview, n int64) error {
	wanted := p.own.copy()
	if part := owned(p.own.Unstructured); part != nil {
		wanted.Unstructured = part
	}
	child(wanted.Object, "spec")["replicas"] = n
	live, err := a.bringOne(ctx, wanted)
	if err == nil {
		p.own.Unstructured, p.Pods = live, n
	}
	return err
}

// bringOne applies an object of a preview, which nobody else has a say in.
func (a *apply) bringOne(ctx context.Context, o Object) (*unstructured.Unstructured, error) {
	client, err := a.resource(o)
	if err != nil {
		return nil, a.cluster.advised(err)
	}
	before, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, a.refused(o, err)
	}
	action := configured
	if apierrors.IsNotFound(err) {
		action = created
	} else if before.GetLabels()[previewMark] != o.GetLabels()[previewMark] {
		return nil, fmt.Errorf("%s is there already, and no preview: rename it, or go without a preview (migrate kube deploy)", o.ID())
	}
	live, err := tryApply(ctx, client, o, metav1.ApplyOptions{FieldManager: Manager, Force: true})
	if err != nil {
		return nil, a.refused(o, err)
	}
	if action == configured && same(before, live) {
		action = unchanged
	}
	a.done(o, action)
	return live, nil
}
