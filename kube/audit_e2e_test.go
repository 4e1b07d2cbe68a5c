//go:build e2e

package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a run has written is the server's account here: KUBE_AUDIT_LOG is the file that the API server writes its audit log to,
// with --audit-policy-file at the level Metadata.

func auditLog() string { return os.Getenv("KUBE_AUDIT_LOG") }

// auditEvent is what the server says of one request.
type auditEvent struct {
	Stage          string
	RequestURI     string
	Verb           string
	UserAgent      string
	ObjectRef      struct{ Namespace, Resource, Name string }
	ResponseStatus struct{ Code int }
	Received       time.Time `json:"requestReceivedTimestamp"`
	Ended          time.Time `json:"stageTimestamp"`
}

func (e auditEvent) String() string {
	return e.Verb + " " + e.ObjectRef.Resource + " " + e.ObjectRef.Name + " " + strconv.Itoa(e.ResponseStatus.Code)
}

// audited are the requests about a namespace since a moment, by user agent.
func audited(t *testing.T, log, namespace string, since time.Time) map[string][]auditEvent {
	t.Helper()
	time.Sleep(time.Second) // the server's log is not ahead of its answers
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]auditEvent{}
	for line := range bytes.Lines(text) {
		if !bytes.Contains(line, []byte(namespace)) {
			continue
		}
		var e auditEvent
		if err := json.Unmarshal(line, &e); err != nil {
			continue // the line is being written
		}
		if e.Stage == "ResponseComplete" && e.ObjectRef.Namespace == namespace && !e.Received.Before(since) {
			all[e.UserAgent] = append(all[e.UserAgent], e)
		}
	}
	return all
}

// written are those of the requests that have changed something.
func written(events []auditEvent) []auditEvent {
	var all []auditEvent
	for _, e := range events {
		changes := slices.Contains([]string{"create", "update", "patch", "delete", "deletecollection"}, e.Verb)
		if changes && e.ResponseStatus.Code < 300 && !strings.Contains(e.RequestURI, "dryRun=") {
			all = append(all, e)
		}
	}
	return all
}

// TestSecondApplyWritesNothing, by the server's own account.
func TestSecondApplyWritesNothing(t *testing.T) {
	log := auditLog()
	if log == "" {
		t.Skip("KUBE_AUDIT_LOG names no audit log")
	}
	kubelet(t)
	f := newFixture(t)
	*f.cluster.pace = quick
	counted := &faulty{agent: "migrate-second"}
	start := time.Now()
	f.must(f.variant(connectThrough(t, &faulty{agent: "migrate-first"}), "v1"))
	f.must(f.variant(connectThrough(t, counted), "v1"))
	requests := audited(t, log, f.namespace, start)
	if first := written(requests["migrate-first"]); len(first) < 8 {
		t.Errorf("the first apply wrote only %v: is this the audit log of the server?", first)
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

// TestEightAtOnce: one writes, the others end with exit code 75 and say who it is. Where there is an audit log, that nobody
// else wrote is the server's account.
func TestEightAtOnce(t *testing.T) {
	f := newFixture(t)
	*f.cluster.pace = quick
	f.own()
	start, ends := f.eight()
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
	if log := auditLog(); log != "" {
		f.oneWrote(audited(t, log, f.namespace, start))
	}
}

// oneWrote looks in the audit log for the one of eight runs that wrote.
func (f *fixture) oneWrote(requests map[string][]auditEvent) {
	f.Helper()
	writers, runs, longest := 0, 0, time.Duration(0)
	for by, events := range requests {
		if !strings.HasPrefix(by, "migrate-test/") {
			continue
		}
		if runs++; len(written(events)) > 0 {
			writers++
			continue
		}
		longest = max(longest, events[len(events)-1].Ended.Sub(events[0].Received))
	}
	if writers != 1 || runs != 8 {
		f.Errorf("%d of %d runs wrote", writers, runs)
	}
	f.Logf("by the audit log %d of %d runs wrote; the others spent at most %s in the namespace", writers, runs, longest.Round(time.Millisecond))
}
