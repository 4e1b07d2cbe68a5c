package ops

import "testing"

const uwsgiOld = `[uwsgi]
project = shop
base = /srv/%(project)
plugins = python
chdir = %(base)/src
home = %(base)/venv
module = shop.wsgi:application
socket = 127.0.0.1:3031
processes = 4
harakiri = 30
env = DJANGO_SETTINGS_MODULE=shop.settings
env = SECRET_KEY=canary-7
attach-daemon = /srv/shop/venv/bin/celery -A shop worker
cron = 0 3 -1 -1 -1 /srv/shop/venv/bin/python manage.py report
mule = sweeper.py
; a comment
`

func TestUWSGI(t *testing.T) {
	runCases(t, UWSGI(), []readerCase{
		{"a file that an image copies and a script of runit starts, production's before the others", files{"requirements.txt": "", "manage.py": "", "Dockerfile": "FROM python:3\nCOPY docker/$PLACE/uwsgi/uwsgi.ini /etc/uwsgi/uwsgi.ini\n", "docker/beta/uwsgi/uwsgi.service": "#!/bin/sh\nexec uwsgi /etc/uwsgi/uwsgi.ini\n",
			"docker/beta/uwsgi/uwsgi.ini": "[uwsgi]\nsocket = 0.0.0.0:5000\nmodule = manage\n", "docker/prod/uwsgi/uwsgi.ini": "[uwsgi]\nsocket = 0.0.0.0:5001\nmodule = manage\n"}, []string{".: command uwsgi|--http-socket|0.0.0.0:5001|--master|--die-on-term|--module|manage <- docker/prod/uwsgi/uwsgi.ini:3"}, []string{":5000"}},
		{"fits a container as it is", files{"manage.py": "", "requirements.txt": "", "conf/uwsgi.ini": "[uwsgi]\nhttp=0.0.0.0:8000\nmodule=laa.wsgi:application\nmaster=True\npidfile=/tmp/m.pid\nenv=DJANGO_SETTINGS_MODULE=laa.settings\n"}, []string{
			".: command uwsgi|--ini|conf/uwsgi.ini <- conf/uwsgi.ini:3 declared", ".: port 8000 <- conf/uwsgi.ini:2", ".: env DJANGO_SETTINGS_MODULE=laa.settings <- conf/uwsgi.ini:6",
		}, []string{"note"}},
		{"a directory with what production installs, and the code above it", files{"manage.py": "", "requirements.txt": "", "deploy/requirements.txt": "-r ../requirements.txt\nuwsgi\n", "deploy/wsgi.py": "", "deploy/uwsgi.ini": "[uwsgi]\nwsgi-file = deploy/wsgi.py\nhttp = :8000\n"}, []string{
			".: command uwsgi|--ini|deploy/uwsgi.ini <- deploy/uwsgi.ini:2", ".: port 8000"}, []string{"deploy: "}},
		{"of an old machine, behind nginx", files{"requirements.txt": "", "src/manage.py": "", "src/shop/wsgi.py": "", "uwsgi.ini": uwsgiOld}, []string{
			".: command uwsgi|--http-socket|0.0.0.0:3031|--master|--die-on-term|--module|shop.wsgi:application|--processes|4|--harakiri|30|--chdir|src <- uwsgi.ini:7", ".: port 3031 <- uwsgi.ini:8",
			".: env DJANGO_SETTINGS_MODULE=shop.settings <- uwsgi.ini:11", ".: secret SECRET_KEY <- uwsgi.ini:12", "celery: command celery|-A|shop|worker <- uwsgi.ini:13", "report: command python|manage.py|report", "report: schedule 0 3 * * *",
			"note uwsgi.ini:8 a web server spoke uwsgi to 127.0.0.1:3031", "note uwsgi.ini:15 uWSGI runs mule = sweeper.py", "note uwsgi.ini:10 a request that takes more than 30 s",
		}, []string{"canary", "/srv/shop/venv", "plugins"}},
		{"another file starts it", files{"requirements.txt": "", "Dockerfile": "CMD [\"uwsgi\", \"/app/docker/uwsgi.ini\"]", "docker/uwsgi.ini": "[uwsgi]\nif-not-env = V6\nhttp-socket = :8000\nendif =\nmodule = hc.wsgi\nattach-daemon = ./manage.py sendalerts\nsocket = /tmp/x.sock\nif-env = MAIL\nattach-daemon = ./manage.py smtpd\nendif =\n"}, []string{
			".: port 8000 <- docker/uwsgi.ini:3", "sendalerts: command ./manage.py|sendalerts", "note docker/uwsgi.ini:6 uWSGI itself runs ./manage.py sendalerts in each pod, and it is a process of its own here", "note docker/uwsgi.ini:9 uWSGI runs attach-daemon",
		}, []string{".: command", "smtpd: command"}},
		{"times by name, and a socket of uWSGI's own protocol", files{"requirements.txt": "", "docker/supervisord-services.ini": "[program:uwsgi]\ncommand=uwsgi --ini docker/shop.ini\n", "docker/shop.ini": "[uwsgi]\nsocket = 0.0.0.0:5000\nmodule = shop.wsgi\ncron2 = minute=0,hour=5,unique=1 python manage.py sweep\ncron2=minute=-15,unique=1 python manage.py poll\n"}, []string{
			"sweep: schedule 0 5 * * *", "poll: schedule */15 * * * *", "note docker/shop.ini:2 a web server speaks uwsgi to 0.0.0.0:5000", ".: port 5000"}, []string{"minute"}},
		{"YAML", files{"requirements.txt": "", "uwsgi.yaml": "uwsgi:\n  wsgi-file: app.py\n  http-socket: \":9090\"\n  env: [\"A=b\"]\n"}, []string{".: command uwsgi|--yaml|uwsgi.yaml <- uwsgi.yaml:2", ".: port 9090 <- uwsgi.yaml:3", ".: env A=b"}, nil},
		{"XML", files{"requirements.txt": "", "deploy/uwsgi.xml": "<apps>\n<uwsgi id=\"a\">\n <module>app</module>\n <socket>/var/run/app.sock</socket>\n <master/>\n</uwsgi>\n</apps>"}, []string{
			".: command uwsgi|--http-socket|0.0.0.0:8000|--master|--die-on-term|--module|app <- deploy/uwsgi.xml:3", "note deploy/uwsgi.xml:4 a web server spoke uwsgi to /var/run/app.sock"}, nil},
		{"a template of configuration management", files{"requirements.txt": "", "ansible/roles/shop/templates/shop-uwsgi.ini.j2": "[uwsgi]\nmodule = shop.wsgi\nchdir = {{ dir }}\nsocket = {{ dir }}/s.sock\n"}, []string{": about shop", ": command uwsgi|--http-socket|0.0.0.0:8000|--master|--die-on-term|--module|shop.wsgi"}, []string{"{{ dir }} --"}},
		{"two of one, and others", files{"requirements.txt": "", "uwsgi-production.ini": "[uwsgi]\nhttp=:80\nmodule=a\n", "uwsgi-staging.ini": "[uwsgi]\nhttp=:81\nmodule=a\n", "setup.ini": "[a]\nmodule=x\n", "paste.ini": "[app:main]\nuse=egg:x\n[uwsgi]\nhttp=:1\n", "uwsgi/emperor.ini": "[uwsgi]\nemperor=/etc/uwsgi/vassals\n"},
			[]string{".: port 80 ", "note uwsgi-staging.ini:3 another configuration of uWSGI for a, left out", "note uwsgi/emperor.ini:2 uWSGI runs everything below"}, []string{"port 81", "port 1 ", "|x"}},
	})
}

func FuzzUWSGI(f *testing.F) {
	f.Add(uwsgiOld)
	f.Add("[uwsgi]\na = %(b)\nb = %(a)%(a)\nmodule = %(a)\ncron = -1\ncron2 = x -2 -1 -1 -1 -1 ls\nhttp=:0\n")
	f.Add("uwsgi: {module: [a, {}], http: *x}\n<uwsgi><module>a</uwsgi></x>")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, UWSGI(), files{"requirements.txt": "", "uwsgi.ini": text, "uwsgi.yaml": text, "uwsgi.xml": text}))
	})
}
