package ops

import (
	"fmt"
	"testing"
)

// What a web server does to some requests only, another one can go on doing where the conditions are plain.
func TestConditionsOfWebServers(t *testing.T) {
	runCases(t, Nginx(), []readerCase{{"nginx", files{
		"config.ru": "", "map.conf": "limit_req_zone $binary_remote_addr zone=feeds:8m rate=1r/m;\nmap $limit $who { 0 ''; 1 $binary_remote_addr; }\nserver { listen 81; }\n",
		"shop.conf": `limit_req_zone $who zone=all:10m rate=10r/s;
limit_req_zone $server_name zone=site:10m rate=10r/s;
server {
  server_name shop.org api.shop.org;
  limit_req zone=all burst=20 nodelay;
  rewrite ^/v1/(\d+)$ /items/$1 last;
  rewrite ^(.*)$ /index.php?q=$1 last;
  if ($request_method !~ ^(GET|HEAD|POST)$) { return 403; }
  if ($args ~ "^q=abc") { return 429; }
  if ($host = 'api.shop.org') { return 301 https://shop.org/api$request_uri; }
  if ($host = 'old.shop.org') { rewrite ^/p/(\w+)$ https://shop.org/q?id=$1 permanent; }
  if ($http_cookie ~ canary) { return 403; }
  if ($args ~ "token=canary") { return 403; }
  rewrite ^/k$ /k?api_key=canary last;
  rewrite ^/m/(.*)$ https://shop.org/m?x=$1&password=canary redirect;
  location / { proxy_pass http://127.0.0.1:8000; }
  location /site { limit_req zone=site; proxy_pass http://127.0.0.1:8000; }
  location ~* (^/feeds/|\.xml$) { limit_req zone=feeds burst=5; proxy_pass http://127.0.0.1:8000; }
  location /admin { allow 10.0.0.0/8; allow 192.0.2.7; deny all; proxy_pass http://127.0.0.1:8000; }
  location /spam { deny 192.0.2.0/24; proxy_pass http://127.0.0.1:8000; }
  location /both { satisfy any; allow 10.0.0.0/8; deny all; auth_basic x; proxy_pass http://127.0.0.1:8000; }
  location /order { allow 10.0.0.0/8; deny 10.1.0.0/16; deny all; proxy_pass http://127.0.0.1:8000; }
  location /iso/ { location ~ \.sig$ { } location /iso/ { deny all; } }
  location ~ ^/user/(\d+)/x$ { return 302 /people/$1; }
  location ~ ^/loop/(.*)$ { return 302 /loop/x/$1; }
  location ~ \.(log|ini)$ { deny all; }
  location /api { limit_except GET { deny all; } proxy_pass http://127.0.0.1:8000; }
  location /other { limit_req zone=all; proxy_pass http://erp.corp.org:8080; }
}
`}, []string{
		".: part / rate 10r/s burst 20 <- shop.conf:5", `.: part ^/v1/(\d+)$ pattern rewrite /items/$1 <- shop.conf:6`, ".: part / methods CONNECT DELETE OPTIONS PATCH PUT TRACE refused with 403 <- shop.conf:8", ".: part / query ^q=abc refused with 429 <- shop.conf:9",
		`.: edge {false   map[] map[] [api.shop.org -> https://shop.org/api]} <- shop.conf:10`, `.: edge {false   map[] map[] [old.shop.org^/p/(\w+)$ -> https://shop.org/q?id=$1]} <- shop.conf:11`,
		`.: part (?i)(^/feeds/|\.xml$) pattern rate 1r/m burst 5 <- shop.conf:18`, ".: part /admin allow 10.0.0.0/8 192.0.2.7 <- shop.conf:19", ".: part /spam deny 192.0.2.0/24 <- shop.conf:20",
		"note shop.conf:21 nginx: only some addresses", "note shop.conf:22 nginx: only some addresses", `.: edge {false   map[] map[] [^/user/(\d+)/x$ -> /people/$1]} <- shop.conf:24`, "note shop.conf:25 nginx: ^/loop/(.*)$ is redirected",
		".: part /api methods CONNECT DELETE OPTIONS PATCH POST PUT TRACE refused with 403 <- shop.conf:27", "note shop.conf:17 nginx: requests for /site are limited", "note shop.conf:28 nginx: requests for /other are limited", "note shop.conf:12 nginx: requests for the site are answered with 403 under a condition",
	}, []string{"canary", "index.php", "part {/iso", "part /iso", "part /both", "part /order", "part /site", "part /other", "log|ini"}}})
	runCases(t, Apache(), []readerCase{{"apache", files{"config.ru": "", "shop.conf": `<VirtualHost *:80>
  ServerName shop.org
  ServerAlias api.shop.org www.shop.org
  ProxyPass / http://127.0.0.1:8000/
  RewriteCond %{REQUEST_METHOD} =POST
  RewriteRule ^/rum$ - [F,L]
  RewriteCond %{QUERY_STRING} "^q=abc"
  RewriteRule "^/notes/search$" - [R=429,L]
  RewriteCond %{HTTP_USER_AGENT} ^Bad [OR]
  RewriteCond %{HTTP_USER_AGENT} worse [NC]
  RewriteRule . - [F]
  RewriteCond %{HTTP_USER_AGENT} ^Bad [OR]
  RewriteCond %{REMOTE_ADDR} ^10
  RewriteRule ^/mixed$ - [F]
  RewriteCond %{HTTP_HOST} =api.shop.org
  RewriteCond %{REQUEST_URI} !^/api/
  RewriteRule ^(.*)$ https://shop.org$1 [R=301]
  RewriteCond %{HTTP_HOST} !^shop\.org$ [NC]
  RewriteRule ^/(.*)$ https://shop.org/$1 [R=301]
  RewriteRule ^/v1/(\d+)$ /items/$1 [PT]
  RewriteRule ^/health - [L]
  RewriteRule ^/after/\d - [F]
  <Location /admin>
    Require ip 10.1 192.0.2.0/255.255.255.0
  </Location>
  <Location /old>
    Order deny,allow
    Deny from all
    Allow from 10.0.0.0/8
  </Location>
  <Location /some>
    Require ip 10.0.0.0/8
    Require ip <%= @more %>
  </Location>
  <Location /closed>
    Require all denied
  </Location>
  <Location /open>
    Require all granted
  </Location>
</VirtualHost>
`}, []string{
		".: part {/rum true map[]  403} <- shop.conf:6", ".: part /rum exactly methods POST refused with 403", ".: part /notes/search exactly query ^q=abc refused with 429 <- shop.conf:8", ".: part {/ false map[]  403}^Bad|(?i:worse) <- shop.conf:11",
		`.: edge {false   map[] map[] [api.shop.org^(?!/api/)/(.*)$ -> https://shop.org/$1]} <- shop.conf:17`, ".: edge {false   map[] map[] [api.shop.org -> https://shop.org]} <- shop.conf:19", ".: edge {false   map[] map[] [www.shop.org -> https://shop.org]} <- shop.conf:19", `.: part ^/v1/(\d+)$ pattern rewrite /items/$1 <- shop.conf:20`,
		"note shop.conf:14 apache: ^/mixed$ is refused", "note shop.conf:22 apache: ^/after/\\d is refused", ".: part /admin allow 10.1.0.0/16 192.0.2.0/24 <- shop.conf:24", ".: part /old allow 10.0.0.0/8 <- shop.conf:27",
		"note shop.conf:32 apache: only some may ask", ".: part {/closed false map[]  403} <- shop.conf:36",
	}, []string{"part /some", "part {/open", "part {/mixed"}}})
}

