package ops

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// branch follows the side of an if that the arguments decide for. Where they don't, both sides may only prepare something.
func (w *startWalk) branch(c *syntax.IfClause, tail bool, depth int) {
	if len(c.Cond) == 0 { // the else of another one
		w.statements(c.Then, tail, depth)
		return
	}
	holds, known := false, false
	if len(c.Cond) == 1 {
		holds, known = w.decides(c.Cond[0])
	}
	switch {
	case known && holds:
		w.statements(c.Then, tail, depth)
	case known && c.Else != nil:
		w.branch(c.Else, tail, depth)
	case known:
	case w.once(c, depth):
	case c.Else != nil && len(c.Else.Cond) == 0 && w.fails(c.Else.Then):
		w.statements(c.Then, tail, depth)
	case c.Else != nil && w.fails(c.Then):
		w.branch(c.Else, tail, depth)
	case c.Else != nil && len(c.Else.Cond) == 0 && w.same(c, tail, depth):
	default:
		w.maybe(c.Then, depth)
		for other := c.Else; other != nil; other = other.Else {
			w.maybe(other.Then, depth)
		}
	}
}

// same takes the side of an if that does nothing else, where both sides become the same process in the end: one of them as
// another user, mostly.
func (w *startWalk) same(c *syntax.IfClause, tail bool, depth int) bool {
	if w.trying { // one within another would be gone through over and over
		return false
	}
	then, other := w.copied(), w.copied()
	then.statements(c.Then, tail, depth)
	other.statements(c.Else.Then, tail, depth)
	if !then.done || !other.done || len(then.argv) == 0 || !slices.Equal(then.argv, other.argv) || len(then.release)+len(other.release) > 2*len(w.release) {
		return false
	}
	if then.own != w.own {
		then = other
	}
	if then.own != w.own {
		return false
	}
	then.trying = false
	*w = *then
	return true
}

// copied is a walk that goes on from here by itself.
func (w *startWalk) copied() *startWalk {
	c := *w
	c.trying = true
	c.vars, c.sets, c.release = maps.Clone(w.vars), maps.Clone(w.sets), slices.Clone(w.release)
	return &c
}

// decides says how a condition ends, as far as it is one of the arguments; several may stand together.
func (w *startWalk) decides(s *syntax.Stmt) (holds, known bool) {
	b, ok := s.Cmd.(*syntax.BinaryCmd)
	if !ok || s.Negated || b.Op != syntax.AndStmt && b.Op != syntax.OrStmt {
		return w.holds(strings.TrimRight(w.source(s), "; ")) // a statement ends with what ends it
	}
	first, knownFirst := w.decides(b.X)
	second, knownSecond := w.decides(b.Y)
	settles := b.Op == syntax.OrStmt // the value that settles it whatever the other one is
	if knownFirst && first == settles || knownSecond && second == settles {
		return settles, true
	}
	return !settles, knownFirst && knownSecond
}

// fails says whether statements do nothing but complain and end the script: nobody takes that way.
func (w *startWalk) fails(list []*syntax.Stmt) bool {
	for i, s := range list {
		c, ok := s.Cmd.(*syntax.CallExpr)
		if !ok || len(c.Args) == 0 {
			return false
		}
		first := w.source(c.Args[0])
		if i == len(list)-1 {
			return (first == "exit" || first == "return") && len(c.Args) == 2 && w.source(c.Args[1]) != "0"
		}
		if !harmless.MatchString(first) {
			return false
		}
	}
	return false
}

// both looks at X && Y and X || Y, where X may be a test of the arguments.
func (w *startWalk) both(c *syntax.BinaryCmd, tail bool, depth int) {
	test := w.source(c.X)
	if strings.HasPrefix(test, "[") {
		holds, known := w.holds(test)
		switch {
		case c.Op != syntax.AndStmt && c.Op != syntax.OrStmt:
		case !known:
			w.maybe([]*syntax.Stmt{c.Y}, depth)
		case holds == (c.Op == syntax.AndStmt):
			w.statement(c.Y, tail, depth)
		}
		return
	}
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		for _, side := range []*syntax.Stmt{c.X, c.Y} {
			w.maybe([]*syntax.Stmt{side}, depth)
		}
		return
	}
	w.statement(c.X, tail && c.Op != syntax.AndStmt, depth)
	if c.Op == syntax.AndStmt && !w.done {
		w.statement(c.Y, tail, depth)
	}
}

