package ops

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

const redHatInit = `#!/bin/bash
# chkconfig: 345 90 10
. /etc/rc.d/init.d/functions
PORT=7000
[ -f /etc/sysconfig/reports ] && . /etc/sysconfig/reports
export REPORT_KEY LOCALE
prog=/opt/reports/bin/reportd
start() {
  echo -n "Starting"
  daemon --user=reports "nohup $prog --port=$PORT --daemon >/dev/null 2>&1 &"
}
case "$1" in
  start) start ;;
esac
`

const upstartShop = `description "shop"
start on started postgresql
respawn
limit nofile 65536 65536
env RACK_ENV=production
setuid shop
chdir /srv/shop/current
pre-start script
  mkdir -p /var/run/shop
  bundle exec rake db:migrate
end script
script
  . /etc/default/shop
  if [ -f /etc/shop.sh ]; then
    . /etc/shop.sh
  fi
  export TOKEN_KEY
  exec /usr/bin/sudo -u shop bundle exec thin -p $PORT >> /var/log/shop.log 2>&1
end script
kill timeout 20
post-stop exec rm -f /tmp/x
`

func TestInitd(t *testing.T) {
	runCases(t, Initd(), []readerCase{
		{"System V with its settings", files{"etc/init.d/reports": strings.Replace(redHatInit, `"nohup $prog --port=$PORT --daemon >/dev/null 2>&1 &"`, "$prog --port=$PORT --daemon", 1),
			"etc/sysconfig/reports": "PORT=7100\nREPORT_KEY=geheim\nLOCALE=pl_PL\nUNUSED=1\n"}, []string{
			".: name reports <- etc/init.d/reports:10", ".: command /opt/reports/bin/reportd|--port=7100 <- etc/init.d/reports:10 declared", ".: port 7100 <- etc/sysconfig/reports:1", ".: secret REPORT_KEY <- etc/sysconfig/reports:2", ".: env LOCALE=pl_PL <- etc/sysconfig/reports:3",
		}, []string{"geheim", "UNUSED", "--daemon"}},
		{"a line for the shell, and options that are only there where a variable is", files{"etc/init.d/reports": strings.Replace(redHatInit, "  echo -n", "  opts=\"-v\"\n  [ -n \"$EXTRA\" ] && opts=\"$opts -x $EXTRA\"\n  if [ -n \"$LOG\" ]; then\n    opts=\"$opts -l $LOG\"\n  fi\n  prog=\"$prog $opts\"\n  echo -n", 1)}, []string{
			".: command /opt/reports/bin/reportd|-v|--port=7000 <- etc/init.d/reports:16 declared",
		}, []string{"-x", "-l", "nohup", "null"}},
		{"a script of the code, by the script for one distribution", files{"contrib/shop-queue.rhel": "#!/bin/bash\n### BEGIN INIT INFO\n### END INIT INFO\nNAME=`basename $0`\nOTHER=`cat /etc/x`\nBIN=/var/www/shop/bin/queue.pl\nstart() {\n  daemon \"$BIN -n $NAME $OTHER run\"\n}\n", "contrib/x.debian": "no script", "bin/queue.pl": "", "cpanfile": ""}, []string{
			"shop-queue: command perl|bin/queue.pl|-n|shop-queue|run <- contrib/shop-queue.rhel:8"}, nil},
		{"a daemon that the build makes, in the foreground by the option of its code", files{"Makefile.am": "sbin_PROGRAMS = shopd\n", "main.c": "switch (c) {\ncase 'd': debug = 1; break;\ncase 'F': nofork = 1; break;\n}\n",
			"debian/shopd.init": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nDAEMON=@sbindir@/shopd\ncase $1 in\nstart)\n start-stop-daemon --start --exec $DAEMON -- -c @sysconfdir@/shopd.conf\n ;;\nesac\n"},
			[]string{".: command /usr/sbin/shopd|-F|-c|/etc/shopd.conf <- debian/shopd.init:7"}, nil},
		{"one with two such options", files{"shop/CMakeLists.txt": "add_executable(shopd a.c)\n", "shop/a.c": "puts(\"  -n  do not fork\");\ncase 'f': daemonize = 0; break;\n", "a.init": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n daemon /usr/sbin/shopd -c x\n}\n"}, []string{".: command /usr/sbin/shopd|-c|x"}, nil},
		{"init. before its name", files{"suse/init.shopd": "#! /bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n  daemon /usr/sbin/shopd\n}\n"}, []string{"note suse/init.shopd:5 shopd runs beside"}, nil},
		{"a daemon of the machine's own", files{"cpanfile": "", "etc/init.d/shop-rsyncd": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\ncase $1 in\nstart)\n start-stop-daemon --start --exec /usr/bin/rsync -- --daemon\n ;;\nesac\n"}, []string{"note etc/init.d/shop-rsyncd:6 rsync runs beside"}, []string{"command /usr/bin/rsync"}},
		{"su, nohup and the background", files{"x.init": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\ncase $1 in\nstart)\n su - app -c 'exec java -jar /srv/app.jar' &\n ;;\nstop) kill 1;;\nesac\n"}, []string{".: command java|-jar|/srv/app.jar <- x.init:6"}, nil},
		{"a directory and variables in front of the program", files{"package.json": "{}", "init.d/shop": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n su www -c \"cd /srv/shop && PORT=8080 nohup node server.js >> log 2>&1 &\"\n}\n", "init.d/shop-jobs": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\ncase $1 in\nstart)\n cd /srv/shop && QUEUE=mail bundle exec script/delayed_job start\n ;;\nesac\n"}, []string{
			".: command node|server.js <- init.d/shop:5", ".: env PORT=8080 <- init.d/shop:5", "jobs: command bundle|exec|script/delayed_job|run <- init.d/shop-jobs:6", "jobs: env QUEUE=mail"}, nil},
		{"a shell that is set up in front of the program", files{"package.json": "{}", "init.d/shop": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n su - shop -c \"cd /srv/shop && [ -d log ] || mkdir log; export QUEUE=mail; ulimit -n 4096 && umask 022 && exec node server.js\"\n}\n"}, []string{
			".: command node|server.js <- init.d/shop:5", ".: env QUEUE=mail <- init.d/shop:5"}, []string{"ulimit"}},
		{"several commands for another user", files{"Gemfile": "", "init.d/shop": "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart() {\n su - shop -c \"cd /srv/shop && ulimit -n 4096 && bundle exec rake db:migrate && exec bin/server\"\n}\n"}, nil, []string{
			"command ulimit", "command bundle"}},
		{"Upstart", files{"debian/shop.upstart": "description \"shop\"\nstart on runlevel [2345]\nenv PORT=5000\nenv NODE_ENV=production\nsetuid www\nexec start-stop-daemon --start --chuid www --exec /usr/bin/node -- server.js --port $PORT\n"}, []string{
			".: command /usr/bin/node|server.js|--port|5000 <- debian/shop.upstart:6", ".: port 5000", ".: env NODE_ENV=production <- debian/shop.upstart:4",
		}, nil},
		{"two jobs of one code", files{"package.json": "{}", "init/shop.conf": "exec node server.js\n", "init/shop-mailer.conf": "exec node mailer.js\n"}, []string{".: name shop", ".: command node|server.js", "mailer: command node|mailer.js"}, nil},
		{"Upstart: a script, its settings, what runs before it", files{"Gemfile": "", "etc/default/shop": "PORT=9393\nTOKEN_KEY=canary-up\n", "etc/init/shop.conf": upstartShop}, []string{
			".: command bundle|exec|thin|-p|9393 <- etc/init/shop.conf:18 declared", ".: port 9393", ".: env RACK_ENV=production <- etc/init/shop.conf:5", "release: command (release) bundle|exec|rake|db:migrate <- etc/init/shop.conf:10",
			"note etc/init/shop.conf:2 shop starts on started postgresql here", "note etc/init/shop.conf:4 shop has the limit nofile 65536 65536 here", "note etc/init/shop.conf:21 after shop stops, rm -f /tmp/x runs here",
		}, []string{"canary", "mkdir"}},
		{"Upstart: a task, and nothing to start", files{"Gemfile": "", "init/a.conf": "task\nexec bin/once\n", "init/b.conf": "start on runlevel [2345]\nrespawn\n", "init/c.conf": "script\n if then (\nend script\n"}, []string{"note init/a.conf:1 a runs once", "note init/b.conf:1 an Upstart job without an exec line", "note init/c.conf:1 the script of this job is not understood"}, []string{"command"}},
		{"no daemon line, no shell", files{"etc/init.d/a": "#!/bin/sh\necho hi\n", "etc/init.d/b": "#!/bin/sh\nif then (\n", "etc/init.d/README": "text"}, []string{"note etc/init.d/a:0 an init script, but", "note etc/init.d/b:0 an init script that is not understood"}, []string{"command"}},
	})
}

func TestInitdExample(t *testing.T) {
	walked, _, err := scan.Walk(context.Background(), os.DirFS("../../examples/billing/before"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &scan.Report{Reader: "initd"}
	Initd().Read(walked, []string{"etc/init.d/billing"}, r)
	all := "\n" + strings.Join(said(r), "\n")
	for _, want := range []string{".: command /app/billing|-port|8090 <- etc/init.d/billing:27 declared", ".: port 8090 <- etc/default/billing:2", ".: secret LEDGER_TOKEN <- etc/default/billing:9",
		".: need http ledger|10.20.4.17|| LEDGER_ADDR={host}:{port}:8080 <- etc/default/billing:5", ".: env LEDGER_TIMEOUT=3s"} {
		if !strings.Contains(all, "\n"+want) {
			t.Errorf("missing %s in:%s", want, all)
		}
	}
	if strings.Contains(all, "changeme") {
		t.Errorf("the value of a secret in:%s", all)
	}
}

func TestInitScriptsOfPerl(t *testing.T) {
	runCases(t, Initd(), []readerCase{
		{"a daemon that Carton starts, out of a version manager's directory", files{"cpanfile": "", "bin/shop": "", "etc/shop.initd": "#!/bin/sh\n# chkconfig: 345 99 01\nCARTON=/home/shop/.plenv/shims/carton\ndo_start() {\n  sudo -u shop $CARTON exec \"bin/shop queue start\" > /dev/null 2>&1\n}\ncase \"$1\" in\n  start) do_start ;;\nesac\n"},
			[]string{"shop: command bin/shop|queue|start <- etc/shop.initd:5"}, []string{"carton", "plenv"}},
		{"the end of Carton's options", files{"cpanfile": "", "bin/shop": "", "etc/shop.initd": "#!/bin/sh\n# chkconfig: 345 99 01\ndo_start() {\n  sudo -u shop carton exec -- starman --port 5000\n}\ncase \"$1\" in\n  start) do_start ;;\nesac\n"},
			[]string{".: command starman|--port|5000 <- etc/shop.initd:4"}, []string{"command --"}},
		{"a variable in the word that Carton runs", files{"cpanfile": "", "bin/shop": "", "etc/shop.initd": "#!/bin/sh\n# chkconfig: 345 99 01\ndo_start() {\n  sudo -u shop carton exec \"PLACK_ENV=deployment SHOP_MODE=live bin/shop queue\"\n}\ncase \"$1\" in\n  start) do_start ;;\nesac\n"},
			[]string{"shop: command bin/shop|queue <- etc/shop.initd:4", "shop: env SHOP_MODE=live <- etc/shop.initd:4"}, nil},
		{"a word that is no shell", files{"cpanfile": "", "bin/shop": "", "etc/shop.initd": "#!/bin/sh\n# chkconfig: 345 99 01\ndo_start() {\n  sudo -u shop carton exec \"bin/shop (\"\n}\ncase \"$1\" in\n  start) do_start ;;\nesac\n"},
			[]string{"note etc/shop.initd:0 an init script, but the line that starts the daemon is not understood"}, []string{"command"}},
	})
}

func FuzzInitd(f *testing.F) {
	f.Add(redHatInit, "A=$A$A\nexport B=${A:-$B}\n")
	f.Add("#!/bin/sh\nset -a\n. /etc/default/x\nstart-stop-daemon --start --exec $D -- ${A[@]} $((1/0)) $(x) ${B:?no}\n", "D=(a b)")
	f.Fuzz(func(t *testing.T, script, settings string) {
		checkReport(t, read(t, Initd(), files{"etc/init.d/x": "#!/bin/sh\n" + script, "etc/default/x": settings, "x.upstart": "exec " + script}))
	})
}
