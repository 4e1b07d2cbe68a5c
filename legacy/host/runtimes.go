package host

import (
	"debug/buildinfo"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// interpreters lead from the name of a program, without its version, to the language that it runs.
var interpreters = map[string]string{
	"python": "python", "pypy": "python", "uwsgi-core": "python", "uwsgi": "python", "node": "node", "nodejs": "node", "ruby": "ruby", "jruby": "ruby", "java": "java", "perl": "perl",
	"php": "php", "php-fpm": "php", "php-cgi": "php", "dotnet": "dotnet", "mono": "dotnet", "beam.smp": "erlang", "beam": "erlang",
}

// binaryVersion takes the version off a program's name: python3.11, php-fpm7.4, ruby2.7.
var binaryVersion = scan.MustCompile(`^([a-z.-]*[a-z])-?(\d+(?:\.\d+)*)?m?$`)

// interpreter is the language of code that a program interprets, "" for a program of its own.
func interpreter(program string) string {
	m := binaryVersion.FindStringSubmatch(path.Base(program))
	if m == nil {
		return ""
	}
	return interpreters[m[1]]
}

// versionInPath finds the version among the directories of a program: /opt/node-v14.21.3/bin/node,
// ~/.rbenv/versions/2.7.8/bin/ruby, /usr/lib/jvm/java-11-openjdk-amd64/bin/java.
var versionInPath = scan.MustCompile(`/(?:[a-z]*-?v?|versions/[a-z]*-?v?|jdk-?|jre-?|java-)(\d+(?:\.\d+){0,3})(?:[_+-][^/]*)?/`)

var upstreamVersion = scan.MustCompile(`^(?:\d+:)?(\d+(?:\.\d+)*)`)

// runtimes finds the versions of what runs, without running it.
func (r *root) runtimes(o *owners, list []Process) []Runtime {
	seen := map[string]bool{}
	found := map[string]Runtime{}
	for _, p := range list {
		if p.Program == "" || seen[p.Program] || p.Container != "" && r.container() == "" {
			continue
		}
		seen[p.Program] = true
		if t, ok := r.runtime(o, p); ok {
			found[p.Program] = t
		}
	}
	var all []Runtime
	for _, program := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[program])
	}
	return all
}

func (r *root) runtime(o *owners, p Process) (Runtime, bool) {
	t := Runtime{Program: p.Program, Name: interpreter(p.Program)}
	base := path.Base(p.Program)
	switch {
	case t.Name == "":
		t.Name = storeOf(&p)
	case strings.HasPrefix(base, "uwsgi"):
		t.Name = "uwsgi" // its version is not Python's
	}
	owner := o.of(p.Program)
	switch m := binaryVersion.FindStringSubmatch(base); {
	case owner != "":
		t.From = "package " + owner + " " + o.versions[owner]
		if v := upstreamVersion.FindStringSubmatch(o.versions[owner]); v != nil {
			t.Version = v[1]
		}
		if t.Name == "" {
			t.Name = base
			return t, !systemPriority(o.priority[owner])
		}
		return t, true
	case t.Name != "" && versionInPath.MatchString(p.Program):
		t.From, t.Version = "path", versionInPath.FindStringSubmatch(p.Program)[1]
		return t, true
	case t.Name != "" && m != nil && m[2] != "":
		t.From, t.Version = "name", m[2]
		return t, true
	case t.Name != "":
		t.From = "name"
		return t, true
	}
	return r.goProgram(p, t)
}

// goProgram reads the build information that Go puts into its programs.
func (r *root) goProgram(p Process, t Runtime) (Runtime, bool) {
	for _, name := range []string{path.Join("/proc", itoa(p.PID), "exe"), r.real(p.Program)} {
		f, err := r.fsys.Open(inside(name))
		if err != nil {
			continue
		}
		at, ok := f.(io.ReaderAt)
		if !ok {
			f.Close()
			continue
		}
		info, err := buildinfo.Read(at)
		f.Close()
		if err == nil {
			t.Name, t.Version, t.Module, t.From = "go", strings.TrimPrefix(info.GoVersion, "go"), info.Path, "build information"
			return t, true
		}
	}
	return t, false
}
