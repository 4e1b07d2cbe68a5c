package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

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

PREFIX is secrets.prefix of migrate.yaml; secrets.keys there says how a value is made that is not the first line of the
entry of its name. check, list and explain look at names only: nothing is decrypted, no passphrase is asked.
No command shows a value; exec gives them to another program.`,
		Example: `  migrate secrets check --env all
  migrate secrets explain DATABASE_URL --env staging
  openssl rand -hex 32 | migrate secrets set SECRET_KEY --env staging
  migrate secrets import .env.production --env production --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSecretsCheck(s), newSecretsList(s), newSecretsExplain(s), newSecretsSet(s), newSecretsImport(s), newSecretsDiff(s), newSecretsScan(s), newSecretsExec(s))
	return cmd
}

// secretsReport is one environment's keys, found and missing.
type secretsReport struct {
	env     string
	wanted  []secrets.Key
	found   map[secrets.Key][]secrets.Winner
	missing []secrets.Missing
	spared  []secrets.Missing // missing, too, and optional
	unused  []string
	twice   []secrets.Duplicate
	broken  []string // with --values: what is wrong in the entries that were found
}

// whole is what was found of the keys that lack no entry.
func (r secretsReport) whole() map[secrets.Key][]secrets.Winner {
	whole := maps.Clone(r.found)
	for _, m := range slices.Concat(r.missing, r.spared) {
		delete(whole, m.Key)
	}
	return whole
}

// lookUp finds the keys among the store's names.
func (r *secretsReport) lookUp(names []string) {
	found, missing := secrets.Resolve(names, r.wanted)
	r.found = found
	r.missing, r.spared = secrets.Needed(missing)
}

// insertions say how many keys a new store has to answer, and how the first of them is put there.
func insertions(reports []secretsReport) string {
	count, first := 0, ""
	for _, r := range reports {
		count += len(r.wanted)
		if first == "" && len(r.wanted) > 0 {
			k := r.wanted[0]
			first = k.Paths(k.Name)[0]
		}
	}
	return plural(count, "key") + ", one by one: gopass insert " + first
}

// secretsReports looks up the keys of the environments that the --env flag names. The store is nil where no service needs
// a secret.
func secretsReports(ctx context.Context, s Streams, dir, flag string) (secrets.Store, []secretsReport, error) {
	app, err := loadModel(dir)
	if err != nil {
		return nil, nil, err
	}
	envs, err := environments(app, flag)
	if err != nil {
		return nil, nil, err
	}
	reports := make([]secretsReport, len(envs))
	needed := false
	for i, env := range envs {
		wanted, err := wantedSecrets(app, env)
		if err != nil {
			return nil, nil, err
		}
		reports[i] = secretsReport{env: env, wanted: wanted}
		needed = needed || len(wanted) > 0
	}
	if !needed { // no key: no store is needed either
		return nil, reports, nil
	}
	store, err := openStore(s)
	if errors.Is(err, secrets.ErrNoStore) {
		return nil, nil, fmt.Errorf("%w. Then it wants %s", err, insertions(reports))
	}
	if err != nil {
		return nil, nil, err
	}
	names, err := store.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	var strays map[string]string
	if g, ok := store.(*secrets.Gopass); ok {
		if strays, err = g.Strays(ctx); err != nil {
			return nil, nil, err
		}
	}
	for i := range reports {
		r := &reports[i]
		r.lookUp(names)
		r.twice = secrets.Duplicates(names, strays, r.wanted)
		if app.Secrets.Prefix != "" { // without one the paths are shared with other applications
			r.unused = secrets.Unused(names, strings.Trim(app.Secrets.Prefix, "/"), r.env, r.wanted)
			r.unused = slices.DeleteFunc(r.unused, func(name string) bool {
				return slices.ContainsFunc(r.twice, func(d secrets.Duplicate) bool { return d.Path == name })
			})
		}
	}
	return store, reports, nil
}

