package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const rustServing = `\b(?:HttpServer::new|(?:TcpListener|UdpSocket)::bind\()|axum::serve|warp::serve|rocket::(?:ignite|build)\(|rocket::custom\(|#\[launch\]|\.launch\(\)|\.serve(?:_with_shutdown)?\(`

var (
	// rustServes are calls of a program that answers requests.
	rustServes = scan.MustCompile(rustServing)
	// rustRuns are those of one that does not end by itself: it serves, takes from a queue, or waits for its next turn.
	rustRuns = scan.MustCompile(`\b(?:loop\s*\{|loop_fn\(|basic_consume|StreamConsumer|time::interval\(|run_forever)|\.(?:consume|consumer)\(|` + rustServing)
	// rustWorks are names of programs that run on.
	rustWorks = scan.MustCompile(`(?i)(^|[-_])(worker|consumer|scheduler|daemon|listener|server|collector|watcher|indexer|poller|monitor|queue|cron)s?$`)
	// rustTools are names of programs that people or tests start.
	rustTools = scan.MustCompile(`(?i)(^|[-_])(cli|tool|tools|fake|faker|mock|bench|test|tests|example|demo|client|gen|generate|import|export|dump|debug|dev|local)([-_]|$)`)
)

// programs are the sources of the package's binaries by their names: those of [[bin]], of src/bin and src/main.rs.
func (p *rustPackage) programs() map[string]string {
	all := map[string]string{}
	for _, f := range p.sources {
		if p.home != "." && !strings.HasPrefix(f, p.home+"/") {
			continue // of another package that it is made of
		}
		switch rel := strings.Split(relative(p.home, f), "/"); {
		case len(rel) == 3 && rel[0] == "src" && rel[1] == "bin":
			all[strings.TrimSuffix(rel[2], ".rs")] = f
		case len(rel) == 4 && rel[0] == "src" && rel[1] == "bin" && rel[3] == "main.rs":
			all[rel[2]] = f
		case len(rel) == 2 && rel[0] == "src" && rel[1] == "main.rs":
			all[p.name] = f
		}
	}
	for _, name := range p.bins {
		if source := path.Join(p.home, p.binSource[name]); source != p.home && p.t.Has(source) {
			for other, f := range all {
				if f == source {
					delete(all, other)
				}
			}
			all[name] = source
		}
	}
	return all
}

// rustServices are the packages whose programs serve; where none does, those with a program, which count alone. Where the
// repository's images hold programs of some packages, those are the services, with what runs on beside them.
func rustServices(t *scan.Tree, r *scan.Report, dirs map[string]bool, byDir map[string]*rustPackage) []*rustPackage {
	var services, tools []*rustPackage
	for _, dir := range sortedSet(dirs) {
		pkg := byDir[dir]
		pkg.binary = pkg.program()
		switch {
		case pkg.binary == "":
			r.Find(scan.Finding{Dir: dir, Library: true, Service: service.Service{Language: "rust"}}, pkg.file, 1, scan.Guess, "no program here serves")
		case pkg.serves():
			services = append(services, pkg)
		default:
			pkg.alone = true
			tools = append(tools, pkg)
		}
	}
	if len(services) == 0 {
		return tools
	}
	return shipped(t, r, services, tools)
}

// rustShipped are the programs that a Dockerfile builds or holds.
var rustShipped = scan.MustCompile(`(?:--bin|--package|\s-p)[ =]([\w-]+)|/release/([\w-]+)|/bin/([\w-]+)`)

// shipped leaves of several packages that serve those whose programs the repository's images hold, and adds those that
// run on without serving. Where the images name none of them, all stay.
func shipped(t *scan.Tree, r *scan.Report, services, tools []*rustPackage) []*rustPackage {
	if len(services)+len(tools) < 2 {
		return services
	}
	named := map[string]bool{}
	for _, f := range t.Files() {
		if !strings.Contains(path.Base(f), "ockerfile") || t.Aside(f) {
			continue
		}
		for _, m := range rustShipped.FindAllStringSubmatch(t.Text(f, r), 200) {
			named[m[1]+m[2]+m[3]] = true
		}
	}
	var kept, rest []*rustPackage
	for _, p := range services {
		if slices.ContainsFunc(slices.Sorted(maps.Keys(p.programs())), func(name string) bool { return named[name] }) {
			kept = append(kept, p)
		} else {
			rest = append(rest, p)
		}
	}
	if len(kept) == 0 {
		return services
	}
	for _, p := range rest {
		r.Find(scan.Finding{Dir: p.dir, Library: true, Service: service.Service{Language: "rust"}}, p.file, 1, scan.Declared, "no image of the repository holds it")
	}
	for _, p := range tools {
		if file := p.programs()[p.binary]; named[p.binary] && file != "" && p.keepsRunning(p.binary, file) {
			p.alone, p.worker = false, true
			kept = append(kept, p)
		}
	}
	return kept
}

// keepsRunning says whether a binary is none that ends, or that people call.
func (p *rustPackage) keepsRunning(name, file string) bool {
	if rustTools.MatchString(name) {
		return false
	}
	if rustWorks.MatchString(name) {
		return true
	}
	data, err := p.t.Read(file)
	return err == nil && rustRuns.MatchString(string(data))
}

// server is the binary of src/bin that serves: the one that listens, or is called like a server or the package, before
// the first that runs on.
func (p *rustPackage) server() string {
	programs, first := p.programs(), ""
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		if !p.keepsRunning(name, programs[name]) {
			continue
		}
		if data, _ := p.t.Read(programs[name]); name == p.name || name == "server" || name == "web" || rustServes.MatchString(string(data)) {
			return name
		}
		if first == "" {
			first = name
		}
	}
	return first
}

// beside reports the binaries that run beside the main one.
func (p *rustPackage) beside() {
	programs := p.programs()
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		file := programs[name]
		if name == p.binary || !p.keepsRunning(name, file) {
			continue
		}
		f := scan.Finding{Dir: p.dir, Process: name, Service: service.Service{Command: []string{"/app/" + name}}}
		p.r.Find(f, file, 1, scan.Convention, "a binary of the package that runs on")
		f.Service = service.Service{Build: &service.Build{Artifact: name}}
		p.r.Find(f, file, 1, scan.Declared, "")
	}
}
