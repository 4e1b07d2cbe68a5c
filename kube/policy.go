package kube

import (
	"fmt"
	"slices"
	"strings"
)

// Advice is something that a server takes and that goes wrong sooner or later: the reason, and what to write instead.
type Advice struct {
	Problem
	Rule string `json:"rule"` // a name for it, which acceptAnnotation takes
	Fix  string `json:"fix"`
}

func (a Advice) String() string { return a.Problem.String() + ": " + a.Fix + " (" + a.Rule + ")" }

// acceptAnnotation lists, with commas, the rules that somebody has decided not to follow on an object.
const acceptAnnotation = "migrate/accept"

// ownerAnnotation names the team that answers for an object.
const ownerAnnotation = "migrate/owner"

// Advise looks at valid objects for what no server refuses and experience does. It is in the order of the objects.
func (l Objects) Advise() []Advice {
	var all []Advice
	selecting := l.selecting()
	for _, o := range l {
		if !o.Workload() {
			continue
		}
		p := &policy{object: o}
		p.pod()
		p.image()
		if o.runs() && o.GetKind() != "Job" {
			p.serving(selecting)
		}
		accepted := strings.Split(strings.ReplaceAll(o.GetAnnotations()[acceptAnnotation], " ", ""), ",")
		for _, a := range p.found {
			if !slices.Contains(accepted, a.Rule) {
				all = append(all, a)
			}
		}
	}
	return append(all, l.unowned()...)
}

// unowned is one advice for all workloads that name nobody: they are of one application.
func (l Objects) unowned() []Advice {
	for _, o := range l {
		if o.Workload() && !o.foreign && o.GetAnnotations()[ownerAnnotation] == "" {
			return []Advice{{Problem: o.problem(nil, "nobody is named who answers for it when it breaks"), Rule: "owner",
				Fix: "say owner: TEAM in migrate.yaml and run `migrate generate`"}}
		}
	}
	return nil
}

// policy looks at one workload.
type policy struct {
	object Object
	found  []Advice
}

func (p *policy) advise(rule string, at fieldPath, fix, format string, args ...any) {
	p.found = append(p.found, Advice{Problem: p.object.problem(at, format, args...), Rule: rule, Fix: fix})
}

// base leads to the workload's pod specification.
func (p *policy) base() fieldPath {
	switch p.object.GetKind() {
	case "Pod":
		return fieldPath{"spec"}
	case "CronJob":
		return fieldPath{"spec", "jobTemplate", "spec", "template", "spec"}
	}
	return fieldPath{"spec", "template", "spec"}
}

// pod looks at what its pods may do on their node.
func (p *policy) pod() {
	spec, base := p.object.podSpec(), p.base()
	for _, field := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if spec[field] == true {
			p.advise("host", base.add(field), "take it out: needs are reached by Services", "shares the node's own %s: whoever breaks into the pod is on the node", strings.TrimPrefix(field, "host"))
		}
	}
	for i, v := range maps(spec["volumes"]) {
		if path := child(v, "hostPath"); path != nil {
			p.advise("host-path", base.add("volumes").add(i), "name the directory under state in migrate.yaml, which gives it a volume of its own, or use emptyDir",
				"mounts %v of the node: data stays behind when the pod moves, and the pod can change the node", path["path"])
		}
	}
	p.each(func(at fieldPath, c map[string]any) {
		name, own, all := c["name"], child(c, "securityContext"), child(spec, "securityContext")
		setting := func(field string) any {
			if v, set := own[field]; set {
				return v
			}
			return all[field]
		}
		switch user, named := asFloat(setting("runAsUser")); {
		case own["privileged"] == true:
			p.advise("root", at.add("securityContext"), "take privileged out, and add the one capability that it needs", "container %v is privileged: it is root on the node", name)
		case named && user == 0:
			p.advise("root", at, "runAsUser: 10001, and chown in the Dockerfile what it writes to", "container %v runs as root", name)
		case setting("runAsNonRoot") != true && (!named || user == 0):
			p.advise("root", at, "securityContext: {runAsNonRoot: true, runAsUser: 10001}", "container %v may run as root: nothing says that it must not", name)
		}
		if limits := child(c, "resources", "limits"); limits["memory"] == nil {
			p.advise("limits", at, "resources: {limits: {memory: 512Mi}}, by what it uses", "container %v has no memory limit: a leak takes the node's other pods with it", name)
		}
		if requests := child(c, "resources", "requests"); requests["memory"] == nil && child(c, "resources", "limits")["memory"] == nil || requests["cpu"] == nil && child(c, "resources", "limits")["cpu"] == nil {
			p.advise("requests", at, "resources: {requests: {cpu: 100m, memory: 128Mi}}", "container %v asks for nothing: it lands on full nodes and is thrown out first", name)
		}
	})
}

