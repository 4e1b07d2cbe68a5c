package ops

import (
	"strconv"
	"strings"
)

// jinjaRun works out expressions and templates of Jinja as far as their values are known; nothing is run.
type jinjaRun struct {
	get    func(name string) (managedValue, bool)                      // a variable
	call   func(name string, args []managedValue) (managedValue, bool) // a function, by its dotted name; may be nil
	others func(name string) bool                                      // says of a variable that only what runs elsewhere has it, which is none where a default stands; may be nil
	load   func(file string) (text string, ok bool)                    // what a template imports; may be nil
	vars   []map[string]managedValue                                   // of loops and {% set %}, the innermost last
	macros map[string]*jinjaMacro
	file   string
	line   int
	whole  bool // a whole file is filled: each node stands on a line of its own
	work   *jinjaWork
	depth  int
}

// maxJinjaDepth bounds how deep expressions, templates and what they ask for stand in each other.
const maxJinjaDepth = 60

// jinjaWork bounds what is done for one environment altogether: templates import each other in circles, loops stand within
// loops, and variables are made of each other.
type jinjaWork struct{ steps int }

const maxJinjaSteps = 1_000_000

// goesOn counts steps, and says whether there may be more. What works on a text or a list takes as many as that is long.
func (w *jinjaWork) goesOn(steps int) bool {
	w.steps += 1 + steps
	return w.steps < maxJinjaSteps
}

// jinjaExpr reads one expression; each method gives the value of its part.
type jinjaExpr struct {
	run    *jinjaRun
	tokens []jinjaToken
	at     int
	names  []string // of the arguments that were read last
}

// value works out an expression.
func (j *jinjaRun) value(text string) managedValue { return j.valueOf(lexJinja(text)) }

func (j *jinjaRun) valueOf(tokens []jinjaToken) managedValue {
	e := &jinjaExpr{run: j, tokens: tokens}
	v := e.choice()
	if v.file == "" {
		v.file, v.line = j.file, j.line
	}
	return v
}

func (e *jinjaExpr) peek() jinjaToken {
	if e.at < len(e.tokens) {
		return e.tokens[e.at]
	}
	return jinjaToken{}
}

// take goes on behind the next token where it is this one.
func (e *jinjaExpr) take(text string) bool {
	if t := e.peek(); t.text == text && t.kind != 's' && t.kind != 0 {
		e.at++
		return true
	}
	return false
}

func (e *jinjaExpr) unknown(name string) managedValue {
	return unknownValue(placeholderName(name), e.run.file, e.run.line)
}

func (e *jinjaExpr) text(s string) managedValue { return textValue(s, e.run.file, e.run.line) }

// choice is a if b else c.
func (e *jinjaExpr) choice() managedValue {
	e.run.depth++
	defer func() { e.run.depth-- }()
	if e.run.depth > maxJinjaDepth || !e.run.work.goesOn(0) {
		e.at = len(e.tokens)
		return e.unknown("value")
	}
	v := e.either()
	for e.take("if") {
		condition := e.either()
		other := managedValue{kind: valueUndef}
		if e.take("else") {
			other = e.choice()
		}
		switch is, known := jinjaTruth(condition); {
		case !known && v.kind == valueText && v.known():
			v = e.unknown("condition")
		case known && !is:
			v = other
		}
	}
	return v
}

func (e *jinjaExpr) either() managedValue { return e.joined("or", true, e.both) }

func (e *jinjaExpr) both() managedValue { return e.joined("and", false, e.negation) }

// joined are operands of a word. The value is the first whose truth decides; where that of one is not known, one after it
// that decides.
func (e *jinjaExpr) joined(word string, decides bool, operand func() managedValue) managedValue {
	v := operand()
	for e.take(word) {
		other := operand()
		is, known := jinjaTruth(v)
		if isOther, knownOther := jinjaTruth(other); known && is != decides || !known && knownOther && isOther == decides {
			v = other
		}
	}
	return v
}

func (e *jinjaExpr) negation() managedValue {
	not := false
	for e.take("not") {
		not = !not
	}
	v := e.comparison()
	if !not {
		return v
	}
	if is, known := jinjaTruth(v); known {
		return switchValue(!is)
	}
	return e.unknown("condition")
}

// jinjaTruth says what a condition takes a value for.
func jinjaTruth(v managedValue) (is, known bool) {
	switch v.kind {
	case valueUndef:
		return false, true
	case valueList:
		return len(v.list) > 0, true
	case valueHash:
		return len(v.keys) > 0, true
	case valueText, valueSwitch:
		if v.open || v.secret {
			return true, v.kind == valueText && v.text != ""
		}
		switch strings.ToLower(v.text) {
		case "", "false", "no", "off", "0", "none", "null":
			return false, true
		}
		return true, true
	}
	return false, false
}

