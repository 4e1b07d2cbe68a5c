package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// definesFunction finds functions of the team's own around the environment: the parameter that stands in os.environ[...]
// is the name of the variable wherever the function is called.
var definesFunction = scan.MustCompile(`(?m)^[ \t]*def (\w+)\(([^)]{0,400})\)`)
var readsParameter = scan.MustCompile(`(?:environ(?:\.get)?[\[(]|getenv\()\s*(\w+)\s*[\]),]`)

// remarkInCall is a comment between parameters.
var remarkInCall = scan.MustCompile(`#[^\n]*`)

// envParameter is the parameter of such a function that names the variable.
type envParameter struct {
	at     int
	name   string
	secret bool // by what the function is called
}

// envWrappers gives for each such function its parameter.
func envWrappers(sources []*source) map[string]envParameter {
	position := map[string]envParameter{}
	for _, s := range sources {
		if !strings.Contains(s.text, "environ") && !strings.Contains(s.text, "getenv") {
			continue
		}
		defs := definesFunction.FindAllStringSubmatchIndex(s.text, -1)
		for i, d := range defs {
			end := len(s.text)
			if i+1 < len(defs) {
				end = defs[i+1][0]
			}
			body := s.text[d[1]:min(end, d[1]+4000)]
			reads := readsParameter.FindStringSubmatch(body)
			if reads == nil {
				if reads = readsPrefixed.FindStringSubmatch(body); reads == nil {
					continue
				}
				reads = []string{reads[0], reads[2] + reads[4]}
			}
			params := strings.TrimPrefix(strings.TrimSpace(remarkInCall.ReplaceAllString(s.text[d[4]:d[5]], "")), "self,")
			for n, param := range strings.Split(params, ",") {
				param, _, _ = strings.Cut(param, "=")
				param, _, _ = strings.Cut(param, ":") // what type it has
				if strings.TrimSpace(param) == reads[1] {
					name := s.text[d[2]:d[3]]
					position[name] = envParameter{n, reads[1], strings.Contains(strings.ToLower(name), "secret")}
				}
			}
		}
	}
	return position
}

// takesSecret are functions by which code takes a secret from where a file or a store keeps it.
var takesSecret = scan.MustCompile(`^(?:get|read|load|fetch)_(?:docker_)?secret(?:_by_name|_value|_text)?$`)

// kept reports a secret that the code takes by its name, though not from the environment.
func (p *pythonProject) kept(call value, function, file string) {
	arg, given := call.arg(0)
	if !given || !takesSecret.MatchString(function) || arg.kind != valString || !isVariable.MatchString(arg.text) || p.infer.claimed[arg.text] || !scan.SecretVariable(arg.text) {
		return
	}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{arg.text}}}, file, call.line, scan.Convention, "taken by "+function)
	p.r.NoteItem(nil, file, call.line, "secrets that "+function+" does not take from the environment: let it look there as well, or mount them where it looks", arg.text)
}

// wrapped collects the variables that are read through such functions.
func (p *pythonProject) wrapped(sources []*source) {
	position := envWrappers(sources)
	for _, s := range sources {
		p.listed(s, position)
		for _, call := range s.calls {
			p.option(call, s)
			function := call.text[strings.LastIndexByte(call.text, '.')+1:]
			param, ok := position[function]
			if !ok {
				p.kept(call, function, s.file)
				continue
			}
			arg, given := call.get(param.name)
			if !given {
				arg, given = call.arg(param.at)
			}
			if !given || arg.kind != valString || !isVariable.MatchString(arg.text) || p.infer.claimed[arg.text] {
				continue
			}
			if param.secret && scan.SecretVariable(arg.text) {
				p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{arg.text}}}, s.file, call.line, scan.Declared, "read by a function for secrets")
			}
			fallback := ""
			if d, ok := call.get("default"); ok {
				fallback, _ = d.literal()
			}
			p.infer.vars = append(p.infer.vars, readVariable{arg.text, fallback, s.file, call.line})
			if k := p.infer.kindOfURLVariable(arg.text); k != "" {
				p.infer.add(scan.Need{Need: service.Need{Kind: k, Port: scan.DefaultPort(k)}}, s.file, call.line, scan.Declared, "the variable "+arg.text+" leads to it")
			}
		}
	}
}

// option collects the variable that an option of a command line is read from as well, as ConfigArgParse and Click have it.
func (p *pythonProject) option(call value, s *source) {
	name, ok := call.get("env_var", "envvar")
	if !ok {
		name.text = optionVariable(call, s)
	}
	if ok && name.kind != valString || !isVariable.MatchString(name.text) || p.infer.claimed[name.text] {
		return
	}
	otherwise, _ := call.get("default")
	fallback, _ := otherwise.literal()
	p.infer.vars = append(p.infer.vars, readVariable{name.text, fallback, s.file, call.line})
}

