package host

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// process reads /proc/PID. It is nil for threads of the kernel, for what has ended, and for what is only waited for.
func (l *look) process(pid int) *seen {
	at := "/proc/" + strconv.Itoa(pid)
	stat, err := l.root.raw(at + "/stat")
	if err != nil {
		return nil
	}
	p := &seen{Process: Process{PID: pid}, calls: map[string]*Call{}, listens: map[string]bool{}, writes: map[string]bool{}, logs: map[string]bool{}, names: map[string][]string{}}
	if !p.stat(string(stat)) {
		return nil
	}
	line, err := l.root.raw(at + "/cmdline")
	if err != nil || len(line) == 0 {
		return nil // the kernel's threads have none
	}
	words := commandWords(string(line))
	if len(words) == 0 {
		return nil
	}
	p.Command = maskCommand(words)
	p.Started = l.since(p.start)
	status, _ := l.root.raw(at + "/status")
	p.uid = statusField(string(status), "Uid:")
	p.User = l.users[p.uid]
	if p.User == "" {
		p.User = p.uid
	}
	p.Memory = kilobytes(string(status), "VmRSS:")
	p.Threads = number(statusField(string(status), "Threads:"))
	p.Limits = l.limits(at)
	p.Unit, p.Container = l.group(at)
	l.place(p, at)
	l.environment(p, at, words)
	l.open(p, at)
	return p
}

// commandWords splits a command line. A program that gives itself a title writes it as one text, with zeros or blanks
// behind it.
func commandWords(line string) []string {
	words := strings.Split(strings.TrimRight(line, "\x00"), "\x00")
	if len(words) == 1 {
		words[0] = strings.TrimSpace(words[0])
	}
	for i, w := range words {
		words[i] = strings.ToValidUTF8(w, "?")
	}
	if words[0] == "" {
		return nil
	}
	return words
}

// stat reads the fields behind the name, which may hold anything. It is false for a zombie.
func (p *seen) stat(text string) bool {
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return false
	}
	f := strings.Fields(text[end+1:])
	if len(f) < 20 || f[0] == "Z" || f[0] == "X" {
		return false
	}
	p.Parent = number(f[1])
	p.Terminal = f[4] != "0"
	p.start, _ = strconv.ParseUint(f[19], 10, 64)
	return true
}

// statusField is the first word behind a key of /proc/PID/status.
func statusField(text, key string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				return f[0]
			}
		}
	}
	return ""
}

// usualLimits are the soft limits that say nothing: the kernel's and systemd's defaults.
var usualLimits = map[string]string{"Max open files": "1024", "Max core file size": "0", "Max stack size": "8388608"}

// toldLimits are those that a service is given on purpose.
var toldLimits = map[string]string{"Max open files": "open files", "Max processes": "", "Max address space": "address space", "Max core file size": "core file size",
	"Max stack size": "stack size", "Max cpu time": "cpu time", "Max file size": "file size"}

func (l *look) limits(at string) map[string]string {
	data, err := l.root.raw(at + "/limits")
	if err != nil {
		return nil
	}
	var limits map[string]string
	for line := range strings.Lines(string(data)) {
		if len(line) < 40 {
			continue
		}
		name := strings.TrimSpace(line[:26])
		f := strings.Fields(line[26:])
		short := toldLimits[name]
		if short == "" || len(f) == 0 || f[0] == "unlimited" || f[0] == usualLimits[name] {
			continue
		}
		if limits == nil {
			limits = map[string]string{}
		}
		limits[short] = f[0]
	}
	return limits
}

// group finds the unit and the container in the control groups, of version 1 (a line for each controller) or 2.
func (l *look) group(at string) (unit, container string) {
	data, err := l.root.raw(at + "/cgroup")
	if err != nil {
		return "", ""
	}
	for line := range strings.Lines(string(data)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		for _, part := range strings.Split(f[2], "/") {
			if id := containerID(part); id != "" {
				container = id
			}
			if (f[1] == "" || f[1] == "name=systemd") && (strings.HasSuffix(part, ".service") || strings.HasSuffix(part, ".scope")) && containerID(part) == "" {
				unit = strings.ReplaceAll(part, `\x2d`, "-")
			}
		}
	}
	return unit, container
}

