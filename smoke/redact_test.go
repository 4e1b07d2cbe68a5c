package smoke

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

const canary = `c4nary/"&+ v'alue$`

// The service gives the secret back in every way that it can, and each check fails, so that all of it would be shown.
func TestSecretsAreInNoOutput(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/base/login" {
			fmt.Fprint(w, `{"session_token": "captur3d-value"}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Back", strings.Repeat(".", excerptWidth-3)+r.Header.Get("X-Api-Key")) // cut in its middle
		w.WriteHeader(http.StatusTeapot)
		for _, text := range []string{canary, url.QueryEscape(canary), url.PathEscape(canary), r.URL.String(), string(body), r.Header.Get("Authorization")} {
			fmt.Fprintln(w, text)
		}
		for _, before := range []string{"", "u", "us", "user:"} {
			fmt.Fprintln(w, base64.StdEncoding.EncodeToString([]byte(before+canary+" and more")))
		}
		fmt.Fprintln(w, `{"db_password": "from the server itself"}`)
	}))
	defer server.Close()
	env := map[string]string{"API_KEY": canary, "DATABASE_URL": "postgres://u:pa55word@db/x"}
	files := map[string]string{"a.yaml": `
headers: {Authorization: "Bearer ${API_KEY}"}
checks:
  - {request: GET /login, capture: {session_token: body.session_token}}
  - request: GET /a/${API_KEY}?key=${API_KEY}&db=${DATABASE_URL}&s=${session_token}
    expect: {headers: {X-Back: x}}
  - request: POST /b
    writes: false
    headers: {X-Api-Key: "${API_KEY}", Cookie: sid=liter4l-cookie}
    body: {key: "${API_KEY}", s: "${session_token}", db: "${DATABASE_URL}"}
    expect: {headers: {X-Back: x}, body: "${API_KEY}"}
  - request: POST /c
    writes: false
    body: key=${API_KEY}
    expect: {body: {contains: "x${API_KEY}x"}}
`}
	var out bytes.Buffer
	text := Text{Out: &out}
	o := Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }, Begin: text.Begin, Each: text.Each}
	report, err := run(t, server, o, files)
	if err != nil || report.Failed != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	text.End(report)
	allSinks(t, report, &out)
	for _, part := range []string{"c4nary", "alue$", "pa55word", "captur3d-value", "liter4l-cookie", "from the server itself",
		base64.StdEncoding.EncodeToString([]byte(canary))[:8]} {
		if i := strings.Index(out.String(), part); i >= 0 {
			t.Errorf("%q is in the output: ...%s", part, out.String()[max(0, i-80):min(out.Len(), i+40)])
		}
	}
	for _, part := range []string{"$API_KEY", "$DATABASE_URL", "$session_token", "${API_KEY}"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q does not stand in its place:\n%s", part, out.String())
		}
	}
}

// allSinks writes a report in every form that there is.
func allSinks(t *testing.T, report Report, out *bytes.Buffer) {
	t.Helper()
	text := Text{Out: out}
	text.Begin(report)
	for _, r := range report.Results {
		text.Each(r)
	}
	text.End(report)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	for _, write := range []func(io.Writer) error{report.JUnit, report.TAP, report.Prometheus, report.HTML, report.GitHub, report.CodeQuality,
		report.WriteLines, func(io.Writer) error { return e.Encode(report) }} {
		if err := write(out); err != nil {
			t.Fatal(err)
		}
	}
}

// A secret may come by any way that a check has: a user's password, a cookie that the service sets, a name that the file
// calls secret, a command's environment, a value of --values, a form, a query, a difference of documents, a captured value.
func TestSecretsOfEveryWayAreInNoOutput(t *testing.T) {
	canaries := []string{"pa55-of-basic", "b34rer-of-auth", "c00kie-of-server", "cust0mer-of-file", "ex3c-of-environment", "v4lue-of-values", "f0rm-of-check", "captur3d-by-path", "c00kie-of-check"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: canaries[2], Path: "/"})
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/base/login" {
			fmt.Fprintf(w, `{"token": %q}`, canaries[7])
			return
		}
		body, _ := io.ReadAll(r.Body)
		back := map[string]any{"auth": r.Header.Get("Authorization"), "cookie": r.Header.Get("Cookie"), "query": r.URL.RawQuery, "body": string(body),
			"all": strings.Join(canaries, " "), "hex": fmt.Sprintf("%x", strings.Join(canaries, " ")), "base64": base64.StdEncoding.EncodeToString([]byte(strings.Join(canaries, " ")))}
		fmt.Fprint(w, asJSON(back))
	}))
	defer server.Close()
	t.Setenv("EXEC_TOKEN", canaries[4])
	env := map[string]string{"PASS": canaries[0], "CUSTOMER": canaries[3], "FORM_SECRET": canaries[6], "SESSION": canaries[8], "AUTH_TOKEN": canaries[1]}
	o := Options{Exec: true, Values: map[string]string{"API_SECRET": canaries[5]}, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	report, err := run(t, server, o, map[string]string{"a.yaml": `
secrets: [CUSTOMER, taken]
auth: {user: me, password: "${PASS}"}
checks:
  - {request: GET /login, capture: {taken: $.token}}
  - {exec: 'echo "$EXEC_TOKEN $API_SECRET"; echo "$EXEC_TOKEN" >&2; exit 1', expect: {body: x}}
  - request: POST /x
    writes: false
    query: {customer: "${CUSTOMER}", t: $taken}
    cookies: {mine: "${SESSION}"}
    form: {secret: "${FORM_SECRET}", other: "${API_SECRET}"}
    expect: {body: {equals: {auth: "${PASS}", all: [x]}}, $.hex: x, body.all: {matches: y}, $.base64: x, expr: body == "", schema: {properties: {all: {const: a}}}, headers: {Set-Cookie: x}, css p: x, "regex (.*)": x}
  - {request: GET /x, auth: {bearer: "${AUTH_TOKEN}"}, expect: {status: 404, cookies.sid: x}, from: "a log with ${CUSTOMER}"}
`})
	if err != nil || report.Failed != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	var out bytes.Buffer
	allSinks(t, report, &out)
	for _, canary := range canaries {
		for _, form := range []string{canary, url.QueryEscape(canary), fmt.Sprintf("%x", canary), base64.StdEncoding.EncodeToString([]byte(canary))[:8]} {
			if i := strings.Index(out.String(), form); i >= 0 {
				t.Errorf("%q of %s is in the output: ...%s", form, canary, out.String()[max(0, i-100):min(out.Len(), i+40)])
			}
		}
	}
	for _, stand := range []string{"$PASS", "$CUSTOMER", "$taken", "${SESSION}", "${AUTH_TOKEN}", "$EXEC_TOKEN"} {
		if !strings.Contains(out.String(), stand) {
			t.Errorf("%s does not stand in its place:\n%s", stand, out.String())
		}
	}
}

func TestIsSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"API_TOKEN": true, "Authorization": true, "DB_PASSWORD": true, "STRIPE_KEY": true, "X-Api-Key": true, "Cookie": true, "X-Auth": true,
		"AUTHOR": false, "USER": false, "KEYBOARD": false, "COMPASS": false, "ORDER_ID": false, "Accept": false, "MONKEY": false,
	} {
		if isSecretName(name) != want {
			t.Errorf("isSecretName(%q) is %v", name, !want)
		}
	}
}

// The command of a failed check makes the same request again, in a shell that has the variables.
func TestCurlLineRepeatsTheRequest(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl")
	}
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprintf("%s %s host=%s type=%s auth=%s x=%s body=%s", r.Method, r.URL.RequestURI(), r.Host,
			r.Header.Get("Content-Type"), r.Header.Get("Authorization"), r.Header.Get("X-Odd"), body))
		w.WriteHeader(http.StatusTeapot)
	}))
	defer server.Close()
	env := map[string]string{"API_KEY": "k3y-of-the-test", "PLAIN": "it's $HOME `x` \\ \"q\""}
	takeSeen := func() []string {
		mu.Lock()
		defer mu.Unlock()
		taken := seen
		seen = nil
		return taken
	}
	for _, host := range []string{"", "shop.example.com", "shop.example.com:81"} {
		o := Options{Host: host, Writes: true, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
		report, err := run(t, server, o, map[string]string{"a.yaml": `
headers: {Authorization: "Bearer ${API_KEY}"}
checks:
  - GET /a?b=c&d=${PLAIN}
  - HEAD /h
  - {request: DELETE /d, writes: true, headers: {X-Odd: "a'b $x ${PLAIN} ${API_KEY}"}}
  - {request: POST /p, writes: true, body: {a: "${PLAIN}", k: "${API_KEY}"}}
  - {request: POST /p, writes: true, body: "@file=${PLAIN}"}
  - {request: "GET /k/${API_KEY}"}
`})
		if err != nil {
			t.Fatal(err)
		}
		asked := takeSeen()
		for i, r := range report.Results {
			cmd := exec.Command("sh", "-c", r.Command)
			cmd.Env = []string{"API_KEY=" + env["API_KEY"], "PATH=/usr/bin:/bin", "NO_PROXY=*"}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", r.Command, err, out)
			}
			if again := takeSeen(); len(again) != 1 || again[0] != asked[i] {
				t.Errorf("%s\nasks  %q\nnot   %q", r.Command, again, asked[i])
			}
			if strings.Contains(r.Command, env["API_KEY"]) {
				t.Errorf("the secret is in %s", r.Command)
			}
		}
	}
}
