package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators"
	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/perf"
	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// stepList is the ten steps in their order, as docs/README.md has them.
var stepList = []struct {
	name string
	ask  func(*inquiry, *step) error
}{
	{"clean up", (*inquiry).cleanUp},
	{"get back the knowledge", (*inquiry).knowledge},
	{"run it locally", (*inquiry).runLocal},
	{"get to Kubernetes", (*inquiry).kubernetes},
	{"continuous deployment", (*inquiry).deployment},
	{"bridge the new with the old", (*inquiry).bridges},
	{"smoke tests", (*inquiry).smokeTests},
	{"self-aware services", (*inquiry).selfAware},
	{"micro-services", (*inquiry).microServices},
	{"performance", (*inquiry).performance},
}

// inquiry asks a repository how far it is.
type inquiry struct {
	*repository
	ctx     context.Context
	asked   []string // environments whose clusters are asked
	lines   map[string]int
	changes []fileset.Change // what generate would do
}

// recipe goes through the steps; the clusters of the environments in asked say what they have.
func (repo *repository) recipe(ctx context.Context, asked []string) (recipe, error) {
	changes, err := repo.compare(repo.app, repo.text)
	if err != nil {
		return recipe{}, err
	}
	q := inquiry{repository: repo, ctx: ctx, asked: asked, lines: service.Lines(repo.text), changes: changes}
	p := recipe{App: repo.app.Name}
	for i, ask := range stepList {
		s := step{Number: i + 1, Name: ask.name, Has: []string{}, Missing: []missing{}}
		if err := ask.ask(&q, &s); err != nil {
			return recipe{}, err
		}
		if s.Done = len(s.Missing) == 0; !s.Done && p.Next == "" {
			p.Next = s.Missing[0].Next
		}
		p.Steps = append(p.Steps, s)
	}
	return p, nil
}

func (s *step) has(format string, args ...any) { s.Has = append(s.Has, fmt.Sprintf(format, args...)) }

func (s *step) lacks(text, next string) {
	s.Missing = append(s.Missing, missing{Text: text, Next: next})
}

// wants says that a field of migrate.yaml is to be written. Where it does not stand yet, the line is that of what it belongs to.
func (q *inquiry) wants(s *step, field, text, next string) {
	at := field
	for q.lines[at] == 0 && strings.Contains(at, ".") {
		at = at[:strings.LastIndexByte(at, '.')]
	}
	s.Missing = append(s.Missing, missing{service.FileName, q.lines[at], text, next})
}

// there says whether a file is in the repository.
func (q *inquiry) there(file string) bool {
	info, err := q.root.Stat(file)
	return err == nil && info.Mode().IsRegular()
}

// inModel says that a value of migrate.yaml is to be changed, and what comes after.
func inModel(what string) string {
	return what + " in " + service.FileName + ", then migrate generate"
}

func (q *inquiry) cleanUp(s *step) error {
	var behind []string
	for _, c := range q.changes {
		switch {
		case c.Action == fileset.Conflict:
			s.lacks(c.Path+": "+c.Reason, "edit "+c.Path+", then delete "+c.Path+fileset.MergeSuffix)
		case fileset.Pending([]fileset.Change{c}):
			behind = append(behind, c.Path)
		}
	}
	for _, name := range behind {
		s.lacks(name+" does not follow "+service.FileName, "migrate generate")
	}
	files := slices.DeleteFunc([]string{"Makefile", "migrate.mk", "README.md"}, func(name string) bool { return !q.there(name) })
	if len(files) > 0 {
		s.has("%s", strings.Join(files, ", "))
	}
	return nil
}

// knowledge is there when nothing in migrate.yaml is a guess that nobody has confirmed. A placeholder is told with the
// bridges.
func (q *inquiry) knowledge(s *step) error {
	known := 0
	for _, c := range service.Comments(q.text) {
		text, guess := strings.CutPrefix(c.Text, "guess: ")
		switch {
		case !guess:
			known++
		case !q.unanswered(c.Field):
			q.wants(s, c.Field, c.Field+" is a guess: "+text, fmt.Sprintf("edit %s:%d: write the right %s, or delete the comment if the guess is right", service.FileName, c.Line, c.Field))
		}
	}
	if known > 0 {
		s.has("%s with evidence", plural(known, "value"))
	}
	return nil
}