// clickPrefix is what Click puts before the names of a command's options, to read those from the environment.
var clickPrefix = scan.MustCompile(`\bauto_envvar_prefix["']?[ \t]*[=:][ \t]*["']([A-Z][A-Z0-9_]*)["']`)

// optionVariable is the variable that Click reads an option of the file's command from by its name alone, "" where it reads none:
// --db-password behind SHOP is SHOP_DB_PASSWORD. The options of a group's commands have the command's name between the two.
func optionVariable(call value, s *source) string {
	if call.text != "click.option" && call.text != "option" || strings.Contains(s.text, ".group(") {
		return ""
	}
	prefix := clickPrefix.FindStringSubmatch(s.text)
	if prefix == nil {
		return ""
	}
	for i := range call.items {
		arg, given := call.arg(i)
		if long, ok := strings.CutPrefix(arg.text, "--"); given && ok && arg.kind == valString {
			long, _, _ = strings.Cut(long, "/")
			return strings.ToUpper(prefix[1] + "_" + strings.ReplaceAll(long, "-", "_"))
		}
	}
	return ""
}

// eachOf is a call for each item of a list: for name in names: set_env(name).
var eachOf = scan.MustCompile(`(?m)^[ \t]*for (\w+) in (\w+):[ \t]*\n[ \t]+(?:\w+\.)?(\w+)\((?:\w+[ \t]*=[ \t]*)?(\w+)[ \t]*[,)]`)

// listed collects the variables that such a function is called with one after another, out of a list of their names.
func (p *pythonProject) listed(s *source, wrappers map[string]envParameter) {
	for _, m := range scan.Find(s.text, eachOf) {
		if _, ok := wrappers[m.Groups[3]]; ok && m.Groups[1] == m.Groups[4] {
			p.namesIn(s, m.Groups[2])
		}
	}
	for _, m := range scan.Find(s.text, loopBody) {
		if name, body := m.Groups[1], m.Groups[3]; hasAny(body, "environ["+name+"]", "environ.get("+name, "getenv("+name) {
			p.namesIn(s, m.Groups[2])
		}
	}
}

// loopBody is a loop with the lines in it: for name in names: ... os.environ[name].
var loopBody = scan.MustCompile(`(?m)^for (\w+) in (\w+):[ \t]*\n((?:[ \t]+[^\n]*\n|\n){1,30})`)

// namesIn collects the variables of a list of names.
func (p *pythonProject) namesIn(s *source, list string) {
	for _, set := range s.settings {
		for _, item := range set.v.items {
			if set.name == list && item.kind == valString && isVariable.MatchString(item.text) {
				p.infer.vars = append(p.infer.vars, readVariable{item.text, "", s.file, item.line})
			}
		}
	}
}

// readsPrefixed is a variable whose name is put together of a prefix and the parameter: environ.get('SHOP_%s' % name),
// os.environ[f"SHOP_{name}"], getenv("SHOP_" + name).
var readsPrefixed = scan.MustCompile(`(?:environ(?:\.get)?[\[(]|getenv\()\s*(?:["']([A-Z][A-Z0-9_]*_)(?:%s|\{\w*\})?["']\s*(?:%|\+|\.format\()\s*\(?(\w+)|f["']([A-Z][A-Z0-9_]*_)\{(\w+)\}["'])`)

// ownVariables gives the variables their full names, where the code reads them by a part: through a function of its own
// that puts a prefix before it, or as django-configurations does.
func (p *pythonProject) ownVariables() {
	_, configurations := p.deps.find("django-configurations")
	everett := everettNamespaces(p.sources)
	for _, s := range p.sources {
		if m := productionClass.FindStringSubmatch(s.text); m != nil && configurations && settingsFile.MatchString(s.file) {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Env: map[string]string{"DJANGO_CONFIGURATION": m[1]}}}, s.file, scan.LineOf(s.text, productionClass), scan.Convention, "the settings of production")
		}
		if prefixes := prefixed(s); len(prefixes) > 0 {
			for i := range s.settings {
				prefixes.complete(&s.settings[i].v)
			}
			for i := range s.calls {
				prefixes.complete(&s.calls[i])
			}
		}
		everettManager(s)
		for i := range s.settings {
			if set := &s.settings[i]; configurations && set.class != "" {
				configurationValue(s, set.name, &set.v)
			} else if set.class != "" && strings.Contains(s.text, "everett") {
				everett.option(s, set.name, set.v)
			}
		}
		if strings.Contains(s.text, "everett") {
			for _, call := range slices.Clone(s.calls) {
				everett.added(s, call)
			}
		}
	}
}

var productionClass = scan.MustCompile(`(?m)^class (Production|Prod|Live)\(`)

