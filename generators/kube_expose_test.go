package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestExposedServices(t *testing.T) {
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{
		"stats": {Language: "node", Dir: "stats", Command: []string{"node", "stats.js"}, UDP: []int{8125}},
		"web":   {Language: "node", Dir: "web", Command: []string{"node", "web.js"}, Port: 3000},
	}, Environments: map[string]service.Environment{
		"production": {Namespace: "shop", Expose: map[string]service.Exposure{"web": {NodePort: 30080}, "stats": {Balancer: true}}},
		"staging":    {Namespace: "shop-staging"},
	}}
	if err := app.Validate(); err != nil {
		t.Fatal(err)
	}
	files, err := Render(app)
	if err != nil {
		t.Fatal(err)
	}
	for path, wants := range map[string][]string{
		"kube/overlays/production/kustomization.yaml": {
			"app.kubernetes.io/managed-by: migrate}\nresources:\n  - ../../base\n  - expose.yaml\n",
			"target: {kind: Service, name: web}\n    patch: |-\n      - {op: add, path: /spec/type, value: NodePort}\n      - {op: add, path: /spec/ports/0/nodePort, value: 30080}\n",
			"target: {kind: Service, name: stats}\n    patch: |-\n      - {op: add, path: /spec/type, value: LoadBalancer}\n",
		},
		"kube/overlays/production/expose.yaml": {
			"name: web-exposed\nspec:\n  podSelector: {matchLabels: {app.kubernetes.io/name: shop, app.kubernetes.io/component: web}}\n",
			"ingress: [{ports: [{port: http}]}]", "ingress: [{ports: [{protocol: UDP, port: 8125}]}]", "\n---\n", "is kept out here.\n# On most clouds", "is kept out here.\napiVersion",
		},
		"README.md": {"stats at the load balancer's address, web at port 30080 of every node |"},
	} {
		for _, want := range wants {
			if text := string(textOf(files, path)); !strings.Contains(text, want) {
				t.Errorf("%s lacks %s\n%s", path, want, text)
			}
		}
	}
	if textOf(files, "kube/overlays/staging/expose.yaml") != nil || strings.Contains(string(textOf(files, "kube/overlays/staging/kustomization.yaml")), "NodePort") {
		t.Error("staging exposes what only production does")
	}
}
