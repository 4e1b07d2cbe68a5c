package legacy

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/lang"
	"github.com/migrate-to-kubernetes/migrate/legacy/ops"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// readers is every reader. Between findings of equal rank from different readers the earlier reader wins, so the order
// is: what production runs is said best by what builds its image, then by what starts it, then by the code itself.
func readers() []scan.Reader {
	return append([]scan.Reader{
		ops.Repository(), // who owns it, which CI
		// How it is run. The files of platforms are about production; a compose file as often about what developers start.
		ops.Blubber(), ops.Dockerfile(), ops.Procfile(), ops.Heroku(), ops.CloudFoundry(), ops.AppEngine(), ops.OpenShift2(),
		ops.Fly(), ops.Render(), ops.Railway(), ops.PlatformSH(), ops.Beanstalk(), ops.Dokku(), ops.Functions(), ops.Kubernetes(),
		ops.Compose(), ops.Systemd(), ops.Supervisor(), ops.Initd(), ops.Runit(), ops.StartScripts(), ops.PM2(), ops.UWSGI(), ops.Puppet(), ops.Chef(),
		ops.Ansible(), ops.Salt(), ops.Crontab(), ops.CISchedules(),
		ops.Nginx(), ops.Apache(), ops.HAProxy(), // what stands in front of it
		ops.Dotenv(), ops.Filled(), ops.Deployers(), ops.Terraform(), ops.CloudFormation(), ops.TaskDefinitions(), ops.Vagrant(), ops.Logrotate(),
		ops.Nagios(), ops.Icinga2(), ops.Monit(), ops.Sensu(), // what watched it
		ops.Requests(), // what the team asks it
	}, codeReaders()...)
}

// codeReaders are those that read what the code is. Ruby, PHP and .NET stand before Node: beside a Gemfile, a composer.json or
// a project of ASP.NET, a package.json builds the front end of the same service and does not make it one in Node.
func codeReaders() []scan.Reader {
	return []scan.Reader{
		lang.Python(), lang.Ruby(), lang.PHP(), lang.DotNet(), lang.Node(), lang.Deno(), lang.Java(), lang.Go(),
		lang.Elixir(), lang.Erlang(), lang.Perl(), lang.Scala(), lang.Clojure(), lang.Rust(), lang.Cpp(), lang.Shell(), lang.Static(),
	}
}
