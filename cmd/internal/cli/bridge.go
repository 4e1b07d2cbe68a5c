package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/bridge"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

func newBridge(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bridge",
		Short: "Between the cluster and what stays outside of it: who answers, and who is reached",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBridgeCheck(s), newBridgeExport(s), newBridgeSync(s))
	return cmd
}

type bridgeOptions struct {
	kubeOptions
	inside  bool
	timeout time.Duration
}

func newBridgeCheck(s Streams) *cobra.Command {
	var o bridgeOptions
	cmd := &cobra.Command{
		Use:   "check [DIR] --env ENV",
		Short: "Does everything answer that the services call?",
		Long: `check asks every need of the environment at the place that migrate.yaml says: databases, caches, queues and mail servers
have to greet as what they are, without a login; https has to show a certificate that is good for its host; of all else the
port has to be open.

It asks from this machine, which may reach more than the cluster does, or less. With --inside a Job asks from the cluster, with
the image of migrate-sidecar: once a release runs there, under the network policies of the application's pods and by the names
that the services use (db:5432), before that at the places themselves. What runs inside the cluster is asked only there.

Exit code: 0 everything answers, 1 something does not, or nobody has said where it is.`,
		Example: `  migrate bridge check --env staging
  migrate bridge check --env production --inside`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runBridgeCheck(cmd.Context(), s, o)
		},
	}
	o.add(cmd, "environment of migrate.yaml")
	cmd.Flags().BoolVar(&o.inside, "inside", false, "ask from the cluster")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 5*time.Second, "longest time for one answer, where this machine asks")
	return cmd
}

// answered is what came of asking for a need.
type answered struct {
	Need    string `json:"need"`
	Kind    string `json:"kind"`
	Place   string `json:"place,omitempty"` // host:port
	OK      bool   `json:"ok"`
	Text    string `json:"text,omitempty"` // what it said, or what is wrong
	Command string `json:"command,omitempty"`
	File    string `json:"file"`
	Line    int    `json:"line"`
}

func runBridgeCheck(ctx context.Context, s Streams, o bridgeOptions) error {
	if o.timeout <= 0 {
		return usage("--timeout must be above 0s")
	}
	if !o.inside {
		return o.opened(func(repo *repository, env string) error {
			probes := bridge.Answers(repo.app, env)
			ask := func(suites []smoke.Suite, _ map[string][]byte) (smoke.Report, error) {
				return smoke.Run(ctx, smoke.Options{Target: smoke.Target{Scheme: "http", Host: "localhost"}, Timeout: o.timeout, Parallel: len(suites), Insecure: true}, suites)
			}
			if names := within(repo.app, env); len(names) > 0 && !o.out.json() {
				fmt.Fprintf(s.Err, "inside the cluster, and asked with --inside: %s\n", strings.Join(names, ", "))
			}
			return o.check(s, repo, env, "this machine", probes, ask)
		})
	}
	return o.opened(func(repo *repository, env string) error {
		return repo.lookAtClusters(env, func(repo *repository, cluster *kube.Cluster) error {
			return o.checkInside(ctx, s, repo, env, cluster)
		})
	})
}

// within are the needs of an environment that are workloads of their own.
func within(app *service.App, env string) []string {
	return slices.DeleteFunc(app.NeedNames(), func(need string) bool { return !app.Environments[env].Needs[need].Inside })
}

// checkInside asks from a cluster: by the names of the services, once they are there.
func (o bridgeOptions) checkInside(ctx context.Context, s Streams, repo *repository, env string, cluster *kube.Cluster) error {
	namespace := repo.app.Environments[env].Namespace
	running, err := cluster.Running(ctx, namespace, repo.app.Name)
	if err != nil {
		return err
	}
	probes, task := bridge.Answers(repo.app, env), kube.Task{Name: "bridge", App: repo.app.Name, Image: repo.app.SidecarImage()}
	if running != nil {
		probes = bridge.Names(repo.app, env)
		if front := repo.app.Front(); front != "" {
			if task.Like, err = cluster.Door(ctx, namespace, front); err != nil {
				fmt.Fprintf(s.Err, "asked from any node: %v\n", err)
			}
		}
	}
	return o.check(s, repo, env, "cluster "+cluster.Context, probes, func(_ []smoke.Suite, files map[string][]byte) (smoke.Report, error) {
		task.Files = files
		task.Args = []string{"/migrate-smoke", "--lines", "--wait", "0s", "--insecure", "--target", "localhost", bridge.Dir}
		return runTask(ctx, cluster, namespace, task, func(text string) { fmt.Fprintln(s.Err, text) })
	})
}

// check asks the probes that lead somewhere, and prints what came of all.
func (o bridgeOptions) check(s Streams, repo *repository, env, from string, probes []bridge.Probe, ask func([]smoke.Suite, map[string][]byte) (smoke.Report, error)) error {
	var suites []smoke.Suite
	files, asked := map[string][]byte{}, map[string]int{}
	all := make([]answered, len(probes))
	lines := service.Lines(repo.text)
	for i, p := range probes {
		all[i] = answered{Need: p.Need, Kind: p.Kind, Place: p.Place, File: service.FileName, Line: lines[p.Field],
			Text: fmt.Sprintf("nobody has said where it answers: migrate add bridge %s --env %s --host NAME", p.Need, env)}
		if p.Place == "" {
			continue
		}
		if p.UDP() {
			all[i].OK, all[i].Text = true, "not asked: nothing answers by UDP"
			continue
		}
		name, text, err := p.File()
		if err != nil {
			return err
		}
		suite, err := smoke.Parse(name, text)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", service.FileName, lines[p.Field], err)
		}
		suites, files[name], asked[name] = append(suites, suite), text, i
		all[i].Text = "was not asked"
	}
	if len(suites) > 0 {
		report, err := ask(suites, files)
		if err != nil {
			return err
		}
		for _, r := range report.Results {
			if i, ok := asked[r.Suite]; ok {
				all[i].take(r)
			}
		}
	}
	if err := o.print(s, env, from, all); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(a answered) bool { return !a.OK }) {
		return withCode(exitFailed, nil)
	}
	return nil
}

// take is the outcome of the check of a need.
func (a *answered) take(r smoke.Result) {
	a.OK = r.Status == smoke.Passed
	a.Text, a.Command = r.Summary, r.Command
	if len(r.Failures) > 0 {
		a.Text = fmt.Sprintf("expected %s, got %s", r.Failures[0].Want, r.Failures[0].Got)
	}
}

func (o bridgeOptions) print(s Streams, env, from string, all []answered) error {
	if o.out.json() {
		return printJSON(s.Out, map[string]any{"environment": env, "from": from, "needs": all})
	}
	w := visible{s.Out}
	if len(all) == 0 {
		_, err := fmt.Fprintf(w, "%s: nothing is called outside of the cluster\n", env)
		return err
	}
	fmt.Fprintf(w, "%s, asked from %s\n", env, from)
	for _, a := range all {
		a.print(w)
	}
	return nil
}

func (a answered) print(w io.Writer) {
	what := a.Kind
	if a.Place != "" {
		what += " at " + a.Place
	}
	if a.OK {
		fmt.Fprintf(w, "  ok    %-12s %s: %s\n", a.Need, what, a.Text)
		return
	}
	fmt.Fprintf(w, "  FAIL  %-12s %s\n        %s%s\n", a.Need, what, place(a.File, a.Line), a.Text)
	if a.Command != "" {
		fmt.Fprintf(w, "        try: %s\n", a.Command)
	}
}
