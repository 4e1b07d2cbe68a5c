package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/migrate-to-kubernetes/migrate"
	"github.com/migrate-to-kubernetes/migrate/kube"
	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// gateWait is how long the checks of a release wait for an answer: its pods are ready already.
const gateWait = 15 * time.Second

// gateRun is a run of the checks of one service.
type gateRun struct {
	service string // and its Service
	through string // the Service that is asked: that one, or that of its preview
	dir     string
	url     string // empty for a way through the API server, or inside
	host    string // to ask for
	wait    time.Duration
	knobs   smoke.Options
	suites  []smoke.Suite
	task    *kube.Task // that asks inside; nil for asking from here
}

// gate reads the smoke checks that decide over a release of an environment, before anything is written; those that decide over
// a preview ask the service that it is of, by the preview's own Service. nil is none, and why says for what reason.
func (repo *repository) gate(env string, preview bool, wait time.Duration) (gate kube.Gate, by kube.GateWay, why string, err error) {
	e := repo.app.Environments[env]
	front := repo.app.Front()
	switch {
	case e.Smoke == service.NoSmoke:
		return nil, by, fmt.Sprintf("environments.%s.smoke in %s is %s", env, service.FileName, service.NoSmoke), nil
	case front == "":
		return nil, by, "no service answers requests", nil
	}
	runs, err := repo.gateRuns(env, wait)
	if err != nil {
		return nil, by, "", fmt.Errorf("the smoke checks that decide over the release: %w (--no-smoke goes without)", err)
	}
	for i := range runs {
		if preview {
			runs[i].url, runs[i].through = "", kube.PreviewName(runs[i].service)
		}
		by = max(by, runs[i].way())
	}
	return func(ctx context.Context, c *kube.Cluster, say func(object, text string)) []kube.Failure {
		if preview {
			return repo.judgePreview(ctx, c, e.Namespace, runs, say)
		}
		var failures []kube.Failure
		for _, run := range runs {
			failures = append(failures, run.judge(ctx, c, e.Namespace, say)...)
		}
		return failures
	}, by, "", nil
}

// judgePreview runs the checks of the service that has a preview.
func (repo *repository) judgePreview(ctx context.Context, c *kube.Cluster, namespace string, runs []gateRun, say func(object, text string)) []kube.Failure {
	standing, err := c.Previews(ctx, namespace, repo.app.Name)
	if err != nil || len(standing) != 1 {
		return []kube.Failure{{Workload: "Smoke tests", Reason: kube.SmokeFailed, Cause: fmt.Sprintf("the preview that they are to ask is not to be found (%d stand): %v", len(standing), err),
			Fix: "run the same again"}}
	}
	for _, run := range runs {
		if run.service == standing[0].Workload {
			return run.judge(ctx, c, namespace, say)
		}
	}
	say("Service "+standing[0].Workload, "has no checks in smoke/"+standing[0].Workload)
	return nil
}

// way is how a run asks.
func (run gateRun) way() kube.GateWay {
	switch {
	case run.task != nil && len(run.task.Values) > 0:
		return kube.GateSecrets
	case run.task != nil:
		return kube.GateTasks
	case run.url == "":
		return kube.GateTunnels
	}
	return kube.GateOutside
}

// gateRuns are the checks of the service that smoke/ is about, and of each other one that has a directory there.
func (repo *repository) gateRuns(env string, wait time.Duration) ([]gateRun, error) {
	knobs, err := gateKnobs()
	if err != nil {
		return nil, err
	}
	var runs []gateRun
	front, where := repo.app.Front(), repo.app.Environments[env].Smoke
	for _, name := range repo.app.ServiceNames() {
		run := gateRun{service: name, through: name, dir: "smoke/" + name, host: repo.gateHost(env, name), wait: wait, knobs: knobs}
		if name == front {
			run.dir = "smoke"
		}
		if name == front && where != service.SmokeInside {
			run.url = where
		}
		files := &readFiles{FS: repo.root.FS(), text: map[string][]byte{}}
		run.suites, err = smoke.Load(files, []string{run.dir})
		switch {
		case errors.Is(err, fs.ErrNotExist) && name != front:
			continue
		case err != nil:
			return nil, err
		case name == front && !hasChecks(run.suites):
			return nil, fmt.Errorf("there is none in %s: write one (- GET /health -> 200), or say `smoke: %s` under environments.%s in %s", run.dir, service.NoSmoke, env, service.FileName)
		}
		if err := smoke.Defined(run.to(smoke.Target{Scheme: "http", Host: name}), run.suites); err != nil {
			return nil, err
		}
		if where == service.SmokeInside {
			if run.task, err = repo.smokeTask(run, files.text); err != nil {
				return nil, err
			}
		}
		runs = append(runs, run)
	}
	return runs, nil
}

