package ops

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// command reports what starts a process: a line for a shell.
func (p *platform) command(f scan.Finding, line, file string, at int, rank scan.Rank) {
	filled := portVariable.ReplaceAllStringFunc(line, func(ref string) string {
		if m := portVariable.FindStringSubmatch(ref); m[1] != "" {
			return m[1]
		}
		return strconv.Itoa(p.port)
	})
	argv, env := command(filled)
	given, variables := command(line)
	if isShell(argv) && !isShell(given) || len(argv) == 0 {
		argv, env = given, variables
	}
	if len(argv) == 0 {
		p.r.Note(file, at, "the command is not understood: %s", line)
		return
	}
	note := ""
	if forDevelopment(argv) && !f.Service.Release {
		rank, note = scan.Guess, "a development command"
	}
	if key := f.Dir + "\x00" + f.Process + "\x00command"; p.said[key] {
		return
	}
	if run := followScript(p.t, p.below(f.Dir), argv, nil); run != nil && !f.Service.Release && run.own == "" && !run.passes && len(run.argv) > 0 {
		given = run.argv
		p.said[f.Dir+"\x00"+f.Process+"\x00command"] = true
		p.r.Find(scan.Finding{Dir: f.Dir, Process: f.Process, Name: f.Name}, file, at, rank, "")
		reportStarted(p.r, scan.Finding{Dir: f.Dir, Process: f.Process}, run, rank)
	} else {
		if steps := inLine(argv, file, at); steps != nil && f.Process == "" && !f.Service.Release {
			reportBefore(p.r, scan.Finding{Dir: f.Dir}, steps, rank)
			argv = steps.argv
		}
		in, artifact := inImage(p.t, f.Dir, argv)
		f.Service.Command, f.Service.Env = in, env
		if artifact != "" {
			f.Service.Build = &service.Build{Artifact: artifact}
		}
		p.find(f, "command", file, at, rank, note)
	}
	if !f.Service.Release {
		reportDemands(p.t, p.r, scan.Finding{Dir: f.Dir, Process: f.Process}, p.below(f.Dir), argv, scan.Evidence{File: file, Line: at, Rank: rank})
	}
	p.bound(scan.Finding{Dir: f.Dir, Process: f.Process}, given, file, at)
}

// bound reports the port that a command binds: its own, or the one that the platform sets.
func (p *platform) bound(f scan.Finding, argv []string, file string, at int) {
	if f.Process != "" {
		return
	}
	port, variable := portOf(argv, nil)
	if line := shown(argv); variable == "" && (strings.Contains(line, "$PORT") || strings.Contains(line, "${PORT")) {
		variable = "PORT"
	}
	switch {
	case port > 0 && variable == "":
		f.Service.Port = port
		p.find(f, "port", file, at, scan.Declared, "")
	case variable == "PORT":
		if port == 0 {
			port = p.port
		}
		f.Service = service.Service{Port: port, Env: map[string]string{"PORT": strconv.Itoa(port)}}
		p.find(f, "port", file, at, scan.Convention, "the platform set $PORT")
	}
}
