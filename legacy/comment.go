package legacy

import (
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// commented is how many places a comment in migrate.yaml names at most; explain knows the rest.
const commented = 3

// Comment is what stands behind a field in migrate.yaml: where its value came from.
func (r *Resolution) Comment(field string) string {
	claims := r.Claims[field]
	if len(claims) == 0 { // a mapping on one line: the evidence of its parts
		var parts []string
		for f := range r.Claims {
			if strings.HasPrefix(f, field+".") {
				parts = append(parts, f)
			}
		}
		sort.Strings(parts)
		for _, f := range parts {
			claims = append(claims, r.Claims[f][0])
		}
	} else if !isList(field) {
		claims = claims[:1]
	}
	var places []string
	for i, c := range claims {
		place := c.Evidence.String()
		if i > 0 && c.Rank == claims[0].Rank { // the rank is said once
			place = strings.TrimPrefix(place, c.Rank.String()+", ")
		}
		if !slices.Contains(places, place) && !slices.Contains(places, c.Evidence.String()) {
			places = append(places, place)
		}
	}
	if len(places) > commented {
		places = append(places[:commented], "...")
	}
	return strings.Join(places, ", ")
}

func isList(field string) bool {
	switch field[strings.LastIndexByte(field, '.')+1:] {
	case "secrets", "state", "routes", "files", "assets", "packages", "runtime", "install", "parts", "redirects":
		return true
	}
	return strings.HasPrefix(field, operationsField)
}

// Evidence is the evidence of every field, the winner first, as the contract of init -o json has it.
func (r *Resolution) Evidence() map[string][]scan.Evidence {
	all := make(map[string][]scan.Evidence, len(r.Claims))
	for field, claims := range r.Claims {
		for _, c := range claims {
			if e := c.Evidence; !slices.Contains(all[field], e) {
				all[field] = append(all[field], e)
			}
		}
	}
	return all
}
