package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newKubeScale(s Streams) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "scale SERVICE=PODS...",
		Short: "Give services another number of pods and wait until they run",
		Long: `Sets the number of pods of services in the cluster, within environments.ENV.scale of migrate.yaml where that gives limits.
It is a release of its own: locked, remembered, undone when its pods don't start. The next kube apply brings back the
number that the files say: write environments.ENV.replicas in migrate.yaml for one that is to stay. A service whose number
a HorizontalPodAutoscaler sets is refused: change its minimum and maximum.`,
		Example: "  migrate kube scale web=5 --env staging\n  migrate kube scale web=5 worker=2 --env production --dir shop",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			replicas, err := parseReplicas(args)
			if err != nil {
				return err
			}
			return runKubeScale(cmd.Context(), s, o, replicas)
		},
	}
	o.kubeOptions.add(cmd, "environment of migrate.yaml")
	addTimeout(cmd, &o)
	cmd.Flags().StringVar(&o.dir, "dir", ".", "the repository")
	o.addKeep(cmd)
	o.addForce(cmd)
	return cmd
}

func addTimeout(cmd *cobra.Command, o *applyOptions) {
	cmd.Flags().DurationVar(&o.timeout, "timeout", applyTimeout, "for everything, waiting included")
}

func parseReplicas(args []string) (map[string]int64, error) {
	replicas := map[string]int64{}
	for _, arg := range args {
		name, number, ok := strings.Cut(arg, "=")
		n, err := strconv.ParseInt(number, 10, 32)
		if !ok || name == "" || err != nil || n < 0 {
			return nil, usage("%s: want SERVICE=PODS, such as web=3", arg)
		}
		replicas[name] = n
	}
	return replicas, nil
}

// withinLimits holds the numbers against environments.ENV.scale.
func withinLimits(app *service.App, env string, replicas map[string]int64) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(replicas)) {
		limits, n := app.Environments[env].Scale[name], replicas[name]
		if n < int64(limits.Min) || limits.Max > 0 && n > int64(limits.Max) {
			upto := "any number"
			if limits.Max > 0 {
				upto = strconv.Itoa(limits.Max)
			}
			problems = append(problems, fmt.Errorf("%s=%d: environments.%s.scale.%s in %s allows %d to %s", name, n, env, name, service.FileName, limits.Min, upto))
		}
	}
	return errors.Join(problems...)
}

func runKubeScale(ctx context.Context, s Streams, o applyOptions, replicas map[string]int64) error {
	return o.connected(func(c *repository, env string, cluster *kube.Cluster) error {
		if err := withinLimits(c.app, env, replicas); err != nil {
			return err
		}
		objects, err := c.render(ctx, env, "")
		if err != nil {
			return err
		}
		running, err := cluster.Running(ctx, c.app.Environments[env].Namespace, c.app.Name)
		if err != nil {
			return err
		}
		o.tell = newProgress(s, o.out, env)
		options := o.applyOptions(s, c, env)
		if running != nil {
			o.tag, options.Tag, options.Commit = running.Tag, running.Tag, running.Commit
		}
		result, err := cluster.Scale(ctx, objects, replicas, options)
		o.tell.close()
		return o.report(s, c, env, result, err)
	})
}
