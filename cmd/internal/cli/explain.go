package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type explainOptions struct {
	dir      string
	what     string // a field, FILE:LINE, or nothing
	evidence evidence
	out      output
}

func newExplain(s Streams) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [FIELD | FILE:LINE]",
		Short: "Say why a value is what it is",
		Long: `explain shows where the values of migrate.yaml come from: the line of the repository that says so, the reader that saw
it, how strong that is (asked > declared > convention > guess), and what lost against it. FIELD is a path such as
services.web.port, or the beginning of one; without it, everything is explained.

FILE:LINE is a line of a generated file, of migrate.yaml, or of any other file. For a generated one it says which fields
decide the line, and where those come from; it works on a file that you have edited, too, and knows your own lines. For a
file of yours it says what was read from the line.

Give it the --ops and --host that init had, or it knows of them only what migrate.yaml says.`,
		Example: `  migrate explain services.web.port
  migrate explain needs
  migrate explain kube/base/web.yaml:31
  migrate explain Procfile:1`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return modelNames(cmd, fieldNames), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.what = args[0]
			}
			return runExplain(cmd.Context(), s, o)
		},
	}
	cmd.Flags().StringVarP(&o.dir, "dir", "C", ".", "the repository")
	o.evidence.add(cmd)
	o.out.add(cmd)
	return cmd
}

// explainer is what is known about the fields of a model.
type explainer struct {
	scanned *legacy.Scanned
	res     *legacy.Resolution
	lines   map[string]int // of migrate.yaml
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
	place, err := repo.place(o.what)
	if err != nil {
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
	e := &explainer{scanned, res, service.Lines(repo.text)}
	if place.file != "" {
		return e.place(s, o, repo, place)
	}
	fields := e.fields(o.what)
	if len(fields) == 0 {
		known := map[string]bool{}
		for _, field := range e.fields("") {
			known[field] = true
		}
		near := service.DidYouMean(o.what, known)
		if !strings.HasPrefix(near, "; did") {
			near = ""
		}
		return withCode(exitFailed, fmt.Errorf("nothing is known about %s%s; migrate explain lists every field", o.what, near))
	}
	if o.out.json() {
		return printJSON(s.Out, e.evidence(fields))
	}
	for _, field := range fields {
		e.field(s.Out, field)
	}
	return nil
}

// fields are those that a path means: itself, and what is below it.
func (e *explainer) fields(path string) []string {
	var fields []string
	for field := range e.res.Claims {
		if path == "" || field == path || strings.HasPrefix(field, path+".") {
			fields = append(fields, field)
		}
	}
	sort.Strings(fields)
	return fields
}

func (e *explainer) evidence(fields []string) map[string][]scan.Evidence {
	all, picked := e.res.Evidence(), map[string][]scan.Evidence{}
	for _, field := range fields {
		picked[field] = all[field]
	}
	return picked
}

// claimed is the field or the nearest one above it that has evidence; the field itself where none has.
func (e *explainer) claimed(field string) string {
	for at := field; at != ""; at = parent(at) {
		if len(e.res.Claims[at]) > 0 {
			return at
		}
	}
	return field
}

func parent(field string) string { return field[:max(0, strings.LastIndexByte(field, '.'))] }

// field prints one field, or one item of a list: the value, then every claim with its line, the winner first.
func (e *explainer) field(w io.Writer, path string) {
	w = visible{w}
	field := e.claimed(path)
	claims, tree := e.res.Claims[field], modelTree(e.res.App)
	value := valueText(valueAt(tree, field))
	if items, ok := valueAt(tree, field).([]any); ok {
		if i, err := strconv.Atoi(strings.TrimPrefix(path, field+".")); err == nil && i < len(items) {
			claims = about(claims, valueText(items[i]))
		}
	}
	switch m, ok := valueAt(tree, field).(map[string]any); {
	case len(claims) == 0 && ok && strings.Count(field, ".") == 1:
		fmt.Fprintf(w, "%s: its name (%s:%d)\n", field, service.FileName, e.lines[field])
		return
	case len(claims) == 0 && ok: // its parts have their evidence each
		fmt.Fprintf(w, "%s: %s (%s:%d)\n", field, strings.Join(slices.Sorted(maps.Keys(m)), ", "), service.FileName, e.lines[field])
		return
	case len(claims) > 0 && value == "":
		value = answerValue(claims[0].Value)
	}
	fmt.Fprintf(w, "%s: %s\n", field, value)
	if len(claims) == 0 { // what the team says against the evidence is a claim
		claims = []legacy.Claim{{Evidence: scan.Evidence{Reader: "resolve", File: service.FileName, Line: e.lines[field], Rank: scan.Convention}, Value: value}}
	}
	seen, joined := map[string]bool{}, severalWords(valueAt(tree, field)) // to whose items each claim adds
	for _, c := range claims {
		line := fmt.Sprintf("  %-10s %s (%s)", c.Rank, strings.TrimSuffix(place(c.File, c.Line), ": "), c.Reader)
		if said := answerValue(c.Value); said != value {
			line += ": " + said
			if !joined && !listHas(value, said) && said != answerValue(claims[0].Value) {
				line += ", lost"
			}
		}
		if c.Note != "" {
			line += ", " + c.Note
		}
		if seen[line] {
			continue
		}
		seen[line] = true
		fmt.Fprintln(w, line)
		if source := e.scanned.Line(c.File, c.Line); source != "" && !secretLine(field, source) {
			fmt.Fprintf(w, "             | %s\n", source)
		}
	}
}

// about are the claims for one item of a list; all of them where none is for it alone.
func about(claims []legacy.Claim, item string) []legacy.Claim {
	var some []legacy.Claim
	for _, c := range claims {
		if c.Value == item {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		return claims
	}
	return some
}

// severalWords says of a value that it is a list whose items have keys of their own, such as redirects.
func severalWords(value any) bool {
	items, _ := value.([]any)
	return slices.ContainsFunc(items, func(item any) bool {
		m, ok := item.(map[string]any)
		return ok && strings.Contains(mappingText(m), "=")
	})
}

// listHas says whether a list, as fieldText writes it, holds a value.
func listHas(list, value string) bool { return strings.Contains(" "+list+" ", " "+value+" ") }

var (
	words       = pattern.MustCompile(`[A-Za-z_][A-Za-z0-9_.-]*`)
	credentials = pattern.MustCompile(`://[^/\s:@]*:[^/\s@]+@|(?:^|\s)(?:-u|--user)[= ]?[^\s:]+:\S`)
)

// pluginPassword is an option by which plugins of the old monitoring are given passwords, with what may be one: -p 5432 is a port.
var pluginPassword = pattern.MustCompile(`(?:^|[\s!"'])-[apAP][ =]?\d*[^\d\s!"']`)

// secretLine says that a source line may hold the value of a secret: it is not shown.
func secretLine(field, source string) bool {
	if strings.HasPrefix(field, "checks.") && pluginPassword.MatchString(source) {
		return true
	}
	if strings.HasPrefix(field, "operations.") { // commands and accounts, of which only the names are told
		return true
	}
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
