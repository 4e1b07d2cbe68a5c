package generators

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// parseDockerfile reads a Dockerfile as docker build does and checks what holds for every one of ours.
func parseDockerfile(t *testing.T, data []byte) []instructions.Stage {
	t.Helper()
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("docker refuses the file: %v\n%s", err, data)
	}
	if len(result.Warnings) > 0 {
		t.Fatalf("docker warns: %v\n%s", result.Warnings, data)
	}
	stages, args, err := instructions.Parse(result.AST, nil)
	if err != nil {
		t.Fatalf("docker refuses the file: %v\n%s", err, data)
	}
	if len(args) != 0 {
		t.Errorf("build arguments %v: they stay in the image's history", args)
	}
	own := map[string]bool{}
	for _, s := range stages {
		earlier := own[s.BaseName]
		own[s.Name] = true
		if !earlier && !regexp.MustCompile(`:v?[0-9]|debian12:nonroot$|:bookworm-slim$`).MatchString(s.BaseName) {
			t.Errorf("image %q is not pinned by version", s.BaseName)
		}
	}
	user := ""
	for _, c := range stages[len(stages)-1].Commands {
		if u, ok := c.(*instructions.UserCommand); ok {
			user = u.User
		}
	}
	if user != "10001:10001" {
		t.Errorf("runs as %q, want a number that is not root's", user)
	}
	return stages
}

func command(stages []instructions.Stage) []string {
	for _, c := range stages[len(stages)-1].Commands {
		if cmd, ok := c.(*instructions.CmdCommand); ok && !cmd.PrependShell {
			return cmd.CmdLine
		}
	}
	return nil
}

func renderDockerfile(t *testing.T, s service.Service) string {
	t.Helper()
	files, err := dockerfiles(&service.App{Name: "shop", Services: map[string]*service.Service{"web": &s}})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	parseDockerfile(t, files[0].Data)
	return string(files[0].Data)
}

func tool(name string, files ...string) *service.Build {
	return &service.Build{Tool: name, Files: files}
}

