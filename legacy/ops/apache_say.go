package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var redirectCodes = map[string]string{"permanent": "301", "temp": "302", "seeother": "303", "gone": "410"}

// redirect is Redirect and its like: a status perhaps, what is asked for, where it leads.
func (a *apache) redirect(d *directive, s apacheScope) {
	words, code := d.words[1:], "302"
	if d.name() == "redirectpermanent" {
		code = "301"
	}
	if len(words) > 0 && (redirectCodes[words[0]] != "" || apacheCode.MatchString(words[0])) {
		if code = redirectCodes[words[0]]; code == "" {
			code = words[0]
		}
		words = words[1:]
	}
	if s.at != "" && len(words) == 1 {
		words = []string{s.at, words[0]}
	}
	switch {
	case refusing(code) > 0 && len(words) > 0 && strings.HasPrefix(words[0], "/") && d.name() != "redirectmatch":
		p, plain := onlyPath(words[0], false, false)
		if p.Refuse = refusing(code); plain {
			s.site.answersItself(d.file, d.line, p, "%s is answered with %s: the gateway or the service has to", shortened(words[0]), code)
		}
	case !strings.HasPrefix(code, "3") && len(words) > 0:
		s.site.say(d.file, d.line, "%s is answered with %s: the gateway or the service has to", shortened(words[0]), code)
	case len(words) < 2:
	default:
		matched := d.name() == "redirectmatch"
		s.site.moved(d.file, d.line, movedFrom{path: words[0], rest: !matched, pattern: matched}, code, words[1])
	}
}

var apacheCode = scan.MustCompile(`^[1-5]\d\d$`)

var (
	secureRule   = scan.MustCompile(`^https://%\{(HTTP_HOST|SERVER_NAME)\}`)
	rewriteFlags = scan.MustCompile(`(?i)[\[,](R|P|F|G)(?:edirect|roxy|orbidden|one)?(?:=(\w+))?[,\]]`)
)

func (a *apache) rewrite(d *directive, s apacheScope) {
	if len(d.words) < 3 {
		return
	}
	from, to, flags := d.words[1], d.words[2], ""
	if len(d.words) > 3 {
		flags = d.words[3]
	}
	kind, code := "", "302"
	if m := rewriteFlags.FindStringSubmatch(flags); m != nil {
		kind = strings.ToUpper(m[1])
		if m[2] != "" {
			code = m[2]
		}
		if redirectCodes[code] != "" {
			code = redirectCodes[code]
		}
	}
	switch {
	case kind == "R" && secureRule.MatchString(to):
		s.site.secure(d.file, d.line, "http is redirected to https (%s): let the gateway do that", code)
	case kind == "R" && a.refusedWith(d, s, from, code):
	case kind == "R" && a.movedUnder(d, s, from, code, to):
	case kind == "R" && (s.if_ || s.passes):
		s.site.say(d.file, d.line, "%s is redirected under a condition that stands here (RewriteCond): the gateway or the service has to go on doing so", shortened(from))
	case kind == "R":
		s.site.moved(d.file, d.line, movedFrom{path: from, pattern: true}, code, to)
	case kind == "P" && strings.HasPrefix(to, "ws"):
		s.site.say(d.file, d.line, "websockets pass the site (RewriteRule to ws://): the gateway has to let them, with a long timeout")
	case kind == "P":
		s.regular = !wholePath.MatchString(from)
		at := from
		if !s.regular {
			at = "/"
			to = strings.TrimSuffix(to, "$1")
		}
		a.leadTo(d, s, at, to)
	case kind == "F" && a.refusedWith(d, s, from, "403"), kind == "G" && a.refusedWith(d, s, from, "410"):
	case kind == "F" || kind == "G":
		s.site.say(d.file, d.line, "%s is refused (RewriteRule): the gateway or the service has to", shortened(from))
	case to != "-" && !s.if_ && !s.passes && s.at == "" && s.site.renames(d, from, to):
	case to != "-":
		s.site.say(d.file, d.line, "addresses are rewritten before the service sees them (RewriteRule): the service has to understand them as they come, or the gateway rewrites")
	}
}

// where adds a condition to those of the next rule.
func (s apacheScope) where(d *directive) apacheScope {
	c, or := ruleCondition(d)
	if s.either != nil {
		c = s.either.or(c)
	}
	if s.if_, s.either = true, nil; or && c != nil {
		s.either = c
		return s
	}
	s.under = s.under.and(c)
	return s
}

// passesRules says of a rule that what it fits comes past the rules that follow.
func passesRules(d *directive) bool {
	return len(d.words) > 3 && d.words[2] == "-" && rulesEnd.MatchString(d.words[3]) && !rewriteFlags.MatchString(d.words[3])
}

var rulesEnd = scan.MustCompile(`(?i)[\[,](L|LAST|END|S=\d+|SKIP=\d+)[,\]]`)

