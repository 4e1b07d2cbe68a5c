package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

type applyOptions struct {
	kubeOptions
	timeout  time.Duration
	force    bool
	takeOver bool
	keep     bool
	noSmoke  bool
	older    bool
	digests  []string

	tell *progress // nil where nothing is told
	undo string    // the command that brings back what ran before; empty for kube rollback
}

const applyTimeout = 10 * time.Minute

func (o *applyOptions) add(cmd *cobra.Command) {
	o.kubeOptions.add(cmd, "environment of migrate.yaml")
	o.addTag(cmd)
	addTimeout(cmd, o)
}

// addRelease adds the flags of what makes a release of the repository.
func (o *applyOptions) addRelease(cmd *cobra.Command) {
	o.add(cmd)
	o.addKeep(cmd)
	o.addForce(cmd)
	cmd.Flags().BoolVar(&o.noSmoke, "no-smoke", false, "keep a release that is ready without asking its smoke checks")
}

func (o *applyOptions) addForce(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.force, "force-conflicts", false, "take over fields that others own")
}

func (o *applyOptions) addKeep(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.keep, "keep-failed", false, "leave a release that fails as it is, to look at it")
}

func newKubeApply(s Streams) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply [DIR]",
		Short: "Bring everything into the cluster and wait until it runs",
		Long: `Renders the environment, judges it, takes the secrets from gopass into memory, lets the cluster judge everything in a dry
run, and then writes it in order: configuration and secrets, bridges, release steps run to their end, workloads, routes.
It waits until all of it runs, or says what is wrong and what probably helps. Then the checks of smoke/ ask the service,
through the API server or as environments.ENV.smoke says: a release that does not pass them fails like one that does not start.

A release that fails is undone: what ran before runs again, with its configuration and secrets (exit 10; 11 where that
failed too). What went wrong is kept in build/kube/ENV-failure.txt. What earlier releases brought and this one lacks is
deleted at the end, but for what holds data. One release at a time: a second one ends at once (exit 75).

It talks to the cluster of environments.ENV.context in migrate.yaml and to no other.`,
		Example: "  migrate kube apply --env staging --tag v1.2",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeApply(cmd.Context(), s, o)
		},
	}
	o.addRelease(cmd)
	o.addStrict(cmd)
	cmd.Flags().BoolVar(&o.takeOver, "take-over", false, "take over objects that another tool or application has applied")
	return cmd
}

func newKubeDeploy(s Streams) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "deploy [DIR]",
		Short: "Ship only a new image and wait until it runs",
		Long: `Puts the image with this tag on the workloads that run, after the release steps have run with it. Configuration, secrets,
routes and numbers of pods stay as the cluster has them, whatever the files say: that is kube apply's work. The checks of
smoke/ decide over it as they do over an apply.

--strict refuses to ship what the advice on manifests (docs/deploy.md) finds in what runs: mend the files and run kube apply.

The commit that the tag stands for in this repository is remembered, and one that is older than what runs is refused:
--force deploys it all the same.`,
		Example: "  migrate kube deploy --env staging --tag v1.3\n  migrate kube deploy --env staging --tag v1.3 --digest sha256:...",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeDeploy(cmd.Context(), s, o)
		},
	}
	o.addRelease(cmd)
	o.addStrict(cmd)
	cmd.Flags().BoolVar(&o.older, "force", false, "deploy a commit that is older than what runs")
	o.addDigests(cmd)
	return cmd
}

func (o *applyOptions) addDigests(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&o.digests, "digest", nil, "of the image (sha256:...), or IMAGE@sha256:... for each: what runs is then this and nothing else")
}

func runKubeApply(ctx context.Context, s Streams, o applyOptions) error {
	return o.withCluster(ctx, s, (*repository).answered, func(o applyOptions, c *repository, env string, cluster *kube.Cluster, objects kube.Objects) (*kube.Result, error) {
		c.warnStale(s.Err, env)
		options, err := o.gated(ctx, s, c, env, false)
		options.Events(kube.Event{Action: "stage", Text: "check"})
		if err == nil {
			err = o.advised(options.Events, objects.Advise())
		}
		if err == nil {
			err = c.judgedFor(ctx, options.Events, env, cluster, objects)
		}
		if err != nil {
			return &kube.Result{}, fmt.Errorf("nothing was written to the cluster\n%w", err)
		}
		return cluster.Apply(ctx, objects, options)
	})
}

