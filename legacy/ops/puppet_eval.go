package ops

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func numberValue(n int, file string, line int) managedValue {
	return textValue(strconv.Itoa(n), file, line)
}

func switchValue(is bool) managedValue {
	return managedValue{kind: valueSwitch, text: strconv.FormatBool(is)}
}

// value works out an expression, as far as that is possible without a machine.
func (p *puppetRun) value(n *puppetNode, scope *puppetScope) managedValue {
	if n == nil {
		return managedValue{kind: valueUndef}
	}
	if p.steps++; p.steps > maxPuppetSteps {
		return unknownValue("value", scope.file, n.line)
	}
	switch n.op {
	case "text":
		return textValue(n.text, scope.file, n.line)
	case "bool":
		return managedValue{kind: valueSwitch, text: n.text, file: scope.file, line: n.line}
	case "undef", "default":
		return managedValue{kind: valueUndef}
	case "regexp":
		return textValue(n.text, scope.file, n.line)
	case "var":
		return p.variable(n.text, scope, n.line)
	case "mixed":
		return p.mixed(n, scope)
	case "array":
		v := managedValue{kind: valueList, file: scope.file, line: n.line}
		for _, kid := range n.kids {
			v.list = append(v.list, p.value(kid, scope))
		}
		return bounded(v)
	case "hash":
		return p.hash(n.kids, scope, n.line)
	case "index":
		return p.index(n, scope)
	case "not":
		is, known := p.truth(n.kids[0], scope)
		if !known {
			return unknownValue("condition", scope.file, n.line)
		}
		return switchValue(!is)
	case "minus":
		v := p.value(n.kids[0], scope)
		v.text = "-" + v.text
		return v
	case "binary":
		return p.binary(n, scope)
	case "selector":
		return p.selector(n, scope)
	case "call":
		return p.function(n, scope)
	}
	return unknownValue("value", scope.file, n.line)
}

func (p *puppetRun) mixed(n *puppetNode, scope *puppetScope) managedValue {
	parts := make([]managedValue, 0, len(n.kids))
	for _, kid := range n.kids {
		v := p.value(kid, scope)
		if v.kind == valueList && len(v.list) == 1 {
			v = v.list[0]
		}
		parts = append(parts, v)
	}
	if len(parts) == 1 && n.kids[0] != nil && n.kids[0].op == "text" {
		return parts[0]
	}
	v := joined(parts, scope.file, n.line)
	p.steps += len(v.text) / 64
	return v
}

func (p *puppetRun) hash(pairs []*puppetNode, scope *puppetScope, line int) managedValue {
	v := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: scope.file, line: line}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == nil {
			continue
		}
		key := p.value(pairs[i], scope).text
		if _, have := v.hash[key]; !have {
			v.keys = append(v.keys, key)
		}
		v.hash[key] = guard(key, p.value(pairs[i+1], scope).at(scope.file, pairs[i].line))
	}
	return bounded(v)
}

func (p *puppetRun) index(n *puppetNode, scope *puppetScope) managedValue {
	v := p.value(n.kids[0], scope)
	if len(n.kids) < 2 {
		return v
	}
	key := p.value(n.kids[1], scope)
	if item, ok := v.item(key.text); ok {
		return item
	}
	if v.kind == valueUndef {
		return v
	}
	u := unknownValue(placeholderName(v.text+"_"+key.text), scope.file, n.line)
	u.secret = v.secret || scan.SecretName(key.text)
	return u
}

// facts are what any machine of ours would say.
var facts = map[string]string{
	"osfamily": "Debian", "operatingsystem": "Debian", "kernel": "Linux", "os.family": "Debian", "os.name": "Debian", "architecture": "amd64", "service_provider": "systemd",
}

