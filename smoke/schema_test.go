package smoke

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// good are files of checks that are right. All of the format stands in one of them.
var good = map[string]string{
	"nothing yet":     "checks:\n",
	"empty list":      "checks: []\n",
	"line":            "checks:\n  - GET /health -> 200 json\n",
	"line, bare":      "checks: [GET /]\n",
	"line, all of it": "checks:\n  - GET /a?b=c&d=${X:-1} -> 200,3xx application/json within 1.5s\n",
	"line, time only": "checks:\n  - HEAD /a -> 2xx within 800ms\n",
	"top":             "service: a\ntimeout: 1m30s\nheaders: {X-A: 1, X-B: true, X-C: 'Bearer ${TOKEN}'}\nchecks: [OPTIONS /]\n",
	"full": `
checks:
  - name: n
    from: f
    only: [https, outside]
    eventually: 10s
    timeout: 2s
    request: GET /a/{id}?q=${id}
    with: {id: 1}
    headers: {Accept: text/plain}
    follow: true
    expect:
      status: [200, 2xx]
      type: text
      within: 1s
      headers:
        A: 1
        B: x
        C: {present: false}
        D: {contains: a, matches: "^b", equals: c}
      body: {contains: a, matches: b}
      body.a: string
      body.b.0.c: 1.5
      body."d.e": null
      body.f: [1, {a: b}]
      body.g: {type: array, length: 3, min: 1, max: 2.5, present: true, equals: {a: 1}}
    capture: {all: body, one: body.a.b, head: headers.X-Id, code: status}
  - request: GET /b
    with: {one: $one, two: $all.x.0}
    headers: {A: "${all.x} ${one} ${two}", B: "$${}"}
    expect: {body: $one}
`,
	"one condition":     "checks: [{request: GET /, only: inside}]\n",
	"writes":            "checks: [{request: POST /, writes: true, body: {a: [1, x, null]}}, {request: PATCH /, writes: false, body: a=b}]\n",
	"reads, eventually": "checks: [{request: POST /, writes: false, eventually: 1s}]\n",
	"network":           "checks: [{tcp: ':5432'}, {tcp: 'db:1'}, {tcp: '[::1]:1', only: inside}, {tls: valid}, {tls: days_left>14}, {dns: a.b resolves}, {dns: a resolves to ::1}]\n",
	"alias":             "headers: &h {A: b}\nchecks: [{request: GET /, headers: *h}]\n",
	"any media":         "checks: [{request: GET /, expect: {type: image/*}}]\n",
}

