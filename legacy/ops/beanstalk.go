package ops

import (
	"path"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Beanstalk reads what Elastic Beanstalk keeps beside the code: .ebextensions/*.config, the cron.yaml of a worker's
// environment and Dockerrun.aws.json.
func Beanstalk() scan.Reader {
	return scan.Reader{
		Name:  "beanstalk",
		Wants: func(p string) bool { return ebExtension.MatchString(p) || path.Base(p) == "Dockerrun.aws.json" },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			b := &beanstalk{newPlatform(t, r, beanstalkPort)}
			b.readDocuments(paths, b.file)
		},
	}
}

var ebExtension = scan.MustCompile(`(^|/)\.ebextensions/[^/]+\.(config|ya?ml|json)$`)

// beanstalkPort is what Elastic Beanstalk sets $PORT to for most of its platforms.
const beanstalkPort = 8080

type beanstalk struct{ *platform }

func (b *beanstalk) file(file string, doc *yaml.Node) {
	if path.Base(file) == "Dockerrun.aws.json" {
		b.dockerrun(file, doc)
		return
	}
	f := scan.Finding{Dir: path.Dir(path.Dir(file))}
	for _, o := range options(child(doc, "option_settings")) {
		b.option(file, f, o)
	}
	steps := append([]pair(nil), pairs(child(doc, "container_commands"))...)
	sort.SliceStable(steps, func(i, j int) bool { return steps[i].key.Value < steps[j].key.Value })
	for _, c := range steps {
		b.step(file, f.Dir, c)
	}
	for _, system := range pairs(child(doc, "packages")) {
		for _, p := range pairs(system.value) {
			b.r.NoteItem(nil, file, p.key.Line, "packages of the old machines: those that the service calls while it runs go to build.runtime, by their Debian names", p.key.Value)
		}
	}
}

// ebOption is one setting of a namespace.
type ebOption struct {
	namespace, name string
	value           *yaml.Node
}

// options are the settings of both forms: lists, and mappings by namespace.
func options(n *yaml.Node) []ebOption {
	var list []ebOption
	for _, ns := range pairs(n) {
		for _, o := range pairs(ns.value) {
			list = append(list, ebOption{ns.key.Value, o.key.Value, o.value})
		}
	}
	if n != nil && n.Kind == yaml.SequenceNode {
		for _, o := range n.Content {
			list = append(list, ebOption{scalar(child(o, "namespace")), scalar(child(o, "option_name")), child(o, "value")})
		}
	}
	return list
}

func (b *beanstalk) option(file string, f scan.Finding, o ebOption) {
	value := scalar(o.value)
	if o.value == nil || value == "" {
		return
	}
	line := o.value.Line
	switch strings.ToLower(strings.TrimPrefix(o.namespace, "aws:elasticbeanstalk:")) + " " + strings.ToLower(o.name) {
	case "container:nodejs nodecommand":
		b.command(f, value, file, line, scan.Declared)
	case "container:python wsgipath":
		b.command(f, "gunicorn --bind 0.0.0.0:$PORT "+wsgiApplication(value), file, line, scan.Convention)
	case "application application healthcheck url":
		_, route, _ := strings.Cut(strings.TrimPrefix(value, "HTTP:"), "/")
		b.healthy(f, &yaml.Node{Kind: yaml.ScalarNode, Value: "/" + route, Line: line}, file)
	case "environment:process:default healthcheckpath":
		b.healthy(f, o.value, file)
	case "environment:process:default port":
		if port := portText(value); port > 0 {
			f.Service = service.Service{Port: port}
			b.find(f, "port", file, line, scan.Declared, "")
		}
	case "container:php:phpini document_root":
		if root := strings.Trim(value, "/"); root != "" {
			f.Service = service.Service{Build: &service.Build{Artifact: root}}
			b.find(f, "artifact", file, line, scan.Declared, "")
		}
	default:
		switch o.namespace {
		case "aws:elasticbeanstalk:application:environment":
			b.setting(f, o.name, value, file, line, scan.Declared)
		case "aws:elasticbeanstalk:sqsd":
			b.r.NoteItem(nil, file, line, "a worker that the platform hands the messages of a queue over HTTP; something has to do that now", o.name)
		}
	}
}

// wsgiApplication is the object that Elastic Beanstalk loads: of a file, the one called application.
func wsgiApplication(value string) string {
	module, object, given := strings.Cut(value, ":")
	module = strings.ReplaceAll(strings.TrimSuffix(module, ".py"), "/", ".")
	if !given {
		object = "application"
	}
	return module + ":" + object
}

// step reports a command that one machine runs before the new version serves.
func (b *beanstalk) step(file, dir string, c pair) {
	n := child(c.value, "command")
	line := commandLine(n)
	line = ebActivate.ReplaceAllString(line, "")
	switch {
	case line == "":
	case releaseStep.MatchString(line) && (scalar(child(c.value, "leader_only")) == "true" || !strings.Contains(line, "collectstatic")):
		b.release(dir, strings.TrimLeft(c.key.Value, "0123456789_-"), line, file, n.Line)
	default:
		b.r.NoteItem(nil, file, c.key.Line, "commands of the old machines at each deployment, not read as steps of a release", line)
	}
}

// ebActivate is how a command enters the environment of Python on those machines.
var ebActivate = scan.MustCompile(`^\s*(source|\.)\s+\S+/activate\s*(&&|;)\s*`)

// dockerrun reads the containers of a Dockerrun.aws.json: version 1 has one, version 2 is a task of ECS.
func (b *beanstalk) dockerrun(file string, doc *yaml.Node) {
	f := scan.Finding{Dir: path.Dir(file)}
	if !b.t.Has(path.Join(f.Dir, "Dockerfile")) && b.codeAbove(file) == "" {
		return
	}
	for _, p := range items(child(doc, "Ports")) {
		if n := child(p, "ContainerPort"); portText(scalar(n)) > 0 {
			f.Service = service.Service{Port: portText(scalar(n))}
			b.find(f, "port", file, n.Line, scan.Declared, "")
		}
	}
	for _, c := range items(child(doc, "containerDefinitions")) {
		image := parseImage(scalar(child(c, "image")))
		if kind, version := image.store(); kind != "" {
			b.need(f.Dir, kind, version, file, child(c, "image").Line, scan.Declared, "a container beside the service")
			continue
		}
		if image.webServer() || image.helper() {
			continue
		}
		of := scan.Finding{Dir: f.Dir}
		for _, v := range items(child(c, "environment")) {
			if n := child(v, "name"); n != nil {
				b.setting(of, scalar(n), scalar(child(v, "value")), file, n.Line, scan.Declared)
			}
		}
		for _, p := range items(child(c, "portMappings")) {
			if n := child(p, "containerPort"); portText(scalar(n)) > 0 {
				of.Service = service.Service{Port: portText(scalar(n))}
				b.find(of, "port", file, n.Line, scan.Declared, "")
			}
		}
	}
}
