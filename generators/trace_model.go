package generators

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// variant is a model as a tree that can be changed and changed back.
type variant struct{ root *yaml.Node }

func newVariant(app *service.App) (*variant, error) {
	data, err := app.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	return &variant{doc.Content[0]}, nil
}

// app is the model, if it is one.
func (v *variant) app() (*service.App, bool) {
	app := &service.App{}
	if v.root.Decode(app) != nil || app.Validate() != nil {
		return nil, false
	}
	return app, true
}

// field is a place in the model with the ways to change it.
type field struct {
	path   string
	value  string       // of a scalar, or the name of a thing
	others []otherValue // another value each; the first that gives a model counts
	remove func() (undo func())
	set    func() (undo func()) // of a field that is not there
}

type otherValue struct {
	apply   func() (undo func())
	renamed []string // the name before and after, where it is one
}

// fields are all fields that are set: scalars, lists, mappings and the names of things.
func (v *variant) fields() []field {
	var all []field
	v.walk(v.root, "", &all)
	return all
}

func (v *variant) walk(n *yaml.Node, path string, all *[]field) {
	width := 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i+width <= len(n.Content); i += width {
		key, value := strconv.Itoa(i), n.Content[i+width-1]
		if width == 2 {
			key = n.Content[i].Value
		}
		f := field{path: joinPath(path, key), remove: removal(n, i, width)}
		switch {
		case value.Kind == yaml.ScalarNode:
			f.value, f.others = value.Value, others(value)
		case path == "services" || path == "needs" || path == "environments":
			f.value, f.others = key, []otherValue{v.rename(path, key)}
			f.remove = func() func() { return v.without([]string{f.path}) }
		case strings.HasPrefix(path, "environments.") && strings.HasSuffix(path, ".needs"):
			f.others = otherAnswers(value)
		}
		v.walk(value, f.path, all)
		*all = append(*all, f)
	}
}

