package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

func TestTakeSeesWhatRuns(t *testing.T) {
	s := shop().take(t)
	byPID := map[int]host.Process{}
	for _, p := range s.Processes {
		byPID[p.PID] = p
	}
	if _, kernel := byPID[2]; kernel {
		t.Error("a thread of the kernel is there")
	}
	p := byPID[21]
	for what, pair := range map[string][2]any{
		"user":    {p.User, "shop"},
		"dir":     {p.Dir, "/srv/shop/current"},
		"unit":    {p.Unit, "shop.service"},
		"program": {p.Program, "/usr/bin/python3.5"},
		"package": {p.Package, ""}, // code of its own, run by a package's interpreter
		"started": {p.Started, "2017-07-14T02:40:21Z"},
		"memory":  {p.Memory, int64(2 << 20)},
		"limits":  {p.Limits, map[string]string{"open files": "99999"}},
		"writes":  {p.Writes, []string{"/srv/shop/shared/db"}},
		"logs":    {p.Logs, []string{"/var/log/shop/app.log"}},
		"calls": {p.Calls, []host.Call{
			{To: "tcp 10.0.0.5:8443", Names: []string{"erp.corp.example", "erp"}, Connections: 1, Samples: 1},
			{To: "tcp 127.0.0.1:5432", Peer: 30, Connections: 1, Samples: 1}}},
		"listens":  {byPID[20].Listens, []string{"tcp 127.0.0.1:8000"}},
		"inbound":  {len(byPID[20].Calls), 0},
		"unit v2":  {byPID[30].Unit, "postgresql@9.6-main.service"},
		"owner":    {byPID[30].Package, "postgresql-9.6"},
		"priority": {byPID[10].Priority, "important"},
		"machine":  {s.Machine, host.Machine{Name: "web1", OS: "debian 9", Kernel: "4.9.0", Processor: 2, Memory: 2 << 20, Addresses: []string{"10.0.0.10"}}},
		"mounts":   {s.Mounts, []host.Mount{{Path: "/", Device: "/dev/sda1", Type: "ext4"}, {Path: "/srv/shop/shared", Device: "nfs1:/up", Type: "nfs"}}},
		"dns":      {s.DNS, host.DNS{Servers: []string{"10.0.0.2"}, Search: []string{"corp.example"}}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: got %v, want %v", what, pair[0], pair[1])
		}
	}
	if len(s.Packages) != 4 || s.Packages["cron"] != "3.0pl1" {
		t.Errorf("packages: %v", s.Packages)
	}
	var cron []string
	for _, j := range s.Cron {
		cron = append(cron, fmt.Sprintf("%s|%s|%s|%s:%d", j.Schedule, j.User, j.Command, j.File, j.Line))
	}
	if want := []string{
		"30 2 * * *|shop|cd /srv/shop/current && venv/bin/python manage.py report --token *** >> /var/log/shop/report.log 2>&1|/etc/cron.d/shop:3",
		"0 3 * * *|postgres|PGPASSWORD=*** pg_dump -U shop shop > /backup/shop.sql|/var/spool/cron/crontabs/postgres:1",
	}; !reflect.DeepEqual(cron, want) {
		t.Errorf("cron:\n%s", strings.Join(cron, "\n"))
	}
	if len(s.Units) != 1 || !s.Units[0].Enabled || !strings.Contains(strings.Join(s.Units[0].Text, "\n"), `Environment=SECRET_KEY=*** PORT=8000`) {
		t.Errorf("units: %+v", s.Units)
	}
}

// TestNoSecretLeaves searches every byte of the file for the canaries of the made host.
func TestNoSecretLeaves(t *testing.T) {
	var text bytes.Buffer
	if err := host.Encode(&text, shop().take(t)); err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(text.String(), "\n") {
		if strings.Contains(line, "CANARY") {
			t.Errorf("%d: %s", n+1, line)
		}
	}
}

