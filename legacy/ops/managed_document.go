package ops

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// dumped are calls that make a file's text of values, with the format that they write.
var dumped = map[string]valueForm{"dump": formYAML, "to_yaml": formYAML, "to_json": formJSON, "pretty_generate": formJSON, "to_json_pretty": formJSON, "generate": formJSON}

// document is a hash or a list as the text of a file. What is not known in it is ${name}; the text is as secret as what is
// in it.
func (v managedValue) document(form valueForm, file string, line int) managedValue {
	if v.kind != valueHash && v.kind != valueList {
		return unknownValue("document", file, line)
	}
	text := textValue("", file, line)
	node := v.node(form, &text, 0)
	if node == nil {
		return unknownValue("document", file, line)
	}
	out, err := yaml.Marshal(node)
	if err != nil || len(out) > maxText {
		u := unknownValue("document", file, line)
		u.secret = text.secret
		return u
	}
	text.text = string(out)
	return text
}

// node is the value as YAML; whole takes in where it comes from and what it holds.
func (v managedValue) node(form valueForm, whole *managedValue, depth int) *yaml.Node {
	if depth > maxJinjaDepth {
		return nil
	}
	n := &yaml.Node{}
	if form == formJSON {
		n.Style = yaml.FlowStyle
	}
	if v.file != "" && len(whole.from) < maxOrigins {
		whole.from = append(append(whole.from, v.file+":"+strconv.Itoa(v.line)), v.from[:min(len(v.from), 20)]...)
	}
	switch v.kind {
	case valueHash:
		n.Kind = yaml.MappingNode
		for _, key := range v.keys {
			item := v.hash[key].node(form, whole, depth+1)
			if item == nil {
				return nil
			}
			n.Content = append(n.Content, textNode(form, key), item)
		}
	case valueList:
		n.Kind = yaml.SequenceNode
		for _, one := range v.list {
			item := one.node(form, whole, depth+1)
			if item == nil {
				return nil
			}
			n.Content = append(n.Content, item)
		}
	case valueUndef:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	default:
		whole.open, whole.secret = whole.open || v.open, whole.secret || v.secret
		if _, err := strconv.ParseFloat(v.text, 64); err == nil || v.kind == valueSwitch {
			return &yaml.Node{Kind: yaml.ScalarNode, Value: v.text}
		}
		return textNode(form, v.text)
	}
	return n
}

// maxOrigins bounds how many places a document remembers of which its values are.
const maxOrigins = 500

func textNode(form valueForm, text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if form == formJSON {
		n.Style = yaml.DoubleQuotedStyle
	} else if strings.Contains(text, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

// without leaves out the items of a hash of which drop says so.
func (v managedValue) without(drop func(key string, item managedValue) bool) managedValue {
	kept := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: v.file, line: v.line, environment: v.environment}
	for _, key := range v.keys {
		if item := v.hash[key]; !drop(key, item) {
			kept.keys = append(kept.keys, key)
			kept.hash[key] = item
		}
	}
	return bounded(kept)
}
