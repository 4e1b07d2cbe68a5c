package ops

import "testing"

func TestWebServerAndWhatAnswersBehindIt(t *testing.T) {
	conf := "[program:nginx]\ncommand=/usr/sbin/nginx\n\n[program:app]\ncommand=uwsgi --ini /srv/docker/shop.ini\n\n[program:jobs]\ncommand=celery -A shop worker\n"
	tree := func(ini, dockerfile string) files {
		return files{"shop.py": "", "requirements.txt": "", "docker/supervisord.conf": conf, "docker/shop.ini": ini, "Dockerfile": dockerfile}
	}
	image := "FROM python:3\nCOPY . /srv\nCMD [\"supervisord\", \"-c\", \"/srv/docker/supervisord.conf\"]\n"
	runCases(t, Supervisor(), []readerCase{
		{"bound to a socket in the team's image", tree("[uwsgi]\nsocket = /tmp/shop.sock\nmodule = shop:app\n", image), []string{"jobs: command celery|-A|shop|worker", "note docker/supervisord.conf:8 jobs is a process of its own"}, []string{"command uwsgi"}},
		{"with HTTP of its own", tree("[uwsgi]\nhttp-socket = :8000\nmodule = shop:app\n", image), []string{".: command uwsgi|--ini|docker/shop.ini"}, nil},
		{"on a machine", tree("[uwsgi]\nsocket = /tmp/shop.sock\nmodule = shop:app\n", "FROM python:3\n"), []string{".: command uwsgi|--ini|docker/shop.ini"}, nil},
	})
	apache := files{"index.php": "", "composer.json": "{}", "start.sh": "#!/bin/sh\nmkdir -p /data\nexec supervisord -c /supervisord.conf\n", "Dockerfile": "FROM ubuntu:18.04\nCOPY . /srv\nCMD [\"/srv/start.sh\"]\n",
		"docker/supervisord.conf": "[program:apache]\ncommand=apache2ctl -DFOREGROUND\n[program:due]\ncommand=/bin/bash -c \"while true; do /srv/artisan schedule:run; sleep 1m; done\"\n[program:stats]\ncommand=start-collectd\n", "bin/start-collectd": "#!/bin/sh\nexec collectd\n"}
	runCases(t, Supervisor(), []readerCase{
		{"Apache with the code in it", apache, []string{"due: command /srv/artisan|schedule:run", "due: schedule * * * * *", "note docker/supervisord.conf:4 due is a process of its own", "note docker/supervisord.conf:6 start-collectd runs beside the service"}, []string{"apache2ctl", ".: name", "stats: command"}},
	})
	runCases(t, Dockerfile(), []readerCase{
		{"the image starts Apache and what runs beside it", apache, []string{".: command supervisord|-c|/supervisord.conf <- start.sh:3 declared"}, nil},
		{"s6 keeps both going", files{"index.php": "", ".docker/services.d/nginx/run": "#!/bin/execlineb -P\n# in front\nnginx\n", ".docker/services.d/php-fpm/run": "#!/bin/execlineb -P\nphp-fpm84 -F\n", "Dockerfile": "FROM alpine\nCOPY . /srv\nENTRYPOINT [\"/usr/bin/s6-svscan\", \"/etc/services.d\"]\n"}, []string{
			".: command /usr/bin/s6-svscan|/etc/services.d <- Dockerfile:3 declared"}, nil},
		{"s6 keeps others going", files{"app.py": "", "services.d/nginx/run": "#!/bin/execlineb -P\nnginx\n", "services.d/app/run": "#!/bin/sh\n# instead of php-fpm\nexec python app.py\n", "Dockerfile": "FROM alpine\nCOPY . /srv\nENTRYPOINT [\"/usr/bin/s6-svscan\", \"/etc/services.d\"]\n"}, []string{
			".: command /usr/bin/s6-svscan|/etc/services.d <- Dockerfile:3 guess"}, nil},
		{"the image starts both", tree("[uwsgi]\nsocket = /tmp/shop.sock\n", image), []string{".: command supervisord|-c|/srv/docker/supervisord.conf <- Dockerfile:3 declared"}, nil},
	})
}
