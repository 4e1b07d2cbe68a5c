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
	runCases(t, Dockerfile(), []readerCase{
		{"the image starts both", tree("[uwsgi]\nsocket = /tmp/shop.sock\n", image), []string{".: command supervisord|-c|/srv/docker/supervisord.conf <- Dockerfile:3 declared"}, nil},
	})
}
