package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// phpProgram is a script of the project's own that does not end by itself.
type phpProgram struct {
	file, rel string
	line      int
	port      int // where it serves, 0 where it works without being asked
}

var (
	phpServes = []*scan.Pattern{
		scan.MustCompile(`(?i)\bnew\s+\\?(?:open)?swoole[\\_](?:http[\\_]|websocket[\\_])?server\s*\(\s*["'][\d.:]*["']\s*,\s*(\d{2,5})\b`),
		scan.MustCompile(`\bIoServer::factory\([^;]{0,400}?,\s*(\d{2,5})\s*[,)]`),
		scan.MustCompile(`\bnew\s+\\?(?:Ratchet\\)?App\(\s*["'][^"'\n]*["']\s*,\s*(\d{2,5})\b`),
		scan.MustCompile(`\bnew\s+\\?(?:React\\Socket\\)?(?:SocketServer|SocketHttpServer|Server)\(\s*["'](?:tcp://)?[\d.]*:(\d{2,5})["']`),
		scan.MustCompile(`\bnew\s+\\?(?:Workerman\\)?Worker\(\s*["'](?:http|websocket|tcp)://[\d.]+:(\d{2,5})["']`),
	}
	phpShebang = scan.MustCompile(`^#![^\n]*\bphp[\d.]*\b`)
	ofPrograms = scan.MustCompile(`^(?:bin|scripts?|cli|console|daemons?|workers?|server|services?|jobs)$`)
)

// programs are the scripts at the top of the project, or in a directory of its programs, that serve or keep running.
func (p *phpProject) programs() []phpProgram {
	var found []phpProgram
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		dir, base := path.Split(rel)
		script := strings.HasSuffix(base, ".php")
		if dir = path.Clean(dir); dir != "." && !ofPrograms.MatchString(dir) || !script && (dir != "bin" || strings.Contains(base, ".")) || base == "index.php" || p.t.Aside(f) || len(found) == maxPrograms {
			continue
		}
		text := p.t.Text(f, p.r)
		if !script && !phpShebang.MatchString(text) {
			continue
		}
		program := phpProgram{file: f, rel: rel}
		for _, re := range phpServes {
			if m := findSome(text, re); len(m) > 0 && program.port == 0 {
				program.line = m[0].Line
				program.port, _ = strconv.Atoi(m[0].Groups[1])
			}
		}
		if program.line == 0 && (dir != "." || phpShebang.MatchString(text)) {
			program.line = phpKeeps(text)
		}
		if name := strings.TrimSuffix(base, ".php"); program.line > 0 && (!calledTool.MatchString(name) || endsAsDaemon.MatchString(name)) {
			found = append(found, program)
		}
	}
	return found
}

func (program phpProgram) service(text string) service.Service {
	command := []string{"php", program.rel}
	if strings.Contains(text, "Worker::runAll(") {
		command = append(command, "start") // Workerman's own word
	}
	return service.Service{Command: command, Port: program.port}
}

// serveProgram reports the program that serves, of a project without pages.
func (p *phpProject) serveProgram(program phpProgram) {
	p.index = program.file
	p.readSources()
	p.language()
	p.build()
	p.find(program.service(p.t.Text(program.file, p.r)), program.file, program.line, scan.Convention, "the program serves by itself")
	p.settings()
	p.workers(program.rel)
}

// ownServer is the first of the programs that serve.
func (p *phpProject) ownServer() (phpProgram, bool) {
	if p.manifest == "" || p.first(otherManifests[:4]...) != "" {
		return phpProgram{}, false
	}
	for _, program := range p.programs() {
		if program.port > 0 {
			return program, true
		}
	}
	return phpProgram{}, false
}

// programProcesses reports the programs that run beside the pages, or beside the program that is the service.
func (p *phpProject) programProcesses(served string) {
	for _, program := range p.programs() {
		if program.rel == served {
			continue
		}
		name, rank := strings.TrimSuffix(path.Base(program.rel), ".php"), scan.Convention
		if program.port == 0 {
			rank = scan.Guess
		}
		p.processAs(rank, strings.ReplaceAll(strings.ToLower(name), "_", "-"), program.service(p.t.Text(program.file, p.r)), program.file, program.line, "a program that keeps running")
	}
}
