package generators

import (
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func checkedApp() *service.App {
	app := ordersApp()
	app.Owner = "squad-checkout"
	app.Checks = map[string]service.Check{
		"orders-list": {Was: `nagios "Orders list"`, Smoke: &service.SmokeCheck{Request: "GET /orders?limit=1", Status: []string{"200", "3xx"}, Contains: "a: b # \"c\"", Within: "800ms"}},
		"cert":        {Was: `nagios "Cert"`, Smoke: &service.SmokeCheck{TLS: "days_left > 14", Only: []string{"https"}}},
		"worker-port": {Was: "monit worker", Service: "worker", Smoke: &service.SmokeCheck{TCP: ":5555"}},
		"queue":       {Was: `nagios "Queue"`, Alert: &service.Alert{Expr: `rabbitmq_queue_messages{queue="orders"} > 100`, For: "10m", Severity: "critical", Summary: "orders: wait"}},
		"orders-age":  {Was: "nrpe check_orders_age", Script: []string{"check_orders_age", "-w", "5", "--name", "it's"}},
		"load":        {Was: "nrpe check_load", None: "the nodes are the cluster's to watch | always"},
		"alive":       {Was: "monit pid", Probe: "a container that ends is started again"},
	}
	return app
}

// TestEveryOldCheckIsSomewhere: whatever the old monitoring checked is in the README's table with the place where it is now.
func TestEveryOldCheckIsSomewhere(t *testing.T) {
	app := checkedApp()
	if err := app.Validate(); err != nil {
		t.Fatal(err)
	}
	files, err := Render(app)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range files {
		text[f.Path] = string(f.Data)
	}
	for was, where := range map[string]string{
		`nagios "Orders list"`: "`smoke/orders.yaml`, orders list", `nagios "Cert"`: "`smoke/orders.yaml`, cert", "monit worker": "`smoke/orders.yaml`, worker port",
		`nagios "Queue"`: "`checks/alerts.yaml`, OrdersQueue", "nrpe check_orders_age": "`checks/orders-age.sh`",
		"nrpe check_load": `nowhere: the nodes are the cluster's to watch \| always`, "monit pid": "Kubernetes: a container that ends is started again",
	} {
		found := false
		for _, line := range strings.Split(text["README.md"], "\n") {
			if cells := strings.Split(strings.ReplaceAll(line, `\_`, "_"), " | "); strings.Contains(cells[0], was) && strings.Contains(line, "|") {
				found = found || strings.Contains(strings.ReplaceAll(line, `\_`, "_"), where)
			}
		}
		if !found {
			t.Errorf("%s is not said to be in %s:\n%s", was, where, text["README.md"])
		}
	}
	smokeFiles(t, app) // which loads them
	var suite struct{ Checks []any }
	if err := yaml.Unmarshal([]byte(text["smoke/orders.yaml"]), &suite); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "orders list", "request": "GET /orders?limit=1", "from": `nagios "Orders list"`,
		"expect": map[string]any{"status": []any{200, "3xx"}, "within": "800ms", "body": map[string]any{"contains": "a: b # \"c\""}}}
	found := false
	for _, c := range suite.Checks {
		found = found || reflect.DeepEqual(c, want)
	}
	if !found {
		t.Errorf("the list of orders is checked by nothing in\n%s", text["smoke/orders.yaml"])
	}
}

func TestAlertRules(t *testing.T) {
	files, err := oldChecks(checkedApp())
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	for _, f := range files {
		if f.Path == alertsPath {
			if err := yaml.Unmarshal(f.Data, &rules); err != nil {
				t.Fatalf("%v\n%s", err, f.Data)
			}
		}
	}
	if len(rules.Groups) != 1 || len(rules.Groups[0].Rules) != 1 {
		t.Fatalf("%+v", rules)
	}
	rule := rules.Groups[0].Rules[0]
	if rule.Alert != "OrdersQueue" || rule.Expr != `rabbitmq_queue_messages{queue="orders"} > 100` || rule.For != "10m" {
		t.Errorf("%+v", rule)
	}
	if want := map[string]string{"app": "orders", "owner": "squad-checkout", "severity": "critical"}; !reflect.DeepEqual(rule.Labels, want) {
		t.Errorf("labels %v, want %v", rule.Labels, want)
	}
	if want := map[string]string{"was": `nagios "Queue"`, "summary": "orders: wait"}; !reflect.DeepEqual(rule.Annotations, want) {
		t.Errorf("annotations %v, want %v", rule.Annotations, want)
	}
}

func TestScriptOfAPlugin(t *testing.T) {
	files, err := oldChecks(checkedApp())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Path != "checks/orders-age.sh" {
			continue
		}
		script := strings.Replace(string(f.Data), "exec check_orders_age", "printf '%s,'", 1)
		out, err := exec.Command("sh", "-c", script, "sh", "-v").CombinedOutput()
		if err != nil || string(out) != "-w,5,--name,it's,-v," || !f.Executable {
			t.Errorf("%s %v\n%s", out, err, f.Data)
		}
		return
	}
	t.Error("no script")
}

func TestChecksWithoutAServiceThatServes(t *testing.T) {
	app := &service.App{Name: "a", Services: map[string]*service.Service{"worker": {Command: []string{"run"}}},
		Checks: map[string]service.Check{"port": {Was: "nagios port", Smoke: &service.SmokeCheck{TCP: ":80"}}}}
	if s := smokeFiles(t, app); len(s["smoke/a.yaml"].Checks) != 1 {
		t.Errorf("%+v", s)
	}
}

// A plugin that lies in the repository is called there, from wherever its script is called.
func TestScriptOfAPluginInTheRepository(t *testing.T) {
	app := ordersApp()
	app.Checks = map[string]service.Check{"backlog": {Was: "x", Script: []string{"ops/my plugins/check", "-w", "5 0"}}, "other": {Was: "y", Script: []string{"/usr/lib/check_x", "-C${CHECK_SNMP_COMMUNITY}", "${CHECK_PW} $HOME", ""}}}
	files, err := oldChecks(app)
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for i, want := range []string{`exec "$(dirname "$0")"/../'ops/my plugins/check' -w '5 0' "$@"`, `exec /usr/lib/check_x -C"${CHECK_SNMP_COMMUNITY}" "${CHECK_PW}"' $HOME' '' "$@"`} {
		if !strings.Contains(string(files[i].Data), "\n"+want+"\n") {
			t.Errorf("no line %s in\n%s", want, files[i].Data)
		}
	}
}
