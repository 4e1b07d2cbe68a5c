package legacy

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// subjects knows by which names operations may speak of the repository's code.
type subjects struct {
	names map[string]string // slug of a name -> directory
	plain map[string]string // the same with names such as web and api, which mean something only in the repository itself
	dirs  []string          // directories with code that runs, sorted
	alone string            // the only service that hosts run, where there is no code at all
	whole []string          // slugs of the application's own names
	runs  map[string]bool   // slugs of the processes that the repository itself knows
	front map[string]bool   // words by which the command that serves tells its program what to do: start.py read
	heard map[string]bool   // slugs by which operations code spoke of the code
	// deployed are directories of the old machine that hold the code of a directory here.
	deployed map[string]string
}

// about gives the findings that name their subject the directory of the code that is meant. What is about other services
// is left out, counted by its source; without any code at all, each subject is a service of its own.
func (r *resolver) about(findings []Claimed) []Claimed {
	known := r.subjects(findings)
	others := map[string]map[string]bool{}
	var own []Claimed
	if known.alone != "" {
		e := scan.Evidence{Reader: "resolve", Note: "what the host calls the service", Rank: scan.Convention}
		own = append(own, Claimed{Finding: scan.Finding{App: &service.App{Name: known.alone}, Evidence: e}})
	}
	for _, f := range findings {
		if f.About == nil {
			own = append(own, f)
			continue
		}
		if f.Deployed != "" {
			continue // it only says where the code lies
		}
		dir, process, ok := known.meant(f.About, r.elsewhere(f.Evidence.File))
		if f.Dir != "" || leads(f.Service) && !r.elsewhere(f.Evidence.File) {
			if dir, process, ok = known.meantBeside(f); !ok {
				continue
			}
		}
		if !ok || process != "" && leads(f.Service) {
			r.notMeant(f, process, others)
			continue
		}
		f.Dir = dir
		if f.File = known.amongCode(f.File, dir); f.File != nil && f.File.Among && path.IsAbs(f.File.Path) {
			r.note(f.Evidence, f.File.Path+" is put on the machine: where the service reads it, say so under files in migrate.yaml, or in secrets.keys where it holds secrets")
			continue
		}
		if f.Process == "" {
			f.Process = process
		} else if own, process, ok := known.named(slug(f.Process)); ok && own == dir && (process != "" || f.Service.Schedule == "" && !f.Service.Release) {
			f.Process = process // shop-worker is the worker of shop, and shop itself the one that serves
		}
		own = append(own, f)
	}
	var notes []scan.Note
	for _, n := range r.Notes {
		about := strings.Split(n.About, "\n")
		if n.Named != "" {
			if _, process, ok := known.meant([]string{n.Named}, true); !ok || process != "" && n.Job == service.JobCode {
				n.Job = ""
			}
		}
		if _, _, ok := known.meant(about, r.elsewhere(n.File)); n.About == "" || ok {
			n.About = ""
			notes = append(notes, n)
		} else if known.operatedBy(n.File) {
			n.About, n.Aside = "", true
			if n.Job == service.JobProcesses && n.Named == "" {
				n.Job = "" // whose process it is does not show
			}
			notes = append(notes, n)
		} else if n.Item == "" { // the names of things that many notes share are no names of services
			strange(others, n.File, about)
		}
	}
	for _, name := range known.whole {
		known.hears(name)
	}
	r.Notes, r.spoken = append(together(notes), strangers(others)...), known.heard
	return own
}

// notMeant notes what is about another process than the one that serves, or remembers that others are meant.
func (r *resolver) notMeant(f Claimed, process string, others map[string]map[string]bool) {
	if process == "" {
		strange(others, f.Evidence.File, f.About)
		return
	}
	r.Notes = append(r.Notes, scan.Note{File: f.Evidence.File, Line: f.Evidence.Line, Text: "hosts and paths that lead to another process than the one that serves; give it routes of its own where people outside ask it", Item: process + ": " + saidBy(f)})
}

