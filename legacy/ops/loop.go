package ops

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// keepsRunning are servers and workers, which a loop only starts again.
var keepsRunning = scan.MustCompile(`(?i)\b(?:server|serve|start|listen|daemon|worker|consumer|sidekiq|resque|celery|horizon|rqworker|gunicorn|uwsgi|uvicorn|puma|unicorn|php-fpm|jobs:work|run_consumer)\b|\bqueue:(?:work|listen)\b|\bnode \S+$|\bjava\b`)

// looped is what a shell does over and over with a pause between, while true; do rake jobs; sleep 60; done, and how often
// as a cron line: Kubernetes starts it then. ok is false for other commands, and for pauses that no cron line says.
func looped(argv []string) (work []string, schedule string, ok bool) {
	if !isShell(argv) {
		return nil, "", false
	}
	file, err := parseShell(argv[2])
	if err != nil || len(file.Stmts) != 1 {
		return nil, "", false
	}
	loop, isLoop := file.Stmts[0].Cmd.(*syntax.WhileClause)
	if !isLoop || loop.Until || len(loop.Cond) != 1 || len(loop.Do) == 0 || len(loop.Do) > 2 {
		return nil, "", false
	}
	var pause string
	for _, s := range append([]*syntax.Stmt{loop.Cond[0]}, loop.Do...) {
		words, env, simple := simple(s)
		switch {
		case !simple:
			return nil, "", false
		case words[0] == "sleep" && len(words) == 2 && pause == "":
			pause = words[1]
		case s == loop.Cond[0]:
			if line := strings.Join(words, " "); line != "true" && line != ":" && line != "[ 1 ]" && line != "[ true ]" {
				return nil, "", false
			}
		case work == nil && len(env) == 0:
			work = words
		default:
			return nil, "", false
		}
	}
	if keepsRunning.MatchString(strings.Join(work, " ")) {
		return nil, "", false // begun again whenever it ends
	}
	schedule = everyCron(pause)
	return work, schedule, schedule != "" && work != nil
}