// bad are files that both the schema and Load refuse, each with a part of Load's message.
var bad = map[string][2]string{
	"list":                 {"- GET /", "1: the file must be a mapping"},
	"no checks":            {"service: a", `no "checks"`},
	"unknown at top":       {"chekcs: []", `1: unknown key "chekcs" in the file; did you mean "checks"?`},
	"unknown in check":     {"checks:\n  - request: GET /\n    expects: {}", `3: unknown key "expects" in a check; did you mean "expect"?`},
	"unknown in expect":    {"checks:\n  - request: GET /\n    expect:\n      staus: 200", `4: unknown key "staus" in expect; did you mean "status"?`},
	"unknown matcher":      {"checks: [{request: GET /, expect: {body: {contain: a}}}]", `did you mean "contains"?`},
	"matcher of headers":   {"checks: [{request: GET /, expect: {headers: {A: {min: 1}}}}]", "unknown key"},
	"nothing near":         {"checks: [{request: GET /, zzz: 1}]", "known here: "},
	"checks no list":       {"checks: {}", "checks must be a list"},
	"check a number":       {"checks: [1]", `"1" is no check`},
	"check a list":         {"checks: [[a]]", "not a list"},
	"check null":           {"checks: [null]", "nothing is no check"},
	"line without path":    {"checks: [GET]", "is no check"},
	"line, relative":       {"checks: [GET health]", "must begin with /"},
	"line, absolute":       {"checks: ['GET http://a/b']", "host and base path come from the target"},
	"line, method":         {"checks: [GTE /a]", `did you mean "GET"?`},
	"line, small letters":  {"checks: [get /a]", `did you mean "GET"?`},
	"line, status":         {"checks: [GET /a -> 20]", `"20" is no HTTP status`},
	"line, type":           {"checks: [GET /a -> 200 jsno]", `did you mean "json"?`},
	"line, time":           {"checks: [GET /a -> 200 within 3]", "with its unit"},
	"line, writes":         {"checks: [POST /a -> 201]", "POST may change data"},
	"line, fragment":       {"checks: ['GET /a#b']", "no path of a URL"},
	"no kind":              {"checks: [{name: a}]", "it needs one of request, tcp, tls, dns"},
	"two kinds":            {"checks: [{tcp: ':1', dns: a resolves}]", "make them two"},
	"request with arrow":   {"checks: [{request: GET / -> 200}]", `stands in "expect"`},
	"request form":         {"checks: [{request: /a}]", "a method and a path"},
	"request method":       {"checks: [{request: TRACE /a}]", "no method to use here"},
	"request no text":      {"checks: [{request: 1}]", "request must be a text"},
	"expect null":          {"checks: [{request: GET /, expect: }]", "expect must be a mapping, not nothing"},
	"tcp with expect":      {"checks: [{tcp: ':1', expect: {status: 200}}]", "expect belongs to a request"},
	"name empty":           {"checks: [{request: GET /, name: ''}]", "name is empty"},
	"name a number":        {"checks: [{request: GET /, name: 1}]", `put it in quotes: "1"`},
	"only":                 {"checks: [{request: GET /, only: htps}]", `did you mean "http`},
	"only empty":           {"checks: [{request: GET /, only: []}]", "empty list"},
	"eventually":           {"checks: [{request: GET /, eventually: 3}]", "with its unit"},
	"duration unit":        {"timeout: 3us\nchecks: []", "with its unit"},
	"with":                 {"checks: [{request: 'GET /{a}', with: [1]}]", "with must be a mapping"},
	"with value":           {"checks: [{request: 'GET /{a}', with: {a: [1]}}]", "must be a text or a number"},
	"with null":            {"checks: [{request: 'GET /{a}', with: {a: }}]", "must be a text or a number"},
	"with name":            {"checks: [{request: GET /, with: {a-b: 1}}]", "no name of a variable"},
	"header name":          {"checks: [{request: GET /, headers: {'a b': 1}}]", "no name of a header"},
	"header value":         {"headers: {a: {b: c}}\nchecks: []", "must be a text or a number"},
	"follow":               {"checks: [{request: GET /, follow: 'yes'}]", "follow must be true or false"},
	"unsaid write":         {"checks: [{request: DELETE /a}]", `add "writes: true"`},
	"write, eventually":    {"checks: [{request: POST /, writes: true, eventually: 1s}]", "again and again"},
	"status":               {"checks: [{request: GET /, expect: {status: 600}}]", "is no HTTP status"},
	"status text":          {"checks: [{request: GET /, expect: {status: '200'}}]", "is no HTTP status"},
	"status class":         {"checks: [{request: GET /, expect: {status: [7xx]}}]", "is no HTTP status"},
	"status mapping":       {"checks: [{request: GET /, expect: {status: {a: b}}}]", "is no HTTP status"},
	"status empty":         {"checks: [{request: GET /, expect: {status: []}}]", "empty list"},
	"type":                 {"checks: [{request: GET /, expect: {type: htlm}}]", `did you mean "html"?`},
	"header expected null": {"checks: [{request: GET /, expect: {headers: {A: }}}]", "write {present: false}"},
	"header expected list": {"checks: [{request: GET /, expect: {headers: {A: [1]}}}]", "not a list"},
	"body says nothing":    {"checks: [{request: GET /, expect: {body: {}}}]", "says nothing to expect"},
	"body path":            {"checks: [{request: GET /, expect: {body.: 1}}]", "no path into the body"},
	"body type":            {"checks: [{request: GET /, expect: {body.a: {type: int}}}]", `none of string, number, integer`},
	"body min":             {"checks: [{request: GET /, expect: {body.a: {min: '1'}}}]", "min must be a number"},
	"body length":          {"checks: [{request: GET /, expect: {body.a: {length: -1}}}]", "whole number"},
	"capture source":       {"checks: [{request: GET /, capture: {a: cookies.x}}]", "takes body, body.some.path"},
	"capture name":         {"checks: [{request: GET /, capture: {1a: body}}]", "no name of a variable"},
	"tcp":                  {"checks: [{tcp: 5432}]", "tcp must be a text"},
	"tcp form":             {"checks: [{tcp: 'http://a:1'}]", ":PORT of the target's host"},
	"tls":                  {"checks: [{tls: days_left < 3}]", `tls takes "valid"`},
	"dns":                  {"checks: [{dns: a.b}]", "resolves"},
}

