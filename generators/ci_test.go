package generators

import (
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func ciText(t *testing.T, app *service.App, system string) (path, text string) {
	t.Helper()
	app.CI = system
	files, err := ci(app)
	text = only(t, files, err)
	return files[0].Path, text
}

// steps lists every command of a CI file, in order, whatever the system calls it.
func steps(t *testing.T, text string) []string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var all []string
	var walk func(n *yaml.Node, command bool)
	walk = func(n *yaml.Node, command bool) {
		switch n.Kind {
		case yaml.ScalarNode:
			if command {
				all = append(all, n.Value)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				switch n.Content[i].Value {
				case "run", "script", "before_script", "install":
					walk(n.Content[i+1], true)
				default:
					walk(n.Content[i+1], false)
				}
			}
		default:
			for _, c := range n.Content {
				walk(c, command)
			}
		}
	}
	walk(&doc, false)
	return all
}

// What CI does, a developer can do: besides make there is only what gives CI its tool and its credentials.
var ciCommand = regexp.MustCompile(`^(make [a-z_]+( ENV=[a-z-]+)?|TARGET_URL=[a-z.]+ make smoke_test|go install github.com/migrate-to-kubernetes/migrate/cmd/migrate@\S+|` +
	`apk add --no-cache make|printf '%s' "\$REGISTRY_PASSWORD" \| docker login .*--password-stdin registry.example.com|.*printf '%s' "\$(TEXT|KUBECONFIG_[A-Z]+)" .*> "\$(RUNNER_TEMP/kubeconfig|HOME/.kube/config)".*)$`)

func TestCIOnlyCallsMake(t *testing.T) {
	targets := makefileText(t, orders())
	for _, system := range []string{"github", "gitlab", "travis"} {
		_, text := ciText(t, orders(), system)
		var made []string
		for _, s := range steps(t, text) {
			if !ciCommand.MatchString(s) {
				t.Errorf("%s: logic in CI: %s", system, s)
			}
			if i := strings.Index(s, "make "); i >= 0 && !strings.HasPrefix(s, "apk") {
				made = append(made, s)
				if target := strings.Fields(s[i:])[1]; !strings.Contains(targets, "\n"+target+":") {
					t.Errorf("%s: the Makefile has no %s", system, target)
				}
			}
		}
		want := "make migrate_check;make docker_push;make kube_deploy ENV=staging;TARGET_URL=orders.staging.example.com make smoke_test;" +
			"make kube_deploy ENV=production;TARGET_URL=orders.example.com make smoke_test"
		if got := strings.Join(made, ";"); got != want {
			t.Errorf("%s: %s", system, got)
		}
		if strings.Contains(text, "gopass") || strings.Contains(text, "DATABASE_URL") {
			t.Errorf("%s: a secret of the service's in\n%s", system, text)
		}
	}
}

// Nothing but a rehearsal is ever deployed without a person.
func TestCIAsksBeforeProduction(t *testing.T) {
	app := orders()
	for _, name := range []string{"dev", "customer-a"} {
		app.Environments[name] = service.Environment{Namespace: name}
	}
	for system, gate := range map[string]string{"github": "workflow_dispatch", "gitlab": "when: manual", "travis": "tag =~ ^"} {
		_, text := ciText(t, app, system)
		jobs := map[string]string{}
		for _, env := range app.EnvironmentNames() {
			at := strings.Index(text, "ENV="+env)
			from := strings.LastIndex(text[:at], map[string]string{"github": "\n  deploy-", "gitlab": "\ndeploy-", "travis": "- stage:"}[system])
			to := at
			if system == "gitlab" {
				if to = strings.Index(text[at:], "\ndeploy-"); to < 0 {
					to = len(text)
				} else {
					to += at
				}
			}
			jobs[env] = text[from:to]
		}
		for env, want := range map[string]bool{"dev": false, "staging": false, "production": true, "customer-a": true} {
			if strings.Contains(jobs[env], gate) != want {
				t.Errorf("%s: %s\n%s", system, env, jobs[env])
			}
		}
	}
	_, text := ciText(t, app, "github")
	if !strings.Contains(text, "needs: deploy-dev") || !strings.Contains(text, "options: [customer-a, production]") {
		t.Errorf("got\n%s", text)
	}
	if !strings.Contains(text, "# no smoke test: environments.dev.hosts in migrate.yaml does not say what it is called") {
		t.Errorf("got\n%s", text)
	}
}

func TestCIWithoutEnvironments(t *testing.T) {
	for _, system := range []string{"github", "gitlab", "travis"} {
		app := orders()
		app.Environments = nil
		_, text := ciText(t, app, system)
		if got := len(steps(t, text)); strings.Contains(text, "deploy-") || got == 0 {
			t.Errorf("%s\n%s", system, text)
		}
	}
}

func TestCIFiles(t *testing.T) {
	for system, want := range map[string]string{"github": ".github/workflows/migrate.yaml", "gitlab": ".gitlab-ci.yml", "travis": ".travis.yml"} {
		if path, _ := ciText(t, orders(), system); path != want {
			t.Errorf("%s: %s", system, path)
		}
	}
	if files, err := ci(orders()); err != nil || files != nil {
		t.Errorf("none asked for: %v %v", files, err)
	}
	app := orders()
	app.CI = "jenkins"
	if _, err := ci(app); err == nil {
		t.Error("jenkins: no error")
	}
	app.CI = "gitlab"
	files, _ := ci(app)
	if ours, _, _ := files[0].Beside.Adapt(nil, files[0].Data); !strings.HasPrefix(string(ours), "# .gitlab-ci.yml is yours") {
		t.Errorf("got %s", ours)
	}
}

func TestRegistryHost(t *testing.T) {
	for image, want := range map[string]string{
		"registry.example.com/shop": "registry.example.com", "localhost/shop": "localhost", "host:5000/a/b": "host:5000",
		"shop": "", "team/shop": "", "eu.gcr.io/p/s": "eu.gcr.io",
	} {
		if got := registryHost(image); got != want {
			t.Errorf("%s: %q", image, got)
		}
	}
}

func TestCIVersion(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "v1.2.3", "dev": "latest", "": "latest"} {
		if got := ciVersion(version); got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
}
