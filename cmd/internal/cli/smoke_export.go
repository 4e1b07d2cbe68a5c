package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/smoke"
	"github.com/migrate-to-kubernetes/migrate/smoke/export"
)

type exportOptions struct{ paths, to, target, out string }

func newSmokeExport(s Streams) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export [DIR|FILE]",
		Short: "Write the checks for other tools: hurl, goss, blackbox_exporter, probes",
		Long: `export says the checks of DIR (smoke, if none is given) in the words of another tool, and changes none of them.

  --to hurl      NAME.hurl for each file of checks: {{base}} is the service, ${NAME} becomes {{NAME}}; the first lines of
                 each file say how it is run. Checks that write are skipped unless skip_writes is false.
  --to blackbox  blackbox.yml, the modules of blackbox_exporter, and prometheus.yml, the scrape configuration that probes
                 --target with them. Checks that write are none, for Prometheus would repeat them.
  --to goss      goss.yaml, for goss 0.4 and later: ${NAME} becomes a variable of its environment. Checks that write are none.
  --to readiness readiness.yaml, a proposal: the check whose path says most that the service is ready, as a probe of
                 Kubernetes and as the line of migrate.yaml that makes one.

What the other tool has no words for is listed on stderr, with its file and line and the reason. No secret is written: a
value that is one by its name becomes a variable in hurl and goss, and a file secrets/NAME for the exporter.

A file that is there is replaced only if it was written by export.`,
		Example: `  migrate smoke export --to hurl --out tests/hurl
  migrate smoke export smoke/orders.yaml --to hurl --out -          prints it
  migrate smoke export --to blackbox --target https://shop.example.com --out monitoring`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.paths = "smoke"
			if len(args) > 0 {
				o.paths = args[0]
			}
			o.target = cmp.Or(o.target, os.Getenv("TARGET_URL"))
			return runSmokeExport(s, o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "hurl, blackbox, goss or readiness")
	cmd.Flags().StringVar(&o.target, "target", "", "where the service is (TARGET_URL); blackbox and goss need it")
	cmd.Flags().StringVar(&o.out, "out", "-", "directory to write to; - prints the files")
	return cmd
}

func runSmokeExport(s Streams, o exportOptions) error {
	files, left, err := exported(o)
	if err != nil {
		return err
	}
	for _, l := range left {
		fmt.Fprintf(visible{s.Err}, "not exported: %s\n", l)
	}
	if len(files) == 0 {
		return fmt.Errorf("nothing was exported: no check of %s can be said in the words of %s", o.paths, map[bool]string{true: "a probe", false: o.to}[o.to == "readiness"])
	}
	if o.out == "-" {
		for _, f := range files {
			if len(files) > 1 {
				fmt.Fprintf(s.Out, "# --- %s\n", f.Name)
			}
			fmt.Fprint(visible{s.Out}, string(f.Text))
		}
		return nil
	}
	return writeExport(s, o.out, files)
}

// exported reads the checks and says them in the words of the other tool.
func exported(o exportOptions) ([]export.File, []export.Left, error) {
	if !slices.Contains([]string{"hurl", "blackbox", "goss", "readiness"}, o.to) {
		return nil, nil, usage("--to is hurl, blackbox, goss or readiness, not %q", o.to)
	}
	base := "http://127.0.0.1:8080"
	var target smoke.Target
	if o.target != "" || o.to == "blackbox" || o.to == "goss" {
		var err error
		if target, err = smoke.ParseTarget(o.target); err != nil {
			return nil, nil, usage("%w (--target or TARGET_URL)", err)
		}
		target.Scheme = cmp.Or(target.Scheme, "https")
		base = target.String()
	}
	suites, err := smoke.Load(hostFiles{}, []string{o.paths})
	if err != nil {
		return nil, nil, withCode(exitUsage, err)
	}
	switch o.to {
	case "hurl":
		files, left := export.Hurl(suites, base)
		return files, left, nil
	case "goss":
		return export.Goss(suites, target)
	case "readiness":
		return export.Readiness(suites)
	}
	return export.Blackbox(suites, target)
}

// exportMark stands in the first line of all that export writes.
var exportMark = []byte("by migrate smoke export")

// writeExport writes the files, if none of them is somebody else's.
func writeExport(s Streams, dir string, files []export.File) error {
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		before, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at what is there: %w", err)
		}
		if first, _, _ := bytes.Cut(before, []byte("\n")); !bytes.Contains(first, exportMark) {
			return fmt.Errorf("%s is there and was not written by export: move it away, or name another --out", name)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name)
		if err := os.WriteFile(name, f.Text, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		fmt.Fprintf(visible{s.Out}, "%s\n", filepath.ToSlash(name))
	}
	return nil
}
