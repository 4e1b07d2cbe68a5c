package cli

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/bridge"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// placesOptions say in whose words the places of services are told.
type placesOptions struct {
	kubeOptions
	format string
	nodes  []string
}

func (o *placesOptions) add(cmd *cobra.Command) {
	o.kubeOptions.add(cmd, "environment of migrate.yaml")
	cmd.Flags().StringVar(&o.format, "format", "", "write it as a file for "+strings.Join(formatNames(), ", "))
	cmd.Flags().StringSliceVar(&o.nodes, "node", nil, "IP address by which callers reach a node, or several with commas (default: what the cluster says)")
	complete(cmd, "format", func(*service.App) []string { return formatNames() })
}

func formatNames() []string {
	var names []string
	for _, f := range bridge.Formats {
		names = append(names, f.Name)
	}
	return names
}

// chosen is the format that the flag names.
func (o *placesOptions) chosen() (bridge.Format, error) {
	for _, ip := range o.nodes {
		if _, err := netip.ParseAddr(ip); err != nil {
			return bridge.Format{}, usage("--node: %q is no IP address", ip)
		}
	}
	f, known := bridge.FormatOf(o.format)
	if o.format != "" && !known {
		return f, usage("--format: %q is none of %s", o.format, strings.Join(formatNames(), ", "))
	}
	return f, nil
}

func newBridgeExport(s Streams) *cobra.Command {
	var o placesOptions
	cmd := &cobra.Command{
		Use:   "export [DIR] --env ENV",
		Short: "Where systems outside of the cluster reach the services",
		Long: `export is the bridge's other direction: what stays behind calls what has moved. It looks in the cluster for the places at
which the services of an environment answer to callers outside: the addresses of the Gateway or Ingress that their routes
attach to, and for what environments.ENV.expose in migrate.yaml says the port of the nodes or the address of the load balancer:

  environments:
    production:
      expose: {web: {nodePort: 30080}, queue: {balancer: true}}

Nodes that are not ready, or that load balancers are to leave out, are not told. --format writes what a program of the
legacy side reads:

` + formatHelp() + `
A service's own places come before those that it shares with others by a host name. Those of an environment's failover cluster
are backups. migrate bridge sync writes it again whenever it changes.

Exit code: 0 done, 1 a service that should be reached is not.`,
		Example: `  migrate bridge export --env production
  migrate bridge export --env production --format haproxy > shop.cfg
  migrate bridge export --env staging --format hosts --node 192.0.2.10`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runBridgeExport(cmd.Context(), s, o)
		},
	}
	o.add(cmd)
	return cmd
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range bridge.Formats {
		fmt.Fprintf(&b, "  %-8s %s\n", f.Name, f.About)
	}
	return b.String()
}

func runBridgeExport(ctx context.Context, s Streams, o placesOptions) error {
	format, err := o.chosen()
	if err != nil {
		return err
	}
	return o.opened(func(repo *repository, env string) error {
		export, missing, err := o.places(ctx, repo, env)
		if err != nil {
			return err
		}
		for _, m := range missing {
			fmt.Fprintln(visible{s.Err}, m)
		}
		switch {
		case o.out.json():
			err = printJSON(s.Out, map[string]any{"environment": env, "places": export.Places, "missing": missing})
		case o.format != "":
			_, err = s.Out.Write(format.Text(export))
		default:
			printPlaces(s.Out, export)
		}
		if err == nil && len(missing) > 0 {
			return withCode(exitFailed, nil)
		}
		return err
	})
}

// places looks in all clusters of an environment. What should be reached from outside and is not, is told as missing.
func (o placesOptions) places(ctx context.Context, repo *repository, env string) (export bridge.Export, missing []string, err error) {
	var all []bridge.Place
	missing = []string{}
	main := repo.app.Environments[env].Context
	wanted := reachable(repo.app, env)
	if len(wanted) == 0 {
		return export, nil, fmt.Errorf("nothing outside of the cluster is led to a service of %s: migrate add route HOST makes a route, environments.%s.expose in %s gives a fixed port", env, env, service.FileName)
	}
	if len(o.nodes) > 0 && repo.app.Environments[env].Failover != "" {
		return export, nil, usage("--node: %s has two clusters, and these nodes would be taken for those of both", env)
	}
	clusters, err := repo.connectAll(env)
	if err != nil {
		return export, nil, err
	}
	for _, cluster := range slices.Backward(clusters) { // the main one is the last of them
		found, err := cluster.Places(ctx, repo.app.Environments[env].Namespace, wanted, o.nodes)
		if err != nil {
			return export, nil, fmt.Errorf("cluster %s: %w", cluster.Context, err)
		}
		for _, name := range wanted {
			if !slices.ContainsFunc(found, func(p kube.Place) bool { return p.Service == name }) {
				missing = append(missing, fmt.Sprintf("%s is reached from nowhere outside of cluster %s: it is not applied yet, or its gateway or load balancer has no address", name, cluster.Context))
			}
		}
		for _, p := range found {
			all = append(all, bridge.Place{Service: p.Service, Cluster: cluster.Context, Backup: cluster.Context != main, By: p.By, Hosts: p.Hosts,
				Address: p.Address, Port: p.Port, Protocol: p.Protocol, Ready: p.Ready})
		}
	}
	return bridge.NewExport(repo.app, env, all), missing, nil
}

// reachable are the services that something outside of the cluster is led to.
func reachable(app *service.App, env string) []string {
	var names []string
	for _, name := range app.ServiceNames() {
		if _, exposed := app.Environments[env].Expose[name]; exposed || len(app.Services[name].Routes) > 0 {
			names = append(names, name)
		}
	}
	return names
}

func printPlaces(out io.Writer, e bridge.Export) {
	w := visible{out}
	fmt.Fprintf(w, "%s, from outside of the cluster\n", e.Environment)
	for _, p := range e.Places {
		backup := ""
		if p.Backup {
			backup = ", backup"
		}
		fmt.Fprintf(w, "  %-12s %s://%s  %s of %s%s, %s\n", p.Service, p.Protocol, p.At(), p.By, p.Cluster, backup, plural(p.Ready, "ready pod"))
		if len(p.Hosts) > 0 {
			fmt.Fprintf(w, "  %-12s for %s\n", "", strings.Join(p.Hosts, ", "))
		}
	}
}
