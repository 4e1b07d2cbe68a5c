package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// A service with a protocol of its own is asked for a connection everywhere, and for a page nowhere.
func TestServiceThatSpeaksNoHTTP(t *testing.T) {
	app := ordersApp()
	app.Services["queue"] = &service.Service{Dir: "queue", Language: "c", Command: []string{"queued"}, Port: 11300, Protocol: service.SpeaksTCP}
	if app.Front() != "web" {
		t.Errorf("front is %q", app.Front())
	}
	files := rendered(t, app)
	if policy := files["kube/base/network-policy.yaml"]; strings.Count(strings.ReplaceAll(policy, `"`, ""), "    - from: [{podSelector: {}}]   # no route leads to queue: the callers are in this namespace\n      ports: [{port: http}, {port: tcp}]\n") != 1 {
		t.Errorf("the callers in the namespace reach not both ports:\n%s", policy)
	}
	for file, wants := range map[string][]string{
		"kube/base/queue.yaml": {
			`ports: [{name: "tcp", containerPort: 11300}]`, "ports: [{name: tcp, port: 11300, targetPort: tcp}]", "startupProbe: {tcpSocket: {port: tcp}", "# it speaks no HTTP", "replicas: 1",
		},
		"kube/base/network-policy.yaml": {"ports: [{port: http}]"},
		"smoke/queue/queue.yaml":        {"tcp: open"},
	} {
		for _, want := range wants {
			if !strings.Contains(strings.ReplaceAll(files[file], `"`, ""), strings.ReplaceAll(want, `"`, "")) {
				t.Errorf("%s has no %s:\n%s", file, want, files[file])
			}
		}
		if file != "kube/base/network-policy.yaml" && strings.Contains(files[file], "GET") {
			t.Errorf("%s asks for a page:\n%s", file, files[file])
		}
	}
}

// The health endpoints of an administration are asked at its port by what is near, and not by those who see the service's alone.
func TestHealthAtAnotherPort(t *testing.T) {
	app := ordersApp()
	web := app.Services["web"]
	web.Health = &service.Health{Ready: "/ops/ready", Port: 9090}
	files := rendered(t, app)
	for file, want := range map[string]string{
		"kube/base/web.yaml": "httpGet: {path: /ops/ready, port: 9090}",
		"compose.yaml":       ":9090/ops/ready",
	} {
		if !strings.Contains(files[file], want) {
			t.Errorf("%s has no %s:\n%s", file, want, files[file])
		}
	}
	if file := "smoke/orders.yaml"; files[file] == "" || strings.Contains(files[file], "/ops") {
		t.Errorf("%s:\n%s", file, files[file])
	}
}
