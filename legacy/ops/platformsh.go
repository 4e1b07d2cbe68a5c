package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// PlatformSH reads the files of Platform.sh (and of Upsun): applications with their commands, workers, jobs, hooks and
// mounts, and the services that they are related to.
func PlatformSH() scan.Reader {
	return scan.Reader{
		Name:  "platformsh",
		Wants: func(p string) bool { return platformApp.MatchString(p) || platformServices.MatchString(p) },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			s := &platformSH{platform: newPlatform(t, r, platformPort), stores: map[string]string{}}
			var apps []string
			for _, p := range paths {
				if platformServices.MatchString(p) {
					s.readDocuments([]string{p}, func(_ string, doc *yaml.Node) { s.collect(doc) })
				} else {
					apps = append(apps, p)
				}
			}
			s.readDocuments(apps, s.file)
		},
	}
}

var (
	platformApp      = scan.MustCompile(`(^|/)(\.platform\.app\.yaml|\.platform/applications\.yaml|\.upsun/config\.yaml)$`)
	platformServices = scan.MustCompile(`(^|/)\.platform/services\.yaml$`)
	platformSocket   = scan.MustCompile(`unix:(//)?\$\{?SOCKET\}?`)
)

// platformPort is what Platform.sh sets $PORT to.
const platformPort = 8888

type platformSH struct {
	*platform
	stores map[string]string // type and version by the name of the service
}

// collect keeps what the services are that applications are related to.
func (s *platformSH) collect(services *yaml.Node) {
	for _, v := range pairs(services) {
		s.stores[v.key.Value] = scalar(child(v.value, "type"))
	}
}

func (s *platformSH) file(file string, doc *yaml.Node) {
	top := path.Dir(file)
	if path.Base(file) == ".platform.app.yaml" {
		s.app(file, top, "", doc)
		return
	}
	top = path.Dir(top)
	s.collect(child(doc, "services"))
	apps := pairs(child(doc, "applications"))
	for _, a := range apps {
		name := ""
		if len(apps) > 1 {
			name = a.key.Value
		}
		if dir, ok := within(top, strings.TrimPrefix(scalar(at(a.value, "source", "root")), "/")); ok {
			s.app(file, dir, name, a.value)
		}
	}
}

func (s *platformSH) app(file, dir, name string, app *yaml.Node) {
	f := scan.Finding{Dir: dir}
	s.language(f, file, app)
	f.Name = name
	if n := at(app, "web", "commands", "start"); scalar(n) != "" {
		line := platformSocket.ReplaceAllString(strings.TrimSpace(scalar(n)), "0.0.0.0:$$PORT")
		s.command(f, line, file, n.Line, scan.Declared)
	}
	f.Name = ""
	for _, v := range pairs(at(app, "variables", "env")) {
		s.setting(f, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
	}
	for _, rel := range pairs(child(app, "relationships")) {
		s.related(dir, file, rel)
	}
	for _, m := range pairs(child(app, "mounts")) {
		if scalar(child(m.value, "source")) != "tmp" && !madeAgain.MatchString(m.key.Value) {
			s.volume(f, strings.Trim(m.key.Value, "/"), file, m.key.Line)
		}
	}
	for _, n := range items(at(app, "runtime", "extensions")) {
		if ext := scalar(n); ext != "" && strings.HasPrefix(scalar(child(app, "type")), "php") {
			f.Service = service.Service{Build: &service.Build{Extensions: []string{ext}}}
			s.find(f, "extension."+ext, file, n.Line, scan.Declared, "")
		}
	}
	s.deployed(dir, file, at(app, "hooks", "deploy"))
	s.workers(dir, file, app)
}

// language reports what the application's type is: php:8.0.
func (s *platformSH) language(f scan.Finding, file string, app *yaml.Node) {
	n := child(app, "type")
	language, version, _ := strings.Cut(scalar(n), ":")
	switch language {
	case "nodejs":
		language = "node"
	case "golang":
		language = "go"
	case "python", "php", "ruby", "java", "dotnet", "elixir", "rust":
	default:
		return
	}
	f.Service = service.Service{Language: language}
	s.find(f, "language", file, n.Line, scan.Convention, "")
	if version = versionText(version); version != "" {
		f.Service = service.Service{Version: version}
		s.find(f, "version", file, n.Line, scan.Declared, "")
	}
}

// related reports a service that the application calls: "db:mysql", or a mapping with both parts.
func (s *platformSH) related(dir, file string, rel pair) {
	name, endpoint, _ := strings.Cut(scalar(rel.value), ":")
	if rel.value.Kind == yaml.MappingNode {
		name, endpoint = scalar(child(rel.value, "service")), scalar(child(rel.value, "endpoint"))
	}
	if name == "" {
		name = rel.key.Value
	}
	kind, version, _ := strings.Cut(s.stores[name], ":")
	switch kind {
	case "mysql":
		kind = "mariadb" // which is what the platform runs by that name
	case "oracle-mysql":
		kind = "mysql"
	}
	for _, word := range []string{kind, endpoint, name} {
		if of := bindingKind(word); of != "" {
			s.need(dir, of, versionText(version), file, rel.key.Line, scan.Declared, "related as "+rel.key.Value)
			return
		}
	}
	s.r.Note(file, rel.key.Line, "related to %s: add what answers it to needs, if the service calls it", name)
}

// deployed reports those lines of the hook that prepare a release; the others are said in a note.
func (s *platformSH) deployed(dir, file string, hook *yaml.Node) {
	var steps, others []string
	for _, line := range strings.Split(scalar(hook), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "set -"):
		case releaseStep.MatchString(line):
			steps = append(steps, line)
		default:
			others = append(others, line)
		}
	}
	if len(steps) > 0 {
		s.release(dir, "migrate", strings.Join(steps, " && "), file, hook.Line)
	}
	if len(others) > 0 {
		s.r.Note(file, hook.Line, "run at each deployment, too, and not read as a step of a release: %s", strings.Join(others, "; "))
	}
}

func (s *platformSH) workers(dir, file string, app *yaml.Node) {
	for _, w := range pairs(child(app, "workers")) {
		if n := at(w.value, "commands", "start"); scalar(n) != "" {
			s.command(scan.Finding{Dir: dir, Process: w.key.Value}, strings.TrimSpace(scalar(n)), file, n.Line, scan.Declared)
		}
	}
	for _, c := range pairs(child(app, "crons")) {
		n := at(c.value, "commands", "start")
		if n == nil {
			n = child(c.value, "cmd")
		}
		spec := child(c.value, "spec")
		if scalar(n) == "" || scalar(spec) == "" {
			continue
		}
		f := scan.Finding{Dir: dir, Process: c.key.Value}
		s.command(f, strings.TrimSpace(scalar(n)), file, n.Line, scan.Declared)
		f.Service = service.Service{Schedule: kubernetesSchedule(hashed.ReplaceAllString(scalar(spec), "0"))}
		s.find(f, "schedule", file, spec.Line, scan.Declared, "")
	}
}

// madeAgain are mounts whose files the program makes again.
var madeAgain = scan.MustCompile(`(?i)(^|/)(\.\w+|views|bundles|temp|te?mp|assets|compiled|generated|cache|.*[-_]cache)/?$`)

// hashed is a field of a schedule that the platform chooses.
var hashed = scan.MustCompile(`\bH\b`)
