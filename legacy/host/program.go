package host

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// role is what a program on a host is for.
type role int

const (
	system     role = iota // the operating system's own
	supervisor             // starts others
	wrapper                // a shell or what else stands before the command that counts
	front                  // a web server before services
	store                  // a backing service
	app                    // a service's own code
	foreign                // somebody else's software, from a package
)

// program is a process with its workers: one thing that was started.
type program struct {
	host      *Loaded
	role      role
	kind      string // of a store
	processes []int  // in Snapshot.Processes; the first is the one that was started
}

func (p *program) main() *Process { return &p.host.Processes[p.processes[0]] }

// group puts each process to the one that started it as a worker of itself, and says what each is for.
func group(l *Loaded) []*program {
	byPID := map[int]int{}
	for i, p := range l.Processes {
		byPID[p.PID] = i
	}
	of := map[int]*program{}
	var all []*program
	var place func(i, depth int) *program
	place = func(i, depth int) *program {
		if of[i] != nil {
			return of[i]
		}
		p := &l.Processes[i]
		if parent, ok := byPID[p.Parent]; ok && parent != i && depth < 64 && workerOf(p, &l.Processes[parent]) {
			of[i] = place(parent, depth+1)
			of[i].processes = append(of[i].processes, i)
			return of[i]
		}
		of[i] = &program{host: l, processes: []int{i}}
		all = append(all, of[i])
		return of[i]
	}
	for i := range l.Processes {
		place(i, 0)
	}
	for _, p := range all {
		sort.Ints(p.processes[1:])
		p.role, p.kind = p.judge()
	}
	sort.Slice(all, func(i, j int) bool { return all[i].processes[0] < all[j].processes[0] })
	return all
}

// workerOf says whether a process was forked by another one of the same program. The interpreters of two programs are one
// file: there the command line decides, unless one of them has given itself a title.
func workerOf(p, parent *Process) bool {
	if p.User != parent.User && interpreter(p.Program) != "" && storeOf(p) == "" && !titled(p) && !slices.Equal(p.Command, parent.Command) || p.Container != parent.Container {
		return false
	}
	if slices.Equal(p.Command, parent.Command) {
		return true
	}
	same := p.Program != "" && p.Program == parent.Program
	if wrappers[path.Base(p.Program)] || supervisors[path.Base(parent.Program)] || supervises(parent) {
		return false
	}
	if interpreter(p.Program) == "" {
		return same || storeOf(p) != "" && storeOf(p) == storeOf(parent)
	}
	if storeOf(parent) != "" && storeOf(p) == storeOf(parent) {
		return true
	}
	return same && (titled(p) || titled(parent)) || same && multiprocessing(p.Command)
}

// titled says that a process has written a text over its command line: gunicorn: worker [shop.wsgi].
func titled(p *Process) bool {
	return len(p.Command) == 1 && strings.ContainsAny(p.Command[0], " :")
}

// multiprocessing are the helpers that Python's library of this name starts.
func multiprocessing(command []string) bool {
	return slices.ContainsFunc(command, func(w string) bool { return strings.HasPrefix(w, "from multiprocessing.") })
}

// supervises says whether a process starts other programs by what it is called in its interpreter: supervisord, PM2.
func supervises(p *Process) bool {
	return supervisors[path.Base(p.Command[0])] || interpreter(p.Program) != "" && supervisors[path.Base(scriptOf(p.Command))] || strings.HasPrefix(p.Command[0], "PM2 ")
}

// name is what the process is called: the script of an interpreter, else the program.
func (p *program) name() string {
	main := p.main()
	if interpreter(main.Program) != "" || interpreter(path.Base(main.Command[0])) != "" {
		if script := scriptOf(main.Command); script != "" {
			return path.Base(script)
		}
	}
	if main.Program != "" {
		return path.Base(main.Program)
	}
	return path.Base(main.Command[0])
}

// judge says what a program is for.
func (p *program) judge() (role, string) {
	main := p.main()
	base, name, first := path.Base(main.Program), p.name(), path.Base(main.Command[0])
	switch {
	case supervises(main) || supervisors[base] || supervisors[name]:
		return supervisor, ""
	case storeOf(main) != "":
		return store, storeOf(main)
	case fronts[base] || fronts[name]:
		return front, ""
	case systemPrograms[base] || systemPrograms[name] || systemPrograms[first] || startedPackage(base) != "" || strings.HasPrefix(base, "systemd-") || strings.HasPrefix(first, "(sd-"):
		return system, ""
	case launchers[name] || launchers[strings.TrimRight(name, "0123456789.")] || launchers[first] || launchedTitle.MatchString(main.Command[0]):
		return app, ""
	case wrappers[base] || wrappers[name] || wrappers[strings.TrimPrefix(first, "-")]:
		return wrapper, ""
	case systemPriority(main.Priority):
		return system, ""
	case main.Package != "":
		if len(p.ports()) > 0 {
			return foreign, ""
		}
		return system, ""
	case interpreter(main.Program) != "" && scriptOf(main.Command) == "" && !titled(main):
		return wrapper, "" // somebody at a prompt
	case strings.HasPrefix(main.Program, "/usr/lib/") || strings.HasPrefix(main.Program, "/usr/sbin/") || strings.HasPrefix(main.Program, "/lib/") || strings.HasPrefix(main.Program, "/sbin/"):
		if interpreter(main.Program) == "" && len(p.ports()) == 0 {
			return system, "" // of a system whose packages are not known
		}
	}
	if main.Terminal && len(p.listens()) == 0 && len(p.calls()) == 0 {
		return wrapper, "" // a person's own command
	}
	return app, ""
}

