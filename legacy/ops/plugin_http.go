package ops

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// httpFlags are the options of check_http and check_curl that change nothing about what a smoke check does, with whether
// they take a value: the address is the target's, timeouts and address families are the run's.
var httpFlags = map[string]bool{
	"-H": true, "--hostname": true, "-I": true, "--IP-address": true, "-p": true, "--port": true, "-t": true, "--timeout": true, "-A": true, "--useragent": true,
	"-4": false, "--use-ipv4": false, "-6": false, "--use-ipv6": false, "-v": false, "--verbose": false, "-S": false, "--ssl": false, "--sni": false, "-E": false, "--extended-perfdata": false,
	"-l": false, "--linespan": false, "-N": false, "--no-body": false, "-L": false, "--link": false, "-n": false, "-B": false, "--show-body": false, "-U": false, "--show-url": false, "-D": false, "--verify-cert": false, "--enable-automatic-decompression": false, "--http-version": true,
}

// httpAsked are those that say what to ask and to expect; all of them take a value.
var httpAsked = map[string]string{
	"-u": "path", "--url": "path", "-e": "status", "--expect": "status", "-s": "contains", "--string": "contains", "-r": "matches", "--regex": "matches", "--ereg": "matches", "-R": "matchesi", "--eregi": "matchesi",
	"-w": "warning", "--warning": "warning", "-c": "critical", "--critical": "critical", "-C": "certificate", "--certificate": "certificate", "-a": "account", "--authorization": "account", "-b": "account", "--proxy-authorization": "account",
	"-f": "redirect", "--onredirect": "redirect", "-j": "method", "--method": "method", "-P": "post", "--post": "post", "-T": "type", "--content-type": "type", "-k": "header", "--header": "header",
}

// httpHost is a word that can only be the machine that is asked: a name, an address or Nagios's macro for one.
var httpHost = scan.MustCompile(`^(\$HOST(ADDRESS|NAME)\$|[A-Za-z][\w-]*(\.[\w-]+)*|\d+(\.\d+){3})$`)

// http converts a call of check_http. An option that says what no smoke check can leaves the plugin as a script.
func (p plugin) http() service.Check {
	asked, plain := p.httpOptions()
	if !plain {
		return service.Check{Script: p.argv}
	}
	if days := asked["certificate"]; days != "" {
		warn, _, _ := strings.Cut(days, ",")
		if n, err := strconv.Atoi(warn); err != nil || n < 0 {
			return service.Check{Script: p.argv}
		}
		return service.Check{Smoke: &service.SmokeCheck{TLS: "days_left > " + warn, Only: []string{"https"}}}
	}
	check, ok := httpRequest(asked)
	if !ok {
		return service.Check{Script: p.argv}
	}
	return service.Check{Smoke: check}
}

// httpOptions parts the arguments. plain is false where one of them is not understood.
func (p plugin) httpOptions() (asked map[string]string, plain bool) {
	asked = map[string]string{}
	for i := 0; i < len(p.args); i++ {
		arg := p.args[i]
		name, value, joined := strings.Cut(arg, "=")
		if !strings.HasPrefix(arg, "--") {
			name, value, joined = arg, "", false
			if len(arg) > 2 && strings.HasPrefix(arg, "-") { // -p80 and -u/path
				name, value, joined = arg[:2], arg[2:], true
			}
		}
		takes, harmless := httpFlags[name]
		what, known := httpAsked[name]
		switch {
		case !harmless && !known && httpHost.MatchString(arg):
			continue // the address, as old versions took it
		case !harmless && !known:
			return nil, false
		case harmless && !takes:
			continue // -S may have a version joined to it
		case !joined:
			if i++; i >= len(p.args) {
				return nil, false
			}
			value = p.args[i]
		}
		if known {
			if asked[what] != "" && what == "header" {
				value = asked[what] + "\n" + value
			}
			asked[what] = value
		}
	}
	return asked, true
}

// httpRequest is the smoke check for what was asked; false where it can't be said.
func httpRequest(asked map[string]string) (*service.SmokeCheck, bool) {
	c := &service.SmokeCheck{Contains: asked["contains"], Body: asked["post"]}
	method := strings.ToUpper(asked["method"])
	if method == "" {
		method = "GET"
		if c.Body != "" {
			method = "POST"
		}
	}
	target, err := url.Parse(asked["path"])
	if err != nil || strings.ContainsAny(asked["path"], "$ \t{}") || method != "GET" && method != "HEAD" && method != "OPTIONS" {
		return nil, false // another method may change data: somebody has to look at it
	}
	path := target.RequestURI()
	if asked["path"] == "" || asked["path"][0] != '/' && target.Host == "" {
		path = "/" + asked["path"]
	}
	c.Request = method + " " + path
	var ok bool
	if c.Status, ok = httpStatus(asked); !ok {
		return nil, false
	}
	if c.Matches, ok = httpPattern(asked); !ok || c.Matches != "" && c.Contains != "" {
		return nil, false
	}
	c.Follow = asked["redirect"] == "follow" || asked["redirect"] == "sticky" || asked["redirect"] == "stickyport"
	c.Within = httpWithin(asked)
	c.Headers = httpHeaders(asked)
	return c, true
}

// httpStatus are the answers that pass. Without -e, check_http takes any below 400, and what a redirect leads to by -f.
func httpStatus(asked map[string]string) ([]string, bool) {
	expect := asked["status"]
	if expect == "" {
		if asked["redirect"] == "" || asked["redirect"] == "ok" {
			return []string{"2xx", "3xx"}, true
		}
		return []string{"2xx"}, true
	}
	var list []string
	for _, part := range strings.Split(expect, ",") {
		code := statusCode.FindString(part)
		switch {
		case code != "":
			list = append(list, code)
		case httpVersion.MatchString(strings.TrimSpace(part)):
			return []string{"2xx", "3xx", "4xx", "5xx"}, true
		default:
			return nil, false
		}
	}
	return list, true
}

var (
	statusCode  = scan.MustCompile(`\b[1-5]\d\d\b`)
	httpVersion = scan.MustCompile(`^HTTP/[\d.]*$`)
)

func httpPattern(asked map[string]string) (string, bool) {
	pattern := asked["matches"]
	if pattern == "" && asked["matchesi"] != "" {
		pattern = "(?i)" + asked["matchesi"]
	}
	_, err := regexp.Compile(pattern)
	return pattern, err == nil
}

// httpWithin is the time that is critical, or the one to warn of, as the format of smoke writes it.
func httpWithin(asked map[string]string) string {
	for _, seconds := range []string{asked["critical"], asked["warning"]} {
		seconds = strings.TrimSuffix(seconds[strings.LastIndexByte(seconds, ':')+1:], "s")
		if n, err := strconv.ParseFloat(seconds, 64); err == nil && n > 0 && n < 3600 {
			return (time.Duration(n*1000) * time.Millisecond).String()
		}
	}
	return ""
}

// httpHeaders are those to send. Neither an account nor a header that may hold one is copied.
func httpHeaders(asked map[string]string) map[string]string {
	headers := map[string]string{}
	if asked["account"] != "" {
		headers["Authorization"] = "Basic ${CHECK_BASIC_TOKEN}"
	}
	for _, line := range strings.Split(asked["header"], "\n") {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || strings.EqualFold(name, "Host") || name == "" {
			continue
		}
		if scan.SecretName(name) || strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie") {
			headers[name] = "${CHECK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_TOKEN}"
			continue
		}
		headers[name] = strings.TrimSpace(value)
	}
	if len(headers) == 0 {
		return nil
	}
	return headers
}
