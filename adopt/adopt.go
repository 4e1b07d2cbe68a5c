// Package adopt takes over the manifests by which a service ran in Kubernetes so far: what they say and the model can say goes
// into the model, all the rest becomes a kustomize component of the team's own, beside the generated manifests. It is pure:
// texts in, a changed model and texts out; it runs nothing and knows no generator.
package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Manifest is a file with objects of Kubernetes.
type Manifest struct {
	File string // relative to the repository
	Data []byte
}

// Options say what is known beside the manifests.
type Options struct {
	App *service.App // it is changed in place
	// Environment that the manifests are about; "" for all of them.
	Environment string
	// Service that the manifests run, where their names do not say it.
	Service string
	// Known gives the services of which a file is evidence. It may be nil.
	Known func(file string) []string
	// Render gives the generated manifests of the model.
	Render func(*service.App) ([]Manifest, error)
	// Secret says that a value is one that no file may hold.
	Secret func(name, value string) bool
	// Have are the files of the component as they are, by their names; it may be nil.
	Have map[string][]byte
}

// Result is what becomes of the manifests.
type Result struct {
	// Fields are those of the model that changed, with the evidence: k8s/web.yaml:12.
	Fields map[string]string
	// Files are those of the component, by their paths in the repository.
	Files map[string][]byte
	// Items are all that the manifests say and the generated ones did not, in the order of the manifests.
	Items []Item
}

// Item is one thing that the manifests say.
type Item struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Object string `json:"object"` // Deployment/web
	What   string `json:"what"`   // the path in the object, or the object as a whole
	To     string `json:"to"`     // the field of migrate.yaml, or the file, where it goes; "" where it is left out
	Why    string `json:"why"`    // it is left out, or what to do about it
}

// object is one object of the manifests, or of the generated ones.
type object struct {
	file string
	node *yaml.Node
	kind string
	name string
}

func (o object) id() string { return o.kind + "/" + o.name }

// taker collects what becomes of the manifests.
type taker struct {
	Options
	theirs []object
	ours   []object
	of     map[string]string // workload -> service
	result Result
	extra  []extra
	patch  []*patch
}

// Take takes the manifests over. It is an error where they are no manifests, or none of them runs a service of the model.
func Take(manifests []Manifest, o Options) (*Result, error) {
	t := &taker{Options: o, of: map[string]string{}, result: Result{Fields: map[string]string{}, Files: map[string][]byte{}}}
	for _, m := range manifests {
		objects, err := parse(m)
		if err != nil {
			return nil, err
		}
		t.theirs = append(t.theirs, objects...)
	}
	if len(t.theirs) == 0 {
		return nil, errors.New("there is no object of Kubernetes in it")
	}
	if err := t.match(); err != nil {
		return nil, err
	}
	t.intoModel()
	if err := t.render(); err != nil {
		return nil, err
	}
	t.rest()
	if err := t.component(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(t.result.Items, func(a, b Item) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return &t.result, nil
}

// ofChart are the marks of Helm; other templates may stand in what a ConfigMap holds.
var ofChart = pattern.MustCompile(`\{\{-?\s*(\.Values|\.Release|\.Chart|include |template )`)

// parse reads the objects of a manifest, those of a List too.
func parse(m Manifest) ([]object, error) {
	var all []object
	for d := yaml.NewDecoder(bytes.NewReader(m.Data)); ; {
		var doc yaml.Node
		err := d.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil && bytes.Contains(m.Data, []byte("{{")), ofChart.Match(m.Data):
			return nil, fmt.Errorf("%s holds templates of a chart, and running them is for its own tool: helm template NAME DIR -f VALUES.yaml | migrate adopt - --env ENV", m.File)
		case err != nil:
			return nil, fmt.Errorf("%s: %w", m.File, err)
		}
		if len(doc.Content) == 0 {
			continue
		}
		all = append(all, objectsOf(m.File, doc.Content[0])...)
	}
}

func objectsOf(file string, n *yaml.Node) []object {
	kind := text(at(n, "kind"))
	if items := at(n, "items"); strings.HasSuffix(kind, "List") && items != nil {
		var all []object
		for _, item := range items.Content {
			all = append(all, objectsOf(file, item)...)
		}
		return all
	}
	if kind == "" || at(n, "metadata") == nil {
		return nil
	}
	return []object{{file, n, kind, text(at(n, "metadata", "name"))}}
}

// isManifest says whether a text holds objects of Kubernetes.
func isManifest(data []byte) bool {
	objects, err := parse(Manifest{Data: data})
	return err == nil && len(objects) > 0
}

// IsManifest says whether a file is one: by its name and by what it holds.
func IsManifest(name string, data []byte) bool {
	switch {
	case !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") && !strings.HasSuffix(name, ".json"):
		return false
	case bytes.Contains(data, []byte("kustomize.config.k8s.io")):
		return false
	}
	return isManifest(data) || ofChart.Match(data)
}

var runs = []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "DeploymentConfig", "Job", "CronJob", "Pod"}

