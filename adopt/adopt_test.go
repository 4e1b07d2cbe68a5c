package adopt_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/adopt"
	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const model = `
version: 1
name: shop
image: registry.example.com/shop
services:
  web: {language: python, command: [gunicorn, "shop:app"], port: 8000, routes: [{host: shop.example.com}], env: {LEVEL: info}, needs: [db]}
  worker: {from: web, command: [celery, -A, shop, worker]}
  nightly: {from: web, command: [python, report.py], schedule: "0 3 * * *"}
needs:
  db: {kind: postgres, port: 5432}
environments:
  production: {namespace: shop, needs: {db: {host: db1.corp.example}}}
  staging: {namespace: shop-staging, needs: {db: {inside: true}}}
`

const web = `# what production runs
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop-live
  annotations: {team: checkout, kubernetes.io/change-cause: by hand}
spec:
  replicas: 4
  minReadySeconds: 20
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}
  selector: {matchLabels: {app: shop}}
  template:
    metadata:
      labels: {app: shop, tier: front}
      annotations: {vault.example.com/role: shop}
    spec:
      serviceAccountName: shop-reader
      priorityClassName: high
      nodeSelector: {disk: ssd}
      tolerations: [{key: dedicated, operator: Exists}]
      imagePullSecrets: [{name: registry}]
      terminationGracePeriodSeconds: 90
      initContainers:
        - name: wait
          image: busybox:1
          command: [sh, -c, "until nc -z db 5432; do sleep 1; done"]
      containers:
        - name: proxy
          image: envoy:1
        - name: shop
          image: registry.example.com/shop:17
          ports: [{name: web, containerPort: 8000}, {name: admin, containerPort: 9000}]
          env:
            - {name: LEVEL, value: warn}
            - {name: THEME, value: dark}
            - {name: API_TOKEN, valueFrom: {secretKeyRef: {name: shop, key: token}}}
            - {name: DB_PASSWORD, value: hunter2}
            - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            - {name: COLOUR, valueFrom: {configMapKeyRef: {name: colours, key: main}}}
          envFrom:
            - configMapRef: {name: settings}
            - secretRef: {name: elsewhere}
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits: {memory: 2Gi}
          readinessProbe: {httpGet: {path: /ready, port: web}, periodSeconds: 7}
          livenessProbe: {httpGet: {path: /live, port: 8000}, failureThreshold: 9}
          lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}
          volumeMounts:
            - {name: files, mountPath: /srv/files}
            - {name: conf, mountPath: /etc/shop}
      volumes:
        - {name: files, persistentVolumeClaim: {claimName: files}}
        - {name: conf, configMap: {name: conf}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {PAGE: "20"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: colours}
data: {main: green}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {shop.ini: "[shop]\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: shop}
stringData: {token: s3cr3t-canary}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files, namespace: shop-live}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: shop-front}
spec:
  selector: {app: shop}
  ports: [{name: web, port: 8080, targetPort: web}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 20m}
spec:
  ingressClassName: nginx
  tls: [{hosts: [www.shop.example], secretName: tls}]
  rules:
    - host: www.shop.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop-front, port: {number: 8080}}}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: shop-nightly}
spec:
  schedule: "30 4 * * *"
  concurrencyPolicy: Replace
  jobTemplate:
    spec:
      backoffLimit: 1
      template:
        spec:
          restartPolicy: Never
          containers:
            - {name: nightly, image: x, args: [python, report.py, --all], resources: {limits: {memory: 4Gi}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop-live}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: worker}
spec: {selector: {matchLabels: {app: w}}, template: {spec: {containers: [{name: worker, image: x}]}}}
`

func take(t *testing.T, env, manifest string) (*service.App, *adopt.Result) {
	t.Helper()
	app, err := service.Load("migrate.yaml", []byte(model))
	if err != nil {
		t.Fatal(err)
	}
	result, err := adopt.Take([]adopt.Manifest{{File: "k8s/shop.yaml", Data: []byte(manifest)}}, options(app, env))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Validate(); err != nil {
		t.Fatal(err)
	}
	return app, result
}

func options(app *service.App, env string) adopt.Options {
	return adopt.Options{App: app, Environment: env, Render: base, Secret: func(name, _ string) bool { return strings.HasSuffix(name, "PASSWORD") }}
}

