package generators

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeUser is the user and group of every generated image.
const kubeUser = 10001

// sidecarPort is where migrate-sidecar answers.
const sidecarPort = 9102

// pod is what the template of a pod places.
type pod struct {
	App, Name, Image string
	Labels           kubeLabels
	Once             bool // ends by itself
	Spread           bool
	Security         podSecurity
	SecurityWhy      string
	Grace            int // seconds
	GraceWhy         string
	Steps            []kubeStep // that run in the pod before it starts, see runsInPod
	Sidecar          *kubeSidecar
	Front            *kubeFront
	Command          []string
	Args             []string
	Port             int
	PortName         string
	UDP              []int
	Config           string
	Env              []kubeEnv

	Startup, Readiness               *kubeProbe
	ProbeWhy, StartupWhy, NoLiveness string
	Linger                           string // how it serves on while the routes forget it: sleep, exec, or not at all

	Requests, Limits kubeResources
	OwnImage         bool // by the team's own Dockerfile
	Mounts           []kubeMount
	Scratch, State   []kubeVolume
	InCode           string // a directory of its data that can't be a volume, since the code is there
}

type podSecurity struct {
	RunAsNonRoot   bool              `yaml:"runAsNonRoot"`
	RunAsUser      int               `yaml:"runAsUser"`
	RunAsGroup     int               `yaml:"runAsGroup"`
	FSGroup        int               `yaml:"fsGroup,omitempty"` // a claim in place of an emptyDir belongs to root otherwise
	SeccompProfile map[string]string `yaml:"seccompProfile"`
	Sysctls        []kubeSysctl      `yaml:"sysctls,omitempty"`
}

type kubeSysctl struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

// kubeStep is a release step that runs in the pods of its base.
type kubeStep struct {
	Name          string
	Command, Args []string
	Env           []kubeEnv
}

type kubeSidecar struct {
	Image  string
	Args   []string
	Port   int
	Scrape string
}

// kubeEnv is one variable of a container: a plain value, or a key of the Secret.
type kubeEnv struct {
	Name      string         `yaml:"name"`
	Value     *string        `yaml:"value,omitempty"`
	ValueFrom *kubeValueFrom `yaml:"valueFrom,omitempty"`
}

type kubeValueFrom struct {
	SecretKeyRef kubeKeyRef `yaml:"secretKeyRef"`
}

type kubeKeyRef struct {
	Name     string `yaml:"name"`
	Key      string `yaml:"key"`
	Optional bool   `yaml:"optional,omitempty"`
}

type kubeResources struct {
	CPU    string `yaml:"cpu,omitempty"`
	Memory string `yaml:"memory"`
}

// kubePod gathers what the pods of a process need.
func kubePod(app *service.App, name string) pod {
	s := app.Effective(name)
	p := pod{
		App: app.Name, Name: name, Image: app.ImageName(name),
		Labels:   kubeLabels{app.Name, name},
		Once:     runsOnce(s),
		Security: restricted(userOf(s)),
		Env:      kubeVariables(app, name),
		OwnImage: ownImage(s),
	}
	p.Command, p.Args = starts(app, name)
	p.Requests, p.Limits = resourcesOf(s)
	if base := app.Base(name); kubeHasConfig(app, base) {
		p.Config = app.ConfigName(base)
	}
	p.Mounts, p.Scratch, p.State = kubeMounts(s)
	files, from := kubeSecretFiles(app, name)
	p.Mounts, p.Scratch = append(p.Mounts, files...), append(p.Scratch, from...)
	files, from = kubeConfigFiles(app, name, p.Mounts)
	p.Mounts, p.Scratch = append(p.Mounts, files...), append(p.Scratch, from...)
	if len(p.State) > 0 {
		p.Security.FSGroup = p.Security.RunAsGroup
	}
	p.InCode = stateInCode(s)
	for _, step := range stepsInPod(app, name) {
		command, args := starts(app, step)
		p.Steps = append(p.Steps, kubeStep{Name: step, Command: command, Args: args, Env: kubeVariables(app, step)})
	}
	if !p.Once {
		p.UDP = s.UDP
		p.lowPorts(s)
	}
	switch {
	case p.Once:
	case serves(s):
		p.Port, p.PortName, p.Grace = s.Port, doorName(s), 40
		p.Spread = kubeReplicas(s) > 1
		p.setProbes(s)
		p.Linger = linger(app, s)
		if s.Sidecar {
			p.Sidecar = sidecarFor(app, name, s.Port)
		}
		p.addFront(app, name)
	case len(p.UDP) > 0:
		p.Grace = 40
	default:
		p.Grace, p.GraceWhy = 60, "a task in hand may finish"
	}
	return p
}

