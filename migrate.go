// Package migrate is a toolkit that takes a legacy service to Kubernetes: it reads what the repository, its old
// operations code and its host can tell, keeps one model of the service (migrate.yaml) with the evidence for every
// value, and generates and runs what the team needs from it.
//
// The way through the packages: legacy reads, service holds the model, generators renders files from it, fileset
// writes them; secrets, kube, smoke, perf and sidecar do the work that the generated Makefile calls for.
// This package only holds what has to stand at the root of the module.
package migrate

import _ "embed"

// Makefile is the template of the Makefile that every migrated repository gets; generators.Makefile fills it in.
//
//go:embed Makefile.tmpl
var Makefile string

// Version of the toolkit. Releases set it at link time: -ldflags "-X github.com/migrate-to-kubernetes/migrate.Version=v1.2.3".
var Version = "dev"
