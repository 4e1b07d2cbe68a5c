package lang

import (
	"cmp"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// pythonProgram is a program that the package puts on the path: one that the installation makes of a function, or a script
// that it has in bin.
type pythonProgram struct {
	name   string
	script string // relative to the project, "" for one that the installation makes
	module string // where its function stands
	file   string // what names it, and where
	line   int
	serves int // the line by which it serves, of at, 0 for none
	keeps  int // the line by which it at least keeps running, of at
	at     string
}

var (
	consoleScripts = scan.MustCompile(`["'\[]?console_scripts["'\]]?|\[project\.scripts\]|\[tool\.poetry\.scripts\]`)
	consoleLine    = scan.MustCompile(`(?m)^[^#\n]*?["']?\b([A-Za-z][\w.-]*)\s*["']?\s*=\s*["']?\s*([A-Za-z_][\w.]*)\s*:\s*[A-Za-z_]\w*`)
	pythonShebang  = scan.MustCompile(`^#![^\n]*\bpython[\d.]*\b`)
	importsModule  = scan.MustCompile(`(?m)^\s*(?:from\s+([\w.]+)\s+import\s+(\w+)|import\s+([\w.]+))`)

	// calledTool are the names of programs that people call and that run to their end.
	calledTool = scan.MustCompile(`(?i)(^|[-_.])(ctl|cli|admin|manage|manager|tools?|utils?|client|create|init|setup|install|test|tests|check|lint|migrate|migrations?|import|export|load|dump|gen|generate|convert|build|shell|db|upload|download|fetch|backup|restore|publish|deploy|release|docs?|debug|dev|example|demo|diagnostics?|set|get|purge|stamp|verify|detect|mark|clear)([-_.]|$)`)
	// endsAsDaemon are names that say in the end that the program stays, whatever it does: check_service.
	endsAsDaemon = scan.MustCompile(`[-_](?:worker|daemon|consumer|scheduler|listener|server|service)$`)
	// daemonName are names of programs that stay.
	daemonName = scan.MustCompile(`(?i)(^|[-_.])(worker|daemon|consumer|scheduler|background|listener|poller|beat|monitor|agent|processor|dispatcher|runner|run|start|dequeue|collector|server|api|web|service|relay|hub|bot)s?([-_.]|$)|[a-z]{2}d$`)
)

// programs are the programs of the package that serve or keep running.
func (p *pythonProject) programs() []pythonProgram {
	if p.known {
		return p.installed
	}
	p.known = true
	found := p.ofFunctions()
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		if path.Dir(rel) != "bin" || strings.Contains(path.Base(rel), ".") || len(found) > maxPrograms {
			continue
		}
		if text := p.t.Text(f, p.r); pythonShebang.MatchString(text) {
			found = append(found, pythonProgram{name: path.Base(rel), script: rel, file: f, line: 1})
		}
	}
	for _, program := range found {
		if p.stays(&program); program.serves+program.keeps > 0 && (!calledTool.MatchString(program.name) || endsAsDaemon.MatchString(program.name)) {
			p.installed = append(p.installed, program)
		}
	}
	return p.installed
}

// ofFunctions are the programs that the installation makes of functions.
func (p *pythonProject) ofFunctions() []pythonProgram {
	var found []pythonProgram
	for _, name := range []string{"setup.py", "setup.cfg", "pyproject.toml"} {
		if f := p.t.First(p.dir, name); f != "" {
			found = append(found, consolePrograms(f, p.t.Text(f, p.r))...)
		}
	}
	return found
}

// maxPrograms bounds how many programs of one package are looked at.
const maxPrograms = 40

// consolePrograms reads what a file of setuptools, Poetry or the standard's own lists as programs.
func consolePrograms(file, text string) []pythonProgram {
	var found []pythonProgram
	for _, at := range consoleScripts.FindAllStringIndex(text, 5) {
		rest := text[at[1]:]
		end := strings.IndexByte(rest, ']')
		if strings.HasSuffix(text[at[0]:at[1]], "]") || strings.HasSuffix(file, ".cfg") {
			if end = strings.Index(rest, "\n["); end < 0 {
				end = len(rest)
			}
		}
		if end < 0 {
			continue
		}
		above := strings.Count(text[:at[1]], "\n")
		for _, m := range scan.Find(rest[:end], consoleLine) {
			found = append(found, pythonProgram{name: m.Groups[1], module: m.Groups[2], file: file, line: above + m.Line})
		}
	}
	return found
}

