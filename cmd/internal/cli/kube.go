package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newKube(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kube",
		Short: "Render the manifests, bring them into the cluster, look at what runs there",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKubeCreateConfig(s), newKubeDiff(s), newKubeApply(s), newKubeDeploy(s), newKubeStatus(s), newKubeHistory(s), newKubeRollback(s),
		newKubeSwitch(s), newKubeCanary(s), newKubeScale(s), newKubeDestroy(s))
	return cmd
}

// kubeOptions are what all commands of kube take.
type kubeOptions struct {
	dir    string
	env    string
	tag    string
	strict bool
	out    output
}

func (o *kubeOptions) add(cmd *cobra.Command, env string) {
	cmd.Flags().StringVar(&o.env, "env", "", env)
	o.out.add(cmd)
}

func (o *kubeOptions) addTag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.tag, "tag", "", "tag of the images that are built from this repository")
}

func (o *kubeOptions) addStrict(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.strict, "strict", false, "take advice on the manifests for errors")
}

// advised tells what the cluster would take and experience would not. With --strict it is an error.
func (o *kubeOptions) advised(tell func(kube.Event), advice []kube.Advice) error {
	if o.strict {
		return strictly(advice)
	}
	for _, a := range advice {
		tell(kube.Event{Action: "warning", Text: a.String()})
	}
	return nil
}

// strictly takes advice for errors.
func strictly(advice []kube.Advice) error {
	var lines []error
	for _, a := range advice {
		lines = append(lines, errors.New(a.String()))
	}
	return errors.Join(lines...)
}

func (o *kubeOptions) checkTag() error {
	if o.tag == "" {
		return usage("say which image: --tag \"$(git describe --always --dirty)\"")
	}
	return nil
}

// opened opens the repository for a piece of work on its one environment.
func (o kubeOptions) opened(work func(c *repository, env string) error) error {
	c, err := openMigrated(o.dir)
	if err != nil {
		return err
	}
	defer c.close()
	env, err := c.single(o.env)
	if err != nil {
		return err
	}
	return work(c, env)
}

// connected opens the environment's clusters too, one after the other.
func (o kubeOptions) connected(work func(c *repository, env string, cluster *kube.Cluster) error) error {
	return o.opened(func(c *repository, env string) error {
		return c.eachCluster(env, func(c *repository, cluster *kube.Cluster) error { return work(c, env, cluster) })
	})
}

// images are the repositories of the images that are built here.
func (repo *repository) images() []string {
	var names []string
	for _, base := range repo.app.Bases() {
		names = append(names, repo.app.ImageName(base))
	}
	return names
}

// render builds an environment's objects and judges them; its error names everything that is wrong with them.
func (repo *repository) render(ctx context.Context, env, tag string) (kube.Objects, error) {
	objects, err := kube.Render(ctx, kube.Options{Repo: repo.root.FS(), Environment: env, Tag: tag, Images: repo.images(), Cache: repo.rendering, Files: repo.files})
	if err != nil {
		return nil, err
	}
	minor, said := kube.Minor(repo.app.Environments[env].Kubernetes)
	if !said {
		minor = schemas.Newest
	}
	if err := objects.ValidateFor(minor); err != nil {
		return nil, err
	}
	return objects, repo.sameNamespace(env, objects)
}

// sameNamespace refuses a tree whose workloads are in another namespace than migrate.yaml says: the Secrets that are made
// for them would be elsewhere.
func (repo *repository) sameNamespace(env string, objects kube.Objects) error {
	want := repo.app.Environments[env].Namespace
	var other []error
	for _, o := range objects {
		if ns := o.GetNamespace(); ns != "" && ns != want && o.Workload() {
			other = append(other, fmt.Errorf("%s is in namespace %s by kube/overlays/%s, and environments.%s.namespace in %s says %s: make them the same",
				o.ID(), ns, env, env, service.FileName, want))
		}
	}
	return errors.Join(other...)
}

// single is the one environment that a command about a cluster works on.
func (repo *repository) single(flag string) (string, error) {
	names, err := environments(repo.app, flag)
	if err != nil {
		return "", err
	}
	if len(names) != 1 || flag == "all" {
		return "", usage("one environment at a time: --env %s", strings.Join(repo.app.EnvironmentNames(), "|"))
	}
	return names[0], nil
}

// connect opens the one cluster that an environment may be applied to.
func (repo *repository) connect(env string) (*kube.Cluster, error) {
	context := repo.app.Environments[env].Context
	if context == "" {
		return nil, fmt.Errorf("%s doesn't say which cluster %s is, and none is guessed: add under environments.%s the line\n    context: NAME        # one of kubectl config get-contexts",
			service.FileName, env, env)
	}
	cluster, err := kube.Connect(context)
	if err != nil {
		return nil, fmt.Errorf("environments.%s.context in %s: %w", env, service.FileName, err)
	}
	return cluster, nil
}

// judgedFor judges the objects once more for the version that the cluster itself tells.
func (repo *repository) judgedFor(ctx context.Context, tell func(kube.Event), env string, cluster *kube.Cluster, objects kube.Objects) error {
	version, err := cluster.Version(ctx)
	minor, known := kube.Minor(version)
	if err != nil || !known {
		return err
	}
	said, ok := kube.Minor(repo.app.Environments[env].Kubernetes)
	if ok && said != minor {
		tell(kube.Event{Action: "warning", Text: fmt.Sprintf("environments.%s.kubernetes in %s says 1.%d, and %s runs %s", env, service.FileName, said, cluster.Context, version)})
	}
	err = objects.ValidateFor(minor)
	if err != nil && (!ok || said != minor) {
		err = fmt.Errorf("%w\n%s runs %s: with `kubernetes: \"1.%d\"` under environments.%s in %s, `migrate generate` writes what it knows", err, cluster.Context, version, minor, env, service.FileName)
	}
	return err
}

// answered refuses to go to a cluster with an address that init wrote in place of one it did not know.
func (repo *repository) answered(env string, objects kube.Objects) error {
	var open []error
	e := repo.app.Environments[env]
	for _, need := range repo.app.NeedNames() {
		if answer := e.Needs[need]; service.IsPlaceholder(answer.Host) {
			open = append(open, fmt.Errorf("environments.%s.needs.%s.host in %s is still the placeholder %s: write where %s answers from, then run `migrate generate`",
				env, need, service.FileName, answer.Host, need))
		}
	}
	for _, o := range objects {
		if host := o.LeadsTo(); service.IsPlaceholder(host) && !service.IsPlaceholder(e.Needs[o.GetName()].Host) {
			open = append(open, fmt.Errorf("%s: %s still leads to the placeholder %s, which %s has an answer for: run `migrate generate`", o.File, o.ID(), host, service.FileName))
		}
	}
	return errors.Join(open...)
}

// warnStale tells which manifests generate would change: what was edited in migrate.yaml since is not in what is applied.
func (repo *repository) warnStale(w io.Writer, env string) {
	changes, err := repo.compare(repo.app, repo.text)
	if err != nil {
		return // the manifests were good enough to be applied
	}
	for _, change := range changes {
		differs := change.Action == fileset.Update || change.Action == fileset.Merge || change.Action == fileset.Conflict
		if differs && (strings.HasPrefix(change.Path, "kube/base/") || strings.HasPrefix(change.Path, "kube/overlays/"+env+"/")) {
			fmt.Fprintf(w, "  warning    %s does not follow %s: run `migrate generate`\n", change.Path, service.FileName)
		}
	}
}

func dirOf(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	return "."
}
