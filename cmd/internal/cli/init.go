package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

type initOptions struct {
	dir          string
	dryRun       bool
	diff         bool
	noInput      bool
	environments []string
	evidence     evidence
	out          output
}

func newInit(s Streams) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Find out what the service is and write everything it needs",
		Long: `init reads the repository in DIR (the current directory if it is left out), finds out what runs there, how it is
started, on which port and what it calls, and writes migrate.yaml with the evidence for each value and every generated file.

It runs nothing of the repository. A file that the team has is kept. Run it again at any time: what migrate.yaml says stays.

What the repository does not know, those know who operate the service: --ops reads their code, --host what migrate inspect
saw on the machine that runs it. With --host alone, an empty directory is enough to begin.

Exit code 3 means that an answer is needed before everything can be generated; the summary says which.`,
		Example: `  migrate init --dry-run          look first, write nothing
  migrate init --diff             the same, as a diff
  migrate init                    on a terminal: shows the plan and asks what is open
  migrate init --ops ~/src/puppet --ops ~/src/nagios-config
  migrate init --host web1.json --host web2.json
  migrate init --no-input -o json --env staging,production ~/src/shop`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = "."
			o.dryRun = o.dryRun || o.diff
			if len(args) == 1 {
				o.dir = args[0]
			}
			return runInit(cmd.Context(), s, o)
		},
	}
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be written, write nothing")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "write nothing, show the changes to each file; exit 3 if there are any")
	cmd.Flags().BoolVar(&o.noInput, "no-input", false, "ask nothing, even on a terminal")
	o.evidence.add(cmd)
	cmd.Flags().StringSliceVar(&o.environments, "env", nil, "environments to make (default staging,production)")
	o.out.add(cmd)
	return cmd
}

func runInit(ctx context.Context, s Streams, o initOptions) error {
	for _, name := range o.environments {
		if !service.Label(name) {
			return usage("--env: %q is no name of an environment: a-z, 0-9 and -", name)
		}
	}
	repo, err := repositoryFor(ctx, s, o.dir, !o.dryRun)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	scanned, err := repo.scan(ctx, s, o.evidence)
	if err != nil {
		return err
	}
	res, err := repo.resolved(scanned, o)
	if err != nil {
		return err
	}
	if len(res.App.Services) == 0 {
		return nothingFound(s, o, scanned, res)
	}
	if o.interactive(s) {
		printFound(s.Err, scanned, res)
		printNotes(s.Err, res.Notes)
		if err := ask(ctx, s, res); err != nil {
			return err
		}
	}
	changes, err := repo.planned(res)
	if err != nil {
		return err
	}
	if o.interactive(s) {
		repo.printPlan(s.Err, changes)
		if yes, err := confirm(ctx, s, "Write these files?"); err != nil || !yes {
			return errors.Join(err, withCode(exitFailed, errors.New("nothing was written")))
		}
	}
	if !o.dryRun {
		if err := repo.write(ctx, changes); err != nil {
			return err
		}
	}
	return repo.report(s, o, scanned, res, changes)
}

// resolved is the model of what was found and of what migrate.yaml says. The first init makes the environments that it is told;
// a later one adds those that are told, and those that the evidence has now.
func (repo *repository) resolved(scanned *legacy.Scanned, o initOptions) (*legacy.Resolution, error) {
	environments, again := o.environments, repo.lock.Model != ""
	if repo.app != nil && again {
		environments = both(repo.app.EnvironmentNames(), environments)
	}
	res := repo.found(scanned, environments, again)
	seen := res
	if !again && len(environments) > 0 { // the others are known, so they are no news next time
		seen = repo.found(scanned, environments, true)
	}
	return res, errors.Join(repo.renew(seen, o.evidence), repo.adopt(res, o.environments))
}

// interactive says whether a person is shown the plan and asked before anything is written.
func (o initOptions) interactive(s Streams) bool {
	return s.Terminal() && !o.noInput && !o.dryRun && !o.out.json()
}

// planned is what init would do to every file, migrate.yaml first.
func (repo *repository) planned(res *legacy.Resolution) ([]fileset.Change, error) {
	if err := res.App.Validate(); err != nil {
		return nil, err
	}
	model, err := service.Format(res.App, res.Comment)
	if repo.text != nil {
		model, err = service.Edit(repo.text, res.App, res.Comment)
	}
	if err != nil {
		return nil, err
	}
	changes, err := repo.compare(res.App, model)
	if err != nil {
		return nil, err
	}
	files, err := repo.configFiles(res.App, res.Files)
	return append(changes, files...), err
}

func nothingFound(s Streams, o initOptions, scanned *legacy.Scanned, res *legacy.Resolution) error {
	if o.out.json() {
		if err := printJSON(s.Out, newInitJSON(res, nil)); err != nil {
			return err
		}
	}
	printNotes(s.Err, res.Notes)
	return withCode(exitOpen, fmt.Errorf("no service was found in %s (%s seen): write %s by hand, the least it needs is\n"+
		"  version: 1\n  name: shop\n  image: registry.example.com/shop\n  services: {web: {language: python, command: [gunicorn, shop.wsgi], port: 8000}}\n"+
		"then run migrate generate", o.dir, plural(scanned.Files, "file"), service.FileName))
}

