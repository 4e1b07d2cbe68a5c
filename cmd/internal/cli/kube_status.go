package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newKubeStatus(s Streams) *cobra.Command {
	var o kubeOptions
	cmd := &cobra.Command{
		Use:   "status [DIR]",
		Short: "What runs, since when, which image, and what is wrong",
		Long: `Looks at every workload of the environment and at the Services that lead to them, and changes nothing.
The exit code is 1 if something is missing or failing.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeStatus(cmd.Context(), s, o)
		},
	}
	o.add(cmd, "environment of migrate.yaml")
	return cmd
}

type statusJSON struct {
	Environment string                `json:"environment"`
	Context     string                `json:"context"`
	Namespace   string                `json:"namespace"`
	Healthy     bool                  `json:"healthy"`            // nothing is missing or failing
	Release     []*kube.Record        `json:"release"`            // the last one, where it is remembered
	Previews    []kube.Preview        `json:"previews,omitempty"` // a switch or a canary that stands
	Workloads   []kube.WorkloadStatus `json:"workloads"`
}

func runKubeStatus(ctx context.Context, s Streams, o kubeOptions) error {
	return o.opened(func(c *repository, env string) error {
		err := c.lookAtClusters(env, func(c *repository, cluster *kube.Cluster) error { return o.status(ctx, s, c, env, cluster) })
		if err != nil && err.Error() != "" {
			return err // what a cluster that is down has, nobody knows
		}
		for _, line := range c.drift(ctx, env) {
			fmt.Fprintln(s.Err, "drift: "+line)
		}
		return err
	})
}

func (o kubeOptions) status(ctx context.Context, s Streams, c *repository, env string, cluster *kube.Cluster) error {
	objects, err := c.render(ctx, env, "")
	if err != nil {
		return err
	}
	e := c.app.Environments[env]
	all, err := cluster.Status(ctx, objects, e.Namespace)
	if err != nil {
		return err
	}
	releases, err := cluster.History(ctx, e.Namespace, c.app.Name)
	if err != nil {
		fmt.Fprintf(s.Err, "which release runs isn't known: %v\n", err)
	}
	previews, err := cluster.Previews(ctx, e.Namespace, c.app.Name)
	if err != nil {
		fmt.Fprintf(s.Err, "whether a switch or a canary stands isn't known: %v\n", err)
	}
	healthy := !slices.ContainsFunc(all, kube.WorkloadStatus.Bad)
	if o.out.json() {
		err = printJSON(s.Out, statusJSON{env, e.Context, e.Namespace, healthy, append([]*kube.Record{}, releases[:min(len(releases), 1)]...), previews, all})
	} else {
		printRelease(s, env, e, releases)
		for _, p := range previews {
			fmt.Fprintf(s.Out, "%s\n  end it %s\n", p.Text(), p.Ends(env))
		}
		err = printStatus(s, all)
	}
	if err == nil && !healthy {
		err = withCode(exitFailed, nil)
	}
	return err
}

// printRelease says what was released last, by whom, and what runs if that is something else.
func printRelease(s Streams, env string, e service.Environment, releases []*kube.Record) {
	fmt.Fprintf(s.Out, "%s: namespace %s of %s\n", env, e.Namespace, e.Context)
	for _, r := range releases {
		commit := ""
		if r.Commit != "" {
			commit = fmt.Sprintf(", commit %.12s", r.Commit)
		}
		fmt.Fprintf(s.Out, "release %d (%s%s) %s since %s (%s), by %s\n", r.Number, r.Tag, commit, r.State, r.At.UTC().Format(time.RFC3339), ago(time.Since(r.At)), r.By)
		if r.Ended() {
			break
		}
	}
}

func printStatus(s Streams, all []kube.WorkloadStatus) error {
	rows := [][]string{{"WORKLOAD", "STATE", "PODS", "IMAGE", "SINCE", ""}}
	for _, w := range all {
		pods := "-"
		if w.Wanted > 0 || w.Ready > 0 {
			pods = fmt.Sprintf("%d/%d", w.Ready, w.Wanted)
		}
		since := "-"
		if !w.Since.IsZero() {
			since = ago(time.Since(w.Since))
		}
		rows = append(rows, []string{w.Kind + " " + w.Name, w.State, pods, strings.Join(w.Images, ", "), since, w.Text})
	}
	if err := printColumns(s.Out, rows); err != nil {
		return err
	}
	for _, w := range all {
		for _, f := range w.Failures {
			printFailure(s.Out, f)
		}
	}
	return nil
}

func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds ago", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(d.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(d.Hours()/24))
}
