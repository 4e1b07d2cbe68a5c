package generators

import (
	"fmt"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// BenchmarkRender makes every file of a model: of one service in three environments, and of fifty in thirty.
func BenchmarkRender(b *testing.B) {
	for _, size := range []struct{ services, environments int }{{1, 3}, {50, 30}} {
		app := manyServices(size.services, size.environments)
		if err := app.Validate(); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%dx%d", size.services, size.environments), func(b *testing.B) {
			for b.Loop() {
				if _, err := Render(app); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func manyServices(services, environments int) *service.App {
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", CI: "github",
		Services: map[string]*service.Service{}, Environments: map[string]service.Environment{},
		Needs: map[string]service.Need{"db": {Kind: "postgres", Version: "12", Port: 5432}}}
	for i := range services {
		app.Services[fmt.Sprintf("s%d", i)] = &service.Service{Dir: fmt.Sprintf("s%d", i), Language: "python", Version: "3.12", Command: []string{"gunicorn", "shop.wsgi"},
			Port: 8000 + i, Needs: []string{"db"}, Secrets: []string{"SECRET_KEY"}, Env: map[string]string{"LEVEL": "info"}}
	}
	for i := range environments {
		app.Environments[fmt.Sprintf("e%d", i)] = service.Environment{Namespace: fmt.Sprintf("shop-e%d", i), Needs: map[string]service.Answer{"db": {Host: "db.corp.example"}}}
	}
	return app
}
