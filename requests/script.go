package requests

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// What tools run after an answer is JavaScript. Nothing is run here: the forms in which nearly everybody writes a test are
// found, and the rest is counted.

const (
	scriptPath  = `((?:\.[A-Za-z_]\w*|\[\d+\]|\[["'][^"'\]]+["']\])*)`
	scriptValue = `("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null)`
	scriptRoot  = `(response\.body|pm\.response\.json\(\)|[A-Za-z_]\w*)`
)

var (
	scriptStatus = pattern.MustCompile(`(?:response\.status|responseCode\.code|pm\.response\.code)\s*===?\s*(\d{3})|pm\.response\.to\.have\.status\((\d{3})\)|pm\.expect\(pm\.response\.(?:code|status)\)\.to\.(?:be\.)?(?:eql?|equals?|eq)\((\d{3})\)`)
	scriptStates = pattern.MustCompile(`pm\.expect\(pm\.response\.code\)\.to\.be\.oneOf\(\[([\d,\s]+)\]\)`)
	scriptHeader = pattern.MustCompile(`pm\.response\.to\.have\.header\(["']([\w-]+)["'](?:\s*,\s*["']([^"']*)["'])?\)`)
	scriptTime   = pattern.MustCompile(`(?:pm\.expect\(pm\.response\.responseTime\)\.to\.be\.(?:below|lessThan)\(|responseTime\s*<=?\s*)(\d+)`)
	scriptJSON   = pattern.MustCompile(`pm\.response\.to\.(?:be|have)\.(?:json|jsonBody\(\s*\))`)
	scriptText   = pattern.MustCompile(`pm\.expect\(pm\.response\.text\(\)\)\.to\.(?:include|contain)\(["']([^"'\n]*)["']\)|responseBody\.has\(["']([^"'\n]*)["']\)`)
	scriptMade   = pattern.MustCompile(`pm\.expect\(|client\.assert\(|tests\[|pm\.response\.to\.`)

	// scriptNamed gives a part of the answer a name: var user = body.user || {}.
	scriptNamed   = pattern.MustCompile(`(?:var|let|const)\s+([A-Za-z_]\w*)\s*=\s*(?:JSON\.parse\(responseBody\)|` + scriptRoot + scriptPath + `)\s*(?:\|\|[^;\n]*)?(?:;|\n|$)`)
	scriptSet     = pattern.MustCompile(`(?:client\.global|pm\.(?:environment|globals|collectionVariables|variables)|postman)\.set(?:EnvironmentVariable|GlobalVariable)?\(\s*["']([\w.-]+)["']\s*,\s*` + scriptRoot + scriptPath + `\s*\)`)
	scriptExpects = pattern.MustCompile(`pm\.expect\(\s*` + scriptRoot + scriptPath + `\s*\)\.to\.(?:be\.)?(?:deep\.)?(eql?|equals?|eq|an?|include|contain)\(\s*` + scriptValue + `\s*\)`)
	scriptEquals  = pattern.MustCompile(`(?:client\.assert\(|tests\[[^\]\n]+\]\s*=)\s*` + scriptRoot + scriptPath + `\s*===?\s*` + scriptValue + `\s*[,);\n]`)
	scriptOwns    = pattern.MustCompile(`(?:client\.assert\(|tests\[[^\]\n]+\]\s*=|pm\.expect\()\s*` + scriptRoot + scriptPath + `\.hasOwnProperty\(\s*["']([\w-]+)["']\s*\)`)
	scriptOwns2   = pattern.MustCompile(`pm\.expect\(\s*` + scriptRoot + scriptPath + `\s*\)\.to\.have\.(?:own\.)?property\(\s*["']([\w-]+)["']\s*\)`)
	scriptArray   = pattern.MustCompile(`(?:client\.assert\(|tests\[[^\]\n]+\]\s*=)\s*Array\.isArray\(\s*` + scriptRoot + scriptPath + `\s*\)`)
	scriptExists  = pattern.MustCompile(`pm\.expect\(\s*` + scriptRoot + scriptPath + `\s*\)\.to\.(?:exist|be\.ok|not\.be\.(?:undefined|null))\b`)
)

// script is one script while it is read.
type script struct {
	r     *Request
	line  int
	names map[string]string // of parts of the answer, as paths
}

