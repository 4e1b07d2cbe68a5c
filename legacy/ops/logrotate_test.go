package ops

import "testing"

func TestLogrotate(t *testing.T) {
	runCases(t, Logrotate(), []readerCase{
		{"in the repository", files{"main.go": "", "deploy/shop.logrotate": "/var/log/shop.log /var/log/shop.err {\n  daily\n  postrotate\n    if test -s x; then kill -HUP 1; fi\n  endscript\n}\n# /x {\n"}, []string{"note deploy/shop.logrotate:1 logs to /var/log/shop.log, /var/log/shop.err: in a pod it has to log to stdout"}, []string{"/x"}},
		{"limits of accounts", files{"main.go": "", "etc/security/limits.d/90-shop.conf": "# c\nshop soft nofile 65536\nshop hard nofile 65536\n"}, []string{"note etc/security/limits.d/90-shop.conf:2 the account shop has limits here (nofile 65536, nofile 65536)"}, nil},
		{"settings that nothing sources", files{"main.go": "", "etc/default/shop": "ENABLED=1\nDB_PASSWORD=canary-default\nexport LOCALE=pl\nTHREADS=4\nPG_HOST=db1.corp.example\n"}, []string{
			".: secret DB_PASSWORD <- etc/default/shop:2 convention", ".: env LOCALE=pl <- etc/default/shop:3", ".: need postgres |db1.corp.example", "note etc/default/shop:1 settings of shop for the script that starts it, which is not here: ENABLED, THREADS",
		}, []string{"canary"}},
		{"settings that an init script sources are its own", files{"main.go": "", "etc/default/shop": "A=1\n", "etc/init.d/shop": "#!/bin/sh\n"}, nil, []string{"note"}},
		{"no such file", files{"lib/logrotate.rb": "/x {\n", "puppet/modules/logrotate/manifests/init.pp": "/x {\n"}, nil, []string{"note"}},
	})
}

func FuzzLogrotate(f *testing.F) {
	f.Add("/var/log/a.log\n/var/log/b {\n}\n\"/a b\" {\nA=$B\nexport A C=\"x\"\n* - nofile 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Logrotate(), files{"main.go": "", "logrotate.d/a": text, "limits.conf": text, "etc/default/a": text}))
	})
}
