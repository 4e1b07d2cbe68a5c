package generators

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/service"
)

const frontRulesModel = `version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    dir: .
    language: python
    command: [gunicorn, shop]
    port: 8000
    routes: [{host: shop.org}, {host: api.shop.org}]
    health: {ready: /healthz}
    edge:
      redirects:
        - {path: '^/people/(\d+)$', pattern: true, to: '/p/$1', code: 301}
        - {path: '^/kept/([^/]+)$', pattern: true, to: '/k/$1', code: 308}
        - {host: api.shop.org, path: '^/api/sent/(\w+)$', pattern: true, to: 'https://find.org/?q=$1', code: 307}
        - {path: '^/find/(\w+)$', pattern: true, to: 'https://find.org/?q=$1'}
        - {host: api.shop.org, path: '^(?!/api/)/(.*)$', pattern: true, to: 'https://shop.org/$1'}
        - {path: '^/old/(.*)$', pattern: true, to: '/$1', code: 308}
        - {path: '^/seen/(\d+)$', pattern: true, to: '/s/$1', code: 303}
        - {path: '^/größe/(\d+)$', pattern: true, to: '/size/$1', code: 308}
        - {path: /old, to: /new}
      parts:
        - {path: '^/v[12]/', pattern: true, refuse: 410}
        - {path: /notes, exact: true, query: '^q=a{2}', refuse: 429}
        - {path: /rum, methods: [POST, PUT], agents: 'bad"bot', refuse: 403}
        - {path: /, methods: [TRACE], refuse: 403}
        - {path: /hidden, host: api.shop.org, refuse: 404}
        - {path: '^/items/(\d+)$', pattern: true, rewrite: '/things?id=$1'}
        - {path: '(?i)\.xml$', pattern: true, rate: 1r/m, burst: 1}
        - {path: /admin, allow: [10.0.0.0/8, '2001:db8::/32']}
        - {path: /spam, deny: [192.0.2.7]}
        - {path: /, rate: 1000r/s, burst: 500, deny: [192.0.2.9]}
environments:
  staging: {namespace: shop-staging}
`

// What a web server in the pod is told to refuse, to send elsewhere and to limit, it does: nginx itself is asked where it is installed.
func TestFrontRules(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(frontRulesModel))
	if err != nil {
		t.Fatal(err)
	}
	files := rendered(t, app)
	conf := files["kube/base/web-front.conf"]
	for _, want := range []string{"zone=part_6:10m rate=1r/m;", "    location ~ \"(?i)\\\\.xml$\" {\n        limit_req zone=part_6 burst=1 nodelay;\n", "    deny 192.0.2.9;\n", "        allow 10.0.0.0/8;\n        allow 2001:db8::/32;\n        deny all;\n", `rewrite "^/find/(\\w+)$" "https://find.org/?q=$1?" redirect;`} {
		if !strings.Contains(conf, want) {
			t.Errorf("it lacks %q:\n%s", want, conf)
		}
	}
	if strings.Contains(files["kube/base/web.yaml"]+files["kube/base/web-redirects.yaml"], "people") {
		t.Error("a route has an expression")
	}
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not installed")
	}
	ask := runNginx(t, nginx, conf)
	for _, c := range []struct{ request, from, want string }{
		{"GET shop.org/v1/x", "", "410"}, {"GET shop.org/v3/x", "", "200 /v3/x"}, {"GET shop.org/notes?q=aab", "", "429"}, {"GET shop.org/notes?q=ab", "", "200 /notes?q=ab"},
		{"POST shop.org/rum", `a bad"bot`, "403"}, {"POST shop.org/rum", "", "200 /rum"}, {"GET shop.org/rum", `a bad"bot`, "200 /rum"}, {"TRACE shop.org/", "", "405"},
		{"GET api.shop.org/api/hidden", "", "200 /api/hidden"}, {"GET shop.org/hidden", "", "200 /hidden"},
		{"GET shop.org/people/7?a=b", "", "301 /p/7?a=b"}, {"GET shop.org/find/x?a=b", "", "302 https://find.org/?q=x"}, {"GET api.shop.org/x%0ay", "", "200 /x%0ay"}, {"GET api.shop.org/x", "", "302 https://shop.org/x"},
		{"GET shop.org/kept/7?a=b", "", "308 /k/7?a=b"}, {"GET shop.org/kept/7%0d%0aX:y", "", "308 /k/7%0d%0aX:y"}, {"POST api.shop.org/api/sent/x?a=b", "", "307 https://find.org/?q=x"}, {"GET shop.org/api/sent/x", "", "200 /api/sent/x"},
		{"GET shop.org/old/x?a=//b", "", "308 /x?a=//b"}, {"GET shop.org/old//evil.com", "", "200 /old//evil.com"}, {"GET shop.org/seen/7?a=b", "", "303 /s/7?a=b"}, {"GET shop.org/gr%C3%B6%C3%9Fe/7", "", "302 /size/7"},
		{"GET shop.org/items/7", "", "200 /things?id=7"}, {"GET shop.org/a.XML", "192.0.2.1", "200 /a.XML"}, {"GET shop.org/b.xml", "192.0.2.1", "200 /b.xml"}, {"GET shop.org/c.xml", "192.0.2.1", "429"}, {"GET shop.org/c.xml", "192.0.2.2", "200 /c.xml"},
		{"GET shop.org/admin", "192.0.2.1", "403"}, {"GET shop.org/admin", "10.9.9.9, 192.0.2.1", "403"}, {"GET shop.org/admin/x", "10.1.2.3", "200 /admin/x"}, {"GET shop.org/spam", "192.0.2.7", "403"}, {"GET shop.org/", "192.0.2.9", "403"}, {"GET shop.org/", "192.0.2.7", "200 /"},
	} {
		if got := ask(c.request, c.from); got == "" || !strings.HasPrefix(c.want, got) {
			t.Errorf("%s from %q: %s, want %s", c.request, c.from, got, c.want)
		}
	}
}

// runNginx starts nginx with a configuration, and a service behind it that says what it was asked for.
func runNginx(t *testing.T, nginx, conf string) func(request, from string) string {
	t.Helper()
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.RequestURI()) }))
	t.Cleanup(behind.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	conf = strings.NewReplacer("listen 8089;", "listen 127.0.0.1:"+port+";\n    set_real_ip_from 127.0.0.1;", "127.0.0.1:8000", strings.TrimPrefix(behind.URL, "http://")).Replace(conf)
	dir := t.TempDir()
	around := "daemon off; pid nginx.pid; error_log stderr; events {} http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n" + conf + "}\n"
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(around), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(nginx, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	said := &strings.Builder{}
	command.Stderr = said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		_ = command.Wait()
	})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 5 * time.Second}
	ask := func(request, from string) string {
		method, url, _ := strings.Cut(request, " ")
		host, path, _ := strings.Cut(url, "/")
		r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:"+port+"/"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("X-Forwarded-For", from)
		r.Header.Set("User-Agent", from)
		answer, err := client.Do(r)
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		text := make([]byte, 200)
		n, _ := answer.Body.Read(text)
		switch {
		case answer.Header.Get("Location") != "":
			return strconv.Itoa(answer.StatusCode) + " " + answer.Header.Get("Location")
		case answer.StatusCode != http.StatusOK:
			return strconv.Itoa(answer.StatusCode)
		}
		return "200 " + string(text[:n])
	}
	for range 100 {
		if strings.HasPrefix(ask("GET shop.org/", ""), "200") {
			return ask
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("nginx does not answer: %s\n%s", said, conf)
	return nil
}
