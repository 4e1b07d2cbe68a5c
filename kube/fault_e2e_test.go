//go:build e2e

package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
)

// quick is the pace of a run that meets faults.
var quick = pace{look: 50 * time.Millisecond, lease: 12 * time.Second, renewal: time.Second, safe: 10 * time.Second,
	request: 3 * time.Second, again: 20 * time.Millisecond, patience: 10 * time.Second}

// faulty numbers the requests of a run, from 1 on, and does something to one of them.
type faulty struct {
	next  http.RoundTripper
	count atomic.Int64
	hurt  func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) // nil leaves all alone

	mu     sync.Mutex
	writes []string // what has changed something: "PATCH /api/v1/... 200"
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	n := int(f.count.Add(1))
	send := f.next.RoundTrip
	if f.hurt != nil {
		send = func(r *http.Request) (*http.Response, error) { return f.hurt(n, r, f.next) }
	}
	response, err := send(r)
	if changes(r) && err == nil && response.StatusCode < 300 {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.writes = append(f.writes, fmt.Sprint(r.Method, " ", r.URL.Path, " ", response.StatusCode))
	}
	return response, err
}

// changes says whether a request may change something.
func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && !r.URL.Query().Has("dryRun") && !strings.Contains(r.URL.Path, "/selfsubject")
}

// connectThrough is the cluster of KUBECONFIG behind a faulty transport.
func connectThrough(t *testing.T, f *faulty) *Cluster {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { f.next = next; return f })
	c, err := newCluster("faulty", config)
	if err != nil {
		t.Fatal(err)
	}
	*c.pace = quick
	return c
}

// The variants of the application that releases are made of.
var variants = map[string]func(f *fixture){
	"v1": func(*fixture) {},
	"v2": func(f *fixture) { // changes, brings and drops something
		f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
		f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - erp.yaml\n")
		f.files["kube/base/erp.yaml"] = file("apiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n")
	},
	"bad": func(f *fixture) { // its pods never start
		f.change("kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=trace")
		f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "  - tidy.yaml\n  - erp.yaml\n")
		f.files["kube/base/erp.yaml"] = file("apiVersion: v1\nkind: Service\nmetadata: {name: erp}\nspec: {type: ExternalName, externalName: erp.corp.example}\n")
	},
	"v1-without": func(f *fixture) { f.change("kube/base/kustomization.yaml", "  - tidy.yaml\n", "") },
}

// variant releases a variant of the application through a cluster.
func (f *fixture) variant(c *Cluster, name string) (*Result, error) {
	f.Helper()
	g := *f
	g.files = load(f.T, small)
	g.prepare()
	variants[name](&g)
	o := g.options()
	o.App, o.Tag, o.Timeout = "ledger", name, time.Minute
	return c.Apply(f.Context(), g.render(name), o)
}

// kubelet starts every pod of every test's namespace, but for those of the image bad, until the test ends.
func kubelet(t *testing.T) {
	c := connect(t)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	look := func() error {
		watch, err := c.typed.CoreV1().Pods("").Watch(ctx, metav1.ListOptions{FieldSelector: "status.phase=Pending"})
		if err != nil {
			return err
		}
		defer watch.Stop()
		for event := range watch.ResultChan() {
			p, ok := event.Object.(*corev1.Pod)
			if !ok || !strings.HasPrefix(p.Namespace, "migrate-test-") || p.DeletionTimestamp != nil || len(p.Status.ContainerStatuses) > 0 {
				continue
			}
			status := running
			if strings.HasSuffix(p.Spec.Containers[0].Image, ":bad") {
				status = badImage
			}
			_, _ = c.typed.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.MergePatchType, []byte(`{"status":`+status+`}`), metav1.PatchOptions{}, "status") // it may be gone
		}
		return nil
	}
	go func() {
		for ctx.Err() == nil {
			if look() != nil {
				_ = pause(ctx, 100*time.Millisecond)
			}
		}
	}()
}

