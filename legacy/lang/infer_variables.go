package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// readVariable is one place where the code reads a variable of its environment, and what it falls back to.
type readVariable struct {
	name, fallback string
	file           string
	line           int
}

// variables collects the variables that the file reads.
func (f *inference) variables(s *source) {
	developers := map[int]bool{} // lines of settings that production does not load
	for _, set := range s.settings {
		if developersClass.MatchString(set.class) {
			set.v.walk(func(part value) { developers[part.line] = true })
		}
		if besideProduction(set.v) {
			set.v.walk(func(part value) { developers[part.line] = true })
			withoutOther(set.v).walk(func(part value) { delete(developers, part.line) })
		}
	}
	for _, list := range [][]value{s.calls, s.names} {
		for _, v := range list {
			if !developers[v.line] {
				f.variableOf(v, s.file)
			}
		}
	}
	for _, set := range s.settings {
		if developersClass.MatchString(set.class) {
			continue
		}
		if besideProduction(set.v) {
			set.v = withoutOther(set.v)
		}
		set.v.walk(func(part value) {
			switch part.kind {
			case valEither:
				f.variableOf(part, s.file)
			case valString:
				for _, filled := range part.items {
					f.variableOf(filled, s.file)
				}
			}
		})
		if set.indent == 0 || set.class != "" {
			f.stopsWithout(set.v, s.file)
		}
	}
}

// besideProduction says whether an object has parts for several environments, one of them production.
func besideProduction(v value) bool {
	return v.kind == valDict && slices.Contains(v.keys, "production") && slices.ContainsFunc(v.keys, otherKey.MatchString)
}

// developersClass are classes of settings that production does not load.
var developersClass = scan.MustCompile(`^(?:Dev(?:elop(?:ment|er)?)?|Test(?:ing)?|Local)(?:[A-Z_]\w*)?$`)

// stopsWithout collects the variables whose absence is an error where the value stands: os.environ["X"] in Python, with
// nothing beside it that would do.
func (f *inference) stopsWithout(v value, file string) {
	if v.kind != valCall {
		return
	}
	if name, fallback, ok := v.environment(); ok && fallback == nil && strings.HasSuffix(v.text, "environ[]") {
		f.must = append(f.must, readVariable{name: name, file: file, line: v.line})
		return
	}
	for _, part := range v.items {
		f.stopsWithout(part, file)
	}
}

// reportRequired reports each variable without which the code stops, but for those that some other place does without.
func (f *inference) reportRequired() {
	seen := map[string]bool{}
	for _, v := range f.must {
		env, _ := environmentOf(v.file)
		optional := slices.ContainsFunc(f.vars, func(other readVariable) bool { return other.name == v.name && other.fallback != "" })
		if seen[v.name] || optional || f.claimed[v.name] || scan.SecretName(v.name) || !variableName.MatchString(v.name) || foreignVariables.MatchString(v.name) || env != "" && env != "production" {
			continue
		}
		seen[v.name] = true
		f.r.Find(scan.Finding{Dir: f.dir, Requires: v.name}, v.file, v.line, scan.Declared, "the code stops without it")
	}
}

func (f *inference) variableOf(v value, file string) {
	for v.kind == valOther && len(v.items) > 0 {
		v = v.items[0] // process.env.X === 'y'
	}
	if name, fallback, ok := v.environment(); ok {
		text := ""
		if fallback != nil {
			text, _ = fallback.literal()
		}
		f.vars = append(f.vars, readVariable{name, text, file, v.line})
		if fallback != nil && fallback.nothing() {
			f.spare(name, file, v.line)
		}
		if v.secret {
			f.sensitive = append(f.sensitive, name)
		}
	}
}

// nothing says whether a value is an empty text, or one of the names for what is not there.
func (v value) nothing() bool {
	text, ok := v.literal()
	return ok && text == "" && v.kind == valString || (v.kind == valName || v.kind == valString) && noValue.MatchString(v.text) || v.kind == valName && strings.EqualFold(v.text, "false")
}

// spare remembers that the code starts without a variable that it reads here, where the name is that of a key for outside.
func (f *inference) spare(name, file string, line int) {
	if service.SpareKey(name) {
		f.spared = append(f.spared, readVariable{name: name, file: file, line: line})
	}
}

