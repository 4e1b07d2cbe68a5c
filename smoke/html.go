package smoke

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	page "html/template"
	"io"
	"strings"
)

//go:embed report.html
var pageText string

// HTML writes the report as one page that needs nothing else: no script, no style sheet, no font from elsewhere.
func (r Report) HTML(w io.Writer) error {
	t, err := page.New("report").Funcs(page.FuncMap{"duration": duration, "lines": Result.details}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Report
		Suites []pageSuite
	}{r, r.suites()})
}

type pageSuite struct {
	File    string
	Service string
	Results []Result
}

// suites are the results by the file that was run.
func (r Report) suites() []pageSuite {
	var out []pageSuite
	for _, x := range r.Results {
		if n := len(out); n == 0 || out[n-1].File != x.Suite {
			out = append(out, pageSuite{File: x.Suite, Service: x.Service})
		}
		last := &out[len(out)-1]
		last.Results = append(last.Results, x)
	}
	return out
}

// fingerprint tells one failure from the others, run after run.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
