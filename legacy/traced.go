package legacy

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// tracers are programs that start another one and watch it: New Relic's agent, Datadog's and OpenTelemetry's.
var tracers = [][]string{{"newrelic-admin", "run-program"}, {"newrelic-admin", "run-python"}, {"ddtrace-run"}, {"opentelemetry-instrument"}}

// traced takes the command with its tracer, where two places start the same program and one of them with it: developers
// leave it out of the image that they share, and production would lose its figures.
func (r *resolver) traced(at string, s *service.Service, findings []Claimed) {
	for _, f := range findings {
		words := f.Service.Command
		if f.Evidence.Rank < scan.Declared || len(words) <= len(s.Command) || len(s.Command) == 0 {
			continue
		}
		for _, tracer := range tracers {
			if n := len(tracer); slices.Equal(words[:min(n, len(words))], tracer) && slices.Equal(words[n:], s.Command) {
				s.Command = slices.Clone(words)
				r.Claims[at+".command"] = append([]Claim{{f.Evidence, strings.Join(words, " "), f.order}}, r.Claims[at+".command"]...)
				return
			}
		}
	}
}
