package ops

import (
	"errors"
	"io"
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Initd reads init scripts of System V with the files of /etc/default or /etc/sysconfig that they source, and Upstart jobs.
func Initd() scan.Reader {
	return scan.Reader{
		Name:  "initd",
		Wants: wantsInitd,
		Ops:   true,
		Read:  readInitScripts,
	}
}

// wantsInitd asks for the words of the pattern first, which would take its time on each path of a big tree.
func wantsInitd(p string) bool {
	if !strings.Contains(p, "init") && !strings.Contains(p, "rc.d/") && !strings.Contains(p, "sysv") && !strings.Contains(p, "upstart") && !forDistribution[path.Ext(p)] {
		return false
	}
	return initPath.MatchString(p) && !strings.HasSuffix(p, "__init__.py")
}

// forDistribution are the endings of a daemon's scripts where there is one for each distribution.
var forDistribution = map[string]bool{".rhel": true, ".redhat": true, ".suse": true, ".centos": true, ".fedora": true, ".debian": true, ".lsb": true}

// readInitScripts reads all scripts and jobs.
func readInitScripts(t *scan.Tree, paths []string, r *scan.Report) {
	var daemons []*daemon
	for _, p := range paths {
		if d := readInitFile(t, p, r); d != nil {
			daemons = append(daemons, d)
		}
	}
	placeDaemons(t, r, daemons)
}

func readInitFile(t *scan.Tree, p string, r *scan.Report) *daemon {
	text := t.Text(p, r)
	switch {
	case upstartStanza.MatchString(text) && strings.HasSuffix(p, ".conf") || strings.HasSuffix(p, ".upstart"):
		return readUpstart(t, p, text, r)
	case strings.HasPrefix(text, "#!") && (strings.Contains(text, "BEGIN INIT INFO") || chkconfig.MatchString(text) || strings.Contains(p, "init.d/")):
		return readInit(t, p, text, r)
	}
	return nil
}

var (
	initPath      = scan.MustCompile(`(^|/)(init\.d|rc\.d|rc\.d/init\.d)/[^/]+$|\.(init|initd|init\.d|sysv|sysvinit|upstart)$|(^|/)(init|upstart)/[^/]+\.(conf|sh)$|(^|/)init\.[\w-]+$|(^|/)[\w-]+\.(rhel|redhat|suse|centos|fedora|debian|lsb)$|(^|/)(debian|rpm|packaging|contrib|scripts|init|initscripts|sysvinit)/[^/.]*(init|initd|sysv)[^/.]*(\.sh)?$`)
	upstartStanza = scan.MustCompile(`(?m)^(start on|stop on|respawn|exec |script$|description )`)
	chkconfig     = scan.MustCompile(`(?m)^#\s*chkconfig:`)
)

// otherMachine are directories of files that Puppet and its like install on machines.
var otherMachine = scan.MustCompile(`(^|/)(puppet|chef|cookbooks|ansible|roles|salt)/(.*/)?(files|templates)/`)

// initScript walks a script as far as its variables and its daemon line need: it runs nothing.
type initScript struct {
	t        *scan.Tree
	r        *scan.Report
	file     string
	rank     scan.Rank
	vars     map[string]string
	exported map[string]bool
	from     map[string]scan.Evidence // where a variable was set last
	all      bool                     // set -a: what is set from here on is exported
	argv     []string
	forks    bool // it starts a program that goes to the background by itself
	line     int
	run      *runScript // for scripts that end in the program itself
}

// name is what the script calls the daemon: its own name without an ending, or without init. before it.
func (s *initScript) name() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path.Base(s.file), "init."), ".")
	return name
}

func readInit(t *scan.Tree, p, text string, r *scan.Report) *daemon {
	file, err := parseShell(installDirs.Replace(text))
	if err != nil {
		r.NoteAbout(namedBy(t, p, path.Base(p)), p, 0, "an init script that is not understood: %v", err)
		return nil
	}
	d := newDaemon(t, r, "", p, 1)
	s := d.script
	d.name, s.forks = s.name(), true
	s.block(file.Stmts)
	s.withoutCarton()
	if len(s.argv) == 0 {
		r.NoteAbout(namedBy(t, p, d.name), p, 0, "an init script, but the line that starts the daemon is not understood")
		return nil
	}
	if toolPath.MatchString(s.argv[0]) {
		s.argv[0] = path.Base(s.argv[0])
	}
	return d
}

