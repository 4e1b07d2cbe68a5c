package lang

import (
	"go/ast"
	"reflect"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// goBound is how a function that goes through the fields of a struct binds a variable to each key of viper's: the tags of
// the fields on the way, joined. Whole projects are set so, and no call names a variable.
type goBound struct {
	function string // that binds
	joint    string // between the parts of a variable's name, "" where viper makes the name of the key
	found    bool
}

// readBound notes the function that calls BindEnv with names that it has put together.
func readBound(files []*goFile) goBound {
	for _, f := range files {
		if !f.uses(viperPath) {
			continue
		}
		var bound goBound
		f.callsIn(func(function string, c *ast.CallExpr) {
			_, name := f.imported(c.Fun)
			if _, literal := firstLit(c); name != "BindEnv" || literal || len(c.Args) == 0 || function == "" {
				return
			}
			bound = goBound{function: function, found: f.uses("reflect")}
			if len(c.Args) > 1 {
				bound.joint = f.joint(function, c.Args[1])
				bound.found = bound.found && bound.joint != ""
			}
		})
		if bound.found {
			return bound
		}
	}
	return goBound{}
}

func firstLit(c *ast.CallExpr) (string, bool) {
	if len(c.Args) == 0 {
		return "", false
	}
	return stringLit(c.Args[0])
}

// joint is what strings.Join puts between the parts of an expression, which may be a name that a function gives a value.
func (f *goFile) joint(function string, e ast.Expr) string {
	for range 4 {
		switch x := e.(type) {
		case *ast.Ident:
			if e = f.assigned(function, x.Name); e == nil {
				return ""
			}
		case *ast.CallExpr:
			_, name := f.imported(x.Fun)
			if name == "Join" && len(x.Args) == 2 {
				text, _ := stringLit(x.Args[1])
				return text
			}
			if len(x.Args) == 0 {
				return ""
			}
			e = x.Args[0] // strings.ToUpper(...)
		default:
			return ""
		}
	}
	return ""
}

// assigned is what a function sets a name to, nil for nothing.
func (f *goFile) assigned(function, name string) ast.Expr {
	var value ast.Expr
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Name.Name != function || fn.Body == nil {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if set, ok := n.(*ast.AssignStmt); ok && len(set.Lhs) == len(set.Rhs) {
				for i, left := range set.Lhs {
					if bareName(left) == name {
						value = set.Rhs[i]
					}
				}
			}
			return true
		})
	}
	return value
}

// fieldKey is the part of viper's key that a field stands for, "-" for none.
func fieldKey(name, rawTag string) string {
	if raw, err := strconv.Unquote(rawTag); err == nil {
		if key, _, _ := strings.Cut(reflect.StructTag(raw).Get("mapstructure"), ","); key != "" {
			return key
		}
	}
	return strings.ToLower(name)
}

// boundField is the value of a field of the configuration that viper fills, config.Server.Bind, by its key.
func (s *goScope) boundField(f *goFile, e *ast.SelectorExpr) (goValue, bool) {
	var key []string
	var of ast.Expr = e
	for range 8 {
		switch x := of.(type) {
		case *ast.SelectorExpr:
			name, known := s.keys[x.Sel.Name]
			if !known {
				name = strings.ToLower(x.Sel.Name)
			}
			key, of = append([]string{name}, key...), x.X
			continue
		case *ast.Ident:
			if set := s.near[f.path+"\x00"+x.Name]; len(set) == 1 && set[0].expr != of {
				of = set[0].expr
				continue
			}
		}
		break
	}
	for ; len(key) > 1; key = key[1:] {
		if at := strings.Join(key, "."); len(s.values["\x00"+at]) > 0 {
			return s.viper(f, viperPath, "GetString", at, goValue{file: f.path, line: f.line(e)}), true
		}
	}
	return goValue{}, false
}

// boundSecrets reports the secrets and the addresses among the fields of the struct that the program binds variables to.
func (p *goProgram) boundSecrets(r *scan.Report, dir string, own map[string]bool) {
	bound := p.scope.calls.viper.bound
	if !bound.found {
		return
	}
	types := map[string]goStruct{}
	vars := map[string]string{} // variables by the name of their type
	for _, f := range p.facts {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if st, ok := n.Type.(*ast.StructType); ok {
					types[n.Name.Name] = goStruct{f, st}
				}
			case *ast.ValueSpec:
				for _, name := range n.Names {
					if of := bareName(n.Type); of != "" {
						vars[name.Name] = of
					}
				}
			}
			return true
		})
	}
	w := &boundWalk{p: p, r: r, dir: dir, own: own, types: types}
	for _, f := range p.facts {
		f.callsIn(func(function string, c *ast.CallExpr) {
			if _, name := f.imported(c.Fun); (name == bound.function || bareName(c.Fun) == bound.function) && function != bound.function && len(c.Args) > 0 {
				arg := c.Args[0]
				if lit, ok := arg.(*ast.CompositeLit); ok {
					arg = lit.Type
				}
				name := bareName(arg)
				if st, ok := types[vars[name]]; ok {
					w.fields(st, nil)
				} else if st, ok := types[name]; ok {
					w.fields(st, nil)
				}
			}
		})
	}
}

type goStruct struct {
	file *goFile
	ast  *ast.StructType
}

// boundWalk goes through the fields of a struct and of those in it.
type boundWalk struct {
	p     *goProgram
	r     *scan.Report
	dir   string
	own   map[string]bool
	types map[string]goStruct
	count int
}

func (w *boundWalk) fields(st goStruct, above []string) {
	if len(above) > 8 || st.ast.Fields == nil {
		return
	}
	certified := false // beside a certificate, a key is the path of a file
	for _, field := range st.ast.Fields.List {
		for _, name := range field.Names {
			certified = certified || strings.HasSuffix(strings.ToLower(name.Name), "cert")
		}
	}
	for _, field := range st.ast.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = field.Tag.Value
		}
		for _, name := range field.Names {
			key := fieldKey(name.Name, tag)
			if w.count++; key == "-" || w.count > 2000 {
				continue
			}
			at := append(append([]string(nil), above...), key)
			if inner, ok := field.Type.(*ast.StructType); ok {
				w.fields(goStruct{st.file, inner}, at)
			} else if inner, ok := w.types[bareName(field.Type)]; ok {
				w.fields(inner, at)
			} else if id, ok := field.Type.(*ast.Ident); ok && id.Name == "string" && !(certified && strings.HasSuffix(strings.ToLower(key), "key")) {
				w.field(st.file, name, strings.Join(at, "."))
			}
		}
	}
}

func (w *boundWalk) field(f *goFile, name *ast.Ident, key string) {
	v := w.p.scope.viper(f, viperPath, "GetString", strings.ToLower(key), goValue{file: f.path, line: f.line(name)})
	_, address := scan.NeedOfURL(v.text)
	if v.env != "" && (scan.SecretName(v.env) || address) {
		v.file, v.line = f.path, f.line(name)
		w.p.setting(w.r, w.dir, v, w.own)
	}
}
