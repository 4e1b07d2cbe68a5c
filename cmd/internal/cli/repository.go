package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/adopt"
	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// repository is a directory that is migrated: everything is read and written through its root, so nothing outside it is.
type repository struct {
	dir  string // as it was given
	name string // of the directory
	root *os.Root
	text []byte // migrate.yaml; nil where there is none
	app  *service.App
	lock fileset.Lock // after readLock
	// evidence is what migrate.yaml would be by the evidence alone, after renew.
	evidence []byte
	why      string // migrate.yaml changes, where that is not what was found since
	release  func() // lets go of the repository, where it is held
	// rendering is the cache of what was rendered before; nil for none.
	rendering kube.Cache

	// files are those that were parsed for one environment and serve the others; nil where there is but one.
	files *kube.Files
}

// openMigrated opens a directory that has a migrate.yaml.
func openMigrated(dir string) (*repository, error) { return wantModel(openRepository(dir)) }

// migratedFor opens a directory that has a migrate.yaml, also to write to it.
func migratedFor(ctx context.Context, s Streams, dir string, write bool) (*repository, error) {
	return wantModel(repositoryFor(ctx, s, dir, write))
}

func wantModel(r *repository, err error) (*repository, error) {
	if err == nil && r.app == nil {
		r.close()
		if above := modelAbove(r.dir); above != "" {
			return nil, fmt.Errorf("there is no %s; the one of %s is above: go there, or name it as DIR", filepath.Join(r.dir, service.FileName), above)
		}
		return nil, fmt.Errorf("there is no %s; run migrate init first", filepath.Join(r.dir, service.FileName))
	}
	return r, err
}

// modelAbove is the nearest directory above dir, up to the root of its git repository, that has a migrate.yaml; "" for none.
func modelAbove(dir string) string {
	abs, err := filepath.Abs(dir)
	for err == nil && abs != filepath.Dir(abs) {
		if _, statErr := os.Stat(filepath.Join(abs, ".git")); statErr == nil {
			return ""
		}
		abs = filepath.Dir(abs)
		if _, statErr := os.Stat(filepath.Join(abs, service.FileName)); statErr == nil {
			return abs
		}
	}
	return ""
}

// openRepository opens a directory and reads its migrate.yaml, if it is there.
func openRepository(dir string) (*repository, error) {
	r, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	return r.read()
}

// repositoryFor opens a directory as openRepository does. Who is to write to it has it alone from then on, as far as other runs go.
func repositoryFor(ctx context.Context, s Streams, dir string, write bool) (*repository, error) {
	r, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	if write {
		if err := r.hold(ctx, s); err != nil {
			r.close()
			return nil, err
		}
	}
	return r.read()
}

func openRoot(dir string) (*repository, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(full)
	if err != nil {
		return nil, usage("%s: %w; give the directory of the service's repository", dir, errors.Unwrap(err))
	}
	return &repository{dir: dir, name: filepath.Base(full), root: root, release: func() {}}, nil
}

func (repo *repository) read() (*repository, error) {
	if err := repo.readModel(filepath.Join(repo.dir, service.FileName)); err != nil {
		repo.close()
		return nil, err
	}
	return repo, nil
}

// patience is how long a run waits for another one in the same repository.
const patience = 10 * time.Second

// hold waits for other runs that write here, and keeps further ones out.
func (repo *repository) hold(ctx context.Context, s Streams) error {
	release, err := fileset.Hold(ctx, repo.root, patience, func(holder string) {
		fmt.Fprintf(visible{s.Err}, "migrate: %s is at work in this repository: waiting for it, for at most %s\n", holder, patience)
	})
	var held *fileset.HeldError
	if errors.As(err, &held) {
		return withCode(exitLocked, err)
	}
	if err == nil {
		repo.release = release
	}
	return err
}

func (repo *repository) readModel(name string) error {
	f, err := repo.root.Open(service.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close()
		repo.text, err = io.ReadAll(io.LimitReader(f, maxModel+1))
	}
	var at *fs.PathError
	switch {
	case errors.As(err, &at):
		return fmt.Errorf("%s can't be read: %w; it has to be a file in the repository", name, at.Err)
	case err != nil:
		return fmt.Errorf("%s can't be read: %w", name, err)
	case len(repo.text) > maxModel:
		return fmt.Errorf("%s is larger than %d MiB, which no model is: take it from git again, or move it away and run migrate init", name, maxModel>>20)
	}
	text, from, err := service.Upgrade(repo.text)
	if err != nil {
		return fmt.Errorf("%s can't be brought to version %d: %w", name, service.Version, err)
	}
	if from > 0 {
		repo.text, repo.why = text, fmt.Sprintf("brought from version %d to %d", from, service.Version)
	}
	repo.app, err = service.Load(name, repo.text)
	return err
}

// maxModel is the size in bytes above which migrate.yaml is not read.
const maxModel = 4 << 20

// readLock learns which files the toolkit generated here.
func (repo *repository) readLock() error {
	var err error
	repo.lock, err = fileset.ReadLock(repo.root.FS())
	return err
}

