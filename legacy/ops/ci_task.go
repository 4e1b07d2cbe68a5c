package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// givenToPlatform are the ways in which a job of CI has the platform run a command in the service's own image: with cf, with
// heroku, or with kubectl.
var givenToPlatform = scan.MustCompile(`^\s*(?:(cf[78]?)\s+(?:run-task|rt)\s+\S+\s+|(heroku)\s+run(?::detached)?\s+|kubectl\s+(?:\S+\s+)*?exec\s+(?:\S+\s+)*?--\s+)(.+)$`)

// cfOption and herokuOption are options of the platform's own tool with their values. All others are the task's.
const (
	optionValue  = `(?:\s+|=)(?:"[^"]*"|'[^']*'|\S+)`
	cfOption     = `(?:(?:--(?:name|process|memory|disk|log-rate-limit)|-[mkl])` + optionValue + `|--wait|-w)`
	herokuOption = `(?:(?:--(?:app|remote|size|type)|-[ars])` + optionValue + `|--(?:exit-code|no-tty|no-notify)|-x)`
)

// The options of the platform's stand before the command or behind it; taskCommand is that which has the command itself.
var (
	cfBefore       = scan.MustCompile(`^(?:` + cfOption + `(?:\s+|$))+`)
	cfBehind       = scan.MustCompile(`(?:\s+` + cfOption + `)+$`)
	herokuBefore   = scan.MustCompile(`^(?:` + herokuOption + `(?:\s+|$))+`)
	herokuBehind   = scan.MustCompile(`(?:\s+` + herokuOption + `)+$`)
	taskCommand    = scan.MustCompile(`^(?:--command|-c)[\s=]+`)
	quotedCommand  = scan.MustCompile(`^(?:"([^"$]*)"|'([^']*)')`)
	beforeOperator = scan.MustCompile(`^(?:"[^"]*"|'[^']*'|[^"'|&;])*[|&;]`)
	taskName       = scan.MustCompile(`--name` + optionValue)
)

// taskOf is the command that a line has the platform run, with its own options, and what the line says to the platform. Both
// are "" where it is no such line.
func taskOf(line string) (task, platform string) {
	m := givenToPlatform.FindStringSubmatch(line)
	if m == nil {
		return "", ""
	}
	task = m[3]
	platform = strings.TrimSuffix(line, task)
	if before := beforeOperator.FindString(task); before != "" { // what follows is for the shell of CI
		task = before[:len(before)-1]
	}
	task = strings.TrimSpace(task)
	before, behind := cfBefore, cfBehind
	switch {
	case m[2] != "":
		before, behind = herokuBefore, herokuBehind
	case m[1] == "": // behind the -- of kubectl all is the command's
		return task, platform
	}
	options := before.FindString(task)
	task, platform = task[len(options):], platform+options
	if rest, all := strings.CutPrefix(task, "-- "); all {
		return strings.TrimSpace(rest), platform
	}
	task = taskCommand.ReplaceAllString(task, "")
	if m := quotedCommand.FindStringSubmatch(task); m != nil {
		return m[1] + m[2], taskName.ReplaceAllString(platform+task[len(m[0]):], "")
	}
	options = behind.FindString(task)
	return strings.TrimSuffix(task, options), taskName.ReplaceAllString(platform+options, "")
}

// speaksOfElsewhere says whether a word of a text names another environment than production.
func speaksOfElsewhere(text string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t=:,\"'", r) }), otherEnvironment.MatchString)
}

// The commands by which a job chooses what those after it work on: a cluster or an application, a space of Cloud Foundry, a
// namespace in the cluster it has.
var (
	choosesTarget    = scan.MustCompile(`(?:^|[\s;&|])(?:kubectl\s+config\s+use-context|kubectx|heroku\s+git:remote|aws\s+eks\s+update-kubeconfig|gcloud\s+container\s+clusters\s+get-credentials|az\s+aks\s+get-credentials)\s+([^;&|]+)`)
	choosesSpace     = scan.MustCompile(`(?:^|[\s;&|])cf[78]?\s+(?:target|t|login|l)\s+(?:[^;&|]*?\s)?(-[so]\s+[^;&|]+)`)
	choosesNamespace = scan.MustCompile(`(?:^|[\s;&|])(?:kubectl\s+config\s+set-context|kubens)\s+([^;&|]+)`)
)

// aim takes over from a line which environment the rest of the job works on.
func (c *ciSchedule) aim(line string) {
	if m := choosesTarget.FindStringSubmatch(line); m != nil {
		c.elsewhere = speaksOfElsewhere(m[1])
	}
	if m := choosesSpace.FindStringSubmatch(line); m != nil {
		c.elsewhere = speaksOfElsewhere(m[1])
	}
	if m := choosesNamespace.FindStringSubmatch(line); m != nil && speaksOfElsewhere(m[1]) {
		c.elsewhere = true
	}
}
