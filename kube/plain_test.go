package kube

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"
)

// bothWays builds an overlay without kustomize and with it. Both are nil where only kustomize can, the second where it won't.
func bothWays(t testing.TB, files fstest.MapFS, dir string) (plain, kustomize map[string]string) {
	t.Helper()
	read := newTree(files, nil)
	if read.directory(dir, place{}); len(read.problems) > 0 {
		return nil, nil
	}
	if objects, ok := read.buildPlain(dir); ok {
		plain = map[string]string{}
		for _, o := range objects {
			text, err := sigsyaml.Marshal(o.object)
			if err != nil {
				t.Fatal(err)
			}
			plain[fmt.Sprint(o.kind, " ", child(o.object, "metadata")["name"])] = string(text)
		}
		if len(plain) != len(objects) {
			t.Errorf("objects are there twice: %v", sortedKeys(plain))
		}
	}
	if plain == nil {
		return nil, nil
	}
	made, err := read.kustomize(Options{}, dir)
	if err != nil {
		return plain, nil
	}
	kustomize = map[string]string{}
	for _, m := range made {
		text, err := sigsyaml.JSONToYAML(m.Object)
		if err != nil {
			t.Fatal(err)
		}
		kustomize[m.Kind+" "+m.Name] = string(text)
	}
	return plain, kustomize
}

func sameBothWays(t testing.TB, name string, plain, kustomize map[string]string) {
	t.Helper()
	if len(plain) != len(kustomize) {
		t.Errorf("%s: %v, and kustomize makes %v", name, sortedKeys(plain), sortedKeys(kustomize))
	}
	for _, id := range sortedKeys(kustomize) {
		if plain[id] != kustomize[id] {
			t.Errorf("%s: %s:\n%s\nkustomize:\n%s", name, id, plain[id], kustomize[id])
		}
	}
}

// TestPlainIsKustomize: every overlay that migrate has written is built without kustomize, to the same bytes.
func TestPlainIsKustomize(t *testing.T) {
	repos, err := filepath.Glob("../examples/*/after")
	if err != nil || len(repos) == 0 {
		t.Fatal(err)
	}
	for _, repo := range append(repos, small) {
		files := load(t, repo)
		for _, environment := range Environments(os.DirFS(repo)) {
			name := filepath.Join(repo, overlays, environment)
			plain, kustomize := bothWays(t, files, overlays+"/"+environment)
			if plain == nil {
				t.Errorf("%s is left to kustomize", name)
				continue
			}
			sameBothWays(t, name, plain, kustomize)
		}
	}
}

// wild makes trees by chance: as migrate writes them, and now and then with something odd in them.
type wild struct{ *rand.Rand }

func (w wild) one(of ...string) string { return of[w.Intn(len(of))] }

// some is one of a list, the first most often.
func (w wild) some(usual string, of ...string) string {
	if w.Intn(12) > 0 {
		return usual
	}
	return w.one(of...)
}

// text is a value as it stands in YAML.
func (w wild) text() string {
	return w.some(w.one("info", `"8080"`, "yes", `"no"`, "on", `"1.10"`, "12:30:45", `"true"`, `"a b"`, `" a "`, "'it''s'", `"tab\there"`, `"two\nlines"`, `"two\nlines\n"`,
		"größe", `"a: b"`, `"#"`, `"- x"`, `"&a"`, `"*a"`, `"!x"`, `"%"`, `"@"`, `""`, "''", "-", `"<&>"`, "|-\n            a\n            b", `"trailing  \nspace"`, `"x\n\n\ny"`, `"---\n"`, `"{}"`, `"\\"`,
		`"$(HOME)"`, `"~"`, `"null"`, `"`+strings.Repeat("long ", 40)+`"`, `"a\n\tb"`, `"a #b"`, `"0755"`, `"1e3"`, `"2026-01-01"`, `"=" `, `"<<"`, `"a\n b\n"`, `"a\n\n"`, "'\"'"),
		"8080", "1.10", "0755", "1e3", "2026-01-01", "null", "~", "true", `"\n first is empty"`, `"  indented\nand not"`, `"cr\r\nlf"`, `"\u2028"`, `"\U0001F600"`,
		"0x1F", "1_000", "9007199254740993", "-7", ".5", "!!str 5", ">\n            a\n            b\n", "[a]", "&anchor x", "=", "<<")
}

