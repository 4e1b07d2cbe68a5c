package ops

import (
	"slices"
	"strings"
)

// includes gives what a class or recipe does that runs nothing of its own the names of the few that include it: a share that it
// mounts is there for them.
func (g *meaning) includes(found []*managed) {
	asking, own := map[string][]string{}, map[string]bool{}
	for _, m := range found {
		class, _ := classAround(m)
		switch {
		case m.kind == "include" && class != "" && !m.away:
			for _, title := range includedTitles(m.title) {
				if title != class && !slices.Contains(asking[title], class) {
					asking[title] = append(asking[title], class)
				}
			}
		case !m.class() && (runsOnItsOwn.MatchString(m.kind) || startsSomething(m.fileAt())):
			own[class] = true
		}
	}
	for _, m := range found {
		class, _ := classAround(m)
		askers := asking[class]
		if m.class() || m.kind == "include" || len(askers) == 0 || len(askers) > maxAskers || own[class] || layers[class] || beside.MatchString(class) {
			continue
		}
		m.lent = slices.Clip(m.lent)
		for _, asker := range askers {
			classNames(asker, func(name string) {
				if !slices.Contains(m.lent, name) {
					m.lent = append(m.lent, name)
				}
			})
		}
	}
}

// includedTitles are what a class or a recipe may be called by which another asks for it.
func includedTitles(title string) []string {
	title = strings.ToLower(strings.TrimPrefix(title, "::"))
	if strings.Contains(title, "::") {
		return []string{title}
	}
	return []string{title, title + "::default"}
}