// match finds the service that each workload runs.
func (t *taker) match() error {
	var open []object
	for _, o := range t.theirs {
		if !slices.Contains(runs, o.kind) {
			continue
		}
		name := t.serviceOf(o)
		if name == "" {
			open = append(open, o)
			continue
		}
		if kind := t.kindOf(name); kind != o.kind {
			t.leave(o, o.node.Line, o.id(), fmt.Sprintf("migrate runs %s as a %s: what it says is not taken over", name, kind))
			continue
		}
		if other := t.runsAlready(name); other.node != nil {
			return fmt.Errorf("%s:%d and %s:%d both run %s: take over the manifests of one environment at a time, with --env",
				other.file, other.node.Line, o.file, o.node.Line, name)
		}
		t.of[o.id()] = name
	}
	t.matchLast(open)
	if len(t.of) == 0 && t.Service != "" {
		return fmt.Errorf("no manifest runs %s as migrate does, as a %s", t.Service, t.kindOf(t.Service))
	}
	if len(t.of) == 0 {
		return fmt.Errorf("no manifest runs a service of %s (%s): --service says which one it is", service.FileName, strings.Join(t.App.ServiceNames(), ", "))
	}
	return nil
}

// runsAlready is the workload that was matched with a service.
func (t *taker) runsAlready(name string) object {
	for _, o := range t.theirs {
		if t.of[o.id()] == name {
			return o
		}
	}
	return object{}
}

// matchLast brings together the only Deployment and the only service that are left, whatever they are called.
func (t *taker) matchLast(open []object) {
	var left []object
	for _, o := range open {
		if _, need := t.App.Needs[o.name]; !need && o.kind == "Deployment" {
			left = append(left, o)
		}
	}
	var names []string
	for _, name := range t.App.Bases() {
		if t.kindOf(name) == "Deployment" && t.runsAlready(name).node == nil {
			names = append(names, name)
		}
	}
	if len(left) == 1 && len(names) == 1 {
		t.of[left[0].id()] = names[0]
	}
}

// kindOf is the kind of workload that runs a service.
func (t *taker) kindOf(name string) string {
	switch s := t.App.Effective(name); {
	case s.Schedule != "":
		return "CronJob"
	case s.Release:
		return "Job"
	}
	return "Deployment"
}

// serviceOf is the service that a workload runs: by its name, by its container's, by what was read from its file.
func (t *taker) serviceOf(o object) string {
	if t.App.Services[t.Service] != nil && t.kindOf(t.Service) == o.kind {
		return t.Service
	}
	names := []string{o.name, strings.TrimPrefix(o.name, t.App.Name+"-"), o.name[strings.LastIndexByte(o.name, '-')+1:]}
	for _, c := range list(at(podOf(o), "containers")) {
		names = append(names, text(at(c, "name")))
	}
	if _, need := t.App.Needs[o.name]; need {
		return ""
	}
	for _, name := range names {
		if t.App.Services[name] != nil {
			return name
		}
	}
	if words := commandOf(o); len(words) > 0 {
		for _, name := range t.App.ServiceNames() {
			if slices.Equal(words, t.App.Services[name].Command) && t.kindOf(name) == o.kind {
				return name
			}
		}
	}
	if t.Known != nil {
		var known []string
		for _, name := range t.Known(o.file) {
			if t.App.Services[name] != nil && t.kindOf(name) == o.kind {
				known = append(known, name)
			}
		}
		if len(known) == 1 {
			return known[0]
		}
	}
	return ""
}

// environments are those that the manifests are about.
func (t *taker) environments() []string {
	if t.Environment != "" {
		return []string{t.Environment}
	}
	return t.App.EnvironmentNames()
}

// field notes that a field of the model changed.
func (t *taker) field(o object, line int, what, field string) {
	t.result.Fields[field] = fmt.Sprintf("%s:%d", o.file, line)
	t.item(o, line, what, field, "")
}

// leave notes what is not taken over, and why.
func (t *taker) leave(o object, line int, what, why string) { t.item(o, line, what, "", why) }

func (t *taker) item(o object, line int, what, to, why string) {
	t.result.Items = append(t.result.Items, Item{o.file, line, o.id(), what, to, why})
}

// render finds the generated objects.
func (t *taker) render() error {
	manifests, err := t.Render(t.App)
	if err != nil {
		return err
	}
	for _, m := range manifests {
		objects, err := parse(m)
		if err != nil {
			return err
		}
		t.ours = append(t.ours, objects...)
	}
	return nil
}

func (t *taker) our(kind, name string) *yaml.Node {
	for _, o := range t.ours {
		if o.kind == kind && o.name == name {
			return o.node
		}
	}
	return nil
}
