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
