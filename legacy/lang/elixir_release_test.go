package lang

import "testing"

const releasedMix = "defmodule Shop do\n def application, do: [mod: {Shop, []}]\n def project, do: [app: :shop_web, deps: [{:phoenix, \"~> 1.3.0\"}, {:shop_core, in_umbrella: true}]]\nend\n"

func TestElixirReleases(t *testing.T) {
	runCases(t, Elixir(), []readerCase{
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
		{"Distillery's description of a release that nothing makes", files{"mix.exs": phoenixMix, "rel/config.exs": "release :shop do\nend\n"}, []string{".: command mix phx.server"}, []string{"distillery"}},
		{"a port without which the code stops", files{"mix.exs": phoenixMix, "config/prod.exs": "config :shop, ShopWeb.Endpoint, load_from_system_env: true\n", "lib/endpoint.ex": "  port = System.get_env(\"PORT\") || raise \"expected the PORT environment variable to be set\"\n"},
			[]string{".: env PORT=4000 <- lib/endpoint.ex:1 convention", ".: port 4000"}, nil},
		{"what production reads in the place of a default", files{"mix.exs": phoenixMix,
			"config/config.exs": "config :shop,\n  api_token: {:system, \"TOKEN_OF_OLD\", \"x\"},\n  other_token: {:system, \"OTHER_TOKEN\"}\nimport_config \"#{Mix.env}.exs\"\n", "config/prod.exs": "config :shop, api_token: {:system, \"TOKEN_OF_NOW\"}\n"},
			[]string{".: secret TOKEN_OF_NOW", ".: secret OTHER_TOKEN"}, []string{"TOKEN_OF_OLD"}},
	})
}
