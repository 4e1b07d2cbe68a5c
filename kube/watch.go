package kube

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// view is a workload as the cluster has it at one moment.
type view struct {
	object Object
	pods   []corev1.Pod                 // of the current revision, without those that are on their way out
	old    int                          // pods of earlier revisions that aren't on their way out
	before []corev1.Pod                 // those
	lost   []corev1.Pod                 // pods of the current revision that ended for reasons of their node
	events map[types.UID][]corev1.Event // of pods that aren't ready, and of the workload where it has too few
	set    *appsv1.ReplicaSet           // of a Deployment's current revision; nil until it is there
	since  time.Time                    // when the current revision came; zero where that is not known
}

// verdict is what is thought of a view.
type verdict struct {
	view     view
	ready    bool
	text     string
	failures []Failure // that no waiting will cure
	suspects []Failure // that explain why it isn't ready yet
}

// watch remembers between looks since when a pod has been in trouble.
type watch struct {
	cluster *Cluster
	redact  *redactor
	first   map[string]standing
	now     func() time.Time

	mu      sync.Mutex              // over unready
	unready map[types.UID]time.Time // pods that aren't ready, since when; nil where that doesn't matter
	crowd   *crowd                  // what has been read together; nil where each workload is read by itself
	ready   map[string]time.Time    // workloads that are ready, by key, since when without a break
}

// standing is since when a trouble has been seen, and when last.
type standing struct{ since, last time.Time }

// forgotten is how long a trouble must have been away to be another one when it comes back.
const forgotten = 30 * time.Second

func newWatch(c *Cluster, r *redactor) *watch {
	return &watch{cluster: c, redact: r, first: map[string]standing{}, now: time.Now, ready: map[string]time.Time{}}
}

// look reads the pods and events of a live workload.
func (w *watch) look(ctx context.Context, live Object) (view, error) {
	v := view{object: live, events: map[types.UID][]corev1.Event{}}
	selector, err := podSelector(live)
	if err != nil || selector.Empty() { // a Job that the controller has not seen yet
		return v, err
	}
	pods, err := w.podsOf(ctx, live, selector)
	if err != nil {
		return v, err
	}
	current, err := w.currentOwner(ctx, live, selector, &v)
	if err != nil {
		return v, err
	}
	for _, pod := range pods {
		switch {
		case pod.DeletionTimestamp != nil, pod.Labels[previewMark] != live.GetLabels()[previewMark]: // a preview's bear the labels of those beside it
		case lostPod(pod):
			if current(pod) {
				v.lost = append(v.lost, pod)
			}
		case current(pod):
			v.pods = append(v.pods, pod)
		default:
			v.old++
			v.before = append(v.before, pod)
		}
	}
	return v, w.addEvents(ctx, &v)
}

// lostPod says that a pod ended for reasons of its node and will be replaced.
func lostPod(pod corev1.Pod) bool {
	switch reason := pod.Status.Reason; reason {
	case "Evicted", "Preempting", "NodeLost", "NodeShutdown", "Terminated", "Shutdown", "UnexpectedAdmissionError", "NodeAffinity", "SysctlForbidden":
	default:
		if !strings.HasPrefix(reason, "OutOf") { // of what the node has: cpu, pods, a device
			return false
		}
	}
	return pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodUnknown
}

func podSelector(live Object) (labels.Selector, error) {
	s := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for k, v := range child(live.Object, "spec", "selector", "matchLabels") {
		if text, ok := v.(string); ok {
			s.MatchLabels[k] = text
		}
	}
	for _, e := range maps(child(live.Object, "spec", "selector")["matchExpressions"]) {
		r := metav1.LabelSelectorRequirement{}
		r.Key, _ = e["key"].(string)
		op, _ := e["operator"].(string)
		r.Operator = metav1.LabelSelectorOperator(op)
		values, _ := e["values"].([]any)
		for _, v := range values {
			r.Values = append(r.Values, fmt.Sprint(v))
		}
		s.MatchExpressions = append(s.MatchExpressions, r)
	}
	return metav1.LabelSelectorAsSelector(s)
}

