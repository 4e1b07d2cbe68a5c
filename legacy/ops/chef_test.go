package ops

import (
	"fmt"
	"strings"
	"testing"
)

// shopCookbook deploys an application as many cookbooks do.
func shopCookbook(more files) files {
	tree := files{
		"cookbooks/shop/metadata.rb": "name 'shop'\n",
		"cookbooks/shop/attributes/default.rb": `# the defaults
default['shop']['user'] = 'shop'
default[:shop][:home] = "/srv/#{node['shop']['user']}"
default['shop']['unicorn']['port'] = 8080
default['shop']['server_names'] = %w(shop.example.net www.shop.example.net)
default['shop']['environment']['LEVEL'] = 'info'
default['shop']['secret_token'] = 'canary'
default['shop']['workers'] = (node['cpu'] || 2) * 2
`,
		"cookbooks/shop/recipes/default.rb": `
include_recipe 'nginx'
home = node['shop']['home']
secrets = data_bag_item('shop', 'secrets')

%w(imagemagick nginx).each do |name|
  package name
end

user node['shop']['user'] do
  home home
  password 'canary'
end

directory "#{home}/uploads" do
  owner 'shop'
  recursive true
end

template '/etc/default/shop' do
  source 'env.erb'
  mode '0600'
  variables(level: 'warn', token: secrets['token'], password: 'canary')
  notifies :restart, 'service[shop]'
end

cron 'shop_report' do
  command "cd #{home}/current && bundle exec rake report >> /var/log/shop.log"
  hour '3'
  minute 5
  only_if { node['shop']['report'] == true }
end

cron 'shop_gone' do
  action :delete
  command 'bundle exec rake gone'
end

application 'shop' do
  path home
  repository 'https://github.com/acme/shop.git'
  r = rails do
    database do
      adapter 'postgresql'
      host 'db1.example.net'
      database "shop_production"
      password secrets['db']
    end
  end
  unicorn do
    port "8080"
  end
end

execute 'migrate' do
  cwd home
  command 'bundle exec rake db:migrate'
  environment 'RAILS_ENV' => 'production', 'API_KEY' => secrets['key']
end

if platform_family?('rhel')
  package 'ghostscript'
else
  service 'shop' do
    action [:enable, :start]
  end
end
`,
		"cookbooks/shop/templates/default/env.erb": "# <%= @level %>\nLEVEL=<%= @level %>\nPORT_BASE=<%= node['shop']['unicorn']['port'] %>\nTOKEN=<%= @token %>\nPASSWORD=<%= @password %>\n<% if @x %>\nEXTRA=1\n<% end %>\n",
	}
	for name, text := range more {
		tree[name] = text
	}
	return tree
}