// resourcesOf are a first guess at what a process takes, and no less than a JVM's heap needs.
func resourcesOf(s service.Service) (requests, limits kubeResources) {
	limit := 512 // MiB
	requests, limits = kubeResources{CPU: "100m", Memory: "128Mi"}, kubeResources{Memory: "512Mi"}
	if isJava(s) {
		limit = 1024
		requests, limits = kubeResources{CPU: "250m", Memory: "512Mi"}, kubeResources{Memory: "1Gi"}
	}
	if wanted := memoryOf(s); wanted > limit {
		requests.Memory, limits.Memory = fmt.Sprintf("%dMi", wanted/2), fmt.Sprintf("%dMi", wanted)
	}
	return requests, limits
}

// userOf is the user that the image runs as: its own, where the team's Dockerfile says which, since that one owns what the
// image lets it write to.
func userOf(s service.Service) int {
	if ownImage(s) && s.Build.User > 0 {
		return s.Build.User
	}
	return kubeUser
}

// restricted is what Pod Security "restricted" asks of a pod.
func restricted(user int) podSecurity {
	return podSecurity{RunAsNonRoot: true, RunAsUser: user, RunAsGroup: user, SeccompProfile: map[string]string{"type": "RuntimeDefault"}}
}

// lowPorts allows the ports that only root may listen at elsewhere.
func (p *pod) lowPorts(s service.Service) {
	for _, port := range append([]int{s.Port}, s.UDP...) {
		if port != 0 && port < 1024 {
			p.Security.Sysctls = []kubeSysctl{{"net.ipv4.ip_unprivileged_port_start", "0"}}
			p.SecurityWhy = "port " + strconv.Itoa(port) + " without root"
			return
		}
	}
}

func sidecarFor(app *service.App, name string, port int) *kubeSidecar {
	return &kubeSidecar{
		Image:  app.SidecarImage(),
		Args:   []string{"--target", "127.0.0.1:" + strconv.Itoa(port), "--name", name},
		Port:   sidecarPort,
		Scrape: strconv.Itoa(sidecarPort),
	}
}

// kubeVariables are the variables that don't come from the ConfigMap: what a further process changes in its base's
// configuration, and the secrets.
func kubeVariables(app *service.App, name string) []kubeEnv {
	var env []kubeEnv
	for _, key := range ownVariables(app, name) {
		value := app.Services[name].Env[key]
		env = append(env, kubeEnv{Name: key, Value: &value})
	}
	for _, key := range app.Effective(name).Secrets {
		if app.Secrets.Keys[key].File != "" {
			continue // see kubeSecretFiles
		}
		env = append(env, kubeEnv{Name: key, ValueFrom: &kubeValueFrom{kubeKeyRef{Name: app.ConfigName(name), Key: key, Optional: app.OptionalSecret(key)}}})
	}
	return env
}

// ownVariables are the names that a further process sets for itself, sorted. A base has none: its are in the ConfigMap.
func ownVariables(app *service.App, name string) []string {
	if app.Base(name) == name {
		return nil
	}
	return slices.Sorted(maps.Keys(app.Services[name].Env))
}

func isJava(s service.Service) bool {
	switch strings.ToLower(s.Language) {
	case "java", "kotlin", "scala", "groovy", "clojure":
		return true
	}
	return false
}

// linger says how a pod waits before it stops: by Kubernetes' own means, which came with 1.30, or else by the sleep of its
// image. What has an interpreter or a shell to ask after its health has that too; of any other image nobody knows.
func linger(app *service.App, s service.Service) string {
	for _, e := range app.Environments {
		minor, err := strconv.Atoi(strings.TrimPrefix(e.Kubernetes, "1."))
		switch {
		case err != nil || minor >= 30:
		case healthTest(s) != nil:
			return "exec"
		default:
			return ""
		}
	}
	return "sleep"
}
