package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestWhatAServiceSpeaks(t *testing.T) {
	health := &service.Health{Ready: "/health"}
	for name, c := range map[string]struct {
		service service.Service
		want    string
	}{
		"the port of a protocol":                {service.Service{Port: 4730}, "tcp"},
		"a port of pages":                       {service.Service{Port: 8080}, ""},
		"gRPC":                                  {service.Service{Port: 8080, Framework: "grpc"}, "tcp"},
		"a framework at the port of a protocol": {service.Service{Port: 5222, Framework: "express"}, ""},
		"a protocol of its own":                 {service.Service{Port: 7000, Protocol: "tcp"}, "tcp"},
		"one with a page that says how it is":   {service.Service{Port: 7000, Protocol: "tcp", Health: health}, ""},
		"one with such a page at another port":  {service.Service{Port: 7000, Protocol: "tcp", Health: &service.Health{Ready: "/health", Port: 7001}}, "tcp"},
		"one to which a route leads":            {service.Service{Port: 7000, Protocol: "tcp", Routes: []service.Route{{Host: "shop.example.com"}}}, ""},
		"a worker":                              {service.Service{Protocol: "tcp"}, ""},
	} {
		c.service.Command = []string{"shopd"}
		r := resolve(t, says("code", scan.Finding{Service: c.service}))
		for called, s := range r.App.Services {
			if why := r.Claims["services."+called+".protocol"]; s.Protocol != c.want || (len(why) > 0) != (c.want != "") {
				t.Errorf("%s: %q, want %q: %v", name, s.Protocol, c.want, why)
			}
		}
	}
}

func TestThePortOfHealthGoesWithItsPath(t *testing.T) {
	code := service.Service{Command: []string{"shopd"}, Port: 8080, Health: &service.Health{Ready: "/ops/health", Port: 9090}}
	for name, c := range map[string]struct {
		first service.Service
		want  service.Health
	}{
		"of one reader":                   {service.Service{Port: 8080}, service.Health{Ready: "/ops/health", Port: 9090}},
		"of another path":                 {service.Service{Health: &service.Health{Live: "/live"}}, service.Health{Ready: "/ops/health", Port: 9090}},
		"of who does not know the path":   {service.Service{Health: &service.Health{Ready: "/ready"}}, service.Health{Ready: "/ready"}},
		"that turns out as the service's": {service.Service{Port: 9090}, service.Health{Ready: "/ops/health"}},
	} {
		r := resolve(t, says("operations", scan.Finding{Service: c.first}), says("code", scan.Finding{Service: code}))
		if got := r.App.Services["web"].Health; got == nil || *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
