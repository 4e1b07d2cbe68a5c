package ops

import (
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A check of the old monitoring is the command line of a plugin, whichever tool calls it. converted says what takes its
// place.

// plugin is one call: the program's name without its path and ending, and its arguments.
type plugin struct {
	name string
	args []string
	argv []string
}

func newPlugin(argv []string) plugin {
	for len(argv) > 1 && (pluginWrapper[path.Base(argv[0])] || strings.HasPrefix(path.Base(argv[0]), "python") || path.Base(argv[0]) == "ruby" || path.Base(argv[0]) == "perl") {
		argv = argv[1:]
		for len(argv) > 1 && strings.HasPrefix(argv[0], "-") {
			argv = argv[1:]
		}
	}
	if len(argv) == 0 {
		return plugin{}
	}
	name := path.Base(argv[0])
	for _, ending := range []string{".pl", ".py", ".sh", ".rb", ".php"} {
		name = strings.TrimSuffix(name, ending)
	}
	return plugin{strings.ReplaceAll(name, "-", "_"), argv[1:], argv}
}

// pluginWrapper are programs in front of a plugin that change nothing about it.
var pluginWrapper = map[string]bool{"sudo": true, "env": true, "nice": true, "timeout": true}

// elsewhereReasons say why nothing in the service's own repository takes the place of a plugin.
var elsewhereReasons = map[string]string{
	"check_ping": "whether machines answer is the cluster's to watch", "check_fping": "whether machines answer is the cluster's to watch",
	"check_icmp": "whether machines answer is the cluster's to watch", "check_host": "whether machines answer is the cluster's to watch", "check_host_alive": "whether machines answer is the cluster's to watch",
	"check_ssh":  "nobody logs in to a pod by SSH",
	"check_load": "the load of nodes is the cluster's to watch; the service has requests and limits", "check_cpu": "the load of nodes is the cluster's to watch; the service has requests and limits",
	"check_swap": "nodes have no swap", "check_mem": "memory has a limit; a pod above it is started again, which kube_status shows", "check_memory": "memory has a limit; a pod above it is started again, which kube_status shows",
	"check_users": "nobody logs in to a pod", "check_uptime": "pods come and go", "check_reboot_required": "the nodes are the cluster's to maintain",
	"check_apt": "packages change with the image: scan it in CI", "check_yum": "packages change with the image: scan it in CI", "check_debsecan": "packages change with the image: scan it in CI",
	"check_ntp": "the clock is the node's", "check_ntp_time": "the clock is the node's", "check_ntp_peer": "the clock is the node's", "check_time": "the clock is the node's", "check_clock": "the clock is the node's",
	"check_raid": "hardware is the nodes'", "check_ide_smart": "hardware is the nodes'", "check_smart": "hardware is the nodes'", "check_sensors": "hardware is the nodes'", "check_ups": "hardware is the nodes'", "check_lm_sensors": "hardware is the nodes'",
	"check_ipmi_sensor": "hardware is the nodes'", "check_multipath": "hardware is the nodes'", "check_printer": "a printer is no part of the service", "check_hpjd": "a printer is no part of the service",
	"check_mailq": "a pod has no mail queue: the mail server it hands over to has", "check_dummy": "it checked nothing", "check_cluster": "it only counted other checks",
	"check_puppet": "no Puppet runs in a pod", "check_nagios": "the old monitoring watched itself", "check_icinga": "the old monitoring watched itself", "check_dhcp": "addresses are the cluster's to give",
	"check_mrtg": networkReason, "check_mrtgtraf": networkReason, "check_ifstatus": networkReason, "check_ifoperstatus": networkReason, "check_nwstat": networkReason, "check_breeze": networkReason, "check_rpc": "the nodes are the cluster's to watch",
	"check_overcr": "the nodes are the cluster's to watch", "check_wave": "the nodes are the cluster's to watch", "check_game": "a game server is no part of the service", "check_flexlm": "a licence server is watched where it runs",
	"check_disk_smb": "a share is watched where it is kept", "check_radius": "a RADIUS server is watched where it runs",
}

const networkReason = "the network and its devices are the cluster's to watch"

// needPlugins check a backing service; the port is the one to reach, where the call names none.
var needPlugins = map[string]int{
	"check_mysql": 3306, "check_mysql_query": 3306, "check_pgsql": 5432, "check_postgres": 5432, "check_redis": 6379, "check_mongodb": 27017, "check_memcached": 11211,
	"check_rabbitmq_server": 5672, "check_rabbitmq_aliveness": 5672, "check_amqp": 5672, "check_ldap": 389, "check_ldaps": 636, "check_smtp": 25, "check_ssmtp": 465, "check_imap": 143, "check_simap": 993, "check_pop": 110, "check_spop": 995,
	"check_elasticsearch": 9200, "check_oracle": 1521, "check_mssql": 1433, "check_ftp": 21, "check_nntp": 119, "check_nntps": 563, "check_jabber": 5222, "check_clamd": 3310,
}

// converted is the new place of a call. A plugin that nothing stands for becomes a script, so that no check is lost.
func (p plugin) converted() service.Check {
	if reason, known := elsewhereReasons[p.name]; known {
		return service.Check{None: reason}
	}
	if port, known := needPlugins[p.name]; known {
		return p.need(port)
	}
	switch p.name {
	case "check_http", "check_https", "check_curl", "check_http_code", "check_url":
		return p.http()
	case "check_ssl_cert", "check_ssl_certificate", "check_cert", "check_ssl_validity":
		return p.certificate()
	case "check_tcp", "check_port", "check_tcp_port", "check_ports":
		return p.tcp()
	case "check_dns", "check_dig":
		return p.dns()
	case "check_procs", "check_process", "check_pidfile", "check_proc", "check_service", "check_init_service", "check_systemd":
		return service.Check{Probe: "a container whose process ends is started again; readiness says whether it works"}
	case "check_disk", "check_inodes":
		return p.disk()
	case "check_nt":
		return p.windows()
	case "check_snmp":
		return p.snmp()
	}
	if path := p.asked(); path != "" {
		return service.Check{Smoke: &service.SmokeCheck{Request: "GET " + path}}
	}
	return service.Check{Script: p.argv}
}

var (
	asksHTTP    = scan.MustCompile(`http|health|json|url|web|status|_up$|api`)
	machinePath = scan.MustCompile(`^/(etc|var|usr|opt|srv|home|tmp|bin|sbin|data|dev|proc|run|root|mnt|media)(/|$)`)
)

// windows is what a machine with NSClient++ was asked for: its processes and services, or its own figures.
func (p plugin) windows() service.Check {
	asked := p.option("-v", "--variable")
	if asked == "" && len(p.args) > 0 { // its definition is not here, and the call begins with it
		asked = p.args[0]
	}
	switch asked {
	case "PROCSTATE", "SERVICESTATE":
		return service.Check{Probe: "a container whose process ends is started again; readiness says whether it works"}
	case "":
		return service.Check{Script: p.argv}
	}
	return service.Check{None: "memory, disks and load of machines are the cluster's to watch"}
}

// snmpOfMachine are the values of devices and machines, which say nothing of a service.
var snmpOfMachine = scan.MustCompile(`(?i)(^|[ ,.:])(sysUpTime|sysName|if[A-Z]\w+|hr[A-Z]\w+|hrSystem|laLoad|ssCpu\w+|mem[A-Z]\w+|dsk[A-Z]\w+)|(^|[ ,])\.?1\.3\.6\.1\.2\.1\.(1|2|25|31)\.|\.?1\.3\.6\.1\.4\.1\.2021\.`)

// snmp is a query of a value. The community that the device is asked with is as good as a password.
func (p plugin) snmp() service.Check {
	if snmpOfMachine.MatchString(p.option("-o", "--oid")) {
		return service.Check{None: networkReason}
	}
	argv := slices.Clone(p.argv)
	for i, arg := range argv {
		switch {
		case (arg == "-C" || arg == "--community" || arg == "-A" || arg == "-X") && i+1 < len(argv):
			argv[i+1] = "${CHECK_SNMP_COMMUNITY}"
		case strings.HasPrefix(arg, "--community="):
			argv[i] = "--community=${CHECK_SNMP_COMMUNITY}"
		case len(arg) > 2 && strings.HasPrefix(arg, "-C"):
			argv[i] = "-C${CHECK_SNMP_COMMUNITY}"
		}
	}
	return service.Check{Script: argv}
}

// asked is the path that a plugin of the team's own asks for, by its name and the look of its arguments: the one that
// begins with / and lies on no machine.
func (p plugin) asked() string {
	if !asksHTTP.MatchString(p.name) || strings.Contains(strings.Join(p.args, " "), "POST") {
		return ""
	}
	for _, arg := range p.args {
		if strings.HasPrefix(arg, "/") && !machinePath.MatchString(arg) && !strings.ContainsAny(arg, "${} \t") {
			return arg
		}
	}
	return ""
}

// option gives the value of the first of the options that the call has: -p 80, -p80, --port 80 and --port=80.
func (p plugin) option(names ...string) string {
	for i, arg := range p.args {
		for _, name := range names {
			switch {
			case arg == name && i+1 < len(p.args):
				return p.args[i+1]
			case strings.HasPrefix(name, "--") && strings.HasPrefix(arg, name+"="):
				return strings.TrimPrefix(arg, name+"=")
			case !strings.HasPrefix(name, "--") && len(arg) > len(name) && strings.HasPrefix(arg, name) && !strings.HasPrefix(arg, "--"):
				return arg[len(name):]
			}
		}
	}
	return ""
}

// address is the host that a call names; "" stands for the machine that is checked, by whatever macro.
func (p plugin) address() string {
	host := p.option("-H", "--hostname", "-I", "--host", "-h")
	if strings.ContainsAny(host, "$%{}<> ") || scan.LocalHost(host) || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "-") {
		return ""
	}
	return strings.Trim(host, "[]")
}

