package smoke

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (m match) judgeAnswer(a *answer, v values) *Failure {
	if m.what == "body" && m.wantsText() { // a text to search in, though it may be a document too
		return m.judge(strings.TrimSpace(string(a.body)), len(a.body) > 0, v)
	}
	got, found, err := m.query.find(a)
	if err != nil {
		return m.failure(m.wanted(v), err.Error())
	}
	return m.judge(got, found, v)
}

// wantsText says that the match is about characters.
func (m match) wantsText() bool {
	if m.kind != "" || m.low != nil || m.high != nil || m.length != nil || m.count != nil || m.not != nil && !m.not.wantsText() {
		return false
	}
	for _, t := range []tree{m.equals, m.contains} {
		switch t.(type) {
		case nil, template:
		default:
			return false
		}
	}
	return !m.equal || m.equals != nil
}

func (m match) failure(want, got string) *Failure {
	return &Failure{Line: m.line, What: m.what, Want: want, Got: got}
}

// isLoose says that the value has no types, so that 1 is "1".
func (m match) isLoose() bool {
	switch m.query.(type) {
	case bodyQuery, jsonPathQuery:
		return false
	}
	return true
}

// judge compares one value; found says whether the answer has it at all.
func (m match) judge(got any, found bool, v values) *Failure {
	if m.present != nil && *m.present != found {
		if found {
			return m.failure("absent", quote(got))
		}
		return m.failure("present", "absent")
	}
	if f := m.judgeCount(got, found); f != nil {
		return f
	}
	if !found {
		if m.present != nil || m.count != nil {
			return nil
		}
		return m.failure(m.wanted(v), "absent")
	}
	return firstFailure(
		func() *Failure { return m.judgeNot(got, v) },
		func() *Failure { return m.judgeEquals(got, v) },
		func() *Failure { return m.judgeContains(got, v) },
		func() *Failure { return m.judgePattern(got) },
		func() *Failure { return m.judgeKind(got) },
		func() *Failure { return m.judgeSize(got) },
	)
}

func firstFailure(judges ...func() *Failure) *Failure {
	for _, judge := range judges {
		if f := judge(); f != nil {
			return f
		}
	}
	return nil
}

// wanted is the match in words, for a value that is missing.
func (m match) wanted(v values) string {
	switch {
	case m.equal:
		if want, err := v.fill(m.equals); err == nil {
			return quote(want)
		}
	case m.has:
		if want, err := v.fill(m.contains); err == nil {
			return "something that contains " + quote(want)
		}
	case m.kind != "":
		return article(m.kind)
	case m.pattern != nil:
		return "a match of " + m.pattern.String()
	case m.low != nil:
		return fmt.Sprintf("at least %v", *m.low)
	case m.high != nil:
		return fmt.Sprintf("at most %v", *m.high)
	case m.length != nil:
		return fmt.Sprintf("a length of %d", *m.length)
	case m.not != nil:
		return m.not.unwanted(v)
	case m.present != nil && !*m.present:
		return "absent"
	}
	return "present"
}

// unwanted is the match in words where it stands under "not".
func (m match) unwanted(v values) string {
	want := m.wanted(v)
	for _, words := range [][2]string{{"something that ", "nothing that "}, {"a match of ", "no match of "}} {
		if rest, ok := strings.CutPrefix(want, words[0]); ok {
			return words[1] + rest
		}
	}
	return "anything but " + want
}

// judgeNot fails where the conditions of "not" hold.
func (m match) judgeNot(got any, v values) *Failure {
	if m.not == nil {
		return nil
	}
	inner := *m.not
	inner.query = m.query
	if inner.judge(got, true, v) != nil {
		return nil
	}
	return m.failure(inner.unwanted(v), quote(got))
}

// judgeCount compares how many values there are: of a list its items.
func (m match) judgeCount(got any, found bool) *Failure {
	if m.count == nil {
		return nil
	}
	n := 0
	if list, ok := got.([]any); ok {
		n = len(list)
	} else if found {
		n = 1
	}
	if n == *m.count {
		return nil
	}
	f := m.failure(fmt.Sprintf("%d of them", *m.count), strconv.Itoa(n))
	if n > 0 {
		f.Got += ": " + quote(got)
	}
	return f
}

func (m match) judgeEquals(got any, v values) *Failure {
	if !m.equal {
		return nil
	}
	want, err := v.fill(m.equals)
	if err != nil {
		return m.failure("a value to compare with", err.Error())
	}
	if text, ok := got.(string); ok && m.isLoose() && text == display(want) {
		return nil
	}
	if equal(want, got) || m.isMarkup() && equal(texts(want), got) {
		return nil
	}
	if t, ok := m.equals.(template); ok && !t.constant() && !isTree(got) && display(want) == display(got) {
		return nil // variables have no types either
	}
	f := m.failure(quote(want), quote(got))
	f.Diff = difference(want, got)
	return f
}

// isMarkup says that lists of values are lists of texts.
func (m match) isMarkup() bool {
	switch m.query.(type) {
	case xpathQuery, cssQuery:
		return true
	}
	return false
}

// texts is a list with its items as texts, to compare with a list of texts that were found in markup.
func texts(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = display(item)
	}
	return out
}

func (m match) judgeContains(got any, v values) *Failure {
	if !m.has {
		return nil
	}
	want, err := v.fill(m.contains)
	if err != nil {
		return m.failure("a value to look for", err.Error())
	}
	switch got := got.(type) {
	case string:
		if strings.Contains(got, display(want)) {
			return nil
		}
	case []any:
		if slices.ContainsFunc(got, func(item any) bool { return equal(want, item) }) {
			return nil
		}
	case map[string]any:
		if _, ok := got[display(want)]; ok {
			return nil
		}
	}
	return m.failure("something that contains "+quote(want), quote(got))
}

func (m match) judgePattern(got any) *Failure {
	if m.pattern == nil || m.pattern.MatchString(display(got)) {
		return nil
	}
	return m.failure("a match of "+m.pattern.String(), quote(got))
}

func (m match) judgeKind(got any) *Failure {
	if m.kind == "" || isType(got, m.kind) {
		return nil
	}
	return m.failure(article(m.kind), fmt.Sprintf("%s (%s)", quote(got), typeName(got)))
}

func (m match) judgeSize(got any) *Failure {
	if m.low != nil || m.high != nil {
		n, ok := got.(json.Number)
		if text, isText := got.(string); isText && m.isLoose() {
			n, ok = json.Number(strings.TrimSpace(text)), true
		}
		f, err := n.Float64()
		switch {
		case !ok || err != nil:
			return m.failure("a number", quote(got))
		case m.low != nil && f < *m.low:
			return m.failure(fmt.Sprintf("at least %v", *m.low), n.String())
		case m.high != nil && f > *m.high:
			return m.failure(fmt.Sprintf("at most %v", *m.high), n.String())
		}
	}
	if m.length == nil {
		return nil
	}
	n := -1
	switch got := got.(type) {
	case string:
		n = utf8.RuneCountInString(got)
	case []any:
		n = len(got)
	case map[string]any:
		n = len(got)
	}
	if n != *m.length {
		return m.failure(fmt.Sprintf("a length of %d", *m.length), fmt.Sprintf("%s, of %d", quote(got), n))
	}
	return nil
}

// quote is a value as it stands in a failure. It is not cut here: half a secret could not be told from other text.
func quote(v any) string { return asJSON(v) }

func article(kind string) string {
	switch kind {
	case "null":
		return kind
	case "integer", "array", "object":
		return "an " + kind
	}
	return "a " + kind
}
