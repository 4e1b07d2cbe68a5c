package smoke

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// jsonSchema is what the body must be by a JSON Schema.
type jsonSchema struct {
	line   int
	name   string
	schema *jsonschema.Schema
}

// schemaRoot stands before the paths of schemas, so that none of them is taken for an address on the network.
const schemaRoot = "smoke:///"

// schemaFiles loads what a schema refers to: files beside it, and nothing from the network.
type schemaFiles struct{ fsys fs.FS }

func (s schemaFiles) Load(url string) (any, error) {
	file, ok := strings.CutPrefix(url, schemaRoot)
	if !ok {
		return nil, errors.New("only schemas in files are read; keep a copy beside the checks")
	}
	text, err := read(s.fsys, file)
	if err != nil {
		return nil, err
	}
	return readDocument(text)
}

// readDocument reads JSON, or YAML as people write schemas.
func readDocument(text []byte) (any, error) {
	if doc, ok := document(text); ok {
		return doc, nil
	}
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return nil, errors.New(yamlMessage(err))
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, errors.New("neither JSON nor YAML that can be JSON")
	}
	doc, _ := document(b)
	return doc, nil
}

// schema reads the value of "schema": a file, or the schema itself.
func (c *checkDecoder) schema(v *yaml.Node) *jsonSchema {
	s := &jsonSchema{line: v.Line}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(schemaFiles{c.fsys})
	var url string
	if v.Kind == yaml.MappingNode {
		filled, err := values{}.fill(c.plainTree(v))
		if err != nil {
			c.fail(v, "schema: %v", err)
			return s
		}
		s.name, url = "the schema", schemaRoot+path.Join(path.Dir(c.file), "schema of "+fmt.Sprint(v.Line))
		if err := compiler.AddResource(url, filled); err != nil {
			c.fail(v, "schema: %v", err)
			return s
		}
	} else {
		file, text := c.content(v, "schema")
		if text == nil {
			return s
		}
		s.name, url = file, schemaRoot+file
	}
	var err error
	if s.schema, err = compiler.Compile(url); err != nil {
		c.fail(v, "schema: %s", strings.ReplaceAll(firstLineOf(err.Error()), schemaRoot, ""))
	}
	return s
}

// plainTree is a value in which nothing stands for a variable.
func (c *checkDecoder) plainTree(v *yaml.Node) any {
	var out any
	if err := v.Decode(&out); err != nil {
		c.fail(v, "schema: %s", yamlMessage(err))
		return nil
	}
	b, err := json.Marshal(out)
	if err != nil {
		c.fail(v, "schema: its keys must be texts")
		return nil
	}
	doc, _ := document(b)
	return doc
}

func firstLineOf(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// judge tells the first few places where the body is not as the schema wants it.
func (s *jsonSchema) judge(a *answer) []Failure {
	doc, err := a.mustBeJSON()
	if err != nil {
		return []Failure{{Line: s.line, What: "schema", Want: "a JSON body", Got: err.Error()}}
	}
	err = s.schema.Validate(doc)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var out []Failure
	for _, leaf := range leaves(invalid, nil) {
		if len(out) == 5 {
			break
		}
		at := strings.Join(leaf.InstanceLocation, ".")
		if at == "" {
			at = "the body"
		}
		text := leaf.Error() // "at '/a/0': got string, want integer", the address of the schema before it
		if i := strings.LastIndex(text, "': "); i >= 0 {
			text = text[i+3:]
		}
		out = append(out, Failure{Line: s.line, What: "schema", Want: "a body as " + s.name + " says", Got: at + ": " + text})
	}
	return out
}

// leaves are the causes themselves, not what they make wrong around them.
func leaves(e *jsonschema.ValidationError, out []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return append(out, e)
	}
	for _, cause := range e.Causes {
		out = leaves(cause, out)
	}
	return out
}
