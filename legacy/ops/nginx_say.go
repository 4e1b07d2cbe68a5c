package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// directive takes one statement over.
func (n *nginx) directive(d *directive, s nginxScope) {
	switch name := d.name(); name {
	case "server_name":
		for _, host := range d.words[1:] {
			s.site.hosts = append(s.site.hosts, frontWord{host, d.file, d.line})
		}
	case "proxy_pass", "grpc_pass":
		n.leadTo(d, s, "")
	case "fastcgi_pass", "scgi_pass":
		n.leadTo(d, s, "fcgi")
		s.site.scripts = true
	case "uwsgi_pass":
		n.leadTo(d, s, "uwsgi")
	case "passenger_app_root", "passenger_enabled":
		s.site.names = append(s.site.names, d.value())
	case "passenger_app_env", "rails_env", "rack_env":
		s.site.runsIn(n.t, d)
	case "root", "alias":
		n.files(d, s)
	case "fastcgi_param", "uwsgi_param", "passenger_env_var":
		if len(d.words) > 2 && service.VariableName(d.words[1]) && !cgiVariable.MatchString(d.words[1]) {
			s.site.settings = append(s.site.settings, frontSetting{frontWord{d.words[2], d.file, d.line}, d.words[1]})
		}
	case "return":
		n.answer(d, s)
	case "rewrite":
		n.rewrite(d, s)
	case "proxy_set_header", "uwsgi_set_header":
		n.header(d, s)
	case "allow", "deny":
		if !s.asked && (d.value() != "all" || name == "deny") && !hiddenFiles.MatchString(s.at()) {
			s.site.say(d.file, s.line(d), "only some addresses may ask for %s (allow, deny): let the gateway or a NetworkPolicy keep it so", partOf(s.at()))
		}
	default:
		n.remark(d, s)
	}
}

// hiddenFiles are patterns of files that nobody has a business with.
var hiddenFiles = scan.MustCompile(`^\^?(\(\?:?\^?\|?/?\)|/)?\\?\.|/\\?\.|~\$?$`)

// line is where the place begins, so that several allow lines of one are one remark.
func (s nginxScope) line(d *directive) int {
	if s.place != nil {
		return s.place.line
	}
	return d.line
}

// partOf is how a note speaks of a part of a site.
func partOf(at string) string {
	if at == "" || at == "/" {
		return "the site"
	}
	return shortened(at)
}

// cgiVariable are those that every request of CGI comes with.
var cgiVariable = scan.MustCompile(`^(GATEWAY_|SERVER_|REQUEST_|SCRIPT_|PATH_|QUERY_STRING$|CONTENT_|DOCUMENT_|REMOTE_|REDIRECT_|HTTPS?$|HTTP_|PHP_VALUE$|PHP_ADMIN_VALUE$|UWSGI_|MOD_X_ACCEL)`)

// errorPage are places of pages for errors.
var errorPage = scan.MustCompile(`/(\d{3}|\dxx|50x|down|maintenance|error)[\w-]*\.html\$?$`)

// files are those that nginx serves by itself.
func (n *nginx) files(d *directive, s nginxScope) {
	dir := d.value()
	if s.place == nil || s.place.path == "/" && !s.place.regular {
		if d.name() == "root" {
			s.site.roots = append(s.site.roots, frontWord{dir, d.file, d.line})
		}
		return
	}
	if strings.Contains(s.at(), "acme-challenge") || errorPage.MatchString(s.at()) {
		return
	}
	n.servesFiles(d, s)
}

// answer is a return: a redirect, or an answer of nginx's own.
func (n *nginx) answer(d *directive, s nginxScope) {
	code, to := d.value(), ""
	if len(d.words) > 2 {
		to = d.words[2]
	} else if strings.Contains(code, "://") {
		code, to = "302", d.value()
	}
	switch {
	case strings.HasPrefix(code, "3") && s.if_ && s.place == nil && s.site.staysSecure(to):
		s.site.secure(d.file, d.line, "http is redirected to https (%s): let the gateway do that", code)
	case strings.HasPrefix(code, "3") && s.if_ && s.movedUnder(d, code, to):
	case strings.HasPrefix(code, "3") && (s.if_ || to == "" || s.place != nil && s.place.named):
		s.site.say(d.file, d.line, "%s is redirected under a condition that stands here: the gateway or the service has to go on doing so", partOf(s.at()))
	case strings.HasPrefix(code, "3"):
		s.site.moved(d.file, d.line, s.moving(), code, to)
	case healthPath.MatchString(s.at()) && strings.HasPrefix(code, "2"):
		s.site.say(d.file, d.line, "%s is answered by nginx itself, not by the service: whoever asks for it needs another answer", s.at())
	case s.if_ && s.refusedUnder(d, code):
	case s.if_:
		s.site.say(d.file, d.line, "requests for %s are answered with %s under a condition that stands here: the gateway or the service has to", partOf(s.at()), shortened(code))
	case s.refused(d, code):
	case code != "404" && code != "444" && (s.place == nil || !s.place.named):
		s.site.say(d.file, d.line, "%s is answered with %s by nginx itself: the gateway or the service has to", partOf(s.at()), shortened(code))
	}
}

