package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/legacy"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// printFound says in a few lines what the services are and where that was seen.
func printFound(w io.Writer, scanned *legacy.Scanned, res *legacy.Resolution) {
	w = visible{w}
	a := res.App
	fmt.Fprintf(w, "%s: %s, %s (%s seen)\n", a.Name, plural(len(a.Services), "service"), plural(len(a.Needs), "need"), plural(scanned.Files, "file"))
	for _, name := range a.ServiceNames() {
		s, at := a.Services[name], "services."+name
		what := strings.TrimSpace(s.Language + " " + s.Version)
		if s.Framework != "" {
			what = strings.TrimSpace(what + ", " + s.Framework)
		}
		switch {
		case s.From != "" && s.Schedule != "":
			what = "of " + s.From + ", at " + s.Schedule
		case s.From != "" && s.Release:
			what = "of " + s.From + ", before each rollout"
		case s.From != "":
			what = "of " + s.From
		}
		fmt.Fprintf(w, "  %-16s %s\n", name, what)
		if len(s.Command) > 0 {
			printValue(w, res, "runs", strings.Join(s.Command, " "), at+".command")
		}
		if s.Port > 0 {
			printValue(w, res, "port", fmt.Sprint(s.Port), at+".port")
		}
		if len(s.Secrets) > 0 {
			printValue(w, res, "secrets", strings.Join(s.Secrets, ", "), at+".secrets")
		}
		if len(s.State) > 0 {
			printValue(w, res, "state", strings.Join(s.State, ", "), at+".state")
		}
	}
	if len(a.Needs) > 0 {
		fmt.Fprintln(w, "  needs")
	}
	for _, name := range a.NeedNames() {
		n := a.Needs[name]
		printValue(w, res, name, strings.TrimSpace(fmt.Sprintf("%s %s", n.Kind, n.Version)), "needs."+name)
	}
}

func printValue(w io.Writer, res *legacy.Resolution, what, value, field string) {
	if len(value) > 80 {
		value = value[:77] + "..."
	}
	from := res.Comment(field)
	if from != "" {
		from = "   <- " + from
	}
	fmt.Fprintf(w, "    %-14s %s%s\n", what, value, from)
}

// printPlan says what happens to each file; those that stay as they are and are ours are only counted.
func printPlan(w io.Writer, changes []fileset.Change) {
	w = visible{w}
	fmt.Fprintln(w)
	unchanged := 0
	for _, c := range changes {
		if c.Action == fileset.Keep && !c.Yours() {
			unchanged++
			continue
		}
		line := fmt.Sprintf("  %-8s %s", c.Action, oneLine(c.Path))
		if c.Reason != "" {
			line += "   (" + c.Reason + ")"
		}
		fmt.Fprintln(w, line)
	}
	if unchanged > 0 {
		fmt.Fprintf(w, "  %s unchanged\n", plural(unchanged, "file"))
	}
}

// printPlan says what happens to each file, and who made what was there.
func (repo *repository) printPlan(w io.Writer, changes []fileset.Change) {
	printMade(w, repo.lock.Version, migrate.Version, changes)
	printPlan(w, changes)
	if repo.app != nil {
		printPorts(w, repo.app)
	}
}

// printPorts asks about services that are told another port than the one at which they are asked.
func printPorts(w io.Writer, app *service.App) {
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		if told, err := strconv.Atoi(s.Env["PORT"]); err == nil && s.Port != 0 && told != s.Port {
			fmt.Fprintf(visible{w}, "\nservices.%s.port is %d, and its variable PORT %d: a process that reads the variable listens there, and is asked at the other.\n", name, s.Port, told)
		}
	}
}

