package ops

import "strings"

// hint says what to do about resources that have no place in the model, where that is generally known.
func hint(kind string) string {
	for _, h := range hints {
		if strings.Contains(kind, h.word) {
			return " (" + h.says + ")"
		}
	}
	return ""
}

var hints = []struct{ word, says string }{
	{"jenkins", "a job of the CI server"}, {"grafana", "dashboards"},
	{"icinga", "monitoring"}, {"nagios", "monitoring"}, {"sensu", "monitoring"}, {"monit", "monitoring"}, {"collectd", "metrics"}, {"nrpe", "monitoring"}, {"check", "monitoring"}, {"statsd", "metrics"},
	{"filebeat", "logs: the cluster collects what goes to standard output"}, {"logstream", "logs: the cluster collects what goes to standard output"}, {"logrotate", "logs: the cluster collects what goes to standard output"}, {"rsyslog", "logs: the cluster collects what goes to standard output"},
	{"firewall", "network: a NetworkPolicy"}, {"ufw", "network: a NetworkPolicy"}, {"iptables", "network: a NetworkPolicy"}, {"limits", "limits of the process: resources"}, {"sysctl", "kernel settings of the machine"},
	{"postgres", "account in the store: the service's settings name it"}, {"mysql", "account in the store: the service's settings name it"}, {"mongo", "account in the store: the service's settings name it"},
	{"virtualenv", "dependencies: the image installs them"}, {"supervisor", "unit: the Deployment keeps it running"}, {"docker_compose", "containers: see what is said of each"}, {"download", "deployment: the image holds it"}, {"uri", "a request that is made at deployment"},
	{"permissions", "the image has its own"}, {"apt_", "where the packages of the old machine come from: the image has its own"}, {"pkgrepo", "where the packages of the old machine come from: the image has its own"}, {"yumrepo", "where the packages of the old machine come from: the image has its own"}, {"certbot", "certificates: the gateway has its own"}, {"letsencrypt", "certificates: the gateway has its own"}, {"cronvar", "variables of the old crontab: the Job has the service's"}, {"cron_env", "variables of the old crontab: the Job has the service's"},
	{"user", "account: the image has its own"}, {"group", "account: the image has its own"}, {"ssh", "access to the machine"}, {"sudo", "access to the machine"},
	{"nginx", "web server in front: what it adds, the gateway has to keep"}, {"apache", "web server in front: what it adds, the gateway has to keep"}, {"haproxy", "balancer in front: what it adds, the gateway has to keep"}, {"varnish", "cache in front"},
	{"backup", "backup: of the data, wherever it moves"}, {"vcsrepo", "deployment: the image holds the code"}, {"git", "deployment: the image holds the code"}, {"deploy", "deployment: the image holds the code"},
	{"systemd", "unit: the Deployment keeps it running"}, {"link", "the image has its own layout"}, {"application", "deployment: the image holds the code"}, {"service", "unit: the Deployment keeps it running"}, {"worker", "a process of its own: see the Procfile"}, {"sidekiq", "a process of its own: see the Procfile"},
}

// titleWithin is a title with that of the resource which it is a part of.
func titleWithin(m *managed) string {
	title := titleForNote(m)
	if m.outer == nil || m.outer.class() || m.outer.title == m.title {
		return title
	}
	return title + " (" + m.outer.kind + " " + titleForNote(m.outer) + ")"
}