// together makes one note of those that say the same of several things in one file, at the first of their lines.
func together(notes []scan.Note) []scan.Note {
	type key struct {
		file, text, language string
		aside                bool
		job                  service.Job
	}
	items, seen := map[key][]string{}, map[key]map[scan.NoteItem]bool{}
	var kept []scan.Note
	at := map[key]int{}
	for _, n := range notes {
		k := key{n.File, n.Text, n.Language, n.Aside, n.Job}
		switch first, known := at[k]; {
		case n.Item == "":
			kept = append(kept, n)
			continue
		case !known:
			at[k] = len(kept)
			kept = append(kept, n)
			seen[k] = map[scan.NoteItem]bool{}
		default:
			kept[first].Line = min(kept[first].Line, n.Line)
		}
		i := at[k]
		if item := (scan.NoteItem{Line: n.Line, Text: n.Item}); !seen[k][item] {
			seen[k][item] = true
			kept[i].Items = append(kept[i].Items, item)
		}
		if word := (scan.NoteItem{Line: -1, Text: n.Item}); !seen[k][word] {
			seen[k][word] = true
			items[k] = append(items[k], n.Item)
		}
	}
	for k, i := range at {
		n := &kept[i]
		n.Item = ""
		few, left := scan.Few(items[k])
		n.Text = k.text + ": " + few
		n.Left = left
		if left > 0 {
			n.Text += fmt.Sprintf(" and %d more", left)
		}
		if last := lastLine(n.Items); left > 0 && last > n.Line {
			n.Text += fmt.Sprintf(", to line %d", last)
		}
		if len(n.Items) == 1 && n.Job == "" {
			n.Items = nil
		}
	}
	return kept
}

func lastLine(items []scan.NoteItem) int {
	last := 0
	for _, item := range items {
		last = max(last, item.Line)
	}
	return last
}

// strange remembers a subject that is no code of this repository, by the source that speaks of it.
func strange(others map[string]map[string]bool, file string, about []string) {
	source, _, mounted := strings.Cut(file, "/")
	if !mounted || !strings.HasPrefix(source, "@") {
		source = file
	}
	if others[source] == nil {
		others[source] = map[string]bool{}
	}
	if len(about) > 0 {
		if name := slug(about[0]); name != "" {
			others[source][name] = true
		}
	}
}

func strangers(others map[string]map[string]bool) []scan.Note {
	var notes []scan.Note
	for _, source := range slices.Sorted(maps.Keys(others)) {
		names := slices.Sorted(maps.Keys(others[source]))
		if len(names) == 0 {
			continue // nothing that a person could name
		}
		notes = append(notes, scan.NewNote(source, 0, "what is said here of other services is left out: %s", scan.List(names)))
	}
	return notes
}

// subjects collects the names of the code: of its directories, of what its evidence calls it, and of the whole.
func (r *resolver) subjects(findings []Claimed) *subjects {
	s := &subjects{names: map[string]string{}, plain: map[string]string{}, runs: map[string]bool{}, front: map[string]bool{}}
	library := map[string]bool{}
	for _, f := range findings {
		library[path.Clean(f.Dir)] = library[path.Clean(f.Dir)] || f.Library
	}
	for _, name := range []string{r.options.Name, r.options.Origin.Name, r.options.Known} {
		s.whole = append(s.whole, slug(name))
		if own := siteEnding.ReplaceAllString(name, ""); own != name {
			s.whole = append(s.whole, slug(own))
		}
	}
	for _, f := range findings {
		if f.About == nil && f.Process != "" {
			s.runs[slug(f.Process)] = true
		}
		if words := operands(f.Service.Command); f.About == nil && f.Process == "" && len(words) > 1 && f.Service.Schedule == "" && !f.Service.Release {
			for _, word := range words[1:] {
				s.front[word] = s.front[word] || plainWord.MatchString(word)
			}
		}
		switch dir := path.Clean(f.Dir); {
		case f.About != nil:
		case f.App != nil:
			s.whole = append(s.whole, slug(f.App.Name))
		case f.Need != nil || library[dir]:
		case f.Service.Language != "" || len(f.Service.Command) > 0 || f.Service.Port > 0:
			s.add(dir, f.Name)
			s.add(dir, program(f.Service.Command))
		}
	}
	sort.Strings(s.dirs)
	s.hosted(findings)
	s.places(findings)
	s.whole = slices.DeleteFunc(s.whole, func(name string) bool { return name == "" })
	return s
}

