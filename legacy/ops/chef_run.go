package ops

import (
	"path"
	"slices"
	"strings"
)

// chefRun works out the recipes for one environment.
type chefRun struct {
	w           *chefWorld
	environment string
	node        managedValue
	file        *chefFile
	found       []*managed
	steps       int
	depth       int
	unsure      int
}

func newChefRun(w *chefWorld, environment string) *chefRun {
	return &chefRun{w: w, environment: environment, node: managedValue{kind: valueHash, hash: map[string]managedValue{}}}
}

func (c *chefRun) everything() {
	c.attributes()
	c.namespaces()
	for _, f := range c.w.recipes {
		c.file = f
		title := f.name + "::" + strings.TrimSuffix(path.Base(f.path), ".rb")
		owner := &managed{kind: "class", title: title, file: f.path, line: 1, inner: true}
		c.block(f.block, &puppetScope{vars: map[string]managedValue{}, owner: owner, file: f.path})
	}
}

func (c *chefRun) block(n *puppetNode, scope *puppetScope) {
	if n == nil {
		return
	}
	for _, s := range n.kids {
		if c.steps++; s == nil || c.steps > maxPuppetSteps || len(c.found) > maxManaged {
			return
		}
		c.statement(s, scope)
	}
}

func (c *chefRun) statement(s *puppetNode, scope *puppetScope) {
	switch s.op {
	case "=":
		if len(s.kids) > 0 && s.kids[0] != nil {
			v := c.value(s.kids[0], scope).at(scope.file, s.line)
			if s.kids[0].op == "mixed" {
				v = guard(s.text, v)
			}
			if have, ok := scope.vars[s.text]; ok && c.unsure > 0 && have.text != v.text {
				v = unknownValue(s.text, scope.file, s.line)
			}
			scope.vars[s.text] = v
		}
	case "set":
		if c.put(s, scope) {
			return
		}
		if way, ok := c.way(s.kids[0], scope); ok && len(way) > 0 {
			v := c.value(s.kids[1], scope)
			if v.file == "" || v.kind != valueUndef {
				v.file, v.line = scope.file, s.line
			}
			c.set(way, v, c.unsure == 0)
		}
	case "if":
		c.branch(s, scope)
	case "case":
		c.cases(s, scope)
	case "loop":
		c.loop(s, scope)
	case "resource":
		c.resource(s, scope)
	}
}

// put sets an item of a hash that a variable holds: settings["port"] = 80.
func (c *chefRun) put(s *puppetNode, scope *puppetScope) bool {
	at := s.kids[0]
	if at == nil || at.op != "index" || len(at.kids) < 2 || at.kids[0] == nil || at.kids[0].op != "var" {
		return false
	}
	have, ok := scope.lookup(at.kids[0].text)
	key := c.value(at.kids[1], scope)
	if !ok || have.kind != valueHash || !key.known() {
		return false
	}
	v := guard(key.text, c.value(s.kids[1], scope).at(scope.file, s.line))
	one := managedValue{kind: valueHash, keys: []string{key.text}, hash: map[string]managedValue{key.text: v}}
	scope.vars[at.kids[0].text] = deeper(one, have)
	return true
}

func (c *chefRun) branch(s *puppetNode, scope *puppetScope) {
	is, known := true, false
	if s.kids[0] != nil {
		v := c.value(s.kids[0], scope)
		known = v.kind != valueUnknown && !v.open
		is = v.kind != valueUndef && !(v.kind == valueSwitch && v.text == "false")
	}
	if !known {
		c.unsure++
		defer func() { c.unsure-- }()
	}
	if is || !known {
		c.block(s.kids[1], scope)
	}
	if len(s.kids) > 2 && (!is || !known) {
		c.block(s.kids[2], scope)
	}
}

func (c *chefRun) cases(s *puppetNode, scope *puppetScope) {
	var subject managedValue
	if s.kids[0] != nil {
		subject = c.value(s.kids[0], scope)
	}
	known := subject.known()
	for _, option := range s.kids[1:] {
		fits := false
		for _, n := range option.kids[0].kids {
			if n == nil {
				continue
			}
			v := c.value(n, scope)
			fits = fits || n.op == "default" || known && v.text == subject.text
		}
		if fits && known {
			c.block(option.kids[1], scope)
			return
		}
		if !known {
			c.unsure++
			c.block(option.kids[1], scope)
			c.unsure--
		}
	}
}

// loop runs the block of LIST.each for every item of a known list.
func (c *chefRun) loop(s *puppetNode, scope *puppetScope) {
	if len(s.kids) < 3 || c.depth > maxPuppetCalls {
		return
	}
	over := s.kids[0]
	if over.op == "call" && (over.text == "each" || over.text == "each_pair" || over.text == "each_with_index" || over.text == "map" || over.text == "sort_by") && len(over.kids) > 0 {
		over = over.kids[0]
	} else if over.op == "call" {
		c.block(s.kids[2], scope)
		return
	}
	v, params := c.value(over, scope), s.kids[1].kids
	c.depth++
	defer func() { c.depth-- }()
	for _, pair := range v.pairs() {
		first, second := pair.key, pair.item
		if v.kind == valueList {
			first, second = pair.item, pair.key
		}
		c.block(s.kids[2], scope.within(params, first, second))
	}
}

