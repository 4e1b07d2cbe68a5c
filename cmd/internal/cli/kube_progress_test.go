package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

// told is a progress whose clock the test turns.
func told(live bool, out output) (p *progress, stdout, stderr *bytes.Buffer, clock *time.Time) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock = &now
	p = &progress{out: stdout, err: stderr, json: out.json(), live: live, goal: goalOf("staging"), began: now, last: now,
		now: func() time.Time { return *clock }, waiting: map[string]string{}, stop: make(chan struct{}), size: func() (int, int) { return 80, 24 }}
	return p, stdout, stderr, clock
}

func TestProgressInCI(t *testing.T) {
	p, stdout, stderr, clock := told(false, "text")
	p.event(kube.Event{Object: "Deployment web", Action: "configured"})
	p.event(kube.Event{Action: "stage", Text: "wait until all of it runs"})
	p.event(kube.Event{Object: "Deployment web", Action: "wait", Text: "0 of 2 pods ready"})
	*clock = clock.Add(29 * time.Second)
	p.tick()
	*clock = clock.Add(2 * time.Second)
	p.tick()
	p.tick()
	p.event(kube.Event{Object: "Deployment web", Action: "ready", Text: "2 of 2 pods ready"})
	*clock = clock.Add(15 * time.Minute)
	p.tick()
	want := `  configured Deployment web
  stage      wait until all of it runs (0s of 15m)
  waiting    Deployment web: 0 of 2 pods ready
  ...        31s of 15m, waiting for Deployment web: 0 of 2 pods ready
  ready      Deployment web: 2 of 2 pods ready
  ...        15m31s of 15m, longer than it should take
`
	if stderr.String() != want || stdout.Len() > 0 {
		t.Errorf("got\n%swant\n%s", stderr, want)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	p, _, stderr, clock := told(true, "text")
	p.event(kube.Event{Object: "Deployment web", Action: "wait", Text: "0 of 2 pods ready"})
	p.event(kube.Event{Object: "Deployment api", Action: "wait", Text: strings.Repeat("x", 300)})
	stderr.Reset()
	*clock = clock.Add(time.Minute)
	p.tick()
	text := stderr.String()
	if !strings.HasPrefix(text, "\x1b[3A\x1b[J  waiting    Deployment api: xxx") || !strings.HasSuffix(text, "…\n  waiting    Deployment web: 0 of 2 pods ready\n  1m of 15m\n") {
		t.Errorf("drawn anew: %q", text)
	}
	stderr.Reset()
	p.event(kube.Event{Object: "Deployment api", Action: "ready", Text: "1 of 1 pods ready"})
	if text := stderr.String(); text != "\x1b[3A\x1b[J  ready      Deployment api: 1 of 1 pods ready\n  waiting    Deployment web: 0 of 2 pods ready\n  1m of 15m\n" {
		t.Errorf("after one is ready: %q", text)
	}
	stderr.Reset()
	p.close()
	if text := stderr.String(); text != "\x1b[2A\x1b[J" {
		t.Errorf("at the end: %q", text)
	}
}

// A line that fills two, or more lines than the terminal has, could not be wiped again.
func TestProgressOnASmallTerminal(t *testing.T) {
	p, _, stderr, clock := told(true, "text")
	p.size = func() (int, int) { return 30, 6 }
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		p.event(kube.Event{Object: "Deployment " + name, Action: "wait", Text: "0 of 2 pods ready"})
	}
	stderr.Reset()
	*clock = clock.Add(20 * time.Minute)
	p.tick()
	want := "\x1b[4A\x1b[J  waiting    Deployment a: 0…\n  waiting    Deployment b: 0…\n  waiting    for 3 more\n  20m of 15m, longer than it…\n"
	if stderr.String() != want {
		t.Errorf("%q, want\n%q", stderr, want)
	}
}

// What a container says must not steer the terminal, nor look like a line of the stream.
func TestProgressIsNotSteered(t *testing.T) {
	p, stdout, _, _ := told(false, "json")
	p.event(kube.Event{Object: "Job upgrade", Action: "log", Text: "\x1b[2J\n{\"event\":\"result\"}"})
	if strings.Count(stdout.String(), "\n") != 1 || strings.Contains(stdout.String(), "\x1b") {
		t.Errorf("%q", stdout)
	}
	p, _, stderr, _ := told(false, "text")
	p.event(kube.Event{Object: "Job upgrade", Action: "log", Text: "\x1b[2J"})
	if strings.Contains(stderr.String(), "\x1b") {
		t.Errorf("%q", stderr)
	}
}

func TestProgressForPrograms(t *testing.T) {
	p, stdout, stderr, clock := told(false, "json")
	*clock = clock.Add(1500 * time.Millisecond)
	p.event(kube.Event{Object: "Deployment web", Action: "wait", Text: "0 of 2 pods ready", Pods: &kube.Pods{Wanted: 2, New: 1, Old: 2}})
	p.failures([]kube.Failure{{Workload: "Deployment web", Reason: "OOMKilled"}})
	*clock = clock.Add(time.Minute)
	p.tick()
	var events []eventJSON
	for line := range strings.Lines(stdout.String()) {
		var e eventJSON
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		events = append(events, e)
	}
	if len(events) != 3 || stderr.Len() > 0 {
		t.Fatalf("%s%s", stdout, stderr)
	}
	if e := events[0]; e.Event != "wait" || e.At != "2026-01-02T03:04:06Z" || e.Seconds != 1.5 || e.Pods == nil || e.Pods.Old != 2 {
		t.Errorf("%+v", e)
	}
	if events[1].Event != "failed" || events[1].Failed[0].Reason != "OOMKilled" || events[2].Event != "alive" {
		t.Errorf("%+v", events[1:])
	}
}
