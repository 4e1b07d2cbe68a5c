package ops

import (
	"path"
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// besideService are programs that a machine or a fat container runs next to the service.
var besideService = map[string]bool{
	"cron": true, "crond": true, "rsyslogd": true, "syslog-ng": true, "sshd": true, "service": true, "invoke-rc.d": true, "postfix": true, "redis-server": true, "redis-sentinel": true, "mysqld": true, "mysqld_safe": true, "postgres": true, "mongod": true,
	"rabbitmq-server": true, "elasticsearch": true, "nginx": true, "apache2": true, "apachectl": true, "apache2ctl": true, "httpd": true, "haproxy": true, "varnishd": true, "dockerd": true, "valkey-server": true, "memcached": true, "beanstalkd": true, "apache2-foreground": true, "httpd-foreground": true,
	"docker": true, "podman": true, "docker-compose": true, "tail": true, "logrotate": true, "supervisord": true, "rsync": true, "perlbal": true, "pound": true, "squid": true, "stunnel": true, "stunnel4": true, "vsftpd": true, "proftpd": true, "xinetd": true, "ntpd": true, "monit": true, "fail2ban-server": true, "certbot": true, "letsencrypt": true,
}

// beside says, with a note, whether the daemon is no part of the service.
func (d *daemon) beside() bool {
	program := path.Base(d.script.argv[0])
	if program == "docker-entrypoint.sh" && len(d.script.argv) > 1 { // of the image of a backing service
		program = path.Base(d.script.argv[1])
	}
	if program == "cron" && d.script.t.Has(d.script.argv[0]) {
		return false // the team's own script for it
	}
	watched := strings.TrimPrefix(program, "start-") // a script that prepares an agent's configuration
	if !besideService[program] && !d.ofAPackage() && (!agent.MatchString(watched) || watched == program && d.made()) {
		return false
	}
	d.r.NoteAbout(d.about(), d.script.file, d.script.line, "%s runs beside the service here; in Kubernetes it is a workload, a need or the node's affair of its own", program)
	return true
}

// ofAPackage says whether the program is one that a package of the distribution brings: daemons go to sbin, which nobody
// uses for a service of his own. PHP's is the service itself.
func (d *daemon) ofAPackage() bool {
	file := d.script.argv[0]
	program := path.Base(file)
	if !sbin.MatchString(file) || strings.HasPrefix(program, "php") || strings.Contains(program, "uwsgi") {
		return false
	}
	return !d.made()
}

// made says whether the repository makes the program.
func (d *daemon) made() bool {
	program := path.Base(d.script.argv[0])
	for _, p := range d.script.t.Files() {
		if base := path.Base(p); base == program || strings.TrimSuffix(base, path.Ext(base)) == program && programSource.MatchString(base) {
			return true
		}
	}
	return nativelyBuilt(d.script.t, program)
}

// nativeBuild are files by which a program in C or C++ is built.
var nativeBuild = scan.MustCompile(`(^|/)(CMakeLists\.txt|[\w-]+\.am|meson\.build|SConstruct|SConscript|[Mm]akefile(\.in)?)$`)

// nativelyBuilt says whether a build of the repository names the program as what it makes: in a list of programs, or as a target
// that is made of objects or sources. One that it only runs is none.
func nativelyBuilt(t *scan.Tree, program string) bool {
	name := regexp.QuoteMeta(program)
	makes := regexp.MustCompile(`(?m)^[ \t]*(?:\w*PROGRAMS[ \t]*\+?=(?:.*[ \t/])?|\w*[pP]rogram\(\s*["'][\w./-]*|(?:add_)?executable\s*\(\s*'?|(?:PROG|PROGRAM|TARGET|BIN\w*|EXE\w*)[ \t]*[:?]?=[ \t]*)` + name + `(?:["'):\s]|$)` +
		`|^` + name + `[ \t]*:(?:[^=\n](?:.|\\\n)*)?(?:\.(?:l?o|obj|c|cc|cpp|cxx|go|rs)\b|\$[({]\w*(?i:obj|src|source)\w*[)}])`)
	for _, p := range t.Files() {
		if nativeBuild.MatchString(p) && makes.MatchString(t.Text(p, &scan.Report{})) {
			return true
		}
	}
	return false
}

// agent is a program that watches the machine for somebody else, sends its logs away, or finds and schedules services across
// machines: the affair of the node or of the cluster.
var agent = scan.MustCompile(`^(consul(-template)?|nomad|vault|etcd|traefik|envoy|kubelet|k3s|containerd|prometheus|alertmanager|\w+_exporter|grafana-server|telegraf|fluentd|fluent-bit|vector|amazon-cloudwatch-agent(-ctl)?|amazon-ssm-agent|codedeploy-agent|datadog-agent|newrelic-infra|collectd|zabbix_agentd|munin-node|td-agent|promtail|(file|metric|audit)beat)$`)

var programSource = scan.MustCompile(`\.(c|cc|cpp|cxx|go|rs|py|pl|rb|php|sh|in|am)$`)

var sbin = scan.MustCompile(`^(/usr)?/sbin/`)

// besidePages says whether a program in Node.js, or a script of PHP's, runs beside pages in PHP, which a web server serves: a
// server of websockets and the like.
func besidePages(t *scan.Tree, dir string, argv []string) bool {
	switch path.Base(argv[0]) {
	case "node", "nodejs", "npm", "yarn", "npx":
		return t.First(dir, "composer.json") != "" && t.First(dir, "artisan", "index.php", "public/index.php", "web/index.php", "bin/console") != ""
	case "php":
		return len(argv) > 1 && t.Has(path.Join(dir, argv[1])) && !servesPages.MatchString(shown(argv)) && t.First(dir, "index.php", "public/index.php", "web/index.php") != ""
	}
	return false
}

// servesPages are servers of HTTP that a script of PHP's starts, which serve the pages themselves.
var servesPages = scan.MustCompile(`(?i)\bserve\b|octane|swoole|hyperf|\bhttp`)

// foreignProgram tells the language of a program by its first line, and languageFiles the files without which a directory is
// none of that language.
var (
	foreignProgram = scan.MustCompile(`^#!\S*(?:/env\s+|/)(perl|python|ruby)`)
	languageFiles  = map[string][]string{"perl": {"cpanfile", "Makefile.PL", "Build.PL", "app.psgi"}, "python": {"requirements.txt", "setup.py", "manage.py", "Pipfile", "pyproject.toml"}, "ruby": {"config.ru", "Rakefile"}}
)

// ofOtherLanguage says whether a program of the repository runs beside pages in PHP that a web server serves.
func ofOtherLanguage(t *scan.Tree, dir string, argv []string) bool {
	program := path.Join(dir, argv[0])
	if !t.Has(program) || t.First(dir, "index.php", "public/index.php", "web/index.php", "www/index.php", "htdocs/index.php") == "" {
		return false
	}
	m := foreignProgram.FindStringSubmatch(t.Text(program, &scan.Report{}))
	return m != nil && t.First(dir, languageFiles[m[1]]...) == ""
}
