package ops

import "testing"

// A variable goes into a line of a crontab only where it holds a schedule: what else begins like one may be a secret.
func TestSecretsInCrontabsThatContainersWrite(t *testing.T) {
	script := "#!/bin/sh\nSYNC_TOKEN=9canary6c5b\nNIGHT='0 3 * * *'\nSIGN=@canary\nMORE='1 2 * * * 7canary'\n" +
		"echo \"$NIGHT python manage.py sync $SYNC_TOKEN\" | crontab -\necho \"5 3 * * * python manage.py send ${SIGN}\" | crontab -\necho \"@daily python manage.py tidy $MORE\" | crontab -\n"
	runCases(t, Crontab(), []readerCase{{"a token that begins with a digit", files{"manage.py": "", "entrypoint.sh": script},
		[]string{`note entrypoint.sh:6 a job at "0 3 * * *"`, `note entrypoint.sh:7 a job at "5 3 * * *"`, `note entrypoint.sh:8 a job at "@daily"`}, []string{"canary"}}})
}

func TestCrontabsByOtherNames(t *testing.T) {
	runCases(t, Crontab(), []readerCase{
		{"a file that an image puts where cron looks", files{"artisan": "", "composer.json": "{}", "docker/Dockerfile": "FROM php:8\nCOPY --chown=root:root docker/plan /etc/cron.d/shop\nCOPY --from=build /plan /etc/cron.d/other\nCOPY docker/crontab /etc/crontab\n", "docker/plan": "* * * * * www-data php /srv/artisan schedule:run\n", "docker/crontab": "5 4 * * * php /srv/artisan tidy\n"},
			[]string{"schedule-run: command php|artisan|schedule:run <- docker/plan:1 declared", "tidy: command php|artisan|tidy <- docker/crontab:1"}, []string{"-2"}},
		{"files that are called nothing but cron", files{"manage.py": "", "deploy/cron": "5 4 * * * cd /srv && python manage.py tidy\n", "bin/cron": "start the jobs\n"},
			[]string{"tidy: command python|manage.py|tidy <- deploy/cron:1"}, []string{"bin/cron"}},
		{"Rails by Bundler, in parentheses and without", files{"Gemfile": "", "bin/tidy.rb": "", "crontab": "0 5 * * * cd /srv/shop && (bundle exec rails runner \"Feed.refresh\") >> log/cron.log 2>&1\n5 5 * * * cd /srv/shop && rails runner bin/tidy.rb\n"},
			[]string{"feed-refresh: command bundle|exec|rails|runner|Feed.refresh <- crontab:1", "tidy: command bundle|exec|rails|runner|bin/tidy.rb <- crontab:2"}, []string{"understood"}},
		{"jobs of Heroku's scheduler, in a table", files{"Gemfile": "", "Rakefile": "", "README.md": "# Shop\n\n## Heroku Scheduler\n\n| Command | Frequency |\n|---|---|\n| `rake feed:update` | hourly |\n\n## Development\n\n`rake db:seed` | daily\n"},
			[]string{"feed-update: command bundle|exec|rake|feed:update <- README.md:7 guess", "feed-update: schedule @hourly"}, []string{"db:seed"}},
		{"a job of a guide at a time that has a name", files{"manage.py": "", "README.md": "Cron:\n\n```\n@daily /srv/bin/python /srv/manage.py clearsessions\n@someone python manage.py other\n```\n"},
			[]string{"clearsessions: command python|manage.py|clearsessions <- README.md:4 guess", "clearsessions: schedule @daily"}, []string{"other"}},
	})
}
