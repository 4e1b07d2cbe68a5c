package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Elixir reads Mix projects: Phoenix, Plug and other applications that keep running. An umbrella is one service, or one for
// each of the releases that it describes.
func Elixir() scan.Reader {
	return scan.Reader{Name: "elixir", Wants: elixirFile.MatchString, Read: readElixir}
}

var elixirFile = scan.MustCompile(`(^|/)(mix\.exs|mix\.lock|\.tool-versions|\.elixir-version|elixir_buildpack\.config|package\.json|config/[\w.-]+\.exs|rel/[\w./-]+)$|\.exs?$`)

// elixirProject is one directory with a mix.exs, together with the applications of an umbrella below it.
type elixirProject struct {
	t    *scan.Tree
	r    *scan.Report
	dir  string
	file string
	text string
	deps []dependency

	umbrella bool
	root     string          // the umbrella that the release is made in, "" for a project of its own
	shut     map[string]bool // the applications of that umbrella which the release does not hold
	migrates map[string]bool // whose migrations a release of that umbrella runs, by the file that asks for Ecto
	sources  []string
	configs  []string
	args     []string // of the virtual machine that a release starts
	version  string
	inf      *inference

	release    elixirReleased // one of several of an umbrella
	distilled  string         // the release that Distillery makes, "" for none
	distillery string         // and what describes it
}

func readElixir(t *scan.Tree, paths []string, r *scan.Report) {
	byDir, dirs := map[string]*elixirProject{}, map[string]bool{}
	for _, p := range paths {
		if path.Base(p) == "mix.exs" {
			dir := path.Dir(p)
			text := elixirCode(t.Text(p, r))
			byDir[dir] = &elixirProject{t: t, r: r, dir: dir, file: p, text: text, deps: elixirDeps(p, text), umbrella: strings.Contains(text, "apps_path:")}
			dirs[dir] = true
		}
	}
	takes := foldUmbrellas(t, r, byDir, dirs)
	for _, p := range paths {
		for _, project := range takes[owner(dirs, p)] {
			project.take(p)
		}
	}
	for _, dir := range sortedSet(dirs) {
		if project := byDir[dir]; project != nil {
			project.report()
		}
	}
}

// take keeps a file of the project by what it is.
func (e *elixirProject) take(p string) {
	switch base := path.Base(p); {
	case base == "mix.exs":
	case vmArgs.MatchString(p):
		e.args = append(e.args, p)
	case path.Base(path.Dir(p)) == "config" && path.Ext(p) == ".exs" || p == e.release.config:
		e.configs = append(e.configs, p)
	case path.Ext(p) == ".ex" && !strings.Contains(p, "/mix/tasks/"):
		e.sources = append(e.sources, p)
	}
}

var elixirComment = scan.MustCompile(`(?m)^[ \t]*#.*$`)

var (
	elixirAlias = scan.MustCompile(`(?m)^\s*(\w+)\s*=\s*&System\.(?:get_env|fetch_env!?)/[12]\b`)
	elixirPiped = scan.MustCompile(`"([A-Z][A-Z0-9_]*)"[ \t]*(?:\n[ \t]*)?\|>\s*(System\.(?:get_env|fetch_env!?))\(\)`)
	elixirCall  = scan.MustCompile(`\b(\w+)\.\(\s*"`)
)

// elixirCode leaves the lines of comments out, and empty lines in their place. A name that stands for System.get_env is
// written out, and what is piped into it becomes its argument.
func elixirCode(text string) string {
	text = elixirComment.ReplaceAllString(text, "")
	text = elixirPiped.ReplaceAllStringFunc(text, func(piped string) string {
		m := elixirPiped.FindStringSubmatch(piped)
		return m[2] + `("` + m[1] + `")` + strings.Repeat("\n", strings.Count(piped, "\n"))
	})
	m := elixirAlias.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	return elixirCall.ReplaceAllStringFunc(text, func(call string) string {
		if name, _, _ := strings.Cut(call, "."); name != m[1] {
			return call
		}
		return `System.get_env("`
	})
}

