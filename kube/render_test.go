package kube

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	sigsyaml "sigs.k8s.io/yaml"
)

const small = "testdata/small"

func render(t *testing.T, repo fs.FS, environment string) Objects {
	t.Helper()
	objects, err := Render(context.Background(), Options{Repo: repo, Environment: environment, Tag: "v1", Images: []string{"local/hello"}})
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// load reads a directory into a file system that tests may change.
func load(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func replace(t *testing.T, files fstest.MapFS, name, old, new string) {
	t.Helper()
	text := string(files[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s holds no %q", name, old)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
}

func TestRenderOrderAndTags(t *testing.T) {
	objects := render(t, os.DirFS(small), "staging")
	var got []string
	for _, o := range objects {
		got = append(got, o.ID())
		if o.GetNamespace() != "ledger-staging" {
			t.Errorf("%s is in namespace %q", o.ID(), o.GetNamespace())
		}
	}
	config := ""
	for _, id := range got {
		if strings.HasPrefix(id, "ConfigMap ledger-") {
			config = id
		}
	}
	want := []string{"ServiceAccount ledger", config, "Service cache", "Service db", "Service web", "Deployment cache", "Job upgrade",
		"CronJob tidy", "Deployment web", "PodDisruptionBudget web", "HTTPRoute web"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("order:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, o := range objects {
		for _, c := range containers(o.podSpec()) {
			want := "local/hello:v1"
			if o.GetName() == "cache" {
				want = "redis:7"
			}
			if c["image"] != want {
				t.Errorf("%s has image %v, want %s", o.ID(), c["image"], want)
			}
		}
	}
	web := objects[8]
	if place := (place{web.File, web.Line}).String(); place != "kube/base/web.yaml:1" {
		t.Errorf("Deployment web comes from %s", place)
	}
}

// What Render makes is what kustomize makes from the files on disk, but for order and tags.
func TestRenderIsKustomize(t *testing.T) {
	for _, environment := range Environments(os.DirFS(small)) {
		objects, err := Render(context.Background(), Options{Repo: os.DirFS(small), Environment: environment})
		if err != nil {
			t.Fatal(err)
		}
		result, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(small, overlays, environment))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, r := range result.Resources() {
			text, err := r.AsYAML()
			if err != nil {
				t.Fatal(err)
			}
			want[r.GetKind()+" "+r.GetName()] = string(text)
		}
		if len(objects) != len(want) {
			t.Errorf("%s: %d objects, kustomize makes %d", environment, len(objects), len(want))
		}
		for _, o := range objects {
			text, err := sigsyaml.Marshal(o.Object)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != want[o.ID()] {
				t.Errorf("%s: %s:\n%s\nkustomize:\n%s", environment, o.ID(), text, want[o.ID()])
			}
		}
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	first, err := render(t, os.DirFS(small), "staging").YAML()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := render(t, os.DirFS(small), "staging").YAML()
		if err != nil || string(again) != string(first) {
			t.Fatalf("another result from the same files (%v)", err)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	const base, staging = "kube/base/kustomization.yaml", "kube/overlays/staging/kustomization.yaml"
	tests := []struct {
		name        string
		environment string
		change      func(t *testing.T, files fstest.MapFS)
		want        string
	}{
		{"unknown environment", "qa", nil,
			"no kube/overlays/qa (there are production, staging): add qa under environments in migrate.yaml and run `migrate generate`"},
		{"outside", "../base", nil, `"../base" can't be the name of an environment: it names a directory below kube/overlays`},
		{"no kustomization", "staging", func(t *testing.T, f fstest.MapFS) { delete(f, staging) },
			"kube/overlays/staging: holds no kustomization.yaml: `migrate generate` writes one"},
		{"missing file", "staging", func(t *testing.T, f fstest.MapFS) { delete(f, "kube/base/web.yaml") },
			base + ":7: kube/base/web.yaml doesn't exist"},
		{"missing base", "staging", func(t *testing.T, f fstest.MapFS) { replace(t, f, staging, "../../base", "../../bse") },
			staging + ":5: kube/bse doesn't exist"},
		{"remote base", "staging", func(t *testing.T, f fstest.MapFS) {
			replace(t, f, staging, "../../base", "https://example.com/base?ref=v1")
		}, staging + ":5: https://example.com/base?ref=v1 is not in this repository, and what is applied must not depend on what a remote place holds today: copy it below kube/"},
		{"out of the repository", "staging", func(t *testing.T, f fstest.MapFS) { replace(t, f, staging, "../../base", "../../../../other") },
			staging + ":5: ../../../../other leads out of the repository"},
		{"two things missing", "staging", func(t *testing.T, f fstest.MapFS) {
			delete(f, "kube/base/web.yaml")
			delete(f, "kube/base/tidy.yaml")
		}, base + ":7: kube/base/web.yaml doesn't exist\n" + base + ":8: kube/base/tidy.yaml doesn't exist"},
		{"broken YAML", "staging", func(t *testing.T, f fstest.MapFS) { replace(t, f, "kube/base/web.yaml", "replicas: 1", "replicas: [1") },
			"kube/base/web.yaml:6: did not find expected ',' or ']'"},
		{"key twice", "staging", func(t *testing.T, f fstest.MapFS) {
			replace(t, f, "kube/base/web.yaml", "  replicas: 1", "  replicas: 1\n  replicas: 2")
		}, `kube/base/web.yaml:7: mapping key "replicas" already defined at line 6`},
		{"no kind", "staging", func(t *testing.T, f fstest.MapFS) {
			f["kube/base/tidy.yaml"] = &fstest.MapFile{Data: []byte("# nothing\n---\nname: x\n")}
		}, "kube/base/tidy.yaml:3: a document without kind is no Kubernetes object"},
		{"unknown field", "staging", func(t *testing.T, f fstest.MapFS) { replace(t, f, base, "labels:", "lables:") },
			base + `:3: kustomize knows no field "lables" here`},
		{"patch without target", "staging", func(t *testing.T, f fstest.MapFS) {
			replace(t, f, staging, "kind: HTTPRoute, name: web", "kind: HTTPRoute, name: shop")
		}, staging + ":8: no object is a HTTPRoute shop: this patch changes nothing; correct its target or take it out"},
		{"helm", "staging", func(t *testing.T, f fstest.MapFS) { replace(t, f, base, "resources:", "helmCharts: []\nresources:") },
			base + ":5: helmCharts needs helm and the network: put what the chart renders into a file under resources"},
		{"huge file", "staging", func(t *testing.T, f fstest.MapFS) {
			f["kube/base/web.yaml"] = &fstest.MapFile{Data: make([]byte, maxFile+1)}
		}, base + ":7: kube/base/web.yaml is larger than 2 MiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := load(t, small)
			if test.change != nil {
				test.change(t, files)
			}
			_, err := Render(context.Background(), Options{Repo: files, Environment: test.environment})
			if err == nil {
				t.Fatal("no error")
			}
			if err.Error() != test.want {
				t.Errorf("error:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}

func TestRenderStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Render(ctx, Options{Repo: os.DirFS(small), Environment: "staging"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A kustomization may be anything at all: no panic, no hang, nothing from outside the repository.
func FuzzRender(f *testing.F) {
	text, err := os.ReadFile(path.Join(small, overlays, "staging/kustomization.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("resources: [., ../staging, needs.yaml]")
	f.Add("resources: &a [*a]\npatches: [{path: /etc/passwd}]")
	f.Add("configMapGenerator: [{name: x, files: [a=../../../etc/passwd]}]")
	f.Fuzz(func(t *testing.T, text string) {
		files := load(t, small)
		files["kube/overlays/staging/kustomization.yaml"] = &fstest.MapFile{Data: []byte(text)}
		objects, err := Render(context.Background(), Options{Repo: files, Environment: "staging"})
		if err == nil && len(objects) == 0 {
			t.Error("neither objects nor an error")
		}
	})
}

func TestSplitImage(t *testing.T) {
	for image, want := range map[string][2]string{
		"redis":                      {"redis", ""},
		"redis:7":                    {"redis", ":7"},
		"host:5000/a/b":              {"host:5000/a/b", ""},
		"host:5000/a/b:1":            {"host:5000/a/b", ":1"},
		"host:5000/a/b:1@sha256:abc": {"host:5000/a/b", ":1@sha256:abc"},
		"a@sha256:abc":               {"a", "@sha256:abc"},
	} {
		repository, version := splitImage(image)
		if got := [2]string{repository, version}; got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for b.Loop() {
		if _, err := Render(context.Background(), Options{Repo: os.DirFS(small), Environment: "staging", Tag: "v1", Images: []string{"local/hello"}}); err != nil {
			b.Fatal(err)
		}
	}
}
