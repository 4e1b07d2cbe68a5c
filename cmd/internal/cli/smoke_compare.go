package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/compare"
)

// compareFlags are what the command line says about a comparison.
type compareFlags struct {
	old    string
	host   string
	ignore []string
	rounds int
	slower float64
}

func (f *compareFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.old, "compare", "", "old service: ask it and the target the same, and tell what differs")
	flags.StringVar(&f.host, "compare-host", "", "name to ask the old service for, where it is reached by another address")
	flags.StringSliceVar(&f.ignore, "ignore", nil, "with --compare, what may differ everywhere: headers.Cache-Control, body.version, body.items.*.id")
	flags.IntVar(&f.rounds, "rounds", 3, "with --compare, how often each is asked; what changes by itself is no difference")
	flags.Float64Var(&f.slower, "slower", 0, "with --compare, how many times as long the target may take; 0 doesn't judge that")
}

// runCompare asks two services and ends with 1 where they differ: it gates a cutover.
func runCompare(ctx context.Context, s Streams, f smokeFlags) error {
	for flag, file := range f.reports {
		if *file != "" {
			return usage("--compare makes no report but -o json, not --%s", flag)
		}
	}
	if f.writes {
		return usage("--compare sends nothing that writes")
	}
	if f.compare.rounds < 1 || f.compare.rounds > 20 || f.compare.slower < 0 {
		return usage("--rounds takes 1 to 20, --slower a factor such as 2")
	}
	oldTarget, err := smoke.ParseTarget(f.compare.old)
	if err != nil {
		return usage("%w (--compare)", err)
	}
	newTarget, err := smoke.ParseTarget(f.target)
	if err != nil {
		return usage("%w (--target or TARGET_URL)", err)
	}
	suites, err := smoke.Load(hostFiles{}, f.paths)
	if err != nil {
		return withCode(exitUsage, err)
	}
	o := compare.Options{Rounds: f.compare.rounds, Ignore: f.compare.ignore, Slower: f.compare.slower}
	if o.New, err = f.options(s, newTarget, smoke.Text{Out: io.Discard}); err != nil {
		return err
	}
	before := f
	before.host, before.resolve = f.compare.host, ""
	if o.Old, err = before.options(s, oldTarget, smoke.Text{Out: io.Discard}); err != nil {
		return err
	}
	if !f.out.json() {
		o.Each = func(r compare.Result) { printComparison(s, r) }
	}
	report, err := compare.Run(ctx, o, suites)
	if err != nil {
		return err
	}
	return endComparison(s, f.out, report)
}

func printComparison(s Streams, r compare.Result) {
	w := visible{s.Out}
	times := fmt.Sprintf("%s, was %s", millis(r.NewMilliseconds), millis(r.OldMilliseconds))
	switch {
	case r.Skipped != "":
		fmt.Fprintf(w, "skip  %s  %s\n", padded(r.Name), r.Skipped)
		return
	case len(r.Differences) > 0:
		fmt.Fprintf(w, "DIFF  %s  %s\n", padded(r.Name), times)
	default:
		fmt.Fprintf(w, "same  %s  %s\n", padded(r.Name), times)
	}
	for _, d := range r.Differences {
		fmt.Fprintf(w, "      %s:%d: %s: old %s, new %s\n", r.File, r.Line, d.What, d.Old, d.New)
	}
	if len(r.Volatile) > 0 && len(r.Differences) > 0 {
		fmt.Fprintf(w, "      not compared: %s\n", strings.Join(r.Volatile, ", "))
	}
}

func padded(name string) string { return fmt.Sprintf("%-44s", name) }

func endComparison(s Streams, out output, r compare.Report) error {
	if out.json() {
		if err := printJSON(s.Out, r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(s.Out, "%d same, %d different, %d skipped; %s takes %.2f times as long as %s\n", r.Same, r.Different, r.Skipped, r.New, r.Ratio, r.Old)
	}
	switch {
	case r.Different > 0:
		return fmt.Errorf("%s: what %s answers is not what %s does; where that is as it should be, name it in the check's \"ignore\"", differ(r.Different), r.New, r.Old)
	case !r.OK():
		return errors.New("nothing was compared: no check asks anything that both services may be asked")
	}
	return nil
}

func differ(n int) string {
	if n == 1 {
		return "1 check differs"
	}
	return fmt.Sprintf("%d checks differ", n)
}
