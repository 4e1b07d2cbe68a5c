package ops

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// webFront is what the configuration of the web servers and load balancers in front of services tells, whichever program it
// is for: sites, where their places lead, and what they do besides.
type webFront struct {
	t       *scan.Tree
	r       *scan.Report
	program string // nginx
	sites   []*frontSite
	remarks []frontRemark
}

// frontSite is one virtual host, or what stands outside of all of a file.
type frontSite struct {
	file     string
	line     int
	hosts    []frontWord
	roots    []frontWord // directories with the site's files
	names    []string    // further names of what is behind it
	places   []*frontPlace
	settings []frontSetting // variables that the web server gives to the service
	moves    []frontRemark  // redirects
	said     []frontRemark
	edges    []frontEdge // what the gateway can do as well
	added    []frontWord // headers of answers
	set      []frontWord // headers for the service
	around   bool        // what stands outside of the sites of its file
	scripts  bool        // runs PHP
}

type frontWord struct {
	text string
	file string
	line int
}

type frontSetting struct {
	frontWord
	name string
}

// frontPlace is a part of a site that leads somewhere.
type frontPlace struct {
	path      string
	regular   bool // a regular expression, which no route has
	exact     bool
	named     bool // @name, where others lead to
	onlyFiles bool // nothing but files is served there
	nests     bool // other places are inside of it, or it is inside of another
	answers   bool // nginx answers or rewrites what is asked for there
	guards    bool // says by itself who may ask for it
	ignore    bool // the expression is for small and large letters
	file      string
	line      int
	targets   []frontTarget
	checked   frontWord // what the web server asks an instance for, to know whether it answers
}

type frontRemark struct {
	text  string
	item  string // of several things of which the text holds, what it is about here
	file  string
	line  int
	about []string
	job   service.Job // that the gateway does from now on: of operations code kept elsewhere alone
}

// frontDevelopers are files by which developers or tests run the service.
var frontDevelopers = scan.MustCompile(`(?i)(^|/)\.(ddev|devcontainer|docksal|lando|travis|github)/|(^|/)(dev|devel|development|local|vagrant|ci|travis)/|(^|[-_./])(dev|devel|development|local|localhost|test|testing|vagrant|travis)[-_.][^/]*$|[-_.](dev|devel|development|local|test|testing|vagrant|travis)$`)

// forDevelopers says, with a note, that a file of the repository is not about production.
func (f *webFront) forDevelopers(p string) bool {
	if f.t.MountOf(p) != "" || !frontDevelopers.MatchString(p) {
		return false
	}
	f.r.Note(p, 0, "a configuration of %s for developers, not read", f.program)
	return true
}

// foreign says of a file that it need not be about the code of this repository.
func (f *webFront) foreign(file string) bool {
	return f.t.MountOf(file) != "" || otherMachine.MatchString(file)
}

// runsIn takes over the environment that Passenger runs the code in, by the variable that its language has for it.
func (s *frontSite) runsIn(t *scan.Tree, d *directive) {
	for _, v := range []struct{ file, name string }{{"config/environment.rb", "RAILS_ENV"}, {"Gemfile", "RACK_ENV"}, {"package.json", "NODE_ENV"}} {
		if t.Has(v.file) {
			s.settings = append(s.settings, frontSetting{frontWord{d.value(), d.file, d.line}, v.name})
			return
		}
	}
}

func (s *frontSite) say(file string, line int, format string, args ...any) {
	s.said = append(s.said, frontRemark{text: fmt.Sprintf(format, args...), file: file, line: line})
}

// passes says that the service gets a header about who asks, which the gateway sets as well.
func (s *frontSite) passes(program, name, file string, line int) {
	if gatewaysHeader.MatchString(name) {
		s.said = append(s.said, frontRemark{text: "headers about who asks: the gateway sets them", item: program + " " + name, file: file, line: line, job: service.JobGateway})
	}
}

var gatewaysHeader = scan.MustCompile(`(?i)^(X-Forwarded-(For|Proto|Host)|Host)$`)

// unknown tells of a directive that has no meaning here: those of a file are told together.
func (s *frontSite) unknown(d *directive) {
	s.said = append(s.said, frontRemark{text: "directives that are not converted", item: d.name(), file: d.file, line: d.line})
}

