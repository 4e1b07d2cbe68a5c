package requests

import (
	"strings"
)

// body reads the body of a request or of an answer.
func (h *hurl) body(answer bool) {
	line := h.at + 1
	if m := hurlFile.FindStringSubmatch(hurlLine(h.lines[h.at])); m != nil && !answer {
		h.r.BodyFile = h.fillLine(m[1])
		h.at++
		return
	}
	text, kind := h.bodyText()
	if kind == "bytes" {
		if answer {
			h.left(line, "the body", "it is compared with bytes, which a check does not do")
		} else {
			h.refuse("its body is bytes")
			h.badAt = line
		}
		return
	}
	filled, err := h.vars.fill(text)
	if err != nil {
		if answer {
			h.left(line, "the body", "%v", err)
			return
		}
		h.refuse("%v", err)
	}
	if !answer {
		h.r.Body, h.r.HasBody = filled, true
		if kind == "json" && h.r.Header("Content-Type") == "" {
			h.r.Headers = append(h.r.Headers, Field{"Content-Type", "application/json"})
		}
		if kind == "xml" && h.r.Header("Content-Type") == "" {
			h.r.Headers = append(h.r.Headers, Field{"Content-Type", "application/xml"})
		}
		return
	}
	a := Assert{line, Query{Kind: OfBody}, Equal, filled}
	if kind == "json" {
		value, err := decodeJSON(filled)
		if err != nil {
			h.left(line, "the body", "it is no JSON once its variables stand in it")
			return
		}
		a.Value = value
	}
	h.r.Asserts = append(h.r.Asserts, a)
}

// bodyText is the body's text and what it is: json, xml, text or bytes. The lines of it are used up.
func (h *hurl) bodyText() (text, kind string) {
	line := strings.TrimSpace(h.lines[h.at])
	switch {
	case strings.HasPrefix(line, "```"):
		return h.fenced(line)
	case line[0] == '`':
		h.at++
		return hurlEscapes(strings.TrimSuffix(strings.TrimPrefix(hurlLine(line), "`"), "`")), "text"
	case strings.HasPrefix(line, "base64,"), strings.HasPrefix(line, "hex,"), strings.HasPrefix(line, "file,"):
		for h.at < len(h.lines) && !strings.Contains(h.lines[h.at], ";") {
			h.at++
		}
		h.at++
		return "", "bytes"
	case line[0] == '<':
		return h.until(func(line string) bool {
			return hurlResponse.MatchString(line) || hurlSection.MatchString(line) || hurlMethod.MatchString(line) && hurlRequest.MatchString(line)
		}), "xml"
	}
	if line[0] != '{' && line[0] != '[' {
		h.at++
		return hurlLine(line), "json"
	}
	return h.document(), "json"
}

func (h *hurl) until(end func(string) bool) string {
	var lines []string
	for ; h.at < len(h.lines) && !end(strings.TrimSpace(h.lines[h.at])); h.at++ {
		if !strings.HasPrefix(strings.TrimSpace(h.lines[h.at]), "#") {
			lines = append(lines, h.lines[h.at])
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// fenced reads ```...```, with a word for the kind behind the first fence.
func (h *hurl) fenced(first string) (text, kind string) {
	head := strings.TrimPrefix(first, "```")
	if before, _, closed := strings.Cut(head, "```"); closed {
		h.at++
		return before, "text"
	}
	h.at++
	var lines []string
	for ; h.at < len(h.lines); h.at++ {
		if before, _, closed := strings.Cut(h.lines[h.at], "```"); closed {
			if before != "" {
				lines = append(lines, before)
			} else if len(lines) > 0 {
				lines = append(lines, "")
			}
			h.at++
			break
		}
		lines = append(lines, h.lines[h.at])
	}
	text = strings.Join(lines, "\n")
	word, _, _ := strings.Cut(head, ",")
	switch strings.TrimSpace(word) {
	case "json":
		return text, "json"
	case "xml":
		return text, "xml"
	case "graphql":
		return graphQL(text), "json"
	case "base64", "hex":
		return "", "bytes"
	}
	return text, "text"
}

// document reads a JSON object or list to the bracket that closes it; {{name}} may stand anywhere in it.
func (h *hurl) document() string {
	var b strings.Builder
	depth, inText := 0, false
	for ; h.at < len(h.lines); h.at++ {
		line := h.lines[h.at]
		for i := 0; i < len(line); i++ {
			switch c := line[i]; {
			case inText && c == '\\':
				i++
			case c == '"':
				inText = !inText
			case inText:
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			}
		}
		b.WriteString(line + "\n")
		if depth <= 0 {
			h.at++
			break
		}
		inText = false // no text of JSON goes over the end of a line
	}
	return strings.TrimSpace(b.String())
}
