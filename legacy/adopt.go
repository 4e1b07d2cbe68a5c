package legacy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Adopt puts the team's migrate.yaml in the place of the resolved model: what stands there has been asked and answered.
// Where the repository declares something else now, a note says so. lines are service.Lines of the file.
func (r *Resolution) Adopt(team *service.App, lines map[string]int) error {
	found, err := flatten(r.App)
	if err != nil {
		return err
	}
	theirs, err := flatten(team)
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(theirs)) {
		if found[field] == theirs[field] {
			continue
		}
		claims := r.Claims[field]
		said := Claim{Evidence: scan.Evidence{Reader: "team", File: service.FileName, Line: lines[field], Rank: scan.Asked}, Value: theirs[field]}
		r.Claims[field] = append([]Claim{said}, claims...)
		if len(claims) > 0 && claims[0].Rank >= scan.Declared && found[field] != "" {
			r.Notes = append(r.Notes, scan.Note{File: service.FileName, Line: lines[field],
				Text: fmt.Sprintf("%s is %s here; %s says %s", field, theirs[field], claims[0].Evidence, claims[0].Value)})
		}
	}
	for name := range r.App.Services {
		if team.Services[name] == nil {
			r.Notes = append(r.Notes, scan.Note{File: service.FileName, Text: "the repository also shows a service " + name + evidenceOf(r.Claims, "services."+name)})
		}
	}
	for name := range r.App.Needs {
		if _, known := team.Needs[name]; !known {
			r.Notes = append(r.Notes, scan.Note{File: service.FileName, Text: "the repository also shows a need " + name + evidenceOf(r.Claims, "needs."+name)})
		}
	}
	r.Notes = sortNotes(r.Notes)
	var open []Question
	for _, q := range r.Questions {
		if value := theirs[q.Field]; value == "" && fieldStillWanted(team, q.Field) || len(q.Choices) > 0 && service.IsPlaceholder(q.Choices[0]) && value == "host="+q.Choices[0] {
			open = append(open, q)
		}
	}
	r.Questions = open
	r.App = team
	return nil
}

func evidenceOf(claims map[string][]Claim, field string) string {
	for _, f := range slices.Sorted(maps.Keys(claims)) {
		if (f == field || strings.HasPrefix(f, field+".")) && claims[f][0].File != "" {
			return " (" + claims[f][0].Evidence.String() + ")"
		}
	}
	return ""
}

// fieldStillWanted says whether the service that a question is about is there at all.
func fieldStillWanted(a *service.App, field string) bool {
	parts := strings.SplitN(field, ".", 3)
	return len(parts) == 3 && parts[0] == "services" && a.Services[parts[1]] != nil
}

// flatten gives every value of a model by its path as text; what stands on one line in migrate.yaml is one value.
func flatten(a *service.App) (map[string]string, error) {
	data, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	flat := map[string]string{}
	flattenInto(flat, "", tree)
	return flat, nil
}

func flattenInto(flat map[string]string, field string, v any) {
	m, ok := v.(map[string]any)
	if !ok || oneLine(field) {
		flat[field] = valueText(v)
		return
	}
	for key, value := range m {
		path := key
		if field != "" {
			path = field + "." + key
		}
		flattenInto(flat, path, value)
	}
}

// oneLine says whether the mapping at a path is evidence as a whole: environments.E.needs.N.
func oneLine(field string) bool {
	parts := strings.Split(field, ".")
	return len(parts) == 4 && parts[0] == "environments" && parts[2] == "needs"
}

func valueText(v any) string {
	switch v := v.(type) {
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = valueText(v[i])
		}
		return strings.Join(items, " ")
	case map[string]any:
		items := make([]string, 0, len(v))
		for key, value := range v {
			items = append(items, key+"="+valueText(value))
		}
		sort.Strings(items)
		return strings.Join(items, " ")
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprint(v)
}
