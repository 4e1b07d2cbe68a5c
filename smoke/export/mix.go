package export

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Request is a GET without a secret.
type Request struct {
	Path    string
	Headers map[string]string
}

// Mix are the requests of the checks that can be asked again and again, each once: the GETs that are to be answered well,
// and need no account, no secret and nothing that an earlier check captured.
func Mix(suites []smoke.Suite) ([]Request, []Left) {
	w := &words{tool: "a load"}
	var out []Request
	for _, s := range suites {
		w.suite = s
		for _, c := range s.Plain() {
			w.begin(c)
			r := w.get()
			if w.why != "" {
				w.leave(0, c.Kind, "%s", w.why)
			} else if !slices.ContainsFunc(out, func(o Request) bool { return o.Path == r.Path }) {
				out = append(out, r)
			}
		}
	}
	return out, w.left
}

// get is the check as a GET that can stand alone.
func (w *words) get() Request {
	c := w.check
	switch {
	case c.Kind != "request" || c.Method != "GET":
		w.why = "it is no GET"
	case c.Writes:
		w.why = "it writes"
	case c.User != nil || c.Password != nil:
		w.why = "it needs an account"
	case c.HasBody || c.Form != nil || len(c.Files) > 0 || c.BodyFile != "":
		w.why = "it sends a body"
	case len(c.Expect.Status) > 0 && !slices.ContainsFunc(c.Expect.Status, func(s smoke.PlainStatus) bool { return s.Low < 400 }):
		w.why = "it is to be refused"
	}
	r := Request{Path: w.path(), Headers: map[string]string{}}
	for _, f := range c.Headers {
		r.Headers[f.Name] = w.plain(f.Value)
	}
	if cookies := w.cookies(); cookies != "" {
		r.Headers["Cookie"] = cookies
	}
	return r
}

// readyWords are what paths of readiness are called, the best first.
var readyWords = [][]string{{"ready", "readiness"}, {"health", "healthz", "healthcheck", "status", "up", "ping", "alive"}, {"live", "livez", "liveness"}}

// Readiness proposes a readiness probe: of the checks that a kubelet can ask, the one whose path says most that it is for
// that. It gives the lines for migrate.yaml and for a pod, readiness.yaml; none where no check is called so.
func Readiness(suites []smoke.Suite) ([]File, []Left, error) {
	w := &words{tool: "a probe"}
	best, rank := smoke.Plain{}, len(readyWords)
	var probe Request
	for _, s := range suites {
		w.suite = s
		for _, c := range s.Plain() {
			w.begin(c)
			r := w.get()
			if w.why == "" {
				w.why = unfit(c, r)
			}
			of := readyRank(r.Path)
			switch {
			case w.why != "":
			case of == len(readyWords):
				w.why = "its path is not called as one of health"
			case of >= rank:
				w.why = "another check says more that the service is ready: " + best.Name
			default:
				if probe.Path != "" {
					w.left = append(w.left, Left{best.File, oneLine(best.Name + ", request"), "another check says more that the service is ready: " + c.Name, best.Line})
				}
				best, probe, rank = c, r, of
			}
			if w.why != "" {
				w.leave(0, c.Kind, "%s", w.why)
			}
		}
	}
	if probe.Path == "" {
		return nil, w.left, nil
	}
	w.check = best
	for _, m := range best.Expect.Matches {
		w.leave(m.Line, m.Query, "a probe looks at the status alone")
	}
	if line := max(best.Expect.TypeLine, best.Expect.SchemaLine); line > 0 {
		w.leave(line, "body", "a probe looks at the status alone")
	}
	get := map[string]any{"path": probe.Path, "port": "http"}
	var headers []any
	for name, value := range probe.Headers {
		headers = append(headers, map[string]string{"name": name, "value": value})
	}
	slices.SortFunc(headers, func(a, b any) int {
		return strings.Compare(a.(map[string]string)["name"], b.(map[string]string)["name"])
	})
	if headers != nil {
		get["httpHeaders"] = headers
	}
	text, err := yaml.Marshal(map[string]any{"readinessProbe": map[string]any{"httpGet": get}})
	about := "# From the files of checks by migrate smoke export: " + best.File + ":" + strconv.Itoa(best.Line) + ".\n" +
		"# In migrate.yaml: health: {ready: " + strconv.Quote(probe.Path) + "}. In a pod that you write yourself:\n"
	return []File{{"readiness.yaml", append([]byte(about), text...)}}, w.left, err
}

// readyRank is the place of a path among those that are called so, the best 0.
func readyRank(path string) int {
	path, _, _ = strings.Cut(path, "?")
	for rank, words := range readyWords {
		for _, part := range strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return strings.ContainsRune("/-_.", r) }) {
			if slices.Contains(words, part) {
				return rank
			}
		}
	}
	return len(readyWords)
}

// unfit says why a kubelet can't ask it, or would ask something else.
func unfit(c smoke.Plain, r Request) string {
	taken := smoke.PlainStatus{Low: 200, High: 399} // by a kubelet
	switch {
	case slices.Contains(c.Only, "outside"):
		return "it is only for a target outside"
	case slices.ContainsFunc(c.Expect.Status, func(s smoke.PlainStatus) bool { return s.Low < taken.Low || s.High > taken.High }):
		return "a probe takes any status from 200 to 399"
	case len(r.Headers["Cookie"]) > 0:
		return "it needs a cookie"
	case len(c.Capture) > 0:
		return "later checks need what it captures"
	}
	return ""
}
