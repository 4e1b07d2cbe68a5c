package ops

import "strings"

// iniEntry is one key of a file in INI style: a unit of systemd, the configuration of supervisor or uWSGI.
type iniEntry struct {
	section, key, value string
	line                int
}

// iniStyle says how a dialect goes on with a value on the next line and where its comments stand.
type iniStyle struct {
	backslash bool // a line that ends with \ goes on
	indented  bool // a line that begins with a blank belongs to the value before
	inline    bool // " ;" begins a comment behind a value
}

// parseINI gives every entry in its order, with its line, which libraries for this format don't tell. It reads whatever
// looks like a key; templates of ERB and Jinja in between are left out.
func parseINI(text string, style iniStyle) []iniEntry {
	var entries []iniEntry
	section := ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line, at := lines[i], i+1
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || strings.ContainsRune("#;%<", rune(trimmed[0])):
			continue
		case trimmed[0] == '[' && strings.HasSuffix(trimmed, "]"):
			section = strings.TrimSpace(trimmed[1 : len(trimmed)-1])
			continue
		case style.indented && line != strings.TrimLeft(line, " \t") && len(entries) > 0 && entries[len(entries)-1].section == section:
			entries[len(entries)-1].value += "\n" + withoutComment(trimmed, style)
			continue
		}
		for style.backslash && strings.HasSuffix(trimmed, `\`) && i+1 < len(lines) {
			i++
			trimmed = strings.TrimSuffix(trimmed, `\`) + " " + strings.TrimSpace(lines[i])
		}
		key, value, found := strings.Cut(trimmed, "=")
		if !found && style.inline { // uWSGI takes a bare key for true
			key, value = withoutComment(trimmed, style), "true"
		} else if !found {
			continue
		}
		entries = append(entries, iniEntry{section, strings.TrimSpace(key), strings.TrimSpace(withoutComment(value, style)), at})
	}
	return entries
}

func withoutComment(value string, style iniStyle) string {
	if style.inline {
		if i := strings.Index(value, " ;"); i >= 0 {
			value = value[:i]
		}
	}
	return strings.TrimSpace(value)
}