var inventory = []schema.GroupVersionResource{
	{Version: "v1", Resource: "serviceaccounts"}, {Version: "v1", Resource: "configmaps"}, {Version: "v1", Resource: "secrets"}, {Version: "v1", Resource: "services"},
	{Group: "apps", Version: "v1", Resource: "deployments"}, {Group: "batch", Version: "v1", Resource: "cronjobs"}, {Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"},
}

var hashed = regexp.MustCompile(`ledger-[0-9a-f]{10}`) // the name of a Secret depends on the namespace

// state is what migrate has applied in the namespace, as text: each object's owned fields, and which they are.
func (f *fixture) state() string {
	f.Helper()
	var b strings.Builder
	for _, resource := range inventory {
		list, err := f.cluster.dynamic.Resource(resource).Namespace(f.namespace).List(f.Context(), metav1.ListOptions{})
		if err != nil {
			f.Fatal(err)
		}
		for _, o := range list.Items {
			part := owned(&o, Manager)
			if part == nil {
				continue // made by the cluster, or a record
			}
			text, err := json.Marshal(part.Object)
			if err != nil {
				f.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n  %s\n", text, ours(&o))
		}
	}
	return hashed.ReplaceAllString(strings.ReplaceAll(b.String(), f.namespace, "NAMESPACE"), "ledger-HASH")
}

// reference is the state after variants were released one after the other without a fault.
func reference(t *testing.T, names ...string) string {
	t.Helper()
	f := newFixture(t)
	*f.cluster.pace = quick
	for _, name := range names {
		f.must(f.variant(f.cluster, name))
	}
	return f.state()
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// settledAs checks that the namespace is in a state, and that no release is left open.
func (f *fixture) settledAs(want, at string) {
	f.Helper()
	if got := f.state(); got != want {
		f.Errorf("%s: there is\n%sand not\n%s", at, without(got, want), without(want, got))
	}
	for _, r := range f.history() {
		if r.open() {
			f.Errorf("%s: release %d is %s", at, r.Number, r.State)
		}
	}
}

// without are the lines of a text that another lacks.
func without(text, other string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(other, line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// again runs a variant until nobody holds the lock any more, as a person does, and tells how long that took.
func (f *fixture) again(name string) (result *Result, err error, took time.Duration) {
	f.Helper()
	start := time.Now()
	for time.Since(start) < time.Minute {
		var locked *Locked
		if result, err = f.variant(f.cluster, name); !errors.As(err, &locked) {
			return result, err, time.Since(start)
		}
		_ = pause(f.Context(), 200*time.Millisecond)
	}
	return result, err, time.Since(start)
}

// The ways to die, and when.
const (
	beforeSend  = "before the request is sent"
	afterSend   = "after it was sent"
	beforeReply = "before its reply is read"
	afterReply  = "after its reply was read"
)

var deaths = []string{beforeSend, afterSend, beforeReply, afterReply}

// die makes a transport that kills its process at request k, as kill -9 does.
func die(k int, when string) func(int, *http.Request, http.RoundTripper) (*http.Response, error) {
	kill := func() {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if n != k {
			return next.RoundTrip(r)
		}
		switch when {
		case beforeSend:
			kill()
		case afterSend:
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { kill() }}))
		}
		response, err := next.RoundTrip(r)
		if err == nil && when == beforeReply {
			kill()
		}
		if err == nil && when == afterReply {
			_, _ = io.Copy(io.Discard, response.Body)
			kill()
		}
		return response, err
	}
}

// victim is what a process that is to die does.
type victim struct {
	Namespace, Variant, When string
	At                       int
}

// TestFaultChild is that process: it ends with the exit code of the command line.
func TestFaultChild(t *testing.T) {
	text := os.Getenv("KUBE_FAULT_CHILD")
	if text == "" {
		t.Skip("is run by the tests of faults")
	}
	var c victim
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	transport := &faulty{hurt: die(c.At, c.When)}
	f := &fixture{T: t, namespace: c.Namespace}
	_, err := f.variant(connectThrough(t, transport), c.Variant)
	fmt.Printf("requests %d\nerror %v\n", transport.count.Load(), err)
	os.Exit(exitCode(err))
}

func exitCode(err error) int {
	var (
		back   *RolledBack
		half   *HalfBack
		locked *Locked
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &locked):
		return 75
	case errors.As(err, &back):
		return 10
	case errors.As(err, &half):
		return 11
	}
	return 1
}

// run starts the process and waits for its end. The code is -1 where it was killed.
func (c victim) run(t *testing.T) (code int, output string) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestFaultChild$")
	cmd.Env = append(os.Environ(), "KUBE_FAULT_CHILD="+string(text))
	out, _ := cmd.CombinedOutput() // the code tells
	return cmd.ProcessState.ExitCode(), string(out)
}

