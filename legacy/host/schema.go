package host

import _ "embed"

// Schema is the JSON Schema of a snapshot. It is generated from the structs by the test that compares them:
// go test ./legacy/host -run TestSchema -update.
//
//go:embed host.schema.json
var Schema []byte
