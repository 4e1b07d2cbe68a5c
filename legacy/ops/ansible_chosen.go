package ops

import (
	"slices"
	"strings"
)

// environmentVariables are those by which people say for which environment a play is run: -e runtime_env=production.
var environmentVariables = []string{"env", "environment", "environment_name", "env_name", "runtime_env", "deploy_env", "deploy_environment", "deployment_environment", "target_env", "target_environment", "app_env", "stage"}

// environmentWords are how an environment is written.
var environmentWords = map[string][]string{"production": {"production", "prod", "prd", "live"}, "staging": {"staging", "stage", "stg"}}

// chosen are the hosts of a play and its files of variables, as they are where the environment is given: the first spelling
// counts with which all the files are there.
func (run *ansibleRun) chosen(file string, play managedValue) (hosts string, files []string) {
	words := environmentWords[run.environment]
	if words == nil {
		words = []string{run.environment}
	}
	for i, word := range words {
		scope := run.givenEnvironment(word, play)
		var named []string
		for _, name := range scope.filled(play.hash["vars_files"], 0).texts() {
			named = append(named, run.beside(file, name))
		}
		all := !slices.ContainsFunc(named, func(name string) bool { return !run.w.t.Has(name) })
		if i == 0 || all {
			hosts, files = scope.filled(play.hash["hosts"], 0).plain(), named
		}
		if all {
			break
		}
	}
	if hosts == "" {
		hosts = play.hash["hosts"].plain()
	}
	return hosts, files
}

// givenEnvironment is the scope of who runs a play for an environment.
func (run *ansibleRun) givenEnvironment(word string, play managedValue) *ansibleScope {
	given := map[string]managedValue{}
	for _, name := range environmentVariables {
		given[name] = textValue(word, play.file, play.line)
	}
	scope := &ansibleScope{w: run.w, open: map[string]bool{}, work: &run.work}
	return scope.with(given, play.hash["vars"].hash)
}

// calledAfter is the variable by which a role that many ask for learns whom it works for: one of its own that the asking role
// sets to its name.
func (run *ansibleRun) calledAfter(role *ansibleRole, owner *managed) map[string]managedValue {
	asker := run.w.role(ownerName(owner))
	if asker == nil || asker == role {
		return nil
	}
	own := run.w.fileVars(role.dir, "defaults").hash
	for _, part := range []string{"vars", "defaults"} {
		vars := run.w.fileVars(asker.dir, part)
		for _, name := range vars.keys {
			if _, has := own[name]; has && plainNames.Replace(vars.hash[name].plain()) == plainNames.Replace(asker.name) {
				return map[string]managedValue{name: vars.hash[name]}
			}
		}
	}
	return nil
}

var plainNames = strings.NewReplacer("_", "-")

func ownerName(owner *managed) string {
	if owner == nil {
		return ""
	}
	return strings.ReplaceAll(owner.title, "::", "/")
}
