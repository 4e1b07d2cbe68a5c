package ops

import (
	"strings"
	"testing"
)

// What operations bring to a directory makes that directory the code's, whatever it is called; so does a module that brings
// one repository alone.
func TestDeployedCode(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{"the directory has another name", files{
		"@ops/site.yml": "- hosts: all\n  roles: [orders]\n",
		"@ops/roles/orders/tasks/main.yml": `- git: repo=https://github.com/acme/orders.git dest=/srv/ord.example/http
- template: src=keys.j2 dest=/srv/ord.example/http/config/keys.rb
- command: ~/.rbenv/shims/bundle exec rails db:migrate
  args: {chdir: /srv/ord.example/http}
- cron: name=tidy minute=5 job="/bin/bash -c 'export PATH=/x:$PATH; cd /srv/ord.example/http; ~/.rbenv/shims/bundle exec rake tidy'"
- file: path=/srv/ord.example/log state=directory
- file: path=/srv/ord.example/special state=directory
`,
		"@ops/roles/orders/templates/keys.j2": "ENV['S3_SECRET'] = \"{{ s3_secret }}\"\nENV['REGION'] = \"eu\"\n",
	}, []string{
		"https://github.com/acme/orders.git: deployed /srv/ord.example/http <- @ops/roles/orders/tasks/main.yml:1",
		"orders: file config/keys.rb secret sets S3_SECRET REGION <- @ops/roles/orders/templates/keys.j2:1",
		"orders/migrate: command (release) bundle|exec|rails|db:migrate <- @ops/roles/orders/tasks/main.yml:3",
		"tidy/tidy: schedule 5 * * * *; command bundle|exec|rake|tidy <- @ops/roles/orders/tasks/main.yml:5",
		"note orders: @ops/roles/orders/tasks/main.yml:6 logs in files: in a pod the service has to log to standard output, which the cluster collects: /srv/ord.example/log",
		"note orders: @ops/roles/orders/tasks/main.yml:7 directories: /srv/ord.example/special",
	}, nil}})
	runManaged(t, Chef(), []readerCase{{"a cookbook of one repository", files{
		"@ops/cookbooks/web/metadata.rb":         "name 'web'\n",
		"@ops/cookbooks/web/recipes/rails.rb":    "git '/srv/site' do\n  repository 'https://github.com/acme/orders.git'\nend\n",
		"@ops/cookbooks/web/recipes/frontend.rb": "package 'libjson-xs-perl'\ngem_package 'file-tail' do\n  version '1'\nend\n",
	}, []string{
		"note libjson-xs-perl: @ops/cookbooks/web/recipes/frontend.rb:1 packages of the old machine",
		"note file-tail: @ops/cookbooks/web/recipes/frontend.rb:2 packages by gem: file-tail",
	}, nil}})
	runManaged(t, Chef(), []readerCase{{"a release that only its time names", files{
		"@ops/cookbooks/my_shop/metadata.rb":           "name 'my_shop'\n",
		"@ops/cookbooks/my_shop/attributes/default.rb": "name = 'my_shop'\ndefault[name]['release'] = Time.now.strftime('%y%m')\ndefault[name]['env'] = { 'page_size' => 30, 'db_password' => 'canary' }\n",
		"@ops/cookbooks/my_shop/recipes/default.rb": `release = "/opt/#{cookbook_name}/#{node[cookbook_name]['release']}"
git '/opt/my_shop' do
  repository 'https://github.com/acme/my-shop.git'
  destination release
end
link '/opt/my_shop/Live' do
  to release
end
template "#{release}/config/application.yml" do
  source 'application.yml.erb'
  variables node[cookbook_name]['env']
end
execute 'prepare' do
  command 'bin/rake db:migrate'
  cwd '/opt/my_shop/Live'
end
`,
		"@ops/cookbooks/my_shop/templates/default/application.yml.erb": "PAGE_SIZE: '<%= @page_size %>'\nDB_PASSWORD: '<%= @db_password %>'\nGATE_URL: '<%= @gate %>'\nproduction:\n  DB_NAME: my_shop\nstaging:\n  DB_NAME: my_shop_staging\n",
		"Gemfile": "gem 'rails'\ngem 'figaro'\n", "bin/rake": "#!/usr/bin/env ruby\n",
	}, []string{
		"https://github.com/acme/my-shop.git: deployed /opt/my_shop/Live <- @ops/cookbooks/my_shop/recipes/default.rb:6",
		"my_shop: env PAGE_SIZE=30 <- @ops/cookbooks/my_shop/templates/default/application.yml.erb:1", "my_shop: secret DB_PASSWORD <- @ops/cookbooks/my_shop/templates/default/application.yml.erb:2",
		"my_shop: env DB_NAME=my_shop <- @ops/cookbooks/my_shop/templates/default/application.yml.erb:5", "my_shop in staging: env DB_NAME=my_shop_staging",
		"note my_shop: @ops/cookbooks/my_shop/templates/default/application.yml.erb:3 variables whose value is not known here",
		"prepare/migrate: command (release) bin/rake|db:migrate",
	}, []string{"canary", "env page_size", "secret db_password", "${strftime}: deployed"}}})
	lent := read(t, Chef(), files{
		"@ops/cookbooks/web/metadata.rb": "name 'web'\n", "@ops/cookbooks/web/recipes/rails.rb": "git '/srv/site' do\n  repository 'https://github.com/acme/orders.git'\nend\n",
		"@ops/cookbooks/web/recipes/base.rb":   "package 'libjson-xs-perl'\n",
		"@ops/cookbooks/other/metadata.rb":     "name 'other'\n",
		"@ops/cookbooks/other/recipes/base.rb": "package 'foreign'\n",
	})
	for _, n := range lent.Notes {
		about := "libjson-xs-perl\nhttps://github.com/acme/orders.git"
		if n.Item == "libjson-xs-perl" && len(n.About) < len(about) || n.Item == "foreign" && strings.Contains(n.About, "acme") {
			t.Errorf("%s is about %q", n.Item, n.About)
		}
	}
}

