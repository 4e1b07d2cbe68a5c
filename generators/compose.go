package generators

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// composeFiles renders what `make run_local` starts: every service with its further processes, and a container for each
// need that has one, under the name that the services call in every environment.
func composeFiles(app *service.App) ([]fileset.File, error) {
	if len(app.Services) == 0 {
		return nil, nil
	}
	c := composer{app: app, backends: backendsOf(app), shared: map[string][]pair{}, ports: localPorts(app)}
	uncalled := c.dropUncalled()
	file := composeFile{Name: scalar(app.Name), Files: map[string]composeContent{}}
	volumes := map[string]bool{}
	for _, base := range app.Bases() {
		for _, name := range c.group(base) {
			s := c.service(name)
			fronts := c.fronts(name, &s)
			file.Services = append(append(file.Services, s), fronts...)
		}
	}
	for _, s := range file.Services {
		for _, v := range s.Volumes {
			volumes[v[:strings.Index(v, ":")]] = true
		}
		for _, f := range s.Configs {
			file.Files[f.Source] = f.from
			file.Secret = file.Secret || f.from.Content != ""
		}
	}
	var blocks []*block
	for _, s := range file.Services {
		blocks = append(blocks, s.Environment, s.Depends)
	}
	dropLoneAnchors(blocks)
	for _, b := range c.backends {
		n := composeNeedOf(b)
		if len(n.Volumes) > 0 {
			volumes[b.Name] = true
		}
		file.Needs = append(file.Needs, n)
	}
	file.Absent = append(absentNeeds(app), uncalled...)
	for v := range volumes {
		file.Volumes = append(file.Volumes, v)
	}
	sort.Strings(file.Volumes)
	data, err := execute("compose.yaml", file)
	if err != nil {
		return nil, err
	}
	return []fileset.File{{Path: "compose.yaml", Data: data}}, nil
}

type composer struct {
	app      *service.App
	backends []backend
	shared   map[string][]pair // by anchor
	ports    map[string]int    // of each service on the developer's machine
}

