// Package smoke checks a running service from outside: does it answer, and answer what it should? The checks are declared
// in small YAML files; one variable, the target, says which copy of the service they are for.
//
// It stands at the end of the way, after run_local and kube_apply, and depends on nothing before it: it knows no model and
// no Kubernetes, and any URL will do. Load reads the files, strictly; Run makes the requests and returns a Report, whose
// methods write it for people and for CI. Nothing is printed here, and of the environment only the usual proxy variables
// are read.
package smoke

import (
	"context"
	"slices"
	"time"
)

// Suite is one file of checks. The checks run in order and may use what an earlier check of the same file captured;
// files know nothing of each other and run side by side.
type Suite struct {
	File    string // as it was given to Load, for messages
	Service string // the file's "service"; empty where it says none
	Checks  []Check

	values  []setting // of variables, where neither Options.Values nor Options.Env has one
	secrets []string  // names of variables whose values no report may hold, whatever the names say
}

type setting struct{ name, value string }

// set keeps the first value that a variable gets.
func (s *Suite) set(name, value string) {
	if _, ok := s.value(name); !ok {
		s.values = append(s.values, setting{name, value})
	}
}

func (s *Suite) value(name string) (string, bool) {
	i := slices.IndexFunc(s.values, func(v setting) bool { return v.name == name })
	if i < 0 {
		return "", false
	}
	return s.values[i].value, true
}

// Check is one thing that must be true of the target.
type Check struct {
	Name string // "name", or what the check does where it has none
	File string // where it stands: the suite's file, or one that this uses
	Line int    // in File, from 1
	From string // the evidence that it was derived from; empty for a check written by hand
	// Ignore names what of the answer may differ when two services are compared: headers.ETag, body.time, body.items.*.id.
	Ignore []string

	only       []string // conditions of the target, all of which must hold
	tags       []string
	eventually time.Duration
	timeout    time.Duration
	probe      probe
}

// probe is the part of a check that talks to the target.
type probe interface {
	// attempt tries once. It returns when ctx is done, at the latest.
	attempt(ctx context.Context, s *session) outcome
	// templates are all the texts of the probe that may hold variables.
	templates() []template
	// needsWrites says that the probe may change data.
	needsWrites() bool
	// asksTarget says that the probe asks the service itself: its answers show that it is up, and one that can't be
	// reached need not be asked again.
	asksTarget() bool
}

// outcome is what one attempt found.
type outcome struct {
	failures []Failure
	summary  string  // a word for the line of the check: the status, the days left
	request  string  // what was asked, as METHOD URL
	answer   *answer // nil where none came
	command  string  // what repeats the attempt by hand

	// starting says why the service is taken as not up yet ("connection refused", "503"); empty once it answers. Only such
	// outcomes are waited for.
	starting string
	// unreachable says that no connection came about, so that no other request will fare better.
	unreachable bool

	took     time.Duration
	captured map[string]any
}

// condition words of "only".
const (
	onlyHTTP    = "http"
	onlyHTTPS   = "https"
	onlyInside  = "inside"
	onlyOutside = "outside"
)