// Files that Ruby writes out of a hash are read as what they will be, with methods of the cookbook's own resource.
func TestDocuments(t *testing.T) {
	runManaged(t, Chef(), []readerCase{{"YAML.dump", files{
		"@ops/cookbooks/shop/metadata.rb":        "name 'shop'\n",
		"@ops/cookbooks/shop/recipes/default.rb": "shop_app 'shop' do\n  repository 'https://github.com/acme/shop.git'\n  level 'info'\n  api_key data_bag_item('a', 'b')['c']\nend\n",
		"@ops/cookbooks/shop/resources/app.rb": `property :level, String
property :api_key, String
property :unset, String
action :create do
  git home do
    repository new_resource.repository
  end
  settings = new_resource.to_hash.transform_keys(&:to_s).slice(
    "level", "unset"
  ).compact.merge("nested" => { "limit" => 5 })
  settings["site"] = "shop.example"
  file "#{home}/config/settings.yml" do
    content YAML.dump(settings)
  end
  file "#{home}/config/keys.json" do
    content JSON.pretty_generate("key" => new_resource.api_key, "on" => true)
  end
end
action_class do
  def home
    new_resource.dir || "/srv/#{new_resource.name}"
  end
end
`,
	}, []string{
		"/srv/shop/config/settings.yml: file config/settings.yml sets site nested limit level: site: shop.example|nested:|    limit: 5|level: info| <- @ops/cookbooks/shop/resources/app.rb:12",
		"/srv/shop/config/keys.json: file config/keys.json secret <- @ops/cookbooks/shop/resources/app.rb:15",
	}, []string{"unset"}}})
	runManaged(t, Ansible(), []readerCase{{"to_nice_yaml", files{
		"@ops/site.yml":                        "- hosts: all\n  roles: [orders]\n",
		"@ops/roles/orders/defaults/main.yml":  "orders_config:\n  level: info\n  password: canary-7\n",
		"@ops/roles/orders/tasks/main.yml":     "- template: src=c.yml.j2 dest=/etc/orders/c.yml\n",
		"@ops/roles/orders/templates/c.yml.j2": "{{ orders_config | to_nice_yaml }}\n",
	}, []string{"orders: file /etc/orders/c.yml secret sets level password"}, nil}})
}

