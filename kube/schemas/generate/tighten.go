package main

import "fmt"

const (
	objectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
	core       = "io.k8s.api.core.v1."
	dnsLabel   = `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	dnsName    = `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.?$`
	labelWords = "a DNS label: lower-case letters, digits and - inside"
	envName    = `^[^=]+$`
	quantity   = `^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$`
	labelValue = `^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$`
)

// described is a pattern with the words that a message uses in its place.
func described(pattern, words string) schema {
	return schema{"pattern": pattern, "description": words}
}

func with(s schema, keyword string, value any) schema {
	s[keyword] = value
	return s
}

var (
	aValue = with(with(described(labelValue, "a label's value: letters, digits, - _ . inside, 63 at most"), "maxLength", 63), "type", "string")
	aName  = with(described(`^[a-zA-Z0-9]([-a-zA-Z0-9_.:]*[a-zA-Z0-9])?$`, "an object's name: lower-case letters, digits, - and . inside"), "maxLength", 253)
)

var port = schema{"minimum": 1, "maximum": 65535}

// rule adds keywords to one property of a definition, or, where Property is "", to the definition itself.
type rule struct {
	Definition, Property string
	Keywords             schema
}

// rules are limits that the API server checks in code and so does not tell in its schema, for the fields that people
// get wrong. The server's own messages are the source: k8s.io/kubernetes/pkg/apis/core/validation and its siblings.
var rules = []rule{
	{"io.k8s.apimachinery.pkg.api.resource.Quantity", "", described(quantity, "a quantity such as 250m, 64Mi or 2Gi")},
	{objectMeta, "name", aName},
	{objectMeta, "namespace", with(described(dnsLabel, labelWords), "maxLength", 63)},
	{core + "Container", "", schema{"required": []string{"name", "image"}}},
	{core + "Container", "name", with(described(dnsLabel, labelWords), "maxLength", 63)},
	{core + "Container", "image", with(described(`^\S+$`, "an image reference: it holds no blanks"), "minLength", 1)},
	{core + "ContainerPort", "containerPort", port},
	{core + "ContainerPort", "hostPort", schema{"minimum": 0, "maximum": 65535}},
	{core + "ContainerPort", "name", with(described(dnsLabel, labelWords), "maxLength", 15)},
	{core + "EnvVar", "name", with(described(envName, "a variable's name: it holds no ="), "minLength", 1)},
	{core + "VolumeMount", "mountPath", with(described(`^[^:]+$`, "a path without colon"), "minLength", 1)},
	{core + "Volume", "name", with(described(dnsLabel, labelWords), "maxLength", 63)},
	{core + "Probe", "failureThreshold", schema{"minimum": 0}},
	{core + "Probe", "successThreshold", schema{"minimum": 0}},
	{core + "Probe", "periodSeconds", schema{"minimum": 0}},
	{core + "Probe", "timeoutSeconds", schema{"minimum": 0}},
	{core + "Probe", "initialDelaySeconds", schema{"minimum": 0}},
	{core + "PodSpec", "terminationGracePeriodSeconds", schema{"minimum": 0}},
	{core + "PodSpec", "activeDeadlineSeconds", schema{"minimum": 1}},
	{core + "PodSpec", "containers", schema{"minItems": 1}},
	{core + "PodSecurityContext", "runAsUser", schema{"minimum": 0}},
	{core + "PodSecurityContext", "runAsGroup", schema{"minimum": 0}},
	{core + "SecurityContext", "runAsUser", schema{"minimum": 0}},
	{core + "SecurityContext", "runAsGroup", schema{"minimum": 0}},
	{core + "SleepAction", "seconds", schema{"minimum": 1}},
	{core + "ServicePort", "port", port},
	{core + "ServicePort", "nodePort", schema{"minimum": 0, "maximum": 65535}},
	{core + "ServicePort", "name", with(described(dnsLabel, labelWords), "maxLength", 63)},
	{core + "ServiceSpec", "externalName", with(described(dnsName, "a DNS name"), "maxLength", 253)},
	{"io.k8s.api.apps.v1.DeploymentSpec", "replicas", schema{"minimum": 0}},
	{"io.k8s.api.apps.v1.DeploymentSpec", "revisionHistoryLimit", schema{"minimum": 0}},
	{"io.k8s.api.apps.v1.DeploymentSpec", "progressDeadlineSeconds", schema{"minimum": 1}},
	{"io.k8s.api.apps.v1.StatefulSetSpec", "replicas", schema{"minimum": 0}},
	{"io.k8s.api.batch.v1.JobSpec", "backoffLimit", schema{"minimum": 0}},
	{"io.k8s.api.batch.v1.JobSpec", "activeDeadlineSeconds", schema{"minimum": 1}},
	{"io.k8s.api.batch.v1.CronJobSpec", "schedule", with(described(
		`^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every [0-9hms.]+|\S+(\s+\S+){4})$`, "five cron fields or a word such as @daily"), "minLength", 1)},
	{"io.k8s.api.discovery.v1.EndpointSlice", "addressType", schema{"enum": []string{"IPv4", "IPv6"}}},
	{"io.k8s.api.discovery.v1.EndpointPort", "port", port},
	{"io.k8s.api.discovery.v1.Endpoint", "addresses", schema{"minItems": 1, "maxItems": 100}},
	{"io.k8s.api.networking.v1.HTTPIngressPath", "path", described("^/", "a path: it starts with /")},
	{"io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec", "minReplicas", schema{"minimum": 0}},
	{"io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec", "maxReplicas", schema{"minimum": 1}},
	{"io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector", "matchLabels", schema{"additionalProperties": aValue}},
	{objectMeta, "labels", schema{"additionalProperties": aValue}},
}

// tighten applies the rules; one that hits nothing is an error, so that none outlives the field that it was for.
func (d *document) tighten() error {
	for _, r := range rules {
		target := d.Definitions[r.Definition]
		if target == nil {
			return fmt.Errorf("no definition %s", r.Definition)
		}
		if r.Property != "" {
			property, ok := target["properties"].(schema)[r.Property].(schema)
			if !ok {
				return fmt.Errorf("%s has no property %s", r.Definition, r.Property)
			}
			target = property
		}
		for k, v := range r.Keywords {
			target[k] = v
		}
	}
	d.requireParts()
	return nil
}

// requireParts makes required what an object of hand-written YAML can't be without. Not apiVersion and kind, by which its
// schema was found: the claim templates of a StatefulSet are usually written without.
func (d *document) requireParts() {
	for _, name := range d.Kinds {
		s := d.Definitions[name]
		required := []any{"metadata"}
		if old, ok := s["required"].([]any); ok {
			required = append(required, old...)
		}
		if _, ok := s["properties"].(schema)["spec"]; ok && needsSpec[name] {
			required = append(required, "spec")
		}
		s["required"] = required
	}
}

// needsSpec are the kinds that the server refuses without a spec though their schema allows it.
var needsSpec = map[string]bool{
	"io.k8s.api.apps.v1.Deployment": true, "io.k8s.api.apps.v1.StatefulSet": true, "io.k8s.api.apps.v1.DaemonSet": true,
	"io.k8s.api.batch.v1.Job": true, "io.k8s.api.batch.v1.CronJob": true, "io.k8s.api.core.v1.Service": true,
}
