package ops

import "testing"

func TestOpenShift2(t *testing.T) {
	runCases(t, OpenShift2(), []readerCase{
		{"hooks, cron and markers", files{"wsgi.py": "", ".openshift/action_hooks/deploy": "#!/bin/bash\nsource $OPENSHIFT_HOMEDIR/x\npython manage.py migrate --noinput\n", ".openshift/action_hooks/start": "#!/bin/bash\nnohup ./server -p $OPENSHIFT_DIY_PORT > log 2>&1 &\n",
			".openshift/cron/daily/clean.py": "#!/usr/bin/env python\n", ".openshift/cron/daily/jobs.allow": "# these\nclean.py\nold.sh\n", ".openshift/cron/daily/jobs.deny": "old.sh\n", ".openshift/cron/daily/old.sh": "#!/bin/sh\n", ".openshift/cron/daily/other": "", ".openshift/action_hooks/pre_start_nodejs-0.10": "#!/bin/bash\n", ".openshift/cron/README.cron": "", ".openshift/cron/minutely/tick": "echo", ".openshift/markers/java8": ""}, []string{
			"migrate: command (release) python|manage.py|migrate|--noinput <- .openshift/action_hooks/deploy:3 declared", "clean: command python|.openshift/cron/daily/clean.py", "tick: command sh|.openshift/cron/minutely/tick", ".: language node 0.10  <- .openshift/action_hooks/pre_start_nodejs-0.10:1 declared",
		}, []string{"jobs", "README", "old", "other", "java"}},
		{"code where the gear had it", files{"wsgi/manage.py": "", ".openshift/action_hooks/deploy": "#!/bin/bash\npython \"$OPENSHIFT_REPO_DIR\"wsgi/manage.py migrate\npython ${OPENSHIFT_REPO_DIR}/wsgi/manage.py collectstatic --noinput\ncp $OPENSHIFT_DATA_DIR/a b\n"}, []string{"migrate: command (release) python|wsgi/manage.py|migrate <- .openshift/action_hooks/deploy:2"}, []string{"collectstatic"}},
		{"what a hook says before it acts", files{"manage.py": "", ".openshift/action_hooks/deploy": "#!/bin/bash\necho \"Executing 'manage.py migrate'\"\npython manage.py migrate\n"}, []string{"migrate: command (release) python|manage.py|migrate <- .openshift/action_hooks/deploy:3"}, []string{"echo"}},
		{"the cartridges that the README makes it with", files{".openshift/markers/x": "", "php/index.php": "", "README.md": "# Shop\n\n    $ rhc app create shop php-5.4 postgresql-9.2 cron-1.4 --from-code=x\n\nor mysql-5.5\n", "b/.openshift/markers/x": "", "b/README": "rhc app create -a b -t jbosseap-6\nrhc cartridge add -a b -c mysql-5.1\nrhc cartridge-add postgresql-8.4 -a b\n"}, []string{
			".: language php 5.4  <- README.md:3 convention", ".: need postgres9.2 |||:0 <- README.md:3 convention", "b: language java"}, []string{"mysql", "b: need", "java 6"}},
		{"a marker", files{"pom.xml": "", ".openshift/markers/java8": ""}, []string{".: language java 8"}, nil},
		{"odd", files{".openshift/action_hooks/build": "if ("}, []string{"note .openshift/action_hooks/build:0 not understood"}, nil},
	})
}
