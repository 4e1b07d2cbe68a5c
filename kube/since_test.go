package kube

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
)

func TestValidateFor(t *testing.T) {
	deployment := func(pod string) string {
		return strings.Replace(adviseBase, "      containers:\n", pod+"      containers:\n", 1)
	}
	container := func(text string) string {
		return strings.Replace(adviseBase, "          image: local/shop\n", "          image: local/shop\n          "+text+"\n", 1)
	}
	tests := []struct {
		name, text string
		minor      int
		want       string // empty where it is valid
	}{
		{"what every version has", adviseBase, 29, ""},
		{"a sleep in 1.30", container("lifecycle: {preStop: {sleep: {seconds: 5}}}"), 30, ""},
		{"a sleep in 1.29", container("lifecycle: {preStop: {sleep: {seconds: 5}}}"), 29, "web.yaml:16: Deployment web: spec.template.spec.containers[0].lifecycle.preStop.sleep: came with Kubernetes 1.30, and this environment runs 1.29"},
		{"resources of a pod in 1.34", deployment("      resources: {limits: {memory: 1Gi}}\n"), 34, ""},
		{"resources of a pod in 1.33", deployment("      resources: {limits: {memory: 1Gi}}\n"), 33, "spec.template.spec.resources: came with Kubernetes 1.34"},
		{"traffic in 1.30", strings.Replace(adviseBase, "  selector: {app: web}\n  ports", "  trafficDistribution: PreferClose\n  selector: {app: web}\n  ports", 1), 30, "spec.trafficDistribution: came with Kubernetes 1.31"},
		{"an older version than is known", container("lifecycle: {preStop: {sleep: {seconds: 5}}}"), 20, "runs 1.29"},
		{"a newer version than is known", container("restartPolicyRules: []"), 99, ""},
		{"a kind that came later", adviseBase + "---\napiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: a}\n", 32, "networking.k8s.io/v1 ServiceCIDR came with Kubernetes 1.33, and this environment runs 1.32"},
		{"a kind that is there", adviseBase + "---\napiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: a}\n", 33, ""},
		{"flow schemas of before", adviseBase + "---\napiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: a}\n", 29, "write flowcontrol.apiserver.k8s.io/v1"},
		{"a budget of before", strings.Replace(adviseBase, "policy/v1", "policy/v1beta1", 1), 29, "policy/v1beta1 PodDisruptionBudget has been removed from Kubernetes: write policy/v1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{"kube/overlays/test/web.yaml": {Data: []byte(test.text)}, "kube/overlays/test/kustomization.yaml": {Data: []byte("resources: [web.yaml]\n")}}
			objects, err := Render(t.Context(), Options{Repo: files, Environment: "test"})
			if err != nil {
				t.Fatal(err)
			}
			err = objects.ValidateFor(test.minor)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The history speaks of fields that the schemas have: one that doesn't would never be seen.
func TestHistoryMatchesSchemas(t *testing.T) {
	set, err := schemas.Load()
	if err != nil {
		t.Fatal(err)
	}
	history, err := schemas.History()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, fields := range history.Fields {
		definition := set.Definitions[name]
		if definition == nil {
			continue // of a kind that has no schema here
		}
		for field, minor := range fields {
			if definition.Properties[field] != nil {
				seen++
			}
			if minor <= schemas.Oldest || minor > schemas.Newest {
				t.Errorf("%s.%s came with 1.%d", name, field, minor)
			}
		}
	}
	if newest, ok := Minor(set.Kubernetes); !ok || newest != schemas.Newest || seen < 20 {
		t.Errorf("%d fields are told apart, schemas of %s", seen, set.Kubernetes)
	}
}

func TestMinor(t *testing.T) {
	for version, want := range map[string]int{"1.31": 31, "v1.31.4": 31, "v1.30.1+k3s1": 30, "1.29+": 29, "": -1, "2.1": -1, "v1": -1} {
		if got, ok := Minor(version); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q is %d, %v", version, got, ok)
		}
	}
}
