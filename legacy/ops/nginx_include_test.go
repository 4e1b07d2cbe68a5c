package ops

import (
	"fmt"
	"testing"
)

// What nginx includes counts where it is included, wherever the role or cookbook keeps it.
func TestNginxIncludes(t *testing.T) {
	runCases(t, Nginx(), []readerCase{
		{"of a cookbook", files{
			"@ops/cookbooks/shop/templates/default/site.conf.erb": "server {\n  server_name shop.org;\n  include <%= node['nginx']['dir'] %>/filters.conf;\n  location / { proxy_pass http://shop; }\n}\n",
			"@ops/cookbooks/shop/files/default/filters.conf":      "location /com/ { return 404; }\nif ($request_method !~ GET|POST) { return 405; }\nif ($uri ~ \\.(exe|dll)$) { return 404; }\nif ($request_filename ~ ^/srv) { return 404; }\nif ($uri ~ token=canary) { return 404; }\n",
			"@ops/cookbooks/other/files/default/filters.conf":     "location /net/ { return 404; }\n",
		}, []string{
			": part {/com/ false map[]  404} <- @ops/cookbooks/shop/files/default/filters.conf:1", ": part / methods CONNECT DELETE HEAD OPTIONS PATCH PUT TRACE refused with 405 <- @ops/cookbooks/shop/files/default/filters.conf:2",
			`: part \.(exe|dll)$ pattern refused with 404 <- @ops/cookbooks/shop/files/default/filters.conf:3`,
		}, []string{"part /srv", "canary", "shop.org: part /net"}},
		{"of Jinja", files{
			"@ops/roles/nginx/templates/sites-available/shop.j2":   "server {\n  server_name shop.org;\n  {% include \"common.j2\" %}\n  location / { proxy_pass http://shop; }\n}\n",
			"@ops/roles/nginx/templates/sites-available/common.j2": "# of all\nserver_tokens off;\nlarge_client_header_buffers 8 16k;\nclient_max_body_size 7m;\n",
		}, []string{": edge {false  7m map[] map[] []} <- @ops/roles/nginx/templates/sites-available/common.j2:4", "note @ops/roles/nginx/templates/sites-available/common.j2:3 nginx: headers may be long"}, nil},
		{"what is none of nginx's", files{
			"@ops/roles/shop/templates/shop.conf.j2": "server {\n  server_name shop.org;\n  include notes.txt;\n  include shop.conf.j2;\n  location / { proxy_pass http://shop; }\n}\n",
			"@ops/roles/shop/files/notes.txt":        "location /com/ { return 404; } and so on\n",
		}, nil, []string{"/com/"}},
	})
}

// A rewrite of everything within a location is about that location.
func TestRewritesOfALocation(t *testing.T) {
	site := "server {\n  server_name shop.org;\n%s  location / { proxy_pass http://127.0.0.1:8000; }\n}\n"
	for at, want := range map[string]string{
		"location = /a.gz { rewrite ^ https://cdn.net$request_uri redirect; }":            ".: edge {false   map[] map[] [/a.gz -> https://cdn.net]}",
		"location /a/ { rewrite ^/(.*)$ https://cdn.net/$1 permanent; }":                  ".: edge {false   map[] map[] [/a/ -> https://cdn.net]}",
		`location ~ /gems/(.*)\.gem$ { rewrite ^ https://cdn.net$request_uri redirect; }`: `.: edge {false   map[] map[] [^(?=/(.*)$).*/gems/(.*)\.gem$ -> https://cdn.net/$1]}`,
		"location ~ ^/a/|^/b/ { rewrite ^ https://cdn.net$request_uri redirect; }":        ".: edge {false   map[] map[] [^(?=/(.*)$).*(?:^/a/|^/b/) -> https://cdn.net/$1]}",
	} {
		runCases(t, Nginx(), []readerCase{{at, files{"config.ru": "", "shop.conf": fmt.Sprintf(site, at+"\n")}, []string{want}, []string{"shop.org -> https://cdn.net"}}})
	}
}

// What NGINX Plus asks an instance for tells where the service says that it is well.
func TestHealthChecksOfNginx(t *testing.T) {
	runCases(t, Nginx(), []readerCase{{"nginx", files{"config.ru": "", "shop.conf": "upstream shop { server 10.0.0.1:8000; server 10.0.0.2:8000; }\nserver {\n  server_name shop.org;\n  location / {\n    proxy_pass http://shop;\n    health_check uri=/up.json?full=1 interval=10;\n  }\n  location /a/ {\n    proxy_pass http://shop;\n    health_check uri=/a/logo.png;\n  }\n}\n"}, []string{
		".: health  /up.json <- shop.conf:6",
	}, []string{"logo.png"}}})
}

// A rewrite of the front page alone is about no other page.
func TestRewritesOfTheFrontPage(t *testing.T) {
	for rule, want := range map[string]string{
		"location / { rewrite ^/$ https://shop.net/start permanent; proxy_pass http://127.0.0.1:8000; }":  "[/ -> https://shop.net/start]",
		"rewrite ^/$ https://shop.org/start permanent;\nlocation / { proxy_pass http://127.0.0.1:8000; }": "[/ -> https://shop.org/start]",
	} {
		text := fmt.Sprintf("server {\n  server_name shop.org;\n%s\n}\n", rule)
		runCases(t, Nginx(), []readerCase{{rule, files{"config.ru": "", "shop.conf": text}, []string{".: edge {false   map[] map[] " + want}, []string{"[shop.org ->"}}})
	}
	for _, expression := range []string{"^/$", "/$", "^$"} {
		if wholeSite.MatchString(expression) {
			t.Errorf("%s is taken for the whole site", expression)
		}
	}
}