// refused keeps that everything is refused at a part of the site.
func (s nginxScope) refused(d *directive, code string) bool {
	p, plain := s.limitedPart()
	if p.Refuse = refusing(code); !plain || p.Refuse == 0 || p.Whole() || hiddenFiles.MatchString(s.at()) || ofEndings.MatchString(s.at()) {
		return false
	}
	s.site.answersItself(d.file, d.line, p, "%s is answered with %s by nginx itself: the gateway or the service has to", partOf(s.at()), code)
	return true
}

func (n *nginx) rewrite(d *directive, s nginxScope) {
	if len(d.words) < 3 {
		return
	}
	to, code, last := d.words[2], "302", d.words[len(d.words)-1]
	if last == "permanent" {
		code = "301"
	}
	if s.place != nil && !s.if_ && !s.place.named && wholeSite.MatchString(d.words[1]) { // all that the location is for
		if to = wholeTarget(d.words[1], to); to != "" && (last == "permanent" || last == "redirect" || strings.Contains(to, "://")) {
			s.site.moved(d.file, d.line, s.moving(), code, to)
			return
		}
		to = d.words[2]
	}
	switch {
	case last != "permanent" && last != "redirect" && !strings.HasPrefix(to, "http://") && !strings.HasPrefix(to, "https://"):
		if s.renames(d, to) {
			return
		}
		s.site.say(d.file, d.line, "addresses are rewritten before the service sees them (rewrite): the gateway or the service has to")
	case s.if_ && s.rewrittenUnder(d, code, to):
	case s.if_:
		s.site.say(d.file, d.line, "%s is redirected under a condition that stands here: the gateway or the service has to go on doing so", partOf(s.at()))
	default:
		s.site.moved(d.file, d.line, movedFrom{path: d.words[1], pattern: true}, code, to)
	}
}

// wholeTarget is the target of a rewrite of everything, as return has it; "" where it says more of what was asked for.
func wholeTarget(expression, to string) string {
	if strings.HasSuffix(to, "$1") && strings.Contains(expression, "(") {
		to = strings.TrimSuffix(strings.TrimSuffix(to, "$1"), "/") + "$uri"
	}
	if groupOf.MatchString(to) {
		return ""
	}
	return to
}

// header is one that the service gets. Its value may be a secret and is never copied.
func (n *nginx) header(d *directive, s nginxScope) {
	s.site.passes(n.program, d.value(), d.file, d.line)
	switch name := d.value(); {
	case strings.EqualFold(name, "Upgrade"):
		s.site.say(d.file, d.line, "websockets pass %s (Upgrade): the gateway has to let them, with a long timeout", partOf(s.at()))
	case strings.HasPrefix(name, "X-Sendfile") || strings.HasPrefix(name, "X-Accel"):
		s.site.say(d.file, d.line, "the service lets nginx send files (X-Accel-Redirect): nobody does that in the cluster; let it send them itself")
	case strings.HasPrefix(name, "X-Forwarded") || strings.HasPrefix(name, "X-Real"):
		s.site.say(d.file, d.line, "the service learns about the client from headers (X-Forwarded-For, X-Forwarded-Proto, X-Real-IP ...): see that the gateway sets those that it reads and that it trusts the gateway")
	case strings.EqualFold(name, "Host") && strings.Contains(d.rest(), "$"), strings.EqualFold(name, "Connection"), strings.HasPrefix(name, "If-"), name == "", len(d.words) > 2 && d.words[2] == "":
	default:
		s.site.set = append(s.site.set, frontWord{name, d.file, d.line})
	}
}

// nginxRemarks are what other directives mean; %s is what they say.
var nginxRemarks = map[string]string{
	"send_timeout":           "a client may take %s to read (send_timeout)",
	"auth_request":           "each request is checked by another service first (auth_request %s): the gateway has to",
	"ssl_client_certificate": "clients show certificates of %s: the gateway has to ask for them",
	"ssl_verify_client":      "clients have to show a certificate (ssl_verify_client %s): the gateway has to ask for it",
	"proxy_cache":            "answers are kept in a cache (%s): the service gets every request without it",
	"fastcgi_cache":          "answers are kept in a cache (%s): the service gets every request without it",
	"hash":                   "requests with the same %s go to the same instance (hash)",
	"sub_filter":             "answers are changed on their way (sub_filter)",
	"proxy_cookie_path":      "cookies are changed on their way (proxy_cookie_path)",
	"proxy_cookie_domain":    "cookies are changed on their way (proxy_cookie_domain)",
	"set_real_ip_from":       "another proxy stands in front (set_real_ip_from): the client's address comes from its header",
}

