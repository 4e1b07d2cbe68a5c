package generators

import (
	"strings"

	"gopkg.in/yaml.v3"
)

type composeFile struct {
	Name     scalar
	Services []composeService
	Needs    []composeNeed
	Absent   []string // lines of a comment on needs that nothing answers here
	Volumes  []string
	Files    map[string]composeContent
	Secret   bool // some of them stand for secrets
}

// composeContent is what a file holds: a text, or that of a file in the repository.
type composeContent struct {
	Content string `yaml:"content,omitempty"`
	File    string `yaml:"file,omitempty"`
}

// composeConfig is a file of composeFile.Files in a container.
type composeConfig struct {
	Source string `yaml:"source"`
	Target string `yaml:"target"`
	from   composeContent
}

type composeService struct {
	Comments    []string
	Name        scalar
	Job         bool
	Build       buildDir
	Image       scalar // where it is not built
	Network     scalar // of another service, as in a pod
	User        string // where it is not the image's
	Entrypoint  []string
	Command     []string
	Ports       []string
	Environment *block
	Depends     *block
	Volumes     []string
	Configs     []composeConfig
	Health      *health
}

// A block is a mapping that several services share: the first holds it with an anchor, the others refer to it, and one
// that has more than the first adds that.
type block struct {
	Anchor string
	Alias  string
	Merge  string
	Pairs  []pair
}

// YAML encodes the block as what follows the key that it stands under.
func (b *block) YAML() (string, error) {
	var text strings.Builder
	if b.Alias != "" {
		text.WriteString(" *" + b.Alias)
	}
	if b.Anchor != "" {
		text.WriteString(" &" + b.Anchor)
	}
	if b.Merge != "" {
		text.WriteString("\n      <<: *" + b.Merge)
	}
	for _, p := range b.Pairs {
		key, err := p.Key.YAML()
		if err != nil {
			return "", err
		}
		value, err := p.Value.YAML()
		if err != nil {
			return "", err
		}
		text.WriteString("\n      " + key + ": " + value)
	}
	return text.String(), nil
}

type pair struct {
	Key   scalar
	Value interface{ YAML() (string, error) }
}

// scalar is a string that stands by itself after a key. There fewer characters need quotes than in a list, which is what
// {{yaml}} has to assume.
type scalar string

// YAML encodes the string on one line.
func (s scalar) YAML() (string, error) {
	text, err := yaml.Marshal(string(s))
	if line := strings.TrimSuffix(string(text), "\n"); err == nil && !strings.Contains(line, "\n") && line[0] != '|' && line[0] != '>' {
		return line, nil
	}
	return flowYAML(string(s))
}

// condition says what a service waits for.
type condition string

// YAML encodes the condition in compose's long form.
func (c condition) YAML() (string, error) { return flowYAML(map[string]string{"condition": string(c)}) }

// buildDir is the build of a service: its context and, where they are not the plain ones, its Dockerfile, the stage of it
// and what it is given.
type buildDir struct {
	context, dockerfile, target string
	args                        map[string]string
}

// YAML encodes the build in compose's short form where that says all.
func (b buildDir) YAML() (string, error) {
	if b.dockerfile == "" && b.target == "" && len(b.args) == 0 {
		return scalar(b.context).YAML()
	}
	return flowYAML(struct {
		Context    string            `yaml:"context"`
		Dockerfile string            `yaml:"dockerfile,omitempty"`
		Target     string            `yaml:"target,omitempty"`
		Args       map[string]string `yaml:"args,omitempty"`
	}{b.context, b.dockerfile, b.target, b.args})
}

type health struct {
	Test    []string
	Retries int
}

type composeNeed struct {
	container
	Name    scalar
	Image   scalar
	Env     map[string]string
	Volumes []string
	Health  health
}

// share gives the block under the anchor where it says the same, or the same and more; otherwise one of its own.
func (c *composer) share(anchor string, pairs []pair) *block {
	if len(pairs) == 0 {
		return nil
	}
	first, taken := c.shared[anchor]
	if !taken {
		c.shared[anchor] = pairs
		return &block{Anchor: anchor, Pairs: pairs}
	}
	known := map[scalar]any{}
	for _, p := range first {
		known[p.Key] = p.Value
	}
	var more []pair
	for _, p := range pairs {
		value, there := known[p.Key]
		if !there || value != any(p.Value) {
			more = append(more, p)
		}
		delete(known, p.Key)
	}
	switch {
	case len(known) > 0:
		return &block{Pairs: pairs}
	case len(more) == 0:
		return &block{Alias: anchor}
	}
	return &block{Merge: anchor, Pairs: more}
}

// dropLoneAnchors takes the anchors away that nothing refers to.
func dropLoneAnchors(blocks []*block) {
	used := map[string]bool{}
	for _, b := range blocks {
		if b != nil {
			used[b.Alias], used[b.Merge] = true, true
		}
	}
	for _, b := range blocks {
		if b != nil && !used[b.Anchor] {
			b.Anchor = ""
		}
	}
}

// dollar keeps a value from compose's own variables.
func dollar(value string) string { return strings.ReplaceAll(value, "$", "$$") }

func dollars(values []string) []string {
	if values == nil {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = dollar(v)
	}
	return out
}
