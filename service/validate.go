package service

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

var (
	dnsLabel   = pattern.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	dnsName    = pattern.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.?$`)
	kubernetes = pattern.MustCompile(`^1\.(29|[3-9][0-9])$`)
	envName    = pattern.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	image      = pattern.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)
	keyPath    = pattern.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)
	extension  = pattern.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`) // of PostgreSQL: hstore, uuid-ossp
	debian     = pattern.MustCompile(`^[a-z0-9][a-z0-9+.-]*$`)
)

// Label says whether a name can stand as a DNS label, which is what the names of services, needs, environments and the
// application become.
func Label(name string) bool { return dnsLabel.MatchString(name) }

// VariableName says whether a name can be that of an environment variable.
func VariableName(name string) bool { return envName.MatchString(name) }

// Validate reports everything that is wrong with a model that did not come from a file. The error is Problems.
func (a *App) Validate() error {
	if p := a.problems(FileName, nil); len(p) > 0 {
		return p
	}
	return nil
}

// validator collects problems with the lines on which the fields stand.
type validator struct {
	file  string
	lines map[string]int
	found Problems
}

func (v *validator) add(field, format string, args ...any) {
	line, at := 0, field
	for at != "" { // a field that is missing is reported where its parent stands
		if l, ok := v.lines[at]; ok {
			line = l
			break
		}
		i := strings.LastIndexByte(at, '.')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	v.found = append(v.found, Problem{v.file, line, field, fmt.Sprintf(format, args...)})
}

func (a *App) problems(file string, lines map[string]int) Problems {
	v := &validator{file: file, lines: lines}
	switch {
	case a.Version == 0:
		v.add("version", "is missing: write version: %d", Version)
	case a.Version != Version:
		v.add("version", "is %d; this toolkit knows version %d", a.Version, Version)
	}
	v.label("name", a.Name)
	if !image.MatchString(a.Image) {
		v.add("image", "%q is no image repository; write it without a tag, such as registry.example.com/%s", a.Image, cmp.Or(a.Name, "shop"))
	}
	if a.Sidecar != "" && strings.ContainsAny(a.Sidecar, " \t\n") {
		v.add("sidecar", "%q is no image", a.Sidecar)
	}
	v.components("components", a.Components)
	switch a.CI {
	case "", "github", "gitlab", "travis":
	default:
		v.add("ci", "%q is not one of github, gitlab, travis", a.CI)
	}
	if a.Secrets.Store != "" && a.Secrets.Store != "gopass" {
		v.add("secrets.store", "%q is not a store that is known; gopass is", a.Secrets.Store)
	}
	if p := a.Secrets.Prefix; p != "" && (!keyPath.MatchString(p) || strings.Contains("/"+p+"/", "/../")) {
		v.add("secrets.prefix", "%q is no path in a store: letters, digits and _ . - between /", p)
	}
	v.secretValues("secrets.keys", a, a.Secrets.Keys)
	v.optionalSecrets(a)
	if len(a.Services) == 0 {
		v.add("services", "there is none; a service needs a command at least")
	}
	for _, name := range a.ServiceNames() {
		v.service(a, name)
	}
	for _, name := range a.NeedNames() {
		v.need(a, name)
	}
	for _, name := range a.EnvironmentNames() {
		v.environment(a, name)
	}
	for _, name := range a.CheckNames() {
		v.check(a, name)
	}
	return v.found
}

// components are directories below the root; the generated ones are no components.
func (v *validator) components(at string, dirs []string) {
	for i, dir := range dirs {
		clean := path.Clean(dir)
		if outside(dir) || clean == "." || clean == "kube/base" || strings.HasPrefix(clean, "kube/overlays") || strings.ContainsFunc(dir, unicode.IsControl) {
			v.add(at+"."+strconv.Itoa(i), "%q is no directory of a component: one of the repository, such as kube/adopted", dir)
		}
	}
}

func (v *validator) label(field, name string) {
	if !Label(name) {
		v.add(field, "%q is no DNS label: at most 63 of a-z, 0-9 and -, with a letter or digit at both ends", name)
	}
}

func (v *validator) port(field string, port int) {
	if port < 0 || port > 65535 {
		v.add(field, "%d is no port: 1 to 65535", port)
	}
}

func (v *validator) service(a *App, name string) {
	at := "services." + name
	s := a.Services[name]
	v.label(at, name)
	if s == nil {
		v.add(at, "is empty")
		return
	}
	v.base(a, at+".from", s.From)
	if b := s.Build; b != nil && b.From != "" {
		if s.From != "" {
			v.add(at+".build.from", "is there beside from: a process of %s runs from its image anyway; keep one of them", s.From)
		}
		v.base(a, at+".build.from", b.From)
		if b.Dockerfile != "" || b.Context != "" || len(b.Command) > 0 {
			v.add(at+".build", "says how an image is made, and that it is the one of %s; leave out from or the rest", b.From)
		}
	}
	if outside(s.Dir) {
		v.add(at+".dir", "%q is outside the repository", s.Dir)
	}
	v.port(at+".port", s.Port)
	for i, port := range s.UDP {
		if field := at + ".udp." + strconv.Itoa(i); port == 0 || slices.Contains(s.UDP[:i], port) {
			v.add(field, "%d is no port, or there twice", port)
		} else {
			v.port(field, port)
		}
	}
	if s.Schedule != "" && s.Release {
		v.add(at+".schedule", "a release step runs before a rollout, not at a time; leave out schedule or release")
	}
	if s.Schedule != "" {
		if why := badSchedule(s.Schedule); why != "" {
			v.add(at+".schedule", "%q: %s", s.Schedule, why)
		}
	}
	for i, r := range s.Routes {
		v.route(at+".routes."+strconv.Itoa(i), r)
	}
	if len(s.Routes) > 0 && s.Port == 0 {
		v.add(at+".routes", "lead nowhere without a port")
	}
	v.protocol(at, s)
	v.edge(at+".edge", s)
	if h := s.Health; h != nil {
		v.port(at+".health.port", h.Port)
		for field, p := range map[string]string{"live": h.Live, "ready": h.Ready} {
			if p != "" && !strings.HasPrefix(p, "/") {
				v.add(at+".health."+field, "%q has to begin with /", p)
			}
		}
	}
	v.configuration(a, name)
	v.files(a, name)
	v.build(at+".build", s)
}

// protocol checks that nothing is said of requests to a service that knows none.
func (v *validator) protocol(at string, s *Service) {
	if s.Protocol != "" && s.Protocol != SpeaksTCP {
		v.add(at+".protocol", "%q is not tcp; leave it out for HTTP", s.Protocol)
	}
	if s.Protocol != SpeaksTCP {
		return
	}
	if len(s.Routes) > 0 {
		v.add(at+".routes", "lead requests of HTTP, and protocol says that it speaks none")
	}
	if s.Edge != nil {
		v.add(at+".edge", "is about requests of HTTP, and protocol says that it speaks none")
	}
	if s.Health != nil && !s.HealthElsewhere() {
		v.add(at+".health", "is asked by HTTP at the service's port, and protocol says that it speaks none; leave it out, or say in port where else it answers")
	}
}

// base checks the name of the service whose image another one runs.
func (v *validator) base(a *App, at, name string) {
	base, ok := a.Services[name]
	switch {
	case name == "":
	case !ok || base == nil:
		v.add(at, "there is no service %s", name)
	case a.Base(name) != name:
		v.add(at, "%s has no image of its own, it has the one of %s; say from: %s", name, a.Base(name), a.Base(name))
	}
}

func (v *validator) configuration(a *App, name string) {
	at, s := "services."+name, a.Services[name]
	for _, key := range slices.Sorted(maps.Keys(s.Env)) {
		if !envName.MatchString(key) {
			v.add(at+".env."+key, "is no name of a variable")
		}
	}
	seen := map[string]bool{}
	for i, key := range s.Secrets {
		field := at + ".secrets." + strconv.Itoa(i)
		if !envName.MatchString(key) {
			v.add(field, "%q is no name of a variable", key)
		}
		if seen[key] {
			v.add(field, "%s is there twice", key)
		}
		seen[key] = true
		if _, both := s.Env[key]; both {
			v.add(field, "%s is also plain configuration under env; keep one of them", key)
		}
	}
	for i, need := range s.Needs {
		if _, ok := a.Needs[need]; !ok {
			v.add(at+".needs."+strconv.Itoa(i), "there is no need %s%s", need, DidYouMean(need, a.Needs))
		}
	}
}

// stageName is what Docker takes after AS, and numbers.
var stageName = pattern.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

func (v *validator) build(at string, s *Service) {
	b := s.Build
	if b == nil {
		return
	}
	lists := []struct {
		field string
		names []string
	}{{"packages", b.Packages}, {"runtime", b.Runtime}}
	for _, l := range lists {
		for i, name := range l.names {
			if !debian.MatchString(name) {
				v.add(at+"."+l.field+"."+strconv.Itoa(i), "%q is no name of a Debian package", name)
			}
		}
	}
	if b.Dockerfile == "" && (b.Target != "" || len(b.Args) > 0 && s.Language != "node") {
		v.add(at, "target and args are for the team's own Dockerfile: name it in build.dockerfile")
	}
	if b.Target != "" && !stageName.MatchString(b.Target) {
		v.add(at+".target", "%q is no name of a stage", b.Target)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Args)) {
		if !VariableName(name) || strings.ContainsAny(b.Args[name], "\n\r\x00") {
			v.add(at+".args."+name, "a build argument has the name of a variable and a value of one line")
		}
	}
	for _, f := range b.Files {
		if outside(f) {
			v.add(at, "%q is outside the service's directory", f)
		}
	}
	for _, f := range append([]string{b.Dockerfile}, b.Assets...) { // what the image is built from may begin above the service's directory
		if outside(f) && (b.Context == "" || path.IsAbs(f) || !within(b.Context, path.Join(s.Dir, f))) {
			v.add(at, "%q is outside what the image is built from", f)
		}
	}
	dir, context := path.Clean(s.Dir), path.Clean(b.Context)
	packs := b.Dockerfile != "" && within(context, path.Join(dir, b.Dockerfile)) // a directory that only packs the code
	if outside(b.Context) || b.Context != "" && context != dir && !within(context, dir) && !packs {
		v.add(at+".context", "%q does not hold the service's directory %s", b.Context, dir)
	}
}

