package cli

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// answerFlags say what a need leads to in an environment.
type answerFlags struct {
	host      string
	addresses []string
	inside    bool
	port      int
}

func (o *answerFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.host, "host", "", "host name at which it answers today")
	cmd.Flags().StringSliceVar(&o.addresses, "address", nil, "IP address at which it answers today, or several with commas")
	cmd.Flags().BoolVar(&o.inside, "inside", false, "a workload of its own in the namespace")
}

// answer is nil where none of the flags is given.
func (o *answerFlags) answer() (*service.Answer, error) {
	given := 0
	for _, is := range []bool{o.host != "", len(o.addresses) > 0, o.inside} {
		if is {
			given++
		}
	}
	switch {
	case given == 0:
		return nil, nil
	case given > 1:
		return nil, usage("one of --host, --address and --inside: a need has one answer in an environment")
	}
	if _, err := netip.ParseAddr(o.host); err == nil {
		return nil, usage("--host: %s is an address: --address %s", o.host, o.host)
	}
	return &service.Answer{Host: strings.ToLower(o.host), Addresses: o.addresses, Inside: o.inside, Port: o.port}, nil
}

type addNeedOptions struct {
	addOptions
	need   service.Need
	answer answerFlags
}

func newAddNeed(s Streams) *cobra.Command {
	var o addNeedOptions
	cmd := &cobra.Command{
		Use:   "need NAME",
		Short: "Something that the service calls: a database, a cache, another system",
		Long: `A need is a name that the service calls: its configuration says NAME:PORT everywhere. make run_local answers it with a
container; each environment with what --host, --address or --inside says. Where that is not said, an environment other
than production gets a workload of its own if an image of the kind exists, and else a placeholder that kube_apply refuses:
migrate add bridge fills it in.

A NAME that is a kind needs no --kind, and a known kind no --port.`,
		Example: `  migrate add need redis
  migrate add need db --kind postgres --version 12 --database shop --env production --host db1.corp.example
  migrate add need erp --kind http --port 8443 --tls --address 10.2.3.4,10.2.3.5 --service web --service worker`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := named("a need", service.Label, labelForm, args...); err != nil {
				return err
			}
			return o.run(cmd.Context(), s, func(a *addition) error { return o.change(a, args[0]) })
		},
	}
	o.flags(cmd, "service", "env")
	f := cmd.Flags()
	f.StringVar(&o.need.Kind, "kind", "", "postgres, mysql, redis, rabbitmq, http ...")
	complete(cmd, "kind", func(*service.App) []string { return service.KindNames() })
	f.StringVar(&o.need.Version, "version", "", "version that runs today")
	f.IntVar(&o.need.Port, "port", 0, "TCP port (default: the kind's)")
	f.BoolVar(&o.need.TLS, "tls", false, "it is called with TLS")
	f.StringVar(&o.need.Database, "database", "", "name of the database that run_local creates")
	f.StringVar(&o.need.User, "user", "", "name of the account that run_local creates")
	f.StringSliceVar(&o.need.Init, "init", nil, "script of the repository that run_local's container runs when it makes the database")
	o.answer.add(cmd)
	return cmd
}

func (o *addNeedOptions) change(a *addition, name string) error {
	answer, err := o.answer.answer()
	if err != nil {
		return err
	}
	if have, ok := a.app.Needs[name]; ok {
		if err := o.agrees(a, name, have); err != nil {
			return err
		}
		a.is("needs." + name)
	} else {
		need, err := o.complete(name)
		if err != nil {
			return err
		}
		set(&a.app.Needs, name, need)
		a.fields = append(a.fields, "needs."+name)
	}
	envs, err := a.environments()
	if err != nil {
		return err
	}
	callers, err := a.services("calls it")
	if err != nil {
		return err
	}
	for _, caller := range callers {
		s := a.app.Services[caller]
		if !slices.Contains(a.app.Effective(caller).Needs, name) {
			s.Needs = append(s.Needs, name)
			a.fields = append(a.fields, "services."+caller+".needs")
		}
	}
	return a.answers(name, answer, envs)
}