var dockerfileCases = []struct {
	name string
	s    service.Service
	want []string
	not  []string
}{
	{"pip", service.Service{Language: "python", Version: "3.8.10", Build: tool("pip", "requirements.txt", "requirements/base.txt")},
		[]string{"FROM python:3.8-slim-bookworm AS build", "COPY requirements.txt .\nCOPY requirements/base.txt requirements/\n", "pip install --requirement requirements.txt\n", "COPY --from=build /venv /venv"}, []string{"VIRTUAL_ENV", "archive.debian.org"}},
	{"pip without the usual name", service.Service{Language: "python", Version: "3.9", Build: tool("pip", "requirements/prod.txt", "constraints.txt")},
		[]string{"pip install --requirement requirements/prod.txt --constraint constraints.txt\n"}, nil},
	{"pip with a file that none includes", service.Service{Language: "python", Version: "3.9", Build: tool("pip", "requirements-prod.txt", "requirements.txt", "upper-bounds.txt")},
		[]string{"pip install --requirement requirements-prod.txt --requirement requirements.txt --constraint upper-bounds.txt\n"}, nil},
	{"pip with the code itself", service.Service{Language: "python", Version: "3.9", Build: tool("pip", "requirements.txt", "setup.py")},
		[]string{"COPY . .\nRUN --mount=type=cache,target=/root/.cache/pip pip install --requirement requirements.txt\n", "WORKDIR /app\nCOPY --from=build /app .\n"}, []string{"COPY requirements.txt"}},
	{"a server that the dependencies lack", service.Service{Language: "python", Version: "3.9", Build: &service.Build{Tool: "pip", Files: []string{"requirements.txt"}, Install: []string{"gunicorn"}, Command: []string{"python", "manage.py", "collectstatic"}}},
		[]string{"--requirement requirements.txt\n# not among the dependencies of the service: better named there, with its version\nRUN --mount=type=cache,target=/root/.cache/pip pip install gunicorn\nCOPY . .\nRUN python manage.py collectstatic\n"}, nil},
	{"a server alone", service.Service{Language: "python", Version: "3.9", Build: &service.Build{Install: []string{"gunicorn"}}}, []string{"AS build", "pip install gunicorn\n", "COPY --from=build /venv /venv"}, []string{"requirements"}},
	{"uv", service.Service{Language: "python", Version: "3.12", Build: tool("", "pyproject.toml", "uv.lock")},
		[]string{"pip install uv && python -m venv /venv", "VIRTUAL_ENV=/venv", "COPY pyproject.toml uv.lock ./\n", "uv sync --active --frozen --no-dev --no-install-project"}, nil},
	{"pipenv", service.Service{Language: "python", Version: "3.6", Build: tool("pipenv", "Pipfile", "Pipfile.lock")},
		[]string{"python:3.6-slim-bullseye", "pip install pipenv && python -m venv /venv", "VIRTUAL_ENV=/venv", "pipenv sync\n"}, nil},
	{"poetry", service.Service{Language: "python", Version: "3.11", Build: tool("poetry", "pyproject.toml", "poetry.lock")},
		[]string{"poetry install --no-interaction --only main --no-root"}, nil},
	{"poetry for an old Python", service.Service{Language: "python", Version: "3.6", Build: tool("poetry")},
		[]string{"COPY pyproject.toml poetry.lock ./", "--no-dev --no-root"}, []string{"--only"}},
	{"setuptools", service.Service{Language: "python", Version: "3.7", Build: tool("", "setup.py")},
		[]string{"python:3.7-slim-bookworm", "COPY . .\nRUN --mount=type=cache,target=/root/.cache/pip pip install ."}, nil},
	{"python without dependencies", service.Service{Language: "python", Version: "3.12"}, []string{"FROM python:3.12-slim-bookworm\n"}, []string{"AS build", "venv"}},
	{"python 2 with packages", service.Service{Language: "python", Version: "2.7", Build: &service.Build{Tool: "pip", Packages: []string{"gcc", "libpq-dev"}, Runtime: []string{"libffi8"}}},
		[]string{"python:2.7-slim-buster", "pip install virtualenv && virtualenv /venv", "# libpq-dev: PostgreSQL client headers", "archive.debian.org", "install --yes --no-install-recommends libffi6"}, []string{"trusted=yes"}},
	{"python 2 without packages", service.Service{Language: "python", Version: "2.7", Build: tool("pip")}, nil, []string{"apt-get", "archive.debian.org"}},
	{"python with a build step", service.Service{Language: "python", Version: "3.8", Build: &service.Build{Tool: "pip", Packages: []string{"gettext"}, Runtime: []string{"libmagic1"}, Command: []string{"python", "manage.py", "compilemessages"}}},
		[]string{"recommends gettext libmagic1", "RUN python manage.py compilemessages\n", "COPY --from=build /app .\n"}, nil},

	{"npm with a lock file", service.Service{Language: "node", Version: "14", Build: tool("npm", "package.json", "package-lock.json")},
		[]string{"FROM node:14-bullseye-slim\n", "COPY package.json package-lock.json ./\n", "npm ci --production\n"}, []string{"AS build"}},
	{"a script that runs while the packages are installed", service.Service{Language: "node", Version: "14", Build: tool("npm", "package.json", "package-lock.json", ".")},
		[]string{"COPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n", "RUN npm prune --production", "COPY --from=build /app ."}, []string{"COPY package.json", "npm ci --production"}},
	{"npm of today", service.Service{Language: "node", Version: ">=18", Build: tool("npm", "package.json", "package-lock.json")},
		[]string{"node:18-bookworm-slim", "npm ci --omit=dev\n"}, nil},
	{"npm without a lock file", service.Service{Language: "node", Version: "6.11.0", Build: tool("npm", "package.json")},
		[]string{"node:6-stretch-slim", "npm install --production\n"}, nil},
	{"npm before ci", service.Service{Language: "node", Version: "0.12", Build: tool("npm", "package.json", "npm-shrinkwrap.json")},
		[]string{"node:0.12-slim", "npm install --production"}, nil},
	{"npm with a build", service.Service{Language: "node", Version: "16", Build: &service.Build{Tool: "npm", Files: []string{"package.json", "package-lock.json"}, Command: []string{"npm", "run", "build"}}},
		[]string{"FROM node:16-bookworm-slim AS build", "npm ci\n", "npm run build && npm prune --omit=dev\n", "COPY --from=build /app .\n"}, nil},
	{"npm with compilers", service.Service{Language: "node", Version: "10", Build: &service.Build{Files: []string{"package.json"}, Packages: []string{"python2"}}},
		[]string{"AS build", "archive.debian.org", "COPY --from=build /app/node_modules node_modules\nCOPY . .\n"}, nil},
	{"yarn", service.Service{Language: "node", Version: "12", Command: []string{"yarn", "start"}, Build: tool("", "package.json", "yarn.lock")},
		[]string{"yarn install --frozen-lockfile --production\n", "ENV HOME=/tmp"}, []string{"npm ci"}},
	{"Yarn 2 and newer", service.Service{Language: "node", Version: "20", Build: tool("yarn", "package.json", "yarn.lock", ".yarnrc.yml", ".yarn/releases/yarn-4.1.0.cjs")},
		[]string{"COPY package.json yarn.lock .yarnrc.yml ./\nCOPY .yarn/releases/yarn-4.1.0.cjs .yarn/releases/\nRUN yarn workspaces focus", "ENV YARN_NODE_LINKER=node-modules\n"}, nil},
	{"pnpm", service.Service{Language: "node", Version: "20", Build: tool("pnpm", "package.json", "pnpm-lock.yaml")},
		[]string{"corepack enable", "RUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile --prod\n"}, nil},

	{"static site with arguments of its build", service.Service{Language: "node", Version: "18", Framework: "static", Port: 8080, Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Command: []string{"npm", "run", "build"}, Artifact: "dist", Args: map[string]string{"VITE_TITLE": "Shop", "VITE_API": "x"}}},
		[]string{"COPY . .\nARG VITE_API\nARG VITE_TITLE\nRUN npm run build\n"}, nil},
	{"static site", service.Service{Language: "node", Version: "18", Framework: "static", Port: 8080, Build: &service.Build{Tool: "npm", Files: []string{"package.json", "package-lock.json"}, Command: []string{"npm", "run", "build"}, Artifact: "public"}},
		[]string{"node:18-bookworm-slim AS build", "RUN npm run build\n", "COPY --from=build /app/public /usr/share/nginx/html\n", "EXPOSE 8080"}, []string{"prune", "USER root"}},

	{"go", service.Service{Language: "go", Version: "1.12", Build: &service.Build{Files: []string{"go.mod", "go.sum"}, Artifact: "cmd/shop"}, Command: []string{"/app/shop", "-config=etc/shop.toml", "-listen", ":8080"}, State: []string{"spool"}},
		[]string{"# Go 1.12 is a minimum", "FROM golang:1.26-bookworm AS build", "COPY go.mod go.sum ./\n", "CGO_ENABLED=0 go build -trimpath -o /app/shop ./cmd/shop\n", "static-debian12:nonroot", "COPY --from=build /app/shop /app/shop\n", "COPY etc/shop.toml /app/etc/shop.toml\n", "--chown=10001:10001 /empty /app/spool"}, nil},
	{"go of a newer version", service.Service{Language: "go", Version: "1.28.1"}, []string{"golang:1.28-bookworm", "-o /app/web .\n", `CMD ["/app/web"]`}, nil},
	{"go with vendored modules", service.Service{Language: "go", Version: "1.13", Build: tool("go", "go.mod", "vendor/modules.txt")},
		[]string{"go build -trimpath -mod=vendor "}, []string{"go mod download"}},
	{"go with C", service.Service{Language: "go", Build: &service.Build{Files: []string{"go.mod"}, Packages: []string{"libsqlite3-dev"}, Runtime: []string{"libsqlite3-0"}}},
		[]string{"CGO_ENABLED=1", "FROM debian:bookworm-slim", "ca-certificates libsqlite3-0"}, []string{"distroless"}},
	{"go with sqlite", service.Service{Language: "go", Build: &service.Build{Files: []string{"go.mod"}, Packages: []string{"gcc", "libc6-dev"}}},
		[]string{"CGO_ENABLED=1", "FROM debian:bookworm-slim"}, []string{"install --yes --no-install-recommends gcc"}},
	{"go from before go.mod", service.Service{Language: "go", Build: &service.Build{Module: "example.com/team/shop", Artifact: "./cmd/shop"}, Command: []string{"/app/shop"}},
		[]string{"ENV GO111MODULE=off\nWORKDIR /go/src/example.com/team/shop\nCOPY . .\n", "go build -trimpath -o /app/shop ./cmd/shop\n"}, []string{"go mod", "/go/pkg/mod"}},
	{"go with what it reads", service.Service{Language: "go", Build: &service.Build{Files: []string{"go.mod"}, Assets: []string{"templates", "conf/shop.ini"}}, Command: []string{"/app/shop", "-c", "conf/shop.ini"}},
		[]string{"COPY templates /app/templates\nCOPY conf/shop.ini /app/conf/shop.ini\nUSER", "# nothing but the program and the files that it reads: no shell"}, []string{"build.assets"}},
	{"go through a shell", service.Service{Language: "go", Command: []string{"sh", "-c", "exec /app/web -p $PORT"}}, []string{"FROM debian:bookworm-slim", "-o /app/web ."}, nil},

	{"bun", service.Service{Language: "node", Command: []string{"bun", "src/index.ts"}, Build: &service.Build{Tool: "bun", Files: []string{"package.json", "bun.lock"}}},
		[]string{"COPY --from=oven/bun:1.2 /usr/local/bin/bun /usr/local/bin/bun\nCOPY package.json bun.lock ./\n", "bun install --frozen-lockfile --production\n", "HOME=/tmp", `CMD ["bun", "src/index.ts"]`}, []string{"npm ci"}},
	{"bun with a build", service.Service{Language: "node", Command: []string{"node", "dist/index.js"}, Build: &service.Build{Tool: "bun", Files: []string{"package.json", "bun.lockb"}, Command: []string{"bun", "run", "build"}}},
		[]string{"bun run build && rm -rf node_modules && bun install --frozen-lockfile --production\n"}, nil},
	{"a script of the shell", service.Service{Language: "shell", Command: []string{"bash", "start.sh"}, Build: &service.Build{Runtime: []string{"curl"}}},
		[]string{"FROM debian:bookworm-slim\n", "ca-certificates curl", "COPY . .\nUSER 10001:10001\nCMD [\"bash\", \"start.sh\"]"}, []string{"EXPOSE"}},
	{"deno", service.Service{Language: "deno", Version: "1", Port: 8000, Command: []string{"deno", "run", "-A", "main.ts"}, Build: &service.Build{Tool: "deno", Artifact: "main.ts", Command: []string{"deno", "task", "build"}}},
		[]string{"FROM denoland/deno:1.46.3\n", "RUN deno task build \\\n && deno cache main.ts \\\n && chmod", "ENTRYPOINT []\nCMD [\"deno\", \"run\", \"-A\", \"main.ts\"]"}, nil},
	{"deno of an unknown version", service.Service{Language: "deno", Build: &service.Build{Artifact: "src/x.ts"}}, []string{"# migrate.yaml names no Deno version\nFROM denoland/deno:2.1.4\n", "RUN deno cache src/x.ts"}, nil},
	{"war", service.Service{Language: "java", Version: "1.8", Framework: "tomcat9", Port: 8080, Build: &service.Build{Tool: "maven", Files: []string{"pom.xml"}, Artifact: "web/target/shop.war"}},
		[]string{"FROM maven:3.9-eclipse-temurin-8-noble AS build", "jar -xf /src/web/target/shop.war", "FROM tomcat:9.0-jre8-temurin-noble", `CMD ["catalina.sh", "run"]`}, []string{`port="8080"`}},
	{"war of today", service.Service{Language: "java", Version: "8", Framework: "tomcat10", Port: 9090, Build: tool("maven")},
		[]string{"tomcat:10.1-jre11-temurin-noble", "/src/target/*.war", `port="9090"`}, nil},
	{"a program that embeds Tomcat", service.Service{Language: "java", Version: "17", Framework: "tomcat-embedded", Build: tool("maven")}, []string{"/app/app.jar"}, []string{"jar -xf"}},
	{"war for wildfly", service.Service{Language: "java", Version: "8", Framework: "wildfly26", Port: 9090, Command: []string{"sh", "-c", "x"}, Build: &service.Build{Tool: "maven", Artifact: "target/shop.war"}},
		[]string{"FROM quay.io/wildfly/wildfly:26.1.3.Final-jdk11\n", "COPY --from=build /src/target/shop.war /opt/jboss/wildfly/standalone/deployments/ROOT.war\n", "-Djboss.http.port=9090", "chmod -R a+rX /opt/jboss", "ENTRYPOINT []\nCMD [\"sh\", \"-c\", \"x\"]"}, []string{"catalina"}},
	{"ear for wildfly of today", service.Service{Language: "java", Version: "21", Framework: "wildfly35", Dir: "ear", Command: []string{"x"}, Build: &service.Build{Tool: "maven", Context: ".", Command: []string{"mvn", "-pl", "ear", "-am", "package"}, Artifact: "target/shop.ear"}},
		[]string{"wildfly:35.0.1.Final-jdk21", "COPY --from=build /src/ear/target/shop.ear /opt/jboss/wildfly/standalone/deployments/shop.ear\n"}, []string{"jboss.http.port"}},
	{"war for payara", service.Service{Language: "java", Version: "7", Framework: "payara5", Port: 8081, Command: []string{"java", "-jar", "/opt/payara/payara-micro.jar"}, Build: tool("maven")},
		[]string{"FROM payara/micro:5.2022.5\n", "/src/target/*.war /opt/payara/deployments/ROOT.war\n", `CMD ["java", "-jar", "/opt/payara/payara-micro.jar", "--port", "8081"]`}, nil},
	{"war for the whole of payara", service.Service{Language: "java", Version: "11", Framework: "payara6", Command: []string{"sh", "-c", "asadmin start-domain"}, Build: &service.Build{Tool: "maven", Artifact: "target/shop.war"}},
		[]string{"FROM payara/server-full:6.2025.10-jdk17\n", "/opt/payara/app/shop.war\n", "echo 'deploy /opt/payara/app/shop.war' > /opt/payara/app/deploy.asadmin\n"}, nil},
	{"war for liberty", service.Service{Language: "java", Version: "11", Framework: "liberty", Port: 9080, Command: []string{"/opt/ol/wlp/bin/server", "run", "defaultServer"}, Build: &service.Build{Tool: "maven", Artifact: "target/shop.war", Assets: []string{"src/main/liberty/config"}}},
		[]string{"FROM open-liberty:25.0.0.12-full-java11-openj9\n", "COPY --from=build /src/src/main/liberty/config /config/\nCOPY --from=build /src/target/shop.war /config/apps/shop.war\n", "host=\"*\" httpPort=\"9080\"", "WLP_OUTPUT_DIR=/tmp/output"}, nil},
	{"war by ant", service.Service{Language: "java", Version: "6", Framework: "tomcat9", Build: &service.Build{Tool: "ant", Files: []string{"build.xml"}, Command: []string{"ant", "-lib", "/usr/share/java/ivy.jar", "war"}, Packages: []string{"ant", "ivy"}, Artifact: "dist/shop.war"}},
		[]string{"FROM eclipse-temurin:8-jdk-noble AS build\n", "recommends ant ivy", "ant -lib /usr/share/java/ivy.jar war\n", "jar -xf /src/dist/shop.war"}, nil},
	{"war for tomee", service.Service{Language: "java", Version: "8", Framework: "tomee8", Build: tool("maven")}, []string{"FROM tomee:8-jre8-Temurin-plus\n", "ln -s /tmp data", `CMD ["catalina.sh", "run"]`}, nil},
	{"jar", service.Service{Language: "java", Version: "7", Framework: "spring-boot", Build: &service.Build{Tool: "maven", Artifact: "target/shop-1.0.jar"}},
		[]string{"# Java 7 gets no fixes any more", "eclipse-temurin:8-jre-noble", "COPY --from=build /src/target/shop-1.0.jar /app/app.jar", "MaxRAMPercentage", `CMD ["java", "-jar", "/app/app.jar"]`}, nil},
	{"what Quarkus lays out", service.Service{Language: "java", Version: "17", Command: []string{"java", "-jar", "/app/quarkus-run.jar"}, Build: &service.Build{Tool: "maven", Artifact: "target/quarkus-app"}},
		[]string{"COPY --from=build /src/target/quarkus-app /app/"}, nil},
	{"a jar with its configuration", service.Service{Language: "java", Version: "11", Dir: "hub/policy", Command: []string{"/app/bin/policy", "server", "policy.yml"}, Build: &service.Build{Context: ".", Tool: "gradle", Artifact: "build/install/policy", Assets: []string{"../../configuration/policy.yml", "config/x.yml"}}},
		[]string{"COPY --from=build /src/hub/policy/build/install/policy /app/", "COPY --from=build /src/configuration/policy.yml policy.yml", "COPY --from=build /src/hub/policy/config/x.yml config/x.yml"}, nil},
	{"jar where the command says", service.Service{Language: "java", Version: "17", Command: []string{"java", "-Xmx1g", "-jar", "target/shop.jar"}, Build: tool("gradle", "gradlew", "build.gradle")},
		[]string{"eclipse-temurin:17-jdk-noble AS build", "./gradlew --no-daemon assemble", "/src/build/libs/*.jar /app/target/shop.jar"}, nil},
	{"asp.net core", service.Service{Language: "csharp", Version: "8.0", Framework: "asp.net-core", Port: 8080, Command: []string{"dotnet", "Shop.dll"}, Build: &service.Build{Artifact: "src/Shop/Shop.csproj", Packages: []string{"nodejs", "npm"}, Runtime: []string{"libgdiplus"}}},
		[]string{"FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\n", "recommends nodejs npm", "dotnet publish src/Shop/Shop.csproj --configuration Release", "FROM mcr.microsoft.com/dotnet/aspnet:8.0\n", "ASPNETCORE_URLS=http://+:8080\n", `CMD ["dotnet", "Shop.dll"]`}, nil},
	{"a project of a larger solution", service.Service{Dir: "src/Shop", Language: "csharp", Version: "8.0", Build: &service.Build{Context: "src", Artifact: "Shop.csproj"}}, []string{"dotnet publish Shop/Shop.csproj "}, nil},
	{"a worker of .NET Core", service.Service{Language: "fsharp", Version: "2.0", Build: &service.Build{Artifact: "Mail.fsproj"}},
		[]string{"# 2.1 is the oldest", "dotnet/core/sdk:2.1 AS build", "dotnet/core/runtime:2.1\n", `CMD ["dotnet", "Mail.dll"]`}, []string{"ASPNETCORE_URLS"}},
	{"a release of phoenix", service.Service{Language: "elixir", Version: "1.14.2", Port: 4000, Command: []string{"/app/bin/shop", "start"}, Build: &service.Build{Tool: "mix", Artifact: "shop", Files: []string{"mix.exs", "mix.lock", "config/config.exs"}, Packages: []string{"nodejs"}, Command: []string{"mix", "assets.deploy"}}},
		[]string{"FROM elixir:1.14-slim AS build\n", "build-essential git nodejs", "COPY mix.exs mix.lock ./\nCOPY config/config.exs config/\nRUN mix deps.get --only prod && mix deps.compile\n", "RUN mix compile && mix assets.deploy\nRUN mix release shop --path /out\n", "COPY --from=build /out .\n", "RELEASE_TMP=/tmp"}, nil},
	{"a release of a Mix that is too old for it", service.Service{Language: "elixir", Version: "1.6", Build: &service.Build{Tool: "mix", Artifact: "shop"}}, []string{"elixir:1.9-slim"}, nil},
	{"a release of Distillery's", service.Service{Language: "elixir", Version: "1.8.1", Build: &service.Build{Tool: "distillery", Artifact: "shop"}},
		[]string{"|| echo release) && mix $task --env=prod --name=shop && cp -r _build/prod/rel/shop /out\n", "RELEASE_MUTABLE_DIR=/tmp", `CMD ["/app/bin/shop", "foreground"]`}, []string{"--path"}},
	{"phoenix run by mix", service.Service{Language: "elixir", Version: "1.5", Command: []string{"mix", "phx.server"}}, []string{"elixir:1.5-slim", "COPY --from=build /app .\n"}, []string{"mix release"}},
	{"a release of rebar3", service.Service{Language: "erlang", Version: "25.3", Port: 8001, Build: &service.Build{Tool: "rebar3", Artifact: "shop", Files: []string{"rebar.config", "rebar.lock"}, Command: []string{"rebar3", "as", "prod", "release"}}},
		[]string{"FROM erlang:25 AS build\n", "COPY rebar.config rebar.lock ./\nRUN rebar3 get-deps\nCOPY . .\n", "RUN rebar3 as prod release -n shop -o /built && find -L /built -type l -delete && cp -rL /built /out\n", "FROM erlang:25-slim\n", "RELX_OUT_FILE_PATH=/tmp", "COPY --from=build /out/shop .\n", `CMD ["/app/bin/shop", "foreground"]`}, nil},
	{"erlang without a release", service.Service{Language: "erlang", Version: "16", Command: []string{"./start.sh"}}, []string{"# OTP 16 has no image with rebar3\nFROM erlang:18 AS build\n", "RUN rebar3 compile\n", "COPY --from=build /app .\n", `CMD ["./start.sh"]`}, []string{"/out"}},
	{"psgi", service.Service{Language: "perl", Version: "5.20", Port: 5000, Command: []string{"starman", "--listen", "0.0.0.0:5000", "app.psgi"}, Build: &service.Build{Tool: "carton", Files: []string{"cpanfile", "cpanfile.snapshot"}, Packages: []string{"libpq-dev"}, Runtime: []string{"libpq5"}}},
		[]string{"# Perl 5.20 is a minimum", "FROM perl:5.38-bookworm AS build\n", "COPY cpanfile cpanfile.snapshot ./\n", "carton install --deployment --path /deps", "cpanm --notest --local-lib /deps Starman\n", "FROM perl:5.38-slim-bookworm\n", "PERL5LIB=/deps/lib/perl5:/app/lib", "recommends libpq5"}, nil},
	{"a program that takes plackup's options", service.Service{Language: "perl", Command: []string{"perl", "-Ilib", "bin/shop", "--server", "Starman"}, Build: tool("cpanm", "Build.PL")}, []string{"cpanm --notest --local-lib /deps Starman\n"}, nil},
	{"mojolicious", service.Service{Language: "perl", Version: "5.40", Command: []string{"perl", "script/shop", "prefork"}, Build: tool("cpanm", "Makefile.PL")}, []string{"perl:5.40-bookworm", "cpanm --notest --local-lib /deps --installdeps .\n"}, []string{"Starman"}},
	{"play", service.Service{Language: "scala", Version: "2.12.8", Framework: "play", Port: 9000, Command: []string{"/app/bin/shop", "-Dpidfile.path=/dev/null"}, Build: &service.Build{Tool: "sbt", Files: []string{"build.sbt"}, Command: []string{"sbt", "web/stage"}, Artifact: "web/target/universal/stage"}},
		[]string{"FROM eclipse-temurin:11-jdk-noble AS build\n", "ADD https://github.com/sbt/sbt/releases/download/v1.10.7/sbt-1.10.7.tgz", "sbt web/stage\n", "FROM eclipse-temurin:11-jre-noble\n", "COPY --from=build /src/web/target/universal/stage .\n", "EXPOSE 9000"}, nil},
	{"a project of a larger sbt build", service.Service{Language: "scala", Version: "2.13", Dir: "auth", Command: []string{"/app/bin/auth"}, Build: &service.Build{Context: ".", Tool: "sbt", Command: []string{"sbt", "auth/stage"}, Artifact: "target/universal/stage"}},
		[]string{"sbt auth/stage\n", "COPY --from=build /src/auth/target/universal/stage .\n"}, nil},
	{"a WAR that sbt makes", service.Service{Language: "scala", Version: "2.11.8", Framework: "scalatra", Port: 8080, Command: []string{"catalina.sh", "run"}, Build: &service.Build{Tool: "sbt", Command: []string{"sbt", "package"}, Artifact: "target/scala-*/*.war"}},
		[]string{"FROM eclipse-temurin:8-jdk-noble AS build\n# the launcher fetches", "ADD https://github.com/sbt/sbt/releases/download/v1.10.7/sbt-1.10.7.tgz", "sbt package\n", "jar -xf /src/target/scala-*/*.war", "FROM tomcat:9.0-jre8-temurin-noble\n"}, nil},
	{"one JAR that sbt makes", service.Service{Language: "scala", Version: "2.12", Framework: "finagle", Command: []string{"java", "-jar", "/app/app.jar"}, Build: &service.Build{Tool: "sbt", Command: []string{"sbt", "assembly"}, Artifact: "target/scala-*/shop.jar"}},
		[]string{"sbt assembly\n", "FROM eclipse-temurin:11-jre-noble\n", "COPY --from=build /src/target/scala-*/shop.jar /app/app.jar\n"}, nil},
	{"sbt for java", service.Service{Language: "java", Version: "1.8", Build: tool("sbt"), Command: []string{"/app/bin/x"}}, []string{"eclipse-temurin:8-jdk-noble", "sbt stage\n", "/src/target/universal/stage"}, nil},
	{"rust", service.Service{Language: "rust", Version: "1.75", Port: 8000, Command: []string{"./target/release/shop", "serve"}, Build: &service.Build{Tool: "cargo", Artifact: "shop", Files: []string{"Cargo.toml", "Cargo.lock", "templates"}, Packages: []string{"libpq-dev"}, Runtime: []string{"libpq5"}}},
		[]string{"FROM rust:1.90-bookworm AS build\n", "cargo build --release --locked --bin shop && install -D target/release/shop /app/target/release/shop\n", "FROM debian:bookworm-slim\n", "ca-certificates libpq5", "COPY templates templates\n", `CMD ["./target/release/shop", "serve"]`}, nil},
	{"jekyll on its Ruby", service.Service{Language: "static", Version: "3.2.5", Framework: "static", Port: 8080, Build: &service.Build{Tool: "jekyll", Artifact: "_site", Files: []string{"Gemfile"}}},
		[]string{"FROM ruby:3.2.5-bookworm AS build\n"}, nil},
	{"jekyll", service.Service{Language: "static", Framework: "static", Port: 8080, Build: &service.Build{Tool: "jekyll", Artifact: "_site", Files: []string{"Gemfile"}}},
		[]string{"FROM ruby:3.3-bookworm AS build\n", "COPY Gemfile .\nRUN bundle install\nCOPY . .\nRUN JEKYLL_ENV=production bundle exec jekyll build --destination _site\n", "COPY --from=build /app/_site /usr/share/nginx/html\n"}, []string{"USER root"}},
	{"hugo", service.Service{Language: "static", Port: 80, Build: &service.Build{Tool: "hugo", Artifact: "public"}}, []string{"recommends ca-certificates git hugo", "RUN hugo --minify --destination public\n", "s/8080/80/"}, nil},
	{"jekyll and what npm makes", service.Service{Language: "static", Version: "3.2.5", Framework: "jekyll", Port: 8080, Build: &service.Build{Tool: "jekyll", Artifact: "_site", Files: []string{"Gemfile", "package.json", "yarn.lock"}, Command: []string{"sh", "-c", "yarn run build && bundle exec jekyll build"}}},
		[]string{"COPY --from=node:22-bookworm-slim /usr/local/bin /usr/local/bin", "COPY . .\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile\nRUN sh -c 'yarn run build && bundle exec jekyll build'"}, nil},
	{"middleman", service.Service{Language: "static", Version: "2.7.6", Port: 8080, Build: &service.Build{Tool: "middleman", Artifact: "build", Files: []string{"Gemfile", "Gemfile.lock"}}},
		[]string{"FROM ruby:2.7.6-slim-bullseye AS build\n", "build-essential git nodejs", "COPY Gemfile Gemfile.lock ./\nRUN bundle install\nCOPY . .\nRUN bundle exec middleman build --build-dir build\n", "COPY --from=build /app/build /usr/share/nginx/html\n"}, nil},
	{"mkdocs", service.Service{Language: "static", Port: 8080, Build: &service.Build{Tool: "mkdocs", Artifact: "site", Install: []string{"mkdocs-material"}}}, []string{"FROM python:3.12-slim-bookworm AS build\n", "RUN pip install --no-cache-dir mkdocs-material\nCOPY . .\nRUN mkdocs build --site-dir site\n"}, nil},
	{"sphinx", service.Service{Language: "static", Build: &service.Build{Tool: "sphinx", Artifact: "_build/html", Files: []string{"requirements.txt"}, Command: []string{"sphinx-build", "-b", "html", ".", "_build/html"}}},
		[]string{"COPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nRUN sphinx-build -b html . _build/html\n", "COPY --from=build /app/_build/html /usr"}, nil},
	{"plain html", service.Service{Language: "static", Port: 8080, Build: &service.Build{Artifact: "site"}}, []string{"\nCOPY site /usr/share/nginx/html\n"}, []string{"AS build"}},
	{"node with a browser and packages in C++ of its time", service.Service{Language: "node", Version: "14", Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Packages: []string{"python3", "make"}, Runtime: []string{"chromium"}}},
		[]string{"\nENV npm_config_python=/usr/bin/python3\n# a Puppeteer among", "PUPPETEER_SKIP_DOWNLOAD=true", "chromium \\\n && rm -rf /var/lib/apt/lists/*\nENV NODE_ENV", "COPY . .\nENV PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium"}, nil},
	{"node with a browser in one stage, and no setting of it before the packages", service.Service{Language: "node", Version: "20", Build: &service.Build{Tool: "yarn", Files: []string{"package.json", "yarn.lock"}, Runtime: []string{"chromium"}}},
		[]string{"# a Puppeteer among the packages fetches no browser", "yarn install --frozen-lockfile", "COPY . .\nENV PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium XDG_CONFIG_HOME=/tmp XDG_CACHE_HOME=/tmp\nUSER"}, []string{"AS build"}},
	{"pages beside a browser", service.Service{Language: "node", Version: "20", Framework: "static", Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Command: []string{"npm", "run", "build"}, Runtime: []string{"chromium"}}}, nil, []string{"PUPPETEER"}},
	{"packages in C++ for a node whose npm wants Python 2", service.Service{Language: "node", Version: "11", Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Packages: []string{"python3", "make"}}}, []string{" python make"}, []string{"python3", "npm_config_python"}},
	{"packages in C++ for an old node", service.Service{Language: "node", Version: "6", Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Packages: []string{"python3", "make"}}}, []string{" python make"}, []string{"python3", "npm_config_python"}},
	{"packages in C++ for a node of today", service.Service{Language: "node", Version: "20", Build: &service.Build{Tool: "npm", Files: []string{"package.json"}, Packages: []string{"python3", "make"}}}, []string{" python3 make"}, []string{"npm_config_python"}},
	{"a daemon of cmake", service.Service{Language: "cpp", Port: 9000, Build: &service.Build{Tool: "cmake", Artifact: "shopd", Packages: []string{"libpq-dev"}, Runtime: []string{"libpq5"}}},
		[]string{"build-essential git cmake libpq-dev", "DESTDIR=/out cmake --install /build", "find /build -type f -name shopd", "ca-certificates libpq5", `CMD ["/usr/local/bin/shopd"]`}, nil},
	{"a daemon of autotools", service.Service{Language: "c", Build: &service.Build{Tool: "autotools", Artifact: "shopd"}}, []string{"NOCONFIGURE=1 ./autogen.sh; } || autoreconf --install) && ./configure", "\nENV CC=\"gcc -fcommon\"\nWORKDIR /src\n"}, []string{"cmake"}},
	{"a daemon of make", service.Service{Language: "c", Build: &service.Build{Tool: "make", Artifact: "shopd"}}, []string{"make && (make install PREFIX=/usr/local DESTDIR=/out || true)"}, []string{"cmake", "configure"}},
	{"a program that another image had elsewhere", service.Service{Language: "c", Command: []string{"/usr/bin/shopd", "-p", "1"}, Build: &service.Build{Tool: "make", Artifact: "shopd"}}, []string{"CMD [\"shopd\", \"-p\", \"1\"]"}, []string{"/usr/bin/shopd"}},
	{"a program where the build puts it", service.Service{Language: "c", Command: []string{"/usr/local/sbin/shopd"}, Build: &service.Build{Tool: "make", Artifact: "shopd"}}, []string{"CMD [\"/usr/local/sbin/shopd\"]"}, nil},
	{"a WAR that Grails' own tool makes", service.Service{Language: "java", Version: "8", Framework: "grails", Build: &service.Build{Tool: "grails", Artifact: "target/shop-0.1.war"}}, []string{"FROM eclipse-temurin:8-jdk-noble AS build", "./grailsw --non-interactive war", "FROM tomcat:9.0-jre8", "jar -xf /src/target/shop-0.1.war"}, []string{"app.jar"}},
	{"a daemon of SCons", service.Service{Language: "c", Build: &service.Build{Tool: "scons", Artifact: "shopd"}}, []string{"&& scons\n", " scons"}, []string{"cmake"}},
	{"a daemon of meson", service.Service{Language: "c", Build: &service.Build{Tool: "meson", Artifact: "shopd"}}, []string{"meson setup /build", "ninja-build"}, []string{"cmake"}},
	{"a module, from the root", service.Service{Language: "java", Version: "11", Dir: "shop/web", Build: &service.Build{Context: ".", Tool: "maven", Command: []string{"./mvnw", "-pl", "shop/web", "-am", "package"}, Artifact: "target/web.jar"}},
		[]string{"FROM eclipse-temurin:11-jdk-noble AS build", "./mvnw -pl shop/web -am package\n", "COPY --from=build /src/shop/web/target/web.jar /app/app.jar"}, nil},
	{"gradle without a wrapper", service.Service{Language: "java", Version: "11", Build: tool("gradle", "build.gradle")}, []string{"gradle:6-jdk11"}, nil},

	{"rails", service.Service{Language: "ruby", Version: "3.2.11", Framework: "rails", Port: 3000, Command: []string{"bundle", "exec", "puma"}, Build: &service.Build{Tool: "bundler", Files: []string{"Gemfile", "Gemfile.lock"},
		Command: []string{"env", "SECRET_KEY_BASE=x", "bundle", "exec", "rake", "assets:precompile"}, Packages: []string{"build-essential", "libpq-dev"}, Runtime: []string{"libpq5"}}},
		[]string{"FROM ruby:3.2.11-slim-bookworm AS base\n", "COPY Gemfile Gemfile.lock ./\nRUN BUNDLE_FROZEN=1 bundle install", "BUNDLE_WITHOUT=development:test\n", "RUN env SECRET_KEY_BASE=x bundle exec rake assets:precompile\n", "ln -s /dev/stdout log/production.log", "COPY --from=build /usr/local/bundle /usr/local/bundle\nCOPY --from=build /app .\n"}, []string{"node:"}},
	{"rails with a front end", service.Service{Language: "ruby", Version: "2.7", Framework: "rails", Build: &service.Build{Tool: "bundler", Files: []string{"Gemfile", "Gemfile.lock", "package.json", "yarn.lock"}, Command: []string{"rake", "assets:precompile"}}},
		[]string{"ruby:2.7-slim-bullseye", "COPY --from=node:16-bullseye-slim /usr/local/bin /usr/local/bin\n", "yarn install --frozen-lockfile\nCOPY . .\n", " && rm -rf node_modules\n"}, nil},
	{"a Gemfile that reads the code", service.Service{Language: "ruby", Version: "2.3", Framework: "sinatra", Build: &service.Build{Tool: "bundler", Packages: []string{"build-essential"}}},
		[]string{"ruby:2.3-slim-stretch", "COPY . .\nRUN bundle install", "archive.debian.org"}, []string{"BUNDLE_FROZEN", "production.log"}},
	{"ruby without gems", service.Service{Language: "ruby", Version: "1.8", Command: []string{"ruby", "app.rb"}}, []string{"# no image was ever published for Ruby 1.8", "FROM ruby:1.9-slim AS base\n", "WORKDIR /app\n\nCOPY . .\n"}, []string{"bundle install"}},

	{"a member of a workspace", service.Service{Dir: "apps/api", Language: "node", Version: "22", Port: 8101, State: []string{"data"}, Command: []string{"node", "dist/app.js"}, Build: &service.Build{Tool: "npm", Context: ".", Files: []string{"package.json", "package-lock.json"}, Command: []string{"npm", "run", "build", "--workspace=apps/api"}}},
		[]string{"WORKDIR /app\n# all of the workspace: the libraries that the service is made of lie beside it\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n# the build", "RUN npm run build --workspace=apps/api && npm prune --omit=dev\n", "COPY --from=build /app .\nWORKDIR /app/apps/api\n", "mkdir -p /app/apps/api/data"}, []string{"COPY package"}},
	{"a member of a workspace whose manifests are known", service.Service{Dir: "apps/api", Language: "node", Version: "22", Command: []string{"node", "dist/app.js"}, Build: &service.Build{Tool: "npm", Context: ".", Files: []string{"package.json", "package-lock.json", "apps/api/package.json", "libs/base/package.json"}, Command: []string{"npm", "run", "build", "--workspace=apps/api"}}},
		[]string{"whole workspace come first: what is installed stays as long as none of them changes\nCOPY package.json package-lock.json ./\nCOPY apps/api/package.json apps/api/\nCOPY libs/base/package.json libs/base/\nRUN --mount=type=cache,target=/root/.npm npm ci\nCOPY . .\n# the build", "COPY --from=build /app .\nWORKDIR /app/apps/api\n"}, []string{"lie beside it"}},
	{"a member whose manifests are known and that nothing builds", service.Service{Dir: "apps/api", Language: "node", Version: "22", Command: []string{"node", "app.js"}, Build: &service.Build{Tool: "pnpm", Context: ".", Files: []string{"package.json", "pnpm-lock.yaml", "apps/api/package.json"}}},
		[]string{"COPY apps/api/package.json apps/api/\nRUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile --prod\nCOPY . .\n\nFROM "}, nil},
	{"a member of a workspace of pnpm that nothing builds", service.Service{Dir: "apps/api", Language: "node", Version: "22", Command: []string{"node", "app.js"}, Build: &service.Build{Tool: "pnpm", Context: ".", Files: []string{"package.json", "pnpm-lock.yaml"}}},
		[]string{"RUN corepack enable\n# all of the workspace: the libraries that the service is made of lie beside it\nCOPY . .\nRUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile --prod\n", "WORKDIR /app\nCOPY --from=build /app .\nWORKDIR /app/apps/api\n"}, nil},
	{"laravel", service.Service{Language: "php", Version: "8.3", Framework: "laravel", Port: 8080, Command: []string{"apache2-foreground"}, State: []string{"storage/app"}, Build: &service.Build{Tool: "composer", Files: []string{"composer.json", "composer.lock", "package.json", "yarn.lock"},
		Artifact: "public", Extensions: []string{"gd", "pdo_mysql", "redis"}, Command: []string{"yarn", "run", "build"}}},
		[]string{"FROM php:8.3-apache-bookworm AS base\n", "libfreetype6-dev libjpeg62-turbo-dev libpng-dev", "docker-php-ext-configure gd --with-freetype --with-jpeg \\\n && docker-php-ext-install gd opcache pdo_mysql\n", "pecl install redis </dev/null \\\n && docker-php-ext-enable redis\n", "COPY composer.json composer.lock ./\n",
			"COPY --from=composer:2 ", "COPY --from=assets /app/public public\n", "DocumentRoot /app/public'", "RUN rm -rf storage/framework/cache storage/framework/sessions storage/framework/views storage/logs \\\n && mkdir -p storage/framework storage \\\n && ln -s /tmp storage/framework/cache \\\n", "ln -s /tmp storage/framework/views", "Listen 8080/", "APACHE_PID_FILE=/tmp/apache2.pid", "chown 10001:10001 /app/storage/app\n# what artisan storage:link makes\nRUN ln -sfn ../storage/app/public public/storage\n# PHP's image", "STOPSIGNAL SIGTERM\nUSER 10001:10001\nEXPOSE 8080\nCMD [\"serve\"]\n"}, nil},
	{"old pages", service.Service{Language: "php", Version: "5.3", Build: &service.Build{Extensions: []string{"mysql", "memcached", "gd"}}},
		[]string{"# PHP 5.6 runs what was written for PHP 5.3", "php:5.6-apache-stretch", "--with-freetype-dir=/usr/include", "pecl install memcached-2.2.0", "DocumentRoot /app'", "\nCOPY . .\n"}, []string{"composer", "storage", "SIGTERM"}},
	{"php of today", service.Service{Language: "php", Version: "8.5", Framework: "symfony", Build: &service.Build{Tool: "composer", Extensions: []string{"intl", "sqlsrv"}}},
		[]string{"docker-php-ext-install intl\n", "# sqlsrv wants Microsoft's ODBC driver", "ln -s /tmp var/cache"}, []string{"opcache"}},
}

