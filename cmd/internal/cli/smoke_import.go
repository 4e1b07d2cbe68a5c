package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/requests"
	"github.com/migrate-to-kubernetes/migrate/smoke/convert"
)

// checksOut says where derived checks go.
type checksOut struct {
	to   string
	out  output
	left string // what stands before the list of what is left out
}

func (o *checksOut) add(cmd *cobra.Command, fallback string) {
	cmd.Flags().StringVar(&o.to, "to", "", "file of checks to write or add to, below the current directory; - prints them ("+fallback+")")
	o.out.add(cmd)
}

func newSmokeImport(s Streams) *cobra.Command {
	var o checksOut
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Make checks of the requests that other tools keep",
		Long: `import reads requests, with what is expected of their answers, and writes them as checks: files of hurl, collections of
Postman (v2), .http and .rest files, OpenAPI and Swagger, HAR, and the lines of curl in scripts, Makefiles and documents.

Each check says in "from" where it comes from. What can't be converted is listed with the reason. Values that are secrets
by their name or looks are not taken over: ${NAME} stands there, to be set in the environment. Requests that write get
"writes: true", so they run only when asked for.

A file of checks that exists is added to, and no line of it changes; what it has already, by "from", is not added again.
So a check that you don't want is commented out rather than deleted.`,
		Example: `  migrate smoke import tests/orders.hurl              writes smoke/orders.yaml
  migrate smoke import api.postman_collection.json openapi.yaml --to smoke/api.yaml
  migrate smoke import README.md --to -               prints what it would write`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runSmokeImport(cmd.Context(), s, o, args) },
	}
	o.add(cmd, "smoke/NAME.yaml of each FILE")
	return cmd
}

func runSmokeImport(ctx context.Context, s Streams, o checksOut, files []string) error {
	found := map[string]*requests.Found{} // by where they go
	var order []string
	real := map[string]string{} // the files by what evidence calls them
	for _, name := range files {
		text, err := readBounded(name)
		if err != nil {
			return err
		}
		called := calledHere(name)
		real[called] = name
		one, err := requests.Read(called, text)
		if err != nil {
			return withCode(exitUsage, err)
		}
		to := o.to
		if to == "" {
			to = importedName(name)
		}
		if found[to] == nil {
			found[to] = &requests.Found{}
			order = append(order, to)
		}
		found[to].Requests = append(found[to].Requests, one.Requests...)
		found[to].Left = append(found[to].Left, one.Left...)
	}
	for _, to := range order {
		about := "From " + strings.Join(sources(found[to].Requests), ", ") + " by migrate smoke import. It is yours: a later import adds what is new and changes no line.\nPut the check that says \"ready\" first."
		if err := o.write(ctx, s, to, about, *found[to], sentFiles(to, real)); err != nil {
			return err
		}
	}
	return nil
}

// calledHere is what evidence calls a file: its path from here, or its name alone where it lies elsewhere.
func calledHere(name string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return filepath.Base(name)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return filepath.Base(name)
	}
	if rel, err := filepath.Rel(here, full); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(name)
}