// fetchReports decrypts what was found for the environments, each entry once, and gives the values of the keys that lack
// none. Whoever has no more use for them overwrites them: zero.
func fetchReports(ctx context.Context, s Streams, store secrets.Store, reports []secretsReport) (map[secrets.Key][]byte, error) {
	all := map[secrets.Key][]secrets.Winner{}
	for _, r := range reports {
		maps.Copy(all, r.whole()) // a key knows its environment
	}
	if len(all) == 0 {
		return nil, nil
	}
	return secrets.Fetch(ctx, store, all, decrypting(s))
}

// zero overwrites values that are of no use any more.
func zero(values map[secrets.Key][]byte) {
	for _, value := range values {
		clear(value)
	}
}

// loadModel reads the migrate.yaml of a repository.
func loadModel(dir string) (*service.App, error) {
	repo, err := openMigrated(dir)
	if err != nil {
		return nil, err
	}
	repo.close() // the model is all that is wanted of it
	return repo.app, nil
}

// directory is the repository that a command's last argument may name.
func directory(args []string, at int) string {
	if len(args) > at {
		return args[at]
	}
	return "."
}

// wantedSecrets lists the keys that the application's services need in an environment, sorted. Services that share their
// code share their secrets: the keys of a process with a From count as its base's.
func wantedSecrets(app *service.App, env string) ([]secrets.Key, error) {
	var keys []secrets.Key
	seen := map[secrets.Key]bool{}
	for _, name := range app.ServiceNames() {
		for _, variable := range app.Effective(name).Secrets {
			k := secretKey(app, env, app.Base(name), variable)
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

// secretKey is a variable of a service with code of its own.
func secretKey(app *service.App, env, base, variable string) secrets.Key {
	return secrets.Key{Prefix: strings.Trim(app.Secrets.Prefix, "/"), Env: env, Service: base, Name: variable, Source: app.Secret(env, variable), Optional: app.OptionalSecret(variable)}
}

// directoryEnv names a directory with a file for each entry, to be read in place of gopass: CI systems mount secrets so.
const directoryEnv = "MIGRATE_SECRETS_DIR"

// openStore opens the store that values are read from.
func openStore(s Streams) (secrets.Store, error) {
	if dir := os.Getenv(directoryEnv); dir != "" {
		return secrets.Directory{Path: dir}, nil
	}
	return openGopass(s)
}

// openGopass opens the user's gopass store. Only a decryption asks for a passphrase, and only on a terminal.
func openGopass(s Streams) (*secrets.Gopass, error) {
	o := secrets.Options{Terminal: s.Terminal(), Waiting: func(what string) { fmt.Fprintf(visible{s.Err}, "gopass: %s\n", what) }}
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

// decrypting tells a person how far a decryption is that takes its time, in a line that goes away at the end.
func decrypting(s Streams) func(done, all int) {
	if !s.Terminal() {
		return nil
	}
	start, shown := time.Now(), false
	return func(done, all int) {
		switch {
		case done == all && shown:
			fmt.Fprint(s.Err, "\r\033[K")
		case done < all && time.Since(start) > 500*time.Millisecond:
			shown = true
			fmt.Fprintf(s.Err, "\rdecrypting %d of %d secrets", done+1, all)
		}
	}
}

// fetchSecrets gives the values of keys of one environment, in memory, but for optional ones that are not there. Where another is
// missing nothing is decrypted; the error names all that are missing. Without keys no store is opened.
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
	report := secretsReport{env: env, wanted: wanted}
	report.lookUp(names)
	if len(report.missing) > 0 {
		var text strings.Builder
		report.spared = nil // nothing that has to be mended
		printReport(&text, report)
		return nil, fmt.Errorf("secrets are missing in gopass; nothing was written\n%s", strings.TrimRight(text.String(), "\n"))
	}
	return secrets.Fetch(ctx, store, report.whole(), decrypting(s))
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
