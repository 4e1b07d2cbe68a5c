package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// takenAtOnce is what code takes out of the environment at once: const { API_URL, PORT = 3000 } = process.env.
	takenAtOnce = scan.MustCompile(`\b(?:const|let|var)\s*\{([^{}]+)\}\s*(?::\s*[\w.<>, ]+)?=\s*process\.env\b(?:\s+as\s+[\w.]+)?[ \t]*(?:;|\n|$)`)
	// takenOne is one of them, with the name that it gets here and what stands in where it is not set.
	takenOne = scan.MustCompile(`^([A-Za-z_]\w*)(?:\s*:\s*(\w+))?(?:\s*=\s*(.+))?$`)
)

// takenApart writes such a statement as one for each variable, on the line on which each stands.
func takenApart(text string) string {
	if !strings.Contains(text, "process.env") {
		return text
	}
	return takenAtOnce.ReplaceAllStringFunc(text, func(statement string) string {
		names := takenAtOnce.FindStringSubmatch(statement)[1]
		parts := partsTaken(names)
		if parts == nil {
			return statement
		}
		var b strings.Builder
		head := statement[:strings.Index(statement, "{")]
		b.WriteString(lines(head))
		for _, part := range parts {
			code := strings.TrimLeft(part, " \t\r\n")
			b.WriteString(lines(part[:len(part)-len(code)]))
			if m := takenOne.FindStringSubmatch(strings.ReplaceAll(strings.TrimSpace(code), "\n", " ")); m != nil {
				b.WriteString(declaration(m[1], m[2], m[3]))
			}
			b.WriteString(lines(code))
		}
		b.WriteString(strings.Repeat("\n", strings.Count(statement, "\n")-strings.Count(head, "\n")-strings.Count(names, "\n")))
		return b.String()
	})
}

// lines are the ends of lines in a text.
func lines(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) }

// partsTaken are what stands between the commas, without the comments, or nil where a quote, a bracket or a comment has no
// end. The ends of lines stay.
func partsTaken(names string) (parts []string) {
	var b strings.Builder
	depth := 0
	for rest := names; rest != ""; {
		n := 1
		switch c := rest[0]; {
		case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"):
			if n = commentEnd(rest); n < 0 {
				return nil
			}
			b.WriteString(lines(rest[:n]))
			rest = rest[n:]
			continue
		case strings.IndexByte("'\"`", c) >= 0:
			if n = quoteEnd(rest); n < 0 {
				return nil
			}
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, b.String())
			b.Reset()
			rest = rest[1:]
			continue
		}
		b.WriteString(rest[:n])
		rest = rest[n:]
	}
	if depth != 0 {
		return nil
	}
	return append(parts, b.String())
}

// commentEnd is how long the comment at the beginning of a text is, -1 where it has no end.
func commentEnd(text string) int {
	if text[1] == '/' {
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			return i
		}
		return len(text)
	}
	if i := strings.Index(text[2:], "*/"); i >= 0 {
		return i + 4
	}
	return -1
}

// quoteEnd is how long the string at the beginning of a text is, -1 where it has no end: only one in backticks goes over
// several lines.
func quoteEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == text[0]:
			return i + 1
		case c == '\n' && text[0] != '`':
			return -1
		}
	}
	return -1
}

func declaration(variable, name, otherwise string) string {
	if name == "" {
		name = variable
	}
	if otherwise != "" {
		otherwise = " || " + otherwise
	}
	return "const " + name + " = process.env." + variable + otherwise + "; "
}
