package ops

import (
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var composeName = scan.MustCompile(`^(?:(?:docker-|podman-|container-)?compose(?:[._-](.+))?|fig|docker-cloud|stackfile|tutum|(docker-(?:stack|swarm)(?:[._-].+)?))\.ya?ml$|^(stack|swarm)\.yml$`)

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
	otherPlatform  = scan.MustCompile(`(^|[._-])(windows|win|osx|macos|m1|arm|arm64|armhf|rpi)($|[._-])`)
	testWord       = scan.MustCompile(`(^|[._-])(test|tests|testing|ci|e2e|integration|travis|jenkins|sut|lint|cypress|loadtest|load)($|[._-])`)
)

// checksDir are directories of what checks the code on its way.
var checksDir = scan.MustCompile(`(?i)(^|/)(\.?ci|\.circleci|\.buildkite|\.travis|jenkins)/`)

// testProject are directories of .NET's projects that test others.
var testProject = scan.MustCompile(`(^|/)[\w.-]+\.[A-Z]?\w*Tests?/`)

// deploymentFile is a file by another name in a directory of what deploys the service: docker/shop.yml, deploy/stack.yaml.
var deploymentFile = scan.MustCompile(`(?i)^(?:docker|deploy|deployments?|compose|stacks?|swarm|rancher[\w-]*|prod|production|(?:contrib/)?docker-(?:compose|swarm))/[\w.-]+\.ya?ml$`)

// runsThere are directories of what runs in production.
var runsThere = scan.MustCompile(`(?i)(^|/)(rancher[\w-]*|prod|production|swarm|live)/`)

// withServices is what a compose file says, whatever it is called.
var (
	withServices = scan.MustCompile(`(?m)^services:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+["']?[\w.-]+["']?:[ \t]*(?:[&#].*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n|[ \t]{2,}\S.*\r?\n)*?[ \t]{2,}(?:image|build):`)
	ofKubernetes = scan.MustCompile(`(?m)^(?:kind|apiVersion|applications):`)
)

// composes says whether a file is one of compose's: by its name, or by what it says.
func composes(t *scan.Tree, p string) bool {
	if composeName.MatchString(path.Base(p)) {
		return true
	}
	if !deploymentFile.MatchString(p) {
		return false
	}
	text := t.Text(p, &scan.Report{})
	return withServices.MatchString(text) && !ofKubernetes.MatchString(text)
}

func useOf(p string) composeUse {
	word, named := strings.TrimSuffix(path.Base(p), path.Ext(p)), false
	if m := composeName.FindStringSubmatch(path.Base(p)); m != nil {
		word, named = m[1]+m[2]+m[3], true
	}
	switch {
	case testProject.MatchString(p), checksDir.MatchString(p):
		return composeTest
	case inHidden.MatchString(p), developersDir.MatchString(p):
		return composeDevelopment
	case runsThere.MatchString(p) && !testWord.MatchString(word):
		return composeProduction
	case word == "":
		return composePlain
	case testWord.MatchString(word):
		return composeTest
	case otherPlatform.MatchString(word):
		return composeOther
	case productionWord.MatchString(word):
		return composeProduction
	case devWord.MatchString(word):
		return composeDevelopment
	case !named:
		return composePlain
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
	file  *composeFile
	node  *yaml.Node // the service's mapping
	line  int
	added *composeService // the same service in the addition that docker compose takes by itself
	lent  map[string]bool // the variables, and "ports", that stand in the addition alone
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