// moved takes a redirect over, of one part of the site or of all of it, and tells what the gateway can't do of it.
func (s *frontSite) moved(file string, line int, where movedFrom, code, to string) {
	from := cmp.Or(where.host, where.path)
	if wholeSite.MatchString(from) {
		from = "the site"
		switch {
		case where.but == "" && s.staysSecure(to):
			s.secure(file, line, "http is redirected to https (%s): let the gateway do that", code)
			return
		case len(s.hosts) > 0 && siteHost(s.hosts[0].text) != "":
			from = s.hosts[0].text
		case len(s.hosts) > 0 && s.hosts[0].text != "_" && !strings.ContainsAny(s.hosts[0].text, "$"+filledIn):
			return // an example's name
		}
	}
	remark := frontRemark{file: file, line: line,
		text: fmt.Sprintf("%s is redirected (%s) to %s: the gateway or the service has to go on doing so", shortened(from), code, shortened(to))}
	r, ok := where.redirect(s.hosts, code, to)
	if !ok {
		r, ok = where.byPattern(code, to)
	}
	if _, target, _, _, _ := r.Target(); ok && (where.but == "" || where.but == target) {
		for _, r := range s.forEach(r, where.host) {
			s.edges = append(s.edges, frontEdge{edge: service.Edge{Redirects: []service.Redirect{r}}, remark: remark, move: true})
		}
		return
	}
	s.moves = append(s.moves, remark)
}

// wholeSite are patterns of all that a site is asked for, not ^/$ of the front page alone; secureSite is the same address with https.
var (
	wholeSite  = scan.MustCompile(`^(\^?/?(\(?\.[*+]\)?\$?)?|\$|/\.\*)$`)
	secureSite = scan.MustCompile(`^https://([^/]+?)(:\d+)?(\$request_uri|\$uri\S*|%\{REQUEST_URI\}|/?\$1|\x{FFFD})?/?(\?.*)?$`)
)

// staysSecure says of a target that it is the same address with https.
func (s *frontSite) staysSecure(to string) bool {
	m := secureSite.FindStringSubmatch(to)
	return m != nil && !s.withoutLabel(m[1]) && (strings.ContainsAny(m[1], "$%"+filledIn) || s.called(m[1]))
}

// withoutLabel says whether the site is www. before this name, or this name www. before the site's.
func (s *frontSite) withoutLabel(host string) bool {
	return len(s.hosts) > 0 && !slices.ContainsFunc(s.hosts, func(h frontWord) bool { return h.text != "www."+host && "www."+h.text != host })
}

func (s *frontSite) called(host string) bool {
	return slices.ContainsFunc(s.hosts, func(h frontWord) bool { return strings.EqualFold(h.text, host) })
}

// shortened is a text of a file as it can stand in a note.
func shortened(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, filledIn, "...")), " ")
	if len(text) > 160 {
		text = strings.ToValidUTF8(text[:160], "") + "..."
	}
	return text
}

// sitesIn are the sites of one text, as the program has them that it is for; none where it is for none.
func sitesIn(t *scan.Tree, file, text string) []*frontSite {
	switch {
	case nginxLooks.MatchString(text):
		n := newNginx(t, quietly())
		n.texts[file] = parseNginx(file, text)
		n.findSites([]string{file})
		return n.sites
	case apacheLooks.MatchString(text):
		a := newApache(t, quietly())
		a.findSites([]string{file}, map[string][]*directive{file: apacheLines(file, text)})
		return a.sites
	}
	return nil
}

// report turns the sites into findings and notes.
func (f *webFront) report() {
	alone := map[string]*frontSite{} // the only site of a file
	leading := map[string][]string{} // by file: whom the sites are about that lead somewhere
	for _, s := range f.sites {
		if !s.around {
			if _, more := alone[s.file]; more {
				alone[s.file] = nil
			} else {
				alone[s.file] = s
			}
			if s.main() != nil {
				leading[s.file] = append(leading[s.file], f.about(s)...)
			}
		}
	}
	f.scopeAll()
	for _, s := range f.sites {
		about := f.about(s)
		if only := alone[s.file]; s.around && only != nil {
			about = f.about(only)
		} else if !s.around && s.main() == nil && len(leading[s.file]) > 0 && (!s.shows() || s.leaves()) {
			about = append(about, leading[s.file]...) // what redirects to another site of its file goes with that
			s.withoutHeaders()
		}
		f.lead(s, about)
		f.given(s, about)
		f.served(s, about)
		f.reports(s, about)
		f.collect(s, about)
	}
	f.tell()
}

