package ops

import "strings"

// postfix is a value with what is asked of it: .name, [index], (arguments), |filter.
func (e *jinjaExpr) postfix() managedValue {
	v, name := e.primary()
	for {
		switch {
		case e.take("."):
			key := e.peek().text
			e.at++
			if e.take("(") {
				v, name = e.method(v, name, key, e.arguments()), ""
				continue
			}
			v, name = e.item(v, key), name+"."+key
		case e.take("["):
			key := e.choice()
			sliced := false
			for e.at < len(e.tokens) && !e.take("]") {
				sliced = true
				e.at++
			}
			switch {
			case sliced:
				v = e.unknown("part")
			case key.known():
				v, name = e.item(v, key.text), name+"."+key.text
			default:
				v, name = e.unknown(lastName(name)), ""
			}
		case e.take("("):
			v, name = e.function(name, e.arguments()), ""
		case e.take("|"):
			filter := e.peek().text
			e.at++
			for e.take(".") { // of a collection: ansible.builtin.default
				filter = e.peek().text
				e.at++
			}
			var args []managedValue
			if e.take("(") {
				args = e.arguments()
			}
			if (filter == "default" || filter == "d") && e.run.others != nil && e.run.others(name) {
				v = managedValue{kind: valueUndef}
			}
			v, name = e.filtered(v, filter, args), ""
		default:
			return v
		}
	}
}

func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// primary is a text, a number, a name, or what stands in brackets. The name comes along, for functions.
func (e *jinjaExpr) primary() (v managedValue, name string) {
	t := e.peek()
	e.at++
	switch {
	case t.kind == 's':
		return e.run.render(t.text), ""
	case t.kind == 'n':
		return e.text(t.text), ""
	case t.kind == 'o' && (t.text == "(" || t.text == "["):
		return e.sequence(map[string]string{"(": ")", "[": "]"}[t.text]), ""
	case t.kind == 'o' && t.text == "{":
		return e.mapping(), ""
	case t.kind == 'w':
		switch strings.ToLower(t.text) {
		case "true", "false":
			return managedValue{kind: valueSwitch, text: strings.ToLower(t.text)}, ""
		case "none", "null", "omit":
			return managedValue{kind: valueUndef}, ""
		}
		return e.run.variable(t.text), t.text
	}
	return e.unknown("value"), ""
}

// variable is what is known by a name: of a loop, of the template, of what is around it.
func (j *jinjaRun) variable(name string) managedValue {
	for i := len(j.vars) - 1; i >= 0; i-- {
		if v, ok := j.vars[i][name]; ok {
			return v
		}
	}
	if v, ok := j.get(name); ok {
		return v // what gives it has guarded it
	}
	return guard(name, unknownValue(name, j.file, j.line))
}

// sequence is a list, or what stands in parentheses.
func (e *jinjaExpr) sequence(end string) managedValue {
	v := managedValue{kind: valueList, file: e.run.file, line: e.run.line}
	comma := false
	for e.at < len(e.tokens) && !e.take(end) {
		before := e.at
		v.list = append(v.list, e.choice())
		comma = e.take(",") || comma
		if e.at == before {
			e.at++
		}
	}
	if end == ")" && !comma && len(v.list) == 1 {
		return v.list[0]
	}
	return bounded(v)
}

func (e *jinjaExpr) mapping() managedValue {
	v := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: e.run.file, line: e.run.line}
	for e.at < len(e.tokens) && !e.take("}") {
		before := e.at
		key := e.choice()
		if e.take(":") {
			v.put(key.text, e.choice())
		}
		e.take(",")
		if e.at == before {
			e.at++
		}
	}
	return bounded(v)
}

func (v *managedValue) put(key string, item managedValue) {
	if _, have := v.hash[key]; !have {
		v.keys = append(v.keys, key)
	}
	v.hash[key] = guard(key, item)
}

// arguments are those of a call, with their names: most have none, and for most calls only the value counts.
func (e *jinjaExpr) arguments() []managedValue {
	var args []managedValue
	var names []string
	for e.at < len(e.tokens) && !e.take(")") {
		before, name := e.at, ""
		if e.peek().kind == 'w' && e.at+1 < len(e.tokens) && e.tokens[e.at+1].text == "=" {
			name = e.peek().text
			e.at += 2
		}
		args, names = append(args, e.choice()), append(names, name)
		e.take(",")
		if e.at == before {
			e.at++
		}
	}
	e.names = names
	return args
}

// item is a part of a value by its key or its number.
func (e *jinjaExpr) item(v managedValue, key string) managedValue {
	if item, ok := v.item(key); ok {
		return item
	}
	return guard(key, e.unknown(key))
}

// function is a call by a name: of what the surroundings offer, otherwise not known.
func (e *jinjaExpr) function(name string, args []managedValue) managedValue {
	if e.run.call != nil {
		if v, ok := e.run.call(name, args); ok {
			return v
		}
	}
	if m := e.run.macros[name]; m != nil {
		return e.run.expand(m, args, e.names)
	}
	if name == "lookup" || name == "query" || name == "q" {
		if len(args) > 1 && args[0].text == "env" && args[1].known() {
			return guard(args[1].text, e.unknown(args[1].text))
		}
		return secretValue("lookup", e.run.file, e.run.line) // of a password store as often as of a file
	}
	if name == "range" && len(args) == 1 {
		v := managedValue{kind: valueList}
		for i := 0; i < min(args[0].number(), 20); i++ {
			v.list = append(v.list, numberValue(i, e.run.file, e.run.line))
		}
		return v
	}
	return e.unknown(lastName(name))
}

// method is a function of a value: settings.get('port', 80).
func (e *jinjaExpr) method(v managedValue, name, method string, args []managedValue) managedValue {
	switch method {
	case "get":
		if len(args) == 0 || !args[0].known() {
			return e.unknown(lastName(name))
		}
		if v.kind == valueHash {
			if item, ok := v.hash[args[0].text]; ok {
				return item
			}
			return argument(args, 1)
		}
		if len(args) > 1 && args[1].kind != valueUndef {
			return args[1] // nothing says otherwise
		}
		return guard(args[0].text, e.unknown(args[0].text))
	case "items", "iteritems":
		return jinjaItems(v, e)
	case "keys", "values":
		if list, ok := parts(v, method); ok {
			return list
		}
	case "split", "replace", "lower", "upper", "strip", "join", "format":
		if method == "join" && len(args) == 1 {
			return e.filtered(args[0], "join", []managedValue{v})
		}
		return e.filtered(v, method, args)
	}
	if e.run.call != nil {
		if v, ok := e.run.call(name+"."+method, args); ok {
			return v
		}
	}
	return e.unknown(method)
}

// jinjaItems makes a list of key and value of a hash, for loops.
func jinjaItems(v managedValue, e *jinjaExpr) managedValue {
	if v.kind != valueHash {
		return e.unknown("items")
	}
	list := managedValue{kind: valueList}
	for _, pair := range v.pairs() {
		list.list = append(list.list, managedValue{kind: valueList, list: []managedValue{pair.key, pair.item}})
	}
	e.run.work.goesOn(len(list.list))
	return bounded(list)
}

func argument(args []managedValue, n int) managedValue {
	if n < len(args) {
		return args[n]
	}
	return managedValue{kind: valueUndef}
}
