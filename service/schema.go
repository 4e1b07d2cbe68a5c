package service

import _ "embed"

// Schema is the JSON Schema of migrate.yaml, for editors. It is generated from the structs by the test that compares
// them: go test ./service -run TestSchema -update.
//
//go:embed migrate.schema.json
var Schema []byte
