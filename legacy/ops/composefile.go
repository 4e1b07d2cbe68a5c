package ops

import (
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var composeName = scan.MustCompile(`^(?:(?:docker-|podman-|container-)?compose(?:[._-](.+))?|fig|docker-cloud|stackfile|tutum)\.ya?ml$`)

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

// checksDir are directories of what checks the code on its way.
var checksDir = scan.MustCompile(`(?i)(^|/)(\.?ci|\.circleci|\.buildkite|\.travis|jenkins)/`)

// testProject are directories of .NET's projects that test others.
var testProject = scan.MustCompile(`(^|/)[\w.-]+\.[A-Z]?\w*Tests?/`)

func useOf(p string) composeUse {
	word := composeName.FindStringSubmatch(path.Base(p))[1]
	switch {
	case testProject.MatchString(p), checksDir.MatchString(p):
		return composeTest
	case inHidden.MatchString(p), developersDir.MatchString(p):
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

// written is a key of the service as the file has it, before variables are filled in; value where it comes from elsewhere.
func (s *composeService) written(key, value string) string {
	if node := child(s.node, key); node != nil && node.Kind == yaml.ScalarNode {
		return node.Value
	}
	return value
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
