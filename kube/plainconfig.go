package kube

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// plainConfig is an entry of a configMapGenerator.
type plainConfig struct {
	Name     string   `json:"name"`
	Behavior string   `json:"behavior"`
	Literals []string `json:"literals"`
	Files    []string `json:"files"`
}

var configKey = pattern.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}$`)

// plainConfigs makes ConfigMaps, or merges into those that are there already.
func (t *tree) plainConfigs(dir string, configs []plainConfig, objects []plainObject) ([]plainObject, bool) {
	for _, c := range configs {
		data, ok := t.configData(dir, c)
		at := slices.IndexFunc(objects, func(o plainObject) bool { return o.kind == "ConfigMap" && o.name == c.Name })
		switch {
		case !ok || !plainName.MatchString(c.Name):
			return nil, false
		case at < 0 && (c.Behavior == "" || c.Behavior == "create"):
			object := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": c.Name}}
			if len(data) > 0 {
				object["data"] = data
			}
			objects = append(objects, plainObject{kind: "ConfigMap", name: c.Name, object: object, generated: true})
		case at >= 0 && c.Behavior == "merge" && objects[at].generated:
			for key, value := range child(objects[at].object, "data") {
				if _, changed := data[key]; !changed {
					data[key] = value
				}
			}
			if len(data) > 0 {
				objects[at].object["data"] = data
			}
		default:
			return nil, false
		}
	}
	return objects, true
}

func (t *tree) configData(dir string, c plainConfig) (data map[string]any, ok bool) {
	data = map[string]any{}
	add := func(key, value string) bool {
		_, known := data[key]
		data[key] = value
		return !known && configKey.MatchString(key) && plainText(value)
	}
	for _, literal := range c.Literals {
		key, value, found := strings.Cut(literal, "=")
		if n := len(value); n > 1 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
			value = value[1 : n-1]
		}
		if !found || !add(key, value) {
			return nil, false
		}
	}
	for _, source := range c.Files {
		key, name, named := strings.Cut(source, "=")
		if !named {
			key, name = path.Base(source), source
		}
		file := path.Join(dir, name)
		text, known := t.texts[file]
		if !known || !strings.HasPrefix(file, dir+"/") || path.Clean(name) != name || !add(key, string(text)) {
			return nil, false
		}
	}
	return data, true
}

// configHash is kustomize's hash of a ConfigMap.
func configHash(o plainObject) (string, error) {
	node, err := yaml.FromMap(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": o.name}})
	if err != nil {
		return "", err
	}
	if data := child(o.object, "data"); data != nil {
		texts := make(map[string]string, len(data))
		for key, value := range data {
			texts[key] = value.(string)
		}
		if err := node.LoadMapIntoConfigMapData(texts); err != nil {
			return "", err
		}
	}
	return (&hasher.Hasher{}).Hash(node)
}

// renameConfigs gives ConfigMaps their new names in a pod specification; false where it is built as no pod's is.
func renameConfigs(podSpec map[string]any, names map[string]string) bool {
	ok := true
	rename := func(reference map[string]any) {
		if reference["name"] == nil {
			return
		}
		name, text := reference["name"].(string)
		if ok = ok && text; names[name] != "" {
			reference["name"] = names[name]
		}
	}
	each := func(list any, do func(map[string]any)) {
		all, isList := list.([]any)
		found := maps(list)
		ok = ok && (list == nil || isList) && len(found) == len(all)
		for _, m := range found {
			do(m)
		}
	}
	each(podSpec["volumes"], func(v map[string]any) {
		rename(child(v, "configMap"))
		each(child(v, "projected")["sources"], func(s map[string]any) { rename(child(s, "configMap")) })
	})
	for _, field := range []string{"initContainers", "containers"} {
		each(podSpec[field], func(c map[string]any) {
			each(c["env"], func(e map[string]any) { rename(child(e, "valueFrom", "configMapKeyRef")) })
			each(c["envFrom"], func(e map[string]any) { rename(child(e, "configMapRef")) })
		})
	}
	return ok
}

// plainPatch is a JSON patch of the objects of one kind and name.
type plainPatch struct {
	Target struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"target"`
	Patch string `json:"patch"`
}

// apply patches by the library that kustomize patches with, below spec alone.
func (p plainPatch) apply(objects []plainObject) bool {
	if !plainName.MatchString(p.Target.Kind) || !plainName.MatchString(p.Target.Name) {
		return false
	}
	text, err := []byte(strings.TrimSpace(p.Patch)), error(nil)
	if !bytes.HasPrefix(text, []byte("[")) {
		text, err = sigsyaml.YAMLToJSON(text)
	}
	if err != nil || !belowSpec(text) {
		return false
	}
	patch, err := jsonpatch.DecodePatch(text)
	if err != nil {
		return false
	}
	for i, o := range objects {
		if o.kind != p.Target.Kind || o.name != p.Target.Name {
			continue
		}
		before, err := json.Marshal(o.object)
		if err != nil {
			return false
		}
		after, err := patch.Apply(before)
		if err != nil {
			return false
		}
		var changed map[string]any
		if err := utiljson.Unmarshal(after, &changed); err != nil {
			return false
		}
		objects[i].object = changed
	}
	return true
}

// belowSpec says whether a patch adds, replaces and removes plain values below spec and does nothing else.
func belowSpec(patch []byte) bool {
	var ops []map[string]any
	if utiljson.Unmarshal(patch, &ops) != nil || len(ops) == 0 {
		return false
	}
	for _, op := range ops {
		where, _ := op["path"].(string)
		value, given := op["value"]
		if !strings.HasPrefix(where, "/spec/") || given && !plainJSON(value) {
			return false
		}
		switch {
		case len(op) == 3 && given && (op["op"] == "add" || op["op"] == "replace"):
		case len(op) == 2 && op["op"] == "remove":
		default:
			return false
		}
	}
	return true
}

// plainJSON says of a value what plainValue says of a node.
func plainJSON(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if !plainText(key) || !plainJSON(value) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(element any) bool { return !plainJSON(element) })
	case string:
		return plainText(v)
	case int64:
		return plainInteger(v)
	case bool:
		return true
	}
	return false
}
