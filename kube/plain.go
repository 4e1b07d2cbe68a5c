package kube

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kjson "sigs.k8s.io/json"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Of kustomize's language, what migrate itself writes is little: resources, a namespace, labels, ConfigMaps of literals and
// files, JSON patches of a named object, numbers of pods. A tree that uses no more is built here, in a twentieth of the time:
// kustomize turns every object into text and back for each thing that it does to it. All else, and whatever looks odd or
// wrong, is left to kustomize. It says what is right: tests hold each object that is made here against what it makes.

// plainKustomization is a kustomization that can be built here; the fields are kustomize's own.
type plainKustomization struct {
	APIVersion         string         `json:"apiVersion"`
	Kind               string         `json:"kind"`
	Namespace          string         `json:"namespace"`
	Resources          []string       `json:"resources"`
	Labels             []plainLabels  `json:"labels"`
	ConfigMapGenerator []plainConfig  `json:"configMapGenerator"`
	Patches            []plainPatch   `json:"patches"`
	Replicas           []plainReplica `json:"replicas"`
}

type plainLabels struct {
	Pairs map[string]string `json:"pairs"`
}

type plainReplica struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// plainObject is an object while it is built.
type plainObject struct {
	kind, name string
	object     map[string]any
	generated  bool // a ConfigMap that gets a hash in its name
}

// plainKinds are the kinds that all live in a namespace, and in which kustomize changes nothing but what plain changes.
var plainKinds = map[string]bool{
	"v1/ConfigMap": true, "v1/PersistentVolumeClaim": true, "v1/Service": true, "v1/ServiceAccount": true,
	"apps/v1/DaemonSet": true, "apps/v1/Deployment": true, "apps/v1/StatefulSet": true, "autoscaling/v2/HorizontalPodAutoscaler": true,
	"batch/v1/CronJob": true, "batch/v1/Job": true, "discovery.k8s.io/v1/EndpointSlice": true, "networking.k8s.io/v1/Ingress": true,
	"networking.k8s.io/v1/NetworkPolicy": true, "policy/v1/PodDisruptionBudget": true, "gateway.networking.k8s.io/v1/HTTPRoute": true,
}

// plainName is a name in which no character has a meaning of its own: targets of patches are regular expressions.
var plainName = pattern.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)

// buildPlain builds a tree; false says that only kustomize can.
func (t *tree) buildPlain(dir string) ([]plainObject, bool) {
	objects, ok := t.accumulate(dir, nil)
	if !ok || len(objects) == 0 {
		return nil, false
	}
	names := map[string]string{}
	for _, o := range objects {
		if !o.generated {
			continue
		}
		hash, err := configHash(o)
		if err != nil {
			return nil, false
		}
		names[o.name] = o.name + "-" + hash
		child(o.object, "metadata")["name"] = names[o.name]
	}
	for _, o := range objects {
		if !renameConfigs(Object{Unstructured: &unstructured.Unstructured{Object: o.object}}.podSpec(), names) {
			return nil, false
		}
	}
	return objects, true
}

// accumulate does what one kustomization says, in kustomize's order: resources, generators, patches, namespace, labels, replicas.
// The directories that led here are above.
func (t *tree) accumulate(dir string, above []string) (objects []plainObject, ok bool) {
	k, ok := t.plainKustomization(dir)
	if !ok || k.Namespace != "" && len(above) > 0 || slices.ContainsFunc(above, func(other string) bool { return nested(dir, other) }) {
		return nil, false
	}
	for _, name := range k.Resources {
		var more []plainObject
		if at := path.Join(dir, name); t.kustomized(at) {
			more, ok = t.accumulate(at, append(above[:len(above):len(above)], dir))
		} else {
			more, ok = t.plainFile(dir, name)
		}
		if objects = append(objects, more...); !ok {
			return nil, false
		}
	}
	if objects, ok = t.plainConfigs(dir, k.ConfigMapGenerator, objects); !ok || twice(objects) {
		return nil, false
	}
	for _, p := range k.Patches {
		if !p.apply(objects) {
			return nil, false
		}
	}
	for _, o := range objects {
		if k.Namespace != "" {
			child(o.object, "metadata")["namespace"] = k.Namespace
		}
		for _, l := range k.Labels {
			l.apply(o.object)
		}
	}
	return objects, !slices.ContainsFunc(k.Replicas, func(r plainReplica) bool { return !r.apply(objects) })
}

