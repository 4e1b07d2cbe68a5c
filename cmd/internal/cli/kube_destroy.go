package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type destroyOptions struct {
	kubeOptions
	confirm string
	data    bool
}

func newKubeDestroy(s Streams) *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use:   "destroy [DIR]",
		Short: "Delete what migrate has brought into an environment",
		Long: `Shows what would be deleted, and deletes it when you type the name of the namespace: everything that the releases of this
application brought, as far as migrate itself applied it, and their records. Volume claims and definitions of kinds stay
without --data, and the namespace stays in any case. An environment with protected: true in migrate.yaml is refused.
Without a terminal, --confirm NAMESPACE answers; without that it only shows, and ends with exit code 3.`,
		Example: "  migrate kube destroy --env staging\n  migrate kube destroy --env staging --confirm shop-staging",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeDestroy(cmd.Context(), s, o)
		},
	}
	o.add(cmd, "environment of migrate.yaml")
	cmd.Flags().StringVar(&o.confirm, "confirm", "", "name of the namespace: delete without asking")
	cmd.Flags().BoolVar(&o.data, "data", false, "volume claims and definitions of kinds too")
	return cmd
}

func runKubeDestroy(ctx context.Context, s Streams, o destroyOptions) error {
	return o.opened(func(c *repository, env string) error {
		e := c.app.Environments[env]
		if e.Protected {
			return fmt.Errorf("%s is protected: take environments.%s.protected out of %s first", env, env, service.FileName)
		}
		if o.confirm != "" && o.confirm != e.Namespace {
			return usage("--confirm %s: the namespace of %s is %s", o.confirm, env, e.Namespace)
		}
		return c.eachCluster(env, func(c *repository, cluster *kube.Cluster) error {
			agreed := false
			result, err := cluster.Destroy(ctx, kube.DestroyOptions{Namespace: e.Namespace, App: c.app.Name, Environment: env, Data: o.data,
				Events: func(event kube.Event) { printEvent(visible{s.Err}, event) },
				Agreed: func(objects []kube.Outcome) (_ bool, err error) {
					agreed, err = o.agreed(ctx, s, cluster, e.Namespace, objects)
					return agreed, err
				}})
			var locked *kube.Locked
			if errors.As(err, &locked) {
				return withCode(exitLocked, err)
			}
			if err != nil {
				return err
			}
			if o.out.json() {
				if err := printJSON(s.Out, map[string]any{"environment": env, "context": cluster.Context, "namespace": e.Namespace, "objects": result.Objects}); err != nil {
					return err
				}
			}
			if !agreed {
				return withCode(exitOpen, nil)
			}
			if !o.out.json() {
				fmt.Fprintf(s.Out, "%s: %s deleted from namespace %s of %s\n", env, plural(result.Written, "object"), e.Namespace, cluster.Context)
			}
			return nil
		})
	})
}

// agreed shows what would be deleted and asks for the namespace's name.
func (o destroyOptions) agreed(ctx context.Context, s Streams, cluster *kube.Cluster, namespace string, objects []kube.Outcome) (bool, error) {
	fmt.Fprintf(s.Err, "In namespace %s of %s would be deleted:\n", namespace, cluster.Context)
	for _, object := range objects {
		fmt.Fprintf(s.Err, "  %s %s\n", object.Kind, object.Name)
	}
	if o.confirm != "" {
		return true, nil
	}
	if !s.Terminal() {
		fmt.Fprintf(s.Err, "Nothing was deleted: --confirm %s does it.\n", namespace)
		return false, nil
	}
	answer, err := prompt(ctx, s, bufio.NewReader(s.In), "\nType "+namespace+" to delete it > ")
	if err == nil && answer != namespace {
		fmt.Fprintln(s.Err, "Nothing was deleted.")
	}
	return answer == namespace, err
}
