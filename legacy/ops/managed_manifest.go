package ops

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// givenObjects are the objects that one play or class gives a cluster, each workload with the resource that its file is. Those of
// others lie in namespaces of their own, where the same names mean other things.
type givenObjects struct {
	*kubernetes
	owners []*managed
	from   map[string]string // the files of ConfigMaps, by name
	built  map[string]string // the files of BuildConfigs, by the name of what they make
	done   map[string]bool   // files of ConfigMaps that are taken over, or scripts that containers start, see mountKey
}

// manifests takes in a file with objects of Kubernetes. They are told at the end, when all files that speak of one workload are known.
func (g *meaning) manifests(m *managed, text, file, where string) bool {
	if g.environment != "" || !manifestFile.MatchString(where) || len(text) > scan.MaxConfigFile || !strings.Contains(text, "apiVersion") || !objectKind.MatchString(text) {
		return false
	}
	k := g.givenBy(m)
	at, took := m.written("", file, 1).file, false
	for _, doc := range documents(where, text, quietly()) {
		if scalar(child(doc, "kind")) == "" {
			continue
		}
		m.onTheirLines(doc, file, 0)
		g.notConverted(m, at, doc, 0)
		k.object(at, doc, 0)
		g.told++ // at the end
		took = true
	}
	for name := range k.settings {
		if k.from[name] == "" {
			k.from[name] = at
		}
	}
	for name := range k.builds {
		if k.built[name] == "" {
			k.built[name] = at
		}
	}
	for len(k.owners) < len(k.workloads) {
		k.owners = append(k.owners, m)
	}
	return took
}

// notConverted notes the objects that say nothing here of what runs.
func (g *meaning) notConverted(m *managed, file string, n *yaml.Node, depth int) {
	kind, name := scalar(child(n, "kind")), scalar(at(n, "metadata", "name"))
	switch text := at(n, "spec", "source", "dockerfile"); {
	case depth > 3:
	case kind == "List" || kind == "Template":
		for _, item := range append(items(child(n, "items")), items(child(n, "objects"))...) {
			g.notConverted(m, file, item, depth+1)
		}
	case text != nil:
		g.note(m, "images that the cluster builds of a Dockerfile of its own: what that installs and runs belongs into build of "+service.FileName, name, file, text.Line)
	case kind != "" && !objectKind.MatchString("kind: "+kind):
		g.note(m, "objects of the cluster that are not taken over: look whether the service goes without", kind+" "+name, file, n.Line)
	}
}

// givenBy are the objects of what a resource is a part of, all around it.
func (g *meaning) givenBy(m *managed) *givenObjects {
	whole := m
	for whole.outer != nil {
		whole = whole.outer
	}
	key := writtenAt(managedValue{file: whole.file, line: whole.line})
	if g.objects == nil {
		g.objects = map[string]*givenObjects{}
	}
	k := g.objects[key]
	if k == nil {
		k = &givenObjects{kubernetes: newKubernetes(g.t, g.r), from: map[string]string{}, built: map[string]string{}, done: map[string]bool{}}
		k.given = true
		g.objects[key] = k
		g.last = append(g.last, func() { g.workloads(k) })
	}
	return k
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
func (g *meaning) workloads(k *givenObjects) {
	byImage := map[string][]int{}
	var order []string
	for i, w := range k.workloads {
		img := parseImage(w.image)
		if kind, _ := img.store(); kind != "" || img.helper() || img.webServer() {
			g.note(k.owners[i], "workloads of the cluster beside the service: a need, or the gateway's affair", w.name, w.file, w.line)
			continue
		}
		image := cmp.Or(img.path, w.name)
		if byImage[image] == nil {
			order = append(order, image)
		}
		byImage[image] = append(byImage[image], i)
	}
	for _, image := range order {
		var list []workload
		owner := k.owners[byImage[image][0]]
		for _, i := range byImage[image] {
			list = append(list, k.workloads[i])
		}
		about := k.whose(list, owner)
		for n, i := range byImage[image] {
			list[n] = g.withoutMounted(k, k.owners[i], about, list[n])
		}
		main := mainOf(list)
		k.processes(scan.Finding{About: about}, list, main)
		k.builders(about, list)
		if main >= 0 {
			g.reached(k, owner, about, list[main])
		}
		for _, w := range list {
			g.mountedFiles(k, owner, about, w)
		}
	}
}

// builders tells by which images the service of these workloads is built.
func (k *givenObjects) builders(about []string, list []workload) {
	for _, w := range list {
		for _, name := range []string{w.name, parseImage(w.image).base} {
			if n := k.builds[name]; n != nil {
				k.builder(scan.Finding{About: about}, k.built[name], n)
			}
		}
	}
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
func (g *meaning) reached(k *givenObjects, owner *managed, about []string, w workload) {
	for _, front := range k.fronts {
		if k.leadsTo(front.service, w) {
			one := &managed{kind: "Route", title: front.service, file: front.file, line: front.line, outer: owner.outer, lent: about}
			g.route(one, textValue(front.host, front.file, front.line), front.path, "the cluster leads there")
			if front.tls {
				k.find(scan.Finding{About: about, Service: service.Service{Edge: &service.Edge{TLS: true}}}, "tls", front.file, front.line, scan.Declared, "the cluster answers by TLS")
			}
		}
	}
}
