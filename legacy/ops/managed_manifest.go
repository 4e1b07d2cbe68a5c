package ops

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// givenObjects are the objects that configuration management gives a cluster, each workload with the resource that its file is.
type givenObjects struct {
	*kubernetes
	owners []*managed
	from   map[string]string // the files of ConfigMaps, by name
	starts map[string]bool   // scripts of ConfigMaps that containers start
}

// manifests takes in a file with objects of Kubernetes. They are told at the end, when all files that speak of one workload are known.
func (g *meaning) manifests(m *managed, text, file, where string) bool {
	if g.environment != "" || !manifestFile.MatchString(where) || len(text) > scan.MaxConfigFile || !strings.Contains(text, "apiVersion") || !objectKind.MatchString(text) {
		return false
	}
	if g.objects == nil {
		g.objects = &givenObjects{kubernetes: newKubernetes(g.t, g.r), from: map[string]string{}, starts: map[string]bool{}}
		g.last = append(g.last, g.workloads)
	}
	at, took := m.written("", file, 1).file, false
	for _, doc := range documents(where, text, quietly()) {
		if scalar(child(doc, "kind")) == "" {
			continue
		}
		m.onTheirLines(doc, file, 0)
		g.objects.object(at, doc, 0)
		g.told++ // at the end
		took = true
	}
	for name := range g.objects.settings {
		if g.objects.from[name] == "" {
			g.objects.from[name] = at
		}
	}
	for len(g.objects.owners) < len(g.objects.workloads) {
		g.objects.owners = append(g.objects.owners, m)
	}
	return took
}

var manifestFile = scan.MustCompile(`\.(ya?ml|json)(\.j2)?$`)

// onTheirLines gives the values of a document the lines of the template that they were filled from.
func (m *managed) onTheirLines(n *yaml.Node, file string, depth int) {
	if depth > maxJinjaDepth {
		return
	}
	n.Line = m.written("", file, max(n.Line, 1)).line
	for _, kid := range n.Content {
		m.onTheirLines(kid, file, depth+1)
	}
}

// workloads tells what the objects say of the services that they run. Those of one image are processes of one service.
func (g *meaning) workloads() {
	k := g.objects
	byImage := map[string][]int{}
	var order []string
	for i, w := range k.workloads {
		img := parseImage(w.image)
		if kind, _ := img.store(); kind != "" || img.helper() || img.webServer() {
			g.note(k.owners[i], "workloads of the cluster beside the service: a need, or the gateway's affair", w.name, w.file, w.line)
			continue
		}
		if byImage[img.path] == nil {
			order = append(order, img.path)
		}
		byImage[img.path] = append(byImage[img.path], i)
	}
	for _, image := range order {
		var list []workload
		owner := k.owners[byImage[image][0]]
		for _, i := range byImage[image] {
			list = append(list, g.withoutMounted(k.owners[i], k.workloads[i]))
		}
		about, main := k.whose(list, owner), mainOf(list)
		k.processes(scan.Finding{About: about}, list, main)
		if main >= 0 {
			g.reached(owner, about, list[main])
		}
		for _, w := range list {
			g.mountedFiles(owner, about, w)
		}
	}
}

// withoutMounted leaves out a command that starts a script which a ConfigMap puts into the container: what it starts is none of the
// image's programs by that name.
func (g *meaning) withoutMounted(owner *managed, w workload) workload {
	words := containerWords(w.container)
	for _, mount := range items(child(w.container, "volumeMounts")) {
		dir := strings.TrimSuffix(scalar(child(mount, "mountPath")), "/") + "/"
		script := slices.IndexFunc(words[:min(len(words), 2)], func(word string) bool { return len(dir) > 1 && strings.HasPrefix(word, dir) })
		if script < 0 {
			continue
		}
		g.objects.starts[words[script]] = true
		g.note(owner, "commands of containers that start a script of a ConfigMap: what that starts belongs into command", w.name, w.file, w.line)
		kept := mapping(w.container.Line)
		for _, p := range pairs(w.container) {
			if p.key.Value != "command" && p.key.Value != "args" {
				add(kept, p.key.Value, p.key.Line, p.value)
			}
		}
		w.container = kept
		break
	}
	return w
}

// whose are the names of the service that workloads of one image are about: the repository that it is built from comes first.
func (k *givenObjects) whose(list []workload, owner *managed) (names []string) {
	for _, w := range list {
		for _, name := range []string{w.name, parseImage(w.image).base} {
			if uri := scalar(at(k.builds[name], "spec", "source", "git", "uri")); uri != "" && !slices.Contains(names, uri) {
				names = append(names, uri)
			}
		}
	}
	for _, w := range list {
		img := parseImage(w.image)
		if language, _, _ := img.language(); language == "" && img.base != "" {
			names = append(names, img.base)
		}
		names = append(names, w.called())
	}
	return append(names, owner.about()...)
}

// reached are the hosts at which what serves is asked.
func (g *meaning) reached(owner *managed, about []string, w workload) {
	for _, front := range g.objects.fronts {
		if g.objects.leadsTo(front.service, w) {
			one := &managed{kind: "Route", title: front.service, file: front.file, line: front.line, outer: owner.outer, lent: about}
			g.route(one, textValue(front.host, front.file, front.line), front.path, "the cluster leads there")
		}
	}
}

// mountedFiles are the files that a ConfigMap puts into a container.
func (g *meaning) mountedFiles(owner *managed, about []string, w workload) {
	for _, volume := range items(child(w.pod, "volumes")) {
		name := scalar(at(volume, "configMap", "name"))
		for _, mount := range items(child(w.container, "volumeMounts")) {
			if scalar(child(mount, "name")) != scalar(child(volume, "name")) {
				continue
			}
			for _, file := range pairs(g.objects.settings[name]) {
				where := path.Join(scalar(child(mount, "mountPath")), file.key.Value)
				if sub := scalar(child(mount, "subPath")); sub != "" {
					if where = scalar(child(mount, "mountPath")); sub != file.key.Value {
						continue
					}
				}
				text := scalar(file.value)
				if text == "" || len(text) > scan.MaxConfigFile || !path.IsAbs(where) || g.mounted[where] || g.objects.starts[where] {
					continue
				}
				v := textValue(text, g.objects.from[name], file.key.Line)
				v.secret = scan.SecretText(text)
				m := &managed{kind: "ConfigMap", title: file.key.Value, file: v.file, line: v.line, outer: owner.outer, lent: about}
				g.claimFile(m, v, text, "", where)
			}
		}
	}
}
