package legacy

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// alone settles what counts of programs that are not known to serve: nothing where any other code runs, else the ones of
// the directory that is nearest to the root. One counts as well where its directory is run in production and no code of
// another language is there.
func alone(findings []Claimed) []Claimed {
	library, run, spoken := map[string]bool{}, map[string]bool{}, map[string]bool{}
	language := map[string]string{} // of the programs that are not known to serve
	for _, f := range findings {
		if f.Alone && f.Service.Language != "" {
			language[path.Clean(f.Dir)] = f.Service.Language
		}
	}
	for _, f := range findings {
		dir := path.Clean(f.Dir)
		library[dir] = library[dir] || f.Library
		run[dir] = run[dir] || !f.Alone && f.Process == "" && len(f.Service.Command) > 0 && f.Evidence.Rank >= scan.Declared
		spoken[dir] = spoken[dir] || !f.Alone && f.Service.Language != "" && f.Service.Language != language[dir]
	}
	best, some := "", false
	for _, f := range findings {
		runs := len(f.Service.Command) > 0 || f.Service.Port > 0
		switch dir := path.Clean(f.Dir); {
		case f.App != nil || f.Need != nil:
		case f.Alone && (best == "" || nearer(dir, best)):
			best = dir
		case !f.Alone && runs && (!library[dir] || f.Evidence.Rank >= scan.Declared):
			some = true
		}
	}
	if best == "" {
		return findings
	}
	var kept []Claimed
	for _, f := range findings {
		dir := path.Clean(f.Dir)
		if !f.Alone || !some && dir == best || run[dir] && !spoken[dir] {
			kept = append(kept, f)
		}
	}
	return kept
}

// nearer says whether a directory is nearer to the root than another: the root itself first, then by depth and name.
func nearer(a, b string) bool {
	if a == "." || b == "." {
		return a == "." && b != "."
	}
	if da, db := strings.Count(a, "/"), strings.Count(b, "/"); da != db {
		return da < db
	}
	return a < b
}
