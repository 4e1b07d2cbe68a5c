package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Difference is what an apply would do to one object.
type Difference struct {
	Kind      string        `json:"kind"`
	Name      string        `json:"name"`
	Namespace string        `json:"namespace,omitempty"`
	Action    string        `json:"action"`              // created, configured, deleted
	InPlaceOf string        `json:"inPlaceOf,omitempty"` // the ConfigMap or Secret of the release before whose name ends in another hash
	Changes   []FieldChange `json:"changes,omitempty"`
	Conflicts string        `json:"conflicts,omitempty"` // fields that others own, with their managers
	Owner     string        `json:"owner,omitempty"`     // the tool or application whose it is: it would not be written
	Adopts    string        `json:"adopts,omitempty"`    // the field managers, such as kubectl's, whose fields it would take over
}

// FieldChange is one field before and after, in YAML on one line; empty where it isn't there.
type FieldChange struct {
	Field string `json:"field"` // spec.template.spec.containers[web].image
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Diff tells what Apply would change, by the server's own account, and writes nothing. Values of Secrets stay out of it.
// What would be unchanged is left out.
func (c *Cluster) Diff(ctx context.Context, objects Objects, o ApplyOptions) ([]Difference, error) {
	a := newApply(c, o)
	ctx, stop := context.WithTimeout(ctx, a.Timeout)
	defer stop()
	differences, err := a.diff(ctx, objects.copy())
	return differences, a.redact.error(err)
}

func (a *apply) diff(ctx context.Context, objects Objects) ([]Difference, error) {
	if err := a.cluster.discover(ctx); err != nil {
		return nil, err
	}
	if err := a.mapped(objects); err != nil {
		return nil, err
	}
	objects, err := a.resolve(ctx, objects)
	if err != nil {
		return nil, err
	}
	_, err = a.cluster.typed.CoreV1().Namespaces().Get(ctx, a.Namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) { // where nothing is there is nothing to ask the server
		var all []Difference
		for _, o := range objects {
			all = append(all, Difference{Kind: o.GetKind(), Name: o.GetName(), Namespace: o.GetNamespace(), Action: created})
		}
		return all, nil
	}
	if err != nil && !apierrors.IsForbidden(err) {
		return nil, a.cluster.advised(err)
	}
	a.asking = true
	later, rest := a.undefined(objects)
	plan, err := a.plan(ctx, rest)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, o := range later {
		all = append(all, Difference{Kind: o.GetKind(), Name: o.GetName(), Namespace: o.GetNamespace(), Action: created})
	}
	for _, p := range plan {
		if p.action != unchanged || p.conflicts != "" || p.owner != "" {
			all = append(all, p.difference())
		}
	}
	if a.App != "" {
		earlier, err := a.history(ctx)
		if err != nil {
			return nil, err
		}
		succeed(all, objects, earlier)
		remains, err := a.remains(ctx, leftover(objects, earlier, earlier), false)
		if err != nil {
			return nil, err
		}
		for _, p := range remains {
			all = append(all, Difference{Kind: p.GetKind(), Name: p.GetName(), Namespace: p.GetNamespace(), Action: deleted})
		}
	}
	return all, nil
}

func (p *planned) difference() Difference {
	d := Difference{Kind: p.GetKind(), Name: p.GetName(), Namespace: p.GetNamespace(), Action: p.action, Conflicts: p.conflicts, Owner: p.owner}
	if p.adopt != nil {
		d.Adopts = p.adopt.from
	}
	if p.action == configured && p.live != nil && p.want != nil {
		var c comparison
		c.values("", read(p.live), read(p.want))
		d.Changes = c.changes
		if p.is("", "Secret") {
			for i := range d.Changes {
				d.Changes[i].Old, d.Changes[i].New = masked(d.Changes[i].Old), masked(d.Changes[i].New)
			}
		}
	}
	return d
}

func masked(value string) string {
	if value == "" {
		return ""
	}
	return "(secret)"
}

var hashedName = pattern.MustCompile(`^(.+)-[a-z0-9]{10}$`)

// succeed says of ConfigMaps and Secrets whose names end in a hash what they stand in the place of since the newest release, and
// what is different in them: that one is created and another one deleted tells nobody anything.
func succeed(all []Difference, wanted Objects, earlier []*Record) {
	if len(earlier) == 0 {
		return
	}
	before, stays := map[string]Object{}, map[string]Object{}
	for _, o := range wanted {
		stays[o.ID()] = o
	}
	for _, o := range earlier[0].objects {
		if m := hashedName.FindStringSubmatch(o.GetName()); m != nil && o.is("", "ConfigMap") && stays[o.ID()].Unstructured == nil {
			before[m[1]] = o
		}
	}
	secrets := succession(earlier[0].objects, wanted)
	for i, d := range all {
		m := hashedName.FindStringSubmatch(d.Name)
		switch {
		case d.Action != created || m == nil:
		case d.Kind == "Secret":
			if old := secrets[d.Name]; stays["Secret "+old].Unstructured == nil {
				all[i].InPlaceOf = old
			}
		case d.Kind == "ConfigMap" && before[m[1]].Unstructured != nil:
			old := before[m[1]]
			all[i].InPlaceOf = old.GetName()
			var c comparison
			c.maps("data", child(old.Object, "data"), child(stays["ConfigMap "+d.Name].Object, "data"))
			all[i].Changes = c.changes
		}
	}
}

// succession says for each Secret which one the first of its workloads had instead: there may be several of one name, each with
// other keys.
func succession(before, wanted Objects) map[string]string {
	named := func(l Objects, visit func(who, secret string)) {
		for _, o := range l {
			o.eachSecret(func(name string, _ []string, _ bool, _ func(string)) {
				if m := hashedName.FindStringSubmatch(name); m != nil {
					visit(o.ID()+" "+m[1], name)
				}
			})
		}
	}
	had, instead := map[string]string{}, map[string]string{}
	named(before, func(who, secret string) { had[who] = secret })
	named(wanted, func(who, secret string) {
		if instead[secret] == "" && had[who] != secret {
			instead[secret] = had[who]
		}
	})
	return instead
}

// read is an object without what the server keeps for itself.
func read(u *unstructured.Unstructured) map[string]any {
	m := plain(u)
	metadata := child(m, "metadata")
	for _, field := range []string{"managedFields", "uid", "creationTimestamp", "selfLink"} {
		delete(metadata, field)
	}
	return m
}

// comparison collects the fields in which two objects differ.
type comparison struct{ changes []FieldChange }

func (c *comparison) values(field string, old, new any) {
	if reflect.DeepEqual(old, new) {
		return
	}
	oldMap, isMap := old.(map[string]any)
	newMap, wasMap := new.(map[string]any)
	if isMap && wasMap {
		c.maps(field, oldMap, newMap)
		return
	}
	oldList, isList := old.([]any)
	newList, wasList := new.([]any)
	if isList && wasList {
		if a, b := named(oldList), named(newList); a != nil && b != nil {
			c.elements(field, a, b)
			return
		}
		if len(oldList) == len(newList) && len(maps(oldList)) == len(oldList) && len(maps(newList)) == len(newList) {
			for i := range oldList {
				c.values(fmt.Sprintf("%s[%d]", field, i), oldList[i], newList[i])
			}
			return
		}
	}
	oldText, isText := old.(string)
	newText, wasText := new.(string)
	if isText && wasText && strings.Count(oldText, "\n") > 1 && strings.Count(newText, "\n") > 1 {
		c.lines(field, oldText, newText)
		return
	}
	c.changes = append(c.changes, FieldChange{field, oneLine(old), oneLine(new)})
}

func (c *comparison) maps(field string, old, new map[string]any) {
	for _, key := range union(sortedKeys(old), sortedKeys(new)) {
		at := key
		if strings.ContainsAny(key, "./[]") {
			at = "[" + key + "]"
		} else if field != "" {
			at = "." + key
		}
		c.values(field+at, old[key], new[key])
	}
}

// elements compares lists whose elements have names.
func (c *comparison) elements(field string, old, new map[string]any) {
	for _, key := range union(sortedKeys(old), sortedKeys(new)) {
		c.values(field+"["+key+"]", old[key], new[key])
	}
}

// lines shows of two texts what is between the lines that both begin and end with.
func (c *comparison) lines(field, old, new string) {
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	for a, b = a[first:], b[first:]; len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1]; {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	text := func(lines []string) string {
		if len(lines) == 0 {
			return ""
		}
		return oneLine(strings.TrimSuffix(strings.Join(lines, ""), "\n"))
	}
	c.changes = append(c.changes, FieldChange{fmt.Sprintf("%s[line %d]", field, first+1), text(a), text(b)})
}

// named gives the elements of a list by what tells them apart: their name, or a port's number, or a volume's path. It is
// nil where nothing does.
func named(list []any) map[string]any {
	elements := map[string]any{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil
		}
		name := ""
		for _, field := range []string{"mountPath", "name", "port", "containerPort", "key", "type", "host"} {
			if v, there := m[field]; there {
				name = fmt.Sprint(v)
				break
			}
		}
		if _, twice := elements[name]; twice || name == "" {
			return nil
		}
		elements[name] = m
	}
	return elements
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// oneLine writes a value as JSON, texts without quotes where they read as well; empty for what isn't there.
func oneLine(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "" || strings.ContainsAny(v, "\n\"") {
			return strconv.Quote(v)
		}
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
