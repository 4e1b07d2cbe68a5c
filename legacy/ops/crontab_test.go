package ops

import "testing"

func TestCrontabOfRailsRunner(t *testing.T) {
	runCases(t, Crontab(), []readerCase{
		{"a crontab by its short ending", files{"Gemfile": "", "etc/shop.crond": "45 0 * * * shop /opt/shop/bin/expire\n", "bin/expire": "#!/bin/sh\ntrue\n"},
			[]string{"expire: command"}, nil},
		{"jobs that are called after what the runner is given", files{"Gemfile": "", "config/crontab": "MAILTO=\"\"\n0 22 * * 7 apache cd /srv/shop && source /usr/local/rvm/scripts/rvm && rails runner -e production \"Report.weekly\"\n0 0 * * * apache cd /srv/shop && rails runner -e production \"Shop::Count.all!\"\n"},
			[]string{"report-weekly: command bundle|exec|rails|runner|-e|production|Report.weekly <- config/crontab:2", "shop-count-all: "}, []string{"runner: ", "production: "}},
	})
}

func TestCrontab(t *testing.T) {
	runCases(t, Crontab(), []readerCase{
		{"jobs of the repository, by whatever path the old machine had them", files{
			"Gemfile": "", "Rakefile": "", "bin/send-reports": "", "bin/weekly": "", "admin/hourly.sh": "#!/bin/bash\n", "manage.py": "", "shop": "",
			"conf/crontab-example": "PATH=/usr/bin:/bin\nMAILTO=a@corp.example\n# a comment\n*/5 * * * * \"$APP/lib/run-with-lockfile.sh\" -n \"$LOCK/a.lock\" \"$APP/bin/send-reports --all\" || echo \"stalled?\"\n" +
				"31 1 * * 0 !!(*= $user *)!! !!(*= $vhost *)!!/shop/bin/weekly >> /var/log/weekly.log 2>&1\n0 * * * * mkdir -p $HOME/log && cd $HOME/shop && carton exec -- admin/hourly.sh > $HOME/log/$(date +\\%F).log\n" +
				"@daily {{ python }} manage.py clearsessions\n5 4 * * * cd /srv/shop && bundle exec rake shop:report\n7 7 * * * /usr/bin/shop\n8 8 * * * $APP/bin/weekly $UNIX_USER\n9 9 * * * /usr/sbin/logrotate /etc/logrotate.conf\n",
		}, []string{
			"send-reports: command bin/send-reports|--all <- conf/crontab-example:4 convention", "weekly: command bin/weekly <- conf/crontab-example:5", "hourly: command bash|admin/hourly.sh", "clearsessions: command python|manage.py|clearsessions", "shop-report: command bundle|exec|rake|shop:report",
		}, []string{"weekly-2", ": command /usr"}},
		{"scripts that a deployment puts elsewhere", files{"Gemfile": "", "config/cron/scripts/task.sh": "#!/bin/bash\n", "bin/twice.sh": "", "lib/twice.sh": "", "config/crontab": "39 * * * * /srv/shop/shared/cron/task.sh bills latest=10\n5 * * * * /srv/shop/shared/cron/twice.sh\n"}, []string{
			"task: command bash|config/cron/scripts/task.sh|bills|latest=10 <- config/crontab:1", "note config/crontab:2 a job"}, []string{"twice: command"}},
		{"a program of the language's environment", files{"manage.py": "", "crontab": "1 2 * * * cd /srv/shop && . /etc/default/shop && venv/bin/flask invoices --all >> /var/log/shop.log 2>&1\n2 2 * * * /srv/shop/.venv/bin/celery call tidy\n3 3 * * * /opt/other/bin/flask x\n"}, []string{
			"invoices: command flask|invoices|--all <- crontab:1", "celery: command celery|call|tidy <- crontab:2",
		}, []string{"flask|x"}},
		{"a program that Composer installs", files{"composer.json": "{}", "README.md": "    */15 * * * * cd /var/www/site && vendor/bin/drush cron\n", "a/composer.json": "{}", "etc/crontab": "5 * * * * www /srv/site/vendor/bin/send --all\n"}, []string{
			"cron: command vendor/bin/drush|cron <- README.md:1 guess", "cron: schedule */15 * * * *", "send: command vendor/bin/send|--all"}, nil},
		{"commands of the code by the framework's own program, and by one that is made when it is installed", files{"requirements.txt": "flask\n", "README.md": "Use `crontab -e`:\n\n    0 2 * * * cd /path/to/shop; flask periodic views\n", "init": "", "env/prod/yii": "", "conf/crontab": "2 * * * * cd /srv/shop && php ./yii badge/update\n3 * * * * flask\n"}, []string{
			"periodic: command flask|periodic|views <- README.md:3", "update: command php|yii|badge/update <- conf/crontab:1"}, nil},
		{"below a directory that a template fills in", files{"manage.py": "", "deploy/crontab.txt": "@daily {{ root }}/env/bin/python {{ root }}/manage.py clearsessions\n"}, []string{"clearsessions: command python|manage.py|clearsessions"}, nil},
		{"lines that a guide asks for", files{"Gemfile": "", "script/post": "", "script/traffic": "", "README.md": "# Shop\n\n1 2 3 4 5 script/traffic\n* Set up crontab:\n\n    ```\n    */5 * * * *  cd /path/to/shop && env RAILS_ENV=production sh -c 'bundle exec ruby script/post; bundle exec ruby script/traffic'\n    ```\n0 1 * * * /opt/other/run\n"}, []string{
			"traffic: command sh|-c|bundle exec ruby script/post; bundle exec ruby script/traffic <- README.md:7 guess", "traffic: schedule */5 * * * *"}, []string{"note", "1 2 3"}},
		{"that a container writes when it starts", files{"manage.py": "", "docker/entrypoint": "#!/bin/sh\ncron_send=\"${CRON_SEND:-\"0 22 * * *\"}\"\nodd=\"$(date)\"\necho \"${cron_send} shop python3 /opt/shop/manage.py send --all\" > /etc/crontabs/send\necho \"${CRON_SYNC:-*/15 * * * *} python manage.py sync\" | crontab -\necho \"$odd python manage.py odd\" > /etc/crontabs/odd\n", "lib/entrypoint.py": "echo \"1 * * * * python manage.py x\" > /etc/crontabs/x\n"}, []string{
			"send: command python|manage.py|send|--all <- docker/entrypoint:4", "send: schedule 0 22 * * *", "sync: command python|manage.py|sync", "sync: schedule */15 * * * *"}, []string{"odd", "manage.py|x"}},
		{"in a directory of documents that is called so", files{"composer.json": "", "bin/send": "", "docs/production/index.rst": "    1 * * * * /srv/shop/bin/send\n"}, []string{"send: command bin/send <- docs/production/index.rst:1 guess"}, nil},
		{"lines of a guide among the documents, with what each machine fills in", files{"composer.json": "", "bin/send.php": "", "bin/shop": "", "docs/wiki/A-fresh-install.md": "    * * * * * <PATH-TO-SHOP>/bin/send.php\n\n*/5 * * * * cd {shop root} && ./bin/shop notes send\n*/5 * * * * cd [your path] && ./bin/shop notes receive --all\n", "docs/shop.cron": "1 1 * * * bin/send.php -x\n", "docs/notes.md": "2 * * * * bin/send.php -y\n"}, []string{
			"send: command php|bin/send.php <- docs/wiki/A-fresh-install.md:1 guess", "shop: command bin/shop|notes|send", "shop-notes: command bin/shop|notes|receive|--all"}, []string{"-x", "-y"}},
		{"lines of a guide with arguments that each machine has its own of", files{"composer.json": "", "bin/console": "", "README.md": "    1 * * * * php bin/console app:sync --user=<username>\n    2 * * * * cd <path> && php bin/console app:sync --all\n    3 * * * * cd {dir} && php {dir}/bin/console app:mail [your name]\n"}, []string{
			"app-sync: command php|bin/console|app:sync|--all", `note README.md:1 runs at "1 * * * *" with an argument that each machine has its own of`, `note README.md:3 runs at "3 * * * *" with an argument`}, []string{"/x", "app-mail: "}},
		{"what a section of a guide about cron shows", files{"composer.json": "", "bin/cake": "#!/bin/sh\n", "manage.py": "", "README.md": "# Setup\n\n```\nbin/cake setup now\n```\n\n## Cron Jobs\n\nRun this each hour.\n\n```sh\n# statistics\nbin/cake stats\nbin/cake migrations migrate\ncomposer install\n```\n\n### More\n\n    bin/cake tidy --all\n\nonce a week\n\n## Tests\n\n    bin/cake check\n", "docs/install.rst": "Cron jobs:\n\n.. code-block:: sh\n\n    # fetch\n    ./manage.py fetch_blog\n\nReleases:\n\n    ./manage.py import_files\n"}, []string{
			"stats: command bin/cake|stats <- README.md:13 guess", "stats: schedule @hourly", "tidy: command bin/cake|tidy|--all", "tidy: schedule @weekly", "note docs/install.rst:6 said to be run by cron, but not how often: give it a schedule in migrate.yaml: python manage.py fetch_blog"}, []string{"setup", "migrations", "check", "import_files"}},
		{"what a section about cron only speaks of", files{"composer.json": "", "bin/purge.rb": "", "bin/send.sh": "", "bin/keep.sh": "", "bin/later.sh": "", "config/schedule.rb": "", "manage.py": "", "README.md": "## Cron\n\nThese run daily:\n\n    - run `bin/purge.rb --all` by hand first\n    1. bin/purge.rb --first\n    first `bin/purge.rb --second`\n    python manage.py crontab add\n    chmod +x bin/send.sh\n    sudo chmod +x bin/send.sh x\n    ln -s /srv/x/bin/send.sh /etc/cron.daily/\n    nano config/schedule.rb x\n    bin/keep.sh --all\n", "docs/setup.md": "Cron jobs:\n\n    bin/send.sh --now\n\nEach day the team meets.\n\n    bin/later.sh --x\n", "DEPLOY.md": "# Cron\n\n```\nbin/later.sh --often\n```\n"},
			[]string{"keep: command sh|bin/keep.sh|--all <- README.md:13 guess", "keep: schedule @daily", "send: command sh|bin/send.sh|--now", "note DEPLOY.md:4 said to be run by cron, but not how often: give it a schedule in migrate.yaml: sh bin/later.sh --often"}, []string{"purge: ", "crontab: ", "send: command sh|bin/send.sh <-", "send-2", "schedule: ", "later: ", "cron-daily"}},
		{"crontabs that lie where cron's programs do", files{"composer.json": "", "bin/send": "", "scripts/cron/shop": "5 4 * * * /srv/shop/bin/send --all\n", "bin/cron/tidy": "# sourced\ntidy() { true; }\n"}, []string{"send: command bin/send|--all <- scripts/cron/shop:1 declared"}, []string{"bin/cron/tidy"}},
		{"what is called a job for cron behind its code, and templates of django-cronjobs", files{"composer.json": "", "index.php": "<?php\n", "docs/console.md": "### migrate\n\n```\nphp index.php console migrate\n```\n\n### sync\n\n```\nphp index.php console sync\n```\n\n**Tip:** Set this up as a [cron job](https://example.com/) (e.g. every hour).\n\n### help\n\n    php index.php console help\n", "a/manage.py": "", "a/requirements.txt": "django-cronjobs==0.2\n", "a/bin/crontab.tpl": "*/8 * * * * {{ cron }} send_mails 2>&1 | grep -v x\n5 * * * * {{ django }} clearsessions\n"}, []string{
			"sync: command php|index.php|console|sync <- docs/console.md:10 guess", "sync: schedule @hourly", "a/send_mails: command python|manage.py|cron|send_mails", "a/clearsessions: command python|manage.py|clearsessions"}, []string{"help", "migrate"}},
		{"programs that lie where cron's do", files{"composer.json": "", "scripts/cron/send-mails": "#!/usr/bin/env php\n<?php\n", "scripts/cron/functions.php": "<?php\n", "bin/cron/update.php": "#!/usr/bin/env php\n<?php\n", "bin/cron/nightly": "#!/bin/sh\n", "bin/cron.sh": "#!/bin/sh\n", "script/cron": "#!/bin/bash\n", "crontab": "0 3 * * * /srv/x/bin/cron/nightly\n"}, []string{
			"send-mails: command scripts/cron/send-mails <- scripts/cron/send-mails:1 guess", "send-mails: schedule @daily", "update: command php|bin/cron/update.php", "nightly: schedule 0 3 * * *", "scheduled: command sh|bin/cron.sh", "scheduled-2: command script/cron"}, []string{"functions", "nightly-2"}},
		{"what a guide says in words", files{"composer.json": "", "bin/console": "", "bin/upgrade": "", "bin/tests.sh": "", "README.md": "Run `bin/console shop:index all` by cron.\n\nThese are called regularly:\n\n    bin/console shop:update all\n\n```\n$ sudo -u shop bin/console shop:front all\n# nightly\n```\nRun it often (a cron job each day).\n\nUpgrade with `bin/upgrade now`.\n\nTurn off cron.\n\nTests run nightly: `bin/tests.sh all`\n\nEach day of the week: `bin/upgrade now`\n"}, []string{
			"note README.md:1 says in words when this is run, not as a line of a crontab: give it a schedule in migrate.yaml: bin/console shop:index all", "note README.md:3 says in words when this is run, not as a line of a crontab: give it a schedule in migrate.yaml: bin/console shop:update all",
			"note README.md:11 says in words when this is run, not as a line of a crontab: give it a schedule in migrate.yaml: bin/console shop:front all"}, []string{"bin/upgrade", "tests.sh"}},
		{"what a guide says in a sentence with a time", files{"Gemfile": "", "Rakefile": "", "manage.py": "", "bin/poll": "", "README.md": "# Shop\n\nRun `rake reports:send` daily at 3:15 pm. See `manage.py help`.\n\nThe feeds are refreshed every night by running:\n\n    bundle exec rake feeds:refresh\n\nHourly: `bin/poll all`\n\nThe digest is sent daily; to run it by hand use `rake digest`.\nA daily report: see `rake odd`.\n\n## Scheduled tasks\n\n| `rake tidy` | Every Sunday at 02:30 |\n| `rake sync:users` | every 10 minutes |\n| `rake slow` | every 6 hours |\n"}, []string{
			"reports-send: command bundle|exec|rake|reports:send <- README.md:3 guess", "reports-send: schedule 15 15 * * *", "feeds-refresh: schedule @daily", "poll: schedule @hourly", "tidy: schedule 30 2 * * 0", "sync-users: schedule */10 * * * *", "slow: schedule 0 */6 * * *"}, []string{"digest: ", "odd: ", "help: "}},
		{"what a guide says is not run, or elsewhere", files{"Gemfile": "", "Rakefile": "", "README.md": "# Shop\n\n`rake reindex` is no longer run nightly.\n\nDo not run `rake purge` daily.\n\nOn staging, `rake demo:load` runs nightly.\n\nOn each server, `rake demo:tidy` runs nightly.\n"}, []string{"demo-tidy: schedule @daily"}, []string{"reindex: ", "purge: ", "demo-load: "}},
		{"times that no such schedule has", files{"Gemfile": "", "Rakefile": "", "README.md": "# Shop\n\nRun `rake one` twice daily.\n\n`rake two` is run bi-weekly.\n\n`rake three` is run every Monday and Thursday at 3am.\n\n`rake four` is run every 45 minutes.\n\n`rake five` is run every other day.\n"},
			[]string{"note README.md:3 says in words", "note README.md:5 says in words", "note README.md:7 says in words", "note README.md:9 says in words", "note README.md:11 says in words"}, []string{"schedule @", "schedule *", "schedule 0"}},
		{"a script of its directory that a language's program is given", files{"composer.json": "", "yii": "#!/usr/bin/env php\n", "README.md": "# Cron\n\n```\n*/10 * * * * php yii queue/run\n```\n"}, []string{"run: command php|yii|queue/run <- README.md:4 guess"}, nil},
		{"twice, and in a file of cron.d", files{"composer.json": "", "bin/a": "", "cron.d/shop": "1 * * * * root /srv/shop/bin/a\n", "crontab": "1 * * * * /srv/shop/bin/a\n2 * * * * /srv/shop/bin/a -x\n"}, []string{"a: command bin/a <- cron.d/shop:1 declared", "a-2: command bin/a|-x <- crontab:2"}, []string{"a-3"}},
		{"two programs one after another, in a file that is called after the service", files{"composer.json": "", "bin/cron.php": "", "bin/work.php": "", "data/shop_cron": "PATH=/bin\n* * * * * root /usr/bin/php /app/bin/cron.php > /dev/null 2>&1 && /usr/bin/php /app/bin/work.php 'a b' > /dev/null\n5 * * * * root cd /app && php bin/cron.php || php bin/work.php\n"},
			[]string{"cron: command sh|-c|php bin/cron.php && php bin/work.php 'a b' <- data/shop_cron:2", "cron-2: command php|bin/cron.php <- data/shop_cron:3"}, nil},
		{"no code beside it, none of its own", files{"crontab": "1 * * * * /srv/x/bin/a\n", "x/package.json": "", "x/crontab": "1 * * * * /opt/other/run\n"}, nil, []string{"command"}},
	})
}

