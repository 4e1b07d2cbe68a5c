package requests

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// word is a piece of an assert of hurl: a bare word, or a value.
type word struct {
	text  string
	value any // nil for a bare word
	kind  string
}

var hurlNumber = pattern.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// hurlWords takes a line of [Asserts] or [Captures] apart.
func (h *hurl) hurlWords(line string) ([]word, error) {
	var out []word
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		switch c := line[0]; {
		case c == '"' || c == '`':
			end := closing(line, c)
			if end < 0 {
				return nil, fmt.Errorf("a text that does not end")
			}
			text := line[1:end]
			if c == '"' {
				text = hurlEscapes(text)
			}
			filled, err := h.vars.fill(text)
			if err != nil {
				return nil, err
			}
			out = append(out, word{text, filled, "text"})
			line = line[end+1:]
		case c == '/' && len(out) > 0:
			end := closing(line, '/')
			if end < 0 {
				return nil, fmt.Errorf("a pattern that does not end")
			}
			out = append(out, word{line[1:end], strings.ReplaceAll(line[1:end], `\/`, "/"), "regex"})
			line = line[end+1:]
		default:
			end := strings.IndexAny(line, " \t")
			if strings.HasPrefix(line, "{{") {
				if stop := strings.Index(line, "}}"); stop > 0 {
					end = stop + 2
				}
			}
			if end < 0 {
				end = len(line)
			}
			w, err := h.bareWord(line[:end])
			if err != nil {
				return nil, err
			}
			out = append(out, w)
			line = line[end:]
		}
	}
	return out, nil
}

func (h *hurl) bareWord(text string) (word, error) {
	switch {
	case text == "true" || text == "false":
		return word{text, text == "true", "bool"}, nil
	case text == "null":
		return word{text, nil, "null"}, nil
	case hurlNumber.MatchString(text):
		return word{text, json.Number(text), "number"}, nil
	case strings.HasPrefix(text, "{{"):
		filled, err := h.vars.fill(text)
		if err != nil || strings.HasPrefix(filled, "$") || strings.HasPrefix(filled, "{{") {
			return word{text, filled, "variable"}, err
		}
		if w, err := h.bareWord(filled); err == nil && w.kind != "word" { // what the file says it is: a number, true
			return w, nil
		}
		return word{text, filled, "text"}, nil
	case hurlHex.MatchString(text):
		return word{text, strings.ToLower(hurlHex.FindStringSubmatch(text)[1]), "hex"}, nil
	case strings.HasPrefix(text, "hex,"), strings.HasPrefix(text, "base64,"), strings.HasPrefix(text, "file,"):
		return word{text, text, "bytes"}, nil
	}
	return word{text: text, kind: "word"}, nil
}

var hurlHex = pattern.MustCompile(`^hex,\s*([0-9A-Fa-f]+);$`)

// closing is where the quote that opens a text ends it, or -1.
func closing(line string, quote byte) int {
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return -1
}

// hurlQueries are the queries that take no word, and those that take one, with our kinds.
var (
	hurlPlain = map[string]string{"status": OfStatus, "body": OfBody, "bytes": OfBytes, "rawbytes": OfBytes, "duration": OfDuration, "sha256": OfSHA256, "md5": OfMD5, "url": OfURL, "version": OfVersion, "ip": OfOther, "redirects": OfRedirects}
	hurlNamed = map[string]string{"header": OfHeader, "cookie": OfCookie, "jsonpath": OfJSON, "xpath": OfXML, "regex": OfRegex, "variable": OfVariable, "certificate": OfCertificate}
)

// query takes the words of a query from the front.
func hurlQuery(words []word) (Query, []word, error) {
	if len(words) == 0 {
		return Query{}, nil, fmt.Errorf("it asks nothing")
	}
	name := words[0].text
	if kind, ok := hurlPlain[name]; ok {
		q := Query{Kind: kind}
		if kind == OfOther {
			q.Arg = name
		}
		return hurlFilters(q, words[1:])
	}
	kind, ok := hurlNamed[name]
	if !ok || len(words) < 2 {
		return Query{}, nil, fmt.Errorf("%q is no query that is known", name)
	}
	arg, _ := words[1].value.(string)
	return hurlFilters(Query{Kind: kind, Arg: arg}, words[2:])
}

// hurlFilterArgs are the filters, with how many words each takes.
var hurlFilterArgs = map[string]int{
	"count": 0, "first": 0, "last": 0, "nth": 1, "regex": 1, "replace": 2, "replaceRegex": 2, "split": 1, "toInt": 0, "toFloat": 0, "toString": 0, "toDate": 1, "format": 1, "dateFormat": 1,
	"decode": 1, "daysAfterNow": 0, "daysBeforeNow": 0, "htmlEscape": 0, "htmlUnescape": 0, "urlEncode": 0, "urlDecode": 0, "urlQueryParam": 1, "jsonpath": 1, "xpath": 1,
	"base64Decode": 0, "base64Encode": 0, "base64UrlSafeDecode": 0, "base64UrlSafeEncode": 0, "utf8Decode": 0, "utf8Encode": 0, "toHex": 0, "location": 0, "charsetDecode": 1,
}

func hurlFilters(q Query, words []word) (Query, []word, error) {
	for len(words) > 0 && words[0].kind == "word" {
		n, ok := hurlFilterArgs[words[0].text]
		if !ok {
			break
		}
		if len(words) < n+1 {
			return q, nil, fmt.Errorf("the filter %s lacks what it takes", words[0].text)
		}
		f := Filter{Name: words[0].text}
		for _, w := range words[1 : n+1] {
			f.Args = append(f.Args, w.value)
		}
		q.Filters = append(q.Filters, f)
		words = words[n+1:]
	}
	return q, words, nil
}

