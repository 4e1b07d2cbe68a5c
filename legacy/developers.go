package legacy

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/lang"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	debugName       = scan.MustCompile(`(?i)(^|_)DEBUG$`)
	environmentName = scan.MustCompile(`(?i)(^|_)(ENV|ENVIRONMENT)$|^DJANGO_CONFIGURATION$`)
	forDevelopers   = scan.MustCompile(`(?i)^(dev|devel|develop|development|local|test|testing)$`)
	cookieName      = scan.MustCompile(`(?i)(^|_)COOKIE_SECURE$`)
	settingsName    = scan.MustCompile(`(?i)(^|_)SETTINGS_MODULE$`)
	eagerName       = scan.MustCompile(`(?i)(^|_)CELERY_(TASK_)?ALWAYS_EAGER$`)
	ofDevelopers    = scan.MustCompile(`(?i)_DEVELOPMENT$|(^|_)(DB|DATABASE|MYSQL|MARIADB|PG|POSTGRES(QL)?|MONGO(DB)?|REDIS)_TEST(ING)?(_|$)|^TEST(ING)?_(DB|DATABASE|MYSQL|MARIADB|PG|POSTGRES(QL)?|MONGO(DB)?|REDIS)_|^(LARAVEL_SAIL$|SAIL_|XDEBUG_)`)
	theirMachine    = scan.MustCompile(`(?i)^(?:[a-z][\w+.-]*://)?host\.docker\.internal(?:[:/,]|$)`)
	pretended       = scan.MustCompile(`(?i)^(mock|mocked|fake|faked|dummy|stub|stubbed)([._-]|$)`)
	isOff           = scan.MustCompile(`(?i)^(false|no|off|0)$`)
)

// switchedOff leads from the ways to write "on" to the same way to write "off".
var switchedOff = map[string]string{"True": "False", "true": "false", "TRUE": "FALSE", "1": "0", "yes": "no", "Yes": "No", "on": "off", "On": "Off"}

// developersValues takes out of the configuration what suits a developer's machine and would harm in production: debugging
// that is on, what only pretends, addresses of that machine, an environment that is called development, cookies that travel in the clear, tasks that no worker gets, and
// what their own databases and tools are told. What says that it runs in staging holds there alone.
func (r *resolver) developersValues(at string, s *service.Service) {
	s.Secrets = slices.DeleteFunc(s.Secrets, ofDevelopers.MatchString)
	if secrets := at + ".secrets"; len(r.Claims[secrets]) > 0 {
		r.Claims[secrets] = slices.DeleteFunc(r.Claims[secrets], func(c Claim) bool { return ofDevelopers.MatchString(c.Value) })
	}
	for _, key := range slices.Sorted(maps.Keys(s.Env)) {
		value, field := s.Env[key], at+".env."+key
		claims := r.Claims[field]
		if len(claims) == 0 {
			continue
		}
		switch off := switchedOff[value]; {
		case ofDevelopers.MatchString(key), theirMachine.MatchString(value):
		case pretended.MatchString(value) && claims[0].Rank < scan.Declared:
			r.note(claims[0].Evidence, key+" is "+value+" here, which suits trials; it was left out: say under env in "+service.FileName+" what production has")
		case debugName.MatchString(key) && off != "":
			s.Env[key] = off
			said := Claim{Evidence: scan.Evidence{Reader: "resolve", Note: "on where nothing is set (" + claims[0].File + ":" + strconv.Itoa(claims[0].Line) + "); production wants it off", Rank: scan.Convention}, Value: off}
			r.Claims[field] = append([]Claim{said}, claims...)
			continue
		case environmentName.MatchString(key) && (forDevelopers.MatchString(value) || r.holdsOnlyThere(key, claims[0])):
			if i := slices.IndexFunc(claims, func(c Claim) bool {
				return !forDevelopers.MatchString(c.Value) && !strings.EqualFold(c.Value, value)
			}); i > 0 {
				s.Env[key] = claims[i].Value
				r.Claims[field] = append([]Claim{claims[i]}, slices.Delete(slices.Clone(claims), i, i+1)...)
				continue
			}
			r.note(claims[0].Evidence, key+" is "+value+" here; say under environments in "+service.FileName+" what it is in each")
		case settingsName.MatchString(key) && forDevelopers.MatchString(value[strings.LastIndexByte(value, '.')+1:]):
			r.note(claims[0].Evidence, key+" is "+value+" here, the settings of developers; it was left out: say under environments in "+service.FileName+" which each loads")
		case cookieName.MatchString(key) && isOff.MatchString(value):
			r.note(claims[0].Evidence, key+" is off here, as developers need it; it was left out, since production wants it on")
		case eagerName.MatchString(key) && off != "":
			r.note(claims[0].Evidence, key+" is on here, so that developers need no worker; it was left out, since production's workers would get nothing to do")
		default:
			continue
		}
		delete(s.Env, key)
		delete(r.Claims, field)
	}
	if len(s.Env) == 0 {
		s.Env = nil
	}
}

// holdsOnlyThere moves the name of an environment that is not production to that environment, where there is one of this name.
// What an image or the code says holds everywhere.
func (r *resolver) holdsOnlyThere(key string, c Claim) bool {
	name := scan.EnvironmentName(c.Value)
	if name == "" || name == "production" || c.Rank < scan.Declared || c.Reader == "dockerfile" || r.differs[name] == nil && !slices.Contains(r.asked(), name) {
		return false
	}
	f := Claimed{order: c.order}
	f.Environment, f.Service.Env, f.Evidence = name, map[string]string{key: c.Value}, c.Evidence
	r.holdsThere(f)
	return true
}

