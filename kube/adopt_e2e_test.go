//go:build e2e

package kube

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kubectl applies what a team has applied by hand until now.
func (f *fixture) kubectl(text string, args ...string) {
	f.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		f.Skip("there is no kubectl")
	}
	cmd := exec.CommandContext(f.Context(), "kubectl", append([]string{"-n", f.namespace}, args...)...)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		f.Fatalf("kubectl: %v\n%s", err, out)
	}
}

const byKubectl = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: orders}, annotations: {old: "yes"}}
spec:
  replicas: 1
  revisionHistoryLimit: 3
  selector: {matchLabels: {app.kubernetes.io/name: ledger, app.kubernetes.io/component: web}}
  template:
    metadata: {labels: {app.kubernetes.io/name: ledger, app.kubernetes.io/component: web, old: "yes"}}
    spec:
      schedulerName: none
      containers:
        - name: web
          image: local/hello:v0
          env: [{name: OLD, value: "1"}]
`

// adoptable is a namespace in which a team has applied its Deployment with kubectl.
func adoptable(t *testing.T, args ...string) *fixture {
	t.Helper()
	f := newFixture(t)
	f.kubectl("", "create", "namespace", f.namespace)
	f.kubectl(byKubectl, append([]string{"apply", "-f", "-"}, args...)...)
	return f
}

func TestAdoption(t *testing.T) {
	for _, how := range [][]string{nil, {"--server-side"}} {
		t.Run(strings.Join(append([]string{"kubectl apply"}, how...), " "), func(t *testing.T) {
			kubelet(t)
			f := adoptable(t, how...)
			o := f.options()
			o.App, o.Tag = "ledger", "v1"
			all, err := f.cluster.Diff(t.Context(), f.render("v1"), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range all {
				if d.Name != "web" || d.Kind != "Deployment" {
					continue
				}
				fields := map[string]string{}
				for _, c := range d.Changes {
					fields[c.Field] = c.Old + " -> " + c.New
				}
				if !strings.HasPrefix(d.Adopts, "kubectl") || d.Conflicts != "" || fields["spec.revisionHistoryLimit"] != "3 -> 10" ||
					fields["spec.template.spec.containers[web].image"] != "local/hello:v0 -> local/hello:v1" {
					t.Errorf("%+v", d)
				}
			}
			f.must(f.release("v1"))
			d := f.deployment()
			if len(d.Spec.Template.Spec.Containers[0].Env) != 1 || *d.Spec.RevisionHistoryLimit != 10 || d.Annotations[lastApplied]+d.Annotations["old"] != "" || d.Spec.Template.Labels["old"] != "" {
				t.Errorf("what the files don't have is still there: %+v", d)
			}
			for _, m := range d.ManagedFields {
				if strings.HasPrefix(m.Manager, "kubectl") {
					t.Errorf("%s still owns fields", m.Manager)
				}
			}
			if again := f.must(f.release("v1")); again.Written != 0 {
				t.Errorf("once more: %v", actions(again))
			}
		})
	}
}

// What kubectl had applied is what a first release goes back to.
func TestFailedAdoptionIsUndone(t *testing.T) {
	kubelet(t)
	f := adoptable(t)
	before := f.deployment()
	_, err := f.release("bad")
	var back *RolledBack
	if !errors.As(err, &back) || back.To.Tag != "before" {
		t.Fatal(err)
	}
	after := f.deployment()
	if len(after.Spec.Template.Spec.Containers[0].Env) != 1 || after.Spec.Template.Spec.Containers[0].Image != "local/hello:v0" ||
		*after.Spec.RevisionHistoryLimit != *before.Spec.RevisionHistoryLimit || after.Labels["team"] != "orders" {
		t.Errorf("%+v", after.Spec)
	}
	if services, err := f.cluster.typed.CoreV1().ServiceAccounts(f.namespace).Get(t.Context(), "ledger", metav1.GetOptions{}); err == nil {
		t.Errorf("what the release brought is there: %v", services.Name)
	}
}

func TestOthersObjectsAreLeftAlone(t *testing.T) {
	kubelet(t)
	for name, mark := range map[string]string{
		"Helm release":    "annotations: {meta.helm.sh/release-name: shop, old: yes}",
		"Flux":            "labels: {kustomize.toolkit.fluxcd.io/name: apps}",
		"Argo CD":         "annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/Deployment:web'}",
		"the application": "",
	} {
		t.Run(name, func(t *testing.T) {
			f := adoptable(t)
			if mark != "" {
				f.kubectl(strings.Replace(byKubectl, `labels: {team: orders}, annotations: {old: "yes"}`, strings.Replace(mark, "old: yes", `old: "yes"`, 1), 1), "apply", "-f", "-")
			} else {
				f.kubectl(strings.Replace(byKubectl, `labels: {team: orders}`, "labels: {app.kubernetes.io/name: orders}", 1), "apply", "--server-side", "--force-conflicts", "--field-manager=migrate", "-f", "-")
			}
			result, err := f.release("v1")
			if err == nil || !strings.Contains(err.Error(), "kube/base/web.yaml:1: Deployment web: it belongs to ") || !strings.Contains(err.Error(), name) || result.Written != 0 {
				t.Fatalf("%d written, %v", result.Written, err)
			}
			o := f.options()
			o.App, o.Tag, o.TakeOver, o.Force = "ledger", "v1", true, true
			f.must(f.cluster.Apply(t.Context(), f.render("v1"), o))
		})
	}
}
