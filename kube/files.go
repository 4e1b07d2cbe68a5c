package kube

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"gopkg.in/yaml.v3"
)

// Files remembers the files of a repository as they were read and parsed for one environment, for the others, which share most
// of them: each is read once. The zero value is ready, and may be used by several at once.
type Files struct {
	mu     sync.Mutex
	texts  map[string][]byte
	parsed map[string][]*yaml.Node
}

var (
	errDirectory = errors.New("is a directory")
	errLarge     = fmt.Errorf("is larger than %d MiB", maxFile>>20)
)

// read gives the text of a file, never nil without an error.
func (f *Files) read(repo fs.FS, name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text, known := f.texts[name]; known {
		return text, nil
	}
	text, err := readFile(repo, name)
	if err != nil {
		return nil, err
	}
	if f.texts == nil {
		f.texts = map[string][]byte{}
	}
	f.texts[name] = text
	return text, nil
}

func readFile(repo fs.FS, name string) ([]byte, error) {
	file, err := repo.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errDirectory
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errLarge
	}
	return text, err
}

// known are the root nodes of a sound file's documents, which nobody changes.
func (f *Files) known(name string) ([]*yaml.Node, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	roots, known := f.parsed[name]
	return roots, known
}

func (f *Files) remember(name string, roots []*yaml.Node) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.parsed == nil {
		f.parsed = map[string][]*yaml.Node{}
	}
	f.parsed[name] = roots
}
