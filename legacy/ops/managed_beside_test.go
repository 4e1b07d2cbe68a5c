package ops

import (
	"strings"
	"testing"
)

func TestPlaysThatGiveARoleOtherThingsToDo(t *testing.T) {
	tree := files{
		"@ops/site.yml":                      "- hosts: www\n  roles:\n    - postgres\n    - {role: shop, shop_jobs: false}\n- hosts: jobs1\n  roles: [memcached, {role: shop, shop_site: false}]\n",
		"@ops/hosts":                         "[www]\nwww1\n",
		"@ops/host_vars/www1/main.yml":       "shop_port: 8150\n",
		"@ops/host_vars/other":               "shop_port: 9999\n",
		"@ops/roles/postgres/tasks/main.yml": "- apt: name=postgresql\n",
		"@ops/roles/shop/defaults/main.yml":  "shop_site: true\nshop_jobs: true\nshop_never: false\nshop_port: 8000\n",
		"@ops/roles/shop/handlers/main.yml":  "- name: restart\n  service: name=shop state=restarted\n",
		"@ops/roles/shop/tasks/main.yml":     "- file: path=/srv/shop/uploads state=directory\n  when: shop_site\n- file: path=/var/shop state=directory\n  when: shop_jobs\n- file: path=/srv/shop/media state=directory\n  when: shop_never\n",
	}
	if n := strings.Count(strings.Join(told(read(t, Ansible(), tree)), "\n"), "switched off by a condition"); n != 2 { // in each of the plays
		t.Errorf("%d tasks are switched off", n)
	}
	runManaged(t, Ansible(), []readerCase{{name: "what one play switches off another has", tree: tree, want: []string{
		"shop: port 8150 <- @ops/host_vars/www1/main.yml:1",
		"shop: state /srv/shop/uploads <- @ops/roles/shop/tasks/main.yml:1", "shop: state /var/shop <- @ops/roles/shop/tasks/main.yml:3",
		"note main.yml: @ops/roles/shop/tasks/main.yml:5 switched off by a condition, not taken over",
		"note shop: @ops/roles/shop/handlers/main.yml:1 service (unit: the Deployment keeps it running)",
		"note shop: @ops/site.yml:3 set up on the same machines; what the service calls there is a need, the rest stays with them: postgres",
		"note shop: @ops/site.yml:6 set up on the same machines; what the service calls there is a need, the rest stays with them: memcached",
	}, not: []string{"9999"}}})
}

func TestStatesOfTheSameMinions(t *testing.T) {
	runManaged(t, Salt(), []readerCase{{name: "top.sls", tree: files{
		"@ops/salt/top.sls":       "base:\n  '*':\n    - users\n    - shop\n  'shop*':\n    - match: glob\n    - pgbouncer\n    - shop\n",
		"@ops/salt/shop/init.sls": "/srv/shop/uploads:\n  file.directory: []\n",
	}, want: []string{"note shop: @ops/salt/top.sls:7 set up on the same machines; what the service calls there is a need, the rest stays with them: pgbouncer"}, not: []string{": users"}}})
}

func TestClassesOfTheSameNodes(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "a list of classes in the data", tree: files{
		"@ops/hieradata/role-web.yaml":        "classes:\n  - 'acme::checks::shop'\n  - 'memcached'\n",
		"@ops/modules/shop/manifests/init.pp": "class shop { file { '/srv/shop/uploads': ensure => directory } }\n",
	}, want: []string{"note shop: @ops/hieradata/role-web.yaml:3 set up on the same machines; what the service calls there is a need, the rest stays with them: memcached"}}})
	runManaged(t, Chef(), []readerCase{{name: "a run list", tree: files{
		"@ops/nodes/web1.json":                   "{\"run_list\": [\n\"recipe[shop]\",\n\"recipe[memcached]\"]}\n",
		"@ops/cookbooks/shop/recipes/default.rb": "directory '/srv/shop/uploads'\n",
		"@ops/cookbooks/shop/metadata.rb":        "name 'shop'\n",
	}, want: []string{"note shop: @ops/nodes/web1.json:3 set up on the same machines; what the service calls there is a need, the rest stays with them: memcached"}}})
}

