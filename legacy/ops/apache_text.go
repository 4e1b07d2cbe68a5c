package ops

import (
	"strings"
)

// apacheLines takes the configuration of Apache apart as nginx's: <Block words> becomes a directive with a block. Names
// are in lower case, since Apache does not care. Nothing is an error: an end without a beginning is passed over.
func apacheLines(file, text string) []*directive {
	root := &directive{opens: true}
	stack := []*directive{root}
	lines := strings.Split(withoutTemplate(text), "\n")
	for i := 0; i < len(lines); i++ {
		at := i + 1
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		var more []string
		for strings.HasSuffix(line, `\`) && i+1 < len(lines) {
			more = append(more, strings.TrimSuffix(line, `\`))
			i++
			line = strings.TrimSpace(lines[i])
		}
		if more != nil {
			line = strings.Join(append(more, line), " ")
		}
		if name, ok := strings.CutPrefix(line, "</"); ok {
			stack = closeApache(stack, strings.ToLower(strings.TrimRight(name, "> \t")))
			continue
		}
		block := strings.HasPrefix(line, "<")
		if block {
			line = strings.TrimSuffix(strings.TrimPrefix(line, "<"), ">")
		}
		d := &directive{words: apacheWords(line), file: file, line: at, opens: block}
		if len(d.words) == 0 {
			continue
		}
		d.words[0] = strings.ToLower(d.words[0])
		open := stack[len(stack)-1]
		open.block = append(open.block, d)
		if block && len(stack) < maxNested {
			stack = append(stack, d)
		}
	}
	return root.block
}

// closeApache closes the last block of this name, with those that a template left open in it.
func closeApache(stack []*directive, name string) []*directive {
	for i := len(stack) - 1; i > 0; i-- {
		if stack[i].name() == name {
			return stack[:i]
		}
	}
	return stack
}

// apacheWords parts a line at blanks, words in quotes being one.
func apacheWords(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if quote := line[0]; quote == '"' || quote == '\'' {
			end := 1
			for end < len(line) && line[end] != quote {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(line))
			words = append(words, line[1:end])
			line = line[min(end+1, len(line)):]
			continue
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		words = append(words, line[:end])
		line = line[end:]
	}
	return words
}
