package look

import (
	"context"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/requests"
)

// operations asks for a few GETs of the service's description, those without an account first.
func (l *looker) operations(ctx context.Context) {
	for _, r := range l.ask(ctx, descriptions...) {
		if r.failed != "" {
			l.leave("GET "+r.path, "%s", r.failed)
		}
		if !r.good() || !isJSON(r.media) || r.same(l.none) {
			continue
		}
		if r.answer.Cut {
			l.leave("GET "+r.path, "it is too large to be read")
			continue
		}
		found, err := requests.Read("openapi.json", r.answer.Body)
		if err != nil || found.Format != "OpenAPI" {
			continue // something else of that name
		}
		l.record(r)
		l.some(ctx, r.path, found.Requests)
		return
	}
}

func (l *looker) some(ctx context.Context, description string, all []requests.Request) {
	slices.SortStableFunc(all, func(a, b requests.Request) int {
		switch {
		case a.Secured == b.Secured:
			return 0
		case b.Secured:
			return -1
		}
		return 1
	})
	var paths []string
	more := 0
	for _, r := range all {
		p := strings.TrimPrefix(r.Path, l.options.Target.Base)
		_, done := l.replies[p]
		switch {
		case done || slices.Contains(paths, p) || r.Method != "GET" || len(r.Headers) > 0 || strings.ContainsAny(p, "?${};") || !strings.HasPrefix(p, "/"):
		case len(paths) == maxOperations:
			more++
		case l.harmless(p):
			paths = append(paths, p)
		}
	}
	if more > 0 {
		l.leave("more GETs of "+description, "%d are enough; migrate smoke import takes all of a description", maxOperations)
	}
	for _, r := range l.ask(ctx, paths...) {
		l.page(r)
	}
}