func (p plugin) port(fallback int) int {
	names := []string{"-p", "--port"}
	if passwordAtP[p.name] {
		names[0] = "-P"
	}
	if n, err := strconv.Atoi(p.option(names...)); err == nil && validPort(n) {
		return n
	}
	return fallback
}

// passwordAtP are plugins that take a password by -p, and the port by -P.
var passwordAtP = map[string]bool{"check_mysql": true, "check_mysql_query": true, "check_pgsql": true, "check_mongodb": true}

func (p plugin) tcp() service.Check {
	port := p.port(0)
	if port == 0 || p.has("-e", "--expect", "-s", "--send", "-M", "-m", "-d") {
		return service.Check{Script: p.argv}
	}
	check := &service.SmokeCheck{TCP: net.JoinHostPort(p.address(), strconv.Itoa(port))}
	if p.has("-S", "--ssl") && p.option("-D", "--certificate") != "" {
		return service.Check{Script: p.argv}
	}
	return service.Check{Smoke: check}
}

// need asks whether a backing service answers, from where the service runs.
func (p plugin) need(port int) service.Check {
	host := p.address()
	if host == "" {
		return service.Check{Probe: "the readiness of what is called; " + strings.TrimPrefix(p.name, "check_") + " is a need of its own in " + service.FileName}
	}
	return service.Check{Smoke: &service.SmokeCheck{TCP: net.JoinHostPort(host, strconv.Itoa(p.port(port))), Only: []string{"inside"}}}
}

