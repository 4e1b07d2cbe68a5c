package lang

import "testing"

func TestPerl(t *testing.T) {
	runCases(t, Perl(), []readerCase{
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
		{"mojolicious::lite, dancer, catalyst without psgi, cgi", files{"a/app.pl": "use Mojolicious::Lite;\napp->start;", "b/cpanfile": "requires 'Dancer2';", "b/bin/app.pl": "use Dancer2;\ndance;\n", "c/Makefile.PL": "requires 'Catalyst::Runtime' => '5.8';\n", "c/lib/My/App.pm": "package My::App;\nextends 'Catalyst';\n", "d/cgi-bin/form.cgi": "use CGI;"},
			[]string{"a: command perl app.pl prefork", "b: framework dancer2", "b: command starman --listen 0.0.0.0:5000 -E deployment bin/app.pl", "c: command plackup -s Starman -E deployment --port 5000 -Ilib -MMy::App -e My::App->psgi_app", "d: framework cgi", "note d/cgi-bin/form.cgi:1 CGI"}, nil},
		{"an example of the configuration", files{"cpanfile": "requires 'DBD::Pg';", "app.psgi": "", "conf/general.yml-example": "FMS_DB_HOST: 'localhost'\nFMS_DB_NAME: 'fms'\nFMS_DB_PASS: ''\nMEMCACHED_HOST: '127.0.0.1'\nSMTP_SMARTHOST: 'mail.example.org'\n"},
			[]string{".: need postgres db=fms:5432 <- conf/general.yml-example:1", ".: need memcached:11211", ".: secret FMS_DB_PASS"}, []string{"mail.example.org"}},
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
