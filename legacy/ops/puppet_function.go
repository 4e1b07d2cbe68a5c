package ops

import (
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// function gives the value of a function's call; of those that need a machine, or that nobody knows, a placeholder.
func (p *puppetRun) function(n *puppetNode, scope *puppetScope) managedValue {
	switch n.text {
	case "template", "epp", "inline_template", "inline_epp", "file":
		return p.template(n, scope)
	case "hiera", "lookup", "hiera_hash", "hiera_array", "hiera_include":
		return p.hieraCall(n, scope)
	}
	args := make([]managedValue, 0, len(n.kids))
	for _, kid := range n.kids {
		if kid != nil && kid.op == "lambda" {
			return unknownValue(n.text, scope.file, n.line)
		}
		args = append(args, p.value(kid, scope))
	}
	if v, ok := pureFunction(n.text, args); ok {
		return v.at(scope.file, n.line)
	}
	u := unknownValue(placeholderName(n.text), scope.file, n.line)
	for _, a := range args {
		u.secret = u.secret || a.secret
	}
	return u
}

// pureFunction works out what depends on nothing but its arguments.
func pureFunction(name string, args []managedValue) (managedValue, bool) {
	if len(args) == 0 {
		return managedValue{}, false
	}
	first := args[0]
	switch name {
	case "pick", "pick_default":
		for _, a := range args {
			if a.kind != valueUndef && !(a.kind == valueText && a.text == "") {
				return a, true
			}
		}
		return first, true
	case "join":
		return joinList(args), true
	case "delete_undef_values":
		return withoutUndef(first), true
	case "concat", "flatten", "any2array", "unique", "sort", "union", "Array":
		return asList(args), true
	case "merge", "deep_merge", "stdlib::merge":
		merged := args[len(args)-1]
		for i := len(args) - 2; i >= 0; i-- {
			merged = deeper(merged, args[i])
		}
		return merged, merged.kind == valueHash
	case "upcase", "downcase", "capitalize", "chomp", "strip", "String", "Integer", "Numeric", "shellquote", "unwrap", "shell_escape", "any2bool", "str2bool", "Boolean", "strftime":
		return textFunction(name, first), true
	case "bool2str":
		if len(args) == 3 && first.kind == valueSwitch {
			return args[map[string]int{"true": 1, "false": 2}[first.text]], true
		}
		return textFunction(name, first), true
	case "Sensitive", "Deferred":
		first.secret = true
		return first, true
	case "regsubst":
		return substituted(args)
	case "split":
		return splitText(args)
	case "sprintf":
		return formatted(args)
	case "empty":
		return switchValue(first.kind == valueUndef || first.kind == valueText && first.text == "" || first.kind == valueList && len(first.list) == 0 || first.kind == valueHash && len(first.keys) == 0), first.kind != valueUnknown
	case "has_key", "member":
		if len(args) > 1 {
			return contained(args[1], first, "", 0), true
		}
	case "keys", "values":
		return parts(first, name)
	case "size", "length", "count":
		if first.kind == valueList {
			return numberValue(len(first.list), "", 0), true
		}
	}
	return managedValue{}, false
}

// parts are the keys of a hash, or its values.
func parts(v managedValue, which string) (managedValue, bool) {
	list := managedValue{kind: valueList}
	for _, pair := range v.pairs() {
		if which == "keys" {
			list.list = append(list.list, pair.key)
		} else {
			list.list = append(list.list, pair.item)
		}
	}
	return list, v.kind == valueHash
}

func joinList(args []managedValue) managedValue {
	sep := ""
	if len(args) > 1 {
		sep = args[1].text
	}
	var parts []managedValue
	for i, item := range args[0].items() {
		if i > 0 {
			parts = append(parts, textValue(sep, "", 0))
		}
		parts = append(parts, item)
	}
	return joined(parts, args[0].file, args[0].line)
}

func withoutUndef(v managedValue) managedValue {
	kept := v
	kept.list, kept.keys, kept.hash = nil, nil, map[string]managedValue{}
	for _, item := range v.list {
		if item.kind != valueUndef {
			kept.list = append(kept.list, item)
		}
	}
	for _, key := range v.keys {
		if v.hash[key].kind != valueUndef {
			kept.keys = append(kept.keys, key)
			kept.hash[key] = v.hash[key]
		}
	}
	return kept
}

func asList(args []managedValue) managedValue {
	v := managedValue{kind: valueList, file: args[0].file, line: args[0].line}
	for _, a := range args {
		v.list = append(v.list, a.items()...)
	}
	return bounded(v)
}

func textFunction(name string, v managedValue) managedValue {
	if v.kind == valueUnknown || v.open {
		return v
	}
	switch name {
	case "upcase":
		v.text = strings.ToUpper(v.text)
	case "downcase":
		v.text = strings.ToLower(v.text)
	case "chomp", "strip":
		v.text = strings.TrimSpace(v.text)
	case "any2bool", "str2bool", "Boolean":
		switch strings.ToLower(v.text) {
		case "true", "yes", "y", "1", "t":
			v.kind, v.text = valueSwitch, "true"
		case "false", "no", "n", "0", "f", "":
			v.kind, v.text = valueSwitch, "false"
		}
	}
	return v
}

// substituted is regsubst(text, pattern, replacement, flags).
func substituted(args []managedValue) (managedValue, bool) {
	if len(args) < 3 || !args[0].known() || len(args[1].text) > 500 {
		return args[0], args[0].kind == valueText
	}
	pattern, err := regexp.Compile(args[1].text)
	if err != nil {
		return managedValue{}, false
	}
	with := rubyGroup.ReplaceAllString(args[2].text, "$${$1}")
	v := args[0]
	if len(args) > 3 && strings.Contains(args[3].text, "G") {
		v.text = pattern.ReplaceAllString(v.text, with)
		return v, true
	}
	if m := pattern.FindStringSubmatchIndex(v.text); m != nil {
		v.text = v.text[:m[0]] + string(pattern.ExpandString(nil, with, v.text, m)) + v.text[m[1]:]
	}
	return v, true
}

var rubyGroup = scan.MustCompile(`\\(\d)`)

func splitText(args []managedValue) (managedValue, bool) {
	if len(args) < 2 || !args[0].known() || len(args[1].text) > 100 {
		return managedValue{}, false
	}
	pattern, err := regexp.Compile(args[1].text)
	if err != nil {
		return managedValue{}, false
	}
	v := managedValue{kind: valueList, file: args[0].file, line: args[0].line}
	for _, part := range pattern.Split(args[0].text, 1000) {
		item := args[0]
		item.text = part
		v.list = append(v.list, item)
	}
	return v, true
}

// formatted is sprintf with plain verbs.
func formatted(args []managedValue) (managedValue, bool) {
	var parts []managedValue
	rest, next := args[0].text, 1
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 || i+1 >= len(rest) {
			parts = append(parts, textValue(rest, args[0].file, args[0].line))
			return joined(parts, args[0].file, args[0].line), true
		}
		parts = append(parts, textValue(rest[:i], args[0].file, args[0].line))
		switch rest[i+1] {
		case '%':
			parts = append(parts, textValue("%", "", 0))
		case 's', 'd':
			if next >= len(args) {
				return managedValue{}, false
			}
			parts = append(parts, args[next])
			next++
		default:
			return managedValue{}, false
		}
		rest = rest[i+2:]
	}
}

