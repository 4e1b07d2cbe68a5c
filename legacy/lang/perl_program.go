package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// perlProgram is what serves: a PSGI file, a program of Mojolicious, a Catalyst class without either, a program that runs PSGI
// by itself, or CGI scripts.
type perlProgram struct {
	kind string // psgi, mojo, catalyst, cgi
	file string
	name string // the class, for catalyst
	line int
}

var (
	asidePSGI     = scan.MustCompile(`(?i)(^|[/._-])(static|dev|test|debug|example|mock|fake)[\w-]*\.psgi$`)
	catalystClass = scan.MustCompile(`(?m)^\s*(?:use\s+Catalyst\b|extends\s+['"]Catalyst['"])`)
	perlPackage   = scan.MustCompile(`(?m)^\s*package\s+([\w:]+)`)
	runnerScript  = scan.MustCompile(`(?m)^[^#\n]*->\s*parse_options\(\s*@ARGV\s*\)`)
	perlCGI       = scan.MustCompile(`(?m)^\s*(?:use|require)\s+CGI\b`)
	runnerPlace   = scan.MustCompile(`^(?:(?:bin|scripts?)/)?[\w.-]+$`)
	dancerApp     = scan.MustCompile(`(?m)^\s*(?:dance|start)\s*;|->(?:dance|to_app)\b|=>\s*dance\s*[;}]`)
)

// programs finds what may serve, of each kind the one nearest to the directory.
func (p *perlProject) programs() map[string]perlProgram {
	best := map[string]perlProgram{}
	keep := func(kind, file, name string, line int) {
		have, ok := best[kind]
		if !ok || strings.Count(file, "/") < strings.Count(have.file, "/") {
			best[kind] = perlProgram{kind, file, name, max(line, 1)}
		}
	}
	starters := p.mojoStarters()
	for _, f := range p.sources {
		switch ext := path.Ext(f); {
		case ext == ".psgi" && !asidePSGI.MatchString(f):
			keep("psgi", f, "", 1)
		case ext == ".cgi" || strings.Contains(f, "cgi-bin/"):
			if text := p.t.Text(f, p.r); ofPerl(text) && !strings.Contains(text, "Plack::Runner") { // that leads to another program
				keep("cgi", f, "", 1)
			}
		case ext == ".pm":
			if text := p.t.Text(f, p.r); catalystClass.MatchString(text) {
				if m := perlPackage.FindStringSubmatch(text); m != nil {
					keep("catalyst", f, m[1], scan.LineOf(text, catalystClass))
				}
			}
		case ext == ".pl" || ext == "" && path.Base(f) != "cpanfile":
			text := p.t.Text(f, p.r)
			if hasAny(text, "Mojolicious") && mojoScript.MatchString(text) {
				keep("mojo", f, "", scan.LineOf(text, mojoScript))
			} else if line := callsOne(text, starters); line > 0 {
				keep("mojo", f, "", line)
			} else if hasAny(text, "Dancer") && dancerApp.MatchString(text) {
				keep("psgi", f, "", scan.LineOf(text, dancerApp))
			} else if strings.Contains(text, "GATEWAY_INTERFACE") && perlCGI.MatchString(text) {
				keep("cgi", f, "", scan.LineOf(text, perlCGI))
			} else if hasAny(text, "Plack::Runner") && runnerScript.MatchString(text) && runnerPlace.MatchString(relative(p.dir, f)) {
				keep("runner", f, "", scan.LineOf(text, runnerScript))
			}
		}
	}
	return best
}

// mojoStarters are the modules that start an application of Mojolicious for the scripts that call them.
func (p *perlProject) mojoStarters() []string {
	var modules []string
	for _, f := range p.sources {
		if path.Ext(f) != ".pm" {
			continue
		}
		text := p.t.Text(f, p.r)
		if m := perlPackage.FindStringSubmatch(text); m != nil && len(modules) < 20 && (strings.Contains(text, "Mojolicious::Commands->start") || perlApplication.MatchString(text) && strings.Contains(text, "->start")) {
			modules = append(modules, m[1])
		}
	}
	return modules
}

// callsOne is the line on which a script calls one of the modules, 0 for none.
func callsOne(text string, modules []string) int {
	for i, line := range strings.Split(text, "\n") {
		for _, m := range modules {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), m); ok && (strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, "->")) {
				return i + 1
			}
		}
	}
	return 0
}

// mainProgram is what serves: a PSGI file before the program of a framework, CGI scripts last.
func mainProgram(programs map[string]perlProgram) perlProgram {
	for _, kind := range []string{"psgi", "mojo", "catalyst", "runner", "cgi"} {
		if b, ok := programs[kind]; ok {
			return b
		}
	}
	return perlProgram{}
}

var mojoListen = scan.MustCompile(`listen\}?\s*(?:=>|=|:)\s*(?:\[\s*(?:\$ENV\{\w+\}\s*//\s*)?|\n\s*-\s*)['"]?https?://[^:'"\s]+:(\d{2,5})`)

