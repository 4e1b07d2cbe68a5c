package ops

import (
	"strings"
)

// puppetRun works out the manifests for one environment.
type puppetRun struct {
	w           *puppetWorld
	environment string
	scopes      map[string]*puppetScope // of classes, by name
	found       []*managed
	evaluated   []string                   // classes, in their order
	asked       map[string]map[string]bool // class -> the keys of Hiera that it depends on
	open        []string                   // the classes that are being worked out
	steps       int
	depth       int
	unsure      int // how many branches deep that depend on what isn't known
}

// These bound the work: defines may call each other in circles, and lists may be long.
const (
	maxPuppetSteps = 1_000_000
	maxPuppetCalls = 25
	maxManaged     = 50_000
)

func newPuppetRun(w *puppetWorld, environment string) *puppetRun {
	return &puppetRun{w: w, environment: environment, scopes: map[string]*puppetScope{}, asked: map[string]map[string]bool{}}
}

// puppetScope is where variables live.
type puppetScope struct {
	vars     map[string]managedValue
	parent   *puppetScope // of the class that is inherited, or around a lambda
	defaults map[string][]*puppetNode
	owner    *managed
	file     string
}

// lookup finds a variable in the scope and those around it.
func (s *puppetScope) lookup(name string) (managedValue, bool) {
	for depth := 0; s != nil && depth < maxPuppetDepth; depth++ {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
		s = s.parent
	}
	return managedValue{}, false
}

// within is the scope of a loop's block, in which its parameters stand for values.
func (s *puppetScope) within(params []*puppetNode, values ...managedValue) *puppetScope {
	inside := &puppetScope{vars: map[string]managedValue{}, parent: s, owner: s.owner, file: s.file}
	for i, param := range params[:min(len(params), len(values))] {
		inside.vars[param.text] = values[i]
	}
	return inside
}

// everything works out all classes, whoever includes them: which machine has which role is not asked.
func (p *puppetRun) everything() {
	for _, d := range p.w.loose {
		owner := &managed{kind: "class", title: strings.TrimPrefix(d.name, "node "), file: d.file, line: d.line}
		if !strings.HasPrefix(d.name, "node ") {
			owner = nil
		}
		p.block(d.body, &puppetScope{vars: map[string]managedValue{}, owner: owner, file: d.file})
	}
	for _, declared := range []bool{false, true} {
		for _, name := range p.w.order {
			if p.w.declared[name] == declared {
				p.class(name)
			}
		}
	}
}

// class works out a class once; what declares it with settings comes before.
func (p *puppetRun) class(name string) *puppetScope { return p.classWith(name, nil) }

func (p *puppetRun) classWith(name string, given *managed) *puppetScope {
	name = strings.ToLower(strings.TrimPrefix(name, "::"))
	d := p.w.classes[name]
	if scope, done := p.scopes[name]; done || d == nil || p.depth > maxPuppetCalls {
		return scope
	}
	self := &managed{kind: "class", title: name, file: d.file, line: d.line, inner: true}
	scope := &puppetScope{vars: map[string]managedValue{}, owner: self, file: d.file}
	p.scopes[name] = scope
	p.evaluated = append(p.evaluated, name)
	p.asked[name] = map[string]bool{}
	p.open = append(p.open, name)
	p.depth++
	unsure := p.unsure
	p.unsure = 0
	if d.base != "" && d.base != name {
		scope.parent = p.class(d.base)
	}
	if given != nil {
		p.unsure = unsure
		for _, n := range given.names {
			scope.vars[n] = given.attrs.of(n)
		}
	}
	scope.vars["title"] = textValue(name, d.file, d.line)
	scope.vars["name"] = scope.vars["title"]
	p.params(d, scope, true)
	for _, param := range d.params {
		if v, ok := scope.vars[param.text]; ok {
			self.set(param.text, v)
		}
	}
	p.add(self)
	p.block(d.body, scope)
	p.unsure = unsure
	p.depth--
	p.open = p.open[:len(p.open)-1]
	return scope
}

func (m *managed) set(name string, v managedValue) {
	if _, have := m.attrs.get(name); !have {
		m.names = append(m.names, name)
	}
	m.attrs.put(name, v)
}

// params fills the parameters that nobody gave: of classes from Hiera, then by their defaults. What a class could get from
// data that isn't here is not known, rather than absent.
func (p *puppetRun) params(d *puppetDefinition, scope *puppetScope, class bool) {
	for _, param := range d.params {
		v, ok := scope.vars[param.text]
		if ok && v.kind == valueUndef {
			ok = false
		}
		if !ok && class {
			v, ok = p.hiera(d.name+"::"+param.text, 0)
		}
		if !ok && len(param.kids) > 0 {
			v = p.value(param.kids[0], scope)
			ok = !(class && v.kind == valueUndef)
		}
		if !ok {
			v = managedValue{kind: valueUndef, file: d.file, line: param.line}
			if class || len(param.kids) == 0 {
				v = unknownValue(param.text, d.file, param.line)
			}
		}
		scope.vars[param.text] = guard(param.text, v.at(d.file, param.line))
	}
}

func (p *puppetRun) add(m *managed) {
	if len(p.found) < maxManaged {
		m.maybe = m.maybe || p.unsure > 0
		p.found = append(p.found, m)
	}
}

// declare makes a resource, and, where it is of a defined type, what that is made of.
func (p *puppetRun) declare(m *managed, scope *puppetScope) {
	if m.kind == "class" {
		p.classWith(m.title, m)
		if p.w.classes[strings.ToLower(strings.TrimPrefix(m.title, "::"))] == nil {
			m.outer = scope.owner
			p.add(m)
		}
		return
	}
	m.outer = scope.owner
	d := p.w.defines[m.kind]
	p.add(m)
	beside := p.w.standsBeside(m.kind)
	if d == nil || beside && !makesSite(m.kind) || p.depth >= maxPuppetCalls || p.steps > maxPuppetSteps || m.attrs.of("ensure").plain() == "absent" {
		return
	}
	m.inner = !beside
	inside := &puppetScope{vars: map[string]managedValue{}, owner: m, file: d.file}
	for _, name := range m.names {
		inside.vars[name] = m.attrs.of(name)
	}
	inside.vars["title"] = textValue(m.title, m.file, m.line)
	if _, given := inside.vars["name"]; !given {
		inside.vars["name"] = inside.vars["title"]
	}
	p.depth++
	p.params(d, inside, false)
	for _, param := range d.params {
		if _, given := m.attrs.get(param.text); !given && inside.vars[param.text].kind != valueUndef {
			m.attrs.put(param.text, inside.vars[param.text]) // a default: it holds, but nobody wrote it for this one
		}
	}
	p.block(d.body, inside)
	p.depth--
}