var inlineVariable = scan.MustCompile(`^\s*<%=\s*(?:\w+(?:\.\w+)*\()?\s*@(\w+)\b[^%]*%>\s*$`)

// template is the text that a template makes: not known here, but its name is. One that only passes a variable on is that.
func (p *puppetRun) template(n *puppetNode, scope *puppetScope) managedValue {
	v := managedValue{kind: valueUnknown, open: true, text: "${" + n.text + "}", file: scope.file, line: n.line}
	if strings.HasPrefix(n.text, "inline") {
		if len(n.kids) > 0 {
			if m := inlineVariable.FindStringSubmatch(strings.ReplaceAll(p.value(n.kids[0], scope).text, "\n", " ")); m != nil {
				return p.variable(m[1], scope, n.line)
			}
		}
		return v
	}
	kind := "templates"
	if n.text == "file" {
		kind = "files"
	}
	for _, kid := range n.kids {
		for _, name := range p.value(kid, scope).texts() {
			if file := p.w.templatePath(name, kind); file != "" {
				v.template = append(v.template, file)
			}
		}
	}
	v.scope = func(name string) managedValue {
		if got, ok := scope.lookup(name); ok {
			return got
		}
		return p.variable(name, scope, n.line)
	}
	return v
}

func (p *puppetRun) hieraCall(n *puppetNode, scope *puppetScope) managedValue {
	if len(n.kids) == 0 {
		return managedValue{kind: valueUndef}
	}
	key := p.value(n.kids[0], scope).text
	if v, ok := p.hiera(key, 0); ok {
		return v.at(scope.file, n.line)
	}
	last := n.kids[len(n.kids)-1]
	if len(n.kids) > 1 && last != nil && last.op == "hash" {
		options := p.value(last, scope)
		if v, ok := options.hash["default_value"]; ok {
			return v
		}
	} else if len(n.kids) > 1 && (n.text != "lookup" || len(n.kids) > 3) {
		return guard(key, p.value(last, scope))
	}
	return guard(key, unknownValue(placeholderName(key[strings.LastIndex(key, ":")+1:]), scope.file, n.line))
}

