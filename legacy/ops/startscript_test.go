package ops

import "testing"

func TestServerScripts(t *testing.T) {
	code := func(name, text string) files {
		return files{"requirements.txt": "", "manage.py": "", "web/app.py": "", name: text}
	}
	runCases(t, StartScripts(), []readerCase{
		{"variables, and the path of an environment", code("bin/gunicorn.sh", "#!/bin/bash\nNAME=shop\ncd /srv/shop\nsource ../bin/activate\nexec ../bin/gunicorn shop.wsgi --name $NAME --bind=0.0.0.0:8099\n"), []string{
			".: name web", ".: command gunicorn|shop.wsgi|--name|shop|--bind=0.0.0.0:8099 <- bin/gunicorn.sh:5 convention", ".: port 8099"}, []string{"note"}},
		{"workers of RQ", files{"requirements.txt": "", "rq.sh": "#!/bin/sh\nflask rq worker shop\n", "a/requirements.txt": "", "a/bin/worker.sh": "#!/bin/sh\nexec rq worker high\n"}, []string{"worker: command flask|rq|worker|shop <- rq.sh:2", "a/worker: command rq|worker|high"}, nil},
		{"a directory of the repository", code("run.sh", "#!/bin/sh\ncd web\nuwsgi --http :9090 --wsgi-file app.py\n"), []string{".: command uwsgi|--http|:9090|--wsgi-file|app.py|--chdir|web", ".: port 9090"}, nil},
		{"a directory that the server can't be told of", code("start.sh", "#!/bin/sh\ncd web\ndaphne app:app\n"), nil, []string{"command"}},
		{"a worker and its clock", files{"requirements.txt": "", "scripts/run_celery.sh": "#!/bin/sh\ncelery -A shop worker\n", "scripts/start-celerybeat.sh": "#!/bin/sh\ncelery -A shop beat\n"}, []string{"worker: command celery|-A|shop|worker", "beat: command celery|-A|shop|beat"}, nil},
		{"developers' scripts, tools and scripts of something else", files{"requirements.txt": "", "run_dev.sh": "#!/bin/sh\ngunicorn a\n", "run.sh": "#!/bin/sh\npython manage.py runserver\n", "run_backup.sh": "#!/bin/sh\npg_dump x\n", "tests/run.sh": "#!/bin/sh\ngunicorn a\n", "start.sh": "gunicorn a\n"}, nil, []string{"command", "note"}},
		{"a worker that sends no heartbeat, of an app with another's name", code("start.sh", "#!/bin/sh\ncelery -A status --loglevel=info worker --without-heartbeat -Q a\n"), []string{"worker: command celery|-A|status|--loglevel=info|worker|"}, nil},
		{"programs of an older Celery", files{"requirements.txt": "", "bin/celeryd": "#!/bin/sh\nceleryd -c 2\n", "bin/celerybeat": "#!/bin/sh\ncelerybeat -s x\n"}, []string{"worker: command celeryd", "beat: command celerybeat"}, nil},
	})
	for name, text := range map[string]string{
		"stop_uwsgi.sh": "uwsgi --ini a.ini", "bin/celery-purge": "celery -A shop worker", "reload_uwsgi.sh": "uwsgi --ini a.ini", "celery_status.sh": "celery -A shop worker",
		"run.sh": "uwsgi --reload /tmp/shop.pid", "start.sh": "uwsgi --stop=/tmp/shop.pid", "run_shutdown.sh": "celery -A shop control shutdown", "start_flower.sh": "celery -A worker flower", "run_celery.sh": "celery -A shop purge -f", "rq.sh": "rq info", "worker.sh": "flask db upgrade",
	} {
		runCases(t, StartScripts(), []readerCase{{name + " ends or asks", code(name, "#!/bin/sh\n"+text+"\n"), nil, []string{"command", "name "}}})
	}
}

func FuzzServerScripts(f *testing.F) {
	f.Add("cd a\nX=1\n", "$X --bind $Y:1")
	f.Fuzz(func(t *testing.T, text, args string) {
		checkReport(t, read(t, StartScripts(), files{"manage.py": "", "a/b": "", "start.sh": "#!/bin/sh\n" + text + "\nexec gunicorn " + args}))
	})
}
