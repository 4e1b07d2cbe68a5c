package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// haproxyRemarks are what the lines of a section mean by their first two words, then by the first; %s is what follows.
var haproxyRemarks = map[string]string{
	"timeout tunnel":            "websockets may be silent for %s (timeout tunnel): set the gateway's timeout for it",
	"balance source":            "requests of one client go to the same instance (balance source): the Service needs sessionAffinity, or sessions a store that all share",
	"stick on":                  "requests of one client go to the same instance (stick on): the Service needs sessionAffinity, or sessions a store that all share",
	"stick-table type":          "clients are remembered or counted in a table (stick-table): the gateway has to, if the service relies on it",
	"option forwardfor":         "the service learns about the client from headers (X-Forwarded-For): see that the gateway sets those that it reads and that it trusts the gateway",
	"http-request auth":         "a password is asked for (http-request auth): let the gateway or the service keep it; the accounts are not copied",
	"http-request deny":         "some requests are refused (http-request deny): the gateway or the service has to",
	"http-request tarpit":       "some requests are held back (http-request tarpit): the gateway has to, if it matters",
	"http-request set-path":     "addresses are rewritten before the service sees them (http-request set-path): the gateway has to",
	"http-request replace-path": "addresses are rewritten before the service sees them (http-request replace-path): the gateway has to",
	"compression algo":          "answers are compressed (compression): the gateway or the service has to",
	"block":                     "some requests are refused (block): the gateway or the service has to",
	"reqrep":                    "addresses or headers are rewritten (reqrep): the gateway has to",
	"reqirep":                   "addresses or headers are rewritten (reqirep): the gateway has to",
	"errorfile":                 "errors are answered with pages of HAProxy's own (errorfile)",
	"http-send-name-header":     "the service is told the name of its server (http-send-name-header)",
}

// remarksOf tells what a section says besides where it leads.
func (h *haproxy) remarksOf(s *directive, site *frontSite) {
	if s == nil {
		return
	}
	for _, d := range s.block {
		two := d.name() + " " + d.value()
		switch {
		case d.name() == "cookie" && (strings.Contains(d.rest(), "insert") || strings.Contains(d.rest(), "prefix") || strings.Contains(d.rest(), "rewrite")):
			site.say(d.file, d.line, "requests of one client go to the same instance (cookie): the Service needs sessionAffinity, or sessions a store that all share")
		case two == "http-request set-header" || two == "http-request add-header" || d.name() == "reqadd":
			h.header(d, site)
		case two == "http-response set-header" || two == "http-response add-header":
			if len(d.words) > 2 {
				value := ""
				if len(d.words) == 4 {
					value = d.words[3]
				}
				site.adds(d, d.words[2], value, service.Part{}, false)
			}
		case two == "timeout server":
			value := strings.Join(d.words[min(2, len(d.words)):], " ")
			edge, ok := timeout(value, "ms")
			if value != "" && strings.Trim(value, "0123456789") == "" {
				value += " ms"
			}
			site.keepOrSay(d, edge, ok, "an answer may take %s (timeout server): set the gateway's timeout for it", shortened(withoutUnknown(value)))
		case haproxyRemarks[two] != "":
			h.remark(d, site, haproxyRemarks[two], 2)
		case haproxyRemarks[d.name()] != "":
			h.remark(d, site, haproxyRemarks[d.name()], 1)
		case !haproxySilent[d.name()] && !haproxySilent[two]:
			h.unknown(d, site)
		}
	}
}

// haproxySilent are lines that are read elsewhere, and those about the balancer itself, by their first word or two.
var haproxySilent = func() map[string]bool {
	silent := map[string]bool{}
	for _, name := range strings.Fields("acl balance bind bind-process capture cookie default-server default_backend description disabled enabled fullconn guid hash-balance-factor hash-type http-check http-reuse id " +
		"log log-format log-format-sd log-tag maxconn mode option-redispatch persist rate-limit redirect retries retry-on server server-template stats unique-id-format unique-id-header use-server use_backend") {
		silent[name] = true
	}
	for _, two := range strings.Split("http-request redirect,http-request set-var,http-request capture,option httpchk,option httplog,option tcplog,option dontlognull,option dontlog-normal,option log-separate-errors,option logasap,option redispatch,option http-server-close,option httpclose,"+
		"option forceclose,option http-keep-alive,option http-pretend-keepalive,option abortonclose,option contstats,option splice-auto,option tcp-smart-accept,option tcp-smart-connect,option tcpka,option clitcpka,option srvtcpka,option allbackups,option log-health-checks,option socket-stats,option prefer-last-server,"+
		"timeout connect,timeout client,timeout client-fin,timeout server-fin,timeout queue,timeout http-request,timeout http-keep-alive,timeout check,timeout tarpit", ",") {
		silent[two] = true
	}
	return silent
}()

var haproxyKeyword = scan.MustCompile(`^[a-z][a-z-]*$`)

// unknown names a line that nothing here understands by what it begins with: the rest may hold anything.
func (h *haproxy) unknown(d *directive, site *frontSite) {
	what := shortened(d.name())
	if haproxyKeyword.MatchString(d.value()) {
		what += " " + shortened(d.value())
	}
	if strings.Contains(what, filledIn) {
		return
	}
	site.say(d.file, d.line, "a line is not understood (%s): see whether the gateway has to do the same", what)
}