func TestDockerfiles(t *testing.T) {
	for _, c := range dockerfileCases {
		text := renderDockerfile(t, c.s)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, text)
			}
		}
	}
}

func TestGoBuildsEveryProgram(t *testing.T) {
	app := &service.App{Name: "shop", Services: map[string]*service.Service{
		"web":    {Language: "go", Build: &service.Build{Artifact: "./cmd/web", Files: []string{"go.mod"}}, Command: []string{"/app/web"}},
		"worker": {From: "web", Command: []string{"/app/worker", "-n", "4"}},
		"load":   {From: "web", Build: &service.Build{Artifact: "tools/load"}, Command: []string{"/app/load"}},
		"again":  {From: "web", Command: []string{"/app/web", "migrate"}},
	}}
	files, err := dockerfiles(app)
	if err != nil {
		t.Fatal(err)
	}
	text := string(files[0].Data)
	parseDockerfile(t, files[0].Data)
	for _, want := range []string{"-o /app/web ./cmd/web\n", "-o /app/worker ./cmd/worker\n", "-o /app/load ./tools/load\n", "COPY --from=build /app/worker /app/worker\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times:\n%s", want, strings.Count(text, want), text)
		}
	}
}

func TestNoDockerfile(t *testing.T) {
	app := &service.App{Name: "shop", Services: map[string]*service.Service{
		"own":   {Language: "python", Build: &service.Build{Dockerfile: "Dockerfile"}},
		"cobol": {Language: "cobol"},
		"old":   {Language: "csharp", Version: ".NET Framework 4.5"},
	}}
	for _, generate := range []generator{{"", dockerfiles}, {"", dockerignores}} {
		if files, err := generate.render(app); err != nil || len(files) != 0 {
			t.Errorf("%v, %v: the team's own Dockerfile stays, and an unknown language gets none", files, err)
		}
	}
}

