package generators

import (
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// schemas writes the JSON Schemas that the first lines of migrate.yaml and of the smoke tests point editors to. They lie
// in the repository so that an editor needs neither this tool nor the network.
func schemas(*service.App) ([]fileset.File, error) {
	return []fileset.File{
		{Path: service.SchemaPath, Data: service.Schema},
		{Path: ".migrate/smoke.schema.json", Data: smoke.Schema},
	}, nil
}