func TestRuntimes(t *testing.T) {
	for name, want := range map[string]string{
		"python3.11-dev": "python 3.11", "python2.7": "python 2.7", "python3-dev": "", "ruby3.2": "ruby 3.2", "ruby1.9.1-full": "ruby 1.9.1", "openjdk-8-jre-headless": "java 8", "java-1.8.0-openjdk": "java 8",
		"java-11-openjdk-devel": "java 11", "php7.4-fpm": "php 7.4", "libapache2-mod-php8.1": "php 8.1", "golang-1.19-go": "go 1.19", "aspnetcore-runtime-6.0": "dotnet 6.0", "nodejs": "", "postgresql-12": "",
	} {
		language, version := runtimeOf(name, "latest")
		if got := language + " " + version; got != want && want+" " != got {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if language, version := runtimeOf("nodejs", "18.19.0-1nodesource1"); language != "node" || version != "18.19.0" {
		t.Errorf("%s %s", language, version)
	}
	runManaged(t, Ansible(), []readerCase{{"settings and packages", files{
		"@ops/site.yml":                       "- hosts: all\n  roles: [orders]\n",
		"@ops/roles/orders/defaults/main.yml": "orders_python_version: python3.9\n",
		"@ops/roles/orders/tasks/main.yml":    "- apt: name=openjdk-11-jdk\n- command: run {{ orders_python_version }}\n",
	}, []string{
		"openjdk-11-jdk: language java 11  <- @ops/roles/orders/tasks/main.yml:1",
		"orders: language python 3.9  <- @ops/roles/orders/defaults/main.yml:1",
	}, nil}})
}

// What data says under a service's name, for resources that are not its own, is a note.
func TestDataUnderAName(t *testing.T) {
	runManaged(t, Salt(), []readerCase{{"a pillar of the balancer", files{
		"@ops/pillar/haproxy.sls":    "haproxy:\n  sites:\n    orders:\n      check: HEAD /\n",
		"@ops/salt/haproxy/init.sls": "{% for name, site in pillar['haproxy']['sites'].items() %}\n{{ name }}:\n  test.nop\n{% endfor %}\n",
	}, []string{"note orders: @ops/pillar/haproxy.sls:3 data under its name that nothing here takes over: haproxy: sites: orders"}, nil}})
	runManaged(t, Puppet(), []readerCase{{"Hiera", files{
		"@ops/hiera.yaml":                   ":hierarchy:\n  - common\n",
		"@ops/hieradata/common.yaml":        "ci::jobs:\n  orders: {}\n  other-job: {}\n",
		"@ops/modules/ci/manifests/init.pp": "class ci ($jobs = {}) { }\n",
	}, []string{"note orders: @ops/hieradata/common.yaml:2 data under its name that nothing here takes over: ci::jobs: orders"}, nil}})
}

func TestSoleCommand(t *testing.T) {
	for line, want := range map[string]string{
		`/bin/bash -c 'export A=b ; eval "$(x)" ; cd /srv/shop && bundle exec rake a'`: "bundle exec rake a in /srv/shop",
		`sh -lc 'exec bin/run'`:  "bin/run in ",
		`sh -c 'a; b'`:           " in ",
		`sh -c 'a || b'`:         "a || b in ",
		`sh script.sh`:           " in ",
		`bash -c 'cd /x; cd /y'`: " in ",
		`sh -c '`:                " in ",
	} {
		sole, dir := soleCommand(line)
		if got := sole + " in " + dir; got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
