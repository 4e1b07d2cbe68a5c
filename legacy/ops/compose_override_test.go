package ops

import "testing"

func TestComposeAdditions(t *testing.T) {
	const dotnet = "FROM mcr.microsoft.com/dotnet/aspnet:7.0\nCOPY . .\n"
	runCases(t, Compose(), []readerCase{
		{"builds that only the addition tells", files{"a/pom.xml": "", "a/Dockerfile": "FROM x\n", "docker-compose.yml": "version: '2'\nservices:\n  a: {ports: ['9000:8080'], environment: {LEVEL: 1}}\n", "docker-compose.override.yml": "version: '2'\nservices:\n  a: {build: a, environment: {DEBUG: 1}}\n"},
			[]string{"a: port 8080 <- docker-compose.yml:3", "a: env LEVEL=1", "note docker-compose.override.yml:3 how a is built is taken from here"}, []string{"DEBUG"}},
		{"ports, variables and databases of the addition alone", files{"api/api.csproj": "", "api/package.json": "{}", "api/Dockerfile": dotnet,
			"docker-compose.yml":          "services:\n  api:\n    build: api\n    environment:\n      LEVEL: info\n  sqldata:\n    image: mcr.microsoft.com/mssql/server:2019-latest\n  stock:\n    build: api\n    command: dotnet stock.dll\n    ports: ['80:80']\n",
			"docker-compose.override.yml": "services:\n  api:\n    environment:\n      - ASPNETCORE_ENVIRONMENT=Development\n      - LEVEL=verbose\n      - ASPNETCORE_Kestrel__Certificates__Default__Path=/https/a.pfx\n      - KeyRing=/keys/ring\n      - UseMocks=True\n      - Store__Connection=Server=tcp:sqldata,1433;Database=Shop;User Id=sa;Password=geheim\n      - Stock__Url=http://stock\n      - PublicUrl=http://${OUTSIDE}:5100\n      - Rate=20\n    ports:\n      - '5100:8080'\n    volumes: ['~/keys:/keys:ro']\n    command: dotnet watch run\n    depends_on: [cache]\n  cache:\n    image: redis:6\n  watcher:\n    image: node:18\n"}, []string{
			"api: need mssql2019 sqldata", "api: secret Store__Connection <- docker-compose.override.yml:9 guess", "api: env Stock__Url=http://stock <- docker-compose.override.yml:10 guess", "api: env Rate=20 <- docker-compose.override.yml:12 guess",
			"api: need redis6 cache", "api: env LEVEL=info <- docker-compose.yml:5 declared", "note docker-compose.override.yml:20 watcher: stands in this addition alone"},
			[]string{"geheim", "verbose", "Development", "Kestrel", "KeyRing", "UseMocks", "PublicUrl", "watch|run"}},
		{"a port of the addition alone", files{"api/package.json": "{}", "api/Dockerfile": dotnet, "docker-compose.yml": "services:\n  api:\n    build: api\n", "docker-compose.override.yml": "services:\n  api:\n    ports:\n      - '5100:8080'\n"},
			[]string{"api: port 8080 <- docker-compose.override.yml:4 guess"}, nil},
		{"what leads to a developer's services or opens a debugger", files{"api/package.json": "{}", "api/Dockerfile": "FROM node:18\nCOPY . .\n", "docker-compose.yml": "services:\n  api:\n    build: api\n",
			"docker-compose.override.yml": "services:\n  api:\n    environment:\n      - MAIL_HOST=mailhog\n      - PAY_URL=http://fake-pay:8080/v1\n      - CACHE_URL=redis://cache:6379\n      - NODE_OPTIONS=--inspect=0.0.0.0:9229\n      - JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005\n      - PYTHONDEVMODE=1\n      - PHP_IDE_CONFIG=serverName=shop\n      - JAVA_OPTS=-Xmx200m\n  mailhog: {image: mailhog/mailhog}\n  fake-pay: {image: acme/fake-pay}\n  cache: {image: 'redis:6'}\n"},
			[]string{"api: need redis6 cache", "api: env JAVA_OPTS=-Xmx200m"}, []string{"need smtp", "MAIL_HOST", "PAY_URL", "inspect", "jdwp", "PYTHONDEVMODE", "PHP_IDE"}},
		{"a file of production that only tells what differs, beside one for another platform", files{"api/package.json": "{}", "api/Dockerfile": dotnet, "docker-compose.yml": "services:\n  api:\n    build: api\n    environment: {RATE: 1}\n", "docker-compose.prod.yml": "services:\n  api:\n    environment: {RATE: 2}\n    ports: ['80:8000']\n", "docker-compose-windows.prod.yml": "services:\n  api:\n    build: api\n    ports: ['80:9000']\n"},
			[]string{"api: port 8000 <- docker-compose.prod.yml:4 declared", "api: env RATE=2 <- docker-compose.prod.yml:3"}, []string{"9000", "RATE=1"}},
	})
}

