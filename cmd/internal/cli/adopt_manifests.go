package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/adopt"
	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// manifests are the objects of Kubernetes that the arguments name; none where they name other files.
func (repo *repository) manifests(s Streams, args []string) ([]adopt.Manifest, error) {
	var all []adopt.Manifest
	others := 0
	for _, arg := range args {
		if arg == "-" {
			data, err := io.ReadAll(io.LimitReader(s.In, maxModel))
			if err != nil {
				return nil, err
			}
			all = append(all, adopt.Manifest{File: "-", Data: data})
			continue
		}
		name := path.Clean(filepath.ToSlash(arg))
		found, err := repo.manifestsAt(name)
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); len(found) == 0 {
			others++
		}
	}
	if len(all) > 0 && others > 0 {
		return nil, usage("manifests and other files are taken over by runs of their own")
	}
	return all, nil
}

// manifestsAt are those of a file or a directory.
func (repo *repository) manifestsAt(name string) ([]adopt.Manifest, error) {
	info, err := repo.root.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not there", name)
	}
	if repo.lock.Owns(name) {
		return nil, nil
	}
	var all []adopt.Manifest
	err = fs.WalkDir(repo.root.FS(), name, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case info.IsDir() && strings.HasPrefix(d.Name(), "kustomization.y"):
			return fmt.Errorf("%s is built by kustomize: kubectl kustomize %s | migrate adopt - --env ENV", path.Dir(file), path.Dir(file))
		case !d.Type().IsRegular() || repo.lock.Owns(file):
			return nil
		}
		data, err := repo.root.ReadFile(file)
		if err == nil && len(data) < maxModel && adopt.IsManifest(file, data) {
			all = append(all, adopt.Manifest{File: file, Data: data})
		}
		return err
	})
	if err == nil && info.IsDir() && len(all) == 0 {
		err = fmt.Errorf("%s holds no manifest of Kubernetes", name)
	}
	return all, err
}

// adoptManifests takes manifests over into the model and a component.
func (repo *repository) adoptManifests(ctx context.Context, s Streams, o adoptOptions, manifests []adopt.Manifest) error {
	app, err := service.Load(service.FileName, repo.text)
	if err != nil {
		return err
	}
	if _, ok := app.Environments[o.env]; !ok && o.env != "" {
		return usage("--env: there is no environment %s%s", o.env, service.DidYouMean(o.env, app.Environments))
	}
	if app.Services[o.service] == nil && o.service != "" {
		return usage("--service: there is no service %s%s", o.service, service.DidYouMean(o.service, app.Services))
	}
	known, err := repo.knownBy(ctx, s)
	if err != nil {
		return err
	}
	have, err := repo.component(o.env)
	if err != nil {
		return err
	}
	result, err := adopt.Take(manifests, adopt.Options{App: app, Environment: o.env, Service: o.service, Known: known, Render: baseManifests, Have: have,
		Secret: func(name, value string) bool {
			return scan.SecretName(name) || scan.SecretValue(name, value) || scan.HasAccount(value)
		}})
	if err != nil {
		return err
	}
	if err := app.Validate(); err != nil {
		return fmt.Errorf("%w\nnothing was written", err)
	}
	changes, err := repo.adopted(ctx, app, result, have)
	if err != nil {
		return err
	}
	if o.yes {
		if err := repo.write(ctx, changes); err != nil {
			return err
		}
	}
	return o.reportItems(s, result, changes)
}

// adopted are the changes of files: of migrate.yaml, of what is generated, and the component's.
func (repo *repository) adopted(ctx context.Context, app *service.App, result *adopt.Result, have map[string][]byte) ([]fileset.Change, error) {
	if err := repo.renders(ctx, app, result.Files); err != nil {
		return nil, err
	}
	text, err := service.Edit(repo.text, app, func(field string) string { return result.Fields[field] })
	if err != nil {
		return nil, err
	}
	repo.why = "what the manifests say goes in"
	changes, err := repo.compare(app, text)
	if err != nil {
		return nil, err
	}
	for _, name := range sortedNames(result.Files) {
		old, exists := have[path.Base(name)]
		if exists && path.Base(name) != "kustomization.yaml" && string(old) != string(result.Files[name]) {
			return nil, fmt.Errorf("%s is there already and says otherwise: it is yours. Take from the manifests what it lacks, or delete it and run this again", name)
		}
		change, err := fileset.Put(repo.root, name, result.Files[name], "yours: what migrate.yaml has no word for")
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// over is a tree of files that lies over another one.
type over struct{ above, below fs.FS }

func (o over) Open(name string) (fs.File, error) {
	f, err := o.above.Open(name)
	if err != nil {
		return o.below.Open(name)
	}
	return f, nil
}

// inMemory is a tree of files as an fs.FS: the standard library has that for archives.
func inMemory(files map[string][]byte) (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range sortedNames(files) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// renders makes sure that kustomize can build what is generated together with the components.
func (repo *repository) renders(ctx context.Context, app *service.App, component map[string][]byte) error {
	files, err := generators.Render(app)
	if err != nil {
		return err
	}
	all := maps.Clone(component)
	for _, f := range files {
		all[f.Path] = f.Data
	}
	tree, err := inMemory(all)
	if err != nil {
		return err
	}
	for _, env := range app.EnvironmentNames() {
		if _, err := kube.Render(ctx, kube.Options{Repo: over{tree, repo.root.FS()}, Environment: env}); err != nil {
			return fmt.Errorf("what comes of it can't be built for %s, so nothing was written: %w", env, err)
		}
	}
	return nil
}

// baseManifests are the generated manifests that are the same everywhere.
func baseManifests(app *service.App) ([]adopt.Manifest, error) {
	files, err := generators.Render(app)
	if err != nil {
		return nil, err
	}
	var all []adopt.Manifest
	for _, f := range files {
		if strings.HasPrefix(f.Path, "kube/base/") {
			all = append(all, adopt.Manifest{File: f.Path, Data: f.Data})
		}
	}
	return all, nil
}

// component are the files of an environment's component as they are, by their names.
func (repo *repository) component(env string) (map[string][]byte, error) {
	dir, have := adopt.Dir(env), map[string][]byte{}
	entries, err := fs.ReadDir(repo.root.FS(), dir)
	if err != nil {
		return have, nil // there is none yet
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			if have[e.Name()], err = repo.root.ReadFile(dir + "/" + e.Name()); err != nil {
				return nil, err
			}
		}
	}
	return have, nil
}

// knownBy tells of which services a file is evidence.
func (repo *repository) knownBy(ctx context.Context, s Streams) (func(file string) []string, error) {
	scanned, err := repo.scan(ctx, s, evidence{})
	if err != nil {
		return nil, err
	}
	res := repo.found(scanned, nil, false)
	of := map[string][]string{}
	for field, claims := range res.Claims {
		parts := strings.SplitN(field, ".", 3)
		if len(parts) != 3 || parts[0] != "services" {
			continue
		}
		for _, c := range claims {
			if !slices.Contains(of[c.File], parts[1]) {
				of[c.File] = append(of[c.File], parts[1])
			}
		}
	}
	return func(file string) []string { return of[file] }, nil
}