func (repo *repository) close() {
	repo.release()
	repo.root.Close()
}

// scan looks at everything but what the toolkit generated, and at the evidence kept elsewhere. On a terminal it says how far it is when it takes long.
func (repo *repository) scan(ctx context.Context, s Streams, e evidence) (*legacy.Scanned, error) {
	ops, closeOps, err := e.openOps()
	defer closeOps()
	if err != nil {
		return nil, err
	}
	hosts, err := e.snapshots()
	if err != nil {
		return nil, err
	}
	var notes []scan.Note
	moved := repo.lock.Moved(repo.root)
	o := legacy.ScanOptions{Ops: ops, Hosts: hosts, Ignore: func(path string) bool {
		if repo.ours(path) {
			return true
		}
		from, ok := moved(path)
		if ok {
			notes = append(notes, scan.Note{File: path, Text: "this is what migrate generated as " + from + ", so it is no evidence; it is yours now, and " + from + " stays deleted"})
		}
		return ok
	}}
	if s.Terminal() {
		start, shown := time.Now(), false
		o.Progress = func(files int) {
			if shown || time.Since(start) > time.Second {
				shown = true
				fmt.Fprintf(s.Err, "\rlooking through %d files", files)
			}
		}
		defer func() {
			if shown {
				fmt.Fprint(s.Err, "\r\x1b[K")
			}
		}()
	}
	scanned, err := legacy.Scan(ctx, treeOf(repo.root), o)
	if err == nil {
		scanned.Notes = append(scanned.Notes, notes...)
	}
	return scanned, err
}

// ours says whether a file comes from the toolkit, or was taken over by it, and so is no evidence. What kube_create_config
// renders is not in the lock: no commit holds it.
func (repo *repository) ours(path string) bool {
	if repo.app != nil && repo.app.NamedFiles()[path] != "" {
		return true
	}
	if strings.HasSuffix(path, fileset.BeforeSuffix) || len(repo.lock.Files) > 0 && strings.HasPrefix(path, adopt.Dir("")+"/") {
		return true
	}
	return path == service.FileName || repo.lock.Owns(path) || strings.HasPrefix(path, renderedDir+"/") && (len(repo.lock.Files) > 0 || repo.wasRendered(path))
}

// wasRendered says whether a file begins as those of kube_create_config do, which outlive a lock that was deleted.
func (repo *repository) wasRendered(path string) bool {
	f, err := repo.root.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, len(renderedFrom))
	_, err = io.ReadFull(f, start)
	return err == nil && string(start) == renderedFrom
}

// resolve makes the model of what was found; what migrate.yaml says already stays.
func (repo *repository) resolve(scanned *legacy.Scanned, environments []string) (*legacy.Resolution, error) {
	res := repo.found(scanned, environments, true)
	return res, repo.adopt(res, environments)
}

// found makes the model of what was found, as if there were no migrate.yaml; further as in ResolveOptions.
func (repo *repository) found(scanned *legacy.Scanned, environments []string, further bool) *legacy.Resolution {
	o := legacy.ResolveOptions{Name: repo.name, Origin: origin(repo.root), Environments: environments, Further: further}
	if repo.app != nil {
		o.Known, o.Team = repo.app.Name, repo.app
	}
	if text, ok := repo.lock.LastModel(repo.root); ok {
		if last, err := service.Load(service.FileName, text); err == nil {
			o.Last = last
		}
	}
	return legacy.Resolve(scanned, o)
}

// adopt puts migrate.yaml in the place of what was found, and adds the environments that it does not have.
func (repo *repository) adopt(res *legacy.Resolution, environments []string) error {
	if repo.app == nil {
		return nil
	}
	found := res.App
	if err := res.Adopt(repo.app, service.Lines(repo.text)); err != nil {
		return err
	}
	for _, name := range environments {
		if _, known := res.App.Environments[name]; !known {
			res.App.AddEnvironment(name, found.Environments[name])
		}
	}
	return nil
}

// compare renders everything and says what would happen to each file; model is what migrate.yaml is to hold.
func (repo *repository) compare(app *service.App, model []byte, accept ...fileset.Accept) ([]fileset.Change, error) {
	files, err := generators.Render(app)
	if err != nil {
		return nil, err
	}
	changes, err := fileset.Compare(repo.root, repo.lock, files, accept...)
	if err != nil {
		return nil, err
	}
	reason := "the model of what was found: read it first"
	if repo.text != nil {
		reason = cmp.Or(repo.why, "what was found since goes in; yours is kept")
	}
	change, err := fileset.Put(repo.root, service.FileName, model, reason)
	if err != nil {
		return nil, err
	}
	if repo.evidence != nil {
		change = change.From(repo.evidence)
	} else {
		change = change.Since(repo.root, repo.lock)
	}
	return append([]fileset.Change{change}, changes...), nil
}

func (repo *repository) write(ctx context.Context, changes []fileset.Change) error {
	return fileset.Write(ctx, repo.root, changes, repo.lock, migrate.Version)
}