// variable finds a variable: of this scope, of a class, or a fact.
func (p *puppetRun) variable(name string, scope *puppetScope, line int) managedValue {
	top := strings.HasPrefix(name, "::")
	name = strings.TrimPrefix(name, "::")
	if !top || strings.Contains(name, "::") {
		if v, ok := scope.lookup(name); ok {
			return v
		}
	}
	if i := strings.LastIndex(name, "::"); i >= 0 {
		if class := p.class(name[:i]); class != nil {
			if v, ok := class.lookup(name[i+2:]); ok {
				return v
			}
		}
		return guard(name[i+2:], unknownValue(placeholderName(name[i+2:]), scope.file, line))
	}
	switch {
	case name == "environment":
		v := textValue(p.environment, scope.file, line)
		v.environment = p.environment
		return v
	case name == "module_name" && scope.owner != nil:
		module, _, _ := strings.Cut(scope.owner.title, "::")
		return textValue(module, scope.file, line)
	case facts[name] != "":
		return textValue(facts[name], "", 0)
	}
	return guard(name, unknownValue(name, scope.file, line))
}

func (p *puppetRun) binary(n *puppetNode, scope *puppetScope) managedValue {
	left := p.value(n.kids[0], scope)
	switch n.text {
	case "and", "or":
		return p.logic(n, scope)
	case "==", "!=":
		is, known := sameValue(left, p.value(n.kids[1], scope))
		if !known {
			return unknownValue("condition", scope.file, n.line)
		}
		return switchValue(is == (n.text == "=="))
	case "=~", "!~":
		is, known := p.matches(left, n.kids[1], scope)
		if !known {
			return unknownValue("condition", scope.file, n.line)
		}
		return switchValue(is == (n.text == "=~"))
	case "in":
		return contained(left, p.value(n.kids[1], scope), scope.file, n.line)
	case "+":
		right := p.value(n.kids[1], scope)
		switch {
		case left.kind == valueHash:
			return deeper(right, left)
		case left.kind == valueList:
			left.list = append(left.list[:len(left.list):len(left.list)], right.items()...)
			return bounded(left)
		}
	}
	right := p.value(n.kids[1], scope)
	a, errA := strconv.Atoi(left.plain())
	b, errB := strconv.Atoi(right.plain())
	if errA == nil && errB == nil {
		switch n.text {
		case "+":
			return numberValue(a+b, scope.file, n.line)
		case "-":
			return numberValue(a-b, scope.file, n.line)
		case "*":
			return numberValue(a*b, scope.file, n.line)
		case "<", ">", "<=", ">=":
			return switchValue(map[string]bool{"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[n.text])
		}
	}
	return unknownValue("condition", scope.file, n.line)
}

func (p *puppetRun) logic(n *puppetNode, scope *puppetScope) managedValue {
	left, leftKnown := p.truth(n.kids[0], scope)
	right, rightKnown := p.truth(n.kids[1], scope)
	decides := n.text == "or" // true settles or, false settles and
	switch {
	case leftKnown && left == decides, rightKnown && right == decides:
		return switchValue(decides)
	case leftKnown && rightKnown:
		return switchValue(!decides)
	}
	return unknownValue("condition", scope.file, n.line)
}

// sameValue compares values. A value that is not known is at least there.
func sameValue(a, b managedValue) (is, known bool) {
	if a.kind == valueUnknown || b.kind == valueUnknown || a.open || b.open {
		if a.kind == valueUndef || b.kind == valueUndef || a.kind == valueText && a.text == "" || b.kind == valueText && b.text == "" || a.text == "NOTSET" || b.text == "UNSET" {
			return false, true
		}
		return false, false
	}
	if a.kind == valueUndef || b.kind == valueUndef {
		return a.kind == b.kind || a.kind == valueText && a.text == "" || b.kind == valueText && b.text == "", true
	}
	if a.kind == valueList || b.kind == valueList || a.kind == valueHash || b.kind == valueHash {
		return a.kind == b.kind && len(a.list) == len(b.list) && len(a.keys) == len(b.keys), len(a.list) == 0 || len(b.list) == 0
	}
	return strings.EqualFold(a.text, b.text), true
}

func contained(left, right managedValue, file string, line int) managedValue {
	if left.open || left.kind == valueUnknown || right.kind == valueUnknown {
		return unknownValue("condition", file, line)
	}
	switch right.kind {
	case valueHash:
		return switchValue(slices.Contains(right.keys, left.text))
	case valueText:
		return switchValue(strings.Contains(right.text, left.text))
	}
	for _, item := range right.list {
		if is, known := sameValue(left, item); is && known {
			return switchValue(true)
		} else if !known {
			return unknownValue("condition", file, line)
		}
	}
	return switchValue(false)
}

// matches says whether a value is what a case or a selector offers: a text, a regular expression, a list of them.
func (p *puppetRun) matches(v managedValue, n *puppetNode, scope *puppetScope) (is, known bool) {
	if n == nil {
		return false, true
	}
	if n.op == "regexp" {
		if v.kind == valueUndef {
			return false, true
		}
		if !v.known() || len(n.text) > 500 {
			return false, false
		}
		pattern, err := regexp.Compile(n.text)
		if err != nil {
			return false, false
		}
		return pattern.MatchString(v.text), true
	}
	if n.op == "ref" {
		return false, false // a data type
	}
	other := p.value(n, scope)
	if other.kind == valueText && n.op == "call" {
		return false, false
	}
	return sameValue(v, other)
}

func (p *puppetRun) selector(n *puppetNode, scope *puppetScope) managedValue {
	subject := p.value(n.kids[0], scope)
	sure := true
	var otherwise *puppetNode
	for i := 1; i+1 < len(n.kids); i += 2 {
		key := n.kids[i]
		if key != nil && key.op == "default" {
			otherwise = n.kids[i+1]
			continue
		}
		is, known := p.matches(subject, key, scope)
		if is && known && sure {
			return p.value(n.kids[i+1], scope)
		}
		sure = sure && known && subject.kind != valueUnknown
	}
	if otherwise == nil || !sure {
		if otherwise != nil && subject.kind == valueUnknown { // whatever it is, mostly the default
			v := p.value(otherwise, scope)
			v.open = true
			return v
		}
		return unknownValue("value", scope.file, n.line)
	}
	return p.value(otherwise, scope)
}

// templatePath is where the text of a template lies: shop/app.conf.erb in modules/shop/templates/app.conf.erb.
func (w *puppetWorld) templatePath(name, kind string) string {
	module, rest, ok := strings.Cut(name, "/")
	if !ok {
		return ""
	}
	if w.wrote == nil {
		w.index()
	}
	for _, dir := range w.wrote[module] {
		if p := path.Join(dir, kind, rest); w.t.Has(p) {
			return p
		}
	}
	return ""
}

// managedSources are the directories of a module.
type managedSources []string

// index finds the directories of all modules: those that hold a directory of manifests.
func (w *puppetWorld) index() {
	w.wrote = map[string]managedSources{}
	seen := map[string]bool{}
	add := func(module, file string) {
		for dir := path.Dir(file); dir != "." && dir != "/"; dir = path.Dir(dir) {
			if path.Base(dir) != "manifests" {
				continue
			}
			for _, name := range []string{path.Base(path.Dir(dir)), module} { // a repository of one module is called otherwise
				if key := name + "\n" + dir; !seen[key] {
					seen[key] = true
					w.wrote[name] = append(w.wrote[name], path.Dir(dir))
				}
			}
			return
		}
	}
	for _, name := range w.order {
		module, _, _ := strings.Cut(name, "::")
		add(module, w.classes[name].file)
	}
	for _, name := range slices.Sorted(maps.Keys(w.defines)) {
		module, _, _ := strings.Cut(name, "::")
		add(module, w.defines[name].file)
	}
}