// unanswered says whether a field is that of a need that leads nowhere yet.
func (q *inquiry) unanswered(field string) bool {
	parts := strings.Split(field, ".")
	return len(parts) >= 4 && parts[0] == "environments" && parts[2] == "needs" && q.app.Environments[parts[1]].Needs[parts[3]].Open()
}

func (q *inquiry) runLocal(s *step) error {
	for _, text := range beforeRun(q.app) {
		s.lacks(text, "write the Dockerfile")
	}
	const name = "compose.yaml"
	if !q.there(name) {
		s.lacks(name+" is not there", "migrate generate")
		return nil
	}
	s.has("make run_local starts it from %s", name)
	return nil
}

func (q *inquiry) kubernetes(s *step) error {
	for _, env := range generators.Stages(q.app) {
		at := "environments." + env
		objects, err := q.render(q.ctx, env, "")
		switch {
		case q.ctx.Err() != nil:
			return q.ctx.Err()
		case err != nil:
			s.lacks(strings.SplitN(err.Error(), "\n", 2)[0], "make kube_create_config ENV="+env)
		case q.app.Environments[env].Context == "":
			q.wants(s, at+".context", env+" does not say which cluster it is", inModel("write environments."+env+".context, a name from kubectl config get-contexts,"))
		case slices.Contains(q.asked, env):
			q.released(s, env)
		default:
			s.has("%s: %s", env, plural(len(objects), "object"))
		}
	}
	if len(q.app.Environments) == 0 {
		s.lacks("there is no environment", "migrate init --env staging,production")
	}
	return nil
}

// standing tells of a switch or a canary that somebody has to end.
func (q *inquiry) standing(s *step, env string, cluster *kube.Cluster) {
	previews, err := cluster.Previews(q.ctx, q.app.Environments[env].Namespace, q.app.Name)
	if err != nil { // kube status says why
		return
	}
	for _, p := range previews {
		s.lacks(env+": "+p.Text(), fmt.Sprintf("migrate kube %s --finish --env %s", p.Kind, env))
	}
}

// released asks the clusters of an environment what runs there.
func (q *inquiry) released(s *step, env string) {
	apply := "make kube_apply ENV=" + env
	err := q.lookAtClusters(env, func(_ *repository, cluster *kube.Cluster) error {
		r, err := cluster.Running(q.ctx, q.app.Environments[env].Namespace, q.app.Name)
		switch {
		case err != nil:
			return err
		case r == nil:
			s.lacks(fmt.Sprintf("%s: no release has ended well in %s yet", env, cluster.Context), apply)
		default:
			s.has("%s: release %d (%s) in %s", env, r.Number, r.Tag, cluster.Context)
			q.standing(s, env, cluster)
		}
		return nil
	})
	if err != nil {
		s.lacks(fmt.Sprintf("%s: %v", env, err), "make kube_status ENV="+env)
	}
}

// pipelines are the places of the files of CI systems.
var pipelines = []string{".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".travis.yml", ".circleci/config.yml", "Jenkinsfile*",
	"azure-pipelines*.yml", "azure-pipelines*.yaml", "bitbucket-pipelines.yml", ".drone.yml", ".woodpecker.yml", ".buildkite/pipeline.yml"}

// isPipeline says whether a file is one of a CI system, in its place or put elsewhere by its usual name.
func isPipeline(name string) bool {
	return slices.ContainsFunc(pipelines, func(pattern string) bool {
		inPlace, _ := path.Match(pattern, name)
		byName, _ := path.Match(pattern, path.Base(name))
		return inPlace || byName
	})
}

// maxPipeline is the size in bytes above which a file is none that a CI system takes.
const maxPipeline = 1 << 20

