package kube

import (
	"bytes"
	"sync"

	"gopkg.in/yaml.v3"
)

// Files remembers files of a repository as they were parsed, for other environments, which share most of them. A file with
// another text is parsed anew. The zero value is ready, and may be used by several at once.
type Files struct {
	mu     sync.Mutex
	parsed map[string]parsed
}

// parsed is a sound file: its text, and the root nodes of its documents, which nobody changes.
type parsed struct {
	text  []byte
	roots []*yaml.Node
}

func (f *Files) known(name string, text []byte) ([]*yaml.Node, bool) {
	if f == nil {
		return nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p, known := f.parsed[name]
	return p.roots, known && bytes.Equal(p.text, text)
}

func (f *Files) remember(name string, text []byte, roots []*yaml.Node) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.parsed == nil {
		f.parsed = map[string]parsed{}
	}
	f.parsed[name] = parsed{text, roots}
}
