package generators

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A service whose old web server answered parts of the site by itself gets a web server in its pods that goes on doing so.
const (
	frontImage = "nginxinc/nginx-unprivileged:1.28"
	frontPort  = 8089      // or the next one
	frontFiles = "/front"  // where the files lie in its container
	frontCopy  = "/copied" // and those that were copied out of the image: no mount may lie below that one
)

// kubeFront is the container of the web server in the pods of a service.
type kubeFront struct {
	Name   string
	Image  string
	Port   int
	Copies []string // from the service's image, each with the place that it is copied to
	Mounts []kubeMount
	Source []kubeMount // of the container that copies
	Env    []kubeEnv
}

// frontPart is a part of the site that the web server answers.
type frontPart struct {
	Place string // of a location, with its sign
	Alias string
	What  string // as the model says it
	Code  int
	Agent string
}

// fronted are the parts of a service that a web server in its pods answers.
func fronted(s service.Service) []service.Part {
	if s.Edge == nil || !serves(s) {
		return nil
	}
	var parts []service.Part
	for _, p := range s.Edge.Parts {
		if p.Refuse != 0 || p.Files != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// shellLess says of an image that it holds the program and nothing else: nothing in it could copy files.
func shellLess(s service.Service) bool { return !ownImage(s) && strings.EqualFold(s.Language, "go") }

// frontOf gathers what the web server of a service serves and from where: what the service keeps or is given, it has as well,
// and what lies in the image is copied out of it before.
func frontOf(app *service.App, name string, p *pod) (*kubeFront, []frontPart) {
	s := app.Effective(name)
	var parts []frontPart
	f := &kubeFront{Name: "front", Image: frontImage, Port: frontPort}
	if name == f.Name {
		f.Name = "nginx" // containers of a pod have names of their own
	}
	if s.Port == f.Port {
		f.Port++
	}
	for i, part := range fronted(s) {
		one := frontPart{Place: location(part), Code: part.Refuse, Agent: quotable(part.Agents)}
		if part.Files != "" {
			one.What = commentLine(part.Files)
			if one.Alias = f.serve(s, p, stateDir(s, part.Files), strconv.Itoa(i)); one.Alias == "" {
				continue
			}
			if !part.Exact {
				one.Alias += "/"
			}
		}
		parts = append(parts, one)
	}
	return f, parts
}

// serve finds where files come from, and says where they lie then; nowhere where nothing can bring them.
func (f *kubeFront) serve(s service.Service, p *pod, from, number string) string {
	to := path.Join(frontFiles, number)
	for _, m := range p.Mounts {
		switch below, within := strings.CutPrefix(from, strings.TrimSuffix(m.MountPath, "/")+"/"); {
		case m.Name == "secret-files":
		case m.MountPath == from:
			f.Mounts = append(f.Mounts, kubeMount{Name: m.Name, MountPath: to, SubPath: m.SubPath, ReadOnly: true})
			return to
		case within && m.SubPath == "" && m.MountPath != "/tmp":
			f.Mounts = append(f.Mounts, kubeMount{Name: m.Name, MountPath: to, SubPath: below, ReadOnly: true})
			return to
		}
	}
	if shellLess(s) {
		return ""
	}
	to = path.Join(frontCopy, number)
	f.Copies = append(f.Copies, from, to)
	return to
}

// copyFiles copies each of its pairs of arguments; what the image lacks is said, and left out.
const copyFiles = `while [ $# -gt 1 ]; do if [ -e "$1" ]; then cp -R "$1" "$2"; else echo "the image has no $1"; fi; shift 2; done`

// addFront puts the web server into the pods of a service.
func (p *pod) addFront(app *service.App, name string) {
	if len(fronted(app.Effective(name))) == 0 {
		return
	}
	f, _ := frontOf(app, name, p)
	taken := map[string]bool{}
	for _, m := range p.Mounts {
		taken[m.Name] = true
	}
	volume := func(name string) string {
		name = kubeVolumeName(name, taken)
		taken[name] = true
		return name
	}
	conf, scratch := volume("front"), volume("front-tmp")
	p.Scratch = append(p.Scratch, kubeVolume{Name: conf, ConfigMap: &kubeConfigMapVolume{frontName(name)}}, emptyVolume(scratch))
	f.Mounts = append(f.Mounts, kubeMount{Name: conf, MountPath: "/etc/nginx/conf.d", ReadOnly: true}, kubeMount{Name: scratch, MountPath: "/tmp"})
	if len(f.Copies) > 0 {
		files := volume("front-files")
		p.Scratch = append(p.Scratch, emptyVolume(files))
		f.Source = []kubeMount{{Name: files, MountPath: frontCopy}}
		f.Mounts = append([]kubeMount{{Name: files, MountPath: frontCopy, ReadOnly: true}}, f.Mounts...)
		f.Copies = append([]string{"-c", copyFiles, "sh"}, f.Copies...)
	}
	p.Front, p.PortName = f, "app"
	for _, probe := range []*kubeProbe{p.Startup, p.Readiness} {
		if probe.HTTPGet != nil && probe.HTTPGet.Port == "http" {
			probe.HTTPGet.Port = p.PortName
		}
		if probe.TCPSocket != nil && probe.TCPSocket.Port == "http" {
			probe.TCPSocket.Port = p.PortName
		}
	}
}

// frontName names the ConfigMap with the web server's configuration, and the file that it is made of.
func frontName(name string) string { return name + "-front" }

// frontConfigs are the ConfigMaps of all web servers in pods.
func frontConfigs(app *service.App) []kubeConfig {
	var configs []kubeConfig
	for _, name := range app.ServiceNames() {
		if len(fronted(app.Effective(name))) > 0 {
			configs = append(configs, kubeConfig{Name: frontName(name), Files: []string{"default.conf=" + frontName(name) + ".conf"}})
		}
	}
	return configs
}

// frontConf renders the configuration of a service's web server.
func frontConf(app *service.App, name string) ([]fileset.File, error) {
	s := app.Effective(name)
	if len(fronted(s)) == 0 {
		return nil, nil
	}
	p := kubePod(app, name)
	f, parts := frontOf(app, name, &p)
	text, err := execute("kube/base/front.conf", map[string]any{"Port": f.Port, "Target": s.Port, "Parts": parts, "Hosts": len(s.Routes) > 0})
	if err != nil {
		return nil, err
	}
	return []fileset.File{{Path: kubeBase + frontName(name) + ".conf", Data: text}}, nil
}

// location is the path of a part as nginx has it: not escaped, in quotes; a directory ends with a slash.
func location(p service.Part) string {
	at := routePath(service.Route{Path: p.Path})
	if plain, err := url.PathUnescape(at); err == nil {
		at = plain
	}
	if p.Files != "" && !p.Exact {
		at = strings.TrimSuffix(at, "/") + "/"
	}
	at = `"` + quotable(at) + `"`
	if p.Exact {
		return "= " + at
	}
	return "^~ " + at
}

// quotable is a text as it stands between the quotes of nginx, which takes a backslash before a backslash, a quote, t, r and n.
func quotable(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.Map(printable, text))
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// partRules are the rules of an HTTPRoute for the parts of a site with headers of their own, below its paths.
func partRules(s service.Service, paths []string, timeouts map[string]string) []routeRule {
	if s.Edge == nil {
		return nil
	}
	var rules []routeRule
	for _, p := range s.Edge.Parts {
		at := routePath(service.Route{Path: p.Path})
		below := slices.ContainsFunc(paths, func(of string) bool {
			return strings.HasPrefix(at+"/", strings.TrimSuffix(of, "/")+"/") && s.Edge.Rewrites[strings.TrimRight(of, "/")] == ""
		})
		if len(p.Headers) == 0 || !below {
			continue
		}
		headers := map[string]string{}
		for name, value := range s.Edge.Headers {
			headers[name] = value
		}
		for name, value := range p.Headers {
			headers[name] = value
		}
		filter := routeFilter{Type: "ResponseHeaderModifier", Headers: &headerFilter{Set: routeHeaders(headers)}}
		rules = append(rules, routeRule{Paths: []string{at}, Exact: p.Exact, Filters: []routeFilter{filter}, Timeouts: timeouts})
	}
	return rules
}