// reportCommand reports the server that production runs. Servers of developers (script/*_server.pl, morbo) are none.
func (p *perlProject) reportCommand(main perlProgram, programs map[string]perlProgram) {
	p.minion(main, programs["mojo"])
	switch main.kind {
	case "mojo":
		p.mojoCommand(main)
		return
	case "psgi":
		if p.startedBy(main) {
			return
		}
		p.find(service.Service{Command: []string{"starman", "--listen", "0.0.0.0:5000", "-E", "deployment", relative(p.dir, main.file)}}, "", main.file, main.line, scan.Convention, "Starman serves PSGI in production; plackup alone is for development")
	case "catalyst":
		p.find(service.Service{Command: []string{"plackup", "-s", "Starman", "-E", "deployment", "--port", "5000", "-Ilib", "-M" + main.name, "-e", main.name + "->psgi_app"}}, "", main.file, main.line, scan.Convention, "Catalyst through PSGI; its own server is for development")
	case "runner":
		p.find(service.Service{Command: []string{"perl", "-Ilib", relative(p.dir, main.file), "--server", "Starman", "--env", "deployment", "--port", "5000"}}, "", main.file, main.line, scan.Convention, "it takes plackup's options beside its own")
	case "cgi":
		p.r.Note(main.file, main.line, "CGI scripts: a web server has to run them (apache2 with mod_cgid), or Plack::App::CGIBin below Starman, which is written here")
		p.find(service.Service{Command: []string{"plackup", "-s", "Starman", "-E", "deployment", "--port", "5000", "-MPlack::App::CGIBin", "-e", "Plack::App::CGIBin->new(root => '" + path.Dir(relative(p.dir, main.file)) + "', exec_cb => sub { 1 })->to_app"}}, "", main.file, main.line, scan.Guess, "the scripts below a PSGI server")
	}
	p.find(service.Service{Port: 5000}, "", main.file, main.line, scan.Convention, "Starman's port")
}

func (p *perlProject) mojoCommand(main perlProgram) {
	port, at, line, rank := "8080", main.file, main.line, scan.Convention
	for _, f := range append(append([]string(nil), p.configs...), p.sources...) {
		if text := p.t.Text(f, p.r); hasAny(text, "hypnotoad") {
			if found := scan.Find(text, mojoListen); len(found) > 0 {
				port, at, line, rank = found[0].Groups[1], f, found[0].Line, scan.Declared
				break
			}
		}
	}
	p.find(service.Service{Command: []string{"perl", relative(p.dir, main.file), "prefork", "-m", "production", "-l", "http://*:" + port}}, "", main.file, main.line, scan.Convention, "Mojolicious's server for production; hypnotoad is the same in the background, with a file of its own beside the code")
	p.find(service.Service{Port: value{kind: valString, text: port}.number()}, "", at, line, rank, "")
}

// minion reports the worker of Minion, which the program of Mojolicious runs, whatever serves.
func (p *perlProject) minion(main, mojo perlProgram) {
	d, ok := p.dep("Minion")
	if !ok || mojo.file == "" || main.kind != "mojo" && p.t.Aside(mojo.file) {
		return
	}
	p.find(service.Service{Command: []string{"perl", relative(p.dir, mojo.file), "minion", "worker", "-m", "production"}}, "worker", d.file, d.line, scan.Convention, "Minion's jobs")
}

var (
	plackLine   = scan.MustCompile(`(?m)^[^#\n]*?\b(plackup|starman|start_server\b[^\n]*?\s(?:plackup|starman))\b((?:[^\n;&|#]|\\\n)*\.psgi\b[^\n;&|#]*)`)
	plackReload = scan.MustCompile(`(^|\s)(-r|-R|--reload|--Reload|-Reload)\b|morbo|development|\$@|\$\*`)
	plackPort   = scan.MustCompile(`(?:--port|-p|--listen|-l)[ =]*(?:[\w.*]*:)?(\d{2,5})\b`)
	shellFill   = scan.MustCompile(`\$\{\w+:?[-=]([^}]*)\}`)
)

// startedBy reads the command off the team's own script that starts the PSGI application for production.
func (p *perlProject) startedBy(main perlProgram) bool {
	for _, f := range p.t.Below(p.dir) {
		ext := path.Ext(f)
		if ext != ".sh" && (ext != "" || !perlScript.MatchString(f)) || p.t.Aside(f) || !strings.HasPrefix(p.t.Text(f, p.r), "#!") {
			continue
		}
		for _, m := range scan.Find(strings.ReplaceAll(p.t.Text(f, p.r), "\\\n", " "), plackLine) {
			line := m.Groups[1][strings.LastIndexByte(m.Groups[1], ' ')+1:] + shellFill.ReplaceAllString(m.Groups[2], "$1")
			words := strings.Fields(line)
			if plackReload.MatchString(m.Groups[0]) || strings.ContainsAny(line, "$`'\"()<>") || path.Base(words[len(words)-1]) != path.Base(main.file) {
				continue
			}
			words[len(words)-1] = relative(p.dir, main.file)
			port := "5000"
			if found := plackPort.FindStringSubmatch(m.Groups[0]); found != nil {
				port = found[1]
			}
			if !plackPort.MatchString(line) {
				words = append(words[:1:1], append([]string{"--port", port}, words[1:]...)...)
			}
			at := lineWith(p.t.Text(f, p.r), words[0])
			p.find(service.Service{Command: words}, "", f, at, scan.Declared, "the team's own script starts it so")
			p.find(service.Service{Port: value{kind: valString, text: port}.number()}, "", f, at, scan.Declared, "")
			return true
		}
	}
	return false
}

// lineWith is the first line that holds the word and is no comment.
func lineWith(text, word string) int {
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, word) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return i + 1
		}
	}
	return 1
}

var perlScript = scan.MustCompile(`(^|/)(script|scripts|bin)/[\w-]+$`)
