package generators

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func appWithNeed(name string, need service.Need, answer service.Answer, secrets ...string) *service.App {
	return &service.App{
		Name: "shop", Image: "shop",
		Services:     map[string]*service.Service{"web": {Port: 8080, Needs: []string{name}, Secrets: secrets}},
		Needs:        map[string]service.Need{name: need},
		Environments: map[string]service.Environment{"test": {Namespace: "shop-test", Needs: map[string]service.Answer{name: answer}}},
	}
}

// TestEveryKindRunsInside holds insideKinds to service.Kinds: init proposes a workload for each of them.
func TestEveryKindRunsInside(t *testing.T) {
	for _, kind := range service.KindNames() {
		k, _ := service.KindOf(kind)
		if !k.Container {
			continue
		}
		objects, _ := built(t, appWithNeed("backend", service.Need{Kind: kind, Port: k.Port + 1}, service.Answer{Inside: true}), "test")
		d := named[*appsv1.Deployment](t, objects, "backend")
		s := named[*corev1.Service](t, objects, "backend")
		if c := d.Spec.Template.Spec.Containers[0]; !strings.Contains(c.Image, ":") || s.Spec.Ports[0].Port != int32(k.Port+1) {
			t.Errorf("%s: image %s, port %d", kind, c.Image, s.Spec.Ports[0].Port)
		}
	}
}

func TestAccounts(t *testing.T) {
	tests := []struct {
		kind    string
		secrets []string
		env     string // name=value, or name<-KEY of the Secret shop
		says    string
	}{
		{"postgres", []string{"SECRET_KEY", "DB_PASSWORD"}, "POSTGRES_PASSWORD<-DB_PASSWORD", ""},
		{"postgres", []string{"DATABASE_URL"}, "POSTGRES_HOST_AUTH_METHOD=trust", "its policy lets only this application in"},
		{"postgres", []string{"PGPASSWORD"}, "POSTGRES_PASSWORD<-PGPASSWORD", ""},
		{"mysql", []string{"MYSQL_PASSWORD", "REDIS_PASSWORD"}, "MYSQL_PASSWORD<-MYSQL_PASSWORD", ""},
		{"mysql", []string{"DATABASE_URL"}, "MYSQL_ALLOW_EMPTY_PASSWORD=yes", "root and no password"},
		{"rabbitmq", nil, "", "guest:guest"},
		{"redis", []string{"REDIS_PASSWORD"}, "REDISCLI_AUTH<-REDIS_PASSWORD", ""},
		{"mongodb", []string{"MAIN_PASS"}, "MONGO_INITDB_ROOT_PASSWORD<-MAIN_PASS", ""},
		{"mssql", nil, "ACCEPT_EULA=Y", "Test-only1"},
		{"kafka", nil, "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://main:9092", ""},
	}
	for _, test := range tests {
		k, _ := service.KindOf(test.kind)
		app := appWithNeed("main", service.Need{Kind: test.kind, Port: k.Port, User: "joe", Database: "shop"}, service.Answer{Inside: true}, test.secrets...)
		objects, _ := built(t, app, "test")
		found := test.env == ""
		for _, e := range named[*appsv1.Deployment](t, objects, "main").Spec.Template.Spec.Containers[0].Env {
			text := e.Name + "=" + e.Value
			if e.ValueFrom != nil {
				text = e.Name + "<-" + e.ValueFrom.SecretKeyRef.Key
				if e.ValueFrom.SecretKeyRef.Name != "shop" {
					t.Errorf("%s: Secret %s", test.kind, e.ValueFrom.SecretKeyRef.Name)
				}
			}
			found = found || text == test.env
		}
		if !found {
			t.Errorf("%s with %q has no %s", test.kind, test.secrets, test.env)
		}
		if text, _, _ := kubeNeeds(app, "test"); !strings.Contains(string(text), test.says) {
			t.Errorf("%s with %q doesn't say %q", test.kind, test.secrets, test.says)
		}
	}
}

