package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// MaxFile is the size in bytes above which a file is not read: what counts as evidence is written by people.
const MaxFile = 1 << 20

// MaxFiles bounds the walk; a tree with more files is cut there, with a note.
const MaxFiles = 500_000

// MaxDepth bounds the walk too: people don't nest directories like this, and each level costs a look at all those above.
const MaxDepth = 100

// ErrTooBig and ErrBinary say why a file is not read.
var (
	ErrTooBig = errors.New("larger than 1 MiB, not read")
	ErrBinary = errors.New("binary, not read")
)

// skipped are directories that hold other people's code or a tool's state; nothing in them is about this service.
var skipped = map[string]bool{
	".git": true, ".hg": true, ".svn": true, ".bzr": true,
	"node_modules": true, "bower_components": true, "jspm_packages": true, "vendor": true, "third_party": true,
	".venv": true, "venv": true, "virtualenv": true, "__pycache__": true, ".tox": true, ".nox": true, "site-packages": true,
	".terraform": true, ".vagrant": true, ".gradle": true, ".mvn": true, ".idea": true, ".vs": true, ".next": true, ".nuxt": true,
	".migrate": true,
}

// Skips says of the name of a directory whether the walk leaves it out.
func Skips(name string) bool { return skipped[name] }

// Tree is a read-only view of one directory: the paths of a single walk, and the contents of files on demand. Directories
// that are kept elsewhere, of operations code, can be mounted beside it.
type Tree struct {
	fsys    fs.FS
	mounts  map[string]fs.FS // by their first path element, @NAME
	files   []string
	mounted []string // the files of all mounts
	known   map[string]bool
	// unread are directories of other people's code
	unread map[string]bool
	shown  bool               // see ShowCases
	chosen map[string][]Image // see ChosenImages
	images map[string][]Image // see GoImages; nil until they are asked for
	beside map[string]bool    // for a directory what Aside says of its files
	stays  []string           // see ForegroundOptions; nil until they are asked for
	cache  map[string]content
	ended  func() error // why nothing is read any more; nil while it is
}

type content struct {
	data []byte
	err  error
}

// Walk lists the files of fsys, leaving out what is not the team's own and what ignore names (the files that the toolkit
// generated itself: they are never evidence). Symbolic links count as the file that they lead to inside fsys; links that
// lead out of it, or nowhere, become notes. progress, which may be nil, is called now and then with the number of files.
// Once ctx ends nothing is read any more.
func Walk(ctx context.Context, fsys fs.FS, ignore func(path string) bool, progress func(files int)) (*Tree, []Note, error) {
	w := &walk{
		tree:   &Tree{fsys: fsys, known: map[string]bool{}, unread: map[string]bool{}, cache: map[string]content{}, ended: ctx.Err},
		ignore: ignore, progress: progress,
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return w.entry(name, d, err)
	})
	sort.Strings(w.tree.files)
	return w.tree, w.notes, err
}

type walk struct {
	tree     *Tree
	notes    []Note
	ignore   func(path string) bool
	progress func(files int)
}

func (w *walk) note(name, format string, args ...any) {
	w.notes = append(w.notes, Note{File: strings.ToValidUTF8(name, "\uFFFD"), Text: fmt.Sprintf(format, args...)})
}

// entry takes a file into the tree, or a directory, or says why not.
func (w *walk) entry(name string, d fs.DirEntry, err error) error {
	isDir := d != nil && d.IsDir()
	var refused error
	if isDir {
		refused = fs.SkipDir
	}
	switch {
	case err != nil && name == ".":
		return err
	case err != nil:
		w.note(name, "can't be read: %s", reason(err))
		return refused
	case !utf8.ValidString(name):
		w.note(name, "its name is not UTF-8, so it is not read: rename it")
		return refused
	case isDir && name != "." && (skipped[d.Name()] || strings.HasSuffix("/"+name, "/wwwroot/lib")): // there Bower and LibMan put theirs
		w.tree.unread[name] = true
		return refused
	case isDir && strings.Count(name, "/") >= MaxDepth:
		w.note(name, "more than %d directories deep: not looked at", MaxDepth)
		return refused
	case isDir, w.ignore != nil && w.ignore(name), !w.regular(name, d):
		return nil
	}
	t := w.tree
	if len(t.files) == MaxFiles {
		w.note(name, "more than %d files: the rest is not looked at", MaxFiles)
		return fs.SkipAll
	}
	t.files = append(t.files, name)
	t.known[name] = true
	if w.progress != nil && len(t.files)%1000 == 0 {
		w.progress(len(t.files))
	}
	return nil
}

// regular says whether there is a file to read, at the end of a symbolic link perhaps.
func (w *walk) regular(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := fs.Stat(w.tree.fsys, name)
	if err != nil {
		w.note(name, "symbolic link is not followed: %s", reason(err))
	}
	return err == nil && info.Mode().IsRegular()
}

// reason is an error without the path, which the note names already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// Files lists every path of the walk, sorted, with / between its parts; those of mounts are not among them.
func (t *Tree) Files() []string { return slices.Clip(t.files) }

// Mounted lists the files of all mounts, sorted: @NAME/...
func (t *Tree) Mounted() []string { return slices.Clip(t.mounted) }

