package ops

import "testing"

const capistranoShop = `require 'mina/x'.sub('mina/', '')
# set :application, 'other'
set :application, 'shop'
set :deploy_to, '/srv/shop'
set :db_password, 'canary-cap'
set :linked_files, fetch(:linked_files, []).push('config/database.yml', '.env')
set :linked_dirs, %w{log tmp/pids
  public/uploads}
require 'capistrano/rails'
append :linked_dirs, 'vendor/bundle', 'public/system'
namespace :deploy do
  task :restart do
    on(roles(:app)) { execute :sudo, 'service unicorn restart' }
    on(roles(:jobs)) { execute :sudo, 'sv -w 30 restart delayed_job' }
  end
end
`

func TestDeployers(t *testing.T) {
	runCases(t, Deployers(), []readerCase{
		{"Capistrano", files{"Gemfile": "", "Capfile": "require 'capistrano/setup'\nrequire 'capistrano/sidekiq'\n", "config/deploy.rb": capistranoShop[39:], "config/deploy/production.rb": "server 'app1.corp.test', user: 'deploy', roles: %w(app)\nserver \"app2.corp.test\", :web\n"}, []string{
			".: state public/uploads <- config/deploy.rb:6 declared", ".: state public/system <- config/deploy.rb:9",
			"note config/deploy.rb:5 Capistrano keeps these files on the machines, outside the repository: config/database.yml, .env.", "note config/deploy.rb:3 Capistrano deploys to /srv/shop", "note config/deploy.rb:12 a deployment restarts unicorn, delayed_job",
			"note config/deploy/production.rb:1 machines of production: app1.corp.test, app2.corp.test", "note config/deploy/production.rb:1 deployed to these environments: production", "note Capfile:1 Capistrano runs with capistrano/setup, capistrano/sidekiq",
		}, []string{"canary", "state log", "state vendor", "state tmp", "other"}},
		{"Deployer", files{"composer.json": "{}", "deploy.php": "<?php\nnamespace Deployer;\nset('application', 'shop');\nadd('shared_files', ['.env', 'auth.json']);\nset('shared_dirs', ['storage/logs', 'public/media']);\nhost('www.shop.test')->set('deploy_path', '/var/www/shop');\n"}, []string{
			".: state public/media <- deploy.php:5", "note deploy.php:4 Deployer keeps these files on the machines, outside the repository: .env, auth.json", "note deploy.php:6 Deployer deploys to /var/www/shop", "note deploy.php:6 machines of all environments: www.shop.test"}, []string{"state storage"}},
		{"Fabric", files{"manage.py": "", "fabfile.py": "env.roledefs = {\n    'web': ['deploy@web1.corp.test'],\n}\ndef deploy():\n    with cd('/srv/shop'):\n        sudo('supervisorctl restart shop:*')\n"}, []string{"note fabfile.py:1 machines of all environments: web1.corp.test", "note fabfile.py:5 Fabric deploys to /srv/shop", "note fabfile.py:6 a deployment restarts shop"}, nil},
		{"another deploy.php", files{"composer.json": "{}", "cli/deploy.php": "<?php set('shared_dirs', ['x']);"}, nil, []string{"state", "note"}},
	})
}

func FuzzDeployers(f *testing.F) {
	f.Add(capistranoShop)
	f.Add("Deployer set('shared_dirs', ['../a', '', '/']); host('')")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Deployers(), files{"Gemfile": "", "Capfile": text, "config/deploy.rb": text, "config/deploy/a.rb": text, "deploy.php": text, "fabfile.py": text}))
	})
}
