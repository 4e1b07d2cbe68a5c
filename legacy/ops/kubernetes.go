package ops

import (
	"path"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Kubernetes reads manifests, Helm charts (without rendering them) and templates of OpenShift that are there already: the
// ports, probes, commands and variables of the workloads whose code is in the repository.
func Kubernetes() scan.Reader {
	return scan.Reader{
		Name:  "kubernetes",
		Wants: isKubernetes,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			k := newKubernetes(t, r)
			for _, p := range productionFirst(paths) {
				k.file(p)
			}
			k.report()
		},
	}
}

var (
	kubernetesDir  = scan.MustCompile(`(?i)(^|[/_.-])(k8s?|kube|kubernetes|helm|charts?|deploy|deployments?|manifests?|openshift|kustomize|overlays|infra|infrastructure|ops|aks|eks|gke|okd|minikube|nais|helm_deploy|hokusai|argocd|flux|gitops)([/_.-])`)
	kubernetesName = scan.MustCompile(`(?i)(deployment|statefulset|cronjob|k8s|kube|openshift|template|nais|naiserator)[^/]*$`)
)

// manifestTemplate is a manifest that something fills in before it is applied: shop-production.tmpl, web.yaml.template.
var manifestTemplate = scan.MustCompile(`^(.*)\.(?:tmpl|template|tpl)$`)

func isKubernetes(p string) bool {
	if strings.HasSuffix(p, ".json") {
		return strings.Contains(strings.ToLower(p), "openshift")
	}
	if m := manifestTemplate.FindStringSubmatch(p); m != nil && kubernetesDir.MatchString(p) {
		return !isCompose(m[1])
	}
	if !strings.HasSuffix(p, ".yml") && !strings.HasSuffix(p, ".yaml") {
		return false
	}
	return !isCompose(p) && (kubernetesDir.MatchString(p) || kubernetesName.MatchString(p))
}

func newKubernetes(t *scan.Tree, r *scan.Report) *kubernetes {
	return &kubernetes{platform: newPlatform(t, r, 8080), builds: map[string]*yaml.Node{}, targets: map[string]string{}, secrets: map[string]*yaml.Node{}, settings: map[string]*yaml.Node{}, selectors: map[string]*yaml.Node{}}
}

type kubernetes struct {
	*platform
	workloads []workload
	builds    map[string]*yaml.Node // BuildConfigs by the name of the image that they make
	secrets   map[string]*yaml.Node // the keys of Secrets by name
	settings  map[string]*yaml.Node // the data of ConfigMaps by name
	fronts    []clusterFront
	asked     int                   // rules, and hosts with a path, that were looked at
	selectors map[string]*yaml.Node // of Services, the labels of the pods behind them
	targets   map[string]string     // the ports behind those of Services: api:80 leads to 8080
	overlays  []overlay
	parts     map[string][]workload // what templates include, by their file
	homes     map[string]string     // of programs of Go, see homesOfPrograms
	live      map[string]*yaml.Node // what production gives a chart, by its directory
	given     bool                  // the objects may be those of other services: a BuildConfig says nothing of the code at hand
}

// workload is one object that runs containers.
type workload struct {
	file      string
	kind      string
	name      string
	line      int
	labels    *yaml.Node // of its pods
	pod       *yaml.Node
	container *yaml.Node
	image     string
	schedule  string
	needs     []binding // what the platform gives it
	replicas  *yaml.Node
	hooks     []*yaml.Node // what OpenShift runs before a rollout, as containers
}

func (k *kubernetes) file(p string) {
	data, err := k.t.Read(p)
	if err != nil {
		return
	}
	text := string(data)
	if k.chart(p, text) {
		return
	}
	if !objectKind.MatchString(text) {
		return
	}
	silent, texts := &scan.Report{}, []string{text}
	if strings.Contains(text, "{{") {
		texts = k.rendered(p, text)
	}
	var docs []*yaml.Node
	for _, text := range texts {
		docs = append(docs, documents(p, text, silent)...)
	}
	for _, n := range silent.Notes {
		if len(docs) == 0 && strings.Contains(string(data), "containers") {
			k.r.Note(n.File, n.Line, "looks like a manifest of Kubernetes: %s", n.Text)
		}
	}
	for _, doc := range docs {
		k.object(p, doc, 0)
	}
}

