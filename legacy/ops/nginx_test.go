package ops

import "testing"

const nginxSite = `# the site
upstream shop { server 127.0.0.1:8000 fail_timeout=0; ip_hash; }
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
    listen 80;
    server_name www.shop.org;
    return 301 https://$host$request_uri;
}
server { listen 443 ssl; server_name old-shop.org; rewrite ^(.*)$ https://www.shop.org$1 permanent; }
server {
    listen 443 ssl;
    server_name www.shop.org shop.org staging.shop.org localhost shop.local _ ~^(?<x>.+)\.shop\.org$ 10.0.0.1;
    ssl_certificate /etc/ssl/shop.crt;
    client_max_body_size 25m;
    add_header X-Frame-Options "DENY;canary1";
    add_header Strict-Transport-Security max-age=1;
    auth_basic "canary2";
    auth_basic_user_file /etc/nginx/htpasswd;
    location / {
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header Authorization "Basic canary3";
        proxy_set_header Upgrade $http_upgrade;
        proxy_read_timeout 300s;
        proxy_pass http://shop;
    }
    location = /healthz { proxy_pass http://shop; }
    location ~ ^/api/v\d{1,2}/ { proxy_pass http://shop; }
    location /static/ { alias /srv/shop/static/; expires 30d; }
    location /old { return 301 /new; }
    location /search/ { proxy_pass https://search.corp.org/q/; }
    location /socket { proxy_pass http://127.0.0.1:9000; }
    location /report { if ($arg_token != "canary4") { return 403; } allow 10.0.0.0/8; deny all; proxy_pass http://shop; }
    location ~ /\.ht { deny all; }
    frobnicate_requests on;
}
`

const nginxPHP = `server {
  server_name shop.org;
  root /var/www/shop/public;
  location / { try_files $uri /index.php; }
  location ~ \.php$ {
    fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
    fastcgi_param APP_ENV production;
    fastcgi_param DB_PASSWORD canary;
    fastcgi_pass unix:/run/php/php7.4-fpm.sock;
  }
}
`

const nginxERB = `<% if @ssl -%>
server {
  listen 443;
<% end -%>
  server_name <%= @name %> <%= @aliases.join(" ") %>;
{% if proxied %}
  location / {
    proxy_pass http://127.0.0.1:<%= @port %>;
<% if @x %>
server {
  server_name shop.org;
  location / { proxy_pass http://{{ backend }}; client_max_body_size {{ size }}; }
}
}}}
`

func TestNginxIsNoOtherForm(t *testing.T) {
	runCases(t, Nginx(), []readerCase{
		{"settings of a program of Scala's, in blocks of their own", files{"build.sbt": "", "src/main/resources/application.conf": "shop {\n  http { interface = \"0.0.0.0\", port = 8097 }\n  server {\n    listen 80\n  }\n}\n"}, nil, []string{"nginx"}},
	})
}

