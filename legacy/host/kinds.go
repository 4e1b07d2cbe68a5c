package host

import (
	"path"
	"strconv"
	"strings"
)

// stores are programs of backing services, by the kind of need that they answer.
var stores = map[string]string{
	"postgres": "postgres", "postmaster": "postgres", "pgbouncer": "postgres", "mysqld": "mysql", "mariadbd": "mariadb", "redis-server": "redis", "valkey-server": "redis", "redis-sentinel": "redis",
	"memcached": "memcached", "mongod": "mongodb", "mongos": "mongodb", "slapd": "ldap", "exim4": "smtp", "master": "smtp", "sendmail": "smtp", "postfix": "smtp", "opensmtpd": "smtp", "nats-server": "nats", "mosquitto": "mqtt",
	"influxd": "influxdb", "sqlservr": "mssql", "tnslsnr": "oracle", "vsftpd": "ftp", "proftpd": "ftp", "minio": "s3", "epmd": "rabbitmq", "statsd": "statsd", "carbon-cache": "statsd",
}

// storeWords are words in the command lines of stores that run in an interpreter.
var storeWords = []struct{ program, word, kind string }{
	{"java", "org.elasticsearch", "elasticsearch"}, {"java", "elasticsearch", "elasticsearch"}, {"java", "opensearch", "elasticsearch"}, {"java", "kafka.Kafka", "kafka"}, {"java", "zookeeper", "zookeeper"},
	{"java", "cassandra", "cassandra"}, {"java", "activemq", "activemq"}, {"java", "solr", "solr"}, {"java", "neo4j", "neo4j"}, {"beam.smp", "rabbit", "rabbitmq"}, {"beam.smp", "couch", "couchdb"},
}

// storeOf is the kind of backing service that a process is, "" for none.
func storeOf(p *Process) string {
	base := path.Base(p.Program)
	if base == "." || base == "/" {
		base = path.Base(p.Command[0])
	}
	if kind := stores[base]; kind != "" {
		if kind == "smtp" && base == "master" && !strings.Contains(p.Program+strings.Join(p.Command, " "), "postfix") {
			return ""
		}
		return kind
	}
	first, _, _ := strings.Cut(p.Command[0], " ")
	if kind := stores[strings.TrimSuffix(path.Base(first), ":")]; kind != "" && kind != "smtp" { // postgres: writer process
		return kind
	}
	line := strings.Join(p.Command, " ")
	for _, w := range storeWords {
		if base == w.program && strings.Contains(line, w.word) {
			return w.kind
		}
	}
	return ""
}

// fronts are web servers and balancers that stand before services.
var fronts = set("nginx openresty apache2 httpd haproxy lighttpd varnishd caddy traefik squid envoy")

// supervisors start other processes and are no service themselves.
var supervisors = set("systemd init upstart supervisord runsvdir runsv svscan supervise s6-svscan s6-supervise monit forever docker-init tini dumb-init containerd-shim containerd-shim-runc-v2 runc " +
	"pm2 god bluepill eye foreman honcho circusd start-stop-daemon daemonize catatonit conmon PM2")

// wrappers are shells and what stands before the command that counts.
var wrappers = set("sh bash dash ash zsh ksh csh tcsh fish busybox sudo su runuser screen tmux SCREEN timeout nice ionice nohup setsid login script tee cat tail less vi vim nano top htop watch sleep ps man ssh scp sftp rsync git make " +
	"npm yarn pnpm npx cronolog rotatelogs logger multilog svlogd expect xargs find grep curl wget gdb strace")

// systemPrograms are the operating system's and its keepers', whatever package they come from.
var systemPrograms = set("sshd sftp-server cron crond atd anacron rsyslogd syslog-ng syslogd klogd dbus-daemon dbus-broker dbus-broker-launch agetty getty mingetty polkitd udevd systemd-udevd chronyd ntpd openntpd timesyncd dhclient dhcpcd NetworkManager " +
	"wpa_supplicant ModemManager avahi-daemon cupsd rpcbind rpc.statd rpc.mountd irqbalance acpid smartd mdadm multipathd lvmetad dmeventd auditd firewalld fail2ban-server snapd unattended-upgr unattended-upgrade-shutdown packagekitd networkd-dispatcher " +
	"accounts-daemon udisksd upowerd thermald qemu-ga vmtoolsd VGAuthService haveged rngd nscd nslcd sssd winbindd unbound named dnsmasq nrpe nagios icinga2 zabbix_agentd zabbix_agent2 munin-node collectd telegraf node_exporter " +
	"prometheus-node-exporter datadog-agent newrelic-infra puppet puppet-agent chef-client salt-minion cf-agent amazon-ssm-agent google_guest_agent waagent filebeat metricbeat auditbeat td-agent fluentd fluent-bit consul dockerd containerd docker-proxy " +
	"docker crio kubelet lxcfs xinetd inetd blkmapd gssproxy abrtd abrt-dbus tuned oddjobd gpm iscsid iscsiuio crond saslauthd opendkim clamd freshclam keepalived heartbeat corosync pacemakerd ossec-agentd wazuh-agentd epmd inet_gethost erl_child_setup")

// servers of applications: what they run is a service's code, whoever packaged the server.
var launchers = set("gunicorn gunicorn3 uwsgi uwsgi-core celery waitress-serve uvicorn hypercorn daphne puma unicorn unicorn_rails thin passenger PassengerAgent sidekiq resque rake rails starman plackup twiggy php-fpm spawn-fcgi mod_wsgi-express paster pserve " +
	"rq airflow flask django-admin manage.py")

// webLaunchers are those that serve requests and nothing else.
var webLaunchers = set("gunicorn gunicorn3 waitress-serve uvicorn hypercorn daphne puma unicorn unicorn_rails thin starman plackup twiggy")

func set(list string) map[string]bool {
	s := map[string]bool{}
	for _, w := range strings.Fields(list) {
		s[w] = true
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

// options of interpreters that take the next word for themselves.
var interpreterValues = map[string]bool{"-W": true, "-X": true, "-r": true, "--require": true, "-I": true, "-cp": true, "-classpath": true, "--module-path": true, "-c": true, "-e": true, "-d": true, "--loader": true}

// scriptOf is the script, module or jar that an interpreter was given, "" where it is none of these.
func scriptOf(command []string) string {
	for i := 1; i < len(command); i++ {
		switch w := command[i]; {
		case w == "-m" || w == "-jar" || w == "--jar":
			if i+1 < len(command) {
				return command[i+1]
			}
			return ""
		case interpreterValues[w]:
			i++
		case !strings.HasPrefix(w, "-"):
			return w
		}
	}
	return ""
}
