package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

func newKubeHistory(s Streams) *cobra.Command {
	var o kubeOptions
	cmd := &cobra.Command{
		Use:   "history [DIR]",
		Short: "Which releases does the cluster remember?",
		Long: `Every kube apply, deploy and rollback that changes something is a release. The cluster remembers the last five, in
ConfigMaps of the namespace, without any value of a secret; as long stay the ConfigMaps and Secrets that they use.`,
		Example: "  migrate kube history --env production",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeHistory(cmd.Context(), s, o)
		},
	}
	o.add(cmd, "environment of migrate.yaml")
	return cmd
}

func runKubeHistory(ctx context.Context, s Streams, o kubeOptions) error {
	return o.opened(func(c *repository, env string) error {
		return c.lookAtClusters(env, func(c *repository, cluster *kube.Cluster) error { return o.history(ctx, s, c, env, cluster) })
	})
}

func (o kubeOptions) history(ctx context.Context, s Streams, c *repository, env string, cluster *kube.Cluster) error {
	records, err := cluster.History(ctx, c.app.Environments[env].Namespace, c.app.Name)
	if err != nil {
		return err
	}
	if o.out.json() {
		return printJSON(s.Out, map[string]any{"environment": env, "context": cluster.Context, "releases": append([]*kube.Record{}, records...)})
	}
	if len(records) == 0 {
		fmt.Fprintf(s.Err, "%s: namespace %s of %s remembers no release of %s\n", env, c.app.Environments[env].Namespace, cluster.Context, c.app.Name)
		return nil
	}
	if len(c.contexts(env)) > 1 {
		fmt.Fprintf(s.Out, "%s: namespace %s of %s\n", env, c.app.Environments[env].Namespace, cluster.Context)
	}
	rows := [][]string{{"RELEASE", "TAG", "COMMIT", "STATE", "AT", "BY", "NOTE"}}
	for _, r := range records {
		rows = append(rows, []string{strconv.Itoa(r.Number), r.Tag, fmt.Sprintf("%.12s", r.Commit), r.State, r.At.UTC().Format(time.RFC3339), r.By, r.Note})
	}
	return printColumns(s.Out, rows)
}

func newKubeRollback(s Streams) *cobra.Command {
	var (
		o  applyOptions
		to int
	)
	cmd := &cobra.Command{
		Use:   "rollback [DIR]",
		Short: "Bring back what ran before",
		Long: `Applies an earlier release once more, exactly as it was: manifests, configuration, secrets, routes. Without --to that is
the last one before the current that was ready. Release steps (migrations of a database) are neither run nor undone: see
that the older code can live with what they did. The files of the repository have no part in it.`,
		Example: "  migrate kube rollback --env production\n  migrate kube rollback --env production --to 12",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeRollback(cmd.Context(), s, o, to)
		},
	}
	o.kubeOptions.add(cmd, "environment of migrate.yaml")
	addTimeout(cmd, &o)
	o.addForce(cmd)
	cmd.Flags().IntVar(&to, "to", 0, "number of the release, see kube history")
	return cmd
}

func runKubeRollback(ctx context.Context, s Streams, o applyOptions, to int) error {
	return o.connected(func(c *repository, env string, cluster *kube.Cluster) error {
		o.tell = newProgress(s, o.out, env)
		o.keep = true // where the way back fails, another way back is a person's decision
		options := o.applyOptions(s, c, env)
		result, target, err := cluster.Rollback(ctx, to, options)
		o.tell.close()
		if target != nil {
			o.tag = target.Tag
			if err == nil {
				fmt.Fprintf(s.Err, "back to release %d (%s); release steps were neither run nor undone\n", target.Number, target.Tag)
			}
		}
		return o.report(s, c, env, result, err)
	})
}