var requests = regexp.MustCompile(`requests (\d+)`)

// scenario is a release that meets faults.
type scenario struct {
	name    string
	before  []string // released without a fault
	variant string
	code    int    // how it ends without a fault
	leaves  string // the variant that runs then
}

var scenarios = []scenario{
	{"install", nil, "v1", 0, "v1"},
	{"upgrade", []string{"v1"}, "v2", 0, "v2"},
	{"failed upgrade", []string{"v1"}, "bad", 10, "v1"},
	{"prune", []string{"v1"}, "v1-without", 0, "v1-without"},
}

// want is the state that the scenario leaves.
func (s scenario) want(t *testing.T) string {
	names := s.before
	if s.leaves != s.variant {
		return reference(t, names...)
	}
	return reference(t, append(append([]string{}, names...), s.variant)...)
}

func (s scenario) fixture(t *testing.T) *fixture {
	f := newFixture(t)
	*f.cluster.pace = quick
	for _, name := range s.before {
		f.must(f.variant(f.cluster, name))
	}
	return f
}

// every says which of the points to try: all with KUBE_FAULTS=all, otherwise every n-th, others in each scenario.
func every(n, i int) bool { return os.Getenv("KUBE_FAULTS") == "all" || i%n == 0 }

// TestKilledAnywhere: whenever a run is killed, the next one ends as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	kubelet(t)
	for at, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			want := s.want(t)
			f := s.fixture(t)
			code, output := victim{Namespace: f.namespace, Variant: s.variant}.run(t)
			found := requests.FindStringSubmatch(output)
			if code != s.code || found == nil {
				t.Fatalf("without a fault: exit %d\n%s", code, output)
			}
			f.settledAs(want, "without a fault")
			total, _ := strconv.Atoi(found[1])
			var killed, points atomic.Int64
			var longest atomic.Int64
			t.Run("at", func(t *testing.T) {
				for k := 1; k <= total; k++ {
					for m, when := range deaths {
						if !every(29, (k-1)*len(deaths)+m+7*at) {
							continue
						}
						t.Run(fmt.Sprint(k, " ", when), func(t *testing.T) {
							t.Parallel()
							points.Add(1)
							f := s.fixture(t)
							code, output := victim{f.namespace, s.variant, when, k}.run(t)
							if code == -1 {
								killed.Add(1)
							} else if code != s.code {
								t.Errorf("exit %d\n%s", code, output)
							}
							_, err, took := f.again(s.variant)
							if exitCode(err) != s.code {
								t.Errorf("the next run: %v", err)
							}
							for old := longest.Load(); int64(took) > old && !longest.CompareAndSwap(old, int64(took)); old = longest.Load() {
							}
							f.settledAs(want, "after the next run")
						})
					}
				}
			})
			t.Logf("%s: %d requests, %d points tried, %d killed, the next run ended well within %s (lease of %s)",
				s.name, total, points.Load(), killed.Load(), time.Duration(longest.Load()).Round(time.Millisecond), quick.lease)
		})
	}
}

// trouble is what happens to one request. Of passing trouble a release must notice nothing.
type trouble struct {
	name    string
	passing bool
	hurt    func(r *http.Request, next http.RoundTripper) (*http.Response, error)
}

// answer is an error of the server's in place of what it would have said.
func answer(code int, reason metav1.StatusReason, message string, header ...string) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	return func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		text, err := json.Marshal(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Code: int32(code), Reason: reason, Message: message})
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(bytes.NewReader(text)), Request: r}, err
	}
}

func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

