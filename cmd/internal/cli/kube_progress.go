package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

// keepAlive is how long a CI job may hear nothing: some end those that are silent.
const keepAlive = 30 * time.Second

// progress tells what a piece of work on a cluster does while it does it: to a person with what is waited for standing below
// the rest, to a log line by line with a sign of life, and to a program as one JSON object per line.
type progress struct {
	out   io.Writer // what is for programs goes here, everything else to err
	err   io.Writer
	json  bool
	live  bool // err is a terminal
	goal  time.Duration
	began time.Time
	now   func() time.Time
	size  func() (columns, lines int) // of the terminal

	mu      sync.Mutex
	last    time.Time         // when something was told
	waiting map[string]string // workload -> what it waits for
	drawn   int               // lines that stand below the rest
	stop    chan struct{}
}

// goals are how long bringing a release out may take, by what an environment is called.
func goalOf(environment string) time.Duration {
	switch environment {
	case "dev", "development", "test", "testing", "qa", "integration":
		return 10 * time.Minute
	case "staging", "stage", "preprod", "acceptance", "uat":
		return 15 * time.Minute
	}
	return 20 * time.Minute
}

// newProgress begins to tell. close ends it.
func newProgress(s Streams, out output, environment string) *progress {
	p := &progress{out: s.Out, err: s.Err, json: out.json(), goal: goalOf(environment), now: time.Now, waiting: map[string]string{}, stop: make(chan struct{}),
		size: func() (int, int) { return terminalSize(s.Err) }}
	p.live = !p.json && isTerminal(s.Err) && os.Getenv("TERM") != "dumb"
	p.began = p.now()
	p.last = p.began
	go p.breathe()
	return p
}

func (p *progress) breathe() {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticks.C:
			p.tick()
		}
	}
}

// tick gives a sign of life where there was none for long.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.live && len(p.waiting) > 0:
		p.wipe()
		p.draw()
	case !p.live && p.now().Sub(p.last) >= keepAlive:
		p.tell(kube.Event{Action: "alive", Text: p.spent() + p.waits()})
	}
}

func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	p.waiting = map[string]string{}
	close(p.stop)
}

// event tells one thing that happened.
func (p *progress) event(e kube.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Action == "stage" {
		e.Text += " (" + p.spent() + ")"
	}
	p.wipe()
	switch {
	case e.Action == "wait":
		p.waiting[e.Object] = e.Text
	default:
		delete(p.waiting, e.Object)
	}
	if e.Action != "wait" || !p.live {
		p.tell(e)
	}
	p.draw()
}

// eventJSON is one line of the stream for programs.
type eventJSON struct {
	Event   string         `json:"event"`
	At      string         `json:"at"`      // RFC 3339, UTC
	Seconds float64        `json:"seconds"` // since the start
	Object  string         `json:"object,omitempty"`
	Text    string         `json:"text,omitempty"`
	Pods    *kube.Pods     `json:"pods,omitempty"`
	Failed  []kube.Failure `json:"failures,omitempty"`
}

func (p *progress) tell(e kube.Event) {
	p.last = p.now()
	if !p.json {
		printEvent(visible{p.err}, e)
		return
	}
	p.line(eventJSON{Event: e.Action, Object: e.Object, Text: e.Text, Pods: e.Pods})
}

func (p *progress) line(e eventJSON) {
	now := p.now()
	e.At, e.Seconds = now.UTC().Format(time.RFC3339), now.Sub(p.began).Round(time.Millisecond).Seconds()
	_ = printLine(p.out, e) // results keeps the error
}

// printLine writes a value on a line of its own.
func printLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// failures tells why a release failed.
func (p *progress) failures(all []kube.Failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	if p.json {
		p.line(eventJSON{Event: "failed", Failed: all})
		return
	}
	for _, f := range all {
		printFailure(visible{p.err}, f)
	}
}

// spent is the time since the start against that which the environment is given.
func (p *progress) spent() string {
	spent := p.now().Sub(p.began).Round(time.Second)
	text := fmt.Sprintf("%s of %s", shortly(spent), shortly(p.goal))
	if spent > p.goal {
		text += ", longer than it should take"
	}
	return text
}

// shortly is a time as people say it: 90s, 15m, 2m5s.
func shortly(d time.Duration) string {
	text := d.String()
	if d >= time.Minute {
		text = strings.TrimSuffix(text, "0s")
	}
	return text
}

func (p *progress) waits() string {
	var names []string
	for name := range p.waiting {
		names = append(names, name+": "+p.waiting[name])
	}
	sort.Strings(names)
	if len(names) == 0 {
		return ""
	}
	return ", waiting for " + strings.Join(names, "; ")
}

// draw writes what is waited for below the rest, and wipe takes it away again.
func (p *progress) draw() {
	if !p.live || len(p.waiting) == 0 {
		return
	}
	names := make([]string, 0, len(p.waiting))
	for name := range p.waiting {
		names = append(names, name)
	}
	sort.Strings(names)
	var lines []string
	for _, name := range names {
		var line strings.Builder
		printEvent(visible{&line}, kube.Event{Object: name, Action: "wait", Text: p.waiting[name]})
		lines = append(lines, strings.TrimSuffix(line.String(), "\n"))
	}
	columns, height := p.size()
	if most := max(1, height-3); len(lines) > most { // what has left the screen can't be wiped
		lines = append(lines[:most-1], fmt.Sprintf("  waiting    for %d more", len(lines)-most+1))
	}
	for _, line := range append(lines, "  "+p.spent()) {
		fmt.Fprintln(p.err, firstOf(line, columns-1))
	}
	p.drawn = len(lines) + 1
}

func (p *progress) wipe() {
	if p.drawn > 0 {
		fmt.Fprintf(p.err, "\x1b[%dA\x1b[J", p.drawn)
		p.drawn = 0
	}
}

// firstOf keeps a line from filling two.
func firstOf(text string, n int) string {
	n = max(n, 1)
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}
