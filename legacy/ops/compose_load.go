package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// loadCompose reads one file; what it can't make sense of becomes notes, and nil where nothing is left. A file of the first
// format, without services:, is taken as what would stand below it.
func loadCompose(t *scan.Tree, p string, r *scan.Report) *composeFile {
	root := mappingOf(t, p, r)
	if root == nil {
		return nil
	}
	tree, err := plain(root)
	if err != nil {
		r.Note(p, root.Line, "%v", err)
		return nil
	}
	raw, _ := tree.(map[string]any)
	services := child(root, "services")
	if services == nil {
		if !firstFormat(root) {
			r.Note(p, root.Line, "a compose file without services")
			return nil
		}
		services, raw = root, firstToSecond(raw)
	}
	if services.Kind == yaml.AliasNode {
		services = services.Alias
	}
	if services.Kind != yaml.MappingNode {
		r.Note(p, services.Line, "services is no mapping")
		return nil
	}
	l := &composeLoader{t: t, r: r, path: p, nodes: services, ports: portsBeside(t, path.Dir(p))}
	l.prepare(raw)
	loaded := l.services(raw)
	f := &composeFile{path: p, dir: path.Dir(p), use: useOf(p)}
	for i := 0; i+1 < len(services.Content); i += 2 {
		name := services.Content[i]
		if s, ok := loaded[name.Value]; ok { // or it is no service
			f.services = append(f.services, &composeService{ServiceConfig: s, file: f, node: services.Content[i+1], line: name.Line})
		}
	}
	return f
}

// composeLoader gives one file to compose-go, which knows all the forms that the keys of a service have had.
type composeLoader struct {
	t     *scan.Tree
	r     *scan.Report
	path  string
	nodes *yaml.Node
	ports map[string]string // variables of the .env beside the file that hold ports
}

// services loads the file as a whole and, where it holds something that compose-go refuses, service by service: one odd
// value is no reason to lose the others.
func (l *composeLoader) services(raw map[string]any) types.Services {
	project, err := l.load(raw)
	if err == nil {
		return project.Services
	}
	all, _ := raw["services"].(map[string]any)
	loaded := types.Services{}
	if len(all) == 0 || len(all) > maxAlone {
		l.r.Note(l.path, l.nodes.Line, "%v", err)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if s, ok := l.alone(all, name); ok {
			loaded[name] = s
		}
	}
	return loaded
}

// maxAlone bounds the services that are tried one by one: nobody writes more into a file.
const maxAlone = 200

// alone loads one service. Where that fails, it looks for the one key without which it would not.
func (l *composeLoader) alone(all map[string]any, name string) (types.ServiceConfig, bool) {
	mapping, _ := all[name].(map[string]any)
	s, err := l.one(all, name, mapping)
	if err == nil {
		return s, true
	}
	node := child(l.nodes, name)
	for _, key := range slices.Sorted(maps.Keys(mapping)) {
		without := make(map[string]any, len(mapping))
		for k, v := range mapping {
			if k != key {
				without[k] = v
			}
		}
		if s, failed := l.one(all, name, without); failed == nil {
			line := l.nodes.Line
			if at := child(node, key); at != nil {
				line = at.Line
			}
			l.r.Note(l.path, line, "%s: its %s is left out: %v", name, key, err)
			return s, true
		}
	}
	line := l.nodes.Line
	if node != nil {
		line = node.Line
	}
	main := map[string]any{}
	for _, key := range mainKeys {
		if v, ok := mapping[key]; ok {
			main[key] = v
		}
	}
	if s, failed := l.one(all, name, main); failed == nil && len(main) > 0 {
		l.r.Note(l.path, line, "%s: only the half of it is taken over: %v", name, err)
		return s, true
	}
	l.r.Note(l.path, line, "%s: left out: %v", name, err)
	return types.ServiceConfig{}, false
}

// mainKeys say what a service runs and what it calls.
var mainKeys = []string{"image", "build", "command", "entrypoint", "environment", "env_file", "extends", "ports", "expose", "depends_on", "links", "profiles", "working_dir"}

// one loads a service with those that it extends.
func (l *composeLoader) one(all map[string]any, name string, mapping map[string]any) (types.ServiceConfig, error) {
	needed := map[string]any{name: mapping}
	for at := mapping; at != nil && len(needed) < 10; {
		base := extended(at)
		if base == "" || needed[base] != nil {
			break
		}
		next, ok := all[base].(map[string]any)
		if !ok {
			break
		}
		needed[base] = next
		at = next
	}
	project, err := l.load(map[string]any{"services": needed})
	if err != nil {
		return types.ServiceConfig{}, err
	}
	return project.Services[name], nil
}

// extended is the service of the same file that a service extends, in either form.
func extended(service map[string]any) string {
	switch e := service["extends"].(type) {
	case string:
		return e
	case map[string]any:
		name, _ := e["service"].(string)
		return name
	}
	return ""
}

// load gives the project to compose-go, which gets it in memory: it opens no file, and no environment reaches it.
func (l *composeLoader) load(raw map[string]any) (project *types.Project, err error) {
	defer func() { // it was written for files that a person is at work on
		if p := recover(); p != nil {
			err = errors.New("not understood as a compose file")
		}
	}()
	details := types.ConfigDetails{WorkingDir: "/", ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Config: copied(raw).(map[string]any)}}, Environment: types.Mapping{}}
	project, err = loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("legacy", true)
		o.SkipValidation, o.SkipConsistencyCheck, o.SkipNormalization = true, true, true
		o.SkipResolveEnvironment, o.SkipResolveLabels, o.SkipInclude, o.ResolvePaths = true, true, true, false
		o.Profiles = []string{"*"}
		o.Interpolate = &interpolation.Options{Substitute: substitute, LookupValue: l.lookup}
	})
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("not understood as a compose file: %s", text)
	}
	return project, nil
}

// copied keeps the loader, which works in place, from changing what a second attempt needs.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[key] = copied(value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = copied(v[i])
		}
		return list
	}
	return v
}

func (l *composeLoader) lookup(name string) (string, bool) {
	value, ok := l.ports[name]
	return value, ok
}

// portsBeside are the variables of the .env beside a compose file, or of its example, that hold the number of a port. No
// other value is taken from there.
func portsBeside(t *scan.Tree, dir string) map[string]string {
	ports := map[string]string{}
	for _, name := range []string{".env", ".env.example", ".env.sample", ".env.dist"} {
		text, err := t.Read(path.Join(dir, name))
		if err != nil {
			continue
		}
		for _, m := range scan.Find(string(text), portLine) {
			if n, err := strconv.Atoi(m.Groups[2]); err == nil && validPort(n) && ports[m.Groups[1]] == "" {
				ports[m.Groups[1]] = m.Groups[2]
			}
		}
	}
	return ports
}

var portLine = scan.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?(\w*PORT\w*)[ \t]*=[ \t]*["']?(\d{1,5})["']?[ \t]*$`)

// substitute fills in the defaults of variables; one without a default becomes nothing, one that is required too.
func substitute(text string, lookup template.Mapping) (string, error) {
	if len(text) > maxShell {
		return "", nil
	}
	filled, err := template.SubstituteWithOptions(text, lookup, template.WithoutLogging)
	if err != nil {
		return variable.ReplaceAllString(text, "$3"), nil
	}
	return filled, nil
}
