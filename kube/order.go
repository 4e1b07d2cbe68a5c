package kube

import "sort"

// step is an object's place in an apply: what others need comes first, what sends traffic comes last.
type step int

const (
	stepNamespace step = iota
	stepDefinition
	stepAccess // service accounts, RBAC, quotas
	stepConfig // ConfigMaps, Secrets, volumes
	stepBridge // Services and EndpointSlices
	stepPolicy
	stepOther // kinds that aren't known here: certificates, external secrets ... which workloads tend to wait for
	stepNeed  // workloads that answer needs: a release step wants its database
	stepBefore
	stepWorkload
	stepGuard
	stepRoute
)

var steps = map[string]step{
	"Namespace":                stepNamespace,
	"CustomResourceDefinition": stepDefinition,
	"ServiceAccount":           stepAccess, "Role": stepAccess, "RoleBinding": stepAccess, "ClusterRole": stepAccess,
	"ClusterRoleBinding": stepAccess, "LimitRange": stepAccess, "ResourceQuota": stepAccess, "PriorityClass": stepAccess,
	"ConfigMap": stepConfig, "Secret": stepConfig, "StorageClass": stepConfig, "PersistentVolume": stepConfig,
	"PersistentVolumeClaim": stepConfig,
	"Service":               stepBridge, "Endpoints": stepBridge, "EndpointSlice": stepBridge,
	"NetworkPolicy": stepPolicy,
	"Deployment":    stepWorkload, "StatefulSet": stepWorkload, "DaemonSet": stepWorkload, "ReplicaSet": stepWorkload,
	"CronJob": stepWorkload, "Job": stepWorkload, "Pod": stepWorkload,
	"PodDisruptionBudget": stepGuard, "HorizontalPodAutoscaler": stepGuard,
	"IngressClass": stepRoute, "Ingress": stepRoute, "GatewayClass": stepRoute, "Gateway": stepRoute, "HTTPRoute": stepRoute,
	"GRPCRoute": stepRoute, "BackendTLSPolicy": stepRoute, "ReferenceGrant": stepRoute,
}

var stepNames = [...]string{"the namespace", "definitions of kinds", "access", "configuration", "Services and bridges", "network policies", "other kinds",
	"workloads that answer needs", "release steps", "workloads", "budgets and autoscalers", "routes"}

func (s step) String() string { return stepNames[s] }

func (o Object) step() step {
	s, known := steps[o.GetKind()]
	switch {
	case !known:
		return stepOther
	case o.release():
		return stepBefore
	case s == stepWorkload && o.foreign:
		return stepNeed
	}
	return s
}

// sortForApply orders by step, and within a step by kind, namespace and name.
func (l Objects) sortForApply() {
	sort.SliceStable(l, func(i, j int) bool {
		a, b := l[i], l[j]
		if a.step() != b.step() {
			return a.step() < b.step()
		}
		if a.GetKind() != b.GetKind() {
			return a.GetKind() < b.GetKind()
		}
		if a.GetNamespace() != b.GetNamespace() {
			return a.GetNamespace() < b.GetNamespace()
		}
		return a.GetName() < b.GetName()
	})
}
