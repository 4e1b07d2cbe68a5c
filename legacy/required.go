package legacy

import (
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// required notes the variables without which the code stops, or calls its own machine, and that nothing gives a value: the
// first start would fail.
func (r *resolver) required(units []*unit) {
	var notes []scan.Note
	for _, u := range units {
		noted := map[string]bool{}
		for _, process := range slices.Sorted(maps.Keys(u.processes)) {
			for _, f := range u.processes[process] {
				name := f.Requires
				if name == "" || noted[name] || r.set(u.base, name) {
					continue
				}
				noted[name] = true
				where := " (say it in " + service.FileName + ": services." + u.base + ".env, or env of each environment)"
				n := scan.Note{File: f.Evidence.File, Line: f.Evidence.Line, Item: name, Text: "the code stops without a value here, and nothing gives one" + where}
				if f.Alternative != "" {
					n.Item, n.Text = name+" ("+f.Alternative+")", "this machine is called where nothing else is set, which a container is alone on"+where
				}
				switch f.Evidence.Reader {
				case "heroku":
					n.Text = "is asked of whoever deploys this, and nothing gives a value" + where
				case "kubernetes":
					n.Text = f.Evidence.Note + where
				}
				notes = append(notes, n)
			}
		}
	}
	r.Notes = append(r.Notes, together(notes)...)
}

// set says whether the service is given a variable: by itself, as a secret, or everywhere where it runs.
func (r *resolver) set(name, variable string) bool {
	s := r.App.Services[name]
	if s == nil || s.Env[variable] != "" || slices.Contains(s.Secrets, variable) {
		return true
	}
	for _, e := range r.App.Environments {
		if _, ok := e.Env[variable]; !ok {
			return false
		}
	}
	return len(r.App.Environments) > 0
}