func base(app *service.App) ([]adopt.Manifest, error) {
	files, err := generators.Render(app)
	var all []adopt.Manifest
	for _, f := range files {
		if strings.HasPrefix(f.Path, "kube/base/") {
			all = append(all, adopt.Manifest{File: f.Path, Data: f.Data})
		}
	}
	return all, err
}

// build renders the generated files with the component, as kubectl kustomize would.
func build(t *testing.T, app *service.App, result *adopt.Result, env string) map[string]any {
	t.Helper()
	files, err := generators.Render(app)
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for _, f := range files {
		tree[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	for name, data := range result.Files {
		tree[name] = &fstest.MapFile{Data: data}
	}
	objects, err := kube.Render(context.Background(), kube.Options{Repo: tree, Environment: env})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for _, o := range objects {
		all[o.GetKind()+"/"+o.GetName()] = o.Unstructured.Object
	}
	return all
}

// TestNothingIsLost renders what comes of the manifests and looks for everything that they say.
func TestNothingIsLost(t *testing.T) {
	app, result := take(t, "production", web)
	if e := app.Environments["production"]; e.Namespace != "shop-live" || e.Replicas["web"] != 4 || e.Env["LEVEL"] != "warn" || e.Hosts["shop.example.com"] != "www.shop.example" {
		t.Errorf("production: %+v", e)
	}
	s := app.Services["web"]
	if s.Env["THEME"] != "dark" || s.Env["PAGE"] != "20" || s.Env["COLOUR"] != "green" || !reflect.DeepEqual(s.Secrets, []string{"API_TOKEN", "DB_PASSWORD"}) || s.Health.Ready != "/ready" || s.Health.Live != "/live" {
		t.Errorf("web: %+v %+v", s, s.Health)
	}
	if n := app.Services["nightly"]; n.Schedule != "30 4 * * *" || len(n.Command) != 3 {
		t.Errorf("nightly: %+v", n)
	}
	objects := build(t, app, result, "production")
	for _, c := range []struct{ object, path, want string }{
		{"Deployment/web", "metadata.annotations.team", "checkout"},
		{"Deployment/web", "spec.replicas", "4"},
		{"Deployment/web", "spec.minReadySeconds", "20"},
		{"Deployment/web", "spec.strategy.rollingUpdate.maxSurge", "2"},
		{"Deployment/web", "spec.template.metadata.labels.tier", "front"},
		{"Deployment/web", "spec.template.metadata.annotations.vault.example.com/role", "shop"},
		{"Deployment/web", "spec.template.spec.serviceAccountName", "shop-reader"},
		{"Deployment/web", "spec.template.spec.priorityClassName", "high"},
		{"Deployment/web", "spec.template.spec.nodeSelector.disk", "ssd"},
		{"Deployment/web", "spec.template.spec.tolerations.0.key", "dedicated"},
		{"Deployment/web", "spec.template.spec.imagePullSecrets.0.name", "registry"},
		{"Deployment/web", "spec.template.spec.terminationGracePeriodSeconds", "90"},
		{"Deployment/web", "spec.template.spec.initContainers[wait].image", "busybox:1"},
		{"Deployment/web", "spec.template.spec.containers[proxy].image", "envoy:1"},
		{"Deployment/web", "spec.template.spec.containers[web].ports.1.containerPort", "9000"},
		{"Deployment/web", "spec.template.spec.containers[web].env[NODE].valueFrom.fieldRef.fieldPath", "spec.nodeName"},
		{"Deployment/web", "spec.template.spec.containers[web].env[API_TOKEN].valueFrom.secretKeyRef.key", "API_TOKEN"},
		{"Deployment/web", "spec.template.spec.containers[web].envFrom.1.secretRef.name", "elsewhere"},
		{"Deployment/web", "spec.template.spec.containers[web].resources.requests.cpu", "500m"},
		{"Deployment/web", "spec.template.spec.containers[web].resources.limits.memory", "2Gi"},
		{"Deployment/web", "spec.template.spec.containers[web].readinessProbe.httpGet.path", "/ready"},
		{"Deployment/web", "spec.template.spec.containers[web].readinessProbe.periodSeconds", "7"},
		{"Deployment/web", "spec.template.spec.containers[web].livenessProbe.httpGet.port", "http"},
		{"Deployment/web", "spec.template.spec.containers[web].livenessProbe.failureThreshold", "9"},
		{"Deployment/web", "spec.template.spec.containers[web].lifecycle.preStop.exec.command.1", "15"},
		{"Deployment/web", "spec.template.spec.containers[web].volumeMounts[conf].mountPath", "/etc/shop"},
		{"Deployment/web", "spec.template.spec.volumes[files].persistentVolumeClaim.claimName", "files"},
		{"PersistentVolumeClaim/files", "metadata.namespace", "shop-live"},
		{"PersistentVolumeClaim/files", "spec.resources.requests.storage", "5Gi"},
		{"ConfigMap/conf", "data.shop.ini", "[shop]\n"},
		{"Service/shop-front", "spec.ports.0.port", "8080"},
		{"Service/shop-front", "spec.ports.0.targetPort", "8000"},
		{"Service/shop-front", "spec.selector.app.kubernetes.io/component", "web"},
		{"Ingress/web", "metadata.annotations.nginx.ingress.kubernetes.io/proxy-body-size", "20m"},
		{"Ingress/web", "spec.tls.0.hosts.0", "www.shop.example"},
		{"Ingress/web", "spec.rules.0.host", "www.shop.example"},
		{"HorizontalPodAutoscaler/shop", "spec.scaleTargetRef.name", "web"},
		{"HorizontalPodAutoscaler/shop", "spec.maxReplicas", "9"},
		{"CronJob/nightly", "spec.schedule", "30 4 * * *"},
		{"CronJob/nightly", "spec.concurrencyPolicy", "Replace"},
		{"CronJob/nightly", "spec.jobTemplate.spec.template.spec.containers[nightly].resources.limits.memory", "4Gi"},
	} {
		if got := fmt.Sprint(find(objects[c.object], c.path)); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.object, c.path, got, c.want)
		}
	}
}

