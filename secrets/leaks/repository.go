package leaks

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxFile bounds the files that are looked at: what people write is smaller.
const maxFile = 8 << 20

// Hit is a leak with the file that it is in.
type Hit struct {
	Leak
	File   string // relative to the repository
	Commit string // the first one with it, "3f2a1bc of 2016-03-01", where the file as it is now has it no more
}

// Tree looks through the files of a directory as they are: links are not followed, .git and node_modules are left out.
// skipped names the files that are too large.
func (f *Finder) Tree(ctx context.Context, root *os.Root) (hits []Hit, skipped []string, err error) {
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			skipped = append(skipped, name)
			return nil
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > maxFile {
			skipped = append(skipped, name)
			return nil
		}
		text, err := root.ReadFile(name)
		if err != nil {
			skipped = append(skipped, name)
			return nil
		}
		for _, l := range f.Find(name, text) {
			hits = append(hits, Hit{Leak: l, File: name})
		}
		return nil
	})
	return hits, skipped, err
}

// ErrNoGit says that there is no history to look through.
var ErrNoGit = errors.New("no git repository")

// History looks through every file that any commit of the repository at dir ever had, with the git program, which only
// reads. It leaves out what is among now: the leaks that the working tree still has.
func (f *Finder) History(ctx context.Context, dir string, now []Hit) ([]Hit, error) {
	names, err := blobs(ctx, dir)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, h := range now {
		known[h.File+"\x00"+h.What+"\x00"+h.Masked] = true
	}
	var hits []Hit
	err = eachBlob(ctx, dir, names, func(id string, text []byte) {
		for _, l := range f.Find(names[id], text) {
			key := names[id] + "\x00" + l.What + "\x00" + l.Masked
			if !known[key] {
				known[key] = true
				hits = append(hits, Hit{Leak: l, File: names[id], Commit: id})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range hits {
		hits[i].Commit = commitOf(ctx, dir, hits[i].Commit)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return strings.Compare(a.File, b.File) })
	return hits, nil
}

// git runs git so that it writes nothing and shows nothing.
func git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	return cmd
}

// blobs lists the objects that have a path, by id, with the first path that each had.
func blobs(ctx context.Context, dir string) (map[string]string, error) {
	var complaint bytes.Buffer
	cmd := git(ctx, dir, "rev-list", "--objects", "--all")
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && (errors.Is(err, exec.ErrNotFound) || strings.Contains(complaint.String(), "not a git repository")):
		return nil, ErrNoGit
	case err != nil:
		return nil, fmt.Errorf("git rev-list: %w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	names := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if id, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && name != "" && !strings.Contains("/"+name, "/node_modules/") {
			names[id] = path.Clean(name)
		}
	}
	return names, nil
}

// eachBlob gives the content of each file among the objects.
func eachBlob(ctx context.Context, dir string, names map[string]string, visit func(id string, text []byte)) error {
	ids := make([]string, 0, len(names))
	for id := range names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := git(ctx, dir, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(strings.Join(ids, "\n") + "\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	if err := readBlobs(bufio.NewReaderSize(out, 1<<16), visit); err != nil {
		cancel()
		_ = cmd.Wait()
		return fmt.Errorf("git cat-file: %w", err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	return nil
}

// readBlobs reads what git cat-file --batch writes: "id type size", the content, a newline.
func readBlobs(r *bufio.Reader, visit func(id string, text []byte)) error {
	for {
		header, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		fields := strings.Fields(header)
		if len(fields) != 3 { // "id missing"
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is no answer", header)
		}
		if fields[1] != "blob" || size > maxFile {
			if _, err := io.CopyN(io.Discard, r, size+1); err != nil {
				return err
			}
			continue
		}
		text := make([]byte, size+1)
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		visit(fields[0], text[:size])
	}
}

// commitOf is the first commit that has the object, and its day.
func commitOf(ctx context.Context, dir, id string) string {
	if first := firstCommit(ctx, dir, "--find-object="+id); first != "" {
		return first
	}
	return "object " + id[:min(len(id), 10)]
}

// Since is the first commit that has a file, and its day: "3f2a1bc of 2016-03-01". It is empty where git knows of none.
func Since(ctx context.Context, file string) string {
	return firstCommit(ctx, filepath.Dir(file), "--", filepath.Base(file))
}

func firstCommit(ctx context.Context, dir string, which ...string) string {
	args := append([]string{"log", "--all", "--reverse", "--no-textconv", "--no-ext-diff", "--format=%h of %cs"}, which...)
	out, err := git(ctx, dir, args...).Output()
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return first
}
