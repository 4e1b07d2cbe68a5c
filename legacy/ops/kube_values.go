package ops

import (
	"cmp"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// A chart without workloads of its own hands its values to a chart that the organisation shares: then values.yaml is all
// that the repository says of the workload. What such shared charts call the same thing differs, so several names are tried.

var (
	valuesFile     = scan.MustCompile(`(^|/)values([._-][\w.-]+)?\.ya?ml$`)
	workloadKind   = scan.MustCompile(`(?m)^kind:\s*(Deployment|StatefulSet|DeploymentConfig|Rollout)\b`)
	scheduledKind  = scan.MustCompile(`(?m)^kind:\s*CronJob\b`)
	chartsOfOthers = scan.MustCompile(`(?m)^dependencies:`)
	secretsOfChart = scan.MustCompile(`(?i)secret|key_?vault`)
	chartVariable  = scan.MustCompile(`^[A-Za-z_]\w*$`)
	variableOnly   = scan.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)
)

// chart reads a file of values as the workload that a shared chart makes of it, or as what one place sets differently. It
// is false for any other file.
func (k *kubernetes) chart(file, text string) bool {
	dir := path.Dir(file)
	if !valuesFile.MatchString(file) {
		return false
	}
	if !k.t.Has(path.Join(dir, "Chart.yaml")) || otherEnvironment.MatchString(path.Base(file)) || strings.Contains(path.Base(file), ".template.") {
		return k.placeValues(file, text)
	}
	if k.ownWorkloads(dir) {
		return true
	}
	silent := &scan.Report{}
	name := scalar(child(mappingOf(k.t, path.Join(dir, "Chart.yaml"), silent), "name"))
	for _, doc := range documents(file, text, silent) {
		for _, n := range append([]*yaml.Node{doc}, mappingsOf(doc)...) {
			if w := valuesWorkload(n, name); w.container != nil {
				w.file = file
				k.workloads = append(k.workloads, w)
			}
		}
	}
	return true
}

// ownWorkloads says whether the chart in dir has templates of workloads: scheduled jobs count where it rests on no other
// chart, which may make what serves.
func (k *kubernetes) ownWorkloads(dir string) bool {
	jobs := false
	for _, p := range k.t.Below(path.Join(dir, "templates")) {
		data, err := k.t.Read(p)
		if err == nil && workloadKind.Match(data) {
			return true
		}
		jobs = jobs || err == nil && scheduledKind.Match(data)
	}
	return jobs && !chartsOfOthers.MatchString(k.t.Text(path.Join(dir, "Chart.yaml"), &scan.Report{})) && !k.t.Has(path.Join(dir, "requirements.yaml"))
}

// mappingsOf are the mappings among the values of a mapping.
func mappingsOf(n *yaml.Node) []*yaml.Node {
	var list []*yaml.Node
	for _, p := range pairs(n) {
		if p.value.Kind == yaml.MappingNode {
			list = append(list, p.value)
		}
	}
	return list
}

// valuesWorkload makes a workload of the values of one chart; its container is nil where they speak of none.
func valuesWorkload(n *yaml.Node, name string) workload {
	image := firstOf(n, "image.repository", "image.name", "image")
	port := firstOf(n, "applicationPort", "containerPort", "image.port", "image.containerPort", "service.targetPort", "service.internalPort", "service.containerPort", "deployment.port", "app.port")
	env := environmentNode(n)
	if have := []bool{image != nil, port != nil, env != nil}; !have[0] && !have[1] || !have[1] && !have[2] || !have[0] && !have[2] {
		return workload{} // two of the three tell a workload from other values
	}
	w := workload{kind: "Deployment", name: cmp.Or(scalar(at(n, "nameOverride")), name), line: n.Line, image: scalar(image)}
	container := object("env", variablesOf(env, n))
	if scalar(port) != "" {
		add(container, "ports", port.Line, listOf(object("containerPort", port)))
	}
	if p := firstOf(n, "livenessProbe.path", "livenessPath", "probes.liveness.path", "liveness.path", "livenessProbe.httpGet.path"); p != nil {
		add(container, "livenessProbe", p.Line, object("httpGet", object("path", p)))
	}
	if p := firstOf(n, "readinessProbe.path", "readinessPath", "probes.readiness.path", "readiness.path", "readinessProbe.httpGet.path", "healthCheckPath", "healthcheck.path"); p != nil {
		add(container, "readinessProbe", p.Line, object("httpGet", object("path", p)))
	}
	for _, key := range []string{"command", "args"} {
		for _, place := range []string{key, "container" + strings.ToUpper(key[:1]) + key[1:]} {
			if words := at(n, place); len(items(words)) > 0 && child(container, key) == nil {
				add(container, key, words.Line, words)
			}
		}
	}
	w.container, w.pod = container, object("containers", listOf(container))
	return w
}

// firstOf is the first of the named places that holds a scalar, nil where none does.
func firstOf(n *yaml.Node, places ...string) *yaml.Node {
	for _, place := range places {
		if v := at(n, strings.Split(place, ".")...); scalar(v) != "" {
			return v
		}
	}
	return nil
}

// variablesOf is the list of a container's variables: those with values, as a mapping or a list, and those that secrets fill.
func variablesOf(env, all *yaml.Node) *yaml.Node {
	vars := listOf()
	if env != nil && env.Kind == yaml.SequenceNode {
		vars.Content = append(vars.Content, env.Content...)
	}
	for _, p := range pairs(env) {
		if chartVariable.MatchString(p.key.Value) && scalar(p.value) != "" {
			vars.Content = append(vars.Content, object("name", p.key, "value", p.value))
		}
	}
	for _, p := range pairs(all) {
		if secretsOfChart.MatchString(p.key.Value) {
			secretNames(p.value, vars, map[*yaml.Node]bool{})
		}
	}
	return vars
}

// secretNames collects the names of variables below a key that speaks of secrets: keys, and the values of alias.
// A node that aliases name more than once is seen once.
func secretNames(n, vars *yaml.Node, seen map[*yaml.Node]bool) {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	see := func(name *yaml.Node) {
		if variableOnly.MatchString(name.Value) {
			vars.Content = append(vars.Content, object("name", name, "valueFrom", object("secretKeyRef", mapping(name.Line))))
		}
	}
	for _, p := range pairs(n) {
		see(p.key)
		switch {
		case p.value.Kind != yaml.ScalarNode:
			secretNames(p.value, vars, seen)
		case p.key.Value == "alias" || p.key.Value == "envName" || p.key.Value == "env":
			see(p.value)
		}
	}
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			if item.Kind == yaml.ScalarNode {
				see(item)
			} else {
				secretNames(item, vars, seen)
			}
		}
	}
}

// object and listOf make nodes of YAML: what another format says is then read as a manifest would be.
func object(pairs ...any) *yaml.Node {
	n := mapping(0)
	for i := 0; i+1 < len(pairs); i += 2 {
		value := pairs[i+1].(*yaml.Node)
		n.Line = cmp.Or(n.Line, value.Line)
		add(n, pairs[i].(string), value.Line, value)
	}
	return n
}

func listOf(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}
