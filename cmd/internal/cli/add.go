package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// addOptions are what every kind of addition has.
type addOptions struct {
	dir     string
	dryRun  bool
	replace bool
	service []string
	envs    []string
	out     output
}

// addition is what a kind of addition does to the model, and what is said of it.
type addition struct {
	app    *service.App   // changed in place
	lines  map[string]int // of migrate.yaml as it is
	fields []string       // of migrate.yaml that are new, or hold another value
	said   []string       // what was there already, and what is left to do
	opt    addOptions
}

func newAdd(s Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add need|env|secret|process|route|bridge NAME",
		Short: "Put something into migrate.yaml and generate",
		Long: `add writes what it is told into migrate.yaml, checks the whole of it, and generates the files. Every other byte of
migrate.yaml stays as it is: comments, order and layout. Where anything is wrong nothing is written.

What is there already in the same words is no error; what is there in others is, and stays.`,
		Example: `  migrate add need cache --kind redis
  migrate add env LOG_LEVEL=info
  migrate add secret STRIPE_KEY
  migrate add process nightly --schedule "0 3 * * *" -- python manage.py report
  migrate add route shop.example.com/api
  migrate add bridge db --env production --host db1.corp.example`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAddNeed(s), newAddEnv(s), newAddSecret(s), newAddProcess(s), newAddRoute(s), newAddBridge(s))
	return cmd
}

// flags are those of every kind; which are the names of further ones that it takes: service, env, replace.
func (o *addOptions) flags(cmd *cobra.Command, which ...string) {
	f := cmd.Flags()
	f.StringVarP(&o.dir, "dir", "C", ".", "the repository")
	f.BoolVar(&o.dryRun, "dry-run", false, "show what would change, write nothing")
	o.out.add(cmd)
	for _, name := range which {
		switch name {
		case "service":
			f.StringSliceVar(&o.service, "service", nil, "the service that it is for, where there are several")
			complete(cmd, "service", (*service.App).ServiceNames)
		case "env":
			f.StringSliceVar(&o.envs, "env", nil, "the environment, or several with commas")
			complete(cmd, "env", (*service.App).EnvironmentNames)
		case "replace":
			f.BoolVar(&o.replace, "replace", false, "put it in the place of what is there")
		}
	}
}

// run changes the model as told, checks it, writes migrate.yaml and generates.
func (o addOptions) run(ctx context.Context, s Streams, change func(*addition) error) error {
	repo, err := migratedFor(ctx, s, o.dir, !o.dryRun)
	if err != nil {
		return err
	}
	defer repo.close()
	if err := repo.readLock(); err != nil {
		return err
	}
	app, err := service.Load(service.FileName, repo.text)
	if err != nil {
		return err
	}
	a := &addition{app: app, lines: service.Lines(repo.text), opt: o}
	if err := change(a); err != nil {
		return err
	}
	if err := app.Validate(); err != nil {
		return fmt.Errorf("%w\nnothing was written", err)
	}
	text := repo.text
	if len(a.fields) > 0 {
		if text, err = service.Edit(repo.text, app, a.comment); err != nil {
			return err
		}
		if _, err := service.Load(service.FileName, text); err != nil {
			return fmt.Errorf("%w\nnothing was written: %s is of a form that can't be changed here, do it by hand", err, service.FileName)
		}
		repo.why = "what you added goes in"
	}
	changes, err := repo.compare(app, text)
	if err != nil {
		return err
	}
	if !o.dryRun && len(a.fields) > 0 {
		if err := repo.write(ctx, changes); err != nil {
			return err
		}
	}
	return a.report(s, changes)
}

// comment is what stands in migrate.yaml behind what a person said.
func (a *addition) comment(field string) string {
	if slices.Contains(a.fields, field) {
		return "asked: migrate add"
	}
	return ""
}

func (a *addition) report(s Streams, changes []fileset.Change) error {
	if len(a.fields) == 0 {
		changes = nil
	}
	if a.opt.out.json() {
		added := a.fields
		if added == nil {
			added = []string{}
		}
		if err := printJSON(s.Out, map[string]any{"added": added, "files": orEmpty(changes), "notes": append([]string{}, a.said...)}); err != nil {
			return err
		}
		return openEnd(nil, changes)
	}
	w := visible{s.Out}
	if a.opt.dryRun {
		for _, c := range changes {
			if c.Path == service.FileName {
				if err := fileset.Diff(w, c); err != nil {
					return err
				}
			}
		}
	}
	if len(a.fields) > 0 {
		printPlan(s.Out, onlyNews(changes))
	}
	for _, text := range a.said {
		fmt.Fprintf(w, "%s\n", text)
	}
	if a.opt.dryRun && len(a.fields) > 0 {
		fmt.Fprintln(w, "Nothing was written: --dry-run")
	}
	return openEnd(nil, changes)
}

func orEmpty(changes []fileset.Change) []fileset.Change {
	if changes == nil {
		return []fileset.Change{}
	}
	return changes
}

// onlyNews leaves out the files that stay as they are.
func onlyNews(changes []fileset.Change) []fileset.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c fileset.Change) bool { return c.Action == fileset.Keep })
}

func (a *addition) say(format string, args ...any) {
	a.said = append(a.said, fmt.Sprintf(format, args...))
}

// is notes that a field has the value already.
func (a *addition) is(field string) { a.say("%s is there already%s", field, a.at(field)) }

// at is where a field stands, for the end of a sentence.
func (a *addition) at(field string) string {
	if line := a.lines[field]; line > 0 {
		return fmt.Sprintf(" (%s:%d)", service.FileName, line)
	}
	return ""
}

// taken is the error for a name that is there with another value.
func (a *addition) taken(field, value, way string) error {
	line := ""
	if n := a.lines[field]; n > 0 {
		line = fmt.Sprintf(":%d", n)
	}
	return fmt.Errorf("%s%s: %s is there already: %s; %s", service.FileName, line, field, value, way)
}

// services are those of --service: by itself the only one with code. what says what is done with it.
func (a *addition) services(what string) ([]string, error) {
	if len(a.opt.service) == 0 {
		bases := a.app.Bases()
		if len(bases) == 1 {
			return bases, nil
		}
		return nil, usage("which service %s? --service %s", what, strings.Join(bases, "|"))
	}
	for _, name := range a.opt.service {
		if a.app.Services[name] == nil {
			return nil, usage("--service: there is no service %s%s", name, service.DidYouMean(name, a.app.Services))
		}
	}
	return a.opt.service, nil
}

// environments are those of --env.
func (a *addition) environments() ([]string, error) {
	for _, name := range a.opt.envs {
		if _, ok := a.app.Environments[name]; !ok {
			return nil, usage("--env: there is no environment %s%s", name, service.DidYouMean(name, a.app.Environments))
		}
	}
	return a.opt.envs, nil
}

// named wants names of a form before the model is looked at.
func named(what string, ok func(string) bool, form string, names ...string) error {
	for _, name := range names {
		if !ok(name) {
			return usage("%q is no name of %s: %s", name, what, form)
		}
	}
	return nil
}

const labelForm = "a-z, 0-9 and -, with a letter or digit at both ends"

// set puts a value into a map of the model that may be nil.
func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// complete offers names of the model for a flag.
func complete(cmd *cobra.Command, flag string, names func(*service.App) []string) {
	// The error is a flag that is not there: the test of the completions sees it.
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return modelNames(cmd, names), cobra.ShellCompDirectiveNoFileComp
	})
}

// modelNames asks the model of the repository; without one there is nothing to offer.
func modelNames(cmd *cobra.Command, names func(*service.App) []string) []string {
	dir, err := cmd.Flags().GetString("dir")
	if err != nil {
		return nil
	}
	repo, err := openMigrated(dir)
	if err != nil {
		return nil
	}
	defer repo.close()
	return names(repo.app)
}
