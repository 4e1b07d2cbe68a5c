package lang

import "testing"

func TestPerl(t *testing.T) {
	runCases(t, Perl(), []readerCase{
		{"CGI without a suffix below what the web server is given", files{"httpd/cgi-bin/check": "#!/usr/bin/perl -T\nuse CGI;\n", "httpd/cgi-bin/count": "#!/bin/sh\n", "misc/tidy": "#!/usr/bin/perl\n"}, []string{".: language perl <- httpd/cgi-bin/check:1", ".: framework cgi", ".: command plackup -s Starman -E deployment --port 5000 -MPlack::App::CGIBin -e Plack::App::CGIBin->new(root => 'httpd/cgi-bin'"}, []string{"httpd: ", "count"}},
		{"a program that is CGI where a web server calls it", files{"Makefile.PL": "WriteMakefile(PREREQ_PM => { CGI => 0 });\n", "bin/checkshop": "#!/usr/bin/perl\nmy $cmdline = !$ENV{GATEWAY_INTERFACE};\n  require CGI;\n", "bin/other": "#!/usr/bin/perl\nuse CGI;\n"}, []string{".: language perl", ".: framework cgi <- bin/checkshop:3"}, []string{"bin/other"}},
		{"CGI in another language", files{"public/dispatch.cgi": "#!/usr/bin/ruby\nrequire 'x'\n", "lib/Shop.pm": "package Shop;\n"}, nil, []string{"public: "}},
		{"catalyst by psgi", files{
			"cpanfile": "requires 'perl', '5.020001';\nrequires 'Catalyst', '5.9';\nrequires \"DBD::Pg\";\n# requires 'DBD::mysql';\non test => sub {\n  requires 'Redis';\n};\nrequires 'Cache::Memcached';\ntest_requires 'MongoDB';\n", "cpanfile.snapshot": "", "app.psgi": "", "static-app.psgi": "",
			"lib/Shop.pm": "package Shop;\nuse Catalyst;\nmy $h = $ENV{SHOP_LEVEL} || 'info'; my $s = $ENV{SHOP_SECRET_KEY};\n=head1 X\n\ndbi:Pg:dbname=doc;host=doc.corp.example\n\n=cut\n", "lib/Shop/Controller/Root.pm": "sub healthcheck : Local : Args(0) {\n}",
			"shop.yml": "Model::DB:\n  connect_info:\n    dsn: dbi:Pg:dbname=shop;host=db01.corp.example;port=5433\nstock_api_url: http://stock.corp.example:8080/v1\n",
		}, []string{
			".: language perl <- app.psgi:1", ".: version 5.20 <- cpanfile:1 convention", ".: framework catalyst <- cpanfile:2", ".: build carton cpanfile cpanfile.snapshot", ".: packages libpq-dev | libpq5", ".: command starman --listen 0.0.0.0:5000 -E deployment app.psgi <- app.psgi:1 convention", ".: port 5000 <- app.psgi:1 convention",
			".: need postgres host=db01.corp.example db=shop:5433 <- shop.yml:3", ".: need memcached:11211 <- cpanfile:8 guess", ".: need http name=stock host=stock.corp.example:8080", ".: env SHOP_LEVEL=info <- lib/Shop.pm:3", ".: secret SHOP_SECRET_KEY", ".: health |/healthcheck <- lib/Shop/Controller/Root.pm:1",
		}, []string{"redis", "mongodb", "mysql", "doc.corp", "static"}},
		{"mojolicious with minion", files{"cpanfile": "requires 'Mojolicious';\nrequires 'Minion';\n", "script/shop": "#!/usr/bin/env perl\nuse Mojolicious::Commands;\n", "lib/Shop.pm": "my $pg = Mojo::Pg->new('postgresql://shop:pw@db01.corp.example/shop');\n$r->get('/healthz');\n", "shop.conf": "{ hypnotoad => {listen => ['http://*:8081']} }"},
			[]string{".: framework mojolicious", ".: command perl script/shop prefork -m production -l http://*:8081 <- script/shop:2", ".: port 8081 <- shop.conf:1 declared", "worker: command perl script/shop minion worker -m production", ".: need postgres host=db01.corp.example db=shop user=shop:5432", ".: health /healthz|", "note lib/Shop.pm:1"}, []string{":pw@"}},
		{"a module that starts mojolicious for a script", files{"cpanfile": "requires 'Mojolicious';\nrequires 'Mojolicious::Commands';\n", "script/shop": "#!/usr/bin/env perl\nuse Shop::Web;\nShop::Web::run;\n", "lib/Shop/Web.pm": "package Shop::Web;\nuse Mojo::Base 'Mojolicious';\nsub run { Mojolicious::Commands->start_app('Shop::Web') }\n"}, []string{".: framework mojolicious", ".: command perl script/shop prefork"}, []string{"perl cpanfile"}},
		{"a server of the team's own, a list kept apart", files{"etc/cpanfile": "requires 'Plack';\nrequires 'Minion';\nrequires 'Email::Sender::Simple';\n", "app.psgi": "use v5.26;\n", "lib/Shop.pm": "package Shop;\n", "bin/jobs.pl": "use Mojolicious::Commands;\n",
			"docker/start.sh": "#!/bin/bash\n# plackup -r app.psgi\nexec chpst -u shop \\\n  start_server --port 5080 -- \\\n  plackup -Ilib --server Starlet \\\n  --max-workers ${WORKERS:-10} app.psgi\n"}, []string{
			".: command plackup --port 5080 -Ilib --server Starlet --max-workers 10 app.psgi <- docker/start.sh:5 declared", ".: port 5080 <- docker/start.sh:5", ".: version 5.26 <- app.psgi:1 convention", "worker: command perl bin/jobs.pl minion worker", ".: need smtp"}, []string{"etc:", "starman"}},
		{"settings with secrets", files{"cpanfile": "requires 'Catalyst';\nrequires 'DBD::Pg';\n", "app.psgi": "", "shop.conf": "# a comment\nname Shop\n<smtp>\n  host  mail.corp.example\n  port  465\n  password  s3kr1t\n</smtp>\n<controller Login>\n  token = geheim123\n</controller>\n", "shop.yaml": "cookie_secret: seekrit\nconsumer_key: shop.dev\n",
			"lib/Shop/Defaults.pm": "package Shop::Defaults;\nsub WEB { 'a' }\nsub ERP_TOKEN { '' }\nsub PAGE { 1 }\nsub B { 2 }\nsub C2C { 3 }\nsub DDD { 3 }\nsub EEE { 3 }\nsub FFF { 3 }\nsub GGG { 3 }\nsub HHH { 3 }\nsub AUTH_TOKEN_CHECK { 1 }\n"}, []string{
			".: need smtp host=mail.corp.example:465 <- shop.conf:4", ".: secret smtp_password <- shop.conf:6", ".: secret Login_token <- shop.conf:9", ".: secret cookie_secret <- shop.yaml:1", ".: secret ERP_TOKEN <- lib/Shop/Defaults.pm:3", "note shop.conf:6 holds secrets", "note shop.yaml:1"}, []string{"s3kr1t", "geheim", "seekrit", "consumer_key", "AUTH_TOKEN_CHECK"}},
		{"texts for people are no settings", files{"cpanfile": "requires 'Dancer';\n", "bin/app.pl": "use Dancer;\ndance;\n", "config/locale.en.yml": "en:\n  login:\n    password: Password\n  licence:\n    url: http://rights.example.org/vocab/\n", "config/store.yml": "store:\n  url: http://store.corp.example:9200/\n"},
			[]string{".: need http name=store host=store.corp.example:9200"}, []string{"locale.en.yml"}},
		{"a hash of settings", files{"cpanfile": "requires 'Mojolicious';\n", "script/shop": "use Mojolicious::Commands;\n", "shop.conf": "{\n  secrets => ['f00dfeed1'],\n  openid => {\n    secret => 'APP_SECRET',\n    password => 'pw12345678'\n  },\n}\n"}, []string{".: secret secrets <- shop.conf:2", ".: secret openid_password <- shop.conf:5"}, []string{"f00d", "pw1234", "openid_secret"}},
		{"scripts of other languages and of developers", files{"Gemfile": "gem 'rails'", "public/dispatch.cgi": "#!/usr/bin/env ruby\n", "dev/fake.cgi": "#!/usr/bin/perl\n", "web/index.php": ""}, nil, []string{"command", "language"}},
		{"Dancer below a path, and its dispatcher", files{"Build.PL": "requires => { 'Dancer' => '1.3', 'Plack' => 1 }", "bin/shop-web-fg": "#!/usr/bin/env perl\nuse Dancer;\nbuilder { mount '/' => dance };\n", "share/public/dispatch.cgi": "#!/usr/bin/env perl\nuse Dancer ':syntax';\nuse Plack::Runner;\n"},
			[]string{".: command starman --listen 0.0.0.0:5000 -E deployment bin/shop-web-fg"}, []string{"CGIBin"}},
		{"mojolicious::lite, dancer, catalyst without psgi, cgi", files{"a/app.pl": "use Mojolicious::Lite;\napp->start;", "b/cpanfile": "requires 'Dancer2';", "b/bin/app.pl": "use Dancer2;\ndance;\n", "c/Makefile.PL": "requires 'Catalyst::Runtime' => '5.8';\n", "c/lib/My/App.pm": "package My::App;\nextends 'Catalyst';\n", "d/cgi-bin/form.cgi": "use CGI;"},
			[]string{"a: command perl app.pl prefork", "b: framework dancer2", "b: command starman --listen 0.0.0.0:5000 -E deployment bin/app.pl", "c: command plackup -s Starman -E deployment --port 5000 -Ilib -MMy::App -e My::App->psgi_app", "d: framework cgi", "note d/cgi-bin/form.cgi:1 CGI"}, nil},
		{"a program that runs PSGI by itself", files{"Build.PL": "requires => {\n  'Plack' => '0.99',\n  'perl' => 5.016,\n},\n", "bin/shop_server": "#!/usr/local/bin/perl -w\nuse v5.14;\nuse Plack::Runner;\nmy $runner = Plack::Runner->new;\n$runner->parse_options(@ARGV);\n$runner->run(Shop->app);\n", "eg/deep/demo": "use Plack::Runner;\n", "b/Build.PL": "requires => {\n  'Plack' => '0.99',\n},\n", "b/lib/x/bin/demo": "use Plack::Runner;\n$r->parse_options(@ARGV);\n"},
			[]string{".: command perl -Ilib bin/shop_server --server Starman --env deployment --port 5000 <- bin/shop_server:5 convention", ".: framework psgi", ".: port 5000", ".: version 5.16 <- Build.PL:3"}, []string{"b: command"}},
		{"an example of the configuration", files{"cpanfile": "requires 'DBD::Pg';", "app.psgi": "", "conf/general.yml-example": "FMS_DB_HOST: 'localhost'\nFMS_DB_NAME: 'fms'\nFMS_DB_PASS: ''\nMEMCACHED_HOST: '127.0.0.1'\nSMTP_SMARTHOST: 'mail.example.org'\n"},
			[]string{".: need postgres db=fms:5432 <- conf/general.yml-example:1", ".: need memcached:11211", ".: secret FMS_DB_PASS"}, []string{"mail.example.org"}},
		{"a module of settings with a function of its own, a middleware that tells how the server is, the tests' Perl", files{"cpanfile": "requires 'Plack';\n", ".travis.yml": "language: perl\nperl:\n  - 5.16\n", "app.psgi": "builder {\n  enable 'ServerStatus::Tiny', path => '/status';\n  $app;\n};\n",
			"lib/Shop/Config.pm": "package Shop::Config;\nsub has_conf { my ($n, $env_key, $d) = @_; return $ENV{$env_key} // $d }\nhas_conf level => SHOP_LEVEL => 'info';\nhas_conf db_password => SHOP_DB_PASSWORD => '';\n", "lib/Shop/Names.pm": "my %x = (a => OTHER_SECRET => 1);\n"},
			[]string{".: version 5.16 <- .travis.yml:2 guess", ".: health |/status <- app.psgi:2", ".: secret SHOP_DB_PASSWORD <- lib/Shop/Config.pm:4", ".: env SHOP_LEVEL=info <- lib/Shop/Config.pm:3"}, []string{"OTHER_SECRET"}},
		{"an application of one's own tells how it is", files{"cpanfile": "requires 'Plack';\n", "app.psgi": "my $app = sub {\n  my $uri = $env->{REQUEST_URI};\n  if ($uri eq \"/__health\") { return [200] }\n};\n", "b/cpanfile": "requires 'Plack';\n", "b/app.psgi": "builder {\n  mount '/healthz' => sub { [200] };\n  mount '/' => $app;\n};\n"}, []string{".: health |/__health <- app.psgi:3", "b: health /healthz|/healthz <- b/app.psgi:2"}, nil},
		{"a library", files{"Makefile.PL": "WriteMakefile(PREREQ_PM => {\n'DBI' => 1,\n});", "lib/X.pm": "package X;"}, []string{".: library"}, []string{"command"}},
	})
}

func FuzzPerl(f *testing.F) {
	f.Add("requires 'Catalyst', '5';\non 'test' => sub {", "use Catalyst;\npackage A;\ndbi:Pg:a:b:c:99999999\n=pod", "a: &a [*a]\nDB_HOST: x")
	f.Add("on test => sub { {", "use Mojolicious::Lite; $ENV{X} // 'y'", "{ hypnotoad => {listen => ['http://*:99999']} }")
	f.Fuzz(func(t *testing.T, list, code, config string) {
		checkReport(t, read(t, Perl(), files{"cpanfile": list, "Makefile.PL": list, "app.psgi": code, "lib/A.pm": code, "script/a": code, "b/a.pl": code, "c/x.cgi": code, "a.yml": config, "a.conf": config, "conf/a.yml-example": config, ".perl-version": config}))
	})
}
