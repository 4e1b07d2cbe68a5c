package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// mainOf is the index of the workload that serves: the first with a port, which starts what the image does where one of
// them does, else the first that runs on. It is -1 where there are several jobs and nothing else: what serves stands
// elsewhere.
func mainOf(list []workload) int {
	first, serves := -1, -1
	for i, w := range list {
		if w.job() {
			continue
		}
		if child(w.container, "ports") != nil {
			if child(w.container, "command") == nil && child(w.container, "args") == nil {
				return i
			}
			if serves < 0 {
				serves = i
			}
		}
		if first < 0 {
			first = i
		}
	}
	switch {
	case serves >= 0:
		return serves
	case first < 0 && len(list) == 1:
		return 0
	}
	return first
}

// startsOtherwise says whether the code of a directory starts something else than a job by itself: what serves, by its
// Procfile or its image.
func (k *kubernetes) startsOtherwise(dir string, w workload) bool {
	words := containerWords(w.container)
	if len(words) == 0 {
		return false
	}
	if webLine.MatchString(k.t.Text(path.Join(dir, "Procfile"), &scan.Report{})) {
		return true
	}
	file := path.Join(dir, "Dockerfile")
	if !k.t.Has(file) {
		return false
	}
	d := parseDockerfile(k.t, file, &scan.Report{})
	if d == nil {
		return false
	}
	own, _ := d.words()
	return len(own) > 0 && shown(own) != shown(words)
}

// webLine is the line of a Procfile for what serves.
var webLine = scan.MustCompile(`(?m)^web:`)

// askedInFront reports the path that probes ask the web server for which stands before a container in its pod, where nothing
// asks the container itself: what the server hands on is answered by it.
func (k *kubernetes) askedInFront(f scan.Finding, w workload) {
	if child(w.container, "livenessProbe") != nil || child(w.container, "readinessProbe") != nil {
		return
	}
	for _, c := range items(child(w.pod, "containers")) {
		n := at(c, "readinessProbe", "httpGet", "path")
		if c == w.container || !parseImage(scalar(child(c, "image"))).webServer() || !strings.HasPrefix(scalar(n), "/") || placeholder.MatchString(scalar(n)) {
			continue
		}
		f.Service = service.Service{Health: &service.Health{Ready: scalar(n)}}
		k.find(f, "readinessProbe", w.file, n.Line, scan.Convention, "the web server before it is asked for it")
		return
	}
}
