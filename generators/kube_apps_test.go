package generators

import "github.com/migrate-to-kubernetes/migrate/service"

// The applications of the Kubernetes tests: one like the hand-written tree, and three that ask for what it doesn't.

func ordersApp() *service.App {
	return &service.App{
		Version: 1, Name: "orders", Owner: "squad-checkout", Image: "registry.example.com/orders",
		Services: map[string]*service.Service{
			"web": {
				Dir: ".", Language: "python", Version: "3.8", Framework: "flask",
				Command: []string{"gunicorn", "--bind", "0.0.0.0:8000", "orders:create_app()"}, Port: 8000,
				Routes:  []service.Route{{Host: "orders.example.com", Path: "/"}},
				Health:  &service.Health{Live: "/health/live", Ready: "/health/ready"},
				Env:     map[string]string{"LOG_LEVEL": "info"},
				Secrets: []string{"DATABASE_URL", "SECRET_KEY"}, Needs: []string{"db", "cache", "erp"},
			},
			"worker":           {From: "web", Command: []string{"celery", "-A", "orders.tasks", "worker"}, Env: map[string]string{"CONCURRENCY": "4"}},
			"nightly-invoices": {From: "web", Command: []string{"flask", "invoices"}, Schedule: "30 2 * * *", TimeZone: "Europe/Warsaw"},
			"migrate":          {From: "web", Command: []string{"flask", "db", "upgrade"}, Release: true},
		},
		Needs: map[string]service.Need{
			"db":    {Kind: "postgres", Version: "12", Port: 5432, User: "orders", Database: "orders"},
			"cache": {Kind: "redis", Port: 6379},
			"erp":   {Kind: "http", Port: 8443, TLS: true},
		},
		Environments: map[string]service.Environment{
			"staging": {
				Namespace: "orders-staging", Context: "staging",
				Hosts: map[string]string{"orders.example.com": "orders.staging.example.com"},
				Env:   map[string]string{"LOG_LEVEL": "debug", "CONCURRENCY": "1"},
				Needs: map[string]service.Answer{"db": {Host: "db.staging.corp.example"}, "cache": {Inside: true}, "erp": {Host: "erp-test.corp.example"}},
			},
			"production": {
				Namespace: "orders", Context: "production", Replicas: map[string]int{"web": 3, "worker": 2, "migrate": 2},
				Needs: map[string]service.Answer{
					"db": {Host: "db1.corp.example"}, "cache": {Addresses: []string{"10.20.0.7"}}, "erp": {Host: "erp.corp.example"},
				},
			},
		},
	}
}

// gatewayApp is a Go service that can't be changed, with a need known by address only.
func gatewayApp() *service.App {
	return &service.App{
		Version: 1, Name: "tracker", Image: "registry.example.com/fleet/tracker",
		Services: map[string]*service.Service{
			"tracker": {
				Dir: ".", Language: "go", Command: []string{"/tracker", "-listen", ":80"}, Port: 80, Sidecar: true,
				Routes: []service.Route{
					{Host: "Tracker.example.com", Path: "/v2"}, {Host: "tracker.example.com", Path: "v1"},
					{Host: "t.example.com", Path: "/v1"}, {Host: "t.example.com", Path: "/v2"}, {Host: "*.old.example.com"}, {Path: "/tracker"},
				},
				Needs: []string{"billing", "metrics", "legacy"},
			},
		},
		Needs: map[string]service.Need{
			"billing": {Kind: "http", TLS: true},
			"legacy":  {Kind: "x25-box!"},
			"metrics": {Kind: "statsd"},
		},
		Environments: map[string]service.Environment{
			"production": {
				Namespace: "fleet", Env: map[string]string{"REGION": "eu"},
				Needs: map[string]service.Answer{
					"billing": {Addresses: []string{"10.2.3.4", "fd00::7", "10.2.3.5", "10.2.3.4"}, Port: 8443},
					"metrics": {Addresses: []string{"10.2.3.9"}},
				},
			},
		},
	}
}

