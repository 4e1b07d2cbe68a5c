package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/kube"
)

// renderedDir is where kube_create_config writes to, below the repository; renderedAside where a file called build is in the way.
const (
	renderedDir   = "build/kube"
	renderedFrom  = "# Rendered from kube/overlays/" // how its files begin
	renderedAside = ".migrate/kube"
)

type createConfigOptions struct {
	kubeOptions
	to string
}

func newKubeCreateConfig(s Streams) *cobra.Command {
	var o createConfigOptions
	cmd := &cobra.Command{
		Use:   "create-config [DIR]",
		Short: "Render build/kube/ENV.yaml and judge it without a cluster",
		Long: `Builds kube/overlays/ENV as kubectl kustomize does, puts the tag on the images that are built here, judges every object
against the schemas of Kubernetes and the Gateway API, and writes build/kube/ENV.yaml. No value of a secret is in it:
its first lines say which Secrets it wants, and where in gopass their values are. Nothing is written if anything is wrong.
What the cluster would take and experience would not (root, no memory limit, latest, a liveness probe that asks a need) is
told as a warning, with what to write instead; --strict makes errors of them.
Where the repository has a file called build, it is .migrate/kube/ENV.yaml.`,
		Example: "  migrate kube create-config --env staging --tag v1.2\n  migrate kube create-config --env all --tag v1.2",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runKubeCreateConfig(cmd.Context(), s, o)
		},
	}
	o.add(cmd, "environment of migrate.yaml, several with commas, or all")
	o.addTag(cmd)
	o.addStrict(cmd)
	cmd.Flags().StringVar(&o.to, "out", "", "directory below DIR to write to (default "+renderedDir+")")
	return cmd
}

// renderedJSON is what is told of one environment.
type renderedJSON struct {
	Environment string       `json:"environment"`
	File        string       `json:"file"`
	Objects     int          `json:"objects"`
	Unchecked   []string     `json:"unchecked"`
	Secrets     []secretJSON `json:"secrets"`

	// Advice is what the cluster would take all the same.
	Advice []kube.Advice `json:"advice"`

	text []byte
}

type secretJSON struct {
	Secret string   `json:"secret"`
	Key    string   `json:"key"`
	Paths  []string `json:"paths"` // in gopass, the most specific first
	// Optional says that the pods start without it.
	Optional bool `json:"optional,omitempty"`
}

func runKubeCreateConfig(ctx context.Context, s Streams, o createConfigOptions) error {
	if err := o.checkTag(); err != nil {
		return err
	}
	if o.to != "" && !filepath.IsLocal(o.to) {
		return usage("--out %s: want a directory inside the repository", o.to)
	}
	c, err := openMigrated(o.dir)
	if err != nil {
		return err
	}
	defer c.close()
	names, err := environments(c.app, o.env)
	if err != nil {
		return err
	}
	if o.to == "" {
		o.to = c.renderedDir()
	}
	tell := func(e kube.Event) {
		if !o.out.json() { // where it stands in the result
			printEvent(visible{s.Err}, e)
		}
	}
	cache := &renderCache{repo: c, fresh: map[string][]byte{}}
	c.rendering, c.files = cache, &kube.Files{}
	var rendered []renderedJSON
	var problems []error
	for i, one := range c.renderAll(ctx, names, o) {
		env, r, err := names[i], one.renderedJSON, one.err
		if err == nil {
			err = o.advised(tell, fresh(r.Advice, rendered))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s:\n%w", env, err))
			continue
		}
		rendered = append(rendered, r)
	}
	if len(problems) > 0 {
		return fmt.Errorf("nothing was written\n%w", errors.Join(problems...))
	}
	if err := c.hold(ctx, s); err != nil {
		return err
	}
	if err := c.writeRendered(ctx, rendered); err != nil {
		return err
	}
	cache.write()
	return printRendered(s, o, rendered)
}

// renderCache lies beside what is rendered, one file for each environment. It only saves time: what goes wrong with it is
// no error.
type renderCache struct {
	repo  *repository
	mu    sync.Mutex        // over fresh
	fresh map[string][]byte // to be written when all else has been
}

func (c *renderCache) file(env string) string {
	return path.Join(c.repo.renderedDir(), ".cache", env+".json")
}

// Get reads what was kept.
func (c *renderCache) Get(env string) []byte {
	text, err := c.repo.root.ReadFile(c.file(env))
	if err != nil {
		return nil
	}
	return text
}

// Put remembers an entry for write.
func (c *renderCache) Put(env string, entry []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[env] = entry
}

func (c *renderCache) write() {
	for env, entry := range c.fresh {
		if c.repo.root.MkdirAll(path.Dir(c.file(env)), 0o755) == nil {
			_ = c.repo.root.WriteFile(c.file(env), entry, 0o644)
		}
	}
}

// fresh are the pieces of advice that were not given for another environment already: most are about the base.
func fresh(advice []kube.Advice, before []renderedJSON) []kube.Advice {
	return slices.DeleteFunc(slices.Clone(advice), func(a kube.Advice) bool {
		return slices.ContainsFunc(before, func(r renderedJSON) bool { return slices.Contains(r.Advice, a) })
	})
}

