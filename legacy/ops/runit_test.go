package ops

import (
	"strings"
	"testing"
)

const runitShop = `#!/bin/sh
exec 2>&1
. /etc/default/shop
cd /srv/shop/current
mkdir -p /var/run/shop
export RACK_ENV=production
exec chpst -u shop:shop -e ./env /srv/shop/.rbenv/shims/bundle exec puma -p $PORT 2>&1
`

func TestRunit(t *testing.T) {
	runCases(t, Runit(), []readerCase{
		{"runit with settings and an envdir", files{"config.ru": "", "Gemfile": "", "etc/default/shop": "PORT=9292\n", "etc/sv/shop/run": runitShop, "etc/sv/shop/env/SECRET_KEY": "canary-env\n", "etc/sv/shop/env/LANG": "pl_PL\n", "etc/sv/shop/log/run": "#!/bin/sh\nexec svlogd -tt ./main\n", "etc/sv/shop-jobs/run": "#!/bin/sh\ncd /srv/shop/current\nexec setuidgid shop bundle exec rake jobs:work\n"}, []string{
			".: name shop", ".: command bundle|exec|puma|-p|9292 <- etc/sv/shop/run:7 declared", ".: port 9292", ".: env RACK_ENV=production <- etc/sv/shop/run:6", ".: secret SECRET_KEY <- etc/sv/shop/env/SECRET_KEY:1",
			"jobs: command bundle|exec|rake|jobs:work <- etc/sv/shop-jobs/run:3", "note etc/sv/shop/log/run:1 what shop prints is kept in files",
		}, []string{"canary", "svlogd|", "rbenv"}},
		{"daemontools, with a variable that nobody sets", files{"go.mod": "module x", "service/api/run": "#!/bin/bash\nexec envdir env softlimit -m 300000000 ./api -port $API_PORT\n"}, []string{`.: command sh|-c|exec ./api -port $API_PORT`}, nil},
		{"Chef's template, elsewhere", files{"Gemfile": "", "cookbooks/shop/templates/default/sv-shop-run.erb": "#!/bin/sh\ncd <%= @options[:dir] %>\nexec chpst -u <%= @options[:user] %> bundle exec unicorn\n"}, []string{": about shop", ": command bundle|exec|unicorn"}, nil},
		{"scripts that an image puts into place, over several lines, beside the server's", files{"requirements.txt": "", "docker/worker.bash": "#!/bin/bash\nexec celery worker -A shop \\\n    --loglevel=info\n", "docker/beat.sh": "#!/bin/sh\nexec celery beat -A shop\n", "docker/web.sh": "#!/bin/sh\nexec uwsgi --ini uwsgi.ini\n",
			"Dockerfile": "FROM phusion/baseimage\nCOPY docker/beat.sh /etc/service/beat/run\nRUN mkdir -p /etc/service/worker && \\\n  ln -s \"${SRC_DIR}/docker/worker.bash\" /etc/service/worker/run\nCOPY ./docker/web.sh /etc/service/web/run\nCOPY other.sh /etc/service/other/run\n"}, []string{
			"worker: command celery|worker|-A|shop|--loglevel=info <- docker/worker.bash:2", "beat: command celery|beat|-A|shop <- docker/beat.sh:2"}, []string{"uwsgi", "other"}},
		{"not understood", files{"Gemfile": "", "sv/a/run": "#!/usr/bin/env python\n", "sv/b/run": "#!/bin/sh\nif (\n", "sv/c/run": "#!/bin/sh\nmkdir /x\n"}, []string{"note sv/a/run:1 a run script for /usr/bin/env python, which is not read", "note sv/b/run:1 a run script that is not understood", "note sv/c/run:1 a run script, but"}, []string{"command"}},
	})
}

func FuzzRunit(f *testing.F) {
	f.Add(runitShop)
	f.Add("exec env - chpst -u -e\nsetuidgid\nexec fdmove 1 2\nexec softlimit -m$(x) sh -c 'exec sh -c \"'")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Runit(), files{"sv/x/run": "#!/bin/sh\n" + text, "sv/x/env/A": text, "x.sh": "#!/bin/sh\n" + text, "Dockerfile": "FROM a\nCOPY x.sh /etc/service/a/run\nRUN " + text}))
	})
}

// The scripts of a service without a directory of variables are no variables.
func TestRunitWithoutVariables(t *testing.T) {
	for _, line := range said(read(t, Runit(), files{"manage.py": "", "etc/sv/shop/run": "#!/bin/sh\nexec gunicorn shop.wsgi\n", "etc/sv/shop/finish": "#!/bin/sh\n"})) {
		if strings.Contains(line, "env ") {
			t.Error(line)
		}
	}
}
