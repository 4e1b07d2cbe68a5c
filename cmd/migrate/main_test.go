package main

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/migrate-to-kubernetes/migrate/secrets/storetest"
)

// The scripts in testdata are the command line's tests, one per command and case: <command>-<case>.txtar.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"migrate": main,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":     serve,
			"store":     store,
			"exited":    exited,
			"onlyfiles": onlyfiles,
			"nocanary":  nocanary,
			"initjson":  initjson,
		},
	})
}

// store makes a throw-away gopass store below home/, which the commands that follow see.
func store(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: store")
	}
	env, err := storetest.New(ts.MkAbs("home"), "CANARY of the store", nil)
	ts.Check(err)
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		ts.Setenv(name, value)
	}
}

// exited runs a command and wants it to end with an exit code: exited 2 migrate smoke. Its output is for stdout and stderr.
func exited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exited CODE COMMAND [ARGUMENT]...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("%q is no exit code", args[0])
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s ended with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}
