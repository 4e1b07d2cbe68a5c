// Package cli is the command line: one file per command, each of which turns flags into options, makes one library call
// and prints what came back. Exit codes are decided here and nowhere else.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// The exit codes of the contract.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitOpen       = 3 // would change, or needs an answer
	exitRolledBack = 10
	exitHalfBack   = 11 // the rollback is incomplete
	exitLocked     = 75
)

// Streams are the program's input and outputs: results go to Out, everything else to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Terminal says whether a person sits at both In and Err, so that questions and progress make sense.
func (s Streams) Terminal() bool { return isTerminal(s.In) && isTerminal(s.Err) }

// Colour says whether w is a terminal that wants colour.
func (s Streams) Colour(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

func isTerminal(v any) bool {
	if w, ok := v.(interface{ unwrap() io.Writer }); ok {
		v = w.unwrap()
	}
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalSize is that of the terminal behind w, and that of a usual one where there is none.
func terminalSize(w io.Writer) (columns, lines int) {
	if r, ok := w.(interface{ unwrap() io.Writer }); ok {
		w = r.unwrap()
	}
	if f, ok := w.(*os.File); ok {
		if columns, lines, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && lines > 0 {
			return columns, lines
		}
	}
	return 80, 24
}

// exit is an error that ends the program with a code of its own. Its message may be empty: all has been said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// withCode gives err the exit code of the contract; err may be nil where everything has been printed.
func withCode(code int, err error) error { return &exit{code, err} }

func usage(format string, args ...any) error { return &exit{exitUsage, fmt.Errorf(format, args...)} }

// Run is the whole program: it returns the exit code.
func Run(ctx context.Context, s Streams, args []string) int {
	logrus.SetOutput(io.Discard) // compose-go tells of each variable in an old compose file that nobody set
	out := &results{Writer: s.Out}
	s.Out = out
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("the result can't be written: %w", out.err)
	}
	if err == nil {
		return exitDone
	}
	code := exitFailed
	var e *exit
	if errors.As(err, &e) {
		code = e.code
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Err, "migrate: stopped; nothing was left half-done")
		return exitFailed
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintf(visible{s.Err}, "migrate: %s\n", msg)
	}
	return code
}

func newRoot(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "migrate",
		Short: "Take a legacy service to Kubernetes",
		Long: `migrate reads a legacy service's repository and the code that operates it, writes one model of the service
(migrate.yaml) with the evidence for every value, and generates what the team needs to run, check and deploy it.

Start in the repository:   migrate init
Then:                      make run_local   make kube_create_config   make kube_apply   make smoke_test`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(commands(s)...)
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion": // cobra's own takes any argument for a wish to read its help
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			cmd.Args = helpTopic
		}
	}
	argumentErrors(root)
	return root
}

// helpTopic wants the words after help to be a command.
func helpTopic(cmd *cobra.Command, args []string) error {
	found, rest, err := cmd.Root().Find(args)
	if err == nil && len(rest) > 0 && found != nil {
		err = fmt.Errorf("unknown command %q for %q", rest[0], found.CommandPath())
	}
	return err
}

// argumentErrors gives every command's complaint about its arguments the exit code of wrong usage.
func argumentErrors(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usage("%v; see %s --help", err, cmd.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		argumentErrors(sub)
	}
}
