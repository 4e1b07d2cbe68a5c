package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// attributes fills the node's attributes in Chef's order: of cookbooks, of roles and environments, of machines.
func (c *chefRun) attributes() {
	for _, name := range []string{"platform_family", "platform"} {
		c.set([]string{name}, textValue("debian", "", 0), false)
	}
	c.set([]string{"chef_environment"}, textValue(c.environmentName(), "", 0), false)
	for _, known := range chefDefaults {
		c.set([]string{known.cookbook, known.name}, textValue(known.value, "", 0), false)
	}
	for _, first := range []bool{true, false} {
		for _, f := range c.w.attributes {
			if (path.Base(f.path) == "default.rb") == first {
				c.file = f
				c.block(f.block, &puppetScope{vars: map[string]managedValue{}, file: f.path})
			}
		}
	}
	for _, f := range c.w.data {
		if !f.machine && (f.environment == "" || f.environment == c.environment) {
			c.read(f)
		}
	}
	all := c.node
	c.node = managedValue{kind: valueHash, hash: map[string]managedValue{}}
	for _, f := range c.w.data {
		if f.machine && (f.environment == "" || f.environment == c.environment) {
			c.read(f) // of two machines the first counts
		}
	}
	c.node = deeper(c.node, all)
}

// chefDefaults are attributes of cookbooks that are mostly kept elsewhere, as those have them on Debian.
var chefDefaults = []struct{ cookbook, name, value string }{
	{"nginx", "dir", "/etc/nginx"}, {"nginx", "log_dir", "/var/log/nginx"}, {"apache", "dir", "/etc/apache2"}, {"apache", "log_dir", "/var/log/apache2"},
	{"runit", "sv_dir", "/etc/sv"}, {"runit", "service_dir", "/etc/service"}, {"runit", "chpst_bin", "/usr/bin/chpst"},
}

// environmentName is what the environment is called here: prod, where environments/prod.json has what holds in production.
func (c *chefRun) environmentName() string {
	for _, f := range c.w.data {
		if f.environment == c.environment && !f.machine {
			return strings.TrimSuffix(path.Base(f.path), path.Ext(f.path))
		}
	}
	return c.environment
}

var jsonComment = scan.MustCompile(`(?m)(^|\s)//.*$`)

// read takes the attributes of a role, an environment or a node.
func (c *chefRun) read(f *chefFile) {
	c.file = f
	if f.block != nil {
		for _, s := range f.block.kids {
			if s.op == "resource" && chefSets[s.text] && len(s.kids) > 0 && len(s.kids[0].kids) > 0 {
				c.merge(c.value(s.kids[0].kids[0], &puppetScope{vars: map[string]managedValue{}, file: f.path}), f)
			}
		}
		return
	}
	var doc yaml.Node // JSON is YAML, but for the comments that Chef allows
	text := jsonComment.ReplaceAllString(c.w.t.Text(f.path, c.w.r), "$1")
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		c.w.r.Note(f.path, 0, "not understood as JSON: %v", yamlReason(err))
		return
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return
	}
	left := maxValues
	level := &hieraLevel{file: f.path, environment: f.environment}
	v := level.value("", doc.Content[0], &left, 0, false)
	for _, key := range v.keys {
		switch {
		case chefSets[key] || key == "normal" || key == "default" || key == "override":
			c.merge(v.hash[key], f)
		case f.machine && !chefAbout[key]:
			c.set([]string{key}, v.hash[key], false)
		}
	}
}

var (
	chefSets  = map[string]bool{"default_attributes": true, "override_attributes": true, "normal_attributes": true}
	chefAbout = map[string]bool{"run_list": true, "name": true, "chef_environment": true, "automatic": true, "chef_type": true, "json_class": true, "description": true, "id": true}
)

// merge puts a hash of attributes into the node's.
func (c *chefRun) merge(v managedValue, f *chefFile) {
	for _, key := range v.keys {
		item := v.hash[key]
		if f.environment != "" {
			item = inEnvironment(f.environment, item)
		}
		c.set([]string{key}, item, !f.machine)
	}
}

// inEnvironment marks a value as one that holds in an environment only.
func inEnvironment(environment string, v managedValue) managedValue {
	v.environment = environment
	if v.kind == valueHash {
		hash := make(map[string]managedValue, len(v.hash))
		for key, item := range v.hash {
			hash[key] = inEnvironment(environment, item)
		}
		v.hash = hash
	}
	return v
}