func (w wild) literal(key string) string {
	return w.some(key+w.one("=b", "=\"quoted\"", "='x'", "=", "=a=b", "=größe", "=8080", "=yes", "=\"", "='", "=http://a:1/?x=y&z=<>", "=[a]", "=x #y"),
		"'"+key+"= spaced '", `"`+key+`=two\nlines"`, `"`+key+`=tab\t"`, "A=again", "=x", "J", "'K L=x'", "..=x", `"P=x\r"`, `"Q=\n"`, "'R=\"'")
}

func (w wild) workload(name string) string {
	kind := w.one("apps/v1\nkind: Deployment", "apps/v1\nkind: StatefulSet", "apps/v1\nkind: DaemonSet", "batch/v1\nkind: Job")
	env := ""
	for i := range w.Intn(3) {
		env += fmt.Sprintf("\n        - name: E%d\n          value: %s", i, w.text())
	}
	return fmt.Sprintf(`apiVersion: %s
metadata:
  name: %s%s
spec:
  replicas: %s
  template:
    spec:
      volumes:
      - {name: a, configMap: {name: %s}}
      - {name: b, projected: {sources: [{configMap: {name: app}}, {secret: {name: app}}]}}
      containers:
      - name: web
        envFrom: [{configMapRef: {name: app}}, {secretRef: {name: app}}]
        env:
        - {name: X, valueFrom: {configMapKeyRef: {name: %s, key: A}}}%s
      initContainers: [{name: i, envFrom: [{configMapRef: {name: app, optional: true}}]}]
`, kind, name, w.some(w.one("", "\n  labels: {a: b, app: other}", "\n  annotations: {note: x}"), "\n  labels: {}", "\n  annotations: {config.kubernetes.io/local-config: 'true'}", "\n  namespace: own", "\n  annotations: null"),
		w.some("2", `"3"`, "1.5"), w.one("app", "app-files", "other"), w.one("app", "none"), env)
}

func (w wild) kustomization(fields ...string) string {
	return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n" + strings.Join(fields, "")
}

func (w wild) generator(behavior string, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "- name: %s\n%s", name, w.some(behavior, "  behavior: merge\n", "  behavior: create\n", "  behavior: replace\n", ""))
		if w.Intn(4) > 0 {
			b.WriteString("  literals:\n  - " + w.literal("A") + "\n")
			if w.Intn(2) > 0 {
				b.WriteString("  - " + w.literal("B") + "\n")
			}
		}
		if w.Intn(3) == 0 {
			b.WriteString("  files: [" + w.some(w.one("app.conf", "x=app.conf", "app.conf, x=app.conf"), "../secret.conf", "a=b=app.conf", "./app.conf") + "]\n")
		}
		b.WriteString(w.some("", "  options: {disableNameSuffixHash: true}\n"))
	}
	if b.Len() == 0 {
		return ""
	}
	return "configMapGenerator:\n" + b.String()
}

func (w wild) labels() string {
	return w.some(w.one("", "labels:\n- pairs: {app: shop, team: x}\n", "labels:\n- pairs: {app: shop}\n- pairs: {b: c}\n"), "labels:\n- pairs: {app: shop}\n  includeSelectors: true\n", "labels:\n- pairs: {}\n", "labels:\n- pairs: {n: 1}\n")
}

func (w wild) patches() string {
	if w.Intn(2) > 0 {
		return ""
	}
	var b strings.Builder
	for range 1 + w.Intn(2) {
		fmt.Fprintf(&b, "- target: {kind: %s, name: %s}\n  patch: |-\n", w.one("Deployment", "Service", "StatefulSet"), w.some("web", "none", "w.b"))
		for range 1 + w.Intn(2) {
			b.WriteString("    - " + w.some(w.one("{op: replace, path: /spec/replicas, value: 4}", "{op: add, path: /spec/paused, value: true}", "{op: add, path: /spec/a, value: {name: Y, value: yes}}", "{op: add, path: /spec/b, value: [a, 1, off]}",
				`{op: replace, path: /spec/replicas, value: "Z\nz"}`, "{op: remove, path: /spec/replicas}", "{op: add, path: /spec/big, value: 123456789012}", "{op: add, path: /spec/e, value: {}}", "{op: add, path: /spec/e, value: []}", "{op: add, path: /spec/h, value: '<&>'}",
				"{op: replace, path: /spec/template/spec/volumes/0/configMap/name, value: app-files}"), "{op: remove, path: /spec/none}", "{op: replace, path: /metadata/name, value: new}",
				"{op: add, path: /spec/x, value: null}", "{op: add, path: /spec/x, value: 1.5}", "{op: test, path: /spec/replicas, value: 1}", "{op: add, path: /spec/t, value: 2026-01-01}", "{op: add, path: '', value: {}}") + "\n")
		}
	}
	return "patches:\n" + b.String()
}

