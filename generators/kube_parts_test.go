package generators

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func built(t *testing.T, app *service.App, env string) ([]runtime.Object, []httpRoute) {
	t.Helper()
	return buildOverlay(t, renderKube(t, app), env)
}

// Kubernetes 1.29 knows no preStop that sleeps: the image's own sleep stands in where there is one.
func TestLingersOnEveryVersion(t *testing.T) {
	for version, want := range map[string]string{"": "sleep", "1.30": "sleep", "1.29": "exec"} {
		app := ordersApp()
		staging := app.Environments["staging"]
		staging.Kubernetes = version
		app.Environments["staging"] = staging
		objects, _ := built(t, app, "staging")
		web := named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec.Containers[0].Lifecycle.PreStop
		if got := map[bool]string{true: "sleep", false: "exec"}[web.Sleep != nil]; got != want || got == "exec" && strings.Join(web.Exec.Command, " ") != "sleep 5" {
			t.Errorf("%q: %+v", version, web)
		}
	}
	app := ordersApp()
	staging := app.Environments["staging"]
	staging.Kubernetes = "1.29"
	app.Environments["staging"] = staging
	web := app.Services["web"]
	web.Language, web.Framework = "go", ""
	app.Services["web"] = web
	objects, _ := built(t, app, "staging")
	if c := named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec.Containers[0]; c.Lifecycle != nil {
		t.Errorf("an image without a sleep is told to sleep: %+v", c.Lifecycle)
	}
}

func TestServingRollsWithoutAGap(t *testing.T) {
	objects, _ := built(t, ordersApp(), "staging")
	web := named[*appsv1.Deployment](t, objects, "web")
	if *web.Spec.Replicas != 2 || web.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue() != 0 || len(web.Spec.Template.Spec.TopologySpreadConstraints) != 1 {
		t.Errorf("web: %+v", web.Spec)
	}
	if named[*policyv1.PodDisruptionBudget](t, objects, "web").Spec.MaxUnavailable.IntValue() != 1 {
		t.Error("web has no budget")
	}
	c := web.Spec.Template.Spec.Containers[0]
	if c.Lifecycle.PreStop.Sleep.Seconds < 1 || c.StartupProbe.HTTPGet.Path != "/health/ready" || c.ReadinessProbe.HTTPGet.Path != "/health/ready" || c.Args != nil {
		t.Errorf("web's container: %+v", c)
	}
	worker := named[*appsv1.Deployment](t, objects, "worker")
	if *worker.Spec.Replicas != 1 || worker.Spec.Template.Spec.Containers[0].StartupProbe != nil || len(of[*policyv1.PodDisruptionBudget](objects)) != 1 {
		t.Errorf("worker: %+v", worker.Spec)
	}
	for _, s := range of[*corev1.Service](objects) {
		if s.Name == "worker" {
			t.Error("the worker has a Service")
		}
	}
}

// What a release step does to a file has to be done where the file is: in the pods of the service.
func TestReleaseStepsOnFiles(t *testing.T) {
	app := func(needs ...string) *service.App {
		return &service.App{
			Version: 1, Name: "links", Image: "registry.example.com/links",
			Services: map[string]*service.Service{
				"web":   {Language: "node", Command: []string{"node", "server.js"}, Port: 3000, State: []string{"/var/lib/links"}, Needs: needs, Env: map[string]string{"DB_FILE": "/var/lib/links/db"}},
				"setup": {From: "web", Command: []string{"npm", "run", "migrate"}, Release: true, Env: map[string]string{"STEP": "1"}},
			},
			Needs:        map[string]service.Need{"cache": {Kind: "redis"}, "db": {Kind: "postgres"}},
			Environments: map[string]service.Environment{"staging": {Env: map[string]string{"STEP": "2"}, Needs: map[string]service.Answer{"cache": {Inside: true}, "db": {Inside: true}}}},
		}
	}
	objects, _ := built(t, app("cache"), "staging")
	pod := named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec
	if len(of[*batchv1.Job](objects)) > 0 || len(pod.InitContainers) != 1 {
		t.Fatalf("init containers %+v, and a Job", pod.InitContainers)
	}
	step := pod.InitContainers[0]
	if step.Name != "setup" || !reflect.DeepEqual(step.Args, []string{"npm", "run", "migrate"}) || step.Env[0].Value != "2" || !reflect.DeepEqual(step.VolumeMounts, pod.Containers[0].VolumeMounts) || len(step.EnvFrom) != 1 {
		t.Errorf("step %+v", step)
	}
	if group := pod.SecurityContext.FSGroup; group == nil || *group != 10001 {
		t.Errorf("a volume that belongs to root can't be written: %v", group)
	}
	objects, _ = built(t, app("cache", "db"), "staging")
	if jobs := of[*batchv1.Job](objects); len(jobs) != 1 || len(named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec.InitContainers) > 0 {
		t.Error("a database server is called from a Job")
	}
}

