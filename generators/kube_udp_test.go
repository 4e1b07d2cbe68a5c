package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestPortsOfUDP(t *testing.T) {
	app := func(s service.Service) *service.App {
		s.Language, s.Command = "node", []string{"node", "stats.js"}
		return &service.App{Version: 1, Name: "stats", Image: "registry.example.com/stats", Services: map[string]*service.Service{"stats": &s},
			Environments: map[string]service.Environment{"staging": {Namespace: "stats"}}}
	}
	for name, tt := range map[string]struct {
		service service.Service
		want    map[string]string
		not     string
	}{
		"beside TCP": {service.Service{Port: 8126, Protocol: "tcp", UDP: []int{8125}}, map[string]string{
			"compose.yaml":                  `ports: ["127.0.0.1:8126:8126", "127.0.0.1:8125:8125/udp"]`,
			"kube/base/stats.yaml":          "ports: [{name: tcp, containerPort: 8126}, {name: udp-8125, containerPort: 8125, protocol: UDP}]",
			"kube/base/network-policy.yaml": "ports: [{protocol: UDP, port: 8125}]",
			"README.md":                     "| 8126, 8125/udp |",
		}, "{port: udp"},
		"alone": {service.Service{UDP: []int{514, 8125}}, map[string]string{
			"compose.yaml":         `ports: ["127.0.0.1:514:514/udp", "127.0.0.1:8125:8125/udp"]`,
			"kube/base/stats.yaml": "  ports:\n    - {name: udp-514, port: 514, targetPort: udp-514, protocol: UDP}\n    - {name: udp-8125, port: 8125, targetPort: udp-8125, protocol: UDP}\n",
		}, "Probe"},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := Render(app(tt.service))
			if err != nil {
				t.Fatal(err)
			}
			for path, want := range tt.want {
				if text := string(textOf(files, path)); !strings.Contains(text, want) {
					t.Errorf("%s lacks %s\n%s", path, want, text)
				}
			}
			if text := string(textOf(files, "kube/base/stats.yaml")); strings.Contains(text, tt.not) || tt.service.Port == 0 && !strings.Contains(text, "ip_unprivileged_port_start") {
				t.Errorf("%s", text)
			}
		})
	}
}
