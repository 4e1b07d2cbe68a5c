package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// podServer is as much of an API server and a kubelet as a tunnel needs: a Service, its pods, and connections to what ports
// leads to.
type podServer struct {
	service *corev1.Service
	pods    []corev1.Pod
	ports   map[string]string // port of the pod -> address that answers
	forbid  bool
	drop    bool // the connection dies with the first stream
}

func (p *podServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(v)
	}
	status := func(code int32, reason metav1.StatusReason) {
		reply(int(code), metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: code, Reason: reason, Message: strings.ToLower(string(reason))})
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/services/web") && p.service != nil:
		reply(200, p.service)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		reply(200, corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, Items: p.pods})
	case strings.HasSuffix(r.URL.Path, "/portforward") && p.forbid:
		status(403, metav1.StatusReasonForbidden)
	case strings.HasSuffix(r.URL.Path, "/portforward"):
		p.forward(w, r)
	default:
		status(404, metav1.StatusReasonNotFound)
	}
}

func (p *podServer) forward(w http.ResponseWriter, r *http.Request) {
	if _, err := httpstream.Handshake(r, w, []string{portforward.PortForwardProtocolV1Name}); err != nil {
		return
	}
	var mu sync.Mutex
	complaints := map[string]httpstream.Stream{}
	conn := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
		mu.Lock()
		defer mu.Unlock()
		id := s.Headers().Get(corev1.PortForwardRequestIDHeader)
		if s.Headers().Get(corev1.StreamType) == corev1.StreamTypeError {
			complaints[id] = s
			return nil
		}
		go p.serve(s, complaints[id])
		return nil
	})
	if conn == nil { // the websocket, which comes first
		return
	}
	if p.drop {
		time.Sleep(50 * time.Millisecond)
		_ = conn.Close()
	}
	<-conn.CloseChan()
}

func (p *podServer) serve(data, complaint httpstream.Stream) {
	defer complaint.Close()
	defer data.Close()
	if p.drop {
		_ = data.Reset()
		return
	}
	port := data.Headers().Get(corev1.PortHeader)
	out, err := net.Dial("tcp", p.ports[port])
	if err != nil || p.ports[port] == "" {
		fmt.Fprintf(complaint, "error forwarding port %s to pod 1234: dial tcp 127.0.0.1:%s: connect: connection refused", port, port)
		return
	}
	defer out.Close()
	go func() { _, _ = io.Copy(out, data) }()
	_, _ = io.Copy(data, out)
}

func readyPod(name string, ready corev1.ConditionStatus) corev1.Pod {
	return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "shop"},
		Spec:   corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}}}
}

// shopServer serves a Service web with one ready pod whose port 8080 leads to handler.
func shopServer(t *testing.T, handler http.HandlerFunc) (*podServer, *Cluster) {
	t.Helper()
	app := httptest.NewServer(handler)
	t.Cleanup(app.Close)
	p := &podServer{ports: map[string]string{"8080": app.Listener.Addr().String()}, pods: []corev1.Pod{readyPod("web-1", corev1.ConditionTrue)},
		service: &corev1.Service{TypeMeta: metav1.TypeMeta{Kind: "Service", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"},
			Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Name: "metrics", Port: 9000}, {Name: "http", Port: 80, TargetPort: intstr.FromString("http")}}}}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	c, err := newCluster("test", &rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

func get(t *testing.T, tunnel *Tunnel, url string) (string, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DialContext: tunnel.Dial}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	r, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	return string(text), err
}

