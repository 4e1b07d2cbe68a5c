package generators

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// readmeConfiguration has a row for each variable: what it is set to, and by which services it is read.
func readmeConfiguration(app *service.App) string {
	plain := map[string][]setting{}
	secret := map[string][]string{}
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		for variable, value := range s.Env {
			plain[variable] = append(plain[variable], setting{name, value})
		}
		for _, variable := range s.Secrets {
			secret[variable] = append(secret[variable], name)
		}
	}
	for _, env := range app.EnvironmentNames() {
		for variable := range app.Environments[env].Env {
			if _, known := plain[variable]; !known {
				plain[variable] = nil
			}
		}
	}
	var names []string
	for name := range plain {
		names = append(names, name)
	}
	for name := range secret {
		if _, both := plain[name]; !both {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.Strings(names)
	t, optional := markdownTable{{"variable", "value", "used by"}}, markdownTable{{"optional secret", "used by"}}
	for _, name := range names {
		if by, ok := secret[name]; ok {
			what := "**secret**"
			if app.OptionalSecret(name) {
				optional = append(optional, []string{markdownCode(name), readmeUsers(app, by)})
				continue
			}
			if file := app.Secrets.Keys[name].File; file != "" {
				what = "**secret**, the file " + markdownCode(file)
			}
			t = append(t, []string{markdownCode(name), what, readmeUsers(app, by)})
			continue
		}
		value, by := readmeValue(app, name, plain[name])
		t = append(t, []string{markdownCode(name), value, readmeUsers(app, by)})
	}
	text := t.String()
	if len(optional) > 1 {
		text += "\nIt starts without these; give those of what is in use (`secrets.optional` in `migrate.yaml`):\n\n" + optional.String()
	}
	return text
}

// setting is the value that one service has for a variable.
type setting struct{ service, value string }

// readmeValue says what a plain variable is set to: where services differ, for each; and where an environment differs.
func readmeValue(app *service.App, variable string, settings []setting) (value string, by []string) {
	var values []string
	differ := false
	for _, s := range settings {
		by = append(by, s.service)
		differ = differ || s.value != settings[0].value
	}
	switch {
	case differ:
		for _, s := range settings {
			values = append(values, markdownText(s.service)+": "+markdownCode(s.value))
		}
	case len(settings) > 0:
		values = []string{markdownCode(settings[0].value)}
	default:
		by = app.ServiceNames()
	}
	for _, env := range app.EnvironmentNames() {
		if v, ok := app.Environments[env].Env[variable]; ok {
			values = append(values, markdownText(env)+": "+markdownCode(v))
		}
	}
	return strings.Join(values, "; "), by
}

// readmeUsers names the services that read a variable.
func readmeUsers(app *service.App, by []string) string {
	if len(by) > 2 && len(by) == len(app.Services) {
		return "all"
	}
	return markdownText(strings.Join(by, ", "))
}

// readmeSecretPaths says where the secrets are looked up.
func readmeSecretPaths(app *service.App) string {
	prefix := strings.Trim(app.Secrets.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	var paths []string
	for _, base := range app.Bases() {
		for _, name := range app.ServiceNames() {
			if app.Base(name) == base && len(app.Services[name].Secrets) > 0 {
				paths = append(paths, markdownCode(prefix+"ENV/"+base+"/VARIABLE"))
				break
			}
		}
	}
	text := "Secrets are in gopass, at " + strings.Join(paths, " or ") + "; what services share at " + markdownCode(prefix+"ENV/common/VARIABLE")
	if prefix != "" {
		text += ", what environments share too at " + markdownCode(prefix+"common/VARIABLE")
	}
	return text + ". migrate never writes their values to a file."
}