// containerID finds the 64 digits of a container's id in a part of a control group's path: docker-ID.scope, ID.
func containerID(part string) string {
	part = strings.TrimSuffix(part, ".scope")
	part = part[strings.LastIndexAny(part, "-:")+1:]
	if len(part) != 64 || strings.Trim(part, "0123456789abcdef") != "" {
		return ""
	}
	return part[:12]
}

// place reads where it works and which file runs.
func (l *look) place(p *seen, at string) {
	var err error
	if p.Dir, err = fs.ReadLink(l.root.fsys, inside(at+"/cwd")); err != nil {
		l.root.miss("working directory and program of processes of other users", err)
	}
	if p.Program, err = fs.ReadLink(l.root.fsys, inside(at+"/exe")); err != nil {
		if first, _, _ := strings.Cut(p.Command[0], " "); path.IsAbs(first) { // a title begins with the program, too
			p.Program = first
		}
		if r, err := l.program(p); err == nil {
			p.Program = r
		}
	}
	p.Program = strings.TrimSuffix(p.Program, " (deleted)")
	p.Dir = strings.TrimSuffix(p.Dir, " (deleted)")
	p.space, _ = fs.ReadLink(l.root.fsys, inside(at+"/ns/net"))
}

// program follows the links of the first word where the file itself may not be seen.
func (l *look) program(p *seen) (string, error) {
	if p.Program == "" {
		return "", fs.ErrNotExist
	}
	return l.root.real(p.Program), nil
}

// environment reads the names of the variables, and what they call other machines.
func (l *look) environment(p *seen, at string, words []string) {
	data, err := l.root.raw(at + "/environ")
	if err != nil {
		l.root.miss("environment of processes of other users", err)
	}
	for _, pair := range strings.Split(string(data), "\x00") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || !variableName(name) {
			continue // a title has been written over it
		}
		if p.Environment == nil {
			p.Environment = Variables{}
		}
		v := l.variable(name, value)
		p.Environment[name] = v.plain
		p.leads(v)
	}
	for _, w := range words {
		p.leads(l.variable("", w[strings.LastIndexByte(w, '=')+1:]))
	}
}

// variable is what a variable with its value tells, whichever process has it.
type variable struct {
	plain  *string             // its value, where that can't be a secret
	names  map[string][]string // as seen.names
	points []Point
}

// variable looks at each variable once: the processes of a machine share most of theirs.
func (l *look) variable(name, value string) *variable {
	pair := name + "=" + value
	if v, ok := l.variables.Load(pair); ok {
		return v.(*variable)
	}
	scratch := &seen{names: map[string][]string{}}
	scratch.address(name, value)
	v := &variable{names: scratch.names, points: scratch.Points}
	if name != "" {
		v.plain = plainValue(name, value)
	}
	l.variables.Store(pair, v)
	return v
}

// leads takes over where a variable leads.
func (p *seen) leads(v *variable) {
	for port, hosts := range v.names {
		for _, host := range hosts {
			if !slices.Contains(p.names[port], host) {
				p.names[port] = append(p.names[port], host)
			}
		}
	}
	for _, point := range v.points {
		if !slices.Contains(p.Points, point) {
			p.Points = append(p.Points, point)
		}
	}
}

func variableName(name string) bool {
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	for _, c := range name {
		if c != '_' && c != '.' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// open reads what a process holds open: sockets, and files that it writes.
func (l *look) open(p *seen, at string) {
	entries, err := fs.ReadDir(l.root.fsys, inside(at+"/fd"))
	if err != nil {
		l.root.miss("open files and sockets of processes of other users", err)
		return
	}
	for _, e := range entries {
		target, err := fs.ReadLink(l.root.fsys, inside(at+"/fd/"+e.Name()))
		if isForbidden(err) { // the names may be seen, and nothing behind them
			l.root.miss("open files and sockets of processes of other users", err)
			return
		}
		if err != nil {
			continue
		}
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			if n, err := strconv.ParseUint(strings.TrimSuffix(inode, "]"), 10, 64); err == nil {
				p.sockets = append(p.sockets, n)
			}
			continue
		}
		if !path.IsAbs(target) || kernelFile.MatchString(target) || strings.HasSuffix(target, " (deleted)") {
			continue
		}
		info, err := e.Info()
		if err != nil || info.Mode().Perm()&0o200 == 0 {
			continue // open for reading
		}
		if isLog(target) || e.Name() == "1" || e.Name() == "2" {
			p.logs[target] = true
		} else {
			p.writes[path.Dir(target)] = true
		}
	}
}
