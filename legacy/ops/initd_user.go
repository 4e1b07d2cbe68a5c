package ops

import (
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// asUser takes the daemon out of the line that su gives to another user's shell, which changes into a directory first:
// su - shop -c "cd /srv/shop && PORT=80 bin/shop &". Where several commands are left, nobody knows which the daemon is.
func (s *initScript) asUser(words []string, line int) bool {
	at := slices.Index(words, "-c")
	if program := path.Base(words[0]); program != "su" && program != "runuser" || at < 0 || at+1 >= len(words) || !cronCD.MatchString(words[at+1]) {
		return false
	}
	file, err := parseShell(words[at+1])
	if err != nil {
		return false
	}
	var exports, sets []*syntax.Assign
	var commands []*syntax.CallExpr
	for _, stmt := range sequence(file.Stmts) {
		switch c := stmt.Cmd.(type) {
		case *syntax.DeclClause:
			exports = append(exports, c.Args...)
		case *syntax.CallExpr:
			if len(c.Args) == 0 {
				sets = append(sets, c.Assigns...)
			} else if !preparesShell(c) {
				commands = append(commands, c)
			}
		default:
			if !asideOrNot(stmt) {
				return false
			}
		}
	}
	if len(commands) != 1 {
		return false
	}
	s.assignAt(sets, false, line)
	s.assignAt(exports, true, line)
	argv := foreground(s.fields(commands[0].Args))
	if len(argv) == 0 {
		return false
	}
	s.starts(argv, commands[0].Assigns, line)
	return true
}

// preparesShell says whether a command only sets up the shell, or the machine, for the one that follows.
func preparesShell(c *syntax.CallExpr) bool {
	word := c.Args[0].Lit()
	return cronAside[word] || shellSetup[word]
}

// asideOrNot says whether a statement asks or prepares something and goes another way where that fails: cd /srv/shop || exit 1.
func asideOrNot(stmt *syntax.Stmt) bool {
	either, ok := stmt.Cmd.(*syntax.BinaryCmd)
	if !ok || either.Op != syntax.OrStmt {
		return false
	}
	return !slices.ContainsFunc(sequence([]*syntax.Stmt{either.X}), func(first *syntax.Stmt) bool {
		c, ok := first.Cmd.(*syntax.CallExpr)
		return !ok || len(c.Args) == 0 || !preparesShell(c)
	})
}