func TestConfigurationOfUWSGIThatIsPutOnTheMachine(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{name: "a vassal", tree: files{
		"setup.py":                           "setup(entry_points={'console_scripts': ['shop-sync=shop.sync:main']})\n",
		"requirements.txt":                   "psycopg2==2.9\n",
		"@ops/shop.yml":                      "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/templates/shop.ini": "[uwsgi]\nplugins=python\nchdir={{ shop_dir }}\nwsgi-file=shop.wsgi\nsocket=/run/uwsgi/shop.sock\nprocesses = {{ shop_workers }}\nenv = LEVEL=info\nenv = API_TOKEN=canary\n",
		"@ops/roles/shop/defaults/main.yml":  "shop_dir: /srv/shop\nshop_workers: 6\n",
		"@ops/roles/shop/tasks/main.yml":     "- template: src=shop.ini dest=/etc/uwsgi/vassals/shop.ini\n- template: src=sync.j2 dest=/etc/systemd/system/shop-sync.service\n- pip: name=psycopg2==2.8 virtualenv=/srv/shop/env\n- pip: name=unlisted\n",
		"@ops/roles/shop/templates/sync.j2":  "[Service]\nExecStart={{ shop_dir }}/env/bin/shop-sync --all\n",
	}, want: []string{
		"shop: command uwsgi|--http-socket|0.0.0.0:8000|--master|--die-on-term|--wsgi-file|shop.wsgi|--processes|6 <- @ops/roles/shop/templates/shop.ini:4",
		"shop: command uwsgi|--http-socket|0.0.0.0:8000|--master|--die-on-term|--wsgi-file|shop.wsgi|--processes|6 <- @ops/roles/shop/templates/shop.ini:6",
		"shop: env LEVEL=info <- @ops/roles/shop/templates/shop.ini:7", "shop: secret API_TOKEN <- @ops/roles/shop/templates/shop.ini:8",
		"note shop: @ops/roles/shop/templates/shop.ini:3 options of uWSGI that the image and the pod have their own of: chdir",
		"shop-sync/shop-sync: command shop-sync|--all <- @ops/roles/shop/templates/sync.j2:2",
		"note psycopg2==2.8: @ops/roles/shop/tasks/main.yml:3 packages that the repository lists: the image installs them: psycopg2", "note unlisted: @ops/roles/shop/tasks/main.yml:4 packages by pip: unlisted",
	}, not: []string{"canary"}}})
}

func TestDeploymentsOfChef(t *testing.T) {
	recipe := `include_recipe 'ufw'
include_recipe 'shop::base'
apache_module 'expires'
deploy_revision '/var/www/shop' do
  repo 'https://example.org/shop.git'
  before_migrate do
    directory shared_path + '/x' do
      owner 'shop'
    end
    bash 'Create the database' do
      environment 'RAILS_ENV' => node['shop']['environment']
      code "bundle exec rake db:create"
    end
    bash 'Compile the assets' do
      code "bundle exec rake assets:precompile"
    end
  end
  before_restart do
    bash 'prepare' do
      code <<-EOH
        echo canary; RAILS_ENV=production bundle exec rake db:migrate
      EOH
    end
  end
end
directory '/var/www/shop/shared/system'
`
	runManaged(t, Chef(), []readerCase{{name: "blocks of a deployment, data of chef-solo, recipes and resources that are kept elsewhere", tree: files{
		"@ops/node.json":                            "{\"shop\": {\"server_name\": \"shop.example.org\", \"app_port\": 443, \"port\": 8150},\n\"run_list\": [\"recipe[shop]\"]}\n",
		"@ops/staging.json":                         "{\"shop\": {\"server_name\": \"staging.shop.example.org\", \"port\": 8150},\n\"run_list\": [\"recipe[shop]\"]}\n",
		"@ops/other.json":                           "{\"shop\": {\"server_name\": \"never.example.org\"}}\n",
		"@ops/cookbooks/shop/metadata.rb":           "name 'shop'\n",
		"@ops/cookbooks/shop/attributes/default.rb": "default['brew']['flavour'] = 'mild'\n",
		"@ops/cookbooks/shop/recipes/base.rb":       "package 'imagemagick'\n",
		"@ops/cookbooks/shop/recipes/default.rb":    recipe,
	}, want: []string{
		"shop: port 8150 <- @ops/node.json:1",
		"/var/www/shop/shared/system: state /var/www/shop/shared/system",
		"prepare/migrate: command (release) bundle|exec|rake|db:migrate",
		"note ufw: @ops/cookbooks/shop/recipes/default.rb:1 recipes of cookbooks that are kept elsewhere: ufw",
		"note expires: @ops/cookbooks/shop/recipes/default.rb:3 apache_module (web server in front: what it adds, the gateway has to keep): expires",
		"note Create the database: @ops/cookbooks/shop/recipes/default.rb:10 commands that make the database: it is made where it is kept, the release prepares what is in it: Create the database",
		"note Create the database: @ops/cookbooks/shop/recipes/default.rb:10 variables that commands of the old machine are given; the service has its own: RAILS_ENV",
		"note Compile the assets: @ops/cookbooks/shop/recipes/default.rb:14 commands that install what the service is made of, or build it: the image's build does that: Compile the assets",
		"note brew: @ops/cookbooks/shop/attributes/default.rb:1 settings of class brew that are not taken over: flavour",
	}, not: []string{"never.example.org", "kept elsewhere: shop", "port 443"}}})
}
