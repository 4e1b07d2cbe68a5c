package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/kube"
)

func printEvent(w io.Writer, e kube.Event) {
	switch e.Action {
	case "log":
		_, name, _ := strings.Cut(e.Object, " ")
		fmt.Fprintf(w, "  %s | %s\n", name, e.Text)
	case "warning":
		fmt.Fprintf(w, "  warning    %s\n", strings.TrimSpace(e.Object+" "+e.Text))
	case "wait":
		fmt.Fprintf(w, "  waiting    %s: %s\n", e.Object, e.Text)
	case "ready":
		fmt.Fprintf(w, "  ready      %s: %s\n", e.Object, e.Text)
	case "smoke":
		fmt.Fprintf(w, "  smoke      %s: %s\n", e.Object, e.Text)
	case "stage":
		fmt.Fprintf(w, "  stage      %s\n", e.Text)
	case "alive":
		fmt.Fprintf(w, "  ...        %s\n", e.Text)
	case "rollback", "resume":
		fmt.Fprintf(w, "  %-10s %s\n", e.Action, e.Text)
	case "run":
		fmt.Fprintf(w, "  release    %s %s\n", e.Object, e.Text)
	default:
		fmt.Fprintf(w, "  %-10s %s\n", e.Action, e.Object)
	}
}

// printFailure says the cause first, then what probably helps, then the evidence.
func printFailure(w io.Writer, f kube.Failure) {
	fmt.Fprintf(w, "\n%s: %s: %s\n", f.Workload, f.Reason, f.Cause)
	if f.Fix != "" {
		fmt.Fprintf(w, "  likely fix: %s\n", f.Fix)
	}
	if f.Pod != "" {
		where := "pod " + f.Pod
		if f.Container != "" {
			where += ", container " + f.Container
		}
		if f.Pods > 1 {
			where += fmt.Sprintf(" (and %d more alike)", f.Pods-1)
		}
		fmt.Fprintf(w, "  %s\n", where)
	}
	if f.Before > 0 {
		fmt.Fprintf(w, "  %s of the release before still there\n", plural(f.Before, "pod"))
	}
	printLines(w, "last lines before the restart", f.Previous)
	if len(f.Previous) == 0 || strings.Join(f.Log, "\n") != strings.Join(f.Previous, "\n") {
		printLines(w, "last lines", f.Log)
	}
	printLines(w, "events", f.Events)
}

func printLines(w io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "  %s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(w, "    %s\n", line)
	}
}
