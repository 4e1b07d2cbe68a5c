package lang

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// settingsPlace are files that hold settings, by the names that teams give them in any language.
var settingsPlace = scan.MustCompile(`(?i)(^|/)(settings|config|configs|configuration|conf)/[^/]+$|(^|/)([^/]*settings[^/]*|[^/]*config[^/]*|conf|secrets?|env(ironment)?)\.\w+$`)

// frameworkSecret are settings that are secret whatever stands in them: frameworks sign cookies and tokens with them.
var frameworkSecret = scan.MustCompile(`^(SECRET_KEY(_BASE)?|JWT_SECRET(_KEY)?|SESSION_SECRET|COOKIE_SECRET)$`)

// ofAnotherService are secrets that another service gives out: where settings hold none of them, a file that each place has
// of its own does. A password may be empty.
var ofAnotherService = scan.MustCompile(`(API_KEY|CLIENT_SECRET|APP_SECRET|ACCESS_KEY|AUTH_TOKEN|API_TOKEN)$`)

// comesFromOutside remembers that a setting is read from the environment in one of the files.
func (f *inference) comesFromOutside(name string) {
	if f.read == nil {
		f.read = map[string]bool{}
	}
	f.read[name] = true
}

// keepWritten remembers a secret that a file of settings holds itself. Production must have one of its own, so that it is
// a secret of the service by the name of the setting, which is what the code should come to read.
func (f *inference) keepWritten(name string, v value, text, file string) {
	if _, _, isEnv := v.environment(); isEnv || !isVariable.MatchString(name) || !settingsPlace.MatchString(file) || len(text) > 4096 {
		return
	}
	if text == "" {
		if f.overridden && v.kind == valString && ofAnotherService.MatchString(name) {
			f.written = append(f.written, readVariable{name: name, file: file, line: v.line})
		}
		return
	}
	if frameworkSecret.MatchString(name) || !isVariable.MatchString(text) && !notSecret.MatchString(text) && (!isKeyName.MatchString(name) || looksRandom(text)) {
		f.written = append(f.written, readVariable{name: name, file: file, line: v.line})
	}
}

// reportWritten reports these secrets, except those that some other file of settings reads from the environment already.
func (f *inference) reportWritten() {
	for _, w := range f.written {
		if !f.read[w.name] {
			f.r.Find(scan.Finding{Dir: f.dir, Service: service.Service{Secrets: []string{w.name}}}, w.file, w.line, scan.Guess, "its value stands in the code, which has to read it from the environment")
		}
	}
}
