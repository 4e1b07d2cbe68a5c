package ops

import (
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

func globals(args []instructions.ArgCommand) map[string]string {
	vars := map[string]string{}
	for _, a := range args {
		for _, kv := range a.Args {
			if kv.Value != nil {
				vars[kv.Key] = strings.Trim(fill(*kv.Value, vars), `"'`)
			}
		}
	}
	return vars
}

var variable = scan.MustCompile(`\$(?:(\w+)|\{(\w+)(?::?-([^}]{0,300}))?\})`)

// fill replaces variables by their values or defaults; one without either becomes nothing.
func fill(s string, vars map[string]string) string {
	return variable.ReplaceAllStringFunc(s, func(ref string) string {
		m := variable.FindStringSubmatch(ref)
		if v := vars[m[1]+m[2]]; v != "" {
			return v
		}
		return m[3]
	})
}