// find follows a path; name[x] is the item of that name, and a key may hold dots where nothing else fits.
func find(v any, path string) any {
	if path == "" {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
			if value, ok := v[path[:end]]; ok {
				return find(value, strings.TrimPrefix(path[end:], "."))
			}
		}
	case []any:
		if name, rest, ok := strings.Cut(strings.TrimPrefix(path, "["), "]"); ok && path[0] == '[' {
			for _, item := range v {
				if m, _ := item.(map[string]any); m["name"] == name {
					return find(item, strings.TrimPrefix(rest, "."))
				}
			}
			return nil
		}
		index, rest, _ := strings.Cut(path, ".")
		var i int
		if _, err := fmt.Sscan(index, &i); err == nil && i < len(v) {
			return find(v[i], rest)
		}
	}
	return nil
}

// What is left out is said, and no secret value goes anywhere.
func TestWhatIsLeft(t *testing.T) {
	app, result := take(t, "production", web)
	left := map[string]string{}
	for _, i := range result.Items {
		if i.To == "" {
			left[i.Object+" "+i.What] = i.Why
		}
	}
	for object, why := range map[string]string{
		"Secret/shop Secret/shop":                 "its values belong in gopass",
		"Namespace/shop-live Namespace/shop-live": "the cluster's",
		"StatefulSet/worker StatefulSet/worker":   "migrate runs worker as a Deployment",
	} {
		if !strings.Contains(left[object], why) {
			t.Errorf("%s: %q, want %q; all: %v", object, left[object], why, left)
		}
	}
	text, err := service.Format(app, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range result.Files {
		text = append(text, "\n# "+name+"\n"...)
		text = append(text, data...)
	}
	for _, secret := range []string{"s3cr3t-canary", "hunter2"} {
		if strings.Contains(string(text), secret) || strings.Contains(fmt.Sprint(result.Items), secret) {
			t.Errorf("%s is in what was taken over:\n%s", secret, text)
		}
	}
}

// Where the model has a Gateway, what only an Ingress can say is left and named; a default backend is a route, too.
func TestIngressBesideGateway(t *testing.T) {
	manifest := "kind: Deployment\nmetadata: {name: web}\n---\nkind: Ingress\nmetadata: {name: i, annotations: {a.example.com/size: 1m}}\nspec: {tls: [{}], backend: {serviceName: web, servicePort: 80}}\n"
	app, result := take(t, "", manifest)
	if r := app.Services["web"].Routes; len(r) != 2 || r[1] != (service.Route{Path: "/"}) {
		t.Errorf("routes: %v", r)
	}
	if !slices.ContainsFunc(result.Items, func(i adopt.Item) bool { return i.What == "a.example.com/size, tls" && i.To == "" }) {
		t.Errorf("%+v", result.Items)
	}
}

// A variable that a Secret fills and that the model has as plain configuration stays so, where it is a name or a host.
func TestNamesInSecrets(t *testing.T) {
	manifest := "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, env: [{name: DB_USER, valueFrom: {secretKeyRef: {name: s, key: u}}}]}]}}}\n"
	app, err := service.Load("migrate.yaml", []byte(strings.Replace(model, "LEVEL: info", "DB_USER: shop", 1)))
	if err != nil {
		t.Fatal(err)
	}
	result, err := adopt.Take([]adopt.Manifest{{File: "x.yaml", Data: []byte(manifest)}}, options(app, ""))
	if err != nil {
		t.Fatal(err)
	}
	if s := app.Services["web"]; len(s.Secrets) > 0 || s.Env["DB_USER"] != "shop" || len(result.Items) != 1 || result.Items[0].To != "" {
		t.Errorf("%+v %+v", s, result.Items)
	}
}

// The same manifests once more change nothing.
func TestTakenTwice(t *testing.T) {
	for _, env := range []string{"", "production"} {
		app, first := take(t, env, web)
		before, err := service.Format(app, nil)
		if err != nil {
			t.Fatal(err)
		}
		o := options(app, env)
		o.Have = map[string][]byte{"kustomization.yaml": first.Files[adopt.Dir(env)+"/kustomization.yaml"]}
		second, err := adopt.Take([]adopt.Manifest{{File: "k8s/shop.yaml", Data: []byte(web)}}, o)
		if err != nil {
			t.Fatal(err)
		}
		after, err := service.Format(app, nil)
		if err != nil || string(before) != string(after) {
			t.Errorf("%q: the model changed: %v\n%s\n%s", env, err, before, after)
		}
		if !reflect.DeepEqual(first.Files, second.Files) {
			t.Errorf("%q: the component changed:\n%s\n%s", env, first.Files, second.Files)
		}
	}
}

func TestTakeErrors(t *testing.T) {
	for _, c := range []struct{ name, manifest, service, want string }{
		{"nothing", "a: b\n", "", "there is no object of Kubernetes in it"},
		{"a chart", "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Release.Name }}}\n", "", "helm template"},
		{"of nobody", "kind: Deployment\nmetadata: {name: x}\n---\nkind: Deployment\nmetadata: {name: y}\n", "", "--service says which one it is"},
		{"two environments", "kind: Deployment\nmetadata: {name: web}\n---\nkind: Deployment\nmetadata: {name: web, namespace: b}\n", "", "one environment at a time"},
		{"another kind", "kind: StatefulSet\nmetadata: {name: web}\n", "web", "no manifest runs web as migrate does, as a Deployment"},
	} {
		app, err := service.Load("migrate.yaml", []byte(model))
		if err != nil {
			t.Fatal(err)
		}
		o := options(app, "")
		o.Service = c.service
		if _, err := adopt.Take([]adopt.Manifest{{File: "x.yaml", Data: []byte(c.manifest)}}, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// FuzzTake: no manifest makes it panic, and what comes of one is YAML.
func FuzzTake(f *testing.F) {
	f.Add([]byte(web))
	f.Add([]byte("kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [&a {name: web, env: [{name: A}]}, *a]}}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := service.Load("migrate.yaml", []byte(model))
		if err != nil {
			t.Fatal(err)
		}
		result, err := adopt.Take([]adopt.Manifest{{File: "x.yaml", Data: data}}, options(app, "staging"))
		if err != nil {
			return
		}
		for name, text := range result.Files {
			var v any
			if err := yaml.Unmarshal(text, &v); err != nil && !strings.Contains(string(text), "\n---") {
				t.Errorf("%s: %v\n%s", name, err, text)
			}
		}
	})
}
