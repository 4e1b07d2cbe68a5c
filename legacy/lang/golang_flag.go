package lang

import (
	"go/ast"
	"strings"
)

// flagVar notes flag.StringVar(&cfg.addr, "addr", ":8080", ...) as a value of addr.
func (s *goScope) flagVar(f *goFile, c *ast.CallExpr) {
	_, name := f.imported(c.Fun)
	if (strings.HasSuffix(name, "Var") || strings.HasSuffix(name, "VarP")) && len(c.Args) >= 4 {
		s.define(f, c.Args[0], c, 0)
	}
	if name == "SetDefault" && len(c.Args) == 2 {
		s.keyed(f, c.Args[0], c.Args[1])
	}
	if name == "BindPFlag" && len(c.Args) == 2 {
		if lookup, ok := c.Args[1].(*ast.CallExpr); ok && len(lookup.Args) == 1 {
			if flag, ok := stringLit(lookup.Args[0]); ok && s.pflags[flag].expr != nil {
				s.keyed(s.pflags[flag].file, c.Args[0], s.pflags[flag].expr)
			}
		}
	}
	if isFlag(name, c) && (f.uses(pflagPath) || f.uses(cobraPath)) {
		flag, _ := stringLit(c.Args[goFlags[name][0]])
		s.pflags[flag] = goExpr{file: f, expr: c}
	}
}

// keyed notes the value of one of viper's keys.
func (s *goScope) keyed(f *goFile, key, value ast.Expr) {
	if text, ok := stringLit(key); ok {
		s.values["\x00"+strings.ToLower(text)] = append(s.values["\x00"+strings.ToLower(text)], goExpr{file: f, expr: value})
	}
}

const (
	pflagPath = "github.com/spf13/pflag"
	cobraPath = "github.com/spf13/cobra"
)

// cliFlag notes cli.StringFlag{Name: "port", Value: "8080", EnvVar: "PORT"}.
func (s *goScope) cliFlag(f *goFile, lit *ast.CompositeLit) {
	if lit.Type != nil && !strings.HasSuffix(bareName(lit.Type), "Flag") {
		return
	}
	v := goValue{file: f.path, line: f.line(lit)}
	for key, value := range fields(lit) {
		switch key {
		case "Name", "name":
			v.flag = s.eval(f, value).text
			v.flag, _, _ = strings.Cut(v.flag, ",")
		case "Value", "value", "defaultValue":
			if d := s.eval(f, value); d.known {
				v.text, v.known = d.text, true
			}
		case "EnvVar", "EnvVars", "Sources":
			ast.Inspect(value, func(n ast.Node) bool {
				if e, ok := n.(*ast.BasicLit); ok && v.env == "" {
					text, _ := stringLit(e)
					v.env, _, _ = strings.Cut(text, ",")
				}
				return true
			})
		}
	}
	if v.flag != "" {
		s.flags[v.flag] = v
	}
}

// kingpin reads kingpin.Flag("listen", "...").Envar("LISTEN").Default(":8080").String(), from its end.
func (s *goScope) kingpin(c *ast.CallExpr, v goValue, depth int) goValue {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || depth > maxEval {
		return v
	}
	if len(c.Args) > 0 {
		first, _ := stringLit(c.Args[0])
		switch sel.Sel.Name {
		case "Default":
			v.text, v.known = first, first != ""
		case "Envar", "OverrideDefaultFromEnvar":
			v.env = first
		case "Flag":
			v.flag = first
			return v
		}
	}
	inner, ok := sel.X.(*ast.CallExpr)
	if !ok {
		return goValue{file: v.file, line: v.line}
	}
	return s.kingpin(inner, v, depth+1)
}

// goFlags are the calls that define a flag: where its name and its default stand among how many arguments.
var goFlags = map[string][3]int{
	"String": {0, 1, 3}, "Int": {0, 1, 3}, "Uint": {0, 1, 3}, "Int64": {0, 1, 3}, "Duration": {0, 1, 3},
	"StringP": {0, 2, 4}, "IntP": {0, 2, 4}, "UintP": {0, 2, 4}, "DurationP": {0, 2, 4},
	"StringVar": {1, 2, 4}, "IntVar": {1, 2, 4}, "UintVar": {1, 2, 4}, "DurationVar": {1, 2, 4},
	"StringVarP": {1, 3, 5}, "IntVarP": {1, 3, 5}, "UintVarP": {1, 3, 5},
}

func isFlag(name string, c *ast.CallExpr) bool {
	at, ok := goFlags[name]
	if !ok || len(c.Args) != at[2] {
		return false
	}
	_, ok = stringLit(c.Args[at[0]])
	return ok
}

func (s *goScope) flagCall(f *goFile, c *ast.CallExpr, v goValue) goValue {
	_, name := f.imported(c.Fun)
	at := goFlags[name]
	def := s.eval(f, c.Args[at[1]])
	def.flag, _ = stringLit(c.Args[at[0]])
	if def.env == "" {
		def.file, def.line = v.file, v.line
	}
	return def
}

// assigned is what a function gives by a variable of its own: the variable of the environment that it asks for, and the last
// text that it puts in its place. It is false for any other expression.
func (s *goScope) assigned(f *goFile, body *ast.BlockStmt, result ast.Expr) (v goValue, own bool) {
	id, ok := result.(*ast.Ident)
	if !ok {
		return v, false
	}
	ast.Inspect(body, func(n ast.Node) bool {
		set, ok := n.(*ast.AssignStmt)
		if !ok || len(set.Lhs) != 1 || len(set.Rhs) != 1 {
			return true
		}
		if to, ok := set.Lhs[0].(*ast.Ident); !ok || to.Name != id.Name {
			return true
		}
		own = true
		if text, ok := stringLit(set.Rhs[0]); ok {
			v.text, v.known = text, true
		} else if c, ok := set.Rhs[0].(*ast.CallExpr); ok && v.env == "" && len(c.Args) == 1 {
			if pkg, name := f.imported(c.Fun); pkg == "os" && (name == "Getenv" || name == "LookupEnv") {
				v.env, _ = stringLit(c.Args[0])
			}
		} else {
			v.colon = v.colon || s.eval(f, set.Rhs[0]).colon
		}
		return true
	})
	return v, own
}
