package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Ruby reads projects of Ruby: Rails of any age, Sinatra, Grape, Padrino and plain Rack, with Sidekiq, Resque and other
// workers, from the Gemfile and the files that its gems are configured by.
func Ruby() scan.Reader {
	return scan.Reader{Name: "ruby", Wants: wantsRuby, Read: readRuby}
}

var rubyFile = scan.MustCompile(`(?:\.rb|\.ru|\.rake|\.gemspec|\.erb)$|^(?:Gemfile|Rakefile)$`)

func wantsRuby(name string) bool { return rubyFile.MatchString(path.Base(name)) }

// rubyProject is one directory with a Gemfile or a config.ru: one bundle, one image.
type rubyProject struct {
	t         *scan.Tree
	r         *scan.Report
	dir       string
	files     []string // its Ruby files
	gems      *rubyGems
	framework string // rails, sinatra ...; "" where nothing serves
	at        dependency
	infer     *inference
	sources   []plainSource
}

func readRuby(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := map[string]bool{}
	for _, name := range paths {
		if base := path.Base(name); base == "Gemfile" || strings.HasSuffix(base, ".gemspec") {
			dirs[path.Dir(name)] = true
		}
	}
	for _, name := range paths {
		if path.Base(name) == "config.ru" && owner(dirs, name) == "" {
			dirs[path.Dir(name)] = true
		}
	}
	byDir := map[string][]string{}
	for _, name := range paths {
		if dir := owner(dirs, name); dir != "" {
			byDir[dir] = append(byDir[dir], name)
		}
	}
	for _, dir := range sortedSet(dirs) {
		if standIn.MatchString(path.Base(dir)) {
			r.Note(dir, 0, "stands in for another system in tests and development; it was left out")
			continue
		}
		p := &rubyProject{t: t, r: r, dir: dir, files: byDir[dir], gems: readGems(t, dir, r)}
		p.read()
	}
}

func (p *rubyProject) read() {
	p.findFramework()
	if p.framework == "" && !p.works() {
		p.program()
		p.library()
		return
	}
	p.language()
	p.build()
	p.readSources()
	p.settings()
	p.serve()
	p.workers()
	p.schedule()
	p.release()
	p.health()
}

func (p *rubyProject) find(s service.Service, at dependency, rank scan.Rank, note string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, at.file, max(at.line, 1), rank, note)
}

func (p *rubyProject) process(name string, s service.Service, at dependency, rank scan.Rank, note string) {
	p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: s}, at.file, max(at.line, 1), rank, note)
}

// first is the first of the files that exists in the project.
func (p *rubyProject) first(names ...string) string { return p.t.First(p.dir, names...) }

// rubyFrameworks are the web frameworks by gem; what builds upon another stands before it.
var rubyFrameworks = []struct{ gem, name string }{
	{"rails", "rails"}, {"railties", "rails"}, {"padrino", "padrino"}, {"hanami", "hanami"}, {"grape", "grape"}, {"sinatra", "sinatra"}, {"roda", "roda"}, {"cuba", "cuba"},
	{"camping", "camping"}, {"ramaze", "ramaze"}, {"rack", "rack"},
}

// classic is a Sinatra application in one file, which starts its own server.
var classic = scan.MustCompile(`(?m)^\s*require\s*\(?["']sinatra["']`)

// findFramework looks for what serves: an application of Rails, a config.ru, or a script of Sinatra's.
func (p *rubyProject) findFramework() {
	rails := p.first("config/application.rb", "config/environment.rb")
	rackup := p.rackup()
	for _, f := range rubyFrameworks {
		dep, ok := p.gems.find(f.gem)
		if !ok && f.gem == "rails" && p.railsInCode() {
			dep, ok = p.gems.brought(f.gem)
		}
		if !ok || f.name == "rails" && rails == "" || f.name != "rails" && rackup == "" || f.name == "grape" && p.onSinatra() {
			continue
		}
		p.framework, p.at = f.name, dep
		if f.name == "rack" {
			p.framework = p.frameworkInCode()
		}
		return
	}
	if rackup != "" {
		p.framework, p.at = p.frameworkInCode(), dependency{file: rackup, line: 1}
		if len(p.gems.list) == 0 && rails != "" {
			p.framework = "rails"
		}
		return
	}
	if dep, ok := p.gems.find("sinatra"); ok && p.script() != "" {
		p.framework, p.at = "sinatra", dep
	}
}

// railsApplication is an application of Rails', which the gem of an engine may bring along.
var railsApplication = scan.MustCompile(`(?m)^\s*class\s+Application\s*<\s*(?:::)?Rails::Application\b`)

func (p *rubyProject) railsInCode() bool {
	file, text := p.text("config/application.rb")
	return file != "" && railsApplication.MatchString(text)
}

var sinatraClass = scan.MustCompile(`(?m)^\s*class\s+[\w:]+\s*<\s*(?:::)?Sinatra::(?:Base|Application)\b`)

// onSinatra says whether there is an application of Sinatra's, beside which an API of Grape's is one part.
func (p *rubyProject) onSinatra() bool {
	if _, ok := p.gems.find("sinatra"); !ok {
		return false
	}
	return slices.ContainsFunc(p.files, func(file string) bool {
		return strings.HasSuffix(file, ".rb") && !p.t.Aside(file) && sinatraClass.MatchString(p.t.Text(file, p.r))
	})
}

// rackup is the file that a server loads, the example that it is made of on each machine, or the only one by another name.
func (p *rubyProject) rackup() string {
	if file := p.first("config.ru", "config.ru.example", "config.ru.sample", "config.ru.dist"); file != "" {
		return file
	}
	only := ""
	for _, name := range p.files {
		if path.Dir(name) == p.dir && path.Ext(name) == ".ru" {
			if only != "" {
				return ""
			}
			only = name
		}
	}
	return only
}