// complete fills in what the kind says by itself.
func (o *addNeedOptions) complete(name string) (service.Need, error) {
	need := o.need
	if _, known := service.KindOf(name); known && need.Kind == "" {
		need.Kind = name
	}
	kinds := map[string]bool{}
	for _, kind := range service.KindNames() {
		kinds[kind] = true
	}
	if need.Kind == "" {
		return need, usage("of which kind is %s? --kind %s ...", name, strings.Join([]string{"postgres", "mysql", "redis", "rabbitmq", "http"}, "|"))
	}
	kind, known := service.KindOf(need.Kind)
	if near := service.DidYouMean(need.Kind, kinds); !known && (need.Port == 0 || strings.HasPrefix(near, "; did")) {
		return need, usage("--kind: %q is not known%s; another kind needs a --port", need.Kind, near)
	}
	if need.Port == 0 {
		need.Port = kind.Port
	}
	if need.Port == 0 {
		return need, usage("%s has no port by convention: --port", need.Kind)
	}
	return need, nil
}

// agrees says whether what is told of a need that is there is what stands there.
func (o *addNeedOptions) agrees(a *addition, name string, have service.Need) error {
	told, is := reflect.ValueOf(o.need), reflect.ValueOf(have)
	for i := range told.NumField() {
		if !told.Field(i).IsZero() && !reflect.DeepEqual(told.Field(i).Interface(), is.Field(i).Interface()) {
			field, _, _ := strings.Cut(told.Type().Field(i).Tag.Get("yaml"), ",")
			return a.taken("needs."+name, fmt.Sprintf("%s with the %s %v", have.Kind, field, is.Field(i).Interface()), "change it there and run migrate generate")
		}
	}
	return nil
}

// answers gives every environment an answer to the need: those named the one that was told, the others what there is.
func (a *addition) answers(name string, told *service.Answer, envs []string) error {
	for _, env := range a.app.EnvironmentNames() {
		field := "environments." + env + ".needs." + name
		e := a.app.Environments[env]
		have, answered := e.Needs[name]
		mine := told != nil && (len(envs) == 0 || slices.Contains(envs, env))
		open := service.IsPlaceholder(have.Host)
		switch {
		case !mine && answered:
			continue
		case !mine:
			have = legacy.Unanswered(name, a.app.Needs[name].Kind, env)
			a.placeholder(name, env, have)
		case answered && reflect.DeepEqual(have, *told):
			a.is(field)
			continue
		case answered && !open && !a.opt.replace:
			return a.taken(field, answerText(have), fmt.Sprintf("migrate add bridge %s --env %s --replace puts another in its place", name, env))
		default:
			have = *told
		}
		set(&e.Needs, name, have)
		a.app.Environments[env] = e
		a.fields = append(a.fields, field)
	}
	return nil
}

func (a *addition) placeholder(name, env string, answer service.Answer) {
	if answer.Inside {
		a.say("%s gets a %s of its own in %s; its data is not kept", env, a.app.Needs[name].Kind, name)
		return
	}
	a.say("To fill in: where does %s's %s answer? migrate add bridge %s --env %s --host NAME", env, name, name, env)
}

func answerText(a service.Answer) string {
	switch {
	case a.Inside:
		return "inside"
	case a.Host != "":
		return "host " + a.Host
	}
	return "addresses " + strings.Join(a.Addresses, ", ")
}

func newAddBridge(s Streams) *cobra.Command {
	var (
		o      addOptions
		answer answerFlags
	)
	cmd := &cobra.Command{
		Use:   "bridge NEED --env ENV",
		Short: "Where a need answers in an environment",
		Long: `A bridge leads from the name that the service calls to where that answers today: --host makes an alias in the cluster's
DNS, --address a Service with these addresses, --inside a workload of its own. A placeholder is replaced; an answer that
somebody gave only with --replace.`,
		Example: `  migrate add bridge db --env production --host db1.corp.example
  migrate add bridge erp --env staging,production --address 10.2.3.4 --port 8443
  migrate add bridge db --env staging --inside --replace`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return modelNames(cmd, (*service.App).NeedNames), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, func(a *addition) error { return bridgeTo(a, args[0], answer) })
		},
	}
	o.flags(cmd, "env", "replace")
	answer.add(cmd)
	cmd.Flags().IntVar(&answer.port, "port", 0, "port at those addresses where it is another than the need's")
	return cmd
}

func bridgeTo(a *addition, name string, flags answerFlags) error {
	if _, ok := a.app.Needs[name]; !ok {
		return fmt.Errorf("there is no need %s%s; migrate add need %s makes it", name, service.DidYouMean(name, a.app.Needs), name)
	}
	told, err := flags.answer()
	if err != nil {
		return err
	}
	if told == nil {
		return usage("where does %s answer? --host NAME, --address IP or --inside", name)
	}
	envs, err := a.environments()
	if err != nil {
		return err
	}
	if len(envs) == 0 {
		return usage("in which environment? --env %s", strings.Join(a.app.EnvironmentNames(), "|"))
	}
	return a.answers(name, told, envs)
}
