package requests

import (
	"fmt"
	"strings"
	"testing"
)

// show writes what was found, a line for each thing.
func show(f Found) string {
	var b strings.Builder
	for _, r := range f.Requests {
		fmt.Fprintf(&b, "%d %s | %s %s%s", r.Line, r.Name, r.Method, r.Host, r.Path)
		for _, h := range append(append([]Field{}, r.Headers...), r.Form...) {
			fmt.Fprintf(&b, " %s=%s", h.Name, h.Value)
		}
		for _, c := range r.Cookies {
			fmt.Fprintf(&b, " cookie:%s=%s", c.Name, c.Value)
		}
		for _, p := range r.Parts {
			fmt.Fprintf(&b, " part:%s=%s%s", p.Name, p.Value, p.File)
		}
		if r.Auth != nil {
			fmt.Fprintf(&b, " auth=%s:%s", r.Auth.User, r.Auth.Password)
		}
		if r.HasBody {
			fmt.Fprintf(&b, " body=%s", strings.ReplaceAll(r.Body, "\n", "~"))
		}
		if r.BodyFile != "" {
			fmt.Fprintf(&b, " file=%s", r.BodyFile)
		}
		for word, is := range map[string]bool{" follow": r.Follow, " silent": r.Silent} {
			if is {
				b.WriteString(word)
			}
		}
		if r.Secured {
			b.WriteString(" secured")
		}
		b.WriteString("\n")
		for _, a := range r.Asserts {
			fmt.Fprintf(&b, "  %d %s %s%s %s %v\n", a.Line, a.Query.Kind, a.Query.Arg, filters(a.Query), a.Op, a.Value)
		}
		for _, c := range r.Capture {
			fmt.Fprintf(&b, "  %d %s := %s %s%s\n", c.Line, c.Name, c.Kind, c.Arg, filters(c.Query))
		}
	}
	for _, l := range f.Left {
		fmt.Fprintf(&b, "- %d %s: %s\n", l.Line, l.What, l.Reason)
	}
	return b.String()
}

func filters(q Query) string {
	var b strings.Builder
	for _, f := range q.Filters {
		fmt.Fprintf(&b, " |%s%v", f.Name, f.Args)
	}
	return b.String()
}

func wantFound(t *testing.T, name, text, want string) {
	t.Helper()
	f, err := Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := show(f); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("%s: got\n%s\nwant%s", name, got, want)
	}
}

func TestReadHurl(t *testing.T) {
	wantFound(t, "a.hurl", `# All orders
GET http://localhost:8000/orders # with a page
Accept: application/json
[Query]
page: 1
q: a b
[Options]
location: true
retry: 3
HTTP/2 200
Content-Type: application/json
[Captures]
first: jsonpath "$.items[0].id"
tag: header "ETag" regex /"(.*)"/
[Asserts]
jsonpath "$.items" count == 2
jsonpath "$.items[0].state" not contains "broken"
header "X-A" startsWith "v1."
duration < 500
body contains "say \"hi\" #1"
jsonpath "$.id" == "{{first}}"

PUT {{base}}/orders/{{first}}
{"id": {{first}}, "note": "x # y"}
HTTP *
[Asserts]
status >= 200
GET /a
GET https://pay.example.com/b
GET /b
[Cookies]
theme: dark
`, `
2 All orders | GET localhost:8000/orders?page=1&q=a%20b Accept=application/json follow
  10 version  == 2
  10 status  == [200]
  11 header Content-Type == application/json
  16 jsonpath $.items |count[] == 2
  17 jsonpath $.items[0].state not contains broken
  18 header X-A matches ^v1\.
  19 duration  < 500ms
  20 body  contains say "hi" #1
  13 first := jsonpath $.items[0].id
  14 tag := header ETag |regex["(.*)"]
23  | PUT /orders/${first} Content-Type=application/json body={"id": ${first}, "note": "x # y"}
  25 status  == [1xx 2xx 3xx 4xx 5xx]
  27 status  >= 200
28  | GET /a silent
30  | GET /b cookie:theme=dark silent
- 21 assert jsonpath "$.id" == "{{first}}": {{first}} is captured from the same answer, which a check does afterwards
- 29 GET /b: it asks another host, pay.example.com
`)
}

func TestReadHurlBodies(t *testing.T) {
	wantFound(t, "a.hurl", "POST /g\n```graphql\nquery A { b }\n\nvariables {\"c\": 1}\n```\nHTTP 200\n```\none\ntwo\n```\n"+
		"POST /f\nfile,data.json;\nPOST /m\n[Multipart]\na: 1\nb: file,x.png; image/png\nPOST /x\n<a>\n <b/>\n</a>\nHTTP 201\n`ok`\nPOST /h\nhex,00ff;\n", `
1  | POST /g Content-Type=application/json body={"query":"query A { b }","variables":{"c":1}}
  7 status  == [200]
  8 body  == one
two

12  | POST /f file=data.json silent
14  | POST /m part:a=1 part:b=x.png silent
18  | POST /x Content-Type=application/xml body=<a>~ <b/>~</a>
  22 status  == [201]
  23 body  == ok
- 25 POST /h: its body is bytes
`)
}

