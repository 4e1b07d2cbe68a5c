package ops

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Sensu reads the checks of Sensu: {"checks": {"name": {"command": "check-http.rb -u https://..."}}}.
func Sensu() scan.Reader {
	return scan.Reader{
		Name:  "sensu",
		Wants: func(p string) bool { return strings.HasSuffix(unitFile(p), ".json") && strings.Contains(p, "sensu") },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			n := &nagios{t: t, r: r}
			for _, p := range paths {
				readSensu(n, p, t.Text(p, r))
			}
		},
	}
}

type sensuFile struct {
	Checks map[string]struct {
		Command     string   `json:"command"`
		Subscribers []string `json:"subscribers"`
		Source      string   `json:"source"`
	} `json:"checks"`
}

func readSensu(n *nagios, p, text string) {
	var file sensuFile
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		n.r.Note(p, 0, "not understood as a file of Sensu: %v", err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(file.Checks)) {
		c := file.Checks[name]
		about := append([]string{name}, c.Subscribers...)
		about = append(about, hostNames(c.Source)...)
		at := 1 + strings.Count(text[:max(strings.Index(text, strconv.Quote(name)), 0)], "\n")
		p2 := newPlugin(splitWords(c.Command))
		about = append(about, hostNames(p2.address())...)
		n.find(name, "sensu "+name, about, p, at, p2.sensu())
	}
}

// sensu converts the plugins of Sensu's community, whose options are their own; any other is one of Nagios's.
func (p plugin) sensu() service.Check {
	switch p.name {
	case "check_http":
		return p.sensuHTTP()
	case "check_https_cert", "check_ssl_cert", "check_ssl_host", "check_ssl_anchor":
		return p.certificate()
	case "check_ports":
		host, port := p.address(), p.option("-p", "--ports", "--port")
		if n, err := strconv.Atoi(port); err == nil && validPort(n) {
			return service.Check{Smoke: &service.SmokeCheck{TCP: host + ":" + port}}
		}
	case "check_disk_usage", "check_disk_inodes", "check_fstab_mounts":
		return service.Check{None: "the disks of nodes are the cluster's to watch"}
	case "check_ram", "check_memory_percent", "check_swap_percent":
		return service.Check{None: elsewhereReasons["check_mem"]}
	case "check_cpu", "check_load":
		return service.Check{None: elsewhereReasons["check_load"]}
	}
	return p.converted()
}

func (p plugin) sensuHTTP() service.Check {
	c := &service.SmokeCheck{Request: "GET /", Status: []string{"2xx"}}
	if !strings.HasSuffix(p.argv[0], ".rb") {
		return p.http()
	}
	address := p.option("-u", "--url")
	u, err := url.Parse(address)
	if err != nil || p.has("--method", "-d", "--data", "--body", "-K", "--cert", "--negquery") {
		return service.Check{Script: p.argv}
	}
	if path := p.option("-p", "--request-uri"); address == "" && strings.HasPrefix(path, "/") {
		c.Request = "GET " + path
	} else if address != "" {
		c.Request = "GET " + u.RequestURI()
	}
	if strings.ContainsAny(c.Request[4:], " ${}") {
		return service.Check{Script: p.argv}
	}
	if code := p.option("--response-code"); statusCode.MatchString(code) {
		c.Status = []string{code}
	}
	c.Contains = p.option("-q", "--query")
	if wait, err := strconv.Atoi(p.option("-t", "--timeout")); err == nil && wait > 0 && wait < 3600 {
		c.Within = strconv.Itoa(wait) + "s"
	}
	return service.Check{Smoke: c}
}
