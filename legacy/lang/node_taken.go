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
		var b strings.Builder
		head := statement[:strings.Index(statement, "{")]
		b.WriteString(strings.Repeat("\n", strings.Count(head, "\n")))
		for _, line := range strings.SplitAfter(names, "\n") {
			code, _, _ := strings.Cut(line, "//")
			for _, part := range strings.Split(code, ",") {
				if m := takenOne.FindStringSubmatch(strings.TrimSpace(part)); m != nil {
					b.WriteString(declaration(m[1], m[2], m[3]))
				}
			}
			b.WriteString(strings.Repeat("\n", strings.Count(line, "\n")))
		}
		b.WriteString(strings.Repeat("\n", strings.Count(statement, "\n")-strings.Count(head, "\n")-strings.Count(names, "\n")))
		return b.String()
	})
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
