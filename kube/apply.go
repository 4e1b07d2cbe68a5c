package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// ApplyOptions say how objects are brought into a cluster.
type ApplyOptions struct {
	Namespace string        // made if it isn't there; the namespace of all objects that have one
	Resolve   Resolver      // of the references to Secrets; nil knows none
	Force     bool          // take over fields that another field manager owns
	TakeOver  bool          // take over objects that another tool or application has applied
	Timeout   time.Duration // for everything, waiting included; ten minutes where it is zero
	Events    func(Event)   // told what happens, one call at a time; may be nil

	// App names the application whose release this is, and Tag what is released. Releases are locked, remembered, and
	// rolled back when they fail. Where App is empty the objects are applied and no more.
	App, Tag    string
	Environment string // whose namespace it is: that of another one is left alone; may be empty
	Commit      string // that Tag stands for; may be empty
	KeepFailed  bool   // leave a failed release as it is
	Gate        Gate   // judges what came of it; nil keeps all that is ready
	GateBy      GateWay
	// Judge is asked by Deploy about all objects of the release, before anything is written; may be nil.
	Judge func(Objects) error
	// Failed is told why a release failed before anything of it is undone; may be nil.
	Failed func([]Failure)

	ending *Preview // that the release takes the place of; nil for all others
}

// Event is one thing that happened during an apply.
type Event struct {
	Object string // "Deployment web"; empty where the event is about none
	Action string // created, configured, unchanged, deleted; resume, run, log, wait, ready, stage, smoke, warning, rollback
	Text   string
	Pods   *Pods // of a workload that is waited for; nil for all else
}

// Pods are those of a workload at one moment.
type Pods struct {
	Wanted int64 `json:"wanted"`
	New    int64 `json:"new"`   // of what was written last
	Ready  int64 `json:"ready"` // of the new ones
	Old    int64 `json:"old"`   // of before, still there
}

// Outcome is what became of one object.
type Outcome struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
	Action    string `json:"action"` // created, configured, unchanged, deleted
}

// Result is what an apply did, also one that failed: Objects are those that were written or needed no writing.
type Result struct {
	Objects  []Outcome `json:"objects"`
	Written  int       `json:"written"` // how many of them were created, configured or deleted
	Ready    bool      `json:"ready"`
	Failures []Failure `json:"failures"`
	// RolledBack is the number of the release that runs again, 0 where nothing was undone.
	RolledBack int `json:"rolledBack,omitempty"`
}

// NotReady is the error of an apply that wrote everything it could but whose workloads don't run. The failures are in
// the Result too.
type NotReady struct {
	Failures []Failure
	Timeout  time.Duration // that ran out; zero where it was clear earlier that it would not work
	Told     bool          // ApplyOptions.Failed has been told
}

func (e *NotReady) Error() string {
	var names []string
	for _, f := range e.Failures {
		names = append(names, f.Workload)
	}
	if e.Timeout > 0 {
		return fmt.Sprintf("not ready after %s: %s", e.Timeout, strings.Join(names, ", "))
	}
	return "failed: " + strings.Join(names, ", ")
}

// Apply brings the objects into the cluster and waits until they run. Everything is judged before the first write: kinds
// that the cluster doesn't have, secrets that are missing, and a dry run of every object on the server, in which fields
// that others own show. Only the namespace is made before that, where it is missing, and, once all else is judged and
// under the lock, kinds that the objects define and use.
//
// A release of an application is a transaction: one at a time (a *Locked names who is at work), on record before its first
// write, and when it fails what ran before is brought back (*RolledBack, *HalfBack). What earlier releases brought and this
// one lacks is deleted in the end. Where there is nothing to go back to, what was written stays; the Result says what that
// is.
//
// Objects that the server already has in this form are not written.
func (c *Cluster) Apply(ctx context.Context, objects Objects, o ApplyOptions) (*Result, error) {
	a := newApply(c, o)
	bounded, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	err := a.run(bounded, objects.copy())
	a.warn()
	if err != nil {
		err = a.stopped(ctx, bounded, err)
	}
	return a.result, a.redact.error(err)
}

// apply is one run of Apply or Deploy.
type apply struct {
	ApplyOptions
	cluster *Cluster
	redact  *redactor
	asking  bool                                  // nothing will be written
	asFound map[string]*unstructured.Unstructured // of a release that is undone, see found; nil otherwise
	result  *Result
	mu      sync.Mutex // over Events

	inventory struct { // see brought
		sync.Mutex
		apps map[string]map[string]string // by namespace
	}
	unlisted map[string]bool // kinds, by namespace, of which the user may not read all, or which are too many
}

func newApply(c *Cluster, o ApplyOptions) *apply {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute
	}
	a := &apply{ApplyOptions: o, cluster: c, unlisted: map[string]bool{}, result: &Result{Objects: []Outcome{}, Failures: []Failure{}}}
	a.inventory.apps = map[string]map[string]string{}
	return a
}

func (a *apply) emit(object, action, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.Events != nil {
		a.Events(Event{Object: object, Action: action, Text: a.redact.text(text)})
	}
}

func (a *apply) warn() {
	for _, text := range a.cluster.warnings.take() {
		a.emit("", "warning", text)
	}
}

func (a *apply) run(ctx context.Context, objects Objects) error {
	if err := a.cluster.discover(ctx); err != nil {
		return err
	}
	if err := a.mapped(objects); err != nil {
		return err
	}
	objects, err := a.resolve(ctx, objects)
	if err != nil {
		return err
	}
	if err := a.namespace(ctx, objects); err != nil {
		return err
	}
	if err := a.define(ctx, objects); err != nil {
		return err
	}
	return a.transact(ctx, change{objects: objects, whole: objects, prune: true})
}

