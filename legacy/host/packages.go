package host

import (
	"errors"
	"path"
	"strings"
)

// owners knows the installed packages and what files they own.
type owners struct {
	root     *root
	versions map[string]string
	priority map[string]string
	files    map[string]string // file -> package
	lists    []string
	read     bool
}

const dpkg = "/var/lib/dpkg"

// packages reads dpkg's status, Alpine's database, or rpm's.
func (r *root) packages() *owners {
	o := &owners{root: r, versions: map[string]string{}, priority: map[string]string{}, files: map[string]string{}}
	data, err := r.raw(dpkg + "/status") // larger than configuration may be
	if err != nil {
		if !o.readApk() && !o.readRPM() {
			r.miss("packages and versions", errors.New("no database of dpkg, apk or rpm is there"))
		}
		return o
	}
	for block := range strings.SplitSeq(string(data), "\n\n") {
		name, version, priority, installed := "", "", "", false
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
			switch key {
			case "Package":
				name = value
			case "Version":
				version = value
			case "Priority":
				priority = value
			case "Status":
				installed = strings.HasSuffix(value, " installed")
			case "Essential":
				if value == "yes" {
					priority = "required"
				}
			}
		}
		if name != "" && installed {
			o.versions[name], o.priority[name] = version, priority
		}
	}
	for _, name := range r.list(dpkg + "/info") {
		if strings.HasSuffix(name, ".list") {
			o.lists = append(o.lists, name)
		}
	}
	return o
}

// load reads the lists of all packages once, and keeps what stands where programs, units and crontabs are: nothing else
// is asked for.
func (o *owners) load() {
	if o.read {
		return
	}
	o.read = true
	for _, list := range o.lists {
		data, err := o.root.raw(dpkg + "/info/" + list)
		o.root.miss("files of packages", err)
		name, _, _ := strings.Cut(strings.TrimSuffix(list, ".list"), ":")
		for file := range strings.SplitSeq(string(data), "\n") {
			o.has(name, file)
		}
	}
}

// has remembers that a package owns a file.
func (o *owners) has(name, file string) {
	if ownable(file) {
		o.files[merged(file)] = name
	}
}

// ownable says whether a file stands where programs, units, init scripts and crontabs do.
func ownable(file string) bool {
	for _, dir := range []string{"/usr/share/doc/", "/usr/share/locale/", "/usr/share/man/", "/usr/include/"} {
		if strings.HasPrefix(file, dir) {
			return false
		}
	}
	return true
}

// merged is a file where a system with merged /usr has it: /bin/x is /usr/bin/x.
func merged(file string) string {
	for _, dir := range []string{"/bin/", "/sbin/", "/lib/", "/lib64/"} {
		if strings.HasPrefix(file, dir) {
			return "/usr" + file
		}
	}
	return file
}

// of is the package that owns a file, "" for none.
func (o *owners) of(file string) string {
	o.load()
	return o.files[merged(file)]
}

// own says of each process which package its program is from: of an interpreter, the script that it runs.
func (o *owners) own(r *root, list []Process) {
	if len(o.versions) == 0 {
		return
	}
	cache := map[string]string{}
	for i := range list {
		p := &list[i]
		if p.Container != "" && r.container() == "" {
			continue // it has packages of its own, which are in its image
		}
		file := p.Program
		if interpreter(p.Program) != "" {
			if script := scriptOf(p.Command); path.IsAbs(script) {
				file = script
			} else if script != "" || len(p.Command) > 1 {
				continue // code of its own, or the interpreter's arguments
			}
		}
		if _, known := cache[file]; !known {
			cache[file] = o.of(file)
			if real := r.real(file); cache[file] == "" && real != file {
				cache[file] = o.of(real)
			}
		}
		p.Package = cache[file]
		p.Priority = o.priority[p.Package]
	}
}
