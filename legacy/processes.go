package legacy

import (
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// services makes the services of each unit and gives them names.
func (r *resolver) services(units []*unit) {
	r.running = units
	r.nameUnits(units)
	for _, u := range units {
		r.Notes = append(r.Notes, u.dropRepeated()...)
		u.promote()
		at := "services." + u.base
		main := r.merge(at, u.processes[""])
		main.Dir = u.dir
		main.Secrets = without(main.Secrets, nil)
		main.State = outermost(u.inImage(main, main.State))
		r.App.Services[u.base] = main
		r.plainOrSecret(at, main)
		r.traced(at, main, u.processes[""])
		r.unwrapped(at, main)
		r.fit(at, main, u.processes[""])
		r.developersValues(at, main)
		r.settlePort(at, main)
		r.ownImage(at, main)
		r.tellPort(at, main)
		r.finish(u.base, main)
		r.edge(at, main)
		r.collects(at, u, main)
		r.ties(at)
	}
	for _, u := range units {
		names := make([]string, 0, len(u.processes))
		for process := range u.processes {
			if process != "" {
				names = append(names, process)
			}
		}
		sort.Strings(names)
		for _, process := range names {
			r.process(u, process)
		}
	}
}

// process makes a further process of a unit. What its evidence says of code, configuration and needs is the main
// service's already or joins it there: they share one image.
func (r *resolver) process(u *unit, process string) {
	name := r.processName(u, process)
	if _, taken := r.App.Services[name]; taken || name == "" {
		return // the same process under another spelling
	}
	at := "services." + name
	s := r.merge(at, u.processes[process])
	if builtWithArguments(s, r.App.Services[u.base]) {
		r.imageOfItsOwn(u, name, process, s)
		return
	}
	if len(s.Command) == 0 || r.onlyInCode(u, at, r.App.Services[u.base]) || s.Release && (u.prepares() || u.migrates(process)) && r.Claims[at+".command"][0].Rank < scan.Declared {
		for field := range r.Claims {
			if strings.HasPrefix(field, at+".") {
				delete(r.Claims, field)
			}
		}
		return
	}
	main := r.App.Services[u.base]
	s.From = u.base
	s.Dir, s.Language, s.Version, s.Framework = "", "", "", ""
	for _, field := range []string{"dir", "language", "version", "framework"} {
		delete(r.Claims, at+"."+field)
	}
	r.ownArtifact(at, s, main)
	for key, value := range s.Env {
		if main.Env[key] == value {
			delete(s.Env, key)
		}
	}
	if len(s.Env) == 0 {
		s.Env = nil
	}
	s.Secrets = slices.DeleteFunc(without(s.Secrets, main.Secrets), func(key string) bool {
		_, plain := main.Env[key]
		return plain && !r.surelySecret(at, key)
	})
	s.State = without(outermost(slices.Concat(main.State, u.inImage(main, s.State))), main.State)
	r.App.Services[name] = s
	r.plainOrSecret(at, s)
	r.command(at, u, process, s)
	r.developersValues(at, s)
	r.settlePort(at, s)
	if !r.serviceOfItsOwn(u, name, process, s) {
		r.besideLanguage(at, u.base, s)
		if s.Protocol != "" {
			r.protocol(at, s)
		}
	}
	r.edge(at, s)
	r.ties(at)
}

// command makes what the evidence says that a further process runs what runs in a container.
func (r *resolver) command(at string, u *unit, process string, s *service.Service) {
	r.traced(at, s, u.processes[process])
	r.unwrapped(at, s)
	r.fit(at, s, append(slices.Clone(u.processes[process]), u.scripts()...))
	r.besideMain(at, s, r.App.Services[u.base])
}

// scripts are what package.json's scripts run, which is known for the code as a whole.
func (u *unit) scripts() []Claimed {
	var found []Claimed
	for _, f := range u.processes[""] {
		if f.Script != "" {
			found = append(found, f)
		}
	}
	return found
}

// prepares says whether the main process runs at its start what would be a release step.
func (u *unit) prepares() bool {
	return slices.ContainsFunc(u.processes[""], func(f Claimed) bool { return f.Prepares })
}

// migrates says whether another process is said to bring the database up to date before each release.
func (u *unit) migrates(process string) bool {
	for name, findings := range u.processes {
		if name != process && slices.ContainsFunc(findings, func(f Claimed) bool {
			return f.Service.Release && f.Evidence.Rank >= scan.Declared && slices.ContainsFunc(f.Service.Command, func(word string) bool { return strings.Contains(word, "migrat") })
		}) {
			return true
		}
	}
	return false
}

// ownArtifact leaves of a further process's build what it does not share with its base: the program that is built for it.
func (r *resolver) ownArtifact(at string, s, main *service.Service) {
	build := s.Build
	s.Build = nil
	if build != nil && build.Artifact != "" && (main.Language == "go" || main.Language == "rust" && (main.Build == nil || main.Build.Dockerfile == "")) && (main.Build == nil || main.Build.Artifact != build.Artifact) {
		s.Build = &service.Build{Artifact: build.Artifact}
	}
	for field := range r.Claims {
		if strings.HasPrefix(field, at+".build.") && (s.Build == nil || field != at+".build.artifact") {
			delete(r.Claims, field)
		}
	}
}

func without(list, drop []string) []string {
	var kept []string
	for _, s := range list {
		if !slices.Contains(drop, s) && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	sort.Strings(kept)
	return kept
}

// inImage gives directories of the code as the image of the team's own Dockerfile has them, where that puts the code
// somewhere else than generated ones do.
func (u *unit) inImage(main *service.Service, dirs []string) []string {
	i := slices.IndexFunc(u.processes[""], func(f Claimed) bool { return f.CodeAt != "" })
	if i < 0 || u.processes[""][i].CodeAt == "/app" || main.Build == nil || main.Build.Dockerfile == "" {
		return dirs
	}
	var placed []string
	for _, dir := range dirs {
		if !path.IsAbs(dir) {
			dir = path.Join(u.processes[""][i].CodeAt, dir)
		}
		placed = append(placed, dir)
	}
	slices.Sort(placed)
	return slices.Compact(placed)
}

// outermost drops the directories that lie in another of the list: one volume holds both.
func outermost(dirs []string) []string {
	var kept []string
	for _, dir := range dirs {
		within := func(other string) bool { return strings.HasPrefix(dir, strings.TrimSuffix(other, "/")+"/") }
		if !slices.ContainsFunc(dirs, within) {
			kept = append(kept, dir)
		}
	}
	return kept
}

// plainOrSecret settles variables that one reader calls plain and another secret: secret is the safe side, where that is more
// than a guess.
func (r *resolver) plainOrSecret(at string, s *service.Service) {
	r.dropNames(at, s)
	s.Secrets = slices.DeleteFunc(s.Secrets, func(key string) bool {
		_, plain := s.Env[key]
		return plain && !r.surelySecret(at, key)
	})
	for _, key := range s.Secrets {
		if _, both := s.Env[key]; both {
			delete(s.Env, key)
			delete(r.Claims, at+".env."+key)
		}
	}
	if len(s.Env) == 0 {
		s.Env = nil
	}
}

// surelySecret says whether a variable is called a secret by more than standing in a Secret of the cluster with others.
func (r *resolver) surelySecret(at, key string) bool {
	return slices.ContainsFunc(r.Claims[at+".secrets"], func(c Claim) bool {
		return c.Value == key && (c.Rank > scan.Guess || c.Reader != "kubernetes")
	})
}

// dropNames leaves out variables that no container can have: Swarm's constraint:node, a property with dots. The property
// of a framework that takes its properties from variables, too, becomes the variable.
func (r *resolver) dropNames(at string, s *service.Service) {
	for _, key := range slices.Sorted(maps.Keys(s.Env)) {
		field := at + ".env." + key
		name := variableFor(s.Framework, key)
		if name == key {
			continue
		}
		if name == "" {
			r.note(r.Claims[field][0].Evidence, key+" is no name of a variable; left out")
		} else if _, there := s.Env[name]; !there {
			s.Env[name] = s.Env[key]
			r.Claims[at+".env."+name] = r.Claims[field]
		}
		delete(s.Env, key)
		delete(r.Claims, field)
	}
	var kept []string
	for _, key := range s.Secrets {
		if service.VariableName(key) {
			kept = append(kept, key)
		}
	}
	s.Secrets = kept
}

// variableFor is the variable by which a service is given what a file calls by this name, "" where there is none.
func variableFor(framework, name string) string {
	if service.VariableName(name) {
		return name
	}
	switch {
	case strings.HasPrefix(framework, "spring"): // jdbc-url becomes JDBCURL
		name = strings.ReplaceAll(name, "-", "")
	case framework != "quarkus" && framework != "micronaut" && framework != "helidon":
		return ""
	}
	name = notInVariable.ReplaceAllString(strings.ToUpper(name), "_")
	if !service.VariableName(name) {
		return ""
	}
	return name
}

var notInVariable = scan.MustCompile(`[^A-Z0-9]`)

// ownDockerfile leaves out how an image would be built, where a Dockerfile of the team's builds it: that knows its own way,
// and is built where it stands unless its own evidence names another directory.
func (r *resolver) ownDockerfile(at string, s *service.Service) {
	b := s.Build
	if b == nil || b.Dockerfile == "" {
		if b != nil {
			b.Wraps, b.User = false, 0
			delete(r.Claims, at+".build.wraps")
			delete(r.Claims, at+".build.user")
			r.withoutArguments(at, s)
		}
		return
	}
	fields := []string{"module", "assets"}
	if b.Context != "" {
		b.Command = nil
		fields = append(fields, "command")
	}
	if claims := r.Claims[at+".build.context"]; len(claims) == 0 || claims[0].Reader != "dockerfile" {
		b.Context = ""
		fields = append(fields, "context")
	}
	b.Module, b.Assets = "", nil
	for _, field := range fields {
		delete(r.Claims, at+".build."+field)
	}
	// the web server that a generated image gives the files to is not in the team's
	if claims := r.Claims[at+".command"]; len(claims) > 0 && claims[0].Reader == "static" {
		s.Command = nil
		delete(r.Claims, at+".command")
	}
	if claims := r.Claims[at+".port"]; len(claims) > 0 && claims[0].Reader == "static" {
		s.Port = 0
		delete(r.Claims, at+".port")
	}
}

// finish adds what follows from the rest.
func (r *resolver) finish(name string, s *service.Service) {
	at := "services." + name
	r.ownDockerfile(at, s)
	if len(s.Command) == 0 && !(s.Build != nil && s.Build.Dockerfile != "") && !s.Static() {
		r.Questions = append(r.Questions, Question{Field: at + ".command", Question: at + ".command: nothing says how production starts the code in " + s.Dir + "; which command?"})
	}
	r.protocol(at, s)
	if s.Port == 0 {
		r.routeless(at, s)
		if name == "web" && serves(s.Framework) && len(s.Command) > 0 {
			r.Questions = append(r.Questions, Question{Field: at + ".port", Question: at + ".port: nothing says on which port " + s.Framework + " listens; which one?"})
		}
		return
	}
	if s.Health == nil || s.Health.Live == "" && s.Health.Ready == "" {
		s.Health = nil
		s.Sidecar = true
		r.claim(at+".sidecar", "true", "no health endpoint was found", scan.Convention)
	}
}

// routeless keeps routes for a person where nothing tells the port that they lead to.
func (r *resolver) routeless(at string, s *service.Service) {
	if len(s.Routes) == 0 {
		return
	}
	first := s.Routes[0]
	r.note(r.Claims[at+".routes"][0].Evidence, first.Host+first.Path+" leads here to a service whose port is not known: its routes are left out; add them with the port to "+service.FileName)
	s.Routes = nil
	delete(r.Claims, at+".routes")
}

// promote makes a further process the main one where nothing says what the main one runs: web, then one with a port, then
// the first that is neither scheduled nor a release step.
func (u *unit) promote() {
	if len(u.processes) < 2 || u.mainHas(func(s service.Service) bool { return len(s.Command) > 0 }) {
		return
	}
	ported := u.mainHas(func(s service.Service) bool { return s.Port > 0 })
	best, bestScore := "", 0
	names := make([]string, 0, len(u.processes))
	for process := range u.processes {
		names = append(names, process)
	}
	sort.Strings(names)
	for _, process := range names {
		score := 0
		for _, f := range u.processes[process] {
			switch s := f.Service; {
			case process == "" || s.Schedule != "" || s.Release:
				score = -100
			case process == "web":
				score += 10
			case s.Port > 0:
				score += 5
			case len(s.Command) > 0 && !ported:
				score++
			}
		}
		if score > bestScore {
			best, bestScore = process, score
		}
	}
	if best != "" {
		u.processes[""] = append(u.processes[""], u.processes[best]...)
		delete(u.processes, best)
	}
}

func (u *unit) mainHas(what func(service.Service) bool) bool {
	for _, f := range u.processes[""] {
		if what(f.Service) {
			return true
		}
	}
	return false
}
