package ops

import (
	"slices"
	"strings"
	"testing"
)

// Templates of Chef are filled with what their expressions work out, and with attributes of cookbooks that are kept elsewhere.
func TestChefTemplates(t *testing.T) {
	runManaged(t, Chef(), []readerCase{
		{"variables in a file of Ruby, scripts of runit and a site", files{
			"cookbooks/shop/metadata.rb":                                  "name 'shop'\n",
			"environments/prod.json":                                      `{"name": "prod"}`,
			"cookbooks/shop/recipes/default.rb":                           "keys = chef_vault_item('shop', node.chef_environment)\nmirror = node.chef_environment == 'prod' ? 'cdn' : 'cdn-staging'\ntemplate '/etc/shop/secret.rb' do\n  source 'secret.rb.erb'\n  variables(token: keys['token'], queue: keys['queue'], log: mirror)\nend\nrunit_service 'jobs' do\n  options(bundle: '/usr/local/bin/bundle', user: 'deploy')\n  env('RAILS_ENV' => node.chef_environment)\nend\ntemplate \"#{node['nginx']['dir']}/sites-available/shop\" do\n  source 'site.erb'\n  variables(names: ['shop.org', 'www.shop.org'], mirror: \"https://#{mirror}.shop.net\")\nend\n",
			"cookbooks/shop/templates/default/secret.rb.erb":              "# of the machine\nENV['A_TOKEN'] = \"<%= @token %>\"\nENV[\"QUEUE_NAME\"] ||= '<%= @queue %>'\nENV['LOG_TO'] = \"<%= @log.upcase %>\"\nENV['QUIET'] = '<%= node.chef_environment == 'staging' %>'\nENV['NOBODY'] = '<%= strange(@log) %>'\n",
			"cookbooks/shop/templates/default/sv-jobs-run.erb":            "#!/bin/sh\ncd /applications/shop/current\nexec <%= node['runit']['chpst_bin'] %> -u <%= @options[:user] %> -e <%= node['runit']['sv_dir'] %>/jobs/env \\\n  <%= @options[:bundle] %> exec rake jobs:work\n",
			"cookbooks/shop/templates/default/site.erb":                   "server {\n  server_name <%= @names.join(' ') %> m-<%= @names.first %>;\n  server_name m-<%= @names.last %>;\n  location = /old.gz { rewrite ^ <%= @mirror %>$request_uri redirect; }\n  location / { proxy_pass http://127.0.0.1:3000; }\n}\n",
			"cookbooks/shop/templates/default/never-mentioned.erb":        "x",
			"cookbooks/shop/attributes/default.rb":                        "default['shop']['token'] = 'canary'\n",
			"cookbooks/shop-kiosk/metadata.rb":                            "name 'shop-kiosk'\n",
			"cookbooks/shop-kiosk/recipes/default.rb":                     "template '/applications/kiosk/shared/config/kiosk.yml' do\n  source 'kiosk.yml.erb'\nend\n",
			"cookbooks/shop-kiosk/templates/default/kiosk.yml.erb":        "workers: 3\n",
			"cookbooks/shop-kiosk/templates/default/never-mentioned2.erb": "x",
		}, []string{
			"/etc/shop/secret.rb: secret A_TOKEN <- cookbooks/shop/templates/default/secret.rb.erb:2", "/etc/shop/secret.rb: secret QUEUE_NAME <- cookbooks/shop/templates/default/secret.rb.erb:3", "/etc/shop/secret.rb: env LOG_TO=CDN <- cookbooks/shop/templates/default/secret.rb.erb:4", "/etc/shop/secret.rb: env QUIET=false <- cookbooks/shop/templates/default/secret.rb.erb:5",
			"jobs/worker: command bundle|exec|rake|jobs:work <- cookbooks/shop/templates/default/sv-jobs-run.erb:3", "jobs: env RAILS_ENV=prod <- cookbooks/shop/recipes/default.rb:9",
			"/etc/nginx/sites-available/shop: route shop.org", "/etc/nginx/sites-available/shop: route www.shop.org", "/etc/nginx/sites-available/shop: route m-shop.org", "/etc/nginx/sites-available/shop: route m-www.shop.org", "/etc/nginx/sites-available/shop: edge {false   map[] map[] [/old.gz -> https://cdn.shop.net]}", "/applications/kiosk/shared/config/kiosk.yml: file config/kiosk.yml",
		}, []string{"canary", "env NOBODY"}},
		{"resources for sites", files{
			"cookbooks/shop/metadata.rb":                        "name 'shop'\n",
			"cookbooks/shop/recipes/default.rb":                 "apache_site 'shop.org' do\n  template 'shop.erb'\n  variables status: 'online', key: 'canary'\nend\nweb_app 'shop-api' do\n  template 'api.conf.erb'\n  server_name 'api.shop.org'\nend\napache_site 'default' do\n  action :disable\nend\n",
			"cookbooks/shop/templates/default/shop.erb":         "<VirtualHost *:80>\n  ServerName shop.org\n  SetEnv SHOP_STATUS <%= @status %>\n  SetEnv SHOP_KEY <%= @key %>\n  ProxyPass / http://127.0.0.1:8000/\n</VirtualHost>\n",
			"cookbooks/shop/templates/default/api.conf.erb":     "<VirtualHost *:80>\n  ServerName <%= @params[:server_name] %>\n  ProxyPass / http://127.0.0.1:8001/\n</VirtualHost>\n",
			"cookbooks/shop/templates/default/never.conf.erb":   "",
			"cookbooks/shop/templates/default/default.conf.erb": "",
		}, []string{"shop.org: env SHOP_STATUS=online <- cookbooks/shop/templates/default/shop.erb:3", "shop-api: route api.shop.org"}, []string{"canary"}},
	})
}

