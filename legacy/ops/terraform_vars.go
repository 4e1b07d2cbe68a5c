package ops

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// tfVariables are the values that one file gives variables.
type tfVariables struct {
	path        string
	environment string // whose they are; "" for all
	values      map[string]cty.Value
	lines       map[string]int // on which they stand
}

// variables reads terraform.tfvars, prod.tfvars, environments/staging/x.tfvars.json and their like for the module that they
// lie in or below.
func (tf *terraform) variables(p string) {
	m := tf.modules[path.Dir(p)]
	for dir := path.Dir(p); m == nil && dir != "." && dir != "/"; m = tf.modules[dir] {
		dir = path.Dir(dir)
	}
	if m == nil {
		return
	}
	name, _, _ := strings.Cut(path.Base(p), ".")
	file := tfVariables{path: p, environment: scan.EnvironmentName(name)}
	if file.environment == "" && tf.stages[path.Dir(p)] && plainStage.MatchString(name) && !notStage.MatchString(name) { // perftest.tfvars beside prod.tfvars
		file.environment = name
	}
	if everywhere := name == "terraform" || strings.Contains(path.Base(p), ".auto."); everywhere || file.environment == "" {
		file.environment = scan.EnvironmentName(path.Base(path.Dir(p)))
		if file.environment == "" && !everywhere {
			tf.r.NoteItem(nil, path.Dir(p), 0, "variables of what is no environment that is known here: their values are left out", name)
			return
		}
	}
	file.values, file.lines = tf.values(p)
	m.files = append(m.files, file)
	tf.applications(file)
	for _, name := range slices.Sorted(maps.Keys(file.values)) {
		if !tf.counts(m, name) {
			group := "values for what is not converted"
			if cloudPlace.MatchString(name) {
				group = "where the cloud ran it, and on what: the Deployment has its place in the cluster"
			}
			tf.r.NoteItem(nil, p, file.lines[name], group, name)
		}
	}
}

var (
	// plainStage is a name that an environment may have; those of notStage hold for several.
	plainStage = scan.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	notStage   = scan.MustCompile(`^(terraform|common|commons|defaults?|global|globals|shared|all|base|main|variables?|vars|values|secrets?|versions?|inputs?|settings|config|example|sample|template|local|dev|devel|development|sandbox|test|tests|testing|ci|nonprod|non-prod|(eu|us|ap|ca|sa|me|af)-[a-z]+-[0-9])$`)
)

// cloudPlace are variables that say on which machines and in which networks of the cloud something runs.
var cloudPlace = scan.MustCompile(`^(asp|app_service_plan|plan|resource_group|rg|location|region|subscription|tenant|vnet|vpc|subnets?|availability_zones?|network|common_tags|tags|ilb\w*)(_\w+|$)`)

// stagesOf are the directories whose files of variables are each for one environment: one of them is known.
func stagesOf(paths []string) map[string]bool {
	stages := map[string]bool{}
	for _, p := range paths {
		if name, _, _ := strings.Cut(path.Base(p), "."); !strings.HasSuffix(p, ".tf") && scan.EnvironmentName(name) != "" {
			stages[path.Dir(p)] = true
		}
	}
	return stages
}

// counts says whether a variable goes into anything of its module but what modules kept elsewhere and resources are told
// of the cloud itself.
func (tf *terraform) counts(m *tfModule, name string) bool {
	mentions := func(e hclsyntax.Expression) bool {
		for _, v := range e.Variables() {
			if len(v) > 1 && v.RootName() == "var" {
				if a, ok := v[1].(hcl.TraverseAttr); ok && a.Name == name {
					return true
				}
			}
		}
		return false
	}
	for _, l := range m.locals {
		if mentions(l.Expression) {
			return true
		}
	}
	for _, b := range m.blocks {
		for key, a := range b.Body.Attributes {
			plain := strings.ToLower(strings.ReplaceAll(key, "_", ""))
			local := tf.called(m, b) != nil
			if (local || b.Type != "module" && b.Type != "data" || cloudTaken[plain]) && mentions(a.Expr) {
				return true
			}
		}
	}
	return false
}

// values reads the text of one file of variables.
func (tf *terraform) values(p string) (values map[string]cty.Value, lines map[string]int) {
	text := tf.t.Text(p, tf.r)
	if strings.HasSuffix(p, ".json") {
		kind, err := cty.DynamicPseudoType, error(nil)
		if json.Valid([]byte(text)) {
			kind, err = ctyjson.ImpliedType([]byte(text))
		}
		if err != nil || !kind.IsObjectType() {
			tf.r.Note(p, 1, "no object of JSON: its variables are left out")
			return nil, nil
		}
		if v, err := ctyjson.Unmarshal([]byte(text), kind); err == nil {
			return v.AsValueMap(), nil
		}
		return nil, nil
	}
	if line := tangledHCL(text); line > 0 {
		tf.r.Note(p, line, "nested deeper than people write: this file is not read")
		return nil, nil
	}
	parsed, problems := hclsyntax.ParseConfig([]byte(text), p, hcl.InitialPos)
	if problems.HasErrors() {
		tf.r.Note(p, 1, "variables that can't be parsed: %s; those that can count", problems[0].Summary)
	}
	values, lines = map[string]cty.Value{}, map[string]int{}
	if body, ok := parsed.Body.(*hclsyntax.Body); ok {
		for name, a := range body.Attributes {
			values[name], lines[name] = constant(a.Expr), a.SrcRange.Start.Line
		}
	}
	return values, lines
}

// scopes are the module with the values that count everywhere, production's, and then with those of each environment.
// directory is the environment that the module's own directory is about, all of it.
func (m *tfModule) scopes(directory string) []*tfScope {
	names := map[string]bool{}
	for _, f := range m.files {
		names[f.environment] = true
	}
	if directory != "" {
		s := newScope(m, directory, "")
		s.fill(directory, directory)
		if directory == "production" {
			s.environment = ""
		}
		return []*tfScope{s}
	}
	base := newScope(m, "", "")
	base.fill("", "")
	if names["production"] {
		base.fill("production", "production")
	}
	delete(names, "production")
	delete(names, "")
	all := []*tfScope{base}
	var environments []string
	for name := range names {
		environments = append(environments, name)
	}
	sort.Strings(environments)
	for _, name := range environments {
		s := newScope(m, name, "")
		s.fill(name, name)
		all = append(all, s)
	}
	return all
}

// fill takes the values over that hold everywhere and those of one environment, whose name variables such as env have.
func (s *tfScope) fill(environment, called string) {
	for _, of := range []string{"", environment} {
		for _, f := range s.module.files {
			if f.environment != of {
				continue
			}
			if of != "" {
				s.file = f.path
				called, _, _ = strings.Cut(path.Base(f.path), ".")
			}
			for name, value := range f.values {
				s.set(name, value)
				s.places[name] = givenValue{f.path, f.lines[name]}
			}
		}
	}
	for _, name := range []string{"env", "environment", "environment_name"} {
		if v, ok := s.vars[name]; ok && called != "" && called != "terraform" && !v.IsKnown() {
			s.set(name, cty.StringVal(called))
		}
	}
}

// sortFields puts fields into the order of the file.
func sortFields(fields []writtenField) {
	sort.SliceStable(fields, func(i, j int) bool {
		return fields[i].line < fields[j].line || fields[i].line == fields[j].line && fields[i].key < fields[j].key
	})
}
