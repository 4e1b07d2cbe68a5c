package ops

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const frontRules = `limit_req_zone $binary_remote_addr zone=a:8m rate=1r/m;
server {
  server_name shop.org api.shop.org;
  limit_req zone=a burst=3;
  rewrite ^/v1/(\d+)$ /items/$1 last;
  if ($request_method !~ ^(GET|POST)$) { return 403; }
  if ($host = 'api.shop.org') { return 301 https://shop.org/api$request_uri; }
  if ($args ~ "^q=a") { return 429; }
  location ~ ^/u/(\d+)$ { return 302 /people/$1?a=b; }
  location /admin { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8000; }
  location / { limit_except GET { deny all; } proxy_pass http://127.0.0.1:8000; }
`

const frontRewrites = `<VirtualHost *:80>
ServerName shop.org
ServerAlias www.shop.org
ProxyPass / http://127.0.0.1:8000/
RewriteCond %{HTTP_USER_AGENT} ^Bad [NC,OR]
RewriteCond %{HTTP_USER_AGENT} worse
RewriteRule . - [F]
RewriteCond %{HTTP_HOST} !^shop\.org$
RewriteCond %{REQUEST_URI} !^/api/
RewriteRule ^/(.*)$ https://shop.org/$1 [R=301]
RewriteRule ^/v1/(\d+)$ /items/$1 [PT]
<Location /admin>
Require ip 10.1 192.0.2.0/255.255.255.0
</Location>
</VirtualHost>
`

const frontResources = "class shop {\n  nginx::resource::server { 'shop.org': server_name => ['shop.org'], proxy => 'http://127.0.0.1:8000', raw_append => ['%s'] }\n  nginx::resource::location { 'x': server => 'shop.org', location => '~ %s', location_allow => ['10.0.0.0/8'], location_deny => ['all'], location_custom_cfg => { 'return' => '%s' } }\n}\n"

// FuzzFrontRules sees that whatever a web server is told, what is made of it is a model that nginx and the gateway take.
func FuzzFrontRules(f *testing.F) {
	f.Add(frontRules, "^/a(.*)$", "301 /b$1")
	f.Add(frontRewrites, "/x", "403")
	f.Add("server { if ($args ~ (a) { return 403; } location ~* ^(/a\n { deny 1.2; allow ::1%x; } }", "^(", "302 //$2")
	f.Fuzz(func(t *testing.T, text, path, answer string) {
		quoted := strings.NewReplacer("'", "", "\\", "", "%", "")
		resources := strings.NewReplacer("~ %s", "~ "+quoted.Replace(path), "'%s' }", "'"+quoted.Replace(answer)+"' }", "%s", quoted.Replace(answer)).Replace(frontResources)
		reports := []*scan.Report{
			read(t, Nginx(), files{"requirements.txt": "", "nginx/shop.conf": text}), read(t, Apache(), files{"requirements.txt": "", "apache/shop.conf": text}), read(t, Puppet(), files{"@ops/manifests/shop.pp": resources}),
		}
		for _, r := range reports {
			checkReport(t, r)
			for _, found := range r.Findings {
				validEdge(t, found.Service.Edge)
			}
		}
	})
}

// validEdge holds that a claim about the edge can stand in a model.
func validEdge(t *testing.T, e *service.Edge) {
	t.Helper()
	if e == nil || len(e.Parts)+len(e.Redirects) == 0 {
		return
	}
	edge := service.Edge{Parts: append([]service.Part(nil), e.Parts...), Redirects: append([]service.Redirect(nil), e.Redirects...)}
	for i, p := range edge.Parts {
		if !p.Pattern && p.Path != "" {
			edge.Parts[i].Path = service.RoutePath(p.Path)
		}
	}
	for i, r := range edge.Redirects {
		if !r.Pattern && r.Path != "" {
			edge.Redirects[i].Path = service.RoutePath(r.Path)
		}
	}
	app := service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{"web": {Dir: ".", Command: []string{"run"}, Port: 80, Edge: &edge}}}
	if err := app.Validate(); err != nil {
		t.Fatalf("%+v: %v", edge, err)
	}
}
