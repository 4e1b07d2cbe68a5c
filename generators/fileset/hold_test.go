//go:build unix

package fileset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// elsewhere runs one part of a test in a process of its own, which is this test binary with the part's name in its environment.
func elsewhere(t *testing.T, part, dir string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestMain$")
	cmd.Env = append(append(os.Environ(), "FILESET_PART="+part, "FILESET_DIR="+dir), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestMain(m *testing.M) {
	switch os.Getenv("FILESET_PART") {
	case "":
		os.Exit(m.Run())
	case "holder":
		holder()
	case "victim":
		victim()
	}
}

// holder has a repository until its end, which comes from outside.
func holder() {
	root, err := os.OpenRoot(os.Getenv("FILESET_DIR"))
	if err != nil {
		panic(err)
	}
	if _, err := Hold(context.Background(), root, 0, nil); err != nil {
		panic(err)
	}
	fmt.Println("held")
	time.Sleep(time.Minute)
}

func TestHold(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"git":        {".git/objects/x": ""},
		"no git":     nil,
		"a worktree": {".git": "gitdir: /elsewhere\n", ".migrate/lock.yaml": "version: v1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			root := repo(t, files)
			cmd := elsewhere(t, "holder", root.Name())
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 5)); err != nil {
				t.Fatal(err)
			}
			var told []string
			waiting := func(holder string) { told = append(told, holder) }
			_, err = Hold(t.Context(), root, 100*time.Millisecond, waiting)
			var held *HeldError
			if !errors.As(err, &held) || len(told) != 1 || told[0] != held.Holder || !strings.HasPrefix(held.Holder, "process "+strconv.Itoa(cmd.Process.Pid)) {
				t.Errorf("got %v, told %q, it is process %d", err, told, cmd.Process.Pid)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := Hold(ctx, root, time.Minute, waiting); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}

			// The one that waits comes in when the other is killed.
			go func() {
				time.Sleep(50 * time.Millisecond)
				_ = cmd.Process.Kill()
			}()
			release, err := Hold(t.Context(), root, time.Minute, waiting)
			if err != nil || len(told) != 3 {
				t.Fatalf("got %v, told %q", err, told)
			}
			_ = cmd.Wait()
			release()
			got := tree(t, root)
			if text, there := got[holdInGit]; there && text == "" {
				delete(got, holdInGit) // where nobody sees it
			}
			if files == nil {
				files = map[string]string{}
			}
			same(t, files, got)
			if _, err := root.Stat(".migrate"); name == "no git" && err == nil {
				t.Error("a directory is left")
			}
		})
	}
}

// Where nothing can be held the run goes on: it says itself what is wrong.
func TestHoldNothing(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a file in the way":      {".migrate": "x"},
		"a directory in the way": {".git/migrate.lock/x": ""},
	} {
		root := repo(t, files)
		release, err := Hold(t.Context(), root, 0, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		release()
		same(t, files, tree(t, root))
	}
	root := repo(t, nil)
	outside := repo(t, nil)
	if err := root.Symlink(outside.Name(), ".migrate"); err != nil {
		t.Fatal(err)
	}
	release, err := Hold(t.Context(), root, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	release()
	same(t, map[string]string{}, tree(t, outside))
}