// currentOwner tells pods of the current revision from older ones.
func (w *watch) currentOwner(ctx context.Context, live Object, selector labels.Selector, v *view) (func(corev1.Pod) bool, error) {
	owned := func(uid types.UID) func(corev1.Pod) bool {
		return func(p corev1.Pod) bool { o := metav1.GetControllerOf(&p); return o != nil && o.UID == uid }
	}
	switch live.GetKind() {
	case "Deployment":
		sets, err := w.setsOf(ctx, live, selector)
		if err != nil {
			return nil, err
		}
		set := newest(sets, live)
		if set == nil {
			return owned(""), nil
		}
		v.set, v.since = set, set.CreationTimestamp.Time
		return owned(set.UID), nil
	case "StatefulSet":
		revision, _ := child(live.Object, "status")["updateRevision"].(string)
		return func(p corev1.Pod) bool {
			return owned(live.GetUID())(p) && (revision == "" || p.Labels[appsv1.ControllerRevisionHashLabelKey] == revision)
		}, nil
	}
	return owned(live.GetUID()), nil
}

const revisionAnnotation = "deployment.kubernetes.io/revision"

// newest is the ReplicaSet with the highest revision: going back to an earlier template raises the old one's.
func newest(sets []appsv1.ReplicaSet, live Object) *appsv1.ReplicaSet {
	var found *appsv1.ReplicaSet
	highest := -1
	for i := range sets {
		revision, err := strconv.Atoi(sets[i].Annotations[revisionAnnotation])
		if err == nil && revision > highest && metav1.IsControlledBy(&sets[i], live) {
			found, highest = &sets[i], revision
		}
	}
	return found
}

// unseen says that the controller has not looked at a workload since it was written: its pods are those of before.
func unseen(live Object) bool {
	observed, counted := child(live.Object, "status")["observedGeneration"].(int64)
	return live.GetKind() != "Job" && (!counted || observed < live.GetGeneration())
}

// addEvents reads the events of a few pods that aren't ready, or of the workload where there are none.
func (w *watch) addEvents(ctx context.Context, v *view) error {
	var uids []types.UID
	for _, p := range v.pods {
		if w.lingers(p) && len(uids) < 3 {
			uids = append(uids, p.UID)
		}
	}
	if wanted, counted := desired(v.object); len(v.pods) == 0 || counted && v.set == nil && int64(len(v.pods)) < wanted {
		uids = append(uids, v.object.GetUID())
	}
	for _, uid := range uids {
		events, err := w.eventsOf(ctx, v.object.GetNamespace(), uid)
		if err != nil {
			return err
		}
		v.events[uid] = events
	}
	return nil
}

// lingers says whether a pod isn't ready, and looks as if it had a reason: it was not a while ago, or its containers say so.
// Who looks once does not wait for that.
func (w *watch) lingers(p corev1.Pod) bool {
	if podReady(p) || p.Status.Phase == corev1.PodSucceeded {
		return false
	}
	if w.unready == nil || slices.ContainsFunc(slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses), troubled) {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unready[p.UID].IsZero() {
		w.unready[p.UID] = w.now()
	}
	return w.now().Sub(w.unready[p.UID]) >= w.cluster.pace.look
}

// troubled says whether a container has ended, or can't start.
func troubled(s corev1.ContainerStatus) bool {
	waits := s.State.Waiting != nil && s.State.Waiting.Reason != "" && s.State.Waiting.Reason != "ContainerCreating" && s.State.Waiting.Reason != "PodInitializing"
	return waits || s.RestartCount > 0 || s.State.Terminated != nil
}

