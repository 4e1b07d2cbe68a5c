package generators

import (
	"encoding/json"
	"testing"
)

// TestSchemasAreWhereTheFilesPoint: the first line of each generated file names the schema that an editor loads.
func TestSchemasAreWhereTheFilesPoint(t *testing.T) {
	files, err := schemas(ordersApp())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{".migrate/migrate.schema.json": true, ".migrate/smoke.schema.json": true}
	for _, f := range files {
		if !json.Valid(f.Data) {
			t.Errorf("%s is no JSON", f.Path)
		}
		delete(want, f.Path)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
