package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/watch"
)

type serveOptions struct {
	smokeFlags
	listen   string
	interval time.Duration
}

func newSmokeServe(s Streams) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve [DIR|FILE]...",
		Short: "Run the checks again and again, and serve health and metrics",
		Long: `serve runs the checks at an interval and answers from what the last run found, however often it is asked:

  /health       200 while the last run passed, else 503, with each check's verdict as JSON
  /health/live  200: serve itself works
  /metrics      for Prometheus: smoke_success, smoke_check_success{check=...} and durations

It listens on this machine alone unless --listen says more: what it tells of a service is not for everybody.`,
		Example: `  migrate smoke serve --target https://shop.example.com
  migrate smoke serve smoke/orders.yaml --target orders.shop.svc:8000 --listen :9103 --interval 1m`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if err := o.environment(cmd); err != nil {
				return err
			}
			return runSmokeServe(cmd.Context(), s, o)
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:9103", "address to listen on")
	cmd.Flags().DurationVar(&o.interval, "interval", 30*time.Second, "time from the end of a run to the next")
	return cmd
}

func runSmokeServe(ctx context.Context, s Streams, o serveOptions) error {
	if o.interval < time.Second {
		return usage("--interval must be 1s or more")
	}
	target, err := smoke.ParseTarget(o.target)
	if err != nil {
		return usage("%w (--target or TARGET_URL)", err)
	}
	suites, err := smoke.Load(hostFiles{}, o.paths)
	if err != nil {
		return withCode(exitUsage, err)
	}
	options, err := o.options(s, target, smoke.Text{Out: io.Discard})
	if err != nil {
		return err
	}
	options.Waiting = nil
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w", o.listen, err)
	}
	w := watch.New(func(ctx context.Context) (smoke.Report, error) { return smoke.Run(ctx, options, suites) }, o.interval)
	fmt.Fprintf(s.Err, "checking %s every %s; http://%s/health and /metrics tell the last result\n", target, o.interval, listener.Addr())
	go w.Run(ctx)
	return serveUntil(ctx, listener, w.Handler())
}

// serveUntil serves until ctx ends, and then lets what is being answered come to its end.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
