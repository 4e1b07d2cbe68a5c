package generators

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// httpRoute is the part of an HTTPRoute that is generated; what isn't in it fails the strict decoding.
type httpRoute struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct {
		Name, Namespace string
		Labels          map[string]string
	}
	Spec struct {
		ParentRefs []parentRef `yaml:"parentRefs"`
		Hostnames  []string
		Rules      []struct {
			Matches     []struct{ Path struct{ Type, Value string } }
			BackendRefs []struct {
				Name string
				Port int
			} `yaml:"backendRefs"`
		}
	}
}

// buildOverlay renders an overlay of the generated files with kustomize itself and decodes every object strictly.
func buildOverlay(t testing.TB, files []fileset.File, env string) ([]runtime.Object, []httpRoute) {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := disk.WriteFile("/repo/"+f.Path, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/repo/kube/overlays/"+env)
	if err != nil {
		t.Fatalf("kustomize build %s: %v", env, err)
	}
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	var objects []runtime.Object
	var routes []httpRoute
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if r.GetKind() == "HTTPRoute" {
			var route httpRoute
			d := yaml.NewDecoder(bytes.NewReader(text))
			d.KnownFields(true)
			if err := d.Decode(&route); err != nil {
				t.Errorf("%s: %v", r.CurId(), err)
			}
			routes = append(routes, route)
			continue
		}
		object, _, err := decoder.Decode(text, nil, nil)
		if err != nil {
			t.Errorf("%s: %v\n%s", r.CurId(), err, text)
			continue
		}
		objects = append(objects, object)
	}
	return objects, routes
}

func renderKube(t testing.TB, app *service.App) []fileset.File {
	t.Helper()
	files, err := kustomize(app)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// eachOverlay runs a test for every environment of every application.
func eachOverlay(t *testing.T, test func(t *testing.T, app *service.App, env string, objects []runtime.Object, routes []httpRoute)) {
	for _, name := range slices.Sorted(maps.Keys(kubeApps())) {
		app := kubeApps()[name]
		files := renderKube(t, app)
		for _, env := range app.EnvironmentNames() {
			t.Run(name+"/"+env, func(t *testing.T) {
				objects, routes := buildOverlay(t, files, env)
				test(t, app, env, objects, routes)
			})
		}
	}
}

// of picks the objects of one type.
func of[T runtime.Object](objects []runtime.Object) []T {
	var all []T
	for _, o := range objects {
		if t, ok := o.(T); ok {
			all = append(all, t)
		}
	}
	return all
}

// named picks one object by type and name.
func named[T interface {
	runtime.Object
	GetName() string
}](t testing.TB, objects []runtime.Object, name string) T {
	t.Helper()
	for _, o := range of[T](objects) {
		if o.GetName() == name {
			return o
		}
	}
	var none T
	t.Fatalf("no %T is called %s", none, name)
	return none
}

// podTemplates gives the pods of all workloads by the workload's kind and name.
func podTemplates(objects []runtime.Object) map[string]corev1.PodTemplateSpec {
	pods := map[string]corev1.PodTemplateSpec{}
	for _, o := range objects {
		switch w := o.(type) {
		case *appsv1.Deployment:
			pods["Deployment "+w.Name] = w.Spec.Template
		case *batchv1.CronJob:
			pods["CronJob "+w.Name] = w.Spec.JobTemplate.Spec.Template
		case *batchv1.Job:
			pods["Job "+w.Name] = w.Spec.Template
		}
	}
	return pods
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

func TestPodsAreRestricted(t *testing.T) {
	eachOverlay(t, func(t *testing.T, _ *service.App, _ string, objects []runtime.Object, _ []httpRoute) {
		pods := podTemplates(objects)
		if len(pods) == 0 {
			t.Fatal("no pods")
		}
		for name, pod := range pods {
			s := pod.Spec
			if c := s.SecurityContext; c == nil || c.RunAsNonRoot == nil || !*c.RunAsNonRoot || c.RunAsUser == nil || *c.RunAsUser < 1 ||
				c.SeccompProfile == nil || c.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
				t.Errorf("%s: security context %+v", name, c)
			}
			if s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken || s.EnableServiceLinks == nil || *s.EnableServiceLinks {
				t.Errorf("%s: mounts a token or takes service links", name)
			}
			for _, c := range slices.Concat(s.InitContainers, s.Containers) {
				x := c.SecurityContext
				if x == nil || x.AllowPrivilegeEscalation == nil || *x.AllowPrivilegeEscalation || x.Capabilities == nil ||
					!reflect.DeepEqual(x.Capabilities.Drop, []corev1.Capability{"ALL"}) {
					t.Errorf("%s: container %s: security context %+v", name, c.Name, x)
				}
				if c.LivenessProbe != nil {
					t.Errorf("%s: container %s has a livenessProbe", name, c.Name)
				}
				if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
					t.Errorf("%s: container %s has no limits", name, c.Name)
				}
			}
			volumes := map[string]bool{}
			for _, v := range s.Volumes {
				volumes[v.Name] = true
			}
			for _, m := range s.Containers[0].VolumeMounts {
				if !volumes[m.Name] {
					t.Errorf("%s: mounts %s, which is no volume", name, m.Name)
				}
				delete(volumes, m.Name)
			}
			if len(volumes) > 0 {
				t.Errorf("%s: volumes that nobody mounts: %v", name, volumes)
			}
		}
	})
}

