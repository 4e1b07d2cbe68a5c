package legacy

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// stronger sorts findings: the higher rank first, then the earlier reader, then as they were found. Of what is guessed, a
// server for developers comes last.
func stronger(findings []Claimed) []Claimed {
	sorted := append([]Claimed(nil), findings...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if a.Evidence.Rank != b.Evidence.Rank {
			return a.Evidence.Rank > b.Evidence.Rank
		}
		if a.Evidence.Rank == scan.Guess && servesDevelopers(a) != servesDevelopers(b) {
			return servesDevelopers(b)
		}
		return a.before() < b.before()
	})
	return sorted
}

// before is the place of a finding among those of equal rank. What a manifest gives a container to run, the cluster runs in
// place of what the image says, and what it asks the container, in place of the image's HEALTHCHECK.
func (f Claimed) before() int {
	instead := len(f.Service.Command) > 0 && f.Service.Port == 0 || f.Service.Health != nil
	if f.Evidence.Reader == "kubernetes" && f.Evidence.Rank == scan.Declared && instead {
		return -1
	}
	return f.order
}

// pick chooses one text among what the findings claim for a field, and records why.
func pick(r *resolver, field string, findings []Claimed, value func(Claimed) string) string {
	best := ""
	for _, f := range stronger(findings) {
		if v := value(f); v != "" {
			if best == "" {
				best = v
			}
			r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, v, f.order})
		}
	}
	return best
}

// merge makes one process of everything that is claimed about it. at is the path of its fields: services.web.
func (r *resolver) merge(at string, findings []Claimed) *service.Service {
	s := &service.Service{}
	target := reflect.ValueOf(s).Elem()
	for _, f := range ofLanguage(stronger(findings)) {
		r.mergeStruct(at, target, reflect.ValueOf(f.Service), f)
	}
	return s
}

// ofLanguage leaves out the versions of languages that operations or an image install beside the one that the service is
// written in, and the language of a build that only gathers libraries beside the program.
func ofLanguage(findings []Claimed) []Claimed {
	language := ""
	for _, f := range findings {
		if f.ofCode() {
			findings = slices.DeleteFunc(findings, func(other Claimed) bool { return other.Library && other.Service.Language != f.Service.Language })
			break
		}
	}
	return slices.DeleteFunc(findings, func(f Claimed) bool {
		s := f.Service
		if language == "" {
			language = s.Language
		}
		only := reflect.DeepEqual(s, service.Service{Language: s.Language, Version: s.Version})
		return (f.About != nil || f.Evidence.Reader == "dockerfile" && f.Evidence.Rank < scan.Declared) && only && s.Version != "" && s.Language != "" && s.Language != language
	})
}

// mergeStruct takes over from claimed what target does not have yet: whole scalars and commands, further items of lists
// and maps. Findings arrive strongest first.
func (r *resolver) mergeStruct(at string, target, claimed reflect.Value, f Claimed) {
	for i := range target.NumField() {
		name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("yaml"), ",")
		field, to, from := at+"."+name, target.Field(i), claimed.Field(i)
		if from.IsZero() {
			continue
		}
		switch {
		case from.Kind() == reflect.Pointer:
			if to.IsNil() {
				to.Set(reflect.New(to.Type().Elem()))
			}
			r.mergeStruct(field, to.Elem(), from.Elem(), f)
		case from.Kind() == reflect.Map:
			r.mergeMap(field, to, from, f)
		case from.Kind() == reflect.Slice && name != "command":
			r.mergeList(field, to, from, f)
		default:
			if to.IsZero() {
				to.Set(from)
			}
			r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, text(from), f.order})
		}
	}
}

func (r *resolver) mergeMap(field string, to, from reflect.Value, f Claimed) {
	if to.IsNil() {
		to.Set(reflect.MakeMap(to.Type()))
	}
	for _, key := range from.MapKeys() {
		if !to.MapIndex(key).IsValid() {
			to.SetMapIndex(key, from.MapIndex(key))
		}
		path := field + "." + key.String()
		r.Claims[path] = append(r.Claims[path], Claim{f.Evidence, text(from.MapIndex(key)), f.order})
	}
}

func (r *resolver) mergeList(field string, to, from reflect.Value, f Claimed) {
	have := map[string]bool{}
	for i := range to.Len() {
		have[text(to.Index(i))] = true
	}
	for i := range from.Len() {
		item := from.Index(i)
		if !have[text(item)] {
			have[text(item)] = true
			to.Set(reflect.Append(to, item))
		}
		r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, text(item), f.order})
	}
}

func text(v reflect.Value) string {
	if list, ok := v.Interface().([]string); ok {
		return strings.Join(list, " ")
	}
	if route, ok := v.Interface().(service.Route); ok {
		return route.Host + strings.TrimSuffix(route.Path, "/")
	}
	return fmt.Sprint(v.Interface())
}

// maxAgainst is how many places a question names that say different things: `migrate explain` names them all.
const maxAgainst = 5

// ties asks about the scalar fields for which one reader declares two values: nothing but a person can choose.
func (r *resolver) ties(prefix string) {
	fields := make([]string, 0, len(r.Claims))
	for field := range r.Claims {
		if strings.HasPrefix(field, prefix+".") {
			fields = append(fields, field)
		}
	}
	sort.Strings(fields)
	for _, field := range fields {
		name := field[strings.LastIndexByte(field, '.')+1:]
		if name != "version" && name != "port" && name != "command" && name != "framework" || strings.HasPrefix(field, prefix+".env.") {
			continue
		}
		claims := r.Claims[field]
		choices := []string{claims[0].Value}
		where := []string{claims[0].Evidence.String()}
		for _, c := range claims[1:] {
			if c.Rank == claims[0].Rank && c.order == claims[0].order && c.Rank > scan.Guess && !slices.Contains(choices, c.Value) {
				choices = append(choices, c.Value)
				where = append(where, c.Evidence.String())
			}
		}
		if len(choices) > 1 {
			against := strings.Join(where[:min(len(where), maxAgainst)], " against ")
			if more := len(where) - maxAgainst; more > 0 {
				against += fmt.Sprintf(" and %d more", more)
			}
			r.Questions = append(r.Questions, Question{field, fmt.Sprintf("%s: which is right? %s", field, against), choices})
		}
	}
}
