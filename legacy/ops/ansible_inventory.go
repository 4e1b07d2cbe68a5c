package ops

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func writtenAt(v managedValue) string { return v.file + ":" + strconv.Itoa(v.line) }

// iniInventory reads an inventory in INI style: which groups are part of which, and the variables of groups.
func (w *ansibleWorld) iniInventory(p string) {
	text := w.t.Text(p, w.r)
	if !strings.Contains(text, "[") || strings.HasPrefix(text, "#!") || strings.HasPrefix(text, "$ANSIBLE_VAULT") {
		return
	}
	environment := inventoryEnvironment(strings.TrimSuffix(p, ".ini"))
	section := ""
	values := map[string]*managedValue{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			section = strings.Trim(line, "[]")
			continue
		}
		group, part, _ := strings.Cut(section, ":")
		switch part {
		case "":
			if name := strings.Fields(line)[0]; group != "" {
				w.partOf(name, group)
				w.hosts[name] = inventoryHost{p, i + 1, environment}
			}
		case "children":
			w.partOf(strings.Fields(line)[0], group)
		case "vars":
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			if values[group] == nil {
				values[group] = &managedValue{kind: valueHash, hash: map[string]managedValue{}, file: p}
			}
			v := textValue(strings.Trim(strings.TrimSpace(value), `"'`), p, i+1)
			v.environment = environment
			values[group].put(strings.TrimSpace(key), v)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(values)) {
		w.addInventoryVars(p, group, environment, *values[group])
	}
}

func (w *ansibleWorld) addInventoryVars(p, group, environment string, values managedValue) {
	if environment == "" {
		environment = environmentIn(group)
	}
	if !developersGroup.MatchString(p) && !developersGroup.MatchString(group) {
		w.vars = append(w.vars, ansibleVars{file: p, group: group, environment: environment, values: ofEnvironment(values, environment, 0)})
	}
}

// inventoryHost is a machine that an inventory names.
type inventoryHost struct {
	file        string
	line        int
	environment string // of the inventory
}

// environmentOf is the environment of a machine: of its inventory, its name or the one of its groups that is an environment.
func (w *ansibleWorld) environmentOf(host string) string {
	if environment := cmp.Or(w.hosts[host].environment, environmentIn(host)); environment != "" {
		return environment
	}
	found := ""
	for _, group := range w.groupsOf(host) {
		switch environment := environmentIn(group); {
		case environment != "" && found != "" && environment != found:
			return ""
		case environment != "":
			found = environment
		}
	}
	return found
}

// groupsOf are the groups that a group or a machine is a part of, and those that these are a part of.
func (w *ansibleWorld) groupsOf(name string) []string {
	groups := slices.Clone(w.groups[name])
	for i := 0; i < len(groups) && i < maxGroups; i++ {
		for _, group := range w.groups[groups[i]] {
			if !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
		}
	}
	return groups
}

// maxGroups bounds how many groups one is looked for in: they may be parts of each other.
const maxGroups = 100

// onlyHost is the machine of an environment that a play for hosts runs on, where there is just one: short names and ranges
// count as others.
func (w *ansibleWorld) onlyHost(hosts, environment string) (string, bool) {
	only := ""
	for name := range w.hosts {
		if w.environmentOf(name) != environment || !w.isHost(hosts, name) && !everyHost(hosts) {
			continue
		}
		if only != "" || !strings.Contains(name, ".") || strings.ContainsAny(name, "[:") {
			return "", false
		}
		only = name
	}
	return only, only != ""
}

// partOf remembers that a group is a part of another one, and so of those that this one is a part of.
func (w *ansibleWorld) partOf(child, group string) {
	w.groups[child] = append(w.groups[child], group)
}

// inventory reads an inventory in YAML: all: children: web: hosts and vars.
func (w *ansibleWorld) inventory(p string, doc managedValue) {
	if doc.kind != valueHash {
		return
	}
	environment := inventoryEnvironment(strings.TrimSuffix(strings.TrimSuffix(p, ".yml"), ".yaml"))
	for _, name := range doc.keys {
		w.inventoryGroup(p, name, environment, doc.hash[name], 0)
	}
}

func (w *ansibleWorld) inventoryGroup(p, name, environment string, group managedValue, depth int) {
	if group.kind != valueHash || depth > 20 {
		return
	}
	if v := group.hash["vars"]; v.kind == valueHash {
		w.addInventoryVars(p, name, environment, v)
	}
	hosts := group.hash["hosts"]
	for _, host := range hosts.keys {
		w.partOf(host, name)
		w.hosts[host] = inventoryHost{p, max(hosts.hash[host].line, 1), environment}
	}
	children := group.hash["children"]
	for _, child := range children.keys {
		w.partOf(child, name)
		w.inventoryGroup(p, child, environment, children.hash[child], depth+1)
	}
}
