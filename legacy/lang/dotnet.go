package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// DotNet reads projects of C#, F# and Visual Basic: those of .NET (Core), which run on Linux, and those of the old .NET
// Framework, which don't. Web projects and workers are services; class libraries, tests and clients are none.
func DotNet() scan.Reader {
	return scan.Reader{Name: "dotnet", Wants: dotnetFile.MatchString, Read: readDotNet}
}

var (
	dotnetFile    = scan.MustCompile(`(?i)\.(cs|fs|vb)proj$|(^|/)(settings\.job|webjob-publish-settings\.json|global\.json|directory\.(build|packages)\.props|packages\.config|(web|app)(\.\w+)?\.config|connectionstrings\.config|appsettings[\w.-]*\.json|hostsettings\.json|(global\.asax|default\.aspx)|[\w.-]+\.(cs|fs|vb))$`)
	dotnetProject = scan.MustCompile(`\.(cs|fs|vb)proj$`)
)

// dotnetModule is one project.
type dotnetModule struct {
	dir, file string
	text      string
	sdk       string       // Microsoft.NET.Sdk.Web
	packages  []dependency // of the project alone
	refs      []string     // paths of the projects that it uses
	sources   []string
	configs   []string

	uses []*dotnetModule // the project itself and all that it uses, itself first
}

func readDotNet(t *scan.Tree, paths []string, r *scan.Report) {
	modules := dotnetModules(t, paths, r)
	var services []*dotnetModule
	used := map[*dotnetModule]bool{}
	for _, m := range modules {
		for _, u := range m.uses[1:] {
			used[u] = used[u] || !m.tests()
		}
	}
	runs := dotnetKinds(t, modules, r)
	var tools []*dotnetModule
	for _, m := range modules {
		switch kind := runs[m]; {
		case kind == dotnetWeb, kind == dotnetWorker && (!used[m] || m.webJob(t, r) != nil):
			services = append(services, m)
		case kind == dotnetTool:
			tools = append(tools, m)
		default:
			r.Find(scan.Finding{Dir: m.dir, Library: true, Service: service.Service{Language: m.language()}}, m.file, 1, scan.Declared, "builds nothing that serves by itself")
		}
	}
	if len(services) == 0 && len(tools) == 1 {
		from := len(r.Findings)
		reportDotNet(t, tools, r)
		standAlone(r, from)
		return
	}
	for _, m := range tools {
		r.Find(scan.Finding{Dir: m.dir, Service: service.Service{Language: m.language()}}, m.file, 1, scan.Guess, "no program here keeps running")
	}
	reportDotNet(t, services, r)
}

func reportDotNet(t *scan.Tree, services []*dotnetModule, r *scan.Report) {
	for _, m := range services {
		d := &dotnetService{dotnetModule: m, t: t, r: r, dir: m.dir}
		d.place(services)
		d.imageAbove()
		d.report()
	}
}

// dotnetKinds says of each project what it builds. One that is called a sample or makes data for tests is no service beside
// others, and is where there is nothing else.
func dotnetKinds(t *scan.Tree, modules []*dotnetModule, r *scan.Report) map[*dotnetModule]int {
	kinds := map[*dotnetModule]int{}
	found := false
	for _, m := range modules {
		if !dotnetSample.MatchString(m.name()) {
			kinds[m] = m.kind(t, r)
		}
		found = found || kinds[m] == dotnetWeb || kinds[m] == dotnetWorker
	}
	for _, m := range modules {
		if dotnetSample.MatchString(m.name()) && !found {
			kinds[m] = m.kind(t, r)
		}
	}
	return kinds
}

