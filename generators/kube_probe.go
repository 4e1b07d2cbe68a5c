package generators

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeProbe asks a container how it is. Port is the name of one of its own ports, or any number in the pod.
type kubeProbe struct {
	HTTPGet          *kubeHTTPGet   `yaml:"httpGet,omitempty"`
	TCPSocket        *kubeTCPSocket `yaml:"tcpSocket,omitempty"`
	Exec             *kubeExec      `yaml:"exec,omitempty"`
	PeriodSeconds    int            `yaml:"periodSeconds"`
	TimeoutSeconds   int            `yaml:"timeoutSeconds,omitempty"`
	FailureThreshold int            `yaml:"failureThreshold,omitempty"`
}

type kubeHTTPGet struct {
	Path    string       `yaml:"path"`
	Port    any          `yaml:"port"`
	Headers []kubeHeader `yaml:"httpHeaders,omitempty"`
}

type kubeHeader struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

type kubeTCPSocket struct {
	Port any `yaml:"port"`
}

type kubeExec struct {
	Command []string `yaml:"command"`
}

// setProbes gives a serving container its start-up and readiness probes. It never gives a livenessProbe: that one ignores
// the limits of a rollout, and a wrong one restarts every pod at once.
func (p *pod) setProbes(s service.Service) {
	ask := kubeProbe{TCPSocket: &kubeTCPSocket{doorName(s)}}
	switch ready := healthPath(s); {
	case ready != "":
		ask = kubeProbe{HTTPGet: &kubeHTTPGet{Path: ready, Port: doorName(s)}}
		if s.HealthElsewhere() {
			ask.HTTPGet.Port = s.Health.Port
			p.ProbeWhy = "the health endpoint has a port of its own"
		}
		if host := probeHost(s); host != "" {
			ask.HTTPGet.Headers = []kubeHeader{{"Host", host}}
			p.ProbeWhy = "Django refuses a Host that isn't in ALLOWED_HOSTS, and the pod's address, which is sent otherwise, is not"
		}
	case s.Sidecar:
		// A probe on the sidecar itself would keep the service from starting: containers wait for a sidecar's start-up.
		ask = kubeProbe{HTTPGet: &kubeHTTPGet{Path: "/ready", Port: sidecarPort}}
		p.ProbeWhy = "the service has no health endpoint: its sidecar answers for it"
	case !s.HTTP():
		p.ProbeWhy = "it speaks no HTTP: an open port is all that can be asked"
	default:
		p.ProbeWhy = "no health endpoint is known: an open port is all that can be asked"
	}
	startup, readiness := ask, ask
	startup.PeriodSeconds, startup.FailureThreshold = 2, 60
	if isJava(s) {
		startup.FailureThreshold = 150
		p.StartupWhy = "five minutes: a JVM with an old framework warms up slowly"
	}
	readiness.PeriodSeconds, readiness.TimeoutSeconds = 5, 2
	p.Startup, p.Readiness = &startup, &readiness
	p.NoLiveness = "no livenessProbe: it restarts every pod at once when it is wrong; add one once "
	if s.Health != nil && s.Health.Live != "" {
		p.NoLiveness += comment(s.Health.Live) + " is known to touch nothing"
	} else {
		p.NoLiveness += "there is an endpoint that touches nothing else"
	}
}

// doorName is what the service's port is called in the pod and the Service.
func doorName(s service.Service) string {
	if s.HTTP() {
		return "http"
	}
	return service.SpeaksTCP
}

// healthPath is the service's own endpoint that says whether it can take requests, or nothing.
func healthPath(s service.Service) string {
	if s.Health == nil {
		return ""
	}
	for _, p := range []string{s.Health.Ready, s.Health.Live} {
		if p != "" {
			return "/" + strings.TrimPrefix(p, "/")
		}
	}
	return ""
}

// probeHost is the Host that a probe has to send, or nothing.
func probeHost(s service.Service) string {
	if healthPath(s) == "" || !strings.EqualFold(s.Framework, "django") {
		return ""
	}
	for _, r := range s.Routes {
		if r.Host != "" && !strings.Contains(r.Host, "*") {
			return strings.ToLower(r.Host)
		}
	}
	return ""
}
