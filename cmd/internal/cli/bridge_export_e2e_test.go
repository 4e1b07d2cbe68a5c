//go:build e2e

package cli

import (
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// TestBridgeExport: a Service with an address of the load balancer, which the test gives it, and a file that follows.
func TestBridgeExport(t *testing.T) {
	c := newOnCluster(t, true)
	says := func(command string, code int, want ...string) {
		t.Helper()
		var out, errs strings.Builder
		got := Run(t.Context(), Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, append([]string{"bridge"}, strings.Fields(command+" --env staging")...))
		if got != code {
			t.Errorf("bridge %s: exit %d, want %d\n%s%s", command, got, code, out.String(), errs.String())
		}
		for _, text := range want {
			if !strings.Contains(out.String()+errs.String(), text) {
				t.Errorf("bridge %s lacks %q:\n%s%s", command, text, out.String(), errs.String())
			}
		}
	}
	says("export", exitFailed, "nothing outside of the cluster is led to a service of staging: migrate add route HOST makes a route, environments.staging.expose in migrate.yaml gives a fixed port")
	edit(t, "migrate.yaml", "smoke: none", "smoke: none, expose: {web: {balancer: true}}")
	c.must("generate")
	c.says("apply --tag v1", exitDone, "created    NetworkPolicy web-exposed")
	says("export", exitFailed, "web is reached from nowhere outside of cluster ")
	says("sync --once --format nginx --file shop.conf", exitFailed, "web is reached from nowhere outside of cluster ")
	if _, err := os.Stat("shop.conf"); err == nil {
		t.Error("half of it was written")
	}

	balancer := func(ip string) {
		t.Helper()
		_, err := c.clients.CoreV1().Services(c.namespace).Patch(t.Context(), "web", types.MergePatchType, []byte(`{"status": {"loadBalancer": {"ingress": [{"ip": "`+ip+`"}]}}}`), metav1.PatchOptions{}, "status")
		if err != nil {
			t.Fatal(err)
		}
	}
	balancer("192.0.2.9")
	says("export", exitDone, "web          http://192.0.2.9:80  load balancer of ")
	says("export --format env", exitDone, "\nWEB_URL=http://192.0.2.9:80\n")
	says("export -o json", exitDone, `"missing": []`, `"by": "load balancer"`, `"address": "192.0.2.9"`)
	says("sync --dry-run --format nginx --file shop.conf", exitOpen, "would write shop.conf\n")
	says("sync --once --format nginx --file shop.conf --reload true", exitDone, "write shop.conf\n")
	says("sync --dry-run --format nginx --file shop.conf", exitDone)
	first, err := os.ReadFile("shop.conf")
	if err != nil || !strings.Contains(string(first), "server 192.0.2.9:80 ") {
		t.Errorf("%v\n%s", err, first)
	}

	// A command that fails puts the file back.
	balancer("192.0.2.10")
	says("sync --once --format nginx --file shop.conf --reload false", exitFailed, `--reload "false": exit status 1; shop.conf is again what it was`)
	if again, err := os.ReadFile("shop.conf"); err != nil || string(again) != string(first) {
		t.Errorf("%v\n%s", err, again)
	}
	says("sync --once --format nginx --file shop.conf -o json", exitDone, `"action": "write"`)

	// What somebody else wrote is not written over.
	if err := os.WriteFile("hosts", []byte("127.0.0.1 localhost\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	says("sync --once --format hosts --file hosts", exitFailed, "hosts holds what migrate did not write for shop in staging, and stays: name a file of its own, and include that")

	for command, want := range map[string]string{
		"export --format hosst":                   `--format: "hosst" is none of hosts, env, nginx, haproxy, apache`,
		"export --node n1":                        `--node: "n1" is no IP address`,
		"sync":                                    "what is to be kept in step?",
		"sync --file x":                           "--file: in which --format? hosts, env,",
		"sync --consul 127.0.0.1:8500":            "--consul: want a URL such as http://127.0.0.1:8500",
		"sync --consul http://c:1 --reload x":     "--format and --reload belong to --file",
		"sync --consul http://c:1 --interval 1ms": "--interval must be 1s or more",
	} {
		says(command, exitUsage, want)
	}
}
