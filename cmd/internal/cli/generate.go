package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
)

type generateOptions struct {
	dir   string
	check bool
	diff  bool
	out   output
}

func newGenerate(s Streams) *cobra.Command {
	var o generateOptions
	cmd := &cobra.Command{
		Use:   "generate [DIR]",
		Short: "Write the files again after migrate.yaml was edited",
		Long: `generate renders every file from migrate.yaml. A file that you left alone is replaced, one that you edited stays,
one that you deleted stays deleted. Nothing but migrate.yaml is read: the repository is not searched again.`,
		Example: `  migrate generate --diff     show what would change, write nothing
  migrate generate            write it
  migrate generate --check    in CI: exit 3 if anything would change (make migrate_check)`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = "."
			if len(args) == 1 {
				o.dir = args[0]
			}
			return runGenerate(cmd.Context(), s, o)
		},
	}
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing, exit 3 if anything would change")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "write nothing, show the changes")
	o.out.add(cmd)
	return cmd
}

func runGenerate(ctx context.Context, s Streams, o generateOptions) error {
	repo, err := openMigrated(o.dir)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	changes, err := repo.compare(repo.app, repo.text)
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
		for _, c := range changes {
			err = errors.Join(err, fileset.Diff(s.Out, c))
		}
	default:
		printPlan(s.Out, changes)
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
