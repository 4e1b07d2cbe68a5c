package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// CISchedules reads what CI runs again and again for production: the schedules of GitHub's workflows and of CircleCI, with the
// commands that their jobs give the platform to run, or that run the application's own tasks. Tests and builds are none.
func CISchedules() scan.Reader {
	return scan.Reader{
		Name:  "ci-schedule",
		Wants: func(p string) bool { return isWorkflow(p) || p == ".circleci/config.yml" },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			names := &scriptNames{}
			var daemons []*daemon
			taken, seen := map[string]bool{}, map[string]bool{}
			for _, p := range paths {
				c := &ciSchedule{crontab: &crontab{t: t, r: r, file: p, names: names, vars: map[string]string{}, taken: taken, seen: seen}, followed: map[ciScript]bool{}}
				for _, doc := range documents(p, t.Text(p, r), r) {
					if isWorkflow(p) {
						c.workflow(doc)
					} else {
						c.circle(doc)
					}
				}
				daemons = append(daemons, c.daemons...)
			}
			placeDaemons(t, r, daemons)
		},
	}
}

// ciSchedule is one file of a service of CI, and the jobs that it schedules.
type ciSchedule struct {
	*crontab
	daemons   []*daemon
	elsewhere bool // the job works on another environment than production by now
	followed  map[ciScript]bool
}

// ciScript is a script that a job starts, with what its commands are read by.
type ciScript struct {
	file, schedule string
	elsewhere      bool
}

func (c *ciSchedule) workflow(doc *yaml.Node) {
	when := scalar(child(firstItem(at(doc, "on", "schedule")), "cron"))
	if when == "" {
		return
	}
	for _, job := range pairs(child(doc, "jobs")) {
		if jobElsewhere(job) {
			continue
		}
		c.elsewhere = false
		tested, live := child(job.value, "services") != nil, hasSecrets(child(job.value, "env"))
		for _, step := range items(child(job.value, "steps")) {
			c.step(child(step, "run"), when, !tested && (live || hasSecrets(child(step, "env"))))
		}
	}
}

// jobElsewhere says whether a job of GitHub is another environment's by its names, or by what it says itself.
func jobElsewhere(job pair) bool {
	environment := child(job.value, "environment")
	for _, said := range []string{job.key.Value, scalar(child(job.value, "name")), scalar(environment), scalar(child(environment, "name"))} {
		if speaksOfElsewhere(said) {
			return true
		}
	}
	return false
}

// givenSecret is a secret that a workflow is given; testSecret are those that tests and builds are given, too, the token among
// them that each workflow has for its own repository. preparesTest are commands that make the code ready to be tested.
var (
	givenSecret  = scan.MustCompile(`\bsecrets\.(\w+)`)
	testSecret   = scan.MustCompile(`(?i)^(?:GITHUB_TOKEN|BUNDLE_\w+)$|CODECOV|COVERALLS|COVERAGE|SLACK|NPM|DOCKER|SONAR|COMPOSER`)
	preparesTest = scan.MustCompile(`\bartisan\s+key:generate\b|\b(?:rails|rake)\s+zeitwerk:check\b`)
)

// hasSecrets says whether variables are filled with secrets: what is run with them works on what production has.
func hasSecrets(env *yaml.Node) bool {
	for _, variable := range pairs(env) {
		value := scalar(variable.value)
		if !strings.Contains(value, "${{") {
			continue
		}
		for _, m := range givenSecret.FindAllStringSubmatch(value, -1) {
			if !testSecret.MatchString(m[1]) {
				return true
			}
		}
	}
	return false
}

func (c *ciSchedule) circle(doc *yaml.Node) {
	for _, flow := range pairs(child(doc, "workflows")) {
		when := ""
		for _, trigger := range items(child(flow.value, "triggers")) {
			when = scalar(at(trigger, "schedule", "cron"))
		}
		for _, job := range items(child(flow.value, "jobs")) {
			name := scalar(job)
			if job.Kind == yaml.MappingNode && len(job.Content) > 0 {
				name = scalar(job.Content[0])
			}
			if when == "" || otherEnvironment.MatchString("-"+name+".") {
				continue
			}
			c.elsewhere = false
			for _, step := range items(at(doc, "jobs", name, "steps")) {
				run := child(step, "run")
				if n := child(run, "command"); n != nil {
					run = n
				}
				c.step(run, when, false)
			}
		}
	}
}

func firstItem(list *yaml.Node) *yaml.Node {
	if all := items(list); len(all) > 0 {
		return all[0]
	}
	return nil
}

// step takes the lines of one step, and those of a script of the repository that one of them starts.
func (c *ciSchedule) step(run *yaml.Node, when string, live bool) {
	line := 0
	if run != nil {
		line = run.Line
	}
	for _, text := range strings.Split(continued.ReplaceAllString(scalar(run), " "), "\n") {
		words := strings.Fields(text)
		if len(words) > 1 && shells[words[0]] {
			words = words[1:]
		}
		if len(words) > 0 && path.Ext(words[0]) == ".sh" && c.t.Has(path.Clean(words[0])) {
			if !speaksOfElsewhere(strings.Join(words, " ")) {
				c.runs(path.Clean(words[0]), when, line)
			}
			continue
		}
		c.line(text, when, line, live)
	}
}

// maxCIScripts bounds how many scripts are followed from one file.
const maxCIScripts = 200

// runs takes the lines of a script of the repository, once for each schedule.
func (c *ciSchedule) runs(script, when string, line int) {
	key := ciScript{script, when, c.elsewhere}
	if c.followed[key] || len(c.followed) >= maxCIScripts {
		return
	}
	c.followed[key] = true
	for _, inner := range strings.Split(c.t.Text(script, c.r), "\n") {
		c.line(inner, when, line, false)
	}
}

// line takes one command: what the platform is given to run, or, where the job works on what production has, a task of the
// application.
func (c *ciSchedule) line(text, when string, line int, live bool) {
	c.aim(text)
	rank := scan.Convention
	if task, platform := taskOf(text); task != "" {
		if c.elsewhere || speaksOfElsewhere(platform) {
			return
		}
		text = task
	} else if rank = scan.Guess; !live || !ownTask.MatchString(strings.TrimSpace(text)) || stays.MatchString(text) || fillsCaches.MatchString(text) || preparesTest.MatchString(text) {
		return
	}
	if strings.ContainsAny(text, "$`<>") {
		return
	}
	argv := (cronJob{t: c.t, r: &scan.Report{}, dir: codeDir(c.t, c.file, ""), names: c.names}).find(strings.TrimSpace(text), 0)
	if !c.jobShown(argv) || onlyChecks.MatchString(shown(argv)) || oneOff.MatchString(shown(argv)) {
		return
	}
	c.seen[shown(argv)] = true
	d := newDaemon(c.t, c.r, c.jobName(argv), c.file, line)
	c.taken[d.name] = true
	d.rank, d.script.argv = rank, argv
	d.claims = append(d.claims, daemonClaim{service.Service{Schedule: kubernetesSchedule(when)}, c.file, line, "CI runs it on this schedule"})
	c.daemons = append(c.daemons, d)
}
