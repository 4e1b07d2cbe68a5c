package fileset

import (
	"bytes"
	"crypto/sha1" // the id of a git blob, not a safeguard
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// LockFile is where the lock lives in a migrated repository. It is committed.
const LockFile = ".migrate/lock.yaml"

// MergeSuffix is added to a file's name for the proposal that stands beside it after a conflict.
const MergeSuffix = ".migrate-merge"

const lockHead = "# Written by migrate; commit it. The git blob ids of what was generated: how migrate tells its lines from yours.\n"

// Lock remembers what was generated, by the id that git gives to the same bytes (with \n line ends).
type Lock struct {
	Version  string            `yaml:"version"`            // of the toolkit that wrote it
	Files    map[string]string `yaml:"files,omitempty"`    // path -> id of the whole file
	Sections map[string]string `yaml:"sections,omitempty"` // path -> id of what stands between the marks
	// Conflicts are the files that both changed and whose proposals are still there.
	Conflicts map[string]OpenConflict `yaml:"conflicts,omitempty"`
	// Model is the id of what the evidence said at the last init, as a migrate.yaml.
	Model string `yaml:"model,omitempty"`
}

// lockNote is what a change does to the lock.
type lockNote struct {
	kind     lockKind
	id       string
	conflict OpenConflict
}

type lockKind int

const (
	lockLeave lockKind = iota // says nothing about the path
	lockFile
	lockSection
	lockForget
	lockModel
)

// Owns says whether the file at path was generated as a whole, so that it is never evidence. The team's files that hold
// a generated section or an include line are not owned.
func (l Lock) Owns(path string) bool {
	if strings.HasPrefix(path, ".migrate/") {
		return true
	}
	if of, ok := strings.CutSuffix(path, MergeSuffix); ok {
		return l.Files[of] != "" || l.Sections[of] != ""
	}
	return l.Files[path] != ""
}

// ReadLock reads the lock of a repository; without one it is empty and owns nothing.
func ReadLock(fsys fs.FS) (Lock, error) {
	data, err := readLimited(fsys, LockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Lock{}.begun(fsys), nil
	}
	var lock Lock
	if err == nil {
		lock, err = parseLock(data)
	}
	if err != nil {
		return Lock{}, fmt.Errorf("%w; take it from git again (git checkout HEAD -- %s), or delete it: every file that exists then counts as yours", err, LockFile)
	}
	return lock.begun(fsys), nil
}

// beginFile has the ids of the files that a run makes anew. It is there from before the first until after the lock, which has them
// from then on: a run that is killed in between leaves no file of which nobody knows whose it is.
const beginFile = ".migrate/begun.yaml"

// begun adds the files that a run has made that was killed before it wrote the lock.
func (l Lock) begun(fsys fs.FS) Lock {
	data, err := readLimited(fsys, beginFile)
	var entries map[string]string
	if err != nil || yaml.Unmarshal(data, &entries) != nil {
		return l
	}
	for path, id := range entries {
		if _, err := fs.Stat(fsys, path); err != nil || checkPath(path) != nil || !blobID.MatchString(id) || l.Files[path] != "" {
			continue
		}
		if l.Files == nil {
			l.Files = map[string]string{}
		}
		l.Files[path] = id
	}
	return l
}

// begins are the files that no lock has yet.
func (l Lock) begins(changes []Change) map[string]string {
	entries := map[string]string{}
	for _, c := range changes {
		if c.Action == Create && c.note.kind == lockFile && l.Files[c.Path] == "" {
			entries[c.Path] = c.note.id
		}
	}
	return entries
}

// readLimited reads a file that the toolkit wrote, unless something else has grown there.
func readLimited(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, cause(err))
	case len(data) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
	}
	return data, nil
}

func parseLock(data []byte) (Lock, error) {
	var raw struct {
		Version   string
		Files     yaml.Node
		Sections  yaml.Node
		Conflicts yaml.Node
		Model     string
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&raw); errors.Is(err, io.EOF) {
		return Lock{}, fmt.Errorf("%s is empty", LockFile)
	} else if err != nil {
		return Lock{}, lockError(err)
	}
	lock := Lock{Version: raw.Version}
	var err error
	if lock.Files, err = lockEntries(&raw.Files); err != nil {
		return Lock{}, err
	}
	if lock.Sections, err = lockEntries(&raw.Sections); err != nil {
		return Lock{}, err
	}
	if lock.Conflicts, err = lockConflicts(&raw.Conflicts); err != nil {
		return Lock{}, err
	}
	if lock.Model = raw.Model; lock.Model != "" && !blobID.MatchString(lock.Model) {
		return Lock{}, fmt.Errorf("%s: model: %q is not the id of a git blob", LockFile, lock.Model)
	}
	return lock, nil
}

