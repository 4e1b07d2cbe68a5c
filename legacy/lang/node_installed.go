package lang

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	nodeTypes = scan.MustCompile(`"@types/node"\s*:\s*"[~^]?(\d+)\.`)
	npmLock   = scan.MustCompile(`\A\s*\{[^{}]*"lockfileVersion"\s*:\s*1\b`) // of npm 6; later ones keep a version 2
)

// compilesUpTo is the last long-term Node.js on which packages in C++ compile that are older than a version, written as
// 414 for 4.14.
var compilesUpTo = map[string][]struct{ below, node int }{
	"node-sass": {{400, 6}, {412, 10}, {414, 12}, {600, 14}, {800, 16}, {900, 18}, {1000, 20}},
	"sqlite3":   {{500, 12}},
	"bcrypt":    {{500, 12}},
	"grpc":      {{200, 14}},
}

// installedWith guesses the version where nothing names one: what was installed years ago fails on today's Node.js. A package
// in C++ says most, then the types, those of an odd version being of the one before, then the npm that wrote the lock file.
func (p *nodeProject) installedWith() {
	if name, version := p.oldestNative(); version > 0 {
		line := p.pkg.lineIn("devDependencies", name)
		if dep, ok := p.pkg.find(name); ok {
			line = dep.line
		}
		p.guessVersion(version, p.pkg.file, line, name+" "+p.pkg.all[name]+" compiles up to it")
		return
	}
	file := p.t.First(p.dir, "npm-shrinkwrap.json", "package-lock.json")
	if m := scan.Find(p.pkg.text, nodeTypes); len(m) > 0 {
		if major, _ := strconv.Atoi(m[0].Groups[1]); major >= 8 || file == "" { // older ones have no npm ci
			p.guessVersion(major&^1, p.pkg.file, m[0].Line, "the types are those of this version")
			return
		}
	}
	lock, _ := p.t.Read(file)
	if m := npmLock.FindString(string(lock)); m != "" {
		p.guessVersion(14, file, 1+strings.Count(m, "\n"), "the last Node.js whose npm writes such a lock file")
	}
}

func (p *nodeProject) guessVersion(version int, file string, line int, note string) {
	if version > 0 {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Version: strconv.Itoa(version)}}, file, line, scan.Guess, note)
	}
}

// oldestNative is the package that allows the oldest Node.js alone, and that version; 0 where none does.
func (p *nodeProject) oldestNative() (name string, version int) {
	for dep, limits := range compilesUpTo {
		m := anyNode.FindStringSubmatch(p.pkg.all[dep])
		if m == nil {
			continue
		}
		major, _ := strconv.Atoi(m[1])
		minor, _ := strconv.Atoi(m[2])
		for _, limit := range limits {
			if major*100+minor < limit.below {
				if version == 0 || limit.node < version || limit.node == version && dep < name {
					name, version = dep, limit.node
				}
				break
			}
		}
	}
	return name, version
}

// staleLock is a dependency that Yarn's lock file does not know in the range that package.json gives: `yarn install
// --frozen-lockfile` refuses to go on. It is "" for a lock file that knows all, and for one of Yarn 2 or newer.
func (p *nodeProject) staleLock() string {
	data, err := p.t.Read(path.Join(p.dir, "yarn.lock"))
	if err != nil || strings.Contains(string(data), "\n__metadata:") {
		return ""
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\r\n"); line == "" || line[0] == ' ' || line[0] == '#' {
			continue
		}
		for _, entry := range strings.Split(strings.TrimSuffix(line, ":"), ", ") {
			known[strings.Trim(entry, `"`)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.pkg.all)) {
		if wanted := name + "@" + p.pkg.all[name]; !known[wanted] && plainRange.MatchString(p.pkg.all[name]) {
			return wanted
		}
	}
	return ""
}

// plainRange is a range of versions of the registry's: no file, address or tag.
var plainRange = scan.MustCompile(`^[~^]?\d+(?:\.[\dx]+)*$`)
