package generators

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// filesName names the ConfigMap of the files that a base and its processes read.
func filesName(app *service.App, base string) string { return app.ConfigName(base) + "-files" }

// configFiles are the files that a service reads, by the path in its container.
func configFiles(s service.Service) []configFile {
	var files []configFile
	for _, where := range slices.Sorted(maps.Keys(s.Files)) {
		files = append(files, configFile{stateDir(s, where), where, s.Files[where], path.Base(s.Files[where])})
	}
	return files
}

type configFile struct {
	target string // in the container
	where  string // as the model says it
	file   string // in the repository
	key    string // in the ConfigMap
}

// kubeConfigFiles mounts each file at its own path: what else is in that directory stays to be seen.
func kubeConfigFiles(app *service.App, name string, mounts []kubeMount) ([]kubeMount, []kubeVolume) {
	files := configFiles(app.Effective(name))
	if len(files) == 0 {
		return nil, nil
	}
	taken := map[string]bool{}
	for _, m := range mounts {
		taken[m.Name] = true
	}
	volume := kubeVolumeName("config-files", taken)
	var more []kubeMount
	for _, f := range files {
		more = append(more, kubeMount{Name: volume, MountPath: f.target, SubPath: f.key, ReadOnly: true})
	}
	return more, []kubeVolume{{Name: volume, ConfigMap: &kubeConfigMapVolume{filesName(app, app.Base(name))}}}
}

// kubeFileConfigs are the ConfigMaps of files in the base: one for each image, for all processes that run from it.
func kubeFileConfigs(app *service.App) []kubeConfig {
	var configs []kubeConfig
	for _, base := range app.Bases() {
		files := map[string]bool{}
		for _, name := range app.ServiceNames() {
			if app.Base(name) == base {
				for _, file := range app.Services[name].Files {
					files[strings.TrimPrefix(file, kubeBase)] = true
				}
			}
		}
		if len(files) > 0 {
			configs = append(configs, kubeConfig{Name: filesName(app, base), Files: slices.Sorted(maps.Keys(files))})
		}
	}
	return configs
}

// overlayFileConfigs are what an environment puts in the place of files. The key stays that of the file in the base.
func overlayFileConfigs(app *service.App, env string) []kubeConfig {
	there := app.Environments[env].Files
	var configs []kubeConfig
	for _, base := range app.Bases() {
		files := map[string]bool{}
		for _, name := range app.ServiceNames() {
			if app.Base(name) != base {
				continue
			}
			for _, f := range configFiles(*app.Services[name]) {
				if own := there[f.where]; own != "" {
					files[f.key+"="+strings.TrimPrefix(own, kubeOverlays+env+"/")] = true
				}
			}
		}
		if len(files) > 0 {
			configs = append(configs, kubeConfig{Name: filesName(app, base), Files: slices.Sorted(maps.Keys(files))})
		}
	}
	return configs
}

// readmeFiles has a row for each file: where it lies in the repository, and by which services it is read.
func readmeFiles(app *service.App) string {
	t := markdownTable{{"file", "lies in", "read by"}}
	type row struct{ target, file string }
	by := map[row][]string{}
	var order []row
	for _, name := range app.ServiceNames() {
		for _, f := range configFiles(app.Effective(name)) {
			r := row{f.target, markdownCode(f.file)}
			for _, env := range app.EnvironmentNames() {
				if own := app.Environments[env].Files[f.where]; own != "" {
					r.file += "; " + markdownText(env) + ": " + markdownCode(own)
				}
			}
			if by[r] == nil {
				order = append(order, r)
			}
			by[r] = append(by[r], name)
		}
	}
	for _, r := range order {
		t = append(t, []string{markdownCode(r.target), r.file, markdownText(strings.Join(by[r], ", "))})
	}
	if len(order) == 0 {
		return ""
	}
	return t.String()
}
