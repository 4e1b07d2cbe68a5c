package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a demo")
	var out, errs bytes.Buffer
	if code := run([]string{dir, "shop/staging/web/KEY=a=b c", "shop/common/OTHER=x"}, &out, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("%d %s", code, errs.String())
	}
	// A shell takes the lines for what they are.
	shell, err := exec.Command("sh", "-c", out.String()+`printf %s "$GOPASS_HOMEDIR"`).CombinedOutput()
	if err != nil || string(shell) != dir {
		t.Errorf("%v %q, want %q", err, shell, dir)
	}
	if code := run([]string{dir, "a=b"}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "holds a store already") {
		t.Errorf("a second store in one directory: %d %s", code, errs.String())
	}
	errs.Reset()
	if code := run([]string{t.TempDir(), "a=b", "hunter2"}, &out, &errs); code != 2 || !strings.Contains(errs.String(), "argument 3") || strings.Contains(errs.String(), "hunter2") {
		t.Errorf("no NAME=VALUE: %d %s", code, errs.String())
	}
	if code := run([]string{t.TempDir(), strings.Repeat("../", 20) + "out=b"}, &out, &errs); code != 1 {
		t.Errorf("an entry outside the directory: %d", code)
	}
	if code := run(nil, &out, &errs); code != 2 {
		t.Errorf("no argument: %d", code)
	}
}
