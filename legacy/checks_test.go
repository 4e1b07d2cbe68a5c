package legacy

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestChecksOfTheOldMonitoring(t *testing.T) {
	check := func(name, was, request string) scan.Finding {
		return scan.Finding{Name: name, Check: &service.Check{Was: was, Smoke: &service.SmokeCheck{Request: request}}}
	}
	r := resolve(t, says("nagios",
		scan.Finding{Service: service.Service{Language: "python", Command: []string{"run"}, Port: 80}},
		check("Orders list", "nagios Orders list on a", "GET /orders"),
		check("Orders list", "nagios Orders list on b", "GET /orders"),
		check("Orders list", "nagios Orders list of the API", "GET /api/orders"),
		check("", "nagios", "GET /"),
	))
	var got []string
	for _, name := range r.App.CheckNames() {
		got = append(got, name+" "+r.App.Checks[name].Smoke.Request)
	}
	if want := "check GET /|orders-list GET /orders|orders-list-2 GET /api/orders"; strings.Join(got, "|") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if c := r.Claims["checks.orders-list.was"]; len(c) != 2 || c[0].Line != 2 || c[1].Line != 3 {
		t.Errorf("the evidence is %v", c)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}
