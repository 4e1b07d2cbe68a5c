package kube

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The states of a release.
const (
	stateApplying    = "applying"
	stateUndoing     = "rolling back"
	stateReady       = "ready"
	stateFailed      = "failed"
	stateRolledBack  = "rolled back"
	stateInterrupted = "interrupted" // its run ended without a word; a later one has noticed
)

// kept is how many releases that were ready are remembered, with those between them: so far back can a rollback go, and so
// long stay the ConfigMaps and Secrets that only they use. most bounds what is remembered where release after release fails.
const (
	kept = 5
	most = 20
)

// largest is what the objects of a record may have when they are packed: a ConfigMap takes 1 MiB.
const largest = 1<<20 - 16<<10

const (
	recordLabel = "migrate/release"
	recordFile  = "objects.json.gz"
)

// Record is one release of an application: what was applied, by whom and what became of it. It lies in the namespace, as a
// ConfigMap, and holds no value of a secret: Secrets are in it by name.
type Record struct {
	Number int       `json:"number"`
	Tag    string    `json:"tag"`
	Commit string    `json:"commit,omitempty"` // that the tag stands for, where it is known
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	Note   string    `json:"note,omitempty"` // such as: back to 3

	Environment string `json:"environment,omitempty"` // where it is known
	// Journal says how far its run has come; nil once it has ended.
	Journal *Journal `json:"journal,omitempty"`

	objects Objects
	kept    *corev1.ConfigMap // as it was last read or written
}

// open says whether the run of the release is at work, or ended without a word.
func (r *Record) open() bool { return r.State == stateApplying || r.State == stateUndoing }

// Ended says whether the release came to its end well.
func (r *Record) Ended() bool { return r.State == stateReady }

// lastReady is the newest of some releases, newest first, that ended well; nil where none did.
func lastReady(releases []*Record) *Record {
	if i := slices.IndexFunc(releases, (*Record).Ended); i >= 0 {
		return releases[i]
	}
	return nil
}

// Differs names the objects in which two releases differ, sorted. Which namespaces of a cluster share an object is that cluster's
// own affair.
func (r *Record) Differs(other *Record) []string {
	texts := func(l Objects) map[string]string {
		all := map[string]string{}
		for _, o := range l {
			if o.GetAnnotations()[namespacesAnnotation] != "" {
				o = o.copy()
				unstructured.RemoveNestedField(o.Object, "metadata", "annotations", namespacesAnnotation)
				if len(o.GetAnnotations()) == 0 {
					o.SetAnnotations(nil)
				}
			}
			text, _ := json.Marshal(o.Object) // it came from JSON
			all[o.ID()] = string(text)
		}
		return all
	}
	a, b := texts(r.objects), texts(other.objects)
	var names []string
	for _, name := range union(sortedKeys(a), sortedKeys(b)) {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	return names
}

// recordedObject is the form of an object in a record.
type recordedObject struct {
	Object  map[string]any `json:"object"`
	Foreign bool           `json:"foreign,omitempty"`
}

func recordName(app string, number int) string { return fmt.Sprintf("migrate-%s-r%d", app, number) }

// History lists the releases of an application that its namespace remembers, the newest first.
func (c *Cluster) History(ctx context.Context, namespace, app string) ([]*Record, error) {
	kept, err := c.records(ctx, namespace, ",app.kubernetes.io/name="+app)
	if err != nil {
		return nil, fmt.Errorf("the releases of %s: %w", app, c.advised(err))
	}
	var all []*Record
	for i := range kept {
		r, err := readRecord(&kept[i])
		if err != nil {
			return nil, fmt.Errorf("ConfigMap %s, the record of a release: %w; delete it if nobody needs to go back to it", kept[i].Name, err)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Record) int { return b.Number - a.Number })
	return all, nil
}

// records are the ConfigMaps of the namespace that hold releases, those that a further selector means.
func (c *Cluster) records(ctx context.Context, namespace, selector string) ([]corev1.ConfigMap, error) {
	selector = recordLabel + ",app.kubernetes.io/managed-by=" + Manager + selector
	list, err := c.typed.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// history is History, which it refuses to give where the namespace is that of another environment: each would undo what the
// other brings.
func (a *apply) history(ctx context.Context) ([]*Record, error) {
	earlier, err := a.cluster.History(ctx, a.Namespace, a.App)
	if err != nil || len(earlier) == 0 || a.TakeOver {
		return earlier, err
	}
	if last := earlier[0]; a.Environment != "" && last.Environment != "" && last.Environment != a.Environment {
		return nil, fmt.Errorf("namespace %s of cluster %s is that of the environment %s (release %d of %s); nothing was changed: give %s a namespace of its own "+
			"under environments.%s.namespace, or, where it is %s by another name, go on with kube apply --take-over",
			a.Namespace, a.cluster.Context, last.Environment, last.Number, a.App, a.Environment, a.Environment, last.Environment)
	}
	return earlier, nil
}

func readRecord(m *corev1.ConfigMap) (*Record, error) {
	number, err := strconv.Atoi(m.Labels[recordLabel])
	if err != nil {
		return nil, fmt.Errorf("its label %s is no number", recordLabel)
	}
	at, _ := time.Parse(time.RFC3339, m.Data["at"])
	r := &Record{Number: number, Tag: m.Data["tag"], Commit: m.Data["commit"], By: m.Data["by"], At: at, State: m.Data["state"], Note: m.Data["note"],
		Environment: m.Data["environment"], kept: m}
	if text := m.Data["journal"]; text != "" && r.open() {
		if err := json.Unmarshal([]byte(text), &r.Journal); err != nil {
			return nil, fmt.Errorf("its journal: %w", err)
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(m.BinaryData[recordFile]))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, 64<<20))
	if err != nil {
		return nil, err
	}
	var recorded []recordedObject
	if err := json.Unmarshal(text, &recorded); err != nil {
		return nil, err
	}
	for _, o := range recorded {
		u := &unstructured.Unstructured{}
		text, err := json.Marshal(o.Object) // numbers as the API reads them
		if err == nil {
			err = u.UnmarshalJSON(text)
		}
		if err != nil {
			return nil, err
		}
		r.objects = append(r.objects, Object{Unstructured: u, foreign: o.Foreign})
	}
	return r, nil
}

// configMap is the record as it is kept.
func (r *Record) configMap(app string) (*corev1.ConfigMap, error) {
	recorded := make([]recordedObject, len(r.objects))
	for i, o := range r.objects {
		content := o.Object
		if o.is("", "Secret") {
			content = map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": o.GetName(), "namespace": o.GetNamespace()}}
		}
		recorded[i] = recordedObject{content, o.foreign}
	}
	text, err := json.Marshal(recorded)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if packed.Len() > largest {
		return nil, fmt.Errorf("its objects have %d KiB when they are packed, and the ConfigMap that remembers them takes %d: keep large files in the image or in a volume, not in ConfigMaps; the largest is %s",
			packed.Len()>>10, largest>>10, r.largestObject())
	}
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Name:   recordName(app, r.Number),
			Labels: map[string]string{"app.kubernetes.io/managed-by": Manager, "app.kubernetes.io/name": app, recordLabel: strconv.Itoa(r.Number)},
		},
		Data: map[string]string{"tag": r.Tag, "commit": r.Commit, "by": r.By, "at": r.At.UTC().Format(time.RFC3339), "state": r.State, "note": r.Note,
			"environment": r.Environment},
		BinaryData: map[string][]byte{recordFile: packed.Bytes()},
	}, nil
}

