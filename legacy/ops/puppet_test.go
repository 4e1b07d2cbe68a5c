package ops

import (
	"fmt"
	"strings"
	"testing"
)

// shopModule is a company's own kind of application, as many have one.
const shopModule = `
# What an application is.
define acme::app (
  $port,
  $command = undef,
  $vhost = $title,
  Optional[Array[String]] $aliases = [],
  $health_check_path = 'NOTSET',
) {
  $domain = hiera('app_domain')
  acme::app::envvar { "${title}-PORT": app => $title, varname => 'PORT', value => "${port}" }
  file { "/var/log/${title}": ensure => directory }
  file { "/etc/init/${title}.conf": content => template('acme/upstart.conf.erb') }
  nginx::vhost { $vhost: vhost => $vhost, domain => $domain, read_timeout => 15 }
  @@icinga::check { "check_${title}_${::hostname}": check_command => "check_app!${port}" }
}

define acme::app::envvar ($app, $value, $varname = $title) {
  $escaped = inline_template('<%= CGI.escape(@value.to_s) %>')
  file { "/etc/acme/${app}/env.d/${varname}": content => $escaped }
}
`

const shopClass = `
class acme::apps::shop (
  $port = 3000,
  $db_host = undef, $db_password = undef,
  $level = 'info',
  $workers = undef,
) inherits acme::base {
  acme::app { 'shop': port => $port, health_check_path => '/ready' }
  Acme::App::Envvar { app => 'shop' }
  acme::app::envvar {
    'LEVEL': value => $level;
    "shop-DATABASE_URL":
      varname => 'DATABASE_URL',
      value   => "postgres://shop:${db_password}@${db_host}/shop_production",
  }
  if $db_password != undef {
    acme::app::envvar { 'DB_PASSWORD': value => $db_password }
  }
  unless $workers == undef { acme::app::envvar { 'WORKERS': value => $workers } }
  $api_token = 'canary-in-a-variable'
  acme::app::envvar { 'API_TOKEN': value => $api_token }
}
`

const shopData = `
app_domain: shops.example.net
acme::apps::shop::port: 3016
acme::apps::shop::db_host: db-1.shops.example.net
acme::apps::shop::db_password: canary-plain
acme::apps::shop::workers: "%{hiera('workers')}"
acme::apps::shop::old_setting: 1
workers: 4
`

func shop(more files) files {
	tree := files{
		"modules/acme/manifests/app.pp": shopModule, "modules/acme/manifests/apps/shop.pp": shopClass, "hieradata/common.yaml": shopData,
		"modules/acme/templates/upstart.conf.erb": "description \"<%= @title %>\"\nexec app_setenv <%= @title %> spinup\n", "modules/acme/files/app_setenv": "#!/bin/sh\n",
		"hieradata/production.yaml": "acme::apps::shop::level: warn\n", "hieradata/staging.yaml": "acme::apps::shop::level: debug\nacme::apps::shop::db_host: db-2.shops.example.net\n",
		"hieradata/vagrant.yaml": "acme::apps::shop::port: 1234\n",
		"hiera.yaml":             "---\n:hierarchy:\n  - '%{::environment}'\n  - common\n",
	}
	for name, text := range more {
		tree[name] = text
	}
	return tree
}

