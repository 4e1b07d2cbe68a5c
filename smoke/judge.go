package smoke

import (
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"time"
)

// judge compares an answer with what is expected of it.
func (x *expectation) judge(a *answer, v values, line int) []Failure {
	var out []Failure
	if a.status != 0 && !x.accepts(a.status) {
		f := Failure{Line: firstLine(x.statusLine, line), What: "status", Want: x.statusText(), Got: fmt.Sprint(a.status)}
		if to := a.header.Get("Location"); to != "" && a.status/100 == 3 {
			f.Got += " to " + to
		}
		out = append(out, f)
	}
	if f := x.judgeType(a); f != nil {
		out = append(out, *f)
	}
	for _, m := range x.matches {
		if f := m.judgeAnswer(a, v); f != nil {
			out = append(out, *f)
		}
	}
	if x.schema != nil {
		out = append(out, x.schema.judge(a)...)
	}
	for _, e := range x.exprs {
		if f := e.judge(a, v); f != nil {
			out = append(out, *f)
		}
	}
	if x.within > 0 && a.took > x.within {
		out = append(out, Failure{Line: x.withinLine, What: "time", Want: "within " + x.within.String(), Got: rounded(a.took).String()})
	}
	return out
}

func firstLine(lines ...int) int {
	i := slices.IndexFunc(lines, func(n int) bool { return n > 0 })
	return lines[i]
}

func (x *expectation) accepts(status int) bool {
	if len(x.status) == 0 {
		return status/100 == 2
	}
	return slices.ContainsFunc(x.status, func(r statusRange) bool { return r.low <= status && status <= r.high })
}

func (x *expectation) statusText() string {
	if len(x.status) == 0 {
		return "2xx"
	}
	var words []string
	for _, r := range x.status {
		words = append(words, r.text)
	}
	return strings.Join(words, " or ")
}

// judgeType looks at the Content-Type and, for json, at the body too: an error page is often labelled wrong.
func (x *expectation) judgeType(a *answer) *Failure {
	if x.media == "" {
		return nil
	}
	header := a.header.Get("Content-Type")
	got, _, err := mime.ParseMediaType(header)
	if err != nil {
		got, _, _ = strings.Cut(strings.ToLower(header), ";")
	}
	f := &Failure{Line: x.mediaLine, What: "type", Want: x.media, Got: header}
	switch {
	case !isMedia(x.media, strings.TrimSpace(got)):
		if header == "" {
			f.Got = "no Content-Type"
		}
	case x.media == "json" && len(a.body) > 0 && !a.cut:
		if _, ok := a.document(); ok {
			return nil
		}
		f.Got = header + ", but the body is not JSON"
	default:
		return nil
	}
	return f
}

// MediaPattern is a regular expression for the Content-Types that a type of "expect" stands for.
func MediaPattern(want string) string {
	wanted, ok := mediaTypes[want]
	if !ok {
		wanted = []string{strings.ToLower(want)}
	}
	var any []string
	for _, w := range wanted {
		prefix, open := strings.CutSuffix(w, "*")
		text := regexp.QuoteMeta(prefix)
		if open {
			text += "[^;]*"
		}
		if w[0] == '+' {
			text = "[^;]*" + text
		}
		any = append(any, text)
	}
	return `(?i)^\s*(` + strings.Join(any, "|") + `)\s*(;|$)`
}

func isMedia(want, got string) bool {
	wanted, ok := mediaTypes[want]
	if !ok {
		wanted = []string{strings.ToLower(want)}
	}
	return slices.ContainsFunc(wanted, func(w string) bool {
		if prefix, found := strings.CutSuffix(w, "*"); found {
			return strings.HasPrefix(got, prefix)
		}
		return w == got || w[0] == '+' && strings.HasSuffix(got, w)
	})
}

// rounded keeps three digits of a time: what a person compares.
func rounded(d time.Duration) time.Duration {
	for unit := time.Duration(1); unit < time.Hour; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d.Round(time.Second)
}
