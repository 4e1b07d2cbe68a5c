package ops

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Monit reads the control files of Monit: what it starts are processes, what it tests are checks.
func Monit() scan.Reader {
	return scan.Reader{
		Name:  "monit",
		Wants: func(p string) bool { return strings.Contains(p, "monit") && monitPath.MatchString(p) },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			m := &monit{t: t, r: r, n: &nagios{t: t, r: r}, bounded: map[string]bool{}}
			for _, p := range paths {
				m.read(p, t.Text(p, r))
			}
			placeDaemons(t, r, m.daemons)
		},
	}
}

var (
	monitPath  = scan.MustCompile(`(^|/)(monit[^/]*/(.*/)?[^/.]+(\.(conf|cfg|monit|monitrc|erb|j2|epp))*|[^/]*monitrc?(\.(conf|erb|j2|epp|example))*|[^/]+\.monit(\.(erb|j2))?)$`)
	monitCheck = scan.MustCompile(`(?i)^check\s+(process|host|file|fifo|directory|filesystem|device|program|system|network)\s+("[^"]+"|\S+)\s*(.*)$`)
	monitStart = scan.MustCompile(`(?i)\bstart(?:\s+program)?\s*=?\s*"([^"]+)"`)
	monitPath2 = scan.MustCompile(`(?i)\bpath\s+"?([^\s"]+)"?`)
	monitURL   = scan.MustCompile(`(?i)\bfailed\s+url\s+"?(\S+?)"?(?:\s|$)`)
	monitPort  = scan.MustCompile(`(?i)\bfailed\s+(?:ping4?|.*?\bport\s+(\d+))`)
	monitAt    = scan.MustCompile(`(?i)\baddress\s+"?([^\s"]+)"?`)
	monitHost  = scan.MustCompile(`(?i)\bhost\s+"?([^\s"]+)"?`)
	monitProto = scan.MustCompile(`(?i)\bproto(?:col)?\s+(\w+)`)
	monitAsk   = scan.MustCompile(`(?i)\brequest\s+"?([^\s"]+)"?`)
	monitCode  = scan.MustCompile(`(?i)\bstatus\s*=\s*(\d{3})`)
	monitBody  = scan.MustCompile(`(?i)\bcontent\s*=\s*"([^"]+)"`)
	monitWait  = scan.MustCompile(`(?i)\btimeout\s+(\d+)\s+seconds?`)
	monitBound = scan.MustCompile(`^if\s+(total)?\s*(cpu|mem(ory)?|loadavg|children|threads|filedescriptors)\b|^if\s+total(cpu|mem)`)
	monitTest  = scan.MustCompile(`(?i)^if\s`)
	monitThen  = scan.MustCompile(`(?i)\sthen\s`)
	monitNext  = scan.MustCompile(`(?i)^(check|if|start|stop|restart|set|group|depends|every|mode)\s`)
	monitUID   = scan.MustCompile(`(?i)\bas\s+uid\s+"?([\w-]+)"?`)
)

// machineDaemons are what any machine runs beside its services.
var machineDaemons = scan.MustCompile(`^(acpid|atd?|crond?|mdadm|nginx|apache2?|httpd|mysqld?|mariadb|postgres(ql)?|redis(-server)?|memcached?|ntpd?|openntpd|chronyd|pdns-recursor|postfix|exim4?|rsyslogd?|smartd|smartmontools|snmpd|sshd?|haproxy|varnish|docker|puppet|chef-client|salt-minion|fail2ban)$`)

func ofTheMachine(name string) service.Check {
	return service.Check{None: name + " is no part of the service: it is the nodes' affair or a need"}
}

// monit is what the control files hold together.
type monit struct {
	t       *scan.Tree
	r       *scan.Report
	n       *nagios // which finds checks their place
	daemons []*daemon
	bounded map[string]bool // processes whose resources were tested
	started *daemon         // that of the check which is read
	address string          // of the host that it is about
	own     map[string]bool // names of the processes of the file that is read
}

// webServers are those of the machine's daemons that may answer for the service behind them.
var webServers = scan.MustCompile(`^(nginx|apache2?|httpd|haproxy|varnish)$`)