// refusedWith keeps that what a rule is for is refused, all of it or some requests.
func (a *apache) refusedWith(d *directive, s apacheScope, from, code string) bool {
	p, plain := partOfPattern(from, strings.Contains(strings.ToUpper(strings.Join(d.words[min(3, len(d.words)):], "")), "NC"))
	if from == "." || from == "^" || wholeSite.MatchString(from) {
		p, plain = service.Part{Path: "/"}, true
	}
	anchored := !p.Pattern || strings.HasPrefix(strings.TrimPrefix(p.Path, "(?i)"), "^/")
	p, understood := s.under.refused(p, refusing(code))
	if !plain || !understood || !anchored || p.Refuse == 0 || s.passes || s.at != "" {
		return false
	}
	s.site.answersItself(d.file, d.line, p, "%s is refused (RewriteRule): the gateway or the service has to", shortened(from))
	return true
}

// movedUnder takes over a redirect of some of the site's hosts.
func (a *apache) movedUnder(d *directive, s apacheScope, from, code, to string) bool {
	where, understood := s.under.moved(movedFrom{path: from, pattern: true})
	if !understood || s.passes {
		return false
	}
	s.site.moved(d.file, d.line, where, code, to)
	return true
}

var wholePath = scan.MustCompile(`^\^?/?\(\.\*\)\$?$`)

// header is one that the service gets. Its value may be a secret and is never copied.
func (a *apache) header(d *directive, s apacheScope, name string) {
	if action := strings.ToLower(d.value()); action != "set" && action != "add" && action != "append" {
		return
	}
	s.site.passes(a.program, name, d.file, d.line)
	switch {
	case strings.HasPrefix(name, "X-Sendfile"):
		a.remark(&directive{words: []string{"xsendfile", "on"}, file: d.file, line: d.line}, s)
	case strings.HasPrefix(name, "X-Forwarded") || strings.HasPrefix(name, "X-Real"):
		s.site.say(d.file, d.line, "the service learns about the client from headers (X-Forwarded-For, X-Forwarded-Proto ...): see that the gateway sets those that it reads and that it trusts the gateway")
	default:
		s.site.set = append(s.site.set, frontWord{name, d.file, d.line})
	}
}

// apacheRemarks are what other directives mean; %s is what they say.
var apacheRemarks = map[string]string{
	"requestreadtimeout":    "a request has to arrive in time (RequestReadTimeout %s): the gateway has limits of its own",
	"passengermininstances": "Passenger keeps %s processes of the service (PassengerMinInstances): give its server as many workers",
	"passengermaxpoolsize":  "Passenger runs up to %s processes (PassengerMaxPoolSize): give the service's server as many workers",
	"passengermaxrequests":  "Passenger starts a process anew after %s requests (PassengerMaxRequests): where the service leaks, its server has to do so",
	"sslverifyclient":       "clients are asked for a certificate (SSLVerifyClient %s): the gateway has to",
	"sslcacertificatefile":  "clients show certificates of %s: the gateway has to ask for them",
}

// apachePlain are those whose value says nothing or may be private.
var apachePlain = map[string]string{
	"errordocument":         "errors are answered with pages of Apache's own (ErrorDocument)",
	"authtype":              "a password is asked for (AuthType): let the gateway or the service keep it; the accounts are not copied",
	"authldapurl":           "passwords are checked with LDAP (AuthLDAPURL): the gateway or the service has to",
	"addoutputfilterbytype": "answers are compressed or changed on their way (AddOutputFilterByType): the gateway or the service has to",
	"expiresactive":         "browsers may keep files (ExpiresActive): who serves them has to say so",
	"xsendfile":             "the service lets Apache send files (X-Sendfile): nobody does that in the cluster; let it send them itself",
	"cacheenable":           "answers are kept in a cache (CacheEnable): the service gets every request without it",
	"secruleengine":         "a firewall looks at requests (mod_security): the gateway needs one",
	"proxypreservehost":     "",
	"header":                "",
	"require":               "only some may ask for the site (Require): let the gateway, a NetworkPolicy or the service keep it so",
	"allow":                 "only some addresses may ask for the site (Allow, Deny): let the gateway or a NetworkPolicy keep it so",
	"deny":                  "only some addresses may ask for the site (Allow, Deny): let the gateway or a NetworkPolicy keep it so",
}

// openToAll recognises what keeps nobody out.
var openToAll = scan.MustCompile(`(?i)^(all granted|from all|all denied|not .*|env=.*|from env=.*)$`)