func TestSchemaAccepts(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(host.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("host.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("host.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]machine{"shop": shop(), "bare": {"proc/1/stat": "broken", "proc/7/cmdline": "x"}} {
		text, err := json.Marshal(m.take(t))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTakeIsTheSameTwice(t *testing.T) {
	one, two := shop().take(t), shop().take(t)
	if !reflect.DeepEqual(one, two) {
		t.Error("two snapshots of the same tree differ")
	}
}

// forbidden refuses what only root may see.
type forbidden struct{ fstest.MapFS }

func hidden(name string) bool {
	return strings.HasPrefix(name, "proc/2") && (strings.Contains(name, "/environ") || strings.Contains(name, "/fd") || strings.Contains(name, "/cwd") || strings.Contains(name, "/exe"))
}

func (f forbidden) Open(name string) (fs.File, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f forbidden) ReadFile(name string) ([]byte, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadFile(name)
}

func (f forbidden) ReadDir(name string) ([]fs.DirEntry, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

func (f forbidden) ReadLink(name string) (string, error) {
	if hidden(name) {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadLink(name)
}

func TestWithoutRootItSaysWhatIsMissing(t *testing.T) {
	s, err := host.Take(context.Background(), forbidden{shop().fs()}, host.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var unseen []string
	for _, u := range s.Unseen {
		unseen = append(unseen, fmt.Sprintf("%s (%d): %s", u.What, u.Count, u.Reason))
	}
	all := strings.Join(unseen, "\n")
	for _, want := range []string{"environment of processes of other users (2): permission denied", "open files and sockets of processes of other users (2)", "working directory and program of processes of other users (2)"} {
		if !strings.Contains(all, want) {
			t.Errorf("missing %q in\n%s", want, all)
		}
	}
	if len(s.Sockets) != 1 || s.Sockets[0] != (host.Socket{Listens: "tcp 127.0.0.1:8000", User: "shop"}) {
		t.Errorf("sockets that belong to nobody: %v", s.Sockets)
	}
}

// A kernel that hides the processes of others leaves nothing to see: that is said, and only there.
func TestHiddenProcesses(t *testing.T) {
	for options, want := range map[string]string{"rw,nosuid,hidepid=2": "/proc hides them (hidepid=2): run it as root", "rw,hidepid=invisible": "/proc hides them (hidepid=invisible): run it as root", "rw,hidepid=0": "", "rw": ""} {
		for _, all := range []bool{false, true} {
			m := machine{"proc/mounts": "proc /proc proc " + options + " 0 0\n"}
			m.proc(40, 1, "1001", "x", nil)
			if all {
				m.proc(1, 0, "0", "init", nil)
				want = ""
			}
			got := ""
			for _, u := range m.take(t).Unseen {
				if u.What == "processes of other users" {
					got = u.Reason
				}
			}
			if got != want {
				t.Errorf("%s, %t: %q, want %q", options, all, got, want)
			}
		}
	}
}

// TestTitlesOfHiddenProgramsAreRead is redis as another user sees it: no link to the program, a title as its command line.
func TestTitlesOfHiddenProgramsAreRead(t *testing.T) {
	for title, want := range map[string]string{"/usr/bin/redis-server 127.0.0.1:6379": "/usr/bin/redis-server", "redis-server *:6379": "", "/opt/x y": "/opt/x"} {
		m := machine{}
		m.proc(7, 1, "106", "x", nil)
		m["proc/7/cmdline"] = title + "\x00\x00\x00"
		if p := m.take(t).Processes[0]; p.Program != want || p.Command[0] != title {
			t.Errorf("%q: program %q, command %q", title, p.Program, p.Command)
		}
	}
}

func TestTakeRefusesAMachineWithoutProc(t *testing.T) {
	_, err := host.Take(context.Background(), fstest.MapFS{"etc/hosts": {}}, host.Options{})
	if err == nil || !strings.Contains(err.Error(), "which has to be Linux") {
		t.Error(err)
	}
}

// memory is a file system that finds what it holds at once, as a kernel does; a MapFS looks at all of its files.
type memory struct {
	files machine
	dirs  map[string][]fs.DirEntry
}

func inMemory(files machine) memory {
	m := memory{files, map[string][]fs.DirEntry{}}
	seen := map[string]bool{}
	for name := range files {
		for at := name; at != "." && !seen[at]; at = path.Dir(at) {
			seen[at] = true
			m.dirs[path.Dir(at)] = append(m.dirs[path.Dir(at)], entry{path.Base(at), files[at]})
		}
	}
	return m
}

type entry struct{ name, text string }

func (e entry) Name() string               { return e.name }
func (e entry) IsDir() bool                { return e.text == "" }
func (e entry) Type() fs.FileMode          { return 0 }
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return int64(len(e.text)) }
func (e entry) Mode() fs.FileMode          { return 0o600 }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }

func (m memory) Open(string) (fs.File, error)           { return nil, fs.ErrNotExist }
func (m memory) Lstat(name string) (fs.FileInfo, error) { return m.Stat(name) }

func (m memory) Stat(name string) (fs.FileInfo, error) {
	text, ok := m.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return entry{name, text}, nil
}

func (m memory) ReadFile(name string) ([]byte, error) {
	text, ok := m.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

func (m memory) ReadDir(name string) ([]fs.DirEntry, error) {
	if entries, ok := m.dirs[name]; ok {
		return entries, nil
	}
	return nil, fs.ErrNotExist
}

func (m memory) ReadLink(name string) (string, error) {
	if target, ok := strings.CutPrefix(m.files[name], "-> "); ok {
		return target, nil
	}
	return "", fs.ErrInvalid
}

// BenchmarkTake looks at 10,000 processes with all that /proc has of each. The kernel's own part of the work is not in it.
func BenchmarkTake(b *testing.B) {
	m := shop()
	environ := "A=1\x00B=2\x00SECRET_KEY=x\x00"
	for i := range 30 { // as a service of today has them
		environ += fmt.Sprintf("SETTING_%d=https://host%d.corp.example:8443/api/v%d\x00", i, i, i)
	}
	var maps strings.Builder
	for i := range 80 {
		fmt.Fprintf(&maps, "7f%04x000-7f%04x000 r-xp 00000000 fe:00 1234   /usr/lib/x86_64-linux-gnu/libthing%d.so.%d\n", i, i+1, i/4, i%4)
	}
	var table strings.Builder
	for pid := 1000; pid < 11000; pid++ {
		m.proc(pid, 1, "1001", fmt.Sprintf("/srv/app%d/bin/app --port %d", pid%200, pid), map[string]string{
			"cwd": "-> /srv/app", "exe": fmt.Sprintf("-> /srv/app%d/bin/app", pid%200), "environ": environ, "maps": maps.String(), "cgroup": "0::/system.slice/app.service\n",
			"fd/0": "-> /dev/null", "fd/1": "-> /var/log/app.log", "fd/3": fmt.Sprintf("-> socket:[%d]", pid), "fd/4": "-> /srv/app/data/x", "limits": "Limit\n"})
		table.WriteString(socketLine(fmt.Sprintf("00000000:%04X", pid), "00000000:0000", "0A", 1001, pid))
	}
	m["proc/net/tcp"] += table.String()
	fsys := inMemory(m)
	for b.Loop() {
		s, err := host.Take(context.Background(), fsys, host.Options{})
		if err != nil || len(s.Processes) < 10000 {
			b.Fatal(err, len(s.Processes))
		}
	}
}

func FuzzTake(f *testing.F) {
	f.Add("postgres: x y", "7 (a) S 1", tcpHead+"0: 0:0 0:0 0A", "1:name=systemd:/a.service", "server {", "* * * * * x")
	f.Add("/usr/bin/redis-server *:6379", "7 (a) b) S 1 1 1 0 -1 1 1 1 1 1 1 1 1 1 20 0 1 0 7 1 1", "x", "0::/docker-0.scope", "map $token $x {", "@daily root")
	f.Fuzz(func(t *testing.T, command, stat, tcp, cgroup, nginx, cron string) {
		m := machine{"proc/net/tcp": tcp, "proc/net/unix": tcp, "proc/net/fib_trie": tcp, "proc/mounts": tcp, "etc/hosts": nginx, "etc/nginx/nginx.conf": nginx, "etc/cron.d/x": cron, "etc/systemd/system/x.service": nginx,
			"var/lib/dpkg/status": cron, "etc/passwd": nginx}
		m.proc(7, 1, "1", "x", map[string]string{"cmdline": command, "stat": stat, "cgroup": cgroup, "environ": nginx, "limits": cron, "exe": "-> /usr/sbin/nginx", "fd/3": "-> socket:[7]"})
		m.proc(8, 7, "1", "x", map[string]string{"cmdline": command, "exe": "-> " + command})
		l := m.load(t, "h.json")
		host.Read([]*host.Loaded{l})
	})
}
