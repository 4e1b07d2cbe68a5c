package host_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	generate "github.com/invopop/jsonschema"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

var update = flag.Bool("update", false, "write the schema that the structs give")

func TestSchema(t *testing.T) {
	r := generate.Reflector{RequiredFromJSONSchemaTags: true, Anonymous: true, Mapper: func(t reflect.Type) *generate.Schema {
		if t != reflect.TypeFor[host.Variables]() {
			return nil
		}
		value := &generate.Schema{OneOf: []*generate.Schema{{Type: "string"}, {Type: "null"}}}
		return &generate.Schema{Type: "object", AdditionalProperties: value}
	}}
	schema := r.Reflect(&host.Snapshot{})
	schema.Title = "A snapshot of a running host, taken by migrate inspect"
	want, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("host.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, host.Schema) {
		t.Error("host.schema.json is not what the structs give; run go test ./legacy/host -run TestSchema -update")
	}
}
