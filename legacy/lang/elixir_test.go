package lang

import "testing"

const phoenixMix = "defmodule Shop.MixProject do\n  def project do\n    [app: :shop, elixir: \"~> 1.14\",\n     deps: deps()]\n  end\n  def application, do: [mod: {Shop.Application, []}]\n  defp deps do\n    [\n      {:phoenix, \"~> 1.7\"},\n" +
	"      {:ecto_sql, \"~> 3.10\"},\n      {:postgrex, \">= 0.0.0\"},\n      {:redix, \"~> 1.1\"},\n      # {:amqp, \"1\"},\n      {:mongodb, \"1\", only: [:dev, :test]},\n      {:oban, \"~> 2.0\"}\n    ]\n  end\nend\n"

func TestElixir(t *testing.T) {
	runCases(t, Elixir(), []readerCase{
		{"a queue of Amazon's", files{"mix.exs": "defmodule S do\n def application, do: [mod: {S, []}]\n def project, do: [app: :shop, deps: [{:broadway_sqs, \"~> 0.7\"}]]\nend\n"}, []string{".: need sqs"}, nil},
		{"a function of the team's own that reads the environment", files{"mix.exs": phoenixMix, "config/runtime.exs": "import Config\nconfig :shop, Shop.Repo,\n  adapter: Ecto.Adapters.Postgres,\n  username: Util.fetch_env!(\"DATABASE_USER\", all: \"postgres\"),\n  hostname: Util.fetch_env!(\"DATABASE_HOST\", dev: \"localhost\", test: \"localhost\"),\n  port: System.get_env(\"DATABASE_PORT\", \"5432\")\n"},
			[]string{".: need postgres DATABASE_HOST={host} DATABASE_PORT={port}:5432 <- config/runtime.exs:5"}, nil},
		{"another name for System.get_env", files{"mix.exs": phoenixMix, "config/runtime.exs": "env = &System.get_env/1\nbool_env = fn name, default -> name end\nif key = env.(\"SECRET_KEY_BASE\") do\n  config :shop, W.Endpoint, secret_key_base: key\nend\nif bool_env.(\"API_TOKEN\", false) do\nend\nother.(\"OTHER_TOKEN\")\n"},
			[]string{".: secret SECRET_KEY_BASE <- config/runtime.exs:3", ".: secret API_TOKEN <- config/runtime.exs:6"}, []string{"OTHER_TOKEN"}},
		{"the port of a service without Phoenix", files{"mix.exs": "defmodule S do\n def application, do: [mod: {S, []}]\n def project, do: [app: :shop, deps: [{:cowboy, \"~> 2.12\"}]]\nend\n", "config/runtime.exs": "port = System.get_env(\"PORT\", \"8087\")\nport = String.to_integer(port)\nconfig :shop,\n  http_port: port,\n  https_port: 8433\n"},
			[]string{".: port 8087 <- config/runtime.exs:4 declared", ".: env PORT=8087"}, []string{"8433"}},
		{"the port where the server is started", files{"mix.exs": "defmodule S do\n def application, do: [mod: {S, []}]\n def project, do: [app: :shop, deps: [{:plug_cowboy, \"~> 2.0\"}]]\nend\n", "lib/a.ex": "children = [{Plug.Cowboy, scheme: :http, plug: R, options: [port: 4001]}]\n"},
			[]string{".: port 4001 <- lib/a.ex:1 declared"}, nil},
		{"the root of a scope", files{"mix.exs": phoenixMix, "lib/router.ex": "  scope \"/health\", Shop do\n    get(\"/\", C, :i)\n  end\n"}, []string{".: health |/health <- lib/router.ex:2"}, nil},
		{"routes below the path that leads to them", files{"mix.exs": phoenixMix, "lib/router.ex": "defmodule ShopWeb.Router do\n  scope \"/v1\" do\n    forward(\"/api\", ApiRouter)\n  end\nend\n", "lib/api_router.ex": "defmodule Other do\nend\ndefmodule ShopWeb.ApiRouter do\n  forward \"/api\", to: ShopWeb.ApiRouter\n  get \"/healthz\", H, :i\nend\n"}, []string{".: health /v1/api/healthz|/v1/api/healthz <- lib/api_router.ex:5"}, nil},
		{"a plug that answers where others ask", files{"mix.exs": phoenixMix, "lib/endpoint.ex": "  plug(PlugHeartbeat, path: \"/beat\")\n", "b/mix.exs": phoenixMix, "b/lib/endpoint.ex": "  plug PlugHeartbeat\n"}, []string{".: health |/beat <- lib/endpoint.ex:1", "b: health |/heartbeat"}, nil},
		{"a release of phoenix", files{
			"mix.exs": phoenixMix, "mix.lock": "", ".tool-versions": "erlang 25\nelixir 1.14.2-otp-25\n", "config/config.exs": "config :shop, Shop.Endpoint, http: [port: 1111]\n", "config/dev.exs": "config :shop, ShopWeb.Endpoint, http: [port: 4999]\n",
			"config/runtime.exs": "import Config\nif System.get_env(\"PHX_SERVER\") do\nend\n  database_url =\n    System.get_env(\"DATABASE_URL\") ||\n      raise \"x\"\n  config :shop, Shop.Repo,\n    url: database_url\n  port = String.to_integer(System.get_env(\"PORT\") || \"4001\")\n" +
				"  config :shop, ShopWeb.Endpoint,\n    url: [host: \"shop.example.com\", port: 443],\n    http: [\n      ip: {0, 0, 0, 0},\n      port: port\n    ],\n    secret_key_base: System.fetch_env!(\"SECRET_KEY_BASE\")\n" +
				"  config :shop, Shop.Mailer, adapter: Swoosh.Adapters.SMTP,\n    relay: \"mail.corp.example\", port: 2525\n",
			"lib/shop/release.ex": "defmodule Shop.Release do\n  def migrate do\n    Ecto.Migrator.run()\n", "lib/shop_web/router.ex": "  scope \"/\", Shop do\n    get \"/healthz\", C, :i\n  end\n  scope \"/api\" do\n    scope(\"/v1\") do\n      get(\"/status\", P, :p)\n    end\n  end\n  scope \"/\", host: \"diff.\" do\n    get \"/up\", D, :d\n  end\n  get \"/orders\", O, :i\n", "assets/package.json": "{\"scripts\": {\"deploy\": \"x\"}}",
		}, []string{
			".: language elixir", ".: version 1.14.2 <- .tool-versions:2 declared", ".: framework phoenix <- mix.exs:9", ".: build mix mix.exs mix.lock config/config.exs config/dev.exs config/runtime.exs", ".: packages nodejs npm", ".: command /app/bin/shop start", ".: port 4001 <- config/runtime.exs:14 declared",
			".: env PORT=4001", ".: env PHX_SERVER=true <- config/runtime.exs:2", "migrate: release command /app/bin/shop eval Shop.Release.migrate <- lib/shop/release.ex:1", ".: need postgres:5432 <- config/runtime.exs:8 declared", ".: need smtp host=mail.corp.example:2525", ".: need redis:6379 <- mix.exs:12 guess",
			".: secret DATABASE_URL", ".: secret SECRET_KEY_BASE", ".: health /healthz| <- lib/shop_web/router.ex:2", ".: health |/api/v1/status <- lib/shop_web/router.ex:6", "assets: library", "note mix.exs:15 Oban",
		}, []string{"4999", "1111", "rabbitmq", "mongodb", "port 443"}},
		{"an environment that is read when mix starts it", files{"mix.exs": phoenixMix, "config/prod.exs": "config :shop, Shop.Repo,\n  adapter: Ecto.Adapters.Postgres,\n  hostname: System.get_env(\"DB_HOST\", \"db01.corp.example\"),\n  database: \"shop\",\n  username: System.get_env(\"DB_USER\", System.get_env(\"USER\"))\nconfig :shop, W.Endpoint, http: [port: {:system, \"PORT\"}]\n"},
			[]string{".: command mix phx.server", "migrate: release command mix ecto.migrate", ".: version 1.14 <- mix.exs:3", ".: need postgres host=db01.corp.example in=production db=shop DB_HOST={host}:5432 <- config/prod.exs:3", ".: port 4000 <- config/prod.exs:6 convention", ".: env PORT=4000"}, []string{"user=System"}},
		{"variables without which the configuration stops, and the port under the application's name", files{"mix.exs": phoenixMix, "config/runtime.exs": "if config_env() == :prod do\n  config :shop, cdn: System.fetch_env!(\"SHOP_CDN\"), key: System.fetch_env!(\"SHOP_SECRET\"), page: System.get_env(\"SHOP_PAGE\")\n\n  # who asks\n  host =\n    System.get_env(\"SHOP_HOST\") ||\n      raise \"no host\"\n  port = case System.get_env(\"SHOP_PORT\") do\n    p -> p\n  end\nend\n", "lib/a.ex": "System.fetch_env!(\"OTHER\")\n"},
			[]string{".: requires SHOP_CDN", ".: requires SHOP_HOST", ".: env SHOP_PORT=4000 <- config/runtime.exs:8 convention"}, []string{"requires SHOP_SECRET", "requires SHOP_PAGE", "requires OTHER"}},
		{"variables read by a helper", files{"mix.exs": phoenixMix, "config/runtime.exs": "config :shop, W.Endpoint, secret_key_base: System.get_env(\"SECRET_KEY_BASE\", U.random(64))\nconfig :shop, V, key: U.get_env(\"VAULT_KEY\", test: \"geheim\")\nconfig :shop, a: Application.get_env(:shop, :b)\n"},
			[]string{".: secret SECRET_KEY_BASE <- config/runtime.exs:1", ".: secret VAULT_KEY <- config/runtime.exs:2"}, []string{"geheim"}},
		{"a release that brings its database up to date without Mix", files{"mix.exs": phoenixMix, "config/runtime.exs": "import Config\n"},
			[]string{"migrate: release command /app/bin/shop eval Application.load(:shop); for repo <- Application.fetch_env!(:shop, :ecto_repos), do: {:ok, _, _} = Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true)) <- mix.exs"}, []string{"mix ecto.migrate"}},
		{"a release of Distillery's in the image", files{"mix.exs": phoenixMix, "Dockerfile": "FROM elixir:1.8\nRUN mix distillery.release --env=prod\n", "rel/config.exs": "release :shop do\n  set(commands: [\n    migrate: \"rel/commands/migrate\"\n  ])\nend\n"}, []string{"migrate: release command /app/bin/shop migrate <- rel/config.exs:3 declared"}, []string{"ecto.migrate"}},
		{"programs that a release gets laid over it", files{"mix.exs": phoenixMix, "config/runtime.exs": "import Config\n", "rel/overlays/bin/server": "PHX_SERVER=true exec ./shop start\n", "rel/overlays/bin/migrate": "exec ./shop eval Shop.Release.migrate\n"}, []string{".: command /app/bin/server", "migrate: release command /app/bin/migrate <- rel/overlays/bin/migrate:1 declared"}, nil},
		{"a release of Distillery's that edeliver makes", files{"mix.exs": phoenixMix, ".deliver/config": "APP=shop\n", "rel/config.exs": "release :shop do\nend\n"}, []string{".: command /app/bin/shop foreground"}, nil},
		{"an umbrella and a library", files{"mix.exs": "[apps_path: \"apps\", releases: [all: []]]", "apps/web/mix.exs": phoenixMix, "config/runtime.exs": "", "lib2/mix.exs": "[app: :lib2]"},
			[]string{".: command /app/bin/all start", "apps/web: library", "lib2: library", ".: framework phoenix"}, []string{"apps/web: command", "lib2: command"}},
	})
}

func FuzzElixir(f *testing.F) {
	f.Add(phoenixMix, "x = System.get_env(\"A\") || \"b\"\nconfig :a, A.Repo, url: x, hostname: \"#{x}\"\nconfig :a, A.Endpoint, http: [port: 99999999999999999999]", "get \"/health\", request_path == \"/x\"")
	f.Add("apps_path: mod: { app: :x releases: [a: [applications: [x: :load]], b: [[}{(", "config :a, b: [", "")
	f.Add("apps_path: mod: {", "config :a,\nconfig :b, C,\nport: {:system, \"", "path_info: [\"")
	f.Fuzz(func(t *testing.T, mix, config, code string) {
		checkReport(t, read(t, Elixir(), files{"mix.exs": mix, "config/prod.exs": config, "config/runtime.exs": config, "lib/a.ex": code, ".tool-versions": mix, "a/mix.exs": phoenixMix, "a/config/config.exs": config, "apps/x/mix.exs": mix, "Makefile": "mix release", "rel/config.exs": mix, "rel/vm.args": config}))
	})
}