// prefixes leads from a function to the prefix that it puts before the name it is called with.
type prefixes map[string]string

// prefixed finds such functions in a file, and those that hand on their own parameter to one of them.
func prefixed(s *source) prefixes {
	if !strings.Contains(s.text, "environ") && !strings.Contains(s.text, "getenv") {
		return nil
	}
	found := prefixes{}
	defs := definesFunction.FindAllStringSubmatchIndex(s.text, -1)
	for range 2 {
		for i, d := range defs {
			end := len(s.text)
			if i+1 < len(defs) {
				end = defs[i+1][0]
			}
			name, body := s.text[d[2]:d[3]], s.text[d[1]:min(end, d[1]+600)]
			param, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(s.text[d[4]:d[5]]), "self,"), ",")
			param = strings.TrimSpace(param)
			if m := readsPrefixed.FindStringSubmatch(body); m != nil && m[2]+m[4] == param {
				found[name] = m[1] + m[3]
			}
			for other, prefix := range found {
				if other != name && found[name] == "" && (strings.Contains(body, " "+other+"("+param+")") || strings.Contains(body, " "+other+"("+param+",")) {
					found[name] = prefix
				}
			}
		}
	}
	return found
}

func (known prefixes) complete(v *value) {
	if prefix := known[v.text]; prefix != "" && v.kind == valCall && len(v.items) > 0 && v.keys[0] == "" {
		if first := &v.items[0]; first.kind == valString && isVariable.MatchString(first.text) && !strings.HasPrefix(first.text, prefix) {
			first.text = prefix + first.text
		}
	}
	for i := range v.items {
		known.complete(&v.items[i])
	}
}

// configurationURLs are the values of django-configurations whose variable has a name of its own.
var configurationURLs = map[string]string{"values.DatabaseURLValue": "DATABASE_URL", "values.CacheURLValue": "CACHE_URL", "values.EmailURLValue": "EMAIL_URL", "values.SearchURLValue": "SEARCH_URL"}

// configurationValue turns NAME = values.SecretValue(), with the variable DJANGO_NAME behind it, into what reads that.
func configurationValue(s *source, name string, v *value) {
	if v.kind == valCall && strings.HasPrefix(v.text, "values.") && strings.HasSuffix(v.text, "Value") {
		variable, prefix := name, "DJANGO_"
		if own := configurationURLs[v.text]; own != "" {
			variable, prefix = own, ""
		}
		if given, ok := v.get("environ_name"); ok && given.text != "" {
			variable = given.text
		}
		if given, ok := v.get("environ_prefix"); ok {
			if prefix = ""; given.kind == valString && given.text != "" {
				prefix = given.text + "_"
			}
		}
		read := value{kind: valCall, text: "os.environ.get", line: v.line, keys: []string{""}, items: []value{{kind: valString, text: prefix + variable, line: v.line}}}
		if fallback, ok := v.arg(0); ok {
			read.keys, read.items = append(read.keys, ""), append(read.items, fallback)
		}
		*v = read
		s.calls = append(s.calls, read)
		return
	}
	for i := range v.items {
		key := name
		if v.kind == valDict && i < len(v.keys) {
			key = name + "_" + strings.ToUpper(v.keys[i])
		}
		configurationValue(s, key, &v.items[i])
	}
}

// brokerSetting names Celery's broker, brokerInside is one in the service's own database or process.
var (
	brokerSetting = scan.MustCompile(`(?i)^(?:\w+\.)*(?:celery_)?broker(?:_url)?$`)
	brokerInside  = scan.MustCompile(`^(?:django|sqla\+\w+|sqlalchemy|memory|filesystem)://`)
)

// broker reports the broker that Celery itself falls back to, where its settings lead to none.
func (p *pythonProject) broker() {
	app, _, file, line := p.celeryApp()
	if _, ok := p.deps.find("celery", "django-celery"); !ok || app == "" {
		return
	}
	if file, line := p.queueBroker(); file != "" {
		p.infer.add(scan.Need{Need: service.Need{Kind: "sqs", Port: scan.DefaultPort("sqs")}}, file, line, scan.Declared, "Celery's broker")
		return
	}
	for _, s := range p.infer.needs {
		switch s.need.Kind {
		case "rabbitmq", "redis", "sqs", "mongodb":
			return
		}
	}
	for _, s := range p.sources {
		for _, set := range s.settings {
			if text, _ := set.v.literal(); brokerSetting.MatchString(set.name) && brokerInside.MatchString(text) {
				return
			}
		}
	}
	p.infer.add(scan.Need{Need: service.Need{Kind: "rabbitmq", Port: scan.DefaultPort("rabbitmq")}}, file, line, scan.Guess, "Celery's own broker, since no setting names another")
}
