package ops

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// renamedPackage is what Debian calls a program that services call while they run, where machines had it by another name;
// "" for all others.
func renamedPackage(name string) string {
	for _, p := range renamedPackages {
		if p.name.MatchString(name) {
			return p.is
		}
	}
	return ""
}

var renamedPackages = []struct {
	name *scan.Pattern
	is   string
}{
	{scan.MustCompile(`^(google-chrome(-stable)?|chromium(-browser)?)$`), "chromium"},
	{scan.MustCompile(`^(chromedriver|chromium-(chrome)?driver)$`), "chromium-driver"},
	{scan.MustCompile(`^(default-)?(mysql|mariadb)-client(-core)?(-[\d.]+)?$`), "default-mysql-client"},
	{scan.MustCompile(`^postgresql-client(-[\d.]+)?$`), "postgresql-client"},
	{scan.MustCompile(`^ImageMagick$`), "imagemagick"},
}

// ordinaryPackage says of a package why no image asks for it by its name; "" where that isn't known.
func ordinaryPackage(name string) string {
	switch {
	case machinePackage.MatchString(name):
		return "packages for the work of the machine itself: neither the image nor the cluster needs them"
	case languageRuntime.MatchString(name):
		return "packages with the runtime and tools of a language: the image has its own"
	case languageModule.MatchString(name):
		return ""
	case libraryPackage.MatchString(name) || buildPackage.MatchString(name):
		return "packages to build with; those that the service's dependencies need are in build.packages of " + service.FileName
	}
	return ""
}

var (
	// machinePackage are servers beside the service, and what people and configuration management work with.
	machinePackage = scan.MustCompile(`^(acl|attr|sudo|vim([-.].*)?|nano|emacs.*|less|htop|iotop|tmux|screen|strace|lsof|tree|telnet|dnsutils|bind-utils|net-tools|iputils-.*|ntp|ntpdate|chrony|cron|cronie|anacron|at|locales|language-pack-.*|openssh-.*|rsyslog|logrotate|unattended-upgrades|apt-.*|software-properties-common|python[\d.]*-(apt|software-properties)|debconf-utils|lsb-release|dirmngr|gnupg2?|ca-certificates|certbot|python3?-certbot.*|letsencrypt|nginx(-.*)?|libnginx-mod-.*|apache2?(-.*)?|httpd|mod_.*|libapache2-mod-.*|haproxy|varnish|supervisor|monit|runit|nagios.*|icinga.*|nrpe|munin.*|collectd.*|telegraf|filebeat|fail2ban|ufw|iptables(-.*)?|firewalld|open-vm-tools|policycoreutils.*|libselinux-python3?|python[\d.]*-(libselinux|psycopg2|mysqldb|pymysql|boto3?|docker|passlib)|nfs-common|lvm2|awscli|puppet.*|chef|salt-.*|ansible)$`)
	// languageRuntime are languages with what installs their packages.
	languageRuntime = scan.MustCompile(`^(nodejs|node|npm|yarn|ruby[\d.]*|ruby-(build|full|bundler)|rbenv|rubygems|rake|bundler|python[\d.]*|python-is-python3|python3?-(pip|venv|virtualenv|setuptools|wheel)|virtualenv|rustc|cargo|rustup|golang(-.*)?|openjdk-.*|java-.*|default-(jre|jdk)(-headless)?|maven|ant|gradle|erlang.*|elixir|perl|cpanminus|carton|php[\d.]*(-(cli|fpm|common))?|composer|git|git-core|mercurial|subversion|curl|wget|tzdata)$`)
	// languageModule are modules of a language, which the code itself asks for.
	languageModule = scan.MustCompile(`^lib.+-(perl|ruby[\d.]*|java|php|lua)$`)
	// libraryPackage are libraries, whose names change with each release of Debian.
	libraryPackage = scan.MustCompile(`^lib[a-z0-9+.-]+$`)
)
