package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Difference is what an apply would do to one object.
type Difference struct {
	Kind      string        `json:"kind"`
	Name      string        `json:"name"`
	Namespace string        `json:"namespace,omitempty"`
	Action    string        `json:"action"` // created, configured, deleted
	Changes   []FieldChange `json:"changes,omitempty"`
	Conflicts string        `json:"conflicts,omitempty"` // fields that others own, with their managers
	Owner     string        `json:"owner,omitempty"`     // the tool or application whose it is: it would not be written
	Adopts    string        `json:"adopts,omitempty"`    // the field managers, such as kubectl's, whose fields it would take over
}

// FieldChange is one field before and after, in YAML on one line; empty where it isn't there.
type FieldChange struct {
	Field string `json:"field"` // spec.template.spec.containers[web].image
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Diff tells what Apply would change, by the server's own account, and writes nothing. Values of Secrets stay out of it.
// What would be unchanged is left out.
func (c *Cluster) Diff(ctx context.Context, objects Objects, o ApplyOptions) ([]Difference, error) {
	a := newApply(c, o)
	ctx, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	differences, err := a.diff(ctx, objects.copy())
	return differences, a.redact.error(err)
}

func (a *apply) diff(ctx context.Context, objects Objects) ([]Difference, error) {
	if err := a.cluster.discover(ctx); err != nil {
		return nil, err
	}
	if err := a.mapped(objects); err != nil {
		return nil, err
	}
	objects, err := a.resolve(ctx, objects)
	if err != nil {
		return nil, err
	}
	_, err = a.cluster.typed.CoreV1().Namespaces().Get(ctx, a.Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) { // where nothing is there is nothing to ask the server
		var all []Difference
		for _, o := range objects {
			all = append(all, Difference{Kind: o.GetKind(), Name: o.GetName(), Namespace: o.GetNamespace(), Action: created})
		}
		return all, nil
	}
	if err != nil && !apierrors.IsForbidden(err) {
		return nil, a.cluster.advised(err)
	}
	a.asking = true
	plan, err := a.plan(ctx, objects)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, p := range plan {
		if p.action != unchanged || p.conflicts != "" || p.owner != "" {
			all = append(all, p.difference())
		}
	}
	if a.App != "" {
		earlier, err := a.history(ctx)
		if err != nil {
			return nil, err
		}
		remains, err := a.remains(ctx, leftover(objects, earlier, earlier), false)
		if err != nil {
			return nil, err
		}
		for _, p := range remains {
			all = append(all, Difference{Kind: p.GetKind(), Name: p.GetName(), Namespace: p.GetNamespace(), Action: deleted})
		}
	}
	return all, nil
}

func (p *planned) difference() Difference {
	d := Difference{Kind: p.GetKind(), Name: p.GetName(), Namespace: p.GetNamespace(), Action: p.action, Conflicts: p.conflicts, Owner: p.owner}
	if p.adopt != nil {
		d.Adopts = p.adopt.from
	}
	if p.action == configured && p.live != nil && p.want != nil {
		var c comparison
		c.values("", read(p.live), read(p.want))
		d.Changes = c.changes
		if p.is("", "Secret") {
			for i := range d.Changes {
				d.Changes[i].Old, d.Changes[i].New = masked(d.Changes[i].Old), masked(d.Changes[i].New)
			}
		}
	}
	return d
}

func masked(value string) string {
	if value == "" {
		return ""
	}
	return "(secret)"
}

// read is an object without what the server keeps for itself.
func read(u *unstructured.Unstructured) map[string]any {
	m := plain(u)
	metadata := child(m, "metadata")
	for _, field := range []string{"managedFields", "uid", "creationTimestamp", "selfLink"} {
		delete(metadata, field)
	}
	return m
}

// comparison collects the fields in which two objects differ.
type comparison struct{ changes []FieldChange }

func (c *comparison) values(field string, old, new any) {
	if reflect.DeepEqual(old, new) {
		return
	}
	oldMap, isMap := old.(map[string]any)
	newMap, wasMap := new.(map[string]any)
	if isMap && wasMap {
		c.maps(field, oldMap, newMap)
		return
	}
	oldList, isList := old.([]any)
	newList, wasList := new.([]any)
	if isList && wasList {
		if a, b := named(oldList), named(newList); a != nil && b != nil {
			c.elements(field, a, b)
			return
		}
	}
	c.changes = append(c.changes, FieldChange{field, oneLine(old), oneLine(new)})
}

func (c *comparison) maps(field string, old, new map[string]any) {
	for _, key := range union(sortedKeys(old), sortedKeys(new)) {
		at := key
		if strings.ContainsAny(key, "./[]") {
			at = "[" + key + "]"
		} else if field != "" {
			at = "." + key
		}
		c.values(field+at, old[key], new[key])
	}
}

// elements compares lists whose elements have names.
func (c *comparison) elements(field string, old, new map[string]any) {
	for _, key := range union(sortedKeys(old), sortedKeys(new)) {
		c.values(field+"["+key+"]", old[key], new[key])
	}
}

// named gives the elements of a list by what tells them apart: their name, or a port's number, or a volume's path. It is
// nil where nothing does.
func named(list []any) map[string]any {
	elements := map[string]any{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil
		}
		name := ""
		for _, field := range []string{"mountPath", "name", "port", "containerPort", "key", "type", "host"} {
			if v, there := m[field]; there {
				name = fmt.Sprint(v)
				break
			}
		}
		if _, twice := elements[name]; twice || name == "" {
			return nil
		}
		elements[name] = m
	}
	return elements
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// oneLine writes a value as JSON, texts without quotes where they read as well; empty for what isn't there.
func oneLine(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "" || strings.ContainsAny(v, "\n\"") {
			return strconv.Quote(v)
		}
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
