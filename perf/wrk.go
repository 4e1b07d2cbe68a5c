package perf

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// The lines of wrk 4 that count:
//
//	  Latency    43.02ms    7.05ms  48.07ms   97.18%       mean, deviation, max
//	   99%   48.04ms
//	355 requests in 2.10s, 40.91KB read
//	Socket errors: connect 0, read 1, write 0, timeout 0
//	Non-2xx or 3xx responses: 38
var (
	latencyLine    = pattern.MustCompile(`^\s+Latency\s+(\S+)\s+\S+\s+(\S+)\s+\S+%$`)
	percentileLine = pattern.MustCompile(`^\s+(50|75|90|99)%\s+(\S+)$`)
	requestsLine   = pattern.MustCompile(`^\s+(\d+) requests in (\S+), \S+ read$`)
	socketLine     = pattern.MustCompile(`^\s+Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)$`)
	statusLine     = pattern.MustCompile(`^\s+Non-2xx or 3xx responses: (\d+)$`)
)

// parse reads wrk's report.
func parse(text string) (Report, error) {
	p := parser{}
	seen := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \r")
		if m := latencyLine.FindStringSubmatch(line); m != nil {
			p.Latency.Mean, p.Latency.Max = p.ms(m[1]), p.ms(m[2])
		} else if m := percentileLine.FindStringSubmatch(line); m != nil {
			*p.percentile(m[1]) = p.ms(m[2])
		} else if m := requestsLine.FindStringSubmatch(line); m != nil {
			p.Requests, p.DurationSeconds = p.count(m[1]), p.ms(m[2])/1000
			seen = true
		} else if m := socketLine.FindStringSubmatch(line); m != nil {
			e := &p.Errors
			e.Connect, e.Read, e.Write, e.Timeout = p.count(m[1]), p.count(m[2]), p.count(m[3]), p.count(m[4])
		} else if m := statusLine.FindStringSubmatch(line); m != nil {
			p.Errors.Status = p.count(m[1])
		}
	}
	switch {
	case p.err != nil:
		return Report{}, p.err
	case !seen:
		return Report{}, errors.New("there is no line \"N requests in T\"; is it wrk 4?")
	}
	if p.DurationSeconds > 0 {
		p.RequestsPerSecond = float64(p.Requests) / p.DurationSeconds
	}
	return p.Report, nil
}

// parser is a Report in the making and the first thing that was wrong.
type parser struct {
	Report
	err error
}

func (p *parser) percentile(name string) *float64 {
	return map[string]*float64{"50": &p.Latency.P50, "75": &p.Latency.P75, "90": &p.Latency.P90, "99": &p.Latency.P99}[name]
}

// ms reads a time such as 812.00us, 43.02ms, 1.20s, 1.50m or 2.00h.
func (p *parser) ms(text string) float64 {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		p.wrong("the time", text)
	}
	return float64(d) / float64(time.Millisecond)
}

func (p *parser) count(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.wrong("the count", text)
	}
	return n
}

func (p *parser) wrong(what, text string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s %q can't be read", what, text)
	}
}
