package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// smokeFlags are what the command line says about a smoke test.
type smokeFlags struct {
	paths    []string
	target   string
	host     string
	wait     time.Duration
	timeout  time.Duration
	parallel int
	writes   bool
	exec     bool
	tags     []string
	values   []string
	resolve  string
	cacert   string
	cert     string
	key      string
	insecure bool
	reports  map[string]*string // files, by the name of the flag
	compare  compareFlags
	out      output
}

// reportWriters are the forms of a report that go to files.
var reportWriters = []struct {
	flag, what string
	write      func(smoke.Report, io.Writer) error
}{
	{"junit", "a JUnit report", smoke.Report.JUnit},
	{"tap", "a TAP report", smoke.Report.TAP},
	{"html", "one page for browsers", smoke.Report.HTML},
	{"prometheus", "metrics for Prometheus", smoke.Report.Prometheus},
	{"code-quality", "a Code Quality report for GitLab", smoke.Report.CodeQuality},
}

const smokeLong = `smoke asks a running service what the files of checks in DIR (smoke, if none is given) say, and compares the answers.

A check is a line or, where it needs more, a mapping:

  checks:
    - GET /health -> 200 json
    - name: an order can be read
      request: GET /orders/{id}
      with: {id: 1}
      expect: {status: 200, body.total: number, "$.items[*].id": {count: 3}, within: 800ms}
    - tcp: :5432
    - tls: days_left > 14
    - grpc: :9090 health
    - hello: redis cache:6379

A value comes from --values, the environment or the file: ${NAME}. docs/smoke-tests.md has all of the format.

The target is --target or TARGET_URL: 127.0.0.1:8080, api.example.com/users (the base path is put before every path),
https://host, [::1]:8080. Without a scheme, addresses from inside are asked by http, others by https and then http.

Only GET, HEAD and OPTIONS run; a check that says "writes: true" runs with --writes or SMOKE_WRITES=1.
While the connection is refused or the answer is 502, 503 or 504, the service may still be starting: that is waited for,
up to --wait (SMOKE_WAIT). A wrong answer is a failure at once. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.

Exit code: 0 all passed, 1 a check failed or nothing was tested, 2 wrong usage or a mistake in a file.`