func TestNginx(t *testing.T) {
	code := func(more files) files {
		more["requirements.txt"] = "django"
		return more
	}
	runCases(t, Nginx(), []readerCase{
		{"a site", code(files{"deploy/nginx/shop.conf": nginxSite}), []string{
			".: route www.shop.org/ <- deploy/nginx/shop.conf:12 declared", ".: route shop.org/ <- deploy/nginx/shop.conf:12", ".: port 8000 <- deploy/nginx/shop.conf:2 guess", ".: health  /healthz <- deploy/nginx/shop.conf:27 guess",
			".: need http |search.corp.org||:443 <- deploy/nginx/shop.conf:31 declared", ".: about shop",
			"note deploy/nginx/shop.conf:2 nginx: requests of one client go to the same instance (ip_hash)", ".: edge {true   map[] map[] []} <- deploy/nginx/shop.conf:7 declared",
			".: edge {false   map[] map[] [old-shop.org -> https://www.shop.org]} <- deploy/nginx/shop.conf:9", "note deploy/nginx/shop.conf:12 nginx: staging.shop.org is what it is called in staging",
			".: edge {true   map[] map[] []} <- deploy/nginx/shop.conf:13", ".: edge {false  25m map[] map[] []} <- deploy/nginx/shop.conf:14",
			"note deploy/nginx/shop.conf:15 nginx: headers are added to answers: the gateway or the service has to (X-Frame-Options)", ".: edge {false   map[Strict-Transport-Security:max-age=1] map[] []} <- deploy/nginx/shop.conf:16", "note deploy/nginx/shop.conf:17 nginx: a password is asked for",
			"note deploy/nginx/shop.conf:22 nginx: headers are set for the service; what they say stands here and is not copied (Authorization)", "note deploy/nginx/shop.conf:23 nginx: websockets pass the site", ".: edge {false 300s  map[] map[] []} <- deploy/nginx/shop.conf:24",
			"note deploy/nginx/shop.conf:29 nginx: the files of /srv/shop/static/ are served at /static/", ".: edge {false   map[] map[] [/old -> /new]} <- deploy/nginx/shop.conf:30",
			"note deploy/nginx/shop.conf:31 nginx: /search/ leads to search.corp.org", "note deploy/nginx/shop.conf:32 nginx: /socket leads to port 9000, another process than port 8000",
			".: part /report allow 10.0.0.0/8 <- deploy/nginx/shop.conf:33", "note deploy/nginx/shop.conf:35 nginx: directives that are not converted",
		}, []string{"canary", "localhost", "shop.local/", "10.0.0.1/", `\.ht (`, "route staging", "v\\d", "port 9000 <-"}},
		{"PHP-FPM", files{"composer.json": "{}", "public/index.php": "<?php", "nginx.conf": nginxPHP}, []string{
			".: build public <- nginx.conf:3 declared", ".: route shop.org/ <- nginx.conf:2", ".: env APP_ENV=production <- nginx.conf:7", ".: secret DB_PASSWORD <- nginx.conf:8",
		}, []string{"canary", "SCRIPT_FILENAME", "regular expression"}},
		{"a template with branches", code(files{"ansible/roles/shop/templates/nginx.conf.j2": nginxERB}), []string{
			": about shop", ": route shop.org/ <- ansible/roles/shop/templates/nginx.conf.j2:11", "note ansible/roles/shop/templates/nginx.conf.j2:12 nginx: requests may have a body of up to what is filled in here",
		}, []string{"port"}},
		{"containers", files{"api/package.json": "{}", "web/package.json": "{}", "nginx/default.conf": "server { server_name shop.org; location / { proxy_pass http://web:3000/; } location /api { proxy_pass http://api:8080/; } }"}, []string{
			".: about web", ": about api", ".: route shop.org/ <-", ": route shop.org/api <-", ": edge {false   map[] map[/api:/] []} <- nginx/default.conf:1",
		}, nil},
		{"parts in files of their own", code(files{"nginx/site.conf": "server {\n server_name shop.org;\n include /etc/nginx/locations;\n include site.conf;\n}", "nginx/locations": "location / { proxy_pass http://shop; }\ninclude more;\n", "nginx/more": "client_max_body_size 3m;\ninclude locations;\n", "nginx/up.conf": "upstream shop { server unix:/run/shop.sock; }"}), []string{
			".: route shop.org/ <- nginx/site.conf:2", ".: about /run/shop.sock", ".: edge {false  3m map[] map[] []} <- nginx/more:1",
		}, []string{"port"}},
		{"for developers, and others' files", code(files{"docker/dev/nginx.conf": nginxSite, "nginx.dev.conf": nginxSite, "redis.conf": "maxmemory 1;\n", "init/shop.conf": "exec /srv/shop\nscript {\n", "nginx/start": "#!/bin/sh\nserver {\n"}), []string{"note docker/dev/nginx.conf:0 a configuration of nginx for developers, not read"}, []string{"route", "port"}},
	})
}

func FuzzNginx(f *testing.F) {
	f.Add(nginxSite)
	f.Add(nginxPHP)
	f.Add(nginxERB)
	f.Add("server { content_by_lua_block { if x then { } end } location = { proxy_pass $; } } } return \"\\")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Nginx(), files{"requirements.txt": "", "index.php": "", "nginx/shop.conf": text, "ansible/roles/x/templates/nginx.conf.j2": "server {\n" + text}))
	})
}
