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
		{"a file of production that only tells what differs, beside one for another platform", files{"api/package.json": "{}", "api/Dockerfile": dotnet, "docker-compose.yml": "services:\n  api:\n    build: api\n    environment: {RATE: 1}\n", "docker-compose.prod.yml": "services:\n  api:\n    environment: {RATE: 2}\n    ports: ['80:8000']\n", "docker-compose-windows.prod.yml": "services:\n  api:\n    build: api\n    ports: ['80:9000']\n"},
			[]string{"api: port 8000 <- docker-compose.prod.yml:4 declared", "api: env RATE=2 <- docker-compose.prod.yml:3"}, []string{"9000", "RATE=1"}},
	})
}
