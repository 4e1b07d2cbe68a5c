package kube

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// maxFile bounds a file of a kustomize tree, in bytes; etcd takes no object of more than 1.5 MiB.
const maxFile = 2 << 20

// tree is what one overlay is made of: its kustomizations and the files that they name, and no other file.
// kustomize sees only this, so it can't leave the repository or the machine.
type tree struct {
	repo           fs.FS
	files          *Files
	texts          map[string][]byte
	seen           map[string]bool
	kustomizations []kustomization
	documents      []document
	problems       []error
}

type kustomization struct {
	file string
	node *yaml.Node
}

// document is one object as it stands in a file.
type document struct {
	file       string
	line       int
	kind, name string
	node       *yaml.Node
}

// place is where something is mentioned; the zero value is the command line.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func newTree(repo fs.FS, files *Files) *tree {
	if files == nil {
		files = &Files{}
	}
	return &tree{repo: repo, files: files, texts: map[string][]byte{}, seen: map[string]bool{}}
}

func (t *tree) fail(at place, format string, args ...any) {
	t.problems = append(t.problems, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
}

// directory takes in the kustomization of a directory and all that it names.
func (t *tree) directory(dir string, from place) {
	if t.seen[dir] {
		return
	}
	t.seen[dir] = true
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		file := path.Join(dir, name)
		if _, err := t.files.read(t.repo, file); !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDirectory) {
			t.kustomization(dir, file, from)
			return
		}
	}
	if from.file == "" {
		t.problems = append(t.problems, fmt.Errorf("%s: holds no kustomization.yaml: `migrate generate` writes one", dir))
		return
	}
	t.fail(from, "%s holds no kustomization.yaml", dir)
}

func (t *tree) kustomization(dir, file string, from place) {
	text := t.file(file, from)
	if text == nil {
		return
	}
	nodes := t.parse(file, text)
	if len(nodes) != 1 {
		if len(t.problems) == 0 {
			t.fail(place{file, 1}, "a kustomization is one YAML document, here are %d", len(nodes))
		}
		return
	}
	t.kustomizations = append(t.kustomizations, kustomization{file, nodes[0]})
	t.references(dir, file, nodes[0])
}

// file reads a file into memory, once; nil says that it can't be had and that this has been reported.
func (t *tree) file(name string, from place) []byte {
	report := func(format string, args ...any) {
		if from.file == "" {
			from = place{name, 1}
		}
		t.fail(from, format, args...)
	}
	text, err := t.files.read(t.repo, name)
	switch {
	case err == nil:
		t.texts[name] = text
		return text // never nil, not even for an empty file
	case errors.Is(err, fs.ErrNotExist):
		report("%s doesn't exist", name)
	case errors.Is(err, errLarge):
		report("%s %v", name, err)
	default:
		report("%s can't be read: %v", name, err)
	}
	return nil
}

// resource takes in what a kustomization lists as a resource: a file with objects or another directory.
func (t *tree) resource(name string, from place) {
	if _, err := t.files.read(t.repo, name); errors.Is(err, errDirectory) {
		t.directory(name, from)
		return
	}
	if t.seen[name] {
		return
	}
	t.seen[name] = true
	text := t.file(name, from)
	for _, node := range t.parse(name, text) {
		d := document{file: name, line: node.Line, kind: scalar(node, "kind"), node: node}
		if _, metadata := entry(node, "metadata"); metadata != nil {
			d.name = scalar(metadata, "name")
		}
		if d.kind == "" {
			t.fail(place{name, node.Line}, "a document without kind is no Kubernetes object")
			continue
		}
		t.documents = append(t.documents, d)
	}
}

var yamlLine = pattern.MustCompile(`line (\d+): (.*)`)

// parse gives the root nodes of a file's documents, leaving out empty ones, and reports what is broken: also keys that
// occur twice, of which kustomize would silently take one.
func (t *tree) parse(file string, text []byte) []*yaml.Node {
	if roots, known := t.files.known(file); known {
		return roots
	}
	before := len(t.problems)
	roots := t.parseAnew(file, text)
	if len(t.problems) == before {
		t.files.remember(file, roots)
	}
	return roots
}

func (t *tree) parseAnew(file string, text []byte) []*yaml.Node {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var roots []*yaml.Node
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return roots
		}
		if err != nil {
			t.yamlProblem(file, err)
			return nil
		}
		if len(n.Content) == 0 || n.Content[0].Tag == "!!null" {
			continue
		}
		if _, ok := plainValue(n.Content[0]); !ok { // then something may be wrong with it
			var value any
			if err := n.Decode(&value); err != nil {
				t.yamlProblem(file, err)
				continue
			}
		}
		roots = append(roots, n.Content[0])
	}
}

func (t *tree) yamlProblem(file string, err error) {
	found := yamlLine.FindAllStringSubmatch(err.Error(), -1)
	for _, m := range found {
		line, _ := strconv.Atoi(m[1])
		if strings.HasPrefix(m[2], "did not find") {
			line++ // the parser counts lines from 0 in its own complaints, unlike the scanner
		}
		t.fail(place{file, line}, "%s", m[2])
	}
	if len(found) == 0 {
		t.fail(place{file, 1}, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

// entry is the key and the value of a mapping's entry, or nil.
func entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			value := n.Content[i+1]
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			return n.Content[i], value
		}
	}
	return nil, nil
}

func scalar(n *yaml.Node, name string) string {
	if _, v := entry(n, name); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}
