package lang

import "testing"

const releasedMix = "defmodule Shop do\n def application, do: [mod: {Shop, []}]\n def project, do: [app: :shop_web, deps: [{:phoenix, \"~> 1.3.0\"}, {:shop_core, in_umbrella: true}]]\nend\n"

func TestElixirReleases(t *testing.T) {
	runCases(t, Elixir(), []readerCase{
		{"the cookie of a release of Mix's", files{"mix.exs": "defmodule Shop.MixProject do\n  def project, do: [app: :shop, deps: [{:phoenix, \"~> 1.6\"}]]\n  def application, do: [mod: {Shop.Application, []}]\nend\n", "rel/env.sh.eex": "# export RELEASE_COOKIE=$OLD\nexport RELEASE_COOKIE=\"${COOKIE}\"\nexport RELEASE_NODE=\"shop@${POD_IP}\"\n"},
			[]string{".: secret COOKIE <- rel/env.sh.eex:2"}, []string{"OLD", "secret POD_IP"}},
		{"an umbrella that Distillery ships", files{
			"mix.exs": "[apps_path: \"apps\", deps: [{:distillery, \"~> 1.5\"}]]", "Makefile": "dist:\n\tMIX_ENV=prod mix do compile, phx.digest, release\n",
			"rel/config.exs":           "release :shop do\n  set applications: [\n    :runtime_tools,\n    shop_web: :permanent\n  ]\nend\n",
			"rel/vm.args":              "-name shop@${NODE_HOST}\n-setcookie ${NODE_COOKIE}\n",
			"apps/web/mix.exs":         releasedMix,
			"apps/web/config/prod.exs": "config :shop_web, Shop.Endpoint,\n  http: [port: 4040],\n  secret_key_base: \"${SECRET_KEY_BASE}\"\nconfig :shop_web, serve_endpoints: {:system, \"SHOP_SERVES\", false}\n",
			"apps/core/mix.exs":        "[app: :shop_core]", "apps/core/lib/vault.ex": "  def key do\n    \"VAULT_KEY\"\n    |> System.get_env()\n  end\n",
			"apps/load/mix.exs": "[app: :load_test, deps: [{:redix, \"1\"}]]", "apps/load/config/config.exs": "config :load_test, password: {:system, \"LOAD_PASSWORD\"}\n",
		}, []string{
			".: command /app/bin/shop foreground", ".: build distillery", ".: port 4040", ".: secret SECRET_KEY_BASE <- apps/web/config/prod.exs:3", ".: secret NODE_COOKIE <- rel/vm.args:2", ".: secret VAULT_KEY <- apps/core/lib/vault.ex:2",
			".: env REPLACE_OS_VARS=true", ".: env SHOP_SERVES=true <- apps/web/config/prod.exs:4", "apps/load: library",
		}, []string{"LOAD_PASSWORD", "need redis"}},
		{"an umbrella of several releases", files{
			"mix.exs":                      "def project do\n [apps_path: \"apps\", releases: [\n  shop_web: [\n   runtime_config_path: \"apps/web/rel/live.exs\",\n   applications: [shop_web: :permanent]\n  ],\n  shop_feed: [steps: [:assemble], applications: [feed: :permanent]]\n ]]\nend\n",
			"config/prod.exs":              "config :shop_web, Shop.Endpoint, http: [port: 4040]\nconfig :feed, Feed.Endpoint, https: [port: 8443]\n",
			"apps/web/mix.exs":             "def application, do: [mod: {Web, []}]\n[app: :shop_web, elixir: \"~> 1.4\", deps: [{:phoenix, \"~> 1.5\"}, {:core, in_umbrella: true}, {:load, in_umbrella: true, only: [:test, :bench]}]]\n",
			"apps/web/rel/live.exs":        "config :shop_web, Shop.Endpoint, secret_key_base: System.fetch_env!(\"WEB_SECRET\")\n",
			"apps/web/assets/package.json": "{\"scripts\": {\"deploy\": \"x\"}}",
			"apps/feed/mix.exs":            "def application, do: [mod: {Feed, []}]\n[app: :feed, deps: [{:phoenix, \"~> 1.5\"}, {:core, in_umbrella: true}]]\n",
			"apps/feed/lib/a.ex":           "System.get_env(\"FEED_TOKEN\")\n",
			"apps/core/mix.exs":            "[app: :core, deps: [{:ecto_sql, \"~> 3.0\"}, {:postgrex, \"1\"}]]\n",
			"apps/core/lib/release.ex":     "defmodule Core.Release do\n  def migrate do\n    Ecto.Migrator.run()\n  end\nend\n",
			"apps/core/lib/key.ex":         "System.get_env(\"CORE_SECRET\")\n",
			"apps/load/mix.exs":            "[app: :load, deps: [{:redix, \"1\"}]]\n",
		}, []string{
			".: library", "apps/core: library", "apps/load: library", "apps/web: command /app/bin/shop_web start", "apps/feed: command /app/bin/shop_feed start", "apps/web: port 4040", "apps/feed: port 8443", "apps/web: version 1.11 <- apps/web/mix.exs:2",
			"apps/web: secret WEB_SECRET <- apps/web/rel/live.exs:1", "apps/web: secret CORE_SECRET", "apps/feed: secret CORE_SECRET", "apps/feed: secret FEED_TOKEN", "apps/web: need postgres", "apps/feed: need postgres",
			"apps/feed/migrate: release command /app/bin/shop_feed eval Core.Release.migrate <- apps/core/lib/release.ex:1",
		}, []string{"apps/feed: secret WEB_SECRET", "apps/web: secret FEED_TOKEN", "redis", "apps/web/migrate", "apps/web: port 8443", ".: command"}},
		{"an umbrella of several releases of Distillery's", files{
			"mix.exs":          "[apps_path: \"apps\"]",
			"rel/config.exs":   "release :web do\n  set applications: [:runtime_tools, :web]\n  set overlays: [{:copy, \"apps/web/start.exs\", \"etc/start.exs\"}]\nend\nrelease :feed do\n  set applications: [:feed]\n  set commands: [\"migrate\": \"rel/commands/feed.sh\"]\nend\n",
			"apps/web/mix.exs": "def application, do: [mod: {Web, []}]\n[app: :web, deps: [{:phoenix, \"~> 1.4\"}]]\n", "apps/web/start.exs": "config :web, token: System.get_env(\"WEB_TOKEN\")\n",
			"apps/feed/mix.exs": "def application, do: [mod: {Feed, []}]\n[app: :feed, deps: [{:ecto_sql, \"~> 3.0\"}]]\n",
		}, []string{"apps/web: command /app/bin/web foreground", "apps/web: build distillery", "apps/web: secret WEB_TOKEN", "apps/feed/migrate: release command /app/bin/feed migrate <- rel/config.exs:7"}, []string{"apps/feed: secret", ".: command"}},
		{"a release that is not called like its application", files{"mix.exs": "def application, do: [mod: {Shop, []}]\n[app: :shop, elixir: \"~> 1.14\", releases: [prod: []], deps: [{:ecto_sql, \"~> 3.0\"}]]\n", "config/runtime.exs": "import Config\n"},
			[]string{"migrate: release command /app/bin/prod eval Application.load(:shop); for repo <- Application.fetch_env!(:shop, :ecto_repos), "}, []string{":prod"}},
		{"an umbrella, one application of which has the repositories", files{"mix.exs": "[apps_path: \"apps\", elixir: \"~> 1.14\", releases: [shop_umbrella: []]]", "config/config.exs": "config :web,\n  ecto_repos: []\nconfig :core,\n  namespace: Core,\n  ecto_repos: [Core.Repo]\n", "config/runtime.exs": "import Config\n",
			"apps/web/mix.exs": "def application, do: [mod: {Web, []}]\n[app: :web]\n", "apps/core/mix.exs": "[app: :core, deps: [{:ecto_sql, \"~> 3.0\"}]]\n"},
			[]string{"migrate: release command /app/bin/shop_umbrella eval Application.load(:core); for repo <- Application.fetch_env!(:core, :ecto_repos), "}, []string{":shop_umbrella", ":web"}},
		{"an umbrella that does not say which has them", files{"mix.exs": "[apps_path: \"apps\", elixir: \"~> 1.14\", releases: [shop_umbrella: []]]", "config/runtime.exs": "import Config\n", "apps/core/mix.exs": "def application, do: [mod: {Core, []}]\n[app: :core, deps: [{:ecto_sql, \"~> 3.0\"}]]\n"},
			[]string{"note apps/core/mix.exs:2 a release holds no Mix, and no module here runs the migrations"}, []string{"eval"}},
		{"two releases of one application", files{"mix.exs": "[apps_path: \"apps\", releases: [a: [applications: [web: :permanent]], b: [applications: [web: :permanent]]]]", "apps/web/mix.exs": releasedMix}, []string{".: framework phoenix", "apps/web: library"}, []string{"apps/web: command"}},
		{"an image in which Mix runs what others make a release of", files{"mix.exs": phoenixMix, ".circleci/config.yml": "run: mix release\n", "rel/config.exs": "release :shop do\nend\n", "docker/Dockerfile": "FROM elixir:1.9\nADD . .\nRUN mix do compile, phx.digest\n"}, []string{".: command mix phx.server", "migrate: release command mix ecto.migrate"}, []string{"distillery"}},
		{"Distillery's description of a release that nothing makes", files{"mix.exs": phoenixMix, "rel/config.exs": "release :shop do\nend\n"}, []string{".: command mix phx.server"}, []string{"distillery"}},
		{"a port without which the code stops", files{"mix.exs": phoenixMix, "config/prod.exs": "config :shop, ShopWeb.Endpoint, load_from_system_env: true\n", "lib/endpoint.ex": "  port = System.get_env(\"PORT\") || raise \"expected the PORT environment variable to be set\"\n"},
			[]string{".: env PORT=4000 <- lib/endpoint.ex:1 convention", ".: port 4000"}, nil},
		{"what production reads in the place of a default", files{"mix.exs": phoenixMix,
			"config/config.exs": "config :shop,\n  api_token: {:system, \"TOKEN_OF_OLD\", \"x\"},\n  other_token: {:system, \"OTHER_TOKEN\"}\nimport_config \"#{Mix.env}.exs\"\n", "config/prod.exs": "config :shop, api_token: {:system, \"TOKEN_OF_NOW\"}\n"},
			[]string{".: secret TOKEN_OF_NOW", ".: secret OTHER_TOKEN"}, []string{"TOKEN_OF_OLD"}},
	})
}

func TestPathsThatAttributesHold(t *testing.T) {
	runCases(t, Elixir(), []readerCase{
		{"a plug that answers at one", files{"mix.exs": phoenixMix, "lib/shop_web/health.ex": "defmodule ShopWeb.Health do\n  @behaviour Plug\n  @path \"/ping\"\n  def call(%{request_path: @path} = conn, _), do: send_resp(conn, 200, \"ok\")\n  def call(%{request_path: @other} = conn, _), do: conn\nend\n"},
			[]string{".: health /ping|/ping <- lib/shop_web/health.ex:4"}, nil},
	})
}
