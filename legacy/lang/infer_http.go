package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Settings whose URL leads a browser, a reader or a library somewhere, and the service nowhere.
var notCalled = scan.MustCompile(`(?i)(static|media|asset|cdn|login|logout|redirect|callback|return|site|public|base_?url$|ingress_?url|front_?end|docs?|document|help|support|homepage|` +
	`home_?url|cors|origin|allowed|trusted|referer|referrer|schema|xmlns|namespace|terms|privacy|avatar|gravatar|image|img|logo|icon|font|analytics|banner|download|link|repo|bugs|` +
	`license|author|description|comment|example|domain|canonical|user_?agent|issuer|audience|proxy_?url|facebook|twitter|github|server_?name)`)

// forBrowsers are names of groups of settings whose addresses lead a browser.
var forBrowsers = scan.MustCompile(`(?i)^(logout|log_?out|sign_?out|redirect|callback|return|cdn|docs?|help|support|assets?)$`)

// called are the words in a setting's name that say that the service itself talks to the address.
var called = scan.MustCompile(`(?i)(^|[_.-])(urls?|uri|api|endpoint|host|server|service|backend|gateway|upstream|address|root|ws|soap|wsdl|rest|rpc)([_.-]|$)|(Url|URL|Uri|Host|Endpoint|Server|Api)(\.|$)`)

// elsewhere are hosts that belong to nobody's old network: services of the public Internet and names in documents.
var elsewhere = scan.MustCompile(`(?i)(^|\.)(google|googleapis|gstatic|google-analytics|googletagmanager|facebook|twitter|linkedin|instagram|youtube|vimeo|github|githubusercontent|` +
	`gitlab|bitbucket|slack|stripe|paypal|twilio|sendgrid|mailgun|mailchimp|mandrillapp|sentry|newrelic|datadoghq|amazonaws|cloudfront|cloudflare|heroku|herokuapp|` +
	`azure|windows|microsoft|microsoftonline|apple|w3|schema|jsdelivr|unpkg|cdnjs|bootstrapcdn|jquery|gravatar|recaptcha|mozilla|djangoproject|readthedocs|pypi|python|` +
	`npmjs|nodejs|wikipedia|wikimedia|openstreetmap|mapbox|disqus|addthis|typekit|fontawesome|segment|mixpanel|intercom|zendesk|atlassian|auth0|okta|travis-ci|docker|iana|xmlsoap|oasis-open)` +
	`\.(com|org|net|io|co|dev|gov|im|me|us)$|^(www|static|cdn|docs|help|blog|schemas?|xml|ns)\.|(^|\.)example\.(com|org|net)$`)

// blankHost is an address whose host the program fills in where it uses it: http://%{app_host}/empty.txt.
var blankHost = scan.MustCompile(`^\w+://(?:%\{\w+\}|%s|\{\w+\}|:\w+/)`)

// mockWord is a word of a setting by which the code calls a stand-in of another system, in tests and where people try it out.
var mockWord = scan.MustCompile(`^(?i:mock|stub|fake|dummy)s?$`)

// http takes a call to another system by name or address. Where the address is one of the public Internet's, or the
// setting's name speaks of a link and not of a call, there is no need.
func (f *inference) http(name string, v value, text string, n scan.Need, file string) bool {
	words := path.Base(strings.ReplaceAll(name, ".", "/"))
	if above := path.Base(path.Dir(strings.ReplaceAll(name, ".", "/"))); needNoise[strings.ToLower(words)] && forBrowsers.MatchString(above) {
		return false // logout.url
	}
	if n.Host == "" && n.Name == "" {
		if env, _, ok := v.environment(); !ok || scan.SecretName(env) || notCalled.MatchString(words) {
			return false
		}
	}
	if blankHost.MatchString(text) || slices.ContainsFunc(splitName(name), mockWord.MatchString) {
		return false
	}
	if notCalled.MatchString(words) || !called.MatchString(words) && !called.MatchString(name) || elsewhere.MatchString(n.Host) {
		return false
	}
	own := needName(name)
	if own == "" {
		return false
	}
	if n.Name == "" || !plainWord.MatchString(n.Name) {
		n.Name = own
	}
	own = n.Host
	if own != "" && !scan.OldNetwork(own) && (n.TLS && n.Port == 443 || strings.Contains(name, ".") && !settingsPlace.MatchString(file)) {
		return false // a public service, whose certificate is for its own name, or a link in a table of them
	}
	f.urlVariable(&n, v, text)
	f.add(n, file, v.line, scan.Declared, "")
	return true
}

// hostOnly takes NAME_HOST = 'erp01.corp.example', a host that is no known kind of need.
func (f *inference) hostOnly(name string, v value, file string) {
	text, _ := v.literal()
	if !hostText.MatchString(text) || !strings.Contains(text, ".") || scan.LocalHost(text) || elsewhere.MatchString(text) || notCalled.MatchString(name) {
		return
	}
	if !scan.OldNetwork(strings.ToLower(text)) {
		return
	}
	own := needName(name)
	if own == "" {
		return
	}
	n := scan.Need{Need: service.Need{Kind: "http", Port: scan.DefaultPort("http")}, Name: own}
	n.SetHost(text)
	f.variable(&n, v, "{host}")
	f.add(n, file, v.line, scan.Convention, "the setting names a host; that it speaks HTTP is a guess")
}

var needNoise = map[string]bool{"url": true, "urls": true, "uri": true, "api": true, "host": true, "hostname": true, "server": true, "service": true, "endpoint": true, "base": true,
	"root": true, "address": true, "http": true, "https": true, "rest": true, "soap": true, "wsdl": true, "ws": true, "config": true, "conf": true, "cfg": true, "settings": true, "default": true,
	"module": true, "exports": true, "app": true, "self": true, "this": true, "remote": true, "external": true, "internal": true, "v1": true, "v2": true, "options": true, "services": true, "template": true, "pattern": true, "format": true, "prod": true, "production": true, "staging": true}

// needName is what a setting calls the other system: ERP_API_URL is erp, services.catalog.url is catalog.
func needName(name string) string {
	var keep []string
	for _, w := range splitName(name) {
		if !needNoise[w] {
			keep = append(keep, w)
		}
	}
	own := strings.Join(keep, "-")
	if !dnsLabel.MatchString(own) {
		return ""
	}
	return own
}

var dnsLabel = scan.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)

var passwordInURL = scan.MustCompile(`(://[^:/@\s]*):[^@\s]*@`)

func maskURL(text string) string { return passwordInURL.ReplaceAllString(text, "$1:***@") }
