package lang

import (
	"go/ast"
	gotoken "go/token"
	"iter"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// goValue is what an expression comes to without running it: the text where nothing is set from outside, and the variable
// or flag by which it is.
type goValue struct {
	text  string
	known bool // text is the whole value
	env   string
	flag  string
	file  string
	line  int
	plain bool // a number or a switch by its type, which holds no secret
	colon bool // the code puts one before the variable
	host  bool // the code puts this machine before the variable
	tail  bool // the code puts a port after the variable
}

// goScope knows what names stand for in the files of a program: constants, variables, fields and flags by their bare name.
type goScope struct {
	values map[string][]goExpr
	near   map[string][]goExpr // by file or directory and name
	tags   map[string]goValue  // by field name: what a struct tag says of the setting
	tagsOf []goValue           // of every field, those that are called alike, too
	flags  map[string]goValue  // of urfave/cli by name
	pflags map[string]goExpr   // of cobra by name: the call that defines one
	tagged map[string]string   // by field name: the flag that a struct tag names
	keys   map[string]string   // by field name: the part of viper's key that a struct tag names
	calls  *goCalls
	depth  int
	steps  int // that are left for the expression at hand
}

type goExpr struct {
	file *goFile
	expr ast.Expr
	end  gotoken.Pos // of the block that knows the name, 0 where the whole package does
}

func newGoScope(files []*goFile) *goScope {
	s := &goScope{values: map[string][]goExpr{}, near: map[string][]goExpr{}, tags: map[string]goValue{}, flags: map[string]goValue{}, pflags: map[string]goExpr{}, tagged: map[string]string{}, keys: map[string]string{}, calls: newGoCalls(files)}
	s.calls.viper.bound = readBound(files)
	filled, unseen := readNests(files), unseenNest(files)
	for _, f := range files {
		var around []ast.Node
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return true
			}
			around = append(around, n)
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						s.define(f, name, n.Values[i], blockEnd(around))
					}
				}
			case *ast.AssignStmt:
				s.assign(f, n, blockEnd(around))
			case *ast.KeyValueExpr:
				s.define(f, n.Key, n.Value, 0)
			case *ast.CallExpr:
				s.flagVar(f, n)
			case *ast.CompositeLit:
				s.cliFlag(f, n)
				s.serverAddr(f, n)
			case *ast.StructType:
				nest, seen := filled[n]
				if !seen {
					nest = unseen
				}
				for _, field := range n.Fields.List {
					s.tag(f, field, nest)
				}
			}
			return true
		})
	}
	return s
}

// bareName is the last part of a name: port for port, *port and cfg.port.
func bareName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return bareName(e.X)
	case *ast.UnaryExpr:
		if e.Op == gotoken.AND {
			return bareName(e.X)
		}
	case *ast.ParenExpr:
		return bareName(e.X)
	}
	return ""
}

// serverKey is the name under which the addresses of http.Server{Addr: ...} are kept.
const serverKey = "\x00http.Server"

// serverAddr notes the address of http.Server{Addr: ...}.
func (s *goScope) serverAddr(f *goFile, lit *ast.CompositeLit) {
	if bareName(lit.Type) != "Server" {
		return
	}
	for key, value := range fields(lit) {
		if key == "Addr" {
			s.values[serverKey] = append(s.values[serverKey], goExpr{file: f, expr: value})
		}
	}
}

// fields are the values that a literal of a struct gives by name.
func fields(lit *ast.CompositeLit) iter.Seq2[string, ast.Expr] {
	return func(yield func(string, ast.Expr) bool) {
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok && !yield(bareName(kv.Key), kv.Value) {
				return
			}
		}
	}
}

