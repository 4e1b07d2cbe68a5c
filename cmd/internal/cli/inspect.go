package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

type inspectOptions struct {
	file   string
	show   string
	root   string
	sample time.Duration
}

func newInspect(s Streams) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect [FILE]",
		Short: "Take a snapshot of the old host: what runs, listens, calls and writes",
		Long: `inspect runs on the old machine and writes one JSON file: the processes with their command lines, users, directories and
the names of their variables; what they listen on and are connected to; systemd units, init scripts, crontabs; packages
and versions; mounts, the directories that are written to, open logs; /etc/hosts, DNS; the configuration of nginx, Apache
and HAProxy. Take the file home and give it to migrate init --host.

It reads /proc and /etc, starts no program, sends nothing and changes nothing. Passwords never get into the file: values
of variables stay on the machine unless they can't be a secret, and *** stands in command lines and configuration where
one was. Read the file before you mail it: migrate inspect --show FILE.

Root is not needed, but without it the variables, sockets and files of other users' processes can't be seen; the file says
under "unseen" what is missing. Copy the program alone to the machine: it needs nothing else there.

Connections come and go: --sample 10m looks every second for ten minutes. Take it while the service is busy.`,
		Example: `  sudo ./migrate inspect web1.json              on the old host
  sudo ./migrate inspect --sample 10m web1.json
  migrate inspect --show web1.json              read it
  migrate init --host web1.json --host web2.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.file = args[0]
			}
			return runInspect(cmd.Context(), s, o)
		},
	}
	cmd.Flags().StringVar(&o.show, "show", "", "print this snapshot for people, take none")
	cmd.Flags().DurationVar(&o.sample, "sample", 0, "look again and again for this long, such as 10m")
	cmd.Flags().StringVar(&o.root, "root", "/", "look at the machine whose / is this directory, such as a container's or a rescued disk with its /proc")
	return cmd
}

func runInspect(ctx context.Context, s Streams, o inspectOptions) error {
	if o.show != "" {
		if o.file != "" || o.sample != 0 || o.root != "/" {
			return usage("--show prints a snapshot that is there; leave out everything else")
		}
		loaded, err := loadHost(o.show)
		if err != nil {
			return err
		}
		host.Show(visible{s.Out}, loaded.Snapshot)
		return nil
	}
	if o.sample < 0 {
		return usage("--sample %s: give a time such as 10m", o.sample)
	}
	snapshot, err := takeSnapshot(ctx, s, o)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := host.Encode(&text, snapshot); err != nil {
		return err
	}
	if o.file == "" {
		_, err := s.Out.Write(text.Bytes())
		return err
	}
	if err := writeNew(o.file, text.Bytes(), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(visible{s.Err}, "%s: %d processes of %s. Read it before you mail it: migrate inspect --show %s\n",
		o.file, len(snapshot.Processes), snapshot.Machine.Name, shellWord(o.file))
	for _, u := range snapshot.Unseen {
		fmt.Fprintf(visible{s.Err}, "  not seen: %s: %s\n", u.What, u.Reason)
	}
	return nil
}

func takeSnapshot(ctx context.Context, s Streams, o inspectOptions) (*host.Snapshot, error) {
	info, err := os.Stat(o.root)
	if err != nil || !info.IsDir() {
		return nil, usage("--root %s: no directory", o.root)
	}
	take := host.Options{Sample: o.sample}
	if o.root == "/" {
		if runtime.GOOS != "linux" {
			return nil, errors.New("inspect looks at Linux machines: copy migrate for Linux to the old host and run it there")
		}
		take.Self, take.Peers = os.Getpid(), host.UnixPeers
	}
	if s.Terminal() && o.sample > 0 {
		take.Progress = func(samples, processes int) {
			fmt.Fprintf(s.Err, "\rlook %d: %d processes seen", samples, processes)
		}
		defer fmt.Fprint(s.Err, "\r\x1b[K")
	}
	return host.Take(ctx, os.DirFS(o.root), take)
}

// writeNew puts a file in its place as a whole or not at all.
func writeNew(name string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".migrate-*")
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", name, errors.Unwrap(err))
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// maxSnapshot is the size in bytes above which a file is no snapshot.
const maxSnapshot = 256 << 20

func loadHost(name string) (*host.Loaded, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usage("%w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSnapshot+1))
	if err != nil {
		return nil, fmt.Errorf("%s can't be read: %w", name, err)
	}
	if len(data) > maxSnapshot {
		return nil, fmt.Errorf("%s is larger than %d MiB, which no snapshot is", name, maxSnapshot>>20)
	}
	return host.Load(filepath.Base(name), data)
}