// read goes through the statements of a file: a check, and the lines that belong to it.
func (m *monit) read(p, text string) {
	kind, name := "", ""
	statements := monitStatements(text)
	m.own = ownProcesses(statements)
	for _, s := range statements {
		if c := monitCheck.FindStringSubmatch(s.text); c != nil {
			kind, name, m.started = strings.ToLower(c[1]), strings.Trim(c[2], `"`), nil
			if m.address = ""; kind == "host" && !m.own[name] {
				m.address = firstGroup(monitAt, c[3])
			}
			m.begin(p, s.line, kind, name, c[3])
			continue
		}
		if kind != "" {
			m.statement(p, s.line, kind, name, s.text)
		}
	}
}

// ownProcesses are the names of the service's processes.
func ownProcesses(statements []monitStatement) map[string]bool {
	own := map[string]bool{}
	for _, s := range statements {
		if c := monitCheck.FindStringSubmatch(s.text); c != nil && strings.EqualFold(c[1], "process") && !machineDaemons.MatchString(strings.Trim(c[2], `"`)) {
			own[strings.Trim(c[2], `"`)] = true
		}
	}
	return own
}

// monitStatement is a line, or a test with the lines on which it goes on.
type monitStatement struct {
	text string
	line int
}

// maxStatement bounds the bytes of a test that goes over several lines.
const maxStatement = 4096

// monitStatements parts a file: a test goes on to its "then".
func monitStatements(text string) (all []monitStatement) {
	open := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if last := len(all) - 1; open && !monitNext.MatchString(line) && len(all[last].text) < maxStatement {
			all[last].text += " " + line
		} else {
			all = append(all, monitStatement{line, i + 1})
		}
		last := all[len(all)-1].text
		open = monitTest.MatchString(last) && !monitThen.MatchString(last)
	}
	return all
}

// begin takes over what the check line itself says.
func (m *monit) begin(p string, at int, kind, name, rest string) {
	switch kind {
	case "process":
		if machineDaemons.MatchString(name) {
			m.find(p, at, name, "process "+name, ofTheMachine(name))
			return
		}
		m.find(p, at, name, "process "+name, service.Check{Probe: "a container whose process ends is started again"})
		m.statement(p, at, kind, name, rest)
	case "program":
		if path := monitPath2.FindStringSubmatch(rest); path != nil {
			m.find(p, at, name, "program "+name, newPlugin(splitWords(path[1])).converted())
			return
		}
		m.find(p, at, name, "program "+name, service.Check{None: "the program that it runs is not understood"})
	case "file", "fifo", "directory":
		m.find(p, at, name, kind+" "+name, service.Check{None: "the files of an image don't change; those of a volume are the service's own affair"})
	case "filesystem", "device":
		where := "/"
		if path := monitPath2.FindStringSubmatch(rest); path != nil && !strings.HasPrefix(path[1], "/dev/") {
			where = path[1]
		}
		m.find(p, at, name, kind+" "+name, plugin{name: "check_disk", args: []string{"-p", where}}.disk())
	case "system", "network":
		m.find(p, at, name, kind+" "+name, service.Check{None: "the nodes are the cluster's to watch"})
	}
}

// statement is a line below a check.
func (m *monit) statement(p string, at int, kind, name, line string) {
	if start := monitStart.FindStringSubmatch(line); start != nil && kind == "process" {
		m.start(p, at, name, start[1], line)
	}
	low := strings.ToLower(line)
	if kind == "process" && monitBound.MatchString(low) && !machineDaemons.MatchString(name) && !m.bounded[p+" "+name] {
		m.bounded[p+" "+name] = true
		m.find(p, at, name, name+"'s resources", service.Check{None: "a container has requests and limits, and is started again where it takes more memory"})
	}
	if !strings.HasPrefix(low, "if ") || !strings.Contains(low, "failed") || kind == "file" || kind == "directory" || kind == "filesystem" {
		return
	}
	m.answers(p, at, line)
	check, ok := m.failed(line)
	switch c := check.Smoke; {
	case kind == "process" && machineDaemons.MatchString(name) && (!ok || c != nil && (!webServers.MatchString(name) || c.TCP != "" || strings.Contains(c.Request, "status"))):
		m.find(p, at, name, name+" answers", ofTheMachine(name))
	case ok:
		m.find(p, at, name, name+" answers", check)
	case kind == "host" || kind == "process":
		m.find(p, at, name, name+": "+line, service.Check{None: "what it asks has no counterpart in smoke/: look at it"})
	}
}

