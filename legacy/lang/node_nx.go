package lang

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A workspace of Nx, or of Nest's, has one package.json for all of its applications: files of their own say which there are, and
// what each is made of.

// oneOfMany is an application of such a workspace.
type oneOfMany struct {
	name, dir string
	main      string // what is compiled
	made      string // what comes of it, from the root of the workspace
	root      string
	file      string // that says so
	line      int
	build     []string
}

// nxProject is what project.json says of a project, or workspace.json of one among others.
type nxProject struct {
	Name        string              `json:"name"`
	Root        string              `json:"root"`
	ProjectType string              `json:"projectType"`
	Targets     map[string]nxTarget `json:"targets"`
	Architect   map[string]nxTarget `json:"architect"`
}

type nxTarget struct {
	Executor string `json:"executor"`
	Options  struct {
		Main       string `json:"main"`
		OutputPath string `json:"outputPath"`
	} `json:"options"`
}

// applications are those of the workspace in a directory that have no package.json of their own. Where an image is built from
// the whole, there are none.
func applications(t *scan.Tree, root string) (apps []oneOfMany) {
	if t.First(root, "Dockerfile", "Procfile") != "" {
		return nil
	}
	if t.First(root, "nx.json") != "" {
		apps = nxApplications(t, root)
	}
	if file := t.First(root, "nest-cli.json"); file != "" {
		apps = append(apps, nestApplications(t, root, file)...)
	}
	return slices.DeleteFunc(apps, func(a oneOfMany) bool {
		data, err := t.Read(a.main)
		return err != nil || !serves.Match(data) || !applicationName.MatchString(a.name) || a.dir == root || !strings.HasPrefix(a.main, a.dir+"/") || t.Has(path.Join(a.dir, "package.json")) || t.Aside(a.main) || notNodeSource.MatchString("/"+a.main)
	})
}

// applicationName is what an application is called where its build is told by a command.
var applicationName = scan.MustCompile(`^[\w@][\w@./-]*$`)

// startsOneOf says whether the scripts of a workspace start one of its applications: that is the service, and not the whole.
func startsOneOf(apps []oneOfMany, pkg *nodePackage) bool {
	return slices.ContainsFunc(apps, func(a oneOfMany) bool {
		for name, script := range pkg.Scripts {
			if strings.HasPrefix(name, "start") && strings.Contains(script, strings.TrimSuffix(a.made, ".js")) {
				return true
			}
		}
		return false
	})
}

func nxApplications(t *scan.Tree, root string) (apps []oneOfMany) {
	for _, file := range t.Below(root) {
		var projects struct{ Projects map[string]json.RawMessage }
		switch text := ""; path.Base(file) {
		case "workspace.json", "angular.json":
			if text = t.Text(file, &scan.Report{}); path.Dir(file) != root || json.Unmarshal([]byte(text), &projects) != nil {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(projects.Projects)) {
				apps = append(apps, nxApplication(root, file, text, name, projects.Projects[name])...)
			}
		case "project.json":
			text = t.Text(file, &scan.Report{})
			apps = append(apps, nxApplication(root, file, text, path.Base(path.Dir(file)), []byte(text))...)
		}
	}
	return apps
}

// nxApplication is a project that is compiled to a program, none for any other.
func nxApplication(root, file, text, name string, said []byte) []oneOfMany {
	var p nxProject
	if json.Unmarshal(said, &p) != nil || p.ProjectType != "application" {
		return nil
	}
	build, ok := p.Targets["build"]
	if !ok {
		build = p.Architect["build"]
	}
	main, out := build.Options.Main, build.Options.OutputPath
	if main == "" || out == "" {
		return nil
	}
	name = cmp.Or(p.Name, name)
	dir := path.Join(root, p.Root)
	if path.Base(file) == "project.json" {
		dir = path.Dir(file)
	}
	made := path.Base(main)
	if strings.HasSuffix(build.Executor, ":tsc") { // which keeps the directories of the sources
		made = relative(dir, path.Join(root, main))
	}
	made = path.Join(out, strings.TrimSuffix(made, path.Ext(made))+".js")
	return []oneOfMany{{name: name, dir: dir, main: path.Join(root, main), made: made, root: root, file: file, line: lineOfWord(text, `"build"`), build: []string{"npx", "nx", "build", name}}}
}

