package requests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

func isHAR(name string, text []byte) bool {
	return strings.HasSuffix(strings.ToLower(name), ".har") || strings.HasSuffix(strings.ToLower(name), ".json") && harMark.Match(text[:min(len(text), 4096)])
}

var harMark = pattern.MustCompile(`^\s*\{\s*"log"\s*:\s*\{`)

// harFile is the part of a HAR that counts.
type harFile struct {
	Log struct {
		Entries []struct {
			Request struct {
				Method   string                 `json:"method"`
				URL      string                 `json:"url"`
				Headers  []harField             `json:"headers"`
				PostData *struct{ Text string } `json:"postData"`
			} `json:"request"`
			Response struct {
				Status  int `json:"status"`
				Content struct {
					MimeType string `json:"mimeType"`
				} `json:"content"`
			} `json:"response"`
		} `json:"entries"`
	} `json:"log"`
}

type harField struct{ Name, Value string }

// harKept are the headers of a browser's request that may change the answer.
var harKept = map[string]bool{"accept": true, "content-type": true, "x-requested-with": true, "authorization": true, "soapaction": true}

// readHAR reads what a browser recorded. A page's pictures and scripts are not worth a check each.
func readHAR(f *file) error {
	var har harFile
	if err := json.NewDecoder(bytes.NewReader([]byte(f.text))).Decode(&har); err != nil {
		return fmt.Errorf("no HAR: %w", err)
	}
	seen := map[string]bool{}
	lines := &places{text: f.text, line: 1}
	assets := 0
	for _, e := range har.Log.Entries {
		line := lines.of(e.Request.URL)
		key := e.Request.Method + " " + e.Request.URL
		switch {
		case asset(e.Request.URL):
			assets++
			continue
		case seen[key] || e.Response.Status == 0:
			continue
		}
		seen[key] = true
		r := Request{Line: line, Method: strings.ToUpper(e.Request.Method)}
		for _, h := range e.Request.Headers {
			if harKept[strings.ToLower(h.Name)] {
				r.Headers = append(r.Headers, Field{h.Name, plain(h.Value)})
			}
		}
		if e.Request.PostData != nil {
			r.Body, r.HasBody = plain(e.Request.PostData.Text), true
		}
		status := e.Response.Status
		if status == 304 {
			status = 200
		}
		r.Asserts = append(r.Asserts, Assert{line, Query{Kind: OfStatus}, Equal, []string{fmt.Sprint(status)}})
		f.add(r, plain(e.Request.URL))
	}
	if assets > 0 {
		f.left(1, fmt.Sprintf("%d pictures, scripts and style sheets", assets), "the pages that show them are checked")
	}
	return nil
}

// places finds texts in a file, one behind the other.
type places struct {
	text string
	line int
}

// of is the line of the next place of a text, or that of the one before.
func (p *places) of(text string) int {
	if i := strings.Index(p.text, text); i >= 0 && text != "" {
		p.line += strings.Count(p.text[:i], "\n")
		p.text = p.text[i:]
	}
	return p.line
}

var assetEnding = pattern.MustCompile(`(?i)\.(css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|otf|mp[34]|webm|pdf|zip|gz)$`)

// asset says whether a URL leads to a file that stands still.
func asset(url string) bool {
	url, _, _ = strings.Cut(url, "?")
	return assetEnding.MatchString(url)
}
