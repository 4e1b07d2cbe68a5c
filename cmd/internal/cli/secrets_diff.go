package cli

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/secrets"
)

func newSecretsDiff(s Streams) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "diff ENV ENV [DIR]",
		Short: "Which keys do two environments have, and are the values the same?",
		Long: `diff compares two environments: the keys that one of them lacks, and for the others whether the values are the same or
differ. Values are compared by a hash with a key of this run's own, and never shown. Production having staging's password
is what one finds here. It exits 3 where the environments differ in their keys.`,
		Example: "  migrate secrets diff staging production",
		Args:    cobra.RangeArgs(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := diffSecrets(cmd.Context(), s, directory(args, 2), args[0], args[1])
			if err != nil {
				return err
			}
			if out.json() {
				err = printJSON(s.Out, map[string]any{"keys": rows})
			} else {
				table := [][]string{{"SERVICE", "KEY", "RESULT", args[0], args[1]}}
				for _, r := range rows {
					table = append(table, []string{r.Service, r.Key, r.Result, r.Entries[0], r.Entries[1]})
				}
				err = printColumns(s.Out, table)
			}
			if err == nil && slices.ContainsFunc(rows, func(r diffRow) bool { return r.Result != "same" && r.Result != "differs" }) {
				err = withCode(exitOpen, nil)
			}
			return err
		},
	}
	out.add(cmd)
	return cmd
}

type diffRow struct {
	Service string    `json:"service"`
	Key     string    `json:"key"`
	Result  string    `json:"result"` // same, differs, missing in ENV, or missing in both
	Entries [2]string `json:"entries"`
}

func diffSecrets(ctx context.Context, s Streams, dir, a, b string) ([]diffRow, error) {
	if a == b {
		return nil, usage("%s and %s are the same environment", a, b)
	}
	store, reports, err := secretsReports(ctx, s, dir, a+","+b)
	if err != nil {
		return nil, err
	}
	for i := range reports {
		reports[i].found = reports[i].whole()
	}
	values, err := fetchReports(ctx, s, store, reports)
	if err != nil {
		return nil, err
	}
	run := make([]byte, 32)
	_, _ = rand.Read(run) // never fails
	sums := hashed(values, run)
	rows := []diffRow{}
	for _, k := range reports[0].wanted {
		other := secretKeyIn(k, reports[1])
		x, y := sums[k], sums[other]
		row := diffRow{Service: k.Service, Key: k.Name, Entries: [2]string{pathOrNone(reports[0], k), pathOrNone(reports[1], other)}}
		switch {
		case x == "" && y == "":
			row.Result = "missing in both"
		case x == "":
			row.Result = "missing in " + a
		case y == "":
			row.Result = "missing in " + b
		case x == y:
			row.Result = "same"
		default:
			row.Result = "differs"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// hashed gives hashes with a key of this run's own: outside it they say nothing.
func hashed(values map[secrets.Key][]byte, run []byte) map[secrets.Key]string {
	sums := map[secrets.Key]string{}
	for k, v := range values {
		h := hmac.New(sha256.New, run)
		h.Write(v)
		sums[k] = string(h.Sum(nil))
		clear(v)
	}
	return sums
}

// secretKeyIn is the same variable of the same service in another environment.
func secretKeyIn(k secrets.Key, r secretsReport) secrets.Key {
	for _, other := range r.wanted {
		if other.Service == k.Service && other.Name == k.Name {
			return other
		}
	}
	return secrets.Key{}
}

func pathOrNone(r secretsReport, k secrets.Key) string {
	if winners := r.found[k]; len(winners) > 0 {
		return winners[0].Path
	}
	return "-"
}