// dotnetModules reads the projects, gives each its files and links it with those that it uses.
func dotnetModules(t *scan.Tree, paths []string, r *scan.Report) []*dotnetModule {
	var all []*dotnetModule
	byFile, byDir, dirs := map[string]*dotnetModule{}, map[string]*dotnetModule{}, map[string]bool{}
	add := func(m *dotnetModule) {
		all = append(all, m)
		byFile[strings.ToLower(m.file)] = m
		if byDir[m.dir] == nil {
			byDir[m.dir], dirs[m.dir] = m, true
		}
	}
	for _, p := range paths {
		if dotnetProject.MatchString(strings.ToLower(p)) {
			add(readProject(t, p, r))
		}
	}
	for _, p := range sitePages(paths) { // a web site without a project: ASP.NET compiles it where it lies
		if owner(dirs, p) == "" {
			if config := t.First(path.Dir(p), "web.config", "Web.config", "Web.Config"); config != "" {
				add(&dotnetModule{dir: path.Dir(p), file: config, text: "<TargetFrameworkVersion>" + siteVersion(t.Text(config, r))})
			}
		}
	}
	for _, p := range paths {
		m := byDir[owner(dirs, p)]
		switch ext := strings.ToLower(path.Ext(p)); {
		case m == nil || strings.HasSuffix(ext, "proj"):
		case ext == ".cs" || ext == ".fs" || ext == ".vb":
			m.sources = append(m.sources, p)
		case strings.EqualFold(path.Base(p), "packages.config"):
			m.packages = append(m.packages, dotnetPackages(p, t.Text(p, r))...)
		case path.Dir(p) == m.dir && ext != ".asax" && ext != ".aspx":
			m.configs = append(m.configs, p)
		}
	}
	for _, m := range all {
		m.link(byFile)
	}
	return all
}

var (
	projectSDK     = scan.MustCompile(`<Project\s[^>]*Sdk="([\w.]+)|<Sdk\s+Name="([\w.]+)"`)
	projectPackage = scan.MustCompile(`<PackageReference\s+(?:[^>]*\s)?(?:Include|Update)="([\w.-]+)"(?:[^>]*?Version="([^"]*)")?|<Reference\s+Include="([\w.]+)|<package\s+id="([\w.-]+)"\s+version="([^"]*)"|<FrameworkReference\s+Include="([\w.]+)"`)
	projectRef     = scan.MustCompile(`<ProjectReference\s+(?:[^>]*\s)?Include="([^"]+)"`)
)