func nestApplications(t *scan.Tree, root, file string) (apps []oneOfMany) {
	var nest struct {
		Monorepo bool
		Projects map[string]struct{ Type, Root, SourceRoot, EntryFile string }
	}
	text := t.Text(file, &scan.Report{})
	if json.Unmarshal([]byte(text), &nest) != nil || !nest.Monorepo {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(nest.Projects)) {
		if p := nest.Projects[name]; p.Type == "application" && p.Root != "" {
			entry := cmp.Or(p.EntryFile, "main")
			apps = append(apps, oneOfMany{name: name, dir: path.Join(root, p.Root), main: path.Join(root, cmp.Or(p.SourceRoot, p.Root+"/src"), entry+".ts"), made: path.Join("dist", p.Root, entry+".js"), root: root, file: file, line: lineOfWord(text, `"`+name+`"`), build: []string{"npx", "nest", "build", name}})
		}
	}
	return apps
}

func lineOfWord(text, word string) int {
	before, _, _ := strings.Cut(text, word)
	return 1 + strings.Count(before, "\n")
}

// application reports a program that is one of many of a package: of what that installs, only what it takes in counts.
func (p *nodeProject) application(a oneOfMany) {
	parts := []*nodeProject{{t: p.t, r: p.r, dir: a.dir, pkg: p.pkg, files: p.files}}
	taken := p.taken(a, &parts)
	own := *p.pkg
	own.Name, own.Main, own.Scripts, own.Private = a.name, "", nil, true
	own.deps = slices.DeleteFunc(slices.Clone(own.deps), func(d dependency) bool { return !taken[d.name] })
	p.pkg = &own
	p.readSources(a.main)
	for _, part := range parts[1:] {
		part.readSources("")
		p.sources = append(p.sources, part.sources...)
	}
	whole := nodeProject{t: p.t, r: p.r, dir: a.root, pkg: p.pkg}
	tool, files := whole.tool()
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: &service.Build{Tool: tool, Files: files, Context: a.root, Command: a.build}}}, a.file, a.line, scan.Declared, "an application of its workspace")
	up := strings.Repeat("../", strings.Count(relative(a.root, a.dir), "/")+1)
	start := nodeStart{command: []string{"node", up + a.made}, file: a.main, built: true, from: a.file, line: a.line, rank: scan.Convention, note: "what the build makes of " + a.main}
	p.called = a.name
	p.language("")
	p.settings()
	p.port(start)
	p.protocol()
	p.command(start)
	p.infer.reportVariables()
	p.infer.report()
	p.health()
}

// aliases are names by which a workspace's code takes in its libraries.
var aliases = scan.MustCompile(`"(@?[\w./-]+)(?:/\*)?"\s*:\s*\[\s*"\.?/?([\w./-]+?)(?:/src)?(?:/index\.ts|/\*)?"`)

// taken are the packages that an application and the libraries of its workspace take in, which become parts of it.
func (p *nodeProject) taken(a oneOfMany, parts *[]*nodeProject) map[string]bool {
	libraries := map[string]string{}
	for _, config := range []string{"tsconfig.base.json", "tsconfig.json"} {
		if file := p.t.First(a.root, config); file != "" {
			for _, m := range aliases.FindAllStringSubmatch(p.t.Text(file, p.r), 200) {
				libraries[m[1]] = path.Join(a.root, m[2])
			}
		}
	}
	taken := map[string]bool{}
	read := 0
	for at := 0; at < len(*parts); at++ {
		for _, file := range (*parts)[at].files {
			if notNodeSource.MatchString("/" + relative((*parts)[at].dir, file)) {
				continue
			}
			if read++; read > maxRead {
				return taken
			}
			data, err := p.t.Read(file)
			if err != nil {
				continue
			}
			for _, m := range nodeImport.FindAllStringSubmatch(string(data), 200) {
				name := m[1]
				if dir := libraries[name]; dir != "" && !taken[name] {
					*parts = append(*parts, &nodeProject{t: p.t, r: p.r, dir: dir, pkg: p.pkg, files: p.sourcesOf(dir, memberPackage{})})
				}
				taken[name], taken[packageIn(name)] = true, true
			}
		}
	}
	return taken
}

// packageIn is the package that holds what an import names: rxjs of rxjs/operators.
func packageIn(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
