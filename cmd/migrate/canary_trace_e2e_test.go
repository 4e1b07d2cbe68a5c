//go:build e2e

package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// marker is in every value, in letters and digits, so that no way of quoting hides it.
const marker = "CANARYq7Zr4Lx0Tn9VbK2e"

// markerForms are the ways in which text turns up: itself, in base64 at each of the three offsets, in hex.
func markerForms() []string {
	forms := []string{marker, hex.EncodeToString([]byte(marker)), strings.ToUpper(hex.EncodeToString([]byte(marker)))}
	for offset := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + marker + "xxx"))
		forms = append(forms, text[4:len(text)-8]) // without what the neighbours have a part in
	}
	return forms
}

// leaked gives what stands around a marker in a text.
func leaked(text []byte) string {
	for _, form := range markerForms() {
		if i := bytes.Index(text, []byte(form)); i >= 0 {
			return fmt.Sprintf("%q", text[max(0, i-120):min(len(text), i+60)])
		}
	}
	return ""
}

// watched are the system calls by which a value could leave a process: writes, names of files, and arguments and environments
// of what is started.
const watched = "trace=execve,execveat,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,vmsplice," +
	"open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mknod,mknodat,memfd_create,setxattr,fsetxattr"

// A tracer runs commands under strace with a home and a directory for temporary files of their own.
type tracer struct {
	*testing.T
	dir   string   // the repository, where the commands run
	space string   // the home, temporary files, and what gopass's library logs
	env   []string // of the commands
	said  string   // what the last one printed
}

func newTracer(t *testing.T, dir string) *tracer {
	t.Helper()
	for _, name := range []string{"strace", "kubectl", "git"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is not on the PATH", name)
		}
	}
	space := t.TempDir()
	for _, sub := range []string{"home", "tmp", "run"} {
		if err := os.Mkdir(filepath.Join(space, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "HOME="+space+"/home", "TMPDIR="+space+"/tmp", "XDG_RUNTIME_DIR="+space+"/run", "GOTRACEBACK=crash",
		"GOPASS_DEBUG_LOG="+space+"/tmp/gopass.log", "GOPASS_DEBUG_FUNCS=*", "DEBUG=1")
	return &tracer{T: t, dir: dir, space: space, env: env}
}

// run runs a command with every system call in sight, and returns its exit code and what the trace holds.
func (r *tracer) run(stop time.Duration, words ...string) (code int, trace []byte) {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	log := filepath.Join(r.TempDir(), "trace")
	cmd := exec.CommandContext(ctx, "strace", append([]string{"-f", "-qq", "-v", "-s", "300000", "-e", watched, "-e", "signal=none", "-o", log}, words...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.dir, r.env, 5*time.Second
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	if stop > 0 { // the program ends in the middle as one that crashes does, with all its stacks
		time.AfterFunc(stop, func() {
			_ = exec.Command("pkill", "-ABRT", "-P", fmt.Sprint(cmd.Process.Pid)).Run()
		})
	}
	_ = cmd.Wait() // the exit code says it
	r.said = said.String()
	r.Logf("%5.1fs  exit %d  %s", time.Since(start).Seconds(), cmd.ProcessState.ExitCode(), strings.Join(words[1:], " "))
	trace, err := os.ReadFile(log)
	if err != nil || len(trace) == 0 {
		r.Fatalf("no trace of %v: %v\n%s", words, err, r.said)
	}
	return cmd.ProcessState.ExitCode(), trace
}

// clean runs a command that is to end with the code, and wants no value in anything that it does or says.
func (r *tracer) clean(code int, words ...string) {
	r.Helper()
	got, trace := r.run(0, words...)
	if got != code {
		r.Fatalf("%v ended with %d, want %d:\n%.4000s", words, got, code, r.said)
	}
	r.check(words, trace)
}

func (r *tracer) check(words []string, trace []byte) {
	r.Helper()
	if at := leaked(trace); at != "" {
		r.Errorf("%v lets a value out: %s", words, at)
	}
	if at := leaked([]byte(r.said)); at != "" {
		r.Errorf("%v prints a value: %s", words, at)
	}
}

// files wants no value in any file that was not there before, core files among them.
func (r *tracer) files(before map[string][]byte) {
	r.Helper()
	now := read(r.T, r.dir)
	for name, text := range changed(before, now) {
		if at := leaked(text); at != "" {
			r.Errorf("%s holds a value: %s", name, at)
		}
	}
	for name, text := range read(r.T, r.space) {
		if at := leaked(text); at != "" {
			r.Errorf("%s/%s holds a value: %s", r.space, name, at)
		}
	}
	for _, dir := range []string{r.dir, r.space} {
		if cores, _ := filepath.Glob(filepath.Join(dir, "core*")); len(cores) > 0 {
			r.Errorf("the kernel wrote %v", cores)
		}
	}
}