// stays finds the line by which a program serves or keeps running: in its own code, in that of the module whose function it
// calls, or in a module beside that which this imports.
func (p *pythonProject) stays(program *pythonProgram) {
	look := func(file string) string {
		text := p.t.Text(file, p.r)
		if program.serves == 0 {
			if line := scan.LineOf(text, servesItself); line > 0 {
				program.serves, program.at = line, file
			}
		}
		if program.serves == 0 && program.keeps == 0 {
			if line := scan.LineOf(text, keepsRunning); line > 0 {
				program.keeps, program.at = line, file
			}
		}
		return text
	}
	modules := []string{program.module}
	if program.script != "" {
		modules = nil
		for _, m := range scan.Find(look(path.Join(p.dir, program.script)), importsModule) {
			modules = append(modules, m.Groups[1]+m.Groups[3])
		}
	}
	for _, module := range modules {
		file := p.moduleFile(module)
		if file == "" {
			continue
		}
		if program.module == "" {
			program.module = module
		}
		for _, m := range scan.Find(look(file), importsModule) {
			name := m.Groups[1] + m.Groups[3]
			if name == "." {
				name = "." + m.Groups[2]
			}
			beside := path.Join(path.Dir(file), name[strings.LastIndexByte(name, '.')+1:]+".py")
			if program.script != "" && !daemonName.MatchString(strings.TrimPrefix(program.name, "run-")) {
				continue // a tool may share a module with what stays
			}
			if own := strings.HasPrefix(name, ".") || strings.HasPrefix(name, strings.SplitN(module, ".", 2)[0]); own && p.t.Has(beside) && beside != file {
				look(beside)
			}
		}
	}
}

// moduleFile is the file of a module of the project's own, "" for any other.
func (p *pythonProject) moduleFile(module string) string {
	file := strings.ReplaceAll(module, ".", "/")
	for _, root := range []string{".", "src", "lib"} {
		if f := p.t.First(path.Join(p.dir, root), file+".py", file+"/__init__.py"); module != "" && f != "" {
			return f
		}
	}
	return ""
}

// command is how the program is started: by its name where the image installs the package.
func (p *pythonProject) command(program pythonProgram) []string {
	switch {
	case program.script != "":
		return []string{"python", program.script}
	case p.installs():
		return []string{program.name}
	}
	return []string{"python", "-m", program.module}
}

// installs says whether what the image installs is the package itself, too.
func (p *pythonProject) installs() bool {
	_, own := p.deps.find(".")
	return own || p.deps.tool == "setuptools" || p.deps.tool == "poetry" || p.deps.tool == "uv"
}

// frontName are names of programs that serve people rather than other programs.
var frontName = scan.MustCompile(`(?i)(^|[-_.])(web|www|fe|front|frontend|http|httpd|server|api|app|ui|serve)([-_.]|$)`)

// programEntry is the program of the package that serves: one that says so by its name first, then any other, then one
// that keeps running.
func (p *pythonProject) programEntry() pythonEntry {
	var best *pythonProgram
	order := 100
	for i, program := range p.programs() {
		n := 20
		switch {
		case program.serves > 0 && frontName.MatchString(program.name):
			n = 0
		case program.serves > 0:
			n = 10
		case !daemonName.MatchString(program.name):
			continue // a tool for the command line, more likely
		}
		if n < order {
			order, best = n, &p.installed[i]
		}
	}
	if best == nil {
		return pythonEntry{}
	}
	sure := scan.Guess
	if best.serves > 0 {
		sure = scan.Convention
	}
	return pythonEntry{program: p.command(*best), script: best.name, root: ".", file: best.at, line: cmp.Or(best.serves, best.keeps), rank: sure}
}

// servesWell says whether a program serves by a server that is fit for production, while none is among the dependencies that
// is started by itself.
func (p *pythonProject) servesWell(own pythonEntry) bool {
	if _, ok := p.deps.find("gunicorn", "uwsgi", "uvicorn", "daphne", "hypercorn", "waitress", "mod-wsgi"); ok {
		return false
	}
	return fitServer.MatchString(p.t.Text(own.file, p.r))
}

var fitServer = scan.MustCompile(`\bgevent\.(?:pywsgi|wsgi)\b|\bwaitress\.serve\b|\btornado\.(?:httpserver|wsgi)\b|\beventlet\.wsgi\b|\bcheroot\b|\bcherrypy\b|\bpaste\.httpserver\b|\breactor\.run\(`)

// programProcesses reports the programs of the package that run beside the one that is the service.
func (p *pythonProject) programProcesses(e pythonEntry) {
	for _, program := range p.programs() {
		rests := program.keeps > 0 && restsBetween.MatchString(p.t.Text(program.at, p.r))
		if program.name == e.script || (program.serves == 0 || e.program == nil) && !rests && !daemonName.MatchString(program.name) {
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(program.name, path.Base(strings.SplitN(program.module, ".", 2)[0])), "-")
		served, _, _ := strings.Cut(e.module, ":")
		if name == "" || e.program == nil && program.serves > 0 && (frontName.MatchString(program.name) || program.module == served) {
			continue // the server of developers for the same application
		}
		p.process(strings.ReplaceAll(strings.ToLower(name), "_", "-"), p.command(program), program.file, program.line, scan.Guess, "a program of the package that keeps running")
	}
}
