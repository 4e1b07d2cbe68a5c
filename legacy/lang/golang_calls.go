package lang

import (
	"go/ast"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// goCalls knows the functions of a program by their bare names: what their parameters are called, with what they are
// called, and which of them read the environment.
type goCalls struct {
	params   map[string][]goParam // by file and name of the parameter
	called   map[string][]goCall  // by name of the function
	readsEnv map[string]bool
	bodies   map[string][]goFunc // by name of the function, of those that are given nothing, or what they give back by default
	viper    viperSettings
}

type goParam struct {
	function string
	at       int
}

type goFunc struct {
	file  *goFile
	body  *ast.BlockStmt
	gives int // the parameter that it gives back, -1 for none
}

type goCall struct {
	file *goFile
	args []ast.Expr
}

func newGoCalls(files []*goFile) *goCalls {
	c := &goCalls{params: map[string][]goParam{}, called: map[string][]goCall{}, readsEnv: map[string]bool{}, bodies: map[string][]goFunc{}, viper: viperSettings{names: map[string]string{}}}
	for _, f := range files {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				c.function(f, fn)
			}
		}
		f.calls(func(call *ast.CallExpr) {
			if name := bareName(call.Fun); name != "" && len(c.called[name]) < maxCandidates {
				c.called[name] = append(c.called[name], goCall{f, call.Args})
			}
			c.viper.read(f, call)
		})
	}
	return c
}

// function notes the parameters of a function, and whether one of them is the name of a variable that it reads.
func (c *goCalls) function(f *goFile, fn *ast.FuncDecl) {
	own := map[string]bool{}
	at, gives := 0, -1
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			key := f.path + "\x00" + name.Name
			c.params[key] = append(c.params[key], goParam{fn.Name.Name, at})
			own[name.Name] = true
			if givesBack(fn.Body, name.Name) {
				gives = at
			}
			at++
		}
	}
	if fn.Body != nil && (len(own) == 0 || gives >= 0) && fn.Type.Results.NumFields() == 1 {
		c.bodies[fn.Name.Name] = append(c.bodies[fn.Name.Name], goFunc{f, fn.Body, gives})
	}
	if fn.Body == nil || len(own) == 0 {
		return
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		pkg, name := f.imported(call.Fun)
		if id, ok := call.Args[0].(*ast.Ident); ok && pkg == "os" && (name == "Getenv" || name == "LookupEnv") && own[id.Name] {
			c.readsEnv[fn.Name.Name] = true
		}
		return true
	})
}

// givesBack says whether a function ends in returning a parameter, as one does that is given a default.
func givesBack(body *ast.BlockStmt, name string) bool {
	if body == nil || len(body.List) == 0 {
		return false
	}
	last, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	if !ok || len(last.Results) != 1 {
		return false
	}
	id, ok := last.Results[0].(*ast.Ident)
	return ok && id.Name == name
}

// given lists what the callers give for a name that is a parameter in the file.
func (c *goCalls) given(f *goFile, name string) []goExpr {
	var all []goExpr
	for _, p := range c.params[f.path+"\x00"+name] {
		for _, call := range c.called[p.function] {
			if p.at < len(call.args) {
				all = append(all, goExpr{file: call.file, expr: call.args[p.at]})
			}
		}
	}
	return all
}

const viperPath = "github.com/spf13/viper"

// viperSettings are how viper finds variables for its keys.
type viperSettings struct {
	automatic bool
	prefix    string
	names     map[string]string // by key: what BindEnv says
	bound     goBound
}

var viperGet = map[string]bool{"GetString": true, "GetInt": true, "GetBool": true, "GetDuration": true, "GetStringSlice": true, "Get": true}

func (s *viperSettings) read(f *goFile, call *ast.CallExpr) {
	if !f.uses(viperPath) {
		return
	}
	_, name := f.imported(call.Fun)
	switch {
	case name == "AutomaticEnv":
		s.automatic = true
	case name == "SetEnvPrefix" && len(call.Args) == 1:
		s.prefix, _ = stringLit(call.Args[0])
	case name == "BindEnv" && len(call.Args) > 0:
		key, ok := stringLit(call.Args[0])
		if !ok {
			return
		}
		s.names[strings.ToLower(key)] = ""
		if len(call.Args) > 1 {
			s.names[strings.ToLower(key)], _ = stringLit(call.Args[1])
		}
	}
}

// variable is the variable of the environment that stands for a key, "" for none.
func (s *viperSettings) variable(key string) string {
	name, bound := s.names[key]
	if s.bound.found && s.bound.joint != "" && !bound {
		return strings.ToUpper(strings.ReplaceAll(key, ".", s.bound.joint))
	}
	if name != "" || !bound && !s.automatic && !s.bound.found {
		return name
	}
	name = strings.NewReplacer(".", "_", "-", "_").Replace(key)
	if s.prefix != "" {
		name = s.prefix + "_" + name
	}
	return strings.ToUpper(name)
}

// secret is the variable of a key that viper.SetDefault, BindEnv or BindPFlag names, where the key is a secret's: it may be
// read with all others at once.
func (s *viperSettings) secret(f *goFile, call *ast.CallExpr) string {
	if _, name := f.imported(call.Fun); name != "SetDefault" && name != "BindEnv" && name != "BindPFlag" || len(call.Args) == 0 || !f.uses(viperPath) {
		return ""
	}
	key, ok := stringLit(call.Args[0])
	if name := s.variable(strings.ToLower(key)); ok && scan.SecretName(name) {
		return name
	}
	return ""
}

// viper reads viper.GetString("key"): its default, and the variable that it is set by.
func (s *goScope) viper(f *goFile, pkg, name, key string, v goValue) goValue {
	for _, d := range s.values["\x00"+key] {
		v = s.eval(d.file, d.expr)
		break
	}
	if v.env == "" && (pkg == viperPath || pkg == "" && name != "Get" && f.uses(viperPath)) {
		v.env = s.calls.viper.variable(key)
	}
	return v
}
