package adopt

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// extra is an object that goes to the component as it is.
type extra struct {
	o    object
	node *yaml.Node
}

func (e extra) file() string { return strings.ToLower(e.o.kind) + "-" + e.o.name + ".yaml" }

// rest takes what the model has no word for.
func (t *taker) rest() {
	for _, o := range t.theirs {
		name := t.of[o.id()]
		switch {
		case name != "":
			if our := t.our(o.kind, name); our != nil {
				t.patchOf(o, o.kind, name).workload(our, name)
			}
		case slices.Contains(runs, o.kind):
			t.unknown(o)
		case o.kind == "Service":
			t.service(o)
		case o.kind == "Ingress":
			t.ingressRest(o)
		case o.kind == "Secret":
			t.leave(o, o.node.Line, o.id(), "its values belong in gopass, and no file of a repository may hold them")
		case o.kind == "ConfigMap" && t.absorbed(o):
		case o.kind == "PodDisruptionBudget" && t.budget():
			t.leave(o, o.node.Line, o.id(), "migrate writes one")
		case slices.Contains([]string{"Namespace", "ResourceQuota", "LimitRange", "Node", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "PodSecurityPolicy"}, o.kind):
			t.leave(o, o.node.Line, o.id(), "it is the cluster's, not the service's")
		case o.kind == "HorizontalPodAutoscaler":
			t.autoscaler(o)
		default:
			t.keep(o, without(o.node, "status"))
		}
	}
}

// keep puts an object into the component.
func (t *taker) keep(o object, n *yaml.Node) {
	metadata := without(at(n, "metadata"), "namespace", "creationTimestamp", "uid", "resourceVersion", "generation", "managedFields", "selfLink", "ownerReferences")
	if annotations := at(metadata, "annotations"); annotations != nil {
		if annotations = without(annotations, madeByTools(annotations)...); len(annotations.Content) > 0 {
			metadata = put(metadata, "annotations", annotations)
		} else {
			metadata = without(metadata, "annotations")
		}
	}
	e := extra{o, put(n, "metadata", metadata)}
	t.extra = append(t.extra, e)
	t.item(o, o.node.Line, o.id(), t.dir()+"/"+e.file(), "")
}

// unknown is a workload that runs no service of the model.
func (t *taker) unknown(o object) {
	for _, i := range t.result.Items {
		if i.Object == o.id() && i.File == o.file && i.To == "" {
			return // it is said why
		}
	}
	if _, need := t.App.Needs[o.name]; need {
		t.leave(o, o.node.Line, o.id(), fmt.Sprintf("it answers the need %s: migrate add bridge %s --env ENV says where, or --inside", o.name, o.name))
		return
	}
	why := "it runs no service of migrate.yaml; --service says which one, where it does"
	if words := plainWords(o); words != "" {
		how := map[string]string{"Job": " --release", "CronJob": fmt.Sprintf(" --schedule %q", text(at(o.node, "spec", "schedule")))}[o.kind]
		why += fmt.Sprintf("; migrate add process %s%s -- %s makes one", o.name, how, words)
	}
	t.leave(o, o.node.Line, o.id(), why)
}

// plainWords is the command of a workload as a shell takes it; "" where it has none or its words are not plain.
func plainWords(o object) string {
	words := commandOf(o)
	for _, word := range words {
		if word == "" || strings.ContainsAny(word, " \t\n'\"$`\\;&|<>*?(){}[]!#~") {
			return ""
		}
	}
	return strings.Join(words, " ")
}

// absorbed says whether the variables of a ConfigMap went into the model, and nothing mounts it.
func (t *taker) absorbed(o object) bool {
	used := false
	for _, w := range t.theirs {
		pod := podOf(w)
		if t.of[w.id()] == "" || pod == nil {
			continue
		}
		for _, v := range list(at(pod, "volumes")) {
			if text(at(v, "configMap", "name")) == o.name {
				return false
			}
			for _, s := range list(at(v, "projected", "sources")) {
				if text(at(s, "configMap", "name")) == o.name {
					return false
				}
			}
		}
		for i, c := range list(at(pod, "containers")) {
			main, _ := mainOf(w, t.of[w.id()])
			for _, e := range list(at(c, "env")) {
				used = used || i == main && text(at(e, "valueFrom", "configMapKeyRef", "name")) == o.name
			}
			for _, e := range list(at(c, "envFrom")) {
				used = used || i == main && text(at(e, "configMapRef", "name")) == o.name
			}
		}
	}
	return used
}

