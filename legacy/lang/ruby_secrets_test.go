package lang

import "testing"

func TestRailsKeysInCode(t *testing.T) {
	runCases(t, Ruby(), []readerCase{
		{"a token in an initializer, and ERB over several lines above the connections", files{"Gemfile": "gem 'rails', '3.2'\ngem 'mysql2'\n", "config.ru": "", "config/application.rb": "",
			"config/database.yml": "<% socket = lambda {\n  '/run/mysql.sock' } %>\nproduction:\n  adapter: mysql2\n  host: db01.corp.example\n  database: shop\n", "config/initializers/secret_token.rb": "Shop::Application.config.secret_token = '0123456789abcdef0123456789abcdef'\n"},
			[]string{".: secret secret_token <- config/initializers/secret_token.rb:1 convention", ".: need mysql host=db01.corp.example db=shop:3306 <- config/database.yml:5"}, []string{"0123", "is no YAML"}},
	})
}

func TestRubySettingsSecrets(t *testing.T) {
	rails := func(more files) files {
		tree := files{"Gemfile": "gem 'rails', '5.2'\ngem 'puma'\n", "config.ru": "", "config/application.rb": ""}
		for name, text := range more {
			tree[name] = text
		}
		return tree
	}
	runCases(t, Ruby(), []readerCase{
		{"the secret of an application of GitHub's that a gem reads", files{"Gemfile": "gem 'sinatra'\ngem 'sinatra_auth_github'\n", "config.ru": "", "web.rb": "set :github_options, { :scopes => 'user' }\n"}, []string{".: secret GITHUB_CLIENT_SECRET <- Gemfile:2 convention"}, nil},
		{"a file of settings with secrets", rails(files{"config/config.yml": "SESSION_SECRET: 'f00dfeedf00dfeed'\nTOKEN_TTL: 3600\nPAGE_SIZE: 20\nerp:\n  host: erp.corp.example\n  password: geheim123\ndevelopment:\n  CRM_PASSWORD: devgeheim\nproduction:\n  api_key: <%= ENV['CRM_API_KEY'] %>\n  stripe_secret: sk_geheim99\n"}),
			[]string{".: secret SESSION_SECRET <- config/config.yml:1 convention", ".: secret erp_password <- config/config.yml:6", ".: secret stripe_secret <- config/config.yml:11", ".: secret CRM_API_KEY", "note config/config.yml:1 holds secrets"}, []string{"f00d", "geheim", "CRM_PASSWORD", "TOKEN_TTL", "secret api_key"}},
		{"the example of one", rails(files{"config/general.yml-example": "ADMIN_PASSWORD: 'passwordx'\nSTRIPE_SECRET_KEY: ''\nFORCE_TOKEN: true\nCONTACT_EMAIL: a@corp.example\n", "config/made.yml": "A_TOKEN: 'your token'\n", "config/made.yml.example": "B_TOKEN: x\n"}),
			[]string{".: secret ADMIN_PASSWORD <- config/general.yml-example:1", ".: secret STRIPE_SECRET_KEY", "note config/general.yml-example:1 an example of the file"}, []string{"passwordx", "FORCE_TOKEN", "B_TOKEN", "A_TOKEN"}},
		{"what belongs to libraries and tests", rails(files{"config/newrelic.yml": "license_key: abc123abc123\n", "config/locales/en.yml": "password: Passwort\n", "config/test.yml": "T_SECRET: abc123abc\n", "config/mocks.yml": "user_token: abc123abc\n", "config/secrets.yml": "production:\n  secret_key_base: abcdef0123456789\n"}),
			nil, []string{"license_key", "secret password", "T_SECRET", "user_token", "abcdef"}},
		{"settings that the gem config takes from variables", rails(files{"config/settings.yml": "page: 20\nmail:\n  api:\n    key: f00dfeedf00dfeed\n  a-b:\n    f_token: f00dfeedf00dfeed\n", "config/other.yml": "other_token: f00dfeedf00dfeed\n",
			"config/initializers/config.rb": "Config.setup do |config|\n  config.use_env = true\n  # config.env_prefix = 'OLD'\n  config.env_prefix = \"SHOP\"\n  config.env_separator = '__'\nend\n"}),
			[]string{".: secret SHOP__MAIL__API__KEY <- config/settings.yml:4 convention", ".: secret other_token", ".: secret f_token", "note config/settings.yml:4 holds secrets (SHOP__MAIL__API__KEY"}, []string{"f00d", "OLD"}},
		{"the gem config that splits at each underline", rails(files{"config/settings.yml": "aws:\n  secret_access_key: f00dfeedf00dfeed\nmail:\n  token: f00dfeedf00dfeed\n",
			"config/initializers/config.rb": "Config.setup do |config|\n  config.use_env = true\n  config.env_prefix = 'SHOP'\n  config.env_separator = '_'\nend\n"}),
			[]string{".: secret secret_access_key <- config/settings.yml:2", ".: secret SHOP_MAIL_TOKEN <- config/settings.yml:4", "note config/settings.yml:2 holds secrets (secret_access_key, values masked ***): let it take them from the environment", "note config/settings.yml:4 holds secrets (SHOP_MAIL_TOKEN, values masked ***): the gem config"}, []string{"f00d", "SHOP_AWS"}},
		{"the gem config without variables", rails(files{"config/settings.yml": "mail:\n  token: f00dfeedf00dfeed\n", "config/initializers/config.rb": "Config.setup do |config|\n  # config.use_env = true\n  config.env_prefix = 'SHOP'\n  config.env_separator = '__'\nend\n"}),
			[]string{".: secret mail_token"}, []string{"SHOP"}},
		{"no YAML", rails(files{"config/settings.yml": "a: [\n"}), []string{".: framework rails"}, nil},
	})
}
