package lang

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	nodeTypes = scan.MustCompile(`"@types/node"\s*:\s*"[~^]?(\d+)\.`)
	npmLock   = scan.MustCompile(`\A\s*\{[^{}]*"lockfileVersion"\s*:\s*1\b`)    // of npm 6; later ones keep a version 2
	laterLock = scan.MustCompile(`\A\s*\{[^{}]*"lockfileVersion"\s*:\s*[23]\b`) // of npm 7, which came with Node.js 15
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
	lock, _ := p.t.Read(file)
	oldest := 8 // that has npm ci
	if laterLock.MatchString(string(lock)) {
		oldest = 16 // the types are older than what it was locked with
	}
	if m := scan.Find(p.pkg.text, nodeTypes); len(m) > 0 {
		if major, _ := strconv.Atoi(m[0].Groups[1]); major >= oldest || file == "" {
			p.guessVersion(major&^1, p.pkg.file, m[0].Line, "the types are those of this version")
			return
		}
	}
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
		installed := p.installs(dep)
		if installed == 0 {
			continue
		}
		for _, limit := range limits {
			if installed < limit.below {
				if version == 0 || limit.node < version || limit.node == version && dep < name {
					name, version = dep, limit.node
				}
				break
			}
		}
	}
	return name, version
}

// installs is the version of a package that is installed, written as 414 for 4.14: the one that a lock file has, else the
// newest that the range allows; 0 where that is not known.
func (p *nodeProject) installs(dep string) int {
	wanted := p.pkg.all[dep]
	if wanted == "" {
		return 0
	}
	name := regexp.QuoteMeta(dep)
	for _, lock := range []struct{ file, resolved string }{
		{"npm-shrinkwrap.json", `"(?:node_modules/)?` + name + `"\s*:\s*\{\s*"version"\s*:\s*"(\d+)\.(\d+)`},
		{"package-lock.json", `"(?:node_modules/)?` + name + `"\s*:\s*\{\s*"version"\s*:\s*"(\d+)\.(\d+)`},
		{"yarn.lock", `(?m)^"?` + name + `@[^\n]*:\r?\n\s+"?version"?:? "?(\d+)\.(\d+)`},
	} {
		data, _ := p.t.Read(path.Join(p.dir, lock.file))
		if m := regexp.MustCompile(lock.resolved).FindStringSubmatch(string(data)); m != nil {
			return hundreds(m)
		}
	}
	m := anyNode.FindStringSubmatch(wanted)
	if m == nil || strings.Contains(wanted, ">") && !strings.Contains(wanted, "<") {
		return 0
	}
	if m[2] == "" || m[1] != "0" && !atMinor.MatchString(wanted) {
		m[2] = "99"
	}
	return hundreds(m)
}

// atMinor is a range within which only the last part of a version is free: 4.9.0, ~4.9, 4.9.x.
var atMinor = scan.MustCompile(`^[~=v ]*\d+\.\d+(?:\.[\w.-]+)?$`)

// hundreds is a version as a number, 414 for 4.14, by its first two parts in a match.
func hundreds(m []string) int {
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return major*100 + min(minor, 99)
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
