package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Loaded is a snapshot that was read from a file, with the lines on which its parts stand.
type Loaded struct {
	*Snapshot
	File  string // as evidence names it
	Text  []string
	lines map[string]int // processes.3.command -> 120
}

// maxItems bounds what a snapshot may hold; no machine has more.
const maxItems = 200_000

// Encode writes a snapshot as it is kept: indented, so that a line means one thing. A command stands on one line.
func Encode(w io.Writer, s *Snapshot) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return err
	}
	within, first := false, false
	var out bytes.Buffer
	for line := range bytes.Lines(text.Bytes()) {
		bare := bytes.TrimSpace(line)
		switch {
		case !within && string(bare) == `"command": [`:
			within, first = true, true
			out.Write(bytes.TrimRight(line, "\n"))
		case within && bare[0] == ']':
			within = false
			out.Write(append(bare, '\n'))
		case within:
			if !first {
				out.WriteByte(' ')
			}
			first = false
			out.Write(bare)
		default:
			out.Write(line)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// Load reads a snapshot. The error says on which line of the file it is none.
func Load(file string, data []byte) (*Loaded, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	l := &Loaded{Snapshot: &Snapshot{}, File: file, lines: map[string]int{}}
	if err := d.Decode(l.Snapshot); err != nil {
		return nil, fmt.Errorf("%s:%d: no snapshot of a host: %s; take one with migrate inspect", file, lineOf(data, errorOffset(err, d)), plainError(err))
	}
	if l.Version != Version {
		return nil, fmt.Errorf("%s: version %d of the snapshot is not known, only %d is: take it again with this migrate, or use the one that took it", file, l.Version, Version)
	}
	if len(l.Processes) > maxItems || len(l.Files) > maxItems || len(l.Units) > maxItems || len(l.Cron) > maxItems {
		return nil, fmt.Errorf("%s: more than %d entries, which no host has", file, maxItems)
	}
	for i := range l.Processes {
		if len(l.Processes[i].Command) == 0 {
			return nil, fmt.Errorf("%s: process %d has no command", file, l.Processes[i].PID)
		}
	}
	l.sanitise()
	l.Text = strings.Split(string(data), "\n")
	l.index(data)
	return l, nil
}

// index remembers the line of each value by its path.
func (l *Loaded) index(data []byte) {
	type level struct {
		path  string
		key   string
		n     int
		array bool
		isKey bool
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var stack []level
	line, at := 1, int64(0)
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		offset := min(d.InputOffset(), int64(len(data)))
		line += bytes.Count(data[at:offset], []byte("\n"))
		at = offset
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:len(stack)-1]
			continue
		}
		here := ""
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			switch {
			case top.array:
				here = join(top.path, itoa(top.n))
				top.n++
			case top.isKey:
				top.key, _ = token.(string)
				top.isKey = false
				continue
			default:
				here, top.isKey = join(top.path, top.key), true
			}
			l.lines[here] = line
		}
		if delim, ok := token.(json.Delim); ok {
			stack = append(stack, level{path: here, array: delim == '[', isKey: delim == '{'})
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Line is the line on which a value stands, that of what it is in where it is not there itself.
func (l *Loaded) Line(path ...string) int {
	for n := len(path); n > 0; n-- {
		if line := l.lines[strings.Join(path[:n], ".")]; line > 0 {
			return line
		}
	}
	return 1
}

func errorOffset(err error, d *json.Decoder) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return d.InputOffset()
}

func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}

func plainError(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
