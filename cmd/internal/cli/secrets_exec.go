package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type execOptions struct {
	dir, env, service, mentioned string
	files                        bool
}

func newSecretsExec(s Streams) *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{
		Use:   "exec --env ENV -- COMMAND [ARGUMENT]...",
		Short: "Run a command that has an environment's secrets in its environment",
		Long: `exec runs a command with the values of an environment's keys in its environment, for as long as it runs. No file holds
them, and no argument. The environment of a process can be read by root and by whoever runs as the same user, and is handed
on to what the process starts. What the command itself does with a value is not looked at: docker keeps the environment of
a container on its own disk until the container is removed.

Each key goes by its name. Where several services have a key of that name, it is
KEY__SERVICE; --service takes the keys of one service alone, by their own names. --for FILE gives only what the file
mentions as ${KEY}.

An optional key that is not there is not set, whatever this environment has by that name; with --for it is set to nothing.

--files gives files in their place: the variable KEY_FILE names a file in a directory of its own on a file system in
memory, which is removed when the command ends. That is also for what a variable can't hold: a zero byte, or 128 KiB.`,
		Example: `  migrate secrets exec --env staging -- docker compose up
  migrate secrets exec --env staging --service web -- python manage.py shell
  make run_local SECRETS_FROM=staging`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretsExec(cmd.Context(), s, args, o)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false) // the flags behind COMMAND are its own
	f.StringVar(&o.dir, "dir", ".", "the repository that migrate.yaml is in")
	f.StringVar(&o.env, "env", "", "environment of migrate.yaml")
	f.StringVar(&o.service, "service", "", "only the keys of this service, by their own names")
	f.StringVar(&o.mentioned, "for", "", "only the keys that this file mentions as ${KEY}, or ${KEY_FILE} with --files")
	f.BoolVar(&o.files, "files", false, "files in memory in place of variables: KEY_FILE")
	return cmd
}

func runSecretsExec(ctx context.Context, s Streams, args []string, o execOptions) error {
	app, err := loadModel(o.dir)
	if err != nil {
		return err
	}
	if _, ok := app.Environments[o.env]; !ok {
		return usage("say which environment: --env %s", strings.Join(app.EnvironmentNames(), "|"))
	}
	variables, err := execVariables(app, o)
	if err != nil {
		return err
	}
	values, err := fetchSecrets(ctx, s, o.env, slices.Collect(maps.Values(variables)))
	if err != nil {
		return err
	}
	defer zero(values)
	env := childEnvironment(o, variables, values)
	if o.files {
		return withFiles(variables, values, func(names []string) error { return runChild(ctx, s, args, append(env, names...)) })
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value, there := values[variables[name]]
		if !there {
			continue // optional
		}
		if bytes.IndexByte(value, 0) >= 0 || len(value) > maxVariable-len(name) {
			return fmt.Errorf("%s can't be a variable, it has a zero byte or is too long: give it as a file (--files)", variables[name].Name)
		}
		env = append(env, name+"="+string(value))
	}
	return runChild(ctx, s, args, env)
}

// childEnvironment is this program's own environment for the command, without what opens the store, and without what whoever
// runs it has by the name of an optional key that is not there: that is another secret. For a compose file such a name is set
// to nothing, since docker compose would look for it in .env next.
func childEnvironment(o execOptions, variables map[string]secrets.Key, values map[secrets.Key][]byte) []string {
	out := map[string]bool{"GOPASS_AGE_PASSWORD": true}
	var empty []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if _, there := values[variables[name]]; there {
			continue
		}
		if o.files {
			name += "_FILE"
		}
		out[name] = true
		if o.mentioned != "" {
			empty = append(empty, name+"=")
		}
	}
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return out[name]
	})
	return append(env, empty...)
}

// withFiles writes the values to files in memory for as long as do runs, which is given the variables that name them.
func withFiles(variables map[string]secrets.Key, values map[secrets.Key][]byte, do func(names []string) error) error {
	dir, err := memoryDir()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is in memory
	var names []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value, there := values[variables[name]]
		if !there {
			continue // optional
		}
		file := filepath.Join(dir, name)
		// A container's own user may read it where it is mounted; here the directory is closed to others.
		if err := os.WriteFile(file, value, 0o444); err != nil {
			return err
		}
		names = append(names, name+"_FILE="+file)
	}
	return do(names)
}

// maxVariable is what Linux takes for one variable with its name, = and a zero byte at the end.
const maxVariable = 128<<10 - 2

// execVariables are the keys that a command is to be given, by the names of its variables.
func execVariables(app *service.App, o execOptions) (map[string]secrets.Key, error) {
	wanted, err := wantedSecrets(app, o.env)
	if err != nil {
		return nil, err
	}
	if o.service != "" && app.Services[o.service] == nil {
		return nil, usage("there is no service %q in %s", o.service, service.FileName)
	}
	mentioned := func(string) bool { return true }
	if o.mentioned != "" {
		text, err := os.ReadFile(filepath.Join(o.dir, o.mentioned))
		if err != nil {
			return nil, err
		}
		names := mentionedIn(string(text))
		mentioned = func(name string) bool {
			if o.files {
				name += "_FILE"
			}
			return names[name]
		}
	}
	variables := map[string]secrets.Key{}
	for _, k := range wanted {
		name := app.SecretVariable(k.Service, k.Name)
		switch {
		case o.service != "" && k.Service != app.Base(o.service):
			continue
		case o.service != "":
			name = k.Name
		}
		if other, taken := variables[name]; taken {
			return nil, usage("%s and %s would both be the variable %s: say --service", other.Name, k.Name, name)
		}
		if mentioned(name) {
			variables[name] = k
		}
	}
	return variables, nil
}

// variableMentioned is how a compose file takes something from its environment.
var variableMentioned = pattern.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)|\benvironment: ([A-Za-z_][A-Za-z0-9_]*)`)

func mentionedIn(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range variableMentioned.FindAllStringSubmatch(text, -1) {
		names[m[1]+m[2]] = true
	}
	return names
}

// runChild runs a command with this program's own streams, until it ends by itself, and ends with its exit code.
func runChild(ctx context.Context, s Streams, args, env []string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = s.In, s.Out, s.Err, env
	if out, ok := s.Out.(interface{ unwrap() io.Writer }); ok { // a terminal stays one for the command
		cmd.Stdout = out.unwrap()
	}
	cmd.Cancel = func() error {
		if !s.Terminal() { // there Ctrl-C reaches the command, too
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
		return os.ErrProcessDone // what the command makes of it counts
	}
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended) && ended.ExitCode() >= 0:
		return withCode(ended.ExitCode(), nil)
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("there is no program %s", args[0])
	case err != nil:
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}
