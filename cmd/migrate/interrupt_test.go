package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestInterrupted sends Ctrl-C to the real program at many points: the repository is either as it was or complete, and
// who stopped it is told so in one line.
func TestInterrupted(t *testing.T) {
	source := t.TempDir()
	for i := range 20 {
		dir := filepath.Join(source, fmt.Sprintf("pkg%d", i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for j := range 50 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%d.py", j)), []byte("import os\nA = os.environ['A']\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(source, "Procfile"), []byte("web: gunicorn pkg1.m1 --bind 0.0.0.0:8000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for delay := 4 * time.Millisecond; delay < 3*time.Second; delay *= 2 {
		dir := filepath.Join(t.TempDir(), "repo")
		if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
			t.Fatal(err)
		}
		if interrupted(t, dir, delay) {
			stopped++
		} else {
			break // it was done before: later signals find nothing to stop
		}
	}
	if stopped == 0 {
		t.Error("no signal came in time")
	}
}

func interrupted(t *testing.T, dir string, delay time.Duration) bool {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command("migrate", "init", "--no-input", dir)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(delay)
	if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	err := cmd.Wait()
	names, globErr := filepath.Glob(filepath.Join(dir, ".*"))
	if globErr != nil {
		t.Fatal(globErr)
	}
	written := strings.Join(names, " ")
	complete := strings.Contains(written, ".migrate") && !strings.Contains(written, ".migrate-new")
	switch code := cmd.ProcessState.ExitCode(); {
	case err == nil && complete:
		return false
	case code == 1 && written == "" && errs.String() == "migrate: stopped; nothing was left half-done\n" && out.Len() == 0:
	case code == -1 && written == "" && errs.Len() == 0: // it came before the program could listen for it
	default:
		t.Errorf("after %v: exit %d, written %q\n%s%s", delay, code, written, out.String(), errs.String())
	}
	return true
}

// TestTogether starts runs in one repository at once: each waits for the one before, all are done, and the outcome is that of one.
func TestTogether(t *testing.T) {
	source := map[string][]byte{"Procfile": []byte("web: gunicorn shop.wsgi --bind 0.0.0.0:8000\n"), "requirements.txt": []byte("gunicorn==23.0.0\n")}
	repository := func() string {
		dir := filepath.Join(t.TempDir(), "repo")
		for name, data := range source {
			if err := os.MkdirAll(filepath.Join(dir, ".git", "objects"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	alone, together := repository(), repository()
	if out, err := exec.Command("migrate", "init", "--no-input", alone).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var runs []*exec.Cmd
	var errs [6]bytes.Buffer
	for i := range errs {
		cmd := exec.Command("migrate", "init", "--no-input", together)
		cmd.Stderr = &errs[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, cmd)
	}
	for i, cmd := range runs {
		err := cmd.Wait()
		said := errs[i].String()
		if err != nil || said != "" && !strings.HasPrefix(said, "migrate: process ") {
			t.Errorf("%v\n%s", err, said)
		}
	}
	if out, err := exec.Command("diff", "-r", alone, together).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
