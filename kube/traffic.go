package kube

import (
	"context"
	"errors"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// Traffic is where the Services of a workload with a preview lead.
type Traffic string

// The values of Traffic.
const (
	TrafficHeld    Traffic = "workload" // to the pods that the workload has, and to no other
	TrafficPreview Traffic = "preview"  // to the pods of the preview
	TrafficAll     Traffic = "both"     // to whatever bears the workload's labels
)

// heldAnnotation says on a Deployment that its rollout is paused while Services lead to the pods of one revision by name: there
// would be nobody behind them after a rollout.
const heldAnnotation = "migrate/held"

// withoutPins is the selector of a Service as the files have it.
func withoutPins(selector map[string]string) map[string]string {
	plain := map[string]string{}
	for k, v := range selector {
		if k != appsv1.DefaultDeploymentUniqueLabelKey && k != previewMark {
			plain[k] = v
		}
	}
	return plain
}

// doors are the Services that lead to the pods of a workload.
type doors struct {
	ours   []corev1.Service // that migrate applied
	others []string         // names of those that somebody else made
}

// doors finds the Services that lead to pods with some labels, wherever exactly they lead now.
func (a *apply) doors(ctx context.Context, template map[string]string) (doors, error) {
	var found doors
	list, err := a.cluster.typed.CoreV1().Services(a.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return found, fmt.Errorf("the Services of namespace %s: %w", a.Namespace, a.cluster.advised(err))
	}
	for _, s := range list.Items {
		selector := labels.Set(withoutPins(s.Spec.Selector))
		switch {
		case len(selector) == 0 || s.Labels[previewMark] != "" || !selector.AsSelector().Matches(labels.Set(template)):
		case appliedByUs(s.ManagedFields):
			found.ours = append(found.ours, s)
		default:
			found.others = append(found.others, s.Name)
		}
	}
	return found, nil
}

// traffic says where they lead. One that leads to the preview has got there after all was well.
func (d doors) traffic(preview string) Traffic {
	where := TrafficAll
	for _, s := range d.ours {
		switch {
		case s.Spec.Selector[previewMark] == preview:
			return TrafficPreview
		case s.Spec.Selector[appsv1.DefaultDeploymentUniqueLabelKey] != "":
			where = TrafficHeld
		}
	}
	return where
}

// lead has the Services of a workload lead to those of its pods that have one more label; to all of them where key is empty.
// Each is one write, and traffic goes over with it.
func (a *apply) lead(ctx context.Context, d doors, key, value string) error {
	for _, s := range d.ours {
		if err := a.leadOne(ctx, s.Name, key, value, nil); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) leadOne(ctx context.Context, name, key, value string, dryRun []string) error {
	o := Object{Unstructured: &unstructured.Unstructured{}}
	o.SetAPIVersion("v1")
	o.SetKind("Service")
	o.SetName(name)
	client, err := a.resource(o)
	if err != nil {
		return a.cluster.advised(err)
	}
	for tries := 0; ; tries++ {
		live, err := client.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return a.refused(o, err)
		}
		now, _, _ := unstructured.NestedStringMap(live.Object, "spec", "selector") // the server has strings there
		next := withoutPins(now)
		if key != "" {
			next[key] = value
		}
		part := owned(live)
		if labels.Equals(now, next) || part == nil {
			return nil
		}
		o.Unstructured = part
		if err := unstructured.SetNestedStringMap(o.Object, next, "spec", "selector"); err != nil {
			return err
		}
		o.SetResourceVersion(live.GetResourceVersion())
		_, err = client.Apply(ctx, name, o.Unstructured, metav1.ApplyOptions{FieldManager: Manager, Force: a.Force, DryRun: dryRun})
		switch {
		case err == nil && dryRun == nil:
			a.done(o, configured)
			return nil
		case err == nil:
			return nil
		case !apierrors.IsConflict(err) || conflictsOf(err) != "" || tries == 5: // otherwise somebody wrote it meanwhile, or this run, whose answer was lost
			return a.refused(o, err)
		}
	}
}

// keepTraffic leaves a Service where it leads while a preview is brought to its end: who undoes the release that was to take
// its place must not send requests away from it.
func (a *apply) keepTraffic(p *planned) {
	if a.ending == nil || p.live == nil || !p.is("", "Service") {
		return
	}
	now, _, _ := unstructured.NestedStringMap(p.live.Object, "spec", "selector")
	if value := now[previewMark]; value == a.ending.Name {
		child(p.Object.Object, "spec", "selector")[previewMark] = value
	}
}

// deployment reads a Deployment of the namespace.
func (a *apply) deployment(ctx context.Context, name string) (*appsv1.Deployment, Object, error) {
	o := Object{Unstructured: &unstructured.Unstructured{}}
	o.SetAPIVersion("apps/v1")
	o.SetKind("Deployment")
	o.SetName(name)
	o.SetNamespace(a.Namespace)
	client, err := a.resource(o)
	if err != nil {
		return nil, o, a.cluster.advised(err)
	}
	live, err := client.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, o, a.notThere(o)
	}
	if err != nil {
		return nil, o, fmt.Errorf("%s: %w", o.ID(), a.cluster.advised(err))
	}
	o.Unstructured = live
	d := &appsv1.Deployment{}
	return d, o, runtime.DefaultUnstructuredConverter.FromUnstructured(live.Object, d)
}

