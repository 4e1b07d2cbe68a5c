//go:build e2e

// These tests talk to the API server of KUBECONFIG's current context, and play a node there: no real one is needed.
package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	admission "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/migrate-to-kubernetes/migrate/kube/clustertest"
)

const shopModel = `version: 1
name: shop
owner: squad-checkout
image: registry.example.com/shop
services:
  web:
    dir: .
    language: go
    version: "1.22"
    command: [/shop]
    port: 8080
    health: {ready: /readyz}
    env: {LOG_LEVEL: info}
  worker: {from: web, command: [/shop, work]}
environments:
  staging: {namespace: NAMESPACE, context: "CONTEXT", smoke: none}
secrets: {store: gopass, prefix: shop}
`

// onCluster is a migrated repository, which is the working directory, with an environment of its own on a cluster.
type onCluster struct {
	*testing.T
	namespace string
	clients   kubernetes.Interface
}

// testCluster gives the configuration and the current context of a kubeconfig.
func testCluster(t *testing.T, kubeconfig string) (config *rest.Config, context string) {
	t.Helper()
	raw, err := clientcmd.LoadFromFile(kubeconfig)
	if err == nil {
		config, err = clientcmd.NewDefaultClientConfig(*raw, nil).ClientConfig()
	}
	if err != nil {
		t.Fatal(err)
	}
	return config, raw.CurrentContext
}

func newOnCluster(t *testing.T, node bool) *onCluster {
	t.Helper()
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("KUBECONFIG names no cluster to test against")
	}
	config, context := testCluster(t, os.Getenv("KUBECONFIG"))
	c := &onCluster{T: t, namespace: fmt.Sprintf("migrate-cli-test-%d", time.Now().UnixNano())}
	t.Chdir(t.TempDir())
	text := strings.NewReplacer("NAMESPACE", c.namespace, "CONTEXT", context).Replace(shopModel)
	if err := os.WriteFile("migrate.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c.must("generate")
	for _, name := range []string{"web", "worker"} { // kept from the nodes that the cluster may have
		edit(t, "kube/base/"+name+".yaml", "      serviceAccountName:", "      schedulerName: none\n      serviceAccountName:")
	}
	c.git("init", "-q")
	c.clients = c.played(config, node)
	return c
}

// played plays the node of a cluster, where that is wanted, and removes the namespace from it in the end.
func (c *onCluster) played(config *rest.Config, node bool) kubernetes.Interface {
	c.Helper()
	clients, err := kubernetes.NewForConfig(config)
	if err != nil {
		c.Fatal(err)
	}
	if node {
		stop, err := clustertest.Start(context.Background(), config, c.namespace, c.namespace)
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(stop)
	}
	c.Cleanup(func() {
		err := clients.CoreV1().Namespaces().Delete(context.Background(), c.namespace, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			c.Error(err)
		}
	})
	return clients
}

func (c *onCluster) must(args ...string) {
	c.Helper()
	var out strings.Builder
	if code := Run(c.Context(), Streams{In: strings.NewReader(""), Out: &out, Err: &out}, args); code != exitDone {
		c.Fatalf("migrate %s: exit %d\n%s", strings.Join(args, " "), code, out.String())
	}
}