func (h *haproxy) remark(d *directive, site *frontSite, format string, from int) {
	if !strings.Contains(format, "%s") {
		site.say(d.file, d.line, "%s", format)
		return
	}
	value := strings.Join(d.words[min(from, len(d.words)):], " ")
	if value != "" && strings.Trim(value, "0123456789") == "" {
		value += " ms"
	}
	site.say(d.file, d.line, format, shortened(withoutUnknown(value)))
}

func (h *haproxy) header(d *directive, site *frontSite) {
	name := ""
	if len(d.words) > 2 {
		name, _, _ = strings.Cut(d.words[2], ":")
	}
	if d.name() == "reqadd" {
		name, _, _ = strings.Cut(d.value(), ":")
	}
	site.passes(h.program, name, d.file, d.line)
	if strings.HasPrefix(name, "X-Forwarded") || strings.HasPrefix(name, "X-Real") {
		site.say(d.file, d.line, "the service learns about the client from headers (X-Forwarded-For, X-Forwarded-Proto ...): see that the gateway sets those that it reads and that it trusts the gateway")
		return
	}
	site.set = append(site.set, frontWord{name, d.file, d.line})
}

// rules tells of the redirects and the TLS of a frontend.
func (h *haproxy) rules(s *directive, site *frontSite, acls map[string]haproxyACL) {
	h.remarksOf(s, site)
	for _, d := range s.block {
		words := d.words
		if d.name() == "http-request" && d.value() == "redirect" {
			words = words[1:]
		}
		switch {
		case d.name() == "bind":
			for i, word := range words {
				if word == "crt" && i+1 < len(words) {
					site.secure(d.file, d.line, "TLS ends here with the certificate %s: the gateway needs one", shortened(words[i+1]))
				}
				if word == "verify" && i+1 < len(words) && words[i+1] == "required" {
					site.say(d.file, d.line, "clients have to show a certificate (verify required): the gateway has to ask for it")
				}
			}
		case words[0] == "redirect" && len(words) > 2 && words[1] == "scheme" && words[2] == "https":
			site.secure(d.file, d.line, "http is redirected to https: let the gateway do that")
		case words[0] == "redirect" && len(words) > 2:
			h.redirect(d, words, site, acls)
		}
	}
}

// redirect is redirect location|prefix WHERE [code N] [if CONDITION].
func (h *haproxy) redirect(d *directive, words []string, site *frontSite, acls map[string]haproxyACL) {
	code, from := "302", movedFrom{rest: words[1] == "prefix"}
	for i, word := range words {
		if word == "code" && i+1 < len(words) {
			code = words[i+1]
		}
		if asked := acls[word]; len(asked.hosts) > 0 {
			from.host = asked.hosts[0].text
		} else if len(asked.paths) > 0 {
			from.path = asked.paths[0]
		}
	}
	site.moved(d.file, d.line, from, code, words[2])
}

// check takes over the health check of a backend: what the balancer asks to know whether an instance gets requests.
func (h *haproxy) check(backend *directive, site *frontSite) {
	asks, line, method, uri, status := false, 0, "", "", ""
	for _, d := range backend.block {
		switch two := d.name() + " " + d.value(); two {
		case "option httpchk":
			asks, line = true, d.line
			if len(d.words) > 3 {
				method, uri = d.words[2], d.words[3]
			} else if len(d.words) == 3 {
				method, uri = "OPTIONS", d.words[2]
			}
		case "http-check send":
			for i, word := range d.words[:len(d.words)-1] {
				switch word {
				case "meth":
					method = d.words[i+1]
				case "uri":
					uri, line = d.words[i+1], d.line
				}
			}
		case "http-check expect":
			if len(d.words) > 3 && d.words[2] == "status" && apacheCode.MatchString(d.words[3]) {
				status = d.words[3]
			}
		}
	}
	if !asks || !strings.HasPrefix(uri, "/") || strings.ContainsAny(uri, "$%"+filledIn) || method != "GET" && method != "HEAD" {
		return
	}
	own := h.finding(backend.file, h.about(site))
	check := &service.SmokeCheck{Request: method + " " + uri, Status: []string{"2xx", "3xx"}}
	if status != "" {
		check.Status = []string{status}
	}
	checked := own
	checked.Name, checked.Check = backend.value()+" answers", &service.Check{Was: `haproxy "` + backend.value() + `"`, Smoke: check}
	h.r.Find(checked, backend.file, line, scan.Declared, "")
	if path, _, _ := strings.Cut(uri, "?"); path != "/" && !staticEnding.MatchString(path) {
		own.Service = service.Service{Health: &service.Health{Ready: path}}
		h.r.Find(own, backend.file, line, scan.Convention, "haproxy asks for it before it leads requests to an instance")
	}
}

// staticEnding are paths of files, which say nothing of the service.
var staticEnding = scan.MustCompile(`\.(html?|txt|ico|png|gif|jpg|css|js)$`)
