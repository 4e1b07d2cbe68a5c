package lang

import "testing"

func TestGoFlags(t *testing.T) {
	const head = "package main\nimport (\n\t\"net\"\n\t\"net/http\"\n\t\"github.com/spf13/cobra\"\n\t\"github.com/spf13/viper\"\n)\n"
	runCases(t, Go(), []readerCase{
		{"flags of cobra that viper binds", files{"go.mod": "module m\n", "main.go": head + "func main() {\n\tviper.SetEnvPrefix(\"gate\")\n\tviper.AutomaticEnv()\n\tc := &cobra.Command{}\n\tc.Flags().String(\"addr\", \":8099\", \"\")\n\tc.Flags().String(\"db-password\", \"\", \"\")\n" +
			"\tviper.BindPFlag(\"addr\", c.Flags().Lookup(\"addr\"))\n\tviper.BindPFlag(\"db_password\", c.Flags().Lookup(\"db-password\"))\n\tviper.BindEnv(\"oauth.secret\", \"OAUTH_SECRET\")\n\thttp.ListenAndServe(viper.GetString(\"addr\"), nil)\n}\n"},
			[]string{".: port 8099 <- main.go:12", ".: secret GATE_DB_PASSWORD <- main.go:15", ".: secret OAUTH_SECRET <- main.go:16"}, nil},
		{"a daemon that waits for datagrams", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"flag\"\n\t\"net\"\n)\nvar at = flag.String(\"address\", \":8125\", \"\")\nfunc main() {\n\taddress, _ := net.ResolveUDPAddr(\"udp\", *at)\n\tl, _ := net.ListenUDP(\"udp\", address)\n\tnet.ListenPacket(\"udp\", \":0\")\n}\n"},
			[]string{".: command /app/m", ".: udp [8125] <- main.go:6 convention"}, []string{"udp [0]"}},
		{"Graphite speaks no HTTP", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"flag\"\n\t\"net/http\"\n)\nvar g = flag.String(\"graphite-addr\", \"10.1.2.3:2003\", \"\")\nfunc main() { http.ListenAndServe(\":80\", nil) }\n"}, []string{".: need tcp"}, []string{"need http"}},
		{"the settings of a program that may end", files{"go.mod": "module m\n", "main.go": "package main\nimport \"github.com/micro/cli\"\nvar f = cli.StringFlag{Name: \"jwt_secret\", EnvVar: \"JWT_SECRET\"}\nfunc main() {}\n"}, []string{".: secret JWT_SECRET <- main.go:3"}, nil},
	})
}

