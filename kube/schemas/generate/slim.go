package main

import "strings"

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
	if _, ok := s["oneOf"]; ok || s["x-kubernetes-int-or-string"] == true { // intstr.IntOrString, resource.Quantity
		return schema{"type": []string{"integer", "number", "string"}}
	}
	out := schema{}
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

func strict(s, out schema, seen func(string)) schema {
	if more, ok := s["additionalProperties"].(schema); ok {
		out["additionalProperties"] = slim(more, seen)
	} else if _, ok := out["properties"]; ok && s["x-kubernetes-preserve-unknown-fields"] != true {
		out["additionalProperties"] = false
	}
	return out
}