// Mount walks the directory of operations code that is called name and adds its files below @name. Nothing there is part
// of the repository: Files and Below(".") leave it out.
func (t *Tree) Mount(ctx context.Context, name string, fsys fs.FS) ([]Note, error) {
	other, notes, err := Walk(ctx, fsys, nil, nil)
	if err != nil {
		return notes, err
	}
	at := "@" + name
	for n := 2; t.mounts[at] != nil || t.HasDir(at); n++ {
		at = fmt.Sprintf("@%s-%d", name, n)
	}
	if t.mounts == nil {
		t.mounts = map[string]fs.FS{}
	}
	t.mounts[at] = fsys
	for _, file := range other.files {
		t.mounted = append(t.mounted, at+"/"+file)
		t.known[at+"/"+file] = true
	}
	for dir := range other.unread {
		t.unread[at+"/"+dir] = true
	}
	sort.Strings(t.mounted)
	for i := range notes {
		notes[i].File = at + "/" + notes[i].File
	}
	return notes, nil
}

// MountOf is the mount that a path lies in, @NAME, and "" for a path of the repository.
func (t *Tree) MountOf(name string) string {
	if !strings.HasPrefix(name, "@") {
		return ""
	}
	first, _, _ := strings.Cut(name, "/")
	if t.mounts[first] == nil {
		return ""
	}
	return first
}

// open opens a file of the repository or of a mount.
func (t *Tree) open(name string) (fs.File, error) {
	if mount := t.MountOf(name); mount != "" {
		return t.mounts[mount].Open(strings.TrimPrefix(name, mount+"/"))
	}
	return t.fsys.Open(name)
}

// Has says whether the walk saw a file at this path.
func (t *Tree) Has(name string) bool { return t.known[path.Clean(name)] }

// HasDir says whether there is a directory at this path: one with files, or one of other people's code, which the walk
// left out.
func (t *Tree) HasDir(name string) bool {
	name = path.Clean(name)
	return t.unread[name] || len(t.Below(name)) > 0
}

// First is the first of the names that exists in dir, joined with it, or "".
func (t *Tree) First(dir string, names ...string) string {
	for _, n := range names {
		if p := path.Join(dir, n); t.known[p] {
			return p
		}
	}
	return ""
}

// Below lists the files in dir and its directories, sorted. Whoever appends to it gets a list of their own.
func (t *Tree) Below(dir string) []string {
	if dir == "." || dir == "" {
		return slices.Clip(t.files)
	}
	files := t.files
	if t.MountOf(dir) != "" {
		files = t.mounted
	}
	prefix := dir + "/"
	from := sort.SearchStrings(files, prefix)
	to := from
	for to < len(files) && strings.HasPrefix(files[to], prefix) {
		to++
	}
	return files[from:to:to]
}

// Read gives the text of a file, without a byte order mark and with \n line ends. A file that is too big, binary or
// unreadable is an error whose text says so without the path. What was read is kept: readers may ask again.
func (t *Tree) Read(name string) ([]byte, error) {
	name = path.Clean(name)
	if c, ok := t.cache[name]; ok {
		return c.data, c.err
	}
	if err := t.ended(); err != nil {
		return nil, err
	}
	data, err := t.load(name)
	t.cache[name] = content{data, err}
	return data, err
}

func (t *Tree) load(name string) ([]byte, error) {
	f, err := t.open(name)
	if err != nil {
		return nil, errors.New("can't be read: " + reason(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, errors.New("can't be read: " + reason(err))
	}
	if len(data) > MaxFile {
		return nil, ErrTooBig
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, ErrBinary
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if !utf8.Valid(data) {
		data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if strings.HasPrefix(strings.ToLower(path.Base(name)), "readme") {
		data = withoutSection(data)
	}
	return data, nil
}

// withoutSection leaves empty lines of what was generated into a README of the team's: it says nothing new.
func withoutSection(data []byte) []byte {
	before, rest, _ := bytes.Cut(data, []byte(service.SectionBegins))
	section, behind, ok := bytes.Cut(rest, []byte(service.SectionEnds))
	if !ok {
		return data
	}
	return slices.Concat(before, bytes.Repeat([]byte("\n"), bytes.Count(section, []byte("\n"))), behind)
}

// Text is Read as a string; a file that can't be read becomes a note of r and "", which is also the text of no file, as First
// finds it.
func (t *Tree) Text(name string, r *Report) string {
	if name == "" {
		return ""
	}
	data, err := t.Read(name)
	if err != nil {
		r.Note(name, 0, "%v", err)
		return ""
	}
	return string(data)
}

// Match is one place where a regular expression was found.
type Match struct {
	Line   int      // from 1
	Groups []string // the whole match, then its groups; a group that took no part is ""
}

// Find lists the places in text where re matches.
func Find(text string, re interface{ FindAllStringSubmatchIndex(string, int) [][]int }) []Match {
	var found []Match
	line, at := 1, 0
	for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
		line += strings.Count(text[at:m[0]], "\n")
		at = m[0]
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = text[m[2*i]:m[2*i+1]]
			}
		}
		found = append(found, Match{Line: line, Groups: groups})
	}
	return found
}

// LineOf is the line, from 1, on which the first match of re begins, and 0 where there is none.
func LineOf(text string, re interface{ FindStringIndex(string) []int }) int {
	m := re.FindStringIndex(text)
	if m == nil {
		return 0
	}
	return 1 + strings.Count(text[:m[0]], "\n")
}

// Line is one line of a file, from 1, without the blanks around it; "" where there is none.
func (t *Tree) Line(name string, line int) string {
	data, err := t.Read(name)
	if err != nil || line < 1 {
		return ""
	}
	for ; line > 1; line-- {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return ""
		}
		data = data[i+1:]
	}
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		data = data[:i]
	}
	return string(bytes.TrimSpace(data))
}
