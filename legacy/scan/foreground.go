package scan

import (
	"slices"
	"strings"
)

// helpForeground is a line of a program's own help on the option by which it stays in the foreground.
var helpForeground = MustCompile(`"[ \t]*(-\w)\b([^"\n]{0,60}?)(?:\b(?:not|don't)\s+(?:daemoni[sz]e|fork|detach|go (?:in)?to (?:the )?background)|\bin (?:the )?foreground)`)

// caseForeground is the branch of getopt's loop that takes such an option: case 'f': daemonize = 0;
var caseForeground = MustCompile(`\bcase\s+'(\w)'\s*:\s*\{?\s*(?:[\w.]+(?:->|\.))?(?:\w*(?:daemon|background|detach|fork)\w*\s*=\s*(?:0|false|FALSE)|\w*(?:foreground|nodaemon|no_daemon|nofork|no_fork|nodetach|no_detach|dont_fork|dontfork)\w*\s*(?:=\s*(?:1|true|TRUE)|\+\+))\s*;`)

var (
	toBackground   = MustCompile(`(?i)daemon|background|default|instead|otherwise|unless`)
	notBackground  = MustCompile(`(?i)\b(?:not|don't|never|without|no|disables?)\s+(?:[a-z]+\s+){0,3}(?:daemon|background)\w*`)
	inverseSetting = MustCompile(`(?i)'\w'\s*:.*\b(?:no|dont|not)_?(?:daemon|fork|detach|background)\w*\s*=\s*(?:0|false)`)
)

// Foreground finds the options of a program in C that keep it in the foreground, in its help or where it takes them. A line
// that speaks of the background before it does of the foreground is about the option for that: -d  daemonize (default: stay
// in foreground). The option is the first group.
func Foreground(text string) []Match {
	found := slices.DeleteFunc(Find(text, helpForeground), func(m Match) bool {
		return toBackground.MatchString(notBackground.ReplaceAllString(m.Groups[2], ""))
	})
	if !strings.Contains(text, "case '") {
		return found
	}
	for _, m := range Find(text, caseForeground) {
		if !inverseSetting.MatchString(m.Groups[0]) {
			m.Groups[1] = "-" + m.Groups[1]
			found = append(found, m)
		}
	}
	return found
}

// ForegroundOptions are the options of programs in C that keep them in the foreground, each once, by the team's own sources.
func (t *Tree) ForegroundOptions() []string {
	if t.stays != nil {
		return t.stays
	}
	t.stays = []string{}
	for _, p := range t.Files() {
		if !nativeSource.MatchString(p) || vendoredSource.MatchString(p) || t.Aside(p) {
			continue
		}
		for _, m := range Foreground(t.Text(p, &Report{})) {
			if !slices.Contains(t.stays, m.Groups[1]) {
				t.stays = append(t.stays, m.Groups[1])
			}
		}
	}
	return t.stays
}

var (
	nativeSource   = MustCompile(`\.(c|cc|cpp|cxx)$`)
	vendoredSource = MustCompile(`(?i)(^|/)(deps|vendor|third[_-]?party|3rd[_-]?party|extern(al)?s?)/|(^|[/_-])tests?[_.-]`)
)
