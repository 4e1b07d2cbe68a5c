package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type statusOptions struct {
	dir string
	env string
	out output
}

func newStatus(s Streams) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status [DIR]",
		Short: "The ten steps of the migration: which are done here, and what is next",
		Long: `status goes through the ten steps of a migration and says for each what the repository has of it and what it lacks, with
the line to change or the command to run. A step is done when nothing of it is missing here.

It reads migrate.yaml and the files of the repository, runs nothing and changes nothing. What runs in a cluster no file
tells: with --env, step 4 asks the cluster which release is there, and make kube_status ENV=NAME says how it is.`,
		Example: `  migrate status
  migrate status --env staging
  migrate status -o json | jq -r .next`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runStatus(cmd.Context(), s, o)
		},
	}
	cmd.Flags().StringVar(&o.env, "env", "", "ask the clusters of these environments too; several with commas, or all")
	o.out.add(cmd)
	return cmd
}

// recipe is the ten steps, and how far a repository is with them.
type recipe struct {
	App   string `json:"app"`
	Steps []step `json:"steps"`
	Next  string `json:"next"` // what to do next; "" where all is done
}

// step is one of the ten.
type step struct {
	Number  int       `json:"number"`
	Name    string    `json:"name"`
	Done    bool      `json:"done"`
	Has     []string  `json:"has"`     // what of it is there
	Missing []missing `json:"missing"` // in the order in which to bring it
}

// missing is what a step lacks: where that would stand, and what brings it.
type missing struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
	Next string `json:"next"`
}

func runStatus(ctx context.Context, s Streams, o statusOptions) error {
	repo, err := openRepository(o.dir)
	if err != nil {
		return err
	}
	defer repo.close()
	p := recipe{App: repo.name}
	if repo.app == nil {
		p.unbegun(o.dir)
	} else {
		var asked []string
		if o.env != "" {
			if asked, err = environments(repo.app, o.env); err != nil {
				return err
			}
		}
		if err := repo.readLock(); err != nil {
			return err
		}
		if p, err = repo.recipe(ctx, asked); err != nil {
			return err
		}
	}
	if o.out.json() {
		return printJSON(s.Out, p)
	}
	printRecipe(s.Out, p)
	return nil
}

// unbegun is the recipe for a repository without a migrate.yaml.
func (p *recipe) unbegun(dir string) {
	p.Next = "migrate init" + dirArgument(dir)
	for i, ask := range stepList {
		p.Steps = append(p.Steps, step{Number: i + 1, Name: ask.name, Has: []string{}, Missing: []missing{}})
	}
	p.Steps[0].Missing = []missing{{Text: "there is no " + service.FileName, Next: p.Next}}
}

// stepLines is how much of what a step has, and of what it lacks, is printed; -o json has all.
const stepLines = 5

func printRecipe(w io.Writer, p recipe) {
	w = visible{w}
	done := 0
	for _, s := range p.Steps {
		if s.Done {
			done++
		}
	}
	fmt.Fprintf(w, "%s: %d of %s done\n\n", p.App, done, plural(len(p.Steps), "step"))
	for _, s := range p.Steps {
		state, has := "open", ""
		if s.Done {
			state = "done"
		}
		if len(s.Has) > 0 {
			has = ": " + strings.Join(s.Has[:min(len(s.Has), stepLines)], "; ")
		}
		if more := len(s.Has) - stepLines; more > 0 {
			has += fmt.Sprintf("; and %d more", more)
		}
		fmt.Fprintf(w, "  %2d  %s  %s%s\n", s.Number, state, s.Name, has)
		for _, m := range s.Missing[:min(len(s.Missing), stepLines)] {
			fmt.Fprintf(w, "            %s%s\n", place(m.File, m.Line), m.Text)
		}
		if more := len(s.Missing) - stepLines; more > 0 {
			fmt.Fprintf(w, "            and %d more: -o json has all\n", more)
		}
	}
	if p.Next != "" {
		fmt.Fprintf(w, "\nNext: %s\n", p.Next)
	}
}
