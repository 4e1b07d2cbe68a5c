package kube

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
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
	got := render(t, files, "staging").SecretRefs()
	want := []SecretRef{{"all", ""}, {"keys", "a"}, {"ledger", "ADMIN_KEY"}, {"ledger", "DATABASE_URL"}, {"mixed", "b"}, {"tls", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("references %v\nwant %v", got, want)
	}
}

func TestWithSecrets(t *testing.T) {
	values := map[SecretRef][]byte{{"ledger", "DATABASE_URL"}: []byte("postgres://x"), {"ledger", "ADMIN_KEY"}: []byte("k")}
	build := func(values map[SecretRef][]byte) (Objects, string) {
		objects := render(t, os.DirFS(small), "staging")
		objects = objects.withSecrets(values, "ledger-staging", objects.appLabels())
		for _, o := range objects {
			if o.is("", "Secret") {
				return objects, o.GetName()
			}
		}
		t.Fatal("no Secret")
		return nil, ""
	}
	objects, name := build(values)
	if !strings.HasPrefix(name, "ledger-") || len(name) != len("ledger-")+10 {
		t.Errorf("name %q", name)
	}
	for _, ref := range objects.SecretRefs() {
		t.Errorf("%s is left over", ref)
	}
	for _, o := range objects {
		if !o.is("", "Secret") {
			continue
		}
		if o.Object["immutable"] != true || o.GetLabels()["app.kubernetes.io/name"] != "ledger" {
			t.Errorf("%v", o.Object)
		}
		if got := child(o.Object, "data")["DATABASE_URL"]; got != base64.StdEncoding.EncodeToString([]byte("postgres://x")) {
			t.Errorf("value %v", got)
		}
	}
	if _, again := build(values); again != name {
		t.Errorf("another name from the same values: %s", again)
	}
	values[SecretRef{"ledger", "ADMIN_KEY"}] = []byte("other")
	if _, changed := build(values); changed == name {
		t.Error("the same name for other values")
	}
	if err := objects.Validate(); err == nil {
		t.Error("a Secret with values passes as part of a tree")
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