func (h *hurl) capture(name, text string, captured map[string]bool) {
	words, err := h.hurlWords(text)
	var q Query
	if err == nil {
		q, words, err = hurlQuery(words)
	}
	if err == nil && len(words) > 0 && words[0].text != "redact" {
		err = fmt.Errorf("%q is not understood", words[0].text)
	}
	if err != nil {
		h.left(h.at+1, "capture "+name, "%v", err)
		return
	}
	captured[nameOf(name)] = true
	h.r.Capture = append(h.r.Capture, Capture{h.at + 1, nameOf(name), q})
}

func (h *hurl) assert(line string) {
	words, err := h.hurlWords(line)
	var q Query
	if err == nil {
		q, words, err = hurlQuery(words)
	}
	var a Assert
	if err == nil {
		a, err = hurlPredicate(q, words)
	}
	if err != nil {
		h.left(h.at+1, "assert "+line, "%v", err)
		return
	}
	a.Line = h.at + 1
	h.r.Asserts = append(h.r.Asserts, a)
}

// hurlOps are the predicates that take a value; those in words are the old spelling.
var hurlOps = map[string]string{
	"==": Equal, "!=": NotEqual, "<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual, "equals": Equal, "notEquals": NotEqual, "lessThan": Less, "lessThanOrEquals": LessEqual, "greaterThan": Greater, "greaterThanOrEquals": GreaterEqual,
	"contains": Contains, "includes": Contains, "matches": Matches, "startsWith": Matches, "endsWith": Matches, "countEquals": Equal,
}

// hurlTypes are the predicates that name a type, with ours.
var hurlTypes = map[string]string{
	"isString": "string", "isInteger": "integer", "isFloat": "number", "isNumber": "number", "isBoolean": "boolean", "isCollection": "array", "isList": "array", "isObject": "object",
}

// hurlPatterns are the predicates that a pattern says as well.
var hurlPatterns = map[string]string{
	"isIsoDate": `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`, "isIpv4": `^\d{1,3}(\.\d{1,3}){3}$`, "isIpv6": `^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$`,
	"isUuid": `^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`,
}

var opposites = map[string]string{
	Equal: NotEqual, NotEqual: Equal, Less: GreaterEqual, LessEqual: Greater, Greater: LessEqual, GreaterEqual: Less, Contains: NotContains, Matches: NotMatches, Exists: NotExists, Is: NotIs,
}

func hurlPredicate(q Query, words []word) (Assert, error) {
	a := Assert{Query: q}
	not := len(words) > 0 && words[0].text == "not"
	if not {
		words = words[1:]
	}
	if len(words) == 0 {
		return a, fmt.Errorf("it says nothing of what must be")
	}
	name := words[0].text
	switch op, takes := hurlOps[name]; {
	case takes && len(words) == 2:
		a.Op, a.Value = op, words[1].value
		if words[1].kind == "bytes" || words[1].kind == "hex" && q.Kind != OfSHA256 && q.Kind != OfMD5 {
			return a, fmt.Errorf("it compares bytes, which a check does not do")
		}
		if name == "countEquals" {
			a.Query.Filters = append(a.Query.Filters, Filter{Name: "count"})
		}
		text, _ := words[1].value.(string)
		switch name {
		case "startsWith":
			a.Value = "^" + regexp.QuoteMeta(text)
		case "endsWith":
			a.Value = regexp.QuoteMeta(text) + "$"
		}
	case len(words) != 1:
		return a, fmt.Errorf("%q is not understood", name)
	case name == "exists":
		a.Op = Exists
	case name == "isEmpty":
		a.Op, a.Value = Equal, json.Number("0")
		a.Query.Filters = append(a.Query.Filters, Filter{Name: "count"})
	case hurlTypes[name] != "":
		a.Op, a.Value = Is, hurlTypes[name]
	case hurlPatterns[name] != "":
		a.Op, a.Value = Matches, hurlPatterns[name]
	default:
		return a, fmt.Errorf("%q is no predicate that is known", name)
	}
	if not {
		a.Op = opposites[a.Op]
	}
	return a, a.typed()
}

// typed gives the values of a status and a duration their form.
func (a *Assert) typed() error {
	text := fmt.Sprint(a.Value)
	switch a.Query.Kind {
	case OfStatus:
		a.statuses()
		if text = fmt.Sprint(a.Value); a.Op == Equal && len(a.Query.Filters) == 0 {
			if _, list := a.Value.([]string); list {
				return nil
			}
			a.Value = []string{text}
		}
	case OfDuration:
		d, ok := hurlDuration(text)
		if !ok {
			return fmt.Errorf("%q is no time", text)
		}
		a.Value = d
	}
	return nil
}

var statusPattern = pattern.MustCompile(`^\^\(((?:[1-5](?:\d\d|\\d\\d)\|?)+)\)\$$`)

// statuses reads a list of statuses and classes, which hurl can only say as a pattern.
func (a *Assert) statuses() {
	text, _ := a.Value.(string)
	m := statusPattern.FindStringSubmatch(text)
	if m == nil || a.Op != Matches || len(a.Query.Filters) != 1 || a.Query.Filters[0].Name != "toString" {
		return
	}
	a.Op, a.Value, a.Query.Filters = Equal, strings.Split(strings.ReplaceAll(strings.Trim(m[1], "|"), `\d`, "x"), "|"), nil
}