// inheritsFrom are the classes that an application of a framework is one of.
var inheritsFrom = scan.MustCompile(`(?m)^\s*class\s+[\w:]+\s*<\s*(?:::)?(Grape::API|Sinatra::(?:Base|Application)|Roda|Cuba|Hanami::\w+)\b`)

// frameworkInCode is the framework that another gem brings and the code builds upon, rack where there is none.
func (p *rubyProject) frameworkInCode() string {
	for _, file := range p.files {
		if !strings.HasSuffix(file, ".rb") || p.t.Aside(file) {
			continue
		}
		if data, err := p.t.Read(file); err == nil {
			if m := inheritsFrom.FindStringSubmatch(string(data)); m != nil {
				name, _, _ := strings.Cut(strings.ToLower(m[1]), "::")
				if _, there := p.gems.brought(name); there || len(p.gems.locked) == 0 {
					return name
				}
			}
		}
	}
	return "rack"
}

// script is the file of a classic Sinatra application, "" where there is none.
func (p *rubyProject) script() string {
	for _, name := range p.files {
		if path.Dir(name) != p.dir || !strings.HasSuffix(name, ".rb") {
			continue
		}
		if data, err := p.t.Read(name); err == nil && classic.MatchString(string(data)) {
			return name
		}
	}
	return ""
}

// works says whether the project is there for its workers alone.
func (p *rubyProject) works() bool {
	if p.first("Procfile") != "" && p.first(otherManifests[1:]...) == "" {
		return true
	}
	_, clock := p.gems.find("clockwork")
	_, queue := p.gems.find("sidekiq", "resque", "karafka", "sneakers")
	return clock && p.clockFile() != "" || queue && p.first("config/sidekiq.yml", "sidekiq.yml", "karafka.rb") != ""
}

// program reports a script beside the Gemfile that is called as programs are, and does nothing that is known to serve.
func (p *rubyProject) program() {
	script := p.first("app.rb", "main.rb", "server.rb", "run.rb")
	if script == "" || p.first("Gemfile") == "" {
		return
	}
	from := len(p.r.Findings)
	p.language()
	p.build()
	p.readSources()
	p.settings()
	command := []string{"ruby", path.Base(script)}
	if len(p.gems.list) > 0 {
		command = append([]string{"bundle", "exec"}, command...)
	}
	p.find(service.Service{Command: command}, dependency{file: script, line: 1}, scan.Convention, "the one program beside the Gemfile")
	standAlone(p.r, from)
}

// library says so of a gem or an engine: nothing in it runs.
func (p *rubyProject) library() {
	for _, name := range p.files {
		if path.Dir(name) == p.dir && strings.HasSuffix(name, ".gemspec") && p.first("Procfile", "Dockerfile") == "" {
			p.r.Find(scan.Finding{Dir: p.dir, Library: true}, name, 1, scan.Convention, "a gem to install; nothing in it runs")
			return
		}
	}
}

func (p *rubyProject) language() {
	at := p.at
	if gemfile := p.first("Gemfile"); gemfile != "" {
		at = dependency{file: gemfile, line: 1}
	} else if at.file == "" {
		at = dependency{file: p.files[0], line: 1}
	}
	p.find(service.Service{Language: "ruby"}, at, scan.Declared, "")
	p.version()
	if p.framework != "" {
		p.find(service.Service{Framework: p.framework}, p.at, scan.Declared, "")
	}
}

// Which files of a Ruby project tell something about its running, and which don't.
var (
	rubyCounts = scan.MustCompile(`(?i)^(config\.ru|Rakefile|config/.*\.(rb|erb)|lib/[^/]+\.rb|[^/]+\.rb|script/.*|bin/[^/]+)$`)
	notRuby    = scan.MustCompile(`(?i)(^|/)(db/(migrate|seeds)[^/]*|generators|templates|puppet|chef|cookbooks|deploy|locales|public|capistrano)(/|\.rb$)|(^|/)config/(deploy|environments/(development|test|cucumber|ci|staging|preprod|uat|qa|demo|sandbox|review|travis))[^/]*\.rb$|_(test|spec)\.rb$|\.gemspec$|(^|/)(views|locales)/|\.html\.erb$|\.text\.erb$|\.js\.erb$`)
)

var rubyWords = []string{"ENV[", "ENV.fetch", "Figaro.env.", "get '", `get "`, "get :", "Grape::API", "Sidekiq", "esque", "Sneakers", "Hutch::", "Backburner", "Recaptcha.", "dsn", "Honeybadger.", "Bugsnag.", "storage :file", "has_attached_file", `settings["`, "settings['"}

func (p *rubyProject) readSources() {
	p.sources = plainSources(p.t, p.r, p.dir, p.files, worth{telling: rubyCounts, words: rubyWords, never: func(name string) bool {
		return path.Base(name) == "Gemfile" || notRuby.MatchString(relative(p.dir, name))
	}})
}

// source is the text of one of the project's files, "" where it was not read.
func (p *rubyProject) text(names ...string) (file, text string) {
	if file = p.first(names...); file == "" {
		return "", ""
	}
	return file, p.t.Text(file, p.r)
}

// maxMatches bounds what one file is asked for at a time: for each match its line is looked up.
const maxMatches = 1000

func findSome(text string, re interface {
	FindAllStringSubmatchIndex(string, int) [][]int
}) []scan.Match {
	found := scan.Find(text, re)
	return found[:min(len(found), maxMatches)]
}