func (c *onCluster) git(args ...string) {
	c.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// commit makes an empty commit with a tag.
func (c *onCluster) commit(tag string) {
	c.Helper()
	c.git("commit", "-q", "--allow-empty", "-m", tag)
	c.git("tag", tag)
}

// says runs a command of kube on the environment and looks at its exit code and at what it prints.
func (c *onCluster) says(command string, code int, want ...string) string {
	c.Helper()
	got, out, errs := migrateKube(append(strings.Fields(command), "--env", "staging")...)
	if got != code {
		c.Errorf("kube %s: exit %d, want %d\n%s%s", command, got, code, out, errs)
	}
	for _, text := range want {
		if !strings.Contains(out+errs, text) {
			c.Errorf("kube %s lacks %q:\n%s%s", command, text, out, errs)
		}
	}
	return out + errs
}

// step4 looks at what migrate status says of the cluster.
func (c *onCluster) step4(want string) {
	c.Helper()
	var out strings.Builder
	if code := Run(c.Context(), Streams{In: strings.NewReader(""), Out: &out, Err: &out}, []string{"status", "--env", "staging"}); code != exitDone || !strings.Contains(out.String(), want) {
		c.Errorf("migrate status: exit %d, want %q in\n%s", code, want, out.String())
	}
}

// TestKubeCommands takes a service through its days on a cluster, and reads what is said.
func TestKubeCommands(t *testing.T) {
	c := newOnCluster(t, true)
	in := "namespace " + c.namespace + " of "
	c.says("status", exitFailed, "Deployment web     missing", "not in the cluster")
	c.step4("   4  open  get to Kubernetes\n            staging: no release has ended well in ")
	c.says("history", exitDone, in, "remembers no release of shop")
	c.says("rollback", exitFailed, "no earlier release that was ready is remembered")
	c.says("destroy", exitFailed, "remembers no release of shop: there is nothing of migrate's to delete")
	c.says("deploy --tag v1", exitFailed, "Deployment web isn't in "+in, "run kube apply first")
	c.says("diff --tag v1", exitOpen, "created    Deployment web\n", "created    Service web\n")
	c.commit("v1")
	c.says("apply --tag v1", exitDone, "smoke checks do not decide over this release", "created    Namespace "+c.namespace, "ready      Deployment web: 2 of 2 pods ready\n",
		"staging runs v1 in "+in, " written, 0 unchanged, in ")
	c.says("diff --tag v1", exitDone, "staging: nothing would change\n")
	c.says("apply --tag v1", exitDone, "nothing had to change")
	c.commit("v2")
	c.says("deploy --tag v2", exitDone, "configured Deployment worker", "staging runs v2 in "+in)
	out := c.says("status", exitDone, "release 2 (v2, commit ", " ready since 20", "), by ", "Deployment web     ready  2/2   registry.example.com/shop:v2")
	if strings.Contains(out, "release 1") {
		t.Errorf("status tells of what ran before what runs:\n%s", out)
	}
	c.says("apply --tag bad", exitRolledBack, "ErrImageNeverPull", "likely fix: ", "rollback   to release 2 (v2)", "staging: failed: Deployment w", "; rolled back to release 2 (v2)")
	if text, err := os.ReadFile("build/kube/staging-failure.txt"); err != nil || !strings.HasPrefix(string(text), "Deployment w") || !strings.Contains(string(text), "ErrImageNeverPull") {
		t.Errorf("the failure that was kept: %v\n%s", err, text)
	}
	c.says("status", exitDone, "release 3 (bad) rolled back since", "release 2 (v2, commit ")
	c.step4("   4  done  get to Kubernetes: staging: release 2 (v2) in ")
	c.says("scale web=3", exitDone, "ready      Deployment web: 3 of 3 pods ready\n", "1 object written")
	c.says("diff --tag v2", exitOpen, "spec.replicas: 3 -> 2\n")
	c.says("rollback --to 1", exitDone, "rollback   to release 1 (v1); release steps are neither run nor undone\n", "back to release 1 (v1); release steps were neither run nor undone", "staging runs v1")
	c.says("rollback --to 99", exitFailed, "release 99 is not remembered; those that were ready: [5 4 2 1]")
	c.says("history", exitDone, "5        v1   ", "back to 1", "3        bad", "rolled back")
	c.says("destroy", exitOpen, "would be deleted:\n", "  Deployment web\n", "Nothing was deleted: --confirm "+c.namespace+" does it.")
	c.says("destroy --confirm elsewhere", exitUsage, "the namespace of staging is "+c.namespace)
	edit(t, "migrate.yaml", "smoke: none", "smoke: none, protected: true")
	c.says("destroy --confirm "+c.namespace, exitFailed, "staging is protected")
	edit(t, "migrate.yaml", ", protected: true", "")
	c.says("destroy --confirm "+c.namespace, exitDone, "deleted    Deployment web\n", " deleted from "+in)
	c.says("history", exitDone, "remembers no release of shop")
}

// TestKubeDeployKnowsTheCommits: what is older than what runs is not deployed by mistake.
func TestKubeDeployKnowsTheCommits(t *testing.T) {
	c := newOnCluster(t, true)
	for _, tag := range []string{"v1", "v2", "v3"} {
		c.commit(tag)
	}
	c.says("apply --tag v2", exitDone)
	generation := func() string {
		d, err := c.clients.AppsV1().Deployments(c.namespace).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(d.Generation, d.ResourceVersion)
	}
	before := generation()
	c.says("deploy --tag v1", exitFailed, "nothing was written: v1 (commit ", ") is older than v2, which runs (release 1, commit ", "kube rollback goes back", "--force")
	if generation() != before {
		t.Error("something was written")
	}
	c.says("deploy --tag v3", exitDone, "staging runs v3")
	c.git("checkout", "-q", "-b", "fix", "v1")
	c.commit("v1-fix")
	if out := c.says("deploy --tag v1-fix", exitDone, "staging runs v1-fix"); strings.Contains(out, "isn't known") { // beside it, not before it
		t.Errorf("a branch of its own:\n%s", out)
	}
	c.says("deploy --tag nightly", exitDone, "whether this is older than what runs isn't known: git has no commit of the name nightly", "staging runs nightly")
	c.says("deploy --tag v3", exitDone)
	c.says("deploy --tag v1 --force", exitDone, "staging runs v1")
	c.says("deploy --tag v3", exitDone)
	if err := os.RemoveAll(".git"); err != nil { // as in a shallow clone
		t.Fatal(err)
	}
	c.git("init", "-q")
	c.commit("v4")
	c.says("deploy --tag v4", exitDone, "isn't in this repository: git fetch --unshallow, perhaps")
}

// TestKubeStrict: with --strict, advice ends an apply and a deploy before anything is written.
func TestKubeStrict(t *testing.T) {
	c := newOnCluster(t, true)
	edit(t, "migrate.yaml", "owner: squad-checkout\n", "")
	c.must("generate")
	c.says("apply --strict --tag v1", exitFailed, "nothing was written to the cluster\n", "nobody is named who answers for it", "(owner)")
	c.says("status", exitFailed, "missing")
	c.says("apply --tag v1", exitDone, "warning    kube/base/web.yaml:1: Deployment web: nobody is named")
	c.says("deploy --strict --tag v2", exitFailed, "nobody is named who answers for it", "(owner)")
	c.says("status", exitDone, "registry.example.com/shop:v1")
	c.says("deploy --tag v2", exitDone)
}

// TestKubeLocked: who comes second is told at once who is at work, and what a person stops is gone on with.
func TestKubeLocked(t *testing.T) {
	c := newOnCluster(t, false) // no node: the first one waits
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	var errs strings.Builder
	go func() {
		ended <- Run(ctx, Streams{In: strings.NewReader(""), Out: &errs, Err: &errs}, strings.Fields("kube apply --env staging --tag v1"))
	}()
	for {
		d, err := c.clients.AppsV1().Deployments(c.namespace).List(t.Context(), metav1.ListOptions{})
		if err == nil && len(d.Items) == 2 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.says("apply --tag v2", exitLocked, " is changing shop in this namespace since ", "if that run died, its lock ends by itself in ")
	c.says("destroy --confirm "+c.namespace, exitLocked, " is changing shop in this namespace since ")
	stop()
	if code := <-ended; code != exitFailed || !strings.Contains(errs.String(), "stopped; what was written before stays") {
		t.Errorf("exit %d\n%s", code, errs.String())
	}
	c.says("status", exitFailed, "release 1 (v1) applying since", "no scheduler has looked at the pod")
	c.says("apply --tag v1 --timeout 3s", exitFailed, "resume     release 1 (v1) of ", " was interrupted", "not ready after 3s", "nothing ran before that could be brought back")
}

// TestKubeForcesConflicts: what was set by hand is told, and taken over by whichever command is told to.
func TestKubeForcesConflicts(t *testing.T) {
	c := newOnCluster(t, true)
	c.says("apply --tag v1", exitDone)
	c.says("apply --tag v2", exitDone)
	patch := func(text string) {
		t.Helper()
		if _, err := c.clients.AppsV1().Deployments(c.namespace).Patch(t.Context(), "worker", types.StrategicMergePatchType, []byte(text), metav1.PatchOptions{FieldManager: "anna"}); err != nil {
			t.Fatal(err)
		}
	}
	hot := `{"spec":{"template":{"spec":{"containers":[{"name":"worker","image":"registry.example.com/shop:hot"}]}}}}`
	for command, change := range map[string]string{"deploy --tag v3": hot, "rollback --to 1": hot, "scale worker=2": `{"spec":{"replicas":4}}`} {
		patch(change)
		c.says(command, exitFailed, "others own fields of it: ", "(anna)", "--force-conflicts")
		c.says(command+" --force-conflicts", exitDone)
	}
	// a record that can't be read is told of once
	records, err := c.clients.CoreV1().ConfigMaps(c.namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "migrate/release=1"})
	if err != nil || len(records.Items) != 1 {
		t.Fatal(records, err)
	}
	broken := &records.Items[0]
	broken.BinaryData = nil
	if _, err := c.clients.CoreV1().ConfigMaps(c.namespace).Update(t.Context(), broken, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if out := c.says("status", exitDone, "which release runs isn't known: "); strings.Contains(out, "drift:") {
		t.Errorf("drift of one cluster:\n%s", out)
	}
}

// TestKubeHalfBack: a release that fails and whose way back fails too says where it stands and how to go on.
func TestKubeHalfBack(t *testing.T) {
	c := newOnCluster(t, true)
	c.says("apply --tag v1", exitDone)
	c.refuse("v1", "v1 is not allowed any more")
	out := c.says("apply --tag bad", exitHalfBack, "ErrImageNeverPull", "v1 is not allowed any more", "migrate kube rollback --env staging --to 1")
	if !strings.Contains(out, "the rollback to release 1 (v1) did not end") {
		t.Errorf("%s", out)
	}
	c.says("history", exitDone, "2        bad", "failed")
}

// refuse has the server refuse Deployments of the namespace with an image of this tag.
func (c *onCluster) refuse(tag, why string) {
	c.Helper()
	policies, name := c.clients.AdmissionregistrationV1(), c.namespace
	here := &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": c.namespace}}
	policy := &admission.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: admission.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admission.MatchResources{NamespaceSelector: here, ResourceRules: []admission.NamedRuleWithOperations{{RuleWithOperations: admission.RuleWithOperations{
			Operations: []admission.OperationType{"CREATE", "UPDATE"}, Rule: admission.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{"deployments"}}}}}},
		Validations: []admission.Validation{{Expression: "!object.spec.template.spec.containers.exists(c, c.image.endsWith(':" + tag + "'))", Message: why}}}}
	binding := &admission.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: admission.ValidatingAdmissionPolicyBindingSpec{PolicyName: name, ValidationActions: []admission.ValidationAction{admission.Deny}}}
	if _, err := policies.ValidatingAdmissionPolicies().Create(c.Context(), policy, metav1.CreateOptions{}); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		_ = policies.ValidatingAdmissionPolicies().Delete(context.Background(), name, metav1.DeleteOptions{})
		_ = policies.ValidatingAdmissionPolicyBindings().Delete(context.Background(), name, metav1.DeleteOptions{})
	})
	if _, err := policies.ValidatingAdmissionPolicyBindings().Create(c.Context(), binding, metav1.CreateOptions{}); err != nil {
		c.Fatal(err)
	}
	for range 300 { // until the server goes by it
		d, err := c.clients.AppsV1().Deployments(c.namespace).Get(c.Context(), "web", metav1.GetOptions{})
		if err != nil {
			c.Fatal(err)
		}
		d.Spec.Template.Spec.Containers[0].Image = "registry.example.com/shop:" + tag
		if _, err = c.clients.AppsV1().Deployments(c.namespace).Update(c.Context(), d, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}}); err != nil && strings.Contains(err.Error(), why) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.Fatal("the server does not go by the policy")
}
