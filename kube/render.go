package kube

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

const overlays = "kube/overlays"

// Options say what is rendered.
type Options struct {
	Repo        fs.FS    // root of the migrated repository; the FS of an os.Root keeps symbolic links inside it
	Environment string   // name of a directory below kube/overlays
	Tag         string   // what each image of Images gets that has neither tag nor digest; empty leaves them alone
	Images      []string // image repositories that are built from this repository
	Cache       Cache    // of what was rendered before; nil for none
	Files       *Files   // those of the repository that were parsed for another environment; nil for none
}

// Render builds an environment's objects as `kustomize build kube/overlays/<env>` does, in memory and from files of the
// repository alone: a remote base, a helm chart or a plug-in is an error. The tag is put on the objects themselves, so
// that nothing here needs the OpenAPI schema, whose parsing takes ten times as long as all the rest.
//
// What is wrong with the tree is reported together, each with file and line where they are known.
func Render(ctx context.Context, o Options) (Objects, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	dir := path.Join(overlays, o.Environment)
	tree := newTree(o.Repo, o.Files)
	tree.directory(dir, place{})
	tree.checkTargets()
	if err := errors.Join(tree.problems...); err != nil {
		return nil, err
	}
	objects, err := tree.build(o, dir)
	if err != nil {
		return nil, err
	}
	for i := range objects {
		objects[i].setTag(o.Images, o.Tag)
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("%s: nothing comes out of it: list the files of this environment under resources", dir)
	}
	objects.sortForApply()
	return objects, nil
}

// Environments lists the overlays of a repository, sorted.
func Environments(repo fs.FS) []string {
	entries, _ := fs.ReadDir(repo, overlays) // none is as good as an empty one
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	return names
}

var tagPattern = pattern.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func (o Options) check() error {
	if o.Environment == "" || o.Environment == "." || o.Environment == ".." || strings.ContainsAny(o.Environment, `/\`) {
		return fmt.Errorf("%q can't be the name of an environment: it names a directory below %s", o.Environment, overlays)
	}
	if o.Tag != "" && !tagPattern.MatchString(o.Tag) {
		return fmt.Errorf("%q can't be the tag of an image: letters, digits, and after the first also . _ - are allowed, 128 at most", o.Tag)
	}
	if info, err := fs.Stat(o.Repo, path.Join(overlays, o.Environment)); err == nil && info.IsDir() {
		return nil
	}
	have := "there is none yet"
	if known := Environments(o.Repo); len(known) > 0 {
		have = "there are " + strings.Join(known, ", ")
	}
	return fmt.Errorf("no %s/%s (%s): add %s under environments in migrate.yaml and run `migrate generate`",
		overlays, o.Environment, have, o.Environment)
}

// build makes the objects: here where the tree is plain, or by kustomize, whose work is kept in the cache.
func (t *tree) build(o Options, dir string) (Objects, error) {
	if made, ok := t.buildPlain(dir); ok {
		objects := make(Objects, len(made))
		for i, m := range made {
			objects[i] = t.placed(m.kind, m.name, m.object)
		}
		return objects, nil
	}
	made, err := t.kustomize(o, dir)
	if err != nil {
		return nil, err
	}
	objects := make(Objects, len(made))
	for i, m := range made {
		u := &unstructured.Unstructured{}
		if err := u.UnmarshalJSON(m.Object); err != nil {
			return nil, fmt.Errorf("%s: %s %s: %w", dir, m.Kind, m.Name, err)
		}
		objects[i] = t.placed(m.Kind, m.Name, u.Object)
	}
	return objects, nil
}

// kustomizing is held by the one that kustomize works for: it keeps schemas in variables of its own.
var kustomizing sync.Mutex

// kustomize has kustomize make the objects, or takes them from the cache where the files are the same as then.
func (t *tree) kustomize(o Options, dir string) ([]madeJSON, error) {
	key := t.key(dir)
	if made := cached(o.Cache, o.Environment, key); made != nil {
		return made, nil
	}
	memory := filesys.MakeFsInMemory()
	for _, name := range sortedKeys(t.texts) {
		if err := memory.WriteFile("/"+name, t.texts[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	kustomizing.Lock()
	defer kustomizing.Unlock()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(memory, "/"+dir)
	if err != nil {
		return nil, t.explain(dir, err)
	}
	made := make([]madeJSON, 0, resources.Size())
	for _, r := range resources.Resources() {
		text, err := r.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %s %s: %w", dir, r.GetKind(), r.GetName(), err)
		}
		made = append(made, madeJSON{r.OrgId().Kind, r.OrgId().Name, text})
	}
	keep(o.Cache, o.Environment, key, made)
	return made, nil
}

// placed says of an object which document it came from, by the kind and name that it has there.
func (t *tree) placed(kind, name string, object map[string]any) Object {
	o := Object{Unstructured: &unstructured.Unstructured{Object: object}}
	for _, d := range t.documents {
		if d.kind == kind && d.name == name {
			o.File, o.Line, o.node = d.file, d.line, d.node
			break
		}
	}
	return o
}

var unknownField = pattern.MustCompile(`unknown field "([^"]+)"`)

// explain gives an error of kustomize's the place in the tree that it speaks of, where that can be found.
func (t *tree) explain(dir string, err error) error {
	text := strings.ReplaceAll(err.Error(), "'/kube", "'kube")
	if m := unknownField.FindStringSubmatch(text); m != nil {
		for _, k := range t.kustomizations {
			if key, _ := entry(k.node, m[1]); key != nil {
				return fmt.Errorf("%s:%d: kustomize knows no field %q here", k.file, key.Line, m[1])
			}
		}
	}
	return fmt.Errorf("%s: kustomize can't build it: %s (`kubectl kustomize %s` shows the same)", dir, text, dir)
}
