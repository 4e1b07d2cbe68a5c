package lang

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// settingsFile are files whose assignments are configuration and not the business of some function.
var settingsFile = scan.MustCompile(`(?i)(^|/)(settings|config|configs|conf)/[^/]+\.py$|(^|/)(settings[^/]*|[^/]*settings|config[^/]*|[^/]*config|conf|constants|celeryconfig|celery|defaults|environment|env)\.py$`)

// otherClass are classes of a settings file that hold for tests and developers' machines.
var otherClass = scan.MustCompile(`(?i)test|dev|local|debug|sqlite|jenkins|travis`)

// ownSettings loads settings that each place has of its own over those of the repository.
var ownSettings = scan.MustCompile(`(?m)^\s*from\s+[\w.]*\b(?:local|local_settings|settings_local|private)\s+import\s+\*|\.from_pyfile\([^\n]*silent\s*=\s*True`)

// settings reads what the code is configured by: needs, state, variables.
func (p *pythonProject) settings() {
	drivers := map[string]dependency{}
	sql := map[string]bool{}
	for _, dep := range p.deps.list {
		if k := pythonDrivers[dep.name].kind; k != "" && drivers[k].name == "" && p.wants(dep, k) {
			drivers[k] = dep
			if sqlKinds[k] {
				sql[k] = true
			}
		}
	}
	_, objects := p.deps.find("boto3", "boto", "botocore", "aiobotocore", "aioboto3", "django-storages", "s3fs")
	p.infer = &inference{r: p.r, dir: p.dir, whole: p.installsNoDriver(), claimed: map[string]bool{}, objects: objects}
	if len(sql) == 1 {
		p.infer.sql = sortedSet(sql)[0]
	}
	p.infer.overridden = slices.ContainsFunc(p.sources, func(s *source) bool { return ownSettings.MatchString(s.text) })
	p.ownVariables()
	var counted []*source
	for _, s := range p.sources {
		if _, skip := environmentOf(s.file); skip && settingsFile.MatchString(s.file) {
			continue
		}
		counted = append(counted, s)
		p.settingsOf(s, drivers)
	}
	for _, s := range counted {
		p.infer.variables(s)
		p.infer.namedService(s)
	}
	p.wrapped(counted)
	p.pydantic(counted)
	p.configFiles()
	p.exampleSecrets()
	for _, f := range p.settingsFiles() {
		f.secrets(p.r, p.dir, f.settings(p.t, p.r), "os.environ[%q]")
	}
	if dep, ok := p.deps.find("kombu", "amqp", "py-amqp"); ok && drivers["rabbitmq"].name == "" && !p.has("celery") && !p.has("redis") && p.serves(consumesAMQP) {
		drivers["rabbitmq"] = dep
	}
	p.infer.drivers(drivers, p.imported(counted))
	p.forOthers()
	p.broker()
	p.infer.reportVariables()
	p.infer.report()
}

// installsNoDriver says whether a list of dependencies is there and nothing installs the library of a backing service: code
// that connects to one is a plugin's then, for those who install its library by hand.
func (p *pythonProject) installsNoDriver() bool {
	if len(p.deps.list) == 0 {
		return false
	}
	elsewhere := p.t.Text(p.t.First(p.dir, "Dockerfile"), p.r)
	for _, f := range p.t.Below(p.dir) {
		base := path.Base(f)
		if (base == "setup.py" || requirements.MatchString(base) || path.Base(path.Dir(f)) == "requirements") && !forDevelopment.MatchString(relative(p.dir, f)) && len(elsewhere) < maxElsewhere {
			elsewhere += p.t.Text(f, p.r) // of a part that is installed, too
		}
	}
	elsewhere = strings.ToLower(elsewhere)
	for name, driver := range pythonDrivers {
		if driver.kind != "" && strings.Contains(elsewhere, name) {
			return false
		}
	}
	return true
}

// maxElsewhere bounds in bytes what is looked through for the names of libraries.
const maxElsewhere = 1 << 20

// settingsOf reads one file: all its settings where it is a file of settings, the constants where it is any other.
func (p *pythonProject) settingsOf(s *source, drivers map[string]dependency) {
	whole := settingsFile.MatchString(s.file)
	var kept []setting
	for _, set := range s.settings {
		name := strings.TrimPrefix(set.name, "app.config.")
		if otherClass.MatchString(set.class) || !whole && name == set.name && !isVariable.MatchString(name) {
			continue
		}
		set.name = name
		kept = append(kept, set)
		p.infer.setting(name, set.v, s.file)
		p.state(name, set.v, s.file)
		if first, ok := set.v.arg(1); ok && whole && set.v.text == "getattr" && len(set.v.items) == 2 && first.kind == valString && isVariable.MatchString(first.text) && scan.SecretName(first.text) {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{first.text}}}, s.file, set.v.line, scan.Guess, "it stands in a file of settings that is not in the repository")
		}
		if first, ok := set.v.arg(0); ok && whole && set.v.kind == valCall && first.kind == valString && first.text == name && isVariable.MatchString(name) && scan.SecretName(name) {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{name}}}, s.file, set.v.line, scan.Guess, "the settings take it from outside")
		}
		if whole {
			p.leftEmpty(name, set.v, s.file, false)
		}
	}
	p.infer.flat(kept, s.file)
	for _, call := range s.calls {
		p.infer.call(call, s.file, drivers)
		if strings.HasSuffix(call.text, "environ.setdefault") && len(call.items) == 2 && call.items[0].text == "DJANGO_SETTINGS_MODULE" {
			p.settingsModule(call, s.file)
		}
	}
}