// What a site restricts is no business of another one that leads to the same service.
func TestSitesRestrictThemselves(t *testing.T) {
	runCases(t, Nginx(), []readerCase{{"two sites", files{"config.ru": "", "shop.conf": `server { server_name shop.org; location / { proxy_pass http://127.0.0.1:8000; } location /gone { return 410; } location /same { return 410; } }
server {
  server_name admin.shop.org;
  allow 10.0.0.0/8;
  deny all;
  location /same { return 410; }
  location /only { return 410; }
  location / { proxy_pass http://127.0.0.1:8000; }
}
server { server_name www.shop.org; return 301 https://shop.org$request_uri; }
`, "maintenance.conf": "server { server_name shop.org; location / { proxy_pass http://127.0.0.1:8000; } location /closed { return 503; } }\n"}, []string{
		".: part {/gone false map[]  410} <- shop.conf:1", ".: part /gone host shop.org refused with 410 <- shop.conf:1", ".: part {/same false map[]  410} <- shop.conf:1",
		"note shop.conf:4 nginx: only some addresses", ".: part /only host admin.shop.org refused with 410 <- shop.conf:7", "note maintenance.conf:1 nginx: /closed is answered with 503",
	}, []string{"allow 10", "part /same", "part {/closed"}}})
}

// A limit for all of a site is taken over only where no part of it is open to others: a web server with one server's rules would
// shut that part too.
func TestLimitsOfAWholeSite(t *testing.T) {
	const site = "server {\n  server_name shop.org;\n  %s\n}\n"
	runCases(t, Nginx(), []readerCase{
		{"of location /, beside another", files{"shop.conf": fmt.Sprintf(site, "location / { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8000; }\n  location /webhook { proxy_pass http://127.0.0.1:8000; }")}, []string{"note shop.conf:3 nginx: only some addresses may ask"}, []string{"allow 10"}},
		{"of the server, with an exception", files{"shop.conf": fmt.Sprintf(site, "allow 10.0.0.0/8; deny all;\n  location / { proxy_pass http://127.0.0.1:8000; }\n  location /healthz { allow all; proxy_pass http://127.0.0.1:8000; }")}, []string{"note shop.conf:3 nginx: only some addresses may ask"}, []string{"allow 10"}},
		{"of all there is", files{"shop.conf": fmt.Sprintf(site, "allow 10.0.0.0/8; deny all;\n  location / { proxy_pass http://127.0.0.1:8000; }")}, []string{".: part / allow 10.0.0.0/8"}, nil},
	})
}
