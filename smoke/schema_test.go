package smoke

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// fixtures are the files that checks of the tests name.
var fixtures = fstest.MapFS{
	"order.schema.json": {Data: []byte(`{"type": "object", "required": ["id"], "properties": {"id": {"$ref": "id.schema.yaml"}}}`)},
	"id.schema.yaml":    {Data: []byte("type: integer\n")},
	"far.schema.json":   {Data: []byte(`{"$ref": "https://example.com/x.json"}`)},
	"wrong.schema.json": {Data: []byte(`{"type": "strnig"}`)},
	"cat.png":           {Data: []byte("\x89PNG")},
	"order.json":        {Data: []byte(`{"id": 1}`)},
	"shared/login.yaml": {Data: []byte("headers: {X-Login: '${who}'}\nchecks:\n  - request: GET /login/{who}\n    capture: {session: headers.X-Session}\n")},
	"shared/bad.yaml":   {Data: []byte("checks:\n  - GTE /\n")},
	"circle.yaml":       {Data: []byte("checks: [{use: f.yaml}]\n")},
	"f.yaml":            {Data: []byte("checks: [{use: circle.yaml}]\n")},
}

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
	"new at top":        "auth: {user: a, password: '${PASS}'}\ntags: [a, b]\nvalues: {limit: 1, name: x}\nsecrets: customer\nchecks: [GET /]\n",
	"sends": `
checks:
  - request: POST /a?x=1
    writes: false
    query: {limit: 1, tag: [a, "${B}"]}
    form: {title: a b, "list[]": [1, 2]}
    files: {photo: cat.png, other: {file: cat.png, name: x.png, type: image/png}}
    cookies: {sid: "${SID}"}
    auth: {bearer: "${TOKEN}"}
  - {request: PUT /b, writes: true, body_file: order.json, follow: 3}
  - {request: GET /c, headers: {Accept-Encoding: gzip}, auth: {user: me}}
`,
	"queries": `
checks:
  - request: GET /a
    expect:
      $.items[?@.price > 10].name: [a, b]
      "$": object
      $.a: {count: 1, type: array}
      xpath //h1/text(): Shop
      xpath count(//li): 3
      css h1.title: {matches: "^S", not: {contains: x}}
      css a.next@href: /page/2
      regex version=(\d+): 3
      cookies.sid: {present: true}
      cookies.sid.httponly: true
      headers.Location: /x
      size: {min: 10, max: 100}
      time: {max: 500}
      url: {contains: a}
      redirects: 0
      protocol: HTTP/2
      sha256: {length: 64}
      md5: {length: 32}
      certificate.days_left: {min: 14}
      certificate.names: {contains: example.com}
      headers: {X-Rate: {min: 1, not: 7}}
      schema: order.schema.json
      expr: ["status == 200 && json.total > 3", size < 100]
      body.a: {not: 1}
    capture:
      a: $.items[0].id
      b: xpath //a/@href
      c: css h1
      d: regex x=(.)
      e: {query: headers.Location, matches: "/orders/([0-9]+)"}
      f: cookies.sid
      g: certificate.issuer
  - {request: GET /b, expect: {schema: {type: object}, expr: "a == 1 && b != ''"}}
`,
	"kinds": `
checks:
  - websocket: /socket/{room}?x=1
    with: {room: 1}
    headers: {Origin: a}
    expect: {headers: {Sec-WebSocket-Protocol: chat}, within: 1s}
  - {tls: ":8443 valid", expect: {certificate.issuer: {contains: x}, protocol: TLS 1.3}, capture: {until: certificate.expires}}
  - {grpc: health}
  - {grpc: ":9090 health"}
  - {grpc: "a:9090 health shop.v1.Orders over tls", expect: {within: 1s}}
  - {grpc: health over tls}
  - {hello: postgres}
  - {hello: "redis cache:6379 over tls", only: inside}
  - {hello: rabbitmq mq}
  - {hello: amqp :5672}
  - {exec: bin/check --fast, expect: {exit: 3, body: {contains: OK}, $.a: 1}, capture: {version: body}}
  - {exec: [bin/check, 3], writes: true}
  - {tcp: "${DB_HOST}:5432"}
  - {dns: "{name} resolves", with: {name: [a.example, b.example]}}
  - {use: shared/login.yaml, with: {who: me}}
  - {request: GET /me, headers: {X-Session: $session}}
`,
	"rows": `
checks:
  - {name: "user {id}", tags: [a], request: "GET /u/{id}?q={q}", with: {id: [1, 2], q: [x, y]}}
  - {request: "GET /u/{id}", with: [{id: 1}, {id: 2}], expect: {status: 200}}
`,
	"any media": "checks: [{request: GET /, expect: {type: image/*}}]\n",
}