func TestTunnel(t *testing.T) {
	_, c := shopServer(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s", r.Host, r.URL, strings.Repeat("x", 100_000))
	})
	tunnel, err := c.Tunnel(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tunnel.Close() }()
	if tunnel.Port != 80 || tunnel.Pod != "web-1" {
		t.Errorf("port %d of %s", tunnel.Port, tunnel.Pod)
	}
	var all sync.WaitGroup
	for i := range 8 { // side by side, as files of checks are
		all.Go(func() {
			text, err := get(t, tunnel, fmt.Sprintf("http://web/%d", i))
			if err != nil || !strings.HasPrefix(text, fmt.Sprintf("web /%d x", i)) || len(text) < 100_000 {
				t.Errorf("%.40q %v", text, err)
			}
		})
	}
	all.Wait()
	conn, err := tunnel.Dial(t.Context(), "tcp", "web:8081")
	if err != nil {
		t.Fatal(err)
	}
	_, readErr := conn.Read(make([]byte, 1))
	_, writeErr := conn.Write([]byte("late")) // the end came before the request
	for _, err := range []error{readErr, writeErr} {
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a port that nothing listens on: %v", err)
		}
	}
	if _, err := get(t, tunnel, "http://web:8081/"); !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "nothing listens on port 8081 of pod web-1") {
		t.Errorf("a port that nothing listens on: %v", err)
	}
}

func TestNoTunnel(t *testing.T) {
	for name, test := range map[string]struct {
		change func(p *podServer)
		want   string
	}{
		"no Service":   {func(p *podServer) { p.service = nil }, "the Service web: "},
		"no selector":  {func(p *podServer) { p.service.Spec.Selector = nil }, "the Service web leads to no pods of its own"},
		"no pod":       {func(p *podServer) { p.pods = nil }, "the Service web leads to no ready pod"},
		"no ready pod": {func(p *podServer) { p.pods = []corev1.Pod{readyPod("web-1", corev1.ConditionFalse)} }, "the Service web leads to no ready pod"},
		"no right":     {func(p *podServer) { p.forbid = true }, "it needs the verbs get and create on pods/portforward in namespace shop"},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := shopServer(t, nil)
			test.change(p)
			if _, err := c.Tunnel(t.Context(), "shop", "web"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTunnelThatBreaks(t *testing.T) {
	p, c := shopServer(t, nil)
	p.drop = true
	tunnel, err := c.Tunnel(t.Context(), "shop", "web")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tunnel.Close() }()
	for range 2 {
		if text, err := get(t, tunnel, "http://web/"); err == nil {
			t.Errorf("answered %q", text)
		}
	}
}

// What keeps a gate from a judgement is a judgement against the release.
func TestGateFailsClosed(t *testing.T) {
	short := func(t *testing.T) (context.Context, context.CancelFunc) {
		return context.WithTimeout(t.Context(), 20*time.Millisecond)
	}
	long := func(t *testing.T) (context.Context, context.CancelFunc) { return context.WithCancel(t.Context()) }
	for name, test := range map[string]struct {
		ctx  func(t *testing.T) (context.Context, context.CancelFunc)
		gate Gate
		want string // Reason; empty for a release that is kept
	}{
		"passes": {long, func(context.Context, *Cluster, func(string, string)) []Failure { return nil }, ""},
		"finds something": {long, func(context.Context, *Cluster, func(string, string)) []Failure {
			return []Failure{{Workload: "Service web", Reason: "SmokeFailed", Cause: "it says hunter2-secret", Log: []string{"hunter2-secret"}}}
		}, "SmokeFailed"},
		"dies": {long, func(context.Context, *Cluster, func(string, string)) []Failure { panic("out of range") }, "SmokeDied"},
		"hangs until the time is over": {short, func(ctx context.Context, _ *Cluster, _ func(string, string)) []Failure {
			<-ctx.Done()
			return nil
		}, "SmokeTimeout"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := test.ctx(t)
			defer stop()
			a := newApply(nil, ApplyOptions{Gate: test.gate})
			a.redact = newRedactor(map[SecretRef][]byte{{"s", "k"}: []byte("hunter2-secret")})
			err := a.deliver(ctx, nil, nil)
			var notReady *NotReady
			switch {
			case test.want == "" && (err != nil || !a.result.Ready):
				t.Errorf("not kept: %v", err)
			case test.want == "":
			case !errors.As(err, &notReady) || notReady.Failures[0].Reason != test.want || a.result.Ready:
				t.Errorf("%v, ready %v", err, a.result.Ready)
			case strings.Contains(fmt.Sprint(notReady.Failures), "hunter2"):
				t.Errorf("a secret is shown: %+v", notReady.Failures)
			}
		})
	}
}
