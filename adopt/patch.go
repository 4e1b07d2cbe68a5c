package adopt

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// patch is a JSON6902 patch of a generated object: what the manifests say otherwise.
type patch struct {
	t    *taker
	o    object // whose text it comes from
	kind string
	name string
	ops  []op
}

type op struct {
	verb  string
	path  string
	value *yaml.Node
	file  string
	line  int
}

func (t *taker) patchOf(o object, kind, name string) *patch {
	for _, p := range t.patch {
		if p.kind == kind && p.name == name {
			p.o = o
			return p
		}
	}
	p := &patch{t: t, o: o, kind: kind, name: name}
	t.patch = append(t.patch, p)
	return p
}

// file is where the patch goes in the component.
func (p *patch) file() string { return strings.ToLower(p.kind) + "-" + p.name + ".yaml" }

func (p *patch) op(verb, path string, value *yaml.Node) {
	line := value.Line
	if line == 0 {
		line = p.o.node.Line
	}
	for i, have := range p.ops {
		if have.path == path && !strings.HasSuffix(path, "/-") { // two manifests about one object: lists go together
			if have.value.Kind == yaml.SequenceNode && value.Kind == yaml.SequenceNode {
				together := *have.value
				together.Content = slices.Concat(have.value.Content, value.Content)
				p.ops[i].value = &together
			}
			return
		}
	}
	p.ops = append(p.ops, op{verb, path, value, p.o.file, line})
	what := strings.NewReplacer("/", ".", "~1", "/", "~0", "~").Replace(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/-"))
	p.t.item(p.o, line, what, p.t.dir()+"/"+p.file(), "")
}

// whole takes a value as one.
func (p *patch) whole(path string, ours, theirs *yaml.Node) {
	switch {
	case theirs == nil || theirs.Tag == "!!null" || len(theirs.Content) == 0 && theirs.Kind != yaml.ScalarNode:
	case ours == nil:
		p.op("add", path, theirs)
	case !reflect.DeepEqual(plain(ours), plain(theirs)):
		p.op("replace", path, theirs)
	}
}

// merge takes the keys of a mapping that ours lacks or has otherwise, and anything else as a whole.
func (p *patch) merge(path string, ours, theirs *yaml.Node, skip ...string) {
	if ours == nil || theirs == nil || ours.Kind != yaml.MappingNode || theirs.Kind != yaml.MappingNode {
		if theirs != nil && theirs.Kind == yaml.MappingNode {
			theirs = without(theirs, skip...)
		}
		p.whole(path, ours, theirs)
		return
	}
	for _, e := range entries(theirs) {
		if !slices.Contains(skip, e.key.Value) {
			p.merge(path+"/"+pointer(e.key.Value), at(ours, e.key.Value), e.value)
		}
	}
}

// missing takes the labels or annotations that ours lacks, and tells of them together.
func (p *patch) missing(path string, ours, theirs *yaml.Node, skip ...string) {
	var names []string
	for _, e := range entries(ours) {
		skip = append(skip, e.key.Value)
	}
	for _, e := range entries(theirs) {
		if !slices.Contains(skip, e.key.Value) {
			names = append(names, e.key.Value)
		}
	}
	before := len(p.t.result.Items)
	p.merge(path, ours, theirs, skip...)
	if told := p.t.result.Items; len(told) > before && ours != nil {
		p.t.result.Items = told[:before+1]
		told[before].What = path[strings.LastIndexByte(path, '/')+1:] + " of the pods: " + strings.Join(names, ", ")
	}
}

// items takes the items of a list that ours lacks, or has otherwise; key tells them apart, or, where it is "", all of an item.
func (p *patch) items(path, key string, ours *yaml.Node, theirs []*yaml.Node) {
	var further []*yaml.Node
	for _, item := range theirs {
		known := false
		for i, our := range list(ours) {
			if key == "" && reflect.DeepEqual(plain(our), plain(item)) || key != "" && text(at(our, key)) == text(at(item, key)) {
				p.whole(path+"/"+strconv.Itoa(i), our, item)
				known = true
			}
		}
		if !known {
			further = append(further, item)
		}
	}
	switch {
	case len(further) == 0:
	case ours == nil:
		p.op("add", path, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: further, Line: further[0].Line})
	default:
		for _, item := range further {
			p.op("add", path+"/-", item)
		}
	}
}

func pointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// madeByTools are annotations and labels that belong to what wrote the old objects.
func madeByTools(n *yaml.Node) []string {
	var keys []string
	for _, e := range entries(n) {
		key := e.key.Value
		if strings.HasPrefix(key, "kubectl.kubernetes.io/") || strings.HasPrefix(key, "deployment.kubernetes.io/") || strings.HasPrefix(key, "meta.helm.sh/") ||
			strings.HasPrefix(key, "app.kubernetes.io/") || key == "helm.sh/chart" || key == "kubernetes.io/change-cause" || key == "kubernetes.io/ingress.class" || key == "pod-template-hash" {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *patch) annotations(ours, theirs *yaml.Node) {
	theirs = at(theirs, "metadata", "annotations")
	p.merge("/metadata/annotations", at(ours, "metadata", "annotations"), theirs, madeByTools(theirs)...)
}

// workload takes over what the model has no word for.
func (p *patch) workload(ours *yaml.Node, name string) {
	p.annotations(ours, p.o.node)
	spec := at(p.o.node, "spec")
	skip := []string{"replicas", "selector", "schedule", "timeZone", "template", "jobTemplate", "strategy"}
	p.merge("/spec", at(ours, "spec"), spec, skip...)
	p.whole("/spec/strategy", at(ours, "spec", "strategy"), at(spec, "strategy"))
	podAt := podPath(p.o.kind)
	if job := at(spec, "jobTemplate", "spec"); job != nil {
		p.merge("/spec/jobTemplate/spec", at(ours, "spec", "jobTemplate", "spec"), job, "template", "selector")
	}
	template := podAt[:len(podAt)-1]
	path := "/" + strings.Join(template, "/") + "/metadata"
	theirs := at(p.o.node, template...)
	for _, key := range []string{"labels", "annotations"} {
		of := at(theirs, "metadata", key)
		p.missing(path+"/"+key, at(ours, append(slices.Clone(template), "metadata", key)...), of, madeByTools(of)...)
	}
	p.pod("/"+strings.Join(podAt, "/"), at(ours, podAt...), podOf(p.o), name)
}

func (p *patch) pod(path string, ours, theirs *yaml.Node, name string) {
	p.merge(path, ours, theirs, "containers", "initContainers", "volumes", "serviceAccount", "restartPolicy", "dnsPolicy", "schedulerName")
	p.items(path+"/volumes", "name", at(ours, "volumes"), list(at(theirs, "volumes")))
	p.items(path+"/initContainers", "name", at(ours, "initContainers"), list(at(theirs, "initContainers")))
	index, main := mainOf(p.o, name)
	var beside []*yaml.Node
	for i, c := range list(at(theirs, "containers")) {
		if i != index {
			beside = append(beside, c)
		}
	}
	our := list(at(ours, "containers"))
	if main == nil || len(our) == 0 {
		return
	}
	p.container(path+"/containers/0", our[0], main, name)
	for _, c := range beside {
		p.op("add", path+"/containers/-", c)
	}
}

func (p *patch) container(path string, ours, theirs *yaml.Node, name string) {
	special := []string{"name", "image", "imagePullPolicy", "env", "envFrom", "ports", "command", "args", "volumeMounts", "lifecycle",
		"readinessProbe", "livenessProbe", "startupProbe", "terminationMessagePath", "terminationMessagePolicy"}
	p.merge(path, ours, theirs, special...)
	p.items(path+"/volumeMounts", "mountPath", at(ours, "volumeMounts"), list(at(theirs, "volumeMounts")))
	p.whole(path+"/lifecycle", at(ours, "lifecycle"), at(theirs, "lifecycle"))
	for _, probe := range []string{"startupProbe", "readinessProbe", "livenessProbe"} {
		p.probe(path+"/"+probe, at(ours, probe), at(theirs, probe), theirs, name)
	}
	p.ports(path+"/ports", at(ours, "ports"), at(theirs, "ports"))
	p.variables(path, ours, theirs)
	if p.t.ownImage(name) { // its entry point is not known, so both are taken as they are
		p.whole(path+"/command", at(ours, "command"), at(theirs, "command"))
		switch args := at(theirs, "args"); {
		case args != nil:
			p.whole(path+"/args", at(ours, "args"), args)
		case at(theirs, "command") != nil && at(ours, "args") != nil:
			p.op("replace", path+"/args", &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Line: at(theirs, "command").Line})
		}
	}
}

// probe takes the figures of a probe that asks the same, and any other as a whole. Ports of ours are known as http.
func (p *patch) probe(path string, ours, theirs, container *yaml.Node, name string) {
	if theirs == nil {
		return
	}
	for _, way := range []string{"httpGet", "tcpSocket"} {
		n := at(theirs, way)
		if port := number(text(at(n, "port")), container); n != nil && port == strconv.Itoa(p.t.App.Services[name].Port) {
			theirs = put(theirs, way, put(n, "port", scalar("http")))
		}
		if our := at(ours, way); our != nil && n != nil && text(at(our, "path")) == text(at(n, "path")) && text(at(our, "port")) == text(at(theirs, way, "port")) {
			p.merge(path, ours, theirs, way)
			return
		}
	}
	p.whole(path, ours, theirs)
}

// number is the number of a port that may be said by its name.
func number(port string, container *yaml.Node) string {
	for _, c := range list(at(container, "ports")) {
		if text(at(c, "name")) == port {
			return text(at(c, "containerPort"))
		}
	}
	return port
}

func (p *patch) ports(path string, ours, theirs *yaml.Node) {
	have := map[string]bool{}
	for _, our := range list(ours) {
		have[text(at(our, "containerPort"))] = true
	}
	var further []*yaml.Node
	for _, c := range list(theirs) {
		if !have[text(at(c, "containerPort"))] {
			further = append(further, without(c, "hostPort"))
		}
	}
	p.items(path, "containerPort", ours, further)
}

// variables takes those that come from elsewhere than a value, a secret or a ConfigMap of the manifests.
func (p *patch) variables(path string, ours, theirs *yaml.Node) {
	var single, whole []*yaml.Node
	for _, e := range list(at(theirs, "env")) {
		ref := at(e, "valueFrom", "configMapKeyRef")
		known := ref != nil && at(p.t.data("ConfigMap", text(at(ref, "name"))), text(at(ref, "key"))) != nil
		if at(e, "valueFrom") != nil && at(e, "valueFrom", "secretKeyRef") == nil && !known {
			single = append(single, e)
		}
	}
	for _, e := range list(at(theirs, "envFrom")) {
		if p.t.data("ConfigMap", text(at(e, "configMapRef", "name"))) == nil && p.t.data("Secret", text(at(e, "secretRef", "name"))) == nil {
			whole = append(whole, e)
		}
	}
	p.items(path+"/env", "name", at(ours, "env"), single)
	p.items(path+"/envFrom", "", at(ours, "envFrom"), whole)
}
