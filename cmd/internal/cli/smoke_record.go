package cli

import (
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/requests"
)

type recordOptions struct {
	checksOut
	logs    []string
	top     int
	success float64
}

func newSmokeRecord(s Streams) *cobra.Command {
	var o recordOptions
	cmd := &cobra.Command{
		Use:   "record --log FILE",
		Short: "Make checks of what access logs say is asked for most",
		Long: `record reads access logs and writes checks for the requests that are asked for most and answered well: GET and HEAD alone,
the status as it was, ids in paths by one example that was seen.

It knows the common and combined formats of nginx and Apache, with anything before and behind them, load balancers' that
quote the request, and lines of JSON; .gz is unpacked. Pictures, scripts and style sheets are not counted.

Nothing that may be a secret or somebody's is written down: no address of a client, no token, UUID, name or mail address in
a path, no value of a query but those of paging, sorting, formats and the like. What is asked for often and left out for
that is listed.`,
		Example: `  migrate smoke record --log /var/log/nginx/access.log
  migrate smoke record --log access.log --log access.log.1.gz --top 20 --to smoke/traffic.yaml
  ssh web1 cat /var/log/nginx/access.log | migrate smoke record --log - --to -`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSmokeRecord(cmd.Context(), s, o) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.logs, "log", nil, "access log; - for standard input; may be given several times")
	f.IntVar(&o.top, "top", 10, "how many requests")
	f.Float64Var(&o.success, "success", 99, "least share of good answers (2xx and 3xx), in percent")
	o.add(cmd, "smoke/recorded.yaml")
	return cmd
}

func runSmokeRecord(ctx context.Context, s Streams, o recordOptions) error {
	switch {
	case len(o.logs) == 0:
		return usage("which log? migrate smoke record --log access.log")
	case o.top < 1 || o.top > 1000:
		return usage("--top takes 1 to 1000")
	case o.success <= 0 || o.success > 100:
		return usage("--success is a share in percent, such as 99")
	}
	traffic := requests.NewTraffic()
	for _, name := range o.logs {
		if err := readLog(ctx, s, traffic, name); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.Err, "%s: %d reads (%d for pictures and scripts), %d writes, %d no requests\n", plural(traffic.Lines, "line"), traffic.Reads, traffic.Assets, traffic.Writes, traffic.Other)
	if traffic.Reads == 0 {
		return fmt.Errorf("no GET or HEAD was found: is that an access log? A line of one holds \"GET /path HTTP/1.1\" 200, or is JSON with method, path and status")
	}
	found := traffic.Top(requests.TopOptions{Most: o.top, Success: o.success / 100})
	to := cmp.Or(o.to, "smoke/recorded.yaml")
	about := "What is asked for most, by migrate smoke record. It is yours: a later record adds what is new and changes no line."
	return o.write(ctx, s, to, about, found, nil)
}

// readLog counts one log.
func readLog(ctx context.Context, s Streams, traffic *requests.Traffic, name string) error {
	in := s.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return withCode(exitUsage, err)
		}
		defer f.Close()
		in = f
	}
	in = stoppable{ctx, in}
	if strings.HasSuffix(name, ".gz") {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		in = unzipped
	}
	called := filepath.Base(name)
	if name == "-" {
		called = "access log"
	}
	return traffic.Read(called, in)
}

// stoppable ends reading with a context.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

func (r stoppable) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}
