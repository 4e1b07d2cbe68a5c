package smoke

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// maxFile is the most that a file of checks may hold, in bytes. Ten thousand checks are well below it.
const maxFile = 4 << 20

// Load reads the files of checks at paths, each a file or a directory whose *.yaml and *.yml are read, in order of their
// names and not below it. A directory without such files, and a file without checks, add nothing: judge that by the
// report. What the checks name with "use", "files", "body_file" and "schema" is read as well, relative to their own file.
// The error holds every mistake in all files, one per line, as file:line and what to write instead; the suites are of no
// use then.
func Load(fsys fs.FS, paths []string) ([]Suite, error) {
	files, err := find(fsys, paths)
	if err != nil {
		return nil, err
	}
	var suites []Suite
	var errs []error
	for _, file := range files {
		text, err := read(fsys, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s, err := parseFile(fsys, file, text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		suites = append(suites, s)
	}
	return suites, errors.Join(errs...)
}

// Parse reads one file of checks that the caller has in hand. Nothing that it names can be read: "use", "files", "body_file"
// and "schema" are errors.
func Parse(file string, text []byte) (Suite, error) { return parseFile(noFiles{}, file, text) }

type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func find(fsys fs.FS, paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := fs.Stat(fsys, p)
		if err != nil {
			return nil, fmt.Errorf("no checks to read: %w", err)
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		entries, err := fs.ReadDir(fsys, p)
		if err != nil {
			return nil, fmt.Errorf("no checks to read: %w", err)
		}
		for _, e := range entries {
			ext := path.Ext(e.Name())
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (ext == ".yaml" || ext == ".yml") {
				files = append(files, path.Join(p, e.Name()))
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func read(fsys fs.FS, file string) ([]byte, error) {
	// A pipe or a device would keep us waiting for its end.
	if info, err := fs.Stat(fsys, file); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", file)
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("can't read the checks: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("can't read the checks of %s: %w", file, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB; is that a file of checks?", file, maxFile>>20)
	}
	return text, nil
}

// parseFile reads one file and those that it uses.
func parseFile(fsys fs.FS, file string, text []byte) (Suite, error) {
	d := &suiteDecoder{decoder: decoder{file: file, visited: new(int)}, fsys: fsys, chain: []string{file}, suite: Suite{File: file}}
	top, err := d.document(text)
	if top == nil || err != nil {
		return d.suite, err
	}
	if d.mapping(top, "the file", d.fields(), nil) {
		d.readChecks(top)
	}
	return d.suite, d.err()
}

// document is the one YAML document of a file; nil for an empty one.
func (d *decoder) document(text []byte) (*yaml.Node, error) {
	var root, second yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&root); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %s", d.file, yamlMessage(err))
	}
	if err := in.Decode(&second); err == nil {
		return nil, fmt.Errorf("%s:%d: a second YAML document; put it into a file of its own", d.file, second.Line)
	}
	if root.Content[0].Tag == "!!null" {
		return nil, nil
	}
	return root.Content[0], nil
}

// yamlMessage turns "yaml: line 3: did not find" to "line 3: did not find".
func yamlMessage(err error) string { return "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ") }

type suiteDecoder struct {
	decoder
	fsys     fs.FS
	chain    []string // the files on the way to this one, itself included
	suite    Suite
	headers  []header      // of the file
	timeout  time.Duration // of the file
	tags     []string      // of the file
	auth     *auth         // of the file
	checks   *yaml.Node
	with     map[string]template // what the check that uses this file says
	captured []string            // by the checks so far
}

func (d *suiteDecoder) fields() fields {
	sc := &scope{with: d.with, used: map[string]bool{}}
	return fields{
		"service": func(_, v *yaml.Node) { d.suite.Service = d.text(v, "service") },
		"headers": func(_, v *yaml.Node) { d.headers = d.readHeaders(v, sc) },
		"auth":    func(_, v *yaml.Node) { d.auth = d.readAuth(v, sc) },
		"timeout": func(_, v *yaml.Node) { d.timeout = d.duration(v, "timeout") },
		"tags":    func(_, v *yaml.Node) { d.list(v, "tags", func(v *yaml.Node) { d.tags = append(d.tags, d.tag(v)) }) },
		"values":  func(_, v *yaml.Node) { d.values(v) },
		"secrets": func(_, v *yaml.Node) {
			d.list(v, "secrets", func(v *yaml.Node) { d.suite.secrets = append(d.suite.secrets, d.name(v, "secrets")) })
		},
		"checks": func(_, v *yaml.Node) { d.checks = v },
	}
}

// readChecks comes last: the order of the keys in the file has no meaning, the order of the checks has.
func (d *suiteDecoder) readChecks(top *yaml.Node) {
	switch {
	case d.checks == nil:
		d.fail(top, `no "checks": is this a file of checks?`)
	case d.checks.Tag == "!!null": // every check is commented out
	case d.checks.Kind != yaml.SequenceNode:
		d.fail(d.checks, "checks must be a list, not %s", kindOf(d.checks))
	default:
		for _, item := range d.checks.Content {
			d.readItem(d.follow(item))
		}
	}
}

// readItem reads one entry of "checks": a check, one for each row of its "with", or what another file has.
func (d *suiteDecoder) readItem(n *yaml.Node) {
	switch n.Kind {
	case yaml.ScalarNode:
		c := d.newCheck(n, nil)
		c.shorthand(n)
		d.keep(c)
	case yaml.MappingNode:
		for _, row := range d.rows(n) {
			c := d.newCheck(n, row)
			if c.full(n) {
				d.keep(c)
			}
		}
	default:
		d.fail(n, "a check is a line such as \"GET /health -> 200 json\" or a mapping, not %s", kindOf(n))
	}
}

func (d *suiteDecoder) newCheck(n *yaml.Node, row []pair) *checkDecoder {
	c := &checkDecoder{suiteDecoder: d, check: Check{File: d.file, Line: n.Line, timeout: d.timeout, tags: slices.Clone(d.tags)}, row: row}
	c.scope = scope{with: maps.Clone(d.with), used: map[string]bool{}, captured: d.captured}
	c.http.headers, c.http.auth = slices.Clone(d.headers), d.auth
	return c
}

func (d *suiteDecoder) keep(c *checkDecoder) {
	d.suite.Checks = append(d.suite.Checks, c.check)
	d.captured = append(d.captured, c.kept...)
	slices.Sort(d.captured)
	d.captured = slices.Compact(d.captured)
}

// values reads what the variables are where neither --values nor the environment says it. Those of a file that is used
// give way to those of the file that uses it.
func (d *suiteDecoder) values(n *yaml.Node) {
	d.mapping(n, "values", nil, func(k, v *yaml.Node) bool {
		if name := d.name(k, "values"); name != "" {
			d.suite.set(name, d.scalarText(v, "the value of "+name))
		}
		return true
	})
}

// name reads the name of a variable.
func (d *decoder) name(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || !variableName.MatchString(n.Value) {
		d.fail(n, "%s: %s is no name of a variable: letters, digits and _", what, kindOf(n))
		return ""
	}
	return n.Value
}

var tagForm = pattern.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func (d *decoder) tag(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || !tagForm.MatchString(n.Value) {
		d.fail(n, "a tag is a word of letters, digits, _ . and -, not %s", kindOf(n))
		return ""
	}
	return n.Value
}

// readHeaders reads a mapping of header names to texts with variables, in the order of the file.
func (d *suiteDecoder) readHeaders(n *yaml.Node, sc *scope) []header {
	var out []header
	d.mapping(n, "headers", nil, func(k, v *yaml.Node) bool {
		if !headerName.MatchString(k.Value) {
			d.fail(k, "%q is no name of a header", k.Value)
			return true
		}
		value := d.scalarText(v, "the header "+k.Value)
		t, err := sc.parse(value, v.Line, false)
		switch {
		case err != nil:
			d.fail(v, "the header %s: %v", k.Value, err)
		case strings.ContainsAny(value, "\r\n\x00"):
			d.fail(v, "the header %s must be one line", k.Value)
		}
		out = append(out, header{name: k.Value, value: t})
		return true
	})
	return out
}
