package ops

import (
	"strings"
	"testing"
)

const shopSites = `domain: www.shop.org
tls: /etc/tls
nginx_configs:
  upstream:
    - upstream app { server unix:/srv/shop/puma.sock; }
nginx_sites:
  plain:
    - listen 80
    - server_name {{ domain }}
    - location / { return 301 https://{{ domain }}$request_uri; }
  shop:
    - |
      listen 443 ssl;
      server_name {{ domain }};
      root /srv/shop/current/public;
      {{ shop_snippet }}
      client_max_body_size 20m;
      location /old {
        return 301 https://{{ domain }}/new;
      }
      location @app {
        proxy_set_header Authorization canary;
        proxy_pass http://app;
      }
other_servers: [10.0.0.1]
nginx_proxy_servers: [10.0.0.1]
`

const shopVhosts = `nginx_upstreams:
  - name: shop
    servers: ["127.0.0.1:8100 weight=2"]
nginx_vhosts:
  - listen: "443 ssl"
    server_name: "www.shop.org"
    filename: shop.conf
    extra_parameters: |
      location / {
        proxy_pass http://shop;
      }
      proxy_read_timeout 90s;
`

const shopServers = `nginx::nginx_servers:
  www.shop.org:
    proxy: http://localhost:8200
    ssl: true
    ssl_cert: /etc/tls/shop.pem
    ssl_key: canary
    client_max_body_size: 3m
    add_header: {X-Frame-Options: DENY}
    locations:
      /up: {location_custom_cfg: {return: "301 https://up.shop.org/"}}
nginx::nginx_servers_defaults: 3
`

const shopFormula = `nginx:
  ng:
    servers:
      managed:
        shop.conf:
          enabled: true
          config:
            - server:
              - server_name: www.shop.org
              - listen: [443, ssl]
              - location /:
                - proxy_pass: http://localhost:8300
                - proxy_read_timeout: 70s
`

func TestSitesInData(t *testing.T) {
	role := files{"manage.py": "", "@ops/site.yml": "- hosts: all\n  roles: [other.nginx]\n", "@ops/roles/db/tasks/main.yml": "- apt: name=ntp\n"}
	with := func(name, text string) files {
		all := files{name: text}
		for p, text := range role {
			all[p] = text
		}
		return all
	}
	runCases(t, Ansible(), []readerCase{
		{"statements by the names of sites", with("@ops/group_vars/all.yml", shopSites), []string{
			".: edge {true   map[] map[] []} <- @ops/group_vars/all.yml:10", ".: edge {false  20m map[] map[] []} <- @ops/group_vars/all.yml:17", ".: edge {false   map[] map[] [/old -> https://www.shop.org/new]} <- @ops/group_vars/all.yml:19", ".: route www.shop.org/ <- @ops/group_vars/all.yml:14",
		}, []string{"canary", "10.0.0.1"}},
		{"settings of sites in a list", with("@ops/group_vars/web.yml", shopVhosts), []string{
			".: port 8100 <- @ops/group_vars/web.yml:3", ".: route www.shop.org/ <- @ops/group_vars/web.yml:6", ".: edge {false 90s  map[] map[] []} <- @ops/group_vars/web.yml:12",
		}, nil},
		{"in a play, and of staging", files{"manage.py": "", "@ops/site.yml": "- hosts: all\n  roles:\n    - role: other.nginx\n      nginx_sites:\n        shop: ['server_name www.shop.org', 'proxy_pass http://127.0.0.1:8400']\n", "@ops/group_vars/staging.yml": "nginx_sites:\n  shop: ['server_name stage.shop.org', 'proxy_pass http://127.0.0.1:8500']\n"}, []string{".: port 8400 <- @ops/site.yml:5"}, []string{"8500"}},
	})
	runCases(t, Puppet(), []readerCase{
		{"servers of Puppet's module", files{"manage.py": "", "@ops/manifests/site.pp": "node default { include nginx }\n", "@ops/hieradata/common.yaml": shopServers}, []string{
			".: port 8200 <- @ops/hieradata/common.yaml:3", ".: route www.shop.org/ <- @ops/hieradata/common.yaml:2", ".: edge {false  3m map[] map[] []} <- @ops/hieradata/common.yaml:7", ".: edge {false   map[X-Frame-Options:DENY] map[] []} <- @ops/hieradata/common.yaml:8", ".: edge {false   map[] map[] [/up -> https://up.shop.org/]} <- @ops/hieradata/common.yaml:10",
		}, []string{"canary"}},
	})
	runCases(t, Salt(), []readerCase{
		{"servers of Salt's formula", files{"manage.py": "", "@ops/states/top.sls": "base:\n  '*': [nginx.ng]\n", "@ops/pillar/shop.sls": shopFormula}, []string{
			".: port 8300 <- @ops/pillar/shop.sls:12", ".: route www.shop.org/ <- @ops/pillar/shop.sls:9", ".: edge {false 70s  map[] map[] []} <- @ops/pillar/shop.sls:13",
		}, nil},
	})
}

// FuzzSitesInData sees that no data makes the sites in it grow without bounds, and that what is written stands on its line.
func FuzzSitesInData(f *testing.F) {
	for _, text := range []string{shopSites, shopVhosts, shopServers, shopFormula, "nginx_sites:\n  shop: {template: x.j2, server_name: '{{ item.value.template }}'}\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := quietly()
		v := yamlValues("x.yml", text, r)
		x := &nginxValues{fill: func(expression string) string { return expression + "\n" }, template: func(string) string { return text }}
		x.look("", v, 0)
		lines := strings.Count(text, "\n") + 1
		for line := range x.lines["x.yml"] {
			if line < 1 || line > lines+len(text) {
				t.Fatalf("line %d of %d", line, lines)
			}
		}
	})
}