func TestChef(t *testing.T) {
	runManaged(t, Chef(), []readerCase{
		{"a cookbook", shopCookbook(nil), []string{
			"shop: port 8080 <- cookbooks/shop/attributes/default.rb:4",
			"shop: route www.shop.example.net <- cookbooks/shop/attributes/default.rb:5",
			"shop: env LEVEL=info <- cookbooks/shop/attributes/default.rb:6",
			"imagemagick: runtime imagemagick <- cookbooks/shop/recipes/default.rb:7",
			"/srv/shop/uploads: state /srv/shop/uploads <- cookbooks/shop/recipes/default.rb:15",
			"/etc/default/shop: env LEVEL=warn <- cookbooks/shop/templates/default/env.erb:2",
			"/etc/default/shop: env PORT_BASE=8080 <- cookbooks/shop/templates/default/env.erb:3",
			"/etc/default/shop: secret TOKEN <- cookbooks/shop/templates/default/env.erb:4",
			"/etc/default/shop: secret PASSWORD <- cookbooks/shop/templates/default/env.erb:5",
			"/etc/default/shop: env EXTRA=1 <- cookbooks/shop/templates/default/env.erb:7",
			"shop_report/shop-report: schedule 5 3 * * *; command bundle|exec|rake|report <- cookbooks/shop/recipes/default.rb:28",
			"shop: need postgres |db1.example.net|shop_production|:0 <- cookbooks/shop/recipes/default.rb:44",
			"shop: port 8080 <- cookbooks/shop/recipes/default.rb:51",
			"migrate/migrate: command (release) bundle|exec|rake|db:migrate <- cookbooks/shop/recipes/default.rb:57",
			"note nginx: cookbooks/shop/recipes/default.rb:7 packages for the work of the machine itself",
			"note shop_gone: cookbooks/shop/recipes/default.rb:34 scheduled jobs that are switched off, not taken over: shop_gone",
			"note shop: cookbooks/shop/recipes/default.rb:10 user (account: the image has its own): shop",
			"note shop: cookbooks/shop/recipes/default.rb:64 service (unit: the Deployment keeps it running): shop",
			"note shop: cookbooks/shop/recipes/default.rb:41 settings of application that the image has its own of: application repository",
		}, []string{"rake gone", "rake|gone", "ghostscript"}},
		{"roles, environments, nodes", shopCookbook(files{
			"roles/shop.rb":              "name 'shop'\ndefault_attributes(\n  'shop' => { :unicorn => { 'port' => 9090 } }\n)\nrun_list 'recipe[shop]'\n",
			"environments/production.rb": "name 'production'\ndefault_attributes 'shop' => {'environment' => {'LEVEL' => 'error'}}\n",
			"environments/staging.json":  `{"name": "staging", "override_attributes": {"shop": {"environment": {"LEVEL": "debug", "API_TOKEN": "canary"}}}}`,
			"environments/dev.rb":        "default_attributes 'shop' => {'environment' => {'LEVEL' => 'developer'}}\n",
			"nodes/one.json":             "{\n // a comment\n \"shop\": {\"memcached_servers\": [\"cache1.example.net:11211\"]}, \"run_list\": [\"recipe[shop]\"] }",
		}), []string{
			"shop: port 9090 <- roles/shop.rb:3", "shop in production: env LEVEL=error <- environments/production.rb:2", "shop in staging: env LEVEL=debug <- environments/staging.json:1", "shop: need memcached |cache1.example.net||:11211 <- nodes/one.json:3",
		}, []string{"developer"}},
		{"resources of its own, runit and timers", shopCookbook(files{
			"cookbooks/shop/resources/site.rb":                        "resource_name :shop_site\nproperty :site, String, :name_property => true\nproperty :port, Integer, :default => 3000\naction :create do\n  docker_container new_resource.site do\n    repo 'acme/shop'\n    port \"80:#{new_resource.port}\"\n    env ['LEVEL=warn', \"A_TOKEN=canary\"]\n  end\nend\n",
			"cookbooks/shop/recipes/site.rb":                          "shop_site 'shop' do\n  port 3001\nend\nshop_site 'shop-two'\nrunit_service 'shop-worker' do\n  env 'QUEUE' => 'fast'\nend\nsystemd_service 'shop-tidy' do\n  exec_start '/usr/bin/bundle exec rake tidy'\n  environment 'A' => 'b'\nend\nsystemd_timer 'shop-tidy' do\n  on_calendar '02:00'\nend\n",
			"cookbooks/shop/templates/default/sv-shop-worker-run.erb": "#!/bin/sh\nexec 2>&1\ncd /srv/shop\nexec chpst -u <%= node['shop']['user'] %> \\\n  bundle exec sidekiq -c 5\n",
			"cookbooks/shop/definitions/shop_app.rb":                  "define :shop_app, :port => 80 do\n  service params[:name]\n  mount \"/mnt/#{params[:name]}/media\" do\n    device 'nfs1:/x'\n  end\nend\n",
			"cookbooks/shop/recipes/app.rb":                           "shop_app 'shop' do\n  enable true\nend\n",
		}), []string{
			"shop: port 3001 <- cookbooks/shop/resources/site.rb:7", "shop-two: port 3000 <- cookbooks/shop/resources/site.rb:7", "shop: env LEVEL=warn", "shop: secret A_TOKEN",
			"shop-worker/worker: command bundle|exec|sidekiq|-c|5 <- cookbooks/shop/templates/default/sv-shop-worker-run.erb:4", "shop-worker: env QUEUE=fast <- cookbooks/shop/recipes/site.rb:6",
			"shop-tidy/shop-tidy: schedule 0 2 * * *; command bundle|exec|rake|tidy <- cookbooks/shop/recipes/site.rb:9", "/mnt/shop/media: state /mnt/shop/media <- cookbooks/shop/definitions/shop_app.rb:3",
		}, nil},
		{"broken", shopCookbook(files{"cookbooks/shop/recipes/b.rb": "package 'x' do\n if (\n {[", "cookbooks/shop/recipes/c.rb": "<%= x %> end end\n%w(", "nodes/x.json": "{\"a\": [canary", "cookbooks/shop/attributes/z.rb": "default['shop'] = default['shop']['x']['y'] ||= nil\nx = <<EOS\ncanary"}), []string{
			"note : nodes/x.json:0 not understood as JSON", "shop: port 8080",
		}, nil},
		{"no cookbook", files{"app/recipes/soup.rb": "package 'x'\n", "lib/attributes/a.rb": "default['a'] = 1\n"}, nil, []string{"package"}},
	})
}

