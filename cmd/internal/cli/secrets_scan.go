package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets/leaks"
)

type scanOptions struct {
	out     output
	env     string
	history bool
}

func newSecretsScan(s Streams) *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [DIR]",
		Short: "Are there secrets in the repository, or in its history?",
		Long: `scan looks through the files of the repository and through everything that git remembers of it: for what has the shape of
a credential (private keys, tokens and keys of well-known issuers, passwords in URLs), and, with --env, for the values
themselves that this service's keys have in those environments, in every form in which they may be written. Each is named
with file and line, the value masked, and what to do about it. It exits 1 where it finds something.`,
		Example: `  migrate secrets scan
  migrate secrets scan --env all     # decrypts the values, to look for them`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSecretsScan(cmd.Context(), s, directory(args, 0), o)
		},
	}
	o.out.add(cmd)
	cmd.Flags().StringVar(&o.env, "env", "", "also look for the values of these environments' keys: a name, several with commas, or all")
	cmd.Flags().BoolVar(&o.history, "history", true, "look through git's history too")
	return cmd
}

type leakJSON struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Commit string `json:"commit,omitempty"`
	What   string `json:"what"`
	Masked string `json:"masked"`
	Mend   string `json:"mend"`
}

func runSecretsScan(ctx context.Context, s Streams, dir string, o scanOptions) error {
	values, err := valuesToFind(ctx, s, dir, o.env)
	if err != nil {
		return err
	}
	finder := leaks.New(values)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	hits, skipped, err := finder.Tree(ctx, root)
	if err != nil {
		return err
	}
	for _, name := range skipped {
		fmt.Fprintf(s.Err, "%s: not looked at: it is too large or can't be read\n", name)
	}
	if o.history {
		old, err := finder.History(ctx, dir, hits)
		if err != nil && !errors.Is(err, leaks.ErrNoGit) {
			return err
		}
		hits = append(hits, old...)
	}
	return printLeaks(s, o.out, hits)
}

// valuesToFind decrypts the values of environments' keys, by the entry that each comes from. What is missing in the store
// can't be looked for; secrets check tells.
func valuesToFind(ctx context.Context, s Streams, dir, env string) (map[string][]byte, error) {
	if env == "" {
		return nil, nil
	}
	store, reports, err := secretsReports(ctx, s, dir, env)
	if err != nil {
		return nil, err
	}
	found, err := fetchReports(ctx, s, store, reports)
	if err != nil {
		return nil, err
	}
	values := map[string][]byte{}
	for _, r := range reports {
		for _, k := range r.wanted {
			value, ok := found[k]
			if !ok {
				continue
			}
			name := k.Name + " of " + r.env
			if winners := r.found[k]; len(winners) == 1 {
				name = winners[0].Path
			}
			values[name] = value
		}
	}
	return values, nil
}

func printLeaks(s Streams, out output, hits []leaks.Hit) error {
	found := []leakJSON{}
	for _, h := range hits {
		found = append(found, leakJSON{h.File, h.Line, h.Commit, h.What, h.Masked, h.Mend})
	}
	if out.json() {
		if err := printJSON(s.Out, map[string]any{"leaks": found}); err != nil {
			return err
		}
	} else {
		var text strings.Builder
		for _, l := range found {
			fmt.Fprintf(&text, "%s:%d: %s, %s", l.File, l.Line, l.What, l.Masked)
			if l.Commit != "" {
				fmt.Fprintf(&text, ", in git since %s", l.Commit)
			}
			fmt.Fprintf(&text, "\n    %s\n", l.Mend)
		}
		if len(found) == 0 {
			text.WriteString("no secret found\n")
		}
		if _, err := fmt.Fprint(visible{s.Out}, text.String()); err != nil {
			return err
		}
	}
	if len(found) > 0 {
		return withCode(exitFailed, nil)
	}
	return nil
}
