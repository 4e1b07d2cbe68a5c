package service

import (
	"maps"
	"slices"
	"strings"
)

// Check is a check of the monitoring that watched the legacy service. Exactly one of Smoke, Alert, Script, Probe and None
// says what takes its place.
type Check struct {
	Was     string      `yaml:"was" jsonschema:"required,description=What the old monitoring calls it: nagios Orders list."`
	Service string      `yaml:"service,omitempty" jsonschema:"description=The service that it watches; the one that serves where it is absent."`
	Smoke   *SmokeCheck `yaml:"smoke,omitempty" jsonschema:"description=A check of smoke/."`
	Alert   *Alert      `yaml:"alert,omitempty" jsonschema:"description=A rule of checks/alerts.yaml."`
	Script  []string    `yaml:"script,omitempty,flow" jsonschema:"description=The command line of a plugin; becomes a script in checks/."`
	Probe   string      `yaml:"probe,omitempty" jsonschema:"description=Which probe of Kubernetes does its work."`
	None    string      `yaml:"none,omitempty" jsonschema:"description=Why nothing takes its place."`
}

// SmokeCheck is a check in the words of smoke/: one of Request, TCP, TLS and DNS, and what is expected of an answer.
type SmokeCheck struct {
	Request  string            `yaml:"request,omitempty" jsonschema:"description=Such as GET /orders?limit=1."`
	TCP      string            `yaml:"tcp,omitempty"`
	TLS      string            `yaml:"tls,omitempty"`
	DNS      string            `yaml:"dns,omitempty"`
	Headers  map[string]string `yaml:"headers,omitempty" jsonschema:"description=Headers to send; a secret stands as ${NAME}."`
	Body     string            `yaml:"body,omitempty" jsonschema:"description=What to send."`
	Follow   bool              `yaml:"follow,omitempty" jsonschema:"description=Follow redirects."`
	Status   []string          `yaml:"status,omitempty,flow" jsonschema:"description=200\\, 2xx ...; any 2xx where it is absent."`
	Contains string            `yaml:"contains,omitempty" jsonschema:"description=A text in the body of the answer."`
	Matches  string            `yaml:"matches,omitempty" jsonschema:"description=A regular expression that the body matches."`
	Within   string            `yaml:"within,omitempty" jsonschema:"description=The whole answer is there in this time: 800ms."`
	Only     []string          `yaml:"only,omitempty,flow" jsonschema:"description=Where it makes sense: inside\\, outside\\, http\\, https."`
}

// Alert is a rule for Prometheus.
type Alert struct {
	Expr     string `yaml:"expr" jsonschema:"required,description=PromQL; the alert fires while it gives something."`
	For      string `yaml:"for,omitempty" jsonschema:"description=How long it has to hold: 5m."`
	Severity string `yaml:"severity,omitempty" jsonschema:"description=warning or critical."`
	Summary  string `yaml:"summary,omitempty" jsonschema:"description=What a person reads first."`
}

// CheckNames lists the checks, sorted.
func (a *App) CheckNames() []string { return slices.Sorted(maps.Keys(a.Checks)) }

// check finds what is wrong with one check.
func (v *validator) check(a *App, name string) {
	at, c := "checks."+name, a.Checks[name]
	v.label(at, name)
	if c.Was == "" {
		v.add(at+".was", "is missing: what the old monitoring calls it")
	}
	if _, ok := a.Services[c.Service]; c.Service != "" && !ok {
		v.add(at+".service", "there is no service %s%s", c.Service, DidYouMean(c.Service, a.Services))
	}
	said := 0
	for _, is := range []bool{c.Smoke != nil, c.Alert != nil, len(c.Script) > 0, c.Probe != "", c.None != ""} {
		if is {
			said++
		}
	}
	if said != 1 {
		v.add(at, "has to say what takes its place: exactly one of smoke, alert, script, probe and none (a reason)")
	}
	if c.Alert != nil && strings.TrimSpace(c.Alert.Expr) == "" {
		v.add(at+".alert.expr", "is missing: the PromQL that fires")
	} else if c.Alert != nil {
		if why := badPromQL(c.Alert.Expr); why != "" {
			v.add(at+".alert.expr", "%q is no PromQL: %s", c.Alert.Expr, why)
		}
	}
	if c.Smoke != nil {
		v.smokeCheck(at+".smoke", c.Smoke)
	}
}

func (v *validator) smokeCheck(at string, c *SmokeCheck) {
	said := 0
	for _, text := range []string{c.Request, c.TCP, c.TLS, c.DNS} {
		if text != "" {
			said++
		}
	}
	if said != 1 {
		v.add(at, "needs exactly one of request, tcp, tls and dns")
	}
	if c.Request == "" && (len(c.Headers) > 0 || c.Body != "" || c.Follow || len(c.Status) > 0 || c.Contains != "" || c.Matches != "" || c.Within != "") {
		v.add(at, "headers, body, follow, status, contains, matches and within belong to a request")
	}
}
