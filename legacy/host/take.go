package host

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"time"
)

// Options say how to look; the zero value looks once.
type Options struct {
	// Self is the process that takes the snapshot, 0 where another root is looked at: it and what wraps it are left out.
	Self int
	// Now tells the time; time.Now where it is nil.
	Now func() time.Time
	// Sample looks again and again for so long, to catch connections that come and go.
	Sample time.Duration
	// Peers gives, by the inode of a connected Unix socket, the inode at its other end, which no file of /proc tells.
	// See UnixPeers.
	Peers func() (map[uint64]uint64, error)
	// Progress is called after each look.
	Progress func(samples, processes int)
}

// interval is the pause between two looks of a sample.
const interval = time.Second

// Take looks at the machine whose root fsys is; it has to give links, as os.DirFS does. It reads only. What it may not see
// is listed in Unseen; the error is a root without /proc, or a context that ended.
func Take(ctx context.Context, fsys fs.FS, o Options) (*Snapshot, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &root{fsys: fsys, unseen: map[Unseen]int{}}
	if _, err := fs.ReadDir(fsys, "proc"); err != nil {
		return nil, fmt.Errorf("there is no /proc to read (%w): run this on the old machine itself, which has to be Linux", err)
	}
	s := &Snapshot{Version: Version, Taken: o.Now().UTC().Format(time.RFC3339), Machine: r.machine(), Mounts: r.mounts(), Hosts: r.hosts(), DNS: r.dns()}
	l := newLook(r, s.Hosts)
	if err := l.sample(ctx, o); err != nil {
		return nil, err
	}
	s.Samples = l.samples
	owners := r.packages()
	s.Packages = owners.versions
	s.Processes, s.Sockets = l.result(o.Self)
	owners.own(r, s.Processes)
	r.libraries(s.Processes)
	s.Units = r.units(owners, s.Processes)
	s.Scripts = r.scripts(owners)
	s.Cron = r.cron(owners)
	s.Files = r.configuration(s)
	s.Runtimes = r.runtimes(owners, s.Processes)
	s.Unseen = r.missed()
	return s, ctx.Err()
}

// sample looks once, and then for as long as is asked.
func (l *look) sample(ctx context.Context, o Options) error {
	begin := o.Now()
	for {
		start := o.Now()
		if err := l.once(ctx, o.Peers); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(l.samples, len(l.processes))
		}
		// On a machine with very many processes a look takes long: it must not become the load.
		pause := max(interval, 10*o.Now().Sub(start))
		if o.Now().Add(pause).Sub(begin) > o.Sample {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
