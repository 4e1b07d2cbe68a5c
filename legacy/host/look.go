package host

import (
	"context"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// look gathers processes over one or several looks.
type look struct {
	root      *root
	boot      int64             // when the machine started, in seconds since 1970
	users     map[string]string // by number
	hostNames map[string][]string
	samples   int
	processes map[string]*seen // by id and start, as ids come again
	strays    map[Socket]bool
	variables sync.Map // NAME=value -> *variable
}

// seen is a process with what only matters while looking.
type seen struct {
	Process
	start   uint64 // in ticks since boot
	uid     string
	space   string           // its network namespace
	sockets []uint64         // inodes
	calls   map[string]*Call // by destination
	listens map[string]bool
	writes  map[string]bool
	logs    map[string]bool
	names   map[string][]string // port -> names that its own configuration gives to what answers there
}

func newLook(r *root, hosts []Name) *look {
	l := &look{root: r, users: map[string]string{}, hostNames: map[string][]string{}, processes: map[string]*seen{}, strays: map[Socket]bool{}}
	passwd, err := r.text("/etc/passwd")
	r.miss("/etc/passwd", err)
	for line := range strings.Lines(passwd) {
		if f := strings.Split(line, ":"); len(f) > 2 {
			l.users[f[2]] = f[0]
		}
	}
	for _, h := range hosts {
		l.hostNames[h.Address] = append(l.hostNames[h.Address], h.Names...)
	}
	stat, err := r.raw("/proc/stat")
	r.miss("/proc/stat", err)
	for line := range strings.Lines(string(stat)) {
		if rest, ok := strings.CutPrefix(line, "btime "); ok {
			l.boot = int64(number(strings.TrimSpace(rest)))
		}
	}
	return l
}

// once looks at every process and every socket.
func (l *look) once(ctx context.Context, peers func() (map[uint64]uint64, error)) error {
	entries, err := fs.ReadDir(l.root.fsys, "proc")
	if err != nil {
		return err
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	found := make([]*seen, len(pids))
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				found[i] = l.process(pids[i])
			}
		})
	}
	for i := range pids {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	found = slices.DeleteFunc(found, func(p *seen) bool { return p == nil })
	l.samples++
	l.connect(found, peers)
	for _, p := range found {
		l.remember(p)
	}
	return nil
}

// remember joins a process with what was seen of it before.
func (l *look) remember(p *seen) {
	key := strconv.Itoa(p.PID) + "/" + strconv.FormatUint(p.start, 10)
	old := l.processes[key]
	if old == nil {
		l.processes[key] = p
		return
	}
	old.Command, old.Program, old.Dir, old.Memory = p.Command, p.Program, p.Dir, max(old.Memory, p.Memory) // a start may end in an exec
	for s := range p.listens {
		old.listens[s] = true
	}
	for s := range p.writes {
		old.writes[s] = true
	}
	for s := range p.logs {
		old.logs[s] = true
	}
	for to, c := range p.calls {
		if before := old.calls[to]; before != nil {
			before.Connections = max(before.Connections, c.Connections)
			before.Samples++
			continue
		}
		old.calls[to] = c
	}
}

// result are the processes by id, without the one that looks.
func (l *look) result(self int) ([]Process, []Socket) {
	list := []Process{}
	byPID := map[int]*seen{}
	for _, p := range l.processes {
		byPID[p.PID] = p
	}
	own := map[int]bool{}
	for pid := self; pid != 0 && byPID[pid] != nil && (pid == self || starts(byPID[pid], byPID[self])); pid = byPID[pid].Parent {
		own[pid] = true
	}
	for _, p := range l.processes {
		if own[p.PID] {
			continue
		}
		p.nameCalls()
		p.Listens, p.Writes, p.Logs = sorted(p.listens), sorted(p.writes), sorted(p.logs)
		for _, c := range p.calls {
			if c.Peer != 0 && own[c.Peer] {
				continue
			}
			p.Calls = append(p.Calls, *c)
		}
		sort.Slice(p.Calls, func(i, j int) bool { return p.Calls[i].To < p.Calls[j].To })
		list = append(list, p.Process)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].PID != list[j].PID {
			return list[i].PID < list[j].PID
		}
		return list[i].Started < list[j].Started
	})
	var strays []Socket
	for s := range l.strays {
		strays = append(strays, s)
	}
	sort.Slice(strays, func(i, j int) bool { return strays[i].Listens+strays[i].User < strays[j].Listens+strays[j].User })
	return list, strays
}

// starts says whether a process is only there to start the one that looks: sudo migrate inspect, sh -c "migrate inspect".
func starts(p, self *seen) bool {
	if len(self.Command) == 0 {
		return false
	}
	name := path.Base(self.Command[0])
	words := strings.Fields(strings.Join(p.Command, " "))
	for i, w := range words {
		if i+1 < len(words) && path.Base(w) == name && words[i+1] == "inspect" {
			return true
		}
	}
	return false
}

// since is the start of a process, counted in hundredths of seconds since boot, as a time.
func (l *look) since(ticks uint64) string {
	if l.boot == 0 {
		return ""
	}
	return time.Unix(l.boot+int64(ticks/100), 0).UTC().Format(time.RFC3339)
}