// absentNeeds says in lines of a comment which needs nothing answers here.
func absentNeeds(app *service.App) []string {
	names := map[string][]string{}
	for _, name := range app.NeedNames() {
		if kind := app.Needs[name].Kind; app.Services[name] == nil && containerKind(kind) == "" {
			names[kind] = append(names[kind], comment(name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(names)) {
		kinds = append(kinds, fmt.Sprintf("%s (%s)", strings.Join(names[kind], ", "), comment(kind)))
	}
	return wrapped("Nothing answers here for " + strings.Join(kinds, ", ") + ": calls fail. A stand-in goes into compose.override.yaml, under the same name.")
}

// maxComment is how long a line of a comment gets.
const maxComment = 120

// wrapped breaks a text into lines at its spaces.
func wrapped(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > maxComment {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// localAddress is where a service answers on the developer's machine, as a browser takes it where that can ask.
func localAddress(s service.Service, port int) string {
	if s.HTTP() {
		return fmt.Sprintf("http://127.0.0.1:%d", port)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// localPorts says at which port of the developer's machine each service answers: at its own for the one that TARGET_URL in
// the Makefile means, and for the first of several; at the next free one otherwise.
func localPorts(app *service.App) map[string]int {
	taken := map[int]string{}
	if name := app.Front(); name != "" {
		taken[app.Services[name].Port] = name
	}
	for _, name := range app.ServiceNames() {
		if port := app.Services[name].Port; port != 0 && taken[port] == "" {
			taken[port] = name
		}
	}
	ports := map[string]int{}
	c := composer{app: app}
	for _, base := range app.Bases() {
		for _, name := range c.group(base) {
			port := app.Effective(name).Port
			if port == 0 {
				continue
			}
			for taken[port] != "" && taken[port] != name {
				port++
			}
			taken[port], ports[name] = name, port
		}
	}
	return ports
}

// group lists the base and the processes that share its image: the ones that serve and work, then release steps, then jobs.
func (c *composer) group(base string) []string {
	names := []string{base}
	for _, order := range []func(*service.Service) bool{
		func(s *service.Service) bool { return !s.Release && s.Schedule == "" },
		func(s *service.Service) bool { return s.Release },
		func(s *service.Service) bool { return s.Schedule != "" && !s.Release },
	} {
		for _, name := range c.app.ServiceNames() {
			if s := c.app.Services[name]; name != base && c.app.Base(name) == base && order(s) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (c *composer) service(name string) composeService {
	s := c.app.Effective(name)
	base := c.app.Base(name)
	out := composeService{Name: scalar(name), Build: composeBuild(s), Job: s.Schedule != "" && !s.Release}
	if out.Job {
		out.Comments = append(out.Comments, comment(fmt.Sprintf("%s in production; here when asked: docker compose run --rm %s", s.Schedule, name)))
	}
	if !knownLanguage(s) && buildOf(s).Dockerfile == "" {
		out.Comments = append(out.Comments, comment("no Dockerfile is generated for "+orUnknown(s.Language)+": write one and name it in build.dockerfile"))
	}
	entrypoint, arguments := starts(c.app, name)
	out.Entrypoint, out.Command = dollars(entrypoint), dollars(arguments)
	if s.Port != 0 {
		host := c.ports[name]
		out.Ports = []string{fmt.Sprintf("127.0.0.1:%d:%d", host, s.Port)}
		if host != s.Port {
			out.Comments = append(out.Comments, comment(fmt.Sprintf("at %s, as another service has %d on this machine", localAddress(s, host), s.Port)))
		}
	}
	out.Ports = append(out.Ports, c.udp(name, s)...)
	out.Environment = c.share(c.anchor("environment", base), c.environment(s))
	out.Depends = c.share(c.anchor("needs", base), c.depends(name, s))
	for _, dir := range statePaths(s) {
		out.Volumes = append(out.Volumes, stateVolume(base, s, dir)+":"+dollar(dir))
	}
	for _, key := range sorted(s.Secrets) {
		if target := c.app.Secrets.Keys[key].File; path.IsAbs(target) { // developers run the code without one that lies among it
			out.Configs = append(out.Configs, composeConfig{volumeName(base, strings.ToLower(key)), dollar(target), composeContent{Content: localSecret + "\n"}})
		}
	}
	for _, f := range configFiles(s) {
		out.Configs = append(out.Configs, composeConfig{volumeName(base, f.key), dollar(f.target), composeContent{File: "./" + dollar(f.file)}})
	}
	if test := healthTest(s); test != nil && !s.Release && !out.Job {
		out.Health = &health{Test: dollars(test), Retries: 30}
		if isJava(s) {
			out.Health.Retries = 90 // a large application takes minutes to start
		}
	} else if s.Port != 0 && !out.Job {
		why := "nothing in its image could ask; --wait waits until it runs, not until it answers"
		if buildOf(s).Dockerfile != "" {
			why = "what its image could ask with is not known; --wait waits for the image's own HEALTHCHECK, else until it runs"
		}
		out.Comments = append(out.Comments, "no healthcheck: "+why)
	}
	return out
}

// starts is what a process runs in place of the ENTRYPOINT of its image, or gives to that in place of the CMD. Both are nil
// where the image does it by itself: a generated one starts its base. The team's own image is always told, since the model may
// have the command from elsewhere: a Procfile, a unit, the team's edit.
func starts(app *service.App, name string) (entrypoint, arguments []string) {
	s := app.Effective(name)
	switch {
	case !ownImage(s) && app.Base(name) == name:
		return nil, nil
	case ownImage(s) && !s.Build.Wraps:
		return s.Command, nil
	}
	return nil, s.Command
}

func orUnknown(language string) string {
	if language == "" {
		return "an unknown language"
	}
	return language
}

func composeBuild(s service.Service) buildDir {
	dir := "."
	if d := buildContext(s); d != "." {
		dir = "./" + dollar(d)
	}
	b := buildDir{context: dir, target: buildOf(s).Target, args: map[string]string{}}
	if file := fromContext(s, dockerfileName(s)); file != "Dockerfile" {
		b.dockerfile = dollar(file)
	}
	for name, value := range buildOf(s).Args {
		b.args[name] = dollar(value)
	}
	return b
}

var notInVolumes = pattern.MustCompile(`[^a-zA-Z0-9_.-]+`)

func volumeName(base, dir string) string {
	return base + "-" + strings.Trim(notInVolumes.ReplaceAllString(dir, "-"), "-.")
}

// stateVolume names the volume of a directory in which a service keeps data.
func stateVolume(base string, s service.Service, dir string) string {
	return volumeName(base, strings.TrimPrefix(dir, workDir(s)+"/"))
}

// udp publishes the ports of UDP of a service that no other one before it has on this machine.
func (c *composer) udp(name string, s service.Service) []string {
	var ports []string
	for _, port := range s.UDP {
		first := slices.IndexFunc(c.app.ServiceNames(), func(other string) bool { return slices.Contains(c.app.Effective(other).UDP, port) })
		if c.app.ServiceNames()[first] == name {
			ports = append(ports, fmt.Sprintf("127.0.0.1:%d:%d/udp", port, port))
		}
	}
	return ports
}

// environment is the plain configuration, then what the secrets are here, each sorted.
func (c *composer) environment(s service.Service) []pair {
	var pairs []pair
	mine := c.backendsFor(s)
	postgres := slices.ContainsFunc(mine, func(b backend) bool { return b.Kind == "postgres" })
	for _, key := range sortedEnv(s.Env) {
		value := s.Env[key]
		if postgres {
			value = withoutTLS(key, value)
		}
		pairs = append(pairs, pair{scalar(key), scalar(dollar(value))})
	}
	for _, key := range sorted(s.Secrets) {
		if _, plain := s.Env[key]; !plain && c.app.Secrets.Keys[key].File == "" && !c.spared(key, mine) {
			pairs = append(pairs, pair{scalar(key), scalar(dollar(localValue(key, s, mine)))})
		}
	}
	return pairs
}

// spared says whether the service runs here without a secret, which no container is asked for either.
func (c *composer) spared(key string, mine []backend) bool {
	_, _, local := speaksOf(key, mine)
	return c.app.OptionalSecret(key) && !local
}

// backendsFor are those that the service calls.
func (c *composer) backendsFor(s service.Service) []backend {
	var mine []backend
	for _, b := range c.backends {
		if slices.Contains(s.Needs, b.Name) {
			mine = append(mine, b)
		}
	}
	return mine
}

// depends waits for the needs to answer, and for the release steps to be through.
func (c *composer) depends(name string, s service.Service) []pair {
	var pairs []pair
	for _, b := range c.backends {
		for _, need := range s.Needs {
			if need == b.Name {
				pairs = append(pairs, pair{scalar(b.Name), condition("service_healthy")})
			}
		}
	}
	if s.Release {
		return pairs
	}
	for _, other := range c.app.ServiceNames() {
		r := c.app.Services[other]
		own := c.app.Base(other) == c.app.Base(name) || r.From == "" // code of its own prepares for all
		if r.Release && own {
			pairs = append(pairs, pair{scalar(other), condition("service_completed_successfully")})
		}
	}
	return pairs
}

// anchor names a block of the base; with several bases the names have to differ.
func (c *composer) anchor(what, base string) string {
	if len(c.app.Bases()) == 1 {
		return what
	}
	return notInVolumes.ReplaceAllString(base, "-") + "-" + what
}

func composeNeedOf(b backend) composeNeed {
	n := composeNeed{container: containerKinds[b.Kind].make(b), Name: scalar(b.Name)}
	n.Image = scalar(n.container.Image)
	n.Command = dollars(n.Command)
	n.Env = map[string]string{}
	for k, v := range n.container.Env {
		n.Env[k] = dollar(v)
	}
	if n.Data != "" {
		n.Volumes = append([]string{b.Name + ":" + n.Data}, initMounts(b)...)
	}
	n.Health = health{Test: dollars(n.Test), Retries: 30}
	if n.Slow {
		n.Health.Retries = 90
	}
	return n
}

// initMounts brings the scripts that make the database's tables to where its image looks for them, files under names that
// keep their order.
func initMounts(b backend) []string {
	const folder = "/docker-entrypoint-initdb.d"
	if !initKinds[b.Kind] {
		return nil
	}
	if len(b.Init) == 1 && !initFile.MatchString(b.Init[0]) {
		return []string{"./" + dollar(b.Init[0]) + ":" + folder + ":ro"}
	}
	var mounts []string
	for i, file := range b.Init {
		mounts = append(mounts, fmt.Sprintf("./%s:%s/%02d-%s:ro", dollar(file), folder, i+1, dollar(path.Base(file))))
	}
	return mounts
}

var initFile = pattern.MustCompile(`\.(sql|sh|js|gz|xz|zst)$`)

// initKinds are the kinds whose images run such scripts.
var initKinds = map[string]bool{"mariadb": true, "mongodb": true, "mysql": true, "postgres": true}

func sortedEnv(env map[string]string) []string {
	keys := make([]string, 0, len(env))
	for k := range env {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func sorted(list []string) []string {
	out := append([]string{}, list...)
	sort.Strings(out)
	return out
}
