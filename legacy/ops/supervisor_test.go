package ops

import "testing"

func TestSupervisor(t *testing.T) {
	const conf = `[supervisord]
nodaemon=true
[program:shop]
command=/srv/shop/venv/bin/gunicorn shop.wsgi
    --bind 0.0.0.0:8000   ; the port
directory=/srv/shop
user=www-data
environment=LOG_LEVEL="warn",SECRET_KEY='canary',
    A=b
[program:shop-worker]
command=celery -A shop worker -n %(program_name)s@%%h --queue %(ENV_QUEUE)s
numprocs=4
stopsignal=QUIT
[program:nginx]
command=/usr/sbin/nginx -g "daemon off;"
[program:broken]
command=if then (
[eventlistener:mail]
command=crashmail
`
	runCases(t, Supervisor(), []readerCase{
		{"a script where a machine has the code", files{"artisan": "", "deploy/supervisor.conf": "[program:queue]\ncommand=php /var/www/shop/artisan queue:work --queue=high\n"}, []string{"queue: command php|artisan|queue:work|--queue=high"}, nil},
		{"a daemon of PHP's beside its pages", files{"composer.json": "{}", "public/index.php": "", "daemon.php": "", "etc/systemd/shop.service": "[Service]\nExecStart=x\n", "etc/supervisor/shop.conf": "[program:shop]\ncommand=/usr/bin/php daemon.php start\n"}, []string{"shop: command /usr/bin/php|daemon.php|start"}, []string{".: command", ".: name"}},
		{"a server of websockets beside pages in PHP", files{"composer.json": "{}", "artisan": "", "socket.js": "", "docker/supervisord.conf": "[program:shop-socketio]\ncommand=node socket.js\n"}, []string{"shop-socketio: command node|socket.js"}, []string{".: command", ".: name"}},
		{"a backing service by its image's own script", files{"requirements.txt": "", "app.py": "", "docker/supervisord.conf": "[program:db]\ncommand=/bin/bash -c \"/usr/local/bin/docker-entrypoint.sh mongod --bind_ip_all\"\n[program:shop]\ncommand=python app.py\n"}, []string{".: command python|app.py", "note docker/supervisord.conf:2 mongod runs beside the service here"}, []string{"command /usr/local"}},
		{"settings that each machine makes of an example", files{"setup.py": "", "shop.py": "", "other.ini": "", "contrib/shop.ini.template": "", "contrib/other.ini.dist": "", "contrib/supervisor/shop.conf": "[program:shop]\ncommand=uwsgi shop.ini\n[program:more]\ncommand=uwsgi other.ini\n"},
			[]string{"note contrib/supervisor/shop.conf:2 shop: it is started with shop.ini, which each machine makes of contrib/shop.ini.template"}, []string{"started with other.ini"}},
		{"Apache and consumers", files{"composer.json": "", "bin/app.php": "", "docker/supervisord.conf": "[program:apache2]\ncommand=apachectl -D \"FOREGROUND\" -k start\n[program:consume-shop-api]\ncommand=/usr/local/bin/php bin/app.php consume-shop-api\n[program:consume-shop]\ncommand=/usr/local/bin/php bin/app.php consume-shop\n"},
			[]string{"consume-shop-api: command /usr/local/bin/php|bin/app.php|consume-shop-api", "consume-shop: command", "note docker/supervisord.conf:2 apachectl runs beside"}, []string{".: command", "apache2: command"}},
		{"programs", files{"manage.py": "", "deploy/supervisor/shop.conf": conf}, []string{
			".: name shop", ".: command gunicorn|shop.wsgi|--bind|0.0.0.0:8000 <- deploy/supervisor/shop.conf:4", ".: port 8000", ".: env LOG_LEVEL=warn <- deploy/supervisor/shop.conf:8", ".: secret SECRET_KEY", ".: env A=b",
			`worker: command sh|-c|exec celery -A shop worker -n shop-worker@%h --queue ${QUEUE}`, "worker: replicas 4 <- deploy/supervisor/shop.conf:12", "note deploy/supervisor/shop.conf:13 shop-worker is stopped with SIGQUIT",
			"note deploy/supervisor/shop.conf:15 nginx runs beside the service here", "note deploy/supervisor/shop.conf:17 the command of the program broken is not understood",
		}, []string{"canary", "crashmail"}},
		{"PHP and the web server before it, and what else it runs", files{"artisan": "", "docker/supervisord.conf": "[program:php-fpm]\ncommand=/usr/local/sbin/php-fpm -F\n[program:nginx]\ncommand=/usr/sbin/nginx\n[program:queue]\ncommand=php /app/artisan queue:work\n"}, []string{
			"queue: command php|/app/artisan|queue:work <- docker/supervisord.conf:6", "note docker/supervisord.conf:6 queue is a process of its own here, and supervisord runs it beside the pages"}, []string{"command /usr/local/sbin/php-fpm"}},
		{"a daemon of the machine", files{"manage.py": "", "app_init.supervisord.conf": "[program:sshd]\ncommand=service ssh start\n"}, []string{"note app_init.supervisord.conf:2 service runs beside the service here"}, []string{"command"}},
		{"kept elsewhere in the repository by configuration management", files{"manage.py": "", "ansible/roles/shop/templates/supervisord.conf.j2": "[program:shop]\ncommand={{ venv }}/bin/gunicorn shop\n"}, []string{": about shop", ": command gunicorn|shop"}, nil},
	})
}
