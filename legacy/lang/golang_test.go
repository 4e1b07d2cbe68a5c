package lang

import (
	"os"
	"strings"
	"testing"
)

const serverGo = `package main

import (
	"flag"
	"net/http"
	"os"
)

const portalHost = "10.1.2.3:9000"

func env(name, def string) string { return def }

var port = flag.String("port", env("PORT", "8090"), "")

func main() {
	os.Getenv("SESSION_SECRET")
	env("STOCK_URL", "http://stock.corp.example:81/api")
	env("PAGE_SIZE", "20")
	http.HandleFunc("GET /healthz", nil)
	http.ListenAndServe(":"+*port, nil)
}
`

func TestGo(t *testing.T) {
	runCases(t, Go(), []readerCase{
		{"addresses that are bound, mail's beside HTTP's", files{"go.mod": "module m\ngo 1.22\n", "main.go": "package main\nimport (\n\"net\"\n\"net/http\"\n\"os\"\n)\nfunc env(k, d string) string {\n\tif v := os.Getenv(k); v != \"\" {\n\t\treturn v\n\t}\n\treturn d\n}\nfunc main() {\n\tl, _ := net.Listen(\"tcp\", env(\"POP3_BIND_ADDR\", \":1110\"))\n\tgo pop(l)\n\tsmtp(env(\"SMTP_BIND_ADDR\", \"localhost:1025\"))\n\thttp.ListenAndServe(env(\"UI_BIND_ADDR\", \":8025\"), nil)\n}\n"},
			[]string{".: port 8025 <- main.go"}, []string{"need smtp", "port 1110"}},
		{"a default in a function, a library around a driver and a table of routes", files{"go.mod": "module shop\n\ngo 1.22\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n\"github.com/acme/kafka-client-go/v4\"\n\"github.com/codegangsta/cli\"\n)\nfunc main() {\n kafka.NewConsumer()\n app := cli.NewApp()\n app.Flags = []cli.Flag{\n cli.StringFlag{Name: \"addr\", Value: func() string { v := \":\" + os.Getenv(\"PORT\"); if v == \":\" { v = \":42161\" }; return v }(), EnvVar: \"SHOP_ADDR\"},\n cli.StringFlag{Name: \"pprof-addr\", EnvVar: \"SHOP_PPROF_ADDR\"}}\n for _, r := range []struct{m, p string}{{http.MethodGet, \"/health\"}, {http.MethodPost, \"/healthz\"}} { handle(r) }\n go http.ListenAndServe(c.String(\"pprof-addr\"), nil)\n http.ListenAndServe(c.String(\"addr\"), nil)\n}\n"},
			[]string{".: port 42161", ".: need kafka:0", ".: health |/health"}, []string{"healthz", "port 8080"}},
		{"what a program does by its commands", files{"go.mod": "module shop\n\ngo 1.22\n", "main.go": "package main\nimport (\n\"net/http\"\n\"github.com/urfave/cli/v2\"\n)\nfunc main() {\n app.Commands = []*cli.Command{\n {Name: \"serve\", Action: serve},\n {Name: \"migrate\", Action: migrate},\n {Name: \"mail-worker\", Action: work},\n {Name: \"user\", Subcommands: []*cli.Command{{Name: \"add\", Action: add}}},\n {Name: \"queue\", Subcommands: nil}}\n}\nfunc serve() { http.ListenAndServe(\":9000\", nil) }\n"},
			[]string{".: command /app/shop serve", "migrate: release command /app/shop migrate <- main.go:9 convention", "mail-worker: command /app/shop mail-worker <- main.go:10 convention"}, []string{"user", "queue", "add"}},
		{"where the configuration has the address and a library listens", files{"go.mod": "module shop\n\ngo 1.22\n", "main.go": "package main\nimport (\n\"github.com/gorilla/mux\"\n\"os/signal\"\ndp \"github.com/acme/dp-net\"\n)\ntype Config struct {\n BindAddr string `envconfig:\"BIND_ADDR\"`\n}\nfunc main() {\n signal.Notify(c)\n cfg := &Config{BindAddr: \":23900\"}\n r := mux.NewRouter()\n dp.NewServer(cfg.BindAddr, r).Start()\n}\n"},
			[]string{".: port 23900"}, nil},
		{"a server with flags and variables", files{"go.mod": "module example.com/team/shop/v2\n\ngo 1.12\n", "main.go": serverGo}, []string{
			".: language go <- go.mod:3 declared", ".: version 1.12 <- go.mod:3", ".: command /app/shop <- main.go:15 convention", ".: port 8090 <- main.go:13 declared",
			".: framework net/http <- main.go:20", ".: health /healthz|/healthz <- main.go:19", ".: secret SESSION_SECRET <- main.go:16", ".: env PAGE_SIZE=20 <- main.go:18 convention",
			".: need http name=stock host=stock.corp.example STOCK_URL=http://{host}:{port}/api:81 <- main.go:17 declared", ".: need http name=portal host=10.1.2.3:9000 <- main.go:9",
		}, []string{"env PORT", "env STOCK_URL"}},
		{"drivers, a DSN and what a test imports", files{"go.mod": "module m\nrequire github.com/lib/pq v1.0.0 // indirect\n",
			"main.go":        "package main\nimport (\n\t_ \"github.com/go-sql-driver/mysql\"\n\t\"database/sql\"\n\t\"github.com/gin-gonic/gin\"\n\t\"m/store\"\n)\nfunc main() {\n\tsql.Open(\"mysql\", \"app:geheim@tcp(db01.corp.example:3307)/orders\")\n\tstore.Open()\n\tr := gin.New()\n\tr.Run()\n}\n",
			"store/store.go": "package store\nimport \"github.com/go-redis/redis\"\nfunc Open() { redis.NewClient(nil) }\n", "unused/x.go": "package unused\nimport _ \"github.com/lib/pq\"\n",
			"main_test.go": "package main\nimport _ \"github.com/streadway/amqp\"\n"}, []string{
			".: need mysql host=db01.corp.example db=orders user=app:3307 <- main.go:9 declared", ".: need redis:0 <- store/store.go:2 convention", ".: port 8080 <- main.go:12 declared",
			".: framework gin <- main.go:5", "note main.go:9 an account with its password",
		}, []string{"postgres", "rabbitmq", "geheim"}},
		{"several programs: server, worker, tool", files{"go.mod": "module m\ngo 1.20\n",
			"cmd/api/main.go":    "package main\nimport \"net/http\"\nfunc main() {\n\ts := http.Server{Addr: \"0.0.0.0:7000\"}\n\ts.ListenAndServe()\n}\n",
			"cmd/worker/main.go": "package main\nimport \"time\"\nfunc main() {\n\tfor range time.Tick(1) {\n\t}\n}\n",
			"cmd/import/main.go": "package main\nimport \"fmt\"\nfunc main() { fmt.Println() }\n", "tools/x/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":1\", nil) }\n"}, []string{
			".: command /app/api <- cmd/api/main.go:3 convention", ".: port 7000 <- cmd/api/main.go:4", "worker: command /app/worker <- cmd/worker/main.go:3",
		}, []string{"import", "tools"}},
		{"subcommand, struct tags, before go.mod", files{"Gopkg.toml": "", "cmd/hookd/main.go": "package main\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"github.com/spf13/cobra\"\n)\ntype cfg struct {\n\tPort int `envconfig:\"HOOK_PORT\" default:\"4141\"`\n\tQueue string `env:\"AMQP_HOST\"`\n}\n" +
			"var c cfg\nvar cmd = &cobra.Command{Use: \"serve [flags]\"}\nfunc main() { http.ListenAndServe(fmt.Sprintf(\":%d\", c.Port), nil) }\n"}, []string{
			".: command /app/hookd serve", ".: port 4141 <- cmd/hookd/main.go:8 declared", ".: need rabbitmq AMQP_HOST={host}:0 <- cmd/hookd/main.go:9 convention", "note Gopkg.toml:0",
		}, nil},
		{"an address that a function is given, and a library's server", files{"Gomfile": "", "main.go": "package main\nimport (\n\t\"os\"\n\t\"github.com/x/tablecloth\"\n)\nvar pub = setting(\"PUB_ADDR\", \":8080\")\nvar token = setting(\"API_TOKEN\", \"\")\n" +
			"func setting(key, def string) string {\n\tif v := os.Getenv(key); v != \"\" {\n\t\treturn v\n\t}\n\treturn def\n}\nfunc listen(addr string) { tablecloth.ListenAndServe(addr, nil) }\nfunc main() {\n\tgo listen(pub)\n\tr.Get(\"/status\", s)\n\tr.Get(\"/-/healthy\", h)\n\tr.Get(\"/-/ready\", h)\n}\n"}, []string{
			".: port 8080 <- main.go:6 declared", ".: secret API_TOKEN <- main.go:7", ".: health /-/healthy| <- main.go:18", ".: health |/-/ready <- main.go:19",
		}, []string{"/status"}},
		{"tags with their defaults inside, and numbers that hold no secret", files{"go.mod": "module m\n\ngo 1.20\n", "cmd/shop/main.go": "package main\nimport \"net/http\"\ntype db struct {\n\tPassword string `env:\"DB_PASSWORD\"`\n\tMode string `env:\"DB_SSLMODE, default=require\"`\n}\ntype cfg struct {\n\tPort string `env:\"PORT, default=8085\"`\n\tPassword string `env:\"MAIL_PASSWORD\"`\n\tCreateKeys bool `env:\"CREATE_KEY\"`\n\tMaxKeys uint `env:\"KEEP_API_KEY, default=30\"`\n}\nvar c cfg\nfunc main() { http.ListenAndServe(\":\"+c.Port, nil) }\n",
			"cmd/migrate/main.go": "package main\nfunc main() { up() }\nfunc up() {}\n"},
			[]string{".: secret DB_PASSWORD", ".: secret MAIL_PASSWORD", ".: env DB_SSLMODE=require", ".: port 8085", ".: env KEEP_API_KEY=30", "migrate: release command /app/migrate <- cmd/migrate/main.go:2 convention"}, []string{"secret CREATE_KEY", "secret KEEP_API_KEY"}},
		{"a migration that asks for more, and one that the image does not hold", files{"go.mod": "module m\n\ngo 1.20\n", "cmd/shop/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8085\", nil) }\n", "cmd/migrate/main.go": "package main\nimport \"os\"\nfunc main() { up(os.Args[1]) }\nfunc up(string) {}\n",
			"b/go.mod": "module b\n\ngo 1.20\n", "b/Dockerfile": "FROM golang:1.20\nCOPY . .\nRUN go build -o /shop ./cmd/shop\n", "b/cmd/shop/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8086\", nil) }\n", "b/cmd/migrate/main.go": "package main\nfunc main() { up() }\nfunc up() {}\n"}, []string{".: port 8085", "b: port 8086"}, []string{"migrate"}},
		{"programs with an image each", files{"go.mod": "module m\n\ngo 1.20\n", "cmd/shop/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8085\", nil) }\n", "cmd/shop/Dockerfile": "FROM golang\n", "cmd/mail/main.go": "package main\nimport \"m/internal/run\"\nfunc main() { run.Run() }\n", "cmd/mail/Dockerfile": "FROM golang\n", "internal/run/run.go": "package run\nimport \"os\"\nvar t = os.Getenv(\"MAIL_TOKEN\")\nfunc Run() {}\n"},
			[]string{"cmd/shop: version 1.20 <- go.mod:3", "cmd/shop: port 8085", "cmd/mail: language go", "cmd/mail: secret MAIL_TOKEN"}, []string{".: ", "cmd/shop: secret", "cmd/mail: port"}},
		{"programs with an image each, one of which migrates the database", files{"go.mod": "module m\n\ngo 1.20\n", "main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8085\", nil) }\n", "cmd/mail/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8086\", nil) }\n", "cmd/mail/Dockerfile": "FROM golang\nRUN go build ./...\n",
			"cmd/migrate/main.go": "package main\nfunc main() { up() }\nfunc up() {}\n", "cmd/migrate/Dockerfile": "FROM golang\nRUN go build ./...\n"},
			[]string{".: port 8085", "cmd/mail: port 8086", "cmd/migrate: release <- cmd/migrate/main.go:2 convention"}, []string{"cmd/mail: release", "/app/migrate"}},
		{"a program with an image, whose routes another module serves", files{"go.mod": "module m\n", "cmd/shop/Dockerfile": "FROM alpine\n", "cmd/mail/Dockerfile": "FROM alpine\n", "cmd/mail/main.go": "package main\nfunc main() {}\n", "cmd/shop/main.go": "package main\nimport (\n\"example.com/serve\"\n\"github.com/gorilla/mux\"\n)\nfunc main() {\n\tr := mux.NewRouter()\n\tr.Handle(\"/health\", up())\n\tserve.Handler(r)\n}\n"},
			[]string{"cmd/shop: health |/health"}, []string{"cmd/mail: health"}},
		{"programs of one Dockerfile, of which an argument chooses", files{"go.mod": "module m\n", "Dockerfile": "FROM golang\nARG APP\nRUN go build -o /app ./cmd/$APP\n", "cmd/shop/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8085\", nil) }\n", "cmd/mail/main.go": "package main\nfunc main() { work() }\nfunc work() {}\n", "cmd/load/main.go": "package main\nimport \"os\"\nfunc main() { println(os.Args[1]) }\n"},
			[]string{"cmd/shop: port 8085", "cmd/shop: command /app/shop", "cmd/mail: command /app/mail <- cmd/mail/main.go:2 guess"}, []string{".: ", "cmd/load: command"}},
		{"the port of what it calls", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"net/http\"\n\"m/cache\"\n)\nfunc main() { http.ListenAndServe(conf.At(), cache.New()) }\n", "cache/c.go": "package cache\nconst DefaultPort = \"6379\"\nfunc New() http.Handler { return nil }\n"}, []string{".: language go"}, []string{"6379"}},
		{"envconfig fills structs in structs, and fields without a tag", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/kelseyhightower/envconfig\"\n\t\"m/mail\"\n)\ntype database struct {\n\tHost string `default:\"localhost\"`\n\tPassword string\n}\ntype settings struct {\n\tDB database\n\tMail mail.Config `envconfig:\"smtp\"`\n\tAPIToken string\n}\nfunc main() {\n\tvar s settings\n\tenvconfig.Process(\"shop\", &s)\n\thttp.ListenAndServe(\":3000\", nil)\n}\n", "mail/config.go": "package mail\ntype Config struct {\n\tPassword string\n\tKey string `envconfig:\"mailer_key\"`\n\tSalt string `envconfig:\"salt\"`\n}\ntype Other struct {\n\tSecret string\n}\n"},
			[]string{".: secret SHOP_DB_PASSWORD <- main.go:9", ".: secret SHOP_SMTP_PASSWORD <- mail/config.go:3", ".: secret MAILER_KEY", ".: secret SHOP_SMTP_SALT", ".: secret SHOP_APITOKEN"}, []string{"secret SECRET", "SHOP_SECRET"}},
		{"envconfig reads structs field by field, but for those that decode themselves", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/kelseyhightower/envconfig\"\n)\ntype access struct {\n\tPassword string\n}\ntype key struct {\n\traw []byte\n}\nfunc (k *key) Decode(text string) error { return nil }\ntype settings struct {\n\tCredentials access\n\tToken *access\n\tAPISecret access `split_words:\"true\"`\n\tSigningKey key\n\tlastPassword string\n}\nfunc main() {\n\tvar s settings\n\tenvconfig.Process(\"shop\", &s)\n\thttp.ListenAndServe(\":3000\", nil)\n}\n"},
			[]string{".: secret SHOP_CREDENTIALS_PASSWORD <- main.go:7", ".: secret SHOP_TOKEN_PASSWORD", ".: secret SHOP_API_SECRET_PASSWORD", ".: secret SHOP_SIGNINGKEY <- main.go:17"}, []string{"secret SHOP_CREDENTIALS <-", "secret SHOP_TOKEN <-", "secret SHOP_API_SECRET <-", "LASTPASSWORD"}},
		{"structs in structs with a prefix each", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/caarlos0/env/v6\"\n)\ntype store struct {\n\tPassword string `env:\"PASSWORD,required\"`\n}\ntype settings struct {\n\tMain store `envPrefix:\"MAIN_\"`\n\tCopy store `envPrefix:\"COPY_\"`\n\tKey string `env:\"SIGNING_SECRET\"`\n}\nfunc main() {\n\ts := settings{}\n\tenv.Parse(&s, env.Options{Prefix: \"SHOP_\"})\n\thttp.ListenAndServe(\":3000\", nil)\n}\n"},
			[]string{".: secret SHOP_MAIN_PASSWORD <- main.go:7", ".: secret SHOP_COPY_PASSWORD", ".: secret SHOP_SIGNING_SECRET"}, []string{"secret PASSWORD", "secret SIGNING_SECRET"}},
		{"a program that goes through all of its variables", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"m/config\"\n\t\"m/run\"\n)\nfunc main() {\n\tconfig.Load()\n\trun.All()\n\thttp.ListenAndServe(\":3000\", nil)\n}\n", "config/load.go": "package config\nimport \"os\"\nvar known = map[string]*option{\n\t\"ADMIN_PASSWORD\": {},\n\t\"WORKERS\": {},\n}\nfunc Load() {\n\tfor _, line := range os.Environ() {\n\t\tswitch name(line) {\n\t\tcase \"SESSION_SECRET\":\n\t\t}\n\t}\n}\n",
			"run/run.go": "package run\nimport (\n\t\"os\"\n\t\"os/exec\"\n)\nvar masks = map[string]bool{\"CHILD_TOKEN\": true}\nfunc All() { c := exec.Command(\"sh\"); c.Env = append(os.Environ(), \"A=b\") }\n"},
			[]string{".: secret ADMIN_PASSWORD <- config/load.go:4", ".: secret SESSION_SECRET <- config/load.go:10"}, []string{"CHILD_TOKEN", "WORKERS"}},
		{"envconfig writes names in capitals, with its prefix where the tag has none", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/kelseyhightower/envconfig\"\n)\ntype settings struct {\n\tPort string `envconfig:\"port\" default:\"3000\"`\n\tPassword string `envconfig:\"broker_password\" required:\"true\"`\n\tAPIToken string `split_words:\"true\"`\n\tRoot string `envconfig:\"root\" default:\"pages\"`\n}\nfunc main() {\n\tfmt.Sprintf(\"/a/%s/\", s.Root)\n\tvar s settings\n\tenvconfig.Process(\"cdn\", &s)\n\thttp.ListenAndServe(\":\"+s.Port, nil)\n}\n"},
			[]string{".: port 3000", ".: secret BROKER_PASSWORD <- main.go:8", ".: secret CDN_API_TOKEN <- main.go:9", ".: env ROOT=pages"}, []string{"broker_password"}},
		{"flags that variables set, into fields", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/urfave/cli\"\n)\nfunc main() {\n\tapp.Flags = []cli.Flag{cli.StringFlag{Name: \"token\", EnvVar: \"SHOP_TOKEN,TOKEN\", Destination: &c.token}}\n\thttp.ListenAndServe(\":80\", nil)\n}\n"},
			[]string{".: secret SHOP_TOKEN <- main.go:7"}, nil},
		{"a server that is made elsewhere, at the address of the configuration", files{"go.mod": "module shop\n\ngo 1.22\n", "main.go": "package main\nimport \"github.com/gorilla/mux\"\ntype Config struct {\n BindAddr string `envconfig:\"BIND_ADDR\"`\n}\nvar cfg = &Config{BindAddr: \":22000\"}\nfunc main() {\n r := mux.NewRouter()\n server := list.GetHTTPServer(cfg.BindAddr, r)\n server.ListenAndServe()\n}\n"},
			[]string{".: port 22000"}, nil},
		{"variables by the names of constants", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nvar (\n\tTicketEnvVar = \"TIC_SECRET\"\n\tenvLevel = \"LOG_LEVEL\"\n\tkind = \"CLIENT_SECRET\"\n)\nfunc main() { http.ListenAndServe(\":80\", nil) }\n"}, []string{".: secret TIC_SECRET <- main.go:4"}, []string{"LOG_LEVEL", "secret CLIENT_SECRET"}},
		{"variables that a walk through the settings binds", files{"go.mod": "module m\n", "config/c.go": "package config\ntype Config struct {\n\tDB struct {\n\t\tDSN string `mapstructure:\"dsn\"`\n\t\tIdle int\n\t} `mapstructure:\"sql\"`\n\tServer struct {\n\t\tAPI API `mapstructure:\"api\"`\n\t} `mapstructure:\"net_server\"`\n\tSkipped string `mapstructure:\"-\"`\n}\ntype API struct {\n\tBind string `mapstructure:\"bind\"`\n\tTLSCert string `mapstructure:\"tls_cert\"`\n\tTLSKey string `mapstructure:\"tls_key\"`\n\tToken string\n}\nvar C Config\n",
			"main.go": "package main\nimport (\n\t\"net\"\n\t\"reflect\"\n\t\"strings\"\n\t\"github.com/spf13/viper\"\n\t\"m/config\"\n)\nfunc bind(i interface{}, parts ...string) {\n\tfor n := 0; n < 3; n++ {\n\t\tname := strings.Join(append(parts, \"x\"), \"__\")\n\t\tviper.BindEnv(strings.Join(parts, \".\"), strings.ToUpper(name))\n\t\tbind(i, parts...)\n\t}\n}\nfunc main() {\n\tviper.SetDefault(\"net_server.api.bind\", \"0.0.0.0:8123\")\n\tviper.SetDefault(\"sql.dsn\", \"postgres://localhost/shop\")\n\tbind(config.C)\n\tapi := config.C.Server.API\n\tnet.Listen(\"tcp\", api.Bind)\n}\n"},
			[]string{".: port 8123 <- main.go:17", ".: secret SQL__DSN <- config/c.go:4", ".: need postgres", ".: secret NET_SERVER__API__TOKEN <- config/c.go:16"}, []string{"TLS_KEY", "SKIPPED"}},
		{"the variables of viper", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/spf13/viper\"\n)\nfunc main() {\n\tviper.SetEnvPrefix(\"shop\")\n\tviper.AutomaticEnv()\n\tviper.BindEnv(\"region\", \"AWS_REGION\")\n\tviper.SetDefault(\"port\", \":7070\")\n" +
			"\tviper.GetString(\"db.password\")\n\tviper.SetDefault(\"region\", \"eu\")\n\tviper.GetString(\"region\")\n\thttp.ListenAndServe(viper.GetString(\"port\"), nil)\n}\n"}, []string{
			".: port 7070", ".: secret SHOP_DB_PASSWORD <- main.go:11", ".: env AWS_REGION=eu",
		}, nil},
		{"secrets among the defaults of viper, and a heartbeat", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t\"github.com/spf13/viper\"\n)\nfunc main() {\n\tviper.SetEnvPrefix(\"shop\")\n\tviper.AutomaticEnv()\n\tviper.SetDefault(\"lastfm.secret\", \"\")\n\tviper.SetDefault(\"lastfm.name\", \"\")\n\tr.Use(middleware.Heartbeat(\"/ping\"))\n\thttp.ListenAndServe(\":80\", r)\n}\n"},
			[]string{".: secret SHOP_LASTFM_SECRET <- main.go:9", ".: health /ping|/ping"}, []string{"LASTFM_NAME"}},
		{"the compiler of an image, an example beside the server", files{"glide.yaml": "package: github.com/x/dexd\n", "docker/Dockerfile-dev": "FROM golang:1.7\n", ".travis.yml": "go:\n- 1.9\n",
			"cmd/dexd/main.go": "package main\nimport \"net/http\"\nconst refreshToken = \"refreshtokens\"\nfunc main() { http.ListenAndServe(\":1\", nil) }\n", "cmd/example-app/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":2\", nil) }\n"}, []string{
			".: version 1.7 <- docker/Dockerfile-dev:1 convention", ".: command /app/dexd"}, []string{"example-app", "a secret"}},
		{"a listener with a context, the name of a variable in a constant", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net\"\nconst EnvClientSecret = \"SHOP_CLIENTSECRET\"\nfunc main() {\n\tlc := net.ListenConfig{}\n\tl, _ := lc.Listen(ctx, \"tcp\", \":8099\")\n}\n"}, []string{".: port 8099 <- main.go:6", ".: command /app/m"}, []string{"a secret in the code"}},
		{"the tests' compiler", files{"Gopkg.toml": "", ".travis.yml": "language: go\n\ngo:\n  - 1.9.x\n  - tip\n", "main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":1\", nil) }\n"}, []string{".: version 1.9 <- .travis.yml:4 guess"}, nil},
		{"paths below a prefix that is empty", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc main() {\n\tr.Get(*prefix+\"/-/healthy\", nil)\n\tr.Get(*prefix+\"/-/ready\", nil)\n\thttp.ListenAndServe(\":1\", nil)\n}\n"}, []string{".: health /-/healthy| <- main.go:4", ".: health |/-/ready <- main.go:5"}, nil},
		{"a driver beside SQLite that nothing chooses", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t_ \"github.com/go-sql-driver/mysql\"\n\t_ \"github.com/mattn/go-sqlite3\"\n)\nfunc main() { http.ListenAndServe(\":80\", nil) }\n"}, []string{"note main.go:4 a driver for mysql is there beside github.com/mattn/go-sqlite3"}, []string{"need mysql"}},
		{"a plain socket", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net\"\nfunc main() {\n\tl, _ := net.Listen(\"tcp\", \":4000\")\n\t_ = l\n}\n"}, []string{".: speaks tcp <- main.go:4 convention", ".: port 4000"}, nil},
		{"a plain socket that a library serves pages at", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net\"\n\t\"github.com/valyala/fasthttp\"\n)\nfunc main() {\n\tl, _ := net.Listen(\"tcp\", \":4000\")\n\tfasthttp.Serve(l, nil)\n}\n"}, []string{".: port 4000"}, []string{"speaks"}},
		{"what the service tells about itself where no route is named for its health", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc main() {\n\thttp.HandleFunc(\"/about\", nil)\n\thttp.HandleFunc(\"/api/v1/version\", nil)\n\thttp.HandleFunc(\"/version\", nil)\n\thttp.HandleFunc(\"/version/\", nil)\n\thttp.ListenAndServe(\":1\", nil)\n}\n"}, []string{".: health |/version <- main.go:6 guess"}, []string{"about"}},
		{"a route named for its health before what the service tells about itself", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc main() {\n\thttp.HandleFunc(\"/info\", nil)\n\thttp.HandleFunc(\"/internal/monitoring/status\", nil)\n\thttp.ListenAndServe(\":1\", nil)\n}\n"}, []string{".: health |/internal/monitoring/status <- main.go:5 declared"}, []string{"/info"}},
		{"a path by the name of its field", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc main() {\n\tp := &proxy{\n\t\tRobotsPath: \"/robots.txt\",\n\t\tPingPath: \"/ping\",\n\t}\n\thttp.ListenAndServe(\":1\", p)\n}\n"}, []string{".: health /ping|/ping <- main.go:6"}, nil},
		{"programs of directories that only say that one is there, the one before the others first", files{"go.mod": "module m\n",
			"shop-api/cmd/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":1001\", nil) }\n", "shop-web/cmd/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":1002\", nil) }\n"},
			[]string{".: command /app/shop-web", "shop-api: command /app/shop-api"}, []string{"/app/cmd"}},
		{"a path by the name of its constant", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nconst defaultHealthCheckURI = \"/healthz\"\nfunc main() { http.HandleFunc(uri, nil); http.ListenAndServe(\":1\", nil) }\n"}, []string{".: health /healthz|/healthz <- main.go:3"}, nil},
		{"a socket that several processes share", files{"go.mod": "module m\n", "main.go": "package main\nimport reuseport \"github.com/kavu/go_reuseport\"\nfunc main() { l, _ := reuseport.Listen(\"tcp\", \":7000\") }\n"}, []string{".: port 7000 <- main.go:3"}, nil},
		{"paths in the cases of a switch", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc h(w http.ResponseWriter, req *http.Request) {\n\tswitch req.URL.Path {\n\tcase \"/ping\":\n\t\tw.Write(nil)\n\tcase \"/x\":\n\t}\n\tswitch name {\n\tcase \"/healthz\":\n\t}\n}\nfunc main() { http.ListenAndServe(\":1\", nil) }\n"}, []string{".: health /ping|/ping <- main.go:5"}, []string{"/healthz"}},
		{"a table of settings whose default for one holds an account", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nvar settings = map[string]option{\n\t\"DATABASE_URL\": {\n\t\traw: \"user=shop password=shop dbname=shop sslmode=disable\",\n\t},\n\t\"CACHE_URL\": {raw: \"redis://cache:6379\"},\n}\nfunc main() { http.ListenAndServe(\":1\", nil) }\n"},
			[]string{".: secret DATABASE_URL <- main.go:4 convention", ".: need postgres"}, []string{"secret CACHE_URL"}},
		{"a server that init starts beside another", files{"go.mod": "module m\ngo 1.20\n", "cmd/api/main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n", "cmd/hooks/main.go": "package main\nimport (\n\"net/http\"\n\"m/block\"\n)\nfunc init() { go http.ListenAndServe(\":8081\", nil) }\nfunc main() { block.Forever() }\n", "block/b.go": "package block\nfunc Forever() {}\n"},
			[]string{"hooks: command /app/hooks"}, nil},
		{"a tool that loads the settings of the server", files{"go.mod": "module m\ngo 1.20\n", "main.go": "package main\nimport \"m/proxy\"\nfunc main() { proxy.Start() }\n", "cmd/check_config/main.go": "package main\nimport \"m/proxy\"\nfunc main() { proxy.Load() }\n",
			"proxy/proxy.go": "package proxy\nimport \"net/http\"\nfunc Load() {}\nfunc Start() { Load(); serve() }\nfunc serve() { http.ListenAndServe(\":4750\", nil) }\n"}, []string{".: command /app/m", ".: port 4750"}, []string{"check_config"}},
		{"files below a directory that is found out while it runs", files{"go.mod": "module m\n", "sql/a.sql": "", "doc/a.md": "", "tables.json": "{}", ".gitignore": "*.log\n/config.json\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n\"path/filepath\"\n)\nfunc main() {\n\troot, _ := os.Getwd()\n\tload(filepath.Join(root, \"sql\"), filepath.Join(root, \"go.mod\"), filepath.Join(root, \"gone\"), filepath.Join(\"/etc\", \"doc\"), filepath.Join(root, name, \"doc\"))\n\tload(filepath.Join(root, \"tables.json\"), filepath.Join(root, \"config.json\"))\n\thttp.ListenAndServe(\":1\", nil)\n}\n"},
			[]string{".: asset sql <- main.go:9", ".: asset tables.json <- main.go:10", "note main.go:10 reads config.json"}, []string{"asset doc", "asset go.mod", "asset gone"}},
		{"the groups of a router", files{"go.mod": "module m\n", "main.go": "package main\nimport \"github.com/gin-gonic/gin\"\nfunc main() {\n\tr := gin.Default()\n\tapi := r.Group(\"/api\")\n\tup := api.Group(\"/health\")\n\tup.GET(\"/\", answer)\n\tr.Run()\n}\n"}, []string{".: health |/api/health/ <- main.go:7"}, nil},
		{"a group that another function fills", files{"go.mod": "module m\n", "main.go": "package main\nimport \"github.com/gin-gonic/gin\"\nfunc main() {\n\tr := gin.Default()\n\tv1 := r.Group(\"/v1\")\n\tfill(v1.Group(\"/ping\"))\n\tr.Run()\n}\n"}, []string{".: health /v1/ping|/v1/ping <- main.go:6"}, nil},
		{"a method that is given the default of what a variable says", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"flag\"\n\"net/http\"\n\"os\"\n)\nvar at = flag.String(\"listen\", \"localhost:8085\", \"\")\ntype config struct { Port string }\nfunc (c *config) address(or string) string {\n\tif c.Port != \"\" {\n\t\treturn \":\" + c.Port\n\t}\n\treturn or\n}\nfunc main() {\n\tc := &config{Port: os.Getenv(\"PORT\")}\n\taddr := c.address(*at)\n\thttp.ListenAndServe(addr, nil)\n}\n"}, []string{".: port 8085 <- main.go:7", ".: env PORT=8085"}, nil},
		{"a host that the code writes before a variable", goAddress(`"localhost:" + getenv("PORT", "8080")`), []string{"web: port 8080", "note web/main.go:7 listens on localhost:8080 only"}, []string{"PORT="}},
		{"a host that the code writes before a variable without a default", goAddress(`"localhost:" + os.Getenv("PORT")`), []string{"web: port 8080", "note web/main.go:7 listens on localhost only"}, nil},
		{"a host and a port in a variable of the port's name", goAddress(`getenv("SHOP_PORT", "localhost:8080")`), []string{"web: env SHOP_PORT=0.0.0.0:8080"}, nil},
		{"a default on this machine only, and every address before the variable", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n)\nfunc main() {\n\taddr := \"localhost:8080\"\n\tif p := os.Getenv(\"PORT\"); p != \"\" {\n\t\taddr = \"0.0.0.0:\" + p\n\t}\n\thttp.ListenAndServe(addr, nil)\n}\n"}, []string{".: env PORT=8080"}, []string{"only"}},
		{"a variable each for host and port", goAddress(`net.JoinHostPort(getenv("HOST", "localhost"), getenv("PORT", "8080"))`), []string{"web: env HOST=0.0.0.0 ", "web: port 8080"}, nil},
		{"an address of another block is another", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n)\nfunc main() {\n\tif cached {\n\t\taddr := os.Getenv(\"CACHE_HOST\") + \":6379\"\n\t\tconnect(addr)\n\t}\n\taddr := \":9000\"\n\thttp.ListenAndServe(addr, nil)\n}\nfunc other() { addr := \":1\"; use(addr) }\n"}, []string{".: port 9000"}, []string{"CACHE_HOST=:"}},
		{"a port that a function of its own gives", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"fmt\"\n\"net/http\"\n\"os\"\n)\nfunc main() { http.ListenAndServe(fmt.Sprintf(\":%v\", getPort()), nil) }\nfunc getPort() string {\n\tif p := os.Getenv(\"PORT\"); p == \"\" {\n\t\treturn \"3000\"\n\t} else {\n\t\treturn p\n\t}\n}\n"},
			[]string{".: port 3000"}, nil},
		{"flags whose functions have a variable of the same name", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n\"github.com/urfave/cli\"\n)\nvar addr = cli.StringFlag{Name: \"addr\", Value: func() string {\nv := \":\" + os.Getenv(\"PORT\")\nif v == \":\" {\nv = \":4100\"\n}\nreturn v\n}(), EnvVar: \"SHOP_ADDR\"}\nvar store = cli.StringFlag{Name: \"redis-url\", Value: func() string {\nv := os.Getenv(\"REDIS_URL\")\nif v == \"\" {\nv = \"redis://localhost:6379/0\"\n}\nreturn v\n}(), EnvVar: \"SHOP_REDIS_URL\"}\nfunc main() { http.ListenAndServe(addr.Value, nil) }\n"}, []string{".: need redis SHOP_REDIS_URL="}, []string{"PORT=:4100", "cache:4100", ":4100}"}},
		{"a colon that the default has, and one that the code puts before the variable", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"net/http\"\n\"os\"\n)\nfunc main() {\n\tgo metrics.Run(getenv(\"METRICS_PORT\", \":9100\"))\n\thttp.ListenAndServe(\":8081\", nil)\n\tgo admin.Run(\":\" + getenv(\"ADMIN_PORT\", \"9200\"))\n}\nvar debug = cli.StringFlag{Name: \"debug-addr\", Value: func() string {\nv := \":\" + os.Getenv(\"DEBUG_PORT\")\nif v == \":\" {\nv = \":4100\"\n}\nreturn v\n}()}\nfunc getenv(name, otherwise string) string {\n\tif v := os.Getenv(name); v != \"\" {\n\t\treturn v\n\t}\n\treturn otherwise\n}\n"},
			[]string{".: env METRICS_PORT=:9100", ".: env ADMIN_PORT=9200", ".: env DEBUG_PORT=4100"}, nil},
		{"a host and a port of flags that a name holds", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"flag\"\n\"fmt\"\n\"net/http\"\n)\nfunc main() {\n\thost := flag.String(\"host\", \"localhost\", \"\")\n\tport := flag.Int(\"port\", 8080, \"\")\n\taddr := fmt.Sprintf(\"%s:%d\", *host, *port)\n\thttp.ListenAndServe(addr, nil)\n}\n"},
			[]string{".: port 8080", ".: command /app/m -host=0.0.0.0 <-"}, []string{"0.0.0.0:8080"}},
		{"an address that is empty until the flags are read", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\"flag\"\n\"fmt\"\n\"net\"\n)\nvar (\n\tip = flag.String(\"ip\", \"0.0.0.0\", \"\")\n\tport = flag.Int(\"port\", 9000, \"\")\n\taddr = \"\"\n)\nfunc main() {\n\tflag.Parse()\n\taddr = fmt.Sprintf(\"%s:%d\", *ip, *port)\n\tnet.Listen(\"tcp\", addr)\n}\n"},
			[]string{".: port 9000 <- main.go:9"}, nil},
		{"a tool counts alone", files{"go.mod": "module m\n", "main.go": "package main\nfunc main() { println() }\n"}, []string{".: command /app/m <- main.go:2 guess"}, []string{"library"}},
		{"a library is no service", files{"go.mod": "module lib\n", "lib.go": "package lib\nimport \"net/http\"\nfunc Serve() { http.ListenAndServe(\":80\", nil) }\n"}, []string{".: library"}, []string{"command", "port"}},
		{"broken and generated files", files{"go.mod": "module m\n(", "main.go": "package main\nfunc main( {", "x.go": "// +build ignore\n\npackage main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(\":80\", nil) }\n"},
			[]string{"note main.go:0 not understood as Go"}, []string{"port"}},
	})
}