func lockConflicts(n *yaml.Node) (map[string]OpenConflict, error) {
	if n.Kind == 0 || n.Tag == "!!null" {
		return nil, nil
	}
	var all map[string]OpenConflict
	if err := n.Decode(&all); err != nil {
		return nil, lockError(err)
	}
	for path, c := range all {
		if err := checkPath(path); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", LockFile, n.Line, err)
		}
		if !blobID.MatchString(c.Base) || !blobID.MatchString(c.Side) {
			return nil, fmt.Errorf("%s:%d: conflicts: %s: expected the ids of two git blobs, base and side", LockFile, n.Line, path)
		}
	}
	return all, nil
}

// ids are those of the texts that a later merge may start from.
func (l Lock) ids() map[string]bool {
	all := map[string]bool{l.Model: true}
	for _, id := range l.Files {
		all[id] = true
	}
	for _, c := range l.Conflicts {
		all[c.Base] = true
	}
	return all
}

var yamlLine = pattern.MustCompile(`line (\d+): `)

// lockError puts the line that the YAML package names where an editor finds it.
func lockError(err error) error {
	text := err.Error()
	if before, _, ok := strings.Cut(text, " into struct {"); ok {
		text = before + ": expected a map with version, files and sections"
	}
	if m := yamlLine.FindStringSubmatchIndex(text); m != nil {
		return fmt.Errorf("%s:%s: %s", LockFile, text[m[2]:m[3]], text[m[1]:])
	}
	return fmt.Errorf("%s: %w", LockFile, err)
}

var blobID = pattern.MustCompile(`^[0-9a-f]{40}$`)

func lockEntries(n *yaml.Node) (map[string]string, error) {
	if n.Kind == 0 || n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: expected a map of paths and ids", LockFile, n.Line)
	}
	entries := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path, id := n.Content[i], n.Content[i+1]
		if err := checkPath(path.Value); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", LockFile, path.Line, err)
		}
		if !blobID.MatchString(id.Value) {
			return nil, fmt.Errorf("%s:%d: %q is not the id of a git blob", LockFile, id.Line, id.Value)
		}
		entries[path.Value] = id.Value
	}
	return entries, nil
}

// after is the lock once the changes are written. The version stays where it is the only thing that would change: what it made
// is what the new one makes.
func (l Lock) after(changes []Change, version string) (next Lock, noted bool) {
	next = Lock{Version: version, Files: map[string]string{}, Sections: map[string]string{}, Conflicts: map[string]OpenConflict{}, Model: l.Model}
	for path, id := range l.Files {
		next.Files[path] = id
	}
	for path, id := range l.Sections {
		next.Sections[path] = id
	}
	for path, c := range l.Conflicts {
		next.Conflicts[path] = c
	}
	for _, c := range changes {
		if c.note.kind == lockLeave {
			continue
		}
		noted = true
		if c.note.kind == lockModel {
			next.Model = c.note.id
			continue
		}
		delete(next.Conflicts, c.Path)
		delete(next.Files, c.Path)
		delete(next.Sections, c.Path)
		switch c.note.kind {
		case lockFile:
			next.Files[c.Path] = c.note.id
			if c.note.conflict != (OpenConflict{}) {
				next.Conflicts[c.Path] = c.note.conflict
			}
		case lockSection:
			next.Sections[c.Path] = c.note.id
		}
	}
	if l.Version != "" && maps.Equal(l.Files, next.Files) && maps.Equal(l.Sections, next.Sections) && maps.Equal(l.Conflicts, next.Conflicts) && l.Model == next.Model {
		next.Version = l.Version
	}
	return next, noted
}

// encode gives the same bytes for the same lock: the YAML package sorts the keys of maps.
func (l Lock) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(lockHead)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(l); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// blob is the id that git gives to data: what `git hash-object` prints.
func blob(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}
