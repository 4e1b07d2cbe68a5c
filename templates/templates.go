// Package templates holds the text of every generated file, laid out as the tree that comes out. Logic lives in
// generators; a template only places values, and in YAML only through the encoder ({{yaml .Value}}).
package templates

import "embed"

// FS holds the templates.
//
//go:embed all:files
var FS embed.FS
