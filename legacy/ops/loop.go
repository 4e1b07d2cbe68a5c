package ops

import (
	"fmt"
	"strconv"
	"strings"
	"time"

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
	schedule = every(pause)
	return work, schedule, schedule != "" && work != nil
}

// every is the cron line for a pause as sleep takes it, "" where cron has none.
func every(pause string) string {
	if n, err := strconv.Atoi(pause); err == nil {
		pause = strconv.Itoa(n) + "s"
	} else if days, err := strconv.Atoi(strings.TrimSuffix(pause, "d")); err == nil && days < 100 {
		pause = strconv.Itoa(24*days) + "h"
	}
	d, err := time.ParseDuration(pause)
	minutes, hours := int(d/time.Minute), int(d/time.Hour)
	switch {
	case err != nil || d <= 0 || d%time.Minute != 0:
		return ""
	case minutes == 1:
		return "* * * * *"
	case minutes < 60 && 60%minutes == 0:
		return fmt.Sprintf("*/%d * * * *", minutes)
	case hours == 1 && minutes == 60:
		return "0 * * * *"
	case hours == 24 && minutes == 24*60:
		return "0 0 * * *"
	case hours > 1 && minutes%60 == 0 && hours < 24 && 24%hours == 0:
		return fmt.Sprintf("0 */%d * * *", hours)
	}
	return ""
}
