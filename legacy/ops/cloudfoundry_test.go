package ops

import "testing"

func TestCloudFoundry(t *testing.T) {
	several := `---
defaults: &defaults
  services: [shop-db, shop-redis32, {name: shop-postgres}]
  buildpack: python_buildpack
applications:
- name: shop
  <<: *defaults
  command: bash start.sh
  routes:
  - route: shop.gov.example.net/api
  - route: shop.app.cloud.gov
  env: {LOG_LEVEL: info, API_TOKEN: ((token)), SITE: ((site))}
  health-check-http-endpoint: /ping
- name: shop-worker
  <<: *defaults
  no-route: true
  health-check-type: none
  command: celery -A shop worker
  processes:
  - {type: beat, command: celery -A shop beat}
`
	runCases(t, CloudFoundry(), []readerCase{
		{"a worker's manifest beside one that leaves its command to the Procfile", files{"requirements.txt": "", "app.py": "", "manifests/manifest_api_prod.yml": "path: ../\napplications:\n- name: api\n", "manifests/manifest_worker_prod.yml": "path: ../\napplications:\n- name: celery-worker\n  no-route: true\n  command: celery -A shop worker -c 3\n", "manifests/manifest_api_dev.yml": "path: ../\napplications:\n- name: api\n"},
			[]string{"celery-worker: command celery|-A|shop|worker|-c|3 <- manifests/manifest_worker_prod.yml:5"}, []string{".: command"}},
		{"a manifest for each process", files{"go.mod": "", "manifest-api.yml": "applications:\n- name: bill-api\n  command: ./bill api\n  health-check-type: http\n", "manifest-beat-prod.yml": "applications:\n- name: bill-beat\n  no-route: true\n  health-check-type: process\n  command: ./bill beat\n", "manifest-collector.yml": "applications:\n- name: bill-collector\n  command: ./bill collector\n"},
			[]string{".: command /app/bill|api <- manifest-api.yml:3", ".: health  / <- manifest-api.yml:4 convention", "collector: command /app/bill|collector", "beat: command /app/bill|beat"}, []string{".: command /app/bill|collector", ".: command /app/bill|beat"}},
		{"a program of others beside the service", files{"requirements.txt": "", "manifest.yml": "applications:\n- name: shop\n  command: gunicorn shop.wsgi\n", "proxy/manifest.yml": "applications:\n- name: shop-proxy\n  path: forward\n  command: ./caddy run\n  env: {PROXY_PASSWORD: ((password))}\n"},
			[]string{".: command gunicorn|shop.wsgi"}, []string{"caddy", "PROXY_PASSWORD"}},
		{"the same application started differently elsewhere", files{"go.mod": "", "manifest-prod.yml": "applications:\n- name: bill-prod\n  command: ./bill api\n", "manifest-staging.yml": "applications:\n- name: bill-staging\n  command: ./bill api --debug\n"}, []string{".: command /app/bill|api"}, []string{"--debug"}},
		{"applications of one code", files{"requirements.txt": "", "start.sh": "#!/bin/bash\nset -e\npython manage.py migrate\ngunicorn shop.wsgi\n", "manifests/manifest-prod.yml": several, "manifests/manifest-dev.yml": "applications:\n- name: shop\n  command: bash other.sh\n  env: {LOG_LEVEL: debug}\n"}, []string{
			".: command gunicorn|shop.wsgi <- start.sh:4 declared", "migrate: command (release) python|manage.py|migrate <- start.sh:3", "worker: command celery|-A|shop|worker <- manifests/manifest-prod.yml:18 declared", "beat: command celery|-A|shop|beat",
			".: health /ping /ping", ".: env LOG_LEVEL=info", ".: secret API_TOKEN", ".: need redis", ".: need postgres",
		}, []string{"other.sh", "debug", "SITE"}},
		{"directories of their own", files{"web/package.json": "{}", "api/pom.xml": "", "manifest.yml": "applications:\n- name: shop-web\n  path: web\n  command: node a.js --port $PORT\n- name: shop-api\n  path: api/target/api.jar\n- name: ((x))\n  path: nowhere\n"}, []string{
			"web: name shop-web", "web: command node|a.js|--port|8000", "web: port 8000",
		}, []string{"nowhere"}},
		{"routes that a script maps", files{"requirements.txt": "", "app.py": "", "manifest.yml": "defaults: &d\n  no-route: true\n  health-check-type: none\napplications:\n- name: shop-celery\n  <<: *d\n  command: celery -A shop worker\n- name: shop-web\n  <<: *d\n  command: python manage.py migrate && gunicorn shop.wsgi --bind 0.0.0.0:$PORT\n"}, []string{
			".: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000", "migrate: command (release) python|manage.py|migrate", "celery: command celery|-A|shop|worker"}, nil},
		{"a port that the script is given", files{"requirements.txt": "", "app.py": "", "manifest.yml": "applications:\n- name: shop-read\n  no-route: true\n  command: python start.py read 8081\n- name: shop-write\n  no-route: true\n  command: python start.py write 8081\n"}, []string{
			".: command python|start.py|read|8081", ".: port 8081", "write: command python|start.py|write|8081"}, nil},
		{"files of several places", files{"requirements.txt": "", "app.py": "", "manifest.yml": "applications:\n- name: shop\n  command: gunicorn shop\n  env: {SITE: https://shop.example.org, LEVEL: info, API_TOKEN: ((t))}\n",
			"manifest-staging.yml": "applications:\n- name: shop-staging\n  routes: [{route: staging.gov.example.net}]\n  env: {SITE: https://staging.example.org, LEVEL: info, BANNER: red, MAIL_TOKEN: ((t))}\n",
			"manifest-dev.yml":     "applications:\n- name: shop-dev\n  env: {LEVEL: loud, TOY: 1}\n"}, []string{
			".: env LEVEL=info <- manifest.yml:4", ".: env SITE=https://shop.example.org <- manifest.yml:4", ".: [staging] env SITE=https://staging.example.org <- manifest-staging.yml:4", ".: [staging] env BANNER=red", ".: secret API_TOKEN", ".: secret MAIL_TOKEN", ".: [staging] route staging.gov.example.net/",
		}, []string{"loud", "TOY", "[staging] env LEVEL"}},
		{"places in one file", files{"requirements.txt": "", "app.py": "", "manifest.yml": "applications:\n- name: shop-staging\n  command: gunicorn shop\n  env: {SITE: https://staging.example.org}\n- name: shop-production\n  command: gunicorn shop -w 4\n  env: {SITE: https://shop.example.org}\n- name: shop-worker\n  no-route: true\n  command: celery -A shop worker\n"}, []string{
			".: command gunicorn|shop|-w|4", ".: env SITE=https://shop.example.org", ".: [staging] env SITE=https://staging.example.org", "worker: command celery|-A|shop|worker"}, []string{"production:", "staging:", "dev"}},
		{"a manifest that rests on another", files{"go.mod": "", "manifest.yml": "inherit: manifest-base.yml\napplications:\n- name: shop\n  command: shop\n", "manifest-base.yml": "services:\n- shop-postgres\nenv:\n  LEVEL: info\n"}, []string{".: env LEVEL=info <- manifest-base.yml:4", ".: need postgres"}, nil},
		{"what buildpacks are told", files{"go.mod": "", "manifest.yml": "env:\n  GOVERSION: go1.14\napplications:\n- name: shop\n  command: shop\n  env: {GO_INSTALL_PACKAGE_SPEC: ./cmd/shop, LEVEL: info}\n", "api/pom.xml": "", "api/manifest.yml": "applications:\n- name: api\n  env: {JBP_CONFIG_OPEN_JDK_JRE: '{ jre: { version: 17.+ } }'}\n"},
			[]string{".: language go 1.14  <- manifest.yml:2 declared", ".: env LEVEL=info", "api: language java 17"}, []string{"GO_INSTALL", "GOVERSION", "JBP"}},
		{"a page beside the service", files{"go.mod": "", "maintenance/manifest.yml": "applications:\n- name: down\n  command: nginx\n", "maintenance/index.html": ""}, nil, []string{"nginx"}},
		{"something else", files{"package.json": "{}", "manifest.yml": "name: extension\n", "k8s/manifest.yaml": "kind: Service\n"}, nil, []string{"command", "note"}},
	})
}