var objectKind = scan.MustCompile(`(?m)(?:^|[\s{,-])["']?kind["']?:\s*["']?(Deployment|DeploymentConfig|StatefulSet|DaemonSet|ReplicationController|ReplicaSet|Pod|Job|CronJob|List|Template|Rollout|Route|Ingress|HTTPRoute|Service|Secret|ConfigMap|BuildConfig|Application|Naisjob)\b`)

// object takes one object, or those in a List or Template.
func (k *kubernetes) object(file string, n *yaml.Node, depth int) {
	if n.Kind != yaml.MappingNode || depth > 3 {
		return
	}
	name := scalar(at(n, "metadata", "name"))
	switch kind := scalar(child(n, "kind")); kind {
	case "List":
		for _, item := range items(child(n, "items")) {
			k.object(file, item, depth+1)
		}
	case "Template":
		fillTemplate(child(n, "objects"), parameters(n), 0)
		for _, item := range items(child(n, "objects")) {
			k.object(file, item, depth+1)
		}
	case "Deployment", "DeploymentConfig", "StatefulSet", "DaemonSet", "ReplicationController", "ReplicaSet", "Rollout", "Job":
		k.workload(file, n, kind, name, at(n, "spec", "template", "spec"))
	case "Pod":
		k.workload(file, n, kind, name, child(n, "spec"))
	case "CronJob":
		k.workload(file, n, kind, name, at(n, "spec", "jobTemplate", "spec", "template", "spec"))
	case "Application", "Naisjob":
		k.nais(file, n, name)
	case "BuildConfig":
		to, _, _ := strings.Cut(scalar(at(n, "spec", "output", "to", "name")), ":")
		for _, made := range []string{name, to} {
			if made != "" && k.builds[made] == nil {
				k.builds[made] = n
				k.build(file, n)
			}
		}
	case "Route", "Ingress", "HTTPRoute":
		k.frontsOf(file, n)
	case "Service":
		k.selectors[name] = at(n, "spec", "selector")
		for _, p := range items(at(n, "spec", "ports")) {
			if target := scalar(child(p, "targetPort")); portText(target) > 0 {
				k.targets[name+":"+scalar(child(p, "port"))] = target
			}
		}
	case "Secret":
		for _, key := range []string{"stringData", "data"} {
			if data := child(n, key); data != nil && k.secrets[name] == nil {
				k.secrets[name] = data
			}
		}
	case "ConfigMap":
		if k.settings[name] == nil {
			k.settings[name] = child(n, "data")
		}
	}
}

func (k *kubernetes) workload(file string, n *yaml.Node, kind, name string, pod *yaml.Node) {
	containers := items(child(pod, "containers"))
	if len(containers) == 0 || name == "" {
		return
	}
	main := containers[0]
	for _, c := range containers { // the others stand beside it: proxies, exporters
		if scalar(child(c, "name")) == name {
			main = c
		}
	}
	image := strings.TrimSpace(scalar(child(main, "image")))
	for _, trigger := range items(at(n, "spec", "triggers")) { // of OpenShift, which puts the image there
		if image == "" {
			image = scalar(at(trigger, "imageChangeParams", "from", "name"))
		}
	}
	w := workload{file: file, kind: kind, name: name, line: n.Line, labels: at(n, "spec", "template", "metadata", "labels"), pod: pod, container: main, image: image, schedule: scalar(at(n, "spec", "schedule")), replicas: at(n, "spec", "replicas"), hooks: hooksOf(n)}
	k.workloads = append(k.workloads, w)
	if w.job() {
		return
	}
	for _, c := range containers { // other programs of the image in one pod, with each other or with what serves
		if also := scalar(child(c, "name")); c != main && also != "" && w.image != "" && scalar(child(c, "image")) == w.image && containerWords(c) != nil {
			k.workloads = append(k.workloads, workload{file: file, kind: kind, name: also, line: c.Line, pod: pod, container: c, image: w.image, replicas: w.replicas})
		}
	}
}

