package lang

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// reportBuild reports language, version and how the module's main program is built.
func (m *goModule) reportBuild(t *scan.Tree, r *scan.Report, main *goProgram) {
	f := scan.Finding{Dir: m.dir, Service: service.Service{Language: "go"}}
	b := &service.Build{Tool: "go", Artifact: main.artifact(m.dir)}
	if mod := path.Join(m.dir, "go.mod"); t.Has(mod) {
		f.Service.Version = m.version
		r.Find(f, mod, max(m.line, 1), scan.Declared, "")
	} else {
		list := t.First(m.dir, "Gopkg.toml", "glide.yaml", "Godeps/Godeps.json")
		if list == "" {
			list = main.file
		}
		r.Find(f, list, 1, scan.Declared, "")
		b.Module = m.underGopath(t, r, main, list)
	}
	if v := path.Join(m.dir, ".go-version"); t.Has(v) {
		f.Service.Version = strings.TrimSpace(t.Text(v, r))
		r.Find(f, v, 1, scan.Declared, "")
	}
	if f.Service.Version == "" {
		m.versionElsewhere(t, r)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if t.Has(path.Join(m.dir, name)) {
			b.Files = append(b.Files, name)
		}
	}
	if readable(t, path.Join(m.dir, "vendor/modules.txt")) && b.Module == "" {
		b.Files = append(b.Files, "vendor/modules.txt")
		m.stale(t, r)
	}
	r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Build: b}}, main.file, main.line, scan.Declared, "package main")
}

// withImages are the programs of the module that have an image each.
func (m *goModule) withImages(t *scan.Tree) map[*goPackage]scan.Image {
	apart := map[*goPackage]scan.Image{}
	images := t.GoImages()
	for _, file := range slices.Sorted(maps.Keys(images)) {
		for _, image := range images[file] {
			if pkg := m.packages[image.Program]; pkg != nil && pkg.main != nil && pkg.dir != m.dir {
				apart[pkg] = image
			}
		}
	}
	return apart
}

// below says whether a program that listens nowhere lies in the directory of one with an image: it goes along with that one.
func (m *goModule) below(p *goProgram, apart map[*goPackage]scan.Image) bool {
	for pkg := range apart {
		if strings.HasPrefix(p.dir, pkg.dir+"/") && !p.reaches() {
			return true
		}
	}
	return false
}

// calledByPeople says of a program that it does what its arguments ask for and ends: an image of it may be built with those
// of the services.
func (m *goModule) calledByPeople(pkg *goPackage) bool {
	p := m.program(pkg)
	return !p.serves() && !p.loops(pkg) && (p.asksArguments() || toolName.MatchString(p.name) || exampleName.MatchString(p.name))
}

// reportApart reports a program that has an image of its own: what it is written in, and what it does where that is to be told.
// One that migrates the database and ends is a step before each rollout.
func (m *goModule) reportApart(t *scan.Tree, r *scan.Report, pkg *goPackage, image scan.Image) {
	p, home := m.program(pkg), image.Home
	f := scan.Finding{Dir: home, Service: service.Service{Language: "go", Version: m.version}}
	file, line := p.file, p.line
	if mod := path.Join(m.dir, "go.mod"); t.Has(mod) {
		file, line = mod, max(m.line, 1)
	}
	r.Find(f, file, line, scan.Declared, "")
	if (image.Target != "" || len(image.Args) > 0) && !m.calledByPeople(pkg) {
		f.Service = service.Service{Command: p.command()}
		r.Find(f, p.file, p.line, scan.Guess, "the program's name by go build")
	}
	if goMigrates.MatchString(p.name) && !p.serves() && !p.loops(pkg) {
		f.Service = service.Service{Release: true}
		r.Find(f, p.file, p.line, scan.Convention, "a program that migrates the database")
	}
	f.Service = service.Service{}
	p.reportFramework(r, f)
	if p.serves() {
		p.reportPort(r, f)
	}
	findHealth(r, home, p.routes()) // whoever serves them: another module may
	p.reportSettings(r, f)
	p.reportNeeds(r, home)
}

// stale notes a vendor directory that holds other versions than go.mod asks for: Go before 1.14 did not look.
func (m *goModule) stale(t *scan.Tree, r *scan.Report) {
	file := path.Join(m.dir, "vendor/modules.txt")
	for i, line := range strings.Split(t.Text(file, r), "\n") {
		words := strings.Fields(line)
		if len(words) != 3 || words[0] != "#" {
			continue
		}
		for _, want := range m.requires {
			if want.Mod.Path == words[1] && want.Mod.Version != words[2] {
				r.Note(file, i+1, "holds %s %s, and go.mod asks for %s: go build refuses that until `go mod vendor` has run", words[1], words[2], want.Mod.Version)
				return
			}
		}
	}
}

