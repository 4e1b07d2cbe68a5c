package lang

import "testing"

const erlangRebar = "{erl_opts, [debug_info]}.\n{deps, [\n  {cowboy, \"2.9.0\"},\n  {eredis, {git, \"https://git.example/eredis.git\", {tag, \"1.2\"}}},\n  %% {brod, \"3\"},\n  epgsql\n]}.\n{relx, [{release, {shop, \"1.0.0\"}, [shop, sasl]},\n  {dev_mode, true}]}.\n{profiles, [{test, [{deps, [{emysql, \"1\"}]}]}, {prod, [{relx, [{dev_mode, false}]}]}]}.\n"

func TestErlang(t *testing.T) {
	runCases(t, Erlang(), []readerCase{
		{"a release of rebar3", files{
			"rebar.config": erlangRebar, "rebar.lock": "", ".tool-versions": "erlang 25.3\n", "rel/other.txt": "",
			"config/sys.config":   "[\n {kernel, [{inet_dist_listen_min, 9100}]},\n {lager, [{port, 601}]},\n {shop,\n  [{http_port, 8001},\n   {cache_url, \"redis://cache.corp.example:6380\"},\n   {api_token, \"${SHOP_API_TOKEN}\"}]}\n].\n",
			"config/vm.args":      "-name shop\n-setcookie ${SHOP_COOKIE}\n",
			"src/shop.app.src":    "{application, shop, [{mod, {shop_app, []}}, {env, [{http_port, 1}]}]}.\n",
			"src/shop_app.erl":    "routes() -> [{'_', [{\"/healthz\", shop_health, []}, {\"/orders\", shop_orders, []}]}].\nkey() -> os:getenv(\"SHOP_SIGN_KEY\").\n%% os:getenv(\"OLD_TOKEN\")\n",
			"apps/a/rebar.config": "{deps, [{gen_smtp, \"1\"}]}.\n", "_build/default/lib/x/rebar.config": "{deps, [{cqerl, \"1\"}]}.\n",
		}, []string{
			".: language erlang <- rebar.config:1", ".: version 25.3 <- .tool-versions:1 declared", ".: framework cowboy <- rebar.config:3", ".: build rebar3 rebar.config rebar.lock", ".: command /app/bin/shop foreground <- rebar.config:8 convention",
			".: port 8001 <- config/sys.config:5 declared", ".: need redis host=cache.corp.example:6380", ".: need postgres:5432 <- rebar.config:6", ".: need smtp:25 <- apps/a/rebar.config:1", ".: secret SHOP_API_TOKEN <- config/sys.config:7", ".: secret SHOP_COOKIE <- config/vm.args:2", ".: env RELX_REPLACE_OS_VARS=true",
			".: secret SHOP_SIGN_KEY <- src/shop_app.erl:2", ".: health /healthz|",
		}, []string{"OLD_TOKEN", "kafka", "mysql", "cassandra", "port 601", "port 1 "}},
		{"variables of a table in the place of settings", files{
			"rebar.config": "{deps, [{redo, \"1\"}]}.\n", "relx.config": "{release, {shop, \"1\"}, [shop]}.\n", ".preferred_otp_version": "OTP-18.2.2",
			"src/shop.app.src": "{application, shop, [{env, [{store_url, \"redis://localhost:6379\"}, {own_url, \"http://localhost:8001\"}]}]}.\n",
			"src/shop_app.erl": "vars() -> [{store_url, [\"SHOP_STORE_URL\"]}, {own_url, [\"SHOP_OWN_URL\"]}, {cookie, [\"SHOP_TOKEN\"]}].\nread(Key) -> os:getenv(Key).\nstart() -> cowboy:start_http(http, 100, [{port, 8085}], []).\n",
		}, []string{".: command /app/bin/shop foreground <- relx.config:1", ".: version 18.2.2", ".: need redis SHOP_STORE_URL=redis://{host}:{port}", ".: secret SHOP_TOKEN", ".: port 8085 <- src/shop_app.erl:3"}, []string{"need http"}},
		{"a schema of Cuttlefish's", files{"rebar.config": "{deps, [{cowboy, \"1.0\"}]}.\n{relx, [{release, {shop, \"1\"}, [shop]}]}.\n", "rel/vars.config": "{telnet_port, \"5556\"}.\n{http_port,  \"8088\"}.\n",
			"schema/shop.schema": "%% the port\n{mapping, \"telnet.bind\", \"shop.telnet\", [{default, 5556}]}.\n{mapping, \"http_port\", \"shop.http_port\",\n [{datatype, integer},\n  {default, {{http_port}} }]}.\n"}, []string{".: port 8088 <- schema/shop.schema:3 declared"}, []string{"5556"}},
		{"a library, Elixir's helper, and a release of rebar 2", files{
			"lib/rebar.config": "{deps, []}.\n", "mixed/rebar.config": erlangRebar, "mixed/mix.exs": "", "old/rebar.config": "{deps, [{mochiweb, \".*\", {git, \"x\"}}]}.\n", "old/rel/reltool.config": "{sys, [{rel, \"shop\", \"1\", [shop]}]}.\n",
		}, []string{"lib: library", "old: command /app/bin/shop foreground <- old/rel/reltool.config:1", "old: framework mochiweb", "note old/rel/reltool.config:1 reltool made the release in rebar 2"}, []string{"mixed:"}},
	})
}

func FuzzErlang(f *testing.F) {
	f.Add(erlangRebar, "[{a, [{port, 99999999999999999999}, {b, \"${X}\"}]}].\n-setcookie ${X}\n", "os:getenv(\"A\", \"b\") os:getenv(K) {a, [\"A_B\"]} cowboy:start_clear({port, 80})")
	f.Add("{deps, [{a, {b, {c, {d, \"\"}}}}]}.{relx, [{release, {'x", "{{{{", "[\"/health\"")
	f.Fuzz(func(t *testing.T, rebar, config, code string) {
		checkReport(t, read(t, Erlang(), files{"rebar.config": rebar, "relx.config": config, "a/rebar.config": erlangRebar, "config/sys.config": config, "config/vm.args": config, "schema/a.schema": config, "rel/vars.config": config, "src/a.app.src": config, "src/a.erl": code, ".tool-versions": code, "Procfile": ""}))
	})
}
