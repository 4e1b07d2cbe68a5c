//go:build unix

package fileset

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// dying is a disk at whose n-th change the process is killed: before it, and with half of a file written.
type dying struct {
	changer
	at, n int
}

func (d *dying) point(last func()) {
	if d.n++; d.n == d.at {
		last()
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (d *dying) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	d.point(func() {})
	f, err := d.changer.OpenFile(name, flag, perm)
	if err == nil {
		d.point(func() { _, _ = f.WriteString("half of a te") })
	}
	return f, err
}

func (d *dying) Mkdir(name string, perm fs.FileMode) error {
	d.point(func() {})
	return d.changer.Mkdir(name, perm)
}

func (d *dying) Remove(name string) error {
	d.point(func() {})
	return d.changer.Remove(name)
}

func (d *dying) Rename(from, to string) error {
	d.point(func() {})
	return d.changer.Rename(from, to)
}

// victim runs a scene until it is killed, or to its end, and then says how many places there were for that.
func victim() {
	all, err := scenes()
	if err != nil {
		panic(err)
	}
	root, err := os.OpenRoot(os.Getenv("FILESET_DIR"))
	if err != nil {
		panic(err)
	}
	at, err := strconv.Atoi(os.Getenv("FILESET_AT"))
	if err != nil {
		panic(err)
	}
	disk := &dying{changer: root, at: at}
	if err := all[os.Getenv("FILESET_SCENE")].run(root, disk); err != nil {
		panic(err)
	}
	fmt.Print(disk.n)
}

// fastDir is a directory in memory where the system has one: thousands of files are written and synced.
func fastDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "fileset")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// A run is killed at each of its changes to the disk, one after the other. Each file is then the old one or the new one, and the
// next run makes what a run makes that nobody kills.
func TestKilled(t *testing.T) {
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	for _, store := range []string{"git", "no git"} {
		for name, s := range all {
			t.Run(name+", "+store, func(t *testing.T) {
				t.Parallel()
				start := fastDir(t)
				before(t, start, store, name, all["init"])
				killed(t, start, name, s)
			})
		}
	}
}

// before makes the repository as it is when the run begins.
func before(t *testing.T, dir, store, name string, first scene) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if store == "git" {
		if err := root.MkdirAll(".git/objects", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, root, "README.md", "# Shop\n")
	edit(t, root, "Makefile", "theirs:\n")
	if name == "init" {
		return
	}
	if err := first.run(root, root); err != nil {
		t.Fatal(err)
	}
	touch := func(name string, change func(text string) string) {
		data, err := root.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		edit(t, root, name, change(string(data)))
	}
	touch("shop/Dockerfile", func(text string) string { return text + "# mine\n" })                                   // goes together
	touch("shop/compose.yaml", func(text string) string { return "# mine, on top\n" + text })                         // conflict
	touch("shop/kube/base/web.yaml", func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") })      // no edit
	touch("shop/kube/overlays/staging/kustomization.yaml", func(text string) string { return text + "# mine\n" })     // stays, though no longer wanted
	touch("billing/compose.yaml", func(text string) string { return text + "# mine\n" })                              // nothing to do
	touch("README.md", func(text string) string { return strings.Replace(text, "how to\n", "how to\nand why\n", 1) }) // conflict in a section
	remove(t, root, "orders/Dockerfile")
}

func killed(t *testing.T, start, name string, s scene) {
	base := fastDir(t)
	was := everything(t, start)
	copied := func(n int) string {
		dir := filepath.Join(base, strconv.Itoa(n))
		if err := os.CopyFS(dir, os.DirFS(start)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	whole := copied(0)
	out, err := elsewhere(t, "victim", whole, "FILESET_SCENE="+name, "FILESET_AT=0").Output()
	if err != nil {
		t.Fatal(err)
	}
	places, err := strconv.Atoi(string(out))
	if err != nil || places < 50 {
		t.Fatalf("%q places to die at: %v", out, err)
	}
	want := everything(t, whole)
	after, err := parseLock([]byte(want[LockFile]))
	if err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= places; at += everyPlace {
		dir := copied(at)
		cmd := elsewhere(t, "victim", dir, "FILESET_SCENE="+name, "FILESET_AT="+strconv.Itoa(at))
		if err := cmd.Run(); err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("at %d: it was not killed: %v", at, err)
		}
		for file, text := range everything(t, dir) {
			old, hadOld := was[file]
			renewed, hasNew := want[file]
			temporary := strings.HasSuffix(file, newSuffix) || strings.HasSuffix(file, "/tmp_obj_migrate") || file == beginFile
			if !temporary && (!hadOld || text != old) && (!hasNew || text != renewed) {
				t.Errorf("killed at %d, %s is neither old nor new: %q", at, file, text)
			}
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		lock, err := ReadLock(root.FS())
		if err != nil {
			t.Fatal(err)
		}
		for file := range everything(t, dir) {
			if after.Files[file] != "" && was[file] == "" && !lock.Owns(file) {
				t.Errorf("killed at %d, %s is taken for the team's", at, file)
			}
		}
		if err := s.run(root, root); err != nil {
			t.Errorf("the run after %d: %v", at, err)
		}
		root.Close()
		same(t, want, everything(t, dir))
		if t.Failed() {
			t.Fatalf("killed at %d of %d", at, places)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d places, %d files", places, len(want))
}