// stopped says in what state an end from outside left the cluster. It hides the context's error once something has been
// written: the caller must not say that nothing happened.
func (a *apply) stopped(outer, bounded context.Context, err error) error {
	var (
		notReady *NotReady
		back     *RolledBack
		half     *HalfBack
	)
	if errors.As(err, &notReady) || errors.As(err, &back) || errors.As(err, &half) || errors.Is(err, errLeaseLost) || bounded.Err() == nil {
		return err
	}
	why := fmt.Sprintf("stopped after %s (--timeout)", a.Timeout)
	if outer.Err() != nil {
		if a.result.Written == 0 {
			return outer.Err()
		}
		why = "stopped"
	}
	if a.result.Written == 0 {
		return fmt.Errorf("%s; nothing was written: %v", why, err)
	}
	return fmt.Errorf("%s; what was written before stays (%d of the objects), and the cluster goes on with it", why, a.result.Written)
}

// mapped checks that the cluster knows every kind that the objects don't define.
func (a *apply) mapped(objects Objects) error {
	var problems []error
	_, rest := a.undefined(objects)
	for _, o := range rest {
		_, err := a.resource(o)
		switch {
		case err == nil:
		case meta.IsNoMatchError(err) && o.GroupVersionKind().Group == "gateway.networking.k8s.io":
			problems = append(problems, fmt.Errorf("%s: cluster %s has no %s of %s: install the Gateway API's CRDs (https://gateway-api.sigs.k8s.io) and a controller, "+
				"or set `gateway: {ingress: CLASS}` in migrate.yaml and run `migrate generate` for an Ingress instead", o.ID(), a.cluster.Context, o.GetKind(), o.GetAPIVersion()))
		case meta.IsNoMatchError(err):
			problems = append(problems, fmt.Errorf("%s: cluster %s has no %s of %s: install what brings it first", o.ID(), a.cluster.Context, o.GetKind(), o.GetAPIVersion()))
		default:
			return a.cluster.advised(err)
		}
	}
	return errors.Join(problems...)
}

// resource is the client for an object's kind, in its namespace.
func (a *apply) resource(o Object) (dynamic.ResourceInterface, error) {
	gvk := o.GroupVersionKind()
	mapping, err := a.cluster.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	client := a.cluster.dynamic.Resource(mapping.Resource)
	if a.everywhere(o) {
		return client, nil
	}
	if o.GetNamespace() == "" {
		o.SetNamespace(a.Namespace)
	}
	return client.Namespace(o.GetNamespace()), nil
}

// everywhere says whether an object is in no namespace.
func (a *apply) everywhere(o Object) bool {
	gvk := o.GroupVersionKind()
	mapping, err := a.cluster.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	return err == nil && mapping.Scope.Name() != meta.RESTScopeNameNamespace
}

// resolve asks for the values of secrets and puts the Secrets that hold them among the objects.
func (a *apply) resolve(ctx context.Context, objects Objects) (Objects, error) {
	refs, optional := objects.SecretRefs()
	if len(refs)+len(optional) == 0 {
		return objects, nil
	}
	var values map[SecretRef][]byte
	if a.Resolve != nil {
		var err error
		if values, err = a.Resolve(ctx, refs, optional); err != nil {
			return nil, err
		}
	}
	a.redact = newRedactor(values)
	if err := a.cluster.missingSecrets(ctx, a.Namespace, refs, values); err != nil {
		return nil, err
	}
	return objects.withSecrets(values, a.Namespace, objects.appLabels()), nil
}

// namespace makes the namespace if it isn't there and isn't among the objects. The dry run needs it.
func (a *apply) namespace(ctx context.Context, objects Objects) error {
	namespaces := a.cluster.typed.CoreV1().Namespaces()
	live, err := namespaces.Get(ctx, a.Namespace, metav1.GetOptions{})
	if err == nil && live.DeletionTimestamp != nil {
		return fmt.Errorf("namespace %s is being deleted: wait until it is gone (kubectl --context %s get namespace %s)", a.Namespace, a.cluster.Context, a.Namespace)
	}
	if err == nil || !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err) {
		return a.cluster.advised(err)
	}
	if apierrors.IsForbidden(err) { // rights inside a namespace need not include looking at it
		return nil
	}
	namespace := Object{Unstructured: &unstructured.Unstructured{}}
	namespace.SetAPIVersion("v1")
	namespace.SetKind("Namespace")
	namespace.SetName(a.Namespace)
	namespace.SetLabels(objects.appLabels())
	for _, o := range objects {
		if o.is("", "Namespace") && o.GetName() == a.Namespace {
			namespace = o
		}
	}
	client, err := a.resource(namespace)
	if err != nil {
		return a.cluster.advised(err)
	}
	if _, err := tryApply(ctx, client, namespace, metav1.ApplyOptions{FieldManager: Manager}); err != nil {
		return fmt.Errorf("namespace %s isn't there and can't be made: %w", a.Namespace, a.cluster.advised(err))
	}
	a.done(namespace, created)
	return nil
}

// The actions of an Outcome.
const (
	created    = "created"
	configured = "configured"
	unchanged  = "unchanged"
)

func (a *apply) done(o Object, action string) {
	a.result.Objects = append(a.result.Objects, Outcome{o.GetKind(), o.GetName(), o.GetNamespace(), action})
	if action != unchanged {
		a.result.Written++
	}
	a.emit(o.ID(), action, "")
}