var (
	elixirDep  = scan.MustCompile(`\{:(\w+),\s*(?:"([^"]*)")?([^{}]*)\}`)
	onlyIn     = scan.MustCompile(`\bonly:\s*(\[[^\]]*\]|:\w+)`)
	elixirApp  = scan.MustCompile(`\bapp:\s*:(\w+)`)
	elixirMod  = scan.MustCompile(`\bmod:\s*\{`)
	elixirWant = scan.MustCompile(`\belixir:\s*"[^"\d]*(\d+\.\d+)`)
	toolElixir = scan.MustCompile(`(?m)^\s*elixir(?:_version)?[ =]+"?v?(\d+\.\d+(?:\.\d+)?)`)
)

func elixirDeps(file, text string) []dependency {
	var all []dependency
	for _, m := range scan.Find(text, elixirDep) {
		if !elixirAside(m.Groups[3]) && m.Groups[1] != "system" {
			all = append(all, dependency{m.Groups[1], m.Groups[2], file, m.Line})
		}
	}
	return all
}

// elixirAside says whether the options of a dependency keep it out of production.
func elixirAside(options string) bool {
	only := onlyIn.FindStringSubmatch(options)
	return only != nil && !strings.Contains(only[1], ":prod")
}

func (e *elixirProject) dep(name string) (dependency, bool) {
	for _, d := range e.deps {
		if d.name == name {
			return d, true
		}
	}
	return dependency{}, false
}

func (e *elixirProject) find(s service.Service, process, file string, line int, rank scan.Rank, why string) {
	e.r.Find(scan.Finding{Dir: e.dir, Process: process, Service: s}, file, max(line, 1), rank, why)
}

func (e *elixirProject) report() {
	if !elixirMod.MatchString(e.text) {
		e.r.Find(scan.Finding{Dir: e.dir, Library: true, Service: service.Service{Language: "elixir"}}, e.file, 1, scan.Declared, "no application that starts (mod:) in mix.exs")
		return
	}
	e.find(service.Service{Language: "elixir"}, "", e.file, 1, scan.Declared, "")
	e.readDistillery()
	if e.dir == "." && (!e.umbrella || e.distilled != "" || elixirRelease.MatchString(e.text)) {
		e.r.Find(scan.Finding{Dir: ".", App: &service.App{Name: e.name()}}, e.file, max(scan.LineOf(e.text, elixirApp), 1), scan.Convention, "")
	}
	e.reportVersion()
	web := false
	for _, f := range []string{"phoenix", "plug_cowboy", "bandit", "cowboy"} {
		if d, ok := e.dep(f); ok && !web {
			name := map[bool]string{true: "phoenix", false: "plug"}[f == "phoenix"]
			e.find(service.Service{Framework: name}, "", d.file, d.line, scan.Declared, "")
			web = true
		}
	}
	e.reportCommand()
	if web {
		e.reportPort()
	}
	e.reportSettings()
}

// name is that of the release, else that of the application.
func (e *elixirProject) name() string {
	if e.release.name != "" {
		return e.release.name
	}
	if m := elixirRelease.FindStringSubmatch(e.text); m != nil {
		return m[1] + m[2]
	}
	if e.distilled != "" {
		return e.distilled
	}
	return e.app()
}

func (e *elixirProject) reportVersion() {
	for dir := e.dir; ; dir = path.Dir(dir) {
		for _, name := range []string{".tool-versions", "elixir_buildpack.config", ".elixir-version"} {
			p := path.Join(dir, name)
			if !e.t.Has(p) {
				continue
			}
			text := e.t.Text(p, e.r)
			if name == ".elixir-version" {
				text = "elixir " + text
			}
			for _, m := range scan.Find(text, toolElixir) {
				e.version = m.Groups[1]
				e.find(service.Service{Version: e.version}, "", p, m.Line, scan.Declared, "")
				return
			}
		}
		if dir == "." {
			break
		}
	}
	for _, m := range scan.Find(e.text, elixirWant) {
		version, why := e.atLeast(m.Groups[1])
		e.version = version
		e.find(service.Service{Version: version}, "", e.file, m.Line, scan.Declared, why)
		return
	}
}

