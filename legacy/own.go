package legacy

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// worksBehind are the names of what works for a service, whatever port it answers on: statistics, a health check.
	worksBehind = scan.MustCompile(`(?i)(^|[^a-z])(workers?|celery|sidekiq|resque|rq|shoryuken|consumers?|jobs?|queues?|beat|cron\w*|schedulers?|flower|supervisord?|horizon)([^a-z]|$)`)
	// forMakers are the names of what stands beside a service while it is being made.
	forMakers = scan.MustCompile(`(?i)(^|[^a-z])(webpack\w*|vite|storybook|browser-?sync|livereload|watch(er)?|nodemon|jupyter|notebook|debug\w*|dev|develop\w*|tests?|testing|docs?|mkdocs|mailhog|mailcatcher)([^a-z]|$)`)
)

// serviceOfItsOwn makes a service in its own right of a further process that is one: something that deploys it starts it,
// with a program of its own that answers on a port of its own. It keeps the image of the code that it was found with.
func (r *resolver) serviceOfItsOwn(u *unit, name, process string, s *service.Service) bool {
	at, main := "services."+name, r.App.Services[u.base]
	command, port := r.Claims[at+".command"], r.Claims[at+".port"]
	if s.Port == 0 || s.Schedule != "" || s.Release || len(main.Command) == 0 || command[0].Rank < scan.Declared || len(port) == 0 || port[0].Rank < scan.Declared {
		return false
	}
	words := process + " " + strings.Join(s.Command, " ")
	if worksBehind.MatchString(words) || forMakers.MatchString(words) || slices.Equal(operands(s.Command), operands(main.Command)) {
		return false
	}
	language := languageOf(s.Command)
	another := language != "" && language != main.Language
	if s.Port == main.Port && !another && artifactOf(s) == "" { // no program that is built for it alone
		return false
	}
	s.From, s.Dir = "", u.dir
	r.Claims[at+".dir"] = r.Claims["services."+u.base+".dir"]
	s.Build = &service.Build{From: u.base, Artifact: artifactOf(s)}
	r.Claims[at+".build.from"] = []Claim{{command[0].Evidence, u.base, command[0].order}}
	if another {
		r.anotherLanguage(u, at, language, s)
	} else {
		s.Language, s.Version, s.Framework = main.Language, main.Version, main.Framework
		for _, field := range []string{"language", "version", "framework"} {
			if said := r.Claims["services."+u.base+"."+field]; len(said) > 0 {
				r.Claims[at+"."+field] = said
			}
		}
	}
	r.finish(name, s)
	return true
}

// shareSettings gives the services that are another's in all but the command its settings, secrets and needs, as every
// process of one code has them.
func (r *resolver) shareSettings() {
	for _, name := range slices.Sorted(maps.Keys(r.App.Services)) {
		s := r.App.Services[name]
		if s.From != "" || s.Build == nil || r.App.Services[s.Build.From] == nil || r.App.Services[s.Build.From].Language != s.Language {
			continue
		}
		main := r.App.Services[s.Build.From]
		own, of := "services."+name, "services."+s.Build.From
		for key, value := range main.Env {
			if _, set := s.Env[key]; set || key == "PORT" || slices.Contains(s.Secrets, key) {
				continue
			}
			if s.Env == nil {
				s.Env = map[string]string{}
			}
			s.Env[key] = value
			if said := r.Claims[of+".env."+key]; len(said) > 0 {
				r.Claims[own+".env."+key] = said
			}
		}
		for _, secret := range main.Secrets {
			if _, set := s.Env[secret]; !set && !slices.Contains(s.Secrets, secret) {
				s.Secrets = append(s.Secrets, secret)
			}
		}
		if said := r.Claims[of+".secrets"]; len(said) > 0 && len(r.Claims[own+".secrets"]) == 0 {
			r.Claims[own+".secrets"] = said
		}
		for _, need := range main.Needs {
			if !slices.Contains(s.Needs, need) {
				s.Needs = append(s.Needs, need)
			}
		}
		slices.Sort(s.Secrets)
		slices.Sort(s.Needs)
	}
}

