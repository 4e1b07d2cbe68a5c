package lang

import "testing"

func TestRubyHealth(t *testing.T) {
	rails := func(more files) files {
		all := files{"Gemfile": "gem 'rails', '6'\ngem 'puma'\n", "config.ru": "", "config/application.rb": ""}
		for name, text := range more {
			all[name] = text
		}
		return all
	}
	runCases(t, Ruby(), []readerCase{
		{"a branch of Roda's tree", files{"Gemfile": "gem 'roda'\n", "config.ru": "", "app.rb": "class App < Roda\n  route do |r|\n    r.get 'health' do\n    end\n  end\nend\n"}, []string{".: health |/health <- app.rb:3"}, nil},
		{"a resource of which there is one", rails(files{"config/routes.rb": "resource :status, only: :show\nresource :ping, only: [:create]\n"}), []string{".: health |/status <- config/routes.rb:1"}, []string{"/ping"}},
		{"an engine that is mounted in another place than its own", rails(files{"Gemfile": "gem 'rails', '6'\ngem 'okcomputer'\n", "config/routes.rb": "mount OkComputer::Engine, at: '/state'\n"}), []string{".: health |/state <- config/routes.rb:1"}, []string{"/okcomputer"}},
		{"routes of a gem below a prefix", rails(files{"Gemfile": "gem 'rails', '6'\ngem 'health_check'\n", "config/routes.rb": "health_check_routes 'internal'\n"}), []string{".: health |/internal/health_check <- config/routes.rb:1"}, nil},
		{"an engine that answers below where it is mounted", rails(files{"config/routes.rb": "mount HealthMonitor::Engine, at: '/'\n"}), []string{".: health |/check <- config/routes.rb:1"}, nil},
		{"a gem with the route that its initializer says", rails(files{"Gemfile": "gem 'rails', '6'\ngem 'rails-healthcheck'\n", "config/initializers/healthcheck.rb": "Healthcheck.configure do |config|\n  config.route = '/hc'\nend\n"}), []string{".: health |/hc <- config/initializers/healthcheck.rb:2"}, nil},
	})
}

func TestRubyServers(t *testing.T) {
	runCases(t, Ruby(), []readerCase{
		{"the port of thin's settings", files{"Gemfile": "gem 'rails', '4'\ngem 'thin'\n", "config.ru": "", "config/application.rb": "", "config/thin.yml": "servers: 2\nport: 3100\n"}, []string{".: port 3100 <- config/thin.yml:2 declared", ".: command bundle exec thin start -e production -a 0.0.0.0 -p 3100 -R config.ru"}, nil},
		{"the port of Passenger's settings", files{"Gemfile": "gem 'rails', '4'\ngem 'passenger'\n", "config.ru": "", "config/application.rb": "", "Passengerfile.json": "{\n  \"port\": 4100\n}\n"}, []string{".: port 4100 <- Passengerfile.json:2 declared"}, nil},
		{"Rainbows with settings of unicorn's kind", files{"Gemfile": "gem 'sinatra'\ngem 'rainbows'\n", "config.ru": "", "config/rainbows.rb": "listen 7000\n"}, []string{".: command bundle exec rainbows -c config/rainbows.rb -E production", ".: port 7000 <- config/rainbows.rb:1"}, nil},
		{"what a server loads has another name", files{"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "shop.ru": "run Shop\n", "app.rb": "class Shop < Sinatra::Base\n  get('/ping') { 'pong' }\nend\n"}, []string{".: framework sinatra", ".: command bundle exec puma -b tcp://0.0.0.0:9292 shop.ru", ".: health /ping|/ping <- app.rb:2"}, []string{"cp "}},
		{"two that a server could load", files{"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "a.ru": "", "b.ru": ""}, nil, []string{"a.ru", "b.ru"}},
		{"the program by which jobs of Solid Queue are worked off", files{"Gemfile": "gem 'rails', '8'\ngem 'puma'\ngem 'solid_queue'\n", "config.ru": "", "config/application.rb": "", "bin/jobs": "#!/usr/bin/env ruby\n"}, []string{"worker: command bin/jobs <- Gemfile:3"}, nil},
		{"where files are kept is what the last line says", files{"Gemfile": "gem 'rails', '6'\n", "config.ru": "", "config/application.rb": "", "config/environments/production.rb": "  config.active_storage.service = :local\n  config.active_storage.service = :amazon\n"}, []string{".: need s3"}, []string{"state storage"}},
	})
}
