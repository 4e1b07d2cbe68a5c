package lang

import "strings"

// token is one piece of Python, JavaScript or PHP source. The tokenizer knows strings, comments and brackets, which is what it
// takes not to be misled by them, and no grammar: source of any age and dialect goes through.
type token struct {
	kind   byte // one of the kinds below
	text   string
	line   int // from 1
	indent int // of the line that a newline token begins, in columns
	match  int // index of the closing bracket, for an opening one
}

const (
	tokName    = 'n'
	tokString  = 's'
	tokFormat  = 'f' // an f-string or template literal: its text holds {name} or ${name}
	tokNumber  = '#'
	tokOp      = 'o'
	tokNewline = 'l' // Python only, and only outside brackets
)

// dialect is what differs between the languages for the tokenizer; JavaScript where nothing is set.
type dialect struct {
	python, php bool
}

// maxTokens bounds the work on one file; the files that count are far smaller.
const maxTokens = 200_000

// twoRune are the operators of two characters that mean something to the expressions.
var twoRune = map[string]bool{"||": true, "&&": true, "??": true, "=>": true, "==": true, "!=": true, "<=": true, ">=": true, "**": true, "//": true,
	"+=": true, "-=": true, "|=": true, ":=": true, "?.": true}

type lexer struct {
	src    string
	at     int
	line   int
	d      dialect
	tokens []token
	open   []int // indices of brackets not yet closed
}

// tokenize splits source. It never fails: what makes no sense becomes operators.
func tokenize(src string, d dialect) []token {
	lx := &lexer{src: src, line: 1, d: d}
	if d.python {
		lx.newline()
	}
	for lx.at < len(src) && len(lx.tokens) < maxTokens {
		lx.next()
	}
	for _, i := range lx.open {
		lx.tokens[i].match = len(lx.tokens) - 1
	}
	return lx.tokens
}

func (lx *lexer) add(kind byte, text string, line int) {
	lx.tokens = append(lx.tokens, token{kind: kind, text: text, line: line})
}

func (lx *lexer) next() {
	c := lx.src[lx.at]
	rest := lx.src[lx.at:]
	switch {
	case c == '\n':
		lx.at++
		lx.line++
		if lx.d.python && len(lx.open) == 0 {
			lx.newline()
		}
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		lx.at++
	case c == '\\' && strings.HasPrefix(rest, "\\\n"):
		lx.at += 2
		lx.line++
	case lx.comment(rest):
	case c == '"' || c == '\'' || c == '`' && !lx.d.python:
		lx.str("")
	case isLetter(c):
		lx.name()
	case c >= '0' && c <= '9':
		end := 1
		for end < len(rest) && (isLetter(rest[end]) || rest[end] >= '0' && rest[end] <= '9' || rest[end] == '.') {
			end++
		}
		lx.add(tokNumber, rest[:end], lx.line)
		lx.at += end
	case c == '/' && !lx.d.python && !lx.d.php && lx.regexpHere() && lx.skipRegexp(rest):
	default:
		lx.operator(rest)
	}
}

// newline adds the token that begins a logical line, with the line's indent.
func (lx *lexer) newline() {
	indent, i := 0, lx.at
	for ; i < len(lx.src) && (lx.src[i] == ' ' || lx.src[i] == '\t'); i++ {
		indent++
		if lx.src[i] == '\t' {
			indent += 7
		}
	}
	if i < len(lx.src) && (lx.src[i] == '\n' || lx.src[i] == '#') {
		return // an empty line ends no block
	}
	lx.tokens = append(lx.tokens, token{kind: tokNewline, line: lx.line, indent: indent})
}

func (lx *lexer) comment(rest string) bool {
	switch {
	case lx.d.python && rest[0] == '#', lx.d.php && rest[0] == '#' && !strings.HasPrefix(rest, "#["), !lx.d.python && strings.HasPrefix(rest, "//"), !lx.d.python && lx.at == 0 && strings.HasPrefix(rest, "#!"):
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		lx.at += end
		return true
	case !lx.d.python && strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			end = len(rest) - 4
		}
		end = max(end+4, 2)
		lx.line += strings.Count(rest[:end], "\n")
		lx.at += end
		return true
	}
	return false
}

