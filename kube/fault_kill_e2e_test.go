//go:build e2e

package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The ways to die, and when.
const (
	beforeSend  = "before the request is sent"
	afterSend   = "after it was sent"
	beforeReply = "before its reply is read"
	afterReply  = "after its reply was read"
	asleep      = "asleep before the request is sent" // as a laptop that was closed; it wakes when it is told to
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
		case asleep:
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			time.Sleep(10 * time.Millisecond) // until the signal has come
			fmt.Println("awake")
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
	Usual                    bool   // at the pace of every day
	Server                   string // in place of that of KUBECONFIG
}

// agent is the name by which the server knows the process of a victim.
func agent(pid int) string { return fmt.Sprintf("migrate-test/%d", pid) }

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
	transport := &faulty{hurt: die(c.At, c.When), told: c.When == asleep, agent: agent(os.Getpid()), server: c.Server}
	f := &fixture{T: t, namespace: c.Namespace}
	cluster := connectThrough(t, transport)
	if c.Usual {
		*cluster.pace = usual
	}
	start := time.Now()
	_, err := f.variant(cluster, c.Variant)
	fmt.Printf("requests %d\nerror %v\ntook %d ms\n", transport.count.Load(), err, time.Since(start).Milliseconds())
	os.Exit(exitCode(err))
}

func exitCode(err error) int {
	var (
		back   *RolledBack
		half   *HalfBack
		locked *Locked
		failed *PreviewFailed
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &failed) && failed.Left == nil:
		return 10
	case errors.As(err, &locked):
		return 75
	case errors.As(err, &back):
		return 10
	case errors.As(err, &half):
		return 11
	}
	return 1
}

// command is the process, not yet started.
func (c victim) command(t *testing.T) *exec.Cmd {
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
	return cmd
}

// run starts the process and waits for its end. The code is -1 where it was killed.
func (c victim) run(t *testing.T) (code int, output string) {
	t.Helper()
	cmd := c.command(t)
	out, _ := cmd.CombinedOutput() // the code tells
	return cmd.ProcessState.ExitCode(), string(out)
}

var requests = regexp.MustCompile(`requests (\d+)`)

// scenario is a release that meets faults.
type scenario struct {
	name    string
	before  []string // released without a fault
	variant string
	code    int      // how it ends without a fault
	leaves  string   // the variant that runs then
	like    []string // the releases that leave the same; nil for those before and the one of leaves
}

var scenarios = []scenario{
	{"install", nil, "v1", 0, "v1", nil},
	{"upgrade", []string{"v1"}, "v2", 0, "v2", nil},
	{"failed upgrade", []string{"v1"}, "bad", 10, "v1", nil},
	{"prune", []string{"v1"}, "v1-without", 0, "v1-without", nil},
}

// want is the state that the scenario leaves.
func (s scenario) want(t *testing.T) string {
	names := s.before
	if s.like != nil {
		return reference(t, s.like...)
	}
	if s.leaves != s.variant {
		return reference(t, names...)
	}
	return reference(t, append(append([]string{}, names...), s.variant)...)
}

func (s scenario) fixture(t *testing.T) *fixture {
	f := newFixture(t)
	*f.cluster.pace = quick
	if len(s.before) > 0 { // the first of all makes its namespace
		f.borrow()
	}
	for _, name := range s.before {
		f.must(f.variant(f.cluster, name))
	}
	return f
}

// every says which of the points to try: every n-th, others in each scenario; with KUBE_FAULTS=4 every fourth, with 1 all.
func every(n, i int) bool {
	if given, err := strconv.Atoi(os.Getenv("KUBE_FAULTS")); err == nil {
		n = given
	}
	return i%n == 0
}

// TestKilledAnywhere: whenever a run is killed, the next one ends as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	kubelet(t)
	killAnywhere(t, scenarios, 29, func(*fixture) {})
}

