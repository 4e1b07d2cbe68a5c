package kube

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	sigsyaml "sigs.k8s.io/yaml"
)

// script is what a cluster does with one workload after it was written: a file below testdata/failures or testdata/recoveries.
type script struct {
	About    string         `json:"about"`
	Kind     string         `json:"kind,omitempty"`     // Deployment where it is absent
	Replicas int64          `json:"replicas,omitempty"` // 1 where it is absent
	Old      int            `json:"old,omitempty"`      // pods of the release before, which stay while the new ones aren't ready
	Spec     corev1.PodSpec `json:"spec,omitempty"`     // of the pods; a container web where it names none
	Service  bool           `json:"service,omitempty"`  // a Service web leads to the pods
	Steps    []frame        `json:"steps"`
	Want     want           `json:"want"`
}

// frame is how things are from a moment on.
type frame struct {
	At        string                       `json:"at,omitempty"`       // after the write, such as 90s
	Workload  map[string]any               `json:"workload,omitempty"` // fields of its status, or, below spec, of its spec
	Set       []appsv1.ReplicaSetCondition `json:"set,omitempty"`      // conditions of the current ReplicaSet
	Events    []corev1.Event               `json:"events,omitempty"`   // of the workload
	Pods      []played                     `json:"pods,omitempty"`
	Claims    map[string][]corev1.Event    `json:"claims,omitempty"`    // events of volume claims
	Endpoints bool                         `json:"endpoints,omitempty"` // the Service leads to the ready pods
}

// played is a pod of the current revision; one with Old is of the revision before.
type played struct {
	Ready    bool              `json:"ready,omitempty"`
	Old      bool              `json:"old,omitempty"`
	Gone     bool              `json:"gone,omitempty"` // on its way out
	Status   corev1.PodStatus  `json:"status,omitempty"`
	Events   []corev1.Event    `json:"events,omitempty"`
	Log      map[string]string `json:"log,omitempty"`      // by container
	Previous map[string]string `json:"previous,omitempty"` // by container
}

// want is the verdict that a script must come to; nothing where it recovers.
type want struct {
	Reason    string   `json:"reason,omitempty"`
	Cause     []string `json:"cause,omitempty"` // texts of the first line
	Fix       string   `json:"fix,omitempty"`
	Container string   `json:"container,omitempty"`
	Log       string   `json:"log,omitempty"`
	Previous  string   `json:"previous,omitempty"`
	Event     string   `json:"event,omitempty"`
	After     string   `json:"after,omitempty"`   // budget: how long after the last frame the verdict may come, beyond 2 s
	Timeout   bool     `json:"timeout,omitempty"` // only the end of the time tells
}

func loadScript(t *testing.T, file string) script {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s script
	if err := sigsyaml.UnmarshalStrict(text, &s); err != nil { // a misspelt status would prove nothing
		t.Fatalf("%s: %v", file, err)
	}
	if s.Kind == "" {
		s.Kind = "Deployment"
	}
	if s.Replicas == 0 {
		s.Replicas = 1
	}
	if len(s.Spec.Containers) == 0 {
		s.Spec.Containers = []corev1.Container{{Name: "web", Image: "registry.example.com/shop:v2"}}
	}
	if s.Spec.RestartPolicy == "" {
		s.Spec.RestartPolicy = map[bool]corev1.RestartPolicy{true: corev1.RestartPolicyNever, false: corev1.RestartPolicyAlways}[s.Kind == "Job"]
	}
	return s
}

func (s frame) at(t *testing.T) time.Duration { return duration(t, s.At) }

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scripts(t *testing.T, dir string, least int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.yaml"))
	if err != nil || len(files) < least {
		t.Fatalf("%d scripts in %s, want %d at least (%v)", len(files), dir, least, err)
	}
	return files
}

// TestFailures: each scripted failure is named rightly on its first line, with its container and its evidence, and within
// two seconds of the moment from which nothing but its budget speaks for waiting.
func TestFailures(t *testing.T) {
	for _, file := range scripts(t, "failures", 60) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			s := loadScript(t, file)
			synctest.Test(t, func(t *testing.T) {
				p := &player{T: t, script: s}
				took, err := p.play()
				var notReady *NotReady
				if !errors.As(err, &notReady) {
					t.Fatalf("after %s: %v", took, err)
				}
				p.judge(notReady, took)
			})
		})
	}
}

func (p *player) judge(got *NotReady, took time.Duration) {
	f, w := got.Failures[0], p.Want
	lacks := func(what, text, want string) {
		if !strings.Contains(text, want) {
			p.Errorf("%s %q lacks %q", what, text, want)
		}
	}
	if f.Reason != w.Reason || f.Container != w.Container {
		p.Errorf("%s, container %q: %s; want %s, container %q", f.Reason, f.Container, f.Cause, w.Reason, w.Container)
	}
	for _, text := range w.Cause {
		lacks("cause", f.Cause, text)
	}
	lacks("fix", f.Fix, w.Fix)
	lacks("log", strings.Join(f.Log, "\n"), w.Log)
	lacks("previous log", strings.Join(f.Previous, "\n"), w.Previous)
	lacks("events", strings.Join(f.Events, "\n"), w.Event)
	if f.Fix == "" {
		p.Error("no fix is proposed")
	}
	if text := fmt.Sprint(got.Failures); strings.Contains(text, "hunter2") {
		p.Errorf("a secret is shown: %s", text)
	}
	last := p.Steps[len(p.Steps)-1].at(p.T)
	latest := last + duration(p.T, w.After) + 2*time.Second
	switch {
	case w.Timeout != (got.Timeout > 0):
		p.Errorf("by the end of the time: %v, after %s", got.Timeout > 0, took)
	case !w.Timeout && (took > latest || took < last):
		p.Errorf("the verdict came after %s, want it between %s and %s", took, last, latest)
	}
}

// TestRecoveries: what comes right within its budget raises no alarm.
func TestRecoveries(t *testing.T) {
	for _, file := range scripts(t, "recoveries", 30) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			s := loadScript(t, file)
			synctest.Test(t, func(t *testing.T) {
				p := &player{T: t, script: s}
				took, err := p.play()
				if last := s.Steps[len(s.Steps)-1].at(t); err != nil || took < last || took > last+10*time.Second {
					t.Errorf("after %s: %v", took, err)
					var notReady *NotReady
					if errors.As(err, &notReady) {
						t.Errorf("%+v", notReady.Failures)
					}
				}
			})
		})
	}
}