func newSmoke(s Streams) *cobra.Command {
	var f smokeFlags
	cmd := &cobra.Command{
		Use:   "smoke [DIR|FILE]...",
		Short: "Check a running service with the checks of smoke/*.yaml",
		Long:  smokeLong,
		Example: `  migrate smoke --target 127.0.0.1:8080
  TARGET_URL=api.example.com/users migrate smoke
  migrate smoke smoke/orders.yaml --target https://10.1.2.3 --host orders.example.com
  migrate smoke --target staging.example.com --wait 2m --junit build/smoke.xml --html build/smoke.html
  migrate smoke --target https://api.example.com --values smoke/values/production.yaml --tag '!slow'
  migrate smoke --compare legacy.example.com --target new.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.paths = args
			if err := f.environment(cmd); err != nil {
				return err
			}
			if f.compare.old != "" {
				return runCompare(cmd.Context(), s, f)
			}
			return runSmoke(cmd.Context(), s, f)
		},
	}
	f.add(cmd.Flags())
	f.addReports(cmd.Flags())
	f.compare.add(cmd.Flags())
	f.out.add(cmd)
	cmd.AddCommand(newSmokeInit(s), newSmokeImport(s), newSmokeRecord(s), newSmokeServe(s), newSmokeExport(s))
	return cmd
}

// add are the flags that say whom to ask, and how.
func (f *smokeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.target, "target", "", "service to check (TARGET_URL)")
	flags.DurationVar(&f.wait, "wait", 30*time.Second, "longest wait for the service to start; 0 for none (SMOKE_WAIT)")
	flags.IntVar(&f.parallel, "parallel", 8, "files checked side by side")
	flags.BoolVar(&f.writes, "writes", false, "run the checks that may change data (SMOKE_WRITES=1)")
	flags.BoolVar(&f.exec, "exec", false, "run the checks that are commands (SMOKE_EXEC=1)")
	flags.StringSliceVar(&f.tags, "tag", nil, "run only checks with this tag, or with !tag those without it (SMOKE_TAGS)")
	flags.StringSliceVar(&f.values, "values", nil, "file of values for the ${NAME}s (SMOKE_VALUES)")
	f.addReach(flags)
}

// addReach are the flags that say by what way a target is reached.
func (f *smokeFlags) addReach(flags *pflag.FlagSet) {
	flags.StringVar(&f.host, "host", "", "name to ask for, where the target is reached by another address (TARGET_HOST)")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "longest time for one request")
	flags.StringVar(&f.resolve, "resolve", "", "where the target is: an address, or host:port:address (TARGET_RESOLVE)")
	flags.StringVar(&f.cacert, "cacert", "", "trust the authorities in this file as well (SMOKE_CA)")
	flags.StringVar(&f.cert, "cert", "", "client certificate, a file (SMOKE_CERT)")
	flags.StringVar(&f.key, "key", "", "its key, a file (SMOKE_KEY)")
	flags.BoolVar(&f.insecure, "insecure", false, "accept any certificate (SMOKE_INSECURE=1)")
}

// addReports are the flags for what is written beside the results.
func (f *smokeFlags) addReports(flags *pflag.FlagSet) {
	f.reports = map[string]*string{}
	for _, w := range reportWriters {
		f.reports[w.flag] = flags.String(w.flag, "", "write "+w.what+" to this file")
	}
}

// environment fills in what the flags leave open: make passes its knobs that way.
func (f *smokeFlags) environment(cmd *cobra.Command) error {
	f.target = cmp.Or(f.target, os.Getenv("TARGET_URL"))
	f.host = cmp.Or(f.host, os.Getenv("TARGET_HOST"))
	f.resolve = cmp.Or(f.resolve, os.Getenv("TARGET_RESOLVE"))
	f.cacert = cmp.Or(f.cacert, os.Getenv("SMOKE_CA"))
	f.cert = cmp.Or(f.cert, os.Getenv("SMOKE_CERT"))
	f.key = cmp.Or(f.key, os.Getenv("SMOKE_KEY"))
	knobs := []struct{ variable, flag, want string }{
		{"SMOKE_WAIT", "wait", "a time such as 30s"},
		{"SMOKE_WRITES", "writes", "1 or 0"},
		{"SMOKE_INSECURE", "insecure", "1 or 0"},
		{"SMOKE_EXEC", "exec", "1 or 0"},
		{"SMOKE_TAGS", "tag", "tags with commas between them"},
		{"SMOKE_VALUES", "values", "files with commas between them"},
	}
	for _, k := range knobs {
		value := os.Getenv(k.variable)
		if value == "" || cmd.Flags().Changed(k.flag) || cmd.Flags().Lookup(k.flag) == nil {
			continue
		}
		if k.flag == "wait" && strings.Trim(value, "0123456789") == "" {
			value += "s" // SMOKE_WAIT=60, as people write it
		}
		if err := cmd.Flags().Set(k.flag, value); err != nil {
			return usage("%s=%s: want %s", k.variable, value, k.want)
		}
	}
	if f.wait < 0 || f.timeout <= 0 || f.parallel < 1 {
		return usage("--wait must not be below 0s, --timeout must be above 0s and --parallel at least 1")
	}
	if strings.ContainsAny(f.host, "/@ ") {
		return usage("--host (TARGET_HOST) is a name, or name:port, not %q", f.host)
	}
	if len(f.paths) == 0 {
		f.paths = []string{"smoke"}
	}
	return nil
}

func runSmoke(ctx context.Context, s Streams, f smokeFlags) error {
	target, err := smoke.ParseTarget(f.target)
	if err != nil {
		return usage("%w (--target or TARGET_URL)", err)
	}
	suites, err := smoke.Load(hostFiles{}, f.paths)
	if err != nil {
		return withCode(exitUsage, err)
	}
	text := smoke.Text{Out: s.Out, Colour: s.Colour(s.Out)}
	if f.out.json() {
		text.Out = io.Discard
	}
	options, err := f.options(s, target, text)
	if err != nil {
		return err
	}
	report, err := smoke.Run(ctx, options, suites)
	switch {
	case ctx.Err() != nil:
		return err // no reports: half a run would look green in them
	case err != nil:
		return withCode(exitUsage, err)
	}
	text.End(report)
	if f.out.json() {
		err = printJSON(s.Out, report)
	}
	for _, w := range reportWriters {
		err = errors.Join(err, writeReport(*f.reports[w.flag], func(out io.Writer) error { return w.write(report, out) }))
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" { // it reads them from stderr as well, where they spoil no JSON
		err = errors.Join(err, report.GitHub(s.Err))
	}
	switch {
	case err != nil:
		return err
	case report.Failed > 0:
		return fmt.Errorf("%s of %d failed against %s", plural(report.Failed, "check"), len(report.Results), report.Target)
	case !report.OK():
		return nothingTested(f.paths, report)
	}
	return nil
}

func (f *smokeFlags) options(s Streams, target smoke.Target, text smoke.Text) (smoke.Options, error) {
	values, err := readValues(f.values)
	if err != nil {
		return smoke.Options{}, err
	}
	o := smoke.Options{
		Target:    target,
		Host:      f.host,
		Wait:      f.wait,
		Timeout:   f.timeout,
		Writes:    f.writes,
		Exec:      f.exec,
		Tags:      f.tags,
		Values:    values,
		Insecure:  f.insecure,
		Parallel:  f.parallel,
		UserAgent: "migrate-smoke/" + migrate.Version,
		Env:       os.LookupEnv,
		Begin:     text.Begin,
		Each:      text.Each,
		Waiting: func(reason string) {
			fmt.Fprintf(s.Err, "waiting up to %s for %s to start: %s\n", f.wait, target, reason)
		},
	}
	return o, f.addWay(&o)
}

// nothingTested is the failure of a run that would otherwise be green without having looked at anything.
func nothingTested(paths []string, r smoke.Report) error {
	if r.Skipped > 0 {
		return fmt.Errorf("nothing was tested: %s skipped, none ran", plural(r.Skipped, "check"))
	}
	return fmt.Errorf("nothing was tested: no checks found in %s; write one (- GET /health -> 200) or let migrate init do it", strings.Join(paths, ", "))
}

// writeReport writes a report for CI, making the directory that it is to stand in.
func writeReport(file string, write func(io.Writer) error) error {
	if file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("can't write the report: %w", err)
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("can't write the report: %w", err)
	}
	if err := errors.Join(write(out), out.Close()); err != nil {
		return fmt.Errorf("can't write the report %s: %w", file, err)
	}
	return nil
}

// hostFiles is the machine's file system by the paths that people write, ../ and / included, so that messages name files
// as the user did.
type hostFiles struct{}

func (hostFiles) Open(name string) (fs.File, error) { return os.Open(name) }
