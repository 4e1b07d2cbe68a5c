package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// phpLoop begins what has no end of its own: a loop without a condition, one over the jobs of a queue, and Resque's worker.
	phpLoop = scan.MustCompile(`(?m)^[^/#*\n]*?(?:\b(while\s*\(\s*(?:true|1)\s*\)|for\s*\(\s*;\s*;\s*\))|\bwhile\s*\(\s*(?:@?\$\w+->work\(\)|(?:\$\w+\s*=\s*)?\$[^()\n]*(?:\([^()\n]*\)[^()\n]*)*->reserve\(\s*\))|\bnew\s+\\?Resque_Worker\()`)
	// phpRests waits for the time or for work.
	phpRests = scan.MustCompile(`(?i)(?:^|[^\w>$])\\?(?:u?sleep|time_nanosleep|time_sleep_until|(?:stream|socket)_select|(?:stream_)?socket_accept)\s*\(|->(?:reserve\w*|work|wait|consume|b[lr]pop)\s*\(`)
	// phpEnds leaves a loop, or the program.
	phpEnds = scan.MustCompile(`\b(?:break|exit|die|return)\b`)
)

// phpKeeps is the line of the first loop of a script that is not left: it waits in each round, where one that works off
// what is there has a way out. It is 0 where there is none.
func phpKeeps(text string) int {
	for _, m := range phpLoop.FindAllStringSubmatchIndex(text, maxPrograms) {
		body := phpBody(text[m[1]:])
		if m[2] < 0 || phpRests.MatchString(body) && !phpEnds.MatchString(body) {
			return 1 + strings.Count(text[:m[1]], "\n")
		}
	}
	return 0
}

// phpBody is what stands between the braces right behind the head of a loop, "" where there are none.
func phpBody(behind string) string {
	behind = strings.TrimSpace(behind)
	if !strings.HasPrefix(behind, "{") {
		return ""
	}
	depth := 0
	for i := range len(behind) {
		switch behind[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return behind[:i]
			}
		}
	}
	return ""
}