// scripts finds in a script for the answer what a check can say: the status, headers, fields, what is kept for later.
func (f *file) scripts(r *Request, text string, line int) {
	if strings.TrimSpace(text) == "" {
		return
	}
	s := &script{r, line, map[string]string{"response.body": "$", "pm.response.json()": "$"}}
	for _, m := range scriptNamed.FindAllStringSubmatch(text, -1) {
		if strings.Contains(m[0], "JSON.parse(responseBody)") {
			s.names[m[1]] = "$"
		} else if at, known := s.path(m[2], m[3]); known {
			s.names[m[1]] = at
		}
	}
	before := len(r.Asserts)
	s.answer(text)
	s.fields(text)
	for _, m := range scriptSet.FindAllStringSubmatch(text, -1) {
		if at, known := s.path(m[2], m[3]); known && at != "$" {
			r.Capture = append(r.Capture, Capture{line, nameOf(m[1]), Query{Kind: OfJSON, Arg: at}})
		}
	}
	if made, found := len(scriptMade.FindAllString(text, -1)), len(r.Asserts)-before; made > found {
		f.left(line, fmt.Sprintf("%s, %d of the %d asserts of its script", r.Title(), made-found, made), "they are not understood")
	}
}

func (s *script) expect(q Query, op string, value any) {
	s.r.Asserts = append(s.r.Asserts, Assert{s.line, q, op, value})
}

// path is where in the answer a name with what follows it leads.
func (s *script) path(root, rest string) (string, bool) {
	at, known := s.names[root]
	return at + rest, known
}

// answer reads what is said of the answer as a whole.
func (s *script) answer(text string) {
	var states []string
	for _, m := range scriptStatus.FindAllStringSubmatch(text, -1) {
		states = append(states, m[1]+m[2]+m[3])
	}
	if m := scriptStates.FindStringSubmatch(text); m != nil {
		states = append(states, strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	if len(states) > 0 {
		s.expect(Query{Kind: OfStatus}, Equal, unique(states))
		s.r.Silent = false
	}
	for _, m := range scriptHeader.FindAllStringSubmatch(text, -1) {
		if m[2] != "" {
			s.expect(Query{Kind: OfHeader, Arg: m[1]}, Equal, plain(m[2]))
		} else {
			s.expect(Query{Kind: OfHeader, Arg: m[1]}, Exists, nil)
		}
	}
	if m := scriptTime.FindStringSubmatch(text); m != nil {
		if d, ok := hurlDuration(m[1]); ok {
			s.expect(Query{Kind: OfDuration}, Less, d)
		}
	}
	if scriptJSON.MatchString(text) {
		s.expect(Query{Kind: OfHeader, Arg: "Content-Type"}, Matches, "json")
	}
	for _, m := range scriptText.FindAllStringSubmatch(text, -1) {
		s.expect(Query{Kind: OfBody}, Contains, plain(m[1]+m[2]))
	}
}

// fields reads what is said of its parts.
func (s *script) fields(text string) {
	for _, m := range scriptExpects.FindAllStringSubmatch(text, -1) {
		s.field(m[1], m[2], m[3], m[4])
	}
	for _, m := range scriptEquals.FindAllStringSubmatch(text, -1) {
		s.field(m[1], m[2], "eq", m[3])
	}
	for _, re := range []*pattern.Pattern{scriptOwns, scriptOwns2} {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			if at, known := s.path(m[1], m[2]); known {
				s.expect(Query{Kind: OfJSON, Arg: at + `["` + m[3] + `"]`}, Exists, nil)
			}
		}
	}
	for _, m := range scriptArray.FindAllStringSubmatch(text, -1) {
		if at, known := s.path(m[1], m[2]); known {
			s.expect(Query{Kind: OfJSON, Arg: at}, Is, "array")
		}
	}
	for _, m := range scriptExists.FindAllStringSubmatch(text, -1) {
		if at, known := s.path(m[1], m[2]); known {
			s.expect(Query{Kind: OfJSON, Arg: at}, Exists, nil)
		}
	}
}

// field takes over an assert about one part of the answer.
func (s *script) field(root, rest, verb, text string) {
	at, known := s.path(root, rest)
	if !known {
		return
	}
	q := Query{Kind: OfJSON, Arg: at}
	var value any
	if quote := text[0]; quote == '"' || quote == '\'' {
		value = plain(strings.ReplaceAll(text[1:len(text)-1], `\`+string(quote), string(quote)))
	} else if v, err := decodeJSON(text); err == nil {
		value = v
	}
	switch verb {
	case "a", "an":
		if kind, ok := value.(string); ok && typeNames[kind] {
			s.expect(q, Is, kind)
		}
	case "include", "contain":
		s.expect(q, Contains, value)
	default:
		s.expect(q, Equal, value)
	}
}

var typeNames = map[string]bool{"string": true, "number": true, "boolean": true, "array": true, "object": true, "null": true}
