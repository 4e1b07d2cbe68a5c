package cli

import (
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type addProcessOptions struct {
	addOptions
	from    string
	process service.Service
}

func newAddProcess(s Streams) *cobra.Command {
	var o addProcessOptions
	cmd := &cobra.Command{
		Use:   "process NAME [flags] -- COMMAND [ARGUMENT]...",
		Short: "Another process of the same code: a worker, a job, a step before each rollout",
		Long: `The process runs from the image of --from, with its configuration, secrets and needs. It is a worker that runs all the
time; with --schedule a job; with --release a step that ends before each rollout begins; with --port it serves.`,
		Example: `  migrate add process worker -- celery -A shop worker
  migrate add process nightly --schedule "0 3 * * *" --timezone Europe/Warsaw -- python manage.py report
  migrate add process migrations --release --from web -- python manage.py migrate`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := o.words(args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), s, func(a *addition) error { return o.change(a, name) })
		},
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "the service whose image it is, where there are several")
	complete(cmd, "from", (*service.App).Bases)
	f.StringVar(&o.process.Schedule, "schedule", "", "five cron fields")
	f.StringVar(&o.process.TimeZone, "timezone", "", "time zone of the schedule")
	f.BoolVar(&o.process.Release, "release", false, "runs to its end before each rollout")
	f.IntVar(&o.process.Port, "port", 0, "TCP port on which it serves HTTP")
	return cmd
}

// words takes the arguments apart: the name, and the command as the words that it is.
func (o *addProcessOptions) words(args []string) (name string, err error) {
	switch {
	case len(args) == 0:
		return "", usage("which name? migrate add process NAME -- COMMAND [ARGUMENT]...")
	case len(args) == 1:
		return "", usage("what does %s run? migrate add process %s -- COMMAND [ARGUMENT]...", args[0], args[0])
	case len(args) == 2 && strings.ContainsAny(args[1], " \t"):
		return "", usage("%q would be the name of one program: write its words without quotes behind --", args[1])
	}
	o.process.Command = args[1:]
	return args[0], named("a process", service.Label, labelForm, args[0])
}

func (o *addProcessOptions) change(a *addition, name string) error {
	bases := a.app.Bases()
	switch from := a.app.Services[o.from]; {
	case o.from == "" && len(bases) == 1:
		o.process.From = bases[0]
	case o.from == "":
		return usage("of which service? --from %s", strings.Join(bases, "|"))
	case from == nil:
		return usage("--from: there is no service %s%s", o.from, service.DidYouMean(o.from, a.app.Services))
	default:
		o.process.From = a.app.Base(o.from)
	}
	field := "services." + name
	if have := a.app.Services[name]; have != nil {
		if reflect.DeepEqual(*have, o.process) {
			a.is(field)
			return nil
		}
		return a.taken(field, "it runs "+strings.Join(have.Command, " "), "change it there and run migrate generate, or take another name")
	}
	process := o.process
	a.app.Services[name] = &process
	a.fields = append(a.fields, field)
	return nil
}