// workload reads a Deployment of the namespace, and finds the Services that lead to its pods.
func (a *apply) workload(ctx context.Context, name string) (*appsv1.Deployment, Object, doors, error) {
	live, o, err := a.deployment(ctx, name)
	if err != nil {
		return nil, o, doors{}, err
	}
	lead, err := a.doors(ctx, live.Spec.Template.Labels)
	return live, o, lead, err
}

// hold pauses the rollout of a Deployment when all its pods are of one revision, and gives the label by which that one's pods
// are known. Until it is let go their number may change, and what they are may not.
func (a *apply) hold(ctx context.Context, name string) (hash string, err error) {
	for waited := false; ; waited = true {
		v, err := a.lookAt(ctx, name)
		if err != nil {
			return "", err
		}
		settled, held := !unseen(v.object) && v.set != nil && v.old == 0, heldBack(v.object)
		switch {
		case settled && v.count().Ready == 0:
			return "", errors.Join(fmt.Errorf("%s has no ready pod: requests can't go there", v.object.ID()), a.pauseRollout(ctx, name, false, nil))
		case settled && held:
			return v.set.Labels[appsv1.DefaultDeploymentUniqueLabelKey], nil
		case settled:
			err = a.pauseRollout(ctx, name, true, nil)
		case held && !unseen(v.object): // a rollout began at the same moment: it has to come to its end
			err = a.pauseRollout(ctx, name, false, nil)
		case !waited:
			a.emit(v.object.ID(), "wait", "its rollout under way has to end first")
		}
		if err != nil {
			return "", err
		}
		if err := pause(ctx, a.cluster.pace.soon()); err != nil {
			return "", err
		}
	}
}

// heldBack says whether a rollout is paused by hold.
func heldBack(o Object) bool { return o.GetAnnotations()[heldAnnotation] != "" }

// pauseRollout pauses the rollout of a Deployment, or lets it go on, and waits until its controller knows.
func (a *apply) pauseRollout(ctx context.Context, name string, on bool, dryRun []string) error {
	_, o, err := a.deployment(ctx, name)
	if err != nil || heldBack(o) == on {
		return err
	}
	part := owned(o.Unstructured)
	if part == nil {
		return nil
	}
	o.Unstructured = part
	if on {
		part.SetAnnotations(withAnnotation(part.GetAnnotations(), heldAnnotation, "until its Services lead to all its pods again"))
		child(part.Object, "spec")["paused"] = true
	} else {
		o.letGo()
	}
	client, err := a.resource(o)
	if err != nil {
		return a.cluster.advised(err)
	}
	if _, err := tryApply(ctx, client, o, metav1.ApplyOptions{FieldManager: Manager, Force: a.Force, DryRun: dryRun}); err != nil {
		return a.refused(o, err)
	}
	if dryRun != nil {
		return nil
	}
	a.done(o, configured)
	for {
		if _, o, err = a.deployment(ctx, name); err != nil || !unseen(o) {
			return err
		}
		if err := pause(ctx, a.cluster.pace.soon()); err != nil {
			return err
		}
	}
}

// letGo takes out of a Deployment that is to be applied what hold has set.
func (o Object) letGo() {
	annotations := o.GetAnnotations()
	delete(annotations, heldAnnotation)
	delete(child(o.Object, "spec"), "paused")
	if o.SetAnnotations(annotations); len(annotations) == 0 {
		o.SetAnnotations(nil)
	}
}

// lookAt looks at one Deployment.
func (a *apply) lookAt(ctx context.Context, name string) (view, error) {
	_, o, err := a.deployment(ctx, name)
	if err != nil {
		return view{}, err
	}
	v, err := newWatch(a.cluster, a.redact).look(ctx, o)
	if err != nil {
		err = a.cluster.advised(err)
	}
	return v, err
}

// arrive waits until the Services lead to every ready pod of a Deployment, which has one at least.
func (a *apply) arrive(ctx context.Context, deployment string, d doors) error {
	if len(d.ours) == 0 {
		return nil
	}
	var services []string
	for _, s := range d.ours {
		services = append(services, s.Name)
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for {
		v, err := a.lookAt(ctx, deployment)
		if err != nil {
			return err
		}
		endpoints, err := a.cluster.endpoints(ctx, a.Namespace, services...)
		if err != nil {
			return a.cluster.advised(err)
		}
		missing := ""
		if v.count().Ready == 0 {
			missing = v.object.ID() + " has no ready pod: requests go nowhere"
		}
		for _, name := range services {
			behind := readyEndpoints(endpoints[name])
			for _, p := range v.pods {
				if podReady(p) && !behind[p.Name] {
					missing = fmt.Sprintf("Service %s does not lead to pod %s yet", name, p.Name)
				}
			}
		}
		if missing == "" {
			return nil
		}
		if err := pause(ctx, a.cluster.pace.soon()); err != nil {
			return errors.Join(errors.New(missing), err)
		}
	}
}
