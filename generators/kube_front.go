package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeFront is the container of the web server in the pods of a service.
type kubeFront struct {
	Name, Image string
	Port        int
	Copies      []string // arguments of the shell that copies files
	Mounts      []kubeMount
	Source      []kubeMount // of the container that copies
}

// addFront puts the web server into the pods of a service.
func (p *pod) addFront(app *service.App, name string) {
	web := frontOf(app, name)
	if web == nil {
		return
	}
	f := &kubeFront{Name: "front", Image: frontImage, Port: web.Port}
	if name == f.Name {
		f.Name = "nginx" // containers of a pod have names of their own
	}
	taken := map[string]bool{}
	for _, m := range p.Mounts {
		taken[m.Name] = true
	}
	volume := func(name string) string {
		name = kubeVolumeName(name, taken)
		taken[name] = true
		return name
	}
	conf, scratch := volume("front"), volume("front-tmp")
	p.Scratch = append(p.Scratch, kubeVolume{Name: conf, ConfigMap: &kubeConfigMapVolume{frontName(name)}}, emptyVolume(scratch))
	if len(web.Copies) > 0 {
		files := volume("front-files")
		p.Scratch = append(p.Scratch, emptyVolume(files))
		f.Source = []kubeMount{{Name: files, MountPath: frontCopy}}
		f.Mounts = []kubeMount{{Name: files, MountPath: frontCopy, ReadOnly: true}}
		f.Copies = web.copying()
	}
	for _, share := range web.Shares {
		for _, m := range p.Mounts {
			if m.MountPath == share.From {
				f.Mounts = append(f.Mounts, kubeMount{Name: m.Name, MountPath: share.To, SubPath: m.SubPath, ReadOnly: true})
			}
		}
	}
	f.Mounts = append(f.Mounts, kubeMount{Name: conf, MountPath: "/etc/nginx/conf.d", ReadOnly: true}, kubeMount{Name: scratch, MountPath: "/tmp"})
	p.Front, p.PortName = f, "app"
	guarded := slices.ContainsFunc(fronted(app.Effective(name)), func(p service.Part) bool { return len(p.Allow)+len(p.Deny) > 0 })
	if p.Sidecar != nil && web.Root != "" && !guarded {
		p.Sidecar = sidecarFor(app, name, web.Port)
	}
	for _, probe := range []*kubeProbe{p.Startup, p.Readiness} {
		if probe.HTTPGet != nil && probe.HTTPGet.Port == "http" {
			probe.HTTPGet.Port = p.PortName
			switch {
			case web.Root != "" && guarded: // which may refuse the node
				probe.HTTPGet, probe.TCPSocket = nil, &kubeTCPSocket{p.PortName}
			case web.Root != "": // the service itself speaks no HTTP
				probe.HTTPGet.Port = web.Port
			}
		}
		if probe.TCPSocket != nil && probe.TCPSocket.Port == "http" {
			probe.TCPSocket.Port = p.PortName
		}
	}
}

// frontConfigs are the ConfigMaps of all web servers in pods.
func frontConfigs(app *service.App) []kubeConfig {
	var configs []kubeConfig
	for _, name := range app.ServiceNames() {
		if frontOf(app, name) != nil {
			configs = append(configs, kubeConfig{Name: frontName(name), Files: []string{"default.conf=" + strings.TrimPrefix(frontFile(name), kubeBase)}})
		}
	}
	return configs
}
