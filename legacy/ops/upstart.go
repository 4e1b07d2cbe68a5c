package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// stanza is one statement of an Upstart job; a script's text goes with it.
type stanza struct {
	word, rest, body string
	line             int
}

// upstartStanzas parts a job into its stanzas: `exec X`, `pre-start script ... end script`, `limit nofile 65536 65536`.
func upstartStanzas(text string) []stanza {
	var all []stanza
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line, at := strings.TrimSpace(lines[i]), i+1
		for strings.HasSuffix(line, `\`) && i+1 < len(lines) {
			i++
			line = strings.TrimSuffix(line, `\`) + " " + strings.TrimSpace(lines[i])
		}
		if line == "" || line[0] == '#' || line[0] == '<' || line[0] == '{' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		s := stanza{word: word, rest: strings.TrimSpace(rest), line: at}
		if word == "script" || s.rest == "script" {
			s.rest = "script"
			var body []string
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "end script"; i++ {
				body = append(body, lines[i])
			}
			s.body = strings.Join(body, "\n")
		}
		all = append(all, s)
	}
	return all
}

// upstartRemarks say what becomes of stanzas that have a counterpart elsewhere.
var upstartRemarks = map[string]string{
	"start":     "%s starts %s here; in Kubernetes it starts at once and has to wait for what it needs itself",
	"limit":     "%s has the limit %s here; in Kubernetes limits are the container runtime's, and the pod's for memory",
	"instance":  "%s runs once for each %s here: set replicas, or a process for each, in migrate.yaml",
	"kill":      "%s is stopped by kill %s here; a pod gets SIGTERM, and 30 s",
	"post-stop": "after %s stops, %s runs here; in a pod nothing does",
	"pre-stop":  "before %s stops, %s runs here; a pod has preStop for that",
}

// readUpstart reads a job of Upstart, nil with a note where it starts nothing that can be told.
func readUpstart(t *scan.Tree, p, text string, r *scan.Report) *daemon {
	d := newDaemon(t, r, "", p, 1)
	d.name = d.script.name()
	stanzas := upstartStanzas(text)
	for _, s := range stanzas {
		switch s.word {
		case "env":
			if name, value, ok := strings.Cut(s.rest, "="); ok && service.VariableName(name) {
				d.script.exported[name] = true
				d.script.set(name, strings.Trim(strings.TrimSpace(value), `"'`), scan.Evidence{File: p, Line: s.line})
			}
		case "chdir":
			d.dir = strings.Trim(s.rest, `"'`)
		case "setuid":
			d.user = s.rest
		}
	}
	understood := true
	for _, s := range stanzas {
		if s.word == "script" || s.word == "exec" {
			understood = d.upstartStart(s)
		}
	}
	if len(d.script.argv) == 0 {
		if understood {
			r.NoteAbout(d.about(), p, 1, "an Upstart job without an exec line, not understood")
		}
		return nil
	}
	for _, s := range stanzas {
		if s.word == "task" {
			r.NoteAbout(d.about(), p, s.line, "%s runs once, not as a service: left out. Make it a release step or a schedule in %s if the service needs it", d.name, service.FileName)
			return nil
		}
	}
	d.upstartAround(stanzas, p)
	return d
}

// upstartStart reads exec, or the script that ends in it.
func (d *daemon) upstartStart(s stanza) bool {
	if s.word == "exec" {
		d.script.line = s.line
		if !d.start(intoNothing.ReplaceAllString(s.rest, "")) {
			d.r.NoteAbout(d.about(), d.script.file, s.line, "the exec line is not understood")
			return false
		}
		return true
	}
	text := withoutTags(s.body)
	file, err := parseShell(text)
	if err != nil {
		d.r.NoteAbout(d.about(), d.script.file, s.line, "the script of this job is not understood: %v", err)
		return false
	}
	return d.runs(file, text, s.line)
}

// upstartAround takes over what runs before, and notes what else the job asks of the machine.
func (d *daemon) upstartAround(stanzas []stanza, p string) {
	for _, s := range stanzas {
		if s.word == "pre-start" {
			if s.body == "" {
				d.before(strings.TrimPrefix(s.rest, "exec "), p, s.line)
				continue
			}
			for i, line := range strings.Split(s.body, "\n") {
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' && releaseStep.MatchString(line) {
					d.before(line, p, s.line+1+i)
				}
			}
			continue
		}
		format, rest := upstartRemarks[s.word], s.rest
		if format == "" || s.word == "start" && !strings.Contains(rest, "start") && !strings.Contains(rest, "mount") {
			continue
		}
		if rest == "script" {
			rest, _, _ = strings.Cut(strings.TrimSpace(s.body), "\n")
		}
		d.r.NoteAbout(d.about(), p, s.line, format, d.name, strings.TrimPrefix(rest, "exec "))
	}
}
