package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy"
)

// ask puts the open questions, one line each. An empty answer takes the first choice, or leaves the field open.
func ask(ctx context.Context, s Streams, res *legacy.Resolution) error {
	var open []legacy.Question
	in := bufio.NewReader(s.In)
	for _, q := range res.Questions {
		for {
			answer, err := prompt(ctx, s, in, question(q))
			if err != nil {
				return err
			}
			if answer == "" {
				if q.Open() {
					open = append(open, q)
				}
				break
			}
			if err := res.Answer(q, answer); err != nil {
				fmt.Fprintf(s.Err, "  %v\n", err)
				continue
			}
			break
		}
	}
	res.Questions = open
	return nil
}

func question(q legacy.Question) string {
	text := "\n" + q.Question + "\n"
	for i, c := range q.Choices {
		text += fmt.Sprintf("  %d) %s\n", i+1, c)
	}
	if q.Open() {
		return text + "(Enter leaves it open) > "
	}
	return text + "(Enter takes 1) > "
}

func confirm(ctx context.Context, s Streams, text string) (bool, error) {
	answer, err := prompt(ctx, s, bufio.NewReader(s.In), "\n"+text+" [Y/n] ")
	if err != nil {
		return false, err
	}
	switch strings.ToLower(answer) {
	case "", "y", "yes":
		return true, nil
	}
	return false, nil
}

// prompt reads one line. It returns at once when the context ends: a Ctrl-C must not wait for Enter.
func prompt(ctx context.Context, s Streams, in *bufio.Reader, text string) (string, error) {
	fmt.Fprint(s.Err, text)
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		t, err := in.ReadString('\n')
		read <- line{t, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.Err)
		return "", ctx.Err()
	case l := <-read:
		if l.err != nil && (l.text == "" || !errors.Is(l.err, io.EOF)) {
			return "", fmt.Errorf("the question was not answered (%w); use --no-input to be asked nothing", l.err)
		}
		return strings.TrimSpace(l.text), nil
	}
}