// reportOptional reports the secrets that the code can spare wherever it reads them.
func (f *inference) reportOptional() {
	spared := map[readVariable]bool{}
	for _, v := range f.spared {
		spared[v] = true
	}
	needed := map[string]bool{}
	for _, v := range f.vars {
		v.fallback = ""
		needed[v.name] = needed[v.name] || !spared[v]
	}
	for _, v := range f.spared {
		if !needed[v.name] && !f.claimed[v.name] {
			needed[v.name] = true // it is reported once
			f.r.Find(scan.Finding{Dir: f.dir, Optional: v.name}, v.file, v.line, scan.Declared, "the code starts without it")
		}
	}
}

// addressPart tells the variables of an address by their ends, those that links of Docker have set, too.
var addressPart = scan.MustCompile(`_(?:(HOST|HOSTNAME|SERVER|PORT_\d+_TCP_ADDR)|PORT|PORT_\d+_TCP_PORT)$`)

// hostVariables points a need whose host nobody names to the variables that the code reads for it: MYSQL_HOST, MYSQL_PORT.
func (f *inference) hostVariables() {
	for _, v := range f.vars {
		m := addressPart.FindStringSubmatch(v.name)
		kind := f.kindOfSetting(v.name)
		if m == nil || kind == "" || f.claimed[v.name] {
			continue
		}
		part := "{port}"
		if m[1] != "" {
			part = "{host}"
		}
		for i := range f.needs {
			n := &f.needs[i].need
			_, known := n.Env[v.name]
			if n.Kind != kind || n.Host+n.Name != "" || known || joined(n.Env) != "" && !strings.Contains(joined(n.Env), v.name[:strings.LastIndexByte(v.name, '_')]) {
				continue
			}
			if n.Env == nil {
				n.Env = map[string]string{}
			}
			n.Env[v.name] = part
			f.claimed[v.name] = true
		}
	}
}

// A code base may read hundreds of variables whose defaults nobody ever changed. Beyond maxVariables only those are
// written down that usually differ between environments.
const maxVariables = 20

var differs = scan.MustCompile(`(^|_)(HOSTS?|HOSTNAME|URLS?|URI|PORT|DOMAIN|ENV|ENVIRONMENT|DEBUG|LOG_LEVEL|LOGLEVEL|ADDR|SERVER|ORIGINS?|EMAIL|REGION|BUCKET(_NAME)?|ENDPOINT|CONCURRENCY|WORKERS|TZ)$`)

// thisMachine are addresses at which a container reaches nothing but itself.
var thisMachine = scan.MustCompile(`^(?:[a-z][\w+.-]*://)?(?:localhost|127\.0\.0\.1)(?::\d+)?(?:/.*|\*)?$`)

// noValue are fallbacks that say: there is none.
var noValue = scan.MustCompile(`(?i)^(null|none|nil|undefined)$`)

