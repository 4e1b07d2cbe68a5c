package export

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Blackbox writes the checks as modules of blackbox_exporter (0.26 and later), blackbox.yml, and as the scrape
// configuration of Prometheus that probes the target with them, prometheus.yml. A target without a scheme is asked by
// https.
func Blackbox(suites []smoke.Suite, target smoke.Target) ([]File, []Left, error) {
	if target.Scheme == "" {
		target.Scheme = "https"
	}
	b := &blackbox{words: words{tool: "blackbox_exporter"}, target: target}
	modules := map[string]any{}
	var probes []any
	n := &names{}
	longest := time.Duration(0)
	for _, s := range suites {
		b.suite = s
		for _, c := range s.Plain() {
			b.begin(c)
			b.module, b.asked = map[string]any{}, ""
			noted := len(b.left)
			b.probe()
			if b.why != "" {
				b.left = b.left[:noted]
				b.leave(0, c.Kind, "%s", b.why)
				continue
			}
			b.rest()
			name := n.name(suiteName(s.File)+"_"+c.Name, "_")
			modules[name] = b.module
			longest = max(longest, b.timeout())
			probes = append(probes, map[string]any{"targets": []string{b.asked}, "labels": labels(s, c, name)})
		}
	}
	if len(modules) == 0 {
		return nil, b.left, nil
	}
	files := []File{{Name: "blackbox.yml"}, {Name: "prometheus.yml"}}
	about := "From the files of checks by migrate smoke export"
	if b.credentials {
		about += "; the files that it names below secrets/ hold one secret each"
	}
	for i, tree := range []any{map[string]any{"modules": modules}, scrape(probes, longest)} {
		var out bytes.Buffer
		fmt.Fprintf(&out, "# %s.\n", about)
		e := yaml.NewEncoder(&out)
		e.SetIndent(2)
		if err := e.Encode(tree); err != nil {
			return nil, nil, fmt.Errorf("write %s: %w", files[i].Name, err)
		}
		files[i].Text = out.Bytes()
	}
	return files, b.left, nil
}

func labels(s smoke.Suite, c smoke.Plain, module string) map[string]string {
	out := map[string]string{"__param_module": module, "check": oneLine(c.Name)}
	if s.Service != "" {
		out["service"] = s.Service
	}
	if len(c.Tags) > 0 {
		out["tags"] = strings.Join(c.Tags, ",")
	}
	return out
}

// scrape is the configuration of Prometheus: each target with its module, by way of the exporter.
func scrape(probes []any, longest time.Duration) any {
	relabel := func(pairs ...string) map[string]any {
		out := map[string]any{"target_label": pairs[0]}
		if pairs[1] != "" {
			out["source_labels"] = []string{pairs[1]}
		} else {
			out["replacement"] = pairs[2]
		}
		return out
	}
	return map[string]any{"scrape_configs": []any{map[string]any{
		"job_name": "smoke", "metrics_path": "/probe",
		"scrape_interval": max(time.Minute, longest+time.Second).String(), "scrape_timeout": (longest + time.Second).String(),
		"static_configs":  probes,
		"relabel_configs": []any{relabel("__param_target", "__address__"), relabel("instance", "__param_target"), relabel("__address__", "", "127.0.0.1:9115")},
	}}}
}

type blackbox struct {
	words
	target      smoke.Target
	module      map[string]any
	asked       string // the target of the probe
	credentials bool   // some file with a secret is named
}

func (b *blackbox) timeout() time.Duration {
	limit := b.check.Timeout
	if limit == 0 {
		limit = 10 * time.Second
	}
	if within := b.check.Expect.Within; within > 0 && within < limit {
		limit = within
	}
	return limit
}

// probe makes the module and the target.
func (b *blackbox) probe() {
	c := b.check
	for _, only := range c.Only {
		if (only == "http" || only == "https") && only != b.target.Scheme {
			b.why = "it is only for " + only + ", and the target is " + b.target.Scheme
			return
		}
	}
	if c.Kind == "request" {
		b.request()
		return
	}
	if reason := noProber[c.Kind]; reason != "" {
		b.why = reason
		return
	}
	if !c.Asks.Known {
		b.why = "it holds variables, and blackbox_exporter has none"
		return
	}
	switch c.Kind {
	case "tcp":
		b.set("tcp", b.ipv4())
	case "tls":
		b.set("tcp", b.secured(b.ipv4()))
		b.leave(0, "days_left", "a probe fails when the certificate is not valid; for the days left make an alert on probe_ssl_earliest_cert_expiry - time() < %d", c.Asks.DaysLeft*24*60*60)
	case "grpc":
		b.grpc()
	case "dns":
		b.dns()
	case "hello":
		b.hello()
	}
}