func TestOtherNamesOfAKind(t *testing.T) {
	app := appWithNeed("db", service.Need{Kind: "postgresql", Port: 5433, Version: "12"}, service.Answer{Inside: true})
	objects, _ := built(t, app, "test")
	c := named[*appsv1.Deployment](t, objects, "db").Spec.Template.Spec.Containers[0]
	if c.Image != "postgres:12" || c.Ports[0].ContainerPort != 5432 {
		t.Errorf("%s at %d", c.Image, c.Ports[0].ContainerPort)
	}
}

func TestPasswordKey(t *testing.T) {
	tests := []struct{ name, kind, secrets, want string }{
		{"db", "postgres", "DATABASE_URL SECRET_KEY", ""},
		{"db", "postgres", "ADMIN_PASSWORD", ""},
		{"db", "postgres", "OTHER_DB_PASSWORD DB_PASS", "DB_PASS"},
		{"orders-db", "mysql", "DB_PASSWORD ORDERS_DB_PASSWORD", "ORDERS_DB_PASSWORD"},
		{"queue", "rabbitmq", "AMQP_PASSWORD", "AMQP_PASSWORD"},
		{"cache", "redis", "DB_PASSWORD", ""},
	}
	for _, test := range tests {
		if got := passwordKey(test.name, test.kind, strings.Fields(test.secrets)); got != test.want {
			t.Errorf("%s (%s) among %s: %q, want %q", test.name, test.kind, test.secrets, got, test.want)
		}
	}
}

func TestNeedsThatLeadNowhere(t *testing.T) {
	tests := []struct {
		need   service.Need
		answer service.Answer
		says   string
	}{
		{service.Need{Kind: "http"}, service.Answer{Addresses: []string{"127.0.0.1"}}, "127.0.0.1 can't be reached"},
		{service.Need{Kind: "http"}, service.Answer{Addresses: []string{"169.254.1.1"}}, "can't be reached"},
		{service.Need{Kind: "http"}, service.Answer{Addresses: []string{"erp.example.com"}}, "give a name as host"},
		{service.Need{Kind: "x25"}, service.Answer{Addresses: []string{"10.0.0.1"}}, "set needs.erp.port"},
		{service.Need{Kind: "http"}, service.Answer{Inside: true}, `nothing is known that runs the kind "http"`},
		{service.Need{Kind: "http", Port: 80}, service.Answer{Host: "erp.example.com", Port: 8080}, "give its addresses"},
	}
	for _, test := range tests {
		_, err := kustomize(appWithNeed("erp", test.need, test.answer))
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "migrate.yaml: environments.test.needs.erp: ") {
			t.Errorf("%+v %+v: %v", test.need, test.answer, err)
		}
	}
}

func TestUnansweredNeedsAreSaid(t *testing.T) {
	app := appWithNeed("erp", service.Need{Kind: "http", Port: 80}, service.Answer{})
	for _, f := range renderKube(t, app) {
		if strings.HasSuffix(f.Path, "needs.yaml") {
			t.Errorf("%s holds nothing and kustomize refuses it", f.Path)
		}
		if f.Path == "kube/overlays/test/kustomization.yaml" && !strings.Contains(string(f.Data), "Nothing answers here yet: erp.") {
			t.Errorf("%s", f.Data)
		}
	}
	buildOverlay(t, renderKube(t, app), "test")
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "-", "a", "9", "Über-x", "a..b", "/var/lib/x y", strings.Repeat("a-", 200), "x25-box!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name := kubeVolumeName(s, map[string]bool{"data": true}); !service.Label(name) {
			t.Errorf("%q makes the volume %q", s, name)
		}
		if name := portName(s); !service.Label(name) || len(name) > 15 || strings.Contains(name, "--") {
			t.Errorf("%q makes the port %q", s, name)
		}
	})
}
