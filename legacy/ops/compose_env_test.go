package ops

import "testing"

func TestComposeEnvFiles(t *testing.T) {
	compose := "services:\n  web:\n    build: .\n    env_file: [docker/local.env, shop.vars, docker/test.env]\n    environment: {PAGES: '9'}\n    volumes: ['${CONF:-./shop.toml}:/app/shop.toml', 'up:/srv/up']\n  db:\n    image: postgres:14\n"
	runCases(t, Compose(), []readerCase{
		{"needs and secrets count as compose's own", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\n", "compose.yaml": compose,
			"docker/local.env": "# for docker\nSHOP_DB=postgres://shop:geheim@db:5432/shop\nPAGES=5\nSIZE=3\nLOCAL_DEV_ENV=True\nSHOP_TESTING=1\n", "shop.vars.dist": "MAIL_TOKEN=\n", "docker/test.env": "OTHER=1\n"},
			[]string{".: secret SHOP_DB <- docker/local.env:2 declared", ".: need postgres14 db||shop|shop:5432", ".: env SIZE=3 <- docker/local.env:4 convention", ".: env PAGES=9 <- compose.yaml:5", ".: secret MAIL_TOKEN <- shop.vars.dist:1", ".: state /srv/up",
				"note compose.yaml:6 web: reads /app/shop.toml, which is mounted from ./shop.toml: that is not in the repository"},
			[]string{"geheim", "PAGES=5", "LOCAL_DEV_ENV", "TESTING", "OTHER", "state /app"}},
		{"configuration from beside the file", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\nCOPY . /app\n", "conf/shop.ini-docker": "[http]\nworkers = 4\n", "conf/db.ini": "password = geheim\n", "conf/own.ini": "x = 1\n",
			"compose.yaml": "services:\n  web:\n    build: .\n    volumes: ['./conf/shop.ini-docker:/app/conf/shop.ini', './conf/db.ini:/etc/shop/db.ini:ro', './conf/own.ini:/app/conf/own.ini', './conf:/etc/shop.toml', '/etc/localtime:/etc/localtime.conf']\n"},
			[]string{".: file /app/conf/shop.ini <- compose.yaml:4", ".: secret file /etc/shop/db.ini"}, []string{"geheim", "own.ini", "shop.toml", "localtime"}},
		{"a developer's", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\n", "shop.ini": "", "docker-compose.dev.yml": "services:\n  web:\n    build: .\n    volumes: ['./shop.ini:/etc/shop.ini']\n"}, nil, []string{"file", "shop.ini"}},
		{"secrets in files", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\n", "compose.yaml": "services:\n  web:\n    build: .\n    environment: {TOKEN_FILE: /run/secrets/shop_token}\n    secrets:\n      - shop_token\n      - source: cert\n        target: /etc/shop/cert.pem\nsecrets:\n  shop_token: {file: ./token}\n  cert: {external: true}\n"},
			[]string{".: secret file /run/secrets/shop_token", ".: env TOKEN_FILE=/run/secrets/shop_token", ".: secret file /etc/shop/cert.pem"}, nil},
		{"podman's name of the file", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\n", "container-compose.yml": compose}, []string{".: need postgres14 db"}, nil},
		{"images of others that look into the code, and what they alone need", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\nCMD [\"python\", \"app.py\"]\n",
			"compose.yaml": "services:\n  db:\n    image: postgres:14\n  cache:\n    image: redis:6\n  site:\n    image: team/site\n    depends_on: [db]\n    volumes: ['.:/tmp/bot:ro']\n    environment: {SITE_TOKEN: x}\n  bot:\n    build: .\n    depends_on: [cache]\n    environment: {STORAGE_EMULATOR_HOST: 'http://gcs:1', API_KEYS_SITE: geheim}\n"},
			[]string{".: need redis6 cache", ".: secret API_KEYS_SITE", "note compose.yaml:6 site: runs an image that isn't built here"}, []string{"SITE_TOKEN", "EMULATOR", "geheim"}},
		{"a start script and a build of developers", files{"requirements.txt": "", "app.py": "", "Dockerfile": "FROM python:3\nCMD [\"gunicorn\", \"app:app\"]\n", "compose.yaml": "services:\n  web:\n    build: {context: ., args: {REQUIREMENTS: requirements/requirements-dev.txt}}\n    command: docker/run_dev.sh\n"},
			[]string{".: command docker/run_dev.sh <- compose.yaml:4 guess", "note compose.yaml:3 web: the argument REQUIREMENTS of the build is requirements/requirements-dev.txt, a developer's"}, []string{"argument REQUIREMENTS="}},
	})
}

func TestDotenvDefaults(t *testing.T) {
	runCases(t, Dotenv(), []readerCase{
		{"what only tests read", files{".env.example": "SHOP_LEVEL=5\nSHOP_TEST_DB_URI=mongodb://test01.corp.example/x\n"}, []string{".: env SHOP_LEVEL=5"}, []string{"mongodb", "TEST"}},
		{"as compose fills them in", files{"example.env": "SIZE=${SIZE:-8}\nSHOP_URL=${SHOP_URL:-http://shop.corp.example:${PORT:-8080}/x}\nEMPTY=${EMPTY}\nLINK=https://www.example.net/shop\n"},
			[]string{".: env SIZE=8 <- example.env:1", ".: need http shop", ".: env LINK=https://www.example.net/shop"}, []string{":-", "need http link"}},
	})
}

// A store that an image of others, or what is built from elsewhere, waits for is at most offered to the service whose variables lead elsewhere.
func TestComposeStoreOfOthers(t *testing.T) {
	const shop = "services:\n  shop:\n    build: .\n    environment: {SEARCH_URL: 'http://search:8983/solr'}\n  search: {image: 'solr:7'}\n  db: {image: 'postgres:10'}\n  stock:\n    depends_on: [db]\n    "
	for _, from := range []string{"image: acme/stock\n", "build: {context: 'https://git.example.com/acme/stock.git'}\n"} {
		for _, f := range read(t, Compose(), files{"Gemfile": "", "docker-compose.yml": shop + from}).Findings {
			if f.Need != nil && f.Need.Offer != (f.Need.Name == "db") {
				t.Errorf("%s: %s is offered: %v", from, f.Need.Name, f.Need.Offer)
			}
		}
	}
}
