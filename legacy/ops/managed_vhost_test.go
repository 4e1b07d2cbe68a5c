package ops

import "testing"

// A site that an organisation's own resource makes of one template for all services is read for each of them.
func TestSitesOfAnOrganisationsOwnResource(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{"one template for all", files{
		"@ops/modules/acme/manifests/apps/shop.pp":    "class acme::apps::shop {\n  acme::app { 'shop': port => 3037 }\n}\n",
		"@ops/modules/acme/manifests/apps/kiosk.pp":   "class acme::apps::kiosk {\n  acme::app { 'kiosk': port => 3038 }\n}\n",
		"@ops/modules/acme/manifests/app.pp":          "define acme::app($port) {\n  acme::nginx_vhost { $title: vhost => $title, app_port => $port }\n}\n",
		"@ops/modules/acme/manifests/nginx_vhost.pp":  "define acme::nginx_vhost($vhost, $app_port) {\n  nginx::config::site { $vhost: content => template('nginx/proxy-vhost.conf') }\n}\n",
		"@ops/modules/nginx/manifests/config/site.pp": "define nginx::config::site($content) {\n  file { \"/etc/nginx/sites-available/${title}\": content => $content }\n}\n",
		"@ops/modules/nginx/templates/proxy-vhost.conf": `upstream <%= @vhost %>-proxy { server localhost:<%= @app_port %>; }
server {
  server_name <%= @vhost %>;
  add_header X-Content-Type-Options "nosniff";
  location / { proxy_pass http://<%= @vhost %>-proxy; }
}
`,
	}, []string{
		"/etc/nginx/sites-available/kiosk: edge {false   map[X-Content-Type-Options:nosniff] map[] []} <- @ops/modules/nginx/templates/proxy-vhost.conf:4",
		"/etc/nginx/sites-available/shop: edge {false   map[X-Content-Type-Options:nosniff] map[] []} <- @ops/modules/nginx/templates/proxy-vhost.conf:4",
	}, nil}})
}
