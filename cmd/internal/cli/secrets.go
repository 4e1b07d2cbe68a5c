package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newSecrets(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Look after the keys in gopass",
		Long: `A key is looked for in gopass under four paths, the most specific first:

  PREFIX/ENV/SERVICE/KEY   PREFIX/ENV/common/KEY   PREFIX/common/KEY   ENV/common/KEY

PREFIX is secrets.prefix of migrate.yaml. Both commands look at names only: nothing is decrypted, no passphrase is asked.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	check := newSecretsNames(s, "check", "Is every key of an environment in gopass?", runSecretsCheck)
	paths := false
	list := newSecretsNames(s, "list", "Which entry answers each key? Values are never shown", func(s Streams, out output, reports []secretsReport) error {
		switch {
		case paths && out.json():
			return usage("--paths prints lines: give it or -o json, not both")
		case paths:
			return printPaths(s.Out, reports)
		}
		return runSecretsList(s, out, reports)
	})
	list.Flags().BoolVar(&paths, "paths", false, "only the entries, one to a line: those that answer the keys, and those to make for missing ones")
	cmd.AddCommand(check, list)
	return cmd
}

// secretsReport is one environment's keys, found and missing.
type secretsReport struct {
	env     string
	wanted  []secrets.Key
	found   map[secrets.Key]string
	missing []secrets.Missing
}

type secretsRun func(s Streams, out output, reports []secretsReport) error

func newSecretsNames(s Streams, name, short string, run secretsRun) *cobra.Command {
	var (
		out output
		env string
	)
	cmd := &cobra.Command{
		Use:   name + " [DIR]",
		Short: short,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			reports, err := secretsReports(cmd.Context(), s, dir, env)
			if err != nil {
				return err
			}
			return run(s, out, reports)
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&env, "env", "", "environment of migrate.yaml, several with commas, or all")
	return cmd
}

func secretsReports(ctx context.Context, s Streams, dir, flag string) ([]secretsReport, error) {
	app, err := loadApp(dir)
	if err != nil {
		return nil, err
	}
	envs, err := environments(app, flag)
	if err != nil {
		return nil, err
	}
	reports := make([]secretsReport, len(envs))
	needed := false
	for i, env := range envs {
		wanted, err := wantedSecrets(app, env)
		if err != nil {
			return nil, err
		}
		reports[i] = secretsReport{env: env, wanted: wanted}
		needed = needed || len(wanted) > 0
	}
	if !needed { // no key: no store is needed either
		return reports, nil
	}
	store, err := openStore(s)
	if err != nil {
		return nil, err
	}
	names, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	for i := range reports {
		reports[i].found, reports[i].missing = secrets.Resolve(names, reports[i].wanted)
	}
	return reports, nil
}

// wantedSecrets lists the keys that the application's services need in an environment, sorted. Services that share their
// code share their secrets: the keys of a process with a From count as its base's.
func wantedSecrets(app *service.App, env string) ([]secrets.Key, error) {
	var keys []secrets.Key
	seen := map[secrets.Key]bool{}
	for _, name := range app.ServiceNames() {
		for _, variable := range app.Effective(name).Secrets {
			k := secrets.Key{Prefix: strings.Trim(app.Secrets.Prefix, "/"), Env: env, Service: app.Base(name), Name: variable}
			if seen[k] {
				continue
			}
			seen[k] = true
			if err := k.Check(); err != nil {
				return nil, fmt.Errorf("%s: services.%s.secrets: %w", service.FileName, name, err)
			}
			keys = append(keys, k)
		}
	}
	secrets.Sort(keys)
	return keys, nil
}

// openStore opens the user's gopass store. Only a decryption asks for a passphrase, and only on a terminal.
func openStore(s Streams) (*secrets.Gopass, error) {
	o := secrets.Options{Terminal: s.Terminal()}
	if in, ok := s.In.(*os.File); ok && o.Terminal {
		o.Passphrase = func(ctx context.Context, file string) ([]byte, error) {
			return askHidden(ctx, in, s.Err, "Passphrase for "+file+": ")
		}
	}
	store, err := secrets.Open(o)
	if err != nil {
		return nil, err
	}
	for _, note := range store.Ignored {
		fmt.Fprintf(s.Err, "gopass: %s\n", note)
	}
	return store, nil
}

// fetchSecrets gives the values of keys of one environment, in memory. Where a key is missing nothing is decrypted; the
// error names all that are missing. Without keys no store is opened.
func fetchSecrets(ctx context.Context, s Streams, env string, wanted []secrets.Key) (map[secrets.Key][]byte, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	secrets.Sort(wanted)
	store, err := openStore(s)
	if err != nil {
		return nil, err
	}
	names, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	found, missing := secrets.Resolve(names, wanted)
	if len(missing) > 0 {
		var text strings.Builder
		printMissing(&text, secretsReport{env: env, wanted: wanted, missing: missing})
		return nil, fmt.Errorf("secrets are missing in gopass; nothing was written\n%s", strings.TrimRight(text.String(), "\n"))
	}
	return secrets.Fetch(ctx, store, found)
}

// askHidden reads a line without echo. When ctx ends first the terminal gets its echo back.
func askHidden(ctx context.Context, in *os.File, out io.Writer, prompt string) ([]byte, error) {
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	type answer struct {
		text []byte
		err  error
	}
	fmt.Fprint(out, prompt)
	defer fmt.Fprintln(out)
	answers := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(int(in.Fd()))
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return a.text, a.err
	case <-ctx.Done():
		_ = term.Restore(int(in.Fd()), state)
		return nil, ctx.Err()
	}
}

func runSecretsCheck(s Streams, out output, reports []secretsReport) error {
	missing := 0
	for _, r := range reports {
		missing += len(r.missing)
		if !out.json() {
			printMissing(s.Out, r)
		}
	}
	if out.json() {
		if err := printJSON(s.Out, checkJSON(reports)); err != nil {
			return err
		}
	}
	if missing > 0 {
		return withCode(exitFailed, nil)
	}
	return nil
}

// printMissing says how one environment stands, each missing key with the paths tried and the command that mends it.
func printMissing(w io.Writer, r secretsReport) {
	switch {
	case len(r.wanted) == 0:
		fmt.Fprintf(w, "%s: no service needs a secret\n", r.env)
	case len(r.missing) == 0:
		fmt.Fprintf(w, "%s: %s, all in gopass\n", r.env, plural(len(r.wanted), "key"))
	default:
		fmt.Fprintf(w, "%s: %s, %d missing\n", r.env, plural(len(r.wanted), "key"), len(r.missing))
	}
	for _, m := range r.missing {
		fmt.Fprintf(w, "\n  %s of %s\n", m.Key.Name, m.Key.Service)
		label := "tried"
		for _, path := range m.Tried {
			fmt.Fprintf(w, "    %-5s  %s\n", label, path)
			label = ""
		}
		fmt.Fprintf(w, "    mend   %s\n", m.Fix())
	}
}

type missingJSON struct {
	Service string   `json:"service"`
	Key     string   `json:"key"`
	Tried   []string `json:"tried"`
	Fix     string   `json:"fix"`
}

type environmentJSON struct {
	Name    string        `json:"name"`
	Keys    int           `json:"keys"`
	Missing []missingJSON `json:"missing"`
}

func checkJSON(reports []secretsReport) map[string]any {
	envs := []environmentJSON{}
	for _, r := range reports {
		e := environmentJSON{Name: r.env, Keys: len(r.wanted), Missing: []missingJSON{}}
		for _, m := range r.missing {
			e.Missing = append(e.Missing, missingJSON{m.Key.Service, m.Key.Name, m.Tried, m.Fix()})
		}
		envs = append(envs, e)
	}
	return map[string]any{"environments": envs}
}

type keyJSON struct {
	Environment string `json:"environment"`
	Service     string `json:"service"`
	Key         string `json:"key"`
	Entry       string `json:"entry"` // empty where it is missing
}

func runSecretsList(s Streams, out output, reports []secretsReport) error {
	keys := []keyJSON{}
	for _, r := range reports {
		for _, k := range r.wanted {
			keys = append(keys, keyJSON{r.env, k.Service, k.Name, r.found[k]})
		}
	}
	if out.json() {
		return printJSON(s.Out, map[string]any{"keys": keys})
	}
	rows := [][]string{{"ENVIRONMENT", "SERVICE", "KEY", "ENTRY"}}
	for _, k := range keys {
		entry := k.Entry
		if entry == "" {
			entry = "missing"
		}
		rows = append(rows, []string{k.Environment, k.Service, k.Key, entry})
	}
	return printColumns(s.Out, rows)
}

// printPaths is for scripts: the entry that answers each key, or the one that would, each once.
func printPaths(w io.Writer, reports []secretsReport) error {
	seen := map[string]bool{}
	for _, r := range reports {
		for _, k := range r.wanted {
			path := r.found[k]
			if path == "" {
				path = k.Paths()[0]
			}
			if seen[path] {
				continue
			}
			seen[path] = true
			if _, err := fmt.Fprintln(w, path); err != nil {
				return err
			}
		}
	}
	return nil
}

func printColumns(w io.Writer, rows [][]string) error {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s", widths[i]+2, cell)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