// anyway lets placeholders be: they matter where Services are written.
func anyway(*repository, string, kube.Objects) error { return nil }

func runKubeDeploy(ctx context.Context, s Streams, o applyOptions) error {
	return o.withCluster(ctx, s, anyway, func(o applyOptions, c *repository, env string, cluster *kube.Cluster, objects kube.Objects) (*kube.Result, error) {
		options, err := o.gated(ctx, s, c, env, false)
		if err != nil {
			return &kube.Result{}, fmt.Errorf("nothing was written to the cluster\n%w", err)
		}
		images, err := o.imageDigests(c)
		if err != nil {
			return &kube.Result{}, err
		}
		running, err := cluster.Running(ctx, options.Namespace, options.App)
		if err != nil {
			o.event(s)(kube.Event{Action: "warning", Text: "what runs isn't known: " + err.Error()})
		}
		if err := o.newer(ctx, s, running, options.Commit); err != nil {
			return &kube.Result{}, err
		}
		if o.strict {
			options.Judge = func(objects kube.Objects) error { return strictly(objects.Advise()) }
		}
		return cluster.Deploy(ctx, objects, images, o.tag, options)
	})
}

func (o applyOptions) applyOptions(s Streams, c *repository, env string) kube.ApplyOptions {
	return kube.ApplyOptions{
		Namespace: c.app.Environments[env].Namespace,
		Resolve:   c.resolver(s, env),
		Force:     o.force,
		TakeOver:  o.takeOver,
		Timeout:   o.timeout,
		Events:    o.event(s),

		App: c.app.Name, Environment: env, Tag: o.tag, KeepFailed: o.keep,
		Failed: func(failures []kube.Failure) { o.told(s, c, env, failures) },
	}
}

// event tells of what happens, by the progress where there is one.
func (o applyOptions) event(s Streams) func(kube.Event) {
	if o.tell != nil {
		return o.tell.event
	}
	return func(e kube.Event) { printEvent(visible{s.Err}, e) }
}

// gated are the options of a release, or of a preview of one, that its smoke checks decide over.
func (o applyOptions) gated(ctx context.Context, s Streams, c *repository, env string, preview bool) (kube.ApplyOptions, error) {
	options := o.applyOptions(s, c, env)
	options.Commit = o.commit(ctx)
	why := "--no-smoke"
	if !o.noSmoke {
		var err error
		if options.Gate, options.GateBy, why, err = c.gate(env, preview, gateWait); err != nil {
			return options, err
		}
	}
	if options.Gate == nil {
		options.Events(kube.Event{Action: "warning", Text: "smoke checks do not decide over this release: " + why})
	}
	return options, nil
}

// told prints why a release failed and keeps it, as a rollback takes the evidence away.
func (o applyOptions) told(s Streams, c *repository, env string, failures []kube.Failure) {
	o.tell.failures(failures)
	if err := c.keepFailures(env, failures); err != nil {
		fmt.Fprintf(s.Err, "what went wrong can't be kept: %v\n", err)
	}
}

// withCluster does work on the cluster and tells the result, also that of work which failed half-way.
func (o applyOptions) withCluster(ctx context.Context, s Streams, check func(*repository, string, kube.Objects) error,
	work func(applyOptions, *repository, string, *kube.Cluster, kube.Objects) (*kube.Result, error)) error {
	return o.withObjects(ctx, check, func(c *repository, env string, cluster *kube.Cluster, objects kube.Objects) error {
		o.tell = newProgress(s, o.out, env)
		result, err := work(o, c, env, cluster, objects)
		o.tell.close()
		return o.report(s, c, env, result, err)
	})
}

