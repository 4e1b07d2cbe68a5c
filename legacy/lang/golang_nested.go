package lang

import (
	"go/ast"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const (
	envconfigPath  = "github.com/kelseyhightower/envconfig" // fills a struct from variables: the name in a tag in capitals, or the field's own
	caarlosPath    = "github.com/caarlos0/env"
	sethvargoPath  = "github.com/sethvargo/go-envconfig"
	maxNestedDepth = 8 // of structs in structs
	maxPrefixes    = 8 // of one struct, which stands in so many others
)

// goNest is how the variables are called that fill a struct.
type goNest struct {
	prefixes []string // what stands before the names of its fields, by the fields of other structs that hold it
	inner    bool     // it stands in another struct
	untagged bool     // fields without a tag are filled, too
	unseen   bool     // who fills it isn't known

	structs map[*ast.Field]bool // its fields that are structs, which are filled field by field
}

// goNests finds the structs that packages fill from variables, and those within them.
type goNests struct {
	named map[string]goStruct // by directory and name
	of    map[*ast.StructType]goNest
	whole map[*ast.StructType]bool // those that envconfig reads from one variable, since they decode themselves
	left  int                      // structs that are looked at
	calls int                      // that are followed
}

// decodesItself are the methods by which a type takes the text of a variable.
var decodesItself = map[string]bool{"Decode": true, "Set": true, "UnmarshalText": true, "UnmarshalBinary": true}

func readNests(files []*goFile) map[*ast.StructType]goNest {
	n := &goNests{named: map[string]goStruct{}, of: map[*ast.StructType]goNest{}, whole: map[*ast.StructType]bool{}, left: 4000, calls: 50}
	for _, f := range files {
		ast.Inspect(f.ast, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok {
				if body, ok := spec.Type.(*ast.StructType); ok {
					n.named[path.Dir(f.path)+"\x00"+spec.Name.Name] = goStruct{f, body}
				}
			}
			return true
		})
	}
	for _, f := range files {
		for _, decl := range f.ast.Decls {
			if fun, ok := decl.(*ast.FuncDecl); ok && fun.Recv != nil && len(fun.Recv.List) == 1 && decodesItself[fun.Name.Name] {
				n.whole[n.structOf(f, fun.Recv.List[0].Type).ast] = true
			}
		}
	}
	for _, f := range files {
		if f.uses(envconfigPath) || f.uses(caarlosPath) || f.uses(sethvargoPath) {
			f.calls(func(c *ast.CallExpr) { n.filled(f, c) })
		}
	}
	return n.of
}

// filled follows a call that fills a struct.
func (n *goNests) filled(f *goFile, c *ast.CallExpr) {
	pkg, name := f.imported(c.Fun)
	if n.calls == 0 || pkg != envconfigPath && pkg != sethvargoPath && !strings.HasPrefix(pkg, caarlosPath) {
		return
	}
	n.calls--
	switch {
	case pkg == envconfigPath && strings.HasSuffix(name, "Process") && len(c.Args) == 2:
		n.walk(n.structOf(f, typeOfValue(f, c.Args[1])), envconfigPrefix(f, c), true, 0)
	case pkg == sethvargoPath && strings.Contains(name, "Process") && len(c.Args) > 1:
		n.walk(n.structOf(f, typeOfValue(f, c.Args[1])), "", false, 0)
	case strings.HasPrefix(name, "Parse") && len(c.Args) > 0:
		n.walk(n.structOf(f, typeOfValue(f, c.Args[0])), optionPrefix(c.Args[1:]), false, 0)
	}
}

// envconfigPrefix is what envconfig.Process puts before the names of the variables.
func envconfigPrefix(f *goFile, c *ast.CallExpr) string {
	pkg, name := f.imported(c.Fun)
	if pkg != envconfigPath || !strings.HasSuffix(name, "Process") || len(c.Args) != 2 {
		return ""
	}
	text, _ := stringLit(c.Args[0])
	if text == "" {
		return ""
	}
	return strings.ToUpper(text) + "_"
}

// optionPrefix is that of env.Options{Prefix: "SHOP_"}.
func optionPrefix(args []ast.Expr) (prefix string) {
	for _, arg := range args {
		if lit, ok := arg.(*ast.CompositeLit); ok {
			for key, value := range fields(lit) {
				if key == "Prefix" {
					prefix, _ = stringLit(value)
				}
			}
		}
	}
	return prefix
}

