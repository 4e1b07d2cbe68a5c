package adopt

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Dir is where the component for an environment lies, or, for "", that for all of them.
func Dir(environment string) string {
	if environment == "" {
		return "kube/adopted"
	}
	return "kube/adopted/" + environment
}

func (t *taker) dir() string { return Dir(t.Environment) }

const componentFile = "kustomization.yaml"

// component writes the files of the component, and the model's mention of it.
func (t *taker) component() error {
	var resources, patches []*yaml.Node
	for _, e := range t.extra {
		data, err := encode(e.node, fmt.Sprintf("# From %s:%d.\n", e.o.file, e.o.node.Line))
		if err != nil {
			return err
		}
		t.result.Files[t.dir()+"/"+e.file()] = data
		resources = append(resources, scalar(e.file()))
	}
	for _, p := range t.patch {
		if len(p.ops) == 0 {
			continue
		}
		data, err := p.encode()
		if err != nil {
			return err
		}
		t.result.Files[t.dir()+"/"+p.file()] = data
		target := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{scalar("kind"), scalar(p.kind), scalar("name"), scalar(p.name)}}
		patches = append(patches, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("path"), scalar(p.file()), scalar("target"), target}})
	}
	if len(t.result.Files) == 0 {
		return nil
	}
	data, err := t.kustomization(resources, patches)
	if err != nil {
		return err
	}
	t.result.Files[t.dir()+"/"+componentFile] = data
	t.mention()
	return nil
}

// mention names the component in the model.
func (t *taker) mention() {
	if t.Environment == "" {
		if !slices.Contains(t.App.Components, t.dir()) {
			t.App.Components = append(t.App.Components, t.dir())
			t.result.Fields["components"] = "migrate adopt"
		}
		return
	}
	e := t.App.Environments[t.Environment]
	if !slices.Contains(e.Components, t.dir()) {
		e.Components = append(e.Components, t.dir())
		t.App.Environments[t.Environment] = e
		t.result.Fields["environments."+t.Environment+".components"] = "migrate adopt"
	}
}

// kustomization adds what is new to the component's list of files.
func (t *taker) kustomization(resources, patches []*yaml.Node) ([]byte, error) {
	var doc yaml.Node
	if have := t.Have[componentFile]; have != nil {
		if err := yaml.Unmarshal(have, &doc); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", t.dir(), componentFile, err)
		}
	}
	if len(doc.Content) == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Content: []*yaml.Node{
			scalar("apiVersion"), scalar("kustomize.config.k8s.io/v1alpha1"), scalar("kind"), scalar("Component")}}}}
		doc.Content[0].HeadComment = "What the manifests of before say and migrate.yaml has no word for. It is yours: migrate generate leaves it alone."
	}
	root := doc.Content[0]
	for _, add := range []struct {
		key   string
		items []*yaml.Node
	}{{"resources", resources}, {"patches", patches}} {
		have := at(root, add.key)
		for _, item := range add.items {
			if have == nil {
				have = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
				root.Content = append(root.Content, scalar(add.key), have)
			}
			if !slices.ContainsFunc(have.Content, func(n *yaml.Node) bool { return sameFile(n, item) }) {
				have.Content = append(have.Content, item)
			}
		}
	}
	return encode(&doc, "")
}

func sameFile(a, b *yaml.Node) bool {
	return text(a) == text(b) && text(at(a, "path")) == text(at(b, "path"))
}

// encode writes the operations, each below the line that it comes from.
func (p *patch) encode() ([]byte, error) {
	var b bytes.Buffer
	for _, o := range p.ops {
		value := clean(o.value)
		value.HeadComment, value.LineComment, value.FootComment = "", "", ""
		n := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Content: []*yaml.Node{
			scalar("op"), scalar(o.verb), scalar("path"), scalar(o.path), scalar("value"), value}}}}
		data, err := encode(n, "")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "# %s:%d\n%s", o.file, o.line, data)
	}
	return b.Bytes(), nil
}

// clean is a value without anchors: what they meant stands there.
func clean(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	out := *n
	out.Anchor = ""
	out.Content = nil
	for _, c := range n.Content {
		out.Content = append(out.Content, clean(c))
	}
	return &out
}

func encode(n *yaml.Node, head string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, fmt.Errorf("write %s: %w", strings.TrimSpace(head), err)
	}
	return b.Bytes(), e.Close()
}