func TestComposeArguments(t *testing.T) {
	gradle := "FROM openjdk:11\nARG part\nCOPY ${part}/build/install/${part} .\nCMD bin/$part\n"
	code := files{"build.gradle": "", "gateway/build.gradle": "", "parser/build.gradle": "", "Dockerfile": gradle, "docker-compose.yml": "services:\n  way-in:\n    build: {context: ., args: {part: gateway}}\n    ports: ['80:6600']\n  parser:\n    build: {context: ., args: {part: parser}}\n    ports: ['81:6000']\n"}
	runCases(t, Compose(), []readerCase{{"arguments that choose a module", code, []string{"gateway: name way-in", "gateway: port 6600", "gateway: argument part=gateway", "parser: port 6000"}, []string{".: "}}})
	runCases(t, Compose(), []readerCase{
		{"arguments that choose a file of a module, and no module", files{"package.json": "{}", "frontend/package.json": "{}", "frontend/.env.production": "", "Dockerfile": "FROM node:18\nARG STAGE\nCOPY . .\nCOPY frontend/.env.${STAGE} frontend/.env\nCMD node a.js\n", "docker-compose.yml": "services:\n  web:\n    build: {context: ., args: {STAGE: production}}\n    ports: ['80:6600']\n"}, []string{".: port 6600"}, []string{"frontend: "}},
		{"arguments that name the same module for each", files{"package.json": "{}", "frontend/package.json": "{}", "Dockerfile": "FROM node:18\nARG PART\nCOPY . .\nCOPY $PART x\nCMD node a.js\n", "docker-compose.yml": "services:\n  web:\n    build: {context: ., args: {PART: frontend}}\n    ports: ['80:6600']\n"}, []string{".: port 6600"}, []string{"frontend: "}},
	})
	result := func(module string) string {
		return "FROM gradle:8 AS build\nCOPY . /src\nRUN gradle distZip\nFROM eclipse-temurin:21\nCOPY --from=build /src/" + module + "/build/distributions/*.zip /app/\nCMD [\"/app/bin/" + module + "\"]\n"
	}
	runCases(t, Dockerfile(), []readerCase{
		{"the file whose module arguments choose", code, []string{"gateway: build ../Dockerfile", "gateway: argument part=gateway", "parser: command bin/parser <- Dockerfile:4"}, []string{".: "}},
		{"images of modules that one build makes, whose files lie elsewhere", files{"build.gradle": "", "shop-front/build.gradle": "", "shop-jobs/build.gradle": "", "docker/front/Dockerfile": result("shop-front"), "docker/jobs/Dockerfile": result("shop-jobs"), "docker-compose.yml": "services:\n  front:\n    build: {context: ., dockerfile: docker/front/Dockerfile}\n  jobs:\n    build: {context: ., dockerfile: docker/jobs/Dockerfile}\n"},
			[]string{"shop-front: build ../docker/front/Dockerfile", "shop-front: command /app/bin/shop-front", "shop-jobs: build ../docker/jobs/Dockerfile"}, []string{".: "}},
		{"one module's is the whole's", files{"build.gradle": "", "shop-front/build.gradle": "", "Dockerfile": result("shop-front")}, []string{".: build Dockerfile"}, []string{"shop-front: "}},
		{"a program of others with what is the repository's", files{"package.json": "{}", "engine/Dockerfile": "FROM acme/engine:2\nCOPY engine/rules /rules\nCMD [\"engine\"]\n", "engine/rules/a.js": "", "docker-compose.yml": "services:\n  engine:\n    build: {context: ., dockerfile: engine/Dockerfile}\n"},
			[]string{"engine: build Dockerfile", "engine: command engine"}, []string{".: "}},
		{"settings alone, tests, and a line of Node.js by its name", files{"package.json": "{}", "Dockerfile": "FROM node:dubnium-alpine\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", "auth/Dockerfile": "FROM acme/login:11\nCOPY ./config/*.json /tmp/\n", "auth/config/a.json": "{}", "x/Dockerfile": "FROM mcr.microsoft.com/dotnet/sdk:6.0\nCOPY . .\nENTRYPOINT [\"dotnet\", \"test\"]\n", "x/x.csproj": "", "db/Dockerfile": "FROM mcr.microsoft.com/mssql/rhel/server:2019-latest\nCOPY . /usr/config\nENTRYPOINT [\"./entrypoint.sh\"]\n", "db/entrypoint.sh": "", "openshift/jenkins-agents/zap/Dockerfile": "FROM centos\nCOPY run /bin\nCMD [\"run\"]\n", "openshift/jenkins-agents/zap/run": ""},
			[]string{".: language node 10", "note auth/Dockerfile:1 holds no code of this repository", "note x/Dockerfile:3 runs tests", "note db/Dockerfile:1 an image of mssql", "note openshift/jenkins-agents/zap/Dockerfile:0 the image of a job of operations"}, []string{"auth: ", "x: ", "db: "}},
	})
}