// reportVariables reports each variable once: a secret by its name alone, anything else with the literal that the code
// falls back to, that of the settings for production first. A variable without such a literal has no value that could
// be written down, and is no claim.
func (f *inference) reportVariables() {
	best, torn := map[string]readVariable{}, map[string]bool{}
	var order []string
	for _, v := range f.vars {
		if f.claimed[v.name] || !variableName.MatchString(v.name) || foreignVariables.MatchString(v.name) {
			continue
		}
		if len(v.fallback) > 200 {
			v.fallback = "" // a text, which nobody sets from outside
		}
		have, ok := best[v.name]
		if !ok {
			order = append(order, v.name)
		}
		env, skip := environmentOf(v.file)
		torn[v.name] = torn[v.name] || have.fallback != "" && v.fallback != "" && have.fallback != v.fallback && env == "" && !skip
		if !ok || have.fallback == "" && v.fallback != "" || env == "production" && v.fallback != "" {
			best[v.name] = v
		}
	}
	f.reportWritten()
	f.reportRequired()
	f.reportOptional()
	var plain []readVariable
	for _, name := range order {
		switch v := best[name]; {
		case (scan.SecretName(name) || slices.Contains(f.sensitive, name)) && !scan.IsSwitch(v.fallback) || scan.HasAccount(v.fallback):
			f.r.Find(scan.Finding{Dir: f.dir, Service: service.Service{Secrets: []string{name}}}, v.file, v.line, scan.Declared, "the code reads it")
		case thisMachine.MatchString(strings.ReplaceAll(v.fallback, `\`, "")): // of patterns, too
			f.r.Find(scan.Finding{Dir: f.dir, Requires: name, Alternative: v.fallback}, v.file, v.line, scan.Convention, "the code's own default")
		case torn[name] && !inProductionFile(v.file): // each place has its own default, which one value for all would change
		case v.fallback != "" && !strings.ContainsAny(v.fallback, "\n{}") && !noValue.MatchString(v.fallback) && !(v.fallback == "0" && strings.HasSuffix(name, "PORT")):
			plain = append(plain, v)
		}
	}
	left := 0
	for _, v := range plain {
		if len(plain) > maxVariables && !differs.MatchString(v.name) {
			left++
			continue
		}
		f.r.Find(scan.Finding{Dir: f.dir, Service: service.Service{Env: map[string]string{v.name: v.fallback}}}, v.file, v.line, scan.Convention, "the code's own default")
	}
	if left > 0 {
		f.r.Note(plain[0].file, plain[0].line, "the code reads %d further variables that have defaults; they are not written down", left)
	}
}

// inProductionFile says whether a file holds the settings of production.
func inProductionFile(file string) bool {
	environment, _ := environmentOf(file)
	return environment == "production"
}

// notSecret are values that stand where a secret would and are none.
var notSecret = scan.MustCompile(`(?i)^(|none|null|true|false|\*+|x+|<.*>|\[.*\]|\$\{?.*\}?|\{.*\}|%\(?.*|env|change_?me.*|(?:enter_)?your.*|todo.*|.{1,3})$|^[\w.]+\.(py|js|json|pem|key|crt)$|^/|^https?://[^@]*$|^urn:|^sqlite:|\s.*\s|^[^@\s]+@[^@\s]+\.[a-z]+$|^[a-z_]+(\.[A-Za-z_]+)+$|^\d+/(s|m|h|d|sec|second|min|minute|hour|day|week|month|year)s?$`)

// hardCoded notes a secret that stands in the code, with its value masked.
func (f *inference) hardCoded(name string, v value, file string) {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if strings.HasPrefix(name, "process.env.") || strings.HasPrefix(name, "os.environ") {
		return // set for a tool or a test, where the environment does not
	}
	if v.kind != valString && v.kind != valEither && v.kind != valCall || !scan.SecretName(last) || strings.HasPrefix(last, ".") {
		return
	}
	text, ok := v.literal()
	if v.kind == valCall {
		if _, _, isEnv := v.environment(); !isEnv {
			return
		}
	}
	own := ownName(last, text)
	if !own || frameworkSecret.MatchString(last) {
		f.keepWritten(last, v, text, file)
	}
	if own {
		return // a name for itself, as enumerations have them
	}
	if !ok || strings.Contains(text, "${") || isVariable.MatchString(text) || notSecret.MatchString(text) || len(text) > 4096 || isKeyName.MatchString(last) && !looksRandom(text) {
		return
	}
	f.r.Note(file, v.line, "%s has its value in the code: read it from the environment, and change it, since everyone with the repository knows it", last)
}

// ownName says whether a value is the name of its setting, but for how that is written.
func ownName(name, text string) bool {
	return strings.EqualFold(notWord.ReplaceAllString(text, ""), notWord.ReplaceAllString(name, ""))
}

var notWord = scan.MustCompile(`[^A-Za-z0-9]+`)

// isKeyName are names that also stand for keys of dictionaries and caches: only a random value is a secret there.
var isKeyName = scan.MustCompile(`(?i)(key|keys|token)[a-z_]*\d*$`)

func looksRandom(text string) bool {
	return len(text) >= 8 && strings.ContainsAny(text, "0123456789") && strings.ContainsAny(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz")
}

// password notes the password in a dict that describes a connection.
func (f *inference) password(name string, v value, file string) {
	if p, ok := v.get(passwordKeys...); ok {
		f.hardCoded(name+".password", p, file)
	}
}
