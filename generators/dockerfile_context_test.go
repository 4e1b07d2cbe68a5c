package generators

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// A WAR is served at the root, but where something is known to ask below its name.
func TestContextPathOfWAR(t *testing.T) {
	for name, c := range map[string]struct {
		artifact, health, route, check, want string
	}{
		"nothing asks":        {"target/shop-1.2.war", "/status", "/", "GET /orders", "ROOT"},
		"a probe":             {"target/shop-1.2-SNAPSHOT.war", "/shop/status", "", "", "shop"},
		"a route":             {"shop.war", "", "/shop", "", "shop"},
		"a check of before":   {"dist/shop-*.war", "", "", "GET /shop/orders?limit=1", "shop"},
		"another application": {"shop.war", "/shopping/status", "", "GET /stock", "ROOT"},
		"only a part of it":   {"shop-admin.war", "/shop/status", "", "", "ROOT"},
		"no name":             {"", "/./status", "/..", "", "ROOT"},
	} {
		s := &service.Service{Language: "java", Framework: "tomcat9", Port: 8080, Health: &service.Health{Ready: c.health}, Routes: []service.Route{{Path: c.route}}, Build: &service.Build{Tool: "maven", Artifact: c.artifact}}
		app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": s}, Checks: map[string]service.Check{"old": {Smoke: &service.SmokeCheck{Request: c.check}}}}
		if got := contextPath(app, "web", *s); got != c.want {
			t.Errorf("%s: webapps/%s, want %s", name, got, c.want)
		}
	}
}
