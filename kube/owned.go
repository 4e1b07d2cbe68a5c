package kube

import (
	"encoding/json"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// owned is the part of a live object that migrate has applied, by the server's account: what applying it again
// would say. It is nil where migrate has applied nothing.
func owned(live *unstructured.Unstructured) *unstructured.Unstructured {
	for _, f := range live.GetManagedFields() {
		if f.Manager != Manager || f.Operation != metav1.ManagedFieldsOperationApply || f.Subresource != "" || f.FieldsV1 == nil {
			continue
		}
		var fields map[string]any
		if err := json.Unmarshal(f.FieldsV1.GetRawBytes(), &fields); err != nil {
			return nil
		}
		content, _ := project(live.DeepCopy().Object, fields).(map[string]any)
		u := &unstructured.Unstructured{Object: content}
		u.SetAPIVersion(f.APIVersion)
		u.SetKind(live.GetKind())
		u.SetName(live.GetName())
		u.SetNamespace(live.GetNamespace())
		return u
	}
	return nil
}

// project cuts a value down to a set of fields in the server's notation: f:name is a field, k:{...} the element of a list
// that has these keys, v:... the element that is this value. An empty set is all of it.
func project(value any, fields map[string]any) any {
	if len(fields) == 0 {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		part := map[string]any{}
		for field, below := range fields {
			name, isField := strings.CutPrefix(field, "f:")
			if v, there := value[name]; isField && there {
				below, _ := below.(map[string]any)
				part[name] = project(v, below)
			}
		}
		return part
	case []any:
		part := []any{}
		for _, element := range value {
			for field, below := range fields {
				if names(field, element) {
					below, _ := below.(map[string]any)
					part = append(part, project(element, below))
				}
			}
		}
		return part
	}
	return value
}

// names says whether a path element of a list means this one.
func names(field string, element any) bool {
	kind, text, _ := strings.Cut(field, ":")
	var wanted any
	if kind != "k" && kind != "v" || json.Unmarshal([]byte(text), &wanted) != nil {
		return false
	}
	if kind == "v" {
		return equal(wanted, element)
	}
	m, isMap := element.(map[string]any)
	keys, _ := wanted.(map[string]any)
	for k, v := range keys {
		if !isMap || !equal(v, m[k]) {
			return false
		}
	}
	return isMap
}

// equal compares a value of JSON's with one of an object, whose whole numbers are int64.
func equal(a, b any) bool {
	if n, whole := b.(int64); whole {
		b = float64(n)
	}
	return reflect.DeepEqual(a, b)
}