func (t *taker) budget() bool {
	return slices.ContainsFunc(t.ours, func(o object) bool { return o.kind == "PodDisruptionBudget" })
}

// service takes what a Service says otherwise; one of another name goes on leading to the pods under that name.
func (t *taker) service(o object) {
	name := t.behind(o.name)
	if _, need := t.App.Needs[o.name]; need && name == "" {
		t.leave(o, o.node.Line, o.id(), "it leads to the need "+o.name+", which each environment of migrate.yaml answers")
		return
	}
	if name == "" {
		t.leave(o, o.node.Line, o.id(), "it leads to no service of migrate.yaml")
		return
	}
	workload := t.our("Deployment", name)
	our := t.our("Service", name)
	selector := at(workload, "spec", "selector", "matchLabels")
	if selector == nil {
		return
	}
	var container *yaml.Node
	for _, w := range t.theirs {
		if t.of[w.id()] == name {
			_, container = mainOf(w, name)
		}
	}
	spec := without(at(o.node, "spec"), "selector", "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy")
	var ports []*yaml.Node
	for _, port := range list(at(spec, "ports")) {
		if target := number(text(at(port, "targetPort")), container); target != text(at(port, "targetPort")) {
			to := scalar(target)
			to.Tag = "!!int"
			port = put(port, "targetPort", to)
		}
		ports = append(ports, port)
	}
	if o.name != name || our == nil {
		spec = put(put(spec, "ports", &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: ports}), "selector", selector)
		t.keep(o, put(without(o.node, "status"), "spec", spec))
		return
	}
	p := t.patchOf(o, "Service", name)
	p.annotations(our, o.node)
	p.merge("/spec", at(our, "spec"), spec, "ports", "sessionAffinity")
	p.whole("/spec/sessionAffinity", scalar("None"), at(spec, "sessionAffinity"))
	for _, port := range ports {
		p.servicePort(our, port)
	}
}

func (p *patch) servicePort(our, port *yaml.Node) {
	named := text(at(port, "name"))
	for i, have := range list(at(our, "spec", "ports")) {
		switch {
		case text(at(have, "port")) == text(at(port, "port")):
			p.merge(fmt.Sprintf("/spec/ports/%d", i), have, port, "name", "port", "targetPort", "protocol")
			return
		case text(at(have, "name")) == named:
			named = ""
		}
	}
	if named == "" {
		port = put(port, "name", scalar("port-"+text(at(port, "port"))))
	}
	p.op("add", "/spec/ports/-", port)
}

// ingressRest takes the annotations and the TLS of an Ingress.
func (t *taker) ingressRest(o object) {
	var names []string
	for _, l := range leads(o) {
		if name := t.behind(l.backend); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		our := t.our("Ingress", name)
		if our == nil {
			t.ofIngress(o)
			return
		}
		p := t.patchOf(o, "Ingress", name)
		p.annotations(our, o.node)
		p.whole("/spec/tls", at(our, "spec", "tls"), at(o.node, "spec", "tls"))
	}
}

// ofIngress names what an Ingress says and a Gateway's route has no place for.
func (t *taker) ofIngress(o object) {
	var names []string
	annotations := at(o.node, "metadata", "annotations")
	for _, e := range entries(annotations) {
		if !slices.Contains(madeByTools(annotations), e.key.Value) {
			names = append(names, e.key.Value)
		}
	}
	if at(o.node, "spec", "tls") != nil {
		names = append(names, "tls")
	}
	if len(names) > 0 {
		t.leave(o, o.node.Line, strings.Join(names, ", "), "this is the Gateway's now; gateway: {ingress: CLASS} in migrate.yaml keeps an Ingress, and then this, too")
	}
}

// autoscaler leads to the workload by its new name.
func (t *taker) autoscaler(o object) {
	target := at(o.node, "spec", "scaleTargetRef")
	name := t.of[text(at(target, "kind"))+"/"+text(at(target, "name"))]
	if name == "" {
		t.leave(o, o.node.Line, o.id(), "it scales no service of migrate.yaml")
		return
	}
	t.keep(o, put(without(o.node, "status"), "spec", put(at(o.node, "spec"), "scaleTargetRef", put(target, "name", scalar(name)))))
}
