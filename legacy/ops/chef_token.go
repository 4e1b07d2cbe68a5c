package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// chefKind is what a token of a recipe is: recipes are Ruby, of which a small part is understood.
type chefKind byte

const (
	chefEnd   chefKind = iota
	chefWord           // package, File, include_recipe
	chefText           // "text", with the expressions in it as parts
	chefSym            // :name
	chefList           // %w(a b)
	chefLine           // the end of a line
	chefSign           // do not confuse with words: { [ => = ...
	chefLabel          // key: of a hash, without the colon
)

type chefToken struct {
	kind  chefKind
	text  string
	parts []puppetPart
	line  int
	glued bool // nothing stands between it and the token before
}

// chefLexer cuts a recipe into tokens.
type chefLexer struct {
	text    string
	at      int
	line    int
	tokens  []chefToken
	heredoc []chefHeredoc // those that begin on this line
	glued   bool
}

type chefHeredoc struct {
	token int // where its text goes
	end   string
	raw   bool
}

func chefTokens(text string, line int) []chefToken {
	l := &chefLexer{text: text, line: line}
	for l.at < len(l.text) {
		l.next()
	}
	l.add(chefLine, "")
	return append(l.tokens, chefToken{kind: chefEnd, line: l.line})
}

func (l *chefLexer) add(kind chefKind, text string) {
	l.tokens = append(l.tokens, chefToken{kind: kind, text: text, line: l.line, glued: l.glued})
	l.glued = true
}

func (l *chefLexer) skip(n int) {
	to := min(l.at+n, len(l.text))
	l.line += strings.Count(l.text[l.at:to], "\n")
	l.at = to
}

var heredocRuby = scan.MustCompile(`^<<[~-]?(['"]?)([A-Z][A-Z0-9_]*)['"]?`)

func (l *chefLexer) next() {
	rest := l.text[l.at:]
	c := rest[0]
	switch {
	case c == '\n':
		l.add(chefLine, "")
		l.skip(1)
		l.bodies()
		l.glued = false
	case c == ' ' || c == '\t' || c == '\r':
		l.skip(1)
		l.glued = false
	case c == '\\' && len(rest) > 1 && rest[1] == '\n':
		l.skip(2)
	case c == '#':
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		l.skip(end)
	case strings.HasPrefix(rest, "=begin\n") && (l.at == 0 || l.text[l.at-1] == '\n'):
		end := strings.Index(rest, "\n=end")
		if end < 0 {
			end = len(rest)
		}
		l.skip(end + 5)
	case c == '\'' || c == '"' || c == '`':
		l.quoted(rest, c, c, 1)
	case c == '%' && len(rest) > 2 && !l.operand():
		l.percent(rest)
	case c == ':' && len(rest) > 1 && (wordByte(rest[1]) || rest[1] == '"'):
		if rest[1] == '"' {
			l.skip(1)
			return
		}
		n := 1
		for n < len(rest) && wordByte(rest[n]) {
			n++
		}
		l.add(chefSym, rest[1:n])
		l.skip(n)
	case heredocRuby.MatchString(rest) && !l.operand():
		m := heredocRuby.FindStringSubmatch(rest)
		l.heredoc = append(l.heredoc, chefHeredoc{len(l.tokens), m[2], m[1] == "'"})
		l.add(chefText, "")
		l.skip(len(m[0]))
	case wordByte(c):
		l.word(rest)
	default:
		l.sign(rest)
	}
}

// operand says whether the token before ends a value: then % and << are operators.
func (l *chefLexer) operand() bool {
	if len(l.tokens) == 0 {
		return false
	}
	switch last := l.tokens[len(l.tokens)-1]; last.kind {
	case chefText, chefSym, chefList:
		return true
	case chefSign:
		return last.text == ")" || last.text == "]"
	case chefWord:
		return l.glued
	}
	return false
}

func (l *chefLexer) word(rest string) {
	n := 0
	for n < len(rest) && wordByte(rest[n]) {
		n++
	}
	if n < len(rest) && (rest[n] == '?' || rest[n] == '!') && (n+1 == len(rest) || rest[n+1] != '=') {
		n++
	}
	if n+1 < len(rest) && rest[n] == ':' && rest[n+1] != ':' {
		l.add(chefLabel, rest[:n])
		l.skip(n + 1)
		l.glued = false
		return
	}
	l.add(chefWord, rest[:n])
	l.skip(n)
}

