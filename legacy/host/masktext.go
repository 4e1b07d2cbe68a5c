package host

import (
	"strings"
)

// part is a word of a text with what stands before it.
type part struct{ gap, word string }

// parts splits text into words at blanks and at the signs of shells and configuration; quotes keep a word together.
func parts(text string) []part {
	var list []part
	for len(text) > 0 {
		gap := 0
		for gap < len(text) && strings.IndexByte(" \t\n;|&()<>{}", text[gap]) >= 0 && !(text[gap] == '{' && gap > 0 && text[gap-1] == '$') {
			gap++
		}
		end := gap
		var quote byte
		for ; end < len(text); end++ {
			c := text[end]
			switch {
			case c == '\\' && end+1 < len(text):
				end++
			case quote != 0 && c == quote:
				quote = 0
			case quote != 0:
			case c == '"' || c == '\'':
				quote = c
			case strings.IndexByte(" \t\n;|&()<>", c) >= 0:
				goto found
			}
		}
	found:
		end = min(end, len(text))
		list = append(list, part{text[:gap], text[gap:end]})
		text = text[end:]
	}
	return list
}

// maskShell hides the secrets of shell text; depth is bounded, since every quote may hold text of its own.
func maskShell(text string) string { return maskShellDepth(text, 0) }

func maskShellDepth(text string, depth int) string {
	m := &masker{}
	var b strings.Builder
	for _, p := range parts(text) {
		if strings.ContainsAny(p.gap, ";|&\n") {
			m = &masker{}
		}
		b.WriteString(p.gap)
		q, body := quoted(p.word)
		if q != "" && strings.ContainsAny(body, " \t\n") && depth < 3 && !m.next && !m.account {
			if h := header.FindStringSubmatch(body); h != nil && secretName(h[2]) {
				b.WriteString(q + h[2] + ": " + masked + q)
			} else {
				b.WriteString(q + maskPairs(maskShellDepth(body, depth+1)) + q)
			}
			m.next, m.account = false, false
			continue
		}
		if q == "" && strings.ContainsAny(p.word, " \t\n") { // NAME="a b": quotes within a word
			b.WriteString(maskQuotedPair(p.word, depth))
			continue
		}
		b.WriteString(m.word(p.word))
	}
	return b.String()
}

func maskQuotedPair(word string, depth int) string {
	name, value, ok := strings.Cut(word, "=")
	switch {
	case ok && secretName(strings.Trim(name, `"'`)) && !harmless(value):
		return name + "=" + masked
	case ok && depth < 3:
		if q, body := quoted(value); q != "" {
			return name + "=" + q + maskPairs(maskShellDepth(body, depth+1)) + q
		}
	}
	return maskPairs(maskWord(word))
}

func quoted(word string) (quote, body string) {
	if len(word) > 1 && (word[0] == '"' || word[0] == '\'') && word[len(word)-1] == word[0] {
		return word[:1], word[1 : len(word)-1]
	}
	return "", word
}

// maskAssignment hides the value of NAME=value where it is one, whatever signs the value holds; other lines are shell.
func maskAssignment(line string) string {
	name, value, ok := strings.Cut(line, "=")
	bare := strings.TrimPrefix(strings.TrimSpace(name), "export ")
	if !ok || !variableName(bare) {
		return maskShell(line)
	}
	if v := plainValue(bare, strings.Trim(strings.TrimSpace(value), `"'`)); v != nil {
		return bare + "=" + *v
	}
	return bare + "=" + masked
}
