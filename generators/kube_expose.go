package generators

import (
	"bytes"
	"fmt"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// exposed are the services that systems outside of the cluster call in an environment, in the order of the services.
func exposed(app *service.App, env string) []string {
	var names []string
	for _, name := range app.ServiceNames() {
		if _, ok := app.Environments[env].Expose[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// exposePatches give a Service its fixed port at the nodes, or its address at the load balancer.
func exposePatches(app *service.App, env string) []kubePatch {
	var patches []kubePatch
	for _, name := range exposed(app, env) {
		ops := []kubeOp{{"add", "/spec/type", "LoadBalancer"}}
		if port := app.Environments[env].Expose[name].NodePort; port != 0 {
			ops = []kubeOp{{"add", "/spec/type", "NodePort"}, {"add", "/spec/ports/0/nodePort", port}}
		}
		patches = append(patches, kubePatch{"Service", name, ops})
	}
	return patches
}

// kubeExpose renders what lets in the callers from outside of the cluster; nothing where there are none.
func kubeExpose(app *service.App, env string) ([]byte, error) {
	var parts [][]byte
	for _, name := range exposed(app, env) {
		s, ports := app.Effective(name), []kubePolicyPort(nil)
		if serves(s) {
			ports = portsOf(app, []string{name})
		}
		for _, port := range s.UDP {
			ports = append(ports, kubePolicyPort{Protocol: "UDP", Port: port})
		}
		part, err := execute("kube/overlays/expose.yaml", map[string]any{
			"Name": name, "Labels": kubeLabels{app.Name, name}, "Ports": ports, "Balancer": app.Environments[env].Expose[name].Balancer})
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return bytes.Join(parts, []byte("---\n")), nil
}

// saidExposures tell at which fixed places an environment's services are reached.
func saidExposures(app *service.App, env string) []string {
	var said []string
	for _, name := range exposed(app, env) {
		if port := app.Environments[env].Expose[name].NodePort; port != 0 {
			said = append(said, fmt.Sprintf("%s at port %d of every node", name, port))
		} else {
			said = append(said, name+" at the load balancer's address")
		}
	}
	return said
}
