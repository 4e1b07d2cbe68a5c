package ops

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// role is what a start script runs where a variable of its surroundings has a certain value.
type role struct {
	variable, word string
	argv           []string
	line           int
}

// atWork are commands that work off a queue, or tell it what is due.
const atWork = `(?:celery\s(?:.*\s)?(?:worker|beat)|sidekiq|shoryuken|(?:rake|rails)\s(?:resque|jobs):work|rq\sworker|dramatiq|huey_consumer(?:\.py)?|artisan\s(?:queue:(?:work|listen)|horizon)|\S*console\s(?:messenger:consume|rabbitmq:consumer)|yii\squeue/listen|manage\.py\s(?:process_tasks|qcluster|rqworker|run_huey))(?:\s|$)`

var (
	// namesWork is text that names such a command, staysAtWork a command that is one, by whatever runs it.
	namesWork   = scan.MustCompile(`(?:^|[\s/])` + atWork)
	staysAtWork = scan.MustCompile(`^(?:bundle exec |(?:poetry|pipenv|uv) run )?(?:(?:\S*/)?php[\d.]* (?:-d ?\S+ )*|(?:\S*/)?(?:python|ruby)[\d.]* (?:-[mu] )*)?(?:\S*/)?` + atWork)
	// saysNoRole are words that switch something on or off, or name an environment: no process is called so.
	saysNoRole = scan.MustCompile(`(?i)^(?:true|false|yes|no|on|off|[yn]|enabled?|disabled?|stag(?:e|ing)|preprod|pre-production|qa|uat|sandbox|demo|review|preview)$`)
)

// reportRoles claims the workers that the start script of an image runs in the place of the server where a variable says so.
func (d *dockerfile) reportRoles(t *scan.Tree, argv []string, r *scan.Report) {
	at := scriptIn(argv)
	if at < 0 || d.process != "" {
		return
	}
	file := d.scriptFinder(t)(argv[at])
	if file == "" {
		return
	}
	for _, found := range rolesOf(t.Text(file, r)) {
		f := d.finding(service.Service{Command: found.argv})
		f.Process = found.word
		r.Find(f, file, found.line, scan.Convention, "the start script runs it where "+found.variable+" is "+found.word)
	}
}

// rolesOf finds the sides of an if or a case on one variable that run a worker.
func rolesOf(text string) []role {
	if !namesWork.MatchString(text) {
		return nil
	}
	parsed, err := parseShell(text)
	if err != nil {
		return nil
	}
	var roles []role
	source := func(n syntax.Node) string { return text[n.Pos().Offset():n.End().Offset()] }
	side := func(name, word string, list []*syntax.Stmt) {
		if !processWord.MatchString(word) || isDevelopers.MatchString(word) || isProduction.MatchString(word) || saysNoRole.MatchString(word) || len(roles) == maxWords {
			return
		}
		if argv, line := workerIn(list, source); argv != nil {
			roles = append(roles, role{name, word, argv, line})
		}
	}
	syntax.Walk(parsed, func(n syntax.Node) bool {
		switch c := n.(type) {
		case *syntax.IfClause:
			if len(c.Cond) != 1 {
				return true
			}
			if m := wordTest.FindStringSubmatch(strings.TrimRight(source(c.Cond[0]), "; ")); m != nil && m[2] != "!=" {
				side(m[1], m[3], c.Then)
			}
		case *syntax.CaseClause:
			m := roleOf.FindStringSubmatch(source(c.Word))
			if m == nil {
				return true
			}
			for _, item := range c.Items {
				if word, ok := literal(item.Patterns[0]); ok {
					side(m[1], word, item.Stmts)
				}
			}
		}
		return true
	})
	return roles
}

// roleOf is the variable that a case is about, with what stands for it where it is not set.
var roleOf = scan.MustCompile(`^"?\$\{?([A-Za-z_]\w*)(?::?-[\w.-]*)?\}?"?$`)

// workerIn is the worker that statements start for good, nil where there is none or where its words are not known.
func workerIn(list []*syntax.Stmt, source func(syntax.Node) string) (argv []string, line int) {
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch c := n.(type) {
			case *syntax.Stmt:
				return !c.Background // what goes on beside the server is no process in its place
			case *syntax.WhileClause, *syntax.ForClause, *syntax.FuncDecl:
				return false
			case *syntax.CallExpr:
				words, env := command(source(c))
				if words = asSameUser(words); len(words) > 0 && len(env) == 0 && !isShell(words) && staysAtWork.MatchString(strings.Join(words, " ")) && !strings.ContainsAny(strings.Join(words, ""), "$`") {
					argv, line = words, int(c.Pos().Line())
				}
			}
			return true
		})
	}
	return argv, line
}
