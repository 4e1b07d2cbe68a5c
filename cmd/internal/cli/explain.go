package cli

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

type explainOptions struct {
	dir      string
	field    string
	evidence evidence
	out      output
}

func newExplain(s Streams) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [FIELD]",
		Short: "Say why a value is what it is",
		Long: `explain shows where the values of migrate.yaml come from: the line of the repository that says so, the reader that saw
it, how strong that is (asked > declared > convention > guess), and what lost against it. FIELD is a path such as
services.web.port, or the beginning of one; without it, everything is explained. Give it the --ops and --host that
init had, or it knows of them only what migrate.yaml says.`,
		Example: `  migrate explain services.web.port
  migrate explain needs`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.field = args[0]
			}
			return runExplain(cmd.Context(), s, o)
		},
	}
	cmd.Flags().StringVarP(&o.dir, "dir", "C", ".", "the repository")
	o.evidence.add(cmd)
	o.out.add(cmd)
	return cmd
}

func runExplain(ctx context.Context, s Streams, o explainOptions) error {
	repo, err := openRepository(o.dir)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	scanned, err := repo.scan(ctx, s, o.evidence)
	if err != nil {
		return err
	}
	res, err := repo.resolve(scanned, nil)
	if err != nil {
		return err
	}
	var fields []string
	for field := range res.Claims {
		if o.field == "" || field == o.field || strings.HasPrefix(field, o.field+".") {
			fields = append(fields, field)
		}
	}
	sort.Strings(fields)
	if len(fields) == 0 {
		return withCode(exitFailed, fmt.Errorf("nothing is known about %s; migrate explain lists every field", o.field))
	}
	if o.out.json() {
		evidence := res.Evidence()
		picked := map[string][]scan.Evidence{}
		for _, field := range fields {
			picked[field] = evidence[field]
		}
		return printJSON(s.Out, picked)
	}
	for _, field := range fields {
		explain(s.Out, scanned, field, res.Claims[field])
	}
	return nil
}

// explain prints one field: the value, then every claim with its line, the winner first.
func explain(w io.Writer, scanned *legacy.Scanned, field string, claims []legacy.Claim) {
	w = visible{w}
	fmt.Fprintf(w, "%s: %s\n", field, claims[0].Value)
	seen := map[string]bool{}
	for _, c := range claims {
		line := fmt.Sprintf("  %-10s %s (%s)", c.Rank, strings.TrimSuffix(place(c.File, c.Line), ": "), c.Reader)
		if c.Value != claims[0].Value {
			line += ": " + c.Value
		}
		if c.Note != "" {
			line += ", " + c.Note
		}
		if seen[line] {
			continue
		}
		seen[line] = true
		fmt.Fprintln(w, line)
		if source := scanned.Line(c.File, c.Line); source != "" && !secretLine(field, source) {
			fmt.Fprintf(w, "             | %s\n", source)
		}
	}
}

var (
	words       = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_.-]*`)
	credentials = regexp.MustCompile(`://[^/\s:@]*:[^/\s@]+@|(?:^|\s)(?:-u|--user)[= ]?[^\s:]+:\S`)
)

// secretLine says that a source line may hold the value of a secret: it is not shown.
func secretLine(field, source string) bool {
	if strings.HasSuffix(field, ".secrets") || credentials.MatchString(source) || scan.HasAccount(source) {
		return true
	}
	for _, word := range words.FindAllString(source, -1) {
		if scan.SecretName(word) {
			return true
		}
	}
	return false
}
