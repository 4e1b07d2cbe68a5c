package host

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// root is the file system of the machine that is looked at, with a list of what could not be seen. Names begin with a
// slash, as the machine itself has them.
type root struct {
	fsys   fs.FS
	mu     sync.Mutex
	unseen map[Unseen]int
}

// maxText bounds the bytes of one configuration file.
const maxText = 1 << 20

// miss remembers that something could not be looked at. A file that isn't there is nothing to see.
func (r *root) miss(what string, err error) {
	reason := ""
	switch {
	case err == nil || isGone(err):
		return
	case isForbidden(err):
		reason = "permission denied: run it as root (in a container it also takes --cap-add SYS_PTRACE)"
	default:
		reason = cause(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unseen[Unseen{What: what, Reason: reason}]++
}

// missed is all that was not seen, sorted.
func (r *root) missed() []Unseen {
	list := []Unseen{}
	for u, n := range r.unseen {
		u.Count = n
		list = append(list, u)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].What != list[j].What {
			return list[i].What < list[j].What
		}
		return list[i].Reason < list[j].Reason
	})
	return list
}

// inside is a name of the machine as the file system has it.
func inside(name string) string {
	if name = strings.Trim(path.Clean("/"+name), "/"); name == "" {
		return "."
	}
	return name
}

// raw reads a file of /proc: no links to follow, no size to trust.
func (r *root) raw(name string) ([]byte, error) { return fs.ReadFile(r.fsys, inside(name)) }

// real follows links one by one inside the root, so that an absolute link of another machine's tree stays in it.
func (r *root) real(name string) string {
	done, rest := "/", strings.Split(inside(name), "/")
	for hops := 0; len(rest) > 0; {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		target, err := fs.ReadLink(r.fsys, inside(next))
		if err != nil || hops > 40 {
			done = next
			continue
		}
		hops++
		if !path.IsAbs(target) {
			target = path.Join(done, target)
		}
		done, rest = "/", append(strings.Split(inside(target), "/"), rest...)
	}
	return done
}

// text is a configuration file: regular, not too large, with links followed.
func (r *root) text(name string) (string, error) {
	name = inside(r.real(name))
	info, err := fs.Stat(r.fsys, name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxText {
		return "", errNoText
	}
	data, err := fs.ReadFile(r.fsys, name)
	return string(data), err
}

// list are the names in a directory, sorted.
func (r *root) list(dir string) []string {
	entries, err := fs.ReadDir(r.fsys, inside(r.real(dir)))
	r.miss(dir, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (r *root) exists(name string) bool {
	_, err := fs.Stat(r.fsys, inside(r.real(name)))
	return err == nil
}

// machine reads what the host is.
func (r *root) machine() Machine {
	m := Machine{Container: r.container()}
	if data, err := r.raw("/proc/sys/kernel/hostname"); err == nil {
		m.Name = strings.TrimSpace(string(data))
	}
	if text, err := r.text("/etc/hostname"); m.Name == "" && err == nil {
		m.Name = strings.TrimSpace(text)
	}
	if data, err := r.raw("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(data))
	}
	release, err := r.text("/etc/os-release")
	if err != nil {
		release, _ = r.text("/usr/lib/os-release")
	}
	values := map[string]string{}
	for line := range strings.Lines(release) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[key] = strings.Trim(value, `"'`)
		}
	}
	m.OS = strings.TrimSpace(values["ID"] + " " + values["VERSION_ID"])
	if data, err := r.raw("/proc/cpuinfo"); err == nil {
		m.Processor = strings.Count("\n"+string(data), "\nprocessor")
	}
	if data, err := r.raw("/proc/meminfo"); err == nil {
		m.Memory = kilobytes(string(data), "MemTotal:")
	}
	m.Addresses = r.addresses()
	return m
}

// kilobytes reads "MemTotal:  16384 kB" as bytes.
func kilobytes(text, key string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}

// container says in what the machine itself is shut: by the marks that the engines leave.
func (r *root) container() string {
	switch {
	case r.exists("/.dockerenv"):
		return "docker"
	case r.exists("/run/.containerenv"):
		return "podman"
	case r.exists("/run/systemd/container"):
		text, _ := r.text("/run/systemd/container")
		return strings.TrimSpace(text)
	case r.exists("/proc/vz") && !r.exists("/proc/bc"):
		return "openvz"
	}
	return ""
}

// addresses are the machine's own, from the kernel's routing table.
func (r *root) addresses() []string {
	data, err := r.raw("/proc/net/fib_trie")
	r.miss("own addresses", err)
	seen := map[string]bool{}
	last := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if i := strings.Index(line, "|-- "); i >= 0 {
			last = line[i+4:]
		} else if strings.HasPrefix(line, "/32 host LOCAL") && !strings.HasPrefix(last, "127.") {
			seen[last] = true
		}
	}
	return sorted(seen)
}

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}

// dataless are types of file systems that hold nothing of a service's.
var dataless = map[string]bool{
	"proc": true, "sysfs": true, "devtmpfs": true, "devpts": true, "tmpfs": true, "cgroup": true, "cgroup2": true, "securityfs": true, "pstore": true, "bpf": true, "mqueue": true,
	"hugetlbfs": true, "debugfs": true, "tracefs": true, "configfs": true, "fusectl": true, "autofs": true, "binfmt_misc": true, "nsfs": true, "efivarfs": true, "rpc_pipefs": true, "squashfs": true, "ramfs": true,
}

func (r *root) mounts() []Mount {
	data, err := r.raw("/proc/mounts")
	if err != nil {
		data, err = r.raw("/proc/1/mounts")
	}
	r.miss("mounts", err)
	var list []Mount
	seen := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) > 3 && f[1] == "/proc" {
			r.hidden(f[3])
		}
		if len(f) < 3 || dataless[f[2]] || seen[f[1]] {
			continue
		}
		seen[f[1]] = true
		list = append(list, Mount{Path: unescapeMount(f[1]), Device: maskWord(unescapeMount(f[0])), Type: f[2]})
	}
	return list
}

// hidden says that the kernel shows nobody but root the processes of others, where /proc is mounted so. The first process
// is root's.
func (r *root) hidden(options string) {
	for option := range strings.SplitSeq(options, ",") {
		level, hides := strings.CutPrefix(option, "hidepid=")
		if hides && level != "0" && level != "off" && !r.exists("/proc/1") {
			r.miss("processes of other users", fmt.Errorf("/proc hides them (hidepid=%s): run it as root", level))
		}
	}
}

func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\134`, `\`).Replace(s)
}

func (r *root) hosts() []Name {
	text, err := r.text("/etc/hosts")
	r.miss("/etc/hosts", err)
	var list []Name
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) > 1 {
			list = append(list, Name{f[0], f[1:]})
		}
	}
	return list
}

func (r *root) dns() DNS {
	text, err := r.text("/etc/resolv.conf")
	r.miss("/etc/resolv.conf", err)
	var d DNS
	for line := range strings.Lines(text) {
		switch f := strings.Fields(line); {
		case len(f) > 1 && f[0] == "nameserver":
			d.Servers = append(d.Servers, f[1])
		case len(f) > 1 && (f[0] == "search" || f[0] == "domain"):
			d.Search = append(d.Search, f[1:]...)
		}
	}
	return d
}