// hooksOf are the commands that a DeploymentConfig has run in a pod of their own before the new ones start.
func hooksOf(n *yaml.Node) (hooks []*yaml.Node) {
	for _, params := range []string{"recreateParams", "rollingParams"} {
		for _, when := range []string{"pre", "mid"} {
			if hook := at(n, "spec", "strategy", params, when, "execNewPod"); hook != nil {
				hooks = append(hooks, hook)
			}
		}
	}
	return hooks
}

// parameters are the values that a Template of OpenShift gives its parameters itself: nothing, where nobody has to say one.
func parameters(template *yaml.Node) map[string]string {
	values := map[string]string{}
	for _, p := range items(child(template, "parameters")) {
		value, required := child(p, "value"), scalar(child(p, "required"))
		if scalar(value) != "" || required == "false" || value != nil && required != "true" {
			values[scalar(child(p, "name"))] = scalar(value)
		}
	}
	return values
}

var templateParameter = scan.MustCompile(`\$\{\{?(\w+)\}?\}`)

// fillTemplate puts the values of parameters into the scalars of a Template's objects; one without a value stays open.
func fillTemplate(n *yaml.Node, values map[string]string, depth int) {
	if n == nil || depth > 50 {
		return
	}
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") && len(n.Value) < 10_000 {
		n.Value = templateParameter.ReplaceAllStringFunc(n.Value, func(ref string) string {
			if v, said := values[templateParameter.FindStringSubmatch(ref)[1]]; said && len(v) < 1000 {
				return v
			}
			return ref
		})
	}
	for _, c := range n.Content {
		fillTemplate(c, values, depth+1)
	}
}

// build reports what a BuildConfig says of the directory that it builds.
func (k *kubernetes) build(file string, n *yaml.Node) {
	if dir := k.buildDir(n); dir != "" && !k.given {
		k.builder(scan.Finding{Dir: dir}, file, n)
	}
}

// builder reports the builder image of a build from source: it says the language's version.
func (k *kubernetes) builder(f scan.Finding, file string, n *yaml.Node) {
	from := at(n, "spec", "strategy", "sourceStrategy", "from", "name")
	if scalar(from) == "" {
		return
	}
	img := parseImage(scalar(from))
	language, version, _ := img.language()
	if img.base == "nodejs" {
		language, version = "node", img.version()
	}
	if language == "" {
		return
	}
	f.Service = service.Service{Language: language, Version: version}
	k.find(f, "language", file, from.Line, scan.Declared, "OpenShift builds it with "+scalar(from))
}

// buildDir is the directory that a BuildConfig builds, "" where it is no directory of the repository with code.
func (k *kubernetes) buildDir(n *yaml.Node) string {
	dir := scalar(at(n, "spec", "source", "contextDir"))
	if dir == "" || strings.Contains(dir, "${") {
		dir = "."
	}
	at, ok := within(".", strings.TrimPrefix(dir, "/"))
	if !ok || !k.hasCode(at) && !k.t.Has(path.Join(at, "Dockerfile")) {
		return ""
	}
	return at
}

// places leads from the names of directories with code to the directories.
func (k *kubernetes) places() map[string][]string {
	byName := map[string][]string{}
	seen := map[string]bool{}
	isManifest := map[string]bool{"Dockerfile": true}
	for _, m := range manifests {
		isManifest[m] = true
	}
	for _, p := range k.t.Files() {
		dir, name := path.Split(p)
		dir = strings.TrimSuffix(dir, "/")
		if dir == "" || seen[dir] || !isManifest[name] && !scan.DotnetProject.MatchString(name) || k.t.Aside(p) {
			continue
		}
		if name == "app.py" && k.t.Has(path.Join(dir, "__init__.py")) { // a module of the package above
			continue
		}
		seen[dir] = true
		called := placeName(scan.Called(dir))
		if name == "main.go" {
			dir = k.imageOfProgram(dir)
		}
		if !slices.Contains(byName[called], dir) {
			byName[called] = append(byName[called], dir)
		}
	}
	for _, dirs := range byName {
		sort.SliceStable(dirs, func(i, j int) bool { return strings.Count(dirs[i], "/") < strings.Count(dirs[j], "/") })
	}
	return byName
}

// placeName is a name without what people write in more ways than one.
func placeName(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
}