// ownDefault are keys of dicts that say not of what they are the secret, or that libraries leave empty by themselves.
var ownDefault = scan.MustCompile(`(?i)^(?:password|passwd|pass|secret|salt|token|key|api_?key|secret_?key|auth_?token|access_?token|private_?key|verifying_?key|signing_?key|public_?key)$`)

// leftEmpty reports a secret that settings hold no value of, also as a default among others in a dict.
func (p *pythonProject) leftEmpty(name string, v value, file string, inDict bool) {
	if v.kind == valDict || v.kind == valCall && v.text == "dict" {
		if has(v, hostKeys) || has(v, []string{"ENGINE", "BACKEND"}) {
			return // its password belongs to the need
		}
		for i, key := range v.keys {
			if !ownDefault.MatchString(key) {
				p.leftEmpty(key, v.items[i], file, true)
			}
		}
		return
	}
	if (v.kind == valName || v.kind == valString && inDict) && (v.text == "None" || v.text == "") && isVariable.MatchString(name) && scan.SecretName(name) {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{name}}}, file, v.line, scan.Guess, "left empty in the code: it must come from outside")
	}
}

// settingsModule reports DJANGO_SETTINGS_MODULE: a module for production where there is one beside the default.
func (p *pythonProject) settingsModule(call value, file string) {
	module, ok := call.items[1].literal()
	served := startsDjango(file) && !p.startedNearer(file) || p.withoutServer && path.Base(file) == "manage.py"
	if !ok || strings.ContainsAny(module, "{}%$") || !served {
		return
	}
	set := func(module string, rank scan.Rank, note string) {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Env: map[string]string{"DJANGO_SETTINGS_MODULE": module}}}, file, call.line, rank, note)
	}
	if _, skip := environmentOf(strings.ReplaceAll(module, ".", "/")); !skip {
		if other := p.productionBeside(module); other != "" {
			set(other, scan.Convention, "the default "+module+" is what it builds on")
			return
		}
		set(module, scan.Declared, "")
		return
	}
	for _, name := range []string{"production", "prod"} {
		other := module[:strings.LastIndexByte(module, '.')+1] + name
		if p.t.First(path.Join(p.dir, p.root), strings.ReplaceAll(other, ".", "/")+".py") != "" {
			set(other, scan.Convention, "the default "+module+" is for developers")
			return
		}
	}
	set(module, scan.Guess, "the only settings there are, though they are named for developers")
}

// startsDjango says whether a file is what a server loads.
func startsDjango(file string) bool {
	return strings.Contains(file, "wsgi") || strings.Contains(file, "asgi")
}

// startedNearer says whether a server loads another file, nearer to the directory: this one is of a project within the project.
func (p *pythonProject) startedNearer(file string) bool {
	return slices.ContainsFunc(p.sources, func(s *source) bool {
		return startsDjango(s.file) && strings.Count(s.file, "/") < strings.Count(file, "/") && strings.Contains(s.text, "DJANGO_SETTINGS_MODULE")
	})
}

// productionBeside is the module of settings for production that takes over all of the default one, which says nothing of
// where it holds; "" where there is none. Of a package whose __init__ holds no settings it is the module in it.
func (p *pythonProject) productionBeside(module string) string {
	at := path.Join(p.dir, p.root, strings.ReplaceAll(module, ".", "/"))
	from, last := module[:strings.LastIndexByte(module, '.')+1], module[strings.LastIndexByte(module, '.')+1:]
	dir := path.Dir(at)
	if init := p.t.First(at, "__init__.py"); init != "" {
		if strings.TrimSpace(p.t.Text(init, p.r)) != "" {
			return ""
		}
		from, last, dir = module+".", "", at
	}
	for _, name := range []string{"production", "prod", "settings_production", "settings_prod"} {
		file := p.t.First(dir, name+".py")
		if file == "" {
			continue
		}
		text := p.t.Text(file, p.r)
		if last == "" || strings.Contains(text, "from ."+last+" import *") || strings.Contains(text, "from "+module+" import *") {
			return from + name
		}
	}
	return ""
}

