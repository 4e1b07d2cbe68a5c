package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Terraform reads what the cloud keeps ready for the service: databases, queues, checks of load balancers, containers, with
// the values that each environment's variables give. Modules of the same tree are followed with their arguments.
func Terraform() scan.Reader {
	return scan.Reader{
		Name: "terraform",
		Wants: func(p string) bool {
			return strings.HasSuffix(p, ".tf") || strings.HasSuffix(p, ".tfvars") || strings.HasSuffix(p, ".tfvars.json")
		},
		Ops: true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			tf := &terraform{t: t, r: r, modules: map[string]*tfModule{}, said: map[string]bool{}, stages: stagesOf(paths), given: map[givenValue]bool{}}
			for _, p := range paths {
				if strings.HasSuffix(p, ".tf") {
					tf.parse(p)
				}
			}
			for _, p := range paths {
				if !strings.HasSuffix(p, ".tf") {
					tf.variables(p)
				}
			}
			tf.read()
		},
	}
}

// terraform is all modules of a tree.
type terraform struct {
	t       *scan.Tree
	r       *scan.Report
	modules map[string]*tfModule // by directory
	said    map[string]bool
	visits  int
	stages  map[string]bool     // see stagesOf
	given   map[givenValue]bool // values that went into something
}

// tfModule is one directory, which Terraform takes for one module.
type tfModule struct {
	dir    string
	blocks []tfBlock
	locals map[string]tfExpression
	vars   map[string]*hclsyntax.Block // variable blocks
	called bool                        // by another module of the tree
	files  []tfVariables
}

type tfBlock struct {
	*hclsyntax.Block
	file *tfFile
}

type tfFile struct {
	path, text string
}

type tfExpression struct {
	hclsyntax.Expression
	file *tfFile
}

// Bounds of one tree: how deep modules call each other, and how many are worked out at all.
const (
	maxTerraformCalls  = 6
	maxTerraformVisits = 300
)

// parse takes the blocks of one file into its module.
func (tf *terraform) parse(p string) {
	file := &tfFile{path: p, text: tf.t.Text(p, tf.r)}
	if line := tangledHCL(file.text); line > 0 {
		tf.r.Note(p, line, "nested deeper than people write: this file is not read")
		return
	}
	parsed, problems := hclsyntax.ParseConfig([]byte(file.text), p, hcl.InitialPos)
	if problems.HasErrors() {
		line := 1
		if at := problems[0].Subject; at != nil {
			line = at.Start.Line
		}
		tf.r.Note(p, line, "Terraform can't be parsed from here: %s; what is around it counts", problems[0].Summary)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	dir := path.Dir(p)
	m := tf.modules[dir]
	if m == nil {
		m = &tfModule{dir: dir, locals: map[string]tfExpression{}, vars: map[string]*hclsyntax.Block{}}
		tf.modules[dir] = m
	}
	for _, b := range body.Blocks {
		switch {
		case b.Type == "variable" && len(b.Labels) == 1:
			m.vars[b.Labels[0]] = b
		case b.Type == "locals":
			for name, a := range b.Body.Attributes {
				m.locals[name] = tfExpression{a.Expr, file}
			}
		default:
			m.blocks = append(m.blocks, tfBlock{b, file})
		}
	}
}

// Bounds on one file: HCL's parser goes one call deeper for each bracket, condition and sign.
const (
	maxHCLDepth   = 60
	maxHCLRepeats = 2000
)

// tangledHCL is the line on which a file is nested too deeply to be parsed, or 0.
func tangledHCL(text string) int {
	tokens, _ := hclsyntax.LexConfig([]byte(text), "", hcl.InitialPos)
	depth, signs, branches := 0, 0, 0
	for _, token := range tokens {
		signs++
		switch token.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenOQuote:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote:
			depth--
		case hclsyntax.TokenTemplateControl:
			depth++
			branches++
		case hclsyntax.TokenQuestion:
			branches++
		}
		if token.Type != hclsyntax.TokenBang && token.Type != hclsyntax.TokenMinus {
			signs = 0
		}
		if depth > maxHCLDepth || signs > maxHCLDepth || branches > maxHCLRepeats {
			return token.Range.Start.Line
		}
	}
	return 0
}

// read works out every module that no other one calls, production's first.
func (tf *terraform) read() {
	var dirs []string
	for dir, m := range tf.modules {
		dirs = append(dirs, dir)
		for _, b := range m.blocks {
			if at := tf.called(m, b); at != nil && at != m {
				at.called = true
			}
		}
	}
	sort.Strings(dirs)
	for _, dir := range productionFirst(dirs) {
		m := tf.modules[dir]
		if m.called {
			continue
		}
		environment := ""
		for d := dir; d != "." && d != "/" && environment == ""; d = path.Dir(d) {
			environment = scan.EnvironmentName(path.Base(d))
		}
		said := map[string]string{}
		for _, scope := range m.scopes(environment) {
			scope.said = said
			tf.visit(m, scope, []string{path.Base(dir)}, 0)
		}
		tf.unsaid(m)
	}
}