// nested says whether one of two directories lies in the other, which kustomize takes for a cycle, or not, by its own rules.
func nested(a, b string) bool {
	return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
}

func twice(objects []plainObject) bool {
	seen := map[[2]string]bool{}
	for _, o := range objects {
		id := [2]string{o.kind, o.name}
		if seen[id] {
			return true
		}
		seen[id] = true
	}
	return false
}

func (t *tree) kustomized(dir string) bool {
	return slices.ContainsFunc(t.kustomizations, func(k kustomization) bool { return path.Dir(k.file) == dir })
}

func (t *tree) plainKustomization(dir string) (k plainKustomization, ok bool) {
	for _, known := range t.kustomizations {
		if path.Dir(known.file) != dir {
			continue
		}
		value, ok := plainValue(known.node)
		if !ok {
			return k, false
		}
		text, err := json.Marshal(value)
		if err != nil {
			return k, false
		}
		odd, err := kjson.UnmarshalStrict(text, &k)
		return k, err == nil && len(odd) == 0 && k.Kind == "Kustomization" && k.APIVersion == "kustomize.config.k8s.io/v1beta1"
	}
	return k, false
}

// plainFile gives the objects of a file in the kustomization's own directory.
func (t *tree) plainFile(dir, name string) (objects []plainObject, ok bool) {
	file := path.Join(dir, name)
	if !strings.HasPrefix(file, dir+"/") || path.Clean(name) != name {
		return nil, false
	}
	for _, d := range t.documents {
		if d.file != file {
			continue
		}
		value, ok := plainValue(d.node)
		object, _ := value.(map[string]any)
		if !ok || !plainHead(object) {
			return nil, false
		}
		objects = append(objects, plainObject{kind: d.kind, name: d.name, object: object})
	}
	return objects, len(objects) > 0
}

// plainHead says whether what kustomize looks at in every object is as usual.
func plainHead(object map[string]any) bool {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	metadata := child(object, "metadata")
	name, _ := metadata["name"].(string)
	if !plainKinds[apiVersion+"/"+kind] || name == "" || metadata["namespace"] != nil {
		return false
	}
	for _, field := range []string{"labels", "annotations"} {
		values, given := metadata[field]
		texts, ok := values.(map[string]any)
		if given && (!ok || len(texts) == 0) {
			return false
		}
		for key, value := range texts {
			_, text := value.(string)
			if !text || strings.Contains(key, "config.kubernetes.io/") || kind == "Ingress" && strings.HasSuffix(key, "-configmap") {
				return false
			}
		}
	}
	return true
}

func (l plainLabels) apply(object map[string]any) {
	metadata := child(object, "metadata")
	labels := child(metadata, "labels")
	if labels == nil {
		labels = map[string]any{}
	}
	for key, value := range l.Pairs {
		labels[key] = value
	}
	if len(l.Pairs) > 0 {
		metadata["labels"] = labels
	}
}

// apply sets a number of pods; false where nothing has the name, which is an error of kustomize's.
func (r plainReplica) apply(objects []plainObject) bool {
	found := false
	for _, o := range objects {
		if o.name != r.Name || o.kind != "Deployment" && o.kind != "StatefulSet" {
			continue
		}
		spec := child(o.object, "spec")
		if _, number := spec["replicas"].(int64); spec == nil || spec["replicas"] != nil && !number {
			return false
		}
		spec["replicas"], found = r.Count, true
	}
	return found
}