func (s *subjects) add(dir, name string) {
	if !slices.Contains(s.dirs, dir) {
		s.dirs = append(s.dirs, dir)
		if dir != "." {
			s.names[slug(path.Base(dir))] = dir
			s.plain[path.Base(dir)] = dir
		}
	}
	if name != "" && s.plain[name] == "" {
		s.plain[name] = dir
	}
	if name = slug(name); name != "" && !genericNames[name] && !toolNames[name] {
		if _, taken := s.names[name]; !taken {
			s.names[name] = dir
		}
	}
}

// program is the name that the module in a command gives the code: shop of gunicorn shop.wsgi. What an option is given
// counts only where nothing else is a module.
func program(command []string) string {
	given, option := "", ""
	for _, word := range command {
		before := option
		option = ""
		if strings.HasPrefix(word, "-") {
			option = word
			continue
		}
		module, _, dotted := strings.Cut(strings.SplitN(word, ":", 2)[0], ".")
		if !dotted || strings.ContainsAny(word, "$= /") || module == "" || module[0] >= '0' && module[0] <= '9' || toolNames[slug(module)] {
			continue
		}
		if before == "" || before == "-m" || before == "-A" || before == "--app" {
			return module
		}
		if given == "" {
			given = module
		}
	}
	return given
}

// toolNames are names of servers and frameworks: many services have them, and none is called so.
var toolNames = map[string]bool{
	"gunicorn": true, "uvicorn": true, "hypercorn": true, "daphne": true, "waitress": true, "uwsgi": true, "celery": true, "redbeat": true, "rq": true, "huey": true, "dramatiq": true, "flower": true,
	"django": true, "flask": true, "tornado": true, "aiohttp": true, "twisted": true, "pyramid": true, "alembic": true, "newrelic": true, "ddtrace": true,
	"rails": true, "sidekiq": true, "puma": true, "unicorn": true, "resque": true, "passenger": true, "node": true, "nodejs": true, "python": true, "ruby": true, "php": true, "java": true, "tomcat": true,
}

// serverNames are those of them that serve requests.
var serverNames = map[string]bool{"gunicorn": true, "uvicorn": true, "hypercorn": true, "daphne": true, "waitress": true, "uwsgi": true, "puma": true, "unicorn": true, "thin": true, "passenger": true, "starman": true, "node": true, "nodejs": true, "tomcat": true, "php-fpm": true, "http": true}

// genericNames say what a thing is and not which service it belongs to.
var genericNames = map[string]bool{
	"web": true, "app": true, "server": true, "service": true, "api": true, "www": true, "http": true, "https": true, "site": true,
	"current": true, "src": true, "public": true, "shared": true, "releases": true, "conf": true, "cfg": true, "ini": true, "init": true,
	"daemon": true, "main": true, "index": true, "run": true, "start": true, "manage": true, "wsgi": true, "config": true, "default": true, "code": true, "bin": true, "sbin": true, "lib": true, "opt": true, "srv": true, "html": true,
	"deploy": true, "project": true, "application": true, "webapp": true, "backend": true,
}

