//go:build e2e

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// TestKubeTwoClusters: an environment with a second cluster for the failover. It needs one: KUBECONFIG_FAILOVER.
func TestKubeTwoClusters(t *testing.T) {
	second := os.Getenv("KUBECONFIG_FAILOVER")
	if second == "" {
		t.Skip("KUBECONFIG_FAILOVER names no second cluster")
	}
	c := newOnCluster(t, true)
	config, _ := testCluster(t, second)
	spare := c.played(config, true)
	both := bothClusters(t, os.Getenv("KUBECONFIG"), second)
	t.Setenv("KUBECONFIG", both)
	_, main := testCluster(t, both)
	edit(t, "migrate.yaml", `smoke: none`, `smoke: none, failover: spare`)
	image := func(clients kubernetes.Interface) string {
		d, err := clients.AppsV1().Deployments(c.namespace).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil {
			return "none"
		}
		return strings.TrimPrefix(d.Spec.Template.Spec.Containers[0].Image, "registry.example.com/shop:")
	}
	is := func(when, inSpare, inMain string) {
		t.Helper()
		if a, b := image(spare), image(c.clients); a != inSpare || b != inMain {
			t.Errorf("%s: %s in the second cluster, %s in the main one; want %s and %s", when, a, b, inSpare, inMain)
		}
	}
	c.says("diff --tag v1", exitOpen, "created    Deployment web")
	c.says("apply --tag v1", exitDone, "staging runs v1 in namespace "+c.namespace+" of spare", "staging runs v1 in namespace "+c.namespace+" of "+main)
	is("after the first apply", "v1", "v1")
	if out := c.says("status", exitDone, " of spare\n", " of "+main+"\n"); strings.Contains(out, "drift:") {
		t.Errorf("drift between equals:\n%s", out)
	}
	c.says("apply --tag v1", exitDone, "nothing had to change")
	c.says("apply --tag bad", exitRolledBack, "cluster spare ("+main+" was left as it is)", "rolled back to release 1 (v1)")
	is("after one that fails in the second", "v1", "v1")
	c.says("deploy --tag v2", exitDone)
	is("after a deploy", "v2", "v2")

	// The main one refuses what the second took.
	c.refuse("v3", "v3 is not for everybody")
	c.says("deploy --tag v3", exitFailed, "cluster "+main+" (spare has it already: see migrate kube status --env staging)", "v3 is not for everybody")
	is("after one that the main one refuses", "v3", "v2")
	c.says("status", exitDone, "drift: spare runs v3, "+main+" runs v2\n", "drift: Deployment web differs between spare and "+main+"\n")
	c.says("apply --tag v2", exitDone)
	is("after both were brought together", "v2", "v2")

	// One of them is down.
	down(t, both, "spare")
	c.says("deploy --tag v4", exitFailed, "cluster spare ("+main+" was left as it is): cluster spare (https://127.0.0.1:1) can't be reached: is it up, is the VPN on?")
	is("with the second down", "v2", "v2")
	c.says("status", exitFailed, "can't be reached", "release ", " of "+main+"\n")
}

// down leads a cluster of a kubeconfig to where nobody listens.
func down(t *testing.T, kubeconfig, cluster string) {
	t.Helper()
	all, err := clientcmd.LoadFromFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	all.Clusters[cluster].Server = "https://127.0.0.1:1"
	if err := clientcmd.WriteToFile(*all, kubeconfig); err != nil {
		t.Fatal(err)
	}
}

// bothClusters is a kubeconfig with the current context of one and, as spare, that of another.
func bothClusters(t *testing.T, one, other string) string {
	t.Helper()
	all, err := clientcmd.LoadFromFile(one)
	if err != nil {
		t.Fatal(err)
	}
	more, err := clientcmd.LoadFromFile(other)
	if err != nil {
		t.Fatal(err)
	}
	context := more.Contexts[more.CurrentContext].DeepCopy()
	all.Clusters["spare"], all.AuthInfos["spare"] = more.Clusters[context.Cluster], more.AuthInfos[context.AuthInfo]
	context.Cluster, context.AuthInfo = "spare", "spare"
	all.Contexts["spare"] = context
	name := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*all, name); err != nil {
		t.Fatal(err)
	}
	return name
}
