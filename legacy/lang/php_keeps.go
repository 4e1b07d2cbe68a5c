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
	// phpInner heads a loop or a switch within a loop, which alone a phpBreak in it leaves.
	phpInner = scan.MustCompile(`\b(?:for|foreach|while|switch)\s*\(|\bdo\s*\{`)
	phpBreak = scan.MustCompile(`\bbreak\s*(?:1\s*)?;`)
)

// phpKeeps is the line of the first loop of a script that is not left: it waits in each round, where one that works off
// what is there has a way out. It is 0 where there is none.
func phpKeeps(text string) int {
	for _, m := range phpLoop.FindAllStringSubmatchIndex(text, maxPrograms) {
		body := phpBody(text[m[1]:])
		if m[2] < 0 || phpRests.MatchString(body) && !phpEnds.MatchString(withoutInnerBreaks(body)) {
			return 1 + strings.Count(text[:m[1]], "\n")
		}
	}
	return 0
}

// withoutInnerBreaks is the body of a loop without what leaves only a loop or a switch within it.
func withoutInnerBreaks(body string) string {
	var kept strings.Builder
	for {
		at := phpInner.FindStringIndex(body)
		if at == nil {
			return kept.String() + body
		}
		start := at[1] - 1 // at the head's parenthesis, or at the brace of do
		if body[start] == '(' {
			head := phpBalanced(body[start:], '(', ')')
			if head == 0 {
				return kept.String() + body
			}
			start += head
		}
		inner := phpBody(body[start:])
		end := start + strings.Index(body[start:], inner) + len(inner)
		kept.WriteString(body[:start])
		kept.WriteString(phpBreak.ReplaceAllString(inner, ""))
		body = body[end:]
	}
}

// phpBody is what stands between the braces right behind the head of a loop, "" where there are none.
func phpBody(behind string) string {
	behind = strings.TrimLeft(behind, " \t\r\n")
	if !strings.HasPrefix(behind, "{") {
		return ""
	}
	end := phpBalanced(behind, '{', '}')
	return behind[:max(0, end-1)]
}

// phpBalanced is the length of the text up to where what it opens with is closed, 0 where it isn't.
func phpBalanced(text string, open, closed byte) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case open:
			depth++
		case closed:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
