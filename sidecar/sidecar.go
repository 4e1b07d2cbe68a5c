// Package sidecar answers for the health, metrics and info of a service that can't be changed. It runs in a small
// container beside the service, in the same pod.
//
// It observes: it opens the service's port now and then and reads /proc. No request of the service's users goes through
// it, so it costs them nothing, and its own end does not stop the service. It looks at nothing but the neighbour: the
// state of databases and other backing services is none of its business, or one broken database would take every pod
// out of service at once.
package sidecar

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Config says which neighbour to observe. Exactly one of Target and TargetURL is set.
type Config struct {
	Name    string // of the service
	Version string // of the service
	Commit  string
	Image   string

	Target    string // "127.0.0.1:8000", ":8000" or "8000": ready where the port takes a connection
	TargetURL string // "http://127.0.0.1:8000/some/path": ready where the answer is below 500

	SidecarVersion string
	Proc           fs.FS // /proc where nil
}

// Sidecar observes one neighbour.
type Sidecar struct {
	cfg       Config
	started   time.Time
	port      *probe // takes connections?
	ready     *probe // what /ready asks: the port, or TargetURL
	neighbour *neighbour
	draining  atomic.Bool
}

// How often and how long the neighbour is asked. Kubernetes asks the sidecar from several sides at once (two kinds of
// probes, Prometheus, people); the neighbour sees at most one probe in a second. The answer comes before the two seconds
// are over that the generated probes wait.
const (
	fresh        = time.Second
	probeTimeout = 1500 * time.Millisecond
	stopTimeout  = 5 * time.Second
)

// New checks the configuration. It connects to nothing.
func New(cfg Config) (*Sidecar, error) {
	address, err := address(cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Proc == nil {
		cfg.Proc = os.DirFS("/proc")
	}
	for _, label := range []*string{&cfg.Name, &cfg.Version, &cfg.Commit, &cfg.Image} {
		*label = strings.ToValidUTF8(*label, "?") // Prometheus refuses anything else
	}
	_, text, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(text)
	s := &Sidecar{
		cfg:       cfg,
		started:   time.Now(),
		port:      &probe{ask: dial(address), now: time.Now},
		neighbour: &neighbour{proc: procFS{cfg.Proc}, port: port, self: os.Getpid(), now: time.Now},
	}
	s.ready = s.port
	if cfg.TargetURL != "" {
		s.ready = &probe{ask: get(cfg.TargetURL, cfg.SidecarVersion), now: time.Now}
	}
	return s, nil
}

// address gives the host and port of the neighbour.
func address(cfg Config) (string, error) {
	if (cfg.Target == "") == (cfg.TargetURL == "") {
		return "", errors.New("give one of --target 127.0.0.1:8000 and --target-url http://127.0.0.1:8000/path")
	}
	if cfg.TargetURL == "" {
		return hostPort(cfg.Target)
	}
	u, err := url.Parse(cfg.TargetURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", fmt.Errorf("the target URL %q is not like http://127.0.0.1:8000/path", cfg.TargetURL)
	}
	if u.User != nil {
		return "", errors.New("the target URL must hold no user or password: it would show in logs and errors")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return hostPort(net.JoinHostPort(u.Hostname(), port))
}

func hostPort(text string) (string, error) {
	if _, err := strconv.Atoi(text); err == nil {
		text = ":" + text
	}
	host, port, err := net.SplitHostPort(text)
	if n, nerr := strconv.Atoi(port); err != nil || nerr != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("the target %q is not like 127.0.0.1:8000", text)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// Serve answers on the listener until ctx ends. Then /ready turns to 503 and what is under way is finished, for five
// seconds at most.
func (s *Sidecar) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		s.draining.Store(true)
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		stopped <- server.Shutdown(stop)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
