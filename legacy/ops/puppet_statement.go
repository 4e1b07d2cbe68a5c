package ops

import (
	"strings"
)

// block works out statements in their order.
func (p *puppetRun) block(n *puppetNode, scope *puppetScope) {
	if n == nil {
		return
	}
	for _, s := range n.kids { // defaults hold for the whole scope
		if s != nil && s.op == "defaults" {
			if scope.defaults == nil {
				scope.defaults = map[string][]*puppetNode{}
			}
			kind := strings.ToLower(s.text)
			scope.defaults[kind] = append(scope.defaults[kind], s.kids...)
		}
	}
	for _, s := range n.kids {
		if p.steps++; s == nil || p.steps > maxPuppetSteps {
			continue
		}
		p.statement(s, scope)
	}
}

func (p *puppetRun) statement(s *puppetNode, scope *puppetScope) {
	switch s.op {
	case "=":
		if len(s.kids) > 0 {
			v := p.value(s.kids[0], scope).at(scope.file, s.line)
			if e := s.kids[0]; e == nil || e.op != "call" && e.op != "var" { // what others made was guarded by its own name
				v = guard(s.text, v)
			}
			p.assign(s.text, v, scope)
		}
	case "resource":
		for _, item := range s.kids {
			p.instances(s.text, item, scope)
		}
	case "if":
		p.branch(s, scope)
	case "case":
		p.cases(s, scope)
	case "call":
		p.call(s, scope)
	}
}

// assign sets a variable. What two branches of an open question set differently is not known.
func (p *puppetRun) assign(name string, v managedValue, scope *puppetScope) {
	if have, ok := scope.vars[name]; ok && p.unsure > 0 && (have.kind != v.kind || have.text != v.text) {
		v = unknownValue(name, v.file, v.line)
		v.secret = v.secret || have.secret
	}
	scope.vars[name] = v
}

// truth is what a condition comes to; known is false where it depends on the machine.
func (p *puppetRun) truth(n *puppetNode, scope *puppetScope) (is, known bool) {
	v := p.value(n, scope)
	switch v.kind {
	case valueUndef:
		return false, true
	case valueSwitch:
		return v.text == "true", true
	case valueUnknown:
		return true, false
	case valueText:
		return true, true
	}
	return true, true
}

func (p *puppetRun) branch(s *puppetNode, scope *puppetScope) {
	is, known := p.truth(s.kids[0], scope)
	if !known {
		p.unsure++
		defer func() { p.unsure-- }()
	}
	if len(s.kids) > 1 && (is || !known) {
		p.block(s.kids[1], scope)
	}
	if len(s.kids) > 2 && (!is || !known) {
		p.block(s.kids[2], scope)
	}
}

// cases works out the option that fits; where an earlier one might fit, too, all that might.
func (p *puppetRun) cases(s *puppetNode, scope *puppetScope) {
	subject := p.value(s.kids[0], scope)
	var might []*puppetNode
	for _, option := range s.kids[1:] {
		is, known := p.option(subject, option.kids[0].kids, scope)
		if is && known && len(might) == 0 {
			p.block(option.kids[1], scope)
			return
		}
		if is || !known {
			might = append(might, option.kids[1])
		}
		if is && known {
			break
		}
	}
	p.unsure++
	for _, body := range might {
		p.block(body, scope)
	}
	p.unsure--
}

// option says whether one of an option's values fits.
func (p *puppetRun) option(subject managedValue, values []*puppetNode, scope *puppetScope) (is, known bool) {
	known = true
	for _, value := range values {
		if value != nil && value.op == "default" {
			return true, known
		}
		fits, sure := p.matches(subject, value, scope)
		if fits && sure {
			return true, true
		}
		known = known && sure
	}
	return false, known
}

// instances declares a resource for each of its titles.
func (p *puppetRun) instances(kind string, item *puppetNode, scope *puppetScope) {
	kind = strings.TrimPrefix(strings.ToLower(kind), "::")
	title := p.value(item.kids[0], scope)
	titles := title.items()
	if title.kind == valueHash {
		return
	}
	for _, one := range titles {
		m := &managed{kind: kind, title: one.text, file: scope.file, line: item.line}
		if one.secret {
			m.title = "${secret}"
		}
		p.attributes(m, item.kids[1:], scope)
		for _, d := range p.defaults(kind, scope) {
			if _, given := m.attrs.get(d.text); !given && len(d.kids) > 0 {
				m.set(d.text, guard(d.text, p.value(d.kids[0], scope).at(scope.file, d.line)))
			}
		}
		p.declare(m, scope)
	}
}

