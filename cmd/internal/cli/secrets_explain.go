package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newSecretsExplain(s Streams) *cobra.Command {
	var (
		out output
		env string
	)
	cmd := &cobra.Command{
		Use:   "explain KEY [DIR]",
		Short: "How is the value of a key made, and which entries are looked for?",
		Long: `explain shows for one key how its value is made, every path that is looked for in the order in which they count, which
of them are there, and which one wins. It looks at names only.`,
		Example: "  migrate secrets explain DATABASE_URL --env staging",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			explained, err := explainSecret(cmd.Context(), s, directory(args, 1), env, args[0])
			if err != nil {
				return err
			}
			if out.json() {
				return printJSON(s.Out, map[string]any{"keys": explained})
			}
			for i, e := range explained {
				if i > 0 {
					fmt.Fprintln(s.Out)
				}
				if err := printExplainedSecret(s.Out, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&env, "env", "", "environment of migrate.yaml, several with commas, or all")
	return cmd
}

type explainedSecret struct {
	Environment string     `json:"environment"`
	Service     string     `json:"service"`
	Key         string     `json:"key"`
	Value       string     `json:"value"` // how it is made, in words
	Paths       []pathJSON `json:"paths"`
}

type pathJSON struct {
	Entry string `json:"entry"`
	Path  string `json:"path"`
	Level string `json:"level"`
	State string `json:"state"` // wins, shadowed or absent
}

// explainSecret gives an element for each environment and service that want the key.
func explainSecret(ctx context.Context, s Streams, dir, env, key string) ([]explainedSecret, error) {
	_, reports, err := secretsReports(ctx, s, dir, env)
	if err != nil {
		return nil, err
	}
	all, known := []explainedSecret{}, map[string]bool{}
	for _, r := range reports {
		for _, k := range r.wanted {
			if known[k.Name] = true; k.Name == key {
				all = append(all, explainedSecret{r.env, k.Service, key, inWords(k.Source), pathsOf(k, r.found[k])})
			}
		}
	}
	if len(all) == 0 {
		return nil, usage("no service has %q among its secrets%s", key, service.DidYouMean(key, known))
	}
	return all, nil
}

func pathsOf(k secrets.Key, winners []secrets.Winner) []pathJSON {
	var paths []pathJSON
	for _, entry := range k.Entries() {
		var answer secrets.Winner
		for _, w := range winners {
			if w.Entry == entry {
				answer = w
			}
		}
		for _, p := range k.Paths(entry) {
			state := "absent"
			switch {
			case p == answer.Path:
				state = "wins"
			case slices.Contains(answer.Shadowed, p):
				state = "shadowed"
			}
			paths = append(paths, pathJSON{entry, p, k.Level(p), state})
		}
	}
	return paths
}

// inWords says how a value is made.
func inWords(s service.SecretValue) string {
	text := "the first line of the entry"
	switch {
	case s.Value != "":
		text = s.Value
	case s.Field != "":
		text = "the entry's line " + s.Field
	case s.Whole, s.Base64:
		text = "the whole entry"
	}
	if s.Base64 {
		text += ", decoded from base64"
	}
	if s.File != "" {
		text += "; mounted as " + s.File
	}
	return text
}

func printExplainedSecret(w io.Writer, e explainedSecret) error {
	fmt.Fprintf(w, "%s of %s in %s: %s\n", e.Key, e.Service, e.Environment, e.Value)
	var rows [][]string
	for _, p := range e.Paths {
		rows = append(rows, []string{"  " + p.State, p.Path, p.Level})
	}
	return printColumns(w, rows)
}
