package generators

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubePatch is a JSON6902 patch of one object of the base. Strategic merge patches would say the same and cost ten times
// the time to render.
type kubePatch struct {
	Kind, Name string
	Ops        []kubeOp
}

type kubeOp struct {
	Op    string `yaml:"op"`
	Path  string `yaml:"path"`
	Value any    `yaml:"value"`
}

// kubeReplica is an entry of kustomize's replicas.
type kubeReplica struct {
	Name  string `yaml:"name"`
	Count int    `yaml:"count"`
}

// kubeOverlay renders what is different in one environment.
func kubeOverlay(app *service.App, env string) ([]fileset.File, error) {
	dir := kubeOverlays + env + "/"
	needs, unanswered, err := kubeNeeds(app, env)
	if err != nil {
		return nil, err
	}
	expose, err := kubeExpose(app, env)
	if err != nil {
		return nil, err
	}
	patches := slices.Concat(hostPatches(app, env), variablePatches(app, env), egressPatches(app, env), exposePatches(app, env))
	text, err := execute("kube/overlays/kustomization.yaml", map[string]any{
		"App":        app.Name,
		"Namespace":  app.Environments[env].Namespace,
		"Needs":      len(needs) > 0,
		"Expose":     len(expose) > 0,
		"Unanswered": unanswered,
		"Replicas":   overlayReplicas(app, env),
		"Configs":    overlayConfigs(app, env),
		"Components": kubeComponents("../../../", app.Environments[env].Components),
		"Patches":    patches,
	})
	if err != nil {
		return nil, err
	}
	files := []fileset.File{{Path: dir + "kustomization.yaml", Data: text}}
	if len(needs) > 0 {
		heading := "# What answers the needs in " + env + ".\n"
		files = append(files, fileset.File{Path: dir + "needs.yaml", Data: append([]byte(heading), needs...)})
	}
	if len(expose) > 0 {
		heading := "# What systems outside of the cluster call in " + env + ".\n"
		files = append(files, fileset.File{Path: dir + "expose.yaml", Data: append([]byte(heading), expose...)})
	}
	return files, nil
}

// overlayReplicas leaves out what has no replicas: kustomize refuses a name that it doesn't find.
func overlayReplicas(app *service.App, env string) []kubeReplica {
	var replicas []kubeReplica
	for _, name := range app.ServiceNames() {
		count, given := app.Environments[env].Replicas[name]
		if s := app.Effective(name); given && workloadKind(s) == "Deployment" && count != kubeReplicas(s) {
			replicas = append(replicas, kubeReplica{name, count})
		}
	}
	return replicas
}

func overlayConfigs(app *service.App, env string) []kubeConfig {
	var configs []kubeConfig
	for _, base := range app.Bases() {
		if literals := kubeLiterals(kubeEnvironmentConfig(app, env, base)); len(literals) > 0 {
			configs = append(configs, kubeConfig{Name: app.ConfigName(base), Literals: literals})
		}
	}
	return append(configs, overlayFileConfigs(app, env)...)
}

// hostPatches rename the hosts of the routes.
func hostPatches(app *service.App, env string) []kubePatch {
	hosts := map[string]string{}
	for from, to := range app.Environments[env].Hosts {
		hosts[strings.ToLower(from)] = strings.ToLower(to)
	}
	var patches []kubePatch
	add := func(kind, name string, ops []kubeOp) {
		if len(ops) > 0 {
			patches = append(patches, kubePatch{kind, name, ops})
		}
	}
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		if !serves(s) {
			continue
		}
		var probes []kubeOp
		for _, probe := range []string{"startupProbe", "readinessProbe"} {
			probes = replaceHost(probes, "/spec/template/spec/containers/0/"+probe+"/httpGet/httpHeaders/0/value", hosts[probeHost(s)])
		}
		add("Deployment", name, probes)
		if ingressClass(app) != "" {
			var ops []kubeOp
			for i, rule := range ingressRules(s.Routes) {
				ops = replaceHost(ops, fmt.Sprintf("/spec/rules/%d/host", i), hosts[rule.Host])
			}
			add("Ingress", name, ops)
			continue
		}
		for _, group := range routeGroups(name, s.Routes) {
			var ops []kubeOp
			for i, host := range group.hosts {
				ops = replaceHost(ops, fmt.Sprintf("/spec/hostnames/%d", i), hosts[host])
			}
			add("HTTPRoute", group.name, ops)
		}
		for _, route := range redirectRoutes(name, s) {
			add("HTTPRoute", route.Name, redirectPatch(route, env, hosts))
		}
	}
	return patches
}

// redirectPatch renames the hosts of redirects. One that has no name here gets one: production's is not to lead here.
func redirectPatch(route redirectRoute, env string, hosts map[string]string) []kubeOp {
	var ops []kubeOp
	for i, host := range route.Hosts {
		here := hosts[host]
		if here == "" && len(hosts) > 0 {
			here = service.SiblingHost(env, host)
		}
		ops = replaceHost(ops, fmt.Sprintf("/spec/hostnames/%d", i), here)
	}
	for i, host := range route.targets {
		ops = replaceHost(ops, fmt.Sprintf("/spec/rules/%d/filters/0/requestRedirect/hostname", i), hosts[host])
	}
	return ops
}

func replaceHost(ops []kubeOp, path, host string) []kubeOp {
	if host == "" {
		return ops
	}
	return append(ops, kubeOp{"replace", path, host})
}

// variablePatches change what a further process sets for itself: it stands before the ConfigMap, so the environment has
// to change it there.
func variablePatches(app *service.App, env string) []kubePatch {
	var patches []kubePatch
	for _, name := range app.ServiceNames() {
		container := "/spec/template/spec/containers/0"
		kind := workloadKind(app.Effective(name))
		if kind == "CronJob" {
			container = "/spec/jobTemplate" + container
		}
		patch := kubePatch{Kind: kind, Name: name}
		if runsInPod(app, name) {
			base := app.Base(name)
			patch = kubePatch{Kind: "Deployment", Name: base}
			container = fmt.Sprintf("/spec/template/spec/initContainers/%d", slices.Index(stepsInPod(app, base), name))
		}
		for i, key := range ownVariables(app, name) {
			if value, ok := app.Environments[env].Env[key]; ok {
				patch.Ops = append(patch.Ops, kubeOp{"replace", fmt.Sprintf("%s/env/%d/value", container, i), value})
			}
		}
		if len(patch.Ops) > 0 {
			patches = append(patches, patch)
		}
	}
	return patches
}

// egressPatches let out to the ports at which a need answers here and nowhere else.
func egressPatches(app *service.App, env string) []kubePatch {
	further := map[int]kubePolicyPort{}
	for _, name := range app.NeedNames() {
		need, answer := app.Needs[name], app.Environments[env].Needs[name]
		if port := answerPort(need, answer); port != needPort(need) && needPort(need) != 0 && !isOwn(app, name) {
			further[port] = kubePolicyPort{Protocol: udp(need.Kind), Port: port}
		}
	}
	var ops []kubeOp
	for _, port := range slices.Sorted(maps.Keys(further)) {
		ops = append(ops, kubeOp{"add", "/spec/egress/-", kubeRule{Ports: []kubePolicyPort{further[port]}}})
	}
	if ops == nil {
		return nil
	}
	return []kubePatch{{"NetworkPolicy", app.Name, ops}}
}