func TestPuppet(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{
		{"a company's own application", shop(nil), []string{
			"shop: port 3016 <- hieradata/common.yaml:3",
			"shop: health  /ready <- modules/acme/manifests/apps/shop.pp:8",
			"shop in production: env LEVEL=warn <- hieradata/production.yaml:1",
			"shop in staging: env LEVEL=debug <- hieradata/staging.yaml:1",
			"shop: need postgres |db-1.shops.example.net|shop_production|shop:5432 <- modules/acme/manifests/apps/shop.pp:14",
			"shop: need postgres |db-2.shops.example.net|shop_production|shop:5432 <- modules/acme/manifests/apps/shop.pp:14",
			"shop: secret DATABASE_URL <- modules/acme/manifests/apps/shop.pp:14",
			"shop: secret DB_PASSWORD <- hieradata/common.yaml:5",
			"shop: secret API_TOKEN <- modules/acme/manifests/apps/shop.pp:20",
			"shop: env WORKERS=4 <- hieradata/common.yaml:6",
			"shop: route shop.shops.example.net <-",
			`shop: name check_shop; check icinga "check_shop": script <- modules/acme/manifests/app.pp:15`,
			"note /etc/init/shop.conf: modules/acme/manifests/app.pp:13 files that start a process; what they run is not understood: /etc/init/shop.conf (modules/acme/templates/upstart.conf.erb)",
			"note shop: hieradata/common.yaml:7 data for class acme::apps::shop, which has no such setting: old_setting",
		}, []string{"1234", "info", "app_setenv"}},
		{"a template of settings, and the host of each environment", files{
			"modules/shop/manifests/init.pp":        "class shop ($level = 'info', $db_host = undef, $db_password = undef, $vhost = undef) { file { '/etc/default/shop': content => template('shop/default.erb') } nginx::resource::server { $vhost: proxy => 'http://127.0.0.1:8000' } }",
			"modules/shop/templates/default.erb":    "NAME=shop\nLEVEL=<%= @level %>\nDATABASE_URL=postgresql://shop:<%= @db_password %>@<%= @db_host %>:5432/shop\n",
			"hieradata/common.yaml":                 "shop::vhost: shop.shops.example.net\nshop::level: warn\n",
			"hieradata/environment/production.yaml": "shop::db_host: db-1.shops.example.net\n",
			"hieradata/environment/staging.yaml":    "shop::vhost: shop-test.shops.example.net\nshop::level: debug\nshop::db_host: db-2.shops.example.net\n",
		}, []string{
			"/etc/default/shop: env LEVEL=warn <- modules/shop/templates/default.erb:2", "/etc/default/shop in staging: env LEVEL=debug <- modules/shop/templates/default.erb:2",
			"/etc/default/shop: need postgres |db-1.shops.example.net|shop|shop:5432 <- modules/shop/templates/default.erb:3", "/etc/default/shop: need postgres |db-2.shops.example.net|shop|shop:5432 <- modules/shop/templates/default.erb:3",
			"shop: route shop.shops.example.net <- hieradata/common.yaml:1", "shop in staging: route shop-test.shops.example.net <- hieradata/environment/staging.yaml:1",
		}, []string{"in staging: env NAME", "shop: route shop-test"}},
		{"jobs, packages, files, state", files{"manifests/site.pp": `
node 'shop1.example.net' { include shop }
class shop {
  package { ['imagemagick', 'nginx']: ensure => installed }
  package { 'bundler': provider => gem }
  file { '/var/lib/shop/uploads': ensure => directory; '/etc/shop/shop.yml': content => template('shop/shop.yml.erb') }
  file { '/etc/default/shop': content => "LEVEL=warn\nSECRET_KEY=canary\n# a comment\n" }
  cron { 'shop_report': command => 'cd /srv/shop && bundle exec rake report', hour => [3, 15], minute => 5, user => 'shop' }
  cron { 'shop_gone': ensure => absent, command => 'bundle exec rake gone', minute => 1 }
  cron { 'shop_sync': command => 'rsync -a --password-file=/x /a /b', minute => 1 }
  exec { 'shop-migrate': command => 'bundle exec rake db:migrate', cwd => '/srv/shop' }
  user { 'shop': ensure => present, password => 'canary' }
  service { 'shop': ensure => running }
  mount { '/mnt/shop/media': device => 'nfs1:/media', fstype => nfs }
  postgresql::server::db { 'shop': user => 'shop', password => 'canary' }
  rabbitmq_user { 'shop': password => "canary" }
}`}, []string{
			"imagemagick: runtime imagemagick <- manifests/site.pp:4", "/var/lib/shop/uploads: state /var/lib/shop/uploads <- manifests/site.pp:6", "/etc/default/shop: env LEVEL=warn <-", "/etc/default/shop: secret SECRET_KEY <-",
			"shop_report/shop-report: schedule 5 3,15 * * *; command bundle|exec|rake|report <- manifests/site.pp:8", "shop-migrate/migrate: command (release) bundle|exec|rake|db:migrate <- manifests/site.pp:11",
			"/mnt/shop/media: state /mnt/shop/media", "shop: need postgres ||shop|shop:0", "shop: need rabbitmq",
			"note shop_gone: manifests/site.pp:9 scheduled jobs that are switched off, not taken over: shop_gone",
			"note shop_sync: manifests/site.pp:10 scheduled jobs that run a program of the old machine", "note nginx: manifests/site.pp:4 packages for the work of the machine itself", "note shop: manifests/site.pp:12 user (account", "note shop: manifests/site.pp:13 service (unit",
			"note /etc/shop/shop.yml: manifests/site.pp:6 files that are put on the machine",
		}, []string{"rake gone", "rake|gone"}},
		{"modules of others", files{"manifests/shop.pp": `
docker::run { 'shop': image => 'acme/shop:1', command => 'gunicorn shop.wsgi', ports => ['80:8000'], env => ['LEVEL=warn', 'API_TOKEN=canary', 'REDIS_URL=redis://cache.example.net:6379/0'], volumes => ['/srv/shop/uploads:/app/uploads', '/etc/localtime:/etc/localtime'] }
nginx::resource::server { 'shop.example.net': server_name => ['shop.example.net', 'www.shop.example.net'], proxy => 'http://localhost:8000' }
apache::vhost { 'admin': servername => 'admin.example.net', docroot => '/srv/shop-admin/public', serveraliases => ['admin.vagrant.example.net'] }
supervisor::program { 'shop-worker': command => '/srv/shop/venv/bin/celery -A shop worker', directory => '/srv/shop', environment => 'LEVEL="warn",QUEUE=fast' }
`}, []string{
			"shop: port 8000 <- manifests/shop.pp:2", "shop: command gunicorn|shop.wsgi <-", "shop: env LEVEL=warn", "shop: secret API_TOKEN", "shop: need redis |cache.example.net||", "shop: state /app/uploads",
			"shop.example.net: route shop.example.net <-", "shop.example.net: route www.shop.example.net", "shop.example.net: port 8000 <- manifests/shop.pp:3", "admin: route admin.example.net",
			"shop-worker/worker: command celery|-A|shop|worker <- manifests/shop.pp:5", "shop-worker/worker: env QUEUE=fast",
		}, []string{"vagrant", "localtime"}},
		{"data alone, version 5 and eyaml", files{"hiera.yaml": "version: 5\ndefaults: {datadir: data}\nhierarchy:\n- {name: env, path: 'env/%{environment}.yaml'}\n- {name: common, path: common.yaml}\n",
			"data/common.yaml": "profile::shop::port: 8080\nprofile::shop::env:\n  LEVEL: info\n  DSN: ENC[PKCS7,canary]\n  DB_URL: mysql://u:canary@db.example.net/shop\n", "data/env/prod.eyaml": "profile::shop::env: {LEVEL: warn}\n"}, []string{
			"shop: port 8080 <- data/common.yaml:1", "shop in production: env LEVEL=warn <- data/env/prod.eyaml:1", "shop: secret DSN <- data/common.yaml:4", "shop: secret DB_URL <-", "shop: need mysql |db.example.net|shop|u:3306",
		}, nil},
		{"broken", files{"a.pp": "class shop { file { 'x': ensure => } ) ] service { 'shop': ", "hieradata/common.yaml": "a: [\n  password: canary\n b: }", "b.pp": "<% if %> class ( {", "c.pp": "class c { $x = @(END)\n never ends"}, []string{
			"note : a.pp:1 not understood as a manifest from here on", "note : hieradata/common.yaml:0 not understood as YAML",
		}, nil},
		{"circles", files{"a.pp": "define a { b { $title: } }\ndefine b { a { $title: } }\na { 'x': }\nclass p inherits q { include q }\nclass q inherits p { include p\n $v = $q::w\n $w = $q::v }", "hieradata/common.yaml": "x: \"%{hiera('y')}\"\ny: \"%{hiera('x')}\"\nq::z: \"%{hiera('x')}\"\n"}, nil, nil},
	})
}