// buildToolRuns recognises commands by which a build tool of the JVM runs a service for developers.
var buildToolRuns = scan.MustCompile(`\bmvnw?\b.*\b(?:cargo|jetty|tomcat\d?|spring-boot|tomee|wildfly|liberty|mn):(?:run|start)\b|\bmvnw?\b.*\bquarkus:dev\b|\bgradlew?\b.*\b(?:bootRun|appRun|jettyRun|tomcatRun|quarkusDev|run)\b|\bsbt\b.*\brun\b`)

// ForDevelopers says whether a command is a build tool's server for developers.
func ForDevelopers(command []string) bool {
	return buildToolRuns.MatchString(strings.Join(command, " "))
}

// developersServer is a framework's own server of pages.
var developersServer = scan.MustCompile(`\bmanage(?:\.py)?\s+runserver(?:_plus)?\b|\bflask\s+run\b|\bartisan\s+serve\b`)

// servesDevelopers says whether a finding starts the server that a framework has for developers.
func servesDevelopers(f Claimed) bool {
	return len(f.Service.Command) > 0 && developersServer.MatchString(strings.Join(f.Service.Command, " "))
}

// ownImage says what is doubtful about a command that is only guessed, where the team's own image rests on another one
// that may start the service by itself; and drops what only the toolkit's own image would install.
func (r *resolver) ownImage(at string, s *service.Service) {
	if s.Build == nil {
		return
	}
	own := s.Build.Dockerfile != ""
	r.fastCGI(at, s)
	if claims := r.Claims[at+".command"]; !own && s.Static() && len(claims) > 0 && claims[0].Rank == scan.Guess && claims[0].Reader == "dockerfile" {
		s.Command = nil // of an image to develop in
		delete(r.Claims, at+".command")
	}
	if claims := r.Claims[at+".command"]; own && s.Static() && len(claims) > 0 && claims[0].Rank == scan.Guess {
		r.note(claims[0].Evidence, "the image serves the files with a server for developers ("+strings.Join(s.Command, " ")+"); without this Dockerfile and without build.dockerfile in "+service.FileName+
			", `migrate generate` writes one that builds them for a web server")
		s.Command = nil
		delete(r.Claims, at+".command")
	}
	if claims := r.Claims[at+".command"]; own && len(claims) > 0 && claims[0].Rank == scan.Guess && !r.imageSays(at+".language") && !r.imageSays(at+".command") {
		if slices.Contains(s.Build.Install, s.Command[0]) { // which nothing installs there
			r.note(r.Claims[at+".build.dockerfile"][0].Evidence, "starts nothing by itself: what its base image starts runs, on the port that it has there")
			s.Command = nil
			delete(r.Claims, at+".command")
		} else {
			r.note(r.Claims[at+".build.dockerfile"][0].Evidence, "starts nothing by itself, and what its base image starts isn't known; the command is a guess: "+strings.Join(s.Command, " "))
		}
	}
	if claims := r.Claims[at+".command"]; own && len(claims) > 0 && claims[0].Rank == scan.Guess && r.imageSays(at+".language") && !r.imageSays(at+".command") && slices.Contains(s.Build.Install, s.Command[0]) {
		r.note(r.Claims[at+".build.dockerfile"][0].Evidence, "starts nothing by itself and does not install "+s.Command[0]+", by which the service is guessed to run: add it to what the image installs, or leave build.dockerfile out of "+
			service.FileName+", and `migrate generate` writes one that has it")
	}
	if claims := r.Claims[at+".command"]; own && len(claims) > 0 && ForDevelopers(s.Command) {
		r.note(claims[0].Evidence, "the image starts the build tool's server for developers, which builds and downloads at each start; without this Dockerfile and without build.dockerfile in "+service.FileName+
			", `migrate generate` writes one that runs what the build makes")
	}
	if claims := r.Claims[at+".command"]; own && len(claims) > 0 && s.Build.User == 0 && strings.HasPrefix(s.Command[0], "/root/") {
		r.note(claims[0].Evidence, s.Command[0]+" lies where only root may look, and pods don't run as root: copy it to /usr/local/bin")
	}
	var install []string
	for _, p := range s.Build.Install {
		named := len(s.Command) > 0 && strings.Contains(" "+strings.Join(s.Command, " ")+" ", " "+p+" ")
		given := r.operationsSay(at+".build.install", p)
		if given && !own {
			build, runtime := lang.PythonBuilds(requirementRest.ReplaceAllString(p, ""))
			s.Build.Packages, s.Build.Runtime = joined(s.Build.Packages, build), joined(s.Build.Runtime, runtime)
		}
		if !own && (named || given) {
			install = append(install, p)
		}
	}
	if s.Build.Install = install; install == nil {
		delete(r.Claims, at+".build.install")
	}
}

// requirementRest is what stands behind the name of a package that pip is asked for.
var requirementRest = scan.MustCompile(`[\[=<>~!].*$`)

// joined is a list with what another one has besides.
func joined(list, more []string) []string {
	for _, item := range more {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

// operationsSay says whether operations code kept elsewhere is among what says a value.
func (r *resolver) operationsSay(field, value string) bool {
	return slices.ContainsFunc(r.Claims[field], func(c Claim) bool { return c.Value == value && r.elsewhere(c.File) })
}

// imageSays says whether the team's own Dockerfile is among what says a value.
func (r *resolver) imageSays(field string) bool {
	return slices.ContainsFunc(r.Claims[field], func(c Claim) bool { return c.Reader == "dockerfile" })
}