func TestTemplatesOfOpenShift(t *testing.T) {
	runCases(t, Kubernetes(), []readerCase{{"an image that a trigger names, of a directory with a Dockerfile", files{"frontend/package.json": "{}", "backend/Dockerfile": "FROM mcr.microsoft.com/dotnet/sdk:6.0\nCOPY . .\n", "backend/Shop.sln": "",
		"openshift/build.yaml":  "kind: Template\napiVersion: v1\nparameters:\n- {name: NAME, value: shop-api}\nobjects:\n- kind: BuildConfig\n  apiVersion: v1\n  metadata: {name: '${NAME}.main'}\n  spec: {source: {contextDir: backend}, output: {to: {name: '${NAME}:latest'}}}\n",
		"openshift/deploy.yaml": "kind: Template\napiVersion: v1\nparameters:\n- {name: NAME, value: shop-api}\n- {name: INSTANCE, value: ''}\nobjects:\n- kind: DeploymentConfig\n  apiVersion: v1\n  metadata: {name: 'x-${NAME}${INSTANCE}'}\n  spec:\n    triggers: [{type: ImageChange, imageChangeParams: {from: {name: '${NAME}:dev'}}}]\n    template: {spec: {containers: [{name: a, image: '', livenessProbe: {httpGet: {path: /live, port: 8080}}}]}}\n"},
		[]string{"backend: health /live  <- openshift/deploy.yaml:12"}, nil}})
}

func TestComposeOfMachines(t *testing.T) {
	runCases(t, Compose(), []readerCase{{"images that the developers' file builds, and the port to which a proxy leads", files{"Shop/Shop.csproj": "", "Shop/Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:6.0\nCOPY . .\n", "Mail/package.json": "{}", "Mail/Dockerfile": "FROM node:18\nCOPY . .\n",
		"docker-compose.yml":      "services:\n  api:\n    build: Shop\n    ports: ['5000:5000']\n  mail:\n    build: Mail\n    image: acme/post\n  db:\n    image: postgres:14\n",
		"docker-compose.prod.yml": "services:\n  api:\n    image: acme/api:latest\n    labels:\n      - traefik.enable=true\n      - traefik.http.services.api.loadbalancer.server.port=80\n    environment: {RATE: 20}\n  post:\n    image: acme/post:2\n    deploy: {labels: {traefik.port: '4040', traefik.api.port: 4040}}\n  other:\n    image: acme/stock\n"}, []string{
		"Shop: env RATE=20 <- docker-compose.prod.yml:7", "Shop: port 80 <- docker-compose.prod.yml:6 declared", "Mail: port 4040 <- docker-compose.prod.yml:10 declared", "note docker-compose.prod.yml:11 other: runs an image that isn't built here"}, []string{"port 5000"}}})
}

func TestComposeOfFunctionsAndBuilds(t *testing.T) {
	runCases(t, Compose(), []readerCase{{"a function of Lambda's, and what builds pages and ends", files{"f/requirements.txt": "", "f/Dockerfile": "FROM python:3\nCOPY . .\n", "w/package.json": "{}", "w/Dockerfile": "FROM node:20\nCOPY . .\n", "x/package.json": "{}",
		"docker-compose.yml": "services:\n  tidy:\n    build: f\n    entrypoint: [/rie, python, -m, awslambdaric]\n    command: [tidy.handler]\n    ports: ['9000:8080']\n  pages:\n    build: w\n    entrypoint: npm\n    command: run build-all\n  site:\n    image: node:20\n    working_dir: /x\n    volumes: ['./x:/x']\n    entrypoint: sh -c \"npm i && npm run build\"\n"},
		[]string{"note docker-compose.yml:2 tidy: a function of AWS Lambda", "note docker-compose.yml:7 helpers of tests", "note docker-compose.yml:11 helpers of tests"}, []string{"f: ", "w: ", "x: "}}})
}
