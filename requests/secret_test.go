package requests

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// canaryKeys are canaries in the shapes that tokens have, which are hidden wherever they stand.
var canaryKeys = []string{"sk_live_CANARY0a1b2c3d4e5f", "ghp_CANARY0a1b2c3d4e5f6g7h8", "eyJhbGciOiJDQU5BUlki.eyJDQU5BUlkiOjEyMyJ9.CANARYsig", "CANARY9f8e7d6c5b4a3f2e1d0c9b8a"}

// canaryFiles are files of every format with canaries in every place: %s is a key by its looks, CANARY-pw one by its name.
var canaryFiles = map[string]string{
	"a.hurl": "# key %[1]s\nPOST https://u:CANARY-pw@h.example/%[1]s/x?api_key=CANARY-pw&u=%[1]s\nAuthorization: Bearer CANARY-pw\nX-Api-Key: CANARY-pw\nX-Other: %[1]s\nCookie: sid=CANARY-pw\n" +
		"[Cookies]\nsession: CANARY-pw\n[BasicAuth]\nu: CANARY-pw\n[Options]\nuser: u:CANARY-pw\nvariable: token=CANARY-pw\nheader: X-Token: CANARY-pw\nskip: false\nfoo: %[1]s\n[Form]\npassword: CANARY-pw\nq: %[1]s\nHTTP 200\nSet-Cookie: sid=CANARY-pw\n[Asserts]\n" +
		"jsonpath \"$.token\" == \"CANARY-pw\"\njsonpath \"$.x\" contains \"%[1]s\"\nheader \"X-Auth-Token\" == \"CANARY-pw\"\nfoo \"%[1]s\" password=CANARY-pw\nbody contains \"%[1]s\"\n{\"secret\": \"CANARY-pw\", \"a\": \"%[1]s\"}\n" +
		"POST /b\n{\"password\": \"CANARY-pw\", \"deep\": {\"client_secret\": \"CANARY-pw\"}, \"b\": \"%[1]s\"}\nGET /c?{{newUuid}}&token=CANARY-pw\nGET http://u:CANARY-pw@other.example/token=CANARY-pw\n",
	"a.http": "@token = CANARY-pw\n@url = https://u:CANARY-pw@h.example\n### %[1]s\nGET {{url}}/a?access_token={{token}}\nAuthorization: Basic u:CANARY-pw\n###\nPOST http://h/b\nAuthorization: Basic dTpDQU5BUlktcHc=\nX-Secret: CANARY-pw\n\n" +
		"<a><password>CANARY-pw</password><b>%[1]s</b></a>\n###\nPOST http://h/c\nContent-Type: application/x-www-form-urlencoded\n\nuser=u&password=CANARY-pw&x=%[1]s\n?? body token == CANARY-pw%[1]s\n",
	"a.json": `{"info": {"_postman_id": "x"}, "variable": [{"key": "jwt_secret", "value": "CANARY-pw"}, {"key": "plainlooking", "value": "%[1]s"}], "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-K"}, {"key": "value", "value": "CANARY-pw"}]}, "item": [
		{"name": "n %[1]s", "request": {"method": "POST", "url": "http://h/x?sig=CANARY-pw&z={{plainlooking}}", "header": [{"key": "Authorization", "value": "Token CANARY-pw"}, {"key": "X", "value": "{{jwt_secret}}"}], "body": {"mode": "raw", "raw": "{\"password\":\"CANARY-pw\",\"x\":\"%[1]s\"}"}}},
		{"name": "b", "request": {"method": "GET", "url": "http://h/y", "auth": {"type": "basic", "basic": {"username": "u", "password": "CANARY-pw"}}}, "event": [{"listen": "test", "script": {"exec": ["var j = pm.response.json(); pm.expect(j.token).to.eql('CANARY-pw'); pm.expect(j.x).to.eql('%[1]s')"]}}]},
		{"name": "c", "request": {"method": "GET", "url": "http://h/z", "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "CANARY-pw"}]}}},
		{"name": "d", "request": {"method": "POST", "url": "http://h/z", "auth": {"type": "noauth"}, "body": {"mode": "formdata", "formdata": [{"key": "password", "value": "CANARY-pw"}]}}}]}`,
	"env.json":  `{"name": "prod", "values": [{"key": "token", "value": "CANARY-pw"}, {"key": "x", "value": "%[1]s"}], "_postman_variable_scope": "environment"}`,
	"a.sh":      "curl -u u:CANARY-pw -H 'Authorization: Bearer CANARY-pw' -H 'X-Api-Key: CANARY-pw' -b 'sid=CANARY-pw' 'https://h.example/a?token=CANARY-pw&x=%[1]s'\ncurl -d 'password=CANARY-pw&a=%[1]s' http://h.example/\ncurl --oauth2-bearer CANARY-pw \"https://u:CANARY-pw@h.example/${TOKEN:-CANARY-pw}\"\ncurl https://h.example/$(x) -u u:CANARY-pw --token=CANARY-pw %[1]s\n",
	"a.har":     `{"log": {"entries": [{"request": {"method": "POST", "url": "https://h.example/a?token=CANARY-pw", "headers": [{"name": "authorization", "value": "Bearer CANARY-pw"}, {"name": "cookie", "value": "sid=CANARY-pw"}], "postData": {"text": "{\"password\": \"CANARY-pw\", \"x\": \"%[1]s\"}"}}, "response": {"status": 200}}]}}`,
	"open.yaml": "openapi: 3.0.0\npaths:\n  /a:\n    get: {parameters: [{name: api_key, in: query, required: true, example: CANARY-pw}, {name: X-Token, in: header, required: true, example: CANARY-pw}, {name: q, in: query, required: true, example: '%[1]s'}]}\n",
}

// TestNoSecretComesThrough: nothing that comes back holds a secret, whatever format it stood in.
func TestNoSecretComesThrough(t *testing.T) {
	for name, text := range canaryFiles {
		for _, key := range canaryKeys {
			f, err := Read(name, []byte(fmt.Sprintf(text, key)))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if name != "env.json" && len(f.Requests) == 0 {
				t.Errorf("%s: nothing is read from it", name)
			}
			all, err := json.MarshalIndent(f, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(all)) {
				if strings.Contains(line, "CANARY") || strings.Contains(line, key) || strings.Contains(line, "Q0FOQV") || strings.Contains(line, "dTpDQU5BUlktcHc=") {
					t.Errorf("%s: %s", name, line)
				}
			}
		}
	}
}

func TestSecretNames(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "X-Api-Key": true, "x_auth": true, "password": true, "DB_PASS": true, "sid": true, "JSESSIONID": true, "client_secret": true, "key": true, "csrf_token": true, "sig": true,
		"author": false, "page": false, "token_type": false, "Content-Type": false, "keyword": false, "expires_in": false, "monkey": false, "passenger": false, "WWW-Authenticate": false,
	} {
		if secretName(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	for value, want := range map[string]bool{
		"application/vnd.example.v1+json": false, "something-to-search": false, "2026-11-21T10:00:00Z": false, "01cc0f54-8885-4a1d-9121-ae5d316a33c5": false, "http://www.w3.org/2003/05/soap-envelope": false,
		"Mozilla/5.0 (X11; Linux x86_64)": false, "AKIAIOSFODNN7EXAMPLE": true, "dGhpc2lzMTIzYXNlY3JldDQ1Ng": true,
	} {
		if secretValue(value) != want {
			t.Errorf("%s: %v", value, !want)
		}
	}
}
