package ops

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// value works out an expression, as far as that is possible without Ruby.
func (c *chefRun) value(n *puppetNode, scope *puppetScope) managedValue {
	if n == nil {
		return unknownValue("value", scope.file, 1)
	}
	if c.steps++; c.steps > maxPuppetSteps {
		return unknownValue("value", scope.file, n.line)
	}
	switch n.op {
	case "text":
		return textValue(n.text, scope.file, n.line)
	case "bool":
		return managedValue{kind: valueSwitch, text: n.text, file: scope.file, line: n.line}
	case "undef":
		return managedValue{kind: valueUndef}
	case "mixed":
		parts := make([]managedValue, 0, len(n.kids))
		for _, kid := range n.kids {
			parts = append(parts, c.value(kid, scope))
		}
		v := joined(parts, scope.file, n.line)
		c.steps += len(v.text) / 64
		return v
	case "array":
		v := managedValue{kind: valueList, file: scope.file, line: n.line}
		for _, kid := range n.kids {
			v.list = append(v.list, c.value(kid, scope))
		}
		return bounded(v)
	case "hash":
		return c.hash(n, scope)
	case "var", "index", "call":
		return c.named(n, scope)
	case "binary":
		return c.binary(n, scope)
	case "choice":
		return c.choice(n, scope)
	case "not":
		v := c.value(n.kids[0], scope)
		if v.kind == valueSwitch || v.kind == valueUndef {
			return switchValue(v.text != "true")
		}
	}
	return unknownValue("value", scope.file, n.line)
}

// choice is one of two values, by a condition; not known where that is not.
func (c *chefRun) choice(n *puppetNode, scope *puppetScope) managedValue {
	cond := c.value(n.kids[0], scope)
	if cond.kind == valueUnknown || cond.open {
		return unknownValue("value", scope.file, n.line)
	}
	taken := n.kids[1]
	if cond.kind == valueUndef || cond.kind == valueSwitch && cond.text == "false" {
		taken = n.kids[2]
	}
	if taken == nil {
		return managedValue{kind: valueUndef}
	}
	return c.value(taken, scope)
}

func (c *chefRun) hash(n *puppetNode, scope *puppetScope) managedValue {
	v := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: scope.file, line: n.line}
	for i := 0; i+1 < len(n.kids); i += 2 {
		if n.kids[i] == nil {
			continue
		}
		key := c.value(n.kids[i], scope).text
		if _, have := v.hash[key]; !have {
			v.keys = append(v.keys, key)
		}
		item := c.value(n.kids[i+1], scope).at(scope.file, n.kids[i].line)
		v.hash[key] = guard(key, item)
	}
	return bounded(v)
}

func (c *chefRun) binary(n *puppetNode, scope *puppetScope) managedValue {
	left := c.value(n.kids[0], scope)
	right := managedValue{kind: valueUnknown}
	if n.text != "else" || left.kind == valueUnknown || left.kind == valueUndef || left.kind == valueSwitch {
		right = c.value(n.kids[1], scope)
	}
	switch n.text {
	case "else":
		if left.kind == valueUndef || left.kind == valueSwitch && left.text == "false" || left.kind == valueUnknown && !left.secret && right.kind != valueUnknown {
			return right
		}
		return left
	case "+":
		if left.kind == valueList {
			left.list = append(left.list[:len(left.list):len(left.list)], right.items()...)
			return bounded(left)
		}
		return joined([]managedValue{left, right}, scope.file, n.line)
	case "==", "!=":
		if is, known := sameValue(left, right); known {
			return switchValue(is == (n.text == "=="))
		}
	}
	return unknownValue("condition", scope.file, n.line)
}

// secretSources are calls that bring secrets, or what may be.
var secretSources = scan.MustCompile(`^(data_bag|data_bag_item|chef_vault_item|chef_vault|search|load|encrypted_data_bag_item|vault|citadel|secret|get_secret|read_secret)$`)

