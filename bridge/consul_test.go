package bridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// agent is as much of one of Consul's as sync speaks to.
type agent struct {
	held   map[string]map[string]any
	asked  []string
	refuse string // a request that is answered with 403
}

func (a *agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.Method + " " + r.URL.Path
	a.asked = append(a.asked, asked)
	if asked == a.refuse || r.Header.Get("X-Consul-Token") != "let-me" {
		http.Error(w, "Permission denied", http.StatusForbidden)
		return
	}
	switch id, gone := strings.CutPrefix(asked, "PUT /v1/agent/service/deregister/"); {
	case asked == "GET /v1/agent/services":
		_ = json.NewEncoder(w).Encode(a.held)
	case gone:
		delete(a.held, id)
	case asked == "PUT /v1/agent/service/register":
		var s map[string]any
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s["Service"] = s["Name"]
		delete(s, "Name")
		a.held[fmt.Sprint(s["ID"])] = s
	default:
		http.NotFound(w, r)
	}
}

func TestConsul(t *testing.T) {
	a := &agent{held: map[string]map[string]any{
		"theirs":       {"ID": "theirs", "Service": "theirs", "Port": 1},
		"other":        {"ID": "other", "Service": "shop-web", "Meta": map[string]string{owner: "shop/staging"}},
		"migrate-gone": {"ID": "migrate-gone", "Service": "shop-old", "Address": "10.0.0.9", "Port": 30081, "Meta": map[string]string{owner: "shop/live"}},
	}}
	server := httptest.NewServer(a)
	defer server.Close()
	c := Consul{URL: server.URL + "/", Token: "let-me", Client: server.Client()}
	app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Port: 8080, Health: &service.Health{Ready: "/readyz"}, Routes: []service.Route{{Host: "shop.example.com"}}}}}
	web := func(addresses ...string) Export {
		var places []Place
		for _, at := range addresses {
			places = append(places, Place{Service: "web", By: "node n", Address: at, Port: 30080, Protocol: "http"})
		}
		return NewExport(app, "live", places)
	}
	says := func(changes []Change, err error, want string) {
		t.Helper()
		if err != nil || fmt.Sprint(changes) != want {
			t.Errorf("%v, %v; want %s", err, changes, want)
		}
	}
	first := "[register shop-live-web at 10.0.0.1:30080 register shop-live-web at 10.0.0.2:30080 deregister shop-old at 10.0.0.9:30081]"
	changes, err := c.Changes(t.Context(), web("10.0.0.1", "10.0.0.2"))
	says(changes, err, first)
	if len(a.asked) != 1 || len(a.held) != 3 {
		t.Errorf("asking what would change asked %v", a.asked)
	}
	changes, err = c.Sync(t.Context(), web("10.0.0.1", "10.0.0.2"))
	says(changes, err, first)
	changes, err = c.Sync(t.Context(), web("10.0.0.1", "10.0.0.2"))
	says(changes, err, "[]")
	check := a.held["migrate:shop:live:web:http:10.0.0.1:30080"]["Check"]
	if got := fmt.Sprint(check); got != "map[HTTP:http://10.0.0.1:30080/readyz Header:map[Host:[shop.example.com]] Interval:10s Name:node n Timeout:3s]" {
		t.Errorf("its check is %s", got)
	}
	changes, err = c.Sync(t.Context(), web("10.0.0.2"))
	says(changes, err, "[deregister shop-live-web at 10.0.0.1:30080]")

	// Another health endpoint is another check.
	app.Services["web"].Health.Ready = "/ready"
	changes, err = c.Sync(t.Context(), web("10.0.0.2"))
	says(changes, err, "[register shop-live-web at 10.0.0.2:30080]")

	// A second cluster has a name of its own, and what shares a number by another protocol is another registration.
	two := NewExport(app, "live", []Place{
		{Service: "web", Address: "10.0.0.2", Port: 30080, Protocol: "http"}, {Service: "web", Address: "10.0.0.2", Port: 30080, Protocol: "udp"},
		{Service: "web", Address: "10.9.0.2", Port: 30080, Protocol: "http", Backup: true},
	})
	changes, err = c.Sync(t.Context(), two)
	says(changes, err, "[register shop-live-web-backup at 10.9.0.2:30080 register shop-live-web at 10.0.0.2:30080]")
	changes, err = c.Sync(t.Context(), two)
	says(changes, err, "[]")

	// Where the new place is refused the old one stays.
	a.refuse = "PUT /v1/agent/service/register"
	if changes, err = c.Sync(t.Context(), web("10.0.0.3")); err == nil || len(changes) != 0 || !strings.Contains(err.Error(), "CONSUL_HTTP_TOKEN") || a.held["migrate:shop:live:web:http:10.0.0.2:30080"] == nil {
		t.Errorf("%v, %v, %v", changes, err, a.held)
	}
	if a.held["theirs"] == nil || a.held["other"] == nil {
		t.Errorf("took back what is not its own: %v", a.held)
	}
}
