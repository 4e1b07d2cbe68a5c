package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// restricts says of a part that some requests for it do not reach the service, or as others: what holds for one site is wrong for
// another that leads to the same service.
func restricts(p service.Part) bool {
	return p.Refuse != 0 || p.Rewrite != "" || p.Rate != "" || len(p.Allow)+len(p.Deny) > 0
}

// maintenance are files for the time in which a site is closed.
var maintenance = scan.MustCompile(`(?i)(^|[-_./])(maint|maintenance|closed|down)([-_.]|$)`)

// maxScoped is for how many hosts of a site a part is told one by one.
const maxScoped = 5

// scope has what sites restrict hold for their own hosts alone, where others lead to the same service; what can't be told so is
// left to a person.
func scope(sites []*frontSite, others func(s *frontSite) []*frontSite) {
	scoped := make([][]frontEdge, len(sites))
	for i, s := range sites {
		if scoped[i] = s.edges; !s.anyRestricted() {
			continue
		}
		scoped[i] = nil
		besides := s.besides(others(s))
		for _, e := range s.edges {
			switch {
			case len(e.edge.Parts) == 0 || !restricts(e.edge.Parts[0]):
				scoped[i] = append(scoped[i], e)
			case maintenance.MatchString(unitFile(s.file)):
				s.refuse(e)
			case !slices.ContainsFunc(besides, func(o *frontSite) bool { return !o.does(e.edge.Parts[0]) }):
				scoped[i] = append(scoped[i], e)
			default:
				scoped[i] = append(scoped[i], s.perHost(e)...)
			}
		}
	}
	for i, s := range sites {
		s.edges = scoped[i]
	}
}

// perHost is the same for each of a site's hosts.
func (s *frontSite) perHost(e frontEdge) []frontEdge {
	var each []frontEdge
	p := e.edge.Parts[0]
	for _, h := range s.hosts {
		if name := siteHost(h.text); name != "" && !strings.HasPrefix(name, "*") {
			p.Host = name
			one := e
			one.edge.Parts = []service.Part{p}
			each = append(each, one)
		}
	}
	if p.Refuse == 0 && p.Rewrite == "" || e.edge.Parts[0].Host != "" || len(each) == 0 || len(each) > maxScoped {
		s.refuse(e)
		return nil
	}
	return each
}

// does says whether a site restricts the same.
func (s *frontSite) does(p service.Part) bool {
	return slices.ContainsFunc(s.edges, func(e frontEdge) bool { return len(e.edge.Parts) > 0 && e.edge.Parts[0].String() == p.String() })
}

// besides are those sites for other hosts than those of s that lead somewhere.
func (s *frontSite) besides(sites []*frontSite) []*frontSite {
	names := s.hostNames()
	return slices.DeleteFunc(slices.Clone(sites), func(o *frontSite) bool {
		return o == s || o.unnamed() || o.around || s.around || o.main() == nil || o.otherEnvironment() || maintenance.MatchString(unitFile(o.file)) || slices.Equal(names, o.hostNames())
	})
}

// unnamed says of a site that its names are none that people ask for: of machines behind another web server, or filled in.
func (s *frontSite) unnamed() bool {
	return len(s.hosts) > 0 && !slices.ContainsFunc(s.hosts, func(h frontWord) bool { return h.text == "_" || siteHost(h.text) != "" })
}

// hostNames are the names of a site, sorted.
func (s *frontSite) hostNames() []string {
	var names []string
	for _, h := range s.hosts {
		names = append(names, strings.ToLower(h.text))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// scopeAll scopes what sites restrict, among those that may lead to the same service: those of one file, of the repository
// itself, or of one name.
func (f *webFront) scopeAll() {
	alike := map[string][]*frontSite{}
	groups := func(s *frontSite) []string {
		if !f.foreign(s.file) {
			return []string{"."}
		}
		return append(f.about(s), s.file+":")
	}
	for _, s := range f.sites {
		for _, group := range groups(s) {
			alike[group] = append(alike[group], s)
		}
	}
	scope(f.sites, func(s *frontSite) []*frontSite {
		var others []*frontSite
		for _, group := range groups(s) {
			others = append(others, alike[group]...)
		}
		return others
	})
}

// anyRestricted says whether a site restricts anything.
func (s *frontSite) anyRestricted() bool {
	return slices.ContainsFunc(s.edges, func(e frontEdge) bool { return len(e.edge.Parts) > 0 && restricts(e.edge.Parts[0]) })
}
