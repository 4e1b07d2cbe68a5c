package ops

import (
	"strings"
	"testing"
)

// A repository of one module is called otherwise than the module; what its files are copied from is another file on the machine.
func TestFilesThatComeFromElsewhere(t *testing.T) {
	tree := files{
		"src/rates.json": "{}",
		"@acme-puppet/manifests/shop.pp": `class acme::shop ($config_source, $rules_source = undef, $rates_source = 'acme/shop/rates.json') {
  $code = '/var/www/shop'
  vcsrepo { $code: source => 'https://git.example.org/shop.git' }
  file { '/etc/shop/config.php': content => template($config_source) }
  file { '/etc/shop/rates.json': content => template($rates_source) }
  file { "${code}/config.php": ensure => 'file', source => '/etc/shop/config.php' }
  file { "${code}/keys/public.pem": source => '/data/keys/public.pem' }
  file { "${code}/src/rates.json": source => '/etc/shop/rates.json' }
  file { "${code}/rules.php": ensure => $rules_source ? { undef => 'absent', default => 'file' }, content => template($rules_source) }
  systemd::unit_file { 'shop-worker.service': content => template('acme/shop/worker.service.erb') }
}
`,
		"@acme-puppet/templates/shop/rates.json":         "{\n  \"eur\": 1.0\n}\n",
		"@acme-puppet/templates/shop/worker.service.erb": "[Service]\nWorkingDirectory=<%= @code %>\nExecStart=/usr/bin/php bin/app.php work\n",
	}
	runManaged(t, Puppet(), []readerCase{{name: "files", tree: tree, want: []string{
		"shop-worker/shop-worker: command php|bin/app.php|work <- @acme-puppet/templates/shop/worker.service.erb:3",
		"note /etc/shop/config.php: @acme-puppet/manifests/shop.pp:4 files that others are copied from on the machine",
	}, not: []string{"canary"}}})
	got := map[string]string{}
	for _, f := range read(t, Puppet(), tree).Findings {
		if f.File != nil {
			got[f.File.Path] = strings.TrimSpace(f.File.Text)
			if f.File.Elsewhere {
				got[f.File.Path] = "elsewhere"
			}
		}
	}
	if len(got) != 3 || got["config.php"] != "elsewhere" || got["keys/public.pem"] != "elsewhere" || !strings.Contains(got["src/rates.json"], "eur") {
		t.Errorf("files: %v", got)
	}
}

func TestComposeFilesOfOperations(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{name: "a template of a compose file", tree: files{
		"@ops/shop.yml":                                   "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/defaults/main.yml":               "shop_level: warn\nshop_image: acme/shop\n",
		"@ops/roles/shop/tasks/main.yml":                  "- template: {src: docker-compose.yml.j2, dest: /opt/shop/docker-compose.yml}\n",
		"@ops/roles/shop/templates/docker-compose.yml.j2": "x-base: &base\n  image: {{ shop_image }}\n  environment: {LEVEL: '{{ shop_level }}', API_TOKEN: '{{ vault_shop_token }}'}\nservices:\n  shop:\n    <<: *base\n    command: [\"gunicorn\", \"shop:app\"]\n    ports: ['80:8000']\n  shop-worker:\n    <<: *base\n    command: [\"celery\", \"-A\", \"shop\", \"worker\"]\n  front: {image: 'nginx:1'}\n  redis: {image: 'redis:7'}\n",
	}, want: []string{
		"shop: env LEVEL=warn <- @ops/roles/shop/", "shop: secret API_TOKEN", "shop: command gunicorn|shop:app <- @ops/roles/shop/templates/docker-compose.yml.j2:7", "shop: port 8000 <- @ops/roles/shop/templates/docker-compose.yml.j2:8",
		"shop-worker/shop-worker: command celery|-A|shop|worker <- @ops/roles/shop/templates/docker-compose.yml.j2:11", "redis: need redis7", "note front: @ops/roles/shop/tasks/main.yml:1 containers beside the service: the gateway and the cluster do what they do: front",
	}}, {name: "no compose file", tree: files{
		"@ops/shop.yml":                  "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml": "- copy: {content: 'services: [', dest: /opt/shop/docker-compose.yml}\n- copy: {content: 'services: 3', dest: /opt/shop/compose.yaml}\n",
	}}})
}