// scriptOf is the file that an interpreter starts, where the command names one of the repository.
func scriptOf(command []string) string {
	if len(command) < 2 || programLanguage[path.Base(command[0])] == "" && !strings.HasPrefix(path.Base(command[0]), "python") {
		return ""
	}
	for _, word := range command[1:] {
		if !strings.HasPrefix(word, "-") {
			if path.Ext(word) == "" || path.IsAbs(word) || strings.HasPrefix(path.Clean(word), "../") {
				return ""
			}
			return path.Clean(word)
		}
	}
	return ""
}

func artifactOf(s *service.Service) string {
	if s.Build == nil {
		return ""
	}
	return s.Build.Artifact
}

// anotherLanguage says of a program in another language than the code beside it what its own reader knows.
func (r *resolver) anotherLanguage(u *unit, at, language string, s *service.Service) {
	for _, f := range stronger(u.processes[""]) {
		if f.Evidence.Reader != language {
			continue
		}
		for _, field := range []struct {
			name string
			to   *string
			said string
		}{{"language", &s.Language, f.Service.Language}, {"version", &s.Version, f.Service.Version}, {"framework", &s.Framework, f.Service.Framework}} {
			if field.said != "" && *field.to == "" {
				*field.to = field.said
				r.Claims[at+"."+field.name] = append(r.Claims[at+"."+field.name], Claim{f.Evidence, field.said, f.order})
			}
		}
		for _, name := range f.Service.Secrets {
			if !slices.Contains(s.Secrets, name) {
				s.Secrets = append(s.Secrets, name)
				r.Claims[at+".secrets"] = append(r.Claims[at+".secrets"], Claim{f.Evidence, name, f.order})
			}
		}
	}
	if script := scriptOf(s.Command); script != "" {
		s.Dir = path.Join(u.dir, path.Dir(script))
		r.Claims[at+".dir"] = []Claim{{r.Claims[at+".command"][0].Evidence, s.Dir, r.Claims[at+".command"][0].order}}
	}
	if s.Language == "" {
		s.Language = language
		r.Claims[at+".language"] = []Claim{r.Claims[at+".command"][0]}
	}
	if main := r.App.Services[u.base]; main.Build == nil || main.Build.Dockerfile == "" {
		r.note(r.Claims[at+".command"][0].Evidence, at+" runs "+language+" and shares the image of "+u.base+", which is made for "+main.Language+" only: write a Dockerfile that holds both and name it in build.dockerfile of "+u.base)
	}
}

// besideLanguage says of a process in another language than the image is made for that it can't run there as it stands.
func (r *resolver) besideLanguage(at, base string, s *service.Service) {
	main := r.App.Services[base]
	language := languageOf(s.Command)
	if claims := r.Claims[at+".command"]; len(claims) > 0 && main.Language == "php" && language == "node" && (main.Build == nil || main.Build.Dockerfile == "") {
		r.note(claims[0].Evidence, at+" runs "+language+" and shares the image of "+base+", which is made for "+main.Language+" only: write a Dockerfile that holds both and name it in build.dockerfile of "+base)
	}
}

// languageOf is the language of what a command starts, by its first program; "" where that doesn't tell.
func languageOf(command []string) string {
	words := command
	if len(words) == 3 && words[1] == "-c" {
		words = strings.Fields(words[2])
	}
	for len(words) > 0 {
		switch word := path.Base(words[0]); {
		case word == "exec" || word == "env" || strings.Contains(word, "="):
			words = words[1:]
			continue
		case strings.HasPrefix(word, "python"):
			return "python"
		default:
			return programLanguage[word]
		}
	}
	return ""
}

var programLanguage = map[string]string{
	"node": "node", "npm": "node", "yarn": "node", "pnpm": "node", "npx": "node", "pm2": "node", "pm2-runtime": "node",
	"gunicorn": "python", "uwsgi": "python", "uvicorn": "python", "daphne": "python", "waitress-serve": "python", "django-admin": "python", "flask": "python", "paster": "python", "pserve": "python",
	"bundle": "ruby", "ruby": "ruby", "rackup": "ruby", "puma": "ruby", "unicorn": "ruby", "rails": "ruby", "rake": "ruby", "thin": "ruby",
	"php": "php", "php-fpm": "php", "java": "java", "dotnet": "dotnet", "mix": "elixir", "rebar3": "erlang", "perl": "perl", "plackup": "perl", "starman": "perl", "hypnotoad": "perl",
}
