package ops

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// tfScope is one module with the variables of one environment. What only the cloud knows is unknown; what comes of a
// secret is marked as one, whatever it goes through.
type tfScope struct {
	module      *tfModule
	environment string // "" for the values that count everywhere
	file        string // whose variables these are, where a file gives them
	vars        map[string]cty.Value
	locals      map[string]cty.Value
	pending     map[string]bool       // locals on their way, which may lead to each other
	at          *tfFile               // whose expressions are worked out
	spent       int                   // values written so far
	args        map[string]tfArgument // what the module is called with
	places      map[string]givenValue // where a file gives the variables their values
	bucketNames map[string]string     // addresses of buckets that are worked out
	said        map[string]string     // the settings of all scopes of one module and of what it calls
}

// tfArgument is what a module is given for a variable, as it is written where the module is called.
type tfArgument struct {
	tfExpression
	scope *tfScope
}

// written reads the argument where it stands: objects, lists and texts of which not all is known.
func (a tfArgument) written(depth int) *written {
	inside := a.scope.at
	a.scope.at = a.file
	l := a.scope.written(a.Expression, depth+1)
	a.scope.at = inside
	if l.kind == '"' || l.kind == 'x' && !strings.Contains(l.text, "\n") {
		return nil
	}
	if l.file == "" {
		l.file = a.file.path
	}
	return l
}

// secretMark is on every value that nobody may see.
const secretMark = "secret"

// Bounds of a value: what values made of values can grow to.
const (
	maxValueText  = 4 << 10
	maxValueParts = 5000
	maxReferences = 1000
	maxSpent      = 20_000
)

func newScope(m *tfModule, environment, file string) *tfScope {
	s := &tfScope{module: m, environment: environment, file: file, vars: map[string]cty.Value{}, locals: map[string]cty.Value{}, pending: map[string]bool{}, bucketNames: map[string]string{}, args: map[string]tfArgument{}, places: map[string]givenValue{}}
	for name, block := range m.vars {
		value := cty.DynamicVal
		if a := block.Body.Attributes["default"]; a != nil {
			value = constant(a.Expr)
		}
		s.set(name, value)
	}
	return s
}

// set gives a variable its value, marked where it is a secret: by its name, or because the module says so.
func (s *tfScope) set(name string, value cty.Value) {
	block := s.module.vars[name]
	if block == nil {
		return // nobody asks for it
	}
	value = withinReason(value)
	if a := block.Body.Attributes["sensitive"]; a != nil {
		if constant(a.Expr).RawEquals(cty.True) {
			value = value.Mark(secretMark)
		}
	}
	if scan.SecretName(name) {
		value = value.Mark(secretMark)
	}
	s.vars[name] = value
}

// call is the scope of a module that is called with these arguments.
func (s *tfScope) call(m *tfModule, b *hclsyntax.Block) *tfScope {
	inner := newScope(m, s.environment, s.file)
	inner.said = s.said
	for name, a := range b.Body.Attributes {
		if m.vars[name] != nil {
			inner.set(name, s.value(a.Expr))
			inner.places[name] = givenValue{s.at.path, a.Expr.Range().Start.Line}
			if given := s.given(a.Expr, 0); len(given) > 0 {
				inner.places[name] = given[0]
			}
			inner.args[name] = tfArgument{tfExpression{a.Expr, s.at}, s}
		}
	}
	return inner
}

// withinReason is the value, or nothing known of one that has grown beyond what people write.
func withinReason(v cty.Value) cty.Value {
	left := maxValueParts
	if !fits(v, &left) {
		return cty.DynamicVal.Mark(secretMark)
	}
	return v
}

func fits(v cty.Value, left *int) bool {
	v, _ = v.Unmark()
	if *left--; *left < 0 {
		return false
	}
	if v.IsNull() || !v.IsKnown() {
		return true
	}
	if v.Type() == cty.String {
		return len(v.AsString()) <= maxValueText
	}
	if !v.CanIterateElements() {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, inner := it.Element(); !fits(inner, left) {
			return false
		}
	}
	return true
}