// nginxPlain are those whose value says nothing or may be private.
var nginxPlain = map[string]string{
	"limit_conn":                  "connections are limited (limit_conn): the gateway has to",
	"error_page":                  "errors are answered with pages of nginx's own (error_page)",
	"auth_basic":                  "a password is asked for (auth_basic): let the gateway or the service keep it; the accounts are not copied",
	"gzip":                        "answers are compressed (gzip): the gateway or the service has to",
	"brotli":                      "answers are compressed (brotli): the gateway or the service has to",
	"gzip_static":                 "files that are compressed already are served (gzip_static)",
	"expires":                     "browsers may keep files (expires): who serves them has to say so",
	"proxy_request_buffering":     "bodies of requests are passed on as they come (proxy_request_buffering off)",
	"proxy_buffering":             "answers are passed on as they come (proxy_buffering off): streams need that of the gateway too",
	"internal":                    "files are sent only where the service asks for it (internal, X-Accel-Redirect): nobody does that in the cluster; let it send them itself",
	"auth_jwt":                    "tokens are checked here (auth_jwt): the gateway or the service has to",
	"secure_link":                 "links are checked for a signature (secure_link): the service has to",
	"secure_link_md5":             "links are checked for a signature (secure_link): the service has to",
	"mirror":                      "requests are sent to a second place as well (mirror)",
	"modsecurity":                 "a firewall looks at requests (modsecurity): the gateway needs one",
	"limit_rate":                  "the speed of answers is limited (limit_rate)",
	"proxy_ssl_certificate":       "nginx shows a certificate of its own to what is behind it (proxy_ssl_certificate)",
	"underscores_in_headers":      "headers may have underscores (underscores_in_headers): most gateways drop them",
	"proxy_next_upstream":         "a request that fails is tried at another instance (proxy_next_upstream)",
	"merge_slashes":               "two slashes stay two (merge_slashes off)",
	"large_client_header_buffers": "headers may be long (large_client_header_buffers): the gateway has to let them through",
	"perl_set":                    "a header is worked out by code in here (perl_set)",
	"proxy_pass_request_headers":  "not every header is passed on (proxy_pass_request_headers)",
}

// nginxSilent are about nginx itself.
var nginxSilent = scan.MustCompile(`^(listen|index|try_files|access_log|error_log|log_format|user|worker_\w+|pid|daemon|sendfile\w*|tcp_\w+|keepalive\w*|reset_timedout_connection|server_tokens|types\w*|default_type|charset\w*|include|multi_accept|use|load_module|env|server_names_\w+|server_name_in_redirect|port_in_redirect|absolute_redirect|client_body_\w+|client_header_\w+|resolver\w*|ssl|ssl_\w+|http2\w*|set|break|gzip_\w+|brotli_\w+|proxy_(redirect|http_version|buffer\w*|busy_buffers_size|temp_\w*|max_temp\w*|connect_timeout|send_timeout|headers_hash\w*|hide_header|pass_header|ignore_headers|intercept_errors|cache_\w+|no_cache|ssl_\w+|set_body|pass_request_body|store|method|bind|next_upstream_\w+)|fastcgi_\w+|uwsgi_\w+|scgi_\w+|passenger_\w+|chunked_transfer_encoding|open_file_\w+|etag|if_modified_since|autoindex\w*|satisfy|auth_basic_user_file|limit_req_\w+|limit_conn_\w+|log_not_found|stub_status|uninitialized_variable_warn|rewrite_log|variables_hash\w*|map_hash\w*|output_buffers|directio|aio|postpone_output|lingering_\w+|recursive_error_pages|real_ip_\w+|ignore_invalid_headers|connection_pool_size|request_pool_size|thread_pool|perl_modules|disable_symlinks|msie_\w+|upstream_\w+|vhost_traffic_\w+|expires_\w+|master_process|lock_file|lua_\w+|geoip_\w+|geoip2|more_\w+|health_check|zone|mirror_request_body|error|ssi\w*|push_\w+|dav_\w+|min_delete_depth|create_full_put_path|internal_\w+)$`)