func (w wild) tree() fstest.MapFS {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: " + w.some("db", "web") + "}\nspec: {ports: [{port: 80}]}\n"
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + w.some("own", "app") + "}\ndata:\n  deep:\n    deeper:\n      a: " + w.text() + "\n"
	files := fstest.MapFS{
		"kube/base/web.yaml":     file(w.workload("web") + w.one("", "---\n", "---\n# nothing\n---\n") + "---\n" + w.workload(w.some("worker", "web"))),
		"kube/base/app.conf":     file(w.some(w.one("a = b\n", "[x]\n\ty = z  \n\n", "", "one line", "# größe\n"), "\nfirst\n", " x\ny\n", "\xff\xfe", "crlf\r\n", "\ttab\n")),
		"kube/secret.conf":       file("x"),
		"kube/overlays/e/n.yaml": file(w.some(w.one(service, service+"---\n"+configMap), service+"---\n"+service, strings.Replace(service, "v1", "example.com/v1", 1))),
	}
	files["kube/overlays/e/app.conf"] = files["kube/base/app.conf"]
	files["kube/base/kustomization.yaml"] = file(w.kustomization("resources: [web.yaml]\n", w.labels(), w.generator("", "app", "app-files"), w.some("", "namespace: base\n"), w.patches()))
	files["kube/overlays/e/kustomization.yaml"] = file(w.kustomization(w.some("namespace: shop\n", ""), "resources: ["+w.some(w.one("../../base", "../../base, n.yaml", "n.yaml, ../../base"), "../../base, ../../base", "n.yaml", "../../base, ../secret.conf")+"]\n",
		w.labels(), w.generator("  behavior: merge\n", []string{"app", "app-files"}[w.Intn(3):]...), w.patches(), w.some(w.one("", "replicas:\n- {name: web, count: 3}\n"), "replicas:\n- {name: none, count: 3}\n"),
		w.some("", "commonAnnotations: {x: y}\n", "namePrefix: p-\n")))
	return files
}

// TestPlainIsKustomizeOfAnything: whatever is built without kustomize is what kustomize makes, or would not make at all.
func TestPlainIsKustomizeOfAnything(t *testing.T) {
	trees := 3000
	if testing.Short() {
		trees = 300
	}
	compared := 0
	for seed := range trees {
		files := wild{rand.New(rand.NewSource(int64(seed)))}.tree()
		plain, kustomize := bothWays(t, files, overlays+"/e")
		if plain == nil {
			continue
		}
		compared++
		name := fmt.Sprint("tree ", seed)
		sameBothWays(t, name, plain, kustomize)
		if t.Failed() {
			for _, file := range sortedKeys(files) {
				t.Logf("%s:\n%s", file, files[file].Data)
			}
			return
		}
	}
	if compared < trees/20 {
		t.Errorf("only %d of %d trees were built without kustomize", compared, trees)
	}
	t.Logf("%d of %d trees were built without kustomize", compared, trees)
}

// TestYAML: objects are written as kustomize and kubectl write them, whose encoder goes by JSON.
func TestYAML(t *testing.T) {
	w := wild{rand.New(rand.NewSource(1))}
	for range 2000 {
		var value map[string]any
		if err := sigsyaml.Unmarshal([]byte("a10: "+strings.ReplaceAll(w.text(), "&anchor ", "")+"\na9: {B: 1, a: [1.5, -3, 1e30, true, null]}\n"), &value); err != nil {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		o := &unstructured.Unstructured{}
		if err := utiljson.Unmarshal(text, &o.Object); err != nil {
			t.Fatal(err)
		}
		want, err := sigsyaml.JSONToYAML(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := (Objects{{Unstructured: o}}).YAML(); err != nil || string(got) != string(want) {
			t.Fatalf("%s\nwant:\n%s", got, want)
		}
	}
}
