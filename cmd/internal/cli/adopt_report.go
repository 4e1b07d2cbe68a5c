package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/adopt"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// report shows what is taken over: the diffs of the files that it is about, and the names of the others.
func (o adoptOptions) report(s Streams, changes []fileset.Change, about, said []string) error {
	if o.out.json() {
		if err := printJSON(s.Out, map[string]any{"files": changes, "notes": append([]string{}, said...)}); err != nil {
			return err
		}
		return openEnd(nil, changes)
	}
	w := visible{s.Out}
	if !o.yes {
		for _, c := range changes {
			if slices.Contains(about, c.Path) {
				if err := fileset.Diff(w, c); err != nil {
					return err
				}
			}
		}
	}
	printPlan(s.Out, onlyNews(changes))
	for _, text := range said {
		fmt.Fprintf(w, "%s\n", text)
	}
	if !o.yes {
		fmt.Fprintln(w, "Nothing was written: --yes takes it over")
	}
	return openEnd(nil, changes)
}

// reportItems shows what became of each thing that the manifests say.
func (o adoptOptions) reportItems(s Streams, result *adopt.Result, changes []fileset.Change) error {
	if o.out.json() {
		if err := printJSON(s.Out, map[string]any{"items": append([]adopt.Item{}, result.Items...), "files": changes}); err != nil {
			return err
		}
		return openEnd(nil, changes)
	}
	w := visible{s.Out}
	object := ""
	for _, item := range result.Items {
		if at := item.Object + " (" + item.File + ")"; at != object {
			object = at
			fmt.Fprintln(w, object)
		}
		to := "-> " + item.To
		if item.To == "" {
			to = "left:"
		}
		what := item.What
		if what == item.Object {
			what = "the object"
		}
		fmt.Fprintf(w, "  %4d  %s %s", item.Line, what, to)
		if item.Why != "" {
			fmt.Fprintf(w, " (%s)", item.Why)
		}
		fmt.Fprintln(w)
	}
	if len(result.Items) == 0 {
		fmt.Fprintln(w, "There is nothing to take over: migrate.yaml says all of it, or what is generated does")
	}
	fmt.Fprintln(w)
	var said []string
	if o.yes {
		said = []string{"The manifests stay: delete them when nothing deploys with them any more"}
	}
	return o.report(s, changes, []string{service.FileName}, said)
}

func sortedNames(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }
