package service

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Problem is one thing that is wrong in migrate.yaml.
type Problem struct {
	File  string
	Line  int    // from 1; 0 where the file as a whole is meant
	Field string // services.web.port
	Text  string
}

func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where += ":" + strconv.Itoa(p.Line)
	}
	if p.Field != "" {
		return where + ": " + p.Field + ": " + p.Text
	}
	return where + ": " + p.Text
}

// Problems is everything that is wrong at once, in the order of the file.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// maxDepth bounds the nesting of migrate.yaml; the model itself needs five.
const maxDepth = 20

// Load reads the text of a migrate.yaml and checks all of it: syntax, keys, types and what Validate looks at. name is
// what errors call the file. The error is Problems.
func Load(name string, data []byte) (*App, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, yamlProblems(name, err)
	}
	if len(doc.Content) == 0 {
		return nil, Problems{{File: name, Text: "is empty; run migrate init to make it"}}
	}
	if newer, ok := newerVersion(name, doc.Content[0]); ok {
		return nil, Problems{newer}
	}
	d := decoder{file: name, lines: map[string]int{}}
	d.walk(doc.Content[0], reflect.TypeFor[App](), "", 0)
	app := &App{}
	if err := doc.Decode(app); err != nil {
		d.problems = append(d.problems, yamlProblems(name, err)...)
	}
	if len(d.problems) == 0 {
		d.problems = app.problems(name, d.lines)
	}
	if len(d.problems) > 0 {
		sort.SliceStable(d.problems, func(i, j int) bool { return d.problems[i].Line < d.problems[j].Line })
		return nil, d.problems
	}
	return app, nil
}

// newerVersion is the one problem of what a newer toolkit has written: the keys that are unknown here are none.
func newerVersion(name string, root *yaml.Node) (Problem, bool) {
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		value := root.Content[i+1]
		if n, err := strconv.Atoi(value.Value); root.Content[i].Value == "version" && err == nil && n > Version {
			return Problem{name, value.Line, "version", fmt.Sprintf("is %d, and this toolkit knows version %d: install a newer one; "+
				"migrate version says which this is", n, Version)}, true
		}
	}
	return Problem{}, false
}

// Lines tells on which line of a migrate.yaml each field stands, by its path (services.web.port). Text that is not YAML
// gives none.
func Lines(data []byte) map[string]int {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	d := decoder{lines: map[string]int{}}
	d.walk(doc.Content[0], reflect.TypeFor[App](), "", 0)
	return d.lines
}

// decoder goes through the YAML beside the Go types, for what yaml.v3 does not tell: where each field stands, and what
// an unknown key may have meant.
type decoder struct {
	file     string
	lines    map[string]int
	problems Problems
}

func (d *decoder) add(n *yaml.Node, field, format string, args ...any) {
	d.problems = append(d.problems, Problem{d.file, n.Line, field, fmt.Sprintf(format, args...)})
}

func (d *decoder) walk(n *yaml.Node, t reflect.Type, field string, depth int) {
	if depth > maxDepth {
		d.add(n, field, "nested too deeply")
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields := structFields(t)
		d.each(n, field, func(key, value *yaml.Node, path string) {
			ft, known := fields[key.Value]
			if !known {
				d.add(key, path, "unknown key%s", DidYouMean(key.Value, fields))
				return
			}
			d.walk(value, ft, path, depth+1)
		})
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		d.each(n, field, func(_, value *yaml.Node, path string) {
			if value.Tag == "!!null" && elem(t.Elem()).Kind() == reflect.Struct {
				d.add(value, path, "is empty")
			}
			d.walk(value, t.Elem(), path, depth+1)
		})
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for i, item := range n.Content {
			path := field + "." + strconv.Itoa(i)
			d.lines[path] = item.Line
			d.walk(item, t.Elem(), path, depth+1)
		}
	}
}

func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func (d *decoder) each(n *yaml.Node, field string, visit func(key, value *yaml.Node, path string)) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		path := join(field, key.Value)
		if line, twice := seen[key.Value]; twice {
			d.add(key, path, "is there twice, first on line %d", line)
			continue
		}
		seen[key.Value] = key.Line
		d.lines[path] = key.Line
		visit(key, n.Content[i+1], path)
	}
}

func join(field, key string) string {
	if field == "" {
		return key
	}
	return field + "." + key
}

func structFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		fields[name] = t.Field(i).Type
	}
	return fields
}

// DidYouMean names the known key nearest to a wrong one, when it is near enough to be what was meant, else all of them:
// the end of a message, such as "; did you mean port?".
func DidYouMean[V any](wrong string, known map[string]V) string {
	best, bestDistance := "", 3
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		if dist := distance(strings.ToLower(wrong), strings.ToLower(k)); dist < bestDistance && dist < len(k) {
			best, bestDistance = k, dist
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	if len(names) == 0 {
		return ""
	}
	return "; known here: " + strings.Join(names, ", ")
}

// distance counts the letters to insert, drop, exchange or swap with their neighbour to come from a to b (optimal string
// alignment); a very long a is simply far.
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j-1]+cost, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

var yamlLine = pattern.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// yamlProblems takes apart what yaml.v3 says: a syntax error, or a list of values of the wrong type.
func yamlProblems(name string, err error) Problems {
	texts := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		texts = te.Errors
	}
	var problems Problems
	for _, text := range texts {
		p := Problem{File: name, Text: strings.TrimPrefix(text, "yaml: ")}
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			p.Line, _ = strconv.Atoi(m[1])
			p.Text = m[2]
			if strings.HasPrefix(p.Text, "did not find expected") {
				p.Line++ // yaml.v3 counts the lines of its parser's errors from 0, those of its scanner's from 1
			}
		}
		p.Text = strings.NewReplacer("!!str", "text", "!!int", "number", "!!map", "a mapping", "!!seq", "a list", "!!bool", "true/false", "into int", "where a number belongs",
			"into bool", "where true or false belongs", "into string", "where text belongs", "into []string", "where a list of texts belongs").Replace(p.Text)
		problems = append(problems, p)
	}
	return problems
}