// printMade says which version of the toolkit made what, where that matters: another than this one made what changes now.
func printMade(w io.Writer, made, now string, changes []fileset.Change) {
	news := slices.ContainsFunc(changes, func(c fileset.Change) bool {
		return c.Path != service.FileName && c.Action != fileset.Create && fileset.Pending([]fileset.Change{c})
	})
	switch {
	case made == "" || made == now || !news:
	case semver.IsValid(now) && semver.Compare(made, now) > 0:
		fmt.Fprintf(visible{w}, "\nMade by migrate %s, and this is %s, which is older: it takes back what the newer one does otherwise.\n", made, now)
	default:
		fmt.Fprintf(visible{w}, "\nMade by migrate %s, and this is %s: what it does otherwise is among the changes.\n", made, now)
	}
}

// manyAlike is how many places may have the same note before it is printed once for all of them.
const manyAlike = 3

// printNotes lists what was seen and not understood, or wants attention.
func printNotes(w io.Writer, notes []scan.Note) {
	w = visible{w}
	if len(notes) == 0 {
		return
	}
	fmt.Fprintln(w, "\nNoticed:")
	aside, left, same := 0, 0, map[string]int{}
	for _, n := range notes {
		if !n.Aside {
			same[n.Text]++
		}
	}
	for _, n := range notes {
		text := n.Text
		if !n.Aside {
			left += n.Left
		}
		switch more := same[text] - 1; {
		case n.Aside:
			aside++
		case more < 0: // said with the first
		case more < manyAlike:
			fmt.Fprintf(w, "  %s%s\n", place(n.File, n.Line), text)
		default:
			fmt.Fprintf(w, "  %sand %s: %s\n", strings.TrimSuffix(place(n.File, n.Line), ": ")+" ", plural(more, "more place"), text)
			same[text] = 0
		}
	}
	if left > 0 {
		fmt.Fprintln(w, "  what these notes only count, -o json names with its lines")
	}
	if aside > 0 {
		fmt.Fprintf(w, "  and %s for the record, with nothing to do: -o json shows more\n", plural(aside, "note"))
	}
}

func place(file string, line int) string {
	file = oneLine(file)
	switch {
	case file == "":
		return ""
	case line == 0:
		return file + ": "
	}
	return fmt.Sprintf("%s:%d: ", file, line)
}

// printQuestions lists what is to be filled in: the needs that wait for an answer together for each environment, the rest
// one by one.
func printQuestions(w io.Writer, app *service.App, questions []legacy.Question) {
	w = visible{w}
	if len(questions) == 0 {
		return
	}
	fmt.Fprintf(w, "\nTo fill in, in %s:\n", service.FileName)
	for _, env := range app.EnvironmentNames() {
		questions = printUnanswered(w, app, env, questions)
	}
	for _, q := range questions {
		fmt.Fprintf(w, "  %s\n", q.Question)
		if len(q.Choices) > 0 {
			fmt.Fprintf(w, "    meanwhile: %s\n", q.Choices[0])
		}
		if len(q.Choices) > 1 {
			fmt.Fprintf(w, "    or: %s\n", strings.Join(q.Choices[1:], "; "))
		}
	}
}

// printUnanswered lists the needs that stand for nothing yet in an environment, where there are several, and gives back the
// other questions.
func printUnanswered(w io.Writer, app *service.App, env string, questions []legacy.Question) []legacy.Question {
	var names []string
	var rest []legacy.Question
	for _, q := range questions {
		name, about := strings.CutPrefix(q.Field, "environments."+env+".needs.")
		if !about || len(q.Choices) != 1 || q.Choices[0] != name+"."+env+service.Placeholder {
			rest = append(rest, q)
			continue
		}
		if kind := app.Needs[name].Kind; kind != name {
			name += " (" + kind + ")"
		}
		names = append(names, name)
	}
	if len(names) < 2 {
		return questions
	}
	fmt.Fprintf(w, "  environments.%s.needs: where does each of these answer? A host name or an address; inside for a workload of its own\n", env)
	fmt.Fprintf(w, "    %s\n    meanwhile: NAME.%s%s\n", strings.Join(names, ", "), env, service.Placeholder)
	return rest
}