// named is a variable, an attribute of the node, or what a method makes of a value.
func (c *chefRun) named(n *puppetNode, scope *puppetScope) managedValue {
	if way, ok := c.way(n, scope); ok && len(way) > 0 {
		v := c.at(way, scope.file, n.line)
		if n.op == "call" && n.text == "values" {
			return unknownValue("values", scope.file, n.line)
		}
		return v
	}
	switch n.op {
	case "var":
		if v, ok := scope.lookup(n.text); ok {
			return v
		}
		if v, ok := c.called(n, scope); ok {
			return v
		}
		if n.text == "cookbook_name" && c.file != nil && c.file.name != "" {
			return textValue(c.file.name, scope.file, n.line)
		}
		return guard(n.text, unknownValue(placeholderName(n.text), scope.file, n.line))
	case "index":
		v := c.value(n.kids[0], scope)
		if len(n.kids) < 2 {
			return v
		}
		return c.item(v, c.value(n.kids[1], scope), n, scope)
	}
	return c.method(n, scope)
}

// called is what a method of the cookbook's own resource gives.
func (c *chefRun) called(n *puppetNode, scope *puppetScope) (managedValue, bool) {
	if c.file == nil || c.file.methods[n.text] == nil || c.depth > maxPuppetCalls {
		return managedValue{}, false
	}
	c.depth++
	defer func() { c.depth-- }()
	return c.value(c.file.methods[n.text], scope), true
}

// item is what a hash or a list holds; of what is not known, an item that is named after its key.
func (c *chefRun) item(v, key managedValue, n *puppetNode, scope *puppetScope) managedValue {
	if item, ok := v.item(key.text); ok {
		return item
	}
	u := unknownValue(placeholderName(key.text), scope.file, n.line)
	u.secret = v.secret || scan.SecretName(key.text)
	return u
}

func (c *chefRun) method(n *puppetNode, scope *puppetScope) managedValue {
	if secretSources.MatchString(n.text) {
		return secretValue(n.text, scope.file, n.line)
	}
	if n.text == "platform_family?" || n.text == "platform?" {
		return switchValue(slices.ContainsFunc(n.kids, func(kid *puppetNode) bool { return c.value(kid, scope).text == "debian" }))
	}
	if len(n.kids) == 0 {
		return unknownValue(placeholderName(n.text), scope.file, n.line)
	}
	if n.text == "join" && n.kids[0] != nil && n.kids[0].op == "var" && n.kids[0].text == "File" {
		return c.joinedPath(n, scope)
	}
	if form := dumped[n.text]; form != formUnknown {
		of := n.kids[0]
		if len(n.kids) > 1 {
			of = n.kids[1] // YAML.dump(settings)
		}
		return c.value(of, scope).document(form, scope.file, n.line)
	}
	v := c.value(n.kids[0], scope)
	switch {
	case (n.text == "compact" || n.text == "slice") && v.kind == valueHash:
		return c.picked(v, n, scope)
	case passing[n.text]:
		return v
	case n.text == "join" && v.kind == valueList:
		sep := managedValue{}
		if len(n.kids) > 1 {
			sep = c.value(n.kids[1], scope)
		}
		return joinList([]managedValue{v, sep})
	case (n.text == "first" || n.text == "last") && len(n.kids) == 1 && len(v.list) > 0:
		return v.list[map[string]int{"last": len(v.list) - 1}[n.text]]
	case n.text == "upcase" || n.text == "downcase":
		return textFunction(n.text, v)
	case (n.text == "fetch" || n.text == "dig") && len(n.kids) > 1:
		item := c.item(v, c.value(n.kids[1], scope), n, scope)
		if item.kind == valueUndef && len(n.kids) > 2 {
			return c.value(n.kids[2], scope)
		}
		return item
	case n.text == "merge" && len(n.kids) > 1:
		return deeper(c.value(n.kids[1], scope), v)
	case v.kind == valueHash && len(n.kids) == 1:
		if item, ok := v.hash[n.text]; ok {
			return item
		}
	}
	u := unknownValue(placeholderName(n.text), scope.file, n.line)
	u.secret = v.secret || scan.SecretName(n.text)
	return u
}

// picked is a hash without what is not set, or with the keys alone that slice names.
func (c *chefRun) picked(v managedValue, n *puppetNode, scope *puppetScope) managedValue {
	if n.text == "compact" {
		return v.without(func(_ string, item managedValue) bool { return item.kind == valueUndef })
	}
	wanted := map[string]bool{}
	for _, kid := range n.kids[1:] {
		wanted[c.value(kid, scope).text] = true
	}
	return v.without(func(key string, _ managedValue) bool { return !wanted[key] })
}

// joinedPath is File.join.
func (c *chefRun) joinedPath(n *puppetNode, scope *puppetScope) managedValue {
	var parts []managedValue
	for i, kid := range n.kids[1:] {
		if i > 0 {
			parts = append(parts, textValue("/", "", 0))
		}
		parts = append(parts, c.value(kid, scope))
	}
	v := joined(parts, scope.file, n.line)
	v.text = strings.ReplaceAll(v.text, "//", "/")
	return v
}