var jinjaComparisons = []string{"==", "!=", "<=", ">=", "<", ">"}

func (e *jinjaExpr) comparison() managedValue {
	v := e.sum()
next:
	for {
		for _, op := range jinjaComparisons {
			if e.take(op) {
				v = e.compare(op, v, e.sum())
				continue next
			}
		}
		not := false
		if t := e.peek(); t.text == "not" && e.at+1 < len(e.tokens) && e.tokens[e.at+1].text == "in" {
			e.at++
			not = true
		}
		switch {
		case e.take("in"):
			v = e.contained(v, e.sum(), not)
		case e.take("is"):
			v = e.test(v)
		default:
			return v
		}
	}
}

func (e *jinjaExpr) compare(op string, a, b managedValue) managedValue {
	if !a.known() || !b.known() {
		return e.unknown("condition")
	}
	order := strings.Compare(a.text, b.text)
	if x, err := strconv.ParseFloat(a.text, 64); err == nil {
		if y, err := strconv.ParseFloat(b.text, 64); err == nil {
			order = 0
			if x < y {
				order = -1
			} else if x > y {
				order = 1
			}
		}
	}
	if strings.EqualFold(a.text, b.text) && (a.kind == valueSwitch || b.kind == valueSwitch) {
		order = 0
	}
	return switchValue(map[string]bool{"==": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[op])
}

func (e *jinjaExpr) contained(v, in managedValue, not bool) managedValue {
	if !v.known() {
		return e.unknown("condition")
	}
	found := false
	switch in.kind {
	case valueList:
		for _, item := range in.list {
			if !item.known() {
				return e.unknown("condition")
			}
			found = found || item.text == v.text
		}
	case valueHash:
		_, found = in.hash[v.text]
	case valueText:
		if in.open || in.secret {
			return e.unknown("condition")
		}
		found = strings.Contains(in.text, v.text)
	default:
		return e.unknown("condition")
	}
	return switchValue(found != not)
}

// test is the part behind is: defined, not none.
func (e *jinjaExpr) test(v managedValue) managedValue {
	not := e.take("not")
	name := e.peek().text
	e.at++
	if e.take("(") {
		e.arguments()
	}
	switch name {
	case "defined", "undefined":
		if v.kind == valueUnknown {
			return e.unknown("condition")
		}
		return switchValue((v.kind != valueUndef) == (name == "defined") != not)
	case "none":
		if v.kind == valueUnknown {
			return e.unknown("condition")
		}
		return switchValue((v.kind == valueUndef) != not)
	case "mapping":
		return switchValue((v.kind == valueHash) != not)
	case "string":
		return switchValue((v.kind == valueText) != not)
	}
	return e.unknown("condition")
}

// sum is what + - ~ * / make of their parts.
func (e *jinjaExpr) sum() managedValue {
	v := e.unary()
	for {
		op := e.peek()
		if op.kind != 'o' || !strings.Contains("+ - ~ * / // %", op.text) {
			return v
		}
		e.at++
		other := e.unary()
		switch {
		case op.text == "+" && v.kind == valueList && other.kind == valueList:
			v = e.longer(v, other)
		case op.text == "+" && (v.kind == valueList || other.kind == valueList):
			if v.kind != valueList {
				v = other
			}
		case op.text == "+" || op.text == "~" || op.text == "/" && e.run.call != nil && v.kind == valueText && strings.Contains(v.text, "/"):
			v = e.added(op.text, v, other)
		default:
			v = e.counted(op.text, v, other)
		}
	}
}

func (e *jinjaExpr) added(op string, v, other managedValue) managedValue {
	a, errA := strconv.Atoi(v.plain())
	b, errB := strconv.Atoi(other.plain())
	if op == "+" && errA == nil && errB == nil {
		return numberValue(a+b, e.run.file, e.run.line)
	}
	return joined([]managedValue{v, other}, e.run.file, e.run.line)
}

func (e *jinjaExpr) counted(op string, v, other managedValue) managedValue {
	a, errA := strconv.Atoi(v.plain())
	b, errB := strconv.Atoi(other.plain())
	if errA != nil || errB != nil || b == 0 && op != "-" && op != "*" {
		return e.unknown("value")
	}
	switch op {
	case "-":
		a -= b
	case "*":
		a *= b
	case "%":
		a %= b
	default:
		a /= b
	}
	return numberValue(a, e.run.file, e.run.line)
}

func (e *jinjaExpr) unary() managedValue {
	if e.take("-") {
		v := e.postfix()
		if n, err := strconv.Atoi(v.plain()); err == nil {
			return numberValue(-n, e.run.file, e.run.line)
		}
		return e.unknown("value")
	}
	return e.postfix()
}
