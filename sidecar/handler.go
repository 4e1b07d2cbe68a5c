package sidecar

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler answers GET and HEAD on /health, /ready, /metrics and /info.
func (s *Sidecar) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(ownCost(), collector{s})
	mux := http.NewServeMux()
	for path, h := range map[string]http.Handler{
		"/health":  http.HandlerFunc(s.health),
		"/ready":   http.HandlerFunc(s.readiness),
		"/info":    http.HandlerFunc(s.info),
		"/metrics": promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}),
	} {
		mux.Handle("GET "+path, h)
		mux.Handle("GET "+path+"/{$}", h)
	}
	return mux
}

// health is an answer in the form of draft-inadarei-api-health-check-06.
type health struct {
	Status    string             `json:"status"` // pass, or fail with the status code 503
	ServiceID string             `json:"serviceId,omitempty"`
	ReleaseID string             `json:"releaseId,omitempty"`
	Notes     []string           `json:"notes,omitempty"`
	Checks    map[string][]check `json:"checks"`
}

type check struct {
	ComponentType string `json:"componentType,omitempty"`
	ObservedValue any    `json:"observedValue,omitempty"`
	ObservedUnit  string `json:"observedUnit,omitempty"`
	Status        string `json:"status"`
	Output        string `json:"output,omitempty"`
	Time          string `json:"time,omitempty"`
}

const (
	pass = "pass"
	fail = "fail"
	note = "migrate-sidecar observes this service from outside; it does not look at backing services"
)

// health says whether the service's process lives: it can be seen, where the pod shares its process namespace, and its
// port takes connections.
func (s *Sidecar) health(w http.ResponseWriter, r *http.Request) {
	h := s.newHealth(note)
	port := s.port.check(r.Context())
	h.add("service:port", portCheck(port))
	if u, ok := s.neighbour.look(); ok {
		h.add("service:process", check{ComponentType: "system", ObservedValue: u.eldest.pid, ObservedUnit: "pid", Status: pass, Output: u.how})
	}
	h.add("sidecar:uptime", check{ComponentType: "system", ObservedValue: int(time.Since(s.started).Seconds()), ObservedUnit: "s", Status: pass})
	s.write(w, h)
}

// readiness says whether the service should get requests now.
func (s *Sidecar) readiness(w http.ResponseWriter, r *http.Request) {
	h := s.newHealth()
	name := "service:port"
	if s.ready != s.port {
		name = "service:answer"
	}
	h.add(name, portCheck(s.ready.check(r.Context())))
	if s.draining.Load() {
		h.add("sidecar:draining", check{Status: fail, Output: "the pod is being stopped"})
	}
	s.write(w, h)
}

func (s *Sidecar) newHealth(notes ...string) *health {
	release := s.cfg.Version
	if release == "" {
		release = s.cfg.Commit
	}
	return &health{Status: pass, ServiceID: s.cfg.Name, ReleaseID: release, Notes: notes, Checks: map[string][]check{}}
}

func (h *health) add(name string, c check) {
	h.Checks[name] = append(h.Checks[name], c)
	if c.Status == fail {
		h.Status = fail
	}
}

func portCheck(a answer) check {
	c := check{
		ComponentType: "component",
		ObservedValue: float64(a.took.Microseconds()) / 1000,
		ObservedUnit:  "ms",
		Status:        pass,
		Time:          a.at.UTC().Format(time.RFC3339),
	}
	if a.err != nil {
		c.Status, c.Output = fail, a.err.Error()
	}
	return c
}

func (s *Sidecar) write(w http.ResponseWriter, h *health) {
	code := http.StatusOK
	if h.Status == fail {
		code = http.StatusServiceUnavailable
	}
	writeJSON(w, code, "application/health+json", h)
}

// about is what /info tells. It never holds the environment, which holds secrets.
type about struct {
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"`
	Commit  string `json:"commit,omitempty"`
	Image   string `json:"image,omitempty"`
	Started string `json:"started,omitempty"` // of the service, RFC 3339; absent where its process can't be seen
	Sidecar struct {
		Version string `json:"version,omitempty"`
		Mode    string `json:"mode"`
		Started string `json:"started"`
	} `json:"sidecar"`
}

func (s *Sidecar) info(w http.ResponseWriter, _ *http.Request) {
	a := about{Name: s.cfg.Name, Version: s.cfg.Version, Commit: s.cfg.Commit, Image: s.cfg.Image}
	if u, ok := s.neighbour.look(); ok && !u.started.IsZero() {
		a.Started = u.started.Format(time.RFC3339)
	}
	a.Sidecar.Version, a.Sidecar.Mode = s.cfg.SidecarVersion, "observe"
	a.Sidecar.Started = s.started.UTC().Format(time.RFC3339)
	writeJSON(w, http.StatusOK, "application/json", a)
}

func writeJSON(w http.ResponseWriter, code int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // the client may be gone
}
