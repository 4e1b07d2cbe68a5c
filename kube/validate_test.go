package kube

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/migrate-to-kubernetes/migrate/kube/schemas"
)

func TestValidTreesPass(t *testing.T) {
	for _, environment := range Environments(os.DirFS(small)) {
		objects := render(t, os.DirFS(small), environment)
		if err := objects.Validate(); err != nil {
			t.Errorf("%s: %v", environment, err)
		}
		if unchecked := objects.Unchecked(); len(unchecked) > 0 {
			t.Errorf("%s: no schema for %v", environment, unchecked)
		}
	}
}

func TestValidate(t *testing.T) {
	const web, tidy, upgrade, needs = "kube/base/web.yaml", "kube/base/tidy.yaml", "kube/base/upgrade.yaml", "kube/overlays/staging/needs.yaml"
	tests := []struct{ name, file, old, new, want string }{
		{"unknown field", web, "containerPort: 8080", "containrPort: 8080",
			web + ":20: Deployment web: spec.template.spec.containers[0].ports[0].containerPort: is required\n" +
				web + ":20: Deployment web: spec.template.spec.containers[0].ports[0].containrPort: unknown field: did you mean containerPort?"},
		{"unknown field at the top", web, "spec:\n  replicas", "spce: {}\nspec:\n  replicas",
			web + ":5: Deployment web: spce: unknown field: did you mean spec?"},
		{"wrong type", web, "replicas: 1", `replicas: "1"`, web + `:6: Deployment web: spec.replicas: must be a whole number, is the string "1"`},
		{"mapping for a list", web, "ports: [{name: http, containerPort: 8080}]", "ports: {name: http}",
			web + ":20: Deployment web: spec.template.spec.containers[0].ports: must be a list, is a mapping"},
		{"port out of range", web, "port: 80, targetPort", "port: 80000, targetPort", web + ":36: Service web: spec.ports[0].port: must be at most 65535, is 80000"},
		{"enum", web, "seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: runtimedefault}",
			web + `:15: Deployment web: spec.template.spec.securityContext.seccompProfile.type: "runtimedefault" is not one of Localhost, RuntimeDefault, Unconfined: did you mean RuntimeDefault?`},
		{"quantity", web, "memory: 64Mi", "memory: 64MB",
			web + `:27: Deployment web: spec.template.spec.containers[0].resources.limits.memory: "64MB" is not a quantity such as 250m, 64Mi or 2Gi`},
		{"no image", web, "          image: local/hello\n", "",
			web + ":18: Deployment web: spec.template.spec.containers[0].image: is required"},
		{"route's enum", web, "type: PathPrefix", "type: Prefix",
			web + `:55: HTTPRoute web: spec.rules[0].matches[0].path.type: "Prefix" is not one of Exact, PathPrefix, RegularExpression`},
		{"route's unknown field", web, "backendRefs: [{name: web, port: 80}]", "backends: [{name: web, port: 80}]",
			web + ":56: HTTPRoute web: spec.rules[0].backends: unknown field: did you mean backendRefs?"},
		{"removed version", web, "policy/v1\n", "policy/v1beta1\n",
			web + ":38: PodDisruptionBudget web: apiVersion: policy/v1beta1 PodDisruptionBudget has been removed from Kubernetes: write policy/v1"},
		{"removed version without successor", tidy, "batch/v1\nkind: CronJob", "policy/v1beta1\nkind: PodSecurityPolicy",
			tidy + ":1: PodSecurityPolicy tidy: apiVersion: policy/v1beta1 PodSecurityPolicy has been removed from Kubernetes without a successor: label the namespace for Pod Security admission instead"},
		{"misspelt kind", tidy, "kind: CronJob", "kind: CronJobs", tidy + ":2: CronJobs tidy: kind: batch/v1 has no CronJobs: did you mean CronJob?"},
		{"kind of another group", tidy, "apiVersion: batch/v1", "apiVersion: apps/v1", tidy + ":2: CronJob tidy: kind: apps/v1 has no CronJob: write apiVersion: batch/v1"},
		{"schedule", tidy, `"30 2 * * *"`, `"30 2 * *"`,
			tidy + `:6: CronJob tidy: spec.schedule: "30 2 * *" is not five cron fields or a word such as @daily`},
		{"label", upgrade, "annotations: {migrate/step: release}", "labels: {squad: check out}",
			upgrade + `:5: Job upgrade: metadata.labels.squad: "check out" is not a label's value: letters, digits, - _ . inside, 63 at most`},
		{"selector", web, "component: web}\n  template", "component: www}\n  template",
			web + `:8: Deployment web: spec.selector.matchLabels["app.kubernetes.io/component"]: is www, but the template's label is web: the workload would not find its own pods`},
		{"probe's port", web, "port: http}, periodSeconds", "port: htpt}, periodSeconds",
			web + `:24: Deployment web: spec.template.spec.containers[0].readinessProbe.httpGet.port: "htpt" is not the name of one of the container's ports`},
		{"service's port", web, "targetPort: http", "targetPort: htpt",
			web + `:36: Service web: spec.ports[0].targetPort: Deployment web, which the selector leads to, has no port named "htpt"`},
		{"volume", web, "          resources:", "          volumeMounts: [{name: tmp, mountPath: /tmp}]\n          resources:",
			web + ":25: Deployment web: spec.template.spec.containers[0].volumeMounts[0].name: tmp is not among the pod's volumes"},
		{"secret with values", needs, "kind: Service\nmetadata:\n  name: db\nspec:\n  type: ExternalName\n  externalName: db.staging.corp.example", "kind: Secret\nmetadata:\n  name: db\nstringData: {PASSWORD: x}",
			needs + ":2: Secret db: holds values, which would stand in git and in the rendered file: name its keys under secrets in migrate.yaml and keep the values in gopass"},
		{"two in two files", web, "replicas: 1", "replicas: -1\n  paused: never",
			web + ":6: Deployment web: spec.replicas: must be at least 0, is -1\n" +
				web + `:7: Deployment web: spec.paused: must be true or false, is the string "never"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := load(t, small)
			replace(t, files, test.file, test.old, test.new)
			if strings.Contains(test.file, web) || test.file == needs {
				files["kube/overlays/staging/kustomization.yaml"] = &fstest.MapFile{Data: []byte("namespace: ledger-staging\nresources: [../../base, needs.yaml]\n")}
			}
			err := render(t, files, "staging").Validate()
			invalid, ok := IsInvalid(err)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if err.Error() != test.want {
				t.Errorf("error:\n%v\nwant:\n%s", err, test.want)
			}
			if len(invalid.Problems) != strings.Count(test.want, "\n")+1 {
				t.Errorf("%d problems", len(invalid.Problems))
			}
		})
	}
}

// A patch may bring in what is wrong: then the line is that of the nearest thing that stands in the file.
func TestValidatePatched(t *testing.T) {
	files := load(t, small)
	replace(t, files, "kube/overlays/staging/kustomization.yaml", "kind: HTTPRoute, name: web}", "kind: Deployment, name: web}")
	replace(t, files, "kube/overlays/staging/kustomization.yaml", "{op: replace, path: /spec/hostnames/0, value: ledger.staging.example.com}",
		"{op: add, path: /spec/strategy, value: {type: Rolling}}")
	err := render(t, files, "staging").Validate()
	want := `kube/base/web.yaml:5: Deployment web: spec.strategy.type: "Rolling" is not one of Recreate, RollingUpdate`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

// The claim templates of a StatefulSet are usually written without apiVersion and kind, which the server adds.
func TestClaimTemplatesAreBare(t *testing.T) {
	files := load(t, small)
	files["kube/overlays/staging/needs.yaml"] = file(`apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template: {metadata: {labels: {app: store}}, spec: {containers: [{name: store, image: "local/store:v1"}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
`)
	if err := render(t, files, "staging").Validate(); err != nil {
		t.Error(err)
	}
}

func TestUncheckedCustomResource(t *testing.T) {
	files := load(t, small)
	files["kube/overlays/staging/needs.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web}\n")}
	objects := render(t, files, "staging")
	if err := objects.Validate(); err != nil {
		t.Error(err)
	}
	if got := strings.Join(objects.Unchecked(), " "); got != "Certificate web (cert-manager.io/v1)" {
		t.Errorf("unchecked: %q", got)
	}
}

// The walk along the schemas agrees with a full implementation of JSON Schema on whether an object is valid, for every
// object of the test tree with each of its values in turn replaced by something else.
func TestCheckAgreesWithJSONSchema(t *testing.T) {
	text, err := schemas.Unpacked()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("k.json", document); err != nil {
		t.Fatal(err)
	}
	set, err := schemas.Load()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, o := range append(render(t, os.DirFS(small), "staging"), render(t, os.DirFS(small), "production")...) {
		name := set.Kinds[o.GetAPIVersion()+"/"+o.GetKind()]
		oracle, err := compiler.Compile("k.json#/definitions/" + name)
		if err != nil {
			t.Fatal(err)
		}
		mutate(o.Object, func(what string) {
			compared++
			c := &check{definitions: set.Definitions, history: &schemas.Since{}, minor: schemas.Newest, object: o}
			c.value(nil, o.Object, set.Definitions[name])
			plain, err := json.Marshal(o.Object)
			if err != nil {
				t.Fatal(err)
			}
			instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
			if err != nil {
				t.Fatal(err)
			}
			if want := oracle.Validate(instance); (want == nil) != (len(c.problems) == 0) {
				t.Errorf("%s with %s: %v, JSON Schema says %v", o.ID(), what, c.problems, want)
			}
		})
	}
	if compared < 1000 {
		t.Errorf("only %d comparisons", compared)
	}
}

// What the Go type of a kind refuses, which is what a server decodes into, its schema refuses too: an object of each kind that
// has every field its schema knows, with one of its values after the other replaced.
func TestSchemasRefuseWhatTypesRefuse(t *testing.T) {
	set, err := schemas.Load()
	if err != nil {
		t.Fatal(err)
	}
	odd := []any{"", "Some Text!", int64(-7), int64(3_000_000_000), 1.5, true, map[string]any{"x": "y"}, []any{"x"},
		"64MB", "1Gi", "2026-13-01T00:00:00Z", "2026-11-01 00:00", "YWJj", "YWJ", "YWJ=\n", nil}
	random, kinds, refused := rand.New(rand.NewPCG(1, 2)), 0, 0
	for _, id := range sortedKeys(set.Kinds) {
		i := strings.LastIndexByte(id, '/')
		o := Object{Unstructured: &unstructured.Unstructured{Object: sample(set, set.Definitions[set.Kinds[id]], nil).(map[string]any)}}
		o.SetAPIVersion(id[:i])
		o.SetKind(id[i+1:])
		if !registered(o) {
			continue
		}
		decodes := func() error { // a field that the one has and the other hasn't is a matter of their versions
			if err := o.decodes(); err != nil && !runtime.IsStrictDecodingError(err) {
				return err
			}
			return nil
		}
		if err := decodes(); err != nil {
			t.Fatalf("%s: the sample: %v", id, err)
		}
		kinds++
		var places []func(any) any
		valuesIn(o.Object, func(swap func(any) any) { places = append(places, swap) })
		for range 400 {
			place, value := places[random.IntN(len(places))], odd[random.IntN(len(odd))]
			old := place(value)
			if o.GetKind() != id[i+1:] || o.GetAPIVersion() != id[:i] {
				place(old)
				continue
			}
			if typed := decodes(); typed != nil {
				refused++
				c := &check{definitions: set.Definitions, history: &schemas.Since{}, minor: schemas.Newest, object: o}
				if c.value(nil, o.Object, set.Definitions[set.Kinds[id]]); len(c.problems) == 0 {
					t.Errorf("%s with %v for %v: the schema lets it pass, the type says %v", id, value, old, typed)
				}
			}
			place(old)
		}
	}
	if kinds < 20 || refused < 1000 {
		t.Errorf("only %d kinds and %d refusals", kinds, refused)
	}
}

// sample is a value with all that a schema knows, but for what holds itself.
func sample(set *schemas.Set, s *schemas.Schema, above []string) any {
	for s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/definitions/")
		if slices.Contains(above, name) {
			return nil
		}
		above = append(above[:len(above):len(above)], name)
		s = set.Definitions[name]
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case slices.Contains(s.Type, "object") || s.Properties != nil:
		m := map[string]any{}
		for name, property := range s.Properties {
			m[name] = sample(set, property, above)
		}
		if s.Additional.Schema != nil {
			m["key"] = sample(set, s.Additional.Schema, above)
		}
		return m
	case slices.Contains(s.Type, "array"):
		return []any{sample(set, s.Items, above)}
	case slices.Contains(s.Type, "integer"), slices.Contains(s.Type, "number"):
		return int64(1)
	case slices.Contains(s.Type, "boolean"):
		return true
	case strings.HasPrefix(s.Description, "a time"):
		return "2026-01-31T12:00:00Z"
	case s.Description == "base64":
		return "YWJj"
	}
	return "1"
}

// valuesIn gives for each place in a tree a function that puts another value there and returns what stood there.
func valuesIn(v any, found func(swap func(any) any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			found(func(other any) any {
				old := v[k]
				v[k] = other
				return old
			})
			valuesIn(v[k], found)
		}
	case []any:
		for i := range v {
			found(func(other any) any {
				old := v[i]
				v[i] = other
				return old
			})
			valuesIn(v[i], found)
		}
	}
}

// mutate puts other values in each place of a tree, calls try each time, and puts it right again.
func mutate(v any, try func(what string)) {
	others := []any{"", "Some Text!", int64(-7), int64(70000), 1.5, true, map[string]any{"x": "y"}, []any{}, []any{"x"}}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			old := v[k]
			for _, other := range others {
				v[k] = other
				try(k + " replaced by " + show(other))
			}
			delete(v, k)
			try("no " + k)
			v[k+"x"] = old
			try(k + "x")
			delete(v, k+"x")
			v[k] = old
			mutate(old, try)
		}
	case []any:
		for _, e := range v {
			mutate(e, try)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	objects, err := Render(b.Context(), Options{Repo: os.DirFS(small), Environment: "staging"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := objects.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}