// readBounded reads a file that a person names.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, usage("%s is a directory; name the files", name)
	}
	text, err := io.ReadAll(io.LimitReader(f, requests.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

var notInFileNames = pattern.MustCompile(`[^A-Za-z0-9_.-]+`)

// importedName is where the checks of a file go.
func importedName(name string) string {
	base := strings.ToLower(filepath.Base(name))
	base, _, _ = strings.Cut(base, ".")
	if base = strings.Trim(notInFileNames.ReplaceAllString(base, "-"), "-."); base == "" {
		base = "imported"
	}
	return "smoke/" + base + ".yaml"
}

func sources(all []requests.Request) []string {
	var names []string
	seen := map[string]bool{}
	for _, r := range all {
		if !seen[r.File] {
			names = append(names, oneLine(r.File))
		}
		seen[r.File] = true
	}
	return names
}

// derived is what became of a file.
type derived struct {
	File   string          `json:"file"`
	Added  int             `json:"added"`
	Kept   int             `json:"kept"` // there already
	Left   []requests.Left `json:"left"`
	Needs  []string        `json:"variables"`
	Checks string          `json:"checks,omitempty"` // where they are printed
	title  string          // of what is left
}

// write makes checks and puts them into a file, behind what is there.
func (o checksOut) write(ctx context.Context, s Streams, to, about string, found requests.Found, files convert.Files) error {
	checks, left := convert.FromRequests(found.Requests, files)
	d := derived{File: to, title: cmp.Or(o.left, "not converted:"), Left: append(append([]requests.Left{}, found.Left...), left...)}
	if len(checks) == 0 {
		return errors.Join(d.report(s, o.out), errors.New("nothing was found that makes a check; see above for what is in the way"))
	}
	if to == "-" {
		text, err := convert.File("", "../.migrate/smoke.schema.json", about, checks)
		if err != nil {
			return err
		}
		d.Added, d.Checks, d.Needs = len(checks), string(text), convert.Variables(text)
		if !o.out.json() {
			fmt.Fprint(visible{s.Out}, d.Checks)
			s.Out = s.Err
		}
		return d.report(s, o.out)
	}
	if err := d.put(ctx, s, about, checks); err != nil {
		return err
	}
	return d.report(s, o.out)
}

// put writes the file, or adds to it.
func (d *derived) put(ctx context.Context, s Streams, about string, checks []convert.Check) error {
	name := path.Clean(filepath.ToSlash(d.File))
	if !filepath.IsLocal(name) {
		return usage("--to %s: name a file below the current directory", d.File)
	}
	repo, err := openRoot(".")
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.hold(ctx, s); err != nil {
		return err
	}
	if err := repo.readLock(); err != nil {
		return err
	}
	there, err := repo.has(name)
	if err != nil {
		return err
	}
	var text []byte
	if d.Added = len(checks); !there {
		schema := strings.Repeat("../", strings.Count(name, "/")) + ".migrate/smoke.schema.json"
		text, err = convert.File("", schema, about, checks)
	} else {
		var before []byte
		if before, err = readBounded(name); err == nil {
			text, d.Added, err = convert.Append(name, before, checks)
		}
	}
	if err != nil {
		return err
	}
	d.Kept, d.Needs = len(checks)-d.Added, convert.Variables(text)
	change, err := fileset.Put(repo.root, name, text, "checks")
	if err != nil {
		return err
	}
	return fileset.Write(ctx, repo.root, []fileset.Change{change}, repo.lock, migrate.Version)
}

// sentFiles finds the files that requests send, by paths from the file of checks.
func sentFiles(to string, real map[string]string) convert.Files {
	return func(r requests.Request, name string) (string, bool) {
		if strings.Contains(name, "${") {
			return "", false
		}
		full := filepath.Join(filepath.Dir(real[r.File]), name)
		info, err := os.Stat(full)
		if err != nil || !info.Mode().IsRegular() {
			return "", false
		}
		rel, err := filepath.Rel(filepath.Dir(to), full)
		return filepath.ToSlash(rel), err == nil
	}
}

// mostLeft is how many reasons for leaving something out are printed; -o json has all.
const mostLeft = 20

func (d derived) report(s Streams, out output) error {
	if d.Left == nil {
		d.Left = []requests.Left{}
	}
	if out.json() {
		return printJSON(s.Out, d)
	}
	w := visible{s.Out}
	line := fmt.Sprintf("%s: %s", d.File, plural(d.Added, "check")+" added")
	if d.Kept > 0 {
		line += fmt.Sprintf(", %d there already", d.Kept)
	}
	fmt.Fprintln(w, line)
	if len(d.Needs) > 0 {
		fmt.Fprintf(w, "set before a run: %s\n", strings.Join(d.Needs, " "))
	}
	printLeft(w, d.title, d.Left)
	return nil
}

// alike is how many lines with the same reason are printed.
const alike = 3

// printLeft tells what was left out: of what has the same reason the first lines, then their number.
func printLeft(w io.Writer, title string, left []requests.Left) {
	if len(left) > 0 {
		fmt.Fprintln(w, title)
	}
	seen, more := map[string]int{}, 0
	for _, l := range left {
		if seen[l.Reason]++; seen[l.Reason] > alike || len(seen) > mostLeft {
			more++
			continue
		}
		fmt.Fprintf(w, "  %s\n", l)
	}
	if more > 0 {
		fmt.Fprintf(w, "  and %d more for the same reasons; -o json lists all\n", more)
	}
}
