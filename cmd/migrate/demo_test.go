package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestDemoLeavesNothing interrupts the demo while it builds, and lets its build fail.
func TestDemoLeavesNothing(t *testing.T) {
	for name, build := range map[string]string{"interrupted": "exec sleep 60", "failed": "exit 1"} {
		t.Run(name, func(t *testing.T) {
			bin, tmp := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\n: >\"$TMPDIR/building\"\n"+build+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			demo := exec.Command("sh", "../../examples/demo.sh")
			demo.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+tmp, "KEEP=")
			demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			if err := demo.Start(); err != nil {
				t.Fatal(err)
			}
			for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
				if _, err := os.Stat(filepath.Join(tmp, "building")); err == nil {
					break
				}
			}
			if name == "interrupted" { // as a terminal does: to the whole group
				if err := syscall.Kill(-demo.Process.Pid, syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
			}
			if err := demo.Wait(); err == nil {
				t.Error("it ended well")
			}
			if left, _ := filepath.Glob(filepath.Join(tmp, "migrate-demo.*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
