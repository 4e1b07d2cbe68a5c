package ops

import (
	"path"
	"slices"
	"sort"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Heroku reads app.json, which Dokku and (as scalingo.json) Scalingo read, too: variables, add-ons, the first set-up and, of
// those two, jobs; and heroku.yml: the commands of the processes, and add-ons.
func Heroku() scan.Reader {
	return scan.Reader{
		Name: "heroku",
		Wants: func(p string) bool {
			b := path.Base(p)
			return b == "app.json" || b == "scalingo.json" || b == "heroku.yml" || p == "cron.json"
		},
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			h := &heroku{newPlatform(t, r, herokuPort)}
			sort.SliceStable(paths, func(i, j int) bool { return path.Base(paths[i]) == "heroku.yml" && path.Base(paths[j]) != "heroku.yml" })
			h.readDocuments(paths, func(file string, doc *yaml.Node) {
				dir := h.codeAbove(file)
				switch {
				case dir == "":
				case path.Base(file) == "heroku.yml":
					h.yml(file, dir, doc)
				case file == "cron.json":
					h.scalingo(file, dir, doc)
				case isAppJSON(doc):
					h.json(file, dir, doc)
				}
			})
		},
	}
}

type heroku struct{ *platform }

// isAppJSON tells Heroku's file from others of the same name: Expo has one, too.
func isAppJSON(doc *yaml.Node) bool {
	if child(doc, "expo") != nil {
		return false
	}
	for _, key := range []string{"addons", "buildpacks", "formation", "env", "scripts", "cron"} {
		if child(doc, key) != nil {
			return true
		}
	}
	return false
}

func (h *heroku) json(file, dir string, doc *yaml.Node) {
	for _, v := range pairs(child(doc, "env")) {
		h.variable(file, dir, v)
	}
	h.addons(file, dir, child(doc, "addons"))
	for _, v := range pairs(child(doc, "formation")) {
		claimReplicas(h.r, processOf(dir, v.key.Value), scalar(child(v.value, "quantity")), file, v.key.Line, "formation")
	}
	c := &crontab{taken: map[string]bool{}}
	for _, job := range items(child(doc, "cron")) {
		h.job(c, file, dir, child(job, "command"), scalar(child(job, "schedule")))
	}
	if post := at(doc, "scripts", "postdeploy"); post != nil {
		line := scalar(post)
		if line == "" {
			line = scalar(child(post, "command"))
		}
		if argv, _ := command(line); len(repeatable(argv)) > 0 && !h.releases(dir) {
			argv = repeatable(argv)
			f := scan.Finding{Dir: dir, Process: "migrate", Service: service.Service{Command: argv, Release: true}}
			h.find(f, "command", file, post.Line, scan.Guess, "what prepares a new app")
		} else if line != "" {
			h.r.Note(file, post.Line, "run once after the first deployment of an app, not read as a step of each release: %s", line)
		}
	}
}

// scalingo reads the jobs of Scalingo's scheduler: a line of a crontab each.
func (h *heroku) scalingo(file, dir string, doc *yaml.Node) {
	c := &crontab{taken: map[string]bool{}}
	for _, job := range items(child(doc, "jobs")) {
		if m := cronLine.FindStringSubmatch(scalar(child(job, "command"))); m != nil {
			h.job(c, file, dir, &yaml.Node{Kind: yaml.ScalarNode, Value: m[2], Line: child(job, "command").Line}, m[1])
		}
	}
}

// job reports a command that the platform runs on a schedule.
func (h *heroku) job(c *crontab, file, dir string, line *yaml.Node, when string) {
	argv, _ := command(scalar(line))
	if len(argv) == 0 || when == "" {
		return
	}
	f := scan.Finding{Dir: dir, Process: c.jobName(argv)}
	c.taken[f.Process] = true
	h.command(f, scalar(line), file, line.Line, scan.Declared)
	f.Service = service.Service{Schedule: kubernetesSchedule(when)}
	h.find(f, "schedule", file, line.Line, scan.Declared, "")
}

// releases says whether the Procfile names the step of each release, beside which nothing else prepares anything.
func (h *heroku) releases(dir string) bool {
	return releaseLine.MatchString(h.t.Text(path.Join(dir, "Procfile"), &scan.Report{}))
}

