package kube

// relations checks what no schema can say: that the parts of an object fit together. The server would refuse these too,
// but in words that name no line, or would take them and never get a pod ready.
func (c *check) relations() {
	if c.object.is("", "Secret") && (len(child(c.object.Object, "data")) > 0 || len(child(c.object.Object, "stringData")) > 0) {
		c.fail(nil, "holds values, which would stand in git and in the rendered file: name its keys under secrets in migrate.yaml and keep the values in gopass")
	}
	base := fieldPath{"spec"}
	switch c.object.GetKind() {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		c.selector()
		base = fieldPath{"spec", "template", "spec"}
	case "Job":
		base = fieldPath{"spec", "template", "spec"}
	case "CronJob":
		base = fieldPath{"spec", "jobTemplate", "spec", "template", "spec"}
	case "Pod":
	default:
		return
	}
	if spec := c.object.podSpec(); spec != nil {
		c.pod(base, spec)
	}
}

func (c *check) selector() {
	wanted := child(c.object.Object, "spec", "selector", "matchLabels")
	labels := child(c.object.Object, "spec", "template", "metadata", "labels")
	for _, name := range sortedKeys(wanted) {
		if labels[name] != wanted[name] {
			c.fail(fieldPath{"spec", "selector", "matchLabels", name}, "is %v, but the template's label is %v: the workload would not find its own pods",
				wanted[name], orAbsent(labels[name]))
		}
	}
}

func orAbsent(v any) any {
	if v == nil {
		return "absent"
	}
	return v
}

// pod checks names that refer to each other inside one pod: volumes, and ports of probes.
func (c *check) pod(base fieldPath, spec map[string]any) {
	volumes, names := map[any]bool{}, map[any]bool{}
	for _, v := range maps(spec["volumes"]) {
		volumes[v["name"]] = true
	}
	if c.object.GetKind() == "StatefulSet" {
		for _, v := range maps(child(c.object.Object, "spec")["volumeClaimTemplates"]) {
			volumes[child(v, "metadata")["name"]] = true
		}
	}
	for _, list := range []string{"initContainers", "containers"} {
		for i, container := range maps(spec[list]) {
			at := base.add(list).add(i)
			if name := container["name"]; name != nil && names[name] {
				c.fail(at.add("name"), "%v is the name of another container too", name)
			}
			names[container["name"]] = true
			for j, m := range maps(container["volumeMounts"]) {
				if !volumes[m["name"]] {
					c.fail(at.add("volumeMounts").add(j).add("name"), "%v is not among the pod's volumes", m["name"])
				}
			}
			c.probes(at, container)
		}
	}
}

func (c *check) probes(at fieldPath, container map[string]any) {
	if c.reported[at.add("ports").String()] {
		return
	}
	ports := map[any]bool{}
	for _, p := range maps(container["ports"]) {
		ports[p["name"]] = true
	}
	for _, probe := range []string{"startupProbe", "readinessProbe", "livenessProbe"} {
		for _, action := range []string{"httpGet", "tcpSocket"} {
			port, named := child(container, probe, action)["port"].(string)
			if named && !ports[port] {
				c.fail(at.add(probe).add(action).add("port"), "%q is not the name of one of the container's ports", port)
			}
		}
	}
}

// servicePorts checks that the named ports of Services are ports of the pods that they lead to. Nothing else would: the
// server takes such a Service, and it never has an endpoint.
func servicePorts(objects Objects) []Problem {
	var problems []Problem
	all := objects.selecting()
	for _, w := range objects {
		if !w.runs() || w.GetKind() == "Job" {
			continue
		}
		labels := templateLabels(w)
		for _, s := range all {
			if !s.object.is("", "Service") || w.GetNamespace() != s.object.GetNamespace() || !s.selector.Matches(labels) {
				continue
			}
			for i, p := range maps(child(s.object.Object, "spec")["ports"]) {
				if target, named := p["targetPort"].(string); named && !w.hasPort(target) {
					problems = append(problems, s.object.problem(fieldPath{"spec", "ports", i, "targetPort"}, "%s, which the selector leads to, has no port named %q", w.ID(), target))
				}
			}
		}
	}
	return problems
}

func (o Object) hasPort(name string) bool {
	for _, c := range containers(o.podSpec()) { // an init container that restarts always is a sidecar and may serve
		for _, p := range maps(c["ports"]) {
			if p["name"] == name {
				return true
			}
		}
	}
	return false
}
