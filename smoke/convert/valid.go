package convert

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// What other tools take, the format need not: a name of a cookie with a blank in it, a path of JSON in a grammar of its own.
// So each check is read as a run would read it before it is handed on.

// oneFile is a directory with one file of checks, in which any other file is there and empty.
type oneFile struct{ text []byte }

const oneName = "check.yaml"

func (f oneFile) Open(name string) (fs.File, error) {
	text := f.text
	if name != oneName {
		text = []byte("{}")
	}
	return &openFile{bytes.NewReader(text), int64(len(text))}, nil
}

// openFile is a file in memory.
type openFile struct {
	in   *bytes.Reader
	size int64
}

func (f *openFile) Read(p []byte) (int, error) { return f.in.Read(p) }
func (f *openFile) Close() error               { return nil }
func (f *openFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *openFile) Name() string               { return oneName }
func (f *openFile) Size() int64                { return f.size }
func (f *openFile) Mode() fs.FileMode          { return 0o444 }
func (f *openFile) ModTime() time.Time         { return time.Time{} }
func (f *openFile) IsDir() bool                { return false }
func (f *openFile) Sys() any                   { return nil }

// problem is what a run would say of a check; captured are the names that checks before it capture.
func problem(check *yaml.Node, captured []string) string {
	var b bytes.Buffer
	b.WriteString("checks:\n")
	if len(captured) > 0 {
		b.WriteString("  - {request: GET /, capture: {" + strings.Join(captured, ": body, ") + ": body}}\n")
	}
	text, err := Check{node: check}.text("  ")
	if err != nil {
		return err.Error()
	}
	b.WriteString(text)
	if _, err := smoke.Load(oneFile{b.Bytes()}, []string{oneName}); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return place.ReplaceAllString(first, "")
	}
	return ""
}

var place = pattern.MustCompile(`^` + oneName + `:(\d+(:\d+)?:)? *`)

// fit takes out of a check what a run would refuse. It is false where the request itself is refused.
func (w *writer) fit(c *mapping) bool {
	if problem(c.node, w.captured) == "" {
		return true
	}
	bare := without(c, "expect", "capture")
	if why := problem(bare.node, w.captured); why != "" {
		w.leave(w.r.Line, w.r.Title(), "%s", why)
		return false
	}
	for _, key := range []string{"expect", "capture"} {
		w.fitPart(c, bare, key)
	}
	return true
}

// fitPart takes out of a mapping of the check what a run would refuse.
func (w *writer) fitPart(c, bare *mapping, key string) {
	all := c.get(key)
	if all == nil {
		return
	}
	kept := &yaml.Node{Kind: yaml.MappingNode, Style: all.Style}
	for i := 0; i+1 < len(all.Content); i += 2 {
		name, value := all.Content[i], all.Content[i+1]
		probe := &mapping{&yaml.Node{Kind: yaml.MappingNode, Content: slices.Clone(bare.node.Content)}}
		probe.set(key, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{name, value}})
		if why := problem(probe.node, w.captured); why != "" {
			w.leave(w.r.Line, fmt.Sprintf("%s, %s %s", w.r.Title(), key, name.Value), "%s", why)
			continue
		}
		kept.Content = append(kept.Content, name, value)
	}
	if *all = *kept; len(kept.Content) == 0 {
		*c = *without(c, key)
	}
}

// without is a mapping that lacks some of the keys.
func without(m *mapping, keys ...string) *mapping {
	out := &mapping{&yaml.Node{Kind: yaml.MappingNode, Tag: m.node.Tag, Style: m.node.Style}}
	for i := 0; i+1 < len(m.node.Content); i += 2 {
		if !slices.Contains(keys, m.node.Content[i].Value) {
			out.node.Content = append(out.node.Content, m.node.Content[i], m.node.Content[i+1])
		}
	}
	return out
}