// goAddress is a program that listens on an address.
func goAddress(address string) files {
	return files{"web/go.mod": "module m\n", "web/main.go": "package main\nimport (\n\"net\"\n\"net/http\"\n\"os\"\n)\nfunc main() { http.ListenAndServe(" + address + ", nil) }\nfunc getenv(name, otherwise string) string {\n\tif v := os.Getenv(name); v != \"\" {\n\t\treturn v\n\t}\n\treturn otherwise\n}\n"}
}

func TestGoEvidenceAcrossFiles(t *testing.T) {
	found := strings.Join(said(read(t, Go(), files{"go.mod": "module m\n", "main.go": "package main\nimport \"m/web\"\nfunc main() { web.Run(addr) }\n", "vars.go": "package main\nvar addr = \":9999\"\n",
		"web/web.go": "package web\nimport \"net/http\"\nfunc Run(a string) { http.ListenAndServe(defaultAddr, nil) }\n", "web/vars.go": "package web\nconst defaultAddr = \":6000\"\n"})), "\n")
	if !strings.Contains(found, ".: port 6000 <- web/vars.go:2") {
		t.Errorf("a constant of the same package decides; found:\n%s", found)
	}
}

func TestGoExample(t *testing.T) {
	found := "\n" + strings.Join(said(readFS(t, Go(), os.DirFS("../../examples/billing/before"))), "\n")
	for _, want := range []string{".: version 1.12 <- go.mod:3", ".: command /app/billing", ".: port 8090 <- main.go:18", ".: health |/status", ".: secret LEDGER_TOKEN",
		".: need http name=ledger host=10.20.4.17 LEDGER_ADDR={host}:{port}:8080 <- main.go:19"} {
		if !strings.Contains(found, "\n"+want) {
			t.Errorf("missing %s in:%s", want, found)
		}
	}
}

func TestGoDSN(t *testing.T) {
	for dsn, want := range map[string]string{
		"root@tcp(db)/shop": "mysql db 3306 shop root",
		"host=pg.corp.example port=5433 dbname=a user=b": "postgres pg.corp.example 5433 a b",
		"postgres://u:p@pg/x":                            "postgres pg 5432 x u",
		"http://example.com":                             "",
		"user=%s host":                                   "",
		"someone@example.com":                            "",
	} {
		n, ok := goDSN(dsn)
		got := ""
		if ok {
			got = strings.Join([]string{n.Kind, n.Name + n.Host, itoa(n.Port), n.Database, n.User}, " ")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", dsn, got, want)
		}
	}
}

func FuzzGo(f *testing.F) {
	f.Add(serverGo, "module m\ngo 1.2\n")
	f.Add("package main\nvar a = b\nvar b = a + a + a\nfunc main() { http.ListenAndServe(a, nil) }", "")
	f.Add("package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(fmt.Sprintf(\"%[9]d%\", x), nil); select {} }", "module \"\x00\"")
	f.Fuzz(func(t *testing.T, code, mod string) {
		checkReport(t, read(t, Go(), files{"main.go": code, "go.mod": mod, "cmd/x/y.go": code}))
	})
}