func (q *inquiry) deployment(s *step) error {
	files := q.root.FS()
	for _, pattern := range pipelines {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			info, err := fs.Stat(files, name)
			if err != nil || !info.Mode().IsRegular() || info.Size() > maxPipeline {
				continue
			}
			text, err := fs.ReadFile(files, name)
			if err == nil && (bytes.Contains(text, []byte("kube_deploy")) || bytes.Contains(text, []byte("migrate kube deploy"))) {
				s.has("%s calls kube_deploy", name)
			}
		}
	}
	if len(s.Has) > 0 {
		return nil
	}
	next := inModel("write ci: github, gitlab or travis")
	for _, c := range q.changes {
		if strings.Contains(path.Base(c.Path), "ci.migrate") || c.Path == ".travis.migrate.yml" {
			next = "take over from " + c.Path + " what yours lacks"
		}
	}
	s.lacks("no file of a CI system calls kube_deploy", next)
	return nil
}

func (q *inquiry) bridges(s *step) error {
	for _, env := range generators.Stages(q.app) {
		answers := q.app.Environments[env].Needs
		open := 0
		for _, need := range q.app.NeedNames() {
			if answers[need].Open() {
				open++
				q.wants(s, "environments."+env+".needs."+need, fmt.Sprintf("%s: nothing answers for %s yet", env, need),
					fmt.Sprintf("migrate add bridge %s --env %s --host NAME", need, env))
			}
		}
		if n := len(q.app.Needs); n > 0 && open == 0 {
			s.has("%s answers %s", env, plural(n, "need"))
		}
	}
	if len(q.app.Needs) == 0 {
		s.has("nothing outside is called")
	}
	return nil
}

func (q *inquiry) smokeTests(s *step) error {
	const dir = "smoke"
	if _, err := q.root.Stat(dir); err == nil {
		suites, err := smoke.Load(q.root.FS(), []string{dir})
		if err != nil {
			s.lacks(strings.SplitN(err.Error(), "\n", 2)[0], "migrate smoke "+dir+" --target URL")
			return nil
		}
		checks := 0
		for _, suite := range suites {
			checks += len(suite.Checks)
		}
		if checks > 0 {
			s.has("%s in %s", plural(checks, "check"), dir)
			return nil
		}
	}
	if q.app.Front() == "" {
		s.has("nothing answers requests")
		return nil
	}
	s.lacks("there is no check", "migrate smoke init URL > "+dir+"/checks.yaml")
	return nil
}

func (q *inquiry) selfAware(s *step) error {
	for _, name := range q.app.ServiceNames() {
		e := q.app.Effective(name)
		switch {
		case e.Port == 0:
		case e.Sidecar:
			s.has("%s by its sidecar", name)
		case e.Health != nil && (e.Health.Ready != "" || e.Health.Live != ""):
			s.has("%s at %s", name, cmp.Or(e.Health.Ready, e.Health.Live))
		case !e.HTTP():
			s.has("%s by its port", name)
		default:
			q.wants(s, "services."+name, name+" has no health endpoint of its own", inModel("write sidecar: true at services."+name))
		}
	}
	if len(s.Has)+len(s.Missing) == 0 {
		s.has("nothing listens")
	}
	return nil
}

// microServices is about what requests reach: a path can be moved to another service where routes say who has which.
func (q *inquiry) microServices(s *step) error {
	for _, name := range q.app.ServiceNames() {
		for _, r := range q.app.Services[name].Routes {
			s.has("%s leads to %s", cmp.Or(strings.TrimSuffix(r.Host+r.Path, "/"), "/"), name)
		}
	}
	if front := q.app.Front(); front != "" && len(s.Has) == 0 {
		q.wants(s, "services."+front+".routes", "no route leads to "+front, "migrate add route HOST --service "+front)
	}
	if len(s.Has)+len(s.Missing) == 0 {
		s.has("nothing answers requests")
	}
	return nil
}

func (q *inquiry) performance(s *step) error {
	front := q.app.Front()
	if front == "" {
		s.has("nothing answers requests")
		return nil
	}
	if _, err := perf.Program(); err != nil {
		s.lacks(err.Error()+", by which make perf_test puts load on "+front, installWrk)
		return nil
	}
	s.has("make perf_test puts load on %s", front)
	return nil
}
