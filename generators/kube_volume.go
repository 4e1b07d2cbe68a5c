package generators

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// appDir is the working directory of every generated image.
const appDir = "/app"

type kubeMount struct {
	Name      string `yaml:"name"`
	MountPath string `yaml:"mountPath"`
}

type kubeVolume struct {
	Name     string            `yaml:"name"`
	EmptyDir map[string]string `yaml:"emptyDir"`
}

// kubeMounts are the directories that a container may write to below its read-only root: /tmp, what its application
// server wants, and the directories in which the service keeps data.
func kubeMounts(s service.Service) (mounts []kubeMount, scratch, state []kubeVolume) {
	names, paths := map[string]bool{}, map[string]bool{}
	add := func(dir string) (kubeVolume, bool) {
		if paths[dir] {
			return kubeVolume{}, false
		}
		name := volumeName(dir, names)
		names[name], paths[dir] = true, true
		mounts = append(mounts, kubeMount{name, dir})
		return kubeVolume{name, map[string]string{}}, true
	}
	for _, dir := range append([]string{"/tmp"}, serverDirs(s)...) {
		if v, ok := add(dir); ok {
			scratch = append(scratch, v)
		}
	}
	for _, dir := range s.State {
		if hidesCode(stateDir(dir)) {
			continue
		}
		if v, ok := add(stateDir(dir)); ok {
			state = append(state, v)
		}
	}
	return mounts, scratch, state
}

// stateDir is where a directory of the service lies in the container.
func stateDir(dir string) string {
	if path.IsAbs(dir) {
		return path.Clean(dir)
	}
	return path.Join(appDir, dir)
}

// hidesCode says that a volume there would lie over the code.
func hidesCode(dir string) bool { return dir == "/" || dir == appDir }

// stateInCode is the directory of the service's data that holds its code as well, or nothing.
func stateInCode(s service.Service) string {
	for _, dir := range s.State {
		if hidesCode(stateDir(dir)) {
			return stateDir(dir)
		}
	}
	return ""
}

// serverDirs are the directories that an application server writes to beside the service's own.
func serverDirs(s service.Service) []string {
	if !onTomcat(s) {
		return nil
	}
	return []string{"/usr/local/tomcat/work", "/usr/local/tomcat/temp", "/usr/local/tomcat/logs"}
}

// onTomcat says that the service is deployed into a Tomcat of its image, and not a program that embeds one.
func onTomcat(s service.Service) bool {
	return isJava(s) && strings.EqualFold(s.Framework, "tomcat") ||
		s.Build != nil && s.Build.Dockerfile == "" && strings.HasSuffix(s.Build.Artifact, ".war")
}

// volumeName makes a DNS label out of the directory's last element that is free: uploads of /app/uploads.
func volumeName(dir string, taken map[string]bool) string {
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
