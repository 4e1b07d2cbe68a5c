package cli

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// environments are those that --env names: one, several with commas, or all. An unknown one is wrong usage.
func environments(app *service.App, flag string) ([]string, error) {
	known := app.EnvironmentNames()
	if flag == "all" {
		return known, nil
	}
	if flag == "" {
		return nil, usage("say which environment: --env %s", strings.Join(append(known, "all"), "|"))
	}
	var names []string
	for _, name := range strings.Split(flag, ",") {
		if _, ok := app.Environments[name]; !ok {
			return nil, usage("there is no environment %q in %s; there is %s", name, service.FileName, strings.Join(known, ", "))
		}
		names = append(names, name)
	}
	return names, nil
}