func (repo *repository) renderedDir() string {
	if info, err := repo.root.Stat(path.Dir(renderedDir)); err == nil && !info.IsDir() {
		return renderedAside
	}
	return renderedDir
}

// writeRendered writes all environments or none. The lock knows nothing of them: they are results, made anew each time.
func (repo *repository) writeRendered(ctx context.Context, rendered []renderedJSON) error {
	var changes []fileset.Change
	put := func(file string, text []byte) error {
		change, err := fileset.Put(repo.root, file, text, "")
		changes = append(changes, change)
		return err
	}
	for _, r := range rendered {
		if path.Dir(r.File) == renderedAside { // what is ignored by git elsewhere
			if err := put(renderedAside+"/.gitignore", []byte("*\n")); err != nil {
				return err
			}
			break
		}
	}
	for _, r := range rendered {
		if err := put(r.File, r.text); err != nil {
			return err
		}
	}
	return repo.write(ctx, changes)
}

// renderResult is what came of one environment.
type renderResult struct {
	renderedJSON
	err error
}

// renderAll renders environments at the same time, as many as there are processors; the results stand in their order.
func (repo *repository) renderAll(ctx context.Context, names []string, o createConfigOptions) []renderResult {
	results := make([]renderResult, len(names))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, env := range names {
		all.Go(func() error {
			results[i].renderedJSON, results[i].err = repo.rendered(ctx, env, o)
			return nil
		})
	}
	_ = all.Wait() // each has its error
	return results
}

func (repo *repository) rendered(ctx context.Context, env string, o createConfigOptions) (renderedJSON, error) {
	objects, err := repo.render(ctx, env, o.tag)
	if err != nil {
		return renderedJSON{}, err
	}
	r := renderedJSON{Environment: env, File: path.Join(filepath.ToSlash(o.to), env+".yaml"), Objects: len(objects),
		Unchecked: append([]string{}, objects.Unchecked()...), Secrets: []secretJSON{},
		Advice: append([]kube.Advice{}, objects.Advise()...)}
	refs, optional := objects.SecretRefs()
	for _, ref := range slices.Concat(refs, optional) {
		r.Secrets = append(r.Secrets, repo.secretJSON(env, ref, slices.Contains(optional, ref))...)
	}
	text, err := objects.YAML()
	if err != nil {
		return renderedJSON{}, err
	}
	r.text = append(r.header(o.tag), text...)
	return r, nil
}

// header says what the file is and what it lacks.
func (r renderedJSON) header(tag string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, renderedFrom+"%s by `migrate kube create-config --env %s --tag %s`: change the files there, not this one.\n",
		r.Environment, r.Environment, tag)
	if len(r.Secrets) == 0 {
		b.WriteString("# It refers to no Secret.\n")
		return b.Bytes()
	}
	b.WriteString("# `migrate kube apply` makes the Secrets that it refers to, from gopass and in memory only; the first path that exists counts:\n")
	for _, ref := range r.Secrets {
		what := "Secret " + ref.Secret
		if ref.Key != "" {
			what += ", " + ref.Key
		}
		if ref.Optional {
			what += " (optional)"
		}
		switch {
		case len(ref.Paths) == 0 && ref.Optional:
			fmt.Fprintf(&b, "#   %s: not under secrets in migrate.yaml; what is in the namespace counts\n", what)
			continue
		case len(ref.Paths) == 0:
			fmt.Fprintf(&b, "#   %s: not under secrets in migrate.yaml, so it has to be in the namespace already\n", what)
			continue
		}
		fmt.Fprintf(&b, "#   %s:", what)
		for i, p := range ref.Paths {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(" " + p)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func printRendered(s Streams, o createConfigOptions, rendered []renderedJSON) error {
	if o.out.json() {
		return printJSON(s.Out, map[string]any{"tag": o.tag, "environments": rendered})
	}
	for _, r := range rendered {
		fmt.Fprintf(s.Out, "%s  %s", r.File, plural(r.Objects, "object"))
		if len(r.Secrets) > 0 {
			fmt.Fprintf(s.Out, ", %s from gopass (migrate secrets check --env %s)", plural(len(r.Secrets), "secret"), r.Environment)
		}
		fmt.Fprintln(s.Out)
		for _, name := range r.Unchecked {
			fmt.Fprintf(s.Err, "%s: no schema here for %s: only the cluster can judge it\n", r.Environment, name)
		}
	}
	return nil
}

// secretJSON says where the values of a reference come from; nowhere where it isn't one of the application's.
func (repo *repository) secretJSON(env string, ref kube.SecretRef, optional bool) []secretJSON {
	base, keys := repo.secretKeys(ref)
	if base == "" {
		return []secretJSON{{ref.Secret, ref.Key, []string{}, optional}}
	}
	var all []secretJSON
	for _, key := range keys {
		k := secretKey(repo.app, env, base, key)
		for _, entry := range k.Entries() {
			all = append(all, secretJSON{ref.Secret, key, k.Paths(entry), optional})
		}
	}
	return all
}
