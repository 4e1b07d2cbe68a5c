package generators

import "strings"

// markdownTable is a table: its first row is the heading. A column that holds nothing is left out.
type markdownTable [][]string

func (t markdownTable) String() string {
	var b strings.Builder
	var use []int
	for column := range t[0] {
		for _, row := range t[1:] {
			if row[column] != "" {
				use = append(use, column)
				break
			}
		}
	}
	for i, row := range t {
		b.WriteString("|")
		for _, column := range use {
			b.WriteString(" " + row[column] + " |")
		}
		b.WriteString("\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(use)) + "\n")
		}
	}
	return b.String()
}

var markdownLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

var markdownEscape = strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "]", `\]`)

// markdownText is text on one line in which nothing is markup. An underscore inside a word is none.
func markdownText(s string) string { return markdownEscape.Replace(markdownLine.Replace(s)) }

// markdownCode shows s as it is, in a table too: the fence is longer than any run of backticks in it.
func markdownCode(s string) string {
	s = markdownLine.Replace(s)
	if strings.TrimSpace(s) == "" {
		return "(empty)"
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "|", `\|`) + fence
}

// markdownCommands is a block of commands for a shell, each with a comment that may be empty.
func markdownCommands(lines [][2]string) string {
	width := 0
	for _, l := range lines {
		if l[1] != "" {
			width = max(width, len(l[0]))
		}
	}
	var b strings.Builder
	b.WriteString("```sh\n")
	for _, l := range lines {
		b.WriteString(l[0])
		if l[1] != "" {
			b.WriteString(strings.Repeat(" ", width-len(l[0])) + "  # " + l[1])
		}
		b.WriteString("\n")
	}
	b.WriteString("```\n")
	return b.String()
}
