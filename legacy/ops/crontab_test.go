package ops

import "testing"

func TestCrontab(t *testing.T) {
	runCases(t, Crontab(), []readerCase{
		{"jobs of the repository, by whatever path the old machine had them", files{
			"Gemfile": "", "Rakefile": "", "bin/send-reports": "", "bin/weekly": "", "admin/hourly.sh": "#!/bin/bash\n", "manage.py": "", "shop": "",
			"conf/crontab-example": "PATH=/usr/bin:/bin\nMAILTO=a@corp.example\n# a comment\n*/5 * * * * \"$APP/lib/run-with-lockfile.sh\" -n \"$LOCK/a.lock\" \"$APP/bin/send-reports --all\" || echo \"stalled?\"\n" +
				"31 1 * * 0 !!(*= $user *)!! !!(*= $vhost *)!!/shop/bin/weekly >> /var/log/weekly.log 2>&1\n0 * * * * mkdir -p $HOME/log && cd $HOME/shop && carton exec -- admin/hourly.sh > $HOME/log/$(date +\\%F).log\n" +
				"@daily {{ python }} manage.py clearsessions\n5 4 * * * cd /srv/shop && bundle exec rake shop:report\n7 7 * * * /usr/bin/shop\n8 8 * * * $APP/bin/weekly $UNIX_USER\n9 9 * * * /usr/sbin/logrotate /etc/logrotate.conf\n",
		}, []string{
			"send-reports: command bin/send-reports|--all <- conf/crontab-example:4 convention", "weekly: command bin/weekly <- conf/crontab-example:5", "hourly: command bash|admin/hourly.sh", "clearsessions: command python|manage.py|clearsessions", "shop-report: command bundle|exec|rake|shop:report",
		}, []string{"logrotate", "/usr/bin/shop", "UNIX_USER", "weekly-2"}},
		{"twice, and in a file of cron.d", files{"composer.json": "", "bin/a": "", "cron.d/shop": "1 * * * * root /srv/shop/bin/a\n", "crontab": "1 * * * * /srv/shop/bin/a\n2 * * * * /srv/shop/bin/a -x\n"}, []string{"a: command bin/a <- cron.d/shop:1 declared", "a-2: command bin/a|-x <- crontab:2"}, []string{"a-3"}},
		{"no code beside it, none of its own", files{"crontab": "1 * * * * /srv/x/bin/a\n", "x/package.json": "", "x/crontab": "1 * * * * /opt/other/run\n"}, nil, []string{"command"}},
	})
}

func FuzzCrontab(f *testing.F) {
	f.Add("*/5 * * * * a && \"b c\" | $(d) 'e\n@daily x/y <%= z %>")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Crontab(), files{"crontab": text, "a/cron.d/b": text, "package.json": "{}", "a/package.json": "{}", "x/y": text}))
	})
}
