package lang

import "testing"

func TestRust(t *testing.T) {
	runCases(t, Rust(), []readerCase{
		{"variables read by functions of the team's own, and an address by default", files{"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.7\"\n",
			"src/main.rs": "#[arg(name = \"ADDR\", default_value = \"0.0.0.0:3100\")]\nlet k = maybe_env(\"SHOP_TOKEN\")?;\nlet n = env::<u16>(\"SHOP_SIZE\", 5)?;\nlet p = require_env(\"SHOP_DB_PASSWORD\")?;\nlet s = setenvironment(\"OTHER_TOKEN\");\n"},
			[]string{".: port 3100 <- src/main.rs:1", ".: secret SHOP_TOKEN <- src/main.rs:2", ".: secret SHOP_DB_PASSWORD <- src/main.rs:4"}, []string{"OTHER_TOKEN", "port 8080"}},
		{"actix with diesel", files{
			"Cargo.toml": "[package]\nname = \"shop\"\nrust-version = \"1.70\"\n\n[dependencies]\nactix-web = \"4\"\ndiesel = { version = \"2\", features = [\"postgres\"] }\nredis = \"0.23\"\n\n[dev-dependencies]\nmongodb = \"2\"\n\n[dependencies.lettre]\nversion = \"0.11\"\n", "Cargo.lock": "", "rust-toolchain.toml": "[toolchain]\nchannel = \"1.75.0\"\n", "templates/a.html": "", "migrations/1/up.sql": "",
			"src/main.rs": "fn main() { HttpServer::new(..).bind(\"0.0.0.0:8088\") }\nlet u = env::var(\"DATABASE_URL\").expect(\"x\");\nlet l = std::env::var(\"LEVEL\").unwrap_or_else(|_| \"info\".into());\n#[get(\"/healthz\")]\n",
		}, []string{
			".: language rust", ".: version 1.75.0 <- rust-toolchain.toml:2", ".: framework actix-web <- Cargo.toml:6", ".: build cargo Cargo.toml Cargo.lock templates migrations", ".: packages libpq-dev | libpq5", ".: command /app/shop", ".: port 8088 <- src/main.rs:1 declared", ".: health /healthz|", ".: need postgres:5432 <- Cargo.toml:7 guess", ".: need redis:6379", ".: need smtp:25 <- Cargo.toml:13",
			".: secret DATABASE_URL <- src/main.rs:2", ".: env LEVEL=info",
		}, []string{"mongodb"}},
		{"rocket in a workspace", files{"Cargo.toml": "[workspace]\nmembers = [\"*\"]", "api/Cargo.toml": "[package]\nname = \"api\"\n[dependencies]\nrocket = \"0.5\"\n", "api/src/main.rs": "", "core/Cargo.toml": "[package]\nname = \"core\"\n[dependencies]\nserde = \"1\"\n", "core/src/lib.rs": ""},
			[]string{".: command /app/api", ".: port 8000 <- api/Cargo.toml:4 convention", ".: env ROCKET_ADDRESS=0.0.0.0", "api: library", "core: library"}, []string{"core: command", "api: command"}},
		{"a program that ends counts alone", files{"Cargo.toml": "[package]\nname = \"tool\"\n", "src/main.rs": "fn main() {}"}, []string{".: command /app/tool <- Cargo.toml:1 guess"}, []string{"library", "port"}},
		{"sockets of its own, and a package of the workspace that talks to a database", files{"Cargo.toml": "[workspace]\nmembers = [\"d\", \"db\"]", "d/Cargo.toml": "[package]\nname = \"d\"\n[dependencies]\ndb = { path = \"../db\" }\n", "d/src/main.rs": "TcpListener::bind(\"0.0.0.0:7000\")",
			"db/Cargo.toml": "[package]\nname = \"db\"\n[dependencies]\ndiesel = { version = \"1\", features = [\"postgres\"] }\n", "db/src/lib.rs": "env::var(\"DB_PASSWORD\")"},
			[]string{".: command /app/d", ".: port 7000", ".: need postgres:5432 <- db/Cargo.toml:4", ".: secret DB_PASSWORD"}, nil},
		{"settings of the config crate", files{"Cargo.toml": "[package]\nname = \"push\"\n[dependencies]\nhyper = \"0.11\"\nconfig = \"0.9\"\n", "src/main.rs": "Some(ref path) if *path == \"/__heartbeat__\" => x,\n",
			"src/settings.rs": "static PREFIX: &str = \"sync\";\nstatic DEFAULT_PORT: u16 = 8_000;\npub struct Settings {\n    pub port: u16,\n    pub master_secret: Secrets,\n}\ns.set_default(\"port\", i64::from(DEFAULT_PORT))?;\ns.set_default(\"host\", \"127.0.0.1\")?;\ns.set_default(\"crypto_key\", generate())?;\ns.merge(Environment::with_prefix(&PREFIX.to_uppercase()))?;\n"},
			[]string{".: port 8000 <- src/settings.rs:7 declared", ".: env SYNC_PORT=8000", ".: env SYNC_HOST=0.0.0.0 <- src/settings.rs:8 convention", ".: secret SYNC_CRYPTO_KEY <- src/settings.rs:9", ".: secret SYNC_MASTER_SECRET <- src/settings.rs:5", ".: health |/__heartbeat__ <- src/main.rs:1"}, []string{"port 8080"}},
		{"a number as the default of the settings", files{"Cargo.toml": "[package]\nname = \"tiles\"\n[dependencies]\nactix-web = \"4\"\n", "src/main.rs": "impl Route for Health {\n    const PATH: &'static str = \"/health\";\n}\n", "src/settings.rs": "static PREFIX: &str = \"tiles\";\nimpl Default for Settings {\n  Self {\n    hostname: \"0.0.0.0\".to_owned(),\n    port: 8001,\n}}\nEnvironment::with_prefix(PREFIX)\n"},
			[]string{".: port 8001 <- src/settings.rs:5", ".: health |/health <- src/main.rs:2"}, nil},
		{"a default of the settings", files{"Cargo.toml": "[package]\nname = \"tiles\"\n[dependencies]\nactix-web = \"4\"\n", "src/main.rs": "", "src/settings.rs": "static PREFIX: &str = \"tiles\";\nstatic DEFAULT_PORT: u16 = 8001;\nimpl Default for Settings {\n  Settings {\n    port: DEFAULT_PORT,\n}}\nEnvironment::with_prefix(PREFIX)\n"},
			[]string{".: port 8001 <- src/settings.rs:5 declared", ".: env TILES_PORT=8001"}, []string{"port 8080"}},
		{"what the workspace says for all its packages", files{"Cargo.toml": "[workspace]\nmembers = [\"*\"]\n[workspace.dependencies]\nstore = { path = \"./crates/store\" }\ndiesel = { version = \"2\", features = [\n  \"chrono\",\n  \"postgres\",\n] }\naxum = \"0.7\"\n", "crates/server/Cargo.toml": "[package]\nname = \"server\"\n[dependencies]\naxum.workspace = true\nstore = { workspace = true }\n", "crates/server/src/main.rs": "axum::serve(l, app)",
			"crates/store/Cargo.toml": "[package]\nname = \"store\"\n[dependencies]\ndiesel = { workspace = true }\n", "crates/store/src/lib.rs": ""}, []string{".: need postgres", ".: framework axum"}, nil},
		{"settings that are made of others, one of another package", files{"Cargo.toml": "[workspace]\n[workspace.package]\nrust-version = \"1.91\" # oldest\n[package]\nname = \"shop\"\nrust-version.workspace = true\n[dependencies]\naxum = \"0.7\"\nstock-settings = { path = \"stock-settings\" }\n", "stock-settings/Cargo.toml": "[package]\nname = \"stock-settings\"\n", "stock-settings/src/lib.rs": "pub struct Settings {\n    /// why\n    pub hash_secret: String,\n}\n",
			"src/main.rs": "axum::serve(l);\n.bind(\"0.0.0.0:3000\")\n", "src/settings.rs": "use stock_settings::Settings as StockSettings;\npub struct Settings {\n    pub db: DbSettings,\n    pub stock: StockSettings,\n}\npub struct DbSettings {\n    password: Secret<String>,\n    user: String,\n}\nEnvironment::with_prefix(\"APP\").prefix_separator(\"_\").separator(\"__\")\n"},
			[]string{".: version 1.91 <- Cargo.toml:3", ".: secret APP_DB__PASSWORD <- src/settings.rs:7", ".: secret APP_STOCK__HASH_SECRET <- stock-settings/src/lib.rs:3"}, []string{"APP_PASSWORD", "USER"}},
		{"envy", files{"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.7\"\n", "src/main.rs": "pub struct S {\n  pub jwt_token: Option<String>,\n}\nenvy::prefixed(\"SHOP_\").from_env::<S>();\n.bind(\"0.0.0.0:3000\")\n"}, []string{".: secret SHOP_JWT_TOKEN <- src/main.rs:2", ".: port 3000"}, nil},
		{"several programs of one package", files{"Cargo.toml": "[package]\nname = \"shop\"\n[dependencies]\naxum = \"0.7\"\n[[bin]]\nname = \"shop-mailer\"\npath = \"src/mail.rs\"\n", "src/mail.rs": "fn main() { loop { send() } }", "src/bin/server.rs": "axum::serve(listener, app)", "src/bin/order-worker.rs": "fn main() {}", "src/bin/import-orders.rs": "loop {", "src/bin/once.rs": "fn main() {}"},
			[]string{".: command /app/server", "order-worker: command /app/order-worker <- src/bin/order-worker.rs:1 convention", "order-worker: artifact order-worker", "shop-mailer: command /app/shop-mailer"}, []string{"import-orders", "once"}},
		{"the port of the file of defaults, and Rocket in one of two programs", files{"Cargo.toml": "[package]\nname = \"mail\"\n[[bin]]\nname = \"mail_queues\"\npath = \"src/bin/q.rs\"\n[[bin]]\nname = \"mail_send\"\npath = \"src/bin/s.rs\"\n[dependencies]\nconfig = \"0.9\"\nrocket = \"0.4\"\n", "src/bin/s.rs": "rocket::custom(config)", "src/bin/q.rs": "loop_fn(0, f)",
			"config/default.json": "{\n  \"redis\": {\n    \"port\": 6379\n  },\n  \"limits\": [\n  ],\n  \"port\": 8001\n}\n"}, []string{".: command /app/mail_send", "mail_queues: command /app/mail_queues", ".: port 8001 <- config/default.json:7 declared"}, []string{"port 6379"}},
		{"no port of a part of the settings", files{"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.7\"\nconfig = \"0.13\"\n", "src/main.rs": "", "config/default.toml": "[redis]\nport = 6379\n"}, nil, []string{"port 6379"}},
		{"the one that listens is the main one", files{"Cargo.toml": "[package]\nname = \"shop\"\n[dependencies]\nlapin = \"2\"\n", "src/bin/a.rs": "chan.consume(x)", "src/bin/web.rs": "TcpListener::bind(\"0.0.0.0:9000\")"},
			[]string{".: command /app/web", "a: command /app/a <- src/bin/a.rs:1"}, nil},
		{"the program of src/main.rs beside one that Cargo.toml names", files{"Cargo.toml": "[package]\nname = \"shop\"\n[dependencies]\naxum = \"0.7\"\n[[bin]]\nname = \"cleanup\"\npath = \"src/cleanup.rs\"\n", "src/main.rs": "axum::serve(l, app)", "src/cleanup.rs": "loop { clean() }"},
			[]string{".: command /app/shop", "cleanup: command /app/cleanup"}, nil},
		{"the default of a setting that serde fills in", files{"Cargo.toml": "[package]\nname = \"shop\"\n[dependencies]\naxum = \"0.7\"\n", "src/main.rs": "", "src/config.rs": "fn default_redis_addr() -> String {\n    \"redis:6379\".to_string()\n}\nfn default_bind() -> String {\n    if docker() {\n        \"0.0.0.0:3021\".to_owned()\n    } else {\n        \"127.0.0.1:3021\".to_owned()\n    }\n}\n"},
			[]string{".: port 3021 <- src/config.rs:4 declared"}, []string{"port 6379", "port 8080"}},
		{"of several packages those that the images hold", files{"Cargo.toml": "[workspace]\nmembers = [\"*\"]", "Dockerfile": "FROM rust\nRUN cargo build --release --bin api --bin mailer\nCOPY --from=b /t/release/sweep /sweep\n", "api/Cargo.toml": "[package]\nname = \"api\"\n[dependencies]\naxum = \"0.7\"\n", "api/src/main.rs": "axum::serve(l, app)", "hook/Cargo.toml": "[package]\nname = \"hook\"\n[dependencies]\naxum = \"0.7\"\n", "hook/src/main.rs": "axum::serve(l, app)",
			"mailer/Cargo.toml": "[package]\nname = \"mailer\"\n", "mailer/src/main.rs": "loop { send() }", "sweep/Cargo.toml": "[package]\nname = \"sweep\"\n", "sweep/src/main.rs": "fn main() {}"},
			[]string{"api: command /app/api", "mailer: command /app/mailer", "hook: library"}, []string{"hook: command", "sweep: command", "mailer: port"}},
		{"this machine only", files{"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.7\"\n", "src/main.rs": "SocketAddr::from(([127, 0, 0, 1], 3000))"}, []string{".: port 3000", "note src/main.rs:1 listens on 127.0.0.1 only"}, nil},
	})
}

func FuzzRust(f *testing.F) {
	f.Add("[package]\nname = \"a\"\n[dependencies]\naxum = 1\n[dependencies.b]\nx = 1\n[[bin]]\nname = \"c\"", "bind(\"x:99999\") env::var(\"A\")")
	f.Add("[workspace]\n[package]\nname=\n[bin]\nname = \"\"", "#[get(\"/health\")] SocketAddr::from(([1,2], 70000))")
	f.Fuzz(func(t *testing.T, cargo, code string) {
		checkReport(t, read(t, Rust(), files{"Cargo.toml": cargo, "src/main.rs": code, "a/Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\nrocket = \"0.5\"\n" + cargo, "a/src/bin/x.rs": code, "a/Rocket.toml": cargo, "rust-toolchain": cargo}))
	})
}
