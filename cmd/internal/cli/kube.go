package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func newKube(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kube",
		Short: "Render the manifests, bring them into the cluster, look at what runs there",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newKubeCreateConfig(s), newKubeApply(s), newKubeDeploy(s), newKubeStatus(s))
	return cmd
}

// kubeOptions are what all commands of kube take.
type kubeOptions struct {
	dir string
	env string
	tag string
	out output
}

func (o *kubeOptions) add(cmd *cobra.Command, env string) {
	cmd.Flags().StringVar(&o.env, "env", "", env)
	o.out.add(cmd)
}

func (o *kubeOptions) addTag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.tag, "tag", "", "tag of the images that are built from this repository")
}

func (o *kubeOptions) checkTag() error {
	if o.tag == "" {
		return usage("say which image: --tag \"$(git describe --always --dirty)\"")
	}
	return nil
}

// checkout is a migrated repository whose files can't lead out of it.
type checkout struct {
	root *os.Root
	app  *service.App
}

func openCheckout(dir string) (*checkout, error) {
	app, err := loadApp(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &checkout{root, app}, nil
}

func (c *checkout) close() { c.root.Close() }

// images are the repositories of the images that are built here.
func (c *checkout) images() []string {
	var names []string
	for _, base := range c.app.Bases() {
		names = append(names, c.app.ImageName(base))
	}
	return names
}

// render builds an environment's objects and judges them; its error names everything that is wrong with them.
func (c *checkout) render(ctx context.Context, env, tag string) (kube.Objects, error) {
	objects, err := kube.Render(ctx, kube.Options{Repo: c.root.FS(), Environment: env, Tag: tag, Images: c.images()})
	if err != nil {
		return nil, err
	}
	if err := objects.Validate(); err != nil {
		return nil, err
	}
	return objects, c.sameNamespace(env, objects)
}

// sameNamespace refuses a tree whose workloads are in another namespace than migrate.yaml says: the Secrets that are made
// for them would be elsewhere.
func (c *checkout) sameNamespace(env string, objects kube.Objects) error {
	want := c.app.Environments[env].Namespace
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
func (c *checkout) single(flag string) (string, error) {
	names, err := environments(c.app, flag)
	if err != nil {
		return "", err
	}
	if len(names) != 1 || flag == "all" {
		return "", usage("one environment at a time: --env %s", strings.Join(c.app.EnvironmentNames(), "|"))
	}
	return names[0], nil
}

// connect opens the one cluster that an environment may be applied to.
func (c *checkout) connect(env string) (*kube.Cluster, error) {
	context := c.app.Environments[env].Context
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

// answered refuses to go to a cluster with an address that init wrote in place of one it did not know.
func (c *checkout) answered(env string) error {
	var open []error
	e := c.app.Environments[env]
	for _, need := range c.app.NeedNames() {
		answer, ok := e.Needs[need]
		if ok && strings.HasSuffix(strings.TrimSuffix(answer.Host, "."), ".invalid") {
			open = append(open, fmt.Errorf("environments.%s.needs.%s.host in %s is still the placeholder %s: write where %s answers from, then run `migrate generate`",
				env, need, service.FileName, answer.Host, need))
		}
	}
	return errors.Join(open...)
}

// writeFile puts a file into the repository by way of a temporary one beside it.
func (c *checkout) writeFile(name string, text []byte) error {
	if err := c.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d.tmp", name, os.Getpid())
	f, err := c.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) { // left by a killed process of the same id
		if err = c.root.Remove(temporary); err == nil {
			f, err = c.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = c.root.Rename(temporary, name)
	}
	if err != nil {
		_ = c.root.Remove(temporary) // what went wrong before is what counts
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func dirOf(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	return "."
}