var launchedTitle = scan.MustCompile(`^(gunicorn|puma|unicorn|sidekiq|celeryd|uwsgi|resque|thin|php-fpm)[ :\d.-]`)

// gather is what the processes of a program have together.
func (p *program) gather(of func(*Process) []string) []string {
	seen := map[string]bool{}
	for _, i := range p.processes {
		for _, s := range of(&p.host.Processes[i]) {
			seen[s] = true
		}
	}
	return sorted(seen)
}

func (p *program) listens() []string { return p.gather(func(x *Process) []string { return x.Listens }) }
func (p *program) writes() []string  { return p.gather(func(x *Process) []string { return x.Writes }) }
func (p *program) logs() []string    { return p.gather(func(x *Process) []string { return x.Logs }) }
func (p *program) libraries() []string {
	return p.gather(func(x *Process) []string { return x.Libraries })
}

// ports are the TCP ports on which it listens, from low to high.
func (p *program) ports() []int {
	var ports []int
	for _, s := range p.listens() {
		if port := portOf(s); strings.HasPrefix(s, "tcp ") && port > 0 && !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	sort.Ints(ports)
	return ports
}

// portOf is the port of "tcp 127.0.0.1:80", 0 where there is none.
func portOf(socket string) int { return number(socket[strings.LastIndexByte(socket, ':')+1:]) }

// calls are the destinations of all its processes.
func (p *program) calls() []Call {
	byTo := map[string]Call{}
	for _, i := range p.processes {
		for _, c := range p.host.Processes[i].Calls {
			if before, ok := byTo[c.To]; ok {
				c.Connections += before.Connections
				c.Samples = max(c.Samples, before.Samples)
				c.Names = append(c.Names, before.Names...)
				slices.Sort(c.Names)
				c.Names = slices.Compact(c.Names)
				if c.Peer == 0 {
					c.Peer = before.Peer
				}
			}
			byTo[c.To] = c
		}
	}
	var list []Call
	for _, to := range slices.Sorted(maps.Keys(byTo)) {
		list = append(list, byTo[to])
	}
	return list
}

var systemVariables = set("PATH HOME LANG LANGUAGE SHELL USER USERNAME LOGNAME PWD OLDPWD TERM SHLVL _ MAIL HOSTNAME HOSTTYPE OSTYPE MACHTYPE INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID MAINPID " +
	"LISTEN_FDS LISTEN_PID LISTEN_FDNAMES MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE SYSTEMD_EXEC_PID CREDENTIALS_DIRECTORY RUNTIME_DIRECTORY STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY " +
	"VIRTUAL_ENV VIRTUAL_ENV_PROMPT PS1 GPG_KEY DEBIAN_FRONTEND COLORTERM LS_COLORS LESSOPEN LESSCLOSE EDITOR PAGER DISPLAY WINDOWID DBUS_SESSION_BUS_ADDRESS SERVER_SOFTWARE PYTHON_VERSION PYTHON_PIP_VERSION PYTHON_SHA256 " +
	"NODE_VERSION YARN_VERSION RUBY_VERSION RUBY_MAJOR GEM_HOME GEM_PATH BUNDLE_GEMFILE BUNDLE_BIN_PATH RUBYOPT RUBYLIB JAVA_VERSION JAVA_HOME PM2_HOME PREVLEVEL RUNLEVEL CONSOLE UPSTART_JOB UPSTART_INSTANCE __CF_USER_TEXT_ENCODING " +
	"FAKE_TTY INIT_VERSION init container container_uuid PREVIOUS TMPDIR TEMP TMP SSL_CERT_FILE SSL_CERT_DIR container_ttys")

var systemPrefix = scan.MustCompile(`^(LC_|XDG_|SSH_|SUDO_|SUPERVISOR_|LESS|npm_|NVM_|RBENV_|PYENV_|rvm_|BUNDLER_|PUMA_|GUNICORN_FD|UWSGI_|PM2_|pm_|APACHE_|container_)|^(http|https|no|ftp|all)_proxy$|^_`)

// systemVariable says that a variable is the machine's or the starter's and not the service's.
func systemVariable(name string) bool {
	return systemVariables[name] || systemPrefix.MatchString(name) || strings.ContainsAny(name, ".-")
}
