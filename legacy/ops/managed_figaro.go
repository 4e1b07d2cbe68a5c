package ops

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// variablesOfRails reads config/application.yml of a service with the gem figaro, which makes variables of its keys: those at
// the top hold everywhere, those below the name of an environment there.
func (g *meaning) variablesOfRails(m *managed, from managedValue, text, file, where string) bool {
	if !strings.HasSuffix(where, "/config/application.yml") || len(text) > scan.MaxConfigFile || !g.lists("figaro") {
		return false
	}
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return false
	}
	took := false
	variables := func(of *yaml.Node, environment string) {
		for i := 0; i+1 < len(of.Content); i += 2 {
			key, value := of.Content[i], of.Content[i+1]
			if value.Kind != yaml.ScalarNode || !service.VariableName(key.Value) {
				continue
			}
			v := m.written(value.Value, file, key.Line)
			v.environment, v.secret = environment, v.secret || secretOpen(v.text, from)
			g.setting(m, m.finding(), key.Value, v)
			took = true
		}
	}
	top := doc.Content[0]
	for i := 0; top.Kind == yaml.MappingNode && i+1 < len(top.Content); i += 2 {
		environment := scan.EnvironmentName(top.Content[i].Value)
		if of := top.Content[i+1]; of.Kind == yaml.MappingNode && environment != "" {
			if environment == "production" {
				environment = "" // what holds everywhere
			}
			variables(of, environment)
		}
	}
	if top.Kind == yaml.MappingNode {
		variables(top, "")
	}
	return took
}
