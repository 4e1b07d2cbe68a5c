package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

// previewOptions are those of kube switch and kube canary.
type previewOptions struct {
	applyOptions
	kind    kube.PreviewKind
	service string
	finish  bool
	back    bool
	percent int
	watch   time.Duration
}

func (o *previewOptions) add(cmd *cobra.Command) {
	o.addRelease(cmd)
	cmd.Flags().StringVar(&o.service, "service", "", "which one, where several could be meant")
	cmd.Flags().BoolVar(&o.finish, "finish", false, "make what stands the release, as kube deploy does")
	cmd.Flags().BoolVar(&o.back, "back", false, "send all requests to what ran before, and take away what stands")
	cmd.Flags().BoolVar(&o.older, "force", false, "take a commit that is older than what runs")
	o.addDigests(cmd)
}

func newKubeSwitch(s Streams) *cobra.Command {
	o := previewOptions{kind: kube.Switch}
	cmd := &cobra.Command{
		Use:   "switch [DIR]",
		Short: "Send all requests to a new image at once, and back at once (blue/green)",
		Long: `Starts pods of the image with this tag beside those that run, as many and with the same configuration, lets the checks of
smoke/ ask them alone, and then sends them all requests of the service: one write. The pods that ran before stay, so that
--back has the requests there again at once. --finish makes the image the release, as kube deploy does, for the workers and
jobs of the application too, which run as before until then. It does not ask the checks of the release's own pods: until they
are ready the requests, and with them the checks, go to the pods that were asked already.

Release steps (migrations of a database) run with the new image before its first pod starts, and no way back undoes them: both
versions must be able to live with what they do. Pods that do not start or do not pass the checks are taken away, and
nothing has reached them (exit 10; 11 where that failed, too). While a switch stands, kube apply, deploy, rollback and scale
are refused (exit 75). Killed anywhere, the same command goes on, and --back goes back.

It is for a Deployment behind a Service: not for a StatefulSet, for the strategy Recreate or for a volume of one node.`,
		Example: "  migrate kube switch --env production --tag v1.3\n  migrate kube switch --env production --back\n  migrate kube switch --env production --finish",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubePreview(cmd.Context(), s, o)
		},
	}
	o.add(cmd)
	return cmd
}

func newKubeCanary(s Streams) *cobra.Command {
	o := previewOptions{kind: kube.Canary}
	cmd := &cobra.Command{
		Use:   "canary [DIR]",
		Short: "Send a part of the requests to a new image",
		Long: `Starts pods of the image with this tag beside those that run, so many that about this part of the requests reaches them: a
Service sends to each ready pod alike, so 1 of 3 pods gets a third. The number is rounded up, and what it makes of the
part is said. The pods get requests as soon as they are ready; then the checks of smoke/ ask them, they are watched for --watch,
and asked again. One that starts anew, gets unready or answers wrongly takes all of them away (exit 10; 11 where that failed, too).

The same again with another --percent changes their number. --finish makes the image the release, as kube deploy does, for the
workers and jobs of the application too, and asks the checks of whichever pods get requests by then; --back takes the pods away. Release steps, what is refused meanwhile, and what
can have no canary: as for kube switch.

An autoscaler counts the pods that it is for and sees the load of all: it may ask for a few more while a canary stands.`,
		Example: "  migrate kube canary --env production --tag v1.3 --percent 10\n  migrate kube canary --env production --finish",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			if o.percent < 1 || o.percent > 50 {
				return usage("--percent %d: from 1 to 50; for all requests there are --finish and migrate kube switch", o.percent)
			}
			if ends := o.finish || o.back; !ends && (o.watch < 0 || o.watch >= o.timeout) {
				return usage("--watch %s: from 0s to less than --timeout (%s), which is for everything, watching included", o.watch, o.timeout)
			}
			return runKubePreview(cmd.Context(), s, o)
		},
	}
	o.add(cmd)
	cmd.Flags().IntVar(&o.percent, "percent", 10, "part of the requests, 1 to 50")
	cmd.Flags().DurationVar(&o.watch, "watch", time.Minute, "for how long its pods are looked at before it is left standing")
	return cmd
}

func runKubePreview(ctx context.Context, s Streams, o previewOptions) error {
	switch {
	case o.finish && o.back:
		return usage("--finish or --back, not both")
	case o.finish:
		return o.promote(ctx, s)
	case o.back:
		return o.withdraw(ctx, s)
	}
	return o.stage(ctx, s)
}

func (o previewOptions) stage(ctx context.Context, s Streams) error {
	return o.withObjects(ctx, anyway, func(c *repository, env string, cluster *kube.Cluster, objects kube.Objects) error {
		return o.outcomeOf(s, c, env, func(o previewOptions) (*kube.Result, *kube.Preview, string, error) {
			result, p, err := o.beside(ctx, s, c, env, cluster, objects)
			if err != nil {
				return result, p, "", err
			}
			return result, p, p.Text() + "\n  end it " + p.Ends(env), nil
		})
	})
}

