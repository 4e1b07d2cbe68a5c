// Package service is the model of a migrated application: migrate.yaml as plain structs.
//
// It stands between the readers of legacy evidence, which fill it, and everything that generates or deploys, which reads
// it. It knows no compose, no Kubernetes and no gopass, and it never holds the value of a secret.
package service

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"sort"

	"gopkg.in/yaml.v3"
)

// FileName is where the model lives in a migrated repository.
const FileName = "migrate.yaml"

// The marks of the section of the team's README that follows the model.
const (
	SectionBegins = "<!-- migrate:begin -->"
	SectionEnds   = "<!-- migrate:end -->"
)

// App is migrate.yaml: the services of one repository, what they call, and where they run.
type App struct {
	Version      int                    `yaml:"version" jsonschema:"required,enum=1,description=Version of this file's format."`
	Name         string                 `yaml:"name" jsonschema:"required,description=Name of the application: a DNS label; names its objects in Kubernetes."`
	Owner        string                 `yaml:"owner,omitempty" jsonschema:"description=The team that answers for it; routes alerts and notices."`
	Image        string                 `yaml:"image" jsonschema:"required,description=Image repository without a tag; the tag comes from git."`
	CI           string                 `yaml:"ci,omitempty" jsonschema:"enum=github,enum=gitlab,enum=travis,description=Which CI file is generated; none where it is absent."`
	Services     map[string]*Service    `yaml:"services" jsonschema:"required,description=The processes by name."`
	Needs        map[string]Need        `yaml:"needs,omitempty" jsonschema:"description=Every name that the services call."`
	Environments map[string]Environment `yaml:"environments,omitempty" jsonschema:"description=Where the application runs and what answers its needs there."`
	Checks       map[string]Check       `yaml:"checks,omitempty" jsonschema:"description=The checks that were there before\\, of the old monitoring or out of documents and tests\\, and what takes the place of each."`
	Operations   *Operations            `yaml:"operations,omitempty" jsonschema:"description=What the old operations did for the service besides\\, by what does it from now on. A record: nothing is made of it but a table in the README."`
	Gateway      *Gateway               `yaml:"gateway,omitempty" jsonschema:"description=What the routes attach to; the Gateway public in namespace gateway where it is absent."`
	Sidecar      string                 `yaml:"sidecar,omitempty" jsonschema:"description=Image of migrate-sidecar and migrate-smoke; migrate-sidecar:1 beside the image where it is absent."`
	Components   []string               `yaml:"components,omitempty,flow" jsonschema:"description=Directories of the repository with kustomize components of the team's own\\, which every environment takes in: for what this file has no word for."`
	Secrets      Secrets                `yaml:"secrets,omitempty" jsonschema:"description=Where the values of secrets are kept."`
}

// Service is one process: a web server, a worker, a scheduled job or a release step.
type Service struct {
	From      string            `yaml:"from,omitempty" jsonschema:"description=Same image\\, code and configuration as this service; another process."`
	Dir       string            `yaml:"dir,omitempty" jsonschema:"description=Directory of the code; the build context."`
	Language  string            `yaml:"language,omitempty" jsonschema:"description=Language of the code: python\\, node\\, go\\, java ..."`
	Version   string            `yaml:"version,omitempty" jsonschema:"description=Version of the language's runtime."`
	Framework string            `yaml:"framework,omitempty" jsonschema:"description=Web framework or application server."`
	Build     *Build            `yaml:"build,omitempty" jsonschema:"description=How the image is built."`
	Command   []string          `yaml:"command,omitempty,flow" jsonschema:"description=What production runs\\, in exec form."`
	Port      int               `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535,description=TCP port on which it serves: HTTP\\, where protocol says nothing else."`
	Protocol  string            `yaml:"protocol,omitempty" jsonschema:"enum=tcp,description=What it speaks at its port where that is no HTTP that probes and checks could ask: tcp\\, be it gRPC or a protocol of its own."`
	UDP       []int             `yaml:"udp,omitempty,flow" jsonschema:"description=Ports of UDP at which it serves\\, beside port or alone."`
	Routes    []Route           `yaml:"routes,omitempty,flow" jsonschema:"description=Host names and paths that lead to it."`
	Edge      *Edge             `yaml:"edge,omitempty" jsonschema:"description=What is done to requests and answers on their way: by the web server in front of the legacy service\\, and by the gateway now."`
	Health    *Health           `yaml:"health,omitempty,flow" jsonschema:"description=Its own health endpoints."`
	Sidecar   bool              `yaml:"sidecar,omitempty" jsonschema:"description=Run migrate-sidecar beside it\\, which answers for health\\, metrics and info."`
	Schedule  string            `yaml:"schedule,omitempty" jsonschema:"description=Five cron fields; makes it a CronJob."`
	TimeZone  string            `yaml:"timezone,omitempty" jsonschema:"description=Time zone of the schedule\\, such as Europe/Warsaw."`
	Release   bool              `yaml:"release,omitempty" jsonschema:"description=Runs to its end before each rollout."`
	Env       map[string]string `yaml:"env,omitempty" jsonschema:"description=Plain configuration\\, never a secret."`
	Secrets   []string          `yaml:"secrets,omitempty,flow" jsonschema:"description=Names of the variables whose values come from the secret store."`
	Needs     []string          `yaml:"needs,omitempty,flow" jsonschema:"description=Names under needs that it calls."`
	Files     map[string]string `yaml:"files,omitempty" jsonschema:"description=Configuration that it reads from files: each one's path in the container\\, relative to the code where it is not absolute\\, and the file below kube/base/files that is mounted there. A file with secrets is no such file: secrets.keys has those."`
	State     []string          `yaml:"state,omitempty,flow" jsonschema:"description=Directories in which it keeps data; each wants a volume or a better place."`
}

