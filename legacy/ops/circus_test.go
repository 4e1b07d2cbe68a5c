package ops

import "testing"

func TestCircus(t *testing.T) {
	runCases(t, Supervisor(), []readerCase{
		{"a server on a socket of Circus's, and a worker", files{"requirements.txt": "", "etc/circus.ini": "[circus]\ncheck_delay = 5\n[watcher:web]\ncmd = /srv/venv/bin/chaussette --fd $(circus.sockets.web) app.app\nuse_sockets = True\n[socket:web]\nport = 8033\n[watcher:worker]\ncmd = celery\nargs = -A tasks worker\nnumprocesses = 3\n[watcher:empty]\nargs = x\n"}, []string{
			".: name web", ".: command chaussette|--host|0.0.0.0|--port|8033|app.app <- etc/circus.ini:4", ".: port 8033", "worker: command celery|-A|tasks|worker <- etc/circus.ini:9"}, []string{"empty"}},
		{"sockets in every form, the host below the port", files{"requirements.txt": "", "circus.ini": "[watcher:a]\ncmd = chaussette --fd=$(circus.sockets.a) app.app\n[watcher:b]\ncmd = gunicorn --bind fd://$(circus.sockets.b) app:app\n[socket:a]\nport = 8033\nhost = 0.0.0.1\n[socket:b]\nport = 8034\n"}, []string{
			".: command chaussette|--host|0.0.0.1|--port|8033|app.app", "b: command gunicorn|--bind|0.0.0.0:8034|app:app"}, []string{"$(circus"}},
		{"a socket in a file", files{"requirements.txt": "", "circus.ini": "[watcher:web]\ncmd = chaussette --fd $(circus.sockets.web) app.app\n[socket:web]\npath = /tmp/web.sock\n"}, []string{"note circus.ini:2 watcher:web starts on what only Circus knows"}, []string{"command"}},
		{"variables", files{"requirements.txt": "", "circus.ini": "[env]\nLEVEL = 100%\nPATH = $PATH\n[env:web]\nSHOP_NAME = a, b\nSHOP_PASSWORD = canary\n[env:other]\nNONE = 1\n[watcher:web]\ncmd = gunicorn app:app\n"}, []string{
			".: env LEVEL=100% <- circus.ini:2", ".: env SHOP_NAME=a, b <- circus.ini:5", ".: secret SHOP_PASSWORD", "note circus.ini:3 variables that are filled in where Circus is started, and are not taken over"}, []string{"canary", "NONE"}},
	})
}

func FuzzCircus(f *testing.F) {
	f.Add("[watcher:a]\ncmd = a\n  b\n[socket:]\nport=$(circus.sockets.)\nhost=\n[watcher:a]\nargs='")
	f.Add("[env:a*]\nB=%(x)s\n[env]\nC='\"\n[watcher:a]\ncmd=a --fd=$(circus.sockets.a)\n[socket:a]\nhost=h\nport=1")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Supervisor(), files{"package.json": "{}", "circus.ini": text}))
	})
}
