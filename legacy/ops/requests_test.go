package ops

import (
	"fmt"
	"strings"
	"testing"
)

// TestRequestsThatAreKept: a few that may be asked of any copy of the service become checks; the rest is a note, and no
// secret is in either.
func TestRequestsThatAreKept(t *testing.T) {
	r := read(t, Requests(), files{
		"tests/a.hurl":              "# List\nGET http://localhost/orders\nAccept: application/json\nHTTP 200\n[Asserts]\nbody contains \"items\"\nGET /orders/12\nHTTP 200\nGET /orders/%3Cuuid%3E\nHTTP 200\nPOST /orders\nGET /me?token=CANARY\nHTTP 200\n",
		"postman/shop.json":         `{"info": {"_postman_id": "1"}, "item": [{"name": "v", "request": {"method": "GET", "url": "{{b}}/version"}}, {"name": "me", "request": {"method": "GET", "url": "{{b}}/me", "auth": {"type": "bearer", "bearer": {"token": "CANARY"}}}}]}`,
		"docs/openapi.yaml":         "openapi: 3.0.0\npaths:\n  /a: {get: {responses: {'200': {}}}}\n  /b: {get: {security: [{k: []}], responses: {'200': {}}}}\n",
		"README.md":                 "```\ncurl http://localhost:8000/healthz\ncurl http://localhost:8000/reports\ncurl localhost:9200/_cluster/health\n```\n",
		"bin/smoke.sh":              "curl -f localhost:8000/deep | grep -q fine\n",
		"bin/other.sh":              "curl -f localhost:8000/other\n",
		"notes/openapi.json":        "{",
		".github/x/a.hurl":          "GET /hidden\nHTTP 200\n",
		"node_modules/x/tests.hurl": "GET /foreign\nHTTP 200\n",
	})
	var got []string
	for _, f := range r.Findings {
		s := f.Check.Smoke
		got = append(got, fmt.Sprintf("%s | %s | %s %v %s %v", f.Name, f.Check.Was, s.Request, s.Status, s.Contains, s.Headers))
	}
	want := `List | hurl tests/a.hurl:2 | GET /orders [200] items map[Accept:application/json]
v | Postman collection postman/shop.json:1 | GET /version [2xx 3xx 401 403]  map[]
GET  a | OpenAPI docs/openapi.yaml:3 | GET /a [200]  map[]
GET  healthz | curl README.md:2 | GET /healthz [2xx 3xx 401 403]  map[]
GET  deep | curl bin/smoke.sh:1 | GET /deep [2xx 3xx] fine map[]`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0].Text, "6 more requests are kept in tests/a.hurl, postman/shop.json, docs/openapi.yaml; migrate smoke import FILE") {
		t.Errorf("%+v", r.Notes)
	}
	if all := fmt.Sprint(got, r.Notes); strings.Contains(all, "CANARY") {
		t.Error("a secret was told")
	}
}

func TestFewRequestsBecomeChecks(t *testing.T) {
	r := read(t, Requests(), files{"a.hurl": "GET /a\nHTTP 200\nGET /b\nHTTP 200\nGET /c\nHTTP 200\nGET /d\nHTTP 200\nGET /e\nHTTP 200\nGET /f\nHTTP 200\nGET /g\nHTTP 200\nGET /a\nHTTP 200\n"})
	if len(r.Findings) != mostChecks || len(r.Notes) != 1 {
		t.Errorf("%d checks, %v", len(r.Findings), r.Notes)
	}
}