func FuzzCrontab(f *testing.F) {
	f.Add("*/5 * * * * a && \"b c\" | $(d) 'e\n@daily x/y <%= z %>")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Crontab(), files{"crontab": text, "README.md": text, "a/cron.d/b": text, "package.json": "{}", "a/package.json": "{}", "x/y": text, "entrypoint.sh": text, "docs/setup.md": text, "bin/cron/x.sh": "#!" + text, "Dockerfile": "FROM a\nRUN echo \"" + text + "\" > /etc/cron.d/x\n"}))
	})
}

func TestCrontabOfMachines(t *testing.T) {
	runCases(t, Crontab(), []readerCase{
		{"of a user", files{"manage.py": "", "bin/sync.sh": "", "bin/odd": "", "artisan": "", "conf/crontab": "MAILTO=ops@example.com\nCRON_TZ=Europe/Warsaw\nLEVEL=info\n# m h\n0 3 * * * cd /srv/shop && /srv/shop/venv/bin/python manage.py send_reports --level $LEVEL > /dev/null 2>&1\n*/5 * * * 7 flock -n /tmp/x.lock bin/sync.sh >> /var/log/sync.log\n@daily /usr/bin/php /srv/shop/artisan tidy\n@reboot bin/boot\nnonsense\n0 0 * * sat-mon bin/odd\n"}, []string{
			"send_reports: command python|manage.py|send_reports|--level|info <- conf/crontab:5", "send_reports: schedule 0 3 * * * Europe/Warsaw <- conf/crontab:5",
			"sync: command sh|bin/sync.sh <- conf/crontab:6", "sync: schedule */5 * * * 0 Europe/Warsaw", "tidy: command php|artisan|tidy", "tidy: schedule @daily",
			"note conf/crontab:1 what the jobs print was mailed", "note conf/crontab:8 bin/boot is started with the machine", `note conf/crontab:10 bin/odd runs at "0 0 * * sat-mon"`, "note conf/crontab:9 a line of a crontab that is not understood",
		}, []string{"dev/null", "flock"}},
		{"of the system, as configuration management installs it", files{"manage.py": "", "ansible/roles/shop/files/etc/cron.d/shop": "PATH=/usr/bin\n10 4 * * mon-fri www-data /srv/shop/bin/report --db-password=canary\n30 * * * * root [ -x /x ] && /srv/shop/bin/clean\n"}, []string{
			"report: schedule 10 4 * * mon-fri <- ansible/roles/shop/files/etc/cron.d/shop:2", `report: command sh|-c|exec /srv/shop/bin/report --db-password=`, "clean: command /srv/shop/bin/clean",
		}, []string{"canary", "www-data"}},
		{"a deployment's variable and locks", files{"manage.py": "", "bin/send": "", "bin/report": "", "crontab-example": "*/5 * * * * \"$APP/lib/run-with-lockfile.sh\" -n \"$LOCKS/send.lock\" \"$APP/bin/send --now\" || echo \"stalled?\"\n0 8 * * * \"$APP/bin/report\" $USER_NAME\n1 * * * * $HOME/elsewhere x\n"}, []string{
			"send: command bin/send|--now <- crontab-example:1", "send: schedule */5 * * * *", "note crontab-example:2", "note crontab-example:3",
		}, []string{"stalled"}},
		{"that an image makes", files{"artisan": "", "app/refresh.php": "", "bin/tidy": "", "Dockerfile": "FROM php:8.2-fpm\nRUN rm /x \\\n && echo \"* * * * * php /app/artisan schedule:run >> /dev/null\" >> /var/spool/cron/crontabs/root\nRUN echo '5 4 * * * root /app/bin/tidy -a' > /etc/cron.d/tidy\n" +
			"RUN echo \"7 * * * * . /x/env; \\\n  su www-data -s /bin/sh -c 'php /var/www/app/refresh.php' > /tmp/log\" > /etc/crontab.default\nRUN echo \"9 * * * * bin/tidy -b\" > /tmp/notes\n", "Dockerfile.dev": "FROM php:8.2\nRUN echo '1 * * * * bin/tidy -c' | crontab -\n"}, []string{
			"schedule-run: command php|artisan|schedule:run <- Dockerfile:3", "tidy: command bin/tidy|-a <- Dockerfile:4", "refresh: command php|app/refresh.php <- Dockerfile:5"}, []string{"-b", "-c"}},
		{"by the name of its machine, with paths in variables", files{"cpanfile": "", "cron/sync": "", "cron/CRONTAB.WEB1": "SHOP=/home/shop/shop\n* * * * *  shop  $SHOP/cron/sync\n", "cron/crontab.py": "* * * * * shop $SHOP/cron/sync -x\n"}, []string{"sync: command cron/sync <- cron/CRONTAB.WEB1:2"}, []string{"-x"}},
		{"a template, no crontab", files{"manage.py": "", "x.cron.erb": "0 0 * * * run <%= @user %>\n", "lib/cron.py": "0 0 * * * x", "crontab": "#!/bin/sh\n0 0 * * * x\n"}, []string{`note x.cron.erb:1 a job at "0 0 * * *" that starts no program`}, []string{"schedule"}},
	})
}