// noProber are the kinds of checks that the exporter hasn't got.
var noProber = map[string]string{"websocket": "blackbox_exporter shakes no hands of websockets", "exec": "blackbox_exporter runs no commands"}

func (b *blackbox) set(prober string, settings map[string]any) {
	b.module["prober"], b.module["timeout"], b.module[prober] = prober, b.timeout().String(), settings
	if prober == "tcp" || prober == "grpc" {
		b.asked = b.address()
	}
}

// ipv4 prefers what services listen on; the exporter begins with IPv6.
func (b *blackbox) ipv4() map[string]any { return map[string]any{"preferred_ip_protocol": "ip4"} }

func (b *blackbox) address() string {
	host, port := b.check.Asks.Host, b.check.Asks.Port
	if host == "" && port == "" {
		return b.target.Address()
	}
	if host == "" {
		host = b.target.Host
	}
	return net.JoinHostPort(host, port)
}

func (b *blackbox) secured(settings map[string]any) map[string]any {
	host, _, _ := net.SplitHostPort(b.address())
	settings["tls"], settings["tls_config"] = true, map[string]any{"server_name": host}
	return settings
}

func (b *blackbox) grpc() {
	settings := b.ipv4()
	if b.check.Asks.TLS || b.check.Asks.Port == "" && b.target.Scheme == "https" {
		settings = b.secured(settings)
	}
	if b.check.Asks.Name != "" {
		settings["service"] = b.check.Asks.Name
	}
	b.set("grpc", settings)
}

func (b *blackbox) dns() {
	settings := b.ipv4()
	settings["query_name"], settings["query_type"] = b.check.Asks.Name, "A"
	pattern := `\tA\t`
	if a := b.check.Asks.Address; a != "" {
		if strings.Contains(a, ":") {
			settings["query_type"], pattern = "AAAA", `\tAAAA\t`
		}
		pattern += strings.ReplaceAll(a, ".", `\.`) + "$"
	}
	settings["validate_answer_rrs"] = map[string]any{"fail_if_none_matches_regexp": []string{pattern}}
	b.set("dns", settings)
	b.asked = "127.0.0.1:53"
	b.leave(0, "dns", "the target of such a probe is the name server to ask: 127.0.0.1:53 stands there, put yours")
}

// greetings are those of text; the exporter ends what it sends with a line feed.
var greetings = map[string][2]string{
	"redis": {"PING\r", `^(\+PONG|-NOAU)`}, "memcached": {"version\r", "^VERSION "}, "zookeeper": {"ruok", "^imok"},
	"smtp": {"", "^220[ -]"}, "ftp": {"", "^220[ -]"}, "imap": {"", `^\* OK`}, "ssh": {"", "^SSH-"}, "nats": {"", "^INFO "},
}

func (b *blackbox) hello() {
	g, known := greetings[b.check.Asks.Name]
	if !known {
		b.why = "the greeting of " + b.check.Asks.Name + " is no line of text; a tcp check at least tells whether the port answers"
		return
	}
	settings := b.ipv4()
	if b.check.Asks.TLS {
		settings = b.secured(settings)
	}
	step := map[string]any{"expect": g[1]}
	exchange := []any{step}
	if g[0] != "" {
		exchange = []any{map[string]any{"send": g[0]}, step}
	}
	settings["query_response"] = exchange
	b.set("tcp", settings)
}

// rest lists what no module says.
func (b *blackbox) rest() {
	c := b.check
	if slices.Contains(c.Only, "inside") || slices.Contains(c.Only, "outside") {
		b.leave(0, "only", "blackbox_exporter doesn't know where it is: this runs everywhere")
	}
	if c.Eventually > 0 {
		b.leave(0, "eventually", "a probe asks once: \"for\" in an alert waits")
	}
	for _, capture := range c.Capture {
		b.leave(capture.Line, "capture "+capture.Name, "a probe keeps nothing")
	}
	if c.Kind != "request" {
		for _, m := range c.Expect.Matches {
			b.leave(m.Line, m.Query, "the %s prober has no such condition", c.Kind)
		}
	}
	b.ordinary()
	b.concealed()
}