// attributes works out what is given in the braces; * takes a whole hash.
func (p *puppetRun) attributes(m *managed, attrs []*puppetNode, scope *puppetScope) {
	for _, a := range attrs {
		if len(a.kids) == 0 {
			continue
		}
		if a.text == "*" {
			all := p.value(a.kids[0], scope)
			for _, key := range all.keys {
				m.set(key, guard(key, all.hash[key].at(scope.file, a.line)))
			}
			continue
		}
		v := guard(a.text, p.value(a.kids[0], scope))
		if v.file == "" {
			v = v.at(scope.file, a.line)
		}
		m.set(a.text, v)
	}
}

// defaults are those of the scope and of the scopes around it.
func (p *puppetRun) defaults(kind string, scope *puppetScope) []*puppetNode {
	var all []*puppetNode
	for depth := 0; scope != nil && depth < maxPuppetDepth; depth++ {
		all = append(all, scope.defaults[kind]...)
		scope = scope.parent
	}
	return all
}

// call runs the functions that declare something; the others give values and stand in expressions.
func (p *puppetRun) call(s *puppetNode, scope *puppetScope) {
	if n := len(s.kids); n > 0 && s.kids[n-1] != nil && s.kids[n-1].op == "lambda" {
		p.loop(s, scope)
		return
	}
	switch s.text {
	case "include", "require", "contain", "class":
		for _, arg := range s.kids {
			for _, name := range p.value(arg, scope).texts() {
				p.class(name)
				if scope.owner != nil {
					away := p.w.classes[strings.ToLower(strings.TrimPrefix(name, "::"))] == nil
					p.add(&managed{kind: "include", title: name, file: scope.file, line: s.line, outer: scope.owner, away: away})
				}
			}
		}
	case "create_resources", "ensure_resources":
		p.create(s, scope)
	case "ensure_resource", "ensure_packages":
		p.ensure(s, scope)
	}
}

// create declares a resource for each entry of a hash.
func (p *puppetRun) create(s *puppetNode, scope *puppetScope) {
	if len(s.kids) < 2 {
		return
	}
	kind := strings.TrimPrefix(strings.ToLower(strings.TrimPrefix(p.value(s.kids[0], scope).text, "@")), "::")
	all := p.value(s.kids[1], scope)
	var defaults managedValue
	if len(s.kids) > 2 {
		defaults = p.value(s.kids[2], scope)
	}
	for _, title := range all.keys {
		item := all.hash[title]
		m := &managed{kind: kind, title: title, file: scope.file, line: s.line}
		if item.file != "" {
			m.file, m.line = item.file, item.line
		}
		for _, set := range []managedValue{item, defaults} {
			for _, key := range set.keys {
				if _, given := m.attrs.get(key); !given {
					m.set(key, guard(key, p.filled(set.hash[key], 0)))
				}
			}
		}
		p.declare(m, scope)
	}
}

func (p *puppetRun) ensure(s *puppetNode, scope *puppetScope) {
	args := s.kids
	kind := "package"
	if s.text == "ensure_resource" && len(args) > 0 {
		kind = p.value(args[0], scope).text
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	for _, title := range p.value(args[0], scope).texts() {
		m := &managed{kind: strings.ToLower(kind), title: title, file: scope.file, line: s.line}
		if len(args) > 1 {
			set := p.value(args[1], scope)
			for _, key := range set.keys {
				m.set(key, guard(key, set.hash[key]))
			}
		}
		p.declare(m, scope)
	}
}

// loop runs the block of each(), map() and their like for every item of a known list.
func (p *puppetRun) loop(s *puppetNode, scope *puppetScope) {
	lambda := s.kids[len(s.kids)-1]
	if len(lambda.kids) < 2 || len(s.kids) < 2 || p.depth >= maxPuppetCalls {
		return
	}
	over := p.value(s.kids[0], scope)
	params := lambda.kids[0].kids
	run := func(values ...managedValue) {
		p.depth++
		p.block(lambda.kids[1], scope.within(params, values...))
		p.depth--
	}
	if s.text == "with" {
		run(over)
		return
	}
	for _, pair := range over.pairs() {
		if over.kind == valueList && len(params) < 2 {
			run(pair.item)
		} else {
			run(pair.key, pair.item)
		}
	}
}
