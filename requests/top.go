package requests

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TopOptions choose from traffic.
type TopOptions struct {
	Most    int     // requests; 10 where it is 0
	Success float64 // the least share of good answers; 0.99 where it is 0
	Least   int     // times that a request must have been seen; 1 where it is 0
}

// manyNames is how many words in one place of the paths make it one for names: of people, of articles.
const manyNames = 12

// Top are the requests that are asked for most and answered well, the most frequent first. What was asked for often and is
// not among them is left out with the reason.
func (t *Traffic) Top(o TopOptions) Found {
	o.Most, o.Success, o.Least = cmp.Or(o.Most, 10), cmp.Or(o.Success, 0.99), cmp.Or(o.Least, 1)
	forms := t.withNames()
	slices.SortFunc(forms, func(a, b *form) int {
		return cmp.Or(cmp.Compare(b.seen, a.seen), cmp.Compare(a.order, b.order))
	})
	out := Found{Format: "access log"}
	for _, f := range forms {
		if f.seen < o.Least {
			continue
		}
		why := f.unfit(o)
		if why == "" && len(out.Requests) >= o.Most {
			why = fmt.Sprintf("it is not among the %d most frequent", o.Most)
		}
		if why == "" {
			out.Requests = append(out.Requests, f.request())
			continue
		}
		if len(out.Left) < 100 {
			out.Left = append(out.Left, Left{f.file, f.line, fmt.Sprintf("%s (%s)", conceal(f.title()), times(f.seen)), why})
		}
	}
	return out
}

// withNames puts the forms together that differ in a word at one place, where there are many such words.
func (t *Traffic) withNames() []*form {
	all := slices.SortedFunc(maps.Values(t.forms), func(a, b *form) int { return cmp.Compare(a.order, b.order) })
	words := map[string]map[string]bool{} // by what stands before and behind
	around := func(f *form, i int) string {
		parts := slices.Clone(f.parts)
		parts[i] = part{kind: "name"}
		return f.method + formPath(parts[:i+1])
	}
	for _, f := range all {
		for i, p := range f.parts {
			if p.kind == "" {
				key := around(f, i)
				if words[key] == nil {
					words[key] = map[string]bool{}
				}
				words[key][p.text] = true
			}
		}
	}
	merged := map[string]*form{}
	var out []*form
	for _, f := range all {
		named := false
		parts := slices.Clone(f.parts)
		for i, p := range f.parts {
			if i > 0 && p.kind == "" && len(words[around(f, i)]) > manyNames {
				parts[i], named = part{kind: "name"}, true
			}
		}
		if !named {
			out = append(out, f)
			continue
		}
		key := f.method + formPath(parts) + "?" + f.keys
		m := merged[key]
		if m == nil {
			m = &form{method: f.method, path: formPath(parts), keys: f.keys, parts: parts, statuses: map[int]int{}, file: f.file, line: f.line, order: f.order,
				refused: "its path holds a name that may be somebody's"}
			merged[key] = m
			out = append(out, m)
		}
		m.seen += f.seen
		m.good += f.good
		for s, n := range f.statuses {
			m.statuses[s] += n
		}
	}
	return out
}

// unfit says why a form makes no check.
func (f *form) unfit(o TopOptions) string {
	share := float64(f.good) / float64(f.seen)
	switch {
	case share < o.Success:
		return fmt.Sprintf("%.1f %% of the answers were good, less than %.4g %%", 100*share, 100*o.Success)
	case len(f.examples) == 0 && f.refused != "":
		return f.refused
	case len(f.examples) == 0:
		return "it is too long to be written down"
	}
	return ""
}

func (f *form) title() string {
	if f.keys == "" {
		return f.method + " " + f.path
	}
	return f.method + " " + f.path + "?" + f.keys
}

// request is the check for a form, with the example that was asked for most.
func (f *form) request() Request {
	targets := slices.Collect(maps.Keys(f.examples))
	slices.SortFunc(targets, func(a, b string) int {
		return cmp.Or(cmp.Compare(f.examples[b], f.examples[a]), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	r := Request{File: f.file, Line: f.line, Method: f.method, Name: f.method + " " + f.path}
	r.Evidence = fmt.Sprintf("%s (asked for %s, %.4g %% good)", f.file, times(f.seen), 100*float64(f.good)/float64(f.seen))
	r.Asserts = []Assert{{f.line, Query{Kind: OfStatus}, Equal, f.usual()}}
	path, query, hasQuery := strings.Cut(targets[0], "?")
	for i, text := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if i >= len(f.parts) || f.parts[i].kind == "" {
			r.Path += "/" + escapePath(plain(text))
			continue
		}
		name := f.parts[i].kind
		if n := len(r.With); n > 0 {
			name = fmt.Sprintf("%s%d", name, n+1)
		}
		r.With = append(r.With, Field{name, text})
		r.Path += "/{" + name + "}"
	}
	if hasQuery {
		r.Path += "?" + escapePath(plain(query))
	}
	r.Data = len(r.With) > 0
	return r
}

// usual are the good statuses that make at least a twentieth of the answers. 304 answers a browser that has a copy.
func (f *form) usual() []string {
	var out []string
	for _, s := range slices.Sorted(maps.Keys(f.statuses)) {
		if s < 200 || s >= 400 {
			continue
		}
		n := f.statuses[s]
		if s == 304 {
			s = 200
		}
		if text := fmt.Sprint(s); 20*n >= f.good && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