var troubles = []trouble{
	{"429", true, answer(429, metav1.StatusReasonTooManyRequests, "too many requests", "Retry-After", "1")},
	{"409", true, answer(409, metav1.StatusReasonConflict, "the object has been modified")},
	{"410", true, answer(410, metav1.StatusReasonExpired, "too old resource version")},
	{"422", false, answer(422, metav1.StatusReasonInvalid, "is invalid")},
	{"403", false, answer(403, metav1.StatusReasonForbidden, "is forbidden")},
	{"500", true, answer(500, metav1.StatusReasonInternalError, "Internal error occurred")},
	{"leader changed", true, answer(500, metav1.StatusReasonInternalError, "etcdserver: leader changed")},
	{"503", true, answer(503, metav1.StatusReasonServiceUnavailable, "the server is currently unable to handle the request")},
	{"504", true, answer(504, metav1.StatusReasonTimeout, "request timed out")},
	{"reset before commit", true, func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, syscall.ECONNRESET }},
	{"reset after commit", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if response, err := next.RoundTrip(r); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		return nil, syscall.ECONNRESET
	}},
	{"reply cut off", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err == nil {
			response.Body = io.NopCloser(io.MultiReader(io.LimitReader(response.Body, 20), iotest.ErrReader(io.ErrUnexpectedEOF)))
		}
		return response, err
	}},
	{"timeout before commit", true, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) { return hang(r) }},
	{"timeout after commit", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		if response, err := next.RoundTrip(r); err == nil {
			response.Body.Close()
		}
		return hang(r)
	}},
	{"slow", true, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		_ = pause(r.Context(), time.Second)
		return next.RoundTrip(r)
	}},
}

// TestTroubleAnywhere: whatever happens to one request, a release succeeds or is undone, and passing trouble is not noticed.
func TestTroubleAnywhere(t *testing.T) {
	kubelet(t)
	for at, s := range scenarios {
		if s.name == "prune" { // upgrade prunes too
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			want, before := s.want(t), reference(t, s.before...)
			count := &faulty{}
			f := s.fixture(t)
			if _, err := f.variant(connectThrough(t, count), s.variant); exitCode(err) != s.code {
				t.Fatal(err)
			}
			total := int(count.count.Load())
			var met atomic.Int64
			var outcomes sync.Map
			t.Run("at", func(t *testing.T) {
				for k := 1; k <= total; k++ {
					for m, trouble := range troubles {
						if !every(89, (k-1)*len(troubles)+m+31*at) {
							continue
						}
						t.Run(fmt.Sprint(k, " ", trouble.name), func(t *testing.T) {
							t.Parallel()
							f := s.fixture(t)
							hurt := false
							_, err := f.variant(connectThrough(t, &faulty{hurt: func(n int, r *http.Request, next http.RoundTripper) (*http.Response, error) {
								if n != k {
									return next.RoundTrip(r)
								}
								hurt = true
								return trouble.hurt(r, next)
							}}), s.variant)
							if hurt {
								met.Add(1)
							}
							code := exitCode(err)
							n, _ := outcomes.LoadOrStore(fmt.Sprintf("exit %d", code), new(atomic.Int64))
							n.(*atomic.Int64).Add(1)
							first := k == 1 && err != nil && strings.Contains(err.Error(), "can't be reached")
							switch {
							case code == s.code:
								f.settledAs(want, "ended")
							case trouble.passing && !first:
								t.Errorf("exit %d: %v", code, err)
							case code == 10:
								f.settledAs(before, "rolled back")
							case code != 1:
								t.Errorf("exit %d: %v", code, err)
							}
							if _, err := f.variant(f.cluster, s.variant); exitCode(err) != s.code {
								t.Errorf("the next run: %v", err)
							}
							f.settledAs(want, "after the next run")
						})
					}
				}
			})
			var ends []string
			outcomes.Range(func(code, n any) bool {
				ends = append(ends, fmt.Sprintf("%d with %s", n.(*atomic.Int64).Load(), code))
				return true
			})
			slices.Sort(ends)
			t.Logf("%s: %d requests, %d kinds of trouble, %d met: %s", s.name, total, len(troubles), met.Load(), strings.Join(ends, ", "))
		})
	}
}
