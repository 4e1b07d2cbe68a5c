//go:build e2e

package oracle

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

// broken stands before the server, and takes no write any more after a number of them: it leaves a release half way, and its
// rollback too.
type broken struct {
	server *httptest.Server
	writes atomic.Int64
	until  atomic.Int64 // 0 for ever
}

func newBroken(t *testing.T, config *rest.Config) (*broken, *kube.Cluster) {
	t.Helper()
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	b := &broken{}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && !r.URL.Query().Has("dryRun") && !strings.Contains(r.URL.Path, "/selfsubject") && !strings.Contains(r.URL.Path, "/leases") {
			if n, until := b.writes.Add(1), b.until.Load(); until > 0 && n >= until {
				http.Error(w, "no more of it", http.StatusUnprocessableEntity)
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(b.server.Close)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := `{"apiVersion": "v1", "kind": "Config", "clusters": [{"name": "broken", "cluster": {"server": "` + b.server.URL +
		`"}}], "users": [{"name": "broken"}], "contexts": [{"name": "broken", "context": {"cluster": "broken", "user": "broken"}}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", file) // o has been connected before
	cluster, err := kube.Connect("broken")
	if err != nil {
		t.Fatal(err)
	}
	return b, cluster
}

// TestSecondOpinionAfterFaults: whichever write of an upgrade is the first that the server takes no more, both say the same of
// what is there then, of going on and of going back, and after the next run there is nothing to do.
func TestSecondOpinionAfterFaults(t *testing.T) {
	o, config, _ := connect(t)
	b, through := newBroken(t, config)
	o.apply("v1")
	states, at := map[string]bool{}, int64(1)
	for ; ; at++ {
		b.writes.Store(0)
		b.until.Store(at)
		if _, err := through.Apply(t.Context(), release(t, o.namespace, "v2"), o.options("v2")); err == nil {
			break // it has no write of that number
		}
		when := fmt.Sprintf("write %d:", at)
		states[strings.Join(append(o.same(when+" on", "v2"), o.same(when+" back", "v1")...), "; ")] = true
		o.apply("v2")
		if left := o.same(when+" after the next run", "v2"); len(left) > 0 {
			t.Errorf("write %d: the next run has left %v", at, left)
		}
		o.apply("v1")
	}
	t.Logf("%d writes, %d different states", at-1, len(states))
	if at < 6 || len(states) < 3 {
		t.Errorf("the faults have left %d different states only", len(states))
	}
}