func (o previewOptions) beside(ctx context.Context, s Streams, c *repository, env string, cluster *kube.Cluster, objects kube.Objects) (*kube.Result, *kube.Preview, error) {
	b := kube.Beside{Kind: o.kind, Workload: o.service, Percent: o.percent, Watch: o.watch}
	options, err := o.gated(ctx, s, c, env, true)
	if err == nil {
		b.Images, err = o.imageDigests(c)
	}
	if err != nil {
		return &kube.Result{}, nil, fmt.Errorf("nothing was written to the cluster\n%w", err)
	}
	running, err := cluster.Running(ctx, options.Namespace, options.App)
	if err == nil {
		err = o.newer(ctx, s, running, options.Commit)
	}
	if err != nil {
		return &kube.Result{}, nil, err
	}
	return cluster.Stage(ctx, objects, b, options)
}

func (o previewOptions) promote(ctx context.Context, s Streams) error {
	finished, nothing := false, error(nil)
	err := o.connected(func(c *repository, env string, cluster *kube.Cluster) error {
		objects, err := c.render(ctx, env, "")
		if err != nil {
			return err
		}
		err = o.outcomeOf(s, c, env, func(o previewOptions) (*kube.Result, *kube.Preview, string, error) {
			options, err := o.gated(ctx, s, c, env, false)
			if err != nil {
				return &kube.Result{}, nil, "", fmt.Errorf("nothing was written to the cluster\n%w", err)
			}
			result, p, err := cluster.Promote(ctx, objects, o.kind, options)
			if err != nil {
				return result, p, "", err
			}
			return result, p, fmt.Sprintf("runs %s, and the %s of %s is over", p.Tag, p.Kind, p.Workload), nil
		})
		if errors.Is(err, kube.ErrNothingStands) { // the other cluster may have one still, where an end failed there
			nothing = fmt.Errorf("cluster %s: %w", cluster.Context, err)
			return nil
		}
		finished = finished || err == nil
		return err
	})
	if err != nil || finished {
		return err
	}
	return nothing
}

func (o previewOptions) withdraw(ctx context.Context, s Streams) error {
	return o.connected(func(c *repository, env string, cluster *kube.Cluster) error {
		return o.outcomeOf(s, c, env, func(o previewOptions) (*kube.Result, *kube.Preview, string, error) {
			result, p, err := cluster.Withdraw(ctx, o.kind, o.applyOptions.applyOptions(s, c, env))
			if p == nil {
				return result, p, fmt.Sprintf("no %s stands", o.kind), err
			}
			return result, p, fmt.Sprintf("the %s of %s to %s was taken away, and all requests go to the pods that ran beside it", p.Kind, p.Workload, p.Tag), err
		})
	})
}

// outcomeOf does work and tells its outcome: the text that it gives, where all was well.
func (o previewOptions) outcomeOf(s Streams, c *repository, env string, work func(previewOptions) (*kube.Result, *kube.Preview, string, error)) error {
	o.tell = newProgress(s, o.out, env)
	result, p, done, err := work(o)
	o.tell.close()
	if p != nil {
		o.tag = p.Tag
	}
	var notReady *kube.NotReady
	if errors.As(err, &notReady) && !notReady.Told {
		o.told(s, c, env, notReady.Failures)
	}
	if o.out.json() {
		if err := printLine(s.Out, previewJSON{o.outcome(c, env, result, err), p}); err != nil {
			return err
		}
	}
	if err != nil {
		return o.failed(env, result, p, err)
	}
	if !o.out.json() {
		fmt.Fprintf(s.Out, "%s: %s\n", env, done)
	}
	return nil
}

// previewJSON is the outcome of a switch or a canary.
type previewJSON struct {
	applyJSON
	Preview *kube.Preview `json:"preview,omitempty"` // that it was about
}

// failed gives an error its exit code and its next step.
func (o previewOptions) failed(env string, result *kube.Result, p *kube.Preview, err error) error {
	var (
		failed    *kube.PreviewFailed
		ambiguous *kube.Ambiguous
		notReady  *kube.NotReady
	)
	switch {
	case errors.As(err, &ambiguous):
		return usage("%w", err)
	case errors.As(err, &failed) && errors.Is(failed.Left, kube.ErrKept):
		return fmt.Errorf("%s: %w; again: migrate kube %s --tag %s --env %s, or take it away: migrate kube %s --back --env %s", env, err, o.kind, failed.Preview.Tag, env, o.kind, env)
	case errors.As(err, &failed) && failed.Left != nil:
		return withCode(exitHalfBack, fmt.Errorf("%s: %w (again: migrate kube %s --back --env %s)", env, err, o.kind, env))
	case errors.As(err, &failed):
		return withCode(exitRolledBack, fmt.Errorf("%s: %w", env, err))
	}
	if p != nil { // which stands in the way of kube rollback
		o.undo = "migrate kube " + string(o.kind) + " --back --env " + env
	}
	err = o.ended(env, result, err, errors.As(err, &notReady))
	var standing *kube.Standing
	if p != nil && !errors.As(err, &standing) {
		err = fmt.Errorf("%w\nthe %s of %s to %s still stands: end it %s", err, p.Kind, p.Workload, p.Tag, p.Ends(env))
	}
	return err
}