// declare adds a resource with the templates it is made from, and what a cookbook's own resource is made of.
func (c *chefRun) declare(m *managed) {
	for _, action := range m.attr("action").texts() {
		if action == "delete" || action == "remove" || action == "disable" || action == "purge" || action == "drop" {
			m.set("ensure", textValue("absent", "", 0))
		}
	}
	c.templates(m)
	c.found = append(c.found, m)
	custom := c.w.custom[m.kind]
	if custom == nil || beside.MatchString(m.kind) || c.depth > maxPuppetCalls || m.attrs.of("ensure").plain() == "absent" {
		return
	}
	m.inner = true
	given := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: m.line}
	put := func(name string, v managedValue) {
		given.keys = append(given.keys, name)
		given.hash[name] = v
	}
	put("name", textValue(m.title, m.file, m.line))
	inside := &puppetScope{vars: map[string]managedValue{}, owner: m, file: custom.file.path}
	c.properties(custom, m, inside, put)
	for _, name := range m.names {
		put(name, m.attrs.of(name))
	}
	inside.vars["new_resource"], inside.vars["params"] = given, given
	before := c.file
	c.file = custom.file
	c.depth++
	c.block(custom.body, inside)
	c.depth--
	c.file = before
}

// properties gives the defaults of a custom resource's settings, and the one that its title sets.
func (c *chefRun) properties(custom *chefCustom, m *managed, scope *puppetScope, put func(string, managedValue)) {
	for _, p := range custom.props {
		if custom.param {
			v := c.value(p, scope)
			for _, key := range v.keys {
				put(key, v.hash[key])
			}
			continue
		}
		args := p.kids[0].kids
		if len(args) == 0 || args[0] == nil {
			continue
		}
		name := c.value(args[0], scope).text
		put(name, managedValue{kind: valueUndef})
		if last := args[len(args)-1]; last != nil && last.op == "hash" {
			options := c.value(last, scope)
			if v, ok := options.hash["default"]; ok {
				put(name, v)
			}
			if options.hash["name_property"].text == "true" || options.hash["name_attribute"].text == "true" {
				put(name, textValue(m.title, m.file, m.line))
			}
		}
	}
}

// siteResource are resources that make a site of a web server of a template.
var siteResource = scan.MustCompile(`^(apache_site|apache2_site|nginx_site|nginx_app|web_app)$`)

// templates gives a resource its text as the template that it names.
func (c *chefRun) templates(m *managed) {
	cookbook := c.file.cookbook
	if other := m.attrs.of("cookbook").plain(); other != "" {
		cookbook = path.Join(path.Dir(cookbook), other)
	}
	where, kind, name := m.title, "templates", m.attrs.of("source").plain()
	if p := m.attrs.of("path").plain(); p != "" {
		where = p
	}
	switch {
	case m.kind == "template":
		if name == "" {
			name = path.Base(where) + ".erb"
		}
	case m.kind == "cookbook_file":
		if kind = "files"; name == "" {
			name = path.Base(where)
		}
	case strings.HasSuffix(m.kind, "runit_service"):
		name = "sv-" + m.title + "-run.erb"
		if other := m.attrs.of("run_template_name").plain(); other != "" {
			name = "sv-" + other + "-run.erb"
		}
	case siteResource.MatchString(m.kind):
		name = m.attr("template", "source").plain()
	default:
		return
	}
	file := c.w.t.First(path.Join(cookbook, kind), "default/"+name, name, "ubuntu/"+name, "debian/"+name)
	if file == "" {
		return
	}
	variables := maps.Clone(m.attrs.of("variables").hash)
	if variables == nil {
		variables = map[string]managedValue{}
	}
	variables["options"] = m.attr("options") // of runit's scripts
	variables["params"] = managedValue{kind: valueHash, keys: m.names, hash: m.attrs.hash()}
	content := managedValue{kind: valueUnknown, open: true, text: "${template}", file: m.file, line: m.line, template: []string{file}}
	content.scope = func(expression string) managedValue {
		expr := (&chefParser{tokens: chefTokens(expression, 1)}).expression()
		return c.value(expr, &puppetScope{vars: variables, file: file})
	}
	m.attrs.put("content", content)
}