// set puts a value at a path of the node's attributes; of what is there already, it wins where over says so.
func (c *chefRun) set(at []string, v managedValue, over bool) {
	for i := len(at) - 1; i >= 0; i-- {
		v = guard(at[i], v)
		v = managedValue{kind: valueHash, keys: []string{at[i]}, hash: map[string]managedValue{at[i]: v}}
	}
	if over {
		c.node = deeper(v, c.node)
	} else {
		c.node = deeper(c.node, v)
	}
}

// at is what the node's attributes hold at a path.
func (c *chefRun) at(way []string, file string, line int) managedValue {
	v := c.node
	for i, key := range way {
		item, ok := v.hash[key]
		if !ok {
			u := unknownValue(placeholderName(way[len(way)-1]), file, line)
			for _, word := range way[i:] {
				u.secret = u.secret || scan.SecretName(word)
			}
			return u
		}
		v = item
	}
	return v
}

// way is the path that an expression names in the node's attributes: node['shop']['port'], default.shop.port.
func (c *chefRun) way(n *puppetNode, scope *puppetScope) (way []string, ok bool) {
	if n == nil {
		return nil, false
	}
	switch n.op {
	case "var":
		return nil, n.text == "node" || chefLevels[n.text]
	case "index":
		way, ok = c.way(n.kids[0], scope)
		if !ok || len(n.kids) < 2 {
			return nil, false
		}
		key := c.value(n.kids[1], scope)
		return append(way, key.text), key.known()
	case "call":
		if len(n.kids) != 1 {
			return nil, false
		}
		way, ok = c.way(n.kids[0], scope)
		if len(way) == 0 && chefLevels[n.text] || passing[n.text] {
			return way, ok
		}
		return append(way, n.text), ok
	}
	return nil, false
}

var chefLevels = map[string]bool{"default": true, "normal": true, "override": true, "set": true, "force_default": true, "force_override": true, "automatic": true, "default_unless": true, "set_unless": true}

// passing are methods that leave a value what it is, as far as that matters here.
var passing = map[string]bool{"to_s": true, "to_i": true, "to_a": true, "to_h": true, "to_hash": true, "to_sym": true, "dup": true, "freeze": true, "strip": true, "chomp": true, "compact": true, "uniq": true, "flatten": true, "sort": true, "read": true, "transform_keys": true, "deep_stringify_keys": true, "stringify_keys": true, "values": false}

// namespaces makes a class of each cookbook's attributes: what they say of a port or a host name, they say of what the
// attributes are called after.
func (c *chefRun) namespaces() {
	for _, key := range c.node.keys {
		space := c.node.hash[key]
		if space.kind != valueHash || strings.HasPrefix(key, "platform") {
			continue
		}
		m := &managed{kind: "class", title: strings.ReplaceAll(key, "-", "_"), line: 1, inner: true}
		m.by = setters(space, 0)
		switch name := c.node.hash["application"].hash["name"].plain(); {
		case name != "" && (key == "application" || strings.HasPrefix(key, "env")):
			m.title = name
		case space.hash["name"].plain() != "" && layers[key]:
			m.title = space.hash["name"].plain()
		}
		if strings.HasPrefix(key, "env") {
			m.set("environment", space)
			m.set("repository", c.node.hash["application"].hash["repository"])
		} else {
			flatten(m, "", space, 0)
		}
		for _, name := range m.names {
			if m.file = m.attrs.of(name).file; m.file != "" {
				m.file = path.Dir(m.file)
				break
			}
		}
		if m.file != "" {
			c.found = append(c.found, m)
		}
	}
}

// setters are the cookbooks whose files of attributes give these values.
func setters(v managedValue, depth int) []string {
	if before, _, ok := strings.Cut(v.file, "/attributes/"); ok {
		return []string{path.Base(before)}
	}
	for _, key := range v.keys {
		if names := setters(v.hash[key], depth+1); len(names) > 0 && depth < maxNamedDepth {
			return names
		}
	}
	return nil
}

// flatten names nested attributes with _ between: unicorn_port.
func flatten(m *managed, prefix string, v managedValue, depth int) {
	for _, key := range v.keys {
		item := v.hash[key]
		if item.kind == valueHash && depth < 3 && !strings.Contains(key, "env") {
			flatten(m, prefix+key+"_", item, depth+1)
			continue
		}
		m.set(prefix+key, item)
	}
}
