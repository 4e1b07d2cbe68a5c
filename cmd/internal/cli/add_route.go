package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func newAddRoute(s Streams) *cobra.Command {
	var (
		o  addOptions
		as string
	)
	cmd := &cobra.Command{
		Use:   "route HOST[/PATH] | route HOST --env ENV --as HOST",
		Short: "A host name and path that lead to the service",
		Long: `Requests for HOST, or for what is below HOST/PATH, go to the service. A host is called otherwise in other environments:
--env and --as say how.`,
		Example: `  migrate add route shop.example.com
  migrate add route shop.example.com/api --service api
  migrate add route shop.example.com --env staging --as shop.staging.example.com`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return modelNames(cmd, hostNames), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.Contains(args[0], "://") {
				return usage("%s: a host and a path, without the scheme", args[0])
			}
			host, path, _ := strings.Cut(args[0], "/")
			route := service.Route{Host: strings.ToLower(host), Path: "/" + path}
			return o.run(cmd.Context(), s, func(a *addition) error {
				if as != "" || len(o.envs) > 0 {
					return a.rename(route, strings.ToLower(as))
				}
				return a.route(route)
			})
		},
	}
	o.flags(cmd, "service", "env", "replace")
	cmd.Flags().StringVar(&as, "as", "", "what the host is called in the environment")
	return cmd
}

// hostNames are the hosts of all routes.
func hostNames(app *service.App) []string {
	var hosts []string
	for _, name := range app.ServiceNames() {
		for _, r := range app.Services[name].Routes {
			if r.Host != "" {
				hosts = append(hosts, r.Host)
			}
		}
	}
	return both(hosts, nil)
}

func (a *addition) route(route service.Route) error {
	name, err := a.server()
	if err != nil {
		return err
	}
	for _, other := range a.app.ServiceNames() {
		for i, r := range a.app.Services[other].Routes {
			if !strings.EqualFold(r.Host, route.Host) || cmp.Or(r.Path, "/") != route.Path {
				continue
			}
			if field := fmt.Sprintf("services.%s.routes.%d", other, i); other != name {
				return a.taken(field, "it leads to "+other, "one of the two needs another path")
			}
			a.is("services." + name + ".routes")
			return nil
		}
	}
	s := a.app.Services[name]
	s.Routes = append(s.Routes, route)
	a.fields = append(a.fields, "services."+name+".routes")
	return nil
}

// server is the one service that a route leads to.
func (a *addition) server() (string, error) {
	var serving []string
	for _, name := range a.app.ServiceNames() {
		if s := a.app.Services[name]; s.Port > 0 && s.Schedule == "" && !s.Release {
			serving = append(serving, name)
		}
	}
	switch {
	case len(a.opt.service) == 1:
		names, err := a.services("")
		return strings.Join(names, ""), err
	case len(a.opt.service) > 1:
		return "", usage("--service: a route leads to one service")
	case len(serving) == 0:
		return "", fmt.Errorf("no service has a port: say in %s on which one it serves", service.FileName)
	case len(serving) > 1:
		return "", usage("which service does it lead to? --service %s", strings.Join(serving, "|"))
	}
	return serving[0], nil
}

// rename says what a host is called in environments.
func (a *addition) rename(route service.Route, as string) error {
	envs, err := a.environments()
	switch {
	case err != nil:
		return err
	case len(envs) == 0:
		return usage("--as: in which environment? --env %s", strings.Join(a.app.EnvironmentNames(), "|"))
	case as == "":
		return usage("--env: what is %s called there? --as HOST", route.Host)
	case route.Path != "/":
		return usage("--as: a path is the same in every environment: give the host alone")
	}
	known := map[string]bool{}
	for _, host := range hostNames(a.app) {
		known[host] = true
	}
	if !known[route.Host] {
		return fmt.Errorf("no route has the host %s%s; migrate add route %s makes it", route.Host, service.DidYouMean(route.Host, known), route.Host)
	}
	for _, env := range envs {
		e := a.app.Environments[env]
		field := "environments." + env + ".hosts." + route.Host
		switch have, ok := e.Hosts[route.Host]; {
		case ok && have == as:
			a.is(field)
			continue
		case ok && !a.opt.replace:
			return a.taken(field, have, "--replace puts another in its place")
		}
		set(&e.Hosts, route.Host, as)
		a.app.Environments[env] = e
		a.fields = append(a.fields, field)
	}
	return nil
}
