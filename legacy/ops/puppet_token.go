package ops

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// puppetKind is what a token of a manifest is.
type puppetKind byte

const (
	puppetEnd      puppetKind = iota
	puppetName                // file, apache::vhost, present
	puppetRef                 // File, Apache::Vhost
	puppetVariable            // $port, without the $
	puppetText                // 'text'
	puppetMixed               // "text with ${port}": see parts
	puppetRegexp
	puppetSign // => { ? ...
)

type puppetToken struct {
	kind  puppetKind
	text  string
	parts []puppetPart
	line  int
}

// puppetPart is a piece of a string: text, or the source of an expression to put there.
type puppetPart struct {
	text, source string
	line         int
}

// puppetLexer cuts a manifest into tokens. It understands anything: what is no token is left out.
type puppetLexer struct {
	text   string
	at     int
	line   int
	tokens []puppetToken
	resume int // behind the bodies of the heredocs that begin on this line; 0 where there are none
}

func puppetTokens(text string, line int) []puppetToken {
	l := &puppetLexer{text: text, line: line}
	for l.next() {
	}
	return append(l.tokens, puppetToken{kind: puppetEnd, line: l.line})
}

func (l *puppetLexer) add(kind puppetKind, text string) {
	l.tokens = append(l.tokens, puppetToken{kind: kind, text: text, line: l.line})
}

// skip goes on to position at and counts the lines on the way.
func (l *puppetLexer) skip(at int) {
	at = min(at, len(l.text))
	l.line += strings.Count(l.text[l.at:at], "\n")
	l.at = at
}

// next reads one token; it is false at the end.
func (l *puppetLexer) next() bool {
	if l.at >= len(l.text) {
		return false
	}
	c, rest := l.text[l.at], l.text[l.at:]
	switch {
	case c == '\n' && l.resume > 0:
		l.skip(l.resume)
		l.resume = 0
	case c == ' ' || c == '\t' || c == '\n':
		l.skip(l.at + 1)
	case c == '#':
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		l.skip(l.at + end)
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			end = len(rest)
		}
		l.skip(l.at + end + 4)
	case c == '\'':
		l.quoted()
	case c == '"':
		l.mixed()
	case c == '$' && nameLength(strings.TrimPrefix(rest[1:], "::"), false) > 0:
		name := rest[1:]
		lead := len(name) - len(strings.TrimPrefix(name, "::"))
		name = name[:lead+nameLength(name[lead:], false)]
		l.add(puppetVariable, name)
		l.skip(l.at + 1 + len(name))
	case strings.HasPrefix(rest, "@(") && l.heredoc():
	case c == '/' && l.operand():
		l.regexp()
	default:
		l.word(rest)
	}
	return true
}

// nameLength is how long the name is with which text begins: apache::vhost. Of words, which are no variables, dashes are a part.
func nameLength(text string, dashes bool) int {
	i := 0
	for i < len(text) {
		switch c := text[i]; {
		case wordByte(c):
			i++
		case c == ':' && strings.HasPrefix(text[i:], "::") && i+2 < len(text) && wordByte(text[i+2]):
			i += 2
		case dashes && c == '-' && i > 0 && i+1 < len(text) && wordByte(text[i+1]):
			i++
		default:
			return i
		}
	}
	return i
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func (l *puppetLexer) word(rest string) {
	lead := len(rest) - len(strings.TrimPrefix(rest, "::"))
	if n := nameLength(rest[lead:], true); n > 0 {
		kind := puppetName
		if c := rest[lead]; c >= 'A' && c <= 'Z' {
			kind = puppetRef
		}
		l.add(kind, rest[lead:lead+n])
		l.skip(l.at + lead + n)
		return
	}
	for _, sign := range []string{"<<|", "|>>", "=>", "+>", "->", "~>", "<-", "<~", "==", "!=", "=~", "!~", "<=", ">=", "<|", "|>", "<<", ">>", "+=", "@@"} {
		if strings.HasPrefix(rest, sign) {
			l.add(puppetSign, sign)
			l.skip(l.at + len(sign))
			return
		}
	}
	l.add(puppetSign, rest[:1])
	l.skip(l.at + 1)
}

// operand says whether an expression can begin here: then / begins a regular expression.
func (l *puppetLexer) operand() bool {
	if len(l.tokens) == 0 {
		return true
	}
	last := l.tokens[len(l.tokens)-1]
	return last.kind == puppetSign && last.text != ")" && last.text != "]" || last.kind == puppetName && last.text == "node"
}

func (l *puppetLexer) regexp() {
	for i := l.at + 1; i < len(l.text) && l.text[i] != '\n'; i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '/':
			l.add(puppetRegexp, l.text[l.at+1:i])
			l.skip(i + 1)
			return
		}
	}
	l.add(puppetSign, "/")
	l.skip(l.at + 1)
}