func readProject(t *scan.Tree, p string, r *scan.Report) *dotnetModule {
	m := &dotnetModule{dir: path.Dir(p), file: p, text: withoutComments(t.Text(p, r))}
	if s := projectSDK.FindStringSubmatch(m.text); s != nil {
		m.sdk = s[1] + s[2]
	}
	m.packages = dotnetPackages(p, m.text)
	for _, ref := range scan.Find(m.text, projectRef) {
		m.refs = append(m.refs, path.Join(m.dir, strings.ReplaceAll(ref.Groups[1], `\`, "/")))
	}
	return m
}

func dotnetPackages(p, text string) []dependency {
	var all []dependency
	for _, m := range scan.Find(withoutComments(text), projectPackage) {
		g := m.Groups
		all = append(all, dependency{name: g[1] + g[3] + g[4] + g[6], version: g[2] + g[5], file: p, line: m.Line})
	}
	return all
}

// link follows the references to other projects.
func (m *dotnetModule) link(byFile map[string]*dotnetModule) {
	seen := map[*dotnetModule]bool{m: true}
	m.uses = []*dotnetModule{m}
	for i := 0; i < len(m.uses); i++ {
		for _, ref := range m.uses[i].refs {
			if u := byFile[strings.ToLower(ref)]; u != nil && !seen[u] {
				seen[u] = true
				m.uses = append(m.uses, u)
			}
		}
	}
}

// has finds a package of the project by the beginning of its name.
func (m *dotnetModule) has(prefixes ...string) (dependency, bool) {
	for _, d := range m.packages {
		for _, prefix := range prefixes {
			if strings.HasPrefix(strings.ToLower(d.name), strings.ToLower(prefix)) {
				return d, true
			}
		}
	}
	return dependency{}, false
}

// sort of program that a project is.
const (
	dotnetLibrary = iota
	dotnetWeb
	dotnetWorker
	dotnetTool
)

var (
	dotnetTests   = scan.MustCompile(`(?i)[._-]?(unit|integration|functional|acceptance|e2e)?[._-]?(tests?|specs?|benchmarks?|mocks?)$`)
	dotnetSample  = scan.MustCompile(`(?i:samples?$)|(?:^|[._-]|[a-z0-9])Test-?Data|(?:^|[._-])test-?data`)
	webGUID       = scan.MustCompile(`(?i)349c5851-65df-11da-9384-00065b846f21|e24c65dc-7377-472b-9aba-bc803b73c61a|Microsoft\.WebApplication\.targets|<UseIISExpress>`)
	dotnetExe     = scan.MustCompile(`(?i)<OutputType>\s*Exe\s*<`)
	dotnetDLL     = scan.MustCompile(`(?i)<OutputType>\s*Library\s*<`)
	dotnetDesktop = scan.MustCompile(`(?i)<OutputType>\s*WinExe|<Use(WPF|WindowsForms|Maui)>\s*true|TargetPlatformIdentifier>\s*(Android|iOS)|<AndroidApplication>|Xamarin\.|MonoTouch|-(android|ios|windows|maccatalyst)\b`)
	dotnetLoops   = scan.MustCompile(`while\s*\(\s*true\s*\)|for\s*\(\s*;\s*;\s*\)|Host\.Create\w*Builder|HostBuilder\s*\(|:\s*BackgroundService\b|\bIHostedService\b|HostFactory\.Run|ServiceBase\.Run|Thread\.Sleep\(Timeout\.Infinite|\.WaitForShutdown|WebHost\b|AppHost\w*SelfHost|WebApplication\.Create`)
	dotnetServes  = scan.MustCompile(`WebHost(\.CreateDefault)?Builder|ConfigureWebHost|WebApplication\.Create|WebApp\.Start|UseKestrel|\bIApplicationBuilder\b|NancyHost\s*\(`)
)

// kind says what the project builds.
func (m *dotnetModule) kind(t *scan.Tree, r *scan.Report) int {
	switch {
	case m.tests() || strings.HasSuffix(m.sdk, "BlazorWebAssembly") || strings.HasSuffix(m.sdk, "Razor"):
		return dotnetLibrary
	case dotnetDesktop.MatchString(m.text):
		return dotnetLibrary
	case strings.Contains(m.text, "<AzureFunctionsVersion>"):
		r.Note(m.file, 1, "Azure Functions: an image of them is built on mcr.microsoft.com/azure-functions; nothing is written for it")
		return dotnetLibrary
	case m.sdk == "Microsoft.NET.Sdk.Web" && !dotnetDLL.MatchString(m.text), m.sdk == "" && webGUID.MatchString(m.text), !dotnetProject.MatchString(strings.ToLower(m.file)):
		return dotnetWeb
	case m.sdk == "Microsoft.NET.Sdk.Worker":
		return dotnetWorker
	case !dotnetExe.MatchString(m.text):
		return dotnetLibrary
	case m.webJob(t, r) != nil:
		return dotnetWorker
	}
	running := false
	for _, p := range m.sources {
		text := t.Text(p, r)
		if dotnetServes.MatchString(text) {
			return dotnetWeb
		}
		running = running || dotnetLoops.MatchString(text)
	}
	if running {
		return dotnetWorker
	}
	return dotnetTool
}

// tests says whether the project holds tests or measurements, or builds the others.
func (m *dotnetModule) tests() bool {
	_, tested := m.has("Microsoft.NET.Test.Sdk", "xunit", "NUnit", "MSTest.TestFramework", "BenchmarkDotNet", "Microsoft.VisualStudio.QualityTools", "Nuke.Common", "Cake.Frosting")
	return tested || dotnetTests.MatchString(m.name())
}

// name is the project's own: that of its file.
func (m *dotnetModule) name() string { return strings.TrimSuffix(path.Base(m.file), path.Ext(m.file)) }

func (m *dotnetModule) language() string {
	switch strings.ToLower(path.Ext(m.file)) {
	case ".fsproj":
		return "fsharp"
	case ".vbproj":
		return "vb"
	}
	return "csharp"
}

// dotnetService is a project that runs, and the directory that its image is built from.
type dotnetService struct {
	*dotnetModule
	t       *scan.Tree
	r       *scan.Report
	dir     string
	context string // of the build where that is above dir
	old     bool   // of the .NET Framework
	at      dotnetVersion
	inf     *inference
	spelled map[string]string // the secrets that were found, by their names in small letters: .NET tells no cases apart
}

// place finds the directory that the image is built from: the project's own where it uses nothing outside of it, else the
// solution's. Where several services share that, each keeps its own directory and has the solution's as its context.
func (d *dotnetService) place(services []*dotnetModule) {
	d.at = d.target()
	d.old = strings.HasPrefix(d.at.text, frameworkPrefix)
	above := d.above()
	if above == d.dotnetModule.dir || d.old {
		return
	}
	if len(services) > 1 || d.gathers() == d.dotnetModule.dir {
		d.context = above
		return
	}
	d.dir = above
}

// above is the nearest directory that holds the project, all that it uses, the solution if there is one, and the properties
// that the projects take from the directories above them.
func (d *dotnetService) above() string {
	dir := d.gathers()
	if dir != d.dotnetModule.dir {
		dir = d.solution(dir)
	}
	for _, u := range d.uses {
		for up := u.dir; up != "."; {
			up = path.Dir(up)
			if d.t.First(up, inheritedFiles...) != "" && (up == "." || strings.HasPrefix(dir, up+"/")) {
				dir = up
			}
		}
	}
	return d.imageContext(dir)
}

// imageContext is the directory that the Dockerfile beside the project is built from, where that lies above dir: it names the
// project by its path from there.
func (d *dotnetService) imageContext(dir string) string {
	file := path.Join(d.dotnetModule.dir, "Dockerfile")
	if dir == d.dotnetModule.dir || !d.t.Has(file) {
		return dir
	}
	text := d.t.Text(file, d.r)
	for up, found := dir, dir; ; up = path.Dir(up) {
		if strings.Contains(text, relative(up, d.dotnetModule.file)) {
			found = up
		}
		if up == "." {
			return found
		}
	}
}

// inheritedFiles count for all projects below their directory: MSBuild looks for them.
var inheritedFiles = []string{"Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"}

// gathers is the nearest directory that holds the project and all that it uses.
func (d *dotnetService) gathers() string {
	dir := d.dotnetModule.dir
	for _, u := range d.uses {
		for dir != "." && u.dir != dir && !strings.HasPrefix(u.dir, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	return dir
}

// solution is the nearest directory from dir upwards that holds a solution, dir where none does.
func (d *dotnetService) solution(dir string) string {
	for up := dir; ; up = path.Dir(up) {
		for _, p := range d.t.Below(up) {
			if path.Dir(p) == up && path.Ext(p) == ".sln" {
				return up
			}
		}
		if up == "." {
			return dir
		}
	}
}

var startsAssembly = scan.MustCompile(`([\w.-]+)\.dll\b`)

// imageAbove reports that a Dockerfile above the project holds it: it starts what the project becomes.
func (d *dotnetService) imageAbove() {
	if d.t.Has(path.Join(d.dotnetModule.dir, "Dockerfile")) {
		return
	}
	for up := d.dir; up != "."; {
		up = path.Dir(up)
		file := path.Join(up, "Dockerfile")
		if !d.t.Has(file) {
			continue
		}
		for _, m := range scan.Find(d.t.Text(file, d.r), startsAssembly) {
			if m.Groups[1] == d.assembly() {
				d.r.Find(scan.Finding{Dir: up, Holds: d.dir}, file, m.Line, scan.Declared, "")
			}
		}
		return
	}
}
