package ops

import "strings"

// jinjaToken is one word of an expression of Jinja. Kind is 's' for a text, 'n' for a number, 'w' for a name and 'o' for an
// operator.
type jinjaToken struct {
	kind byte
	text string
}

// maxJinjaTokens bounds an expression: people write a line.
const maxJinjaTokens = 4000

// lexJinja parts an expression into tokens; what is no word of the language is left out.
func lexJinja(text string) []jinjaToken {
	var tokens []jinjaToken
	for i := 0; i < len(text) && len(tokens) < maxJinjaTokens; {
		c := text[i]
		switch {
		case c == '\'' || c == '"':
			value, end := jinjaText(text, i)
			tokens = append(tokens, jinjaToken{'s', value})
			i = end
		case jinjaLetter(c):
			end := i
			for end < len(text) && (jinjaLetter(text[end]) || jinjaDigit(text[end])) {
				end++
			}
			tokens = append(tokens, jinjaToken{'w', text[i:end]})
			i = end
		case jinjaDigit(c):
			end := i
			for end < len(text) && (jinjaDigit(text[end]) || text[end] == '.' && end+1 < len(text) && jinjaDigit(text[end+1])) {
				end++
			}
			tokens = append(tokens, jinjaToken{'n', text[i:end]})
			i = end
		case i+1 < len(text) && jinjaPairs[text[i:i+2]]:
			tokens = append(tokens, jinjaToken{'o', text[i : i+2]})
			i += 2
		case strings.IndexByte("()[]{}.,:|~+-*/%<>=", c) >= 0:
			tokens = append(tokens, jinjaToken{'o', string(c)})
			i++
		default:
			i++
		}
	}
	return tokens
}

var jinjaPairs = map[string]bool{"==": true, "!=": true, "<=": true, ">=": true, "//": true, "**": true}

func jinjaLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func jinjaDigit(c byte) bool { return c >= '0' && c <= '9' }

// jinjaText reads a quoted text that begins at i; end is behind its last quote.
func jinjaText(text string, i int) (value string, end int) {
	var b strings.Builder
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(text[i])
			}
		case text[i] == quote:
			return b.String(), i + 1
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String(), len(text)
}
