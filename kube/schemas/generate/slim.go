package main

import (
	"fmt"
	"math"
	"strings"
)

// kept are the keywords that say something about a value; the rest (descriptions, defaults, merge keys, CEL) is dropped.
var kept = map[string]bool{
	"type": true, "enum": true, "required": true, "pattern": true, "minimum": true, "maximum": true,
	"minLength": true, "maxLength": true, "minItems": true, "maxItems": true, "minProperties": true, "maxProperties": true,
}

// slim reduces an OpenAPI v3 schema to plain JSON Schema without prose, and makes it strict: an object with properties
// takes no others. seen is told the name of each definition that it refers to.
func slim(s schema, seen func(string)) schema {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		seen(name)
		return schema{"$ref": "#/definitions/" + name}
	}
	if all, ok := s["allOf"].([]any); ok && len(all) == 1 { // the server's way to put a default beside a reference
		return slim(all[0].(schema), seen)
	}
	if s["x-kubernetes-int-or-string"] == true {
		return schema{"type": []string{"integer", "string"}}
	}
	out := schema{}
	for k, v := range formats[fmt.Sprint(s["format"])] {
		out[k] = v
	}
	if types := alternatives(s); types != nil {
		out["type"] = types
		return out
	}
	for k, v := range s {
		if kept[k] {
			out[k] = v
		}
	}
	if items, ok := s["items"].(schema); ok {
		out["items"] = slim(items, seen)
	}
	if properties, ok := s["properties"].(schema); ok {
		slimmed := schema{}
		for name, p := range properties {
			slimmed[name] = slim(p.(schema), seen)
		}
		out["properties"] = slimmed
	}
	out = strict(s, out, seen)
	return out
}

// formats are what the values of a format have to be like, as the server decodes them.
var formats = map[string]schema{
	"int32":         {"minimum": math.MinInt32, "maximum": math.MaxInt32},
	"int-or-string": {"minimum": math.MinInt32, "maximum": math.MaxInt32},
	"date-time": described(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`,
		"a time such as 2026-01-31T12:00:00Z"),
	"byte": described(`^(([A-Za-z0-9+/][\r\n]*){4})*(([A-Za-z0-9+/][\r\n]*){2}=[\r\n]*=[\r\n]*|([A-Za-z0-9+/][\r\n]*){3}=[\r\n]*)?$`, "base64"),
}

// alternatives are the types between which a schema leaves the choice, as intstr.IntOrString and resource.Quantity do.
func alternatives(s schema) []any {
	var types []any
	choice, _ := s["oneOf"].([]any)
	for _, one := range choice {
		kind, ok := one.(schema)["type"]
		if !ok {
			return nil // one of several forms of a mapping
		}
		types = append(types, kind)
	}
	return types
}

func strict(s, out schema, seen func(string)) schema {
	if more, ok := s["additionalProperties"].(schema); ok {
		out["additionalProperties"] = slim(more, seen)
	} else if _, ok := out["properties"]; ok && s["x-kubernetes-preserve-unknown-fields"] != true {
		out["additionalProperties"] = false
	}
	return out
}
