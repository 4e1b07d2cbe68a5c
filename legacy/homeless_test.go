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

func TestJobsOfNobodyKnown(t *testing.T) {
	job := func() *unit {
		return &unit{processes: map[string][]Claimed{"report": {
			{Finding: scan.Finding{Process: "report", Service: service.Service{Schedule: "0 3 * * *"}}},
			{Finding: scan.Finding{Process: "report", Service: service.Service{Command: []string{"php", "report.php"}}, Evidence: scan.Evidence{File: "cron.tf", Line: 7}}},
		}}}
	}
	code := func() *unit {
		return &unit{processes: map[string][]Claimed{"": {{Finding: scan.Finding{Service: service.Service{Language: "php", Command: []string{"php-fpm"}}}}}}}
	}
	units := map[string]*unit{".": job(), "a": code(), "b": code()}
	units["."].dir, units["a"].dir, units["b"].dir = "x", "a", "b"
	notes := homeless(units, nil)
	if len(notes) != 1 || notes[0].File != "cron.tf" || notes[0].Line != 7 || len(units["."].processes) != 0 {
		t.Errorf("beside two services: notes %v, left %v", notes, units["."].processes)
	}
	units = map[string]*unit{".": job()}
	if notes := homeless(units, nil); len(notes) != 0 || len(units["."].processes) != 1 {
		t.Errorf("alone: notes %v", notes)
	}
}