func (n *nginx) remark(d *directive, s nginxScope) {
	name, value := d.name(), d.rest()
	off := value == "off" || value == "0" && name == "expires"
	switch format, plain := nginxRemarks[name], nginxPlain[name]; {
	case n.kept(d, s):
	case name == "proxy_buffering" || name == "proxy_request_buffering":
		if off {
			s.site.say(d.file, d.line, "%s", plain)
		}
	case name == "error_page" && strings.Contains(value, "/50x.html") || name == "internal" && errorPage.MatchString(s.at()):
	case format == "" && plain != "" && (!off || name == "merge_slashes"):
		s.site.say(d.file, d.line, "%s", plain)
	case off || format == "" && plain != "":
	case strings.Contains(format, "%s"):
		s.site.say(d.file, d.line, format, shortened(withoutUnknown(value)))
	case format != "":
		s.site.say(d.file, d.line, "%s", format)
	case name != "" && !strings.Contains(name, filledIn) && !nginxSilent.MatchString(name) && nginxName.MatchString(name):
		s.site.unknown(d)
	}
}

// kept takes over what the gateway can do in nginx's place.
func (n *nginx) kept(d *directive, s nginxScope) bool {
	value := shortened(withoutUnknown(d.rest()))
	switch name := d.name(); name {
	case "limit_req":
		n.limits(d, s)
	case "limit_req_zone":
		n.zone(d, s)
	case "add_header":
		header := ""
		if len(d.words) > 2 {
			header = d.words[2]
		}
		whole := s.place == nil || s.place.path == "/" && !s.place.exact && !s.place.regular
		part, plain := s.part()
		s.site.adds(d, d.value(), header, part, s.if_ || !whole && !plain)
	case "default_type":
		part, plain := s.part()
		if !plain || !part.Exact || !mediaType.MatchString(value) {
			return false
		}
		part.Headers = map[string]string{"Content-Type": value}
		s.site.answersItself(d.file, d.line, part, "files without an ending are of the type %s (default_type)", value)
	case "expires":
		part, plain := s.part()
		return s.site.keptFor(d, part, plain, value, nginxPlain["expires"])
	case "client_max_body_size":
		edge, ok := bodySize(value)
		if edge.Body == "0" {
			s.site.keep(d.file, d.line, edge, "requests may have a body of any size (client_max_body_size 0): the gateway has to let them through")
			break
		}
		s.site.keepOrSay(d, edge, ok, "requests may have a body of up to %s (client_max_body_size): the gateway has to let them through", value)
	case "proxy_read_timeout", "fastcgi_read_timeout", "uwsgi_read_timeout":
		edge, ok := timeout(value, "s")
		s.site.keepOrSay(d, edge, ok, "an answer may take %s (%s): set the gateway's timeout for it", value, name)
	case "ssl_certificate":
		s.site.secure(d.file, d.line, "TLS ends here with the certificate %s: the gateway needs one", value)
	case "health_check":
		n.checked(d, s)
	case "listen":
		if len(d.words) > 2 && slices.Contains(d.words[2:], "ssl") {
			s.site.secure(d.file, d.line, "TLS ends here: the gateway needs a certificate")
		}
	default:
		return false
	}
	return true
}

// checked remembers what nginx asks an instance for before it leads requests there.
func (n *nginx) checked(d *directive, s nginxScope) {
	for _, word := range d.words[1:] {
		if uri, found := strings.CutPrefix(word, "uri="); found && strings.HasPrefix(uri, "/") && !strings.ContainsAny(uri, "$"+filledIn) && s.place != nil {
			s.place.checked = frontWord{uri, d.file, d.line}
		}
	}
}

var mediaType = scan.MustCompile(`^[a-z]+/[\w.+-]+$`)

// moving is what a redirect holds for that stands in this place.
func (s nginxScope) moving() movedFrom {
	if s.place == nil {
		return movedFrom{}
	}
	return movedFrom{path: s.place.path, exact: s.place.exact, pattern: s.place.regular}
}

var nginxName = scan.MustCompile(`^[a-z][a-z0-9_]{2,50}$`)

// withoutUnknown says of a value that a template fills in that it is not known here.
func withoutUnknown(value string) string {
	if strings.Contains(value, filledIn) {
		return "what is filled in here"
	}
	return value
}

// pool takes over what an upstream says besides its members.
func (n *nginx) pool(d *directive, s nginxScope) {
	for _, member := range d.block {
		switch member.name() {
		case "ip_hash", "sticky", "sticky_cookie_insert":
			s.site.say(member.file, member.line, "requests of one client go to the same instance (%s): the Service needs sessionAffinity, or sessions a store that all share", member.name())
		case "hash":
			n.remark(member, s)
		}
	}
}
