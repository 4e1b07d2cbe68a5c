package ops

import (
	"strings"
	"testing"
)

func TestPartsThatWebServersAnswer(t *testing.T) {
	tree := files{
		"public/robots.txt": "", "static/a.css": "", "config.ru": "",
		"shop.conf": `upstream shop { server 127.0.0.1:8000; }
server {
  server_name shop.org;
  location / { proxy_pass http://shop; }
  location = /robots.txt { alias /srv/shop/public/robots.txt; default_type text/plain; }
  location /assets/ { alias /srv/shop/static/; expires 30d; add_header Cache-Control public; add_header X-Secret canary; }
  location /gone { return 410; }
  location ~ ^/old/ { return 403; }
  location ^~ /fonts/ { expires max; proxy_pass http://shop; add_header Access-Control-Allow-Origin *; }
  location /kept/ { alias /srv/shop/static/; auth_basic "canary"; }
  location /tried/ { root /srv/shop; try_files $uri @shop; }
  location /nowhere/ { alias /data/elsewhere/; }
  location ~* \\.(png|jpg)$ { expires 7d; }
  location @shop { proxy_pass http://shop; expires 1d; }
  if ($http_user_agent ~* (bad|bot)) { return 403; }
  if ($http_referer ~ spam) { return 403; }
}
`,
	}
	runCases(t, Nginx(), []readerCase{{"nginx", tree, []string{
		".: part {/robots.txt true map[] public/robots.txt 0} <- shop.conf:5 declared", ".: part {/robots.txt true map[Content-Type:text/plain]  0}", ".: part {/assets/ false map[] static 0} <- shop.conf:6", ".: part {/assets/ false map[Cache-Control:max-age=2592000]  0}", ".: part {/assets/ false map[Cache-Control:public]  0}",
		".: part {/gone false map[]  410} <- shop.conf:7", ".: part {/fonts/ false map[Cache-Control:max-age=315360000]  0} <- shop.conf:9", ".: part {/fonts/ false map[Access-Control-Allow-Origin:*]  0}",
		"note shop.conf:10 nginx: the files of /srv/shop/static/ are served at /kept/", "note shop.conf:11 nginx: the files of /srv/shop are served at /tried/", "note shop.conf:12 nginx: the files of /data/elsewhere/ are served at /nowhere/",
		".: part {/ false map[]  403}(?i)(bad|bot) <- shop.conf:15", "note shop.conf:16 nginx: requests for the site are answered with 403 under a condition", ".: part {/old/ false map[]  403} <- shop.conf:8", "note shop.conf:13 nginx: browsers may keep files",
	}, []string{"canary", "part {/kept", "part {/tried", "spam"}}})
	runCases(t, Apache(), []readerCase{{"apache", files{
		"public/favicon.ico": "", "static/a.css": "", "config.ru": "",
		"shop.conf": `<VirtualHost *:80>
  ServerName shop.org
  ProxyPass / http://127.0.0.1:8000/
  Alias /favicon.ico <%= @home %>/public/favicon.ico
  Alias /static /srv/shop/static
  AliasMatch ^/x(.*)$ /srv/shop/static$1
  Redirect gone /closed
  RewriteRule ^/rum$ - [F,L]
  RewriteRule ^/v[12]/ - [G,L]
  RewriteCond %{HTTP_USER_AGENT} "^Bad/\d" [NC]
  RewriteRule . - [F,L]
  RewriteCond %{HTTP_USER_AGENT} bot
  RewriteCond %{REMOTE_ADDR} ^10
  RewriteRule . - [F,L]
  <Location /assets/>
    ExpiresDefault "access plus 1 year"
    Header set Cache-Control "immutable" "expr=%{REQUEST_STATUS} == 200"
  </Location>
  <Location /maps/>
    Header always set Expires "Tue, 19 Jan 2038 03:14:07 GMT"
    Header always set X-Token canary
  </Location>
</VirtualHost>
`,
	}, []string{
		".: part {/favicon.ico true map[] public/favicon.ico 0} <- shop.conf:4 declared", ".: part {/static false map[] static 0} <- shop.conf:5", ".: part {/closed false map[]  410} <- shop.conf:7", ".: part {/rum true map[]  403} <- shop.conf:8",
		".: part {/assets/ false map[Cache-Control:max-age=31536000]  0} <- shop.conf:16", ".: part {/maps/ false map[Expires:Tue, 19 Jan 2038 03:14:07 GMT]  0}",
		`.: part {/ false map[]  403}(?i)^Bad/\d <- shop.conf:11`, ".: part ^/v[12]/ pattern refused with 410 <- shop.conf:9", "note shop.conf:14 apache: . is refused", "note shop.conf:6 apache: the files of /srv/shop/static$1",
	}, []string{"canary", "immutable"}}})
}

