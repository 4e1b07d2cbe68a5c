//go:build e2e

package kube

import (
	"context"
	"strings"
	"testing"

	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// What a release needs and its user may not do is told before the first write: here, to ask the smoke checks through the API
// server.
func TestRightsComeFirst(t *testing.T) {
	f := newFixture(t)
	f.play("web", running)
	f.own()
	f.grant("shipper", shipped)
	shipper := f.as(func(c *rest.Config) { c.Impersonate = rest.ImpersonationConfig{UserName: "shipper"} })
	o := f.options()
	o.App = "ledger"
	o.Gate, o.GateBy = func(context.Context, *Cluster, func(string, string)) []Failure { return nil }, GateTunnels
	result, err := shipper.Apply(t.Context(), f.render("v1"), o)
	if err == nil || !strings.Contains(err.Error(), "create pods/portforward") || !strings.Contains(err.Error(), "--no-smoke") || result.Written != 0 {
		t.Fatalf("%d written, error %v", result.Written, err)
	}
	o.GateBy = GateOutside
	f.must(shipper.Apply(t.Context(), f.render("v1"), o))
}

// grant gives a user all rights on some kinds of the namespace, and the right to look at the namespace itself.
func (f *fixture) grant(user string, resources []string) {
	f.Helper()
	roles := f.cluster.typed.RbacV1()
	subject := []rbac.Subject{{Kind: "User", APIGroup: rbac.GroupName, Name: user}}
	rules := []rbac.PolicyRule{{APIGroups: []string{"*"}, Resources: resources, Verbs: []string{"*"}},
		{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"get", "patch"}}}
	_, err := roles.Roles(f.namespace).Create(f.Context(), &rbac.Role{ObjectMeta: metav1.ObjectMeta{Name: user}, Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		f.Fatal(err)
	}
	_, err = roles.RoleBindings(f.namespace).Create(f.Context(), &rbac.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: user}, Subjects: subject,
		RoleRef: rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "Role", Name: user}}, metav1.CreateOptions{})
	if err != nil {
		f.Fatal(err)
	}
}