// warApp is a Java WAR on Tomcat that keeps files on its disk.
func warApp() *service.App {
	return &service.App{
		Version: 1, Name: "invoice", Owner: "squad-billing", Image: "invoice", Gateway: &service.Gateway{Ingress: "nginx"},
		Services: map[string]*service.Service{
			"invoice": {
				Dir: ".", Language: "java", Version: "8", Framework: "tomcat", Port: 8080,
				Build:   &service.Build{Tool: "maven", Artifact: "target/invoice.war"},
				Routes:  []service.Route{{Host: "invoice.example.com", Path: "/invoice"}, {Host: "old.example.com"}, {Host: "invoice.example.com", Path: "/static"}},
				Env:     map[string]string{"JDBC_URL": "jdbc:mysql://db:3306/invoice?useSSL=false", "QUOTED": `"yes"`, "TEXT": "a\nb: {c}\n"},
				Secrets: []string{"DB_PASSWORD"}, Needs: []string{"db", "queue", "search"},
				State: []string{"/var/lib/invoice", "uploads", "data/uploads/", "/tmp", "."},
			},
		},
		Needs: map[string]service.Need{
			"db":     {Kind: "mysql", Version: "5.7", Port: 3307, User: "invoice", Database: "invoice"},
			"queue":  {Kind: "rabbitmq"},
			"search": {Kind: "elasticsearch"},
		},
		Environments: map[string]service.Environment{
			"test": {
				Namespace: "invoice-test", Hosts: map[string]string{"old.example.com": "old.test.example.com"},
				Needs: map[string]service.Answer{"db": {Inside: true}, "queue": {Inside: true}, "search": {Inside: true}},
			},
		},
	}
}

// twoBasesApp has two images, one of which calls the other.
func twoBasesApp() *service.App {
	return &service.App{
		Version: 1, Name: "shop", Image: "registry.example.com/shop", Gateway: &service.Gateway{Name: "edge", Namespace: "edge"},
		Services: map[string]*service.Service{
			"web": {
				Dir: "web", Language: "node", Port: 3000, Routes: []service.Route{{Host: "shop.example.com"}},
				Env: map[string]string{"API_URL": "http://api:5000", "LOG_LEVEL": "info"}, Secrets: []string{"SESSION_SECRET"}, Needs: []string{"api", "db"},
			},
			"api": {
				Dir: "api", Language: "python", Port: 5000, Secrets: []string{"MONGO_PASSWORD"}, Needs: []string{"db", "mail", "cache", "files"},
				Health: &service.Health{Live: "healthz"}, Build: &service.Build{Dockerfile: "Dockerfile"},
			},
			"beat":           {From: "api", Command: []string{"celery", "-A", "api", "beat"}},
			"network-policy": {From: "api", Command: []string{"python", "policy.py"}, Schedule: "@hourly"},
		},
		Needs: map[string]service.Need{
			"api":   {Kind: "http", Port: 5000},
			"cache": {Kind: "memcached"},
			"db":    {Kind: "mongodb", Database: "shop"},
			"files": {Kind: "nats"},
			"mail":  {Kind: "smtp"},
		},
		Environments: map[string]service.Environment{
			"dev": {
				Namespace: "shop-dev", Env: map[string]string{"LOG_LEVEL": "debug", "EXTRA": "1"}, Replicas: map[string]int{"web": 1},
				Needs: map[string]service.Answer{"db": {Inside: true}, "mail": {Inside: true}, "cache": {Inside: true}, "files": {Inside: true}},
			},
			"live": {Namespace: "shop"},
		},
	}
}

func kubeApps() map[string]*service.App {
	return map[string]*service.App{"orders": ordersApp(), "tracker": gatewayApp(), "invoice": warApp(), "shop": twoBasesApp()}
}