// onlyLoad are files that a schema can't find fault with.
var onlyLoad = map[string][2]string{
	"undefined":           {"checks: ['GET /{id}']", `{id} has no value`},
	"undefined, near":     {"checks: [{request: 'GET /{od}', with: {id: 1}}]", `did you mean "id"?`},
	"with unused":         {"checks: [{request: GET /, with: {id: 1}}]", `"id" of "with" is used nowhere`},
	"not captured":        {"checks: [{request: 'GET /{a}', with: {a: $first.id}}]", `no earlier check of this file captures "first"`},
	"captured later":      {"checks: [{request: 'GET /${a.b}'}, {request: GET /, capture: {a: body}}]", `no earlier check`},
	"open variable":       {"checks: [{request: GET /, headers: {A: '${B'}}]", "never closed"},
	"odd variable":        {"checks: [{request: GET /, headers: {A: '${a b}'}}]", "is no variable"},
	"regular expression":  {"checks: [{request: GET /, expect: {body: {matches: '('}}}]", "not a regular expression"},
	"escape":              {"checks: ['GET /%zz']", "no path of a URL"},
	"no time":             {"timeout: 0s\nchecks: []", "with its unit"},
	"port":                {"checks: [{tcp: ':70000'}]", ":PORT"},
	"address":             {"checks: [{dns: a resolves to b}]", "no IP address"},
	"path step":           {"checks: [{request: GET /, expect: {body.a..b: 1}}]", "no path into the body"},
	"path in capture":     {"checks: [{request: GET /, capture: {a: 'body.b.'}}]", "ends with a dot"},
	"header of two lines": {"headers: {A: \"b\\nc\"}\nchecks: []", "must be one line"},
	"not a number":        {"checks: [{request: GET /, body: [.inf]}]", "JSON knows no number"},
}

// notYAML are files on which both give up before any schema.
var notYAML = map[string][2]string{
	"syntax":    {"checks: [", "line 1"},
	"twice":     {"checks: []\nchecks: []", `2: "checks" stands twice`},
	"two files": {"checks: []\n---\nchecks: []", "a second YAML document"},
	"merge":     {"a: &a {A: b}\nheaders: {<<: *a}\nchecks: []", "merge keys (<<)"},
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("smoke.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("smoke.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asDocument is a YAML text as an editor shows it to a schema.
func asDocument(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return v // .inf
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSchemaAndLoadAgree(t *testing.T) {
	schema := compileSchema(t)
	for _, name := range slices.Sorted(maps.Keys(good)) {
		if err := schema.Validate(asDocument(t, good[name])); err != nil {
			t.Errorf("%s: the schema refuses a good file: %v", name, err)
		}
		if _, err := parseFile("f.yaml", []byte(good[name])); err != nil {
			t.Errorf("%s: Load refuses a good file: %v", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		if schema.Validate(asDocument(t, bad[name][0])) == nil {
			t.Errorf("%s: the schema accepts a bad file", name)
		}
		refuses(t, name, bad[name])
	}
	for _, name := range slices.Sorted(maps.Keys(onlyLoad)) {
		if name != "not a number" && schema.Validate(asDocument(t, onlyLoad[name][0])) != nil {
			t.Errorf("%s: the schema can say this after all; move it to bad", name)
		}
		refuses(t, name, onlyLoad[name])
	}
	for name, file := range notYAML {
		refuses(t, name, file)
	}
}

func refuses(t *testing.T, name string, file [2]string) {
	t.Helper()
	_, err := parseFile("f.yaml", []byte(file[0]))
	if err == nil || !strings.Contains(err.Error(), file[1]) || !strings.HasPrefix(err.Error(), "f.yaml:") {
		t.Errorf("%s: got %v, want an error of f.yaml with %q", name, err, file[1])
	}
}

// Every key that Load knows stands in the schema, and the other way round.
func TestSchemaHasTheKeysOfLoad(t *testing.T) {
	var schema struct {
		Properties  map[string]any
		Definitions map[string]struct {
			Properties map[string]any
			Enum       []string
		}
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	c := &checkDecoder{suiteDecoder: &suiteDecoder{}}
	tests := []struct {
		what string
		load fields
		json map[string]any
	}{
		{"the file", c.suiteDecoder.fields(), schema.Properties},
		{"a check", c.fields(), schema.Definitions["check"].Properties},
		{"expect", c.expectFields(&expectation{}), schema.Definitions["expect"].Properties},
		{"a header", c.matchFields(&match{}, headerMatchers), schema.Definitions["headerMatch"].Properties},
		{"a body", c.matchFields(&match{}, bodyMatchers), schema.Definitions["bodyMatch"].Properties},
	}
	for _, tt := range tests {
		inLoad, inSchema := slices.Sorted(maps.Keys(tt.load)), slices.Sorted(maps.Keys(tt.json))
		if !slices.Equal(inLoad, inSchema) {
			t.Errorf("keys of %s: Load has %v, the schema %v", tt.what, inLoad, inSchema)
		}
	}
	if want := []string{onlyHTTP, onlyHTTPS, onlyInside, onlyOutside}; !slices.Equal(schema.Definitions["condition"].Enum, want) {
		t.Errorf("conditions of the schema are %v, want %v", schema.Definitions["condition"].Enum, want)
	}
}
