package ops

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestSystemd(t *testing.T) {
	const web = `[Unit]
Description=The shop
After=network.target postgresql.service
[Service]
User=shop
WorkingDirectory=/srv/shop
Environment=LOG_LEVEL=warn "GREETING=hello you" SHOP_PASSWORD=canary
EnvironmentFile=-/etc/default/shop
ExecStartPre=/srv/shop/venv/bin/python manage.py migrate
ExecStartPre=/bin/mkdir -p /run/shop
ExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi \
    --bind 0.0.0.0:8000 --config /srv/shop/gunicorn.py
StateDirectory=shop
ReadWritePaths=/srv/uploads /run/x
LimitNOFILE=65536
Restart=always
[Install]
WantedBy=multi-user.target
`
	runCases(t, Systemd(), []readerCase{
		{"workers that celery multi sends to the background", files{"manage.py": "", "deploy/celery.service": "[Service]\nWorkingDirectory=/opt/shop\nExecStart=/opt/shop/venv/bin/celery multi start w1 w2 -A shop --pidfile=/run/%n.pid -Q:1 mail -l info -c 3\n"}, []string{"celery: command celery|-A|shop|worker|-l|info|-c|3"}, []string{"multi", "mail"}},
		{"what finds and schedules services across machines", files{"package.json": "{}", "ops/conf/nomad.service": "[Unit]\n[Service]\nExecStart=/usr/local/bin/nomad agent -config /etc/nomad.d\n"}, []string{"note ops/conf/nomad.service:3 nomad runs beside the service here"}, []string{"command"}},
		{"units of one service for several systems", files{"go.mod": "", "init/systemd_service_rhel__shopd.service": "[Service]\nExecStart=/usr/local/sbin/shopd -c /etc/shopd.yml\n", "init/systemd_service_ubuntu__shopd.service": "[Service]\nExecStart=/usr/local/sbin/shopd -c /etc/shopd.yml\n", "units/fedora-mail.service": "[Service]\nExecStart=/usr/bin/mail-run\n"},
			[]string{".: name shopd <- init/systemd_service_rhel__shopd.service:2", ".: command /app/shopd|-c|/etc/shopd.yml", "note init/systemd_service_ubuntu__shopd.service:2 another start of shopd, left out", "fedora-mail: command"}, []string{"rhel--shopd:", "ubuntu--shopd:"}},
		{"a version manager with its path", files{"Gemfile": "", "units/mail.service": "[Service]\nExecStart=/home/shop/.rvm/bin/rvm default do bundle exec sidekiq -q mail\n"}, []string{"mail: command bundle|exec|sidekiq|-q|mail"}, []string{"rvm"}},
		{"a unit around an init script", files{"cpanfile": "", "etc/shop.service": "[Service]\nType=forking\nExecStart=/home/shop/etc/shop.initd start\n", "etc/jobs.service": "[Service]\nType=forking\nExecStart=/etc/init.d/jobs start\n",
			"etc/own.service": "[Service]\nExecStart=/usr/local/bin/shop-init start\n"},
			[]string{"note etc/shop.service:3 a unit around an init script", "note etc/jobs.service:3 a unit around an init script", ".: command /usr/local/bin/shop-init|start"}, []string{"shop.initd|start", "init.d/jobs|start"}},
		{"directories that configure fills in, and a program that goes to the background", files{"src/Makefile.am": "sbin_PROGRAMS = shopd\n", "src/a.c": "case 'f': opts.daemonize = 0; break;\n",
			"shopd.service.in": "[Service]\nType=forking\nExecStart=@sbindir@/shopd -c @sysconfdir@/shopd.conf\n", "jobs.service.in": "[Service]\nExecStart=@@sbindir@/shopd jobs\n"},
			[]string{".: command /usr/sbin/shopd|-f|-c|/etc/shopd.conf <- shopd.service.in:3", "jobs: command /usr/sbin/shopd|jobs"}, []string{"sbindir"}},
		{"a unit called after what it is", files{"go.mod": "module x\n", "main.go": "package main\n", "systemd.service": "[Service]\nExecStart=/usr/local/bin/x run\n"}, []string{".: command /app/x|run"}, []string{"systemd:", "name systemd"}},
		{"a unit in the repository", files{"manage.py": "", "deploy/shop.service": web, "deploy/etc/default/shop": "WORKERS=4\n"}, []string{
			".: name shop <- deploy/shop.service:11", ".: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000|--config|gunicorn.py <- deploy/shop.service:11 declared", ".: port 8000 <- deploy/shop.service:11",
			".: env LOG_LEVEL=warn <- deploy/shop.service:7", ".: env GREETING=hello you", ".: secret SHOP_PASSWORD", ".: env WORKERS=4 <- deploy/etc/default/shop:1",
			".: state /var/lib/shop <- deploy/shop.service:13", ".: state /srv/uploads",
			"release: command (release) python|manage.py|migrate", "note deploy/shop.service:15 the limit of open files (65536)",
		}, []string{"canary", "mkdir", "/run"}},
		{"a timer and a drop-in", files{"manage.py": "", "shop.service": "[Service]\nExecStart=/usr/bin/shopd\n", "shop-report.service": "[Service]\nType=oneshot\nExecStart=/usr/bin/shop-report --all\nGroup=shop\n",
			"shop-report.timer": "[Timer]\nOnCalendar=Mon..Fri *-*-* 03:30:00\n", "shop.service.d/override.conf": "[Service]\nExecStart=\nExecStart=/usr/bin/shopd --fast\n"}, []string{
			".: command /usr/bin/shopd|--fast <- shop.service.d/override.conf:3", "note shop-report.service:4 settings of the unit that are not taken over", "report: command /usr/bin/shop-report|--all", "report: schedule 30 3 * * 1-5 <- shop-report.timer:2",
		}, []string{"shopd <-"}},
		{"brackets are letters to systemd", files{"manage.py": "", "shop.service": "[Service]\nEnvironment=WORKERS=4\nExecStart=/srv/venv/bin/gunicorn --workers ${WORKERS} shop:create_app()\n"}, []string{
			".: command gunicorn|--workers|4|shop:create_app() <- shop.service:3",
		}, []string{"not understood"}},
		{"a socket, a template and secrets in the command", files{"go.mod": "module x", "x@.service": "[Service]\nExecStart=/usr/bin/x --token=canary %i\n", "x@.socket": "[Socket]\nListenStream=0.0.0.0:9000\nListenStream=/run/x.sock\n"}, []string{
			".: port 9000 <- x@.socket:2", ".: command sh|-c|exec /app/x --token=\"${TOKEN}\" 1 <- x@.service:2",
		}, []string{"canary"}},
		{"paths of the machine", files{"manage.py": "", "bin/send": "", "a.service": "[Service]\nExecStart={{ venv }}/bin/gunicorn shop\n", "b.service": "[Service]\nExecStart=/var/www/shop/bin/send --all\n",
			"c.service": "[Service]\nExecStart=\"!!(*= $vhost *)!!/!!(*= $vcs *)!!/bin/import\" x\n", "d.service": "[Service]\nExecStart=<%= @cmd %> run\n"}, []string{".: command gunicorn|shop <- a.service:2", "b: command bin/send|--all", "c: command bin/import|x", "note d.service:2"}, nil},
		{"a shell that sets the PATH of the machine, and an agent of the cloud", files{"manage.py": "", "shop.service": "[Service]\nExecStart=/bin/bash -c 'PATH=/srv/shop/.venv/bin/:$PATH exec /srv/shop/.venv/bin/gunicorn --workers 3 \\\n  shop.wsgi'\n",
			"pipe.service":  "[Service]\nExecStart=/bin/sh -c '/usr/bin/shop-feed | /usr/bin/shop-sink'\n",
			"watch.service": "[Service]\nExecStart=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -s\n"}, []string{
			".: command gunicorn|--workers|3|shop.wsgi <- shop.service:2", "pipe: command /bin/sh|-c|/usr/bin/shop-feed | /usr/bin/shop-sink", "note watch.service:2 amazon-cloudwatch-agent-ctl runs beside",
		}, []string{"fetch-config"}},
		{"an agent that is made here", files{"cmd/promtail/promtail.go": "", "go.mod": "module x", "promtail.service": "[Service]\nExecStart=/usr/bin/promtail\n"}, []string{".: command /app/promtail"}, []string{"beside"}},
		{"a daemon of a package beside the service, and one that is made here", files{"config.ru": "", "mail/milterd.service": "[Service]\nExecStart=/usr/sbin/milterd\n", "mail/milterd.conf": "", "src/shopd.c": "",
			"shop.service": "[Service]\nExecStart=/usr/sbin/shopd\n"}, []string{".: command /usr/sbin/shopd <- shop.service:2", "note mail/milterd.service:2 milterd runs beside the service here"}, []string{"command /usr/sbin/milterd"}},
		{"units to copy among the documents, by env and below a directory that each machine has its own of", files{"package.json": "{}", "server.js": "", "doc/systemd/shop.service": "[Service]\nExecStart=/usr/bin/env node /opt/shop/server.js\n", "test/x.service": "[Service]\nExecStart=/usr/bin/node /opt/shop/x.js\n"}, []string{
			".: command node|server.js <- doc/systemd/shop.service:2 convention"}, []string{"x.js"}},
		{"several ways to run it among the documents", files{"package.json": "{}", "server.js": "", "doc/a.service": "[Service]\nExecStart=/usr/bin/node /opt/shop/server.js\n", "doc/b.service": "[Service]\nExecStart=/usr/bin/forever /opt/shop/server.js\n"}, nil, []string{"command"}},
		{"once, nothing, broken, and shell", files{"a.service": "[Service]\nType=oneshot\nExecStart=/bin/true-ish\n", "b.service": "[Unit]\nDescription=b\n", "c.service": "[Service]\nExecStart=if then (\n", "run.service": "#!/bin/sh\nexec x\n",
			"k.service": "kind: Service\n"}, []string{"note a.service:2 a runs once", "note b.service:1 a unit without ExecStart", "note c.service:2 the command of this unit is not understood"}, []string{": command", "k.service", "run.service"}},
	})
}

