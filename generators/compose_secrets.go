package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// composeSecretsName is the file that `make run_local` adds when it is asked for an environment's secrets.
const composeSecretsName = "compose.secrets.yaml"

type composeSecrets struct {
	Services []composeSecretsOf
	Files    map[string]string // a config of compose.yaml, and the variable that holds its content
	Binary   []string          // comments on what no variable can hold
}

type composeSecretsOf struct {
	Name        scalar
	Environment *block
}

// composeSecretsFiles renders the names of the secrets that nothing in compose.yaml answers; their values come from the
// environment of the command that reads it. What a container here was started with stays as compose.yaml has it: the
// password of an environment's database opens none of these. There is no file where nothing is left.
func composeSecretsFiles(app *service.App) ([]fileset.File, error) {
	file := composeSecrets{Files: map[string]string{}}
	c := composer{app: app, backends: backendsOf(app), shared: map[string][]pair{}}
	var blocks []*block
	for _, base := range app.Bases() {
		for _, name := range c.group(base) {
			var pairs []pair
			for _, key := range c.realSecrets(name) {
				pairs = append(pairs, pair{scalar(key), secretReference{app.SecretVariable(base, key), app.OptionalSecret(key)}})
			}
			if b := c.share(c.anchor("secrets", base), pairs); b != nil {
				file.Services, blocks = append(file.Services, composeSecretsOf{scalar(name), b}), append(blocks, b)
			}
			for _, key := range sorted(app.Effective(name).Secrets) {
				source := volumeName(base, strings.ToLower(key))
				switch value := app.Secrets.Keys[key]; {
				case value.File == "":
				case value.Base64:
					file.Binary = append(file.Binary, comment(key+", "+value.File))
				default:
					file.Files[source] = app.SecretVariable(base, key)
				}
			}
		}
	}
	dropLoneAnchors(blocks)
	slices.Sort(file.Binary)
	file.Binary = slices.Compact(file.Binary)
	if len(file.Services)+len(file.Files) == 0 {
		return nil, nil
	}
	data, err := execute(composeSecretsName, file)
	if err != nil {
		return nil, err
	}
	return []fileset.File{{Path: composeSecretsName, Data: data}}, nil
}

// realSecrets lists the variables of a service that an environment's store can answer for here, sorted.
func (c *composer) realSecrets(name string) []string {
	s := c.app.Effective(name)
	mine := c.backendsFor(s)
	var keys []string
	for _, key := range sorted(s.Secrets) {
		_, plain := s.Env[key]
		_, _, local := speaksOf(key, mine)
		if !plain && !local && c.app.Secrets.Keys[key].File == "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// secretReference is a value that compose takes from its environment.
type secretReference struct {
	variable string
	optional bool // the service starts without it: it is empty then
}

// YAML encodes the reference. The name has letters, digits and _ only.
func (r secretReference) YAML() (string, error) {
	if r.optional {
		return scalar("${" + r.variable + "-}").YAML()
	}
	return scalar("${" + r.variable + "?is not set: make run_local SECRETS_FROM=ENV}").YAML()
}
