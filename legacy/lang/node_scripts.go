package lang

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// scripts reports what the scripts run in the end, for those who start one through npm. One that the developers' machine
// wants, that does more than one thing, or that sets what is not set for production, stays what it is.
func (p *nodeProject) scripts() {
	for _, name := range slices.Sorted(maps.Keys(p.pkg.Scripts)) {
		s, ok := p.script(name, 0)
		if !ok || s.dev || s.rank < scan.Convention || len(s.command) == 0 || s.command[0] == "npm" || shellSteps.MatchString(p.pkg.Scripts[name]) {
			continue
		}
		if s.rank < scan.Declared && (s.built || !p.t.Has(s.file)) || len(s.env) > 1 || len(s.env) == 1 && s.env["NODE_ENV"] == "" {
			continue
		}
		p.r.Find(scan.Finding{Dir: p.dir, Script: name, Runs: s.command}, p.pkg.file, s.line, s.rank, "what npm's script "+name+" runs")
	}
}

var (
	cronScript = scan.MustCompile(`(?i)^(?:cron|crons|schedule|scheduled|job|jobs)[:-](hourly|daily|nightly|weekly|monthly|yearly|(\d{1,2})-?(?:m|mn|min|mins|minutes?))$`)
	// periods are the schedules by the words that scripts are called by: at an hour when few people work.
	periods = map[string]string{"hourly": "0 * * * *", "daily": "0 3 * * *", "nightly": "0 3 * * *", "weekly": "0 3 * * 1", "monthly": "0 3 1 * *", "yearly": "0 3 1 1 *"}
)

// timed reports a script that says in its name how often something outside of the repository calls it.
func (p *nodeProject) timed(name string) {
	m := cronScript.FindStringSubmatch(name)
	if m == nil {
		return
	}
	schedule := periods[strings.ToLower(m[1])]
	if m[2] != "" {
		schedule = "*/" + strings.TrimLeft(m[2], "0") + " * * * *"
		if m[2] >= "60" && len(m[2]) == 2 {
			return // no step of an hour
		}
	}
	s, ok := p.script(name, 0)
	if !ok || s.dev || !service.ValidSchedule(schedule) || s.file == "" || !p.t.Has(s.file) {
		return
	}
	p.r.Find(scan.Finding{Dir: p.dir, Process: strings.ToLower(strings.ReplaceAll(name, ":", "-")), Service: service.Service{Command: s.command, Schedule: schedule}}, p.pkg.file, p.pkg.scriptLine(name), scan.Convention, "the script's name says how often it is called; at what time is a guess")
}

// betterScript follows better-npm-run to its script, a line or one with the variables that it is given.
func (p *nodeProject) betterScript(s nodeStart, args []string, depth int) (nodeStart, bool) {
	if len(args) == 0 || depth > 5 {
		return s, false
	}
	var script struct {
		Command string
		Env     map[string]any
	}
	if raw := p.pkg.better[args[0]]; json.Unmarshal(raw, &script) != nil && json.Unmarshal(raw, &script.Command) != nil {
		return s, false
	}
	inner, ok := p.shell(script.Command, depth+1)
	for name, v := range script.Env {
		if text := fmt.Sprint(v); inner.env != nil && inner.env[name] == "" && variableName.MatchString(name) && !scan.SecretName(name) {
			inner.env[name] = text
		}
	}
	return inner, ok
}

// ownScript is a program of the repository as an argument of the shell would name it, "" for anything else.
func (p *nodeProject) ownScript(word string) string {
	if f := path.Join(p.dir, word); strings.Contains(word, "/") && !strings.Contains(word, "node_modules") && p.t.Has(f) {
		return f
	}
	return ""
}

// withoutDaemon leaves out what sends a program to the background.
func withoutDaemon(args []string) []string {
	return slices.DeleteFunc(withoutBackground(args), func(a string) bool { return a == "--daemon" })
}

func runScript(tool, script string) []string { return []string{tool, "run", script} }