// The account and the database that the service is told in plain variables are made where the need runs inside.
func TestInsideMakesTheDatabaseOfTheVariables(t *testing.T) {
	app := &service.App{
		Version: 1, Name: "links", Image: "registry.example.com/links",
		Services: map[string]*service.Service{"web": {Language: "node", Command: []string{"node", "server.js"}, Port: 3000, Needs: []string{"db"}, Secrets: []string{"DB_PASSWORD"},
			Env: map[string]string{"DB_HOST": "db", "DB_NAME": "shortener", "DB_USER": "links_rw"}}},
		Needs:        map[string]service.Need{"db": {Kind: "postgres"}},
		Environments: map[string]service.Environment{"staging": {Needs: map[string]service.Answer{"db": {Inside: true}}}},
	}
	objects, _ := built(t, app, "staging")
	set := map[string]string{}
	for _, e := range named[*appsv1.Deployment](t, objects, "db").Spec.Template.Spec.Containers[0].Env {
		set[e.Name] = e.Value
	}
	if set["POSTGRES_DB"] != "shortener" || set["POSTGRES_USER"] != "links_rw" {
		t.Errorf("variables %v", set)
	}
}

func TestJobs(t *testing.T) {
	objects, _ := built(t, ordersApp(), "production")
	job := named[*batchv1.Job](t, objects, "migrate")
	if job.Annotations["migrate/step"] != "release" || job.Annotations["migrate/owner"] != "squad-checkout" || *job.Spec.BackoffLimit != 0 {
		t.Errorf("release step: %+v", job)
	}
	cron := named[*batchv1.CronJob](t, objects, "nightly-invoices")
	if cron.Spec.Schedule != "30 2 * * *" || *cron.Spec.TimeZone != "Europe/Warsaw" || cron.Spec.ConcurrencyPolicy != batchv1.ForbidConcurrent {
		t.Errorf("scheduled job: %+v", cron.Spec)
	}
	if got := cron.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args; !reflect.DeepEqual(got, []string{"flask", "invoices"}) {
		t.Errorf("its arguments: %q", got)
	}
	if *named[*appsv1.Deployment](t, objects, "web").Spec.Replicas != 3 || *named[*appsv1.Deployment](t, objects, "worker").Spec.Replicas != 2 {
		t.Error("the environment's replicas are not those of migrate.yaml")
	}
}

// What a process runs, the first one too, goes to the ENTRYPOINT of the team's own image only where that runs what it is
// given, and Kubernetes runs what compose runs.
func TestProcessesOfTheTeamsOwnImage(t *testing.T) {
	for _, wraps := range []bool{false, true} {
		app := ordersApp()
		app.Services["web"].Build = &service.Build{Dockerfile: "Dockerfile", Wraps: wraps}
		objects, _ := built(t, app, "production")
		local, _ := loadCompose(t, app)
		for _, name := range []string{"web", "worker"} {
			c := named[*appsv1.Deployment](t, objects, name).Spec.Template.Spec.Containers[0]
			want, there, other := app.Services[name].Command, c.Command, c.Args
			if wraps {
				there, other = c.Args, c.Command
			}
			if !reflect.DeepEqual(there, want) || other != nil {
				t.Errorf("wraps %v: %s: command %q, args %q", wraps, name, c.Command, c.Args)
			}
			if s := local.Services[name]; !slices.Equal(s.Entrypoint, c.Command) || !slices.Equal(s.Command, c.Args) {
				t.Errorf("wraps %v: %s: compose runs %q %q, Kubernetes %q %q", wraps, name, s.Entrypoint, s.Command, c.Command, c.Args)
			}
		}
	}
}

