package ops

import (
	"fmt"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

const haproxySites = `global
  stats socket /run/haproxy.sock
defaults
  mode http
  timeout server 50000
userlist staff
  user anna insecure-password canary1
listen stats
  bind :70
  stats auth anna:canary2
frontend www
  bind *:443 ssl crt /etc/ssl/shop.pem
  acl is_shop hdr(host) -i shop.org www.shop.org
  acl is_api path_beg /api
  acl is_old hdr(host) old-shop.org
  http-request set-header X-Api-Key canary3
  redirect scheme https if !{ ssl_fc }
  redirect prefix https://shop.org code 301 if is_old
  use_backend api if is_shop is_api
  use_backend shop if is_shop   # the rest
  default_backend elsewhere
backend shop
  balance roundrobin
  cookie SRV insert indirect
  option httpchk GET /healthz
  http-check expect status 200
  server a 127.0.0.1:8000 check cookie a
  server b 10.0.0.2:8000 check cookie b
backend api
  server a 127.0.0.1:8001 check
listen db
  mode tcp
  server pg 10.0.0.9:5432
`

func TestHAProxy(t *testing.T) {
	runCases(t, HAProxy(), []readerCase{
		{"frontends and backends", files{"package.json": "{}", "haproxy/haproxy.cfg": haproxySites}, []string{
			".: route shop.org/ <- haproxy/haproxy.cfg:13 declared", ".: route www.shop.org/ <- haproxy/haproxy.cfg:13", ".: route shop.org/api <- haproxy/haproxy.cfg:13", ".: port 8000 <- haproxy/haproxy.cfg:27 guess", ".: about shop", ".: about api",
			`.: check haproxy "shop"`, ".: health  /healthz <- haproxy/haproxy.cfg:25 convention",
			".: edge {false 50s  map[] map[] []} <- haproxy/haproxy.cfg:5", ".: edge {true   map[] map[] []} <- haproxy/haproxy.cfg:12", "note haproxy/haproxy.cfg:16 haproxy: headers are set for the service; what they say stands here and is not copied (X-Api-Key)", ".: edge {true   map[] map[] []} <- haproxy/haproxy.cfg:17", ".: edge {false   map[] map[] [old-shop.org -> https://shop.org]} <- haproxy/haproxy.cfg:18",
			"note haproxy/haproxy.cfg:24 haproxy: requests of one client go to the same instance (cookie)", "note haproxy/haproxy.cfg:21 haproxy: requests go to the backend elsewhere, which stands in another file", "note haproxy/haproxy.cfg:31 haproxy: db is led on as TCP (mode tcp)",
		}, []string{"canary", ": need "}},
		{"lines that nothing understands", files{"package.json": "{}", "haproxy.cfg": "frontend www\n  bind :80\n  option http-server-close\n  filter spoe engine canary\n  tcp-request inspect-delay 5s\n  default_backend shop\nbackend shop\n  email-alert to canary@shop.org\n  timeout connect 5s\n  server a 127.0.0.1:8000\n"}, []string{
			"note haproxy.cfg:4 haproxy: a line is not understood (filter spoe): see whether", "note haproxy.cfg:5 haproxy: a line is not understood (tcp-request inspect-delay)", "note haproxy.cfg:8 haproxy: a line is not understood (email-alert to)",
		}, []string{"canary", "http-server-close", "timeout connect"}},
		{"others' files", files{"package.json": "{}", "nagios.cfg": "define service {\n}\n", "tox.cfg": "[listen]\nbackend x\n"}, nil, []string{"haproxy"}},
	})
}

func FuzzHAProxy(f *testing.F) {
	f.Add(haproxySites)
	f.Add("frontend a\n mode http\n use_backend\nbackend a\n server \\\n option httpchk\n http-check send meth GET uri\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, HAProxy(), files{"package.json": "", "haproxy.cfg": "frontend a\n bind :80\n default_backend a\n" + text}))
	})
}

// Blocks in each other without end, and pieces that end nothing, are read in bounded time.
func TestWebServersHostile(t *testing.T) {
	const n = 60_000
	for _, text := range []string{
		strings.Repeat("location / { ", n), strings.Repeat("} ", n), strings.Repeat("server { include shop.conf; ", n), strings.Repeat("<If x>\n", n), strings.Repeat("</If>\n", n), strings.Repeat("<% ", n), strings.Repeat("{{ ", n), strings.Repeat("'", n), strings.Repeat("a\\\n", n),
		strings.Repeat("upstream a { server b; }\n", n), strings.Repeat("location /a { proxy_pass http://a; }\n", n), strings.Repeat("ProxyPass /a http://b/\n", n), strings.Repeat("use_backend b if c\nserver a b:1\n", n), strings.Repeat("Redirect /a /b\n", n), strings.Repeat("add_header a b;\n", n), strings.Repeat("${", n),
	} {
		for _, c := range []struct {
			reader scan.Reader
			begin  string
		}{{Nginx(), "server { server_name shop.org;\n"}, {Apache(), "ServerName shop.org\n"}, {HAProxy(), "frontend a\n bind :80\nbackend b\n"}} { // a hang or a crash is the failure
			read(t, c.reader, files{"requirements.txt": "", "haproxy.cfg": c.begin + text, "conf/shop.conf": c.begin + text, "conf/more.conf": "server { include shop.conf; }"})
		}
	}
}

// TestHAProxyLosesNothing sees that something is said of every line.
func TestHAProxyLosesNothing(t *testing.T) {
	told := toldLines(read(t, HAProxy(), files{"package.json": "{}", "haproxy/haproxy.cfg": haproxySites}))
	for i, line := range strings.Split(haproxySites, "\n") {
		if line != "" && !told[fmt.Sprint("haproxy/haproxy.cfg:", i+1)] {
			t.Errorf("line %d is lost: %s", i+1, line)
		}
	}
}