func hasChecks(suites []smoke.Suite) bool {
	for _, s := range suites {
		if len(s.Checks) > 0 {
			return true
		}
	}
	return false
}

// gateHost is the name by which the service is asked for in an environment: services refuse names that they don't know.
func (repo *repository) gateHost(env, name string) string {
	for _, r := range repo.app.Effective(name).Routes {
		host := cmp.Or(repo.app.Environments[env].Hosts[r.Host], r.Host)
		if host != "" && !strings.Contains(host, "*") {
			return strings.ToLower(host)
		}
	}
	return ""
}

// gateKnobs are the options that make smoke_test has from the environment, and that hold for a gate too.
func gateKnobs() (smoke.Options, error) {
	listed := func(name string) []string {
		return strings.FieldsFunc(os.Getenv(name), func(r rune) bool { return r == ',' })
	}
	o := smoke.Options{Writes: os.Getenv("SMOKE_WRITES") == "1", Insecure: os.Getenv("SMOKE_INSECURE") == "1", Tags: listed("SMOKE_TAGS"),
		UserAgent: "migrate-smoke/" + migrate.Version, Env: os.LookupEnv}
	var err error
	if o.Values, err = readValues(listed("SMOKE_VALUES")); err != nil {
		return o, err
	}
	way := smokeFlags{cacert: os.Getenv("SMOKE_CA"), cert: os.Getenv("SMOKE_CERT"), key: os.Getenv("SMOKE_KEY")}
	return o, way.addWay(&o)
}

// to are the options of a run for a target.
func (run gateRun) to(target smoke.Target) smoke.Options {
	o := run.knobs
	o.Target, o.Wait = target, run.wait
	if run.url == "" {
		o.Host = run.host
	}
	return o
}

// judge runs the checks of one service and gives what is wrong with it: nothing says that they passed.
func (run gateRun) judge(ctx context.Context, c *kube.Cluster, namespace string, say func(object, text string)) []kube.Failure {
	f := kube.Failure{Workload: "Service " + run.through, Reason: kube.SmokeFailed}
	ask := run.ask
	if run.task != nil {
		ask = run.askInside
	}
	report, err := ask(ctx, c, namespace, func(text string) { say(f.Workload, text) })
	var broken *kube.NotReady
	switch {
	case errors.As(err, &broken):
		return broken.Failures
	case err != nil:
		f.Cause, f.Fix = "its smoke checks were not asked: "+err.Error(), "a release that can't be checked is not kept; --no-smoke goes without"
	case report.OK():
		say(f.Workload, plural(report.Passed, "check")+" passed")
		return nil
	case report.Failed == 0:
		f.Cause = "nothing was tested: " + nothingTested([]string{run.dir}, report).Error()
		f.Fix = "write a check that runs here, such as - GET /health -> 200"
	default:
		f.Cause, f.Log = failedChecks(report)
		f.Fix = "it runs, and answers something else than " + run.dir + "/ expects: see the answers below and its log; where the check is wrong, correct it"
	}
	return []kube.Failure{f}
}

// ask runs the checks from this machine.
func (run gateRun) ask(ctx context.Context, c *kube.Cluster, namespace string, _ func(string)) (smoke.Report, error) {
	options, done, err := run.open(ctx, c, namespace)
	if err != nil {
		return smoke.Report{}, err
	}
	defer done()
	return smoke.Run(ctx, options, run.suites)
}

// open finds the way to the service: its URL, or a tunnel to one of its pods.
func (run gateRun) open(ctx context.Context, c *kube.Cluster, namespace string) (smoke.Options, func(), error) {
	if run.url != "" {
		target, err := smoke.ParseTarget(run.url)
		return run.to(target), func() {}, err
	}
	tunnel, err := c.Tunnel(ctx, namespace, run.through)
	if err != nil {
		return smoke.Options{}, nil, err
	}
	o := run.to(smoke.Target{Scheme: "http", Host: run.through, Port: fmt.Sprint(tunnel.Port), Notes: []string{"through the API server to pod " + tunnel.Pod}})
	o.Dial = tunnel.Dial
	return o, func() { _ = tunnel.Close() }, nil // it was only read from
}

// failedChecks says in a line what failed first, and has the lines that the smoke test would print of each.
func failedChecks(report smoke.Report) (cause string, lines []string) {
	var b bytes.Buffer
	for _, r := range report.Results {
		if r.Status != smoke.Failed {
			continue
		}
		if cause == "" {
			cause = fmt.Sprintf("%d of %s failed: %s", report.Failed, plural(len(report.Results)-report.Skipped, "smoke check"), r.Name)
			if len(r.Failures) > 0 {
				x := r.Failures[0]
				cause += fmt.Sprintf(" (%s:%d: %s: expected %s, got %s)", r.File, x.Line, x.What, x.Want, x.Got)
			}
		}
		smoke.Text{Out: &b}.Failure(r)
	}
	return cause, strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}
