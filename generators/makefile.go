package generators

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// makefile gives the Makefile. Where the team has one, the targets go to migrate.mk, without those that theirs has.
func makefile(app *service.App) ([]fileset.File, error) {
	data, err := makefileValues(app)
	if err != nil {
		return nil, err
	}
	text, err := executeText("Makefile.tmpl", migrate.Makefile, data)
	if err != nil {
		return nil, err
	}
	return []fileset.File{{Path: "Makefile", Data: text, Beside: &fileset.Beside{
		Path:  "migrate.mk",
		Line:  "-include migrate.mk",
		Names: []string{"GNUmakefile", "makefile"},
		Adapt: makefileBeside,
	}}}, nil
}

// makeValues is what Makefile.tmpl places: every value is escaped for where it stands.
type makeValues struct {
	Env, Envs  string // the default environment, and all of them: production|staging
	Image      string
	Images     []makeImage
	Several    bool
	What       string
	TargetURL  string // host:port, or "" where nothing serves HTTP
	ExampleURL string
	Secrets    bool // run_local can be given those of an environment
}

type makeImage struct {
	Suffix  string // what the image's name has after $(IMAGE)
	Context string // arguments of docker build: the Dockerfile where it has another name, and the directory
}

func makefileValues(app *service.App) (makeValues, error) {
	v := makeValues{Env: defaultEnvironment(app), Envs: strings.Join(app.EnvironmentNames(), "|"), Image: app.Image, What: "the service", ExampleURL: "https://host"}
	for _, plain := range append(app.EnvironmentNames(), app.Bases()...) {
		if !makeName.MatchString(plain) {
			return v, fmt.Errorf("%q can't be a name in a Makefile: use lower-case letters, digits and hyphens", plain)
		}
	}
	if !makeName.MatchString(app.Image) {
		return v, fmt.Errorf("image: %q can't be the name of an image", app.Image)
	}
	bases := app.Bases()
	if v.Several = len(bases) > 1; v.Several {
		v.What = "the services"
	}
	for _, name := range bases {
		context, err := makeContext(app.Services[name])
		if err != nil {
			return v, fmt.Errorf("services.%s: %w", name, err)
		}
		v.Images = append(v.Images, makeImage{strings.TrimPrefix(app.ImageName(name), app.Image), context})
	}
	if name := app.Front(); name != "" {
		v.TargetURL = fmt.Sprintf("127.0.0.1:%d", app.Services[name].Port)
	}
	secrets, err := composeSecretsFiles(app)
	if err != nil {
		return v, err
	}
	v.Secrets = len(secrets) > 0
	if hosts := environmentHosts(app, v.Env); len(hosts) > 0 {
		v.ExampleURL = hosts[0]
	}
	return v, nil
}

// makeName is what stands for itself in a make variable, in a target's comment and between double quotes of the shell.
var makeName = pattern.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./:@-]*$`)

// makeContext is the end of a docker build line.
func makeContext(s *service.Service) (string, error) {
	dir, build := buildContext(*s), buildOf(*s)
	var words []string
	if name := path.Join(s.Dir, dockerfileName(*s)); name != path.Join(dir, "Dockerfile") {
		words = append(words, "--file", name)
	}
	if build.Target != "" {
		words = append(words, "--target", build.Target)
	}
	for _, name := range slices.Sorted(maps.Keys(build.Args)) {
		words = append(words, "--build-arg", name+"="+build.Args[name])
	}
	words = append(words, dir)
	for i, word := range words {
		if i%2 == 0 && i < len(words)-1 {
			continue // a flag
		}
		quoted, err := makePath(word)
		if err != nil {
			return "", err
		}
		words[i] = quoted
	}
	return strings.Join(words, " "), nil
}

var shellPlain = pattern.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// makePath quotes a path for the shell inside a recipe, and keeps it from looking like a flag.
func makePath(s string) (string, error) {
	if strings.ContainsAny(s, "\n\r\x00") {
		return "", fmt.Errorf("%q has a line break, which a Makefile can't hold: rename it", s)
	}
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	if !shellPlain.MatchString(s) {
		s = "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return strings.ReplaceAll(s, "$", "$$"), nil
}

// rehearsal lists the names of environments into which a commit may go without a person deciding, nearest first.
// Production has many names, and so have customers: what is not listed waits for a person.
var rehearsal = []string{"staging", "stage", "test", "testing", "qa", "integration", "dev", "development"}

func isRehearsal(environment string) bool {
	for _, name := range rehearsal {
		if environment == name {
			return true
		}
	}
	return false
}

// defaultEnvironment is where a command goes that names none: never production where there is another.
func defaultEnvironment(app *service.App) string {
	for _, name := range rehearsal {
		if _, ok := app.Environments[name]; ok {
			return name
		}
	}
	if names := app.EnvironmentNames(); len(names) > 0 {
		return names[0]
	}
	return "staging"
}

// hostHere is what the host of a route is called in an environment, "" where that is not known: one that is not mapped there
// belongs to the environments that are not rehearsals.
func hostHere(app *service.App, environment, host string) string {
	here, said := app.HostIn(environment, host)
	if !said && isRehearsal(environment) {
		return ""
	}
	return here
}

// environmentHosts lists the host names by which the services are reached in an environment, those of the first services first.
func environmentHosts(app *service.App, environment string) []string {
	var hosts []string
	seen := map[string]bool{}
	for _, name := range app.ServiceNames() {
		for _, r := range app.Services[name].Routes {
			host := hostHere(app, environment, r.Host)
			if makeName.MatchString(host) && !seen[host] && !service.IsPlaceholder(host) { // nor *.example.com, which nobody can call
				seen[host] = true
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}