func (r *Record) largestObject() string {
	size, id := 0, ""
	for _, o := range r.objects {
		if text, err := json.Marshal(o.Object); err == nil && len(text) > size {
			size, id = len(text), o.ID()
		}
	}
	return id
}

// open begins a new release: what it will write is on record before the first write.
func (a *apply) open(ctx context.Context, objects Objects, earlier []*Record, note string) (*Record, error) {
	r := &Record{Number: 1, Tag: a.Tag, Commit: a.Commit, By: holder(), At: time.Now(), State: stateApplying, Note: note, Environment: a.Environment, objects: objects}
	if len(earlier) > 0 {
		r.Number = earlier[0].Number + 1
	}
	m, err := r.configMap(a.App)
	if err != nil {
		return nil, fmt.Errorf("the record of this release: %w", err)
	}
	configMaps := a.cluster.typed.CoreV1().ConfigMaps(a.Namespace)
	m.Annotations = map[string]string{runAnnotation: leaseOf(ctx).run}
	err = unhindered(func() (err error) {
		r.kept, err = configMaps.Create(ctx, m, metav1.CreateOptions{FieldManager: Manager})
		return err
	})
	if apierrors.IsAlreadyExists(err) { // by an earlier try whose answer was lost?
		live, e := configMaps.Get(ctx, m.Name, metav1.GetOptions{})
		if e == nil && live.Annotations[runAnnotation] == m.Annotations[runAnnotation] {
			r.kept, err = live, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the record of this release: %w", a.cluster.advised(err))
	}
	return r, nil
}

// mark says what became of a release. It is written even where the run was stopped.
func (a *apply) mark(ctx context.Context, r *Record, state string) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer stop()
	err := a.save(ctx, r, map[string]string{"state": state, "journal": ""})
	if err == nil {
		r.State = state
	}
	return err
}

// save writes into the record of a release. Where another run has written there since, this one has lost its lease.
func (a *apply) save(ctx context.Context, r *Record, data map[string]string) error {
	configMaps := a.cluster.typed.CoreV1().ConfigMaps(a.Namespace)
	for tries := 0; ; tries++ {
		next := r.kept.DeepCopy()
		for k, v := range data {
			if next.Data[k] = v; v == "" {
				delete(next.Data, k)
			}
		}
		live, err := configMaps.Update(ctx, next, metav1.UpdateOptions{FieldManager: Manager})
		if err == nil {
			r.kept = live
			return nil
		}
		if apierrors.IsConflict(err) && tries < 5 { // the answer to an earlier try may have been lost
			live, err = configMaps.Get(ctx, next.Name, metav1.GetOptions{})
			if err == nil && live.Data["state"] != r.State && live.Data["state"] != data["state"] {
				return errLeaseLost
			}
			if r.kept = live; err == nil {
				continue
			}
		}
		return fmt.Errorf("the record of release %d: %w", r.Number, a.cluster.advised(err))
	}
}

// remembered splits the releases before one that is ready into those to remember and those that are too old to go back to.
func remembered(earlier []*Record) (young, old []*Record) {
	ready := 1
	for i, r := range earlier {
		if r.State == stateReady {
			ready++
		}
		if ready > kept || i+1 >= most {
			return earlier[:i], earlier[i:]
		}
	}
	return earlier, nil
}

// forget deletes records that are too old to go back to.
func (a *apply) forget(ctx context.Context, old []*Record) error {
	for _, r := range old {
		err := unhindered(func() error {
			return a.cluster.typed.CoreV1().ConfigMaps(a.Namespace).Delete(ctx, recordName(a.App, r.Number), metav1.DeleteOptions{})
		})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("the record of release %d: %w", r.Number, a.cluster.advised(err))
		}
	}
	return nil
}
