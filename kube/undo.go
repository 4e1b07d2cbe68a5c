package kube

import (
	"encoding/json"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// found are the objects of a plan as they are before the first write, by their keys: what others own of them by then is theirs.
func found(plan []*planned) map[string]*unstructured.Unstructured {
	all := map[string]*unstructured.Unstructured{}
	for _, p := range plan {
		if p.live != nil {
			all[p.key()] = p.live
		}
	}
	return all
}

// yields takes out of an object of a release that is brought back what others owned before the failed one began: it stays as
// they have set it, and what the failed release has taken from them by force gets their value again. An object that the failed
// release did not write is as it was found.
func (a *apply) yields(o Object, live *unstructured.Unstructured) error {
	if live == nil {
		return nil
	}
	before := live
	if found := a.asFound[o.key()]; found != nil && found.GetUID() == live.GetUID() {
		before = found
	}
	ours, theirs, err := a.shares(before)
	if err != nil {
		return err
	}
	theirs = theirs.Difference(ours).Leaves()
	nowOurs, nowTheirs, err := a.shares(live)
	if err != nil {
		return err
	}
	left, err := fieldsOf(theirs.Intersection(nowTheirs.Difference(nowOurs)))
	if err != nil {
		return err
	}
	taken, err := fieldsOf(theirs.Intersection(nowOurs))
	if err != nil {
		return err
	}
	put(o.Object, left, nil)
	put(o.Object, taken, before.Object)
	return nil
}

// shares are the fields that migrate has applied of an object, and those that others own and that it would not adopt.
func (a *apply) shares(live *unstructured.Unstructured) (ours, theirs *fieldpath.Set, err error) {
	ours, theirs = fieldpath.NewSet(), fieldpath.NewSet()
	from := a.adoptable()
	for _, f := range live.GetManagedFields() {
		mine := f.Manager == Manager && f.Operation == metav1.ManagedFieldsOperationApply && f.Subresource == ""
		if f.FieldsV1 == nil || !mine && f.Subresource == "" && slices.Contains(from, f.Manager) {
			continue
		}
		var set fieldpath.Set
		if err := set.FromJSON(f.FieldsV1.GetRawReader()); err != nil {
			return nil, nil, err
		}
		if mine {
			ours = ours.Union(&set)
		} else {
			theirs = theirs.Union(&set)
		}
	}
	return ours, theirs, nil
}

// fieldsOf is a set in the server's notation.
func fieldsOf(set *fieldpath.Set) (fields map[string]any, err error) {
	text, err := set.ToJSON()
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	return fields, err
}

// put gives the fields of a set, in the server's notation, the values that they have in from, and takes out those that have
// none there. What an element of a list is known by stays.
func put(value any, fields map[string]any, from any) {
	for field, below := range fields {
		below, _ := below.(map[string]any)
		switch value := value.(type) {
		case map[string]any:
			source, _ := from.(map[string]any)
			putField(value, strings.TrimPrefix(field, "f:"), below, source)
		case []any:
			if element := elementOf(value, field); element != nil {
				source, _ := from.([]any)
				put(element, withoutKeys(below, field), elementOf(source, field))
			}
		}
	}
}

func putField(value map[string]any, name string, below, from map[string]any) {
	next, there := from[name]
	switch {
	case len(below) > 0:
		put(value[name], below, next)
	case there:
		value[name] = runtime.DeepCopyJSONValue(next)
	default:
		delete(value, name)
	}
}

// elementOf is the element of a list that a path element means, nil where there is none.
func elementOf(list []any, path string) any {
	if i := slices.IndexFunc(list, func(element any) bool { return names(path, element) }); i >= 0 {
		return list[i]
	}
	return nil
}

// withoutKeys are the fields of an element of a list without those that it is known by.
func withoutKeys(fields map[string]any, path string) map[string]any {
	var keys map[string]any
	_ = json.Unmarshal([]byte(strings.TrimPrefix(path, "k:")), &keys) // a v:... has none
	rest := map[string]any{}
	for field, below := range fields {
		if _, key := keys[strings.TrimPrefix(field, "f:")]; !key {
			rest[field] = below
		}
	}
	return rest
}
