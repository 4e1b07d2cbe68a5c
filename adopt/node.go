package adopt

import "gopkg.in/yaml.v3"

// at follows keys; nil where one is missing.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n != nil && n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func list(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

type entry struct{ key, value *yaml.Node }

func entries(n *yaml.Node) []entry {
	var all []entry
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		value := n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		all = append(all, entry{n.Content[i], value})
	}
	return all
}

// without is a copy of a mapping that lacks some keys.
func without(n *yaml.Node, keys ...string) *yaml.Node {
	out := *n
	out.Content = nil
	for _, e := range entries(n) {
		drop := false
		for _, key := range keys {
			drop = drop || e.key.Value == key
		}
		if !drop {
			out.Content = append(out.Content, e.key, e.value)
		}
	}
	return &out
}

// put gives a mapping's key another value, in a copy.
func put(n *yaml.Node, key string, value *yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	done := false
	for _, e := range entries(n) {
		if e.key.Value == key {
			e.value, done = value, true
		}
		out.Content = append(out.Content, e.key, e.value)
	}
	if !done {
		out.Content = append(out.Content, scalar(key), value)
	}
	return &out
}

func scalar(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

// plain is a value as Go has it.
func plain(n *yaml.Node) any {
	if n == nil {
		return nil
	}
	var v any
	if n.Decode(&v) != nil {
		return nil
	}
	return v
}

// podOf is the template of the pods that a workload runs: what is below its spec.
func podOf(o object) *yaml.Node { return at(o.node, podPath(o.kind)...) }

func podPath(kind string) []string {
	switch kind {
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template", "spec"}
	case "Pod":
		return []string{"spec"}
	}
	return []string{"spec", "template", "spec"}
}

// mainOf is the container of a pod that runs the service: the one that is called like the workload or the service, or the first.
func mainOf(o object, names ...string) (index int, container *yaml.Node) {
	containers := list(at(podOf(o), "containers"))
	for _, name := range append(names, o.name) {
		for i, c := range containers {
			if text(at(c, "name")) == name {
				return i, c
			}
		}
	}
	if len(containers) == 0 {
		return 0, nil
	}
	return 0, containers[0]
}

// commandOf are the words that a workload runs, the command and its arguments.
func commandOf(o object) []string {
	_, main := mainOf(o)
	var words []string
	for _, key := range []string{"command", "args"} {
		for _, n := range list(at(main, key)) {
			words = append(words, n.Value)
		}
	}
	return words
}
