package generators

import (
	"fmt"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// readme gives the section of the README that follows the model; the rest of the README is the team's. A README in a format
// that can't hide the marks stays as it is, and the section becomes a file beside it.
func readme(app *service.App) ([]fileset.File, error) {
	text, err := execute("README.md", newReadmeValues(app))
	if err != nil {
		return nil, err
	}
	return []fileset.File{{
		Path: "README.md",
		Data: append([]byte(strings.TrimRight(string(text), "\n")), '\n'),
		Section: &fileset.Section{
			Begin: service.SectionBegins,
			End:   service.SectionEnds,
			Names: []string{"readme.md", "Readme.md", "ReadMe.md", "README.MD", "README.markdown"},
		},
		Beside: &fileset.Beside{
			Path:  "README.migrate.md",
			Names: []string{"README.rst", "README.adoc", "README.asciidoc", "README.org", "README.rdoc", "README.textile", "README.txt", "README", "readme.rst", "readme.txt", "readme"},
		},
	}}, nil
}

// readmeValues is what the section places: text, and finished tables and blocks of Markdown, empty where there is nothing.
type readmeValues struct {
	Name, Owner                       string
	Services, Environments, Needs     string
	Run, Deploy, Undo, Check          string
	Reaches, Picture                  string
	Configuration, SecretPaths, State string
	Files                             string
	OldChecks, Operations             string
}

func newReadmeValues(app *service.App) readmeValues {
	v := readmeValues{
		Name: markdownText(app.Name), Owner: markdownText(app.Owner),
		Services: readmeServices(app), Environments: readmeEnvironments(app), Needs: readmeNeeds(app),
		Run: readmeRun(app), Deploy: readmeDeploy(app), Reaches: readmeReaches(app), Picture: readmePicture(app), Undo: readmeUndo(app), Check: readmeCheck(app),
		Configuration: readmeConfiguration(app), Files: readmeFiles(app), State: readmeState(app), OldChecks: readmeOldChecks(app), Operations: readmeOperations(app),
	}
	if usesSecrets(app) {
		v.SecretPaths = readmeSecretPaths(app)
	}
	return v
}

func usesSecrets(app *service.App) bool {
	for _, s := range app.Services {
		if len(s.Secrets) > 0 {
			return true
		}
	}
	return false
}

func readmeRun(app *service.App) string {
	where := ""
	if name := app.Front(); name != "" {
		where = localAddress(*app.Services[name], app.Services[name].Port)
	}
	return markdownCommands([][2]string{{"make run_local", where}, {"make logs", ""}, {"make stop_local", ""}})
}

func readmeDeploy(app *service.App) string {
	env := defaultEnvironment(app)
	return markdownCommands([][2]string{
		{"make docker_push", ""},
		{"ENV=" + env + " make kube_create_config", "look at build/kube/" + env + ".yaml; it holds no secret value"},
		{"ENV=" + env + " make kube_apply", "everything, secrets included"},
		{"ENV=" + env + " make kube_deploy", "only a new image: what CI does"},
		{"ENV=" + env + " make kube_status", ""},
	})
}

func readmeCheck(app *service.App) string {
	var lines [][2]string
	if app.Front() != "" {
		lines = append(lines, [2]string{"make smoke_test", "what run_local started"})
		for _, env := range Stages(app) {
			if hosts := environmentHosts(app, env); len(hosts) > 0 {
				lines = append(lines, [2]string{"TARGET_URL=" + hosts[0] + " make smoke_test", env})
			}
		}
		lines = append(lines, [2]string{"make perf_test", "put load on it"})
	}
	if usesSecrets(app) {
		lines = append(lines, [2]string{"ENV=" + defaultEnvironment(app) + " make secrets_check", "is every secret in gopass?"})
	}
	return markdownCommands(append(lines, [2]string{"make migrate_check", "do the files still follow migrate.yaml?"}))
}

// readmeReaches says where else the pods may call.
func readmeReaches(app *service.App) string {
	if internetRule(app) == nil {
		return ""
	}
	reaches := strings.TrimPrefix(strings.TrimPrefix(policyOut(app), "DNS, "), "DNS and ")
	return "The pods reach " + reaches + ", nothing else. Narrow\nit under `egress` in `kube/base/network-policy.yaml`: a later run keeps your edit."
}

// readmeUndo is for the hour in which nothing else works. An older ReplicaSet names the configuration of its time, so that
// comes back with it.
func readmeUndo(app *service.App) string {
	env := defaultEnvironment(app)
	e := app.Environments[env]
	if e.Context == "" || !makeName.MatchString(e.Context) {
		return "" // without a context the command would go wherever kubectl points
	}
	var lines [][2]string
	for _, name := range app.ServiceNames() {
		if s := app.Services[name]; s.Schedule == "" && !s.Release {
			lines = append(lines, [2]string{"kubectl --context " + e.Context + " --namespace " + e.Namespace + " rollout undo deployment/" + name, ""})
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return markdownCommands(lines)
}

func readmeServices(app *service.App) string {
	t := markdownTable{{"service", "runs", "when", "port"}}
	for _, name := range app.ServiceNames() {
		s := app.Services[name]
		runs, when := "what its image says", "always"
		if len(s.Command) > 0 {
			runs = markdownCode(shellWords(s.Command))
		}
		switch {
		case s.Release:
			when = "to its end, before each rollout"
		case s.Schedule != "":
			when = strings.TrimSpace(markdownCode(s.Schedule) + " " + markdownText(s.TimeZone))
		}
		t = append(t, []string{markdownText(name), runs, when, saidPorts(*s)})
	}
	return t.String()
}

// shellWords shows a command as a person would type it.
func shellWords(command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		if words[i] = w; !shellPlain.MatchString(w) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

func readmeEnvironments(app *service.App) string {
	if len(app.Environments) == 0 {
		return ""
	}
	t := markdownTable{{"environment", "namespace", "context", "reached at"}}
	for _, name := range app.EnvironmentNames() {
		e := app.Environments[name]
		t = append(t, []string{markdownText(name), markdownText(e.Namespace), markdownText(e.Context), markdownText(strings.Join(slices.Concat(environmentHosts(app, name), saidExposures(app, name)), ", "))})
	}
	return t.String()
}

// readmeNeeds has a row for each need and a column for each environment.
func readmeNeeds(app *service.App) string {
	if len(app.Needs) == 0 {
		return ""
	}
	t := markdownTable{append([]string{"name", "what it is"}, app.EnvironmentNames()...)}
	for _, name := range app.NeedNames() {
		n := app.Needs[name]
		what := strings.TrimSpace(n.Kind + " " + n.Version)
		if n.TLS {
			what += ", TLS"
		}
		if len(n.Extensions) > 0 {
			what += " with the extensions " + strings.Join(n.Extensions, ", ")
		}
		address := name
		if n.Port != 0 {
			address = fmt.Sprintf("%s:%d", name, n.Port)
		}
		row := []string{markdownCode(address), markdownText(what)}
		for _, env := range app.EnvironmentNames() {
			row = append(row, readmeAnswer(app.Environments[env].Needs, name))
		}
		t = append(t, row)
	}
	return t.String()
}

func readmeAnswer(answers map[string]service.Answer, need string) string {
	a := answers[need]
	text := ""
	switch {
	case a.Inside:
		return "a workload of its own"
	case a.Host != "" && !service.IsPlaceholder(a.Host):
		text = a.Host
	case len(a.Addresses) > 0:
		text = strings.Join(a.Addresses, ", ")
	default:
		return "nothing yet"
	}
	if a.Port != 0 {
		text += fmt.Sprintf(", port %d", a.Port)
	}
	return markdownText(text)
}

func readmeState(app *service.App) string {
	var b strings.Builder
	for _, name := range app.ServiceNames() {
		for _, dir := range app.Services[name].State {
			fmt.Fprintf(&b, "- %s (%s)\n", markdownCode(dir), markdownText(name))
		}
	}
	return b.String()
}
