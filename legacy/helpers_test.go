package legacy

import (
	"slices"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestUnitsThatAreNoServices(t *testing.T) {
	shop := scan.Finding{Name: "shop", Service: service.Service{Language: "python", Command: []string{"gunicorn", "shop"}, Port: 8000, Build: &service.Build{Files: []string{"requirements.txt"}}}}
	code := func(s service.Service) service.Service {
		s.Build = &service.Build{Files: []string{"package.json"}}
		return s
	}
	for _, c := range []struct {
		name, reader, dir string
		says              service.Service
		left              bool
	}{
		{"a tool without a port", "node", "tools/purge", code(service.Service{Language: "node", Command: []string{"node", "purge.js"}}), true},
		{"a program of Go that writes the documentation", "golang", "shop/cmd/docgen", service.Service{Language: "go", Command: []string{"/docgen"}}, true},
		{"a program of Go that is an example", "golang", "cmd/shop-example", service.Service{Language: "go", Command: []string{"/shop-example"}, Port: 8080}, true},
		{"a program of Go that serves", "golang", "cmd/gentle", service.Service{Language: "go", Command: []string{"/gentle"}, Port: 8080}, false},
		{"a tool that answers", "node", "tools/board", code(service.Service{Language: "node", Command: []string{"node", "board.js"}, Port: 3000}), false},
		{"a tool by its own name", "node", "diff_tool", code(service.Service{Language: "node", Command: []string{"node", "diff.js"}}), true},
		{"what is called a tool and serves", "node", "search-tool", code(service.Service{Language: "node", Command: []string{"node", "search.js"}, Port: 8007}), false},
		{"an image of the same program for another place", "compose", "scripts/on-kubernetes/shop", service.Service{Command: []string{"/shop.sh"}, Port: 8000, Build: &service.Build{Dockerfile: "Dockerfile"}}, true},
		{"an image of another program", "compose", "scripts/on-kubernetes/other", service.Service{Command: []string{"/other.sh"}, Port: 8001, Build: &service.Build{Dockerfile: "Dockerfile"}}, false},
		{"a front end that the service serves", "node", "shop/admin", code(service.Service{Language: "node", Framework: "static", Port: 8080}), true},
		{"a front end with an image of its own", "dockerfile", "shop/admin", code(service.Service{Language: "node", Framework: "static", Port: 8080}), false},
		{"another deployment of the same program", "supervisor", "build", service.Service{Command: []string{"gunicorn", "shop"}, Port: 8000}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := resolve(t, says("python", shop), says(c.reader, scan.Finding{Dir: c.dir, Service: c.says}))
			if left := len(r.App.Services) == 1; left != c.left || !slices.Contains(r.App.Bases(), "shop") {
				t.Errorf("services %v", r.App.ServiceNames())
			}
		})
	}
}
