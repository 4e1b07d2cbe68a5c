package ops

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var composeName = scan.MustCompile(`^(?:(?:docker-)?compose(?:[._-](.+))?|fig)\.ya?ml$`)

// composeUse says what a compose file is for, by its name. The order is the order of their word.
type composeUse int

const (
	composeProduction composeUse = iota
	composePlain
	composeDevelopment
	composeTest
	composeOther // an alternative or addition: monitoring, another database
)

var (
	productionWord = scan.MustCompile(`(^|[._-])(prod|production|live|deploy|release|swarm|stack)($|[._-])`)
	devWord        = scan.MustCompile(`(^|[._-])(override|dev|devel|development|local|debug|build|watch)($|[._-])`)
	testWord       = scan.MustCompile(`(^|[._-])(test|tests|testing|ci|e2e|integration|travis|jenkins|sut|lint|cypress|loadtest|load)($|[._-])`)
)

func useOf(p string) composeUse {
	word := composeName.FindStringSubmatch(path.Base(p))[1]
	switch {
	case inHidden.MatchString(p):
		return composeDevelopment
	case word == "":
		return composePlain
	case testWord.MatchString(word):
		return composeTest
	case productionWord.MatchString(word):
		return composeProduction
	case devWord.MatchString(word):
		return composeDevelopment
	}
	return composeOther
}

// composeFile is one compose file as compose-go understands it, with the lines of the text.
type composeFile struct {
	path, dir string
	use       composeUse
	services  []*composeService // in the order of the file
}

type composeService struct {
	types.ServiceConfig
	file *composeFile
	node *yaml.Node // the service's mapping
	line int
}

// loadCompose reads one file. A file of the first format, without services:, is taken as what would stand below it.
func loadCompose(t *scan.Tree, p string) (*composeFile, error) {
	text, err := t.Read(p)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("not understood as YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("not a compose file: no mapping at the top")
	}
	root := doc.Content[0]
	services := child(root, "services")
	tree, err := plain(root)
	if err != nil {
		return nil, err
	}
	raw, _ := tree.(map[string]any)
	if services == nil {
		if !firstFormat(root) {
			return nil, errors.New("no services in it")
		}
		services, raw = root, firstToSecond(raw)
	}
	if services.Kind != yaml.MappingNode {
		return nil, errors.New("services is no mapping")
	}
	project, err := load(raw)
	if err != nil {
		return nil, err
	}
	f := &composeFile{path: p, dir: path.Dir(p), use: useOf(p)}
	for i := 0; i+1 < len(services.Content); i += 2 {
		name := services.Content[i]
		s, ok := project.Services[name.Value]
		if !ok {
			continue // of a profile, or no service
		}
		f.services = append(f.services, &composeService{ServiceConfig: s, file: f, node: services.Content[i+1], line: name.Line})
	}
	return f, nil
}

// firstFormat says whether the top of a file is a mapping of services as in fig.yml and the first compose format.
func firstFormat(root *yaml.Node) bool {
	for i := 1; i < len(root.Content); i += 2 {
		if child(root.Content[i], "image") != nil || child(root.Content[i], "build") != nil {
			return true
		}
	}
	return false
}

// firstToSecond puts services under services: and their dockerfile under their build.
func firstToSecond(raw map[string]any) map[string]any {
	for _, v := range raw {
		s, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if context, ok := s["build"].(string); ok && s["dockerfile"] != nil {
			s["build"] = map[string]any{"context": context, "dockerfile": s["dockerfile"]}
		}
		delete(s, "dockerfile")
	}
	return map[string]any{"services": raw}
}