func TestChefExpressions(t *testing.T) {
	for source, want := range map[string]string{
		`"a#{b}c"`: "aBc", `'a#{b}c'`: "a#{b}c", `node['x']['y']`: "deep", `node[:x]["y"]`: "deep", `node.x.y`: "deep", `node['x'].fetch('z', 'else')`: "else", `node['no']['thing'] || 'given'`: "given",
		`File.join('/srv', b, 'x')`: "/srv/B/x", `::File.join("/srv/", b)`: "/srv/B", `%w(a b).join(',')`: "a,b", `['a', "b"].join("+")`: "a+b", `{ 'k' => 'v' }['k']`: "v", `{ k: 'v' }[:k]`: "v", `b.to_s.downcase`: "b",
		`data_bag_item('a', 'b')['password']`: "${password}", `search(:node, 'role:x')`: "${search}", `b == 'B'`: "true", `b ? 'x' : 'y'`: "x", `b == 'C' ? 'x' : 'y'`: "y", `strange(b) ? 'x' : 'y'`: "${value}",
		"if b == 'C'\n  'no'\nelsif b == 'B'\n  \"yes #{b}\"\nelse\n  'other'\nend": "yes B", "unless b == 'B' then 'x' end": "", "if b == 'B'\n  puts 'a'\n  'x'\nend": "${value}", `strange(b)`: "${strange}", `1_000`: "1000", `:name`: "name", `"x" + b`: "xB",
		"<<~EOS\n  text #{b}\nEOS": "  text B\n", `nil`: "", `lazy { "x#{b}" }`: "xB", `Chef::Config[:file_cache_path]`: "${file_cache_path}", `%q(a (b) c)`: "a (b) c",
	} {
		run := newChefRun(&chefWorld{}, "production")
		run.set([]string{"x", "y"}, textValue("deep", "f", 1), true)
		scope := &puppetScope{vars: map[string]managedValue{"b": textValue("B", "f", 1)}, file: "f"}
		run.block(parseChef("x = "+source), scope)
		if got := scope.vars["x"]; got.text != want {
			t.Errorf("%s: got %q (%d), want %q", source, got.text, got.kind, want)
		}
	}
}

func FuzzChef(f *testing.F) {
	tree := shopCookbook(nil)
	f.Add(tree["cookbooks/shop/recipes/default.rb"], tree["cookbooks/shop/attributes/default.rb"], tree["cookbooks/shop/templates/default/env.erb"])
	f.Add("a 'b' do |x|\n c { d }\nend if e\ncase x when :a, 'b' then y 'z' else w end", "default[:a][:b] ||= {c: [1, 2]}\nx.y = 1", "<%= node['a']['b'] %>")
	f.Fuzz(func(t *testing.T, recipe, attributes, template string) {
		checkManaged(t, read(t, Chef(), shopCookbook(files{"cookbooks/shop/recipes/x.rb": recipe, "cookbooks/shop/attributes/default.rb": attributes, "cookbooks/shop/templates/default/env.erb": template,
			"cookbooks/shop/resources/y.rb": "action :create do\n" + recipe, "roles/r.rb": recipe, "nodes/n.json": attributes, "environments/staging.json": template})))
	})
}

func FuzzChefKeepsSecrets(f *testing.F) {
	f.Add("shop", "LEVEL")
	f.Fuzz(func(t *testing.T, name, text string) {
		if strings.Contains(name+text, "hunter2") {
			return
		}
		recipe := fmt.Sprintf("password = \"hunter2-canary\"\nx %q do\n db_password 'hunter2-canary'\n env 'A_TOKEN' => 'hunter2-canary', 'B_URL' => \"https://u:hunter2-canary@h\", 'C' => password\n command \"run --password=hunter2-canary\"\nend\ntemplate '/etc/default/y' do\n source 'e.erb'\n variables api_key: 'hunter2-canary'\nend\n", name)
		r := read(t, Chef(), shopCookbook(files{"cookbooks/shop/recipes/default.rb": recipe, "cookbooks/shop/templates/e.erb": text + "\nTHE_KEY=<%= @api_key %>\n", "cookbooks/shop/attributes/default.rb": "default['shop']['secret'] = 'hunter2-canary'\n"}))
		if strings.Contains(fmt.Sprintf("%+v", r), "hunter2-canary") {
			t.Fatalf("%s", strings.Join(told(r), "\n"))
		}
	})
}
