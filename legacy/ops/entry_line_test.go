package ops

import "testing"

func TestStepsInTheLineOfTheService(t *testing.T) {
	runCases(t, Procfile(), []readerCase{
		{"migrations before the server", files{"requirements.txt": "", "Procfile": "web: cd shop && python manage.py migrate --noinput && python manage.py collectstatic --noinput && gunicorn shop.wsgi --port $PORT\nworker: python manage.py migrate && celery -A shop worker\n"},
			[]string{".: command sh|-c|cd shop && exec gunicorn shop.wsgi --port", "migrate: command (release) sh|-c|cd shop && exec python manage.py migrate --noinput <- Procfile:1", "note Procfile:1 wrote what only its own container has at each start"}, nil},
		{"scripts that only start something", files{"requirements.txt": "", "Procfile": "web: bin/web.sh\nclock: bin/clock.sh\njob: bin/job.sh\n", "bin/web.sh": "#!/bin/sh\npython manage.py migrate\nexec gunicorn shop.wsgi\n", "bin/clock.sh": "#!/bin/sh\nexec celery -A shop beat\n", "bin/job.sh": "#!/bin/sh\ndate > stamp\nexec ./job\n"},
			[]string{".: command gunicorn|shop.wsgi <- Procfile:1", "migrate: command (release) python|manage.py|migrate <- bin/web.sh:2", "clock: command celery|-A|shop|beat <- Procfile:2", "job: command bin/job.sh <- Procfile:3"}, nil},
		{"what else is in the line keeps it", files{"requirements.txt": "", "Procfile": "web: envsubst < a > b && python manage.py migrate && gunicorn shop.wsgi\n"}, []string{".: command sh|-c|envsubst < a > b && python manage.py migrate && exec gunicorn shop.wsgi"}, []string{"release"}},
	})
	runCases(t, Dockerfile(), []readerCase{
		{"a tool of the service's own migrates", files{"app.py": "", "requirements.txt": "", "Dockerfile": "FROM python:3\nCOPY . /srv\nCMD shop migrate --ini $INI && shop start --ini $INI\n"},
			[]string{".: command sh|-c|exec shop start --ini $INI", "migrate: command (release) sh|-c|exec shop migrate --ini $INI <- Dockerfile:3"}, nil},
	})
}
