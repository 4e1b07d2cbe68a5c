package ops

import (
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Render reads the blueprints of Render (render.yaml): services, workers and jobs with their commands, variables, checks
// and disks, and the databases beside them.
func Render() scan.Reader {
	return scan.Reader{
		Name:  "render",
		Wants: func(p string) bool { b := path.Base(p); return b == "render.yaml" || b == "render.yml" },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			b := &blueprint{platform: newPlatform(t, r, renderPort)}
			b.readDocuments(paths, b.file)
		},
	}
}

// renderPort is what Render sets $PORT to where nobody says.
const renderPort = 10000

type blueprint struct {
	*platform
	databases map[string]scan.Need // by the name that the blueprint gives them
	groups    map[string]*yaml.Node
}

func (b *blueprint) file(file string, doc *yaml.Node) {
	b.databases, b.groups = map[string]scan.Need{}, map[string]*yaml.Node{}
	all := []*yaml.Node{doc}
	for _, p := range items(child(doc, "projects")) {
		all = append(all, items(child(p, "environments"))...)
	}
	var services []*yaml.Node
	for _, part := range all {
		for _, d := range items(child(part, "databases")) {
			n := scan.Need{}
			n.Kind, n.Version = "postgres", versionText(scalar(child(d, "postgresMajorVersion")))
			n.Database, n.User = scalar(child(d, "databaseName")), scalar(child(d, "user"))
			b.databases[scalar(child(d, "name"))] = n
		}
		for _, g := range items(child(part, "envVarGroups")) {
			b.groups[scalar(child(g, "name"))] = g
		}
		services = append(services, items(child(part, "services"))...)
	}
	b.services(file, services)
}

// services reports the services of a blueprint: of several with the same code the first that serves is the main one.
func (b *blueprint) services(file string, list []*yaml.Node) {
	byDir, dirs := map[string][]*yaml.Node{}, []string{}
	for _, s := range list {
		dir := b.place(file, s)
		if kind := scalar(child(s, "type")); dir == "" || kind == "redis" || kind == "keyvalue" || child(s, "image") != nil {
			continue
		}
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], s)
	}
	for _, dir := range dirs {
		main := byDir[dir][0]
		for i := len(byDir[dir]) - 1; i >= 0; i-- {
			if kind := scalar(child(byDir[dir][i], "type")); kind == "web" || kind == "pserv" {
				main = byDir[dir][i]
			}
		}
		for _, s := range byDir[dir] {
			f := scan.Finding{Dir: dir}
			switch {
			case s != main || scalar(child(s, "type")) == "cron":
				f.Process = processName(scalar(child(s, "name")), scalar(child(main, "name")))
			case len(dirs) > 1:
				f.Name = scalar(child(s, "name"))
			}
			b.service(file, f, s)
		}
	}
}

// place is the directory of a service's code: what rootDir says.
func (b *blueprint) place(file string, s *yaml.Node) string {
	root := scalar(child(s, "rootDir"))
	if root == "" {
		return b.builtAt(file)
	}
	dir, ok := within(path.Dir(file), root)
	if !ok || !b.t.HasDir(dir) {
		return ""
	}
	return dir
}

func (b *blueprint) service(file string, f scan.Finding, s *yaml.Node) {
	if n := child(s, "schedule"); scalar(n) != "" && f.Process != "" {
		of := scan.Finding{Dir: f.Dir, Process: f.Process, Service: service.Service{Schedule: kubernetesSchedule(scalar(n))}}
		b.find(of, "schedule", file, n.Line, scan.Declared, "")
	}
	for _, key := range []string{"startCommand", "dockerCommand"} {
		if n := child(s, key); scalar(n) != "" {
			b.command(f, strings.TrimPrefix(scalar(n), "cd "+scalar(child(s, "rootDir"))+" && "), file, n.Line, scan.Declared)
		}
	}
	f.Name = ""
	if n := child(s, "preDeployCommand"); scalar(n) != "" {
		b.release(f.Dir, "release", scalar(n), file, n.Line)
	}
	b.healthy(f, child(s, "healthCheckPath"), file)
	if n := at(s, "disk", "mountPath"); n != nil {
		b.volume(f, scalar(n), file, n.Line)
	}
	b.variables(file, f, child(s, "envVars"), 0)
	for _, n := range items(child(s, "domains")) {
		if host := scalar(n); f.Process == "" && strings.Contains(host, ".") && !strings.ContainsAny(host, "/: *") {
			f.Service = service.Service{Routes: []service.Route{{Host: host, Path: "/"}}}
			b.find(f, "route."+host, file, n.Line, scan.Declared, "")
		}
	}
}

func (b *blueprint) variables(file string, f scan.Finding, list *yaml.Node, depth int) {
	for _, v := range items(list) {
		key := child(v, "key")
		name := scalar(key)
		switch {
		case scalar(child(v, "fromGroup")) != "" && depth == 0:
			b.variables(file, f, child(b.groups[scalar(child(v, "fromGroup"))], "envVars"), 1)
		case name == "":
		case child(v, "fromDatabase") != nil:
			from := child(v, "fromDatabase")
			need, ok := b.databases[scalar(child(from, "name"))]
			if !ok {
				need.Kind = "postgres"
			}
			b.wired(file, f, key, scalar(child(from, "property")), need)
		case child(v, "fromService") != nil:
			b.fromService(file, f, key, child(v, "fromService"))
		case scalar(child(v, "generateValue")) == "true":
			f.Service = service.Service{Secrets: []string{name}}
			b.find(f, "env."+name, file, key.Line, scan.Declared, "the platform makes one up")
		default:
			b.setting(f, name, scalar(child(v, "value")), file, key.Line, scan.Declared)
		}
	}
}

// fromService reports a variable that another service of the blueprint fills: a store, or what is called over HTTP.
func (b *blueprint) fromService(file string, f scan.Finding, key, from *yaml.Node) {
	need := scan.Need{}
	switch scalar(child(from, "type")) {
	case "redis", "keyvalue":
		need.Kind = "redis"
	default:
		need.Kind, need.Name = "http", scalar(child(from, "name"))
	}
	if child(from, "envVarKey") == nil && (need.Kind == "redis" || need.Name != "") {
		b.wired(file, f, key, scalar(child(from, "property")), need)
	}
}

// wired reports a need with the variable through which the platform told where it is.
func (b *blueprint) wired(file string, f scan.Finding, key *yaml.Node, property string, need scan.Need) {
	name := key.Value
	switch property {
	case "host":
		need.Env = map[string]string{name: "{host}"}
	case "port":
		need.Env = map[string]string{name: "{port}"}
	case "hostport":
		need.Env = map[string]string{name: "{host}:{port}"}
	case "connectionString":
		if need.Kind == "redis" {
			need.Env = map[string]string{name: "redis://{host}:{port}"}
			break
		}
		fallthrough
	case "password":
		of := f
		of.Service = service.Service{Secrets: []string{name}}
		b.find(of, "env."+name, file, key.Line, scan.Declared, "")
	}
	f.Need = &need
	f.Process = ""
	b.find(f, "need."+need.Kind+need.Name+strconv.Quote(name), file, key.Line, scan.Declared, "")
}
