package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// AppEngine reads the app.yaml of App Engine, standard and flexible, and says what its cron.yaml called.
func AppEngine() scan.Reader {
	return scan.Reader{
		Name:  "appengine",
		Wants: func(p string) bool { return appEngineName.MatchString(path.Base(p)) },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			a := &appEngine{newPlatform(t, r, appEnginePort)}
			a.readDocuments(paths, func(file string, doc *yaml.Node) {
				if strings.HasPrefix(path.Base(file), "cron.") {
					a.cron(file, doc)
				} else if runtime := child(doc, "runtime"); scalar(runtime) != "" {
					a.app(file, doc, runtime)
				}
			})
		},
	}
}

// appEnginePort is what App Engine sets $PORT to.
const appEnginePort = 8080

var (
	appEngineName = scan.MustCompile(`^(?:(?:[\w-]+[._-])?app(?:[._-][\w-]+)?|cron)\.ya?ml$`)
	runtimeName   = scan.MustCompile(`^(python|nodejs|ruby|php|java|go|dotnet|aspnetcore)(\d*)$`)
)

type appEngine struct{ *platform }

func (a *appEngine) app(file string, doc, runtime *yaml.Node) {
	dir := path.Dir(file)
	if !a.hasCode(dir) && !a.codeBeside(dir) {
		if dir = a.codeAbove(file); dir == "" {
			return
		}
	}
	f := scan.Finding{Dir: dir}
	if name := scalar(child(doc, "service")); name != "" && name != "default" {
		f.Name = name
	}
	if n := child(doc, "entrypoint"); scalar(n) != "" {
		a.command(f, scalar(n), file, n.Line, scan.Declared)
	} else {
		a.script(f, file, doc)
	}
	f.Name = ""
	a.language(f, file, doc, runtime)
	for _, section := range []*yaml.Node{child(doc, "env_variables"), at(doc, "build_env_variables")} {
		for _, v := range pairs(section) {
			a.setting(f, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
		}
	}
	for _, key := range []string{"readiness_check", "health_check"} {
		if n := at(doc, key, "path"); strings.HasPrefix(scalar(n), "/") && !strings.HasPrefix(scalar(n), "/_ah") {
			f.Service = service.Service{Health: health(scalar(n))}
			a.find(f, "health", file, n.Line, scan.Declared, "")
		}
	}
	if n := at(doc, "beta_settings", "cloud_sql_instances"); scalar(n) != "" {
		a.r.Note(file, n.Line, "Cloud SQL is reached through a socket of App Engine; the code needs the host and port of the database instead")
	}
}

// codeBeside says whether a directory holds code without a file that says so, as App Engine needs none.
func (a *appEngine) codeBeside(dir string) bool {
	for _, f := range a.t.Below(dir) {
		if path.Dir(f) == dir && (strings.HasSuffix(f, ".py") || strings.HasSuffix(f, ".go") || strings.HasSuffix(f, ".php")) {
			return true
		}
	}
	return false
}

// language reports what the runtime is made for. Its version holds where nothing beside the code says another.
func (a *appEngine) language(f scan.Finding, file string, doc, runtime *yaml.Node) {
	m := runtimeName.FindStringSubmatch(scalar(runtime))
	if m == nil {
		return
	}
	language, version := m[1], m[2]
	switch language {
	case "nodejs":
		language = "node"
	case "aspnetcore":
		language = "dotnet"
	case "python", "php", "ruby", "go":
		if len(version) > 1 {
			version = version[:1] + "." + version[1:]
		}
	}
	at := runtime
	if n := child(child(doc, "runtime_config"), "runtime_version"); scalar(n) != "" {
		version, at = versionText(scalar(n)), n
	}
	f.Service = service.Service{Language: language, Version: version}
	a.find(f, "language", file, at.Line, scan.Convention, "App Engine's runtime "+scalar(runtime))
}

// script reports the WSGI application that handlers name, and what App Engine starts where nothing is said.
func (a *appEngine) script(f scan.Finding, file string, doc *yaml.Node) {
	for _, h := range items(child(doc, "handlers")) {
		n := child(h, "script")
		_, app, ok := strings.Cut(scalar(n), ".")
		if s := scalar(n); !ok || s == "auto" || strings.HasSuffix(s, ".py") || strings.HasSuffix(s, ".php") || strings.Contains(app, "/") {
			continue
		}
		dot := strings.LastIndexByte(scalar(n), '.')
		module, app := scalar(n)[:dot], scalar(n)[dot+1:]
		if !a.t.Has(path.Join(f.Dir, strings.ReplaceAll(module, ".", "/")+".py")) {
			continue
		}
		a.command(f, "gunicorn --bind 0.0.0.0:$PORT "+module+":"+app, file, n.Line, scan.Guess)
		return
	}
	if runtime := child(doc, "runtime"); strings.HasPrefix(scalar(runtime), "python3") && a.t.Has(path.Join(f.Dir, "main.py")) {
		a.command(f, "gunicorn --bind 0.0.0.0:$PORT main:app", file, runtime.Line, scan.Convention)
	}
}

func (a *appEngine) cron(file string, doc *yaml.Node) {
	for _, job := range items(child(doc, "cron")) {
		if url, when := scalar(child(job, "url")), child(job, "schedule"); url != "" && scalar(when) != "" {
			a.r.Note(file, when.Line, "App Engine requested %s %s; a CronJob has to do that now", url, scalar(when))
		}
	}
}
