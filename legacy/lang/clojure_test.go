package lang

import "testing"

func TestClojure(t *testing.T) {
	runCases(t, Clojure(), []readerCase{
		{"a map that describes a database", files{"project.clj": "(defproject shop \"0.1\" :main shop.core)\n", "src/shop/sql.clj": "(def default\n {:db-subprotocol \"postgresql\"\n  :db-subname \"//db01.corp.example:5433/shop\"\n  :db-user \"shop\"})\n", "src/shop/other.clj": "{:subname \"//x\"}"}, []string{".: need postgres host=db01.corp.example db=shop:5433 <- src/shop/sql.clj:3"}, nil},
		{"Pedestal by its server, and scripts beside the program", files{"deps.edn": "{:deps {io.pedestal/pedestal.jetty {:mvn/version \"0.8\"}}\n :paths [\"src\" \"resources\"]}\n", "src/shop/main.clj": "(defn -main [] 1)\n(def t (System/getenv \"SHOP_TOKEN\"))\n", "script/report.clj": "(defn -main [] 1)\n(System/getenv \"REPORT_TOKEN\")\n"},
			[]string{".: framework pedestal <- deps.edn:1", ".: secret SHOP_TOKEN", ".: command java -jar /app/app.jar <- src/shop/main.clj:1"}, []string{"REPORT_TOKEN"}},
		{"the port with the name of the program's, beside that of a REPL and those of tests", files{"project.clj": "(defproject shop \"0.1\"\n  :dependencies [[compojure \"1.7\"]]\n  :main shop.core)\n", "src/shop/system.clj": "(defn new-system []\n  (start (Integer/parseInt (get env :shop-http-port \"8351\"))\n         (Integer/parseInt (get env :shop-repl-port \"3335\"))))\n", "config/cypress.edn": "{:port 9021}\n", "config/defaults.edn": "{:files {:ftp {:host \"localhost\"\n               :port 22}}}\n"}, []string{".: port 8351 <- src/shop/system.clj:2 declared"}, []string{"9021", "port 22"}},
		{"ports of several others", files{"project.clj": "(defproject shop \"0.1\"\n  :dependencies [[http-kit \"2\"]]\n  :main shop.core)\n", "src/shop/a.clj": "(defn send [] {:port 19000})\n", "src/shop/b.clj": "(defn other [] {:port 4242})\n"}, []string{".: port 19000 <- src/shop/a.clj:1 guess"}, nil},
		{"Leiningen", files{"project.clj": "(defproject corp/shop \"0.1\" ; the shop\n  :dependencies [[org.clojure/clojure \"1.10.1\"]\n                 [compojure \"1.6\"]\n                 ;; [com.taoensso/carmine \"2\"]\n                 [org.postgresql/postgresql \"42\"]]\n  :main ^:skip-aot shop.core\n  :target-path \"target/%s\"\n  :profiles {:dev {:dependencies [[com.novemberain/monger \"3\"]]}})\n",
			"src/shop/core.clj": "(defn -main [& args]\n  (run-jetty app {:port (Integer/parseInt (or (System/getenv \"PORT\") \"5000\"))}))\n(def db (env :database-url))\n(def token (System/getenv \"SHOP_TOKEN\"))\n(GET \"/health\" [] ok)\n", "test/shop/t.clj": "(System/getenv \"TEST_ONLY_TOKEN\")"}, []string{
			".: language clojure <- project.clj:1", ".: version 1.10.1 <- project.clj:2", ".: framework compojure <- project.clj:3", ".: build runs lein uberjar -> target/uberjar/*-standalone.jar", ".: command java -jar /app/app.jar <- project.clj:6 convention",
			".: port 5000 <- src/shop/core.clj:2 declared", ".: need postgres:5432 <- project.clj:5", ".: secret DATABASE_URL <- src/shop/core.clj:3", ".: secret SHOP_TOKEN <- src/shop/core.clj:4", ".: health |/health <- src/shop/core.clj:5",
		}, []string{"redis", "mongodb", "TEST_ONLY"}},
		{"the Clojure tools, with a configuration of several profiles", files{"deps.edn": "{:deps {org.clojure/clojure {:mvn/version \"1.12.0\"}\n  http-kit/http-kit {:mvn/version \"2\"}\n  com.draines/postal {:mvn/version \"2\"}\n  com.cognitect.aws/sqs {:mvn/version \"8\"}}\n :aliases {:dev {:extra-deps {com.taoensso/carmine {:mvn/version \"3\"}}}}}", "build.clj": "(def uber-file \"target/shop.jar\")\n(defn clean [_])\n(defn uberjar [_])",
			"src/shop/main.clj": "(defn -main [& _])", "resources/config.edn": "{:db {:dbtype \"postgresql\"\n :port #or [#env DB_PORT 5433]}\n\n\n\n :http {:host \"127.0.0.1\"\n  :port #profile {:default 8080\n   :production 8001}}}"}, []string{
			".: framework http-kit", ".: build runs clojure -T:build uberjar -> target/shop.jar", ".: command java -jar /app/app.jar <- src/shop/main.clj:1", ".: port 8001 <- resources/config.edn:7", ".: env DB_PORT=", ".: need smtp:25", ".: need sqs:443",
		}, []string{"redis", "note"}},
		{"the plugin of ring makes the server", files{"project.clj": "(defproject shop \"1\"\n  :dependencies [[ring/ring-core \"1\"]]\n  :uberjar-name \"shop-%s.jar\"\n  :ring {:handler shop/app :port 4000})"}, []string{".: build runs lein ring uberjar -> target/shop-*.jar", ".: port 4000 <- project.clj:4"}, nil},
		{"a library, and a front end", files{"project.clj": "(defproject lib \"1\" :dependencies [[compojure \"1\"]])", "src/lib.clj": "(defn x [])"}, nil, []string{"command", "language"}},
	})
}

func FuzzClojure(f *testing.F) {
	f.Add("(defproject a \"1\" :main b :dependencies [[ring \"1\"]] :profiles {", "(defn -main [] {:port (or (env :port) \"3000\")})")
	f.Add("{:deps {a/b {:mvn/version \"1\"}}", ":port #profile {:production 99999")
	f.Fuzz(func(t *testing.T, project, code string) {
		checkReport(t, read(t, Clojure(), files{"project.clj": project, "src/a.clj": code, "b/deps.edn": project, "b/build.clj": code, "b/src/c.clj": "(defn -main [])" + code}))
	})
}