// TestEverythingLeadsSomewhere follows every reference from one object to another.
func TestEverythingLeadsSomewhere(t *testing.T) {
	eachOverlay(t, func(t *testing.T, app *service.App, env string, objects []runtime.Object, routes []httpRoute) {
		pods := podTemplates(objects)
		for name, pod := range pods {
			for _, from := range pod.Spec.Containers[0].EnvFrom {
				named[*corev1.ConfigMap](t, objects, from.ConfigMapRef.Name)
			}
			if account := pod.Spec.ServiceAccountName; account != "" {
				named[*corev1.ServiceAccount](t, objects, account)
			} else if app.Services[strings.TrimPrefix(name, "Deployment ")] != nil {
				t.Errorf("%s has no ServiceAccount", name)
			}
		}
		for _, s := range of[*corev1.Service](objects) {
			checkService(t, s, objects, pods)
		}
		for _, route := range routes {
			for _, rule := range route.Spec.Rules {
				for _, backend := range rule.BackendRefs {
					s := named[*corev1.Service](t, objects, backend.Name)
					if s.Spec.Ports[0].Port != int32(backend.Port) {
						t.Errorf("route %s: %s has no port %d", route.Metadata.Name, backend.Name, backend.Port)
					}
				}
			}
		}
		for _, o := range objects {
			if m, ok := o.(interface{ GetNamespace() string }); !ok || m.GetNamespace() != app.Environments[env].Namespace {
				t.Errorf("%T is in namespace %q", o, m.GetNamespace())
			}
			if m := o.(interface{ GetLabels() map[string]string }); m.GetLabels()["app.kubernetes.io/managed-by"] != "migrate" {
				t.Errorf("%T has the labels %v", o, m.GetLabels())
			}
		}
		if len(of[*corev1.Secret](objects)) > 0 {
			t.Error("a Secret is generated")
		}
	})
}

func checkService(t *testing.T, s *corev1.Service, objects []runtime.Object, pods map[string]corev1.PodTemplateSpec) {
	t.Helper()
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		if s.Spec.ExternalName == "" {
			t.Errorf("service %s leads to no name", s.Name)
		}
		return
	}
	if len(s.Spec.Selector) == 0 {
		found := false
		for _, slice := range of[*discoveryv1.EndpointSlice](objects) {
			if slice.Labels["kubernetes.io/service-name"] == s.Name {
				found = true
				if *slice.Ports[0].Name != s.Spec.Ports[0].Name {
					t.Errorf("service %s: port %s is called %s in the EndpointSlice", s.Name, s.Spec.Ports[0].Name, *slice.Ports[0].Name)
				}
			}
		}
		if !found {
			t.Errorf("service %s has neither selector nor addresses", s.Name)
		}
		return
	}
	found := 0
	for _, pod := range pods {
		if !selects(s.Spec.Selector, pod.Labels) {
			continue
		}
		found++
		for _, port := range s.Spec.Ports {
			if containerPort(pod, port.TargetPort.StrVal) == 0 {
				t.Errorf("service %s: its pods have no port %s", s.Name, port.TargetPort.StrVal)
			}
		}
	}
	if found != 1 {
		t.Errorf("service %s selects the pods of %d workloads", s.Name, found)
	}
}

func containerPort(pod corev1.PodTemplateSpec, name string) int32 {
	for _, p := range pod.Spec.Containers[0].Ports {
		if p.Name == name {
			return p.ContainerPort
		}
	}
	return 0
}

