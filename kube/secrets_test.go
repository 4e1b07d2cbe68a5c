package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSecretRefs(t *testing.T) {
	files := load(t, small)
	replace(t, files, "kube/base/tidy.yaml", "envFrom: [{configMapRef: {name: ledger}}]",
		"envFrom: [{secretRef: {name: all}}, {secretRef: {name: maybe, optional: true}}]")
	replace(t, files, "kube/base/web.yaml", "      containers:", `      volumes:
        - {name: tls, secret: {secretName: tls}}
        - {name: part, secret: {secretName: keys, items: [{key: a, path: a}]}}
        - {name: mixed, projected: {sources: [{secret: {name: mixed, items: [{key: b, path: b}]}}]}}
      containers:`)
	got, optional := render(t, files, "staging").SecretRefs()
	want := []SecretRef{{"all", ""}, {"keys", "a"}, {"ledger", "ADMIN_KEY"}, {"ledger", "DATABASE_URL"}, {"mixed", "b"}, {"tls", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("references %v\nwant %v", got, want)
	}
	if want := []SecretRef{{"maybe", ""}}; !reflect.DeepEqual(optional, want) {
		t.Errorf("optional references %v\nwant %v", optional, want)
	}
}

func TestWithSecrets(t *testing.T) {
	values := map[SecretRef][]byte{{"ledger", "DATABASE_URL"}: []byte("postgres://x"), {"ledger", "ADMIN_KEY"}: []byte("k")}
	build := func(values map[SecretRef][]byte) (objects Objects, names []string) {
		objects = render(t, os.DirFS(small), "staging")
		objects = objects.withSecrets(values, "ledger-staging", objects.appLabels())
		for _, o := range objects {
			if o.is("", "Secret") {
				names = append(names, o.GetName())
			}
		}
		return objects, names
	}
	objects, names := build(values)
	refs, optional := objects.SecretRefs()
	for _, ref := range slices.Concat(refs, optional) {
		t.Errorf("%s is left over", ref)
	}
	told := ""
	for _, o := range objects {
		if !o.is("", "Secret") {
			continue
		}
		if !strings.HasPrefix(o.GetName(), "ledger-") || len(o.GetName()) != len("ledger-")+10 || o.Object["immutable"] != true || o.GetLabels()["app.kubernetes.io/name"] != "ledger" {
			t.Errorf("%v", o.Object)
		}
		told += fmt.Sprint(child(o.Object, "data"))
	}
	if !strings.Contains(told, "DATABASE_URL:"+base64.StdEncoding.EncodeToString([]byte("postgres://x"))) {
		t.Errorf("values %v", told)
	}
	if _, again := build(values); len(names) == 0 || !slices.Equal(again, names) {
		t.Errorf("other names from the same values: %s, %s", names, again)
	}
	values[SecretRef{"ledger", "ADMIN_KEY"}] = []byte("other")
	if _, changed := build(values); slices.Equal(changed, names) {
		t.Error("the same names for other values")
	}
	if err := objects.Validate(); err == nil {
		t.Error("a Secret with values passes as part of a tree")
	}
}

// TestSecretsOfEachWorkload: objects share a Secret where they want the same keys, and a value rolls only those that name it.
func TestSecretsOfEachWorkload(t *testing.T) {
	named := func(tidyKey, adminKey string) map[string][]string {
		files := load(t, small)
		replace(t, files, "kube/base/tidy.yaml", "envFrom: [{configMapRef: {name: ledger}}]", "env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: ledger, key: "+tidyKey+"}}}]")
		objects := render(t, files, "staging").withSecrets(map[SecretRef][]byte{{"ledger", "DATABASE_URL"}: []byte("postgres://x"), {"ledger", "ADMIN_KEY"}: []byte(adminKey)}, "ledger-staging", nil)
		data, found := map[string][]string{}, map[string][]string{}
		for _, o := range objects {
			if o.is("", "Secret") {
				data[o.GetName()] = sortedKeys(child(o.Object, "data"))
			}
		}
		for _, o := range objects {
			o.eachSecret(func(name string, _ []string, _ bool, _ func(string)) {
				found[o.GetName()] = append([]string{name}, data[name]...)
				if data[name] == nil {
					t.Errorf("%s names Secret %s, which is not there", o.ID(), name)
				}
			})
		}
		return found
	}
	first, other := named("DATABASE_URL", "k"), named("DATABASE_URL", "other")
	if got := first["upgrade"][1:]; !slices.Contains(got, "ADMIN_KEY") {
		t.Errorf("the upgrade gets %v", got)
	}
	for _, name := range []string{"web", "tidy"} {
		if got := first[name]; !slices.Equal(got[1:], []string{"DATABASE_URL"}) || got[0] != first["web"][0] {
			t.Errorf("%s gets %v", name, got)
		}
		if first[name][0] != other[name][0] {
			t.Errorf("a key that %s does not name rolls it", name)
		}
	}
	if first["upgrade"][0] == other["upgrade"][0] {
		t.Error("a key of its own does not change what the upgrade gets")
	}
	if moved := named("ADMIN_KEY", "k"); moved["tidy"][0] == first["tidy"][0] || moved["web"][0] != first["web"][0] {
		t.Errorf("one Secret for two keys: %v", moved)
	}
}

func TestRedactor(t *testing.T) {
	const value = "p@ss/w0rd+long enough"
	const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----"
	r := newRedactor(map[SecretRef][]byte{
		{"a", "1"}: []byte(value), {"a", "2"}: []byte("yes"), {"a", "3"}: []byte("postgres://u:inner-pass@db/x"), {"a", "4"}: []byte(key),
	})
	for _, form := range []string{value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), "inner-pass", "MIIEvQIBADANBgkq"} {
		line := fmt.Sprintf("before %s after", form)
		if got := r.text(line); got != "before [secret] after" {
			t.Errorf("%q became %q", line, got)
		}
	}
	if got := r.text("yes, a short value stays"); got != "yes, a short value stays" {
		t.Errorf("%q", got)
	}
	if err := r.error(errors.New("invalid: " + value)); strings.Contains(err.Error(), value) {
		t.Error(err)
	}
	plain := errors.New("nothing in it")
	if r.error(plain) != plain {
		t.Error("an error without a secret is not passed on as it is")
	}
	if line, shown := (&redactor{blind: true}).log("anything"); shown || line != blotted {
		t.Errorf("%q", line)
	}
}

func TestKeepsNoValueInMessages(t *testing.T) {
	files := load(t, small)
	files["kube/overlays/staging/needs.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {A: topsecretvalue}\n")}
	err := render(t, files, "staging").Validate()
	if err == nil || strings.Contains(err.Error(), "topsecretvalue") {
		t.Errorf("%v", err)
	}
}
