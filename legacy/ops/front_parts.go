package ops

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// answersItself keeps what a site does for a part of it by itself; the rest is what is said where nobody can take it over.
func (s *frontSite) answersItself(file string, line int, p service.Part, format string, args ...any) {
	s.edges = append(s.edges, frontEdge{edge: service.Edge{Parts: []service.Part{p}}, remark: frontRemark{text: fmt.Sprintf(format, args...), file: file, line: line}})
}

// onlyPath is a part of a site that a route can have: a path with what lies below it, or exact; false for the whole site,
// and for what asks for more than a path.
func onlyPath(at string, regular, exact bool) (service.Part, bool) {
	p := service.Part{Path: at, Exact: exact}
	if regular {
		var r service.Redirect
		if !plainPattern(strings.TrimPrefix(at, "(?i)"), &r) {
			return p, false
		}
		p.Path, p.Exact = r.Path, r.Exact
	}
	return p, strings.HasPrefix(p.Path, "/") && (strings.Trim(p.Path, "/") != "" || p.Exact) && !strings.ContainsAny(p.Path, "$%*()[]|^\\ \"{};"+filledIn)
}

// part is the part of the site in which a directive stands.
func (s nginxScope) part() (service.Part, bool) {
	if s.place == nil || s.if_ || s.place.named {
		return service.Part{}, false
	}
	return onlyPath(s.place.path, s.place.regular, s.place.exact)
}

// part is the part of the site in which a directive stands.
func (s apacheScope) part() (service.Part, bool) {
	if s.at == "" || s.if_ {
		return service.Part{}, false
	}
	return onlyPath(s.at, s.regular, false)
}

// guarding are directives of a location with which it does more than serve files.
var guarding = scan.MustCompile(`^(try_files|internal|auth_\w+|allow|deny|satisfy|secure_link\w*|\w+_pass|rewrite|return|location|if|autoindex|dav_methods|limit_except|error_page)$`)

// onlyFiles says of a location that it serves files and nothing else.
func onlyFiles(block []*directive) bool {
	return !slices.ContainsFunc(block, func(d *directive) bool { return guarding.MatchString(d.name()) })
}

// servesFiles keeps the files that nginx serves at a part of the site: those of an alias, or below a root.
func (n *nginx) servesFiles(d *directive, s nginxScope) {
	format, args := "the files of %s are served at %s without the service: its image has to hold them and serve them, or a CDN does", []any{shortened(d.value()), shortened(s.at())}
	p, plain := s.part()
	if p.Files = d.value(); d.name() == "root" {
		p.Files = strings.TrimSuffix(p.Files, "/") + p.Path
	}
	if !plain || !s.place.onlyFiles || s.place.regular {
		s.site.say(d.file, d.line, format, args...)
		return
	}
	s.site.answersItself(d.file, d.line, p, format, args...)
}

// browserKeeps is the header by which browsers are told how long they may keep what they got.
func browserKeeps(value string) string {
	switch value {
	case "max":
		return "max-age=315360000"
	case "epoch", "-1":
		return "no-cache"
	}
	if m := keepTime.FindStringSubmatch(value); m != nil {
		n, err := strconv.Atoi(m[1])
		unit := map[string]int{"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "M": 30 * 86400, "y": 365 * 86400}[m[2]]
		if err == nil && n*unit <= 10*365*86400 {
			return "max-age=" + strconv.Itoa(n*unit)
		}
	}
	if m := keepPhrase.FindStringSubmatch(strings.ToLower(value)); m != nil {
		return browserKeeps(m[1] + map[string]string{"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w", "month": "M", "year": "y"}[m[2]])
	}
	return ""
}

var (
	keepTime   = scan.MustCompile(`^(\d{1,9})([smhdwMy]?)$`)
	keepPhrase = scan.MustCompile(`^"?(?:access|now|a)(?: plus)? ?(\d{1,9}) ?(second|minute|hour|day|week|month|year)s?"?$`)
)

// keptFor takes over how long browsers may keep what a part of the site answers; it is false for all of a site.
func (s *frontSite) keptFor(d *directive, p service.Part, plain bool, value, says string) bool {
	header := browserKeeps(value)
	if !plain || header == "" {
		return false
	}
	p.Headers = map[string]string{"Cache-Control": header}
	s.answersItself(d.file, d.line, p, "%s", says)
	return true
}

// refusing says whether a status is one that a part of a site can be refused with.
func refusing(code string) int {
	if n, err := strconv.Atoi(code); err == nil && slices.Contains(service.Refusals, n) {
		return n
	}
	return 0
}

// fromRepository gives files that the configuration of a web server names the place that they have in the repository; it is
// false where that has none.
func (f *webFront) fromRepository(p service.Part, dir string) (service.Part, bool) {
	name := p.Files
	if i := strings.LastIndex(name, filledIn); i >= 0 {
		name = name[i+len(filledIn):]
	}
	name = path.Clean("/" + name)
	if strings.ContainsAny(name, "$*{}\n") || strings.Count(name, "/") > 20 {
		return p, false
	}
	for rest := name[1:]; rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		switch at := path.Join(dir, rest); {
		case f.t.Has(at):
			p.Files, p.Exact = rest, true
			return p, true
		case f.t.HasDir(at) && !p.Exact:
			p.Files = rest
			return p, true
		}
		if !strings.Contains(rest, "/") {
			break
		}
	}
	return p, false
}

// parts takes over what a site does by itself where only a filled template shows which files are meant.
func (g *meaning) parts(m *managed, s *frontSite, file string) {
	if g.environment != "" || s.otherEnvironment() || len(s.led()) == 0 {
		return
	}
	for _, e := range s.edges {
		if len(e.edge.Parts) == 0 || e.place.elsewhere(s) {
			continue
		}
		p := e.edge.Parts[0]
		v := m.written(p.Path+" "+p.Files, file, e.remark.line)
		if v.open || v.secret {
			continue
		}
		g.last = append(g.last, func() {
			if p.Files != "" && !g.placeFiles(m, &p) {
				return
			}
			f := m.finding()
			f.Service = service.Service{Edge: &service.Edge{Parts: []service.Part{p}}}
			g.claim(m, f, v, fmt.Sprintf("part %v", p), scan.Declared, "site "+titleForNote(m))
		})
	}
}

// placeFiles gives files of the machine their place in the container: among the code, or where the service keeps or is given them.
func (g *meaning) placeFiles(m *managed, p *service.Part) bool {
	where := path.Clean(p.Files)
	if !path.IsAbs(where) || strings.ContainsAny(where, "$*{}\n") {
		return false
	}
	place := g.codePlace(where)
	switch {
	case place == "" && (g.keeps(where) || g.mounted[where]):
		p.Files = where
	case place == "":
		if place = deployedPlace(m, where); place == "" {
			return false
		}
		fallthrough
	default:
		p.Files = place
	}
	if path.Ext(p.Files) != "" && g.t.Has(p.Files) || g.mounted[where] {
		p.Exact = true
	}
	if g.keeps(where) {
		p.Files = where // it is kept, wherever the code lies
	}
	return true
}
