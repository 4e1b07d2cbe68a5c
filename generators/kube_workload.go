package generators

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeLabels select the pods of one process.
type kubeLabels struct {
	App       string `yaml:"app.kubernetes.io/name"`
	Component string `yaml:"app.kubernetes.io/component,omitempty"`
}

// kubeAnnotations stand on the workload and not on its pods: another owner is no reason to restart anything.
type kubeAnnotations struct {
	Step  string `yaml:"migrate/step,omitempty"`
	Owner string `yaml:"migrate/owner,omitempty"`
}

// workload is what the templates of a Deployment, a CronJob and a Job place.
type workload struct {
	Name        string
	Annotations *kubeAnnotations
	Labels      kubeLabels
	Replicas    int
	Serves      bool
	Alone       string // why there may never be two of it
	Schedule    string
	TimeZone    string
	Pod         string
}

// runsOnce says that the process ends by itself: a scheduled job or a release step.
func runsOnce(s service.Service) bool { return s.Schedule != "" || s.Release }

// serves says that the process answers at its port as long as it runs.
func serves(s service.Service) bool { return s.Port != 0 && !runsOnce(s) }

// databases are the kinds of needs that a release step works on from anywhere.
var databases = map[string]bool{"postgres": true, "mysql": true, "mariadb": true, "mssql": true, "oracle": true, "mongodb": true, "cassandra": true, "neo4j": true, "elasticsearch": true, "solr": true}

// runsInPod says that a release step prepares files which the pods of its base keep (an SQLite database), as there is no
// database that a Job of its own could work on: it runs in each of those pods before they start.
func runsInPod(app *service.App, name string) bool {
	s, base := app.Services[name], app.Base(name)
	if !s.Release || base == name {
		return false
	}
	whole := app.Effective(base)
	return len(whole.State) > 0 && !runsOnce(whole) && !slices.ContainsFunc(whole.Needs, func(need string) bool { return databases[app.Needs[need].Kind] })
}

// stepsInPod are the release steps that run in the pods of a service.
func stepsInPod(app *service.App, name string) []string {
	var steps []string
	for _, other := range app.ServiceNames() {
		if other != name && app.Base(other) == name && runsInPod(app, other) {
			steps = append(steps, other)
		}
	}
	return steps
}

// workloadKind is the Kubernetes kind that runs the process.
func workloadKind(s service.Service) string {
	switch {
	case s.Schedule != "":
		return "CronJob"
	case s.Release:
		return "Job"
	}
	return "Deployment"
}

// kubeWorkload renders the Deployment, CronJob or Job of a service.
func kubeWorkload(app *service.App, name string) ([]byte, error) {
	s := app.Effective(name)
	w := workload{
		Name:     name,
		Labels:   kubeLabels{app.Name, name},
		Serves:   serves(s),
		Alone:    whyAlone(s),
		Replicas: kubeReplicas(s),
		Schedule: s.Schedule,
		TimeZone: s.TimeZone,
	}
	if app.Owner != "" {
		w.Annotations = &kubeAnnotations{Owner: app.Owner}
	}
	template, depth := "kube/base/deployment.yaml", 4
	switch workloadKind(s) {
	case "CronJob":
		template, depth = "kube/base/cronjob.yaml", 8
	case "Job":
		template = "kube/base/job.yaml"
		w.Annotations = &kubeAnnotations{Step: "release", Owner: app.Owner}
	}
	pod, err := execute("kube/base/pod.yaml", kubePod(app, name))
	if err != nil {
		return nil, err
	}
	w.Pod = indent(pod, depth)
	return execute(template, w)
}

// kubeReplicas is the number of pods where the environment says nothing: two of what serves, so that one can go. A server with a
// protocol of its own, such as a cache or a queue, is one: what it holds in memory would be another in each pod.
func kubeReplicas(s service.Service) int {
	if serves(s) && whyAlone(s) == "" && (s.HTTP() || s.Framework != "") {
		return 2
	}
	return 1
}

// whyAlone says why a second pod would do harm, or nothing.
func whyAlone(s service.Service) string {
	switch {
	case len(s.State) > 0:
		return "one at a time: each pod would have data of its own"
	case isBeat(s.Command):
		return "one at a time: two schedulers would start every task twice"
	}
	return ""
}

// isBeat recognises Celery's scheduler, alone (celery beat) or inside a worker (celery worker -B), also in a line for a shell.
func isBeat(command []string) bool {
	celery := false
	for _, arg := range strings.Fields(strings.Join(command, " ")) {
		switch {
		case arg == "celery" || strings.HasSuffix(arg, "/celery"):
			celery = true
		case celery && (arg == "beat" || arg == "-B" || arg == "--beat"):
			return true
		}
	}
	return false
}
