package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

func newKubeDiff(s Streams) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "diff [DIR]",
		Short: "What would kube apply change? Nothing is written",
		Long: `Renders the environment and asks the cluster, in a dry run, what each object would become: the fields that change, what is
new, what is left over from earlier releases and would be deleted, and which fields others own. Values of secrets are not
shown; that one changed shows in the name of its Secret. Exit code 3 says that something would change.`,
		Example: "  migrate kube diff --env staging --tag v1.2",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeDiff(cmd.Context(), s, o)
		},
	}
	o.add(cmd)
	return cmd
}

type diffJSON struct {
	Environment string            `json:"environment"`
	Context     string            `json:"context"`
	Namespace   string            `json:"namespace"`
	Tag         string            `json:"tag"`
	Differences []kube.Difference `json:"differences"`
}

func runKubeDiff(ctx context.Context, s Streams, o applyOptions) error {
	return o.withObjects(ctx, (*repository).answered, func(c *repository, env string, cluster *kube.Cluster, objects kube.Objects) error {
		differences, err := cluster.Diff(ctx, objects, o.applyOptions(s, c, env))
		if err != nil {
			return err
		}
		if o.out.json() {
			e := c.app.Environments[env]
			err = printJSON(s.Out, diffJSON{env, e.Context, e.Namespace, o.tag, append([]kube.Difference{}, differences...)})
		} else {
			printDifferences(visible{s.Out}, env, differences)
		}
		if err == nil && len(differences) > 0 {
			err = withCode(exitOpen, nil)
		}
		return err
	})
}

func printDifferences(w io.Writer, env string, differences []kube.Difference) {
	if len(differences) == 0 {
		fmt.Fprintf(w, "%s: nothing would change\n", env)
	}
	for _, d := range differences {
		place := ""
		if d.InPlaceOf != "" {
			place = ", in the place of " + d.InPlaceOf
		}
		fmt.Fprintf(w, "%-10s %s %s%s\n", d.Action, d.Kind, d.Name, place)
		for _, c := range d.Changes {
			switch {
			case c.Old == "":
				fmt.Fprintf(w, "    + %s: %s\n", c.Field, c.New)
			case c.New == "":
				fmt.Fprintf(w, "    - %s: %s\n", c.Field, c.Old)
			default:
				fmt.Fprintf(w, "      %s: %s -> %s\n", c.Field, c.Old, c.New)
			}
		}
		if d.Adopts != "" {
			fmt.Fprintf(w, "    adopts what %s applied: fields that the files don't have go\n", d.Adopts)
		}
		if d.Owner != "" {
			fmt.Fprintf(w, "    ! belongs to %s: kube apply leaves it alone without --take-over\n", d.Owner)
		}
		if d.Conflicts != "" {
			fmt.Fprintf(w, "    ! others own %s: leave them out of kube/, or take them over with kube apply --force-conflicts\n", d.Conflicts)
		}
	}
}
