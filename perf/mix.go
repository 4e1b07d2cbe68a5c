package perf

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Request is a GET of a mix.
type Request struct {
	Path    string // with its query
	Headers map[string]string
}

// script writes the program by which wrk asks a mix, and gives the arguments that name it; none for no mix. done takes it
// away.
func (o Options) script() (args []string, done func(), err error) {
	if len(o.Mix) == 0 {
		return nil, func() {}, nil
	}
	file, err := os.CreateTemp("", "migrate-perf-*.lua")
	if err != nil {
		return nil, nil, fmt.Errorf("write the mix of requests for wrk: %w", err)
	}
	done = func() { _ = os.Remove(file.Name()) } // it holds nothing that others may not see
	_, err = file.WriteString(o.lua())
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("write the mix of requests for wrk: %w", err)
	}
	return []string{"--script", file.Name()}, done, nil
}

// lua has each thread ask the requests in turn. They are made once, before the load.
func (o Options) lua() string {
	var b strings.Builder
	b.WriteString("local all, n = {}, 0\nfunction init(args)\n")
	base := strings.TrimSuffix(o.Target.EscapedPath(), "/")
	for _, r := range o.Mix {
		headers := map[string]string{"User-Agent": o.UserAgent}
		maps.Copy(headers, r.Headers)
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(headers)) {
			pairs = append(pairs, "["+quoted(name)+"]="+quoted(headers[name]))
		}
		fmt.Fprintf(&b, "  all[#all + 1] = wrk.format(\"GET\", %s, {%s})\n", quoted(base+r.Path), strings.Join(pairs, ", "))
	}
	b.WriteString("end\nfunction request()\n  n = n % #all + 1\n  return all[n]\nend\n")
	return b.String()
}

// quoted is a text in Lua.
func quoted(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < ' ' || c == '"' || c == '\\' || c > '~' {
			fmt.Fprintf(&b, "\\%03d", c)
		} else {
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}
