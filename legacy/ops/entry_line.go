package ops

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// inLine parts a command that runs steps to their end before it becomes the service, as `migrate && serve` does, or only
// waits; nil where there is nothing of that, or something else that only the whole line can do.
func inLine(argv []string, file string, line int) *started {
	if !isShell(argv) {
		return nil
	}
	parsed, err := parseShell(argv[2])
	if err != nil {
		return nil
	}
	w := &startWalk{started: started{file: file}, text: argv[2], vars: map[string]string{}, functions: map[string]*syntax.Stmt{}}
	w.statements(parsed.Stmts, true, 0)
	idle := harmless.MatchString(strings.SplitN(strings.TrimSpace(argv[2]), " ", 2)[0])
	if w.own != "" || w.passes || len(w.argv) == 0 || len(w.release) == 0 && !idle {
		return nil
	}
	w.line, w.at = line, line
	return &w.started
}

// reportBefore claims what a line runs before the service, which is left out of it.
func reportBefore(r *scan.Report, f scan.Finding, s *started, rank scan.Rank) {
	reportSteps(r, f, s, rank, "run before the service")
	s.reportFirst(r)
}

// reportSteps claims what is run to its end before the service as a step of the release.
func reportSteps(r *scan.Report, f scan.Finding, s *started, rank scan.Rank, note string) {
	text := strings.Join(s.release, " && ")
	if text == "" || strings.Contains(text, "\x00") {
		return
	}
	if s.releaseDir != "" {
		text = "cd " + s.releaseDir + " && " + text
	}
	argv, env := command(text)
	if len(env) > 0 {
		argv = []string{"sh", "-c", text}
	}
	if len(argv) > 0 {
		f.Name, f.Process, f.Service = "", "migrate", service.Service{Command: argv, Release: true}
		r.Find(f, s.file, s.at, rank, note)
	}
}

// shellArray is a list of the shell that runs it, which no variable from outside can be.
var shellArray = scan.MustCompile(`\$\{\w+\[[@*]\]\}`)