func TestPuppetExpressions(t *testing.T) {
	for source, want := range map[string]string{
		`"a${b}c"`: "aBc", `'a${b}c'`: "a${b}c", `"${b} and ${ b }"`: "B and B", `"${list[1]}"`: "two", `"${hash['k']}"`: "v", `"\${b} \"q\""`: `${b} "q"`,
		`$b ? { 'B' => 'yes', default => 'no' }`: "yes", `$none ? { undef => 'u', default => 'd' }`: "u", `$b ? { /^b$/ => 'low', /^B$/ => 'up' }`: "up", `$::fact ? { 'x' => 'y' }`: "${value}",
		`join($list, ',')`: "one,two", `upcase("x-${b}")`: "X-B", `regsubst('a.b.c', '\.', '_', 'G')`: "a_b_c", `pick($none, 'p')`: "p", `sprintf('%s-%d', $b, 3)`: "B-3", `$list.join('+')`: "one+two",
		`$hash['k'] == 'v'`: "true", `!('x' in ['x'])`: "false", `$b =~ /B/ and true`: "true", `1 + 2`: "3", `$::fact == 'x'`: "${condition}", `$::fact == undef`: "false", `merge({'a' => '1'}, {'a' => '2'})['a']`: "${list}", `"${::fact}:80"`: "${fact}:80",
		`template('x/y.erb')`: "${template}", `inline_template('<%= @b %>')`: "B", `strange($b)`: "${strange}", `"${api_token}"`: "${api_token}", `@("END"/L)` + "\n  text ${b}\n  | END\n": "  text B\n", "@(END)\nraw ${b}\nEND\n": "raw ${b}\n",
	} {
		block, _ := parsePuppet("$x = " + source)
		run := newPuppetRun(&puppetWorld{data: &hiera{}}, "production")
		scope := &puppetScope{vars: map[string]managedValue{
			"b": textValue("B", "f", 1), "none": {kind: valueUndef}, "list": {kind: valueList, list: []managedValue{textValue("one", "f", 1), textValue("two", "f", 1)}},
			"hash": {kind: valueHash, keys: []string{"k"}, hash: map[string]managedValue{"k": textValue("v", "f", 1)}}, "api_token": secretValue("api_token", "f", 1),
		}, file: "f"}
		run.block(block, scope)
		got := scope.vars["x"]
		if got.kind == valueHash {
			got.text = "${list}"
		}
		if got.text != want && want != "${list}" {
			t.Errorf("%s: got %q (%d), want %q", source, got.text, got.kind, want)
		}
	}
}