// meant finds the code that the first fitting name means: its directory and, for shop-worker, the process. What stands in
// the repository itself and is called no more than app or web is about the only code there is.
func (s *subjects) meant(about []string, mounted bool) (dir, process string, ok bool) {
	if len(s.dirs) == 0 {
		if len(about) == 0 || slug(about[0]) == "" {
			return "", "", false
		}
		if slug(about[0]) == s.alone {
			return ".", "", true
		}
		return slug(about[0]), "", true
	}
	find := s.named
	if slices.Contains(about, scan.Exact) {
		find = s.whollyNamed
	}
	for _, name := range about {
		if host := hostLabels.FindStringSubmatch(name); host != nil && !s.isSite(name) {
			if dir, process, ok := find(slug(host[1])); ok {
				return dir, process, true
			}
		}
		if site := ownDomain.FindStringSubmatch(name); site != nil {
			if dir, process, ok := find(slug(site[1])); ok {
				return dir, process, true
			}
		}
		if dir, process, ok := find(subject(name)); ok {
			return dir, process, true
		}
		if s.isSite(name) {
			return s.home(), "", true
		}
		if dir, ok := s.deployedFrom(name); ok {
			return dir, "", true
		}
	}
	if slices.Contains(about, scan.Here) && !mounted && (len(s.dirs) == 1 || slices.Contains(s.dirs, ".")) {
		return s.home(), "", true
	}
	if !mounted && len(s.dirs) == 1 && !slices.ContainsFunc(about, func(name string) bool { return !genericNames[subject(name)] }) {
		return s.dirs[0], "", true
	}
	return "", "", false
}

// siteEnding is what a repository that is called after its site has behind the name: shop.org.
var siteEnding = scan.MustCompile(`(?i)\.(org|com|net|io|gov|dev)$`)

// siteName is the name under which people ask for a site, alone or as the last of a path.
var siteName = scan.MustCompile(`(?i)(^|/)(?:www\.)?([a-z0-9-]+)\.[a-z]{2,6}$`)

// isSite says whether a name is that of the application's site: www.shop.org of shop and of shop-website.
func (s *subjects) isSite(name string) bool {
	m := siteName.FindStringSubmatch(name)
	if m == nil || m[1] == "/" && !strings.Contains(name, "/www.") {
		return false
	}
	return slices.ContainsFunc(s.whole, func(whole string) bool {
		for _, ending := range []string{"-website", "-web", "-site", "-www"} {
			if own, ok := strings.CutSuffix(whole, ending); ok && same(own, slug(m[2])) {
				return true
			}
		}
		return false
	})
}

// leads says of a claim that it is about where requests go, which makes no process of its own.
func leads(s service.Service) bool {
	return len(s.Command) == 0 && (len(s.Routes) > 0 || s.Health != nil || s.Edge != nil)
}

// meantBeside finds the code that evidence in the repository means: the one that it names, else the one that it lies beside.
func (s *subjects) meantBeside(f Claimed) (dir, process string, ok bool) {
	if len(s.dirs) == 0 {
		return "", "", false
	}
	for _, name := range f.About {
		if dir := s.plain[name]; dir != "" {
			return dir, "", true
		}
	}
	if dir, process, ok = s.meant(f.About, false); ok {
		return dir, process, true
	}
	if dir = path.Clean(f.Dir); f.Dir != "" && slices.Contains(s.dirs, dir) {
		return dir, "", true
	}
	return "", "", false
}

// subject is the slug of a name, of the last telling element of a path: shop of /var/www/shop/current and of shop.service.
func subject(name string) string {
	name = strings.Trim(name, "/")
	for {
		base := slug(path.Base(name))
		if !genericNames[base] || !strings.Contains(name, "/") {
			for _, ending := range []string{"-service", "-conf", "-cfg", "-ini", "-git", "-sock", "-socket", "-pid", "-log"} {
				base = strings.TrimSuffix(base, ending)
			}
			return base
		}
		name = path.Dir(name)
	}
}
