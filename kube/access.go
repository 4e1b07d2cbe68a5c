package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"

	authorization "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// right is what a user may do with a kind in the namespace.
type right struct{ group, resource, verb string }

func (r right) String() string {
	name := r.resource
	if r.group != "" {
		name += "." + r.group
	}
	return r.verb + " " + name
}

// keeping are the rights to lock a release and to remember it.
var keeping = []right{
	{"", "configmaps", "list"}, {"", "configmaps", "create"}, {"", "configmaps", "update"}, {"", "configmaps", "delete"},
	{"coordination.k8s.io", "leases", "get"}, {"coordination.k8s.io", "leases", "create"}, {"coordination.k8s.io", "leases", "update"},
}

// tunnelling is the right to open a Tunnel.
var tunnelling = right{"", "pods/portforward", "create"}

// refusedRights are those of the rights that the user doesn't have in the namespace, by the server's account. What it gives no
// account of is taken as granted.
func (a *apply) refusedRights(ctx context.Context, rights []right) []right {
	denied := make([]bool, len(rights))
	each(len(rights), func(i int) {
		r := rights[i]
		resource, subresource, _ := strings.Cut(r.resource, "/")
		review, err := a.cluster.typed.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorization.SelfSubjectAccessReview{
			Spec: authorization.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorization.ResourceAttributes{
				Namespace: a.Namespace, Verb: r.verb, Group: r.group, Resource: resource, Subresource: subresource}}}, metav1.CreateOptions{})
		denied[i] = err == nil && !review.Status.Allowed
	})
	var refused []right
	for i, r := range rights {
		if denied[i] {
			refused = append(refused, r)
		}
	}
	return refused
}

// permitted checks before the first write what the dry run didn't: whether the user may look at what comes of it, and delete
// what has to go.
func (a *apply) permitted(ctx context.Context, plan, remains []*planned) error {
	var rights []right
	known := map[right]bool{}
	want := func(r right) {
		if !known[r] {
			known[r] = true
			rights = append(rights, r)
		}
	}
	gate := map[right]bool{}
	if a.Gate != nil {
		for _, r := range a.GateBy.rights() {
			gate[r] = true
			want(r)
		}
	}
	for _, p := range plan {
		if p.runs() || p.release() {
			want(right{"", "pods", "list"})
		}
		if p.GetKind() == "Deployment" {
			want(right{"apps", "replicasets", "list"})
		}
		if p.is("", "Service") {
			want(right{"discovery.k8s.io", "endpointslices", "list"})
		}
		if p.release() && p.live != nil && p.action != unchanged {
			remains = append(remains, p)
		}
	}
	for _, p := range remains {
		mapping, err := a.cluster.mapper.RESTMapping(p.GroupVersionKind().GroupKind(), p.GroupVersionKind().Version)
		if err == nil && mapping.Scope.Name() == meta.RESTScopeNameNamespace {
			want(right{mapping.Resource.Group, mapping.Resource.Resource, "delete"})
		}
	}
	refused := a.refusedRights(ctx, rights)
	if len(refused) == 0 {
		return nil
	}
	var lines []error
	for _, r := range refused {
		line := fmt.Sprintf("  this user may not %s in namespace %s: kubectl --context %s auth can-i %s -n %s", r, a.Namespace, a.cluster.Context, r, a.Namespace)
		if gate[r] {
			line += " (the smoke checks ask the service by it: --no-smoke goes without)"
		}
		lines = append(lines, errors.New(line))
	}
	return fmt.Errorf("rights are missing that the release needs, nothing was changed; who runs the cluster gives them, by a Role and a RoleBinding:\n%w", errors.Join(lines...))
}

// unkept says why a release is neither locked nor remembered.
func unkept(refused []right) string {
	var names []string
	for _, r := range refused {
		names = append(names, r.String())
	}
	return "the release is neither locked nor remembered, and not undone if it fails: this user may not " + strings.Join(names, ", ")
}