func TestPuppetBranches(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"if $known { r { 'a': } } elsif true { r { 'b': } } else { r { 'c': } }", "a"},
		{"if $::fact { r { 'a': } } else { r { 'b': } }", "a? b?"},
		{"if ! $known { r { 'a': } } else { r { 'b': } }", "b"},
		{"unless $known { r { 'a': } }", ""},
		{"case 'x' { 'a', 'x': { r { 'a': } } default: { r { 'b': } } }", "a"},
		{"case 'y' { 'a', 'x': { r { 'a': } } default: { r { 'b': } } }", "b"},
		{"case $::fact { 'a': { r { 'a': } } 'b': { r { 'b': } } default: { r { 'c': } } }", "a? b? c?"},
		{"case $::osfamily { 'RedHat': { r { 'a': } } 'Debian': { r { 'b': } } }", "b"},
		{"['a', 'b'].each |$i, $x| { r { \"${x}${i}\": } }", "a0 b1"},
		{"each({'k' => 'v'}) |$k, $v| { r { \"${k}-${v}\": } }", "k-v"},
		{"create_resources('r', {'a' => {'x' => 1}, 'b' => {}}, {'y' => 2})", "a b"},
		{"r { ['a', 'b']: ; 'c': x => 1 } -> r { 'd': }\nR <| title == 'a' |> { x => 2 }\nR['a'] { y => 1 }\n@@r { 'e': }", "a b c d e"},
		{"$args = {'x' => 1}\nr { 'a': * => $args }", "a"},
		{"ensure_resource('r', 'a', {'x' => 1})", "a"},
	} {
		block, broken := parsePuppet(c.body)
		if broken > 0 {
			t.Errorf("%s: not understood in line %d", c.body, broken)
		}
		run := newPuppetRun(&puppetWorld{data: &hiera{}}, "production")
		run.block(block, &puppetScope{vars: map[string]managedValue{"known": switchValue(true)}, file: "f"})
		var got []string
		for _, m := range run.found {
			got = append(got, m.title+map[bool]string{true: "?"}[m.maybe])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.body, got, c.want)
		}
	}
}