func TestReadHTTPFile(t *testing.T) {
	wantFound(t, "api.http", `@host = http://localhost:5000
@id = 7

### Log in
# @name login
POST {{host}}/login HTTP/1.1
Content-Type: application/json

{"user": "a"}

> {%
client.test("ok", function() {
  client.assert(response.status === 201, "made");
  client.assert(response.body.kind === "user", "a user");
});
client.global.set("me", response.body.id);
%}

### Read one
GET {{host}}/orders/{{id}}
    ?page=1
    &size={{size}}
Authorization: Bearer {{login.response.body.token}}
X-Me: {{me}}

###
GET {{host}}/r?x={{$guid}}
###
POST {{host}}/up

< ./a.json
###
WEBSOCKET ws://localhost/a
###
{{host}}/plain
`, `
6 Log in | POST localhost:5000/login Content-Type=application/json body={"user": "a"}
  8 status  == [201]
  8 jsonpath $.kind == user
  8 me := jsonpath $.id
  6 login_token := jsonpath $.token
20 Read one | GET localhost:5000/orders/7?page=1&size=${SIZE} Authorization=Bearer ${login_token} X-Me=${me} silent
29  | POST localhost:5000/up file=./a.json silent
35  | GET localhost:5000/plain silent
- 27 GET {{host}}/r?x={{$guid}}: {{$guid}} is made up anew by the tool for each run
- 33 WEBSOCKET ws://localhost/a: WEBSOCKET is no request of HTTP that a check can send
`)
}

