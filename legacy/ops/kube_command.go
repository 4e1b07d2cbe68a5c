package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// called is the name of a workload without what a template puts before or behind it, and without the place that its file
// speaks of: shop-staging-worker of deployment-staging.yaml is the worker of shop, as shop-production-worker is. It is the
// whole where that is all.
func (w workload) called() string {
	name, environment := ownWords(w.name), environmentOfPath(w.file)
	if environment == "" {
		return name
	}
	kept := slices.DeleteFunc(strings.Split(name, "-"), func(word string) bool { return scan.EnvironmentName(word) == environment })
	return cmp.Or(strings.Join(kept, "-"), name)
}

func ownWords(name string) string {
	if rest := strings.Trim(placeholder.ReplaceAllString(name, ""), "-_. "); rest != "" {
		return rest
	}
	return name
}

// containerWords are the command of a container and its arguments; nil where a template fills in some of it.
func containerWords(c *yaml.Node) []string {
	var words []string
	for _, key := range []string{"command", "args"} {
		for _, n := range items(child(c, key)) {
			if scalar(n) == "" || placeholder.MatchString(scalar(n)) && len(scalar(n)) < 200 {
				return nil
			}
			words = append(words, scalar(n))
		}
	}
	return words
}

func (k *kubernetes) command(f scan.Finding, w workload) {
	n := child(w.container, "command")
	words := containerWords(w.container)
	if n == nil && len(words) > 0 {
		n, words = child(w.container, "args"), k.entered(f, w, words)
	}
	if n == nil || len(words) == 0 {
		return
	}
	rank, note := scan.Declared, ""
	if forDevelopment(words) {
		rank, note = scan.Guess, "a development command"
	}
	if f.Process != "" && rank == scan.Guess {
		return
	}
	f.Service = service.Service{Command: words}
	does, s := shown(words), k.started(f.Dir, words)
	if s != nil {
		does = strings.Join(append(slices.Clone(s.release), shown(s.argv)), " && ")
	}
	if s != nil && len(s.release) == 0 {
		f.Service.Command = s.argv
	} else if s != nil && f.Process == "" {
		f.Service.Command = s.argv
		reportSteps(k.r, scan.Finding{Dir: f.Dir}, s, scan.Convention, "the start script runs it first")
	}
	if w.kind == "CronJob" && !placeholder.MatchString(w.schedule) {
		f.Service.Schedule = w.schedule
	}
	if w.kind == "Job" {
		if !oneOff.MatchString(does) && !releaseStep.MatchString(does) || byHand.MatchString(does) {
			return
		}
		f.Process, f.Service.Release = "migrate", true
		if forImage.MatchString(does) {
			f.Process = "assets" // beside the migrations
		}
	}
	k.find(f, "command", w.file, n.Line, rank, note)
}

// started is what a script of the image's runs in the end where a container starts one, nil where it starts none or the
// script does what would be lost without it.
func (k *kubernetes) started(dir string, words []string) *started {
	file := path.Join(dir, "Dockerfile")
	if dir == "" || !k.t.Has(file) {
		return nil
	}
	d := parseDockerfile(k.t, file, &scan.Report{})
	if d == nil {
		return nil
	}
	d.dir = dir
	s := followScript(k.t, d.scriptFinder(k.t), words, d.environment())
	if s == nil || s.own != "" || s.passes || len(s.sets) > 0 || len(s.argv) == 0 {
		return nil
	}
	return s
}

// entered are the arguments of a container behind the ENTRYPOINT of its image, or all that a further process starts where it
// has none; nil where no Dockerfile tells it.
func (k *kubernetes) entered(f scan.Finding, w workload, args []string) []string {
	d := k.imageOf(f.Dir, parseImage(w.image).base)
	switch {
	case d != nil && d.entry == nil && f.Process != "" && !d.handsOn():
		return args
	case d == nil || d.entry == nil || d.entry.shell || len(d.entry.words) == 0:
		return nil
	}
	return d.given(k.t, args)
}

// imageOf is the Dockerfile of a directory, or the stage of the one at the root that is called like the image.
func (k *kubernetes) imageOf(dir, base string) *dockerfile {
	for _, at := range []string{dir, "."} {
		file, silent := path.Join(at, "Dockerfile"), &scan.Report{}
		if !k.t.Has(file) {
			continue
		}
		d := parseStage(k.t, file, base, silent)
		if d == nil || at != dir && !strings.EqualFold(d.target, base) {
			continue
		}
		d.dir = at
		return d
	}
	return nil
}

// builtCode is where the images of OpenShift's builders hold the code.
const builtCode = "/opt/app-root/src/"

// hook claims what a DeploymentConfig runs before a rollout as the step of a release.
func (k *kubernetes) hook(f scan.Finding, w workload, hook *yaml.Node) {
	words, n := containerWords(hook), child(hook, "command")
	if n == nil || len(words) == 0 || forImage.MatchString(shown(words)) || byHand.MatchString(shown(words)) {
		return
	}
	if own := strings.TrimPrefix(words[0], builtCode); own != words[0] && f.About == nil && k.t.Has(path.Join(f.Dir, own)) {
		words = append([]string{"./" + own}, words[1:]...)
	}
	f.Process, f.Service = "migrate", service.Service{Command: words, Release: true}
	k.find(f, "command", w.file, n.Line, scan.Declared, "OpenShift runs it before a rollout")
	k.environment(f, workload{file: w.file, name: w.name, pod: w.pod, container: hook})
}
