package kube

import (
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestAdviceOnANamespace(t *testing.T) {
	c := &Cluster{Context: "one"}
	missing := apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop-staging")
	if got := c.advice(missing); !strings.Contains(got, "kube apply makes it") || !strings.Contains(got, "kubectl --context one create namespace shop-staging") {
		t.Errorf("%q", got)
	}
	if got := c.advice(apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, "web")); got != "" {
		t.Errorf("of a pod: %q", got)
	}
}

func TestLoginTrouble(t *testing.T) {
	page := "\n\nIt looks like you are trying to use a client-go credential plugin that is not installed.\n\nTo learn more about this feature, consult the documentation available at:\n" +
		"      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"
	missing := "getting credentials: exec: executable corp-login not found"
	for said, want := range map[string]string{
		missing + page: "executable corp-login not found",
		missing + page + "\n\nInstall corp-login:\n  brew install corp-login\n": "executable corp-login not found (Install corp-login: brew install corp-login)",
		missing: "executable corp-login not found",
	} {
		if got := loginTrouble(errors.New(said)); got != want {
			t.Errorf("%q: %q", said, got)
		}
	}
}

func TestLongValuesAreLeftOut(t *testing.T) {
	long := strings.Repeat(`"name":"web",`, 30)
	for said, want := range map[string]string{
		`Job "once" is invalid: [spec.template: Invalid value: {"spec":{` + long + `}}: field is immutable, spec.selector: Invalid value: {"a":[` + long + `]}: field is immutable]`: `Job "once" is invalid: [spec.template: Invalid value: ...: field is immutable, spec.selector: Invalid value: ...: field is immutable]`,
		`spec.selector: Invalid value: {"a":"b"}: field is immutable, spec.template: Invalid value: {` + long + `}: field is immutable`:                                              `spec.selector: Invalid value: {"a":"b"}: field is immutable, spec.template: Invalid value: ...: field is immutable`,
		`spec.template: Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{` + long + `}, Spec:(*core.PodSpec)(nil)}: field is immutable`:                                  `spec.template: Invalid value: ...: field is immutable`,
		`spec.replicas: Invalid value: 3: updates are forbidden`: `spec.replicas: Invalid value: 3: updates are forbidden`,
	} {
		if got := withoutLongValues(said); got != want {
			t.Errorf("%s", got)
		}
	}
}
