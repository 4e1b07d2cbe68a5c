package lang

import (
	"regexp"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// ownReader is a function of a file's own that takes the name of a variable and reads it: function get(name, fallback) {
// if (process.env[name]) ...; const required = (name) => process.env[name].
var ownReader = scan.MustCompile(`\bfunction\s+(\w+)\s*(?:<[^<>()]*>)?\s*\(\s*(\w+)\b[^{}]*(?:\{[^{}]*\}[^{}]*)?\{[^{}]*?\bprocess\.env\[(\w+)\]|` +
	`\b(?:const|let|var)\s+(\w+)\s*=\s*(?:<[^<>()]*>\s*)?(?:\(\s*(\w+)\b[^()]*\)(?:\s*:[^=;{}]*)?|(\w+))\s*=>\s*\{?[^{}]*?\bprocess\.env\[(\w+)\]`)

// ownReaders gives the calls of such functions the name of what they do.
func (s *source) ownReaders() {
	readers := map[string]bool{}
	for _, m := range ownReader.FindAllStringSubmatch(s.text, 20) {
		if m[2]+m[5]+m[6] == m[3]+m[7] {
			readers[m[1]+m[4]] = true
		}
	}
	if len(readers) == 0 {
		return
	}
	for i := range s.settings {
		s.settings[i].v = readingVariables(s.settings[i].v, readers)
	}
	for i := range s.calls {
		s.calls[i] = readingVariables(s.calls[i], readers)
	}
}

func readingVariables(v value, readers map[string]bool) value {
	if first, ok := v.arg(0); v.kind == valCall && readers[v.text] && ok && first.kind == valString && isVariable.MatchString(first.text) {
		v.text = "getenv"
	}
	if len(v.items) == 0 {
		return v
	}
	items := make([]value, len(v.items))
	for i, item := range v.items {
		items[i] = readingVariables(item, readers)
	}
	v.items = items
	return v
}

// nodeEnvironment is a name for the environment, or for what a module of the team's own makes of it:
// const env = require('../services/environment')(), import { env } from './env'.
var nodeEnvironment = scan.MustCompile(`(?m)^\s*(?:(?:const|let|var)\s+(\w+)\s*=\s*(?:process\.env\s*;?\s*$|require\(\s*['"]\.[\w./-]*(?i:env|environment)(?:\.\w+)?['"]\s*\)\s*(?:\(\s*\))?\s*;?\s*$)|import\s+(?:\{\s*(env)\s*\}|(\w+))\s+from\s+['"][.@~][\w./@-]*\benv(?:ironment)?(?:\.\w+)?['"])`)

// environmentHanded is a function that is given the environment, under its usual name.
var environmentHanded = scan.MustCompile(`(?:\bconstructor|\bfunction\b\s*\w*)\s*\([^()]{0,80}?\benv\b[^()]{0,80}\)\s*\{|\(\s*env\s*\)\s*=>`)

// handedVariable is what such a function takes from it: env.API_TOKEN, this.env.API_TOKEN.
var handedVariable = scan.MustCompile(`(^|[^\w.$])(?:this\.)?env\.([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b`)

// environmentInFull writes process.env where a file has another name for it: env.API_TOKEN.
func environmentInFull(text string) string {
	if environmentHanded.MatchString(text) {
		text = handedVariable.ReplaceAllString(text, "${1}process.env.$2")
	}
	for _, m := range nodeEnvironment.FindAllStringSubmatch(text, 5) {
		text = variableOfName(m[1]+m[2]+m[3]).ReplaceAllString(text, "${1}process.env.$2")
	}
	return text
}

// variableOfName finds the variables that a file takes from an object of this name.
func variableOfName(name string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[^\w.$])` + name + `\.([A-Z][A-Z0-9_]+)\b`)
}
