package ops

import "testing"

var shopStates = files{
	"@ops/pillar/top.sls":           "base:\n  '*':\n    - shop\n  'web-staging*':\n    - shop.staged\n",
	"@ops/pillar/shop/init.sls":     "shop:\n  port: 8150\n  host: shop.corp-example.net\n  level: info\n  db_host: db1.corp.example.net\n  password: canary-in-a-pillar\n  unheard: of\nshop-unheard: x\n",
	"@ops/pillar/shop/staged.sls":   "shop:\n  level: debug\n",
	"@ops/pillar/dev/secrets/x.sls": "shop-secrets:\n  cookie: canary\n",
	"@ops/pillar/sealed.sls":        "#!yaml|gpg\nx: |\n  -----BEGIN PGP MESSAGE-----\n  canary\n",
	"@ops/salt/top.sls":             "base:\n  '*': [shop]\n",
	"@ops/salt/shop/map.jinja":      "{% set map = {'home': '/srv/shop', 'user': 'shop'} %}\n",
	"@ops/salt/shop/init.sls": `{% from "shop/map.jinja" import map with context %}
{% set config = pillar['shop'] %}
include:
  - nginx

shop-deps:
  pkg.installed:
    - pkgs:
      - imagemagick
      - git: 1.2

{{ map.home }}/data/uploads:
  file.directory:
    - user: {{ map.user }}

shop-unit:
  file.managed:
    - name: /etc/systemd/system/shop.service
    - source: salt://shop/files/shop.service.jinja
    - template: jinja
    - context:
        port: {{ config['port'] }}

{{ map.home }}/.env:
  file.managed:
    - contents: |
        LEVEL={{ config.get('level', 'warn') }}
        SECRET_KEY={{ config.password }}
        COOKIE={{ pillar['shop-secrets']['cookie'] }}
        DATABASE_URL=postgres://shop:{{ config['password'] }}@{{ salt['pillar.get']('shop:db_host') }}/shop

/etc/nginx/sites.d/shop.conf:
  file.managed:
    - contents: "server_name {{ config.host }};"

sitemap:
  cron.present:
    - name: cd {{ map.home }} && env/bin/python manage.py sitemap
    - hour: 3
    - minute: 5

{% for queue in ['mail', 'index'] %}
shop-{{ queue }}:
  postgres_database.present:
    - name: shop_{{ queue }}
{% endfor %}

migrate:
  cmd.run:
    - name: env/bin/python manage.py migrate && touch done
    - cwd: {{ map.home }}
    - env:
      - MODE: fast

old: {pkg: [purged]}
shop:
  user:
    - present
  service.running: []
`,
	"@ops/salt/shop/files/shop.service.jinja": "# unit\n[Service]\nExecStart=/srv/shop/env/bin/gunicorn shop.wsgi --bind :{{ port }}\n",
}

func TestSalt(t *testing.T) {
	runManaged(t, Salt(), []readerCase{
		{name: "states with the pillar", tree: shopStates, want: []string{
			"imagemagick: runtime imagemagick", "shop: state /srv/shop/data/uploads <- @ops/salt/shop/init.sls:13",
			"shop: command gunicorn|shop.wsgi|--bind|:8150 <- @ops/salt/shop/files/shop.service.jinja:3",
			"shop: env LEVEL=info", "shop in staging: env LEVEL=debug", "shop: secret SECRET_KEY", "shop: secret COOKIE",
			"shop: route shop.corp-example.net", "sitemap/sitemap: schedule 5 3 * * *; command python|manage.py|sitemap",
			"shop_mail: need postgres", "migrate: env MODE=fast", "migrate/migrate: ",
			"note shop: @ops/salt/shop/init.sls",
			"note shop: @ops/pillar/shop/init.sls:8 data of the pillar that is not taken over: shop-unheard",
		}, not: []string{"purged"}},
		{name: "a socket of the machine, and what steers it", tree: files{
			"@ops/salt/shop.sls": "/etc/systemd/system/shop.service:\n  file.managed:\n    - contents: |\n        [Service]\n        ExecStart=/srv/shop/env/bin/gunicorn shop.wsgi --bind unix:///run/shop.sock --pid /run/shop.pid\n  cmd.run:\n    - name: systemctl daemon-reload\n",
		}, want: []string{"shop: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000", "note /etc/systemd/system/shop.service: @ops/salt/shop.sls:6 commands that start or stop what runs on the machine: the Deployment does that"}},
		{name: "disks", tree: files{"@ops/salt/shop.sls": "/var/lib/shop:\n  mount.mounted:\n    - device: nfs:/x\n/var/lib/pg_data:\n  mount.mounted:\n    - device: /dev/x\n"},
			want: []string{"/var/lib/shop: state /var/lib/shop", "note /var/lib/pg_data: @ops/salt/shop.sls:5 disks of a database: what is on them moves with it: /var/lib/pg_data"}, not: []string{"state /var/lib/pg"}},
		{name: "anchors of a part that is not there, and of one that is", tree: files{
			"@ops/pillar/base/shop.sls": "{% include 'nets.sls' %}\n\nshop:\n  net: *inner_net\n  level: info\n",
			"@ops/pillar/prod/nets.sls": "inner: &inner_net 10.1.0.0/16\n",
			"@ops/pillar/base/till.sls": "till:\n  net: *outer_net\n",
			"@ops/salt/shop.sls":        "/etc/default/shop:\n  file.managed:\n    - contents: |\n        LEVEL={{ pillar['shop']['level'] }}\n        NET={{ pillar['shop']['net'] }}\n",
		}, want: []string{"shop: env LEVEL=info", "shop: env NET=10.1.0.0/16"}, not: []string{"not understood"}},
		{name: "circles", tree: files{
			"@ops/salt/a.sls":   "{% from 'b.jinja' import x %}\n{% import 'a.sls' as a %}\n{{ x }}:\n  pkg.installed\n",
			"@ops/salt/b.jinja": "{% from 'b.jinja' import x %}{% set x = y %}{% macro z() %}{{ z() }}{% endmacro %}",
		}},
	})
}

func FuzzSalt(f *testing.F) {
	for _, text := range shopStates {
		f.Add(text, shopStates["@ops/pillar/shop/init.sls"])
	}
	f.Fuzz(func(t *testing.T, states, pillar string) {
		checkManaged(t, read(t, Salt(), files{"@ops/salt/shop/init.sls": states, "@ops/pillar/shop.sls": pillar, "@ops/pillar/top.sls": pillar, "@ops/salt/shop/map.jinja": states, "@ops/salt/shop/files/shop.service.jinja": states}))
	})
}