// finding is about the service behind a site: the code beside the file in the repository, unless a name means another.
func (f *webFront) finding(file string, about []string) scan.Finding {
	found := scan.Finding{About: about}
	if !f.foreign(file) {
		found.Dir = codeDir(f.t, file, frontFileName(file))
	}
	return found
}

// given reports the variables that a web server gives to what it runs.
func (f *webFront) given(s *frontSite, about []string) {
	for _, v := range s.settings {
		if !strings.ContainsAny(v.text, "$%"+filledIn) {
			claimSetting(f.r, f.finding(v.file, about), v.name, v.text, scan.Evidence{File: v.file, Line: v.line, Rank: scan.Declared})
		}
	}
}

// maxMoves is how many redirects of a site are told one by one.
const maxMoves = 6

func (f *webFront) collect(s *frontSite, about []string) {
	moves := s.moves
	if more := len(moves) - maxMoves; more > 1 {
		at := moves[maxMoves]
		moves = append(append([]frontRemark(nil), moves[:maxMoves]...), frontRemark{file: at.file, line: at.line, text: fmt.Sprintf("%d more redirects from here on: the gateway or the service has to go on doing them", more)})
	}
	s.headers(s.added, "added to answers: the gateway or the service has to")
	s.headers(s.set, "set for the service; what they say stands here and is not copied")
	for _, remark := range append(append([]frontRemark(nil), s.said...), moves...) {
		if f.foreign(remark.file) {
			remark.about = about
		}
		f.remarks = append(f.remarks, remark)
	}
}

// headers tells of headers together, by their names alone: a value may be a secret.
func (s *frontSite) headers(words []frontWord, what string) {
	var names []string
	for _, w := range words {
		if name := shortened(w.text); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		s.say(words[0].file, words[0].line, "headers are %s (%s)", what, strings.Join(names, ", "))
	}
}

// tell makes notes of the remarks, of equal ones a single one.
func (f *webFront) tell() {
	again := map[string][]frontRemark{}
	key := func(m frontRemark) string { return m.text + "\n" + strings.Join(m.about, "\n") }
	for _, m := range f.remarks {
		if m.item == "" {
			again[key(m)] = append(again[key(m)], m)
			continue
		}
		if m.job == "" || m.about != nil {
			f.r.NoteJob(m.about, m.file, m.line, m.job, f.program+": "+m.text, m.item)
		}
	}
	for _, m := range f.remarks {
		all := again[key(m)]
		if m.item != "" || all == nil {
			continue
		}
		again[key(m)] = nil
		format, args := "%s: %s", []any{f.program, m.text}
		if more := further(all); len(more) > 0 {
			format, args = "%s: %s (and in %s)", append(args, more)
		}
		if m.about != nil {
			f.r.NoteAbout(m.about, m.file, m.line, format, args...)
		} else {
			f.r.Note(m.file, m.line, format, args...)
		}
	}
}

// maxFurther bounds how many places of one remark are told.
const maxFurther = 200

// further are the places of the same remark but the first: line 12 of its own file, shop.conf:12 of another.
func further(all []frontRemark) scan.List {
	var places scan.List
	told := map[string]bool{fmt.Sprintf("line %d", all[0].line): true}
	for _, m := range all[1:] {
		place := fmt.Sprintf("line %d", m.line)
		if m.file != all[0].file {
			place = fmt.Sprintf("%s:%d", path.Base(m.file), m.line)
		}
		if told[place] {
			continue
		}
		if len(places) == maxFurther {
			return append(places, fmt.Sprintf("%d places more", len(all)-maxFurther))
		}
		told[place] = true
		places = append(places, place)
	}
	return places
}