// atLeast raises the version that mix.exs asks for to the first one that has what the project uses.
func (e *elixirProject) atLeast(version string) (least, why string) {
	minor, err := strconv.Atoi(strings.TrimPrefix(version, "1."))
	switch {
	case err != nil || e.distilled != "" || e.release.name == "" && !elixirRelease.MatchString(e.text):
		return version, ""
	case minor < 11 && (e.release.config != "" || e.t.Has(path.Join(e.dir, "config/runtime.exs"))):
		return "1.11", "the first whose releases read a configuration when they start"
	case minor < 9:
		return "1.9", "the first that makes releases"
	}
	return version, ""
}

var elixirRelease = scan.MustCompile(`releases:\s*\[\s*(\w+):|def(?:p)?\s+releases[^\[]*\[\s*(\w+):`)

// released says whether the project is made to run as a release: its configuration for run time lies where a release
// reads it. Otherwise what config/prod.exs takes from the environment would be that of the machine that builds.
func (e *elixirProject) released() bool {
	if e.release.name != "" {
		return e.distilled == ""
	}
	major, minor, _ := strings.Cut(e.version, ".")
	minor, _, _ = strings.Cut(minor, ".")
	if n, err := strconv.Atoi(minor); err == nil && major == "1" && n < 9 {
		return false
	}
	for _, p := range e.configs {
		if base := path.Base(p); base == "runtime.exs" || base == "releases.exs" {
			return true
		}
	}
	for _, p := range e.configs {
		if _, skip := environmentOf(p); !skip && strings.Contains(e.t.Text(p, e.r), "System.get_env") {
			return false
		}
	}
	return strings.Contains(e.text, "releases:")
}

var migrateFunction = scan.MustCompile(`(?s)defmodule\s+([\w.]+)\s+do.*?\bdef\s+migrate\b`)

// reportCommand reports how the project is built and started, and the migrations before each rollout.
func (e *elixirProject) reportCommand() {
	b := &service.Build{Tool: "mix", Context: e.root}
	for _, name := range []string{"mix.exs", "mix.lock"} {
		if e.t.Has(path.Join(e.dir, name)) && !e.umbrella && e.root == "" {
			b.Files = append(b.Files, name)
		}
	}
	for _, p := range e.configs {
		if !e.umbrella && e.root == "" && path.Dir(p) == path.Join(e.dir, "config") {
			b.Files = append(b.Files, relative(e.dir, p))
		}
	}
	e.buildAssets(b)
	released := e.released()
	server := []string{"mix", "run", "--no-halt"}
	if d, ok := e.dep("phoenix"); ok {
		server = []string{"mix", "phx.server"}
		if strings.Contains(d.version, "1.2") || strings.Contains(d.version, "1.1") || strings.Contains(d.version, "1.0") {
			server = []string{"mix", "phoenix.server"}
		}
	}
	why := "run by Mix with MIX_ENV=prod, as its configuration is read from the environment when Mix starts it: config/runtime.exs would allow a release"
	if released {
		server, why = []string{"/app/bin/" + e.name(), "start"}, "the release that mix release makes"
		if e.t.Has(path.Join(e.place(), "rel/overlays/bin/server")) {
			server, why = []string{"/app/bin/server"}, "rel/overlays/bin/server, which mix release copies"
		}
		b.Artifact = e.name()
	} else if e.distilled != "" {
		server, why = []string{"/app/bin/" + e.distilled, "foreground"}, "the release that Distillery makes"
		b.Tool, b.Artifact = "distillery", e.distilled
	}
	e.find(service.Service{Build: b}, "", e.file, 1, scan.Declared, "")
	e.find(service.Service{Command: server}, "", e.file, max(scan.LineOf(e.text, elixirApp), 1), scan.Convention, why)
	if d, ok := e.dep("ecto_sql"); ok {
		e.reportMigration(d, released)
	} else if d, ok := e.dep("phoenix_ecto"); ok {
		e.reportMigration(d, released)
	}
	if d, ok := e.dep("oban"); ok {
		e.r.Note(d.file, d.line, "Oban runs its jobs and its cron table inside of the service: further replicas share them through the database")
	}
}

