package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/perf"
	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/export"
)

type perfOptions struct {
	target      string
	duration    time.Duration
	connections int
	threads     int
	allowPublic bool
	smoke       string
	out         output
}

func newPerf(s Streams) *cobra.Command {
	var o perfOptions
	cmd := &cobra.Command{
		Use:   "perf --target URL",
		Short: "Load a running service and measure it",
		Long: `perf runs wrk against the target, which keeps a number of connections busy, and reports how many requests per second
came through and how long they took. With --smoke it asks in turn what the checks of a directory ask by GET. The load's User-Agent is migrate-perf, so that it can be told in logs and limits.

A target with a public address is refused without --allow-public: the load may hit production or somebody else.`,
		Example: `  migrate perf --target 127.0.0.1:8080
  migrate perf --target 127.0.0.1:8080/orders --connections 50 --duration 30s
  migrate perf --target https://staging.example.com --allow-public --smoke smoke -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPerf(cmd, s, o) },
	}
	o.out.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "", "the service: 127.0.0.1:8000/users or a URL (TARGET_URL)")
	f.DurationVar(&o.duration, "duration", 10*time.Second, "how long, in whole seconds")
	f.IntVar(&o.connections, "connections", 10, "connections kept busy")
	f.IntVar(&o.threads, "threads", 2, "threads that make the load")
	f.StringVar(&o.smoke, "smoke", "", "load the mix of requests of these checks: a directory such as smoke, or a file")
	f.BoolVar(&o.allowPublic, "allow-public", false, "load a target with a public address, too")
	return cmd
}

const installWrk = "apt-get install wrk, or brew install wrk"

func runPerf(cmd *cobra.Command, s Streams, o perfOptions) error {
	target, err := perfTarget(cmp.Or(o.target, os.Getenv("TARGET_URL")))
	if err != nil {
		return usage("%v", err)
	}
	if o.duration < time.Second || o.duration%time.Second != 0 || o.connections < 1 || o.threads < 1 {
		return usage("--duration takes whole seconds, --connections and --threads at least 1")
	}
	mix, err := perfMix(s, o.smoke)
	if err != nil {
		return err
	}
	if !o.allowPublic {
		public, err := perf.Public(cmd.Context(), net.DefaultResolver, target)
		if err != nil {
			return err
		}
		if public {
			return usage("%s has a public address; if you may load it, say so with --allow-public", target.Host)
		}
	}
	fmt.Fprintf(s.Err, "loading %s with %s for %s\n", target.Redacted(), plural(o.connections, "connection"), o.duration)
	report, err := perf.Run(cmd.Context(), perf.Options{
		Target:      target,
		Duration:    o.duration,
		Connections: o.connections,
		Threads:     min(o.threads, o.connections),
		UserAgent:   "migrate-perf/" + migrate.Version,
		Mix:         mix,
	})
	if errors.Is(err, perf.ErrNoWrk) {
		return fmt.Errorf("%w, and the load is made by it; install it: %s", err, installWrk)
	}
	if err != nil {
		return err
	}
	if o.out.json() {
		err = printJSON(s.Out, report)
	} else {
		err = printPerf(s.Out, report)
	}
	if err == nil && report.Good() == 0 {
		return fmt.Errorf("no request to %s had a good answer", report.Target)
	}
	return err
}

// perfMix are the requests of the checks of a directory; none where it names none.
func perfMix(s Streams, path string) ([]perf.Request, error) {
	if path == "" {
		return nil, nil
	}
	suites, err := smoke.Load(hostFiles{}, []string{path})
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	found, left := export.Mix(suites)
	for _, l := range left {
		fmt.Fprintf(visible{s.Err}, "not in the mix: %s\n", l)
	}
	var mix []perf.Request
	for _, r := range found {
		mix = append(mix, perf.Request{Path: r.Path, Headers: r.Headers})
	}
	if len(mix) == 0 {
		return nil, usage("no check of %s can be asked again and again: a GET that needs no account and is answered below 400", path)
	}
	return mix, nil
}

func printPerf(w io.Writer, r perf.Report) error {
	l, e := r.Latency, r.Errors
	latency := fmt.Sprintf("p50 %s   p90 %s   p99 %s   max %s", millis(l.P50), millis(l.P90), millis(l.P99), millis(l.Max))
	if l.Max == 0 {
		latency = "unknown: no request was answered in time"
	}
	_, err := fmt.Fprintf(w, `%s
  requests   %d in %.1f s: %.1f per second over %s
  latency    %s
  errors     %d: %d answers of 400 and above, connect %d, read %d, write %d, timeout %d
`, r.Target, r.Requests, r.DurationSeconds, r.RequestsPerSecond, plural(r.Connections, "connection"), latency,
		e.Total(), e.Status, e.Connect, e.Read, e.Write, e.Timeout)
	return err
}

func millis(ms float64) string { return fmt.Sprintf("%.1f ms", ms) }

// perfTarget reads a target as smoke does. Where that leaves the scheme to be tried, the load goes to https: a load test
// must not wander off to another port.
func perfTarget(text string) (*url.URL, error) {
	target, err := smoke.ParseTarget(text)
	if err != nil {
		return nil, fmt.Errorf("%w (--target or TARGET_URL)", err)
	}
	target.Scheme = cmp.Or(target.Scheme, "https")
	return url.Parse(target.String())
}