// withoutCarton leaves what Carton runs, with the variables that stand in front of it.
func (s *initScript) withoutCarton() {
	if len(s.argv) < 3 || path.Base(s.argv[0]) != "carton" || s.argv[1] != "exec" {
		return
	}
	argv := s.argv[2:]
	if argv[0] == "--" {
		argv = argv[1:]
	}
	var env map[string]string
	s.argv, env = cartonRuns(argv, nil)
	for name, value := range env {
		s.exported[name] = true
		s.set(name, value, scan.Evidence{File: s.file, Line: s.line})
	}
}

// block goes through statements in their order, into functions and branches: what start() uses was set before it runs.
func (s *initScript) block(stmts []*syntax.Stmt) {
	var functions []*syntax.FuncDecl
	for _, stmt := range stmts {
		if f, ok := stmt.Cmd.(*syntax.FuncDecl); ok {
			functions = append(functions, f)
			continue
		}
		s.statement(stmt)
	}
	for _, f := range functions {
		if name := f.Name.Value; strings.Contains(name, "start") && !strings.Contains(name, "restart") || name == "run" {
			s.statement(f.Body)
		}
	}
}

func (s *initScript) statement(stmt *syntax.Stmt) {
	if stmt == nil {
		return
	}
	switch c := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		s.call(c, stmt)
	case *syntax.DeclClause:
		for _, a := range c.Args {
			s.assign(a, c.Variant.Value == "export")
		}
	case *syntax.BinaryCmd:
		s.statement(c.X)
		if c.Op != syntax.AndStmt || !s.isUnset(c.X) {
			s.statement(c.Y)
		}
	case *syntax.Block:
		s.block(c.Stmts)
	case *syntax.Subshell:
		s.block(c.Stmts)
	case *syntax.IfClause:
		for clause := c; clause != nil; clause = clause.Else {
			if len(clause.Cond) != 1 || !s.isUnset(clause.Cond[0]) {
				s.block(clause.Then)
			}
		}
	case *syntax.CaseClause:
		for _, item := range c.Items {
			if len(item.Patterns) > 0 && strings.Contains(item.Patterns[0].Lit(), "start") && !strings.Contains(item.Patterns[0].Lit(), "restart") {
				s.block(item.Stmts)
			}
		}
	}
}

// isUnset says of a condition whether it asks for a variable that nothing has set: [ -n "$X" ].
func (s *initScript) isUnset(stmt *syntax.Stmt) bool {
	c, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) != 4 || c.Args[0].Lit() != "[" || c.Args[1].Lit() != "-n" {
		return false
	}
	value, err := expand.Literal(s.config(), c.Args[2])
	return err == nil && value == "" && !stmt.Negated
}

func (s *initScript) call(c *syntax.CallExpr, stmt *syntax.Stmt) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			s.assign(a, s.all)
		}
		return
	}
	words := s.fields(c.Args)
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "set":
		s.all = len(words) > 1 && words[1] == "-a" || s.all && !(len(words) > 1 && words[1] == "+a")
	case ".", "source":
		if len(words) > 1 {
			s.source(words[1])
		}
	default:
		if s.run != nil {
			s.run.call(words, c, stmt)
			return
		}
		line := int(stmt.Pos().Line())
		if s.argv == nil && s.asUser(words, line) {
			return
		}
		if argv := daemonLine(words, stmt.Background); argv != nil && s.argv == nil {
			s.starts(argv, c.Assigns, line)
		}
	}
}

// starts takes the command of the daemon, with the variables that stand in front of it.
func (s *initScript) starts(argv []string, given []*syntax.Assign, line int) {
	s.assignAt(given, true, line)
	s.argv, s.line = argv, line
}

func (s *initScript) assign(a *syntax.Assign, export bool) {
	s.assignAt([]*syntax.Assign{a}, export, int(a.Pos().Line()))
}

// assignAt takes over variables of one line of the script.
func (s *initScript) assignAt(all []*syntax.Assign, export bool, line int) {
	for _, a := range all {
		if a.Name == nil {
			continue
		}
		name := a.Name.Value
		if export {
			s.exported[name] = true
		}
		if a.Value == nil || a.Naked {
			continue
		}
		if value, err := expand.Literal(s.config(), a.Value); err == nil {
			s.set(name, value, scan.Evidence{File: s.file, Line: line})
		}
	}
}

func (s *initScript) set(name, value string, at scan.Evidence) {
	if value == "" && s.vars[name] != "" {
		return // an initial value for when the file that was sourced says nothing
	}
	s.vars[name], s.from[name] = value, at
}