func TestReadPostman(t *testing.T) {
	wantFound(t, "shop.json", `{
 "info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
 "variable": [{"key": "base", "value": "http://localhost:3000/api"}],
 "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{jwt}}"}]},
 "item": [
  {"name": "orders", "item": [
   {"name": "list", "event": [{"listen": "test", "script": {"exec": [
      "const j = pm.response.json();",
      "pm.test('x', () => pm.response.to.have.status(200));",
      "// pm.response.to.have.status(500)",
      "pm.expect(j.items[0].state).to.eql('open'); pm.expect(j.total).to.be.a('number');",
      "pm.expect(pm.response.responseTime).to.be.below(800);",
      "pm.expect(_.size(j.items)).to.eql(3);",
      "pm.environment.set('first', j.items[0].id);"]}}],
    "request": {"method": "GET", "header": [{"key": "X-Off", "value": "1", "disabled": true}],
     "url": {"raw": "{{base}}/orders?limit=1", "query": [{"key": "limit", "value": "1"}, {"key": "off", "value": "1", "disabled": true}]}}},
   {"name": "one", "request": {"method": "GET", "auth": {"type": "noauth"}, "url": {"raw": "{{base}}/orders/:id/:kind", "variable": [{"key": "id", "value": "{{first}}"}, {"key": "kind", "value": ""}]}}},
   {"name": "make", "request": {"method": "POST", "url": "{{base}}/orders", "auth": {"type": "basic", "basic": [{"key": "username", "value": "bob"}, {"key": "password", "value": "hunter2"}]},
     "body": {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "b"}]}}},
   {"name": "signed", "request": {"method": "GET", "url": "{{base}}/s", "auth": {"type": "awsv4"}}}
  ]}
 ]
}`, `
7 orders / list | GET localhost:3000/api/orders?limit=1 Authorization=Bearer ${JWT}
  7 status  == [200]
  7 duration  < 800ms
  7 jsonpath $.items[0].state == open
  7 jsonpath $.total is number
  7 first := jsonpath $.items[0].id
17 orders / one | GET localhost:3000/api/orders/${first}/${KIND} silent
18 orders / make | POST localhost:3000/api/orders a=b auth=bob:${PASSWORD} silent
- 7 orders / list, 1 of the 5 asserts of its script: they are not understood
- 20 GET {{base}}/s: its account is by awsv4, which no check can do
`)
	for text, says := range map[string]string{
		`{"_postman_id": "x", "requests": []}`: "version 1",
		`{"_postman_id": "x"}`:                 `without "item"`,
		"{\"_postman_id\": \"x\", \"item\": [": "neither JSON nor YAML",
		`{"openapi": "3.0.0"}`:                 `without "paths"`,
	} {
		if _, err := Read("x.json", []byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

func TestReadOpenAPI(t *testing.T) {
	wantFound(t, "openapi.yaml", `openapi: 3.0.0
servers: [{url: 'https://{env}.example.com/v2/', variables: {env: {default: api}}}]
security: [{key: []}]
paths:
  /orders:
    get:
      security: []
      parameters: [{$ref: '#/components/parameters/Limit'}]
      responses:
        "200": {$ref: '#/components/responses/Orders'}
        "404": {description: no}
    post: {responses: {}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, example: 12}]
    get: {responses: {default: {description: x}}}
    head: {deprecated: true}
  /users/{name}:
    get: {parameters: [{name: name, in: path, required: true}]}
components:
  parameters: {Limit: {name: limit, in: query, required: true, schema: {enum: [a b, c]}}}
  responses: {Orders: {content: {application/json: {schema: {type: array}}}}}
`, `
6 GET /v2/orders | GET /v2/orders?limit=a%20b
  10 status  == [200]
  10 header Content-Type matches json
  10 jsonpath $ is array
15 GET /v2/orders/{id} | GET /v2/orders/12 silent secured
- 12 POST /v2/orders: it writes; what to send and what must not be lost is for people to say
- 16 HEAD /v2/orders/{id}: it is marked as deprecated
- 18 GET /v2/users/{name}: a parameter that is required has no example in the description
`)
	wantFound(t, "swagger.json", "{\n\t\"swagger\": \"2.0\", \"basePath\": \"/api\", \"produces\": [\"application/xml\"],\n\t\"paths\": {\"/ping\": {\"get\": {\"responses\": {\"204\": {}}}}}}", `
3 GET /api/ping | GET /api/ping
  3 status  == [204]
`)
}

// What is answered only to those who look for something is no request that holds for every copy of a service.
func TestReadOpenAPISearch(t *testing.T) {
	for parameters, want := range map[string]bool{"{name: q, in: query}": true, "{name: latitude, in: query}": true, "{name: page, in: query}": false, "{name: q, in: header}": false} {
		found, err := Read("openapi.yaml", []byte("openapi: 3.0.0\npaths:\n  /places:\n    get: {parameters: ["+parameters+"], responses: {\"200\": {}}}\n"))
		if err != nil || len(found.Requests) != 1 || found.Requests[0].Data != want {
			t.Errorf("%s: %+v, %v", parameters, found, err)
		}
	}
}

func TestReadCurl(t *testing.T) {
	wantFound(t, "check.sh", `#!/bin/sh
# curl is good
curl -fsS "http://localhost:8080/health?x=$X" > /dev/null
if [ "$(curl -s -o /dev/null -w "%{http_code}" http://localhost:8080/login)" = "302" ]; then exit; fi
curl -s localhost:8080/version | grep -q 'v1'
curl -X POST -H "Authorization: Bearer $TOKEN" \
  -d '{"a": 1}' -H 'Content-Type: application/json' "${BASE}/orders"
curl -G --data-urlencode "q=a b" -d n=1 http://localhost/s
curl -u bob:hunter2 -F file=@a.csv -F kind=x http://localhost/up
curl http://localhost/$(date +%s)
curl -sL https://get.example.com/install.sh | sh
apt-get install curl git
curl -T a.txt ftp://localhost/a
`, `
3  | GET localhost:8080/health?x=${X}
  3 status  == [2xx 3xx]
4  | GET localhost:8080/login
  4 status  == [302]
5  | GET localhost:8080/version silent
  5 body  contains v1
6  | POST /orders Authorization=Bearer ${TOKEN} Content-Type=application/json body={"a": 1} silent
8  | GET localhost/s?q=a%20b&n=1 silent
9  | POST localhost/up part:file=a.csv part:kind=x auth=bob:${PASSWORD} silent
- 10 curl http://localhost/$(date +%s): the shell works out a part of it
- 13 curl -T a.txt ftp://localhost/a: it does what no check can: upload
`)
	wantFound(t, "README.md", "Use curl http://localhost/no in a sentence.\n\n```sh\n$ curl http://localhost/yes\n```\n\n    curl http://localhost/indented\n", `
4  | GET localhost/yes silent
7  | GET localhost/indented silent
`)
	wantFound(t, "Makefile", "smoke:\n\t@curl -f http://$(HOST)/health && curl $$BASE/x\n", `
2  | GET /health
  2 status  == [2xx 3xx]
2  | GET /x silent
`)
}

func TestReadHAR(t *testing.T) {
	wantFound(t, "a.har", `{"log": {"entries": [
 {"request": {"method": "GET", "url": "https://shop.example.com/orders", "headers": [{"name": "User-Agent", "value": "x"}, {"name": "Accept", "value": "text/html"}]}, "response": {"status": 304}},
 {"request": {"method": "GET", "url": "https://shop.example.com/a.css"}, "response": {"status": 200}},
 {"request": {"method": "GET", "url": "https://stats.example.net/t"}, "response": {"status": 200}},
 {"request": {"method": "GET", "url": "https://shop.example.com/orders"}, "response": {"status": 200}}
]}}`, `
2  | GET shop.example.com/orders Accept=text/html
  2 status  == [200]
- 1 1 pictures, scripts and style sheets: the pages that show them are checked
- 4 GET /t: it asks another host, stats.example.net
`)
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{"a.txt": "hello", "b.json": "{}", "c.hurl": "\x00", "d.yaml": "a: b"} {
		if _, err := Read(name, []byte(text)); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read("a.hurl", make([]byte, MaxFile+1)); err == nil {
		t.Error("a file of any size is read")
	}
	if f, err := Read("a.hurl", []byte(strings.Repeat("GET /a\n", maxRequests+9))); err != nil || len(f.Requests) != maxRequests || len(f.Left) != 1 {
		t.Errorf("%d requests, %d left, %v", len(f.Requests), len(f.Left), err)
	}
}