// apacheSilent are about Apache itself.
var apacheSilent = scan.MustCompile(`^(server(admin|signature|tokens|root|limit|path)|listen\w*|(error|custom|transfer|rewrite)log\w*|loglevel|logformat|options|allowoverride\w*|order|satisfy|directoryindex|include\w*|loadmodule|user|group|pidfile|mutex|keepalive\w*|maxkeepalive\w*|startservers|m(ax|in)\w+|threads\w*|hostnamelookups|usecanonicalname|namevirtualhost|rewrite(engine|map|options|base|cond|lock)|proxy\w+|ssl\w+|add(type|language|charset|icon\w*|encoding|default\w*|description|outputfilter|inputfilter)|defaultruntimedir|removetype|index\w*|readmename|headername|default(type|icon)|wsgi\w+|passenger\w+|rails\w+|rack\w+|suexec\w+|fcgi\w*|fastcgi\w*|action|balancer\w*|browsermatch\w*|setenvif\w*|passenv|unsetenv|auth\w+|expires\w+|deflate\w*|filter\w*|enable\w+|envvar|define|undefine|php_\w+|php\w+|traceenable|fileetag|accessfilename|typesconfig|mimemagicfile|languagepriority|forcelanguagepriority|scoreboardfile|lockfile|coredump\w*|extendedstatus|xsendfile\w+|acceptpathinfo|allowencodedslashes|limit\w+|setoutputfilter|setinputfilter|protocols|modpagespeed\w*|cache\w+|sec\w+|requestreadtimeout|userdir|scriptsock|script\w*|cgi\w+|perl\w+|h2\w*|dav\w*|ldap\w*|session\w*|remoteip\w*|documentroot|brotli\w*|mergeslashes|regexdefaultoptions|use|macro|spelling\w*|checkspelling|usecanonicalphysicalport|contentdigest|receivebuffersize|sendbuffersize|graceful\w*|chrootdir|asyncrequestworkerfactor|aliaspreservepath|substitute\w*|balancermember|interpretation|imap\w*|status\w*|seerequesttail|httpprotocoloptions|buffered\w*|vhost\w*|virtual\w+|itk\w*|assignuserid|dumpio\w*|bandwidth\w*|qs_\w+)$`)

func (a *apache) remark(d *directive, s apacheScope) {
	name := d.name()
	format, plain := apacheRemarks[name], apachePlain[name]
	off := strings.EqualFold(d.rest(), "off") || strings.EqualFold(d.rest(), "none")
	switch {
	case off:
	case name == "header":
		a.answered(d, s)
	case a.kept(d, s):
	case name == "require" || name == "allow" || name == "deny":
		if !s.asked && !openToAll.MatchString(d.rest()) {
			s.site.say(d.file, d.line, "%s", plain)
		}
	case plain != "":
		s.site.say(d.file, d.line, "%s", plain)
	case format != "":
		s.site.say(d.file, d.line, format, shortened(withoutUnknown(d.rest())))
	case nginxName.MatchString(name) && plain == "" && !apacheSilent.MatchString(name):
		s.site.unknown(d)
	}
}

// answered is a header that is added to answers: Header [always] set Name value.
func (a *apache) answered(d *directive, s apacheScope) {
	words := d.words[1:]
	if len(words) > 0 && strings.EqualFold(words[0], "always") {
		words = words[1:]
	}
	if len(words) > 1 && !strings.EqualFold(words[0], "unset") && !strings.EqualFold(words[0], "edit") {
		sticky := strings.EqualFold(words[1], "Set-Cookie") && strings.Contains(d.rest(), "BALANCER_WORKER_ROUTE")
		if sticky {
			s.site.say(d.file, d.line, "requests of one client go to the same instance (a cookie of the balancer's): the Service needs sessionAffinity, or sessions a store that all share")
			return
		}
		value := ""
		if len(words) > 2 {
			value = words[2]
		}
		whole := s.at == "" || s.at == "/"
		part, plain := s.part()
		s.site.adds(d, strings.TrimSuffix(words[1], ":"), value, part, s.if_ || !whole && !plain || len(words) > 3 || !strings.EqualFold(words[0], "set"))
	}
}

// kept takes over what the gateway can do in Apache's place.
func (a *apache) kept(d *directive, s apacheScope) bool {
	value := shortened(withoutUnknown(d.value()))
	switch d.name() {
	case "limitrequestbody":
		edge, ok := bodySize(value)
		format := "requests may have a body of up to %s bytes (LimitRequestBody): the gateway has to let them through"
		s.site.keepOrSay(d, edge, ok, format, value)
	case "proxytimeout", "timeout":
		edge, ok := timeout(value, "s")
		s.site.keepOrSay(d, edge, ok, "an answer may take %s seconds (%s): set the gateway's timeout for it", value, map[string]string{"timeout": "Timeout", "proxytimeout": "ProxyTimeout"}[d.name()])
	case "expiresdefault":
		part, plain := s.part()
		return s.site.keptFor(d, part, plain, d.rest(), apachePlain["expiresactive"])
	case "sslcertificatefile":
		s.site.secure(d.file, d.line, "TLS ends here with the certificate %s: the gateway needs one", value)
	case "sslengine":
		s.site.secure(d.file, d.line, "TLS ends here: the gateway needs a certificate")
	default:
		return false
	}
	return true
}
