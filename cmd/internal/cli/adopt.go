package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type adoptOptions struct {
	dir     string
	yes     bool
	env     string
	service string
	out     output
}

func newAdopt(s Streams) *cobra.Command {
	var o adoptOptions
	cmd := &cobra.Command{
		Use:   "adopt FILE...",
		Short: "Let migrate take over a file that you have kept so far",
		Long: `adopt shows what becomes of a file of yours when migrate takes it over; with --yes it does that.

A Dockerfile, a compose file, a CI file, any file at a place where migrate would write one: the generated file takes its
place. Your later edits to it are kept as with every generated file. What git does not have of yours stays beside it.

Manifests of Kubernetes, a directory of them, or - for the standard input: what they say and migrate.yaml can say goes
there (replicas, variables, names of secrets, probes, hosts, schedules); all the rest (resources, volumes, annotations,
further objects ...) goes to kube/adopted, as kustomize patches of your own that migrate never writes over. What the
generated manifests then differ in is listed. The manifests themselves stay: delete them when nothing uses them any more.

Nothing of the repository is run, so a chart has to be rendered by its own tool.`,
		Example: `  migrate adopt Dockerfile
  migrate adopt Dockerfile --yes
  migrate adopt k8s/production --env production
  helm template shop charts/shop -f charts/shop/production.yaml | migrate adopt - --env production
  kubectl get deployment,service,ingress -n shop -o yaml | migrate adopt - --env production`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runAdopt(cmd.Context(), s, o, args) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.dir, "dir", "C", ".", "the repository")
	f.BoolVar(&o.yes, "yes", false, "do it; without it, it is shown")
	f.StringVar(&o.env, "env", "", "the environment that the manifests are about (default: all of them)")
	complete(cmd, "env", (*service.App).EnvironmentNames)
	f.StringVar(&o.service, "service", "", "the service that the manifests run, where their names do not say it")
	complete(cmd, "service", (*service.App).ServiceNames)
	o.out.add(cmd)
	return cmd
}

func runAdopt(ctx context.Context, s Streams, o adoptOptions, args []string) error {
	repo, err := migratedFor(ctx, s, o.dir, o.yes)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	manifests, err := repo.manifests(s, args)
	if err != nil {
		return err
	}
	if len(manifests) > 0 {
		return repo.adoptManifests(ctx, s, o, manifests)
	}
	return repo.adoptFiles(ctx, s, o, args)
}

// adoptFiles puts generated files in the place of the team's.
func (repo *repository) adoptFiles(ctx context.Context, s Streams, o adoptOptions, args []string) error {
	app, err := service.Load(service.FileName, repo.text)
	if err != nil {
		return err
	}
	var paths []string
	var said []string
	for _, arg := range args {
		name := path.Clean(filepath.ToSlash(arg))
		if dockerfile := withoutDockerfile(app, name); dockerfile != "" && dockerfile != name {
			said = append(said, fmt.Sprintf("%s is not used any more: delete it when nobody needs it", name))
			continue
		}
		paths = append(paths, name)
	}
	files, err := generators.Render(app)
	if err != nil {
		return err
	}
	for _, name := range paths {
		if err := repo.canTake(files, name); err != nil {
			return err
		}
	}
	lock, kept, err := fileset.Take(repo.root, repo.lock, paths...)
	if err != nil {
		return err
	}
	text, err := service.Edit(repo.text, app, nil)
	if err != nil {
		return err
	}
	repo.lock, repo.why = lock, "migrate writes the Dockerfile from now on"
	changes, err := repo.compare(app, text)
	if err != nil {
		return err
	}
	for i, c := range changes {
		if slices.Contains(paths, c.Path) && c.Writes() {
			changes[i].Reason = "migrate's from now on; your later edits stay"
		}
	}
	changes = append(changes, kept...)
	if o.yes {
		if err := repo.write(ctx, changes); err != nil {
			return err
		}
	}
	return o.report(s, changes, append(paths, service.FileName), said)
}

// canTake says why a file can't be taken over, where it can't.
func (repo *repository) canTake(files []fileset.File, name string) error {
	_, err := repo.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not there", name)
	case repo.lock.Owns(name):
		return fmt.Errorf("%s is generated already; migrate generate --accept theirs %s ends a conflict about it", name, name)
	case repo.lock.Sections[name] != "":
		return fmt.Errorf("%s is yours but for the section between the marks, which is generated already", name)
	}
	for _, f := range files {
		if f.Section != nil && f.Beside != nil && slices.Contains(f.Beside.Names, name) {
			return fmt.Errorf("%s stays yours: what migrate would add to it is %s", name, f.Beside.Path)
		}
		if f.Path == name && f.Section == nil && (f.Beside == nil || f.Beside.Line == "") {
			return nil
		}
		if f.Beside != nil && f.Beside.Line != "" && (f.Path == name || slices.Contains(f.Beside.Names, name)) {
			return fmt.Errorf("%s stays yours: it includes %s, which is generated, and that is all that migrate needs of it", name, f.Beside.Path)
		}
	}
	return notTaken(name)
}

// notTaken is the way out for a file in the place of which nothing is generated.
func notTaken(name string) error {
	base := strings.ToLower(path.Base(name))
	switch {
	case base == "chart.yaml" || strings.Contains("/"+name, "/templates/"):
		return fmt.Errorf("%s is of a chart, and running its templates is for its own tool: helm template NAME DIR -f VALUES.yaml | migrate adopt - --env ENV", name)
	case strings.Contains(base, "compose"):
		return fmt.Errorf("%s: migrate writes compose.yaml and made it from this file, too; it stays until you delete it", name)
	case strings.HasSuffix(base, ".hurl"), strings.HasSuffix(base, ".http"), strings.HasPrefix(base, "goss."):
		return fmt.Errorf("%s stays yours: write what it checks into smoke/*.yaml, one line for each request: GET /health -> 200", name)
	case strings.HasPrefix(name, ".github/"), strings.HasPrefix(name, ".circleci/"), isPipeline(name):
		return fmt.Errorf("%s stays yours: let it call make migrate_check, make docker_push and make kube_deploy, as the generated CI file does", name)
	}
	return fmt.Errorf("%s: migrate writes no file in the place of this one, so there is nothing to take over", name)
}

// withoutDockerfile takes a Dockerfile out of the services that are built with it, and says where the generated one goes.
func withoutDockerfile(app *service.App, name string) string {
	for _, base := range app.Bases() {
		s := app.Services[base]
		if s.Build == nil || s.Build.Dockerfile == "" || path.Join(s.Dir, s.Build.Dockerfile) != name {
			continue
		}
		s.Build.Dockerfile, s.Build.Wraps, s.Build.Target, s.Build.User, s.Build.Args = "", false, "", 0, nil
		if reflect.ValueOf(*s.Build).IsZero() {
			s.Build = nil
		}
		return path.Join(s.Dir, "Dockerfile")
	}
	return ""
}
