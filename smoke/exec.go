package smoke

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// execProbe runs a command. It finds the variables in its environment, the target as TARGET_URL among them; its text is
// never put together from values that came from elsewhere.
type execProbe struct {
	line    int
	args    []string
	writes  bool
	expect  expectation
	capture []source
}

func (p *execProbe) templates() []template { return p.expect.templates() }
func (p *execProbe) needsWrites() bool     { return p.writes }
func (p *execProbe) asksTarget() bool      { return false }

// exec reads a command: a text for the shell, or a list of words.
func (c *checkDecoder) exec(v *yaml.Node) {
	p := &execProbe{line: v.Line}
	if v.Kind == yaml.SequenceNode {
		c.list(v, "exec", func(v *yaml.Node) { p.args = append(p.args, c.scalarText(v, "a word of exec")) })
	} else if text := c.text(v, "exec"); text != "" {
		p.args = []string{"sh", "-c", text}
	}
	if c.check.Name == "" && len(p.args) > 0 {
		c.check.Name = "exec: " + strings.TrimPrefix(strings.Join(p.args, " "), "sh -c ")
	}
	if v := c.given["writes"]; v != nil {
		p.writes = c.bool(v, "writes")
	}
	if v := c.given["expect"]; v != nil {
		c.expect(v, &p.expect, "exec")
	}
	if v := c.given["capture"]; v != nil {
		p.capture = c.capture(v, "exec")
	}
	c.check.probe = p
}

func (p *execProbe) attempt(ctx context.Context, s *session) outcome {
	var words []string
	for _, arg := range p.args {
		words = append(words, shellQuote(arg))
	}
	o := outcome{request: "EXEC " + strings.Join(words, " "), command: strings.Join(words, " ")}
	s.noteEnvironment()
	out, problem := &bounded{limit: maxBody}, &bounded{limit: 64 << 10}
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Env = append(append(os.Environ(), s.settings()...), "TARGET_URL="+s.target.String())
	cmd.Stdout, cmd.Stderr = out, problem
	cmd.WaitDelay = time.Second // a child of its own may hold the output open
	began := time.Now()
	err := cmd.Run()
	o.took = time.Since(began)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		o.failures = []Failure{{Line: p.line, What: "exec", Want: "an end of the command", Got: context.Cause(ctx).Error()}}
		return o
	case err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay):
		o.failures = []Failure{{Line: p.line, What: "exec", Want: "a command that runs", Got: err.Error()}}
		return o
	}
	a := &answer{exit: cmd.ProcessState.ExitCode(), body: out.Bytes(), cut: out.cut, took: o.took}
	o.summary = fmt.Sprintf("exit %d", a.exit)
	o.answer = a
	if a.exit != 0 && !p.expects("exit") {
		got := o.summary
		if said := firstLineOf(strings.TrimSpace(problem.String())); said != "" {
			got += ": " + said
		}
		o.failures = append(o.failures, Failure{Line: p.line, What: "exit", Want: "0", Got: got})
	}
	o.failures = append(o.failures, p.expect.judge(a, s.values(), p.line)...)
	o.captured, o.failures = take(p.capture, a, o.failures)
	return o
}

func (p *execProbe) expects(what string) bool {
	for _, m := range p.expect.matches {
		if m.what == what {
			return true
		}
	}
	return false
}

// bounded keeps what is written to it up to a limit, and lets the writer go on.
type bounded struct {
	bytes.Buffer
	limit int
	cut   bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.Len(); len(p) > room {
		b.cut = true
		b.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