func (repo *repository) report(s Streams, o initOptions, scanned *legacy.Scanned, res *legacy.Resolution, changes []fileset.Change) error {
	switch {
	case o.out.json():
		if err := printJSON(s.Out, newInitJSON(res, changes)); err != nil {
			return err
		}
	case o.diff:
		if err := printDiff(s, changes); err != nil || !fileset.Pending(changes) {
			return err
		}
		return withCode(exitOpen, nil)
	case o.interactive(s): // who has seen the plan needs no second one
		printQuestions(s.Out, res.App, res.Questions)
		repo.printKept(s.Out, res, changes)
		printNext(s.Out, o, res)
	default:
		printFound(s.Out, scanned, res)
		repo.printPlan(s.Out, changes)
		printNotes(s.Out, res.Notes)
		printQuestions(s.Out, res.App, res.Questions)
		repo.printKept(s.Out, res, changes)
		printNext(s.Out, o, res)
	}
	return openEnd(res.Questions, changes)
}

// openEnd is the exit code of what still wants a person: an answer without which something is missing, or a conflict.
func openEnd(questions []legacy.Question, changes []fileset.Change) error {
	for _, q := range questions {
		if q.Open() {
			return withCode(exitOpen, fmt.Errorf("%s is needed: write it into %s, then run migrate generate", q.Field, service.FileName))
		}
	}
	for _, c := range changes {
		if c.Action == fileset.Conflict {
			return withCode(exitOpen, fmt.Errorf("%s: %s", c.Path, c.Reason))
		}
	}
	return nil
}

// initJSON is what init -o json prints.
type initJSON struct {
	App      *service.App               `json:"app"`
	Evidence map[string][]scan.Evidence `json:"evidence"`
	Open     []legacy.Question          `json:"open"`
	Files    []fileset.Change           `json:"files"`
	Notes    []scan.Note                `json:"notes"`
}

func newInitJSON(res *legacy.Resolution, changes []fileset.Change) initJSON {
	out := initJSON{res.App, res.Evidence(), res.Questions, changes, res.Notes}
	if out.Open == nil {
		out.Open = []legacy.Question{}
	}
	for i := range out.Open {
		if out.Open[i].Choices == nil {
			out.Open[i].Choices = []string{}
		}
	}
	if out.Files == nil {
		out.Files = []fileset.Change{}
	}
	if out.Notes == nil {
		out.Notes = []scan.Note{}
	}
	return out
}

func printNext(w io.Writer, o initOptions, res *legacy.Resolution) {
	if o.dryRun {
		fmt.Fprintf(w, "\nNothing was written. To write it: migrate init%s\n", dirArgument(o.dir))
		return
	}
	var env, name string
	if names := res.App.EnvironmentNames(); len(names) > 0 {
		name = names[len(names)-1]
		env = " ENV=" + name
	}
	where := ""
	if o.dir != "." {
		where = ", in " + o.dir
	}
	fmt.Fprintf(visible{w}, "\nNext%s: read migrate.yaml, then\n  %s\n", where, strings.Join([]string{"make run_local", "make smoke_test", "make kube_create_config" + env}, "\n  "))
	fmt.Fprintf(visible{w}, "and then, any day: migrate status%s\n", dirArgument(o.dir))
	printBefore(w, "run_local", beforeRun(res.App))
	printBefore(w, "kube_apply"+env, beforeApply(res.App, name))
}

func printBefore(w io.Writer, target string, todo []string) {
	if len(todo) > 0 {
		fmt.Fprintf(visible{w}, "\nBefore make %s\n  %s\n", target, strings.Join(todo, "\n  "))
	}
}

// beforeRun is what run_local would stop at.
func beforeRun(app *service.App) []string {
	names := generators.WithoutDockerfile(app)
	if len(names) == 0 {
		return nil
	}
	const shown = 5
	more := ""
	if len(names) > shown {
		names, more = names[:shown], fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return []string{fmt.Sprintf("nothing here knows how to build %s%s: write a Dockerfile, and name it in build.dockerfile in %s", strings.Join(names, ", "), more, service.FileName)}
}

// beforeApply is what no file of a repository can tell and kube_apply would stop at.
func beforeApply(app *service.App, env string) []string {
	var todo []string
	if e, ok := app.Environments[env]; ok && e.Context == "" {
		todo = append(todo, fmt.Sprintf("environments.%s.context in %s: which cluster? A name from kubectl config get-contexts", env, service.FileName))
	}
	secret, sidecar := false, false
	for _, name := range app.ServiceNames() {
		secret = secret || len(app.Services[name].Secrets) > 0
		sidecar = sidecar || app.Services[name].Sidecar
	}
	if secret {
		todo = append(todo, "make secrets_check ENV="+env+": which keys does gopass lack?")
	}
	if sidecar {
		todo = append(todo, "the image of migrate-sidecar in your registry, once: make sidecar_image in the toolkit's repository, then docker push")
	}
	return todo
}

func dirArgument(dir string) string {
	if dir == "." {
		return ""
	}
	return " " + shellWord(dir)
}

var plainWord = pattern.MustCompile(`^[A-Za-z0-9_./:@%+,=][A-Za-z0-9_./:@%+,=-]*$`)

// shellWord quotes a path so that the line it is in can be copied to a shell.
func shellWord(path string) string {
	if plainWord.MatchString(path) {
		return path
	}
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
