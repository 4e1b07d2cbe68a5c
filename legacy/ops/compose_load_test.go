package ops

import "testing"

func TestOneOddValueLosesOneKey(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"a store by where it keeps its data", files{"package.json": "{}", "docker-compose.yml": "services:\n  web: {build: ., environment: {DB_HOST: store}}\n  store: {image: acme/own-database:3, volumes: ['data:/var/lib/postgresql/data']}\nvolumes: {data: {}}\n"}, []string{".: need postgres"}, nil},
		{"the others stay", files{"app/package.json": "{}", "docker-compose.yml": `services:
  web:
    build: app
    command: node server.js
    ports: {a: b}
  odd: 12
  db:
    image: postgres:12
    healthcheck: [x]
`}, []string{
			"app: command node|server.js <- docker-compose.yml:4 declared", "app: need postgres12", "note docker-compose.yml:5 web: its ports is left out", "note docker-compose.yml:9 db: its healthcheck is left out",
		}, nil},
		{"YAML that breaks off", files{"docker-compose.yml": "services:\n  web:\n    build: .\n   ports: []\n"}, []string{"note docker-compose.yml:1 not understood as YAML: did not find"}, nil},
	})
}

func TestComposeExtendsAnotherFile(t *testing.T) {
	base := "services:\n  base:\n    build: .\n    links: [x]\n    environment: [A=1, B=2]\n"
	runCases(t, Compose(), []readerCase{
		{"its build and variables", files{"package.json": "{}", "common.yml": base, "docker-compose.yml": "services:\n  web:\n    extends: {file: common.yml, service: base}\n    environment: {B: 3}\n    command: node a.js\n"}, []string{
			".: command node|a.js <- docker-compose.yml:5 declared", ".: env A=1", ".: env B=3",
		}, []string{"B=2"}},
		{"from another directory", files{"svc/package.json": "{}", "svc/common.yml": base, "docker-compose.yml": "services:\n  web:\n    extends: {file: svc/common.yml, service: base}\n    command: node a.js\n"}, []string{"svc: command node|a.js"}, nil},
		{"itself, and what lies outside", files{"package.json": "{}", "docker-compose.yml": "services:\n  web:\n    build: .\n    command: node a.js\n    extends: {file: docker-compose.yml, service: web}\n  b:\n    build: .\n    extends: {file: ../../etc/passwd, service: x}\n"}, []string{".: command node|a.js"}, nil},
	})
}

func TestComposePortOfTheEnvFileBeside(t *testing.T) {
	runCases(t, Compose(), []readerCase{
		{"a port, and no other value", files{"package.json": "{}", ".env": "WEB_PORT=8123\nDB_PASSWORD=geheim\n", "docker-compose.yml": "services:\n  web:\n    build: .\n    ports: ['${WEB_PORT}:${WEB_PORT}']\n    command: node a.js --key ${DB_PASSWORD}\n"}, []string{".: port 8123"}, []string{"geheim"}},
	})
}