func TestUnitsOfDevelopersMachines(t *testing.T) {
	tree := files{"composer.json": "", "artisan": "", ".dev/vagrant/mailcatcher.service": "[Service]\nExecStart=/usr/bin/mailcatcher\n", "ops/shop.service": "[Service]\nExecStart=/usr/bin/php /srv/shop/artisan queue:work\n"}
	runCases(t, Systemd(), []readerCase{{"below vagrant", tree, []string{"shop: command /usr/bin/php|artisan|queue:work"}, []string{"mailcatcher"}}})
}

func TestCalendar(t *testing.T) {
	for value, want := range map[string]string{
		"daily": "0 0 * * *", "Weekly": "0 0 * * 1", "*-*-* 04:00:00": "0 4 * * *", "*-*-* 04:05": "5 4 * * *", "Mon *-*-* 00:00:00": "0 0 * * 1", "Sat,Sun 20:00": "0 20 * * 6,0",
		"*:0/15": "*/15 * * * *", "*-*-01 06:00:00": "0 6 1 * *", "*-01,07-01 00:00:00": "0 0 1 1,7 *", "Fri..Sun 10:00": "0 10 * * 5-6,0", "08..18:30": "30 8-18 * * *",
		"*:*:0/10": "", "*-*~01 00:00:00": "", "": "", "2026-01-01 00:00:00 Europe/Warsaw": "", "Sun *-*-* 2:30:00": "30 2 * * 0",
	} {
		if got := calendarCron(value); got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
	for span, want := range map[string]string{"15min": "*/15 * * * *", "1h": "0 * * * *", "2h": "0 */2 * * *", "1d": "0 0 * * *", "60": "* * * * *", "90s": "", "7min": "", "5h": "", "0": "", "1w": "0 0 * * 0", "99999999999h": ""} {
		if got := everyCron(span); got != want {
			t.Errorf("every %q is %q, want %q", span, got, want)
		}
	}
}

func FuzzMachineFiles(f *testing.F) {
	for _, seed := range []string{"[Service]\nExecStart=-/a/b \\\n c\nEnvironment=A=b \"C=d\"\n", "[Timer]\nOnCalendar=Mon..Fri *-*-* 1..5:0/15\n", "[program:x]\ncommand=a %(ENV_B)s\nenvironment=A=\"b\",C='d\n", "*/5 * * * * root cd /x && \"$A/bin/run-with-lockfile.sh\" -n l \"y z\" > /dev/null\n", "@daily {{ x }}/bin/y\n", "[", "=", "[Service]\nExecStart=$$(%\n"} {
		f.Add(seed)
	}
	readers := map[string]scan.Reader{"x.service": Systemd(), "x.timer": Systemd(), "supervisord.conf": Supervisor(), "crontab": Crontab(), "etc/cron.d/x": Crontab()}
	f.Fuzz(func(t *testing.T, text string) {
		for name, reader := range readers {
			for _, line := range said(read(t, reader, files{name: text, "manage.py": ""})) {
				if strings.Contains(line, "schedule ") && strings.Contains(line, "\n") {
					t.Errorf("%s: %q", name, line)
				}
			}
		}
	})
}

func TestSettingsOfAUnitStandBehindItsName(t *testing.T) {
	for file, want := range map[string]string{"units/shop.service.erb": "shop.service Restart", "shop.service": "shop.service Restart"} {
		if got := settingOf(file, service.JobProcesses, "Restart"); got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestVariablesBesideAUnit(t *testing.T) {
	unit := "[Service]\nEnvironmentFile=/etc/default/shopd\nWorkingDirectory=/srv/shop\nExecStart=/bin/sh -c '${SHOP_BIN} -A ${SHOP_APP} worker'\n"
	runCases(t, Systemd(), []readerCase{
		{"a file of that name", files{"manage.py": "", "deploy/work.service": unit, "deploy/shopd": "SHOP_BIN=/srv/shop/venv/bin/celery\nSHOP_APP=shop\n"}, []string{"work: command celery|-A|shop|worker"}, []string{"are not here"}},
		{"a script of that name", files{"manage.py": "", "deploy/work.service": unit, "deploy/shopd": "#!/bin/sh\nSHOP_BIN=celery\n"}, []string{"note deploy/work.service:2 the variables of /etc/default/shopd are not here"}, []string{"command celery"}},
		{"on several lines, with comments", files{"manage.py": "", "deploy/work.service": unit, "deploy/shopd": "# the worker\r\n\r\n# of the shop\nset -a\nulimit -n 1024\nexport SHOP_BIN=/srv/shop/venv/bin/celery\nSHOP_APP=shop\nSHOP_LIST=\"a \\\n  b\"\n"}, []string{"work: command celery|-A|shop|worker"}, []string{"are not here"}},
		{"a developer's variables", files{"manage.py": "", "work.service": "[Service]\nEnvironmentFile=/etc/shop/.env\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/celery -A shop worker\n", ".env": "SHOP_MODE=canary\n"},
			[]string{"work: command celery|-A|shop|worker", "note work.service:2 the variables of /etc/shop/.env are not here"}, []string{"canary"}},
	})
	for kind, text := range map[string]string{
		"a site of nginx":    "server {\n  listen 80;\n}\n",
		"jobs of cron":       "MAILTO=canary@example.org\nSHOP_BIN=celery\n0 4 * * * shop /srv/shop/bin/nightly\n",
		"rotation of logs":   "/var/log/shop/*.log {\n  weekly\n}\n",
		"what sudo lets run": "shop ALL=(ALL) NOPASSWD: /bin/systemctl restart shop\n",
		"a program":          "\x7fELF\x00\x01=\x00\n",
		"only a comment":     "# SHOP_BIN=celery\n",
	} {
		runCases(t, Systemd(), []readerCase{{kind, files{"manage.py": "", "deploy/work.service": unit, "deploy/shopd": text},
			[]string{"note deploy/work.service:2 the variables of /etc/default/shopd are not here"}, []string{"canary", "command celery", "not understood as settings", "note deploy/shopd"}}})
	}
}
