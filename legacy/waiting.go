package legacy

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// waits are the scripts that wait for what a service calls, and then start it: wait-for-it.sh db:5432 -- node server.js.
var waits = scan.MustCompile(`^wait[-_]?for(?:[-_]?it)?(?:\.sh)?$`)

// withoutWaiting takes what such a script, or dockerize, starts.
func withoutWaiting(words []string) []string {
	at := 0
	if len(words) > 1 && (path.Base(words[0]) == "sh" || path.Base(words[0]) == "bash") {
		at = 1
	}
	if at >= len(words) {
		return words
	}
	switch base := path.Base(words[at]); {
	case waits.MatchString(base):
		if end := slices.Index(words, "--"); end > at && end < len(words)-1 {
			return words[end+1:]
		}
	case base == "dockerize":
		for at++; at < len(words) && strings.HasPrefix(words[at], "-wait") || at < len(words) && words[at] == "-timeout"; at++ {
			if !strings.Contains(words[at], "=") {
				at++
			}
		}
		if at < len(words) && !strings.HasPrefix(words[at], "-") {
			return words[at:]
		}
	}
	return words
}

// started is what a command of a unit comes to: without waiting, and with what package.json says that a script is, or what a
// start script ends in.
func (u *unit) started(command []string) []string {
	words := withoutWaiting(command)
	if script := npmScript(words); script != "" {
		for _, f := range u.scripts() {
			if f.Script == script {
				return f.Runs
			}
		}
	}
	at := 0
	if len(words) > 1 && (path.Base(words[0]) == "sh" || path.Base(words[0]) == "bash") {
		at = 1
	}
	if at == len(words)-1 && path.Ext(words[at]) == ".sh" {
		for _, f := range u.scripts() {
			if strings.HasSuffix("/"+words[at], "/"+f.Script) {
				return f.Runs
			}
		}
	}
	return words
}