// The team's own image runs as its own user, in each of its processes; a generated one as the user that it is made for.
func TestUserOfTheTeamsOwnImage(t *testing.T) {
	for _, c := range []struct {
		build *service.Build
		want  int64
	}{{nil, 10001}, {&service.Build{Dockerfile: "Dockerfile"}, 10001}, {&service.Build{Dockerfile: "Dockerfile", User: 1032}, 1032}, {&service.Build{User: 1032}, 10001}} {
		app := ordersApp()
		app.Services["web"].Build = c.build
		objects, _ := built(t, app, "production")
		for _, name := range []string{"web", "worker"} {
			s := named[*appsv1.Deployment](t, objects, name).Spec.Template.Spec.SecurityContext
			if *s.RunAsUser != c.want || *s.RunAsGroup != c.want {
				t.Errorf("%+v: %s runs as %d:%d, not as %d", c.build, name, *s.RunAsUser, *s.RunAsGroup, c.want)
			}
		}
	}
}

// An image that migrate generates starts its base by itself, and one of the team's without a command in the model does.
func TestWhatAnImageStartsByItself(t *testing.T) {
	own := ordersApp()
	own.Services["web"].Build, own.Services["web"].Command = &service.Build{Dockerfile: "Dockerfile"}, nil
	for what, app := range map[string]*service.App{"generated": ordersApp(), "own": own} {
		objects, _ := built(t, app, "production")
		web := named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec.Containers[0]
		project, _ := loadCompose(t, app)
		local := project.Services["web"]
		if web.Command != nil || web.Args != nil || local.Entrypoint != nil || local.Command != nil {
			t.Errorf("%s: %q %q, compose %q %q", what, web.Command, web.Args, local.Entrypoint, local.Command)
		}
	}
}

func TestConfiguration(t *testing.T) {
	objects, routes := built(t, ordersApp(), "staging")
	worker := named[*appsv1.Deployment](t, objects, "worker").Spec.Template.Spec.Containers[0]
	config := named[*corev1.ConfigMap](t, objects, worker.EnvFrom[0].ConfigMapRef.Name)
	if !reflect.DeepEqual(config.Data, map[string]string{"LOG_LEVEL": "debug"}) {
		t.Errorf("ConfigMap %v", config.Data)
	}
	if worker.Env[0].Name != "CONCURRENCY" || worker.Env[0].Value != "1" {
		t.Errorf("the worker's own variable: %+v", worker.Env[0])
	}
	if ref := worker.Env[1].ValueFrom.SecretKeyRef; ref.Name != "orders" || ref.Key != "DATABASE_URL" {
		t.Errorf("secret %+v", ref)
	}
	if got := routes[0].Spec.Hostnames; !reflect.DeepEqual(got, []string{"orders.staging.example.com"}) {
		t.Errorf("hosts %q", got)
	}

	shop, _ := built(t, twoBasesApp(), "dev")
	web := named[*corev1.ConfigMap](t, shop, named[*appsv1.Deployment](t, shop, "web").Spec.Template.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name)
	api := named[*corev1.ConfigMap](t, shop, named[*appsv1.Deployment](t, shop, "api").Spec.Template.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name)
	if want := map[string]string{"API_URL": "http://api:5000", "LOG_LEVEL": "debug", "EXTRA": "1"}; !reflect.DeepEqual(web.Data, want) {
		t.Errorf("web: %v", web.Data)
	}
	if want := map[string]string{"EXTRA": "1"}; !reflect.DeepEqual(api.Data, want) {
		t.Errorf("api: %v: a key that another service declares is no business of it", api.Data)
	}
}

func TestNoConfigMapWithoutConfiguration(t *testing.T) {
	app := &service.App{Name: "a", Image: "a", Services: map[string]*service.Service{"web": {Port: 8080}},
		Environments: map[string]service.Environment{"test": {Namespace: "a"}}}
	objects, _ := built(t, app, "test")
	if n := len(of[*corev1.ConfigMap](objects)); n != 0 {
		t.Errorf("%d ConfigMaps", n)
	}
}

func TestSidecar(t *testing.T) {
	objects, _ := built(t, gatewayApp(), "production")
	pod := named[*appsv1.Deployment](t, objects, "tracker").Spec.Template
	side, main := pod.Spec.InitContainers[0], pod.Spec.Containers[0]
	if *side.RestartPolicy != corev1.ContainerRestartPolicyAlways || side.Image != "registry.example.com/fleet/migrate-sidecar:1" || !*pod.Spec.ShareProcessNamespace {
		t.Errorf("sidecar %+v", side)
	}
	if !reflect.DeepEqual(side.Args, []string{"--target", "127.0.0.1:80", "--name", "tracker"}) || pod.Annotations["prometheus.io/port"] != "9102" {
		t.Errorf("sidecar %q, %v", side.Args, pod.Annotations)
	}
	if side.StartupProbe != nil {
		t.Error("a start-up probe of the sidecar keeps the service from ever starting")
	}
	if main.StartupProbe.HTTPGet.Port.IntValue() != 9102 || main.ReadinessProbe.HTTPGet.Path != "/ready" {
		t.Errorf("probes %+v", main.ReadinessProbe)
	}
	if s := pod.Spec.SecurityContext.Sysctls; len(s) != 1 || s[0].Value != "0" {
		t.Errorf("port 80 without root needs a sysctl: %v", s)
	}
	if got := sidecarFor(&service.App{Image: "plain"}, "a", 1).Image; got != "migrate-sidecar:1" {
		t.Errorf("sidecar beside an image without a registry: %s", got)
	}
}