// value works an expression out as far as that goes without a cloud.
func (s *tfScope) value(e hclsyntax.Expression) cty.Value {
	if !tame(e) {
		return cty.DynamicVal
	}
	names := e.Variables()
	locals := map[string]cty.Value{}
	secret := false
	for _, traversal := range names {
		switch second := attrOf(traversal, 1); traversal.RootName() {
		case "local":
			locals[second] = s.local(second)
		case "var":
		default: // data.azurerm_key_vault_secret.x.value, random_password.x.result, module.db.password
			secret = secret || scan.SecretName(traversal.RootName())
			for i := range traversal {
				secret = secret || scan.SecretName(attrOf(traversal, i))
			}
		}
	}
	known := map[string]cty.Value{
		"var": cty.ObjectVal(s.vars), "local": cty.ObjectVal(locals),
		"path": cty.DynamicVal, "terraform": cty.DynamicVal, "each": cty.DynamicVal, "count": cty.DynamicVal, "self": cty.DynamicVal,
	}
	if buckets := s.buckets(names); buckets != cty.NilVal {
		known["aws_s3_bucket"] = buckets
	}
	for _, traversal := range names {
		if name := traversal.RootName(); known[name] == cty.NilVal {
			known[name] = cty.DynamicVal
		}
	}
	v, problems := e.Value(&hcl.EvalContext{Variables: known, Functions: tfFunctions})
	if problems.HasErrors() {
		v = cty.DynamicVal
	}
	if secret {
		v = v.Mark(secretMark)
	}
	return withinReason(v)
}

// tame says whether an expression is of the size that people write, and goes over no lists, which makes much of little.
func tame(e hclsyntax.Expression) bool {
	fine, nodes := true, 0
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		_, loops := n.(*hclsyntax.ForExpr)
		nodes++
		fine = fine && !loops && nodes <= maxValueParts
		return nil
	})
	return fine && len(e.Variables()) <= maxReferences
}

// constant is the value of an expression that refers to nothing.
func constant(e hclsyntax.Expression) cty.Value {
	if !tame(e) || len(e.Variables()) > 0 {
		return cty.DynamicVal
	}
	v, problems := e.Value(nil)
	if problems.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// attrOf is the name of one step of a traversal: of var.name the second is name.
func attrOf(traversal hcl.Traversal, i int) string {
	if i >= len(traversal) {
		return ""
	}
	switch step := traversal[i].(type) {
	case hcl.TraverseAttr:
		return step.Name
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String {
			return step.Key.AsString()
		}
	}
	return ""
}

// maxGiven bounds how many lines of other files one value is said to come from.
const maxGiven = 5

// given are the lines of files of variables that an expression takes its value from.
func (s *tfScope) given(e hclsyntax.Expression, depth int) []givenValue {
	if !tame(e) || depth > maxTerraformCalls {
		return nil
	}
	var places []givenValue
	for _, traversal := range e.Variables() {
		name := attrOf(traversal, 1)
		switch traversal.RootName() {
		case "var":
			if at, known := s.places[name]; known {
				places = append(places, at)
			}
		case "local":
			if local, known := s.module.locals[name]; known {
				places = append(places, s.given(local.Expression, depth+1)...)
			}
		}
		if len(places) > maxGiven {
			return places[:maxGiven]
		}
	}
	return places
}

// local works out a local value, once.
func (s *tfScope) local(name string) cty.Value {
	if v, done := s.locals[name]; done {
		return v
	}
	e, ok := s.module.locals[name]
	if !ok || s.pending[name] || len(s.pending) > maxHCLDepth {
		return cty.DynamicVal
	}
	s.pending[name] = true
	v := s.value(e.Expression)
	delete(s.pending, name)
	if scan.SecretName(name) {
		v = v.Mark(secretMark)
	}
	s.locals[name] = v
	return v
}