func TestDockerfileErrorsNameTheField(t *testing.T) {
	for _, c := range []struct {
		s    service.Service
		want string
	}{
		{service.Service{Language: "python", Version: "new"}, `version "new" is no Python version`},
		{service.Service{Language: "go", Version: "2.0"}, "Go version"},
		{service.Service{Language: "node", Version: "lts/*"}, "Node.js version"},
		{service.Service{Language: "python", Build: &service.Build{Tool: "pip", Files: []string{"../common.txt"}}}, "build.files"},
		{service.Service{Language: "python", Build: &service.Build{Tool: "pip", Packages: []string{"gcc; rm -rf /"}}}, "build.packages"},
		{service.Service{Language: "node", Build: &service.Build{Command: []string{"npm\nRUN evil"}}}, "build.command"},
		{service.Service{Language: "go", Build: &service.Build{Artifact: "cmd/shop; id"}}, "build.artifact"},
		{service.Service{Language: "ruby", Version: "edge"}, "Ruby version"},
		{service.Service{Language: "php", Version: "latest"}, "PHP version"},
		{service.Service{Language: "php", Build: &service.Build{Extensions: []string{"gd; id"}}}, "build.extensions"},
		{service.Service{Language: "php", Build: &service.Build{Artifact: "../web"}}, "build.artifact"},
		{service.Service{Language: "elixir", Version: "main"}, "Elixir version"},
		{service.Service{Language: "elixir", Build: &service.Build{Artifact: "a b"}}, "build.artifact"},
		{service.Service{Language: "erlang", Version: "master"}, "version of OTP"},
		{service.Service{Language: "erlang", Build: &service.Build{Artifact: "a b"}}, "build.artifact"},
		{service.Service{Language: "erlang"}, "build.artifact"},
		{service.Service{Language: "perl", Version: "6"}, "Perl version"},
		{service.Service{Language: "rust", Version: "nightly"}, "Rust version"},
		{service.Service{Language: "static", Build: &service.Build{Tool: "gutenberg"}}, "build.tool"},
		{service.Service{Language: "static", Build: &service.Build{Artifact: "/srv"}}, "build.artifact"},
		{service.Service{Language: "cpp", Build: &service.Build{Tool: "bazel"}}, "build.tool"},
		{service.Service{Language: "csharp", Version: "latest"}, ".NET version"},
		{service.Service{Language: "csharp", Build: &service.Build{Artifact: "../x.csproj"}}, "build.artifact"},
		{service.Service{Language: "scala", Build: &service.Build{Tool: "sbt", Artifact: "../stage"}}, "build.artifact"},
		{service.Service{Language: "java", Build: &service.Build{Tool: "bazel"}}, "build.tool"},
		{service.Service{Language: "go", Build: &service.Build{Assets: []string{"../shared"}}}, "build.assets"},
		{service.Service{Language: "go", Build: &service.Build{Module: "../x"}}, "build.module"},
		{service.Service{Language: "go", Dir: "api", Build: &service.Build{Context: "."}}, "build.context"},
		{service.Service{Language: "java", Build: &service.Build{Tool: "maven", Artifact: "../x.jar"}}, "build.artifact"},
		{service.Service{Language: "java", Build: &service.Build{Tool: "maven", Assets: []string{"../../x.yml"}}}, "build.assets"},
	} {
		app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": &c.s}}
		if _, err := dockerfiles(app); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "services.web") {
			t.Errorf("error %v, want one about services.web and %q", err, c.want)
		}
	}
	two := &service.App{Name: "shop", Services: map[string]*service.Service{"a": {Language: "go"}, "b": {Language: "go", Dir: "."}}}
	if _, err := dockerfiles(two); err == nil || !strings.Contains(err.Error(), "from: a") {
		t.Errorf("error %v, want one that says how two services share a directory", err)
	}
}

