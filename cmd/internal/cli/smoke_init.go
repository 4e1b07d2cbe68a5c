package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/look"
)

type smokeInitOptions struct {
	smokeFlags
	checksOut
}

func newSmokeInit(s Streams) *cobra.Command {
	var o smokeInitOptions
	cmd := &cobra.Command{
		Use:   "init URL",
		Short: "Make a first file of checks from a live service",
		Long: fmt.Sprintf(`init asks a running service a few things, as a browser would, and writes down what it answers as checks:

  the front page, with up to five of its links to the same host
  the usual routes of health: /health, /healthz, /ready, /up, /status, /actuator/health and their like
  /robots.txt, and /openapi.json, /swagger.json or /v3/api-docs, with a few of the GETs described there

It only sends GETs (and a HEAD or two where the URL has no scheme), at most %d requests to this one host within a minute.
It follows no redirect to another host (a redirect is a check, with its Location), logs in nowhere (401 and 403 are checks),
and asks for no link with a query, or whose name says logout, delete or anything else that may change data. Where any path is answered alike, as a single-page application does, the
routes of health make no check.

A query and a secret of a Location are not written down, and the URL takes neither a user nor a query. A file of checks
that exists is added to, and no line of it changes.

URL is what TARGET_URL takes: 127.0.0.1:8080, api.example.com/users, https://host. TARGET_URL stands in for it.`, look.MaxRequests),
		Example: `  migrate smoke init https://shop.example.com       writes smoke/first.yaml
  migrate smoke init 127.0.0.1:8080 --out smoke/shop.yaml
  migrate smoke init api.example.com/users --out -   prints the checks`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.parallel = 1
			if len(args) > 0 {
				o.target = args[0]
			}
			if err := o.environment(cmd); err != nil {
				return err
			}
			return runSmokeInit(cmd.Context(), s, o)
		},
	}
	o.addReach(cmd.Flags())
	o.checksOut.add(cmd, "smoke/first.yaml")
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "to" { // as import and record have it
			name = "out"
		}
		return pflag.NormalizedName(name)
	})
	return cmd
}

func runSmokeInit(ctx context.Context, s Streams, o smokeInitOptions) error {
	target, err := smoke.ParseTarget(o.target)
	if err != nil {
		return usage("%w (migrate smoke init URL, or TARGET_URL)", err)
	}
	options, err := o.options(s, target, smoke.Text{Out: io.Discard})
	if err != nil {
		return err
	}
	seen, err := look.At(ctx, options)
	if err != nil {
		return err
	}
	fmt.Fprintf(visible{s.Err}, "asked %s %s, by GET\n", seen.Target, plural(seen.Asked, "time"))
	o.to, o.left = cmp.Or(o.to, "smoke/first.yaml"), "left out:"
	about := "What the service answered, by migrate smoke init. It is yours: a later init adds what is new and changes no line."
	if err := o.write(ctx, s, o.to, about, seen.Found, nil); err != nil {
		return err
	}
	if !o.checksOut.out.json() && o.to != "-" {
		fmt.Fprintf(visible{s.Err}, "next: migrate smoke %s --target %s\n", o.to, strings.TrimSuffix(seen.Target, "/"))
	}
	return nil
}
