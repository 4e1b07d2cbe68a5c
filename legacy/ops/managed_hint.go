package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

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

// jobOf is what resources of a kind do that the image, the pod or the cluster does from now on, "" for all others.
func jobOf(kind string) service.Job {
	for _, k := range kindJobs {
		if k.kind.MatchString(strings.ToLower(kind)) {
			return k.job
		}
	}
	return ""
}

var kindJobs = []struct {
	kind *scan.Pattern
	job  service.Job
}{
	{scan.MustCompile(`^(group|user|(accounts|users)::(user|account)|(system|local|linux)_(user|group)|user_account|ssh_?authorized_?keys?|ssh::authorized_key|authorized_key|known_hosts|ssh_known_hosts(_entry)?|sshkey|ssh_keygen|openssh_keypair|sudo|sudoers|sudo::conf(ig)?|ssh_auth)$`), service.JobAccounts},
	{scan.MustCompile(`^(git|git_client|vcsrepo|subversion|hg|deploy(_revision|_branch)?|deploy_key|application|link|virtualenv|python::(virtualenv|pyvenv)|python_virtualenv)$`), service.JobCode},
	{scan.MustCompile(`^(apt_(repository|key|preference|update|pin)|apt::(source|key|pin|ppa|setting)|yumrepo|yum_repository|yum_key|rpm_key|pkgrepo|zypper_repository|dnf_module)$`), service.JobPackages},
	{scan.MustCompile(`^(service|systemd|systemd_service|systemd_unit|systemd::(unit_file|service)|supervisorctl|supervisor_service|supervisord|runit_service|runit)$`), service.JobProcesses},
	{scan.MustCompile(`^(logrotate(_\w+|::\w+)?|filebeat::(prospector|input)|logstream|rsyslog::\w+|rsyslog_\w+)$`), service.JobLogs},
	{scan.MustCompile(`^(ssl_certificate|letsencrypt(::\w+)?|certbot(_\w+)?|acme_certificate|acme::certificate|openssl_(certificate|x509_certificate|dhparam))$`), service.JobGateway},
}

// doneFor is the name by which a resource has to call the service for its job to be the service's: that of the code which is
// brought to the machine, and of the process that is kept running.
func (m *managed) doneFor(job service.Job) string {
	switch from := m.attr("repository", "repo", "source", "url").plain(); {
	case job == service.JobProcesses:
		return strings.TrimSuffix(strings.TrimSuffix(m.title, ".timer"), ".service")
	case job == service.JobCode && from != "":
		return strings.TrimSuffix(path.Base(from), ".git")
	}
	return ""
}
