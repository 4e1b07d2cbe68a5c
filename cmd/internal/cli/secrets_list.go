package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
)

func newSecretsList(s Streams) *cobra.Command {
	var (
		out   output
		env   string
		paths bool
	)
	cmd := &cobra.Command{
		Use:   "list [DIR]",
		Short: "Which entry answers each key? Values are never shown",
		Long: `list shows for each key the entry that answers it, the level of the hierarchy that it stands on, and which entries it
shadows: those would answer if it were not there. A value that is made of several entries has a line for each.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if paths && out.json() {
				return usage("--paths prints lines: give it or -o json, not both")
			}
			_, reports, err := secretsReports(cmd.Context(), s, directory(args, 0), env)
			switch {
			case err != nil:
				return err
			case paths:
				return printPaths(s.Out, reports)
			case out.json():
				return printJSON(s.Out, map[string]any{"keys": listed(reports)})
			}
			return printListed(s.Out, listed(reports))
		},
	}
	out.add(cmd)
	cmd.Flags().StringVar(&env, "env", "", "environment of migrate.yaml, several with commas, or all")
	cmd.Flags().BoolVar(&paths, "paths", false, "only the entries, one to a line: those that answer the keys, and those to make for missing ones")
	return cmd
}

type keyJSON struct {
	Environment string   `json:"environment"`
	Service     string   `json:"service"`
	Key         string   `json:"key"`
	Of          string   `json:"of,omitempty"` // the entry's name where it is not the key's
	Entry       string   `json:"entry"`        // empty where it is missing
	Level       string   `json:"level,omitempty"`
	Shadows     []string `json:"shadows"`
}

// listed has one element for each entry that a key's value is made of.
func listed(reports []secretsReport) []keyJSON {
	keys := []keyJSON{}
	for _, r := range reports {
		for _, k := range r.wanted {
			answers := map[string]secrets.Winner{}
			for _, w := range r.found[k] {
				answers[w.Entry] = w
			}
			for _, entry := range k.Entries() {
				w := answers[entry]
				j := keyJSON{Environment: r.env, Service: k.Service, Key: k.Name, Entry: w.Path, Level: k.Level(w.Path), Shadows: append([]string{}, w.Shadowed...)}
				if entry != k.Name {
					j.Of = entry
				}
				keys = append(keys, j)
			}
		}
	}
	return keys
}

func printListed(w io.Writer, keys []keyJSON) error {
	rows := [][]string{{"ENVIRONMENT", "SERVICE", "KEY", "ENTRY", "LEVEL", "SHADOWS"}}
	for _, k := range keys {
		entry := k.Entry
		if entry == "" {
			entry = "missing"
			if k.Of != "" {
				entry += " (" + k.Of + ")"
			}
		}
		rows = append(rows, []string{k.Environment, k.Service, k.Key, entry, k.Level, strings.Join(k.Shadows, ", ")})
	}
	return printColumns(w, rows)
}

// printPaths is for scripts: the entries that answer each key, or would, each once.
func printPaths(w io.Writer, reports []secretsReport) error {
	seen := map[string]bool{}
	var lines []string
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			lines = append(lines, path+"\n")
		}
	}
	for _, r := range reports {
		for _, k := range r.wanted {
			for _, entry := range k.Entries() {
				add(answer(r, k, entry))
			}
		}
	}
	_, err := fmt.Fprint(w, strings.Join(lines, ""))
	return err
}

// answer is the entry that answers for a name, or the one to make.
func answer(r secretsReport, k secrets.Key, entry string) string {
	for _, w := range r.found[k] {
		if w.Entry == entry {
			return w.Path
		}
	}
	return k.Paths(entry)[0]
}