func (lx *lexer) name() {
	rest := lx.src[lx.at:]
	end := 1
	for end < len(rest) && (isLetter(rest[end]) || rest[end] >= '0' && rest[end] <= '9') {
		end++
	}
	word := rest[:end]
	if lx.d.python && end < len(rest) && (rest[end] == '"' || rest[end] == '\'') && end <= 2 && strings.Trim(strings.ToLower(word), "rubf") == "" {
		lx.at += end
		lx.str(strings.ToLower(word))
		return
	}
	lx.add(tokName, word, lx.line)
	lx.at += end
}

// str reads a string whose prefix is behind. One that is not closed ends with its line, so that a lone apostrophe costs
// one line and not the file.
func (lx *lexer) str(prefix string) {
	rest := lx.src[lx.at:]
	quote, line := rest[:1], lx.line
	if lx.d.python && strings.HasPrefix(rest, strings.Repeat(quote, 3)) {
		quote = rest[:3]
	}
	raw, multi := strings.Contains(prefix, "r"), len(quote) == 3 || quote == "`"
	var text strings.Builder
	i := len(quote)
	for i < len(rest) && !strings.HasPrefix(rest[i:], quote) {
		c := rest[i]
		if c == '\n' {
			if !multi {
				break
			}
			lx.line++
		}
		if c == '\\' && i+1 < len(rest) {
			if rest[i+1] == '\n' {
				lx.line++
				i += 2
				continue
			}
			if raw || !strings.ContainsRune(`"'\/`+"`", rune(rest[i+1])) {
				text.WriteByte(c)
			}
			text.WriteByte(rest[i+1])
			i += 2
			continue
		}
		text.WriteByte(c)
		i++
	}
	if i < len(rest) && rest[i] != '\n' || i < len(rest) && multi {
		i += len(quote)
	}
	lx.at += i
	kind := byte(tokString)
	if strings.Contains(prefix, "f") || quote == "`" {
		kind = tokFormat
	}
	lx.add(kind, text.String(), line)
}

// regexpHere says whether a slash begins a regular expression and not a division, by what stands before it.
func (lx *lexer) regexpHere() bool {
	if len(lx.tokens) == 0 {
		return true
	}
	before := lx.tokens[len(lx.tokens)-1]
	switch before.kind {
	case tokOp:
		return before.text != ")" && before.text != "]" && before.text != "}"
	case tokName:
		return before.text == "return" || before.text == "typeof" || before.text == "case"
	}
	return false
}

// skipRegexp adds the regular expression as a string: routes are given as such. It is false where none ends on this line.
func (lx *lexer) skipRegexp(rest string) bool {
	class := false
	for i := 1; i < len(rest) && rest[i] != '\n'; i++ {
		switch {
		case rest[i] == '\\':
			i++
		case rest[i] == '[':
			class = true
		case rest[i] == ']':
			class = false
		case rest[i] == '/' && !class:
			lx.add(tokString, strings.ReplaceAll(rest[1:i], `\/`, "/"), lx.line)
			for i++; i < len(rest) && isLetter(rest[i]); i++ {
			}
			lx.at += i
			return true
		}
	}
	return false
}

func (lx *lexer) operator(rest string) {
	text := rest[:1]
	if len(rest) > 1 && twoRune[rest[:2]] {
		text = rest[:2]
	}
	if strings.HasPrefix(rest, "===") || strings.HasPrefix(rest, "!==") || strings.HasPrefix(rest, "...") {
		text = rest[:3]
	}
	lx.add(tokOp, text, lx.line)
	lx.at += len(text)
	switch text {
	case "(", "[", "{":
		lx.open = append(lx.open, len(lx.tokens)-1)
	case ")", "]", "}":
		if n := len(lx.open); n > 0 {
			lx.tokens[lx.open[n-1]].match = len(lx.tokens) - 1
			lx.open = lx.open[:n-1]
		}
	}
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}