// hiera asks the data for a key and fills in what its value refers to.
func (p *puppetRun) hiera(key string, depth int) (managedValue, bool) {
	for _, class := range p.open {
		p.asked[class][key] = true
	}
	v, ok := p.w.data.get(key, p.environment)
	if !ok {
		return v, false
	}
	return guard(key, p.filled(v, depth)), true
}

// maxHieraDepth bounds values that refer to each other.
const maxHieraDepth = 10

// filled puts values in the place of %{...}.
func (p *puppetRun) filled(v managedValue, depth int) managedValue {
	if depth > maxHieraDepth {
		return v
	}
	switch v.kind {
	case valueList, valueHash:
		return v.each(func(key string, item managedValue) managedValue {
			if item = p.filled(item, depth+1); key == "" {
				return item
			}
			return guard(key, item)
		})
	case valueText:
		if strings.Contains(v.text, "%{") {
			return p.interpolated(v, depth)
		}
	}
	return v
}

var hieraFunction = scan.MustCompile(`^(hiera|lookup|alias|literal|scope)\(\s*['"]([^'"]*)['"]\s*\)$`)

func (p *puppetRun) interpolated(v managedValue, depth int) managedValue {
	var parts []managedValue
	rest := v.text
	for {
		i := strings.Index(rest, "%{")
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			break
		}
		if i > 0 {
			parts = append(parts, textValue(rest[:i], v.file, v.line))
		}
		parts = append(parts, p.reference(strings.TrimSpace(rest[i+2:i+end]), v, depth))
		rest = rest[i+end+1:]
	}
	if rest != "" {
		parts = append(parts, textValue(rest, v.file, v.line))
	}
	if len(parts) == 1 && (parts[0].kind == valueList || parts[0].kind == valueHash) {
		return parts[0]
	}
	whole := joined(parts, v.file, v.line)
	if v.environment != "" {
		whole.environment = v.environment
	}
	whole.file, whole.line = v.file, v.line
	return whole
}

// reference is what stands in %{...}: a lookup, or a variable.
func (p *puppetRun) reference(text string, v managedValue, depth int) managedValue {
	m := hieraFunction.FindStringSubmatch(text)
	switch {
	case m == nil || m[1] == "scope":
		name := text
		if m != nil {
			name = m[2]
		}
		return p.variable("::"+strings.TrimPrefix(name, "::"), &puppetScope{vars: map[string]managedValue{}, file: v.file}, v.line)
	case m[1] == "literal":
		return textValue(m[2], v.file, v.line)
	}
	if got, ok := p.hiera(m[2], depth+1); ok {
		return got
	}
	return guard(m[2], unknownValue(placeholderName(m[2][strings.LastIndex(m[2], ":")+1:]), v.file, v.line))
}