// maybe looks at statements that run on some machines only: one that becomes the service keeps the script.
func (w *startWalk) maybe(list []*syntax.Stmt, depth int) {
	before, args := w.started, w.args
	before.sets = maps.Clone(w.sets)
	w.statements(list, false, depth)
	if !maps.Equal(before.sets, w.sets) {
		w.sets = before.sets
		w.keep(list[0])
	}
	if !slices.Equal(args, w.args) {
		w.args = args
		w.keep(list[0])
	}
	if w.done && (len(w.argv) > 0 || w.passes) && w.own == "" {
		w.started = before
		w.own = "it starts one thing or another"
	}
	w.done = false
}

var (
	emptyTest  = scan.MustCompile(`^\[{1,2}\s+(!\s+)?(-z|-n)\s+["']?\$(?:\{)?([1@*])(?:[:-]*\})?["']?\s+\]{1,2}$`)
	countTest  = scan.MustCompile(`^\[{1,2}\s+["']?\$#["']?\s+(-eq|-gt|-lt|-ge|-le|-ne|=|==)\s+["']?(\d)["']?\s+\]{1,2}$`)
	equalTest  = scan.MustCompile(`^\[{1,2}\s+["']?x?\$(?:\{)?1(?:[:-]*\})?["']?\s+(=|==|!=)\s+["']?x?([\w.:/-]*)["']?\s+\]{1,2}$`)
	optionTest = scan.MustCompile(`^\[{1,2}\s+["']?\$\{1#-\}["']?\s+(!=|==|=)\s+["']?\$(?:1|\{1\})["']?\s+\]{1,2}$`)
	prefixTest = scan.MustCompile(`^\[{1,2}\s+["']?\$\{1:0:1\}["']?\s+(?:=|==)\s+["']?-["']?\s+\]{1,2}$`)
)

// holds decides tests of the script's own arguments.
func (w *startWalk) holds(test string) (holds, known bool) {
	first := ""
	if len(w.args) > 0 {
		first = w.args[0]
	}
	if m := emptyTest.FindStringSubmatch(test); m != nil {
		return (first == "") == (m[2] == "-z") != (m[1] != ""), true
	}
	if m := equalTest.FindStringSubmatch(test); m != nil {
		return (first == m[2]) == (m[1] != "!="), true
	}
	if m := optionTest.FindStringSubmatch(test); m != nil {
		return strings.HasPrefix(first, "-") == (m[1] == "!="), true
	}
	if prefixTest.MatchString(test) {
		return strings.HasPrefix(first, "-"), true
	}
	m := countTest.FindStringSubmatch(test)
	if m == nil {
		return inProduction(test)
	}
	n, _ := strconv.Atoi(m[2])
	have := len(w.args)
	switch m[1] {
	case "-gt":
		return have > n, true
	case "-lt":
		return have < n, true
	case "-ge":
		return have >= n, true
	case "-le":
		return have <= n, true
	case "-ne":
		return have != n, true
	}
	return have == n, true
}

var (
	wordTest = scan.MustCompile(`^\[{1,2}\s+["']?x?\$\{?(\w+)(?::?-[^}"']*)?\}?["']?\s+(=|==|!=)\s+["']?x?(\w+)["']?\s+\]{1,2}$`)
	setTest  = scan.MustCompile(`^\[{1,2}\s+(!\s+)?(?:(-z|-n)\s+)?["']?\$\{?(\w+)(?::?-)?\}?["']?\s+\]{1,2}$`)

	isDevelopers = scan.MustCompile(`(?i)^(dev|devel|develop|development|local|localhost|test|tests|testing|ci|debug)$`)
	isProduction = scan.MustCompile(`(?i)^(prod|production|live)$`)
	forDebugging = scan.MustCompile(`(?i)^(\w+_)?(debug|dev|devel|development|dev_?mode|debug_?mode|is_?dev|local_?dev|remote_?debug\w*|debugger)(_(env|environment|server))?$|^\w*(test|demo|dummy|sample|fixture)_?(data|fixtures?|users?|content|accounts?)$`)
)