// goVersions are files beside code without go.mod that say which compiler it is built with, in the order in which they
// count.
var goVersions = append([]versionSource{
	{"Dockerfile", scan.MustCompile(`(?m)^FROM\s+(?:[\w./-]*/)?golang:(\d+\.\d+)`), scan.Convention, "an image is built with it"},
	{".travis.yml", scan.MustCompile(`(?m)^go:\s*\n?\s*-?\s*["']?(\d+\.\d+)`), scan.Guess, "tests run on it"},
	{"circle.yml", scan.MustCompile(`\bgolang:(\d+\.\d+)`), scan.Guess, "tests run on it"},
}, testedOn(scan.MustCompile(`\bimage:\s*["']?(?:name:\s*)?(?:[\w./-]+/)?golang:(\d+\.\d+)`), scan.MustCompile(`(?m)^\s*(?:with:\s*\{\s*)?go-version:\s*\[?\s*["']?v?(\d+\.\d+)`))...)

// versionElsewhere reports the version of code without go.mod by what builds and tests it.
func (m *goModule) versionElsewhere(t *scan.Tree, r *scan.Report) {
	for _, src := range goVersions {
		files := []string{versionFile(t, m.dir, src)}
		if src.file == "Dockerfile" {
			files = dockerfiles(t, m.dir)
		}
		for _, file := range files {
			data, err := t.Read(file)
			if err != nil {
				continue
			}
			if found := scan.Find(string(data), src.re); len(found) > 0 {
				line := found[0].Line + strings.Count(found[0].Groups[0], "\n")
				r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Version: found[0].Groups[1]}}, file, line, src.rank, src.note)
				return
			}
		}
	}
}

// dockerfiles lists the Dockerfiles below a directory, whatever they are for.
func dockerfiles(t *scan.Tree, dir string) []string {
	var all []string
	for _, p := range t.Below(dir) {
		if strings.HasPrefix(path.Base(p), "Dockerfile") && !t.Aside(p) && !strings.Contains("/"+p, "/vendor/") {
			all = append(all, p)
		}
	}
	return all
}

// underGopath is the import path by which code without go.mod is built as it always was: from its vendor directory, or
// without other people's code. Where that can't be, a note says what the team has to do first; a Dockerfile of theirs knows
// its own way.
func (m *goModule) underGopath(t *scan.Tree, r *scan.Report, main *goProgram, list string) string {
	own := m.path
	if own == "" {
		own = main.name
	}
	if t.HasDir(path.Join(m.dir, "vendor")) || !m.importsOthers() {
		return own
	}
	if !hasDockerfile(t, m.dir) {
		r.Note(list, 0, "Go code from before go.mod, and its dependencies are not in vendor/: no image can be built before `go mod init %s && go mod tidy`; commit go.mod and go.sum", own)
	}
	return ""
}

// importsOthers says whether a package of the module imports one that is neither its own nor the standard library's.
func (m *goModule) importsOthers() bool {
	for _, pkg := range m.packages {
		for _, f := range pkg.files {
			for _, imp := range f.paths {
				if first, _, _ := strings.Cut(imp.path, "/"); strings.Contains(first, ".") && m.own(imp.path) == nil {
					return true
				}
			}
		}
	}
	return false
}

// hasDockerfile says whether the code of a directory has a Dockerfile of its own.
func hasDockerfile(t *scan.Tree, dir string) bool {
	for _, p := range dockerfiles(t, dir) {
		if path.Base(p) == "Dockerfile" {
			return true
		}
	}
	return false
}

// cgoDriver are packages that are written in C in part: without a C compiler the program builds and then refuses to work.
var cgoDriver = scan.MustCompile(`^(C$|github\.com/(mattn/go-(sqlite3|oci8)|jinzhu/gorm/dialects/sqlite|confluentinc/confluent-kafka-go|godror/godror|h2non/bimg|yuin/gopher-?lua-?c)|gorm\.io/driver/sqlite$|gopkg\.in/(goracle|rana/ora)|gopkg\.in/confluentinc/confluent-kafka-go|github\.com/tecbot/gorocksdb)`)

// vendoredC are files of such packages that only another dependency imports.
var vendoredC = []string{"github.com/mattn/go-sqlite3/sqlite3.go", "github.com/mattn/go-oci8/oci8.go", "github.com/confluentinc/confluent-kafka-go/kafka/kafka.go"}

func readable(t *scan.Tree, p string) bool {
	_, err := t.Read(p)
	return err == nil
}

// reportFiles reports what the image has to hold beside the program, and what building it takes.
func (m *goModule) reportFiles(t *scan.Tree, r *scan.Report, p *goProgram, dir string) {
	for _, f := range p.facts {
		for _, imp := range f.paths {
			if cgoDriver.MatchString(imp.path) {
				b := &service.Build{Packages: []string{"gcc", "libc6-dev"}}
				r.Find(scan.Finding{Dir: dir, Service: service.Service{Build: b}}, f.path, imp.line, scan.Declared, imp.path+" is C in part")
				break
			}
		}
	}
	for _, file := range vendoredC {
		if p := path.Join(m.dir, "vendor", file); dir == m.dir && readable(t, p) {
			b := &service.Build{Packages: []string{"gcc", "libc6-dev"}}
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Build: b}}, p, 1, scan.Declared, "C in part, for another dependency")
		}
	}
	assets := &goAssets{tree: t, module: m, program: p, seen: map[string]bool{}}
	assets.report(r, dir)
	p.reportDataFiles(r, dir)
}
