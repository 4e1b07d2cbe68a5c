package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const variableForm = "letters, digits and _, not beginning with a digit"

func newAddEnv(s Streams) *cobra.Command {
	var (
		o     addOptions
		plain bool
	)
	cmd := &cobra.Command{
		Use:   "env NAME=VALUE...",
		Short: "Plain configuration: a variable and its value",
		Long: `Plain configuration goes into a ConfigMap and stands in migrate.yaml for everybody to read: of the service, or, with
--env, of an environment, where it goes before the service's. What looks like a secret is refused: migrate add secret.`,
		Example: `  migrate add env LOG_LEVEL=info WORKERS=4
  migrate add env LOG_LEVEL=debug --env staging
  migrate add env QUEUES=slow --service worker
  migrate add env LOG_LEVEL=warn --replace`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pairs, err := variables(args, plain)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), s, func(a *addition) error { return configure(a, pairs) })
		},
	}
	o.flags(cmd, "service", "env", "replace")
	cmd.Flags().BoolVar(&plain, "plain", false, "it is no secret, although it looks like one")
	return cmd
}

// variables takes NAME=VALUE apart. No message holds a value: it may be a secret.
func variables(args []string, plain bool) ([][2]string, error) {
	var pairs [][2]string
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if err := named("a variable", service.VariableName, variableForm, name); err != nil {
			return nil, err
		}
		switch {
		case !ok:
			return nil, usage("%s has no value: %s=VALUE; for a secret, whose value is not kept here, migrate add secret %s", name, name, name)
		case !plain && (scan.SecretName(name) || scan.SecretValue(name, value) || scan.HasAccount(value)):
			return nil, usage("%s looks like a secret, and %s is for everybody to read: migrate add secret %s; if it is none, say --plain", name, service.FileName, name)
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs, nil
}

func configure(a *addition, pairs [][2]string) error {
	envs, err := a.environments()
	if err != nil {
		return err
	}
	if len(envs) > 0 && len(a.opt.service) > 0 {
		return usage("--env and --service: an environment's value is for every service that has the variable; say it to the service or to the environment")
	}
	for _, env := range envs {
		e := a.app.Environments[env]
		for _, pair := range pairs {
			if err := a.variable(&e.Env, "environments."+env+".env.", pair[0], pair[1]); err != nil {
				return err
			}
			if a.setsIt(pair[0]) == 0 {
				a.say("no service sets %s: in %s all of them get it", pair[0], env)
			}
		}
		a.app.Environments[env] = e
	}
	if len(envs) > 0 {
		return nil
	}
	names, err := a.services("is it for")
	if err != nil {
		return err
	}
	for _, name := range names {
		for _, pair := range pairs {
			if slices.Contains(a.app.Effective(name).Secrets, pair[0]) {
				return a.taken("services."+name+".secrets", pair[0]+" is a secret", "take it out there first")
			}
			if err := a.variable(&a.app.Services[name].Env, "services."+name+".env.", pair[0], pair[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// setsIt counts the services that have a variable of their own.
func (a *addition) setsIt(variable string) int {
	n := 0
	for _, s := range a.app.Services {
		if _, ok := s.Env[variable]; ok {
			n++
		}
	}
	return n
}

func (a *addition) variable(env *map[string]string, at, name, value string) error {
	have, ok := (*env)[name]
	switch {
	case ok && have == value:
		a.is(at + name)
		return nil
	case ok && !a.opt.replace:
		return a.taken(at+name, fmt.Sprintf("%q", have), "--replace puts another in its place")
	}
	set(env, name, value)
	a.fields = append(a.fields, at+name)
	return nil
}

func newAddSecret(s Streams) *cobra.Command {
	var o addOptions
	cmd := &cobra.Command{
		Use:   "secret NAME...",
		Short: "A variable whose value stays in the secret store",
		Long: `A secret is a name in migrate.yaml; its value is kept in gopass, one for each environment or one for all, and never in a
file. make secrets_check says which keys are missing there.`,
		Example: `  migrate add secret STRIPE_KEY SENTRY_DSN
  migrate add secret BROKER_PASSWORD --service worker`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				name, _, value := strings.Cut(arg, "=")
				if value && service.VariableName(name) {
					return usage("the value of %s does not belong here, nor in the shell's history: migrate add secret %s, and then keep the value in gopass", name, name)
				}
				if err := named("a variable", service.VariableName, variableForm, name); err != nil {
					return err
				}
			}
			return o.run(cmd.Context(), s, func(a *addition) error { return keepSecret(a, args) })
		},
	}
	o.flags(cmd, "service")
	return cmd
}

func keepSecret(a *addition, keys []string) error {
	names, err := a.services("is it for")
	if err != nil {
		return err
	}
	for _, name := range names {
		field, s := "services."+name+".secrets", a.app.Services[name]
		for _, key := range keys {
			effective := a.app.Effective(name)
			_, plain := effective.Env[key]
			switch {
			case slices.Contains(effective.Secrets, key):
				a.say("%s: %s is there already%s", field, key, a.at(field))
				continue
			case plain && s.Env[key] != "":
				return a.taken("services."+name+".env."+key, "it is plain configuration", "take it out there first")
			case plain:
				return a.taken("services."+a.app.Base(name)+".env."+key, "it is plain configuration", "take it out there first")
			}
			s.Secrets = append(s.Secrets, key)
			if !slices.Contains(a.fields, field) {
				a.fields = append(a.fields, field)
			}
		}
	}
	if envs := a.app.EnvironmentNames(); len(a.fields) > 0 && len(envs) > 0 {
		a.say("Is its value in gopass? make secrets_check ENV=%s", envs[len(envs)-1])
	}
	return nil
}