// killAnywhere kills the runs of scenarios at every thin-th point, looks at what they leave, and runs them again.
func killAnywhere(t *testing.T, scenarios []scenario, thin int, look func(*fixture)) {
	for at, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
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
						if !every(thin, (k-1)*len(deaths)+m+7*at) {
							continue
						}
						t.Run(fmt.Sprint(k, " ", when), func(t *testing.T) {
							t.Parallel()
							points.Add(1)
							f := s.fixture(t)
							code, output := victim{Namespace: f.namespace, Variant: s.variant, When: when, At: k}.run(t)
							if code == -1 {
								killed.Add(1)
							} else if code != s.code {
								t.Errorf("exit %d\n%s", code, output)
							}
							look(f)
							took, err := f.again(s.variant)
							if exitCode(err) != s.code && !errors.Is(err, ErrNothingStands) {
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

// TestKilledRunIsTold: the next run says how far the one before came.
func TestKilledRunIsTold(t *testing.T) {
	kubelet(t)
	f := scenarios[1].fixture(t)
	at := f.writing("/deployments/web", "v2")
	g := scenarios[1].fixture(t)
	if code, output := (victim{Namespace: g.namespace, Variant: "v2", When: afterReply, At: at}).run(t); code != -1 {
		t.Fatalf("exit %d\n%s", code, output)
	}
	if h := g.history(); len(h) != 2 || h[0].State != stateApplying || h[0].Journal == nil || h[0].Journal.Step != "workloads" || len(h[0].Journal.Written) == 0 {
		t.Fatalf("the journal: %+v", h[0])
	}
	if _, err := g.again("v1"); err != nil { // not what was killed, but what ran before
		t.Fatal(err)
	}
	told := ""
	for _, e := range g.events {
		if e.Action == "resume" {
			told = e.Text
		}
	}
	if !strings.HasPrefix(told, "release 2 (v2) of "+strings.Split(holder(), " ")[0]) || !strings.Contains(told, "Deployment web") {
		t.Errorf("told: %q", told)
	}
	g.settledAs(reference(t, "v1"), "gone back to v1")
	if got := states(g.history()); got != "v1 ready; v2 interrupted; v1 ready; " {
		t.Errorf("history: %s", got)
	}
}

// ended is how a process ended.
type ended struct {
	code   int
	output string
}

// eight begins eight runs of the same release at once, where none can come to its end before the test plays a kubelet.
func (f *fixture) eight(w *witness) (start time.Time, ends chan ended) {
	start, ends = time.Now(), make(chan ended)
	for range 8 {
		go func() {
			code, output := victim{Namespace: f.namespace, Variant: "v1", Server: w.url}.run(f.T)
			ends <- ended{code, output}
		}()
	}
	return start, ends
}

// TestSleeperWritesNothing: a run that was stopped, and wakes when another one has taken over, writes nothing more, but for a
// request that had left already.
func TestSleeperWritesNothing(t *testing.T) {
	kubelet(t)
	s := scenarios[1]
	want := reference(t, "v1", "v1-without")
	count := &faulty{}
	if _, err := s.fixture(t).variant(connectThrough(t, count), s.variant); err != nil {
		t.Fatal(err)
	}
	total, w := int(count.count.Load()), newWitness(t)
	var slept, under atomic.Int64
	t.Run("at", func(t *testing.T) {
		for k := 1; k <= total; k++ {
			if !every(9, k) {
				continue
			}
			t.Run(strconv.Itoa(k), func(t *testing.T) {
				t.Parallel()
				f := s.fixture(t)
				cmd := victim{Namespace: f.namespace, Variant: s.variant, When: asleep, At: k, Server: w.url}.command(t)
				var out bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &out
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				ended := make(chan struct{})
				go func() {
					_ = cmd.Wait() // how it ends is told by what it has written
					close(ended)
				}()
				for !stopped(cmd.Process.Pid) {
					select {
					case <-ended:
						return // it did not come to this request
					case <-time.After(20 * time.Millisecond):
					}
				}
				if leases, err := f.cluster.typed.CoordinationV1().Leases(f.namespace).List(t.Context(), metav1.ListOptions{}); err != nil || len(leases.Items) == 0 {
					_ = cmd.Process.Kill()
					<-ended
					return // it did not hold the lock yet, or any more
				}
				slept.Add(1)
				if _, err := f.again("v1-without"); err != nil {
					t.Errorf("the next run: %v", err)
				}
				before, woken := f.state(), time.Now()
				_ = cmd.Process.Signal(syscall.SIGCONT)
				<-ended
				_, after, _ := strings.Cut(out.String(), "awake\n")
				wrote := strings.Count(after, "wrote ")
				if wrote > 1 {
					t.Errorf("it woke and wrote:\n%s", after)
				}
				if writes := written(w.about(f.namespace, woken)[agent(cmd.Process.Pid)]); len(writes) > 1 {
					t.Errorf("it woke, and by the account of the proxy it wrote %v", writes)
				}
				if f.state() == before {
					return
				}
				under.Add(1)
				if wrote == 0 {
					t.Errorf("something has changed:\n%s", out.String())
				}
				if _, err := f.again("v1-without"); err != nil {
					t.Errorf("the run after: %v", err)
				}
				f.settledAs(want, "after the next run")
			})
		}
	})
	t.Logf("%d requests, %d runs slept; %d had a request under way that came through, which the next run has put right", total, slept.Load(), under.Load())
}

// stopped says whether a process is stopped by a signal.
func stopped(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, found := strings.Cut(string(text), ") ")
	return err == nil && found && strings.HasPrefix(after, "T")
}
