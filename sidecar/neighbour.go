package sidecar

import (
	"math"
	"sort"
	"sync"
	"time"
)

// neighbour is the service's process, as far as it can be seen: only where the pod shares its process namespace.
type neighbour struct {
	proc procFS
	port int
	self int // the sidecar's own process

	now func() time.Time

	mu    sync.Mutex
	known proc   // the eldest process of the service; pid 0 where none was found
	how   string // how it was found
	last  usage  // what look gave at
	seen  bool   // with this ok
	at    time.Time
}

// The ways to find the service's process.
const (
	bySocket = "it listens on the port"
	byOrder  = "it is the only other container's"
)

// usage is what the service's processes take together: the eldest and all that come from it.
type usage struct {
	eldest    proc
	how       string
	processes int
	cpu       float64   // seconds since the start; never falls while the eldest lives
	resident  float64   // bytes; pages that processes share count for each
	threads   int       // of all
	started   time.Time // zero where unknown
	files     float64   // open files of the process that has the most; -1 where one may not look
	fileLimit float64   // of that process
}

// look finds the service's processes; ok is false where none can be seen. Like a probe's, its answer stays good for a
// moment: reading all of /proc is work.
func (n *neighbour) look() (u usage, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := n.now(); n.at.IsZero() || now.Sub(n.at) >= fresh {
		n.last, n.seen = n.read()
		n.at = now
	}
	return n.last, n.seen
}

func (n *neighbour) read() (u usage, ok bool) {
	procs, err := n.proc.all()
	if err != nil {
		return usage{}, false
	}
	if !n.stillThere(procs) {
		n.known, n.how = n.find(procs)
	}
	if n.known.pid == 0 {
		return usage{}, false
	}
	return n.sum(procs), true
}

// stillThere tells a process from a later one that got its number by the time of its start.
func (n *neighbour) stillThere(procs []proc) bool {
	for _, p := range procs {
		if n.known.pid != 0 && p.pid == n.known.pid && p.start == n.known.start {
			return true
		}
	}
	return false
}

// find picks the eldest process that has the listening socket open. The kernel shows whose socket it is only to the same
// user. Otherwise, where exactly one other container is in the pod, it is that one's: in a shared namespace every
// container's first process has the parent 0, and process 1 is the pod's own. (So has a machine's kthreadd.)
func (n *neighbour) find(procs []proc) (proc, string) {
	if inodes := n.proc.listening(n.port); len(inodes) > 0 {
		var holders []proc
		for _, p := range procs {
			if p.pid != n.self && n.proc.holds(p.pid, inodes) {
				holders = append(holders, p)
			}
		}
		if len(holders) > 0 {
			sort.Slice(holders, func(i, j int) bool {
				if holders[i].start != holders[j].start {
					return holders[i].start < holders[j].start
				}
				return holders[i].pid < holders[j].pid
			})
			return holders[0], bySocket
		}
	}
	var firsts []proc
	for _, p := range procs {
		if p.parent == 0 && p.pid != 1 && p.pid != n.self && p.name != "kthreadd" {
			firsts = append(firsts, p)
		}
	}
	if len(firsts) == 1 {
		return firsts[0], byOrder
	}
	return proc{}, ""
}

// sum adds up the eldest and its descendants.
func (n *neighbour) sum(procs []proc) usage {
	children := map[int][]proc{}
	u := usage{how: n.how, files: -1}
	for _, p := range procs {
		if p.pid == n.known.pid {
			u.eldest = p
		}
		children[p.parent] = append(children[p.parent], p)
	}
	seen := map[int]bool{}
	for todo := []proc{u.eldest}; len(todo) > 0; {
		p := todo[0]
		todo = todo[1:]
		if seen[p.pid] || p.pid == n.self {
			continue
		}
		seen[p.pid] = true
		todo = append(todo, children[p.pid]...)
		u.processes++
		u.cpu += p.cpu
		u.resident += p.resident
		u.threads += p.threads
		if open, limit, ok := n.proc.files(p.pid); ok && open > u.files {
			u.files, u.fileLimit = open, limit
		}
	}
	if boot, err := n.proc.booted(); err == nil {
		seconds, fraction := math.Modf(boot + float64(u.eldest.start)/ticks)
		u.started = time.Unix(int64(seconds), int64(fraction*1e9)).UTC()
	}
	return u
}