func (p *policy) each(do func(at fieldPath, container map[string]any)) {
	for _, list := range []string{"initContainers", "containers"} {
		for i, c := range maps(p.object.podSpec()[list]) {
			do(p.base().add(list).add(i), c)
		}
	}
}

// image looks for images that are another one tomorrow.
func (p *policy) image() {
	p.each(func(at fieldPath, c map[string]any) {
		image, _ := c["image"].(string)
		_, version := splitImage(image)
		switch {
		case version == ":latest":
			p.advise("latest", at.add("image"), "name a version", "%s is another image tomorrow: a restarted pod runs what nobody released, and there is no way back", image)
		case version == "" && p.object.foreign:
			p.advise("latest", at.add("image"), "name a version", "%s names no version, which means latest: a restarted pod runs what nobody released", image)
		}
	})
}

// serving looks at what makes a service stay up: probes, and enough pods for what its PodDisruptionBudget promises.
func (p *policy) serving(all []selecting) {
	at := p.base()
	served, budgets := false, []Object(nil)
	labels := templateLabels(p.object)
	for _, s := range all {
		switch {
		case s.object.GetNamespace() != p.object.GetNamespace() || !s.selector.Matches(labels):
		case s.object.is("", "Service"):
			served = true
		default:
			budgets = append(budgets, s.object)
		}
	}
	for i, c := range maps(p.object.podSpec()["containers"]) {
		at := at.add("containers").add(i)
		ready, live := child(c, "readinessProbe"), child(c, "livenessProbe")
		if served && len(maps(c["ports"])) > 0 && ready == nil {
			p.advise("readiness", at, "readinessProbe: {httpGet: {path: /ready, port: http}}, or tcpSocket", "container %v has no readinessProbe: requests reach it before it can answer, and a rollout goes on though it never does", c["name"])
		}
		if why := touchesNeed(live, ready); why != "" {
			p.advise("liveness", at.add("livenessProbe"), "let it ask what touches nothing else, or take it out", "%s: when a need is away every pod is restarted at once, and stays down", why)
		}
	}
	replicas, counted := desired(p.object)
	for _, budget := range budgets {
		if counted && allowed(budget, replicas) < 1 {
			p.advise("disruption", fieldPath{"spec", "replicas"}, "replicas: 2, or maxUnavailable: 1 in the budget", "PodDisruptionBudget %s never lets go of any of its %s: no node that it runs on can be emptied", budget.GetName(), podCount(replicas))
		}
	}
}

func podCount(n int64) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

// touchesNeed says why a liveness probe probably asks more than whether the process lives; empty where it doesn't.
func touchesNeed(live, ready map[string]any) string {
	path, _ := child(live, "httpGet")["path"].(string)
	command := fmt.Sprint(child(live, "exec")["command"])
	switch {
	case live == nil:
		return ""
	case path != "" && path == child(ready, "httpGet")["path"]:
		return "its livenessProbe asks " + path + ", as its readinessProbe does"
	case strings.Contains(strings.ToLower(path), "ready"):
		return "its livenessProbe asks " + path + ", which by its name looks at what the service needs"
	}
	for _, client := range []string{"psql", "pg_isready -h", "mysql -h", "mysqladmin ping -h", "redis-cli -h", "nc -z", "curl http"} {
		if strings.Contains(command, client) && !strings.Contains(command, "localhost") && !strings.Contains(command, "127.0.0.1") {
			return "its livenessProbe runs " + client
		}
	}
	return ""
}

// allowed is how many of so many pods a budget lets go of at a time.
func allowed(budget Object, pods int64) int64 {
	spec := child(budget.Object, "spec")
	if most, set := spec["maxUnavailable"]; set {
		return portion(most, pods)
	}
	if least, set := spec["minAvailable"]; set {
		return pods - portion(least, pods)
	}
	return pods
}

// portion is a number, or a percentage rounded up, as the controller does.
func portion(v any, of int64) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case string:
		var percent int64
		if _, err := fmt.Sscanf(v, "%d%%", &percent); err == nil {
			return (percent*of + 99) / 100
		}
	}
	return of
}