// Build says how the image of a service is made.
type Build struct {
	From       string            `yaml:"from,omitempty" jsonschema:"description=The service whose image it runs\\, with that service's configuration beside its own: another program of the same code\\, and a service in its own right."`
	Dockerfile string            `yaml:"dockerfile,omitempty" jsonschema:"description=The team's own Dockerfile\\, relative to dir; kept and used as it is."`
	Wraps      bool              `yaml:"wraps,omitempty" jsonschema:"description=The ENTRYPOINT of the team's own image prepares something and runs the command that it is given. Without this a command takes the place of the ENTRYPOINT."`
	Target     string            `yaml:"target,omitempty" jsonschema:"description=The stage of the team's own Dockerfile that production runs\\, where it is not the last one."`
	User       int               `yaml:"user,omitempty" jsonschema:"minimum=1,maximum=2147483646,description=Number of the user that the team's own image runs as\\, which owns what it writes to. 10001 where it is absent."`
	Args       map[string]string `yaml:"args,omitempty" jsonschema:"description=Arguments of the build with the team's own Dockerfile\\, never a secret: they stay in the image."`
	Context    string            `yaml:"context,omitempty" jsonschema:"description=Directory of the repository that the image is built from where that is not dir: the root (.) for a module that needs its parent."`
	Module     string            `yaml:"module,omitempty" jsonschema:"description=Import path of Go code without go.mod; it is built under GOPATH with its vendor directory."`
	Tool       string            `yaml:"tool,omitempty" jsonschema:"description=Package manager or build tool: pip\\, pipenv\\, poetry\\, npm\\, yarn\\, go\\, maven\\, gradle ..."`
	Files      []string          `yaml:"files,omitempty,flow" jsonschema:"description=Files that say what to install; copied first so that the layer is cached."`
	Command    []string          `yaml:"command,omitempty,flow" jsonschema:"description=The build step after the dependencies are there."`
	Assets     []string          `yaml:"assets,omitempty,flow" jsonschema:"description=Files and directories that the running program reads\\, relative to dir; copied into an image that holds nothing but the program."`
	Install    []string          `yaml:"install,omitempty,flow" jsonschema:"description=Packages of the language's own registry that the service runs with and its files lack; for Python only."`
	Artifact   string            `yaml:"artifact,omitempty" jsonschema:"description=What the build makes: a jar or war\\, the directory of a static site\\, the Go package to build\\, or PHP's document root\\, relative to dir."`
	Extensions []string          `yaml:"extensions,omitempty,flow" jsonschema:"description=Extensions of PHP that the image of the language does not hold\\, such as gd or pdo_mysql."`
	Packages   []string          `yaml:"packages,omitempty,flow" jsonschema:"description=Debian packages that the build needs."`
	Runtime    []string          `yaml:"runtime,omitempty,flow" jsonschema:"description=Debian packages that the running service needs."`
}

// Route leads requests for a host and path prefix to a service.
type Route struct {
	Host string `yaml:"host,omitempty"`
	Path string `yaml:"path,omitempty"`
}

