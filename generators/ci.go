package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// ci gives the file of the CI system that the model names. It only calls make: what it does, a developer can do.
//
// The image is built once, on the default branch, and carries the commit's full id as its tag. Rehearsal environments
// take it at once, the nearest first; the others wait for a person. Secrets stay out: kube_deploy ships the image only.
func ci(app *service.App) ([]fileset.File, error) {
	system, ok := ciSystems[app.CI]
	if !ok {
		if app.CI == "" {
			return nil, nil
		}
		return nil, fmt.Errorf("ci: %q is none of github, gitlab, travis", app.CI)
	}
	text, err := execute(system.path, newCIValues(app))
	if err != nil {
		return nil, err
	}
	file := fileset.File{Path: system.path, Data: text}
	if system.beside != "" {
		file.Beside = &fileset.Beside{Path: system.beside, Adapt: func(_, ours []byte) ([]byte, []string, error) {
			return append([]byte("# "+system.path+" is yours and stays: take over from here what it lacks.\n"), ours...), nil, nil
		}}
	}
	return []fileset.File{file}, nil
}

// ciSystems says where each CI system looks for its file, and where ours goes when the team has one there. GitHub reads
// every file of its directory, so ours never meets theirs.
var ciSystems = map[string]struct{ path, beside string }{
	"github": {".github/workflows/migrate.yaml", ""},
	"gitlab": {".gitlab-ci.yml", ".gitlab-ci.migrate.yml"},
	"travis": {".travis.yml", ".travis.migrate.yml"},
}

type ciValues struct {
	Install      string // the command that puts migrate on the PATH
	Login        string // the command that logs in to the registry, with user and password from variables
	Stages       []string
	Environments []ciEnvironment
	Manual       []string // the environments that wait for a person
}

type ciEnvironment struct {
	Name       string
	Job        string // deploy-NAME, whatever the environment is called
	Manual     bool
	After      string // the job that has to be done before
	Deploy     string
	Smoke      string // "" where the host is not known: NoSmoke says why
	NoSmoke    string
	Kubeconfig string // the variable with the kubeconfig, where a CI system has none for an environment: KUBECONFIG_STAGING
}

func newCIValues(app *service.App) ciValues {
	v := ciValues{
		Install: "go install github.com/migrate-to-kubernetes/migrate/cmd/migrate@" + ciVersion(migrate.Version),
		Login:   strings.TrimSpace(`printf '%s' "$REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USER" --password-stdin ` + registryHost(app.Image)),
		Stages:  []string{"check", "build"},
	}
	last := "build"
	for _, name := range Stages(app) {
		e := ciEnvironment{
			Name: name, Job: "deploy-" + name, Manual: !isRehearsal(name), Deploy: "make kube_deploy ENV=" + name,
			Kubeconfig: "KUBECONFIG_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name)),
		}
		if e.Manual {
			v.Manual = append(v.Manual, name)
		} else {
			e.After, last = last, e.Job
		}
		switch hosts := environmentHosts(app, name); {
		case app.Front() == "":
			e.NoSmoke = "no smoke test: nothing serves HTTP"
		case len(hosts) == 0:
			e.NoSmoke = "no smoke test: environments." + name + ".hosts in migrate.yaml does not say what it is called"
		default:
			e.Smoke = "TARGET_URL=" + hosts[0] + " make smoke_test"
		}
		v.Environments = append(v.Environments, e)
		v.Stages = append(v.Stages, name)
	}
	return v
}

// Stages are the environments in the order in which a commit passes through them: those that rehearse, the one nearest to
// the developer first, then those that wait for a person.
func Stages(app *service.App) []string {
	var order []string
	for i := len(rehearsal) - 1; i >= 0; i-- {
		if _, ok := app.Environments[rehearsal[i]]; ok {
			order = append(order, rehearsal[i])
		}
	}
	for _, name := range app.EnvironmentNames() {
		if !isRehearsal(name) {
			order = append(order, name)
		}
	}
	return order
}

// ciVersion pins the toolkit in CI to the release that wrote the file; a build without a version has none to name.
func ciVersion(version string) string {
	if strings.HasPrefix(version, "v") {
		return version
	}
	return "latest"
}

// registryHost is the registry in an image's name, by Docker's own rule: the first part counts if it looks like a host.
// An empty host is Docker Hub.
func registryHost(image string) string {
	first, _, more := strings.Cut(image, "/")
	if more && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return first
	}
	return ""
}
