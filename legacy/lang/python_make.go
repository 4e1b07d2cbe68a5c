package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	makeWorker = scan.MustCompile(`^(?:run|start|launch)[-_]((?:[a-z]+[-_])*(?:workers?|jobs|scheduler|sync|syncer|consumers?|queues?|daemon|listener|poller|beat)):`)
	makeIdle   = scan.MustCompile(`(^|[-_])(tests?|dev|local|docker|debug)([-_]|$)`)
	makePython = scan.MustCompile(`\$[({](?:PYTHON\d?|PY|VENV_PYTHON)[)}]`)
	makeLine   = scan.MustCompile(`^(?:(?:poetry|pipenv|uv) run )?python[\d.]* ([\w./-]+\.py)((?: [\w./:=@-]+)*)$`)
)

// makeWorkers reports the processes that a Makefile starts by name and that nothing else speaks of: run-syncer, with a
// script of the project's own behind it. The Makefile of production comes first.
func (p *pythonProject) makeWorkers() {
	if procfile := p.t.First(p.dir, "Procfile"); procfile != "" && procfileWorks.MatchString(p.t.Text(procfile, p.r)) {
		return
	}
	file, rank := p.t.First(p.dir, "Makefile.prod", "Makefile.production"), scan.Convention
	if file == "" {
		file, rank = p.t.First(p.dir, "Makefile"), scan.Guess
	}
	if file == "" {
		return
	}
	name := ""
	for i, line := range strings.Split(p.t.Text(file, p.r), "\n") {
		recipe, isRecipe := strings.CutPrefix(line, "\t")
		if !isRecipe {
			name = ""
			if m := makeWorker.FindStringSubmatch(line); m != nil && !makeIdle.MatchString(m[1]) {
				name = strings.ReplaceAll(m[1], "_", "-")
			}
			continue
		}
		m := makeLine.FindStringSubmatch(makePython.ReplaceAllString(strings.TrimSpace(strings.TrimLeft(recipe, "@-+ \t")), "python"))
		if name == "" || m == nil || !p.t.Has(path.Join(p.dir, m[1])) {
			continue
		}
		p.process(name, append([]string{"python", m[1]}, strings.Fields(m[2])...), file, i+1, rank, "the Makefile starts it so")
		name = ""
	}
}
