package ops

import "testing"

func TestCircus(t *testing.T) {
	runCases(t, Supervisor(), []readerCase{
		{"a server on a socket of Circus's, and a worker", files{"requirements.txt": "", "etc/circus.ini": "[circus]\ncheck_delay = 5\n[watcher:web]\ncmd = /srv/venv/bin/chaussette --fd $(circus.sockets.web) app.app\nuse_sockets = True\n[socket:web]\nport = 8033\n[watcher:worker]\ncmd = celery\nargs = -A tasks worker\nnumprocesses = 3\n[watcher:empty]\nargs = x\n"}, []string{
			".: name web", ".: command chaussette|--host|0.0.0.0|--port|8033|app.app <- etc/circus.ini:4", ".: port 8033", "worker: command celery|-A|tasks|worker <- etc/circus.ini:9"}, []string{"empty"}},
	})
}

func FuzzCircus(f *testing.F) {
	f.Add("[watcher:a]\ncmd = a\n  b\n[socket:]\nport=$(circus.sockets.)\nhost=\n[watcher:a]\nargs='")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Supervisor(), files{"package.json": "{}", "circus.ini": text}))
	})
}