func TestScriptsOfJobs(t *testing.T) {
	tree := files{
		"@ops/shop.yml":                     "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/defaults/main.yml": "shop_dir: /srv/shop\n",
		"@ops/roles/shop/tasks/main.yml": "- git: {repo: 'https://git.example.org/shop.git', dest: '{{ shop_dir }}'}\n- template: {src: '{{ item }}.j2', dest: '/usr/local/bin/{{ item }}'}\n  loop: [shop-report, shop-tidy, shop-push, shop-odd]\n- copy: {src: daily, dest: /etc/cron.daily/shop-daily}\n" +
			"- cron: {name: report, hour: 3, minute: 0, job: '/usr/local/bin/shop-report --all > /dev/null 2>&1'}\n- cron: {name: tidy, hour: 4, minute: 0, job: /usr/local/bin/shop-tidy}\n- cron: {name: push, hour: 5, minute: 0, job: 'bash /usr/local/bin/shop-push'}\n- cron: {name: odd, hour: 6, minute: 0, job: /usr/local/bin/shop-odd}\n",
		"@ops/roles/shop/templates/shop-report.j2": "#!/bin/bash\nset -e\ncd {{ shop_dir }}\nenv/bin/python manage.py report > {{ shop_dir }}/out\ncurl -T out https://files.example.org/{{ shop_dir }}-x\n",
		"@ops/roles/shop/templates/shop-tidy.j2":   "#!/bin/sh\nfind {{ shop_dir }}/tmp -mtime +3 -delete\n",
		"@ops/roles/shop/templates/shop-push.j2":   "#!/bin/sh\ncurl -u shop:canary-pass --password={{ vault_password }} -T {{ shop_dir }}/x https://a.example.org\n",
		"@ops/roles/shop/templates/shop-odd.j2":    "#!/usr/bin/perl\nsystem('curl /srv/shop/x');\n",
		"@ops/roles/shop/files/daily":              "#!/bin/sh\ncd /srv/shop && php bin/daily.php && curl http://x.example.org\n",
	}
	runManaged(t, Ansible(), []readerCase{{name: "scripts", tree: tree, want: []string{
		"report/report: schedule 0 3 * * *; command bash|/usr/local/bin/shop-report|--all <- @ops/roles/shop/tasks/main.yml:5", "shop/shop-daily: schedule 0 0 * * *; command sh|/etc/cron.daily/shop-daily",
		"note tidy: @ops/roles/shop/tasks/main.yml:6 scheduled jobs that run a program of the old machine", "note push: ", "note odd: ",
	}, not: []string{"canary", "command sh|/usr/local/bin/shop-tidy", "shop-push|"}}})
	texts := map[string]string{}
	for _, f := range read(t, Ansible(), tree).Findings {
		if f.File != nil {
			texts[f.File.Path] = f.File.Text
		}
	}
	if got := texts["/usr/local/bin/shop-report"]; !strings.Contains(got, "cd .\n") || !strings.Contains(got, "report > ./out") || !strings.Contains(got, "/srv/shop-x") || len(texts) != 2 {
		t.Errorf("%d files, %q", len(texts), got)
	}
}

// Whatever stands in a file that operations write: a unit, a compose file, a script, a site, settings.
func FuzzWrittenFiles(f *testing.F) {
	for _, text := range []string{
		"[Service]\nType=oneshot\nEnvironment=QUEUE=%i\nExecStart=/usr/bin/php bin/app.php work %I\nExecStart=/usr/bin/memcached -s /run/x.sock\n",
		"services:\n  shop: &a {image: acme/shop, command: [php, x], environment: [A=b], ports: ['80:8000']}\n  worker: {<<: *a}\n  nginx: {image: nginx}\n",
		"#!/bin/bash\ncd /srv/shop/current && php bin/daily.php > /srv/shop/log\n", "DB_PASSWORD = 'x'\nEMAIL_HOST = 'localhost'\nENGINE = 'mysql'\nHOST = 'db1'\n",
		"server { server_name a.org b.org; location = /x { alias /srv/shop/x; default_type text/plain; } location / { return 301 https://c.org/d$request_uri; } if ($http_user_agent ~* (a|b)) { return 403; } }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := files{
			"manage.py": "", "pyproject.toml": text,
			"@ops/shop.yml": "- hosts: shop\n  roles: [shop, geerlingguy.nginx]\n",
			"@ops/roles/shop/tasks/main.yml": "- git: {repo: 'https://git.example.org/shop.git', dest: /srv/shop}\n- copy: {src: text, dest: '{{ item }}'}\n  loop: [/etc/systemd/system/shop@.service, /srv/shop/docker-compose.yml, /etc/cron.daily/shop, /etc/nginx/sites-enabled/shop, /srv/shop/local.py, /srv/shop/keys.pem]\n" +
				"- service: {name: 'shop@a b', state: started}\n- service: {name: 'shop@mail', state: started}\n- cron: {name: x, hour: 3, minute: 1, job: /etc/cron.daily/shop}\n- command: uv sync --group prod --extra mail\n",
			"@ops/roles/shop/files/text": text,
		}
		checkManaged(t, read(t, Ansible(), tree))
	})
}