// inProduction decides tests of what a variable calls the environment, and of those that only developers set.
func inProduction(test string) (holds, known bool) {
	if m := wordTest.FindStringSubmatch(test); m != nil {
		switch {
		case isDevelopers.MatchString(m[3]), forDebugging.MatchString(m[1]) && isOn.MatchString(m[3]):
			return m[2] == "!=", true
		case isProduction.MatchString(m[3]):
			return m[2] != "!=", true
		}
	}
	if m := setTest.FindStringSubmatch(test); m != nil && forDebugging.MatchString(m[3]) {
		return (m[2] == "-z") != (m[1] != ""), true
	}
	return false, false
}

var isOn = scan.MustCompile(`(?i)^(true|yes|on|1|y)$`)

// changesCase is the first argument in letters of one case.
var changesCase = scan.MustCompile(`^["']?(?:\$\(\s*echo\s+["']?\$\{?1(?::-(\w*))?\}?["']?\s*\|\s*tr\s+["']?(\[:(?:lower|upper):\]|[aA]-[zZ])["']?\s+["']?(?:\[:(?:lower|upper):\]|[aA]-[zZ])["']?\s*\)|\$\{1(\^\^|,,)\})["']?$`)

// inCase is the value of a variable that holds the first argument in letters of one case.
func (w *startWalk) inCase(value string) (string, bool) {
	m := changesCase.FindStringSubmatch(value)
	if m == nil {
		return "", false
	}
	word := m[1]
	if len(w.args) > 0 {
		word = w.args[0]
	}
	if m[3] == "^^" || strings.Contains(m[2], "lower") || m[2] == "a-z" { // tr takes them from there
		return strings.ToUpper(word), true
	}
	return strings.ToLower(word), true
}

// oneOf goes through the branches of a case that nothing here decides. Each has its own steps of a release, and one of them is
// taken: the one that is called after a migration or production, else the first. What only developers run is none of them.
func (w *startWalk) oneOf(c *syntax.CaseClause, depth int) {
	before, at, dir := len(w.release), w.at, w.releaseDir
	var steps []string
	called, takenAt, takenDir := false, at, dir
	for _, item := range c.Items {
		if w.callsAll(item, isDevelopers) {
			continue
		}
		w.at, w.releaseDir = at, dir
		w.maybe(item.Stmts, depth)
		own := slices.Clone(w.release[before:])
		w.release = w.release[:before]
		named := w.callsAll(item, isProduction) || len(item.Patterns) > 0 && strings.Contains(w.source(item.Patterns[0]), "migrat")
		if len(own) > 0 && (len(steps) == 0 || named && !called) {
			steps, called, takenAt, takenDir = own, named, w.at, w.releaseDir
		}
	}
	w.release, w.at, w.releaseDir = append(w.release, steps...), takenAt, takenDir
}

// callsAll says whether all words of a branch of a case are such names.
func (w *startWalk) callsAll(item *syntax.CaseItem, names *scan.Pattern) bool {
	return !slices.ContainsFunc(item.Patterns, func(p *syntax.Word) bool { return !names.MatchString(strings.Trim(w.source(p), `"'`)) })
}

// ofImage is the value that the image gives to the variable which a case is about, where that is production's name: what else
// an image sets, those who start it change.
func (w *startWalk) ofImage(subject string) string {
	m := variable.FindStringSubmatch(subject)
	if m == nil || m[0] != subject || !isProduction.MatchString(w.env[m[1]+m[2]]) {
		return subject
	}
	return w.env[m[1]+m[2]]
}

// choose follows the case of the script's first argument.
func (w *startWalk) choose(c *syntax.CaseClause, tail bool, depth int) {
	subject := strings.Trim(w.source(c.Word), `"`)
	value := w.filled(subject)
	if value == subject {
		value = w.ofImage(subject)
	}
	if value == subject && strings.Contains(subject, "$") {
		if !oneArgument.MatchString(subject) && !allArguments.MatchString(subject) {
			w.oneOf(c, depth)
			return
		}
	}
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			if hit, err := path.Match(strings.Trim(w.source(p), `"'`), strings.ReplaceAll(value, "/", "_")); hit && err == nil {
				w.statements(item.Stmts, tail, depth)
				return
			}
		}
	}
}
