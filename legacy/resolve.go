package legacy

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Claim is one piece of evidence with the value that it speaks for.
type Claim struct {
	scan.Evidence
	Value string `json:"-"`
	order int
}

// Question is something that the evidence leaves open. The model holds Choices[0] meanwhile, where there is one.
type Question struct {
	Field    string   `json:"field"`
	Question string   `json:"question"`
	Choices  []string `json:"choices"`
}

// Open says that no choice is good enough to go on with: somebody has to answer.
func (q Question) Open() bool { return len(q.Choices) == 0 }

// Resolution is the model with the reason for every value.
type Resolution struct {
	App *service.App
	// Claims holds, by field, what was claimed: the winner first, then what lost against it or agrees.
	Claims    map[string][]Claim
	Questions []Question
	Notes     []scan.Note
	// Files are the texts of the files that the model names under files, by their path in the repository.
	Files map[string]string
}

// ResolveOptions are the things that no file tells.
type ResolveOptions struct {
	// Name of the repository's directory: names the application where nothing else does.
	Name string
	// Origin is what the repository is called where it came from; it goes before the directory's name.
	Origin Origin
	// Known is the application's name by migrate.yaml, where there is one: operations may know it by that.
	Known string
	// Last is what the evidence said at the last init, where there was one. Names stay: a repository is checked out in
	// directories of other names, and forked; and what runs in a cluster is known there by the names of services and needs.
	Last *service.App
	// Team is migrate.yaml, where there is one: a name that the team has taken out of it does not stay.
	Team *service.App
	// Environments to make; where empty, staging, production and those that operations code knows.
	Environments []string
	// Further makes those that operations code knows beside Environments.
	Further bool
}

// Origin is a name with the place where it stands.
type Origin struct {
	Name string
	File string
	Line int
}

// Resolve makes one model of the findings. It is pure: the same findings give the same model. The higher rank wins;
// between equals the earlier reader; between equals of one reader the first, with a question.
func Resolve(s *Scanned, o ResolveOptions) *Resolution {
	r := &resolver{
		Resolution: Resolution{
			App:    &service.App{Version: 1, Services: map[string]*service.Service{}, Needs: map[string]service.Need{}, Environments: map[string]service.Environment{}},
			Claims: map[string][]Claim{},
			Notes:  append([]scan.Note(nil), s.Notes...),
		},
		options: o,
		last:    o.lastApp(),
		elsewhere: func(file string) bool {
			return strings.HasPrefix(file, "@") || s.snapshot[file] != nil
		},
	}
	findings := r.buildArguments(r.about(s.Findings))
	units := r.units(findings)
	r.application(findings)
	r.services(units)
	r.needs(units)
	r.shareSettings()
	r.calledByCommand()
	r.environments()
	r.replicas(units)
	r.required(units)
	r.optional(units)
	r.files(units)
	r.sourceless(units)
	r.conflicts()
	r.variables()
	r.checks(units)
	r.unheard(findings)
	r.mentions(s)
	r.operations()
	r.Notes = sortNotes(r.Notes)
	return &r.Resolution
}

type resolver struct {
	Resolution
	options ResolveOptions
	last    *service.App // of which names stay; nil for none
	running []*unit
	renamed map[string]string // by the name of today, the one that stays
	// elsewhere says of a file of evidence that it is not about the repository alone: operations code, a host.
	elsewhere func(file string) bool
	hosts     map[string]map[string]hostClaim // need -> environment -> where it is today
	offers    []Claimed                       // backing services that are there, whoever calls them
	differs   map[string][]Claimed            // environment -> what holds only there
	images    []ownImage
	spoken    map[string]bool // names by which operations code calls the service
}

// unit is everything said about the code of one directory: one image.
type unit struct {
	dir       string
	base      string               // name of its main service
	processes map[string][]Claimed // "" is the main process
	needs     []Claimed
	checks    []Claimed // of the old monitoring
	files     []Claimed // that it reads while it runs
	replicas  []Claimed // how many run
	collects  []Claimed // what gathers files for the web server in front
}

func (r *resolver) note(e scan.Evidence, text string) {
	r.Notes = append(r.Notes, scan.Note{File: e.File, Line: e.Line, Text: text})
}

// claim records why a field that Resolve itself decided has its value.
func (r *resolver) claim(field, value, why string, rank scan.Rank) {
	r.Claims[field] = append(r.Claims[field], Claim{Evidence: scan.Evidence{Reader: "resolve", Note: why, Rank: rank}, Value: value})
}