func TestAddresses(t *testing.T) {
	objects, _ := built(t, gatewayApp(), "production")
	want := map[string][]string{"billing": {"10.2.3.4", "10.2.3.5"}, "billing-ipv6": {"fd00::7"}, "metrics": {"10.2.3.9"}}
	for _, slice := range of[*discoveryv1.EndpointSlice](objects) {
		var got []string
		for _, e := range slice.Endpoints {
			got = append(got, e.Addresses...)
		}
		if !reflect.DeepEqual(got, want[slice.Name]) {
			t.Errorf("%s: %v", slice.Name, got)
		}
		if strings.HasPrefix(slice.Name, "billing") && *slice.Ports[0].Port != 8443 {
			t.Errorf("%s: port %d", slice.Name, *slice.Ports[0].Port)
		}
		delete(want, slice.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if p := named[*corev1.Service](t, objects, "billing").Spec.Ports[0].Port; p != 443 {
		t.Errorf("the service asks for 443, the Service has %d", p)
	}
	if p := named[*corev1.Service](t, objects, "metrics").Spec.Ports[0].Protocol; p != corev1.ProtocolUDP {
		t.Errorf("statsd speaks UDP, not %s", p)
	}
}

func TestRouteGroups(t *testing.T) {
	var got []string
	for _, g := range routeGroups("tracker", gatewayApp().Services["tracker"].Routes) {
		got = append(got, g.name+" "+strings.Join(g.hosts, ",")+" "+strings.Join(g.paths, ","))
	}
	want := []string{
		"tracker tracker.example.com,t.example.com /v1,/v2",
		"tracker-any-old-example-com *.old.example.com /",
		"tracker-any-host  /tracker",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestIngress(t *testing.T) {
	objects, routes := built(t, warApp(), "test")
	in := named[*networkingv1.Ingress](t, objects, "invoice")
	var got []string
	for _, r := range in.Spec.Rules {
		for _, p := range r.HTTP.Paths {
			got = append(got, r.Host+p.Path)
		}
	}
	if want := []string{"invoice.example.com/invoice", "invoice.example.com/static", "old.test.example.com/"}; !reflect.DeepEqual(got, want) || len(routes) > 0 {
		t.Errorf("got %q and %d HTTPRoutes", got, len(routes))
	}
}

func TestState(t *testing.T) {
	objects, _ := built(t, warApp(), "test")
	d := named[*appsv1.Deployment](t, objects, "invoice")
	if *d.Spec.Replicas != 1 || d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType || len(of[*policyv1.PodDisruptionBudget](objects)) > 0 {
		t.Errorf("two pods would have data of their own each: %+v", d.Spec)
	}
	var got []string
	for _, m := range d.Spec.Template.Spec.Containers[0].VolumeMounts {
		got = append(got, m.MountPath)
	}
	want := []string{"/tmp", "/var/lib/invoice", "/usr/local/tomcat/uploads", "/usr/local/tomcat/data/uploads"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	text, _ := kubeWorkload(warApp(), "invoice")
	for _, word := range []string{"LOST WHEN THE POD GOES", "IT KEEPS DATA IN /usr/local/tomcat"} {
		if !strings.Contains(string(text), word) {
			t.Errorf("nothing says %q", word)
		}
	}
	plain := service.Service{State: []string{"uploads"}}
	if mounts, _, _ := kubeMounts(plain); mounts[1].MountPath != "/app/uploads" {
		t.Errorf("%+v", mounts)
	}
}

func TestDjangoProbesSendAHost(t *testing.T) {
	app := ordersApp()
	app.Services["web"].Framework = "django"
	for env, want := range map[string]string{"staging": "orders.staging.example.com", "production": "orders.example.com"} {
		objects, _ := built(t, app, env)
		c := named[*appsv1.Deployment](t, objects, "web").Spec.Template.Spec.Containers[0]
		for _, probe := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe} {
			if h := probe.HTTPGet.HTTPHeaders; len(h) != 1 || h[0].Name != "Host" || h[0].Value != want {
				t.Errorf("%s: %+v", env, h)
			}
		}
	}
}

func TestSchedulerIsAlone(t *testing.T) {
	for command, want := range map[string]bool{
		"celery -A shop beat": true, "/venv/bin/celery -A shop worker -B": true, "celery -A shop worker": false,
		"python beat": false, "python -m celery --app shop beat -l info": true,
	} {
		if got := isBeat(strings.Fields(command)); got != want {
			t.Errorf("%s: %v", command, got)
		}
		if got := isBeat([]string{"sh", "-c", "exec " + command}); got != want {
			t.Errorf("%s, by a shell: %v", command, got)
		}
	}
}

func TestPolicyOfMixedServices(t *testing.T) {
	objects, _ := built(t, twoBasesApp(), "dev")
	routed := named[*networkingv1.NetworkPolicy](t, objects, "shop-routes")
	if !reflect.DeepEqual(routed.Spec.PodSelector.MatchExpressions[0].Values, []string{"web"}) {
		t.Errorf("%+v", routed.Spec.PodSelector)
	}
	for _, rule := range named[*networkingv1.NetworkPolicy](t, objects, "shop").Spec.Ingress {
		for _, from := range rule.From {
			if from.NamespaceSelector != nil {
				t.Errorf("the gateway reaches the services without a route: %+v", rule)
			}
		}
	}
	ports := named[*corev1.Service](t, objects, "api").Spec.Ports
	if len(ports) != 2 || ports[1].Port != 5000 {
		t.Errorf("web calls api at 5000: %+v", ports)
	}
}

// TestPolicyToServicesOutside: what a service has keys for is called by https, and a policy without that stops it.
func TestPolicyToServicesOutside(t *testing.T) {
	app := twoBasesApp()
	open := func() bool {
		objects, _ := built(t, app, "dev")
		return slices.ContainsFunc(named[*networkingv1.NetworkPolicy](t, objects, "shop").Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
			return len(r.To) == 0 && len(r.Ports) == 1 && r.Ports[0].Port.IntVal == 443
		})
	}
	app.Services["web"].Secrets = []string{"SECRET_KEY", "DATABASE_URL"}
	if open() {
		t.Error("the policy lets out to everywhere, and nothing says that something outside is called")
	}
	app.Services["web"].Env = map[string]string{"HELP_URL": "https://help.example.org/faq", "PAYMENT_GATEWAY": "http://pay", "STOCK_API": "https://stock:8443"}
	if open() {
		t.Error("the policy lets out to where browsers go, and to the application's own services")
	}
	app.Services["web"].Env["PAYMENT_GATEWAY"] = "https://pay.example.org/"
	if !open() {
		t.Error("what calls a service outside doesn't reach it")
	}
	app.Services["web"].Env = nil
	app.Services["web"].Secrets = []string{"SECRET_KEY", "SENTRY_DSN", "MAILGUN_API_KEY"}
	if !open() {
		t.Error("what has a key for a service outside doesn't reach it")
	}
	if text := rendered(t, app)["kube/base/network-policy.yaml"]; !strings.Contains(text, "    - ports: [{port: 443}]   # public services, by https: SENTRY_DSN\n") {
		t.Error(text)
	}
}

// The Job that asks the smoke checks inside bears the application's name: its pods then reach the service and each other.
func TestPolicyOfSmokeInside(t *testing.T) {
	for _, where := range []string{"", service.SmokeInside} {
		app := ordersApp()
		e := app.Environments["staging"]
		e.Smoke = where
		app.Environments["staging"] = e
		objects, _ := built(t, app, "staging")
		policy := named[*networkingv1.NetworkPolicy](t, objects, "orders").Spec
		own := func(peers []networkingv1.NetworkPolicyPeer) bool {
			return slices.ContainsFunc(peers, func(p networkingv1.NetworkPolicyPeer) bool {
				return p.PodSelector != nil && reflect.DeepEqual(p.PodSelector.MatchLabels, map[string]string{"app.kubernetes.io/name": "orders"})
			})
		}
		in := slices.ContainsFunc(policy.Ingress, func(r networkingv1.NetworkPolicyIngressRule) bool { return own(r.From) })
		out := slices.ContainsFunc(policy.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool { return own(r.To) })
		if want := where != ""; in != want || out != want {
			t.Errorf("smoke %q: in %v, out %v", where, in, out)
		}
	}
}