func TestCrontabOfATemplate(t *testing.T) {
	const jobs = `PATH=/data/vhost/!!(*= $vhost *)!!/shop/bin:/usr/local/bin:/usr/bin:/bin
0 23 * * * !!(*= $user *)!! run_manage_command tidy_up
!!(*
   %times = (
     'shop.example.org' => 10,
   );
*)!!
!!(* if ($vhost eq 'shop.example.org') { *)!!
6 7 * * *  !!(*= $user *)!! output-on-error send.bash
!!(* } elsif ($vhost eq 'test.example.org') { *)!!
6 8 * * *  !!(*= $user *)!! send.bash
6 9 * * *  !!(*= $user *)!! local.sh
!!(* } *)!!
`
	runCases(t, Crontab(), []readerCase{
		{"a user, conditions and programs of the path", files{"manage.py": "", "bin/run_manage_command": "#!/bin/bash\n./manage.py \"$@\"\n", "bin/send.bash": "#!/bin/bash\n", "local.sh": "", "conf/crontab.ugly": jobs},
			[]string{"tidy_up: command bin/run_manage_command|tidy_up", "send: command bin/send.bash", "send: schedule 6 7 * * *", "note conf/crontab.ugly:8 a template has jobs under conditions"}, []string{"6 8 * * *", "is not understood\n", "line of a crontab"}},
		{"branches of another template", files{"manage.py": "", "cron/app.j2": "", "etc/shop.cron.j2": "{% if live %}\n1 2 * * * python /srv/shop/manage.py send\n{% else %}\n1 3 * * * python /srv/shop/manage.py send\n{% endif %}\n1 4 * * * python /srv/shop/manage.py tidy\n"},
			[]string{"send: schedule 1 2 * * *", "tidy: schedule 1 4 * * *", "note etc/shop.cron.j2:1 a template has jobs under conditions"}, []string{"1 3 * * *", "not understood"}},
		{"a branch ends with its condition", files{"manage.py": "", "etc/shop.cron.j2": "{% if live %}\n1 2 * * * python /srv/shop/manage.py send\n{% else %}\n1 3 * * * python /srv/shop/manage.py tidy\n{% endif %}\n1 12 * * * python /srv/shop/manage.py send\n"},
			[]string{"send: schedule 1 2 * * *", "tidy: schedule 1 3 * * *", "send-2: schedule 1 12 * * *"}, nil},
		{"a loop in a branch ends alone", files{"manage.py": "", "etc/shop.cron.erb": "<% if @live -%>\n<% @a.each do |x| -%>\n1 2 * * * python /srv/shop/manage.py send\n<% end -%>\n<% else -%>\n1 3 * * * python /srv/shop/manage.py send\n<% end -%>\n1 4 * * * python /srv/shop/manage.py tidy\n<% unless @quiet %>\n# none\n<% end %>\n"},
			[]string{"send: schedule 1 2 * * *", "tidy: schedule 1 4 * * *", "note etc/shop.cron.erb:1 a template has jobs under conditions"}, []string{"1 3 * * *", "cron.erb:9"}},
		{"a condition without a job", files{"manage.py": "", "etc/shop.cron.j2": "{% if cron_mailto %}MAILTO={{ cron_mailto }}{% endif %}\n{%- if path -%}\nPATH=/bin\n{%- endif %}\n1 2 * * * python /srv/shop/manage.py send\n"}, []string{"send: schedule 1 2 * * *"}, []string{"under conditions"}},
		{"a program of the system's path", files{"bin/sort": "", "etc/crontab": "PATH=/usr/bin:/bin\n1 2 * * * root sort a\n"}, nil, []string{"command bin/sort"}},
	})
}
