package ops

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// maxJinjaText bounds what loops may write.
const maxJinjaText = 1 << 20

// render fills a text that may hold expressions: a single one keeps its kind, a list stays a list.
func (j *jinjaRun) render(text string) managedValue {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return textValue(text, j.file, j.line)
	}
	j.depth++
	defer func() { j.depth-- }()
	if j.depth > maxJinjaDepth || !j.work.goesOn(len(text)/64) {
		return unknownValue("value", j.file, j.line)
	}
	nodes := parseJinja(strings.TrimSpace(text), true)
	if len(nodes) == 1 && nodes[0].kind == "out" {
		return j.value(nodes[0].text)
	}
	plain := true
	var parts []managedValue
	for _, n := range nodes {
		switch n.kind {
		case "text":
			parts = append(parts, textValue(n.text, "", 0))
		case "out":
			parts = append(parts, j.value(n.text))
		default:
			plain = false
		}
	}
	if plain {
		return joined(parts, j.file, j.line)
	}
	w := &jinjaWriter{}
	j.write(nodes, w)
	v := textValue(strings.TrimSpace(w.b.String()), j.file, j.line)
	return partlyKnown(v)
}

var heldPlace = scan.MustCompile(`\$\{(\w+)\}`)

// partlyKnown marks a text with placeholders in it as not all known, and secret where one of them is.
func partlyKnown(v managedValue) managedValue {
	for _, m := range heldPlace.FindAllStringSubmatch(v.text, -1) {
		v.open = true
		if guard(m[1], unknownValue(m[1], "", 0)).secret || m[1] == "lookup" {
			v.secret = true
		}
	}
	return v
}

// template fills a whole file; lines says for each line from which line of the template it comes.
func (j *jinjaRun) template(text string, trim bool) (filled string, lines []int) {
	w := &jinjaWriter{}
	j.whole = true
	if len(j.vars) == 0 {
		j.vars = append(j.vars, map[string]managedValue{})
	}
	if j.work.goesOn(len(text) / 64) {
		j.write(parseJinja(text, trim), w)
	}
	return w.b.String(), w.lines
}

func (j *jinjaRun) write(nodes []*jinjaNode, w *jinjaWriter) {
	j.depth++
	defer func() { j.depth-- }()
	for _, n := range nodes {
		if !j.work.goesOn(len(n.text)/64) || j.depth > maxJinjaDepth || w.b.Len() > maxJinjaText {
			return
		}
		if j.whole {
			j.line = n.line
		}
		switch n.kind {
		case "text":
			w.write(n.text, n.line, true)
		case "out":
			shown := shownValue(j.value(n.text))
			j.work.goesOn(len(shown) / 64)
			w.write(shown, n.line, false)
		case "if":
			j.branch(n, w)
		case "for":
			j.loop(n, w)
		case "set":
			j.assign(n)
		case "macro":
			j.define(n)
		case "raw":
			j.write(n.body, w)
		case "import", "from":
			j.imports(n)
		case "include":
			j.include(n, w)
		case "import_yaml", "load_yaml":
			j.data(n)
		case "filter", "block", "with", "call", "autoescape":
			j.write(n.body, w)
		}
	}
}

// branch writes what a condition leads to, and every branch where it is not known.
func (j *jinjaRun) branch(n *jinjaNode, w *jinjaWriter) {
	for ; n != nil; n = n.next {
		is, known := true, true
		if n.kind != "else" {
			is, known = jinjaTruth(j.value(n.text))
		}
		if is || !known {
			j.write(n.body, w)
		}
		if is && known {
			return
		}
	}
}

// loop writes its body for each item, and once for a list that is not known.
func (j *jinjaRun) loop(n *jinjaNode, w *jinjaWriter) {
	names, list, _ := strings.Cut(n.text, " in ")
	list = strings.TrimSuffix(strings.TrimSpace(list), " recursive")
	v := j.value(list)
	items := v.list
	if v.kind == valueHash {
		items = nil
		for _, key := range v.keys {
			items = append(items, textValue(key, j.file, j.line))
		}
	} else if v.kind != valueList && v.kind != valueUndef {
		items = []managedValue{{kind: valueUnknown}}
	}
	if len(items) == 0 && n.next != nil {
		j.write(n.next.body, w)
	}
	targets := strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' || r == '(' || r == ')' })
	for _, item := range items {
		if !j.work.goesOn(len(targets)) {
			return
		}
		vars := map[string]managedValue{}
		for i, name := range targets {
			switch {
			case len(targets) == 1 && item.kind != valueUnknown:
				vars[name] = item
			case item.kind == valueList && i < len(item.list):
				vars[name] = item.list[i]
			default:
				vars[name] = unknownValue(name, j.file, j.line)
			}
			if i == 1 && item.kind == valueList && len(item.list) > 1 {
				vars[name] = guard(item.list[0].text, vars[name])
			}
		}
		j.vars = append(j.vars, vars)
		j.write(n.body, w)
		j.vars = j.vars[:len(j.vars)-1]
	}
}

