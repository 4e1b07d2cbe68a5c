package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
)

func newSecretsCheck(s Streams) *cobra.Command {
	var (
		out    output
		env    string
		values bool
	)
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Is every key of an environment in gopass?",
		Long: `check names everything that is wrong at once, with the line that mends it, and exits 1: entries that are missing,
entries below PREFIX/ENV that nothing reads, and entries beside the one that is read that are called nearly the same
(db-password, DB_PASSWORD.txt). It looks at names only. With --values it also decrypts what answers the keys, and names
entries that are damaged, empty, that lack a line that is asked for, or that are no text.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, reports, err := secretsReports(cmd.Context(), s, directory(args, 0), env)
			if err != nil {
				return err
			}
			if values {
				if err := checkValues(cmd.Context(), s, store, reports); err != nil {
					_ = printChecked(s.Out, out, reports) // what the names tell is told all the same
					return err
				}
			}
			return printChecked(s.Out, out, reports)
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&env, "env", "", "environment of migrate.yaml, several with commas, or all")
	cmd.Flags().BoolVar(&values, "values", false, "also decrypt the entries and look at what they hold")
	return cmd
}

// checkValues decrypts what was found and keeps what is wrong with it; the values themselves are dropped.
func checkValues(ctx context.Context, s Streams, store secrets.Store, reports []secretsReport) error {
	values, err := fetchReports(ctx, s, store, reports)
	zero(values)
	if err == nil || errors.Is(err, secrets.ErrLocked) || ctx.Err() != nil {
		return err
	}
	for _, line := range errorLines(err) {
		told := false
		for i := range reports {
			if r := &reports[i]; r.reads(line) || !told && i == len(reports)-1 {
				r.broken, told = append(r.broken, line), true
			}
		}
	}
	return nil
}

// reads says whether an error is about an entry that answers one of the keys.
func (r secretsReport) reads(problem string) bool {
	for _, winners := range r.found {
		if slices.ContainsFunc(winners, func(w secrets.Winner) bool { return strings.Contains(problem, w.Path+":") }) {
			return true
		}
	}
	return false
}

// errorLines takes apart what errors.Join put together.
func errorLines(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{err.Error()}
	}
	var lines []string
	for _, e := range joined.Unwrap() {
		lines = append(lines, e.Error())
	}
	return lines
}

func printChecked(w io.Writer, out output, reports []secretsReport) error {
	wrong := 0
	for _, r := range reports {
		wrong += len(r.missing) + len(r.unused) + len(r.twice) + len(r.broken)
		if !out.json() {
			printReport(w, r)
		}
	}
	if out.json() {
		if err := printJSON(w, checkJSON(reports)); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return withCode(exitFailed, nil)
	}
	return nil
}

// printReport says how one environment stands, each missing entry with the paths tried and the command that mends it.
func printReport(w io.Writer, r secretsReport) {
	keys := plural(len(r.wanted), "key")
	switch {
	case len(r.wanted) == 0:
		fmt.Fprintf(w, "%s: no service needs a secret\n", r.env)
	case len(r.missing) == 0 && len(r.spared) > 0:
		fmt.Fprintf(w, "%s: %s, all in gopass but optional ones\n", r.env, keys)
	case len(r.missing) == 0:
		fmt.Fprintf(w, "%s: %s, all in gopass\n", r.env, keys)
	default:
		fmt.Fprintf(w, "%s: %s, %d missing\n", r.env, keys, len(r.missing))
	}
	for _, m := range r.missing {
		what := m.Key.Name
		if m.Entry != m.Key.Name {
			what = m.Entry + " for " + what
		}
		fmt.Fprintf(w, "\n  %s of %s\n", what, m.Key.Service)
		label := "tried"
		for _, path := range m.Tried {
			fmt.Fprintf(w, "    %-5s  %s\n", label, path)
			label = ""
		}
		fmt.Fprintf(w, "    mend   %s\n", m.Fix())
	}
	for _, line := range r.broken {
		fmt.Fprintf(w, "\n  %s\n", line)
	}
	if len(r.spared) > 0 {
		fmt.Fprintf(w, "\n  optional, and not there: %s\n", strings.Join(sparedNames(r.spared), ", "))
	}
	for _, d := range r.twice {
		fmt.Fprintf(w, "\n  %s\n    is nearly %s, which is what is read\n    mend   %s\n", d.Path, d.Of, d.Fix())
	}
	for _, path := range r.unused {
		fmt.Fprintf(w, "\n  %s\n    nothing reads it; name it under secrets in migrate.yaml, or\n    mend   %s\n", path, secrets.Remove(path))
	}
}

// sparedNames are the keys that lack an entry, each once.
func sparedNames(spared []secrets.Missing) []string {
	names := []string{}
	for _, m := range spared {
		names = append(names, m.Key.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type missingJSON struct {
	Service string   `json:"service"`
	Key     string   `json:"key"`
	Entry   string   `json:"entry,omitempty"` // where it has another name than the key
	Tried   []string `json:"tried"`
	Fix     string   `json:"fix"`
}

type twiceJSON struct {
	Entry string `json:"entry"` // is not read
	Of    string `json:"of"`    // is
	Fix   string `json:"fix"`
}

type environmentJSON struct {
	Name    string        `json:"name"`
	Keys    int           `json:"keys"`
	Missing []missingJSON `json:"missing"`
	// Optional are keys that are not there, and without which the services start.
	Optional []string    `json:"optional"`
	Unused   []string    `json:"unused"`
	Twice    []twiceJSON `json:"duplicated"`
	Broken   []string    `json:"broken"`
}

func checkJSON(reports []secretsReport) map[string]any {
	envs := []environmentJSON{}
	for _, r := range reports {
		e := environmentJSON{Name: r.env, Keys: len(r.wanted), Missing: []missingJSON{}, Optional: sparedNames(r.spared), Twice: []twiceJSON{}, Unused: append([]string{}, r.unused...), Broken: append([]string{}, r.broken...)}
		for _, m := range r.missing {
			j := missingJSON{Service: m.Key.Service, Key: m.Key.Name, Tried: m.Tried, Fix: m.Fix()}
			if m.Entry != m.Key.Name {
				j.Entry = m.Entry
			}
			e.Missing = append(e.Missing, j)
		}
		for _, d := range r.twice {
			e.Twice = append(e.Twice, twiceJSON{d.Path, d.Of, d.Fix()})
		}
		envs = append(envs, e)
	}
	return map[string]any{"environments": envs}
}