// within says whether a path below the repository's root lies in a directory.
func within(dir, p string) bool {
	dir = path.Clean(dir)
	return !outside(p) && (dir == "." || strings.HasPrefix(p, dir+"/"))
}

// outside says whether a relative path leads out of where it starts.
func outside(p string) bool {
	clean := path.Clean(p)
	return path.IsAbs(p) || clean == ".." || strings.HasPrefix(clean, "../")
}

func (v *validator) route(at string, r Route) {
	if r.Host != "" && !dnsName.MatchString(strings.TrimPrefix(r.Host, "*.")) {
		v.add(at+".host", "%q is no host name", r.Host)
	}
	v.routePath(at+".path", r.Path)
}

func (v *validator) need(a *App, name string) {
	at, n := "needs."+name, a.Needs[name]
	v.label(at, name)
	if n.Kind == "" {
		v.add(at+".kind", "is missing: postgres, mysql, redis, rabbitmq, http ...")
	}
	v.port(at+".port", n.Port)
	if n.Port == 0 {
		v.add(at+".port", "is missing: the port that the service calls")
	}
	for i, name := range n.Extensions {
		if !extension.MatchString(name) {
			v.add(at+".extensions."+strconv.Itoa(i), "%q is no name of an extension", name)
		}
	}
	for i, file := range n.Init {
		if !filepath.IsLocal(file) || strings.ContainsFunc(file, func(r rune) bool { return r == ':' || unicode.IsControl(r) }) {
			v.add(at+".init."+strconv.Itoa(i), "%q is no path in the repository", file)
		}
	}
	if _, taken := a.Services[name]; taken {
		v.add(at, "a service has this name too; both would be Services in one namespace")
	}
}

func (v *validator) smoke(at, target string) {
	if target == "" || target == NoSmoke || target == SmokeInside {
		return
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		v.add(at, "is no URL such as https://shop.staging.example.com, and none of the words %s and %s", SmokeInside, NoSmoke)
	}
}
