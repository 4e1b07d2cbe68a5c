package lang

import (
	"reflect"
	"testing"
)

func TestRuby(t *testing.T) {
	lock := "GEM\n  specs:\n    rails (5.2.4)\n    puma (4.3.1)\n\nRUBY VERSION\n   ruby 2.6.5p114\n"
	runCases(t, Ruby(), []readerCase{
		{"the server's settings where the Procfile says, with a name in them", files{"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "config.ru": "", "Procfile": "web: bundle exec puma -C lib/web/puma.rb\n", "lib/web/puma.rb": "where = ENV.fetch('PORT', 5500)\nworkers 2\nport where\n", "config/puma.rb": "port 1234\n"},
			[]string{".: port 5500 <- lib/web/puma.rb:3 declared", ".: command bundle exec puma -C lib/web/puma.rb"}, []string{"1234"}},
		{"a part of a document in a variable, and an address that is filled in where it is used", files{"Gemfile": "gem 'sinatra'\ngem 'pg'\n", "config.ru": "", "config/database.yml": "production:\n  adapter: postgresql\n  port: <%= JSON.parse( ENV['VCAP_SERVICES'] )['rds'].first['credentials']['port'] rescue 3306 %>\n", "app.rb": "CHECK_URL = ENV.fetch('CHECK_URL', 'http://%{app_host}/empty.txt')\n"},
			[]string{".: need postgres"}, []string{"VCAP_SERVICES", "need http"}},
		{"tasks for a database that no gem talks to", files{"Gemfile": "gem 'rack'\n", "Gemfile.lock": "GEM\n  specs:\n    rack (2.0.0)\n\nDEPENDENCIES\n  rack\n", "config.ru": "", "Rakefile": "ENV['DATABASE_URL'] ||= 'postgresql://localhost/x'\n"}, nil, []string{"need postgres"}},
		{"rails", files{
			"Gemfile":      "source 'https://rubygems.org'\ngem 'rails', '~> 5.2'\ngem 'pg'\ngem 'puma'\ngem 'sidekiq'\ngroup :development, :test do\n  gem 'mysql2'\n  gem 'dalli'\nend\ngem 'bunny', group: :test\ngroup :production do\n  gem 'uglifier'\nend\n",
			"Gemfile.lock": lock, "config.ru": "run App\n", "config/application.rb": "module Shop\nend\n", "app/assets/a.css": "", "db/migrate/1_a.rb": "",
			"config/puma.rb":                    "# port 9999\nport ENV.fetch('PORT') { 3100 }\npidfile 'tmp/pids/server.pid'\n",
			"config/database.yml":               "default: &default\n  adapter: postgresql\n  username: shop\nproduction:\n  <<: *default\n  host: <%= ENV['DATABASE_HOST'] || 'db01.corp.example' %>\n  database: shop_production\n  password: <%= ENV['DATABASE_PASSWORD'] %>\ndevelopment:\n  <<: *default\n  host: devbox.corp.example\n",
			"config/routes.rb":                  "Rails.application.routes.draw do\n  namespace :admin do\n    get 'status'\n  end\n  get '/healthcheck', to: 'health#show'\n  # get '/up'\nend\n",
			"config/environments/production.rb": "config.action_mailer.smtp_settings = {\n  address: ENV.fetch('SMTP_HOST'),\n  port: 587,\n  user_name: ENV['SMTP_ACCOUNT'],\n}\nconfig.active_storage.service = :local\n",
			"config/sidekiq.yml":                ":concurrency: 5\n",
			"config/schedule.rb":                "every :day, at: ['4:30 am', '5pm'] do\n  rake 'shop:report'\nend\n",
		}, []string{
			".: language ruby <- Gemfile:1 declared", ".: version 2.6.5 <- Gemfile.lock:6 declared", ".: framework rails <- Gemfile:2 declared", ".: build bundler Gemfile Gemfile.lock", ".: packages libpq-dev | libpq5 <- Gemfile:3",
			".: port 3100 <- config/puma.rb:2 declared", ".: env PORT=3100", ".: command bundle exec puma -C config/puma.rb --pidfile /tmp/puma.pid <- Gemfile:4", "worker: command bundle exec sidekiq -C config/sidekiq.yml <- config/sidekiq.yml:1",
			"migrate: release command bundle exec rake db:migrate <- db/migrate/1_a.rb:1", ".: need postgres host=db01.corp.example db=shop_production user=shop DATABASE_HOST={host}:5432 <- config/database.yml:6", ".: secret DATABASE_PASSWORD",
			".: need redis REDIS_URL=redis://{host}:{port}/0:6379 <- Gemfile:5", ".: need smtp SMTP_HOST={host}:587 <- config/environments/production.rb:1", ".: secret SMTP_ACCOUNT", ".: state storage <- config/environments/production.rb:6",
			".: health |/healthcheck <- config/routes.rb:5", ".: secret SECRET_KEY_BASE", ".: env RACK_ENV=production", ".: build runs env SECRET_KEY_BASE=only-for-the-build SMTP_HOST=1 bundle exec rake assets:precompile",
		}, []string{"mysql", "memcached", "rabbitmq", "devbox", "/up", "/admin", "9999", "report"}}, // whenever is not among the gems
		{"old rails behind a socket", files{
			"Gemfile": "gem 'rails', '3.2.22'\ngem 'unicorn'\ngem 'whenever', require: false\n", "config/environment.rb": "", "config/unicorn.rb": "listen '/tmp/shop.sock'\n", "config/schedule.rb": "every 15.minutes do\n  rake 'shop:poll'\nend\nevery :hour, at: 10 do\n  runner 'Shop.count'\nend\nevery '0 4 * * 1' do\n  command 'bin/weekly'\nend\nevery [:monday, :thursday], at: '10:15 am' do\n  rake 'shop:survey'\nend\n",
			"config/database.yml": "production:\n  adapter: mysql2\n  host: db02\n  database: shop\n", "config/initializers/secret_token.rb": "Shop::Application.config.secret_token = '0123456789abcdef0123456789abcdef'\n",
		}, []string{".: version 2.2 <- Gemfile:1 guess", ".: port 3000 <- Gemfile:1 convention", ".: command bundle exec unicorn -c config/unicorn.rb -E production -l 0.0.0.0:3000", "note config/unicorn.rb:1 binds a unix socket", ".: need mysql name=db02 db=shop:3306",
			"shop-poll: command bundle exec rake shop:poll <- config/schedule.rb:2 declared", "shop-count: command bundle exec rails runner Shop.count", "bin-weekly: command sh -c bin/weekly", "shop-survey: schedule 15 10 * * 1,4", "note config/initializers/secret_token.rb:1", "note config/database.yml:2 names its database in a way"},
			[]string{"0123456789abcdef", "SECRET_KEY_BASE", "env RAILS_LOG"}},
		{"mail by Pony, and a token that begins as Ruby's own variables do", files{"Gemfile": "gem 'sinatra'\ngem 'pony'\n", "config.ru": "", "app/mail.rb": "Pony.options = {\n  via: :smtp,\n  via_options: {\n    address: ENV.fetch('SMTP_HOST'),\n    port: 587,\n    user_name: ENV['SMTP_ACCOUNT'],\n  }\n}\nkey = ENV['RUBYGEMS_TOKEN']\nold = ENV['RUBYOPT']\n"},
			[]string{".: need smtp", ".: secret SMTP_ACCOUNT", ".: secret RUBYGEMS_TOKEN <- app/mail.rb:9"}, []string{"RUBYOPT"}},
		{"a Gemfile that loads the package's description, a path that a middleware answers, and defaults with a secret", files{"Gemfile": "spec = Bundler.load_gemspec('shop.gemspec')\ngem 'pg'\n", "shop.gemspec": "  gem.add_dependency 'rails', '~> 5.1'\n", "config.ru": "", "config/application.rb": "", "lib/rack_middleware/health.rb": "if req.fullpath == '/_health'\n", "lib/page.rb": "if req.fullpath == '/status'\n",
			"config/config.defaults.yml": "default:\n  api_token_secret: 93hf93hf9\n  other_secret:\n"}, []string{".: framework rails", ".: health |/_health <- lib/rack_middleware/health.rb:1", ".: secret api_token_secret"}, []string{"/status", "other_secret"}},
		{"pages that a task makes", files{"Gemfile": "gem 'rack'\ngem 'middleman'\n", "config.ru": "", "Rakefile": "namespace :assets do\n  task :precompile => :build\nend\n"}, []string{".: build runs bundle exec rake assets:precompile -> "}, nil},
		{"an API of Grape's as a part of Sinatra's application, with no server", files{"Gemfile": "gem 'grape'\ngem 'sinatra'\n", "config.ru": "", "app.rb": "class Shop < Sinatra::Base\nend\n", "api.rb": "class Api < Grape::API\nend\n"}, []string{".: framework sinatra <- Gemfile:2", "note Gemfile:1 no server for production"}, nil},
		{"where the links of mails lead", files{"Gemfile": "gem 'rails', '5'\n", "config.ru": "", "config/application.rb": "config.action_mailer.default_url_options = { host: ENV['ACTION_MAILER_DEFAULT_URL'] }\n"}, nil, []string{"need smtp"}},
		{"mail of staging alone", files{"Gemfile": "gem 'rails', '5'\n", "config.ru": "", "config/application.rb": "", "config/environments/production.rb": "config.action_mailer.delivery_method = :mailgun\n", "config/environments/staging.rb": "config.action_mailer.smtp_settings = {\n  address: 'smtp.corp.example',\n  password: ENV['STAGING_PASSWORD']\n}\n"}, []string{".: framework rails"}, []string{"smtp", "STAGING_PASSWORD"}},
		{"sinatra in one file", files{"Gemfile": "ruby '2.3.1'\ngem 'sinatra'\ngem 'redis'\n", "app.rb": "require 'sinatra'\nset :port, 8090\nget '/ping' do\n  'ok'\nend\nRedis.new(url: ENV['CACHE_REDIS_URL'] || 'redis://cache01.corp.example:6380/1')\n"},
			[]string{".: version 2.3.1 <- Gemfile:1", ".: framework sinatra", ".: port 8090 <- app.rb:2", ".: command bundle exec ruby app.rb -e production -o 0.0.0.0 -p 8090 <- app.rb:1 convention", ".: health /ping|/ping <- app.rb:3", ".: need redis host=cache01.corp.example CACHE_REDIS_URL=redis://{host}:{port}/1:6380 <- app.rb:6"}, nil},
		{"grape that another gem brings", files{"Gemfile": "gem 'rack'\ngem 'slack-bot-server'\n", "config.ru": "run API\n", "api/root.rb": "class Root < Grape::API\n  prefix :api\n  mount Status\nend\n", "api/status.rb": "class Status < Grape::API\n  namespace :status do\n    get do\n    end\n  end\nend\n"}, []string{".: framework grape", ".: health |/api/status <- api/status.rb:3"}, nil},
		{"the gem's page of health elsewhere, and settings that production takes over from development", files{"Gemfile": "gem 'rails'\ngem 'health_check'\n", "config.ru": "", "config/application.rb": "", "config/initializers/health_check.rb": "HealthCheck.setup do |config|\n  config.uri = 'admin/health_check'\nend\n", "config/login.yml": "development: &development\n  secret: <%= ENV['LOGIN_CLIENT_SECRET'] %>\nproduction:\n  <<: *development\n", "config/other.yml": "development: &development\n  secret: <%= ENV['OTHER_CLIENT_SECRET'] %>\ntest:\n  <<: *development\n"},
			[]string{".: health |/admin/health_check <- config/initializers/health_check.rb:2", ".: secret LOGIN_CLIENT_SECRET <- config/login.yml:2"}, []string{"|/health_check", "OTHER_CLIENT"}},
		{"rack without a router, and OkComputer elsewhere", files{"Gemfile": "gem 'rack'\n", "config.ru": "run App.new\n", "lib/app.rb": "class App\n  def call(env)\n    return live if request.path == \"/healthcheck/live\"\n  end\nend\n", "b/Gemfile": "gem 'rails'\ngem 'okcomputer'\n", "b/config/application.rb": "", "b/config/initializers/okcomputer.rb": "# x\nOkComputer.mount_at = 'status'\n"}, []string{".: health /healthcheck/live|/healthcheck/live <- lib/app.rb:3", "b: health |/status <- b/config/initializers/okcomputer.rb:2"}, []string{"|/okcomputer"}},
		{"versions of grape stand in the address", files{"Gemfile": "gem 'grape'\n", "config.ru": "run API\n", "api.rb": "class Root < Grape::API\n  version 'v1', using: :path\n  get :health do\n  end\nend\n"}, []string{".: health |/v1/health <- api.rb:3"}, nil},
		{"the settings that the image gets", files{"Gemfile": "gem 'rails'\ngem 'mysql2'\n", "config/application.rb": "", "config/database.yml": "production:\n  adapter: mysql2\n  host: db01.corp.example\n", "docker/database.yml": "production:\n  url: <%= ENV['DATABASE_URL'] %>\n"}, []string{".: need mysql", ".: secret DATABASE_URL <- docker/database.yml:2"}, []string{"db01"}},
		{"variables that are gone through", files{"Gemfile": "gem 'sinatra'\n", "config.ru": "run X\n", "lib/a.rb": "def there?\n  %w[SHOP_PRIVATE_KEY SHOP_EMAIL].all? { |name| ENV[name].present? }\nend\n%w[OTHER_TOKEN].each { |x| puts x }\n"}, []string{".: secret SHOP_PRIVATE_KEY <- lib/a.rb:2"}, []string{"OTHER_TOKEN"}},
		{"what a server loads is an example of it", files{"Gemfile": "gem 'sinatra'\n", "config.ru.example": "run Sinatra::Application\n"}, []string{".: framework sinatra <- Gemfile:1", ".: build runs cp config.ru.example config.ru", "note config.ru.example:1 config.ru is made of this", ".: command bundle exec puma"}, nil},
		{"a program by itself", files{"Gemfile": "source 'https://rubygems.org'\n", "app.rb": "KEY = ENV['API_KEY']\n", "b/Gemfile": "gem 'nokogiri'\n", "b/main.rb": "", "c/Gemfile": "gem 'x'\n"}, []string{".: language ruby", ".: command ruby app.rb <- app.rb:1 convention", ".: secret API_KEY", "b: command bundle exec ruby main.rb"}, []string{"c:"}},
		{"rack without a server", files{"Gemfile": "gem 'grape'\n", "config.ru": "run API\n"}, []string{".: framework grape", ".: port 9292 <- Gemfile:1 convention", ".: command bundle exec puma -b tcp://0.0.0.0:9292 <- Gemfile:1 guess"}, nil},
		{"the Procfile has said it", files{"Gemfile": "gem 'sinatra'\ngem 'sidekiq'\ngem 'delayed_job'\n", "config.ru": "", "config/sidekiq.yml": "", "Procfile": "web: puma\njobs: bundle exec sidekiq\n"}, []string{".: framework sinatra"}, []string{"worker:"}},
		{"a Procfile of odd names", files{"Gemfile": "gem 'rails', '7'\ngem 'clockwork'\ngem 'sidekiq'\ngem 'puma'\n", "config.ru": "", "config/application.rb": "", "lib/clock.rb": "", "config/sidekiq.yml": "", "Procfile": "shop_clock: bundle exec clockwork lib/clock.rb\nshop_tasks: bundle exec sidekiq\n"}, []string{".: command bundle exec puma"}, []string{"worker:", "clock:"}},
		{"an address with the port of a block", files{"Gemfile": "gem 'rails', '6.1'\ngem 'puma'\n", "config.ru": "", "config/application.rb": "origins = ENV.fetch(\"CABLE_ORIGINS\") { \"http:\\/\\/localhost*\" }\n", "config/puma.rb": "bind \"tcp://0.0.0.0:#{ENV.fetch(\"PORT\") { \"8000\" }}\"\n"},
			[]string{".: port 8000 <- config/puma.rb:1 declared", ".: env PORT=8000", ".: requires CABLE_ORIGINS <- config/application.rb:1"}, []string{"port 3000", "env CABLE_ORIGINS"}},
		{"a default behind nil", files{"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "config.ru": "", "config/puma.rb": "port        ENV.fetch('PORT', nil)     || 3001\n"}, []string{".: port 3001 <- config/puma.rb:1 declared"}, nil},
		{"a switch of the team's own for static files, and a variable with two defaults", files{"Gemfile": "gem 'rails', '6'\n", "config.ru": "", "config/application.rb": "", "config/environments/production.rb": "Rails.application.configure do\n  config.public_file_server.enabled = ENV.fetch('SERVE_ASSETS', false)\n  config.x.size = ENV.fetch('PAGE_SIZE', '20')\nend\n", "config/initializers/a.rb": "A = ENV.fetch('POOL_SIZE', '1')\n", "app/models/b.rb": "B = ENV.fetch('POOL_SIZE', '5')\nC = ENV.fetch('LIST_SIZE', '7')\nD = ENV.fetch('KEEP_FOR', 5.minutes).to_i\n"},
			[]string{".: env SERVE_ASSETS=true <- config/environments/production.rb:2 convention", ".: env PAGE_SIZE=20", ".: env LIST_SIZE=7"}, []string{"POOL_SIZE=", "SERVE_ASSETS=false", "KEEP_FOR="}},
		{"a server of production beside the developers'", files{"Gemfile": "gem 'rails', '8'\ngem 'pitchfork'\ngroup :development do\n  gem 'puma'\nend\n", "Gemfile.lock": "    puma (6.0)\n", "config.ru": "", "config/application.rb": "", "config/puma.rb": "port 3999\n", "config/pitchfork.rb": "", "config/cable.yml": "production:\n  adapter: redis\n  url: redis://localhost\n"},
			[]string{".: command bundle exec pitchfork -c config/pitchfork.rb -E production -l 0.0.0.0:3000"}, []string{"3999", "redis"}},
		{"the team's script starts it", files{"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "config.ru": "", "bin/server": "#!/bin/bash\n: ${PORT:=5555}\nexec bundle exec \\\n  puma \\\n  -p \"${PORT}\"\n", "script/test-server": "rails s -p 3100\n", "app/uptime.rb": "get '/uptime' do\nend\n", "lib/tasks/a.rake": "x = ENV['BATCH'] || '100'\ny = ENV['ERP_TOKEN']\n"},
			[]string{".: port 5555 <- bin/server:2 declared", ".: env PORT=5555", ".: health |/uptime <- app/uptime.rb:1", ".: secret ERP_TOKEN"}, []string{"3100", "BATCH"}},
		{"a development script", files{"Gemfile": "gem 'rails', '4.2'\ngem 'unicorn'\ngem 'resque-scheduler'\ngem 'resque'\n", "config.ru": "", "config/application.rb": "", "startup.sh": "#!/bin/bash\nbundle exec rails s thin -p 3020\n", "config/routes.rb": "  resources :health_checks, :only => [:index]\n", "lib/tasks/resque.rake": "require 'resque/tasks'\nrequire 'resque/scheduler/tasks'\n"},
			[]string{".: port 3020 <- startup.sh:2 declared", ".: command bundle exec unicorn -E production -l 0.0.0.0:3020", ".: health |/health_checks", "worker: command bundle exec rake resque:work", "scheduler: command bundle exec rake resque:scheduler"}, nil},
		{"an object store only where something speaks of a bucket", files{"a/Gemfile": "gem 'sinatra'\ngem 'aws-sdk-s3'\n", "a/config.ru": "", "b/Gemfile": "gem 'sinatra'\ngem 'aws-sdk-s3'\n", "b/config.ru": "", "b/app.rb": "x = ENV['AWS_BUCKET_NAME']\n", "c/Gemfile": "gem 'sinatra'\ngem 'aws-sdk-s3'\n", "c/config.ru": "", "c/lib/shop/config/all.rb": "x = ENV['X']\nset s3: {}\n"},
			[]string{"b: need s3", "c: need s3"}, []string{"a: need s3"}},
		{"another database for those who choose it", files{"Gemfile": "gem 'rails', '6'\ngem 'mysql2'\ngem 'pg'\n", "config.ru": "", "config/application.rb": "", "config/database.yml": "production:\n  adapter: mysql2\n  host: db01\n", "config/initializers/a.rb": "x = ENV['HEROKU_POSTGRESQL_URL']\n"}, []string{".: need mysql"}, []string{"postgres"}},
		{"gems of the package's own description, and an environment that is handed on", files{"Gemfile": "source 'x'\ngemspec\n", "shop.gemspec": "Gem::Specification.new do |s|\n  s.add_dependency \"sinatra\", \"~>1.3\"\n  s.add_development_dependency \"mysql2\"\nend\n", "config.ru": "Shop.setup(ENV)\nrun Shop.app\n",
			"lib/shop.rb": "def self.setup(settings)\n  key = settings[\"SHOP_TOKEN\"]\n  # settings[\"OLD_TOKEN\"]\n  x = env[\"HTTP_X_TOKEN\"]\nend\n", "lib/shop/chat/slack.rb": "@t = settings[\"SHOP_CHAT_SECRET\"]\n"},
			[]string{".: framework sinatra <- shop.gemspec:2", ".: secret SHOP_TOKEN <- lib/shop.rb:2", ".: secret SHOP_CHAT_SECRET <- lib/shop/chat/slack.rb:1"}, []string{"mysql", "OLD_TOKEN", "HTTP_X"}},
		{"variables that settings are told by their names", files{"Gemfile": "gem 'rails', '4'\n", "config.ru": "", "config/application.rb": "",
			"config/load.rb": "Conf = Reader.run(\n  github_secret: ['SHOP_GITHUB_SECRET'],\n  url: %w(A_URL B_URL),\n  smtp_password: %w(SMTP_PASSWORD SENDGRID_PASSWORD),\n  modes: ['FULL_MODE', lambda do |v|\n    v[:modes]\n  end],\n  # old_secret: ['OLD_SECRET'],\n)\nx = ENV['HTTP_BASIC_AUTH'] || ''\ny = ENV['HTTP_X_TOKEN']\n", "lib/reader.rb": "def scan\n  env_name = values.find { |v| ENV[v] }\nend\n", "lib/other.rb": "X = { token: 'OTHER_API_TOKEN' }\n"},
			[]string{".: secret SHOP_GITHUB_SECRET <- config/load.rb:2", ".: secret SMTP_PASSWORD <- config/load.rb:4", ".: secret SENDGRID_PASSWORD", ".: secret HTTP_BASIC_AUTH"}, []string{"OLD_SECRET", "OTHER_API_TOKEN", "HTTP_X_TOKEN"}},
		{"names beside settings, and nothing that reads them", files{"Gemfile": "gem 'rails', '4'\n", "config.ru": "", "config/application.rb": "", "config/load.rb": "X = {\n  github_secret: ['SHOP_GITHUB_SECRET'],\n}\n# ENV[name]\n"}, []string{".: framework rails"}, []string{"SHOP_GITHUB_SECRET"}},
		{"settings that are no environment", files{"Gemfile": "gem 'sinatra'\n", "config.ru": "run X\n", "lib/shop.rb": "key = settings[\"SHOP_TOKEN\"]\n"}, []string{".: framework sinatra"}, []string{"SHOP_TOKEN"}},
		{"a client of sidekiq alone", files{"Gemfile": "gem 'sinatra'\ngem 'sidekiq'\n", "config.ru": "run X\n"}, []string{".: need redis"}, []string{"worker"}},
		{"an engine", files{"shop.gemspec": "Gem::Specification.new\n", "Gemfile": "gemspec\n", "lib/shop/engine.rb": "class Engine < Rails::Engine; end\n"}, []string{".: library <- shop.gemspec:1"}, []string{"command", "language"}},
		{"tools beside a service in Node", files{"Gemfile": "gem 'capistrano'\n", "package.json": "{}"}, nil, []string{"language"}},
	})
}

func TestCronOf(t *testing.T) {
	for words, want := range map[string][]string{
		":day, at: '1.45am'": {"45 1 * * *"}, ":day, at: ['12am', '5:30 pm']": {"0 0 * * *", "30 17 * * *"}, "15.minutes": {"*/15 * * * *"}, ":hour, at: 10": {"10 * * * *"}, "2.hours": {"0 */2 * * *"},
		"1.day, :at => '4:30 am'": {"30 4 * * *"}, ":weekday, at: '8am'": {"0 8 * * 1-5"}, "'0 0 27-31 * *'": {"0 0 27-31 * *"}, ":month": {"0 0 1 * *"}, ":reboot": nil, "somehow": nil, "90.minutes": nil,
	} {
		if got := cronOf(words); !reflect.DeepEqual(got, want) {
			t.Errorf("every %s: %q, want %q", words, got, want)
		}
	}
}

func FuzzRuby(f *testing.F) {
	f.Add("gem 'rails', '5'\ngroup :test do\ngem 'pg'\nend\n", "production:\n  <<: *a\n  host: <%= ENV['X'] || \"y\" %>\n", "port ENV.fetch('PORT') { 3000 }\nget '/up'\nsmtp_settings = {address: 'x'}", "every :day, at: '4:30 am' do\n  rake 'x'\nend")
	f.Add("gem 'sinatra'\nend\nend", "a: &a\n  <<: *a\n", "listen 'tcp://0.0.0.0:99999'\nnamespace :x do\n mount A => '/health'", "every 0.minutes do\nrunner \"\"")
	f.Fuzz(func(t *testing.T, gemfile, yml, code, schedule string) {
		checkReport(t, read(t, Ruby(), files{"Gemfile": gemfile, "Gemfile.lock": gemfile, "config.ru": code, "config/application.rb": code, "config/puma.rb": code, "config/unicorn.rb": code, "config/routes.rb": code, "config/database.yml": yml, "config/mongoid.yml": yml,
			"config/schedule.rb": schedule, "Procfile.dev": schedule, ".ruby-version": schedule, "a/Gemfile": "gem 'sinatra'", "a/app.rb": code}))
	})
}
