package smoke

import "net/http"

// Asking is a suite of plain GETs, one after the other, that pass whatever is answered: for a caller that looks at the
// answers itself, by Options.Answered. A path is written as in a URL, holds no variables, and is the name of its check.
func Asking(paths []string) Suite {
	var s Suite
	for _, p := range paths {
		any := expectation{status: []statusRange{{100, 599, "any"}}}
		probe := &httpProbe{method: http.MethodGet, path: template{parts: []part{{text: p}}}, expect: any}
		s.Checks = append(s.Checks, Check{Name: p, probe: probe})
	}
	return s
}