// bad are files that both the schema and Load refuse, each with a part of Load's message.
var bad = map[string][2]string{
	"list":                 {"- GET /", "1: the file must be a mapping"},
	"no checks":            {"service: a", `no "checks"`},
	"unknown at top":       {"chekcs: []", `1: unknown key "chekcs" in the file; did you mean "checks"?`},
	"unknown in check":     {"checks:\n  - request: GET /\n    expects: {}", `3: unknown key "expects" in a check; did you mean "expect"?`},
	"unknown in expect":    {"checks:\n  - request: GET /\n    expect:\n      staus: 200", `4: unknown key "staus" in expect; did you mean "status"?`},
	"unknown matcher":      {"checks: [{request: GET /, expect: {body: {contain: a}}}]", `did you mean "contains"?`},
	"matcher of headers":   {"checks: [{request: GET /, expect: {headers: {A: {count: 1}}}}]", "unknown key"},
	"unknown query":        {"checks: [{request: GET /, expect: {cookie.a: 1}}]", `unknown key "cookie.a" in expect; did you mean`},
	"two bodies":           {"checks: [{request: GET /, body: a, form: {a: b}}]", "a request has one body"},
	"body and file":        {"checks: [{request: GET /, body: a, body_file: order.json}]", "a request has one body"},
	"no file":              {"checks: [{request: GET /, files: {a: {name: x}}}]", `needs a "file"`},
	"file's type":          {"checks: [{request: GET /, files: {a: {file: cat.png, type: png}}}]", "no media type"},
	"absolute file":        {"checks: [{request: GET /, body_file: /etc/passwd}]", "from the directory of this file"},
	"follow none":          {"checks: [{request: GET /, follow: 0}]", "follow must be"},
	"follow text":          {"checks: [{request: GET /, follow: all}]", "follow must be"},
	"auth both":            {"checks: [{request: GET /, auth: {user: a, bearer: b}}]", "auth is either"},
	"auth password":        {"checks: [{request: GET /, auth: {password: a}}]", "auth is either"},
	"auth token":           {"auth: {token: a}\nchecks: []", "unknown key"},
	"tag":                  {"checks: [{request: GET /, tags: [a b]}]", "a tag is a word"},
	"value":                {"values: {a: [1]}\nchecks: []", "must be a text or a number"},
	"value's name":         {"values: {a-b: 1}\nchecks: []", "no name of a variable"},
	"secret":               {"secrets: ['a b']\nchecks: []", "no name of a variable"},
	"websocket":            {"checks: [{websocket: socket}]", "must begin with /"},
	"websocket's body":     {"checks: [{websocket: /, expect: {body: a}}]", "websocket checks have no body"},
	"websocket's type":     {"checks: [{websocket: /, expect: {type: json}}]", "websocket checks have no type"},
	"body of tcp":          {"checks: [{tcp: ':1', expect: {body: a}}]", "tcp checks have no body"},
	"capture of tcp":       {"checks: [{tcp: ':1', capture: {a: body}}]", "tcp checks have no capture"},
	"exit of request":      {"checks: [{request: GET /, expect: {exit: 0}}]", "request checks have no exit"},
	"status of exec":       {"checks: [{exec: a, expect: {status: 0}}]", "exec checks have no status"},
	"header of exec":       {"checks: [{exec: a, capture: {b: headers.A}}]", "exec checks have no headers"},
	"exec a mapping":       {"checks: [{exec: {a: b}}]", "exec must be a text"},
	"grpc":                 {"checks: [{grpc: check}]", `takes "health"`},
	"hello":                {"checks: [{hello: 'postgre :5432'}]", `did you mean "postgres"?`},
	"hello, words":         {"checks: [{hello: redis a b}]", "takes a service and where it is"},
	"certificate":          {"checks: [{request: GET /, expect: {certificate.days: 1}}]", "not days"},
	"capture query":        {"checks: [{request: GET /, capture: {a: {matches: b}}}]", `needs a "query"`},
	"with a text":          {"checks: [{request: GET /, with: a}]", "with must be a mapping"},
	"with nothing":         {"checks: [{request: 'GET /{a}', with: {a: []}}]", "leaves no check"},
	"row":                  {"checks: [{request: 'GET /{a}', with: [{a: [1]}]}]", "must be a text or a number"},
	"not nothing":          {"checks: [{request: GET /, expect: {body.a: {not: {}}}}]", "says nothing to expect"},
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
	"no kind":              {"checks: [{name: a}]", "it needs one of request, websocket, tcp, tls, dns, grpc, hello, exec, use"},
	"two kinds":            {"checks: [{tcp: ':1', dns: a resolves}]", "make them two"},
	"request with arrow":   {"checks: [{request: GET / -> 200}]", `stands in "expect"`},
	"request form":         {"checks: [{request: /a}]", "a method and a path"},
	"request method":       {"checks: [{request: TRACE /a}]", "no method to use here"},
	"request no text":      {"checks: [{request: 1}]", "request must be a text"},
	"expect null":          {"checks: [{request: GET /, expect: }]", "expect must be a mapping, not nothing"},
	"tcp with expect":      {"checks: [{tcp: ':1', expect: {status: 200}}]", "tcp checks have no status"},
	"name empty":           {"checks: [{request: GET /, name: ''}]", "name is empty"},
	"name a number":        {"checks: [{request: GET /, name: 1}]", `put it in quotes: "1"`},
	"only":                 {"checks: [{request: GET /, only: htps}]", `did you mean "http`},
	"only empty":           {"checks: [{request: GET /, only: []}]", "empty list"},
	"eventually":           {"checks: [{request: GET /, eventually: 3}]", "with its unit"},
	"duration unit":        {"timeout: 3us\nchecks: []", "with its unit"},
	"with":                 {"checks: [{request: 'GET /{a}', with: [1]}]", "with must be a mapping"},
	"with value":           {"checks: [{request: 'GET /{a}', with: {a: {b: 1}}}]", "must be a text or a number"},
	"with null":            {"checks: [{request: 'GET /{a}', with: {a: }}]", "must be a text or a number"},
	"with name":            {"checks: [{request: GET /, with: {a-b: 1}}]", "no name of a variable"},
	"header name":          {"checks: [{request: GET /, headers: {'a b': 1}}]", "no name of a header"},
	"header value":         {"headers: {a: {b: c}}\nchecks: []", "must be a text or a number"},
	"follow":               {"checks: [{request: GET /, follow: 'yes'}]", "follow must be true, false or the most"},
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
	"body path":            {"checks: [{request: GET /, expect: {body.: 1}}]", "the path"},
	"body type":            {"checks: [{request: GET /, expect: {body.a: {type: int}}}]", `none of string, number, integer`},
	"body min":             {"checks: [{request: GET /, expect: {body.a: {min: '1'}}}]", "min must be a number"},
	"body length":          {"checks: [{request: GET /, expect: {body.a: {length: -1}}}]", "whole number"},
	"capture source":       {"checks: [{request: GET /, capture: {a: cookie.x}}]", "names nothing of an answer; did you mean"},
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
	"path step":           {"checks: [{request: GET /, expect: {body.a..b: 1}}]", "the path"},
	"path in capture":     {"checks: [{request: GET /, capture: {a: 'body.b.'}}]", "ends with a dot"},
	"jsonpath":            {"checks: [{request: GET /, expect: {'$.a[': 1}}]", "$.a[: "},
	"xpath":               {"checks: [{request: GET /, expect: {'xpath //[': 1}}]", "not an XPath"},
	"css":                 {"checks: [{request: GET /, expect: {'css h1[': 1}}]", "not a CSS selector"},
	"expr":                {"checks: [{request: GET /, expect: {expr: 'stats == 200'}}]", "expr: unknown name stats"},
	"expr, no truth":      {"checks: [{request: GET /, expect: {expr: status + 1}}]", "expr: expected bool"},
	"no such file":        {"checks: [{request: GET /, body_file: none.json}]", "none.json"},
	"no such schema":      {"checks: [{request: GET /, expect: {schema: none.json}}]", "none.json"},
	"far schema":          {"checks: [{request: GET /, expect: {schema: far.schema.json}}]", "only schemas in files are read"},
	"wrong schema":        {"checks: [{request: GET /, expect: {schema: wrong.schema.json}}]", "schema"},
	"no such use":         {"checks: [{use: none.yaml}]", "none.yaml"},
	"circle":              {"checks: [{use: circle.yaml}]", "use goes round in a circle: f.yaml -> circle.yaml -> f.yaml"},
	"use without with":    {"checks: [{use: shared/login.yaml}]", "{who} has no value"},
	"too many rows":       {"checks: [{request: 'GET /{a}{b}{c}', with: {a: &l [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], b: *l, c: *l}}]", "more than 1000 checks"},
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
		if _, err := parseFile(fixtures, "f.yaml", []byte(good[name])); err != nil {
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
	_, err := parseFile(fixtures, "f.yaml", []byte(file[0]))
	if err == nil || !strings.Contains(err.Error(), file[1]) || !strings.Contains(err.Error(), ".yaml:") {
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
		{"expect", c.expectFields(&expectation{}, "request"), schema.Definitions["expect"].Properties},
		{"a header", c.matchFields(&match{}, textMatchers), schema.Definitions["textMatch"].Properties},
		{"a value", c.matchFields(&match{}, valueMatchers), schema.Definitions["valueMatch"].Properties},
		{"a capture", c.captureFields(&source{}, "request"), schema.Definitions["capture"].Properties},
		{"a file", c.fileFields(&upload{}), schema.Definitions["upload"].Properties},
		{"auth", authFields(c.suiteDecoder, &scope{}, &auth{}), schema.Definitions["auth"].Properties},
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