// TestPolicyLetsThrough checks the NetworkPolicies as a network would: by the port behind the Service.
func TestPolicyLetsThrough(t *testing.T) {
	eachOverlay(t, func(t *testing.T, app *service.App, env string, objects []runtime.Object, _ []httpRoute) {
		policies := of[*networkingv1.NetworkPolicy](objects)
		own := named[*networkingv1.NetworkPolicy](t, objects, app.Name)
		pods := podTemplates(objects)
		for _, need := range app.NeedNames() {
			if app.Services[need] != nil {
				continue
			}
			answer := app.Environments[env].Needs[need]
			port := needPort(app.Needs[need])
			switch {
			case answer.Port != 0:
				port = answer.Port
			case answer.Inside:
				pod := pods["Deployment "+need]
				port = int(pod.Spec.Containers[0].Ports[0].ContainerPort)
				if !anyPolicyAdmits(policies, pod, pods) {
					t.Errorf("%s runs inside and no policy lets the application in", need)
				}
			}
			if port != 0 && !slices.ContainsFunc(own.Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
				return len(r.Ports) > 0 && r.Ports[0].Port.IntVal == int32(port)
			}) {
				t.Errorf("%s answers at %d, which no egress rule lets out to", need, port)
			}
		}
	})
}

// anyPolicyAdmits says whether some policy lets a pod of the application reach the pod's first port.
func anyPolicyAdmits(policies []*networkingv1.NetworkPolicy, pod corev1.PodTemplateSpec, pods map[string]corev1.PodTemplateSpec) bool {
	for _, p := range policies {
		if !selects(p.Spec.PodSelector.MatchLabels, pod.Labels) {
			continue
		}
		for _, rule := range p.Spec.Ingress {
			for _, peer := range rule.From {
				if peer.PodSelector == nil || rule.Ports[0].Port.StrVal != pod.Spec.Containers[0].Ports[0].Name {
					continue
				}
				for _, other := range pods {
					if other.Spec.ServiceAccountName != "" && selects(peer.PodSelector.MatchLabels, other.Labels) {
						return true
					}
				}
			}
		}
	}
	return false
}

func TestSameModelSameBytes(t *testing.T) {
	for name := range kubeApps() {
		first, second := renderKube(t, kubeApps()[name]), renderKube(t, kubeApps()[name])
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: two runs differ", name)
		}
		for _, f := range first {
			for i, line := range strings.Split(string(f.Data), "\n") {
				if line != strings.TrimRight(line, " ") {
					t.Errorf("%s: %s:%d: trailing space in %q", name, f.Path, i+1, line)
				}
			}
			if !bytes.HasSuffix(f.Data, []byte("\n")) || bytes.Contains(f.Data, []byte("\n\n")) {
				t.Errorf("%s: %s: empty lines or no line end", name, f.Path)
			}
		}
	}
}

func TestNoServicesNoFiles(t *testing.T) {
	if files := renderKube(t, &service.App{Name: "empty"}); files != nil {
		t.Errorf("an application without services has %v", files)
	}
}

// FuzzConfig takes any value through the kustomization and kustomize into the ConfigMap and expects it there unchanged.
func FuzzConfig(f *testing.F) {
	for _, s := range []string{"", "plain", `"quoted"`, `'single'`, `"`, `''`, `"'"`, "a=b", "=", "two\nlines\n", " spaced ", "\t", "#no comment",
		"{a: b}", "[x", "!pass", "null", "true", "0777", "${X}", "$(X)", "é\u2028", "a: b # c", "\\n", "|-", "x\r\ny", "*a"} {
		f.Add(s, s+"2")
	}
	f.Fuzz(func(t *testing.T, base, env string) {
		app := &service.App{
			Name: "a", Image: "a", Services: map[string]*service.Service{"web": {Port: 80, Env: map[string]string{"BASE": base, "BOTH": base}}},
			Environments: map[string]service.Environment{"test": {Namespace: "ns", Env: map[string]string{"BOTH": env, "ENV": env}}},
		}
		files, err := kustomize(app)
		if err != nil {
			return // what can't be written is refused, never written wrongly
		}
		objects, _ := buildOverlay(t, files, "test")
		got := of[*corev1.ConfigMap](objects)[0].Data
		if want := map[string]string{"BASE": base, "BOTH": env, "ENV": env}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", fmt.Sprint(got), fmt.Sprint(want))
		}
	})
}
