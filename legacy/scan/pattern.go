package scan

import "github.com/migrate-to-kubernetes/migrate/pattern"

// Pattern is a reader's regular expression, compiled when it is first asked.
type Pattern = pattern.Pattern

// MustCompile makes a Pattern: see package pattern.
func MustCompile(text string) *Pattern { return pattern.MustCompile(text) }