// What a resource of the operations code's own is made of may stand elsewhere: its use is noted all the same, and what its
// command is given is not the service's.
func TestUseOfAResourceOfItsOwn(t *testing.T) {
	r := read(t, Chef(), files{
		"cookbooks/ruby/metadata.rb":          "name 'ruby'\n",
		"cookbooks/ruby/resources/in_code.rb": "resource_name :in_code\nproperty :directory, String\nproperty :command, String\nproperty :environment, Hash\naction :run do\n  execute \"#{new_resource.directory}/Gemfile\" do\n    command \"bundle exec #{new_resource.command}\"\n    environment new_resource.environment\n  end\nend\n",
		"cookbooks/shop/metadata.rb":          "name 'shop'\n",
		"cookbooks/shop/recipes/default.rb":   "in_code '/srv/shop/package.json' do\n  directory '/srv/shop'\n  command 'rails yarn:install'\n  environment 'RAILS_ENV' => 'production', 'SECRET_KEY_BASE_DUMMY' => '1'\nend\n",
	})
	all := strings.Join(told(r), "\n")
	if !strings.Contains(all, "cookbooks/shop/recipes/default.rb:1 resources of a kind that the operations code makes itself") {
		t.Errorf("the use is not noted:\n%s", all)
	}
	if strings.Contains(all, "secret SECRET_KEY_BASE_DUMMY") || strings.Contains(all, "env RAILS_ENV") {
		t.Errorf("what a command is given is the service's:\n%s", all)
	}
}

// A cookbook acme-kiosk that puts files into a directory of kiosk's is about that, not about what acme is.
func TestCookbooksOfAnOrganisation(t *testing.T) {
	recipe := &managed{kind: "class", title: "acme-kiosk::default"}
	for where, want := range map[string]bool{"/applications/kiosk/shared/kiosk.yml": false, "/etc/kiosk.yml": true, "/srv/acme/kiosk.yml": true} {
		m := &managed{kind: "template", title: where, outer: recipe}
		if names := m.about(); slices.Contains(names, "acme-kiosk") != want || !slices.Contains(names, "kiosk") {
			t.Errorf("%s is about %v", where, names)
		}
	}
}
