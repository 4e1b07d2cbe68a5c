package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// fakeProc builds a /proc.
type fakeProc struct{ fstest.MapFS }

func newFakeProc() fakeProc {
	p := fakeProc{fstest.MapFS{}}
	p.file("stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n")
	p.listen("net/tcp", nil)
	return p
}

func (p fakeProc) file(name, text string) { p.MapFS[name] = &fstest.MapFile{Data: []byte(text)} }

// listen writes a table of sockets: port to inode, all listening, with an established connection to each beside it.
func (p fakeProc) listen(file string, sockets map[int]int) {
	text := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	for port, inode := range sockets {
		text += fmt.Sprintf("   0: 0100007F:%04X 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 999 1 0\n", port)
		text += fmt.Sprintf("   1: 00000000:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 %d 1 0000\n", port, inode)
	}
	p.file(file, text)
}

// process adds one; fds are where its open files lead, nil where one may not look.
func (p fakeProc) process(pid, parent int, name string, start int, fds []string) {
	p.file(fmt.Sprintf("%d/stat", pid), fmt.Sprintf(
		"%d (%s) S %d 1 1 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 4 0 %d 100000 10 18446744073709551615 1 1 0 0", pid, name, parent, start))
	p.file(fmt.Sprintf("%d/limits", pid), "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files     \n")
	for i, to := range fds {
		p.MapFS[fmt.Sprintf("%d/fd/%d", pid, i)] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
	}
}

func newNeighbour(p fs.FS) *neighbour {
	return &neighbour{proc: procFS{p}, port: 8000, self: 50, now: time.Now}
}

func TestNeighbourIsFound(t *testing.T) {
	socket := []string{"/dev/null", "socket:[77]"}
	tests := []struct {
		name string
		make func(p fakeProc)
		pid  int // 0 for none
		how  string
	}{
		{"by its socket", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77, 9000: 78})
			p.process(20, 0, "web", 10, socket)
			p.process(30, 0, "other", 5, []string{"socket:[78]", "socket:[999]"})
		}, 20, bySocket},
		{"by its socket of IPv6", func(p fakeProc) {
			p.listen("net/tcp6", map[int]int{8000: 77})
			p.process(20, 0, "java", 10, socket)
		}, 20, bySocket},
		{"the eldest of those that share it", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77})
			p.process(20, 1, "gunicorn: worker", 30, socket)
			p.process(90, 1, "gunicorn: master", 10, socket)
		}, 90, bySocket},
		{"with a name that looks like the line's end", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77})
			p.process(20, 0, "a) S 1 (b", 10, socket)
		}, 20, bySocket},
		{"by order, where the socket's holder is another user's", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77})
			p.process(1, 0, "pause", 1, nil)
			p.process(20, 0, "web", 10, nil)
			p.process(21, 20, "web-child", 11, nil)
		}, 20, byOrder},
		{"not by order among two", func(p fakeProc) {
			p.process(1, 0, "pause", 1, nil)
			p.process(20, 0, "web", 10, nil)
			p.process(30, 0, "log-shipper", 10, nil)
		}, 0, ""},
		{"not the sidecar itself", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77})
			p.process(50, 0, "migrate-sidecar", 10, socket)
		}, 0, ""},
		{"not a connection's owner", func(p fakeProc) {
			p.listen("net/tcp", map[int]int{8000: 77})
			p.process(20, 60, "client", 10, []string{"socket:[999]"})
		}, 0, ""},
		{"not in a damaged /proc", func(p fakeProc) {
			p.file("net/tcp", "  sl\n 0: junk 0A\n 1: 00:ZZZZ x 0A 1 2 3 4 5 6\n")
			p.file("20/stat", "20 (web")
			p.file("21/stat", "21 (web) S 0 x")
		}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newFakeProc()
			p.process(50, 0, "migrate-sidecar", 20, []string{"socket:[5]"})
			tt.make(p)
			u, ok := newNeighbour(p).look()
			if ok != (tt.pid != 0) || u.eldest.pid != tt.pid || u.how != tt.how {
				t.Errorf("got pid %d (%q), %v; want %d (%q)", u.eldest.pid, u.how, ok, tt.pid, tt.how)
			}
		})
	}
	if _, ok := newNeighbour(fstest.MapFS{}).look(); ok {
		t.Error("found a process in an empty /proc")
	}
}

func TestNeighbourUsage(t *testing.T) {
	p := newFakeProc()
	p.listen("net/tcp", map[int]int{8000: 77})
	p.process(20, 1, "master", 1050, []string{"socket:[77]"})
	p.process(21, 20, "worker", 1100, []string{"socket:[77]", "/a", "/b"})
	p.process(22, 21, "grandchild", 1200, nil)
	p.process(30, 1, "stranger", 1000, []string{"/a", "/b", "/c", "/d"})
	u, ok := newNeighbour(p).look()
	if !ok || u.processes != 3 || u.cpu != 6 || u.threads != 12 || u.resident != float64(30*os.Getpagesize()) {
		t.Errorf("got %+v", u)
	}
	if u.files != 3 || u.fileLimit != 1024 {
		t.Errorf("open files %v of %v, want the worker's 3 of 1024", u.files, u.fileLimit)
	}
	if want := time.Unix(1700000010, 5e8).UTC(); !u.started.Equal(want) {
		t.Errorf("started %v, want %v", u.started, want)
	}
}

func TestNeighbourRestarts(t *testing.T) {
	p := newFakeProc()
	p.listen("net/tcp", map[int]int{8000: 77})
	p.process(20, 1, "web", 10, []string{"socket:[77]"})
	n := newNeighbour(p)
	now := time.Unix(0, 0)
	n.now = func() time.Time { return now }
	if u, _ := n.look(); u.eldest.start != 10 {
		t.Fatalf("got %+v", u)
	}
	p.process(20, 1, "shell", 99, nil) // the number is another process's now
	delete(p.MapFS, "20/fd/0")
	p.process(33, 1, "web", 100, []string{"socket:[77]"})
	if u, _ := n.look(); u.eldest.start != 10 {
		t.Error("looked again within a second")
	}
	now = now.Add(fresh)
	if u, _ := n.look(); u.eldest.pid != 33 {
		t.Errorf("got %+v, want the process that listens now", u.eldest)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("20 (web) S 0 1 1 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 4 0 10 100000 10 18446744073709551615 1 1")
	f.Add("1 (a) b) S")
	f.Add(")(")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseStat(text)
		if err == nil && !strings.Contains(text, "("+p.name+")") {
			t.Errorf("%q: the name %q", text, p.name)
		}
	})
}

func FuzzListener(f *testing.F) {
	f.Add("   1: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0000")
	f.Fuzz(func(t *testing.T, line string) {
		if inode, ok := listener(line, 8000); ok && (inode == "" || inode == "0") {
			t.Errorf("%q: the inode %q", line, inode)
		}
	})
}

// denied is a /proc that can't be read.
type denied struct{}

func (denied) Open(string) (fs.File, error) { return nil, errors.New("permission denied") }
