package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// starts is what a stage itself says that it runs, nil where it says nothing.
func starts(s instructions.Stage) *process {
	var p *process
	for _, c := range s.Commands {
		switch c := c.(type) {
		case *instructions.CmdCommand:
			p = &process{name: s.Name, words: c.CmdLine, shell: c.PrependShell, line: lineOf(c.Location())}
		case *instructions.EntrypointCommand:
			p = &process{name: s.Name, words: c.CmdLine, shell: c.PrependShell, line: lineOf(c.Location())}
		}
	}
	return p
}

// finalStage is the stage that a plain build ends with, unless its name says that it is for development or tests, and another
// one can be the image: one that serves, or that nothing else is made from.
func finalStage(stages []instructions.Stage) int {
	last := len(stages) - 1
	if !developmentStage.MatchString(stages[last].Name) {
		return last
	}
	for i := last; i >= 0; i-- {
		if productionStage.MatchString(stages[i].Name) {
			return i
		}
	}
	end := starts(stages[last])
	alone := end != nil && !forDevelopment(end.words)
	for i := last; i >= 0; i-- {
		if !developmentStage.MatchString(stages[i].Name) && (!alone || startsCode(stages, i) || !rested(stages, i)) {
			return i
		}
	}
	return last
}

// startsCode says whether a stage says that it runs something, or holds code and takes over what runs it: from a stage that it
// rests on, or from the image of a server.
func startsCode(stages []instructions.Stage, at int) bool {
	if starts(stages[at]) != nil {
		return true
	}
	if !holdsCode(stages, at) {
		return false
	}
	for {
		parent := stageIndex(stages, stages[at].BaseName, at)
		if parent < 0 {
			argv, port := parseImage(stages[at].BaseName).inherited()
			return argv != nil || port > 0
		}
		if at = parent; starts(stages[at]) != nil {
			return true
		}
	}
}

// holdsCode says whether a stage has directories of the build context in it, by itself or by another stage.
func holdsCode(stages []instructions.Stage, at int) bool {
	holds := make([]bool, at+1)
	for i := range holds {
		parent := stageIndex(stages, stages[i].BaseName, i)
		holds[i] = parent >= 0 && holds[parent] || slices.ContainsFunc(stages[i].Commands, func(c instructions.Command) bool {
			switch c := c.(type) {
			case *instructions.AddCommand:
				return slices.ContainsFunc(c.SourcePaths, directory)
			case *instructions.CopyCommand:
				from := stageIndex(stages, c.From, i)
				return c.From == "" && slices.ContainsFunc(c.SourcePaths, directory) || from >= 0 && holds[from]
			}
			return false
		})
	}
	return holds[at]
}

// directory says of a path whether it looks like that of a directory, or of all in one.
func directory(p string) bool {
	base := path.Base(p)
	return base == "." || base == "*" || !strings.Contains(base, ".")
}

// asideStage is the name of a stage that adds something to the image of the service: what migrates its database, or works beside it.
var asideStage = scan.MustCompile(`(?i)(^|[-_.])(migrat(e|or|ions?)|cron|scheduler|workers?|jobs?)([-_.]|$)`)

// beneath is the stage of the service that one beside it rests on, -1 for none: named otherwise, with something that it starts.
func beneath(stages []instructions.Stage, at int) int {
	parent := stageIndex(stages, stages[at].BaseName, at)
	if parent < 0 || !asideStage.MatchString(stages[at].Name) || asideStage.MatchString(stages[parent].Name) || developmentStage.MatchString(stages[parent].Name) {
		return -1
	}
	for i := parent; i >= 0; i = stageIndex(stages, stages[i].BaseName, i) {
		if starts(stages[i]) != nil {
			return parent
		}
	}
	return -1
}

// choose takes, of several named stages that start something each and rest on the same one, the one that serves. The others
// are images of further processes. final is the stage that counts otherwise; one that says nothing by itself stays.
func choose(stages []instructions.Stage, final int) (int, []process) {
	if service := beneath(stages, final); service >= 0 {
		return service, nil
	}
	parent := stageIndex(stages, stages[final].BaseName, final)
	if parent < 0 || starts(stages[final]) == nil {
		return final, nil
	}
	best, most := final, servesLikely(stages[final])
	own := []int{final}
	for i, s := range stages {
		if i == final || s.Name == "" || starts(s) == nil || developmentStage.MatchString(s.Name) || stageIndex(stages, s.BaseName, i) != parent || rested(stages, i) {
			continue
		}
		own = append(own, i)
		if n := servesLikely(s); n > most {
			best, most = i, n
		}
	}
	var siblings []process
	slices.Sort(own)
	for _, i := range own {
		if i != best {
			siblings = append(siblings, *starts(stages[i]))
		}
	}
	return best, siblings
}

// rested says whether another stage is made of this one.
func rested(stages []instructions.Stage, at int) bool {
	for i := at + 1; i < len(stages); i++ {
		if stageIndex(stages, stages[i].BaseName, i) == at {
			return true
		}
		for _, c := range stages[i].Commands {
			if cp, ok := c.(*instructions.CopyCommand); ok && cp.From != "" && stageIndex(stages, cp.From, i) == at {
				return true
			}
		}
	}
	return false
}

var (
	speaksHTTP = scan.MustCompile(`\b(apache2-foreground|httpd|nginx|frankenphp)\b`)
	worksOff   = scan.MustCompile(`\b(celery|sidekiq|resque|good_job|delayed_job|solid_queue|shoryuken|rq|rake|dramatiq|huey|horizon|queue:work|messenger:consume|worker|beat|cron)\b`)
)

// servesLikely weighs whether a stage is the image of what answers requests.
func servesLikely(s instructions.Stage) int {
	p, score := starts(s), 0
	line := shown(p.argv())
	for _, c := range s.Commands {
		if _, ok := c.(*instructions.ExposeCommand); ok {
			score += 4
		}
	}
	if webName.MatchString(s.Name) {
		score += 2
	}
	if serverLine.MatchString(line) || speaksHTTP.MatchString(line) {
		score += 2
	}
	if speaksHTTP.MatchString(line) {
		score++
	}
	if worksOff.MatchString(line) || worksOff.MatchString(s.Name) || forDevelopment(p.argv()) && !serverLine.MatchString(line) {
		score -= 4
	}
	return score
}

// reportSiblings reports what the other images of the file run: the same code, so from the same image here.
func (d *dockerfile) reportSiblings(r *scan.Report) {
	for _, p := range d.siblings {
		argv := p.argv()
		line := shown(argv)
		if len(argv) == 0 || serverLine.MatchString(line) || speaksHTTP.MatchString(line) || forDevelopment(argv) {
			r.Note(d.file, p.line, "the stage %s is another image, which is not built: it runs %s", p.name, line)
			continue
		}
		f := d.finding(service.Service{Command: argv, Release: releaseStep.MatchString(line)})
		f.Process = p.name
		r.Find(f, d.file, p.line, scan.Declared, "the stage "+p.name+" is an image of its own; it runs from the main one's here")
	}
}