func TestHieraPutsMachinesTogether(t *testing.T) {
	r := read(t, Puppet(), files{
		"manifests/init.pp":         "class shop { create_resources('shop::job', hiera_hash('jobs')) }\ndefine shop::job($cmd, $minute, $ensure = present) { cron { \"shop_${name}\": ensure => $ensure, command => \"bundle exec ${cmd}\", minute => $minute } }",
		"hieradata/common.yaml":     "jobs:\n  a: {cmd: rake a, minute: 1, ensure: absent}\n  b: {cmd: rake b, minute: 2, ensure: absent}\n",
		"hieradata/nodes/one.yaml":  "jobs:\n  a: {ensure: present}\n",
		"hieradata/nodes/zwei.yaml": "jobs:\n  a: {ensure: absent}\n",
	})
	if all := strings.Join(told(r), "\n"); !strings.Contains(all, "schedule 1 * * * *; command bundle|exec|rake|a <- hieradata/common.yaml:2") || strings.Contains(all, "rake|b") {
		t.Errorf("told:\n%s", all)
	}
}

func TestValuesThatDouble(t *testing.T) {
	puppet, chef := "$s = 'xx'\n$l = ['x']\n$h = {'k' => 'x'}\n", "s = 'xx'\nl = ['x']\nh = {'k' => 'x'}\n"
	for range 60 {
		puppet += "$s = \"${s}${s}\"\n$l = [$l, $l]\n$m = $m + $l + $l\n$h = {'a' => $h, 'b' => $h}\n$n = concat($l, $l)\n"
		chef += "s = \"#{s}#{s}\"\nl = [l, l]\nm = l + l\nh = {'a' => h, 'b' => h}\ndefault['x']['y'] = h\n"
	}
	puppet += "define d { d { \"a${title}\": } d { \"b${title}\": } }\nd { $s: v => $l, w => $h }\n"
	chef += "package l do\n v l\n w h\nend\n"
	checkManaged(t, read(t, Puppet(), files{"a.pp": puppet}))
	checkManaged(t, read(t, Chef(), files{"cookbooks/a/recipes/a.rb": chef, "cookbooks/a/attributes/default.rb": chef}))
}

func FuzzPuppet(f *testing.F) {
	f.Add(shopModule+shopClass, shopData, "exec <%= @title %>\n")
	f.Add("case $x { /a/: { r { \"${y[1]}${z.a(1)}\": * => {a=>1} } } }\n$x=@(E)\nE\n[1].each |$a| { include $a }", "a::b: \"%{hiera('a::b')}%{x}\"\n", "<%- if -%>")
	f.Fuzz(func(t *testing.T, manifest, data, template string) {
		checkManaged(t, read(t, Puppet(), files{"modules/acme/manifests/init.pp": manifest, "modules/acme/templates/upstart.conf.erb": template, "hieradata/common.yaml": data, "hieradata/staging.yaml": data,
			"hiera.yaml": data, "modules/acme/manifests/app.pp": shopModule}))
	})
}

func FuzzPuppetKeepsSecrets(f *testing.F) {
	f.Add("shop", "postgres://u:%s@h/db")
	f.Fuzz(func(t *testing.T, name, text string) {
		if strings.Contains(name+text, "hunter2") {
			return
		}
		manifest := fmt.Sprintf("class shop($db_password = 'hunter2-canary') {\n envvar { 'DB_PASSWORD': value => \"%s${db_password}\" }\n x { 'y': api_key => 'hunter2-canary', env => ['A_TOKEN=hunter2-canary', %q] } }", strings.ReplaceAll(text, "%", "%%"), name)
		r := read(t, Puppet(), files{"a.pp": manifest, "hieradata/common.yaml": "shop::api_token: hunter2-canary\nshop::url: \"amqp://u:hunter2-canary@h\"\nshop::x: ENC[GPG,hunter2-canary]\n"})
		if strings.Contains(fmt.Sprintf("%+v", r), "hunter2-canary") {
			t.Fatalf("%s", strings.Join(told(r), "\n"))
		}
	})
}
