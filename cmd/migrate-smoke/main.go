// Command migrate-smoke runs the checks of smoke/ where the whole toolkit has no place: in the cluster, beside the service,
// as `migrate kube apply` starts it for an environment whose smoke is inside. It does what `migrate smoke` does, with the
// flags that this needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	target, values, tags string
	lines                bool
	smoke.Options
}

// run is the whole program. It returns 0 where all checks passed, 1 where one failed or nothing was tested, and 2 after
// wrong usage or a mistake in a file.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("migrate-smoke", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.target, "target", "", "service to check")
	flags.StringVar(&o.Host, "host", "", "name to ask for, where the target is reached by another address")
	flags.StringVar(&o.values, "values", "", "file of values for the ${NAME}s")
	flags.DurationVar(&o.Wait, "wait", 30*time.Second, "longest wait for the service to start")
	flags.BoolVar(&o.Writes, "writes", false, "run the checks that may change data")
	flags.BoolVar(&o.Insecure, "insecure", false, "accept any certificate")
	flags.StringVar(&o.tags, "tags", "", "run only checks with one of these tags, or with !tag those without it")
	flags.BoolVar(&o.lines, "lines", false, "write the report as lines of JSON, a result each and the sum, and nothing else")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	report, err := o.ask(ctx, flags.Args(), stdout)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "migrate-smoke: %v\n", err)
		return 2
	case !report.OK():
		return 1
	}
	return 0
}

// ask runs the checks of paths, smoke where there is none, and writes what came of them.
func (o options) ask(ctx context.Context, paths []string, stdout io.Writer) (smoke.Report, error) {
	if len(paths) == 0 {
		paths = []string{"smoke"}
	}
	suites, err := smoke.Load(os.DirFS("."), paths)
	if err != nil {
		return smoke.Report{}, err
	}
	if o.Target, err = smoke.ParseTarget(o.target); err != nil {
		return smoke.Report{}, fmt.Errorf("--target: %w", err)
	}
	if o.values != "" {
		text, err := os.ReadFile(o.values)
		if err != nil {
			return smoke.Report{}, fmt.Errorf("--values: %w", err)
		}
		if yaml.Unmarshal(text, &o.Values) != nil { // its error may quote a value
			return smoke.Report{}, fmt.Errorf("--values: %s is no mapping of names to texts", o.values)
		}
	}
	o.Tags = strings.FieldsFunc(o.tags, func(r rune) bool { return r == ',' })
	o.UserAgent, o.Env = "migrate-smoke/"+migrate.Version, os.LookupEnv
	text := smoke.Text{Out: stdout}
	if !o.lines {
		o.Begin, o.Each = text.Begin, text.Each
	}
	report, err := smoke.Run(ctx, o.Options, suites)
	if err != nil {
		return report, err
	}
	if o.lines {
		return report, report.WriteLines(stdout)
	}
	text.End(report)
	return report, nil
}