// Health holds the paths of a service's own health endpoints. Ready may look at backing services, Live must not.
type Health struct {
	Live  string `yaml:"live,omitempty"`
	Ready string `yaml:"ready,omitempty"`
	Port  int    `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535,description=TCP port of the health endpoints where that is another than the service's\\, such as that of its administration. Probes ask there; nothing leads to it from outside."`
}

// SpeaksTCP is the protocol of a service that speaks no HTTP at its port.
const SpeaksTCP = "tcp"

// Static says whether it is nothing but files that a web server gives out, whatever made them.
func (s Service) Static() bool { return s.Framework == "static" || s.Language == "static" }

// HTTP says whether requests for pages can be sent to the service's port.
func (s Service) HTTP() bool { return s.Port != 0 && s.Protocol != SpeaksTCP }

// HealthElsewhere says that the health endpoints answer at another port than the service.
func (s Service) HealthElsewhere() bool {
	return s.Health != nil && s.Health.Port != 0 && s.Health.Port != s.Port
}

// Need is a backing service that the application calls by name: in compose a container, in an environment an Answer.
type Need struct {
	Kind     string `yaml:"kind" jsonschema:"required,description=postgres\\, mysql\\, redis\\, rabbitmq\\, http ..."`
	Version  string `yaml:"version,omitempty"`
	Port     int    `yaml:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	TLS      bool   `yaml:"tls,omitempty"`
	Database string `yaml:"database,omitempty" jsonschema:"description=Name of the database that run_local creates."`
	User     string `yaml:"user,omitempty" jsonschema:"description=Name of the account that run_local creates."`
	// Extensions are names as CREATE EXTENSION knows them, sorted.
	Extensions []string `yaml:"extensions,omitempty,flow" jsonschema:"description=Extensions of PostgreSQL that the service wants in its database: run_local starts an image that has postgis\\, vector or timescaledb."`
	// Init are a directory, or files in their order.
	Init []string `yaml:"init,omitempty,flow" jsonschema:"description=Scripts of the repository that run_local's container runs when it makes the database: one directory\\, or files in their order."`
}

// Gateway names what the routes attach to: a Gateway of the Gateway API, or an Ingress class.
type Gateway struct {
	Name      string `yaml:"name,omitempty"`
	Namespace string `yaml:"namespace,omitempty"`
	Ingress   string `yaml:"ingress,omitempty" jsonschema:"description=Class of the Ingress to write instead of an HTTPRoute."`
}

// Secrets says where the values of secrets are kept.
type Secrets struct {
	Store  string `yaml:"store,omitempty" jsonschema:"enum=gopass"`
	Prefix string `yaml:"prefix,omitempty" jsonschema:"description=First part of every key's path in the store."`
	// Optional are names that stand under secrets of services.
	Optional []string `yaml:"optional,omitempty,flow" jsonschema:"description=Names of the secrets without which the services start: what the store lacks of them is left out."`
	// Keys holds the exceptions.
	Keys map[string]SecretValue `yaml:"keys,omitempty" jsonschema:"description=How the value of a variable is made where it is not the first line of the entry of its name."`
}

// MarshalJSON gives the model in the same shape and with the same names as migrate.yaml.
func (a *App) MarshalJSON() ([]byte, error) {
	text, err := yaml.Marshal((*plainApp)(a))
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

type plainApp App

// ServiceNames lists the services: those with an image of their own first, then those that run from another's, then the
// further processes, each sorted.
func (a *App) ServiceNames() []string {
	names := make([]string, 0, len(a.Services))
	for name := range a.Services {
		names = append(names, name)
	}
	place := func(name string) int {
		switch {
		case a.Services[name].From != "":
			return 2
		case a.Base(name) != name:
			return 1
		}
		return 0
	}
	sort.Slice(names, func(i, j int) bool {
		if pi, pj := place(names[i]), place(names[j]); pi != pj {
			return pi < pj
		}
		return names[i] < names[j]
	})
	return names
}

// Bases lists the services that have an image of their own.
func (a *App) Bases() []string {
	var names []string
	for _, name := range a.ServiceNames() {
		if a.Base(name) == name {
			names = append(names, name)
		}
	}
	return names
}

// Base is the name of the service whose image, configuration and secrets the named one shares: itself, its From, or that
// of its Build.
func (a *App) Base(name string) string {
	switch s := a.Services[name]; {
	case s == nil:
	case s.From != "":
		return s.From
	case s.Build != nil && s.Build.From != "":
		return s.Build.From
	}
	return name
}

// Effective is the named service with everything filled in that it takes over from its Base.
// Command, Port, UDP, Protocol, Routes, Edge, Health, Sidecar, Schedule, TimeZone and Release belong to a process and are not taken over; what a
// service is, its language and framework, only where it comes From another.
func (a *App) Effective(name string) Service {
	s := *a.Services[name]
	base, ok := a.Services[a.Base(name)]
	if a.Base(name) == name || !ok {
		return s
	}
	s.Dir, s.Build = base.Dir, base.Build
	if s.From != "" || s.Language == "" {
		s.Language, s.Version, s.Framework = base.Language, base.Version, base.Framework
	}
	if s.Env == nil {
		s.Env = base.Env
	} else {
		merged := map[string]string{}
		for k, v := range base.Env {
			merged[k] = v
		}
		for k, v := range s.Env {
			merged[k] = v
		}
		s.Env = merged
	}
	if len(base.Files) > 0 {
		merged := maps.Clone(base.Files)
		maps.Copy(merged, s.Files)
		s.Files = merged
	}
	s.Secrets = union(base.Secrets, s.Secrets)
	s.Needs = union(base.Needs, s.Needs)
	s.State = union(base.State, s.State)
	return s
}

// frontNames are what people call the service that stands before the others.
var frontNames = []string{"web", "www", "frontend", "front-end", "gateway"}

// Front is the service that a URL of the application means, or nothing: the first to which a route leads, else the one that is
// called after that, else the first with a port, those that speak HTTP before others; those with code of their own come first.
func (a *App) Front() string {
	first := ""
	for _, name := range a.ServiceNames() {
		s := a.Services[name]
		if s.Port != 0 && len(s.Routes) > 0 {
			return name
		}
		if s.Port != 0 && (first == "" || s.HTTP() && !a.Services[first].HTTP()) {
			first = name
		}
	}
	for _, name := range frontNames {
		if s := a.Services[name]; s != nil && s.Port != 0 {
			return name
		}
	}
	return first
}

// ImageName is the image repository of the named service: App.Image, with the base's name added where there are several.
func (a *App) ImageName(name string) string {
	if base := a.Base(name); len(a.Bases()) > 1 {
		return a.Image + "-" + base
	}
	return a.Image
}

// SidecarImage is the image of migrate-sidecar and migrate-smoke.
func (a *App) SidecarImage() string {
	return cmp.Or(a.Sidecar, path.Join(path.Dir(a.Image), "migrate-sidecar:1"))
}

// ConfigName names the ConfigMap and the Secret that hold the named service's configuration: the application's name, or,
// where there are several bases, the application's and the base's.
func (a *App) ConfigName(name string) string { return a.configName(a.Base(name), a.severalBases()) }

func (a *App) configName(base string, several bool) string {
	if several {
		return a.Name + "-" + base
	}
	return a.Name
}

// ConfigBase is the base whose configuration a ConfigMap or a Secret of this name holds, "" where it is nobody's here.
func (a *App) ConfigBase(config string) string {
	several := a.severalBases()
	for name := range a.Services {
		if a.Base(name) == name && a.configName(name, several) == config {
			return name
		}
	}
	return ""
}

func (a *App) severalBases() bool {
	bases := 0
	for name := range a.Services {
		if a.Base(name) == name {
			bases++
		}
	}
	return bases > 1
}

// NeedNames lists the needs, sorted.
func (a *App) NeedNames() []string { return slices.Sorted(maps.Keys(a.Needs)) }

// EnvironmentNames lists the environments, sorted.
func (a *App) EnvironmentNames() []string { return slices.Sorted(maps.Keys(a.Environments)) }

func union(a, b []string) []string {
	seen := map[string]bool{}
	var all []string
	for _, list := range [][]string{a, b} {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}

// AddEnvironment adds an environment with those of its answers that belong to a need of the application. A need that
// is left without an answer is Validate's to report.
func (a *App) AddEnvironment(name string, e Environment) {
	if a.Environments == nil {
		a.Environments = map[string]Environment{}
	}
	needs := map[string]Answer{}
	for need, answer := range e.Needs {
		if _, known := a.Needs[need]; known {
			needs[need] = answer
		}
	}
	if e.Needs = needs; len(needs) == 0 {
		e.Needs = nil
	}
	a.Environments[name] = e
}
