package service_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	generate "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/migrate-to-kubernetes/migrate/service"
)

var update = flag.Bool("update", false, "write the schema that the structs give")

func TestSchema(t *testing.T) {
	r := generate.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Anonymous: true}
	schema := r.Reflect(&service.App{})
	schema.Title = "migrate.yaml: a service on its way to Kubernetes"
	want, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("migrate.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, service.Schema) {
		t.Error("migrate.schema.json is not what the structs give; run go test ./service -run TestSchema -update")
	}
}

// TestSchemaAgrees holds the schema against the loader: what an editor marks is what Load refuses.
func TestSchemaAgrees(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(service.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("migrate.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("migrate.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]struct {
		change func(m map[string]any)
		ok     bool
	}{
		"as it is":       {func(map[string]any) {}, true},
		"unknown key":    {func(m map[string]any) { m["title"] = "x" }, false},
		"nested unknown": {func(m map[string]any) { web(m)["prot"] = 1 }, false},
		"wrong type":     {func(m map[string]any) { web(m)["port"] = "many" }, false},
		"no name":        {func(m map[string]any) { delete(m, "name") }, false},
		"port too big":   {func(m map[string]any) { web(m)["port"] = 70000 }, false},
		"version 2":      {func(m map[string]any) { m["version"] = 2 }, false},
		"unknown ci":     {func(m map[string]any) { m["ci"] = "jenkins" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			app, err := service.Load("migrate.yaml", []byte(shop))
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(app)
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatal(err)
			}
			edit.change(m)
			edited, _ := json.Marshal(m)
			v, _ := jsonschema.UnmarshalJSON(bytes.NewReader(edited))
			if err := schema.Validate(v); (err == nil) != edit.ok {
				t.Errorf("schema: %v", err)
			}
			if _, err := service.Load("migrate.yaml", edited); (err == nil) != edit.ok { // JSON is YAML
				t.Errorf("Load: %v", err)
			}
		})
	}
}

func web(m map[string]any) map[string]any {
	return m["services"].(map[string]any)["web"].(map[string]any)
}
