package ops

import "testing"

func TestInstancesByPort(t *testing.T) {
	const one = "[program:web-8000]\ncommand=/srv/shop/bin/web --port 8000\n"
	runCases(t, Supervisor(), []readerCase{
		{"copies of one file", files{"requirements.txt": "", "deploy/production/supervisor.conf": one, "deploy/staging/supervisor.conf": one}, []string{".: name web-8000", "note deploy/staging/supervisor.conf:2 another start of web-8000"}, []string{"replicas"}},
		{"two ports and their copies", files{"requirements.txt": "", "supervisor/a.conf": one + "[program:web-8001]\ncommand=/srv/shop/bin/web --port 8001\n", "supervisor/b.conf": one}, []string{".: name web <-", ".: replicas 2"}, []string{"web-800"}},
		{"variables of their own", files{"requirements.txt": "", "deploy/supervisor.conf": one + "environment=ROLE=a\n[program:web-8001]\ncommand=/srv/shop/bin/web --port 8001\nenvironment=ROLE=b\n"}, []string{".: env ROLE=a", "web-8001: env ROLE=b"}, []string{"replicas"}},
		{"names that are ports", files{"requirements.txt": "", "deploy/supervisor.conf": "[program:3001]\ncommand=/srv/shop/bin/web --port 3001\n[program:3002]\ncommand=/srv/shop/bin/web --port 3002\n"}, []string{".: name 3001 <-", ".: replicas 2"}, nil},
	})
}
