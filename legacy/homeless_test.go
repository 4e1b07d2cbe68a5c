package legacy

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestWhereABalancerAsks(t *testing.T) {
	says := func(s service.Service) *unit {
		return &unit{processes: map[string][]Claimed{"": {{Finding: scan.Finding{Service: s, Evidence: scan.Evidence{Rank: scan.Declared}}}}}}
	}
	balancer := func() *unit { return says(service.Service{Port: 8080, Health: &service.Health{Ready: "/health"}}) }
	web := says(service.Service{Language: "php", Port: 9000, Command: []string{"php-fpm"}})
	units := map[string]*unit{".": balancer(), "web": web, "backup": says(service.Service{Language: "python", Command: []string{"python", "backup.py"}})}
	if homeless(units, nil); units["."] != nil || len(web.processes[""]) != 2 || web.processes[""][1].Evidence.Rank != scan.Convention {
		t.Errorf("it is about the one that serves: %v", units)
	}
	units = map[string]*unit{".": balancer(), "a": says(service.Service{Language: "php", Port: 9000}), "b": says(service.Service{Language: "php", Port: 9001})}
	if notes := homeless(units, nil); len(units) != 2 || len(notes) != 1 {
		t.Errorf("it is no service by itself: %v, notes %v", units, notes)
	}
	units = map[string]*unit{".": balancer()}
	if homeless(units, nil); len(units) != 1 {
		t.Error("nothing else is known of what answers")
	}
	units = map[string]*unit{".": says(service.Service{Port: 8080, Command: []string{"shopd"}}), "a": says(service.Service{Language: "php", Port: 9000})}
	if homeless(units, nil); units["."] == nil {
		t.Error("what is started is a service")
	}
}
