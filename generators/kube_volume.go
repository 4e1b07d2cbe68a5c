package generators

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// appDir is the working directory of the generated images but Tomcat's.
const appDir = "/app"

func workDir(s service.Service) string {
	switch {
	case serverName(s.Framework) == "tomee" && isJava(s):
		return "/usr/local/tomee"
	case onTomcat(s):
		return "/usr/local/tomcat"
	case inWorkspace(s):
		return path.Join(appDir, fromContext(s, "."))
	}
	return appDir
}

type kubeMount struct {
	Name      string `yaml:"name"`
	MountPath string `yaml:"mountPath"`
	SubPath   string `yaml:"subPath,omitempty"`
	ReadOnly  bool   `yaml:"readOnly,omitempty"`
}

type kubeVolume struct {
	Name     string            `yaml:"name"`
	EmptyDir *struct{}         `yaml:"emptyDir,omitempty"`
	Secret   *kubeSecretVolume `yaml:"secret,omitempty"`

	ConfigMap *kubeConfigMapVolume `yaml:"configMap,omitempty"`
}

type kubeConfigMapVolume struct {
	Name string `yaml:"name"`
}

type kubeSecretVolume struct {
	SecretName string         `yaml:"secretName"`
	Items      []kubeItemPath `yaml:"items"`
}

type kubeItemPath struct {
	Key  string `yaml:"key"`
	Path string `yaml:"path"`
}

func emptyVolume(name string) kubeVolume { return kubeVolume{Name: name, EmptyDir: &struct{}{}} }

// kubeMounts are the directories that a container may write to below its read-only root: /tmp and those in which the
// service keeps data.
func kubeMounts(s service.Service) (mounts []kubeMount, scratch, state []kubeVolume) {
	names, paths := map[string]bool{}, map[string]bool{}
	add := func(dir string) (kubeVolume, bool) {
		if paths[dir] {
			return kubeVolume{}, false
		}
		name := kubeVolumeName(dir, names)
		names[name], paths[dir] = true, true
		mounts = append(mounts, kubeMount{Name: name, MountPath: dir})
		return emptyVolume(name), true
	}
	if v, ok := add("/tmp"); ok {
		scratch = append(scratch, v)
	}
	for _, dir := range statePaths(s) {
		if v, ok := add(dir); ok {
			state = append(state, v)
		}
	}
	return mounts, scratch, state
}

// kubeSecretFiles mounts the secrets that the service reads from files, each at its own path: what else is in that
// directory stays to be seen.
func kubeSecretFiles(app *service.App, name string) ([]kubeMount, []kubeVolume) {
	const volume = "secret-files"
	var mounts []kubeMount
	var items []kubeItemPath
	s := app.Effective(name)
	for _, key := range s.Secrets {
		if file := app.Secrets.Keys[key].File; file != "" {
			mounts = append(mounts, kubeMount{Name: volume, MountPath: stateDir(s, file), SubPath: key, ReadOnly: true})
			items = append(items, kubeItemPath{key, key})
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	return mounts, []kubeVolume{{Name: volume, Secret: &kubeSecretVolume{app.ConfigName(name), items}}}
}

// stateDir is where a directory of the service lies in the container.
func stateDir(s service.Service, dir string) string {
	if path.IsAbs(dir) {
		return path.Clean(dir)
	}
	return path.Join(workDir(s), dir)
}

// hidesCode says that a volume there would lie over the code.
func hidesCode(s service.Service, dir string) bool { return dir == "/" || dir == workDir(s) }

// stateInCode is the directory of the service's data that holds its code as well, or nothing.
func stateInCode(s service.Service) string {
	for _, dir := range s.State {
		if hidesCode(s, stateDir(s, dir)) {
			return stateDir(s, dir)
		}
	}
	return ""
}

// onTomcat says that the image is Tomcat's with the WAR in it, and not a program that embeds one.
func onTomcat(s service.Service) bool {
	if !isJava(s) {
		return false
	}
	if s.Build != nil && (s.Build.Tool == "grails" || s.Build.Tool == "sbt" && path.Ext(s.Build.Artifact) == ".war") {
		return true
	}
	return strings.HasPrefix(s.Framework, "tomcat") && s.Framework != "tomcat-embedded" || serverName(s.Framework) == "tomee" || s.Framework == "" && s.Build != nil && path.Ext(s.Build.Artifact) == ".war"
}

// ownImage says that the team's own Dockerfile makes the image.
func ownImage(s service.Service) bool { return s.Build != nil && s.Build.Dockerfile != "" }

// kubeVolumeName makes a DNS label out of the directory's last element that is free: uploads of /app/uploads.
func kubeVolumeName(dir string, taken map[string]bool) string {
	name := dnsLabel(path.Base(dir), 50)
	if name == "" {
		name = "data"
	}
	if taken[name] { // as in log-rabbitmq, of /var/log/rabbitmq
		name = dnsLabel(path.Base(path.Dir(dir))+"-"+name, 50)
	}
	for i, stem := 2, name; taken[name]; i++ {
		name = stem + "-" + strconv.Itoa(i)
	}
	return name
}

// dnsLabel keeps of a text what a name in Kubernetes may hold, at most limit bytes: lower-case letters, digits and, inside,
// single hyphens.
func dnsLabel(text string, limit int) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(text) {
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				gap = b.Len() > 0
				continue
			}
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	name := b.String()
	if len(name) > limit {
		name = name[:limit]
	}
	return strings.TrimRight(name, "-")
}
