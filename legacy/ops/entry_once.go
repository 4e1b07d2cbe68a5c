package ops

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// absentTest asks for a file that is not there: [ ! -f FILE ], ! test -e FILE.
var absentTest = scan.MustCompile(`^(!\s+)?(?:\[{1,2}|test)\s+(!\s+)?-[efs]\s+["']?([^\s"']+)["']?(?:\s+\]{1,2})?$`)

// once looks at an if that holds until a file is there, which it makes itself: what is done a single time, before the very
// first start. Steps of a release stay such, and for the rest the script has to stay no longer than until somebody did it.
func (w *startWalk) once(c *syntax.IfClause, depth int) bool {
	if c.Else != nil || len(c.Cond) != 1 {
		return false
	}
	m := absentTest.FindStringSubmatch(strings.TrimRight(w.source(c.Cond[0]), "; "))
	if m == nil || (m[1] == "") == (m[2] == "") || !w.leaves(c.Then, m[3]) {
		return false
	}
	for _, s := range c.Then {
		call, ok := s.Cmd.(*syntax.CallExpr)
		text := w.source(s)
		switch {
		case ok && len(call.Args) > 0 && harmless.MatchString(w.source(call.Args[0])):
		case ok && (oneOff.MatchString(text) || ownTask.MatchString(text) && !stays.MatchString(text)):
			w.statement(s, false, depth)
		default:
			if len(w.first) == 0 {
				w.firstLine = int(s.Pos().Line())
			}
			w.first = append(w.first, strings.SplitN(text, "\n", 2)[0])
		}
	}
	return true
}

// leaves says whether one of the statements makes the file: touch FILE, echo done > FILE.
func (w *startWalk) leaves(list []*syntax.Stmt, file string) bool {
	for _, s := range list {
		for _, r := range s.Redirs {
			if r.Word != nil && strings.Trim(w.source(r.Word), `"'`) == file {
				return true
			}
		}
		c, ok := s.Cmd.(*syntax.CallExpr)
		if !ok || len(c.Args) < 2 || w.source(c.Args[0]) != "touch" {
			continue
		}
		if strings.Trim(w.source(c.Args[len(c.Args)-1]), `"'`) == file {
			return true
		}
	}
	return false
}

// reportFirst notes what nobody does now that the script is not the command any more: before the first start, and in each
// container.
func (s *started) reportFirst(r *scan.Report) {
	if len(s.caches) > 0 {
		r.Note(s.file, s.line, "wrote what only its own container has at each start: the image's build has to do that from now on, or, where it goes to a store of objects, a release step: %s", strings.Join(s.caches, "; "))
	}
	if len(s.first) > 0 {
		r.Note(s.file, s.firstLine, "done once, before the very first start, and by nobody now that the script is not the command: %s", strings.Join(s.first, "; "))
	}
}