// What a template fills in is known where operations write the file: redirects, the paths that lead to the service, files among its code.
func TestSitesThatAreFilledIn(t *testing.T) {
	tree := files{
		"@ops/shop.yml":                     "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/defaults/main.yml": "shop_dir: /srv/shop\nshop_domain: shop.org\nshop_redirects: {www.shop.org: $request_uri, help.shop.org: /help$request_uri, key.shop.org: /key/, odd.shop.org: '/?a=b'}\nshop_includes: {boot.shop.org: boot.j2}\n",
		"@ops/roles/shop/tasks/main.yml":    "- template: {src: site.conf.j2, dest: /etc/nginx/sites-enabled/shop.conf}\n- git: {repo: 'https://git.example.org/shop.git', dest: '{{ shop_dir }}'}\n- file: {path: '{{ shop_dir }}/media', state: directory}\n- copy: {content: 'User-agent: *', dest: '{{ shop_dir }}/pages/robots.txt'}\n",
		"@ops/roles/shop/templates/boot.j2": "server {\n server_name {{ site['host'] }};\n location /boot/ { uwsgi_pass shop; }\n location / { return 301 https://{{ shop_domain }}$request_uri; }\n}\n",
		"@ops/roles/shop/templates/site.conf.j2": `{% for site in shop_includes | dict2items(key_name='host', value_name='file') %}
{% include site['file'] %}
{% endfor %}
{% for site in shop_redirects | dict2items(value_name='to', key_name='from') %}
server {
  server_name {{ site['from'] }};
  location /.well-known/ { return 301 https://{{ shop_domain }}/known/; }
  location / { return 301 https://{{ shop_domain }}{{ site['to'] }}; }
}
{% endfor %}
server {
  server_name {{ shop_domain }};
  uwsgi_param LEVEL warn;
  location / { uwsgi_pass shop; }
  location = /robots.txt { alias {{ shop_dir }}/pages/robots.txt; }
  location /static/ { alias {{ shop_dir }}/collected/; expires 1h; }
  location /media/ { alias {{ shop_dir }}/media/; }
  location /away/ { alias /data/away/; }
}
`,
	}
	for _, f := range read(t, Ansible(), tree).Findings {
		for _, r := range f.Service.Routes {
			if r.Host == "boot.shop.org" && r.Path != "/boot" {
				t.Errorf("%s leads to the service below %q", r.Host, r.Path)
			}
		}
	}
	runManaged(t, Ansible(), []readerCase{{name: "a site in a template", tree: tree, want: []string{
		"shop: route shop.org <- @ops/roles/shop/defaults/main.yml:2", "shop: route boot.shop.org <- @ops/roles/shop/templates/site.conf.j2:2",
		"shop: edge {false   map[] map[] [boot.shop.org -> https://shop.org]}", "shop: edge {false   map[] map[] [www.shop.org -> https://shop.org]} <- @ops/roles/shop/templates/site.conf.j2:8",
		"shop: edge {false   map[] map[] [help.shop.org -> https://shop.org/help]}", "shop: edge {false   map[] map[] [key.shop.org -> https://shop.org/key/]}", "shop: edge {false   map[] map[] [key.shop.org/.well-known/ -> https://shop.org/known/]}",
		"shop: env LEVEL=warn <- @ops/roles/shop/templates/site.conf.j2:13",
		"shop: part {/robots.txt true map[] pages/robots.txt 0} <- @ops/roles/shop/templates/site.conf.j2:15", "shop: part {/static/ false map[] collected 0}", "shop: part {/static/ false map[Cache-Control:max-age=3600]  0}", "shop: part {/media/ false map[] /srv/shop/media 0}",
	}, not: []string{"route www.shop.org", "route odd.shop.org", "part {/away"}}})
}

func TestHowLongBrowsersKeep(t *testing.T) {
	for value, want := range map[string]string{
		"30d": "max-age=2592000", "max": "max-age=315360000", "-1": "no-cache", "epoch": "no-cache", "1h": "max-age=3600", "10": "max-age=10", "off": "", "$map": "", "99999999y": "", "@15h": "",
		"access plus 1 year": "max-age=31536000", `"access plus 2 weeks"`: "max-age=1209600", "A3600 seconds": "max-age=3600", "modification plus 1 day": "",
	} {
		if got := browserKeeps(value); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

// Headers of a site that only redirects are none of what another site of its file leads to.
func TestHeadersOfRedirectingSites(t *testing.T) {
	r := read(t, Apache(), files{"manage.py": "", "apache2/sites-available/shop.conf": "<VirtualHost *:80>\n  ServerName shop.org\n  DocumentRoot /var/www/shop\n  Header always set Cache-Control \"max-age=31536000\"\n  Redirect permanent / https://www.shop.org/\n</VirtualHost>\n<VirtualHost *:443>\n  ServerName www.shop.org\n  Header always set X-Frame-Options \"DENY\"\n  ProxyPass / http://127.0.0.1:8000/\n</VirtualHost>\n"})
	got := strings.Join(told(r), "\n")
	if !strings.Contains(got, "X-Frame-Options:DENY") || strings.Contains(got, "max-age=31536000") || !strings.Contains(got, "(Cache-Control)") {
		t.Errorf("got\n%s", got)
	}
}

// A site that shows pages by itself keeps its headers, though it leads to no other program.
func TestHeadersOfSitesWithPages(t *testing.T) {
	for name, got := range map[string]string{
		"PHP":       strings.Join(told(read(t, Apache(), files{"index.php": "", "apache2/sites-available/shop.conf": "<VirtualHost *:80>\n  ServerName shop.org\n  DocumentRoot /var/www/shop/public\n  Header always set X-Frame-Options DENY\n</VirtualHost>\n"})), "\n"),
		"Passenger": strings.Join(told(read(t, Nginx(), files{"config.ru": "", "nginx/shop.conf": "server {\n  server_name shop.org;\n  root /srv/shop/public;\n  passenger_enabled on;\n  add_header X-Frame-Options DENY;\n}\nserver {\n  server_name api.shop.org;\n  location / { proxy_pass http://127.0.0.1:8000; }\n}\n"})), "\n"),
	} {
		if !strings.Contains(got, "X-Frame-Options:DENY") || strings.Contains(got, "(X-Frame-Options)") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
