package legacy

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// conflicts asks where two of the repository, the operations code and the hosts declare different things: one of them is
// out of date, and only a person knows which. The winner is taken meanwhile; Claims hold what lost.
func (r *resolver) conflicts() {
	fields := make([]string, 0, len(r.Claims))
	for field := range r.Claims {
		if p := strings.Split(field, "."); len(p) == 3 && p[0] == "services" && slices.Contains([]string{"version", "port", "language", "command"}, p[2]) {
			fields = append(fields, field)
		}
	}
	sort.Strings(fields)
	for _, field := range fields {
		if i := slices.IndexFunc(r.Questions, func(q Question) bool { return q.Field == field }); i >= 0 {
			r.further(&r.Questions[i])
			continue
		}
		claims := r.Claims[field]
		winner := claims[0]
		for _, c := range claims[1:] {
			if !c.speaks(field) || winner.Rank < scan.Declared || c.origin() == winner.origin() || agrees(field, c.Value, winner.Value) {
				continue
			}
			r.Questions = append(r.Questions, Question{
				Field:    field,
				Question: fmt.Sprintf("%s: %s says %s, %s says %s; which is right?", field, winner.Evidence, winner.Value, c.Evidence, c.Value),
				Choices:  []string{winner.Value, c.Value},
			})
			break
		}
	}
}

// further adds to a question what the other sources say that it does not hold yet.
func (r *resolver) further(q *Question) {
	for _, c := range r.Claims[q.Field] {
		same := func(choice string) bool { return agrees(q.Field, c.Value, choice) }
		if c.speaks(q.Field) && len(q.Choices) > 1 && !slices.ContainsFunc(q.Choices, same) {
			q.Choices = append(q.Choices, c.Value)
			q.Question += " against " + c.Evidence.String()
		}
	}
}

// variables notes where a host has another value of a variable than another host or the operations code: settings are
// many, and which one counts is rarely a question for the person who runs init.
func (r *resolver) variables() {
	for _, field := range slices.Sorted(maps.Keys(r.Claims)) {
		if p := strings.Split(field, "."); len(p) != 4 || p[0] != "services" || p[2] != "env" {
			continue
		}
		claims := r.Claims[field]
		said := map[[2]string]bool{} // file and value: a variable that leads to a need is said as it is and with the need's name
		for _, c := range claims {
			said[[2]string{c.File, c.Value}] = true
		}
		winner := claims[0]
		for _, c := range claims[1:] {
			if c.Rank == winner.Rank && c.File != winner.File && (c.Reader == host.Reader || winner.Reader == host.Reader) && !said[[2]string{winner.File, c.Value}] && !said[[2]string{c.File, winner.Value}] {
				r.note(winner.Evidence, fmt.Sprintf("%s: %q here, %s says %q; the former is taken", field, winner.Value, c.Evidence, c.Value))
				break
			}
		}
	}
}

// speaks says whether a claim is strong enough to be put to the winner. The version of a language that operations install
// is, although it gives way: the two run the same code.
func (c Claim) speaks(field string) bool {
	return c.Rank >= scan.Declared || c.Rank == scan.Convention && c.origin() == "operations" && strings.HasSuffix(field, ".version")
}

// origin says who speaks: a host, operations code that is kept elsewhere, or the repository.
func (c Claim) origin() string {
	switch {
	case c.Reader == host.Reader:
		return "host"
	case strings.HasPrefix(c.File, "@"):
		return "operations"
	}
	return "repository"
}

// agrees says whether two values of a field mean the same for the image.
func agrees(field, a, b string) bool {
	switch field[strings.LastIndexByte(field, '.')+1:] {
	case "version", "language":
		return agree(a, b)
	case "command":
		return sameProgram(a, b)
	}
	return a == b
}

// agree says whether two versions are the same as far as both go: 3.6 and 3.6.9.
func agree(a, b string) bool {
	a, b = strings.TrimLeft(a, "v^~>= "), strings.TrimLeft(b, "v^~>= ")
	return strings.EqualFold(a, b) || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// sameProgram says whether two command lines start the same program. Its options differ from place to place; what a shell
// starts in the end is not known.
func sameProgram(a, b string) bool {
	first, second := programOf(a), programOf(b)
	return first == second || first == "sh" || second == "sh"
}

// programOf is the name of what a command line starts, without the version that a machine may have put to it.
func programOf(line string) string {
	words := strings.Fields(line)
	if len(words) > 2 && words[0] == "bundle" && words[1] == "exec" {
		words = words[2:]
	}
	if len(words) == 0 {
		return ""
	}
	name := strings.TrimRight(path.Base(words[0]), "0123456789.")
	if name == "bash" || name == "dash" {
		return "sh"
	}
	return name
}