// walk notes the prefix of a struct, and of those that its fields hold.
func (n *goNests) walk(s goStruct, prefix string, envconfig bool, depth int) {
	if n.left--; s.ast == nil || depth > maxNestedDepth || n.left < 0 {
		return
	}
	nest := n.of[s.ast]
	if !slices.Contains(nest.prefixes, prefix) && len(nest.prefixes) < maxPrefixes {
		nest.prefixes = append(nest.prefixes, prefix)
	}
	nest.untagged, nest.inner = nest.untagged || envconfig, nest.inner || depth > 0
	if nest.structs == nil {
		nest.structs = map[*ast.Field]bool{}
	}
	n.of[s.ast] = nest
	for _, field := range s.ast.Fields.List {
		inner := n.structOf(s.file, field.Type)
		if inner.ast == nil || envconfig && n.whole[inner.ast] {
			continue
		}
		nest.structs[field] = true
		n.walk(inner, prefix+nestedPrefix(field, envconfig), envconfig, depth+1)
	}
}

// nestedPrefix is what a field that is a struct puts before the variables of that one.
func nestedPrefix(field *ast.Field, envconfig bool) string {
	if len(field.Names) != 1 {
		return "" // embedded
	}
	tag := tagOf(field)
	if _, part, ok := strings.Cut(tag.Get("env"), "prefix="); ok {
		return part
	}
	if part := tag.Get("envPrefix"); part != "" || !envconfig {
		return part
	}
	return envconfigKey(tag, field.Names[0].Name) + "_"
}

// envconfigKey is what envconfig calls a field: by its tag, else by its own name.
func envconfigKey(tag reflect.StructTag, field string) string {
	if name, _, _ := strings.Cut(tag.Get("envconfig"), ","); name != "" {
		return strings.ToUpper(name)
	}
	if tag.Get("split_words") == "true" {
		return strings.ToUpper(splitWords(field))
	}
	return strings.ToUpper(field)
}

func tagOf(field *ast.Field) reflect.StructTag {
	if field.Tag == nil {
		return ""
	}
	raw, _ := strconv.Unquote(field.Tag.Value)
	return reflect.StructTag(raw)
}

// structOf is the struct that a type names in the same package or, by the last word of its path, in another of the program.
func (n *goNests) structOf(f *goFile, t ast.Expr) goStruct {
	switch t := t.(type) {
	case *ast.StarExpr:
		return n.structOf(f, t.X)
	case *ast.StructType:
		return goStruct{f, t}
	case *ast.Ident:
		return n.named[path.Dir(f.path)+"\x00"+t.Name]
	case *ast.SelectorExpr:
		pkg, name := f.imported(t)
		for dir := pkg; dir != "" && dir != "."; {
			if s, ok := n.named[dir+"\x00"+name]; ok {
				return s
			}
			_, rest, found := strings.Cut(dir, "/")
			if !found {
				break
			}
			dir = rest
		}
	}
	return goStruct{}
}

// typeOfValue is the type of a literal or of a variable of the file, or of what a pointer leads to; nil where it isn't said there.
func typeOfValue(f *goFile, e ast.Expr) ast.Expr {
	if pointer, ok := e.(*ast.UnaryExpr); ok {
		e = pointer.X
	}
	if name, ok := e.(*ast.Ident); ok {
		return declaredType(f, name)
	}
	return literalType(e)
}

// declaredType is the type that the declaration nearest before a name gives to it.
func declaredType(f *goFile, of *ast.Ident) (found ast.Expr) {
	take := func(name ast.Expr, t ast.Expr) {
		if id, ok := name.(*ast.Ident); ok && id.Name == of.Name && id.Pos() < of.Pos() && t != nil {
			found = t
		}
	}
	ast.Inspect(f.ast, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ValueSpec:
			for i, name := range node.Names {
				if take(name, node.Type); node.Type == nil && i < len(node.Values) {
					take(name, literalType(node.Values[i]))
				}
			}
		case *ast.Field:
			for _, name := range node.Names {
				take(name, node.Type)
			}
		case *ast.AssignStmt:
			for i, name := range node.Lhs {
				if i < len(node.Rhs) {
					take(name, literalType(node.Rhs[i]))
				}
			}
		}
		return true
	})
	return found
}

// literalType is the type of a literal, of a pointer to one, or of new(T); nil for anything else.
func literalType(e ast.Expr) ast.Expr {
	if pointer, ok := e.(*ast.UnaryExpr); ok {
		e = pointer.X
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		return e.Type
	case *ast.CallExpr:
		if fun, ok := e.Fun.(*ast.Ident); ok && fun.Name == "new" && len(e.Args) == 1 {
			return e.Args[0]
		}
	}
	return nil
}
