package ops

import (
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Vagrant reads the machine on which developers run the service: its forwarded ports, and what is installed on it.
func Vagrant() scan.Reader {
	return scan.Reader{
		Name:  "vagrant",
		Wants: func(p string) bool { return strings.HasSuffix(p, "Vagrantfile") && path.Base(p) == "Vagrantfile" },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				v := &vagrant{t: t, r: r, file: p, text: withoutRubyComments(t.Text(p, r)), databases: map[string]int{}}
				v.read()
			}
		},
	}
}

type vagrant struct {
	t         *scan.Tree
	r         *scan.Report
	file      string
	text      string
	at        subject
	databases map[string]int // kinds with the line that speaks of them
}

var (
	rubyComment     = scan.MustCompile(`(?m)^[ \t]*#.*$`)
	forwardedPort   = scan.MustCompile(`(?m)\.network\s*\(?\s*[:"']forwarded_port["']?\s*,([^\n]*)`)
	forwardedOld    = scan.MustCompile(`(?m)\.forward_port\s*\(?\s*(?:["']\w+["']\s*,\s*)?(\d+)`)
	guestPort       = scan.MustCompile(`[:"']?guest["']?\s*(?:=>|:)\s*(\d+)`)
	vagrantBox      = scan.MustCompile(`(?m)\.vm\.box\s*=\s*["']([^"']+)["']`)
	vagrantFolder   = scan.MustCompile(`(?m)\.vm\.synced_folder\s*\(?\s*["']([^"']+)["']\s*,\s*["']([^"']+)["']`)
	vagrantScript   = scan.MustCompile(`(?m)\.vm\.provision[^\n]*shell[^\n]*?\bpath["']?\s*(?:=>|:)\s*["']([^"']+)["']`)
	vagrantManaged  = scan.MustCompile(`(?m)(?:\.playbook|\.manifest_file|\.manifests_path|\.cookbooks_path|\.add_recipe|\.add_role|\.minion_config|\.roles_path)\s*(?:=|\()?\s*["']([^"']+)["']`)
	machineInstalls = scan.MustCompile(`(?m)\b(?:apt-get|apt|aptitude|yum|dnf)\s+(?:-\S+\s+)*install\s+((?:\\\n|[^\n;&|<>"'])+)`)
	machineStarts   = scan.MustCompile(`(?m)\b(?:systemctl\s+(?:start|restart|enable)|service)\s+([\w@.-]+)(?:\s+(?:start|restart))?`)
	packageName     = scan.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`)
)

func withoutRubyComments(text string) string { return rubyComment.ReplaceAllString(text, "") }

// serverPackages lead from the package of a server to the kind of need that it answers.
var serverPackages = map[string]string{
	"postgresql": "postgres", "postgresql-server": "postgres", "mysql-server": "mysql", "mariadb-server": "mysql", "redis-server": "redis", "redis": "redis", "mongodb": "mongodb", "mongodb-org": "mongodb", "mongodb-server": "mongodb",
	"memcached": "memcached", "rabbitmq-server": "rabbitmq", "elasticsearch": "elasticsearch", "solr-jetty": "solr", "solr-tomcat": "solr", "beanstalkd": "", "couchdb": "couchdb",
}

var packageVersion = scan.MustCompile(`-\d+(\.\d+)*$`)

func (v *vagrant) read() {
	dir := path.Base(path.Dir(v.file))
	v.at = subject{t: v.t, r: v.r, file: v.file, about: []string{dir}}
	v.ports()
	if m := scan.Find(v.text, vagrantBox); len(m) > 0 {
		v.at.note(m[0].Line, "developers run it on a machine of %s", m[0].Groups[1])
	}
	for _, m := range scan.Find(v.text, vagrantFolder) {
		if m.Groups[1] != "." && m.Groups[1] != ".." && !strings.HasPrefix(m.Groups[1], "./") {
			v.at.note(m.Line, "the machine of developers shares %s as %s: what is in it may be needed at run time", m.Groups[1], m.Groups[2])
		}
	}
	v.installed(v.file, v.text)
	for _, m := range scan.Find(v.text, vagrantScript) {
		script := path.Join(path.Dir(v.file), m.Groups[1])
		if !v.t.Has(script) {
			v.at.note(m.Line, "the machine is set up by %s, which is not here", m.Groups[1])
			continue
		}
		v.installed(script, withoutRubyComments(v.t.Text(script, v.r)))
	}
	if managed := scan.Find(v.text, vagrantManaged); len(managed) > 0 {
		var names []string
		for _, m := range managed {
			names = append(names, m.Groups[1])
		}
		v.at.note(managed[0].Line, "the machine is set up by configuration management (%s), where what it needs is written down; with --ops it is read where it lies outside the repository", scan.List(names))
	}
	v.needs()
}

// ports tells the service's port from those of the databases beside it. A web server's own says nothing of the service.
func (v *vagrant) ports() {
	var own []scan.Match
	seen := map[string]bool{}
	see := func(port string, line int) {
		n, _ := strconv.Atoi(port)
		kind := kindOfSetting("", n)
		switch {
		case !validPort(n) || seen[port]:
		case kind != "http" && kind != "tcp" && kind != "ftp" && kind != "sftp":
			v.databases[kind] = line
		case n == 80 || n == 443 || n == 22 || n == 35729 || n > 9999 || n < 1024:
		default:
			own = append(own, scan.Match{Line: line, Groups: []string{port}})
		}
		seen[port] = true
	}
	for _, m := range scan.Find(v.text, forwardedPort) {
		if g := guestPort.FindStringSubmatch(m.Groups[1]); g != nil {
			see(g[1], m.Line)
		}
	}
	for _, m := range scan.Find(v.text, forwardedOld) {
		see(m.Groups[1], m.Line)
	}
	if len(own) != 1 {
		var ports []string
		for _, m := range own {
			ports = append(ports, m.Groups[0])
		}
		if len(ports) > 0 {
			v.at.note(own[0].Line, "developers reach several ports of the machine: %s", scan.List(ports))
		}
		return
	}
	f := v.at.finding()
	f.Service.Port, _ = strconv.Atoi(own[0].Groups[0])
	v.r.Find(f, v.file, own[0].Line, scan.Guess, "developers reach it there")
}

// installed notes the packages that a script installs and the servers that it starts.
func (v *vagrant) installed(file, text string) {
	var packages []string
	first := 0
	for _, m := range scan.Find(text, machineInstalls) {
		for _, word := range strings.Fields(strings.ReplaceAll(m.Groups[1], "\\\n", " ")) {
			word, _, _ = strings.Cut(word, "=")
			if !packageName.MatchString(word) {
				continue
			}
			plain := packageVersion.ReplaceAllString(word, "")
			if kind, server := serverPackages[plain]; server && file == v.file && kind != "" && v.databases[kind] == 0 {
				v.databases[kind] = m.Line
			}
			if first == 0 {
				first = m.Line
			}
			packages = append(packages, word)
		}
	}
	at := v.at
	at.file = file
	if len(packages) > 0 {
		at.note(first, "the machine of developers gets these packages: %s. What the service needs of them at run time belongs under build.runtime in %s", scan.List(packages), service.FileName)
	}
	var started []string
	line := 0
	for _, m := range scan.Find(text, machineStarts) {
		if line == 0 {
			line = m.Line
		}
		started = append(started, m.Groups[1])
	}
	if len(started) > 0 {
		at.note(line, "the machine of developers starts %s", scan.List(started))
	}
}

// needs are the databases of the machine: what developers have, production may have too.
func (v *vagrant) needs() {
	kinds := make([]string, 0, len(v.databases))
	for kind := range v.databases {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		f := v.at.finding()
		f.Need = &scan.Need{Need: service.Need{Kind: kind}}
		v.r.Find(f, v.file, v.databases[kind], scan.Guess, "on the machine of developers")
	}
}
