package ops

import "testing"

// Daemons that detach themselves stay in the foreground, and start from where the code is.
func TestDaemonsOfTheirOwn(t *testing.T) {
	const lsb = "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nBIN=${SHOP_BIN:-/usr/local/bin}\n"
	runCases(t, Initd(), []readerCase{
		{"a server that goes to the background by an option", files{"cpanfile": "", "script/shop.psgi": "", "share/shop.lsb": lsb + "STARMAN=`PATH=\"$PATH:/usr/local/bin\" /usr/bin/which starman`\nLOST=`cat /etc/x`\nstart () {\n  $STARMAN --user=shop --error-log=/var/log/shop.log --listen=0.0.0.0:5000 --daemonize $BIN/shop.psgi || exit 1\n}\ncase \"$1\" in start) start ;; esac\n"},
			[]string{"shop: command starman|--listen=0.0.0.0:5000|script/shop.psgi <- share/shop.lsb:8 declared"}, []string{"--user"}},
		{"a program that knows the word start", files{"cpanfile": "", "script/shop_agent": "use Daemon::Control;\n", "share/shop-agent.lsb": lsb + "start () {\n  $BIN/shop_agent --user=shop --level=info start || exit 1\n}\ncase \"$1\" in start) start ;; esac\n"},
			[]string{".: command script/shop_agent|--level=info|foreground <- share/shop-agent.lsb:6 declared"}, nil},
		{"Ruby's daemons, in a line for the shell", files{"Gemfile": "", "bin/delayed_job": "Delayed::Command.new(ARGV).daemonize\n", "bin/mailer_ctl": "Daemons.run('mailer.rb')\n",
			"ext/shop-jobs.init":   lsb + "HOME=/usr/share/shop\nstart() {\n  start-stop-daemon --start --exec /bin/bash -- -e -c \"\n    export PATH='${PATH}';\n    export RAILS_ENV=production;\n    $HOME/script/delayed_job -p shop -n ${N:-2} -m --queue=mails start;\"\n}\ncase \"$1\" in start) start ;; esac\n",
			"ext/shop-mailer.init": lsb + "start() {\n  /usr/share/shop/bin/mailer_ctl start\n}\ncase \"$1\" in start) start ;; esac\n"},
			[]string{"shop-jobs: command bin/delayed_job|-p|shop|--queue=mails|run <- ext/shop-jobs.init:7 declared", "shop-mailer: command bin/mailer_ctl|run"}, []string{"-n|2", "export"}},
		{"the program of a release of Erlang's", files{"rebar.config": "{relx, [{release, {shop, \"1\"}, [shop]}, {overlay, [{template, \"x\", \"bin/shopctl\"}]}]}.\n", "rel/shop.init": lsb + "start() {\n  start-stop-daemon --start --exec /usr/lib/shop/bin/shopctl -- console -noinput\n}\ncase \"$1\" in start) start ;; esac\n", "rel/other.init": lsb + "start() {\n  start-stop-daemon --start --exec /usr/bin/other\n}\ncase \"$1\" in start) start ;; esac\n"},
			[]string{".: command /app/bin/shopctl|console|-noinput", "other: command /usr/bin/other"}, nil},
		{"what starts other things stays out", files{"Gemfile": "", "init.d/shop": lsb + "start() {\n  /etc/init.d/nginx start\n  /usr/sbin/monit start\n}\ncase \"$1\" in start) start ;; esac\n"}, nil, []string{"command"}},
	})
}

// A program beside the code is not on the PATH.
func TestSupervisorStartsBesideTheCode(t *testing.T) {
	runCases(t, Supervisor(), []readerCase{
		{"run, in the directory of the code", files{"run": "#!/bin/sh\n", "cpanfile": "", "config/supervisor/shop.conf": "[program:shop]\ndirectory=/srv/shop/current\ncommand=/srv/shop/current/run\n[program:jobs]\ncommand=/usr/bin/worker\n"}, []string{".: command ./run", "jobs: command /usr/bin/worker"}, nil},
	})
}
