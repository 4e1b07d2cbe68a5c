package legacy

import (
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

const (
	operationsField = "operations."
	maxOfJob        = 200 // things in one list of service.App.Operations
)

// operations takes what the image, the pod and the cluster do from now on out of the notes and into the model, where somebody
// does it: what a web server had for itself is the gateway's only where one leads to the service.
func (r *resolver) operations() {
	runs, asked := false, false
	for _, s := range r.App.Services {
		runs = runs || s.Schedule == "" && !s.Release
		asked = asked || len(s.Routes) > 0
	}
	var notes []scan.Note
	o := &service.Operations{}
	for _, n := range sortNotes(r.Notes) {
		if n.Job != "" && runs && (asked || n.Job != service.JobGateway) && r.writtenIn(n.Language) {
			n.Items = r.ofJob(o, n)
			if len(n.Items) == 0 {
				continue
			}
		} else if n.Job != "" && len(n.Items) == 1 {
			n.Items = nil
		}
		notes = append(notes, n)
	}
	r.Notes = notes
	for _, job := range service.Jobs() {
		if list := *o.Of(job); len(list) > 0 {
			slices.Sort(list)
			r.App.Operations = o
		}
	}
}

// writtenIn says whether the image of every service here begins with the runtime of a language; "" asks for none.
func (r *resolver) writtenIn(language string) bool {
	for name := range r.App.Services {
		if own := r.App.Effective(name).Language; language != "" && own != language && runtimeBelow[own] != language {
			return false
		}
	}
	return true
}

// runtimeBelow are the languages on whose runtime another one runs.
var runtimeBelow = map[string]string{"clojure": "java", "elixir": "erlang", "groovy": "java", "kotlin": "java", "scala": "java"}

// ofJob adds the things of a note to the list of its job, each with its evidence, and gives those that are too many.
func (r *resolver) ofJob(o *service.Operations, n scan.Note) (left []scan.NoteItem) {
	list := o.Of(n.Job)
	for _, item := range n.Items {
		known := slices.Contains(*list, item.Text)
		if !known && len(*list) == maxOfJob {
			left = append(left, item)
			continue
		}
		if !known {
			*list = append(*list, item.Text)
		}
		field := operationsField + string(n.Job)
		r.Claims[field] = append(r.Claims[field], Claim{Evidence: scan.Evidence{Reader: "operations", File: n.File, Line: item.Line, Rank: scan.Declared}, Value: item.Text})
	}
	return left
}