func (s *initScript) config() *expand.Config {
	return &expand.Config{
		Env: expand.FuncEnviron(func(name string) string { return s.vars[name] }),
		CmdSubst: func(w io.Writer, run *syntax.CmdSubst) error { // nothing is ever run
			out := lookedFor(run)
			if asksOwnName(run) {
				out = s.name()
			}
			if out == "" {
				return errors.New("a command's output")
			}
			_, err := io.WriteString(w, out)
			return err
		},
	}
}

// asksOwnName says whether a command in place of a value is `basename $0`.
func asksOwnName(run *syntax.CmdSubst) bool {
	if len(run.Stmts) != 1 {
		return false
	}
	c, ok := run.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) != 2 || c.Args[0].Lit() != "basename" {
		return false
	}
	parts := c.Args[1].Parts
	if quoted, ok := parts[0].(*syntax.DblQuoted); ok {
		parts = quoted.Parts
	}
	if len(parts) != 1 {
		return false
	}
	of, ok := parts[0].(*syntax.ParamExp)
	return ok && of.Param.Value == "0"
}

// lookedFor is the program that a command in place of a value looks for, `which starman`, "" for any other command.
func lookedFor(run *syntax.CmdSubst) string {
	if len(run.Stmts) != 1 {
		return ""
	}
	c, ok := run.Stmts[0].Cmd.(*syntax.CallExpr)
	switch {
	case ok && len(c.Args) == 2 && path.Base(c.Args[0].Lit()) == "which":
		return c.Args[1].Lit()
	case ok && len(c.Args) == 3 && c.Args[0].Lit() == "command" && c.Args[1].Lit() == "-v":
		return c.Args[2].Lit()
	}
	return ""
}

// fields expands words; one that needs a command to run is left out.
func (s *initScript) fields(words []*syntax.Word) []string {
	var all []string
	for _, w := range words {
		got, err := expand.Fields(s.config(), w)
		if err != nil {
			continue
		}
		all = append(all, got...)
	}
	return all
}

// source takes over the variables of a file that the script sources, as it lies in the repository.
func (s *initScript) source(name string) {
	if p := s.inRepository(name); p != "" {
		s.sourceFile(p)
	}
}

// sourceFile takes over the variables of one file.
func (s *initScript) sourceFile(p string) {
	text := s.t.Text(p, s.r)
	file, err := parseShell(text)
	if err != nil {
		s.r.Note(p, 0, "not understood as settings for the shell: %v", err)
		return
	}
	inner := &initScript{t: s.t, r: s.r, file: p, vars: s.vars, exported: s.exported, from: s.from, all: s.all}
	for _, stmt := range file.Stmts {
		switch c := stmt.Cmd.(type) {
		case *syntax.CallExpr:
			if len(c.Args) == 0 {
				inner.call(c, stmt)
			}
		case *syntax.DeclClause:
			inner.statement(stmt)
		}
	}
}

// inRepository finds the file that stands for an absolute path: etc/default/NAME anywhere near the script, or NAME
// beside it.
func (s *initScript) inRepository(name string) string {
	tail := strings.TrimPrefix(path.Clean(name), "/")
	if !strings.HasPrefix(tail, "etc/") {
		return ""
	}
	for dir := path.Dir(s.file); ; dir = path.Dir(dir) {
		for _, t := range []string{tail, strings.TrimPrefix(tail, "etc/"), path.Base(tail) + ".default", path.Base(tail) + ".sysconfig"} {
			if p := path.Join(dir, t); s.t.Has(p) && p != s.file {
				return p
			}
		}
		if p := path.Join(dir, path.Base(tail)); dir == path.Dir(s.file) && s.t.Has(p) && p != s.file && path.Base(p) != ".env" && onlyAssigns(s.t.Text(p, &scan.Report{})) {
			return p // beside it, and no script or other file of that name, nor a developer's own
		}
		if dir == "." {
			return ""
		}
	}
}

// assignsLine is a line of a file of nothing but variables, with what exports them and the limits that go with them.
var assignsLine = scan.MustCompile(`^[ \t]*(?:(?:export[ \t]+)?[A-Za-z_]\w*=|#|(?:export|unset)(?:[ \t]+[A-Za-z_]\w*)+\s*$|set[ \t]+[-+]a\s*$|(?:ulimit|umask)[ \t])`)

// onlyAssigns says of a text that it gives variables and does nothing else. A script is none, even if it only assigns.
func onlyAssigns(text string) bool {
	if strings.HasPrefix(text, "#!") {
		return false
	}
	assigns := false
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "")) {
		m := assignsLine.FindString(line)
		if m == "" && strings.TrimSpace(line) != "" {
			return false
		}
		assigns = assigns || strings.HasSuffix(m, "=")
	}
	return assigns
}