// unsaid notes for the record the values of files that nothing was said with.
func (tf *terraform) unsaid(m *tfModule) {
	for _, file := range m.files {
		for _, name := range slices.Sorted(maps.Keys(file.values)) {
			if at := (givenValue{file.path, file.lines[name]}); !tf.given[at] && tf.counts(m, name) {
				tf.r.NoteAside(nil, at.file, at.line, "values that are those of production, or go into what is kept secret or not converted", name)
			}
		}
	}
}

// called is the module of the same tree that a block calls.
func (tf *terraform) called(m *tfModule, b tfBlock) *tfModule {
	if b.Type != "module" {
		return nil
	}
	a := b.Body.Attributes["source"]
	if a == nil {
		return nil
	}
	source := constant(a.Expr)
	if source.IsNull() || !source.IsKnown() || source.Type() != cty.String {
		return nil
	}
	if at := source.AsString(); strings.HasPrefix(at, "./") || strings.HasPrefix(at, "../") {
		return tf.modules[path.Join(m.dir, at)]
	}
	return nil
}

// stage is the environment that a block calls a module for, by its own name or by that of the module's directory; "" for all.
func (tf *terraform) stage(m *tfModule, b tfBlock) string {
	inner := tf.called(m, b)
	if inner == nil || len(b.Labels) == 0 {
		return ""
	}
	return cmp.Or(scan.EnvironmentName(b.Labels[0]), scan.EnvironmentName(path.Base(inner.dir)))
}

// productionsFirst are the blocks of a module, with calls for other environments than production's behind all others.
func (tf *terraform) productionsFirst(m *tfModule) []tfBlock {
	var first, others []tfBlock
	for _, b := range m.blocks {
		if stage := tf.stage(m, b); stage != "" && stage != "production" {
			others = append(others, b)
		} else {
			first = append(first, b)
		}
	}
	return append(first, others...)
}

// secretData is data that a secret is taken from.
var secretData = scan.MustCompile(`secret|_ssm_parameter|vault_|password`)

// plainModule are directories of modules that say what a module makes, and not for whom.
var plainModule = scan.MustCompile(`(?i)^(modules?|services?|apps?|main|terraform|infra|aws|gcp|azure|ecs|eks|rds|s3|vpc|lambda|database|db|redis|cache|web|worker|(ecs|ecr|rds|aws|app|web)[-_](service|task|app|repo|db|cluster))$`)

// visit reads the blocks of a module in one scope; about are the names by which its callers know it.
func (tf *terraform) visit(m *tfModule, scope *tfScope, about []string, depth int) {
	if tf.visits++; tf.visits > maxTerraformVisits || depth > maxTerraformCalls {
		return
	}
	made := newCloudMade()
	if scope.said != nil {
		made.settings = scope.said
	}
	c := &cloud{subject: subject{t: tf.t, r: tf.r, about: about}, said: tf.said, environment: scope.environment, with: scope.file, made: made, given: tf.given, tool: "Terraform"}
	for _, b := range tf.productionsFirst(m) {
		c.file, scope.at = b.file.path, b.file
		switch {
		case b.Type == "resource" && len(b.Labels) == 2:
			c.resource(b.Labels[0], b.Labels[1], scope.block(b.Block))
		case b.Type == "data" && len(b.Labels) == 2 && secretData.MatchString(b.Labels[0]) && scope.environment == "":
			var names []string
			if c.elsewhere() {
				names = about
			}
			tf.r.NoteItem(names, b.file.path, b.DefRange().Start.Line, "secrets that another system keeps: what takes them is a secret of the service; put the values into gopass", b.Labels[1])
		case b.Type == "module" && len(b.Labels) == 1:
			body := scope.block(b.Block)
			if inner := tf.called(m, b); inner != nil && inner != m {
				c.settings(prop(body, "appsettings"))
				names := []string{b.Labels[0]}
				if base := path.Base(inner.dir); !plainModule.MatchString(base) {
					names = append(names, base)
				}
				if name := known(prop(body, "name")); name != "" {
					names = append(names, name)
				}
				names = append(names, about...)
				called := *c
				called.about = names
				called.aside(b.DefRange().Start.Line, "modules of the same tree, worked out for what they are called with", b.Labels[0])
				within := scope.call(inner, b.Block)
				if stage := tf.stage(m, b); within.environment == "" && stage != "production" {
					within.environment = stage
				}
				tf.visit(inner, within, names, depth+1)
				continue
			}
			c.module(b.Labels[0], body)
		default:
			c.aside(b.DefRange().Start.Line, "what Terraform itself is told, or only looks up", strings.Join(append([]string{b.Type}, b.Labels...), " "))
		}
	}
	c.pointed()
	c.scheduled()
	c.handedOut()
}
