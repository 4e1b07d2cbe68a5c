package ops

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// What a team's modules run is often told by values alone, a table of applications by name with the command of each:
//
//	worker_apps = { mailer = { startup_command = ["bundle", "exec", "sidekiq"] } }

// commandKeys are what such a table calls the command.
var commandKeys = []string{"startup_command", "start_command", "command"}

// servesThere is what the application that serves is called there.
var servesThere = scan.MustCompile(`(?i)^(main|web|app|application|frontend|server)([-_]?apps?|[-_]?application)?$`)

// applications claims the commands of production's tables for the code of the repository.
func (tf *terraform) applications(file tfVariables) {
	if file.environment != "production" && file.environment != "" || tf.t.MountOf(file.path) != "" || tf.t.First(".", manifests...) == "" {
		return
	}
	for _, table := range slices.Sorted(maps.Keys(file.values)) {
		apps := entries(file.values[table])
		for _, name := range slices.Sorted(maps.Keys(apps)) {
			argv := commandIn(apps[name])
			if len(argv) == 0 {
				continue
			}
			f := scan.Finding{Dir: ".", Service: service.Service{Command: argv}}
			steps := inLine(argv, file.path, max(file.lines[table], 1))
			if steps != nil {
				f.Service.Command = steps.argv
			}
			rank, note := scan.Declared, "the values for "+table
			if forDevelopment(f.Service.Command) {
				rank = scan.Guess
			}
			if !servesThere.MatchString(name) || !servesThere.MatchString(table) {
				f.Process = name
			}
			if steps != nil {
				reportBefore(tf.r, scan.Finding{Dir: "."}, steps, min(rank, scan.Convention))
			}
			tf.r.Find(f, file.path, max(file.lines[table], 1), rank, note)
			if said, ok := entries(apps[name])["replicas"]; ok {
				count, _ := plainText(said)
				claimReplicas(tf.r, f, count, file.path, file.lines[table], "replicas of "+name)
			}
		}
	}
}

// entries are the values of an object or a map by their names, none of anything else.
func entries(v cty.Value) map[string]cty.Value {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil
	}
	return v.AsValueMap()
}

// commandIn is the command that an application's values hold: a list of words, or a line for a shell.
func commandIn(v cty.Value) []string {
	values := entries(v)
	for _, key := range commandKeys {
		said, ok := values[key]
		said, _ = said.Unmark()
		switch {
		case !ok || said.IsNull() || !said.IsWhollyKnown():
		case said.Type() == cty.String:
			argv, _ := command(said.AsString())
			return argv
		case said.Type().IsTupleType() || said.Type().IsListType():
			var argv []string
			for _, word := range said.AsValueSlice() {
				if word, _ = word.Unmark(); word.IsNull() || word.Type() != cty.String {
					return nil
				}
				argv = append(argv, word.AsString())
			}
			return argv
		}
	}
	return nil
}
