package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Deploy puts a new image on the workloads and release Jobs that use one of the image repositories, and waits until they
// run. All else of them stays as it was last applied, whatever the files say by now: objects only says which workloads
// there are. Secrets aren't needed, as the workloads go on with those that they have. images are the repositories, each with
// the digest of the image (sha256:...), or nothing where the tag alone names it.
func (c *Cluster) Deploy(ctx context.Context, objects Objects, images map[string]string, tag string, o ApplyOptions) (*Result, error) {
	a := newApply(c, o)
	bounded, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	err := a.deploy(bounded, objects, images, tag)
	a.warn()
	if err != nil {
		err = a.stopped(ctx, bounded, err)
	}
	return a.result, a.redact.error(err)
}

func (a *apply) deploy(ctx context.Context, objects Objects, images map[string]string, tag string) error {
	if err := a.cluster.discover(ctx); err != nil {
		return err
	}
	var changed Objects
	var problems []error
	for _, o := range objects {
		if o.GetNamespace() == "" {
			o.SetNamespace(a.Namespace)
		}
		if !o.usesAny(images) || !o.runs() && !o.release() && o.GetKind() != "CronJob" {
			continue
		}
		applied, err := a.applied(ctx, o)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		applied.imagesOf(o, images) // the server says whose it is
		applied.replaceTag(images, tag)
		changed = append(changed, applied)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if len(changed) == 0 {
		return fmt.Errorf("no workload uses %s: there is nothing to deploy", strings.Join(sortedKeys(images), ", "))
	}
	a.redact = a.cluster.redactorFor(ctx, a.Namespace, changed)
	whole, err := a.withImages(ctx, changed)
	if err == nil && a.Judge != nil {
		err = a.Judge(whole.unplaced())
	}
	if err != nil {
		return err
	}
	return a.transact(ctx, change{objects: changed, whole: whole})
}

// withImages are all objects of the application as the last release that was not undone left them, with those that are changed
// now. Where no release is remembered this one isn't either: half of an application is nothing to go back to.
func (a *apply) withImages(ctx context.Context, changed Objects) (Objects, error) {
	if a.App == "" {
		return changed, nil
	}
	earlier, err := a.history(ctx)
	if apierrors.IsForbidden(err) { // transact says so
		return changed, nil
	}
	if err != nil {
		return nil, err
	}
	if len(earlier) == 0 {
		a.App = ""
		return changed, nil
	}
	now := map[string]Object{}
	for _, o := range changed {
		now[o.key()] = o
	}
	var whole Objects
	for _, o := range present(earlier).objects {
		if other, ok := now[o.key()]; ok {
			delete(now, o.key())
			before := o
			o = other.copy()
			o.imagesOf(before, nil)
		}
		whole = append(whole, o)
	}
	for _, o := range changed {
		if _, fresh := now[o.key()]; fresh {
			whole = append(whole, o)
		}
	}
	return whole, nil
}

// unplaced are the objects without their places in the repository, whose files may say something else by now.
func (l Objects) unplaced() Objects {
	all := l.copy()
	for i := range all {
		all[i].File, all[i].Line, all[i].node = "", 0, nil
	}
	return all
}

func (o Object) usesAny(images map[string]string) bool {
	for _, c := range containers(o.podSpec()) {
		image, _ := c["image"].(string)
		repository, _ := splitImage(image)
		if _, built := images[repository]; built {
			return true
		}
	}
	return false
}

// present is the release whose objects the cluster has: what was rolled back left nothing.
func present(earlier []*Record) *Record {
	if ready := lastReady(earlier); ready != nil && earlier[0].State == stateRolledBack {
		return ready
	}
	return earlier[0]
}

// imagesOf names in each container that names no image the one of another form of the object: who has set one by hand owns
// that field now. Only images of these repositories count, or all where images is nil.
func (o Object) imagesOf(other Object, images map[string]string) {
	named := map[any]any{}
	for _, c := range containers(other.podSpec()) {
		image, _ := c["image"].(string)
		repository, _ := splitImage(image)
		if _, built := images[repository]; image != "" && (built || images == nil) {
			named[c["name"]] = image
		}
	}
	for _, c := range containers(o.podSpec()) {
		if image, there := named[c["name"]]; there && c["image"] == nil {
			c["image"] = image
		}
	}
}

func (o Object) replaceTag(images map[string]string, tag string) {
	for _, c := range containers(o.podSpec()) {
		image, _ := c["image"].(string)
		repository, _ := splitImage(image)
		digest, built := images[repository]
		switch {
		case built && digest != "":
			c["image"] = repository + ":" + tag + "@" + digest
		case built:
			c["image"] = repository + ":" + tag
		}
	}
}

// applied is what migrate has applied of a live object, read back from the fields that it owns. Applying that again with
// another image leaves the rest alone; a patch of the image would make another owner, which the next apply would have
// to quarrel with.
func (a *apply) applied(ctx context.Context, o Object) (Object, error) {
	client, err := a.resource(o)
	if err != nil {
		return o, a.cluster.advised(err)
	}
	live, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) && o.release():
		return a.appliedBefore(ctx, o)
	case apierrors.IsNotFound(err):
		return o, a.notThere(o)
	case err != nil:
		return o, fmt.Errorf("%s: %w", o.ID(), a.cluster.advised(err))
	}
	if o.Unstructured = owned(live); o.Unstructured == nil || len(containers(o.podSpec())) == 0 {
		o.Unstructured = live
		return o, fmt.Errorf("%s wasn't applied by migrate, so its configuration isn't known: run kube apply first (make kube_apply)", o.ID())
	}
	if heldBack(o) { // by a preview, which stands in the way of every change, or was taken away by hand
		o.letGo()
	}
	return o, nil
}

func (a *apply) notThere(o Object) error {
	return fmt.Errorf("%s isn't in namespace %s of cluster %s: run kube apply first (make kube_apply), which brings everything", o.ID(), o.GetNamespace(), a.cluster.Context)
}

// appliedBefore is a release step as the last release has it: its Job may be gone, as it is over or was undone.
func (a *apply) appliedBefore(ctx context.Context, o Object) (Object, error) {
	earlier, err := a.history(ctx)
	if err != nil && !apierrors.IsForbidden(err) {
		return o, err
	}
	if len(earlier) > 0 {
		for _, step := range present(earlier).objects {
			if step.key() == o.key() {
				return step.copy(), nil
			}
		}
	}
	return o, a.notThere(o)
}