func podReady(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// judge decides whether a workload runs, may still come to run, or never will.
func (w *watch) judge(v view) verdict {
	out := verdict{view: v}
	if unseen(v.object) {
		out.text = "written, not yet taken up"
		return out
	}
	result, err := status.Compute(v.object.Unstructured)
	if err != nil {
		out.text = err.Error()
		return out
	}
	out.text = result.Message
	if pods := v.count(); pods.Wanted > 0 || v.object.GetKind() != "Job" {
		out.text = fmt.Sprintf("%d of %d pods ready", pods.Ready, pods.Wanted)
	}
	current := result.Status == status.CurrentStatus || heldBack(v.object) && v.up()
	if !current && v.old == 0 && v.up() {
		out.text += ", not yet counted as available"
	}
	job := v.object.GetKind() == "Job" // which counts as current once it has started
	if current && v.old == 0 && !job {
		out.ready = true
		return out
	}
	if current && v.old > 0 {
		out.text += fmt.Sprintf(", %d of the release before still there", v.old)
	}
	for _, f := range findings(v) {
		if w.overdue(f) || f.fatal {
			out.failures = append(out.failures, f.Failure)
		} else {
			out.suspects = append(out.suspects, f.Failure)
		}
	}
	out.explain()
	out.ready = job && current && len(out.failures)+len(out.suspects) == 0
	out.failures, out.suspects = distinct(out.failures), distinct(out.suspects)
	if len(out.suspects) > 0 {
		out.text += ": " + out.suspects[0].Reason
	}
	return out
}

// explain puts the reason of its pods before that of a workload which only says that its time is over.
func (v *verdict) explain() {
	bare := func(f Failure) bool {
		return f.Pod == "" && (f.Reason == deadlineExceeded || f.Reason == "BackoffLimitExceeded")
	}
	if len(v.failures) == 0 || !slices.ContainsFunc(v.failures, bare) {
		return
	}
	if causes := slices.DeleteFunc(slices.Concat(v.failures, v.suspects), bare); len(causes) > 0 {
		v.failures, v.suspects = causes, nil
	}
}

// count is how many pods there are of which kind.
func (v view) count() *Pods {
	p := &Pods{New: int64(len(v.pods)), Old: int64(v.old)}
	p.Wanted, _ = desired(v.object)
	for _, pod := range v.pods {
		if podReady(pod) {
			p.Ready++
		}
	}
	return p
}

// up says that all pods which a workload wants are ready, whatever its own status has counted so far.
func (v view) up() bool {
	pods := v.count()
	return !unseen(v.object) && pods.Wanted > 0 && pods.Ready >= pods.Wanted
}

// desired is how many pods a workload wants.
func desired(o Object) (int64, bool) {
	switch o.GetKind() {
	case "Deployment", "StatefulSet":
		n, ok := child(o.Object, "spec")["replicas"].(int64)
		return n, ok
	case "DaemonSet":
		n, ok := child(o.Object, "status")["desiredNumberScheduled"].(int64)
		return n, ok
	}
	return 0, false
}

// overdue says whether a finding has stood for longer than it is given.
func (w *watch) overdue(f finding) bool {
	if f.patience == 0 {
		return false
	}
	key := f.Workload + "/" + f.Pod + "/" + f.Container + "/" + cmp.Or(f.class, f.Reason)
	stands, now := w.first[key], w.now()
	if stands.since.IsZero() || now.Sub(stands.last) > forgotten {
		stands.since = now
	}
	stands.last = now
	w.first[key] = stands
	return now.Sub(stands.since) >= f.patience
}

// distinct keeps one failure of each kind: pods of one workload fail alike.
func distinct(all []Failure) []Failure {
	var kept []Failure
	index := map[string]int{}
	for _, f := range all {
		key := f.Workload + "/" + f.Container + "/" + f.Reason
		if i, seen := index[key]; seen {
			kept[i].Pods++
			continue
		}
		index[key] = len(kept)
		f.Pods = 1
		kept = append(kept, f)
	}
	return kept
}
