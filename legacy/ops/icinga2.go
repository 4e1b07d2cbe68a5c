package ops

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Icinga2 reads objects of Icinga 2: Service objects, and the apply rules that make them.
func Icinga2() scan.Reader {
	return scan.Reader{
		Name:  "icinga2",
		Wants: func(p string) bool { return strings.HasSuffix(unitFile(p), ".conf") && strings.Contains(p, "icinga") },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			n := &nagios{t: t, r: r, icingaCommands: map[string]icingaCommand{}}
			for _, p := range paths {
				maps.Copy(n.icingaCommands, icingaCommands(t.Text(p, r)))
			}
			for _, p := range paths {
				for _, s := range icingaServices(t.Text(p, r)) {
					n.icinga(p, s)
				}
			}
		},
	}
}

// icingaService is one Service object or rule with its assignments, as they are written.
type icingaService struct {
	name string
	line int
	vars map[string]string
}

var (
	icingaStart  = scan.MustCompile(`^\s*(?:object|apply)\s+Service\s+(?:"([^"]*)"\s*)?(?:for\s*\(\s*([\w.]+)[^)]*\)\s*)?(?:to\s+Host\s*)?\{`)
	icingaAssign = scan.MustCompile(`^\s*([\w.]+)\s*\+?=\s*(?:"([^"]*)"|([\w.]+)).*$`)
)

// icingaServices finds the services of a text. The language is a whole one; what is worked out there stays unknown.
func icingaServices(text string) []icingaService {
	var found []icingaService
	depth, comment := 0, false
	var open *icingaService
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if comment {
			comment = !strings.Contains(trimmed, "*/")
			continue
		}
		if strings.HasPrefix(trimmed, "/*") {
			comment = !strings.Contains(trimmed, "*/")
			continue
		}
		if trimmed == "" || strings.HasPrefix(trimmed, "//") || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if m := icingaStart.FindStringSubmatch(line); m != nil && open == nil {
			name := m[1]
			if name == "" {
				name = m[2]
			}
			open, depth = &icingaService{name: name, line: i + 1, vars: map[string]string{}}, 0
		}
		if open == nil {
			continue
		}
		if m := icingaAssign.FindStringSubmatch(line); m != nil {
			open.vars[strings.TrimPrefix(m[1], "vars.")] = m[2] + m[3]
		}
		if depth += strings.Count(line, "{") - strings.Count(line, "}"); depth <= 0 {
			found = append(found, *open)
			open = nil
		}
	}
	return found
}

// icingaOptions are the variables of Icinga's template library with the options of the plugins that they stand for.
var icingaOptions = map[string]string{
	"http_uri": "-u", "http_vhost": "-H", "http_port": "-p", "http_string": "-s", "http_expect": "-e", "http_warn_time": "-w", "http_critical_time": "-c", "http_certificate": "-C", "http_auth_pair": "-a",
	"http_onredirect": "-f", "http_method": "-j", "http_post": "-P", "http_contenttype": "-T", "http_header": "-k", "http_expect_body_regex": "-r", "http_expect_body_eregi": "-R", "http_timeout": "-t", "http_useragent": "-A",
	"tcp_port": "-p", "tcp_address": "-H", "ssl_port": "-p", "dns_lookup": "-H", "dns_expected_answers": "-a", "disk_partition": "-p", "disk_cfree": "-c",
	"mysql_hostname": "-H", "mysql_port": "-P", "pgsql_hostname": "-H", "pgsql_port": "-P", "smtp_address": "-H", "smtp_port": "-p", "ldap_address": "-H", "redis_hostname": "-H",
	"ssl_cert_critical": "-c", "ssl_cert_port": "-p",
}

// icinga makes a check of a service: its check_command names the plugin, its variables are the options.
func (n *nagios) icinga(file string, s icingaService) {
	command := s.vars["check_command"]
	was := `icinga "` + s.name + `"`
	about := append([]string{s.name, s.vars["display_name"]}, hostNames(s.vars["host_name"])...)
	about = append(about, hostNames(s.vars["http_vhost"])...)
	if command == "" {
		n.find(s.name, was, about, file, s.line, service.Check{None: "no check_command stands here: it comes from a template or a rule"})
		return
	}
	if name := s.vars["nrpe_command"]; command == "nrpe" || name != "" {
		if reason := elsewhereReasons[name]; reason != "" {
			n.find(s.name, was, about, file, s.line, service.Check{None: reason})
			return
		}
		n.find(s.name, was, about, file, s.line, service.Check{None: "it ran on the host through NRPE as " + name + ": look into nrpe.cfg there"})
		return
	}
	argv := []string{"check_" + strings.TrimRight(strings.ReplaceAll(command, "-", "_"), "46")}
	switch command {
	case "hostalive", "hostalive4", "hostalive6":
		argv[0] = "check_ping"
	case "ssl":
		argv = []string{"check_ssl_cert"}
	}
	var unknown []string
	if own := n.icingaCommands[command]; len(own.words) > 0 {
		argv, unknown = own.filled(s.vars)
	}
	for _, key := range slices.Sorted(maps.Keys(s.vars)) {
		option, known := icingaOptions[key]
		prefix, _, _ := strings.Cut(key, "_")
		switch {
		case known:
			argv = append(argv, option, s.vars[key])
		case key == "http_ssl":
			argv = append(argv, "-S")
		case prefix == command && prefix != "check":
			unknown = append(unknown, key)
		}
	}
	check := newPlugin(argv).converted()
	if len(unknown) > 0 && check.None == "" {
		n.r.NoteAbout(about, file, s.line, "%s of this check is not converted: look at the check in smoke/", strings.Join(unknown, ", "))
	}
	n.find(s.name, was, about, file, s.line, check)
}