// otherAnswers lead a need elsewhere in another way: a part of an answer can't be taken out by itself.
func otherAnswers(n *yaml.Node) []otherValue {
	var all []otherValue
	for _, text := range []string{"{inside: true}", "{host: zq.example.com}"} {
		var doc yaml.Node
		if yaml.Unmarshal([]byte(text), &doc) != nil || at(n, doc.Content[0].Content[0].Value) != nil {
			continue
		}
		all = append(all, otherValue{apply: func() func() {
			old := n.Content
			n.Content = doc.Content[0].Content
			return func() { n.Content = old }
		}})
	}
	return all
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// removal takes out the count nodes at i.
func removal(n *yaml.Node, i, count int) func() func() {
	return func() func() {
		old := n.Content
		n.Content = slices.Concat(old[:i], old[i+count:])
		return func() { n.Content = old }
	}
}

// others are values that a scalar could have instead.
func others(n *yaml.Node) []otherValue {
	var all []otherValue
	for _, text := range otherTexts(n) {
		all = append(all, otherValue{apply: func() func() {
			old := n.Value
			n.Value = text
			return func() { n.Value = old }
		}})
	}
	return all
}

func otherTexts(n *yaml.Node) []string {
	switch n.ShortTag() {
	case "!!int":
		number, err := strconv.Atoi(n.Value)
		if err != nil {
			return nil
		}
		return []string{strconv.Itoa(number + 1), strconv.Itoa(number - 1)}
	case "!!bool":
		return nil // it is there because it is true
	}
	var texts []string
	if digit := strings.LastIndexAny(n.Value, "0123456789"); digit >= 0 {
		next := '0' + (n.Value[digit]-'0'+1)%10
		texts = append(texts, n.Value[:digit]+string(rune(next))+n.Value[digit+1:])
	}
	return append([]string{n.Value + "x"}, texts...)
}

// rename gives a service, need or environment another name wherever the model says it.
func (v *variant) rename(kind, name string) otherValue {
	to := name + "-zq"
	return otherValue{renamed: []string{name, to}, apply: func() func() {
		var changed []*yaml.Node
		put := func(n *yaml.Node) {
			if n != nil && n.Kind == yaml.ScalarNode && n.Value == name {
				n.Value = to
				changed = append(changed, n)
			}
		}
		for _, n := range v.mentions(kind) {
			put(n)
		}
		return func() {
			for _, n := range changed {
				n.Value = name
			}
		}
	}}
}

// mentions are the nodes in which names of a kind of thing stand.
func (v *variant) mentions(kind string) []*yaml.Node {
	all := keyNodes(at(v.root, kind))
	switch kind {
	case "services":
		for _, s := range valueNodes(at(v.root, "services")) {
			all = append(all, at(s, "from"))
		}
		for _, c := range valueNodes(at(v.root, "checks")) {
			all = append(all, at(c, "service"))
		}
		for _, e := range valueNodes(at(v.root, "environments")) {
			all = append(all, keyNodes(at(e, "replicas"))...)
		}
	case "needs":
		for _, s := range valueNodes(at(v.root, "services")) {
			if needs := at(s, "needs"); needs != nil {
				all = append(all, needs.Content...)
			}
		}
		for _, e := range valueNodes(at(v.root, "environments")) {
			all = append(all, keyNodes(at(e, "needs"))...)
		}
	}
	return all
}

// names are the paths of the things of a kind: needs.db.
func (v *variant) names(kind string) []string {
	var all []string
	for _, key := range keyNodes(at(v.root, kind)) {
		all = append(all, kind+"."+key.Value)
	}
	return all
}

// services are the paths of the services, those that come from others first, as they can go by themselves.
func (v *variant) services() []string {
	var further, bases []string
	for _, path := range v.names("services") {
		if at(at(at(v.root, "services"), strings.TrimPrefix(path, "services.")), "from") != nil {
			further = append(further, path)
		} else {
			bases = append(bases, path)
		}
	}
	return append(further, bases...)
}

// without takes whole things out of the model, wherever they are mentioned.
func (v *variant) without(paths []string) (undo func()) {
	var undos []func()
	for _, path := range paths {
		kind, name, _ := strings.Cut(path, ".")
		places := []*yaml.Node{at(v.root, kind)}
		for _, e := range valueNodes(at(v.root, "environments")) {
			switch kind {
			case "services":
				places = append(places, at(e, "replicas"))
			case "needs":
				places = append(places, at(e, "needs"))
			}
		}
		for _, s := range valueNodes(at(v.root, "services")) {
			if kind == "needs" {
				places = append(places, at(s, "needs"))
			}
		}
		for _, n := range places {
			if n == nil {
				continue
			}
			width := 1
			if n.Kind == yaml.MappingNode {
				width = 2
			}
			for i := 0; i < len(n.Content); i += width {
				if n.Content[i].Value == name {
					undos = append(undos, removal(n, i, width)())
					break
				}
			}
		}
	}
	return func() {
		for _, undo := range slices.Backward(undos) {
			undo()
		}
	}
}

// unset are the fields of the application, its services, needs and environments that the model does not have, with a value
// that each could have.
func (v *variant) unset() []field {
	all := v.samples(v.root, reflect.TypeFor[service.App](), "")
	for _, of := range []struct {
		kind string
		t    reflect.Type
	}{{"services", reflect.TypeFor[service.Service]()}, {"needs", reflect.TypeFor[service.Need]()}, {"environments", reflect.TypeFor[service.Environment]()}} {
		things := at(v.root, of.kind)
		for i, key := range keyNodes(things) {
			all = append(all, v.samples(things.Content[2*i+1], of.t, of.kind+"."+key.Value)...)
		}
	}
	return all
}

// samples are the fields of a struct that a mapping lacks.
func (v *variant) samples(n *yaml.Node, t reflect.Type, path string) []field {
	var all []field
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		for _, text := range sample(name, t.Field(i).Type) {
			var doc yaml.Node
			if at(n, name) != nil || yaml.Unmarshal([]byte(text), &doc) != nil {
				continue
			}
			all = append(all, field{path: joinPath(path, name), set: func() func() {
				old := n.Content
				n.Content = append(slices.Clone(old), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, doc.Content[0])
				return func() { n.Content = old }
			}})
		}
	}
	return all
}

// sample is a value for a field, in YAML; none where no value is right without knowing more.
func sample(name string, t reflect.Type) []string {
	switch name {
	case "health":
		return []string{"{ready: /ready}"}
	case "routes":
		return []string{"[{host: a.example.com, path: /a}]"}
	case "gateway":
		return []string{"{ingress: a}"}
	case "schedule":
		return []string{"1 2 3 4 *"}
	case "env":
		return []string{"{ZQ: a}"}
	case "state":
		return []string{"[/zq]"}
	case "secrets":
		if t.Kind() == reflect.Slice {
			return []string{"[ZQ]"}
		}
	case "ci":
		return []string{"github"}
	case "build":
		return []string{"{dockerfile: Zq}", "{packages: [zq]}", "{command: [zq]}"}
	case "replicas", "hosts", "needs", "checks", "from":
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		return []string{"zq"}
	case reflect.Int:
		return []string{"8181"}
	case reflect.Bool:
		return []string{"true"}
	}
	return nil
}

func at(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func keyNodes(n *yaml.Node) []*yaml.Node   { return every(n, 0) }
func valueNodes(n *yaml.Node) []*yaml.Node { return every(n, 1) }

func every(n *yaml.Node, from int) []*yaml.Node {
	var all []*yaml.Node
	for i := from; n != nil && n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		all = append(all, n.Content[i])
	}
	return all
}
