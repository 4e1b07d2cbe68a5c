package lang

import "testing"

func TestTheServerThatIsConfiguredCounts(t *testing.T) {
	gems := "gem 'rails', '6.1.4'\ngem 'puma'\ngem 'unicorn'\n"
	runCases(t, Ruby(), []readerCase{
		{"of two servers, the one with settings", files{"Gemfile": gems, "config/environment.rb": "", "config/unicorn.rb": "listen 8282, tcp_nopush: true\n"}, []string{".: command bundle exec unicorn -c config/unicorn.rb", ".: port 8282"}, []string{"puma"}},
		{"of two servers with settings, the first", files{"Gemfile": gems, "config/environment.rb": "", "config/unicorn.rb": "listen 8282\n", "config/puma.rb": "port 9191\n"}, []string{".: command bundle exec puma", ".: port 9191"}, []string{"unicorn"}},
		{"of two servers without, the first", files{"Gemfile": gems, "config/environment.rb": ""}, []string{".: command bundle exec puma"}, []string{"unicorn"}},
	})
}
