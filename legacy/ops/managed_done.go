package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// leave notes a resource that has no place in the model.
func (g *meaning) leave(m *managed) {
	job := jobOf(m.kind)
	if job == service.JobAccounts && g.environment == "" {
		g.at[writtenAt(managedValue{file: m.file, line: m.line})] = true
		g.last = append(g.last, func() { // the units that run as it are known by then
			one := *m
			if !sharedUsers[m.title] {
				one.by = append(slices.Clip(m.by), g.runsAs[m.title]...)
			}
			if loginKey.MatchString(m.kind) && len(g.runsAs[cmp.Or(m.attr("user").plain(), m.title)]) > 0 {
				job = "" // whoever has the key may bring the service files
			}
			g.keep(&one, job, m.kind+hint(m.kind), titleForNote(m), m.file, m.line)
		})
		return
	}
	switch {
	case linesIn.MatchString(lastSegment(m.kind)):
		job = jobOfFile(m.title)
	case job == service.JobProcesses && (othersProcess.MatchString(m.title) || strings.HasSuffix(m.title, ".timer")):
		job = ""
	case job == service.JobPackages && g.ownSource(m):
		job = "" // what comes from there is in no image
	}
	g.keep(m, job, m.kind+hint(m.kind), titleForNote(m), m.file, m.line)
	if g.environment == "" {
		g.r.Notes[len(g.r.Notes)-1].Named = m.doneFor(job)
	}
}

var (
	packageSource = scan.MustCompile(`(?i)^(apt_repository|apt::(source|ppa)|yumrepo|yum_repository|pkgrepo|zypper_repository)$`)
	// publicSource are names of what distributions, languages and well-known programs are got from.
	publicSource = scan.MustCompile(`(?i)node|deadsnakes|ondrej|sury|pgdg|postgres|brightbox|ruby|python|php|java|jdk|adoptium|corretto|nginx|apache|yarn|docker|debian|ubuntu|ppa:|launchpad|epel|remi|centos|fedora|redhat|rhel|backports|security|updates|erlang|elixir|passenger|mongo|redis|elastic|mysql|maria|percona|rabbit|chrome|varnish|haproxy`)
)

// ownSource says of a source of packages whether it is nobody's that the public knows: a company's own.
func (g *meaning) ownSource(m *managed) bool {
	text := m.title
	for _, name := range []string{"uri", "location", "repo", "baseurl", "name", "humanname", "mirrorlist"} {
		text += " " + m.attr(name).plain()
	}
	return packageSource.MatchString(m.kind) && !publicSource.MatchString(text)
}

// keep notes what the image, the pod or the cluster does from now on; without a job what nothing does.
func (g *meaning) keep(m *managed, job service.Job, group, item, file string, line int) {
	g.note(m, group, item, file, line)
	if g.environment == "" {
		g.r.Notes[len(g.r.Notes)-1].Job = job
	}
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
	{scan.MustCompile(`^(group|user|(accounts|users)::(user|account)|(system|local|linux)_(user|group)|user_account|ssh_?authorized_?keys?|ssh::authorized_key|authorized_key|sudo|sudoers|sudo::conf(ig)?|ssh_auth)$`), service.JobAccounts},
	{scan.MustCompile(`^(git|git_client|vcsrepo|subversion|hg|deploy(_revision|_branch)?|deploy_key|application|link|virtualenv|python::(virtualenv|pyvenv)|python_virtualenv)$`), service.JobCode},
	{scan.MustCompile(`^(apt_(repository|key|preference|update|pin)|apt::(source|key|pin|ppa|setting)|yumrepo|yum_repository|yum_key|rpm_key|pkgrepo|zypper_repository|dnf_module)$`), service.JobPackages},
	{scan.MustCompile(`^(service|systemd|systemd_service|systemd_unit|systemd::(unit_file|service)|supervisorctl|supervisor_service|supervisord|runit_service|runit)$`), service.JobProcesses},
	{scan.MustCompile(`^(logrotate(_\w+|::\w+)?|filebeat::(prospector|input)|logstream|rsyslog::\w+|rsyslog_\w+)$`), service.JobLogs},
	{scan.MustCompile(`^(ssl_certificate|letsencrypt(::\w+)?|certbot(_\w+)?|acme_certificate|acme::certificate|openssl_(certificate|x509_certificate|dhparam))$`), service.JobGateway},
}

// jobOfFile is what a file of the machine is there for, or lines that are put into it.
func jobOfFile(where string) service.Job {
	switch {
	case loginFile.MatchString(where):
		return service.JobAccounts
	case sendsLogs.MatchString(where):
		return service.JobLogs
	}
	return ""
}

var (
	// loginKey are kinds of resources that let somebody log in: keys with which the service itself logs in elsewhere are none.
	loginKey  = scan.MustCompile(`(?i)^(ssh_?authorized_?keys?|ssh::authorized_key|authorized_key|ssh_auth)$`)
	loginFile = scan.MustCompile(`^/etc/(sudoers|ssh/sshd)|/\.(bashrc|bash_profile|bash_aliases|profile|zshrc)$`)
	sendsLogs = scan.MustCompile(`^/etc/(logrotate|r?syslog|filebeat|promtail|td-agent|fluent)`)
	linesIn   = scan.MustCompile(`^(lineinfile|blockinfile|ini_file|replace|file_line|file_append|append_if_no_line|replace_or_add)$`)
)

// doneFor is the name by which a resource has to call the service for its job to be the service's: that of the code which is
// brought to the machine, and of the process that is kept running.
func (m *managed) doneFor(job service.Job) string {
	switch from := m.attr("repository", "repo", "source", "url").plain(); {
	case job == service.JobProcesses && m.kind == "systemd" && m.attr("name").kind == valueUndef:
		return "" // it reads all units anew
	case job == service.JobProcesses:
		return strings.TrimSuffix(strings.TrimSuffix(m.title, ".timer"), ".service")
	case job == service.JobCode && from != "":
		return strings.TrimSuffix(path.Base(from), ".git")
	}
	return ""
}

// fromLists are those of them that install what the repository itself lists, or set up the place for that.
var fromLists = scan.MustCompile(`\bbundle (-\S+ )*(install|update|check)\b|\bpip[\d.]* (-\S+ )*install (-\S+ )*(-r|--requirement|-e|\.( |$))|\b(npm|yarn) (ci|install)( -\S+)*\s*($|[&;])|\bcomposer(\.phar)? (-\S+ )*install\b|\b(virtualenv|venv|pyvenv)\b|\b(mvn|gradlew?|sbt|mix deps\.get)\b`)

// othersProcess are servers beside the service, by the names of their units.
var othersProcess = scan.MustCompile(`(?i)(?:^|[^a-z0-9])(nginx|apache2?|httpd|haproxy|varnish|postgres\w*|mysqld?|mariadb|mongod?|redis[\w-]*|elasticsearch|solr|rabbitmq[\w-]*|memcached|cassandra|kafka|influxdb|postfix|bind9|named|docker|consul[\w-]*|sshd?|cron|rsyslog|ufw|firewalld|prometheus[\w-]*)(?:[^a-z0-9]|$)`)

// codeHome is a directory that code is brought to where it is called after it.
var codeHome = scan.MustCompile(`^/(var/www|var/apps|srv|srv/www|opt|usr/share|home)/[\w.-]+$`)

// ownLogs is said of files and directories that a service writes its logs to: nothing sends them to standard output by itself.
const ownLogs = "logs in files: in a pod the service has to log to standard output, which the cluster collects"

var logDirectory = scan.MustCompile(`(^|/)logs?(/|$)`)