// chefCalls are calls that look like resources and are none.
var chefCalls = map[string]bool{"include_recipe": true, "log": true, "puts": true, "raise": true, "property": true, "attribute": true, "action": true, "define": true, "include_attribute": true, "name": true, "description": true, "run_list": true,
	"depends": true, "default_action": true, "provides": true, "resource_name": true, "unified_mode": true, "actions": true, "load_current_value": true, "action_class": true, "not_if": true, "only_if": true, "chef_gem": true, "ohai": true, "ruby_block": true, "attr_accessor": true, "use_inline_resources": true}

// chefBare are resources that often stand without a block.
var chefBare = map[string]bool{"package": true, "service": true, "directory": true, "user": true, "group": true, "gem_package": true, "apt_package": true, "template": true, "file": true, "runit_service": true, "nginx_site": true, "python_pip": true, "link": true}

// resource declares a resource with the settings in its block.
func (c *chefRun) resource(s *puppetNode, scope *puppetScope) {
	if s.text == "declare_resource" && len(s.kids[0].kids) > 1 {
		inner := &puppetNode{op: "args", kids: s.kids[0].kids[1:], line: s.line}
		s = &puppetNode{op: "resource", text: c.value(s.kids[0].kids[0], scope).text, kids: append([]*puppetNode{inner}, s.kids[1:]...), line: s.line}
	}
	args := s.kids[0].kids
	if s.text == "include_recipe" && len(args) > 0 && scope.owner != nil {
		c.included(c.value(args[0], scope), s, scope)
	}
	if chefCalls[s.text] || len(args) == 0 || args[0] == nil || len(s.kids) < 2 && !chefBare[s.text] && c.w.custom[s.text] == nil && !bareResource(s, scope) {
		return
	}
	title := c.value(args[0], scope)
	titles := []managedValue{title}
	if title.kind == valueList {
		titles = title.items()
	}
	for _, one := range titles {
		m := &managed{kind: s.text, title: one.text, file: scope.file, line: s.line, outer: scope.owner, maybe: c.unsure > 0}
		if one.secret {
			m.title = "${secret}"
		}
		if len(args) > 1 && args[len(args)-1] != nil && args[len(args)-1].op == "hash" {
			c.pairs(m, "", c.value(args[len(args)-1], scope))
		}
		if len(s.kids) > 1 {
			c.settings(m, "", s.kids[1], scope.within(nil), 0)
		}
		c.declare(m)
	}
}

// bareResource says whether a call in a recipe looks like one of a cookbook's own resources without a block: apache_module 'ssl'.
func bareResource(s *puppetNode, scope *puppetScope) bool {
	args := s.kids[0].kids
	return scope.owner != nil && strings.Contains(s.text, "_") && len(args) == 1 && (args[0].op == "text" || args[0].op == "mixed")
}

// included notes a recipe that another one asks for: those of cookbooks that are kept elsewhere may do anything.
func (c *chefRun) included(name managedValue, s *puppetNode, scope *puppetScope) {
	cookbook, _, _ := strings.Cut(name.text, "::")
	kind := "recipes of cookbooks that are kept elsewhere"
	if slices.ContainsFunc(c.w.recipes, func(f *chefFile) bool { return f.name == cookbook }) {
		kind = "include"
	}
	if name.known() {
		c.found = append(c.found, &managed{kind: kind, title: name.text, file: scope.file, line: s.line, outer: scope.owner})
	}
}

func (c *chefRun) pairs(m *managed, prefix string, v managedValue) {
	for _, key := range v.keys {
		m.set(prefix+key, guard(key, v.hash[key]))
	}
}

// settings takes what stands in a resource's block; that of a block within gets its name in front: unicorn_port.
func (c *chefRun) settings(m *managed, prefix string, body *puppetNode, scope *puppetScope, depth int) {
	for _, s := range body.kids {
		if c.steps++; s == nil || c.steps > maxPuppetSteps || depth > 4 {
			return
		}
		switch {
		case s.op == "if":
			for _, branch := range s.kids[1:] {
				c.settings(m, prefix, branch, scope, depth+1)
			}
		case s.op == "=":
			c.statement(s, scope)
		case s.op == "resource" && chefCallback[s.text] && len(s.kids) > 1:
			c.block(s.kids[1], &puppetScope{vars: map[string]managedValue{}, parent: scope, owner: m.outer, file: scope.file})
		case s.op != "resource" || s.text == "not_if" || s.text == "only_if" || s.text == "block" || s.text == "notifies" || s.text == "subscribes":
		case len(s.kids) > 1:
			c.settings(m, prefix+s.text+"_", s.kids[1], scope, depth+1)
		default:
			m.set(prefix+s.text, guard(s.text, c.argument(s, scope)))
		}
	}
}

// chefCallback are the settings of a deployment whose blocks hold resources of their own.
var chefCallback = map[string]bool{"before_migrate": true, "before_symlink": true, "before_restart": true, "after_restart": true}

// argument is what a setting is set to: one value, or a list of several.
func (c *chefRun) argument(s *puppetNode, scope *puppetScope) managedValue {
	args := s.kids[0].kids
	var v managedValue
	switch len(args) {
	case 0:
		v = managedValue{kind: valueSwitch, text: "true"}
	case 1:
		v = c.value(args[0], scope)
	default:
		v = managedValue{kind: valueList}
		for _, a := range args {
			v.list = append(v.list, c.value(a, scope))
		}
		v = bounded(v)
	}
	return v.at(scope.file, s.line)
}
