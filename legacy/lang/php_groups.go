package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// routeGroup is a part of a file of routes that lies below a prefix, or that only those with an account may ask, by its lines.
type routeGroup struct {
	first, last int
	prefix      string
	account     bool
}

type groupsOfRoutes []routeGroup

var (
	opensGroup  = scan.MustCompile(`(?:->|::)(?:group|scope)\s*\(`)
	groupAuth   = scan.MustCompile(`(?i)\bmiddleware\b[^{};]*?["'](?:\w+[_.-])*(?:auth|jwt)(?:\.basic\w*)?(?::[\w.,:-]*)?["']`)
	groupPrefix = scan.MustCompile(`(?:["']prefix["']\s*=>\s*|(?:->|::)prefix\(\s*)["']/?([\w./-]*)["']`)
)

// maxGroups bounds how many groups of routes one file has.
const maxGroups = 200

// routeGroups are the groups of Laravel's, Lumen's, Slim's and CakePHP's routers that have a prefix or ask for an account: group(['prefix' => 'api/v1'],
// function () { ... }), prefix('api')->group(function () { ... }), group('/api', function () { ... }), scope('/api', ...).
func routeGroups(text string) groupsOfRoutes {
	var groups groupsOfRoutes
	if len(text) > 1<<20 {
		return nil
	}
	for _, at := range opensGroup.FindAllStringIndex(text, maxGroups) {
		open := strings.IndexByte(text[at[1]:min(len(text), at[1]+1000)], '{')
		if open < 0 {
			continue
		}
		head := text[strings.LastIndexAny(text[:at[0]], ";{}")+1:at[1]] + text[at[1]:at[1]+open]
		prefix := ""
		if m := groupPrefix.FindStringSubmatch(head); m != nil {
			prefix = m[1]
		} else if m := slimGroup.FindStringSubmatch(text[at[1] : at[1]+open]); m != nil {
			prefix = m[1]
		}
		account := groupAuth.MatchString(head)
		if prefix = strings.Trim(prefix, "/"); prefix != "" {
			prefix = "/" + prefix
		} else if !account {
			continue
		}
		body := text[at[1]+open:]
		first := 1 + strings.Count(text[:at[1]+open], "\n")
		groups = append(groups, routeGroup{first, first + strings.Count(body[:closing(body)], "\n"), prefix, account})
	}
	return groups
}

var slimGroup = scan.MustCompile(`^\s*["'](/[\w./-]*)["']`)

// closing is where the brace ends with which a text begins.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// above is the prefix of a line, of the groups around it from the outermost on.
func (g groupsOfRoutes) above(line int) string {
	prefix := ""
	for _, group := range g {
		if group.first < line && line <= group.last {
			prefix += group.prefix
		}
	}
	return prefix
}

// guarded says whether a group around a line lets only those with an account ask: a probe has none.
func (g groupsOfRoutes) guarded(line int) bool {
	return slices.ContainsFunc(g, func(group routeGroup) bool { return group.account && group.first < line && line <= group.last })
}