func (l *chefLexer) sign(rest string) {
	for _, s := range []string{"||=", "=>", "||", "&&", "==", "!=", "=~", "<<", "::", "&.", "->", "..", "+=", ">=", "<="} {
		if strings.HasPrefix(rest, s) {
			l.add(chefSign, s)
			l.skip(len(s))
			return
		}
	}
	l.add(chefSign, rest[:1])
	l.skip(1)
}

var closing = map[byte]byte{'(': ')', '[': ']', '{': '}', '<': '>'}

// percent reads %w(a b), %i[], %q() and %Q{}.
func (l *chefLexer) percent(rest string) {
	kind, open := rest[1], rest[2]
	if !strings.ContainsRune("wWiIqQ", rune(kind)) {
		kind, open = 'Q', rest[1]
		if open != '(' && open != '{' && open != '[' {
			l.sign(rest)
			return
		}
		l.quoted(rest, open, closing[open], 2)
		return
	}
	end := closing[open]
	if end == 0 {
		if wordByte(open) || open == ' ' {
			l.sign(rest)
			return
		}
		end = open
	}
	if kind == 'q' || kind == 'Q' {
		l.quoted(rest, open, end, 3)
		return
	}
	n := strings.IndexByte(rest[3:], end)
	if n < 0 {
		n = len(rest) - 3
	}
	l.add(chefList, rest[3:3+n])
	l.skip(n + 4)
}

// quoted reads a string that begins after skip bytes and ends with its closing sign.
func (l *chefLexer) quoted(rest string, open, end byte, skip int) {
	i, depth := skip, 0
	for ; i < len(rest); i++ {
		switch {
		case rest[i] == '\\':
			i++
			continue
		case end != '\'' && strings.HasPrefix(rest[i:], "#{"):
			i += 2 + braceLength(rest[i+2:])
			continue
		case open != end && rest[i] == open:
			depth++
		case rest[i] == end && depth > 0:
			depth--
		case rest[i] == end:
			l.string(rest[skip:i], end == '\'')
			l.skip(i + 1)
			if l.at < len(l.text) && l.text[l.at] == ':' && !strings.HasPrefix(l.text[l.at:], "::") && len(l.tokens[len(l.tokens)-1].parts) < 2 {
				t := &l.tokens[len(l.tokens)-1] // "key": value
				if t.kind, t.text = chefLabel, ""; len(t.parts) == 1 {
					t.text = t.parts[0].text
				}
				l.skip(1)
			}
			return
		}
	}
	l.string(rest[min(skip, len(rest)):], true)
	l.skip(len(rest))
}

func (l *chefLexer) string(text string, raw bool) {
	l.tokens = append(l.tokens, chefToken{kind: chefText, parts: chefParts(text, l.line, raw), line: l.line, glued: l.glued})
	l.glued = true
}

// chefParts parts a string into text and expressions.
func chefParts(text string, line int, raw bool) []puppetPart {
	if raw {
		return []puppetPart{{text: strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(text), line: line}}
	}
	var parts []puppetPart
	for {
		i := strings.Index(text, "#{")
		if i < 0 {
			break
		}
		if i > 0 {
			parts = append(parts, puppetPart{text: rubyUnescape(text[:i]), line: line})
		}
		n := braceLength(text[i+2:])
		parts = append(parts, puppetPart{source: strings.TrimSpace(text[i+2 : i+2+n]), line: line})
		text = text[min(i+3+n, len(text)):]
	}
	if text != "" || len(parts) == 0 {
		parts = append(parts, puppetPart{text: rubyUnescape(text), line: line})
	}
	return parts
}

func rubyUnescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\"`, `"`, `\#`, "#").Replace(text)
}

// bodies reads the texts of the heredocs that began on the line before.
func (l *chefLexer) bodies() {
	for _, h := range l.heredoc {
		from, line := l.at, l.line
		for l.at < len(l.text) {
			end := strings.IndexByte(l.text[l.at:], '\n')
			if end < 0 {
				end = len(l.text) - l.at
			}
			text := l.text[l.at : l.at+end]
			at := l.at
			l.skip(end + 1)
			if strings.TrimSpace(text) == h.end {
				l.tokens[h.token].parts = chefParts(l.text[from:at], line, h.raw)
				break
			}
		}
	}
	l.heredoc = nil
}
