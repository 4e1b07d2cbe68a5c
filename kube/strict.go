package kube

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// removed names what took the place of an API version that is gone from Kubernetes 1.32 at the latest, while its successor is
// in every version from 1.29, by group/version/kind, or by
// group/version for all kinds. Source: the Kubernetes deprecated API migration guide.
var removed = map[string]string{
	"extensions/v1beta1/Ingress":             "networking.k8s.io/v1",
	"extensions/v1beta1/NetworkPolicy":       "networking.k8s.io/v1",
	"extensions/v1beta1/PodSecurityPolicy":   "",
	"extensions/v1beta1":                     "apps/v1",
	"apps/v1beta1":                           "apps/v1",
	"apps/v1beta2":                           "apps/v1",
	"networking.k8s.io/v1beta1/Ingress":      "networking.k8s.io/v1",
	"networking.k8s.io/v1beta1/IngressClass": "networking.k8s.io/v1",
	"batch/v1beta1":                          "batch/v1",
	"batch/v2alpha1":                         "batch/v1",
	"policy/v1beta1/PodSecurityPolicy":       "",
	"policy/v1beta1":                         "policy/v1",
	"autoscaling/v2beta1":                    "autoscaling/v2",
	"autoscaling/v2beta2":                    "autoscaling/v2",
	"discovery.k8s.io/v1beta1":               "discovery.k8s.io/v1",
	"rbac.authorization.k8s.io/v1alpha1":     "rbac.authorization.k8s.io/v1",
	"rbac.authorization.k8s.io/v1beta1":      "rbac.authorization.k8s.io/v1",
	"scheduling.k8s.io/v1alpha1":             "scheduling.k8s.io/v1",
	"scheduling.k8s.io/v1beta1":              "scheduling.k8s.io/v1",
	"storage.k8s.io/v1beta1/StorageClass":    "storage.k8s.io/v1",
	"storage.k8s.io/v1beta1/CSIDriver":       "storage.k8s.io/v1",
	"apiextensions.k8s.io/v1beta1":           "apiextensions.k8s.io/v1",
	"admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1",
	"admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration":   "admissionregistration.k8s.io/v1",
	"coordination.k8s.io/v1beta1/Lease":                                   "coordination.k8s.io/v1",
	"certificates.k8s.io/v1beta1/CertificateSigningRequest":               "certificates.k8s.io/v1",
	"storage.k8s.io/v1beta1/CSINode":                                      "storage.k8s.io/v1",
	"storage.k8s.io/v1beta1/CSIStorageCapacity":                           "storage.k8s.io/v1",
	"storage.k8s.io/v1beta1/VolumeAttachment":                             "storage.k8s.io/v1",
	"node.k8s.io/v1beta1":                                                 "node.k8s.io/v1",
	"events.k8s.io/v1beta1":                                               "events.k8s.io/v1",
	"apiregistration.k8s.io/v1beta1":                                      "apiregistration.k8s.io/v1",
	"authentication.k8s.io/v1beta1/TokenReview":                           "authentication.k8s.io/v1",
	"authorization.k8s.io/v1beta1":                                        "authorization.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1alpha1":                               "flowcontrol.apiserver.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1beta1":                                "flowcontrol.apiserver.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1beta2":                                "flowcontrol.apiserver.k8s.io/v1",
	"flowcontrol.apiserver.k8s.io/v1beta3":                                "flowcontrol.apiserver.k8s.io/v1",
}

// gone says that an API version has been removed, and what to write instead; empty where it stands.
func gone(apiVersion, kind string) string {
	successor, found := removed[apiVersion+"/"+kind]
	if !found {
		if successor, found = removed[apiVersion]; !found {
			return ""
		}
	}
	if successor == "" {
		return fmt.Sprintf("%s %s has been removed from Kubernetes without a successor: label the namespace for Pod Security admission instead", apiVersion, kind)
	}
	return fmt.Sprintf("%s %s has been removed from Kubernetes: write %s", apiVersion, kind, successor)
}

// builtin says whether an object belongs to Kubernetes itself, so that an unknown kind is a mistake rather than a
// custom resource.
func builtin(o Object) bool {
	group := o.GroupVersionKind().Group
	return !strings.Contains(group, ".") || scheme.Scheme.IsGroupRegistered(group)
}

func registered(o Object) bool { return scheme.Scheme.Recognizes(o.GroupVersionKind()) }

func unknownKind(o Object, set *schemas.Set) string {
	var kinds, versions []string
	for _, k := range sortedKeys(set.Kinds) {
		i := strings.LastIndexByte(k, '/')
		kinds = append(kinds, k[i+1:])
		if k[i+1:] == o.GetKind() {
			versions = append(versions, k[:i])
		}
	}
	if len(versions) > 0 {
		return fmt.Sprintf("%s has no %s: write apiVersion: %s", o.GetAPIVersion(), o.GetKind(), strings.Join(versions, " or "))
	}
	return fmt.Sprintf("%s has no %s%s", o.GetAPIVersion(), o.GetKind(), didYouMean(o.GetKind(), kinds))
}

// strict decodes an object of a kind without a schema here into its Go type.
func (c *check) strict() {
	err := c.object.decodes()
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, e := range strict.Errors() {
			c.strictProblem(e.Error())
		}
	} else if err != nil {
		c.fail(nil, "%s", decodeNoise.ReplaceAllString(err.Error(), ""))
	}
}

// decodes tells what the Go type of an object's kind has against it.
func (o Object) decodes() error {
	typed, err := scheme.Scheme.New(o.GroupVersionKind())
	if err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, typed, true)
}

var (
	decodeNoise  = pattern.MustCompile(`^.*: cannot decode [^:]*: |^unable to decode[^:]*: |^json: `)
	strictFields = pattern.MustCompile(`^(unknown|duplicate) field "(.*)"$`)
)

func (c *check) strictProblem(text string) {
	m := strictFields.FindStringSubmatch(text)
	if m == nil {
		c.fail(nil, "%s", text)
		return
	}
	p := c.object.problem(nil, m[1]+" field")
	p.Field = m[2]
	c.problems = append(c.problems, p)
}