func (p plugin) dns() service.Check {
	name := p.option("-H", "--hostname", "-l", "--query_address")
	if p.name == "check_dig" {
		name = p.option("-l", "--query_address")
	}
	if name == "" || strings.ContainsAny(name, "$%{} ") {
		return service.Check{Script: p.argv}
	}
	text := name + " resolves"
	if want := p.option("-a", "--expected-address", "--expected_address"); want != "" && !strings.ContainsAny(want, ",$ ") {
		text += " to " + want
	}
	return service.Check{Smoke: &service.SmokeCheck{DNS: text}}
}

func (p plugin) certificate() service.Check {
	days := 14
	if n, err := strconv.Atoi(p.option("-c", "--critical")); err == nil && n > 0 && n < 1000 {
		days = n
	}
	return service.Check{Smoke: &service.SmokeCheck{TLS: "days_left > " + strconv.Itoa(days), Only: []string{"https"}}}
}

// disk is about a volume, where the service keeps one: what is generated is none whose filling can be seen. The disks of a machine are the cluster's.
func (p plugin) disk() service.Check {
	place := strings.Trim(p.option("-p", "--path", "--partition"), `'"`)
	switch {
	case place == "", place == "/", strings.HasPrefix(place, "/boot"), strings.HasPrefix(place, "/dev/"), strings.HasPrefix(place, "/tmp"), strings.HasPrefix(place, "/var/log"), strings.HasPrefix(place, "-"), place == "/var", strings.ContainsAny(place, "$%{"):
		return service.Check{None: "the disks of nodes are the cluster's to watch"}
	}
	free := "0.10"
	if n, err := strconv.Atoi(strings.TrimSuffix(p.option("-c", "--critical"), "%")); err == nil && n > 0 && n < 100 && strings.HasSuffix(p.option("-c", "--critical"), "%") {
		free = strconv.FormatFloat(float64(n)/100, 'f', 2, 64)
	}
	return service.Check{None: "a pod's emptyDir takes the place of " + place + ", and no metric tells how full that is; once it is a PersistentVolumeClaim, alert on kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < " + free}
}

// has says whether the call has one of the options, whatever its value.
func (p plugin) has(names ...string) bool {
	for _, arg := range p.args {
		for _, name := range names {
			if arg == name || strings.HasPrefix(name, "--") && strings.HasPrefix(arg, name+"=") || !strings.HasPrefix(name, "--") && !strings.HasPrefix(arg, "--") && strings.HasPrefix(arg, name) {
				return true
			}
		}
	}
	return false
}
