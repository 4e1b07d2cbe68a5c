package cli

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
)

type generateOptions struct {
	dir   string
	check bool
	diff  bool

	accept accept
	files  []string // to accept
	out    output
}

// accept is the --accept flag: whose lines end a conflict.
type accept string

func (a *accept) String() string { return string(*a) }
func (a *accept) Type() string   { return "side" }
func (a *accept) Set(v string) error {
	if v != "ours" && v != "theirs" {
		return fmt.Errorf("%q is neither ours (what you wrote) nor theirs (what migrate generates)", v)
	}
	*a = accept(v)
	return nil
}

// files are the conflicts that end; a proposal stands for the file that it is about.
func (a accept) files(names []string) []fileset.Accept {
	var all []fileset.Accept
	for _, name := range names {
		name = strings.TrimSuffix(path.Clean(filepath.ToSlash(name)), fileset.MergeSuffix)
		all = append(all, fileset.Accept{Path: name, Theirs: a == "theirs"})
	}
	return all
}

func newGenerate(s Streams) *cobra.Command {
	var o generateOptions
	cmd := &cobra.Command{
		Use:   "generate [DIR] | generate --accept ours|theirs FILE...",
		Short: "Write the files again after migrate.yaml was edited",
		Long: `generate renders every file from migrate.yaml. A file that you left alone is replaced; one that you edited keeps your
edits and gets what changed elsewhere in it; one that you deleted stays deleted. Where you and migrate changed the same lines
your file stays as it is, both stand in FILE.migrate-merge beside it, and the exit code is 3: edit the file and delete the
other, or let --accept take one side for these lines.

Nothing but migrate.yaml is read: the repository is not searched again.`,
		Example: `  migrate generate --diff     show what would change, write nothing
  migrate generate            write it
  migrate generate --check    in CI: exit 3 if anything would change (make migrate_check)
  migrate generate --accept theirs kube/base/web.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.accept != "" && len(args) == 0:
				return usage("--accept %s: of which file? migrate generate --accept %s FILE", o.accept, o.accept)
			case o.accept != "":
				o.files = args
			case len(args) > 1:
				return usage("accepts at most 1 arg(s), received %d; see migrate generate --help", len(args))
			case len(args) == 1:
				o.dir = args[0]
			}
			return runGenerate(cmd.Context(), s, o)
		},
	}
	cmd.Flags().StringVarP(&o.dir, "dir", "C", ".", "the repository, where DIR is not given")
	cmd.Flags().Var(&o.accept, "accept", "end the conflicts about these files: where both changed the same, ours is what you wrote, theirs what migrate generates")
	_ = cmd.RegisterFlagCompletionFunc("accept", cobra.FixedCompletions([]string{"ours", "theirs"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, exit 3 if anything would change")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "write nothing, show the changes")
	o.out.add(cmd)
	return cmd
}

func runGenerate(ctx context.Context, s Streams, o generateOptions) error {
	repo, err := migratedFor(ctx, s, o.dir, !o.check && !o.diff)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	if err := repo.filesThere(repo.app); err != nil {
		return err
	}
	changes, err := repo.compare(repo.app, repo.text, o.accept.files(o.files)...)
	if err != nil {
		return err
	}
	if !o.check && !o.diff {
		if err := repo.write(ctx, changes); err != nil {
			return err
		}
	}
	switch {
	case o.out.json():
		err = printJSON(s.Out, map[string]any{"files": changes})
	case o.diff:
		err = printDiff(s, changes)
	default:
		repo.printPlan(s.Out, changes)
	}
	if err != nil {
		return err
	}
	if (o.check || o.diff) && fileset.Pending(changes) {
		if o.diff && !o.check {
			return withCode(exitOpen, nil)
		}
		return withCode(exitOpen, fmt.Errorf("the files do not follow migrate.yaml; run migrate generate and commit the result"))
	}
	return openEnd(nil, changes)
}
