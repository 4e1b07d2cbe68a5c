package smoke

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// maxFile is the most that a file of checks may hold, in bytes. Ten thousand checks are well below it.
const maxFile = 4 << 20

// Load reads the files of checks at paths, each a file or a directory whose *.yaml and *.yml are read, in order of their
// names and not below it. A directory without such files, and a file without checks, add nothing: judge that by the
// report. The error holds every mistake in all files, one per line, as file:line and what to write instead; the suites
// are of no use then.
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
		s, err := parseFile(file, text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		suites = append(suites, s)
	}
	return suites, errors.Join(errs...)
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

// parseFile reads one file.
func parseFile(file string, text []byte) (Suite, error) {
	var root, second yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&root); errors.Is(err, io.EOF) {
		return Suite{File: file}, nil
	} else if err != nil {
		return Suite{}, fmt.Errorf("%s: %s", file, yamlMessage(err))
	}
	if err := in.Decode(&second); err == nil {
		return Suite{}, fmt.Errorf("%s:%d: a second YAML document; put it into a file of its own", file, second.Line)
	}
	d := &suiteDecoder{decoder: decoder{file: file}, suite: Suite{File: file}}
	top := root.Content[0]
	if top.Tag == "!!null" {
		return d.suite, nil
	}
	if d.mapping(top, "the file", d.fields(), nil) {
		d.readChecks(top)
	}
	return d.suite, d.err()
}

// yamlMessage turns "yaml: line 3: did not find" to "line 3: did not find".
func yamlMessage(err error) string { return "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ") }

type suiteDecoder struct {
	decoder
	suite    Suite
	checks   *yaml.Node
	captured []string // by the checks so far
}

func (d *suiteDecoder) fields() fields {
	return fields{
		"service": func(_, v *yaml.Node) { d.suite.Service = d.text(v, "service") },
		"headers": func(_, v *yaml.Node) { d.suite.headers = d.headers(v, &scope{}) },
		"timeout": func(_, v *yaml.Node) { d.suite.timeout = d.duration(v, "timeout") },
		"checks":  func(_, v *yaml.Node) { d.checks = v },
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
			d.readCheck(d.follow(item))
		}
	}
}

func (d *suiteDecoder) readCheck(n *yaml.Node) {
	c := &checkDecoder{suiteDecoder: d, check: Check{Line: n.Line}, node: n}
	switch n.Kind {
	case yaml.ScalarNode:
		c.shorthand(n)
	case yaml.MappingNode:
		c.full(n)
	default:
		d.fail(n, "a check is a line such as \"GET /health -> 200 json\" or a mapping, not %s", kindOf(n))
		return
	}
	d.suite.Checks = append(d.suite.Checks, c.check)
	for name := range c.http.capture {
		d.captured = append(d.captured, name)
	}
	slices.Sort(d.captured)
}

// headers reads a mapping of header names to texts with variables, in the order of the file.
func (d *suiteDecoder) headers(n *yaml.Node, sc *scope) []header {
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

// timeoutOr is the first of the times that is set.
func timeoutOr(times ...time.Duration) time.Duration {
	for _, t := range times {
		if t > 0 {
			return t
		}
	}
	return 0
}