// assign keeps a variable of the template: in the block where it stands.
func (j *jinjaRun) assign(n *jinjaNode) {
	name, expression, ok := strings.Cut(n.text, "=")
	name = strings.TrimSpace(name)
	if len(j.vars) == 0 {
		j.vars = append(j.vars, map[string]managedValue{})
	}
	here := j.vars[len(j.vars)-1]
	if !ok {
		w := &jinjaWriter{}
		j.write(n.body, w)
		here[name] = partlyKnown(textValue(w.b.String(), j.file, n.line))
		return
	}
	here[name] = guard(name, j.value(expression))
}

// include writes another template in the place of {% include "shop/part.j2" %}. Its lines count as that of the statement.
func (j *jinjaRun) include(n *jinjaNode, w *jinjaWriter) {
	name, _, _ := strings.Cut(strings.TrimSpace(n.text), " ignore")
	name, _, _ = strings.Cut(name, " with")
	file := j.value(name)
	if j.load == nil || !file.known() || j.depth > maxJinjaDepth/2 {
		return
	}
	text, ok := j.load(file.text)
	if !ok || !j.work.goesOn(len(text)/16) {
		return
	}
	inner := &jinjaRun{get: j.get, call: j.call, load: j.load, vars: j.vars, macros: j.macros, file: j.file, line: n.line, depth: j.depth + maxJinjaDepth/6, work: j.work}
	part := &jinjaWriter{}
	inner.write(parseJinja(text, true), part)
	w.write(part.b.String(), n.line, false)
}

// named is the file that a statement names: in quotes, or by an expression such as tpldir ~ "/map.jinja".
func (j *jinjaRun) named(file string) string {
	file = strings.TrimSpace(file)
	if v := j.value(file); v.known() {
		return v.text
	}
	return strings.Trim(file, `"'`)
}

// imports takes over what another template sets: {% from "shop/map.jinja" import shop with context %}.
func (j *jinjaRun) imports(n *jinjaNode) {
	file, rest, _ := strings.Cut(n.text, " import ")
	if n.kind == "import" {
		file, rest, _ = strings.Cut(n.text, " as ")
	}
	if j.load == nil || j.depth > maxJinjaDepth/2 || len(j.vars) == 0 {
		return
	}
	text, ok := j.load(j.named(file))
	if !ok {
		return
	}
	inner := &jinjaRun{get: j.get, call: j.call, load: j.load, file: j.file, depth: j.depth + maxJinjaDepth/4, work: j.work}
	inner.template(text, false)
	here := j.vars[len(j.vars)-1]
	if n.kind == "import" {
		all := managedValue{kind: valueHash, hash: map[string]managedValue{}}
		for _, name := range slices.Sorted(maps.Keys(inner.vars[0])) {
			all.put(name, inner.vars[0][name])
		}
		if name := strings.Fields(rest); len(name) > 0 {
			here[name[0]] = all
		}
		return
	}
	rest, _, _ = strings.Cut(rest, " with")
	for _, name := range strings.Split(rest, ",") {
		name, as, renamed := strings.Cut(strings.TrimSpace(name), " as ")
		if !renamed {
			as = name
		}
		if v, known := inner.vars[0][name]; known {
			here[as] = v
		}
	}
}

// data takes over YAML: {% import_yaml "shop/defaults.yaml" as defaults %} and {% load_yaml as defaults %}.
func (j *jinjaRun) data(n *jinjaNode) {
	file, name, _ := strings.Cut(" "+n.text, " as ")
	text, ok := "", false
	if n.kind == "load_yaml" {
		w := &jinjaWriter{}
		j.write(n.body, w)
		text, ok = w.b.String(), true
	} else if j.load != nil {
		text, ok = j.load(j.named(file))
	}
	if !ok || len(j.vars) == 0 {
		return
	}
	var doc yaml.Node
	if name = strings.TrimSpace(name); yaml.Unmarshal([]byte(text), &doc) == nil && len(doc.Content) > 0 {
		left := maxValues
		level := &hieraLevel{file: j.file}
		j.vars[len(j.vars)-1][name] = level.value(name, doc.Content[0], &left, 0, false)
	}
}

// shownValue is a value as a template writes it: lists and hashes as YAML, on one line unless a
// filter asks for more.
func shownValue(v managedValue) string {
	if v.form == formYAML && (v.kind == valueHash || v.kind == valueList) {
		return v.each(guard).document(v.form, v.file, v.line).text
	}
	switch v.kind {
	case valueUndef:
		return ""
	case valueList:
		items := make([]string, len(v.list))
		for i, item := range v.list {
			items[i] = shownItem(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case valueHash:
		items := make([]string, len(v.keys))
		for i, key := range v.keys {
			items[i] = strconv.Quote(key) + ": " + shownItem(guard(key, v.hash[key]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return v.text
}

func shownItem(v managedValue) string {
	if v.kind == valueList || v.kind == valueHash {
		return shownValue(v)
	}
	return strconv.Quote(v.text)
}
