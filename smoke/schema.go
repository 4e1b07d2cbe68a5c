package smoke

import _ "embed"

// Schema is the JSON Schema (draft 7, which editors know best) of a file of checks. A file that it refuses Load refuses
// too; Load also refuses what a schema can't say: a variable without a value, a regular expression that is none.
//
//go:embed smoke.schema.json
var Schema []byte
