package kube

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// SecretRef is a key of a Secret that an object wants and that is not among the objects. An empty Key means all keys
// that the Secret has.
type SecretRef struct{ Secret, Key string }

func (r SecretRef) String() string {
	if r.Key == "" {
		return "Secret " + r.Secret
	}
	return "Secret " + r.Secret + ", key " + r.Key
}

// Resolver gives the values of those references that it knows, and fails if it can't have all of these; of the optional ones it
// gives those that it has. For a reference to all keys it gives one entry for each key. A reference that it leaves out is to a
// Secret of somebody else's, which has to be in the cluster already. Its errors hold no value.
type Resolver func(ctx context.Context, refs, optional []SecretRef) (map[SecretRef][]byte, error)

// SecretRefs lists the references of env, envFrom and volumes that no Secret among the objects answers, sorted and each
// once, and apart from them those without which the pods start.
func (l Objects) SecretRefs() (refs, optional []SecretRef) {
	needed, spared := map[SecretRef]bool{}, map[SecretRef]bool{}
	own := map[string]bool{}
	for _, o := range l {
		if o.is("", "Secret") {
			own[o.GetName()] = true
		}
	}
	for _, o := range l {
		o.eachSecret(func(name string, keys []string, optional bool, _ func(string)) {
			for _, k := range keys {
				switch ref := (SecretRef{name, k}); {
				case own[name]:
				case optional:
					spared[ref] = true
				default:
					needed[ref] = true
				}
			}
		})
	}
	for ref := range needed {
		delete(spared, ref)
	}
	return sortedRefs(needed), sortedRefs(spared)
}

func sortedRefs(seen map[SecretRef]bool) []SecretRef {
	refs := make([]SecretRef, 0, len(seen))
	for r := range seen {
		refs = append(refs, r)
	}
	sort.Slice(refs, func(i, j int) bool {
		if refs[i].Secret != refs[j].Secret {
			return refs[i].Secret < refs[j].Secret
		}
		return refs[i].Key < refs[j].Key
	})
	return refs
}

// eachSecret calls visit for each place in a workload that names a Secret, with a function that changes the name.
func (o Object) eachSecret(visit func(name string, keys []string, optional bool, rename func(string))) {
	spec := o.podSpec()
	if spec == nil {
		return
	}
	at := func(m map[string]any, field string, keys []string) {
		name, _ := m[field].(string)
		optional, _ := m["optional"].(bool)
		if name != "" {
			visit(name, keys, optional, func(to string) { m[field] = to })
		}
	}
	for _, c := range containers(spec) {
		for _, env := range maps(c["env"]) {
			if ref := child(env, "valueFrom", "secretKeyRef"); ref != nil {
				key, _ := ref["key"].(string)
				at(ref, "name", []string{key})
			}
		}
		for _, from := range maps(c["envFrom"]) {
			at(child(from, "secretRef"), "name", []string{""})
		}
	}
	for _, v := range maps(spec["volumes"]) {
		at(child(v, "secret"), "secretName", itemKeys(child(v, "secret")))
		for _, source := range maps(child(v, "projected")["sources"]) {
			at(child(source, "secret"), "name", itemKeys(child(source, "secret")))
		}
	}
}

func itemKeys(m map[string]any) []string {
	var keys []string
	for _, item := range maps(m["items"]) {
		key, _ := item["key"].(string)
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return []string{""}
	}
	return keys
}

// withSecrets adds immutable Secrets with the values, and makes the objects refer to them. Objects that want the same keys of a
// name share one: it holds these keys alone, so that a workload neither sees nor is rolled by those of others. Its own name
// holds a hash of what is in it: pods can only ever start with exactly these values, a change rolls them, and the Secret of the
// release before is still there to go back to.
func (l Objects) withSecrets(values map[SecretRef][]byte, namespace string, labels map[string]string) Objects {
	made := map[string]Object{}
	for _, o := range l {
		renamed := map[string]string{}
		for name, data := range o.secretData(values) {
			secret := newSecret(name, data, namespace, labels)
			renamed[name] = secret.GetName()
			made[secret.GetName()] = secret
		}
		o.eachSecret(func(name string, _ []string, _ bool, rename func(string)) {
			if to, ours := renamed[name]; ours {
				rename(to)
			}
		})
	}
	for _, name := range sortedKeys(made) {
		l = append(l, made[name])
	}
	l.sortForApply()
	return l
}

// secretData is what an object wants of the values: by the names of Secrets, then keys.
func (o Object) secretData(values map[SecretRef][]byte) map[string]map[string][]byte {
	data := map[string]map[string][]byte{}
	o.eachSecret(func(name string, keys []string, _ bool, _ func(string)) {
		for ref, value := range values {
			if ref.Secret != name || !slices.Contains(keys, ref.Key) && !slices.Contains(keys, "") {
				continue
			}
			if data[name] == nil {
				data[name] = map[string][]byte{}
			}
			data[name][ref.Key] = value
		}
	})
	return data
}

func newSecret(name string, data map[string][]byte, namespace string, labels map[string]string) Object {
	// One hash over all keys, the name and the namespace: what can be read off it takes guessing all values at once.
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q", namespace, name)
	encoded := map[string]any{}
	for _, key := range sortedKeys(data) {
		fmt.Fprintf(sum, "%q %q", key, data[key])
		encoded[key] = base64.StdEncoding.EncodeToString(data[key])
	}
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "immutable": true, "data": encoded,
	}}
	u.SetName(name + "-" + hex.EncodeToString(sum.Sum(nil))[:10])
	u.SetNamespace(namespace)
	u.SetLabels(labels)
	u.SetAnnotations(map[string]string{"migrate/secret": name})
	return Object{Unstructured: u}
}

// missingSecrets names the references that nothing answers, neither the resolver nor the cluster.
func (c *Cluster) missingSecrets(ctx context.Context, namespace string, refs []SecretRef, values map[SecretRef][]byte) error {
	ours := map[string]bool{}
	for ref := range values {
		ours[ref.Secret] = true
	}
	var missing []error
	for _, ref := range refs {
		if _, known := values[ref]; known || ref.Key == "" && ours[ref.Secret] {
			continue
		}
		secret, err := c.typed.CoreV1().Secrets(namespace).Get(ctx, ref.Secret, metav1.GetOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("%s: %w", ref, c.advised(err))
		}
		if _, has := secret.Data[ref.Key]; err != nil || ref.Key != "" && !has {
			missing = append(missing, fmt.Errorf("  %s", ref))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("pods want what is neither under secrets in migrate.yaml nor in namespace %s; nothing was written:\n%w", namespace, errors.Join(missing...))
}

// appLabels are the labels for objects that are made here: those that name the application and are the same on all
// workloads.
func (l Objects) appLabels() map[string]string {
	labels := map[string]string{"app.kubernetes.io/managed-by": Manager}
	const name = "app.kubernetes.io/name"
	for _, o := range l {
		if v := o.GetLabels()[name]; v != "" && !strings.Contains(v, " ") {
			labels[name] = v
			return labels
		}
	}
	return labels
}
