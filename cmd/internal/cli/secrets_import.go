package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/secrets/leaks"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type importOptions struct {
	env, service, level string
	force, dry          bool
}

func newSecretsImport(s Streams) *cobra.Command {
	var (
		o   importOptions
		dir string
	)
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take the keys' values over from where they are kept now",
		Long: `import writes the values of the keys that the services want into gopass. FILE is a .env file, the output of terraform
output -json, a Secret of Kubernetes (YAML or JSON, as kubectl get -o gives it), a directory with a file for each secret (as
Docker mounts them), or the YAML that ansible-vault decrypt gives; - is standard input, for what had better not be a file.

A name in FILE is that of a key, or nearly: db-password stands for DB_PASSWORD. What no service wants is left out and
named. An entry that is there is replaced only with --force. Where FILE is or was in git, import says since when: such
values are known to whoever has the repository, and moving them makes them no more secret.`,
		Example: `  migrate secrets import .env.production --env production --dry-run
  ansible-vault decrypt --output - group_vars/production/vault.yml | migrate secrets import - --env production
  kubectl get secret shop -o json | migrate secrets import - --env staging --level environment`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretsImport(cmd.Context(), s, dir, args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", ".", "the repository that migrate.yaml is in")
	f.StringVar(&o.env, "env", "", "environment of migrate.yaml")
	f.StringVar(&o.service, "service", "", "only the keys of this service")
	f.StringVar(&o.level, "level", "service", "for whom: "+strings.Join(secrets.Levels(), ", "))
	f.BoolVar(&o.force, "force", false, "replace values that are there")
	f.BoolVar(&o.dry, "dry-run", false, "only say what would be written")
	return cmd
}

// importStep is one entry to write.
type importStep struct {
	key, path string
	value     []byte
	there     bool   // the entry is
	old       []byte // what it held
	lines     bool   // the value has several, and the key takes the first
}

func runSecretsImport(ctx context.Context, s Streams, dir, file string, o importOptions) error {
	app, err := loadModel(dir)
	if err != nil {
		return err
	}
	if _, ok := app.Environments[o.env]; !ok {
		return usage("say which environment: --env %s", strings.Join(app.EnvironmentNames(), "|"))
	}
	values, err := importedValues(s, file)
	if err != nil {
		return err
	}
	store, err := openGopass(s)
	if err != nil {
		return err
	}
	names, err := store.List(ctx)
	if err != nil {
		return err
	}
	steps, left, err := importSteps(app, names, values, o)
	if err != nil {
		return err
	}
	if file != "-" {
		if since := leaks.Since(ctx, file); since != "" {
			fmt.Fprintf(s.Err, "%s is in git since %s: whoever has the repository has these values; make new ones where they come from\n", file, since)
		}
	}
	return importAll(ctx, s, store, steps, left, o)
}

func importAll(ctx context.Context, s Streams, store *secrets.Gopass, steps []importStep, left []string, o importOptions) error {
	var written []importStep
	for _, step := range steps {
		defer clear(step.value)
		switch {
		case step.there && !o.force:
			fmt.Fprintf(s.Out, "kept     %s (it is there already; --force replaces it)\n", step.path)
			continue
		case o.dry:
			fmt.Fprintf(s.Out, "would be written  %s\n", step.path)
			continue
		}
		if err := step.write(ctx, store); err != nil {
			return takeBack(context.WithoutCancel(ctx), store, written, err)
		}
		written = append(written, step)
	}
	for _, step := range written {
		fmt.Fprintf(s.Out, "written  %s\n", step.path)
	}
	for _, step := range steps {
		if step.lines {
			fmt.Fprintf(s.Err, "%s has several lines, of which the first is the value: for all of them write %s: {whole: true} under secrets.keys of %s\n", step.path, step.key, service.FileName)
		}
	}
	for _, name := range left {
		fmt.Fprintf(s.Out, "left     %s (no service has it among its secrets, or it is put together there)\n", name)
	}
	if len(steps) == 0 {
		return errors.New("there is no value in it that a service wants")
	}
	return nil
}

// write puts the value into the store, and keeps what was there.
func (step *importStep) write(ctx context.Context, store *secrets.Gopass) (err error) {
	if step.there {
		if step.old, err = store.Get(ctx, step.path); err != nil {
			return err
		}
	}
	return store.Set(ctx, step.path, append(step.value[:len(step.value):len(step.value)], '\n'))
}

// takeBack undoes what an import has written that can't go on, the last first.
func takeBack(ctx context.Context, store *secrets.Gopass, written []importStep, why error) error {
	for _, step := range slices.Backward(written) {
		var err error
		if step.there {
			err = store.Set(ctx, step.path, step.old)
		} else {
			err = store.Remove(ctx, step.path)
		}
		if err != nil {
			return fmt.Errorf("%w\nand what was written before stays: %w", why, err)
		}
	}
	return fmt.Errorf("%w; nothing was changed", why)
}

func importedValues(s Streams, file string) (map[string][]byte, error) {
	if file != "-" {
		return secrets.ReadSource(file)
	}
	text, err := io.ReadAll(io.LimitReader(s.In, secrets.MaxSource+1))
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	values, err := secrets.ParseSource(text)
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return values, nil
}

func newImportStep(k secrets.Key, path string, value []byte, there bool) importStep {
	if k.Source.Base64 { // the entry holds it so, and the source has what it stands for
		value = []byte(base64.StdEncoding.EncodeToString(value))
	}
	several := bytes.IndexByte(bytes.TrimSuffix(value, []byte("\n")), '\n') >= 0
	return importStep{key: k.Name, path: path, value: value, there: there,
		lines: several && !k.Source.Whole && !bytes.HasPrefix(value, []byte("-----BEGIN "))}
}

// importSteps finds the entry for each value that a key wants, and what is left.
func importSteps(app *service.App, names []string, values map[string][]byte, o importOptions) (steps []importStep, left []string, err error) {
	wanted, err := wantedSecrets(app, o.env)
	if err != nil {
		return nil, nil, err
	}
	used, seen := map[string]bool{}, map[string]bool{}
	for _, k := range wanted {
		entries := k.Entries()
		if o.service != "" && k.Service != app.Base(o.service) || k.Source.Value != "" || k.Source.Field != "" {
			continue
		}
		name, ok := secrets.Named(values, k.Name)
		if !ok {
			continue
		}
		used[name] = true
		path, err := k.At(o.level, entries[0])
		if err != nil {
			return nil, nil, usage("%v", err)
		}
		if !seen[path] {
			seen[path] = true
			steps = append(steps, newImportStep(k, path, values[name], slices.Contains(names, path)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] {
			left = append(left, name)
		}
	}
	return steps, left, nil
}
