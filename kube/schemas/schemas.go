// Package schemas holds the JSON Schemas of the Kubernetes kinds that migrate generates and that teams add to them, for
// validation without a cluster. The file is made from a running API server and from the Gateway API's CRDs by generate,
// and is strict: an object with properties takes no others.
//
// since.json says which kinds and fields came after Kubernetes 1.29, so that the schemas are those of older versions too.
//
// It knows nothing of validation itself, see package kube. To make it anew for another Kubernetes version, with a
// KUBECONFIG for a server of that version and kubectl on the PATH: go generate ./kube/schemas
package schemas

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:generate go run ./generate -o schemas.json.gz -since since.json

//go:embed schemas.json.gz
var packed []byte

//go:embed since.json
var history []byte

// The minor versions of Kubernetes that Since tells apart.
const (
	Oldest = 29
	Newest = 35
)

// Since says which minor version brought what the oldest did not have.
type Since struct {
	Fields map[string]map[string]int `json:"fields"` // name of a definition -> field -> minor version
	Kinds  map[string]int            `json:"kinds"`  // "resource.k8s.io/v1/ResourceClaim" -> minor version
}

// History unpacks what came when, once per process.
var History = sync.OnceValues(func() (*Since, error) {
	var s Since
	if err := json.Unmarshal(history, &s); err != nil {
		return nil, fmt.Errorf("embedded history of Kubernetes: %w", err)
	}
	return &s, nil
})

// Set is the unpacked file.
type Set struct {
	Kubernetes  string             `json:"kubernetes"`  // version of the server that it was taken from
	Gateway     string             `json:"gateway"`     // module and version of the Gateway API
	Kinds       map[string]string  `json:"kinds"`       // "apps/v1/Deployment" -> name of its definition
	Definitions map[string]*Schema `json:"definitions"` // which refer to each other as #/definitions/NAME
}

// Schema is the part of JSON Schema that the file uses; the fields mean what the keywords of that name do.
type Schema struct {
	Ref           string             `json:"$ref"`
	Type          Types              `json:"type"`
	Enum          []any              `json:"enum"` // strings and float64s
	Pattern       string             `json:"pattern"`
	Description   string             `json:"description"` // in place of Pattern in messages
	MinLength     int                `json:"minLength"`
	MaxLength     *int               `json:"maxLength"`
	Minimum       *float64           `json:"minimum"`
	Maximum       *float64           `json:"maximum"`
	Items         *Schema            `json:"items"`
	MinItems      int                `json:"minItems"`
	MaxItems      *int               `json:"maxItems"`
	Properties    map[string]*Schema `json:"properties"`
	Additional    Additional         `json:"additionalProperties"`
	Required      []string           `json:"required"`
	MinProperties int                `json:"minProperties"`
	MaxProperties *int               `json:"maxProperties"`
}

// Types is one type or several.
type Types []string

// UnmarshalJSON takes a string or a list of them.
func (t *Types) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		*t = make(Types, 1)
		return json.Unmarshal(text, &(*t)[0])
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// Additional says what an object may hold beside its properties: anything where both fields are zero.
type Additional struct {
	Forbidden bool
	Schema    *Schema
}

// UnmarshalJSON takes a boolean or a schema.
func (a *Additional) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case "true":
		return nil
	case "false":
		a.Forbidden = true
		return nil
	}
	return json.Unmarshal(text, &a.Schema)
}

// Load unpacks the embedded schemas once per process, which takes a few milliseconds.
var Load = sync.OnceValues(func() (*Set, error) {
	text, err := Unpacked()
	if err != nil {
		return nil, err
	}
	var set Set
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("embedded Kubernetes schemas: %w", err)
	}
	return &set, nil
})

// Unpacked is the file as plain JSON, a valid JSON Schema document.
func Unpacked() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("embedded Kubernetes schemas: %w", err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(z); err != nil {
		return nil, fmt.Errorf("embedded Kubernetes schemas: %w", err)
	}
	return text.Bytes(), nil
}
