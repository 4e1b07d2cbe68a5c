package convert

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// File writes a file of checks. service may be empty; schema is the path of the JSON Schema, and about a comment of one
// line or more.
func File(service, schema, about string, checks []Check) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", schema)
	for line := range strings.Lines(about) {
		fmt.Fprintf(&b, "# %s\n", strings.TrimSpace(line))
	}
	if service != "" {
		text, err := yaml.Marshal(map[string]string{"service": service})
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	b.WriteString("checks:\n")
	for _, c := range checks {
		text, err := c.text("  ")
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return b.Bytes(), nil
}

// text is the check as an entry of a list.
func (c Check) text(indent string) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{c.node}}); err != nil {
		return "", fmt.Errorf("write a check: %w", err)
	}
	_ = e.Close() // into memory
	var out strings.Builder
	for line := range strings.Lines(b.String()) {
		if strings.TrimSpace(line) == "" {
			out.WriteString("\n")
			continue
		}
		out.WriteString(indent + line)
	}
	return out.String(), nil
}

// Append puts checks behind those of a file that is there, and changes nothing of it. A check whose evidence stands in the
// file already, be it in a comment, is not put in again; of what a log tells, the request has to stand there. The error says why nothing can be put behind.
func Append(file string, existing []byte, checks []Check) (out []byte, added int, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal(existing, &root); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", file, err)
	}
	var fresh []Check
	for _, c := range checks {
		if !c.mark.Match(existing) {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		return existing, 0, nil
	}
	indent, err := listIndent(file, &root)
	if err != nil {
		return nil, 0, err
	}
	out = slices.Clone(existing)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	for _, c := range fresh {
		text, err := c.text(indent)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, text...)
	}
	return out, len(fresh), nil
}

// listIndent is the indentation of the entries of "checks", which has to be the last key of the file, entry by entry.
func listIndent(file string, root *yaml.Node) (string, error) {
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return "", fmt.Errorf("%s: no file of checks; name another with --to", file)
	}
	top := root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		key, value := top[i], top[i+1]
		if key.Value != "checks" {
			continue
		}
		if i+2 < len(top) || value.Kind != yaml.SequenceNode || value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 {
			return "", fmt.Errorf("%s:%d: checks is not the last key of the file, or no list of lines that begin with a dash: name another file with --to", file, key.Line)
		}
		return strings.Repeat(" ", max(value.Column-1, 0)), nil
	}
	return "", fmt.Errorf("%s: no \"checks\" in it; name another file with --to", file)
}

var environment = pattern.MustCompile(`\$*\$\{([A-Za-z_]\w*)\}`)

// Variables are the names of the environment that a text of checks needs: not those that it captures or gives a value.
func Variables(text []byte) []string {
	var root yaml.Node
	if yaml.Unmarshal(text, &root) != nil {
		return nil
	}
	given := map[string]bool{}
	collectNames(&root, given)
	var out []string
	for _, m := range environment.FindAllSubmatch(text, -1) {
		name := string(m[1])
		if plain := bytes.HasPrefix(m[0], []byte("$$")); !plain && !given[name] && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// collectNames notes what a file captures, and the values that it gives.
func collectNames(n *yaml.Node, given map[string]bool) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key, value := n.Content[i].Value, n.Content[i+1]; (key == "capture" || key == "values" || key == "with") && value.Kind == yaml.MappingNode {
				for j := 0; j+1 < len(value.Content); j += 2 {
					given[value.Content[j].Value] = true
				}
			}
		}
	}
	for _, c := range n.Content {
		collectNames(c, given)
	}
}