// units groups the findings by directory and keeps the directories whose code runs.
func (r *resolver) units(findings []Claimed) []*unit {
	findings = alone(findings)
	byDir := map[string]*unit{}
	library := map[string]bool{}
	for _, f := range findings {
		if f.App != nil || f.File == nil && f.Replicas == 0 && r.onlyThere(&f) {
			continue
		}
		dir := path.Clean(f.Dir)
		u := byDir[dir]
		if u == nil {
			u = &unit{dir: dir, processes: map[string][]Claimed{}}
			byDir[dir] = u
		}
		if u.withFiles(f) {
			continue
		}
		if f.Replicas > 0 {
			u.replicas = append(u.replicas, f)
			continue
		}
		if f.Collects != nil {
			u.collects = append(u.collects, f)
			continue
		}
		library[dir] = library[dir] || f.Library
		if f.Check != nil {
			u.checks = append(u.checks, f)
			continue
		}
		if f.Need != nil {
			if f.Need.Offer {
				r.offers = append(r.offers, f)
			} else {
				u.needs = append(u.needs, f)
			}
			continue
		}
		u.processes[f.Process] = append(u.processes[f.Process], f)
	}
	for dir, u := range byDir {
		library[dir] = library[dir] && !u.inAnotherLanguage()
	}
	r.foldDockerfiles(byDir)
	foldModules(byDir, library)
	r.Notes = append(r.Notes, homeless(byDir, library)...)
	r.builtIn(byDir)
	for _, u := range byDir {
		r.profiles(u)
	}
	var running, idle []*unit
	for dir, u := range byDir {
		switch {
		case u.runs(library[dir]):
			running = append(running, u)
		case !library[dir] && u.has(func(s service.Service) bool { return s.Language != "" }):
			idle = append(idle, u)
		}
	}
	sort.Slice(running, func(i, j int) bool { return running[i].dir < running[j].dir })
	running = r.withoutHelpers(running)
	if len(running) == 0 && len(idle) > 0 {
		// Nothing says what runs: take the code nearest to the root and ask.
		sort.Slice(idle, func(i, j int) bool { return nearer(idle[i].dir, idle[j].dir) })
		running = idle[:1]
	}
	return running
}

// inAnotherLanguage says whether code in another language than that of the library lies in its directory, too.
func (u *unit) inAnotherLanguage() bool {
	library := ""
	for _, f := range u.processes[""] {
		if f.Library {
			library = f.Service.Language
		}
	}
	return library != "" && slices.ContainsFunc(u.processes[""], func(f Claimed) bool { return f.ofCode() && f.Service.Language != library })
}

// ofCode says whether a finding tells the language of code that is no library, by that code itself.
func (f Claimed) ofCode() bool {
	return f.Service.Language != "" && !f.Library && f.Evidence.Rank == scan.Declared && f.Evidence.Reader != "dockerfile"
}

func (u *unit) has(what func(service.Service) bool) bool {
	for _, findings := range u.processes {
		for _, f := range findings {
			if what(f.Service) {
				return true
			}
		}
	}
	return false
}

// runs says whether the unit is a service. Of a library only a declaration of how it runs makes one.
func (u *unit) runs(library bool) bool {
	for _, findings := range u.processes {
		for _, f := range findings {
			if !f.IfRuns && (len(f.Service.Command) > 0 || f.Service.Port > 0) && (!library || f.Evidence.Rank >= scan.Declared) {
				return true
			}
		}
	}
	return false
}

// application settles what is said about the whole.
func (r *resolver) application(findings []Claimed) {
	var about []Claimed
	for _, f := range findings {
		if f.App != nil {
			about = append(about, f)
		}
	}
	a := r.App
	a.Name = slug(pick(r, "name", about, func(f Claimed) string {
		if name := slug(f.App.Name); !genericNames[name] { // which every other repository could be called, and its namespace
			return name
		}
		return ""
	}))
	if a.Name == "" {
		r.nameByPlace()
	}
	a.Owner = pick(r, "owner", about, func(f Claimed) string { return f.App.Owner })
	a.Image = pick(r, "image", about, func(f Claimed) string { return f.App.Image })
	if a.Image == "" {
		a.Image = "registry.example.com/" + a.Name
		r.claim("image", a.Image, "say your registry", scan.Guess)
	}
	a.CI = pick(r, "ci", about, func(f Claimed) string { return f.App.CI })
	if a.CI == "" {
		a.CI = "github"
		r.claim("ci", a.CI, "no CI file that migrate knows is there", scan.Guess)
	}
	a.Secrets = service.Secrets{Store: "gopass", Prefix: a.Name}
}

// nameByPlace calls the application what its repository is called, or its directory.
func (r *resolver) nameByPlace() {
	a, o, last := r.App, r.options.Origin, r.lastName()
	if a.Name = slug(o.Name); a.Name != "" && (last == "" || last == a.Name) {
		r.Claims["name"] = append(r.Claims["name"], Claim{Value: a.Name,
			Evidence: scan.Evidence{Reader: "resolve", File: o.File, Line: o.Line, Note: "what the repository is called", Rank: scan.Convention}})
		return
	}
	if a.Name = slug(r.options.Name); a.Name == "" {
		a.Name = "app"
	}
	if last != "" && last != a.Name {
		a.Name = last
		r.claim("name", last, "the name at the last init", scan.Convention)
		return
	}
	r.claim("name", a.Name, "the name of the directory", scan.Convention)
}

// slug makes a DNS label of a name: shop_api -> shop-api, @acme/shop -> shop.
func slug(name string) string {
	name = name[strings.LastIndexAny(name, "/\\")+1:]
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := b.String()
	if len(s) > 50 { // leaves room for a suffix within the 63 of a label
		s = s[:50]
	}
	return strings.Trim(s, "-")
}