func (l *puppetLexer) quoted() {
	var b strings.Builder
	i := l.at + 1
	for ; i < len(l.text) && l.text[i] != '\''; i++ {
		if l.text[i] == '\\' && i+1 < len(l.text) && (l.text[i+1] == '\'' || l.text[i+1] == '\\') {
			i++
		}
		b.WriteByte(l.text[i])
	}
	l.add(puppetText, b.String())
	l.skip(i + 1)
}

func (l *puppetLexer) mixed() {
	end := l.at + 1
	for end < len(l.text) && l.text[end] != '"' {
		switch {
		case l.text[end] == '\\':
			end += 2
		case strings.HasPrefix(l.text[end:], "${"):
			end += 2 + braceLength(l.text[end+2:]) + 1
		default:
			end++
		}
	}
	end = min(end, len(l.text))
	l.tokens = append(l.tokens, puppetToken{kind: puppetMixed, parts: puppetParts(l.text[l.at+1:end], l.line, true), line: l.line})
	l.skip(end + 1)
}

// braceLength is how far it is to the brace that closes an expression within a string.
func braceLength(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		case '\'', '"':
			if end := strings.IndexByte(text[i+1:], text[i]); end >= 0 {
				i += end + 1
			}
		}
	}
	return len(text)
}

var puppetEscapes = map[byte]string{'n': "\n", 't': "\t", 's': " ", 'r': "\r"}

// puppetParts parts a string into text and expressions.
func puppetParts(text string, line int, escapes bool) []puppetPart {
	var parts []puppetPart
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, puppetPart{text: b.String(), line: line})
			b.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case escapes && text[i] == '\\' && i+1 < len(text):
			i++
			if e, ok := puppetEscapes[text[i]]; ok {
				b.WriteString(e)
			} else if text[i] != '\n' {
				b.WriteByte(text[i])
			}
		case strings.HasPrefix(rest, "${"):
			flush()
			n := braceLength(rest[2:])
			source := rest[2:][:n]
			parts = append(parts, puppetPart{source: puppetSource(source), line: line})
			i += 2 + n
		case text[i] == '$' && nameLength(strings.TrimPrefix(rest[1:], "::"), false) > 0:
			flush()
			lead := len(rest[1:]) - len(strings.TrimPrefix(rest[1:], "::"))
			name := rest[1 : 1+lead+nameLength(rest[1+lead:], false)]
			parts = append(parts, puppetPart{source: "$" + name, line: line})
			i += len(name)
		default:
			b.WriteByte(text[i])
		}
	}
	flush()
	return parts
}

// puppetSource makes an expression of what stands in ${...}: there a variable needs no $ of its own.
func puppetSource(source string) string {
	source = strings.TrimSpace(source)
	name := source[:nameLength(strings.TrimPrefix(source, "::"), false)+len(source)-len(strings.TrimPrefix(source, "::"))]
	if name == "" || strings.HasPrefix(source[len(name):], "(") || strings.HasPrefix(source, "if ") || strings.HasPrefix(source, "case ") {
		return source
	}
	return "$" + source
}

var heredocStart = scan.MustCompile(`^@\(\s*("?)([^":)/\n]+?)"?\s*(?::[\w+.-]+\s*)?(/[A-Za-z$]*)?\s*\)`)

// heredoc reads @("END") with the text below it. It is false where there is none.
func (l *puppetLexer) heredoc() bool {
	line := l.text[l.at:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	m := heredocStart.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	from := l.resume
	if from == 0 {
		from = l.at + len(line)
	}
	if from < len(l.text) && l.text[from] == '\n' {
		from++
	}
	var body []string
	end := from
	for end < len(l.text) {
		next := len(l.text)
		if i := strings.IndexByte(l.text[end:], '\n'); i >= 0 {
			next = end + i
		}
		text := l.text[end:next]
		end = next
		if mark := strings.TrimSpace(text); strings.HasSuffix(mark, m[2]) && strings.Trim(strings.TrimSuffix(mark, m[2]), "|- \t") == "" {
			break
		}
		body = append(body, text)
		end = min(end+1, len(l.text))
	}
	at := l.line + 1
	text := strings.Join(body, "\n") + "\n"
	if m[1] == `"` {
		l.tokens = append(l.tokens, puppetToken{kind: puppetMixed, parts: puppetParts(text, at, strings.ContainsAny(m[3], "nt$")), line: l.line})
	} else {
		l.add(puppetText, text)
	}
	l.at += len(m[0])
	l.resume = end
	return true
}