// load gives the project to compose-go, which gets it in memory: it opens no file, and no environment reaches it.
func load(raw map[string]any) (project *types.Project, err error) {
	defer func() { // it was written for files that a person is at work on
		if p := recover(); p != nil {
			err = errors.New("not understood as a compose file")
		}
	}()
	prepare(raw)
	details := types.ConfigDetails{WorkingDir: "/", ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Config: raw}}, Environment: types.Mapping{}}
	project, err = loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("legacy", true)
		o.SkipValidation, o.SkipConsistencyCheck, o.SkipNormalization = true, true, true
		o.SkipResolveEnvironment, o.SkipResolveLabels, o.SkipInclude, o.ResolvePaths = true, true, true, false
		o.Profiles = []string{"*"}
		o.Interpolate = &interpolation.Options{Substitute: substitute, LookupValue: unset}
	})
	if err != nil {
		return nil, fmt.Errorf("not understood as a compose file: %w", err)
	}
	return project, nil
}

func unset(string) (string, bool) { return "", false }

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

// prepare removes from the services what only makes sense on the machine that runs them: bases in other files, and ports
// of that machine in variables.
func prepare(raw map[string]any) {
	services, _ := raw["services"].(map[string]any)
	for name, v := range services {
		s, ok := v.(map[string]any)
		if !ok {
			delete(services, name)
			continue
		}
		if base, ok := s["extends"].(map[string]any); ok && base["file"] != nil {
			delete(s, "extends")
		}
		for _, key := range []string{"ports", "expose"} {
			if list, ok := s[key].([]any); ok {
				s[key] = plainPorts(list)
			}
		}
		for _, key := range []string{"label_file", "deploy", "ulimits", "logging", "develop", "secrets", "configs", "networks", "blkio_config"} {
			delete(s, key)
		}
	}
	for key := range raw {
		if key != "services" {
			delete(raw, key)
		}
	}
}

var portTarget = scan.MustCompile(`(?:^|:)(\d+)(?:-\d+)?(/\w+)?$`)

// plainPorts keeps of each short port mapping the container's side.
func plainPorts(list []any) []any {
	var plain []any
	for _, item := range list {
		switch item := item.(type) {
		case string:
			filled, _ := substitute(item, unset)
			if m := portTarget.FindStringSubmatch(strings.TrimSpace(filled)); m != nil {
				plain = append(plain, m[1]+m[2])
			}
		case int:
			plain = append(plain, fmt.Sprint(item))
		case map[string]any:
			delete(item, "published")
			plain = append(plain, item)
		}
	}
	return plain
}

// child is the value of a key of a mapping, through anchors and merged mappings, or nil.
func child(node *yaml.Node, key string) *yaml.Node { return childWithin(node, key, 0) }

func childWithin(node *yaml.Node, key string, depth int) *yaml.Node {
	if node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return mergedChild(node, key, depth)
}

// mergedChild looks for a key in what the mapping takes over with <<.
func mergedChild(node *yaml.Node, key string, depth int) *yaml.Node {
	for i := 0; i+1 < len(node.Content) && depth < 10; i += 2 {
		if node.Content[i].Value != "<<" {
			continue
		}
		bases := []*yaml.Node{node.Content[i+1]}
		if bases[0].Kind == yaml.SequenceNode {
			bases = bases[0].Content
		}
		for _, b := range bases {
			if found := childWithin(b, key, depth+1); found != nil {
				return found
			}
		}
	}
	return nil
}

// lineOf is the line of a key of the service, of the service itself where the key comes from elsewhere.
func (s *composeService) lineOf(keys ...string) int {
	node := s.node
	for _, key := range keys {
		if node = child(node, key); node == nil {
			return s.line
		}
	}
	return node.Line
}

// envLine is the line on which the service sets a variable, in either form.
func (s *composeService) envLine(name string) int {
	node := child(s.node, "environment")
	if node == nil {
		return s.line
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if value := child(node, name); value != nil {
		return value.Line
	}
	for _, item := range node.Content {
		if key, _, _ := strings.Cut(item.Value, "="); node.Kind == yaml.SequenceNode && strings.TrimSpace(key) == name {
			return item.Line
		}
	}
	return node.Line
}