var (
	releaseLine = scan.MustCompile(`(?m)^release:`)
	// onceTask are tasks that make the tables anew or fill them, which a database in use does not bear.
	onceTask = scan.MustCompile(`^db:(schema:load|structure:load|setup|reset|drop|create|purge|seed)(:\S+)?$`)
	onceLine = scan.MustCompile(`db:(schema:load|structure:load|setup|reset|drop|purge)|migrate:(fresh|refresh|reset)|ecto\.(drop|reset|setup)|(^|\s)(flush|loaddata)(\s|$)`)
)

// repeatable is what of a first set-up can run before each release, nil where it is nothing of it.
func repeatable(argv []string) []string {
	rest := slices.DeleteFunc(slices.Clone(argv), onceTask.MatchString)
	if line := shown(rest); !releaseStep.MatchString(line) || onceLine.MatchString(line) {
		return nil
	}
	return rest
}

// processOf begins what is said of a process that a platform knows by this name.
func processOf(dir, name string) scan.Finding {
	if name == "web" {
		name = ""
	}
	return scan.Finding{Dir: dir, Process: name}
}

// askedFor is said of a variable that app.json wants a value for and has none.
const askedFor = "whoever deploys this is asked for it"

// variable reports one variable: what the platform makes up is a secret, a value is what a new app starts with.
func (h *heroku) variable(file, dir string, v pair) {
	f := scan.Finding{Dir: dir}
	value := scalar(v.value)
	if v.value.Kind == yaml.MappingNode {
		if scalar(child(v.value, "generator")) == "secret" {
			f.Service = service.Service{Secrets: []string{v.key.Value}}
			h.find(f, "env."+v.key.Value, file, v.key.Line, scan.Declared, "the platform makes one up")
			return
		}
		value = scalar(child(v.value, "value"))
		if scalar(child(v.value, "required")) == "false" && value == "" && scan.SecretName(v.key.Value) {
			h.r.Find(scan.Finding{Dir: dir, Optional: v.key.Value}, file, v.key.Line, scan.Declared, "nobody has to give it")
		}
		if value == "" && scalar(child(v.value, "required")) != "false" && !scan.SecretName(v.key.Value) {
			h.r.Find(scan.Finding{Dir: dir, Requires: v.key.Value}, file, v.key.Line, scan.Convention, askedFor)
		}
	}
	rank := scan.Convention
	if scan.SecretName(v.key.Value) {
		rank = scan.Declared
	}
	h.setting(f, v.key.Value, value, file, v.key.Line, rank)
}

func (h *heroku) addons(file, dir string, list *yaml.Node) {
	if list != nil && list.Kind != yaml.SequenceNode {
		return
	}
	for _, a := range items(list) {
		name := scalar(a)
		if name == "" {
			name = scalar(child(a, "plan"))
		}
		if kind := bindingKind(name); kind != "" {
			h.need(dir, kind, versionText(scalar(at(a, "options", "version"))), file, a.Line, scan.Convention, "the add-on "+name)
		} else if name != "" && !watching.MatchString(name) {
			h.r.Note(file, a.Line, "the add-on %s: add what answers it to needs, if the service calls it", name)
		}
	}
}

// watching are add-ons that look at the service, which nothing calls.
var watching = scan.MustCompile(`(?i)papertrail|logentries|newrelic|scout|librato|logdna|sentry|rollbar|bugsnag|honeybadger|airbrake|coralogix|timber|logtail|ssl|scheduler|deployhooks|hostedgraphite|appsignal|skylight|datadog|raygun`)

func (h *heroku) yml(file, dir string, doc *yaml.Node) {
	for _, v := range pairs(at(doc, "setup", "config")) {
		h.setting(scan.Finding{Dir: dir}, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
	}
	h.addons(file, dir, at(doc, "setup", "addons"))
	for _, v := range pairs(child(doc, "run")) {
		line := v.value
		if v.value.Kind == yaml.MappingNode {
			line = child(v.value, "command")
		}
		f := scan.Finding{Dir: dir, Process: v.key.Value}
		if v.key.Value == "web" {
			f.Process, f.Name = "", "web"
		}
		if text := commandLine(line); text != "" {
			h.command(f, text, file, v.key.Line, scan.Declared)
		}
	}
	if n := at(doc, "release", "command"); n != nil {
		h.release(dir, "release", commandLine(n), file, n.Line)
	}
}