// start makes a process of a start program, unless that only calls an init script, which is read by itself.
func (m *monit) start(p string, at int, name, line, statement string) {
	if strings.Contains(line, "init.d/") || strings.Contains(line, "systemctl ") || strings.Contains(line, "/service ") || strings.HasPrefix(line, "service ") {
		return
	}
	d := newDaemon(m.t, m.r, name, p, at)
	if uid := monitUID.FindStringSubmatch(statement); uid != nil {
		d.user = uid[1]
	}
	if !d.startsWithin(line) {
		m.r.NoteAbout(d.about(), p, at, "the start program of %s is not understood: %s", name, line)
		return
	}
	m.daemons, m.started = append(m.daemons, d), d
}

// answers takes over the port at which the process itself is tested.
func (m *monit) answers(p string, at int, line string) {
	found := monitPort.FindStringSubmatch(line)
	if m.started == nil || found == nil || found[1] == "" {
		return
	}
	if host := monitHost.FindStringSubmatch(line); host == nil || scan.LocalHost(host[1]) {
		m.started.listens(found[1], p, at)
	}
}

// failed is the check for an "if failed ..." test; false where it asks what no smoke check can.
func (m *monit) failed(line string) (service.Check, bool) {
	c := &service.SmokeCheck{}
	if wait := monitWait.FindStringSubmatch(line); wait != nil {
		c.Within = wait[1] + "s"
	}
	if found := monitURL.FindStringSubmatch(line); found != nil {
		u, err := url.Parse(found[1])
		if err != nil {
			return service.Check{}, false
		}
		c.Request = "GET " + u.RequestURI()
		return service.Check{Smoke: monitExpect(c, line)}, true
	}
	found := monitPort.FindStringSubmatch(line)
	if found == nil || found[1] == "" {
		if strings.Contains(strings.ToLower(line), "ping") || strings.Contains(strings.ToLower(line), "icmp") {
			return service.Check{None: "whether machines answer is the cluster's to watch"}, true
		}
		return service.Check{}, false
	}
	protocol := ""
	if proto := monitProto.FindStringSubmatch(line); proto != nil {
		protocol = strings.ToLower(proto[1])
	}
	if protocol == "http" || protocol == "https" || protocol == "apache" {
		path := "/"
		if ask := monitAsk.FindStringSubmatch(line); ask != nil {
			path = ask[1]
		}
		c.Request = "GET /" + strings.TrimPrefix(path, "/")
		return service.Check{Smoke: monitExpect(c, line)}, true
	}
	if port, err := strconv.Atoi(found[1]); err != nil || !validPort(port) {
		return service.Check{}, false
	}
	return m.connects(cmp.Or(firstGroup(monitHost, line), m.address), found[1]), true
}

// connects asks a port: of whatever is checked, where the host is the service itself, else of a machine that answers those within.
func (m *monit) connects(host, port string) service.Check {
	if first, _, _ := strings.Cut(strings.TrimPrefix(host, "www."), "."); m.own[first] {
		host = ""
	}
	check := plugin{name: "check_tcp", args: []string{"-H", host, "-p", port}}.tcp()
	if c := check.Smoke; c != nil && !strings.HasPrefix(c.TCP, ":") {
		c.Only = []string{"inside"}
	}
	return check
}

func monitExpect(c *service.SmokeCheck, line string) *service.SmokeCheck {
	c.Status = []string{"2xx", "3xx"}
	if code := monitCode.FindStringSubmatch(line); code != nil {
		c.Status = []string{code[1]}
	}
	if body := monitBody.FindStringSubmatch(line); body != nil {
		c.Contains = body[1]
	}
	return c
}

func (m *monit) find(p string, at int, name, was string, check service.Check) {
	m.n.find(name, `monit "`+was+`"`, []string{name}, p, at, check)
}

// firstGroup is what the first group of a pattern matches in a text, "" where it doesn't.
func firstGroup(in *scan.Pattern, text string) string {
	if m := in.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