func TestDockerignore(t *testing.T) {
	app := &service.App{Name: "shop", Services: map[string]*service.Service{
		"web": {Dir: ".", Language: "node", State: []string{"uploads", "/var/lib/shop"}},
		"api": {Dir: "api", Language: "java"},
	}}
	files, err := dockerignores(app)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, f := range files {
		got[f.Path] = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
	}
	want := map[string][]string{
		".dockerignore":     {".git", ".env*", "!.env.example", ".migrate", "build/kube", "kube", "smoke", "coverage", "node_modules", "npm-debug.log*", "test", "uploads"},
		"api/.dockerignore": {".git", ".env*", "!.env.example", ".gradle", "build", "*/build", "target", "*/target"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestModulesShareTheirContext(t *testing.T) {
	module := func(dir string) *service.Service {
		return &service.Service{Dir: dir, Language: "java", Port: 8080, State: []string{"data"}, Build: &service.Build{Context: ".", Tool: "maven"}}
	}
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{"web": module("web"), "stock": module("stock")}}
	ignores, err := dockerignores(app)
	if err != nil || len(ignores) != 1 || ignores[0].Path != ".dockerignore" || !strings.Contains(string(ignores[0].Data), "\nstock/data\nweb/data\n") {
		t.Errorf("%v, %v: one .dockerignore where both are built", ignores, err)
	}
	values, err := makefileValues(app)
	if err != nil || values.Images[0].Context != "--file stock/Dockerfile ." {
		t.Errorf("make builds %+v, %v", values.Images, err)
	}
	if text, err := composeBuild(*app.Services["web"]).YAML(); err != nil || text != "{context: ., dockerfile: web/Dockerfile}" {
		t.Errorf("compose builds %s, %v", text, err)
	}
	if ports := furtherPorts(app, "web"); len(ports) != 1 || ports[0].Port != 8080 {
		t.Errorf("the other service calls web:8080; ports %+v", ports)
	}
	if err := app.Validate(); err != nil {
		t.Error(err)
	}
	app.Services["web"].Build.Context = "stock"
	if err := app.Validate(); err == nil || !strings.Contains(err.Error(), "does not hold the service's directory") {
		t.Errorf("a context beside the directory: %v", err)
	}
}

// FuzzDockerfile puts foreign text wherever the model takes it: the file stays the one that was meant.
func FuzzDockerfile(f *testing.F) {
	for _, s := range []string{"a", "a b", `q"'\`, "$HOME", "line\nUSER root", "é", "#", "\\", "--from=x", "[\"x\"]", "<<EOF"} {
		f.Add(s, "1.2")
	}
	f.Add("x", "")
	f.Add("x", "2.5\nUSER root")
	f.Fuzz(func(t *testing.T, s, version string) {
		if !utf8.ValidString(s) || !utf8.ValidString(version) {
			return // migrate.yaml holds valid UTF-8 only
		}
		for language := range dockerfileLanguages {
			web := &service.Service{Language: language, Version: version, Command: []string{"run", s}, State: []string{s},
				Build: &service.Build{Files: []string{s, "go.mod"}, Artifact: s, Command: []string{"make", s}, Packages: []string{"gcc"}}}
			files, err := dockerfiles(&service.App{Name: "shop", Services: map[string]*service.Service{"web": web}})
			if err != nil {
				continue
			}
			if len(files) == 0 && !knownLanguage(*web) {
				continue
			}
			stages := parseDockerfile(t, files[0].Data)
			if got := command(stages); !reflect.DeepEqual(got, web.Command) {
				t.Fatalf("%s runs %q, want %q\n%s", language, got, web.Command, files[0].Data)
			}
		}
	})
}