func stringLit(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != gotoken.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

const maxEval = 12

// eval works out an expression of file f.
func (s *goScope) eval(f *goFile, e ast.Expr) goValue {
	s.depth++
	defer func() { s.depth-- }()
	v := goValue{file: f.path, line: f.line(e)}
	if s.depth == 1 {
		s.steps = 400
	}
	if s.steps--; s.depth > maxEval || s.steps < 0 {
		return v
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		v.text, v.known = e.Value, true
		if text, ok := stringLit(e); ok {
			v.text = text
		}
	case *ast.ParenExpr:
		return s.eval(f, e.X)
	case *ast.StarExpr:
		return s.eval(f, e.X)
	case *ast.IndexExpr: // a part of a text that was split
		return s.eval(f, e.X)
	case *ast.BinaryExpr:
		if e.Op == gotoken.ADD {
			return joinGo(s.eval(f, e.X), s.eval(f, e.Y))
		}
	case *ast.CallExpr:
		return s.call(f, e)
	case *ast.Ident:
		return s.named(e.Name, v, f, e.Pos())
	case *ast.SelectorExpr:
		if bound, ok := s.boundField(f, e); ok {
			return bound
		}
		return s.named(e.Sel.Name, v, nil, 0)
	}
	return v
}

// joinGo is the value of a + b; where it comes from is where the first variable part does.
func joinGo(a, b goValue) goValue {
	v := a
	if !a.known && a.env == "" && a.flag == "" || a.known && (b.env != "" || b.flag != "") {
		v.file, v.line = b.file, b.line
	}
	v.text, v.known = a.text+b.text, a.known && b.known
	if a.env != "" || a.flag != "" && b.env == "" { // a's remains the one
		v.tail = a.tail || strings.Contains(b.text, ":")
	} else {
		set := b.env != "" || b.flag != ""
		v.colon = a.colon || b.colon || b.env != "" && strings.HasSuffix(a.text, ":")
		v.host, v.tail = b.host || set && loopback(a.text), b.tail
	}
	if v.env == "" {
		v.env = b.env
	}
	if v.flag == "" {
		v.flag = b.flag
	}
	return v
}

// named is what a name stands for: of several values the first known text and the first variable. from is the file that
// uses it at a place as a plain name, nil where it is a field or stands for another package's.
func (s *goScope) named(name string, v goValue, from *goFile, at gotoken.Pos) goValue {
	if tag, ok := s.tags[name]; ok && from == nil {
		if tag.known || !bindName.MatchString(name) {
			return tag
		}
		return s.filledIn(name, tag)
	}
	candidates := s.values[name]
	if from != nil {
		// The file's own values come first, then the package's.
		if candidates = known(s.near[from.path+"\x00"+name], from, at); len(candidates) == 0 {
			candidates = known(s.near[path.Dir(from.path)+"\x00"+name], from, at)
		}
	}
	if len(candidates) == 0 && from != nil {
		candidates = s.calls.given(from, name)
	}
	if len(candidates) > maxCandidates {
		candidates = candidates[:maxCandidates]
	}
	for _, c := range candidates {
		if bareName(c.expr) == name {
			continue
		}
		got := s.eval(c.file, c.expr)
		if got.known && (!v.known || v.text == "") { // "" is what stands there until it is set
			if v.env == "" && v.flag == "" {
				v.file, v.line = got.file, got.line
			}
			v.text, v.known = got.text, true
		}
		if v.env == "" && got.env != "" {
			v.env, v.file, v.line = got.env, got.file, got.line
			v.colon, v.host, v.tail = got.colon, got.host, got.tail
		}
		if v.flag == "" && got.flag != "" {
			if v.flag = got.flag; v.env == "" {
				v.colon, v.host, v.tail = got.colon, got.host, got.tail
			}
		}
		if v.known && v.text != "" && v.env != "" {
			break
		}
	}
	if from == nil && v.flag == "" && v.env == "" {
		if set, ok := s.flags[s.tagged[name]]; ok && !v.known {
			return set
		}
		v.flag = s.tagged[name]
	}
	return v
}

var (
	goEnvCall = scan.MustCompile(`(?i)^(get|lookup|must|read|load|mustget|fetch)?_?-?(str|string|int|bool)?(get)?env(iron(ment)?)?(var(iable)?|ordefault|withdefault|or|default|str|string|int|bool|asint|asbool|value|def|get|fallback|withfallback)*$`)
	environ   = scan.MustCompile(`^[A-Z][A-Z0-9_]{1,120}$`)
)

func (s *goScope) call(f *goFile, c *ast.CallExpr) goValue {
	v := goValue{file: f.path, line: f.line(c)}
	pkg, name := f.imported(c.Fun)
	if id, ok := c.Fun.(*ast.Ident); ok {
		name = id.Name
	}
	if fn, ok := c.Fun.(*ast.FuncLit); ok && len(c.Args) == 0 {
		return s.returned(f, fn.Body, v)
	}
	if len(c.Args) == 0 {
		if known := s.calls.bodies[name]; len(known) == 1 {
			return s.returned(known[0].file, known[0].body, v)
		}
		return s.kingpin(c, v, 0)
	}
	first, isText := stringLit(c.Args[0])
	switch {
	case pkg == "os" && (name == "Getenv" || name == "LookupEnv") || goEnvCall.MatchString(name) || s.calls.readsEnv[name]:
		return s.envCall(f, c, v)
	case isFlag(name, c):
		return s.flagCall(f, c, v)
	case isText && len(c.Args) == 1 && (name == "String" || name == "Int" || name == "Uint" || name == "GlobalString" || name == "GlobalInt") && s.flags[first].flag != "":
		return s.flags[first]
	case name == "Sprintf" && isText:
		return s.sprintf(f, first, c.Args[1:], v)
	case pkg == "net" && name == "ResolveUDPAddr" && len(c.Args) == 2:
		return s.eval(f, c.Args[1])
	case name == "JoinHostPort" && len(c.Args) == 2:
		return joinGo(joinGo(s.eval(f, c.Args[0]), goValue{text: ":", known: true}), s.eval(f, c.Args[1]))
	case viperGet[name] && isText:
		return s.viper(f, pkg, name, strings.ToLower(first), v)
	case name == "Itoa" || name == "Atoi" || name == "string" || name == "int" || name == "TrimSpace" || name == "ParseDuration" || name == "FormatInt" || name == "ParseInt" || name == "MustParse" || name == "Parse" ||
		pkg == "strings" && (name == "Split" || name == "SplitN" || name == "TrimPrefix" || name == "TrimSuffix" || name == "Trim" || name == "TrimLeft" || name == "TrimRight"):
		return s.eval(f, c.Args[0])
	}
	if fn := s.calls.bodies[name]; len(fn) == 1 && fn[0].gives >= 0 && fn[0].gives < len(c.Args) {
		v = s.returned(fn[0].file, fn[0].body, v)
		if given := s.eval(f, c.Args[fn[0].gives]); given.known || v.env == "" {
			given.env, given.colon, given.host, given.tail = v.env, v.colon, v.host, v.tail
			return given
		}
	}
	return v
}

// envCall reads os.Getenv("X") and helpers of the getenv("X", "default") kind. Between two texts the one that looks like
// a variable's name is the name.
func (s *goScope) envCall(f *goFile, c *ast.CallExpr, v goValue) goValue {
	for i, arg := range c.Args {
		name := s.eval(f, arg)
		if !name.known || !environ.MatchString(name.text) {
			continue
		}
		v.env = name.text
		for j := i + 1; j < len(c.Args); j++ {
			if d := s.eval(f, c.Args[j]); d.known {
				v.text, v.known = d.text, true
				break
			}
		}
		return v
	}
	return v
}

var verb = scan.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z%]`)

func (s *goScope) sprintf(f *goFile, format string, args []ast.Expr, v goValue) goValue {
	out := goValue{known: true, file: v.file, line: v.line}
	last, n := 0, 0
	for _, m := range verb.FindAllStringIndex(format, 40) {
		out = joinGo(out, goValue{text: format[last:m[0]], known: true, file: v.file, line: v.line})
		last = m[1]
		if format[m[0]:m[1]] == "%%" {
			out.text += "%"
			continue
		}
		if n >= len(args) {
			return v
		}
		out = joinGo(out, s.eval(f, args[n]))
		n++
	}
	return joinGo(out, goValue{text: format[last:], known: true, file: v.file, line: v.line})
}

// returned is what a function without parameters gives, func() string { if p := os.Getenv("PORT"); p != "" { return p };
// return ":8080" }: the variable that it asks for, and the last text with a port.
func (s *goScope) returned(f *goFile, body *ast.BlockStmt, v goValue) goValue {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if pkg, name := f.imported(n.Fun); pkg == "os" && (name == "Getenv" || name == "LookupEnv") && len(n.Args) == 1 && v.env == "" {
				v.env, _ = stringLit(n.Args[0])
			}
		case *ast.BasicLit:
			if text, ok := stringLit(n); ok && goPort.MatchString(text) {
				v.text, v.known = text, true
			}
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				return true
			}
			got, own := s.assigned(f, body, n.Results[0])
			if !own {
				got = s.eval(f, n.Results[0])
			}
			if v.env == "" {
				v.env = got.env
			}
			v.colon, v.host, v.tail = v.colon || got.colon, v.host || got.host, v.tail || got.tail
			if got.known && (goPort.MatchString(got.text) || strings.Contains(got.text, "://")) {
				v.text, v.known = got.text, true
			}
		}
		return true
	})
	return v
}
