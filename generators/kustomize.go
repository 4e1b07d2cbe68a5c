package generators

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const (
	kubeBase     = "kube/base/"
	kubeOverlays = "kube/overlays/"
)

// kustomize renders kube/: a base with one file per service, and an overlay per environment that holds only what differs
// there. It is kustomize's own syntax and nothing else, so `kubectl apply -k` works on it without this tool.
func kustomize(app *service.App) ([]fileset.File, error) {
	if len(app.Services) == 0 {
		return nil, nil
	}
	if err := textOnly(app); err != nil {
		return nil, err
	}
	files, err := kubeBaseFiles(app)
	if err != nil {
		return nil, err
	}
	for _, env := range app.EnvironmentNames() {
		overlay, err := kubeOverlay(app, env)
		if err != nil {
			return nil, err
		}
		files = append(files, overlay...)
	}
	return files, nil
}

// textOnly refuses configuration that YAML can't hold: kustomize would fail on it, or write something else without a word.
func textOnly(app *service.App) error {
	check := func(where string, env map[string]string) error {
		for _, key := range slices.Sorted(maps.Keys(env)) {
			if !utf8.ValidString(env[key]) || strings.ContainsFunc(env[key], unprintable) {
				return fmt.Errorf("%s: %s.env.%s holds bytes that aren't text: keep it in a file of the image, or encode it",
					service.FileName, where, key)
			}
		}
		return nil
	}
	for _, name := range app.ServiceNames() {
		if err := check("services."+name, app.Services[name].Env); err != nil {
			return err
		}
	}
	for _, name := range app.EnvironmentNames() {
		if err := check("environments."+name, app.Environments[name].Env); err != nil {
			return err
		}
	}
	return nil
}

// unprintable are the characters that a YAML stream may not hold.
func unprintable(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == 0x85:
		return false
	}
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

func kubeBaseFiles(app *service.App) ([]fileset.File, error) {
	account, err := execute("kube/base/service-account.yaml", map[string]any{"App": app.Name})
	if err != nil {
		return nil, err
	}
	files := []fileset.File{{Path: kubeBase + "service-account.yaml", Data: account}}
	resources := []string{"service-account.yaml"}
	for _, name := range app.ServiceNames() {
		if runsInPod(app, name) {
			continue
		}
		text, err := kubeService(app, name)
		if err != nil {
			return nil, err
		}
		front, err := frontConf(app, name)
		if err != nil {
			return nil, err
		}
		files = append(append(files, fileset.File{Path: kubeBase + kubeFileName(name), Data: text}), front...)
		resources = append(resources, kubeFileName(name))
	}
	policy, err := kubePolicy(app)
	if err != nil {
		return nil, err
	}
	files = append(files, fileset.File{Path: kubeBase + "network-policy.yaml", Data: policy})
	kustomization, err := execute("kube/base/kustomization.yaml", map[string]any{
		"App":        app.Name,
		"Resources":  append(resources, "network-policy.yaml"),
		"Configs":    kubeConfigs(app),
		"Components": kubeComponents("../../", app.Components),
	})
	if err != nil {
		return nil, err
	}
	return append(files, fileset.File{Path: kubeBase + "kustomization.yaml", Data: kustomization}), nil
}

// kubeComponents are the directories of the team's components, as a kustomization sees them from which root leads to the
// repository's.
func kubeComponents(root string, dirs []string) []string {
	components := make([]string, len(dirs))
	for i, dir := range dirs {
		components[i] = strings.Replace(root+path.Clean(dir), "../kube/", "", 1)
	}
	return components
}

// kubeFileName is the file of a service in the base; a service called like one of the base's other files makes room.
func kubeFileName(name string) string {
	switch name {
	case "kustomization", "service-account", "network-policy":
		return name + "-service.yaml"
	}
	return name + ".yaml"
}

// kubeService renders one service: its workload and, where it serves, what leads to it.
func kubeService(app *service.App, name string) ([]byte, error) {
	text, err := kubeWorkload(app, name)
	if err != nil {
		return nil, err
	}
	routes, err := kubeRoutes(app, name)
	if err != nil {
		return nil, err
	}
	return append(text, routes...), nil
}

// kubeConfig is one entry of a configMapGenerator.
type kubeConfig struct {
	Name     string
	Literals []string
	Files    []string // below the kustomization's directory, KEY=FILE where the names differ
}

// kubeConfigs are the ConfigMaps of the base. One without a value stands there for the environments that fill it.
func kubeConfigs(app *service.App) []kubeConfig {
	var configs []kubeConfig
	for _, base := range app.Bases() {
		if kubeHasConfig(app, base) {
			configs = append(configs, kubeConfig{Name: app.ConfigName(base), Literals: kubeLiterals(app.Services[base].Env)})
		}
	}
	return append(append(configs, kubeFileConfigs(app)...), frontConfigs(app)...)
}

// kubeHasConfig says whether the base has plain configuration anywhere.
func kubeHasConfig(app *service.App, base string) bool {
	if len(app.Services[base].Env) > 0 {
		return true
	}
	for _, env := range app.EnvironmentNames() {
		if len(kubeEnvironmentConfig(app, env, base)) > 0 {
			return true
		}
	}
	return false
}

// kubeEnvironmentConfig is what an environment changes in the ConfigMap of a base: the keys that the base declares, and
// those that no service declares, which everybody gets.
func kubeEnvironmentConfig(app *service.App, env, base string) map[string]string {
	declared := map[string]bool{}
	for _, s := range app.Services {
		for key := range s.Env {
			declared[key] = true
		}
	}
	config := map[string]string{}
	if own := app.Services[base]; own != nil && postgresInside(app, env) && callsPostgres(app, base) {
		for key, value := range own.Env {
			if host := urlHost.FindStringSubmatch(value); host != nil && app.Needs[host[1]].Kind != "postgres" || otherStore.MatchString(key) {
				continue // another database's
			}
			if plain := withoutTLS(key, value); plain != value {
				config[key] = plain
			}
		}
	}
	for key, value := range app.Environments[env].Env {
		if _, own := app.Services[base].Env[key]; own || !declared[key] {
			config[key] = value
		}
	}
	return config
}

// kubeLiterals gives key=value as kustomize reads it, sorted. It takes one pair of equal quotes off a value's ends, so a
// value that has such a pair gets another around it.
func kubeLiterals(env map[string]string) []string {
	var literals []string
	for key, value := range env {
		if n := len(value); n > 1 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
			value = "'" + value + "'"
		}
		literals = append(literals, key+"="+value)
	}
	sort.Strings(literals)
	return literals
}

// indent moves every line of text to the right by n spaces.
func indent(text []byte, n int) string {
	pad := strings.Repeat(" ", n)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return pad + strings.Join(lines, "\n"+pad)
}
