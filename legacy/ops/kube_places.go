package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// overlay is what the values of one place set for the workload that a shared chart makes: values-prod.yaml beside the chart
// or its directory, or on its own where the whole chart is the organisation's.
type overlay struct {
	file      string
	chart     string // the directory of the chart, "" where the repository holds none
	container *yaml.Node
	hosts     []*yaml.Node
}

// placeValues keeps what a file of values says for one place. It is false for a file that is about none.
func (k *kubernetes) placeValues(file, text string) bool {
	if environmentOfPath(path.Base(file)) == "" || strings.Contains(path.Base(file), "template") {
		return otherEnvironment.MatchString(path.Base(file)) || strings.Contains(path.Base(file), "template")
	}
	o := overlay{file: file, chart: k.chartBeside(path.Dir(file))}
	if o.chart != "" && k.ownWorkloads(o.chart) {
		return true // what its keys mean, its templates know
	}
	found := 0
	for _, doc := range documents(file, text, &scan.Report{}) {
		for _, n := range append([]*yaml.Node{doc}, mappingsOf(doc)...) {
			env, hosts := environmentNode(n), ingressHosts(n)
			if env == nil && len(hosts) == 0 {
				continue
			}
			if found++; found == 1 {
				o.container, o.hosts = object("env", variablesOf(env, n)), hosts
			}
		}
	}
	if found == 1 { // several workloads in one file: which is which, their aliases in the chart know
		k.overlays = append(k.overlays, o)
	}
	return true
}

// chartBeside is the chart in a directory, or the only one in a directory right below it; "" for none.
func (k *kubernetes) chartBeside(dir string) string {
	chart := ""
	for _, p := range k.t.Below(dir) {
		switch {
		case path.Base(p) != "Chart.yaml":
		case path.Dir(p) == dir:
			return dir
		case path.Dir(path.Dir(p)) != dir:
		case chart != "":
			return ""
		default:
			chart = path.Dir(p)
		}
	}
	return chart
}

// environmentNode is where the values of a chart keep the variables of its container, nil for nowhere.
func environmentNode(n *yaml.Node) *yaml.Node {
	for _, key := range []string{"env", "environment", "envVars", "extraEnv", "extraEnvVars", "environmentVariables"} {
		if env := child(n, key); env != nil && env.Kind != yaml.ScalarNode {
			return env
		}
	}
	return nil
}

// ingressHosts are the names by which the world reaches what a chart runs.
func ingressHosts(n *yaml.Node) []*yaml.Node {
	ingress := child(n, "ingress")
	var hosts []*yaml.Node
	for _, h := range append(items(child(ingress, "hosts")), child(ingress, "host")) {
		if name := child(h, "host"); name != nil {
			h = name
		}
		if v := scalar(h); strings.Contains(v, ".") && !placeholder.MatchString(v) && !strings.ContainsAny(v, "*: /") {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// overlaysByDir leads from directories of code to what places set for what runs there: where the chart's workloads went,
// else the code above the file.
func (k *kubernetes) overlaysByDir(byDir map[string][]workload) map[string][]overlay {
	charts := map[string]string{}
	for dir, list := range byDir {
		for _, w := range list {
			charts[chartOf(k.t, w.file)] = dir
		}
	}
	list := map[string][]overlay{}
	for _, o := range k.overlays {
		dir := charts[o.chart]
		if dir == "" || o.chart == "" {
			dir = k.codeAbove(o.file)
		}
		if dir != "" {
			list[dir] = append(list[dir], o)
		}
	}
	return list
}

// overlay reports what production's values set, or those of the other places.
func (k *kubernetes) overlay(list []overlay, dir string, production bool) {
	for _, o := range list {
		environment := environmentOfPath(path.Base(o.file))
		if environment == "production" != production {
			continue
		}
		f := scan.Finding{Dir: dir}
		if of := dir + "\x00"; !production && k.platform.places.first[of] == "" {
			k.platform.places.first[of] = "-" // what one place sets is never what all have
		}
		k.environment(f, workload{file: o.file, container: o.container})
		if !production {
			f.Environment = environment
		}
		for _, h := range o.hosts {
			f.Service = service.Service{Routes: []service.Route{{Host: scalar(h), Path: "/"}}}
			k.r.Find(f, o.file, h.Line, scan.Declared, "")
		}
	}
}