// withObjects checks the model, renders and connects.
func (o applyOptions) withObjects(ctx context.Context, check func(*repository, string, kube.Objects) error,
	work func(*repository, string, *kube.Cluster, kube.Objects) error) error {
	return o.opened(func(c *repository, env string) error {
		if err := o.checkTag(); err != nil {
			return err
		}
		objects, err := c.render(ctx, env, o.tag)
		if err != nil {
			return fmt.Errorf("nothing was written to the cluster\n%w", err)
		}
		if err := check(c, env, objects); err != nil {
			return err
		}
		return c.eachCluster(env, func(c *repository, cluster *kube.Cluster) error { return work(c, env, cluster, objects) })
	})
}

// applyJSON is the outcome of an apply or a deploy.
type applyJSON struct {
	Event       string `json:"event"` // result, on the last line of the stream
	Environment string `json:"environment"`
	Context     string `json:"context"`
	Namespace   string `json:"namespace"`
	Tag         string `json:"tag"`
	*kube.Result
	Error string `json:"error,omitempty"`
}

func (o applyOptions) report(s Streams, c *repository, env string, result *kube.Result, err error) error {
	var notReady *kube.NotReady
	failed := errors.As(err, &notReady)
	if failed && !notReady.Told {
		o.told(s, c, env, notReady.Failures)
	}
	if o.out.json() {
		if err := printLine(s.Out, o.outcome(c, env, result, err)); err != nil {
			return err
		}
	}
	if err != nil {
		return o.ended(env, result, err, failed)
	}
	if !o.out.json() {
		changed := "nothing had to change"
		if result.Written > 0 {
			changed = fmt.Sprintf("%s written, %d unchanged", plural(result.Written, "object"), len(result.Objects)-result.Written)
		}
		e := c.app.Environments[env]
		fmt.Fprintf(s.Out, "%s runs %s in namespace %s of %s: %s, in %s\n", env, o.tag, e.Namespace, e.Context, changed, o.tell.spent())
	}
	return nil
}

func (o applyOptions) outcome(c *repository, env string, result *kube.Result, err error) applyJSON {
	e := c.app.Environments[env]
	out := applyJSON{Event: "result", Environment: env, Context: e.Context, Namespace: e.Namespace, Tag: o.tag, Result: result}
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

// ended gives an error its exit code and its next step.
func (o applyOptions) ended(env string, result *kube.Result, err error, failed bool) error {
	var (
		back     *kube.RolledBack
		half     *kube.HalfBack
		locked   *kube.Locked
		standing *kube.Standing
	)
	switch {
	case errors.As(err, &locked), errors.As(err, &standing):
		return withCode(exitLocked, err)
	case errors.As(err, &back):
		return withCode(exitRolledBack, fmt.Errorf("%s: %w", env, err))
	case errors.As(err, &half):
		return withCode(exitHalfBack, fmt.Errorf("%s: %w (look: migrate kube status --env %s; try again: %s)", env, err, env, cmp.Or(o.undo, fmt.Sprintf("migrate kube rollback --env %s --to %d", env, half.To.Number))))
	case failed:
		next := "nothing ran before that could be brought back: mend it and run the same again"
		if o.keep {
			next = "back: " + cmp.Or(o.undo, "migrate kube rollback --env "+env)
		}
		return fmt.Errorf("%s: %w; %s (look: migrate kube status --env %s; %s)", env, err, written(result.Written), env, next)
	}
	return err
}

// keepFailures writes what went wrong into build/kube/.
func (repo *repository) keepFailures(env string, failures []kube.Failure) error {
	var text bytes.Buffer
	for _, f := range failures {
		printFailure(visible{&text}, f)
	}
	file := renderedJSON{File: path.Join(repo.renderedDir(), env+"-failure.txt"), text: bytes.TrimLeft(text.Bytes(), "\n")}
	return repo.writeRendered(context.Background(), []renderedJSON{file})
}

func written(n int) string {
	if n == 1 {
		return "1 object was written and stays"
	}
	return fmt.Sprintf("%d objects were written and stay", n)
}
