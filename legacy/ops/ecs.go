package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// TaskDefinitions reads the task definitions of ECS that stand in a file of their own, which a job of CI registers or Terraform
// fills in: the same containers as in a template of CloudFormation.
func TaskDefinitions() scan.Reader {
	return scan.Reader{
		Name:  "ecs",
		Wants: func(p string) bool { return taskFile.MatchString(p) },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			said := map[string]bool{}
			for _, p := range productionTasks(paths) {
				readTask(t, p, r, said)
			}
		},
	}
}

// productionTasks are the files that production may be run by: those of other environments, by their names or directories,
// only where there are no more.
func productionTasks(paths []string) []string {
	var kept, others []string
	for _, p := range productionFirst(paths) {
		environment := environmentOfPath(path.Base(p))
		switch {
		case environment != "" && environment != "production":
		case otherEnvironment.MatchString(p) && !placedInProduction(p):
			others = append(others, p)
		default:
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return others
	}
	return kept
}

var taskFile = scan.MustCompile(`(?i)(?:(?:^|/|[._-])task[-_]?def(?:inition)?s?(?:[._-][\w.-]*)?|/task[-_]?def(?:inition)?s?/[\w.-]+)\.json(?:\.(?:tpl|tmpl|tftpl|template))?$`)

func readTask(t *scan.Tree, p string, r *scan.Report, said map[string]bool) {
	text := t.Text(p, r)
	open := strings.IndexAny(text, "[{")
	if open < 0 {
		return
	}
	body := readWritten(text, open)
	if body.kind == '[' {
		body = &written{kind: '{', line: body.line, fields: []writtenField{{"containerDefinitions", body, body.line}}}
	}
	containers := all(body, "containerdefinitions")
	if len(containers) == 0 || prop(containers[0], "image") == nil {
		return
	}
	base, _, _ := strings.Cut(path.Base(p), ".")
	c := &cloud{subject: subject{t: t, r: r, file: p, about: []string{base}}, said: said, made: newCloudMade(), tool: "ECS"}
	c.resource("aws_ecs_task_definition", known(prop(containers[0], "name")), body)
	c.pointed()
}