var stateName = scan.MustCompile(`^(MEDIA_ROOT|(\w+_)?UPLOAD(S|ED)?(_\w+)?_(FOLDER|DIR|DIRECTORY|PATH|ROOT|DEST)|ATTACHMENTS?_(DIR|ROOT|PATH)|DATA_(DIR|ROOT|PATH)|SENDFILE_ROOT|PRIVATE_STORAGE_ROOT|PRIVATE_MEDIA_ROOT|STORAGE_(DIR|PATH|ROOT)|UPLOAD_FOLDER)$`)

func (p *pythonProject) state(name string, v value, file string) {
	if !stateName.MatchString(name) {
		return
	}
	if dir, ok := pathOf(v); ok {
		if name == "CKEDITOR_UPLOAD_PATH" { // below MEDIA_ROOT
			dir = path.Join("media", dir)
		}
		p.infer.keeps(dir, file, v.line, name)
	}
}

// Configuration in YAML with the names of variables in it, as several loaders understand it, and where it is kept.
var (
	configYAML     = scan.MustCompile(`(?i)^(?:(?:config|conf|settings|etc)/[\w.-]+|[\w-]*(?:config|settings)[\w.-]*)\.ya?ml$`)
	variableInINI  = scan.MustCompile(`(?m)^[^#;\n]*?\$\{([A-Z][A-Z0-9_]*)(?::-?([^}\s"']*))?\}`)
	variableInYAML = scan.MustCompile(`(?:\$\{|_env:|!env(?:_var)?\s+["']?)([A-Z][A-Z0-9_]*)(?::-?([^}\s"']*))?`)
)

func (p *pythonProject) configFiles() {
	for _, f := range p.t.Below(p.dir) {
		rel, in := relative(p.dir, f), variableInYAML
		if _, skip := environmentOf(f); skip && !strings.Contains(f, "sample") {
			continue // a sample is what production's file was copied from
		}
		switch {
		case configYAML.MatchString(rel):
		case strings.HasSuffix(rel, ".ini") && strings.Count(rel, "/") < 2 && pasteMain.MatchString(p.t.Text(f, p.r)):
			in = variableInINI
		default:
			continue
		}
		for _, m := range scan.Find(p.t.Text(f, p.r), in) {
			p.infer.vars = append(p.infer.vars, readVariable{m.Groups[1], m.Groups[2], f, m.Line})
		}
	}
}

// consumesAMQP is code that talks to a broker by the library that Celery rests on.
var consumesAMQP = scan.MustCompile(`(?m)^\s*from (?:kombu|amqp)(?:\.\w+)* import [^\n]*\b(?:Connection|Consumer|ConsumerMixin|Exchange|Queue)\b`)

func (p *pythonProject) has(name string) bool { _, ok := p.deps.find(name); return ok }

// wants says whether a driver is there for the project: by itself, or for another package that speaks of the same, or used
// by the code. Others are there for what the project does not use of another one.
func (p *pythonProject) wants(driver dependency, kind string) bool {
	via, indirect := p.deps.indirect[driver.name]
	if driver.name == "pymongo" && !p.imports(kind) && len(p.files) < maxSources {
		return p.has("celery") || p.has("kombu") // who takes it by a name alone
	}
	if !indirect || p.imports(kind) {
		return true
	}
	for _, word := range splitName(via) {
		if kindWords[word] == kind {
			return true
		}
	}
	return false
}

// forOthers notes the drivers that no need was made of, since another package alone wants them.
func (p *pythonProject) forOthers() {
	have := map[string]bool{}
	for _, n := range p.infer.needs {
		have[n.need.Kind] = true
	}
	for _, dep := range p.deps.list {
		if k := pythonDrivers[dep.name].kind; k != "" && !have[k] && !p.wants(dep, k) {
			have[k] = true
			if p.deps.indirect[dep.name] == "" {
				p.r.Note(dep.file, dep.line, "%s is installed, and the code does not import it: add the need (%s) to migrate.yaml if something else uses it", dep.name, k)
				continue
			}
			p.r.Note(dep.file, dep.line, "%s is installed for another package alone, and the code does not use it: add the need (%s) to migrate.yaml if that package does", dep.name, k)
		}
	}
}

// imports says whether the code imports a library that leads to this kind of need.
func (p *pythonProject) imports(kind string) bool {
	if p.used == nil {
		p.used = p.imported(p.sources)
	}
	return p.used[kind].name != ""
}

var pythonImport = scan.MustCompile(`(?m)^\s*(?:import|from)\s+(\w+)`)

// imported are the kinds of needs whose library the code imports, and where.
func (p *pythonProject) imported(sources []*source) map[string]dependency {
	used := map[string]dependency{}
	for _, s := range sources {
		for _, m := range scan.Find(s.text, pythonImport) {
			if k := pythonModules[m.Groups[1]]; k != "" && used[k].name == "" {
				used[k] = dependency{name: m.Groups[1], file: s.file, line: m.Line}
			}
		}
	}
	return used
}
