package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// filtered is a value behind a filter. What a filter makes of an unknown value is unknown.
func (e *jinjaExpr) filtered(v managedValue, filter string, args []managedValue) managedValue {
	switch filter {
	case "default", "d", "default_if_none":
		if v.kind == valueUndef || v.kind == valueUnknown && !v.secret && len(args) > 0 && args[0].kind != valueUndef {
			return argument(args, 0) // nothing says otherwise
		}
		return v
	case "mandatory", "safe", "string", "int", "bool", "list", "trim", "strip", "quote", "yaml_encode", "yaml_dquote", "yaml_squote", "unique", "sort", "float", "from_yaml", "flatten", "e", "escape", "from_json":
		return v
	case "tojson", "json", "yaml", "to_json", "to_nice_json":
		v.form = formJSON
		return v
	case "to_yaml", "to_nice_yaml":
		v.form = formYAML
		return v
	case "indent":
		return e.indent(v, args)
	case "combine":
		for _, other := range args {
			v = deeper(other, v)
		}
		return v
	case "union":
		if other := argument(args, 0); v.kind == valueList && other.kind == valueList {
			v = e.longer(v, other)
		}
		return v
	case "items", "dictsort":
		return jinjaItems(v, e)
	case "dict2items":
		return e.records(v, e.given(args, "key_name", "key"), e.given(args, "value_name", "value"))
	case "first", "last":
		if v.kind == valueList && len(v.list) > 0 {
			return v.list[map[string]int{"first": 0, "last": len(v.list) - 1}[filter]]
		}
	case "length", "count":
		if v.kind == valueList {
			return numberValue(len(v.list), e.run.file, e.run.line)
		}
	case "join":
		return e.joinedBy(v, argument(args, 0))
	case "split":
		return e.parted(v, argument(args, 0))
	default:
		return e.written(v, filter, args)
	}
	return e.unknown(filter)
}

// written are the filters on texts.
func (e *jinjaExpr) written(v managedValue, filter string, args []managedValue) managedValue {
	if !v.known() {
		if v.kind == valueText || v.kind == valueUnknown {
			return v
		}
		return e.unknown(filter)
	}
	switch filter {
	case "lower":
		v.text = strings.ToLower(v.text)
	case "upper":
		v.text = strings.ToUpper(v.text)
	case "basename":
		v.text = path.Base(v.text)
	case "dirname":
		v.text = path.Dir(v.text)
	case "replace":
		from, to := argument(args, 0), argument(args, 1)
		if from.text == "" || !from.known() || !to.known() {
			return e.unknown(filter)
		}
		if v.text = strings.ReplaceAll(v.text, from.text, to.text); !e.run.work.goesOn(len(v.text)/64) || len(v.text) > maxText {
			return e.unknown(filter)
		}
	case "format":
		parts := strings.Split(v.text, "{}")
		if len(parts) != len(args)+1 {
			return e.unknown(filter)
		}
		all := []managedValue{e.text(parts[0])}
		for i, arg := range args {
			all = append(all, arg, e.text(parts[i+1]))
		}
		return joined(all, e.run.file, e.run.line)
	default:
		return e.unknown(filter)
	}
	return v
}

// longer is a list with another one behind it.
func (e *jinjaExpr) longer(v, other managedValue) managedValue {
	if !e.run.work.goesOn(len(v.list) + len(other.list)) {
		return e.unknown("list")
	}
	v.list = append(slices.Clip(v.list), other.list...)
	return bounded(v)
}

// indent indents the lines of a text, or of the document that a filter before made of a hash or list.
func (e *jinjaExpr) indent(v managedValue, args []managedValue) managedValue {
	if v.form != formUnknown && (v.kind == valueHash || v.kind == valueList) {
		json := v.form == formJSON
		if v = v.each(guard).document(v.form, v.file, v.line); json {
			v.text = strings.TrimSuffix(v.text, "\n")
		}
	}
	if v.kind != valueText {
		return v
	}
	width, first := 4, e.called(args, 1, "first", "indentfirst").plain() == "true"
	if w := e.called(args, 0, "width"); w.kind != valueUndef {
		width = min(max(w.number(), 0), maxIndent)
	}
	if size := len(v.text) + width*strings.Count(v.text, "\n"); !e.run.work.goesOn(size/64) || size > maxJinjaText {
		return e.unknown("indent")
	}
	v.text = indented(v.text, width, first)
	return v
}

// called is the argument that has one of these names, or none and this place.
func (e *jinjaExpr) called(args []managedValue, place int, names ...string) managedValue {
	for i, arg := range args {
		if i < len(e.names) && (slices.Contains(names, e.names[i]) || e.names[i] == "" && i == place) {
			return arg
		}
	}
	return managedValue{kind: valueUndef}
}

// given is the text of the argument of a name, or what stands for it where there is none.
func (e *jinjaExpr) given(args []managedValue, name, otherwise string) string {
	if i := slices.Index(e.names, name); i >= 0 && i < len(args) {
		return cmp.Or(args[i].plain(), otherwise)
	}
	return otherwise
}

// records makes a list of hashes with key and value, by these names.
func (e *jinjaExpr) records(v managedValue, key, value string) managedValue {
	if v.kind != valueHash {
		return e.unknown("items")
	}
	list := managedValue{kind: valueList}
	for _, name := range v.keys {
		record := managedValue{kind: valueHash, hash: map[string]managedValue{}}
		record.keys = []string{key, value}
		record.hash[key], record.hash[value] = e.text(name), v.hash[name]
		list.list = append(list.list, record)
	}
	e.run.work.goesOn(len(list.list))
	return bounded(list)
}

func (e *jinjaExpr) joinedBy(v, by managedValue) managedValue {
	if v.kind != valueList || !by.known() && by.kind != valueUndef || !e.run.work.goesOn(len(v.list)) {
		return v
	}
	var parts []managedValue
	for i, item := range v.list {
		if i > 0 && by.text != "" {
			parts = append(parts, e.text(by.text))
		}
		parts = append(parts, item)
	}
	if len(parts) == 0 {
		return e.text("")
	}
	return joined(parts, e.run.file, e.run.line)
}

func (e *jinjaExpr) parted(v, by managedValue) managedValue {
	if !v.known() || by.kind != valueUndef && (!by.known() || by.text == "") {
		return e.unknown("split")
	}
	words := strings.Fields(v.text)
	if by.kind != valueUndef {
		words = strings.Split(v.text, by.text)
	}
	list := managedValue{kind: valueList}
	for _, word := range words {
		list.list = append(list.list, e.text(word))
	}
	return list
}
