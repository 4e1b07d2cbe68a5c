//go:build e2e

package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// witness stands between runs and the API server and keeps account of every request that passes: what a run says of itself
// is no proof of what it wrote.
type witness struct {
	url string

	mu     sync.Mutex
	passed []passed
}

// passed is one request, and how the server answered.
type passed struct {
	by           string // user agent
	method, uri  string
	code         int
	began, ended time.Time
}

func (p passed) String() string { return fmt.Sprint(p.method, " ", p.uri, " ", p.code) }

func newWitness(t *testing.T) *witness {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{}
	type began struct{}
	proxy := &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1, // watches
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			r.Out = r.Out.WithContext(context.WithValue(r.Out.Context(), began{}, time.Now()))
		},
		ModifyResponse: func(r *http.Response) error {
			start, _ := r.Request.Context().Value(began{}).(time.Time)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.passed = append(w.passed, passed{r.Request.UserAgent(), r.Request.Method, r.Request.URL.RequestURI(), r.StatusCode, start, time.Now()})
			return nil
		},
	}
	through := httptest.NewServer(proxy)
	t.Cleanup(func() {
		through.CloseClientConnections() // watches don't end by themselves
		through.Close()
	})
	w.url = through.URL
	return w
}

// about are the requests about a namespace since a moment, by user agent.
func (w *witness) about(namespace string, since time.Time) map[string][]passed {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string][]passed{}
	for _, p := range w.passed {
		if strings.Contains(p.uri, "/namespaces/"+namespace) && !p.began.Before(since) {
			all[p.by] = append(all[p.by], p)
		}
	}
	return all
}

// written are those of the requests that have changed something.
func written(requests []passed) []passed {
	return slices.DeleteFunc(slices.Clone(requests), func(p passed) bool {
		return p.method == http.MethodGet || p.code >= 300 || strings.Contains(p.uri, "dryRun=")
	})
}

// TestSecondApplyWritesNothing, by the account of a proxy.
func TestSecondApplyWritesNothing(t *testing.T) {
	kubelet(t)
	f, w := newFixture(t), newWitness(t)
	*f.cluster.pace = quick
	start := time.Now()
	counted := &faulty{agent: "migrate-second", server: w.url}
	f.must(f.variant(connectThrough(t, &faulty{agent: "migrate-first", server: w.url}), "v1"))
	f.must(f.variant(connectThrough(t, counted), "v1"))
	requests := w.about(f.namespace, start)
	if first := written(requests["migrate-first"]); len(first) < 8 {
		t.Errorf("the first apply wrote only %v", first)
	}
	second := requests["migrate-second"]
	if writes := written(second); len(writes) > 0 || len(second) < 8 {
		t.Errorf("the second of %d requests wrote %v", len(second), writes)
	}
	t.Logf("the second apply: %d requests, %d of them about the namespace, %d writes", counted.count.Load(), len(second), len(written(second)))
}

// TestTakenOverInTime: a run is killed at the pace of every day; the next one holds the lock half a minute later at the latest,
// and ends what it began.
func TestTakenOverInTime(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	*f.cluster.pace = usual
	f.must(f.variant(f.cluster, "v1"))
	at := f.writing("/deployments/web", "v2")
	if code, output := (victim{Namespace: f.namespace, Variant: "v2", When: afterReply, At: at, Usual: true}).run(t); code != -1 {
		t.Fatalf("exit %d\n%s", code, output)
	}
	killed := time.Now()
	for {
		lease, _, err := f.cluster.acquire(t.Context(), f.namespace, "ledger")
		if err == nil {
			lease.release()
			break
		}
		var locked *Locked
		if !errors.As(err, &locked) {
			t.Fatal(err)
		}
		_ = pause(t.Context(), 250*time.Millisecond)
	}
	took := time.Since(killed)
	if took > 30*time.Second || took < usual.safe-usual.renewal {
		t.Errorf("taken over after %s", took)
	}
	f.must(f.variant(f.cluster, "v2"))
	f.settledAs(reference(t, "v1", "v2"), "after the next run")
	t.Logf("killed while it wrote the Deployment; taken over after %s", took.Round(100*time.Millisecond))
}

// writing is the number of the request by which a variant writes an object, as counted in a namespace like the fixture's.
func (f *fixture) writing(object, variant string) int {
	f.Helper()
	g := newFixture(f.T)
	*g.cluster.pace = quick
	g.must(g.variant(g.cluster, "v1"))
	at := 0
	counted := &faulty{}
	counted.hurt = func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if changes(r) && strings.HasSuffix(r.URL.Path, object) && at == 0 {
			at = n
		}
		return next.RoundTrip(r)
	}
	g.must(g.variant(connectThrough(f.T, counted), variant))
	return at
}

// TestEightAtOnce: one writes, the others end with exit code 75 and say who it is. That nobody else wrote is the account of
// the proxy that all of them go through.
func TestEightAtOnce(t *testing.T) {
	f, w := newFixture(t), newWitness(t)
	*f.cluster.pace = quick
	f.own()
	start, ends := f.eight(w)
	var slowest time.Duration
	took := regexp.MustCompile(`took (\d+) ms`)
	for range 7 { // nothing gets ready yet, so the writer is still at work
		e := <-ends
		m := took.FindStringSubmatch(e.output)
		if e.code != 75 || m == nil || !strings.Contains(e.output, " is changing ledger in this namespace since ") {
			t.Errorf("exit %d\n%s", e.code, e.output)
			continue
		}
		ms, _ := strconv.Atoi(m[1])
		slowest = max(slowest, time.Duration(ms)*time.Millisecond)
	}
	kubelet(t)
	if e := <-ends; e.code != 0 {
		t.Errorf("the writer: exit %d\n%s", e.code, e.output)
	}
	if got := states(f.history()); got != "v1 ready; " {
		t.Errorf("history: %s", got)
	}
	t.Logf("7 of 8 were told who holds the lock, the slowest after %s of 8 at once on %d processors", slowest, runtime.NumCPU())
	f.oneWrote(w.about(f.namespace, start))
}

// oneWrote looks among the requests for the one of eight runs that wrote.
func (f *fixture) oneWrote(requests map[string][]passed) {
	f.Helper()
	writers, runs, longest := 0, 0, time.Duration(0)
	for by, all := range requests {
		if !strings.HasPrefix(by, "migrate-test/") {
			continue
		}
		if runs++; len(written(all)) > 0 {
			writers++
			continue
		}
		longest = max(longest, all[len(all)-1].ended.Sub(all[0].began))
	}
	if writers != 1 || runs != 8 {
		f.Errorf("%d of %d runs wrote", writers, runs)
	}
	f.Logf("%d of %d runs wrote; the others spent at most %s in the namespace", writers, runs, longest.Round(time.Millisecond))
}