// shellPath is a path that the shell leaves as it is.
var shellPath = scan.MustCompile(`^[\w./-]*$`)

// buildAssets has the pages' scripts and styles made.
func (e *elixirProject) buildAssets(b *service.Build) {
	assets := path.Join(e.dir, "assets", "package.json")
	if e.t.Has(assets) {
		b.Packages = []string{"nodejs", "npm"}
		e.r.Find(scan.Finding{Dir: path.Dir(assets), Library: true}, assets, 1, scan.Declared, "assets of the application above")
	}
	within := ""
	if e.root != "" {
		within = relative(e.root, e.dir)
	}
	switch _, phoenix := e.dep("phoenix"); {
	case !shellPath.MatchString(within):
		e.r.Note(e.file, 1, "how the assets are made can't be said in a line: the name of the directory has signs that the shell would take for its own")
	case strings.Contains(e.text, "assets.deploy") && within != "":
		b.Command = []string{"sh", "-c", "cd " + within + " && mix assets.deploy"}
	case strings.Contains(e.text, "assets.deploy"):
		b.Command = []string{"mix", "assets.deploy"}
	case e.t.Has(assets) && phoenix && strings.Contains(e.t.Text(assets, e.r), `"deploy"`):
		npm := "npm --prefix " + path.Join(within, "assets")
		b.Command = []string{"sh", "-c", npm + " install && " + npm + " run deploy && mix phx.digest"}
	}
}

func (e *elixirProject) reportMigration(d dependency, released bool) {
	if e.migrates[d.file] {
		return
	}
	if e.migrates != nil {
		e.migrates[d.file] = true
	}
	step := service.Service{Release: true, Command: []string{"mix", "ecto.migrate"}}
	if !released && e.distilled != "" {
		e.distilleryMigration(d)
		return
	}
	if !released {
		e.find(step, "migrate", d.file, d.line, scan.Convention, "Ecto's migrations")
		return
	}
	if overlay := path.Join(e.place(), "rel/overlays/bin/migrate"); e.t.Has(overlay) {
		step.Command = []string{"/app/bin/migrate"}
		e.find(step, "migrate", overlay, 1, scan.Declared, "")
		return
	}
	for _, p := range e.sources {
		if text := e.t.Text(p, e.r); strings.Contains(text, "def migrate") && strings.Contains(text, "Ecto.Migrator") {
			if m := migrateFunction.FindStringSubmatch(text); m != nil {
				step.Command = []string{"/app/bin/" + e.name(), "eval", m[1] + ".migrate"}
				e.find(step, "migrate", p, scan.LineOf(text, migrateFunction), scan.Declared, "")
				return
			}
		}
	}
	var steps []string
	for _, app := range e.ectoApps() {
		steps = append(steps, "Application.load(:"+app+"); for repo <- Application.fetch_env!(:"+app+", :ecto_repos), do: {:ok, _, _} = Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true))")
	}
	if len(steps) == 0 {
		e.r.Note(d.file, d.line, "a release holds no Mix, and no module here runs the migrations (Ecto.Migrator): mix phx.gen.release writes one")
		return
	}
	step.Command = []string{"/app/bin/" + e.name(), "eval", strings.Join(steps, "; ")}
	e.find(step, "migrate", d.file, d.line, scan.Declared, "what mix phx.gen.release writes: a release holds no Mix")
}

var ectoRepos = scan.MustCompile(`\becto_repos:\s*\[\s*[A-Z]`)

// ectoApps are the applications whose configuration lists Ecto's repositories, else the only one of the project. Which of an
// umbrella's has them, its release does not tell.
func (e *elixirProject) ectoApps() (apps []string) {
	for _, b := range e.blocks() {
		if (ectoRepos.MatchString(b.text) || b.module == "ecto_repos") && !slices.Contains(apps, b.app) {
			apps = append(apps, b.app)
		}
	}
	if len(apps) == 0 && !e.umbrella && e.root == "" && elixirApp.MatchString(e.text) {
		apps = append(apps, e.app())
	}
	return apps
}
