package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// sortedNames are the names of the attributes, those that were given and those that hold by default.
func (m *managed) sortedNames() []string {
	names := make([]string, len(m.attrs.list))
	for i, one := range m.attrs.list {
		names[i] = one.name
	}
	slices.Sort(names)
	return names
}

var (
	variableKind = scan.MustCompile(`(^|::|_)(env_?vars?|environment_?variables?|setenv|env_?variables?)$`)
	variablePath = scan.MustCompile(`/(env|env\.d|envdir|environment\.d|env_vars)/([A-Z][A-Z0-9_]*)$`)
)

// variable understands resources that are one variable of a service's environment.
func (g *meaning) variable(m *managed) bool {
	name, value := "", m.attr("value", "content")
	_, given := m.attrs.get("value")
	switch {
	case g.is(variableKind, m.kind) && given:
		name = m.attr("varname", "variable", "key", "name").plain()
		if name == "" {
			name = m.title
		}
	case m.kind == "file" && variablePath.MatchString(m.title):
		name = variablePath.FindStringSubmatch(m.title)[2]
	}
	if name == "" || !service.VariableName(name) {
		return false
	}
	f := m.finding()
	if strings.EqualFold(m.title, name) { // the title says what is set, and not for whom
		f.About = m.aboutFrom(m.outer)
	}
	if value.kind == valueUndef && !ofMachine[name] { // data that is kept elsewhere says it
		g.noteFor(f.About, "variables whose value is not known here; set them under env in "+service.FileName, name, m.file, m.line)
	}
	g.setting(m, f, name, value)
	return true
}

// environmentOf takes a hash of variables, or a list of NAME=value.
func (g *meaning) environmentOf(m *managed, v managedValue, f scan.Finding) bool {
	took := false
	if m.class() && len(v.keys) > 1 && !slices.ContainsFunc(v.keys, func(name string) bool { return name != strings.ToLower(name) }) {
		return false // what a template is filled with
	}
	for _, name := range v.keys {
		if service.VariableName(name) {
			g.setting(m, f, name, v.hash[name])
			took = true
		}
	}
	if v.kind == valueHash {
		g.used[writtenAt(v)] = true
		return took
	}
	for _, item := range v.items() {
		for _, pair := range variablePairs(item.text) {
			name, text, ok := strings.Cut(pair, "=")
			if name = strings.TrimSpace(name); !ok || !service.VariableName(name) || name == "PATH" || name == "HOME" {
				continue
			}
			one := item
			one.text = strings.Trim(strings.TrimSpace(text), `"'`)
			one.secret = item.secret && strings.Contains(one.text, "${")
			one.open = item.open && strings.Contains(one.text, "${")
			g.setting(m, f, name, guard(name, one))
			took = true
		}
	}
	return took
}

// variablePairs parts A=b,C="d e", as Supervisor writes it; a single pair may hold commas.
func variablePairs(text string) []string {
	if strings.Count(text, "=") < 2 || !variableList.MatchString(text) {
		return []string{text}
	}
	return variableList.FindAllString(text, -1)
}

var variableList = scan.MustCompile(`[A-Za-z_]\w*=("[^"]*"|'[^']*'|[^,\s]*)`)

// setting claims one variable: as plain configuration, by its name as a secret, and as the need that it points to.
func (g *meaning) setting(m *managed, f scan.Finding, name string, v managedValue) {
	if !v.open {
		v = guard(name, v)
	}
	if ofMachine[name] || v.kind == valueUndef {
		return
	}
	v = g.differing(v, strings.Join(m.aboutFrom(m), "\n")+"\x00"+name)
	if g.environment != "" && v.environment != g.environment {
		return
	}
	if v.environment != "" {
		f.Environment = v.environment
	}
	if g.needOf(m, f, name, v) {
		return
	}
	file, line := m.place(v)
	switch {
	case scan.SecretName(name) || v.secret || scan.HasAccount(v.text):
		if g.environment == "" {
			f.Environment = ""
			f.Service = service.Service{Secrets: []string{name}}
			g.claim(m, f, v, "secret "+name, scan.Declared, "")
		}
	case !v.known() || v.text == "%I" || v.text == "%i":
		g.use(v)
		g.noteFor(f.About, "variables whose value is not known here; set them under env in "+service.FileName, name, file, line)
	case path.IsAbs(v.text) && strings.Count(v.text, "/") > 1:
		g.placed = append(g.placed, placeSetting{m, f, name, v})
	case v.text == "":
		g.use(v)
		g.noteFor(f.About, "variables that are set to nothing", name, file, line)
	case imageOwn.MatchString(name):
		g.use(v)
		g.noteFor(f.About, imagesOwn, name, file, line)
	case thisMachine.MatchString(v.text):
		g.use(v)
		g.noteFor(f.About, "variables that name the old machine itself; what answers there becomes a need", name, file, line)
	default:
		if name == "PORT" && validPort(v.number()) && g.environment == "" {
			port := f
			port.Environment = ""
			port.Service = service.Service{Port: v.number()}
			g.claim(m, port, v, "port "+v.text, scan.Declared, m.says("PORT"))
		}
		f.Service = service.Service{Env: map[string]string{name: v.text}}
		g.claim(m, f, v, "env "+name, scan.Declared, "")
	}
}

// ofMachine are variables that each shell has.
var ofMachine = map[string]bool{"PATH": true, "HOME": true, "USER": true, "SHELL": true, "TERM": true, "PWD": true, "LD_LIBRARY_PATH": true}

var thisMachine = scan.MustCompile(`(?i)(^|[/@\s])(localhost|127\.0\.0\.1)([:/\s]|$)`)

var openAddress = scan.MustCompile(`^((?:jdbc:)?[a-z0-9+.-]+://)[^/?#]*\$\{[^/?#]*`)

// needOf claims the need that a variable points to. It says whether the variable is accounted for with that.
func (g *meaning) needOf(m *managed, f scan.Finding, name string, v managedValue) bool {
	if v.kind != valueText {
		return false
	}
	n, ok := needOfSetting(name, v.text)
	if !ok {
		return false
	}
	n.Environment = f.Environment
	if f.Environment != "" && n.Host == "" {
		return false
	}
	switch {
	case v.secret:
		n.Env = nil
	case v.open && n.Env != nil:
		template := openAddress.ReplaceAllString(v.text, "${1}{host}:{port}")
		if n.Env = map[string]string{name: template}; strings.Contains(template, "${") {
			n.Env = nil
		}
	}
	plain := n.Env != nil
	f.Need, f.Environment = &n, ""
	g.claim(m, f, v, "need "+n.Environment+" "+name, scan.Declared, "")
	return plain
}