func TestGoBuild(t *testing.T) {
	const serve = "func main() { http.ListenAndServe(\":8080\", nil) }\n"
	runCases(t, Go(), []readerCase{
		{"files that the program reads", files{"go.mod": "module m\ngo 1.16\n", "templates/a.html": "", "static/css/a.css": "", "migrations/1.sql": "", "config/shop.json": "{}", "config/config.go": "package config\n",
			"main.go": "package main\nimport (\n\t\"flag\"\n\t\"html/template\"\n\t\"net/http\"\n\t\"os\"\n)\nvar conf = flag.String(\"c\", \"config/shop.json\", \"\")\n" +
				"func load() {\n\ttemplate.ParseGlob(\"templates/*.html\")\n\thttp.FileServer(http.Dir(\"./static\"))\n\tos.Open(\"static/css/a.css\")\n\tos.Open(*conf)\n\tos.Open(\"absent.txt\")\n\tos.Open(\"../up.txt\")\n\tmigrate(\"file://migrations\")\n}\n" + serve}, []string{
			".: asset templates <- main.go:10 declared", ".: asset static <- main.go:11", ".: asset config/shop.json <- main.go:13", ".: asset migrations <- main.go:16",
		}, []string{"asset static/css", "absent", "up.txt"}},
		{"C in part, data in files", files{"go.mod": "module m\n",
			"main.go": "package main\nimport (\n\t\"database/sql\"\n\t\"net/http\"\n\t_ \"github.com/mattn/go-sqlite3\"\n)\nfunc open() {\n\tsql.Open(\"sqlite3\", \"file:data/shop.db?cache=shared\")\n\tsql.Open(\"sqlite3\", \"./here.db\")\n\tsql.Open(\"sqlite3\", \":memory:\")\n}\n" + serve}, []string{
			".: packages gcc libc6-dev |  <- main.go:5 declared", ".: state data <- main.go:8 declared", "note main.go:9 the database ./here.db lies in a directory that the service can't write",
		}, []string{"memory"}},
		{"from before go.mod, with its dependencies", files{"glide.yaml": "package: example.com/team/hookd\n", "vendor/github.com/gorilla/mux/mux.go": "package mux\n", "vendor/github.com/mattn/go-sqlite3/sqlite3.go": "package sqlite3\n",
			"main.go": "package main\nimport (\n\t\"net/http\"\n\t_ \"github.com/gorilla/mux\"\n)\n" + serve}, []string{".: module example.com/team/hookd", ".: packages gcc libc6-dev |  <- vendor/github.com/mattn/go-sqlite3/sqlite3.go:1"}, []string{"go mod init"}},
		{"from before go.mod, without them", files{"main.go": "package main\nimport (\n\t\"net/http\"\n\t_ \"github.com/gorilla/mux\"\n)\n" + serve}, []string{
			"note main.go:0 Go code from before go.mod, and its dependencies are not in vendor/: no image can be built before `go mod init app && go mod tidy`",
		}, []string{".: module"}},
		{"a Dockerfile of the team's knows its way", files{"Dockerfile": "FROM golang:1.9\n", "main.go": "package main\nimport (\n\t\"net/http\"\n\t_ \"github.com/gorilla/mux\"\n)\n" + serve}, nil, []string{"go mod init"}},
		{"a vendor directory of before", files{"go.mod": "module m\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.2.0\n)\n", "vendor/modules.txt": "# example.com/a v1.0.0\nexample.com/a\n# example.com/b v1.1.0\nexample.com/b\n", "main.go": "package main\nimport \"net/http\"\n" + serve},
			[]string{"note vendor/modules.txt:3 holds example.com/b v1.1.0, and go.mod asks for v1.2.0"}, []string{"example.com/a v1"}},
		{"a vendor directory of modules", files{"go.mod": "module m\n", "go.sum": "", "vendor/modules.txt": "", "main.go": "package main\nimport \"net/http\"\n" + serve}, []string{".: build go go.mod go.sum vendor/modules.txt"}, nil},
		{"programs of which ko makes an image each", files{"go.mod": "module example.com/m\n", "cmd/api/main.go": "package main\nimport \"net/http\"\n" + serve, "cmd/sync/main.go": "package main\nimport \"net/http\"\n" + serve, "cmd/tell/main.go": "package main\nimport \"net/http\"\n" + serve,
			"config/sync.yaml": "kind: Deployment\nimage: ko://example.com/m/cmd/sync\n", "Makefile": "publish:\n\tko publish --tags x ./cmd/api ./cmd/absent | tee ./cmd/tell\n"}, []string{"sync: command /app/sync <- config/sync.yaml:2 declared", ".: command /app/api <- Makefile:2 declared", "tell: command /app/tell <- cmd/tell/main.go:3 convention"}, nil},
		{"one image by Bazel is no choice of images", files{"go.mod": "module m\n", "cmd/api/main.go": "package main\nimport \"net/http\"\n" + serve, "cmd/sync/main.go": "package main\nimport \"net/http\"\n" + serve, "cmd/sync/BUILD.bazel": "go_image(\n"}, []string{"sync: command /app/sync <- cmd/sync/main.go:3 convention"}, []string{"Bazel"}},
		{"what works below a program with an image goes along with it", files{"go.mod": "module m\n", "Dockerfile": "FROM golang AS build\nRUN go build -o /b/ ./jobs ./api\nFROM alpine AS api\nCOPY --from=build /b/api .\nCMD [\"./api\"]\nFROM alpine AS jobs\nCOPY --from=build /b/jobs .\nCMD [\"./jobs\"]\n",
			"api/main.go": "package main\nimport \"net/http\"\n" + serve, "jobs/main.go": "package main\nfunc main() { for { } }\n", "jobs/mend/main.go": "package main\nimport \"time\"\nfunc main() {\n\tfor range time.Tick(1) {\n\t}\n}\n"}, []string{"api: command", "jobs: command"}, []string{"mend"}},
		{"several programs, and one that writes the documentation", files{"go.mod": "module m\n", "cmd/api/main.go": "package main\nimport \"net/http\"\n" + serve, "services/mailer/main.go": "package main\nimport \"time\"\nfunc main() {\n\tfor range time.Tick(1) {\n\t}\n}\n",
			"cmd/clidoc/main.go": "package main\nimport \"net/http\"\n" + serve}, []string{".: command /app/api", "mailer: command /app/mailer", "mailer: artifact ./services/mailer <- services/mailer/main.go:3"}, []string{"clidoc"}},
	})
}

func TestGoListens(t *testing.T) {
	runCases(t, Go(), []readerCase{
		{"on this machine only: the flag says otherwise", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"net\"\n\t\"strings\"\n)\ntype opts struct {\n\tPlain string `flag:\"http-address\"`\n\tTLS string `flag:\"https-address\"`\n}\n" +
			"var o = &opts{Plain: \"127.0.0.1:4180\", TLS: \":443\"}\nfunc serveHTTPS() { net.Listen(\"tcp\", o.TLS) }\nfunc serve() {\n\tparts := strings.SplitN(o.Plain, \"//\", 2)\n\tnet.Listen(\"tcp\", parts[len(parts)-1])\n}\nfunc main() { serveHTTPS(); serve() }\n"}, []string{
			".: port 4180 <- main.go:10 declared", ".: command /app/m -http-address=0.0.0.0:4180 <- main.go:10 declared",
		}, []string{"443", "note"}},
		{"on this machine only: a variable says otherwise", files{"go.mod": "module m\n", "main.go": "package main\nimport \"net/http\"\nfunc main() { http.ListenAndServe(getenv(\"BIND\", \"localhost:7000\"), nil) }\n"}, []string{
			".: port 7000", ".: env BIND=0.0.0.0:7000",
		}, []string{"note"}},
		{"flags in a table, read into a struct", files{"go.mod": "module m\n", "main.go": "package main\nimport (\n\t\"fmt\"\n\t\"net/http\"\n)\nconst PortFlag = \"port\"\nvar flags = []intFlag{\n\t{\n\t\tname: PortFlag,\n\t\tvalue: 4141,\n\t},\n}\n" +
			"type config struct {\n\tPort int `mapstructure:\"port\"`\n}\nvar c config\nfunc main() { http.ListenAndServe(fmt.Sprintf(\":%d\", c.Port), nil) }\n"}, []string{".: port 4141 <- main.go:8 declared"}, nil},
	})
}
