package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/bridge"
)

type syncOptions struct {
	placesOptions
	file     string
	reload   string
	consul   string
	interval time.Duration
	once     bool
	dryRun   bool
}

func newBridgeSync(s Streams) *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync [DIR] --env ENV (--consul URL | --format FORMAT --file FILE)",
		Short: "Keep the legacy side in step with where the services are reached",
		Long: `sync looks at an interval where the services of an environment are reached from outside of the cluster, as migrate bridge
export tells it, and brings the legacy side in step:

  --consul URL   registers every place with an agent of Consul, as service APP-ENV-SERVICE (of the failover cluster
                 APP-ENV-SERVICE-backup) with a check that the agent asks itself, and takes back those that are no more. What
                 others registered is left alone, also another environment's. CONSUL_HTTP_TOKEN is sent if it is set. Run it
                 beside one agent
  --file FILE    writes a file of its own in a --format when it differs, as a whole or not at all: one that holds anything
                 else is left alone. --reload runs a command after that; where it fails the file is put back, and tried again
                 with the next look

It only ever takes away what it has seen to be gone: while a cluster doesn't answer, or a service that should be reached has
no place at all, everything stays as it is. It may be stopped at any time: what is registered stays, and stays watched.

Exit code with --once: 0 in step, 1 failed; with --dry-run 3 something would change.`,
		Example: `  migrate bridge sync --env production --consul http://127.0.0.1:8500
  migrate bridge sync --env production --consul http://127.0.0.1:8500 --dry-run
  migrate bridge sync --env production --format nginx --file /etc/nginx/conf.d/shop.conf --reload 'nginx -t && nginx -s reload'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = dirOf(args)
			return runBridgeSync(cmd.Context(), s, o)
		},
	}
	o.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.consul, "consul", "", "URL of an agent of Consul")
	f.StringVar(&o.file, "file", "", "file that is written")
	f.StringVar(&o.reload, "reload", "", "command of the shell that is run after the file was written")
	f.DurationVar(&o.interval, "interval", 10*time.Second, "time from one look to the next")
	f.BoolVar(&o.once, "once", false, "look once")
	f.BoolVar(&o.dryRun, "dry-run", false, "look once, and say what would change")
	return cmd
}

// side is what is kept in step.
type side interface {
	// Changes says what it takes to get in step.
	Changes(ctx context.Context, e bridge.Export) ([]bridge.Change, error)
	// Sync gets in step, and says what it has done.
	Sync(ctx context.Context, e bridge.Export) ([]bridge.Change, error)
}

func (o *syncOptions) side(s Streams) (side, error) {
	format, err := o.chosen()
	u, bad := url.Parse(o.consul)
	switch {
	case err != nil:
		return nil, err
	case (o.consul == "") == (o.file == ""):
		return nil, usage("what is to be kept in step? --consul URL, or --format FORMAT --file FILE")
	case o.consul == "" && o.format == "":
		return nil, usage("--file: in which --format? %s", strings.Join(formatNames(), ", "))
	case o.consul != "" && (o.format != "" || o.reload != ""):
		return nil, usage("--format and --reload belong to --file")
	case o.interval < time.Second:
		return nil, usage("--interval must be 1s or more")
	case o.consul == "":
		return fileSide{file: o.file, format: format, reload: o.reload, say: s}, nil
	case bad != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil:
		return nil, usage("--consul: want a URL such as http://127.0.0.1:8500")
	}
	return bridge.Consul{URL: o.consul, Token: os.Getenv("CONSUL_HTTP_TOKEN"), Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func runBridgeSync(ctx context.Context, s Streams, o syncOptions) error {
	to, err := o.side(s)
	if err != nil {
		return err
	}
	return o.opened(func(repo *repository, env string) error {
		switch {
		case o.dryRun:
			return o.rehearse(ctx, s, repo, env, to)
		case o.once:
			return o.step(ctx, s, repo, env, to)
		}
		return o.keep(ctx, s, func() error { return o.step(ctx, s, repo, env, to) })
	})
}

// keep takes steps until ctx ends. The same trouble is told once.
func (o syncOptions) keep(ctx context.Context, s Streams, step func() error) error {
	trouble := ""
	for {
		err := step()
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil && trouble != "":
			fmt.Fprintln(s.Err, "in step again")
			trouble = ""
		case err != nil && err.Error() != trouble:
			trouble = err.Error()
			fmt.Fprintf(visible{s.Err}, "not in step: %s\n", trouble)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.interval):
		}
	}
}

// look is where everything is reached, or an error: of half of it nothing is to be made.
func (o syncOptions) look(ctx context.Context, repo *repository, env string) (bridge.Export, error) {
	export, missing, err := o.places(ctx, repo, env)
	if err == nil && len(missing) > 0 {
		err = errors.New(strings.Join(missing, "; "))
	}
	return export, err
}

func (o syncOptions) step(ctx context.Context, s Streams, repo *repository, env string, to side) error {
	export, err := o.look(ctx, repo, env)
	if err != nil {
		return err
	}
	changes, err := to.Sync(ctx, export)
	return errors.Join(err, o.print(s, changes, ""))
}

func (o syncOptions) rehearse(ctx context.Context, s Streams, repo *repository, env string, to side) error {
	export, err := o.look(ctx, repo, env)
	if err != nil {
		return err
	}
	changes, err := to.Changes(ctx, export)
	if err = errors.Join(err, o.print(s, changes, "would ")); err == nil && len(changes) > 0 {
		return withCode(exitOpen, nil)
	}
	return err
}

// print writes a line for each change; as JSON one object for each time that anything changed.
func (o syncOptions) print(s Streams, changes []bridge.Change, would string) error {
	if o.out.json() {
		if len(changes) == 0 && !o.once && !o.dryRun {
			return nil
		}
		return printJSON(s.Out, map[string]any{"changes": append([]bridge.Change{}, changes...)})
	}
	for _, c := range changes {
		if _, err := fmt.Fprintf(visible{s.Out}, "%s%s\n", would, c); err != nil {
			return err
		}
	}
	return nil
}

// fileSide is a file that a program of the legacy side reads.
type fileSide struct {
	file, reload string
	format       bridge.Format
	say          Streams
}

// differs says what the file should hold, what it holds, nil where there is none, and whether that is something else.
func (f fileSide) differs(e bridge.Export) (text, have []byte, differs bool, err error) {
	text = f.format.Text(e)
	have, err = os.ReadFile(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return text, nil, true, nil
	}
	if err == nil && len(have) > 0 && !e.Wrote(have) {
		err = fmt.Errorf("%s holds what migrate did not write for %s in %s, and stays: name a file of its own, and include that", f.file, e.App, e.Environment)
	}
	return text, have, !bytes.Equal(have, text), err
}

// Changes is the file, where it would be written.
func (f fileSide) Changes(_ context.Context, e bridge.Export) ([]bridge.Change, error) {
	if _, _, differs, err := f.differs(e); err != nil || !differs {
		return nil, err
	}
	return []bridge.Change{{Action: "write", Name: f.file}}, nil
}

// Sync writes the file and runs the command that follows. Where that fails the file is again what it was.
func (f fileSide) Sync(ctx context.Context, e bridge.Export) ([]bridge.Change, error) {
	text, have, differs, err := f.differs(e)
	if err != nil || !differs {
		return nil, err
	}
	if err := f.replace(text); err != nil {
		return nil, err
	}
	if f.reload == "" {
		return []bridge.Change{{Action: "write", Name: f.file}}, nil
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", f.reload)
	cmd.Stdout, cmd.Stderr = f.say.Err, f.say.Err
	if err := cmd.Run(); err != nil {
		back := f.replace(have)
		if have == nil {
			back = os.Remove(f.file)
		}
		return nil, errors.Join(fmt.Errorf("--reload %q: %w; %s is again what it was", f.reload, err, f.file), back)
	}
	return []bridge.Change{{Action: "write", Name: f.file}}, nil
}

// replace puts the file in its place, readable by all like the configuration beside it.
func (f fileSide) replace(data []byte) error {
	name := f.file
	if to, err := filepath.EvalSymlinks(name); err == nil {
		name = to
	}
	return writeNew(name, data, 0o644)
}
